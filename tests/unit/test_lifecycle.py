"""The life of a principal: what an entry is, what its number allows, and under which name it is kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st
from tests.unit.scene import ALICE, HELPER, MALLORY, NOW, PLANNER, SCOUT, Clock, document, person

from attorn import Identity
from attorn.did.document import Relationship
from attorn.did.resolver import StaticResolver
from attorn.did.subject import subject
from attorn.encoding import base64url_decode, base64url_encode
from attorn.errors import AttornError, InputError, MalformedError, ResolutionError, SignatureError, UnavailableError
from attorn.keys.signer import P256Signer
from attorn.revocation import (
    LifecycleEntry,
    LifecycleEvent,
    deprovision,
    enrol,
    read,
    resume,
    revoke,
    suspend,
    verify,
)
from attorn.statement import FINAL, Kind, Statement

WEB = "did:web:planner.example"
ENTRY = suspend(PLANNER.did, by=ALICE, sequence=7, clock=Clock())
TOMBSTONE = deprovision(PLANNER.did, by=ALICE, clock=Clock())
REVERSIBLE: list[Callable[..., LifecycleEntry]] = [enrol, suspend, resume]


def test_an_entry_is_text_and_the_text_is_the_entry() -> None:
    for entry in (ENTRY, TOMBSTONE):
        assert LifecycleEntry.decode(entry.encode()) == entry
        assert read(entry.encode()) == entry
        assert verify(entry.encode()) == entry
    assert ENTRY.at == datetime.fromtimestamp(NOW, UTC)
    assert (ENTRY.principal, ENTRY.by, ENTRY.event, ENTRY.sequence) == (PLANNER.did, ALICE.did, "suspend", 7)


def test_what_a_store_keeps() -> None:
    about = f"key:{PLANNER.signer.public_key.data.hex()}"
    assert ENTRY.statements() == (Statement(Kind.LIFECYCLE, about, ALICE.did, 7, NOW, "suspend"),)
    assert TOMBSTONE.statements() == (Statement(Kind.LIFECYCLE, about, ALICE.did, FINAL, NOW, "deprovision"),)
    (other,) = suspend(WEB, by=ALICE).statements()
    assert other.subject == WEB


def test_the_name_of_a_principal() -> None:
    p256 = Identity(P256Signer.from_scalar(b"\1" * 32))
    assert subject(p256.did) == f"key:{p256.signer.public_key.data.hex()}"
    jwk = person(1, method="jwk")
    assert subject(jwk.did) == jwk.did
    assert subject(WEB) == WEB


@pytest.mark.parametrize("did", ["", "key:", "did:key:z6Mk", "did:key:", WEB + "#0", PLANNER.did + "#x", " " + WEB])
def test_what_is_no_principal(did: str) -> None:
    with pytest.raises(MalformedError):
        subject(did)
    for make in (*REVERSIBLE, deprovision):
        with pytest.raises(InputError):
            make(did, by=ALICE)


@pytest.mark.parametrize("make", REVERSIBLE)
def test_by_default_the_clock_counts(make: Callable[..., LifecycleEntry]) -> None:
    clock = Clock(NOW + 0.25)
    first = make(WEB, by=ALICE, clock=clock)
    assert (first.sequence, first.second) == (NOW * 1_000_000 + 250_000, NOW)
    clock.second += 0.001
    assert make(WEB, by=ALICE, clock=clock).sequence > first.sequence
    assert make(WEB, by=ALICE, sequence=3, clock=clock).sequence == 3


def test_each_event_is_the_one_it_says() -> None:
    made = [make(WEB, by=ALICE, sequence=1).event for make in REVERSIBLE]
    assert made == ["enrol", "suspend", "resume"]
    assert deprovision(WEB, by=ALICE).event is LifecycleEvent.DEPROVISION


def test_nothing_follows_a_tombstone() -> None:
    assert TOMBSTONE.sequence == FINAL
    for make in REVERSIBLE:
        with pytest.raises(InputError):
            make(PLANNER.did, by=ALICE, sequence=FINAL)
        with pytest.raises(InputError):
            make(PLANNER.did, by=ALICE, sequence=FINAL + 1)
    with pytest.raises(InputError):
        replace(TOMBSTONE, sequence=FINAL - 1)
    with pytest.raises(InputError):
        replace(TOMBSTONE, event=LifecycleEvent.RESUME)


@pytest.mark.parametrize("sequence", [0, -1, 1.0, True, "1", FINAL, 2**60], ids=repr)
@pytest.mark.parametrize("make", REVERSIBLE)
def test_numbers_that_are_none(make: Callable[..., LifecycleEntry], sequence: Any) -> None:
    with pytest.raises(InputError):
        make(WEB, by=ALICE, sequence=sequence)


@pytest.mark.parametrize("by", [None, "did:key:x", 5, ALICE.signer], ids=["none", "text", "5", "signer"])
@pytest.mark.parametrize("make", [*REVERSIBLE, deprovision])
def test_signers_that_are_nobody(make: Callable[..., LifecycleEntry], by: Any) -> None:
    with pytest.raises(InputError):
        make(WEB, by=by)


@pytest.mark.parametrize("make", [*REVERSIBLE, deprovision])
def test_a_clock_that_fails(make: Callable[..., LifecycleEntry]) -> None:
    def broken() -> datetime:
        raise OSError("no time")

    for clock in (broken, lambda: None, lambda: datetime(2026, 1, 1)):
        with pytest.raises(UnavailableError):
            make(WEB, by=ALICE, clock=clock)


def test_before_1970_there_is_no_number() -> None:
    with pytest.raises(InputError):
        suspend(WEB, by=ALICE, clock=lambda: datetime(1969, 1, 1, tzinfo=UTC))
    with pytest.raises(InputError):
        deprovision(WEB, by=ALICE, clock=lambda: datetime(1969, 1, 1, tzinfo=UTC))


WRONG: dict[str, dict[str, Any]] = {
    "event-text": {"event": "suspend"},
    "event-none": {"event": None},
    "event-other": {"event": "delete"},
    "sequence-0": {"sequence": 0},
    "sequence-true": {"sequence": True},
    "second-negative": {"second": -1},
    "second-beyond": {"second": 253_402_300_800},
    "by-none": {"by": None},
    "principal-none": {"principal": None},
    "principal-url": {"principal": WEB + "#0"},
    "principal-bytes": {"principal": WEB.encode()},
    "principal-long": {"principal": "did:web:" + "a" * 3000},
    "principal-broken-key": {"principal": "did:key:z6MkwrongwrongwrongWrong"},
    "signature-text": {"signature": ""},
}


@pytest.mark.parametrize("name", WRONG)
def test_what_no_entry_can_say(name: str) -> None:
    with pytest.raises(InputError):
        replace(ENTRY, **WRONG[name])


def _edited(of: LifecycleEntry = ENTRY, **changed: object) -> str:
    members = json.loads(base64url_decode(of.encode()))
    members.update(changed)
    members = {name: value for name, value in members.items() if value is not ...}
    return base64url_encode(json.dumps(members, sort_keys=True, separators=(",", ":")).encode())


def _spelled(change: Callable[[bytes], bytes]) -> str:
    return base64url_encode(change(base64url_decode(ENTRY.encode())))


MALFORMED: dict[str, Any] = {
    "nothing": "",
    "no-base64": "!",
    "padded": ENTRY.encode() + "=",
    "newline": ENTRY.encode() + "\n",
    "cut": ENTRY.encode()[:-4],
    "long": "A" * 8193,
    "an-array": base64url_encode(b"[]"),
    "space": _spelled(lambda text: text.replace(b":", b": ", 1)),
    "other-order": _spelled(lambda text: b"{" + b",".join(reversed(text[1:-1].split(b","))) + b"}"),
    "member-twice": _spelled(lambda text: text[:-1] + b',"event":"resume"}'),
    "one-member-more": _edited(link="x"),
    "no-sequence": _edited(sequence=...),
    "no-event": _edited(event=...),
    "event-other": _edited(event="delete"),
    "event-case": _edited(event="Suspend"),
    "event-array": _edited(event=["suspend"]),
    "event-null": _edited(event=None),
    "final-suspension": _edited(sequence=FINAL),
    "early-tombstone": _edited(TOMBSTONE, sequence=1),
    "tombstone-resumed": _edited(TOMBSTONE, event="resume"),
    "sequence-0": _edited(sequence=0),
    "sequence-text": _edited(sequence="7"),
    "sequence-fraction": _edited(sequence=7.5),
    "sequence-beyond": _edited(TOMBSTONE, sequence=2**53),
    "at-null": _edited(at=None),
    "at-beyond": _edited(at=253_402_300_800),
    "principal-url": _edited(principal=WEB + "#0"),
    "principal-number": _edited(principal=5),
    "principal-broken-key": _edited(principal="did:key:z6Mk"),
    "by-null": _edited(by=None),
    "signature-null": _edited(signature=None),
    "none": None,
    "bytes": ENTRY.encode().encode(),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_texts_that_are_no_entry(name: str) -> None:
    with pytest.raises(MalformedError):
        LifecycleEntry.decode(MALFORMED[name])
    with pytest.raises(MalformedError):
        read(MALFORMED[name])


def _signed(who: Identity, message: bytes) -> bytes:
    return who.signer.sign(message)


FORGED: dict[str, LifecycleEntry | str] = {
    "unsigned": replace(ENTRY, signature=b""),
    "zeros": replace(ENTRY, signature=bytes(64)),
    "another-principal": replace(ENTRY, principal=SCOUT.did),
    "another-name": replace(ENTRY, by=PLANNER.did),
    "renumbered": replace(ENTRY, sequence=8),
    "resumed": replace(ENTRY, event=LifecycleEvent.RESUME),
    "made-final": replace(ENTRY, event=LifecycleEvent.DEPROVISION, sequence=FINAL),
    "another-second": replace(ENTRY, second=NOW + 1),
    "foreign": replace(ENTRY, signature=_signed(MALLORY, ENTRY.statement())),
    "a-revocations": replace(ENTRY, signature=revoke(bytes(16), by=ALICE, clock=Clock()).signature),
    "without-domain": replace(ENTRY, signature=_signed(ALICE, ENTRY.statement().split(b"v1\0")[1])),
    "other-domain": replace(ENTRY, signature=_signed(ALICE, ENTRY.statement().replace(b"LIFECYCLE", b"REVOCATION"))),
    "edited-event": _edited(event="resume"),
    "edited-name": _edited(by=MALLORY.did),
}


@pytest.mark.parametrize("name", FORGED)
def test_entries_that_nobody_signed(name: str) -> None:
    with pytest.raises(SignatureError) as caught:
        verify(FORGED[name])
    assert caught.value.step == 7


def test_by_a_principal_that_a_resolver_knows() -> None:
    resolver = StaticResolver({WEB: document(WEB, SCOUT.signer.public_key)})
    by = Identity(SCOUT.signer, did=WEB, resolver=resolver)
    entry = deprovision(WEB, by=by)
    assert verify(entry.encode(), resolver) == entry
    with pytest.raises(ResolutionError):
        verify(entry)
    for changed in (
        document(WEB, HELPER.signer.public_key),
        document(WEB, SCOUT.signer.public_key, relationships=[Relationship.CAPABILITY_INVOCATION]),
        document(WEB, SCOUT.signer.public_key, relationships=[]),
    ):
        with pytest.raises(SignatureError):
            verify(entry, StaticResolver({WEB: changed}))
    with pytest.raises(ResolutionError):
        verify(entry, StaticResolver({WEB: document(WEB, SCOUT.signer.public_key, deactivated=True)}))


@settings(derandomize=True, deadline=None, database=None, max_examples=100)
@drawn(st.integers(0, 10_000), st.integers(1, 255))
def test_no_changed_byte_survives(place: int, change: int) -> None:
    data = bytearray(base64url_decode(ENTRY.encode()))
    data[place % len(data)] ^= change
    with pytest.raises(AttornError):
        verify(base64url_encode(bytes(data)))
