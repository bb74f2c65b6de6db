"""Whom a question about a purchase says to believe: anchors, and who signs checkouts and receipts."""

from __future__ import annotations

from attorn.canonical import JsonValue
from attorn.checkout import KnownSigner
from attorn.conformance.members import Members
from attorn.errors import InputError
from attorn.mandate import Anchor


def anchors(members: Members, name: str) -> tuple[Anchor, ...]:
    """A list of DIDs and public JWKs. Raises `InputError`."""
    return tuple(_anchor(each, name) for each in members.items(name))


def signers(members: Members, name: str) -> tuple[KnownSigner, ...]:
    """A list of `{"name", "keys"}`, public JWKs, or `{"name", "did"}`. Raises `InputError`."""
    return tuple(_signer(Members(each, name)) for each in members.items(name))


def _anchor(value: JsonValue, name: str) -> Anchor:
    if not isinstance(value, str | dict):
        raise InputError(f"{name}: expected DIDs and JWKs")
    return Anchor.of(value)


def _signer(members: Members) -> KnownSigner:
    name = members.text("name")
    if members.has("did"):
        found = KnownSigner.of(name, members.text("did"))
    else:
        found = KnownSigner.of(name, *(_key(each) for each in members.items("keys")))
    members.done()
    return found


def _key(value: JsonValue) -> dict[str, JsonValue]:
    if not isinstance(value, dict):
        raise InputError("keys: expected JWKs")
    return value
