"""Reading and verifying whatever can be signed about links and principals, told apart by its members."""

from __future__ import annotations

from typing import TypeAlias, TypeVar, overload

from attorn.did.document import Relationship
from attorn.did.resolver import LocalResolver, Resolver, live_document
from attorn.errors import InputError, MalformedError, SignatureError
from attorn.revocation import entry, lifecycle, roll
from attorn.revocation.entry import RevocationEntry
from attorn.revocation.lifecycle import LifecycleEntry
from attorn.revocation.roll import MOST_LIST_CHARACTERS, RevocationList
from attorn.revocation.text import MOST_CHARACTERS, read_members

Signed: TypeAlias = RevocationEntry | RevocationList | LifecycleEntry
_Signed = TypeVar("_Signed", RevocationEntry, RevocationList, LifecycleEntry)


def read(text: str) -> Signed:
    """The entry or list in `text`, its signature not yet checked. Raises `MalformedError`."""
    members = read_members(text, most=MOST_LIST_CHARACTERS)
    if set(members) == roll.MEMBERS:
        return RevocationList.of(members, text)
    if len(text) > MOST_CHARACTERS:
        raise MalformedError(f"revocation: expected an entry of at most {MOST_CHARACTERS} characters")
    if set(members) == lifecycle.MEMBERS:
        return LifecycleEntry.of(members, text)
    if set(members) == entry.MEMBERS:
        return RevocationEntry.of(members, text)
    raise MalformedError("revocation: expected the members of an entry or of a list")


@overload
def verify(signed: _Signed, resolver: Resolver | None = None) -> _Signed: ...


@overload
def verify(signed: str, resolver: Resolver | None = None) -> Signed: ...


def verify(signed: Signed | str, resolver: Resolver | None = None) -> Signed:
    """The entry or list, once its signature has been checked against the DID that it names.

    Raises `InputError`, `MalformedError`, `SignatureError`, `ResolutionError` or `UnavailableError`.
    """
    if isinstance(signed, str):
        signed = read(signed)
    if not isinstance(signed, RevocationEntry | RevocationList | LifecycleEntry):
        raise InputError(f"revocation: expected an entry or a list, or its text, got {type(signed).__name__}")
    document = live_document(LocalResolver() if resolver is None else resolver, signed.by)
    statement = signed.statement()
    if not any(
        key.verify(signed.signature, statement) for key in document.keys_for(Relationship.CAPABILITY_DELEGATION)
    ):
        raise SignatureError("revocation: not signed by the principal that it names", step=7)
    return signed
