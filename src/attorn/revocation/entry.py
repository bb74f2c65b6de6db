"""Revoking a link: a signed entry by whoever delegated it or by a principal above it in its chain.

An entry names one link by its signed id. Whether its signer stood above that link is a question about a chain, and is
asked where there is one: at verification, step 7.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from attorn.canonical import JsonValue, canonicalise
from attorn.caveat.validity import moment
from attorn.clock import Clock, second_of, system_clock
from attorn.encoding import base64url_encode
from attorn.errors import DelegationError, InputError, MalformedError
from attorn.keys.signer import Signatory, require_signatory, signed
from attorn.revocation.text import (
    MOST_CHARACTERS,
    a_number,
    a_text,
    read_members,
    require_members,
    require_signed_by,
    some_octets,
    write,
)
from attorn.statement import Kind, Statement
from attorn.token.link import ID_BYTES, Link
from attorn.token.token import Token

_DOMAIN: Final = b"\0ATTORN\0REVOCATION\0v1\0"
MEMBERS: Final = frozenset({"at", "by", "link", "signature"})


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
        if type(self.link) is not bytes or len(self.link) != ID_BYTES:
            raise InputError(f"revocation: expected a link id of {ID_BYTES} bytes")
        require_signed_by(self.by, self.second, self.signature, "revocation")

    @property
    def at(self) -> datetime:
        """When it was signed, by the signer's clock."""
        return moment(self.second)

    def statement(self) -> bytes:
        """The bytes that are signed."""
        return _DOMAIN + canonicalise(self._members())

    def statements(self) -> tuple[Statement, ...]:
        """What a store keeps of it."""
        return (Statement(Kind.REVOCATION, self.link.hex(), self.by, 0, self.second, self.encode()),)

    def encode(self) -> str:
        """The entry as text: base64url of its JSON form."""
        return write(self._members(), self.signature)

    def _members(self) -> dict[str, JsonValue]:
        return {"at": self.second, "by": self.by, "link": base64url_encode(self.link)}

    @classmethod
    def decode(cls, text: str) -> RevocationEntry:
        """The entry in `text`, its signature not yet checked. Raises `MalformedError`."""
        members = read_members(text, most=MOST_CHARACTERS)
        require_members(members, MEMBERS)
        return cls.of(members, text)

    @classmethod
    def of(cls, members: Mapping[str, JsonValue], text: str) -> RevocationEntry:
        """The entry with these `MEMBERS`, if `text` is what they are written as. Raises `MalformedError`."""
        link, signature = some_octets(members["link"]), some_octets(members["signature"])
        try:
            entry = cls(link, a_text(members["by"]), a_number(members["at"]), signature)
        except InputError as error:
            raise MalformedError(str(error)) from None
        if entry.encode() != text:
            raise MalformedError("revocation: not in its one canonical form")
        return entry


def revoke(link_or_token: Link | Token | bytes, *, by: Signatory, clock: Clock = system_clock) -> RevocationEntry:
    """A signed entry that ends a link (the last one of a token, or the one with this id) and all delegated from it.

    Raises `DelegationError` if `by` is known not to stand above the link, `UnavailableError` if the clock or the signer
    fails, and `InputError` for unusable arguments.
    """
    by = require_signatory(by, "revoke")
    unsigned = RevocationEntry(link_id(link_or_token, by), by.did, second_of(clock), b"")
    return replace(unsigned, signature=signed(by.signer, unsigned.statement()))


def link_id(link_or_token: Link | Token | bytes, by: Signatory) -> bytes:
    """The id of the link that `by` names. Raises `DelegationError` and `InputError`, as `revoke` does."""
    if isinstance(link_or_token, Token):
        chain = link_or_token.unverified_links
        if by.did not in {above.delegator for above in chain}:
            raise DelegationError(f"{by.did} delegated no link of this chain, so it cannot revoke one")
        return chain[-1].id
    if isinstance(link_or_token, Link):
        return link_or_token.id
    if isinstance(link_or_token, bytes) and len(link_or_token) == ID_BYTES:
        return link_or_token
    raise InputError(f"revoke: expected a Link, a Token or a link's id, got {type(link_or_token).__name__}")
