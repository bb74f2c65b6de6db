"""The life of a principal: enrolled, suspended and resumed, and at the end deprovisioned, which is for good.

An entry is signed by the principal itself, by one above it in a chain, or by an authority that a verifier has named.
Whether its signer is one of them is asked at verification, step 7.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

from attorn.canonical import JsonValue, canonicalise
from attorn.caveat.validity import moment
from attorn.clock import Clock, read, system_clock
from attorn.did.subject import subject
from attorn.errors import InputError, MalformedError
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
from attorn.statement import FINAL, Kind, Statement

_DOMAIN: Final = b"\0ATTORN\0LIFECYCLE\0v1\0"
MEMBERS: Final = frozenset({"at", "by", "event", "principal", "sequence", "signature"})
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class LifecycleEvent(StrEnum):
    """What happens to a principal."""

    ENROL = "enrol"
    """It is known, and in good standing."""
    SUSPEND = "suspend"
    """No chain through it holds until it is resumed."""
    RESUME = "resume"
    """A suspension by the same signer is over."""
    DEPROVISION = "deprovision"
    """No chain through it holds, ever again; nothing by the same signer can follow."""


@dataclass(frozen=True, slots=True)
class LifecycleEntry:
    """`by` says that `event` happened to the DID `principal`, at Unix second `second`.

    Of all that one signer says about one principal, that with the highest `sequence` holds. Deprovisioning has the
    last number there is, so nothing can follow it. Raises `InputError` for a sequence number that does not fit the
    event, for a principal that is no bare DID, and for values of other types.
    """

    principal: str
    by: str
    event: LifecycleEvent
    sequence: int
    second: int
    signature: bytes

    def __post_init__(self) -> None:
        if not isinstance(self.event, LifecycleEvent):
            raise InputError("lifecycle: expected one of enrol, suspend, resume and deprovision")
        final = self.event is LifecycleEvent.DEPROVISION
        if type(self.sequence) is not int or not 1 <= self.sequence <= FINAL or final != (self.sequence == FINAL):
            raise InputError("lifecycle: expected a sequence number from 1, and 2**53 - 1 for deprovisioning alone")
        require_signed_by(self.by, self.second, self.signature, "lifecycle")
        _require_principal(self.principal)

    @property
    def at(self) -> datetime:
        """When it was signed, by the signer's clock."""
        return moment(self.second)

    def statement(self) -> bytes:
        """The bytes that are signed."""
        return _DOMAIN + canonicalise(self._members())

    def statements(self) -> tuple[Statement, ...]:
        """What a store keeps of it."""
        about = subject(self.principal)
        return (Statement(Kind.LIFECYCLE, about, self.by, self.sequence, self.second, self.event.value),)

    def encode(self) -> str:
        """The entry as text: base64url of its JSON form."""
        return write(self._members(), self.signature)

    def _members(self) -> dict[str, JsonValue]:
        return {
            "at": self.second,
            "by": self.by,
            "event": self.event.value,
            "principal": self.principal,
            "sequence": self.sequence,
        }

    @classmethod
    def decode(cls, text: str) -> LifecycleEntry:
        """The entry in `text`, its signature not yet checked. Raises `MalformedError`."""
        members = read_members(text, most=MOST_CHARACTERS)
        require_members(members, MEMBERS)
        return cls.of(members, text)

    @classmethod
    def of(cls, members: Mapping[str, JsonValue], text: str) -> LifecycleEntry:
        """The entry with these `MEMBERS`, if `text` is what they are written as. Raises `MalformedError`."""
        event = a_text(members["event"])
        if event not in frozenset(LifecycleEvent):
            raise MalformedError("lifecycle: expected one of enrol, suspend, resume and deprovision")
        principal, by = a_text(members["principal"]), a_text(members["by"])
        sequence, second = a_number(members["sequence"]), a_number(members["at"])
        try:
            entry = cls(principal, by, LifecycleEvent(event), sequence, second, some_octets(members["signature"]))
        except InputError as error:
            raise MalformedError(str(error)) from None
        if entry.encode() != text:
            raise MalformedError("lifecycle: not in its one canonical form")
        return entry


def enrol(principal: str, *, by: Signatory, sequence: int | None = None, clock: Clock = system_clock) -> LifecycleEntry:
    """A signed entry that says that the DID `principal` is known to `by` and in good standing.

    `sequence` must be higher than that of anything `by` has said about this principal: by default the microseconds
    since 1970, which keep growing as long as the clock does. A store refuses what was deprovisioned by the same signer.
    Raises `InputError` for unusable arguments, and `UnavailableError` if the clock or the signer fails.
    """
    return _said(LifecycleEvent.ENROL, principal, by, sequence, clock)


def suspend(
    principal: str, *, by: Signatory, sequence: int | None = None, clock: Clock = system_clock
) -> LifecycleEntry:
    """A signed entry after which no chain through `principal` holds until `by` resumes it. As `enrol` otherwise."""
    return _said(LifecycleEvent.SUSPEND, principal, by, sequence, clock)


def resume(
    principal: str, *, by: Signatory, sequence: int | None = None, clock: Clock = system_clock
) -> LifecycleEntry:
    """A signed entry that ends a suspension of `principal` by `by` itself, and by nobody else. As `enrol` otherwise."""
    return _said(LifecycleEvent.RESUME, principal, by, sequence, clock)


def deprovision(principal: str, *, by: Signatory, clock: Clock = system_clock) -> LifecycleEntry:
    """A signed entry after which no chain through `principal` ever holds again. It cannot be taken back.

    Raises `InputError` for unusable arguments, and `UnavailableError` if the clock or the signer fails.
    """
    return _said(LifecycleEvent.DEPROVISION, principal, by, FINAL, clock)


def _said(event: LifecycleEvent, principal: str, by: Signatory, sequence: int | None, clock: Clock) -> LifecycleEntry:
    by = require_signatory(by, event.value)
    now = read(clock)
    if sequence is None:
        sequence = (now - _EPOCH) // timedelta(microseconds=1)
    unsigned = LifecycleEntry(principal, by.did, event, sequence, int(now.timestamp()), b"")
    return replace(unsigned, signature=signed(by.signer, unsigned.statement()))


def _require_principal(did: str) -> None:
    try:
        subject(did)
    except MalformedError as error:
        raise InputError(f"lifecycle: {error}") from None
