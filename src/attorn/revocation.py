"""Revoking a link: a signed entry by whoever delegated it or by a principal above it in its chain.

An entry names one link by its signed id. Whether its signer stood above that link is a question about a chain, and is
asked where there is one: at verification, step 7.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from attorn.canonical import JsonValue, canonicalise, parse
from attorn.caveat.validity import LATEST, moment
from attorn.clock import Clock, read, system_clock
from attorn.did.document import Relationship
from attorn.did.resolver import LocalResolver, Resolver
from attorn.encoding import base64url_decode, base64url_encode
from attorn.errors import DelegationError, InputError, MalformedError, SignatureError
from attorn.keys.signer import Signer, signed
from attorn.token.link import ID_BYTES, Link
from attorn.token.principal import live_document
from attorn.token.token import Token

_DOMAIN = b"\0ATTORN\0REVOCATION\0v1\0"
MOST_CHARACTERS = 8192
"""Longest text of an entry."""
_MEMBERS = {"at", "by", "link", "signature"}


class Revoker(Protocol):
    """Whoever revokes: an `Identity`, or anything with its DID and its signer."""

    @property
    def did(self) -> str:
        """The DID that signs."""

    @property
    def signer(self) -> Signer:
        """The key that signs for it."""


@dataclass(frozen=True, slots=True)
class RevocationEntry:
    """`by` says that the link with this id no longer holds, since Unix second `second`. Made by `revoke`.

    Raises `InputError` for a link id that is not 16 bytes, a second outside 1970 to 9999, and values of other types.
    """

    link: bytes
    by: str
    second: int
    signature: bytes

    def __post_init__(self) -> None:
        if type(self.link) is not bytes or len(self.link) != ID_BYTES or type(self.signature) is not bytes:
            raise InputError(f"revocation: expected a link id of {ID_BYTES} bytes, and a signature in bytes")
        if type(self.second) is not int or not 0 <= self.second <= LATEST or not isinstance(self.by, str):
            raise InputError("revocation: expected a Unix second before the year 10000, and a DID")

    @property
    def at(self) -> datetime:
        """When it was signed, by the signer's clock."""
        return moment(self.second)

    def statement(self) -> bytes:
        """The bytes that are signed."""
        return _DOMAIN + canonicalise(self._members())

    def encode(self) -> str:
        """The entry as text: base64url of its JSON form."""
        signature = base64url_encode(self.signature)
        return base64url_encode(canonicalise({**self._members(), "signature": signature}))

    def _members(self) -> dict[str, JsonValue]:
        return {"at": self.second, "by": self.by, "link": base64url_encode(self.link)}

    @classmethod
    def decode(cls, text: str) -> RevocationEntry:
        """The entry in `text`, its signature not yet checked. Raises `MalformedError`."""
        if not isinstance(text, str) or len(text) > MOST_CHARACTERS:
            raise MalformedError(f"revocation: expected text of at most {MOST_CHARACTERS} characters")
        members = parse(base64url_decode(text), most=MOST_CHARACTERS)
        if not isinstance(members, dict) or set(members) != _MEMBERS:
            raise MalformedError("revocation: expected the members at, by, link and signature")
        at, by, link, signature = members["at"], members["by"], members["link"], members["signature"]
        if type(at) is not int or not isinstance(by, str):
            raise MalformedError("revocation: expected a Unix second and a DID")
        if not isinstance(link, str) or not isinstance(signature, str):
            raise MalformedError("revocation: expected link and signature as base64url text")
        try:
            entry = cls(base64url_decode(link), by, at, base64url_decode(signature))
        except InputError as error:
            raise MalformedError(str(error)) from None
        if entry.encode() != text:
            raise MalformedError("revocation: not in its one canonical form")
        return entry


def revoke(link_or_token: Link | Token | bytes, *, by: Revoker, clock: Clock = system_clock) -> RevocationEntry:
    """A signed entry that ends a link (the last one of a token, or the one with this id) and all delegated from it.

    Raises `DelegationError` if `by` is known not to stand above the link, `UnavailableError` if the clock or the signer
    fails, and `InputError` for unusable arguments.
    """
    if not isinstance(getattr(by, "did", None), str) or not hasattr(by, "signer"):
        raise InputError(f"revoke: expected an identity, got {type(by).__name__}")
    if isinstance(link_or_token, Token):
        chain = link_or_token.unverified_links
        link_id = chain[-1].id
        if by.did not in {above.delegator for above in chain}:
            raise DelegationError(f"{by.did} delegated no link of this chain, so it cannot revoke one")
    elif isinstance(link_or_token, Link):
        link_id = link_or_token.id
    elif isinstance(link_or_token, bytes) and len(link_or_token) == ID_BYTES:
        link_id = link_or_token
    else:
        raise InputError(f"revoke: expected a Link, a Token or a link's id, got {type(link_or_token).__name__}")
    unsigned = RevocationEntry(link_id, by.did, int(read(clock).timestamp()), b"")
    return replace(unsigned, signature=signed(by.signer, unsigned.statement()))


def verify(entry: RevocationEntry | str, resolver: Resolver | None = None) -> RevocationEntry:
    """The entry, once its signature has been checked against the DID that it names.

    Raises `InputError`, `MalformedError`, `SignatureError`, `ResolutionError` or `UnavailableError`.
    """
    if isinstance(entry, str):
        entry = RevocationEntry.decode(entry)
    if not isinstance(entry, RevocationEntry):
        raise InputError(f"revocation: expected an entry or its text, got {type(entry).__name__}")
    document = live_document(LocalResolver() if resolver is None else resolver, entry.by)
    statement = entry.statement()
    if not any(key.verify(entry.signature, statement) for key in document.keys_for(Relationship.CAPABILITY_DELEGATION)):
        raise SignatureError("revocation: not signed by the principal that it names", step=7)
    return entry


__all__ = ["RevocationEntry", "Revoker", "revoke", "verify"]
