"""Attacks 40, 75, 82 and 88: what a verifier was handed fails: stores, clocks, policies."""

from __future__ import annotations

import sqlite3
from array import array
from collections import UserList, deque
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta, timezone, tzinfo
from typing import Any

import pytest
from tests.attacks.scene import accepted, clock_at, refused, verdict, verifier, wire
from vectors import testkit as kit
from vectors.testkit import ALICE, MALLORY, NOW, PLANNER, SCOUT

from attorn import AttornError
from attorn.did.document import DidDocument
from attorn.did.resolver import LocalResolver
from attorn.errors import UnavailableError
from attorn.statement import Kind, Statement
from attorn.store import Charge, Charged, MemoryStore

MALFORMED, OUTSIDE, REPLAYED = ("malformed", 1), ("outside_validity", 6), ("replayed", 8)
GOOD = kit.baseline()


class Broken:
    """A store that answers, or raises, whatever it is told to."""

    def __init__(self, remember: object = True, statements: object = None, charge: object = None) -> None:
        self.answers = {
            "remember": remember,
            "statements": () if statements is None else statements,
            "charge": Charged() if charge is None else charge,
        }

    def _answer(self, name: str) -> object:
        answer = self.answers[name]
        if isinstance(answer, BaseException):
            raise answer
        return None if answer == "nothing" else answer

    def remember(self, presentation: bytes, *, expires: int, now: int) -> bool:
        return self._answer("remember")  # type: ignore[return-value]

    def statements(self, wanted: object, *, by: Any = None) -> object:
        return self._answer("statements")

    def charge(self, charges: object, *, now: int, retry: object = None) -> object:
        return self._answer("charge")

    def used(self, accounts: object) -> object:
        return self._answer("used")


class Failing(UserList[Statement]):
    """A list that cannot be gone through."""

    def __iter__(self) -> Iterator[Statement]:
        raise OSError("connection lost")


FAILURES = [sqlite3.OperationalError("locked"), sqlite3.DatabaseError("malformed"), OSError("disk"), KeyError("x")]
FAILURES += [MemoryError(), ValueError("x"), UnavailableError("later")]
STORE_FAILURES = {
    f"82-{name}-raises-{type(error).__name__}": {name: error}
    for name in ("remember", "statements", "charge")
    for error in FAILURES
}
STORE_JUNK: dict[str, dict[str, object]] = {
    "82-statements-nothing": {"statements": "nothing"},
    "82-statements-list": {"statements": [kit.link_id(1)]},
    "82-statements-text": {"statements": "x"},
    "82-statements-no-text": {"statements": ""},
    "82-statements-no-bytes": {"statements": b""},
    "82-statements-no-bytearray": {"statements": bytearray()},
    "82-statements-no-memory": {"statements": memoryview(b"")},
    "82-statements-no-array": {"statements": array("q")},
    "82-statements-no-range": {"statements": range(0)},
    "82-statements-set": {"statements": set()},
    "82-statements-iterator": {"statements": iter(())},
    "82-statements-list-that-fails": {"statements": Failing()},
    "82-statements-number": {"statements": 7},
    "82-statements-mapping": {"statements": {kit.link_id(1): None}},
    "82-statements-half": {"statements": [Statement(Kind.REVOCATION, kit.link_id(1).hex(), MALLORY.did, 0, 0), 5]},
    "82-charge-nothing": {"charge": "nothing"},
    "82-charge-repeated": {"charge": Charged(repeated=True)},
    "82-charge-another": {"charge": Charged(refused=Charge("another", 1, 1))},
    "82-charge-true": {"charge": True},
    "82-charge-false": {"charge": False},
    "82-charge-text": {"charge": "ok"},
}


@pytest.mark.parametrize("nothing", [(), [], UserList(), deque()], ids=lambda each: type(each).__name__)
def test_any_sequence_may_say_that_nothing_was_said(nothing: Sequence[Statement]) -> None:
    accepted(counted(), by=verifier(store=Broken(statements=nothing)))


@pytest.mark.parametrize("answers", STORE_FAILURES.values(), ids=STORE_FAILURES.keys())
def test_stores_that_fail(answers: dict[str, object]) -> None:
    refused(counted(), "unavailable", None, by=verifier(store=Broken(**answers)))


@pytest.mark.parametrize("answers", STORE_JUNK.values(), ids=STORE_JUNK.keys())
def test_stores_that_answer_junk(answers: dict[str, object]) -> None:
    refused(counted(), "unavailable", None, by=verifier(store=Broken(**answers)))


@pytest.mark.parametrize("answer", ["nothing", "yes", 1, 0, False, [], object()], ids=lambda a: f"82-remember-{a!s:.6}")
def test_a_store_that_does_not_say_true(answer: object) -> None:
    refused(counted(), *REPLAYED, by=verifier(store=Broken(remember=answer)))


def counted() -> str:
    uses = kit.check(kit.query(kit.pred("max_uses", kit.num(2))))
    return wire(kit.extend([], ALICE, PLANNER, [kit.actions(kit.ACTION), uses]), PLANNER)


def test_the_twin_of_the_broken_stores_is_accepted() -> None:
    accepted(counted(), by=verifier(store=Broken()))
    accepted(counted())


class WithoutLedger:
    """A store that can remember and be asked, and counts nothing."""

    def remember(self, presentation: bytes, *, expires: int, now: int) -> bool:
        return True

    def statements(self, wanted: object, *, by: Any = None) -> tuple[Statement, ...]:
        return ()


def test_67_a_counted_link_is_prohibited_where_nobody_counts() -> None:
    refused(counted(), "denied", 10, by=verifier(store=WithoutLedger()))


def test_67_uses_are_counted_for_the_whole_subtree() -> None:
    uses = kit.check(kit.query(kit.pred("max_uses", kit.num(2))))
    chain = kit.extend([], ALICE, PLANNER, [kit.actions(kit.ACTION), uses])
    below = kit.extend(chain, PLANNER, SCOUT)
    by = verifier()
    accepted(wire(chain, PLANNER), by=by)
    accepted(wire(below, SCOUT), by=by)
    refused(wire(below, SCOUT, id=bytes(16)), "denied", 10, by=by)
    refused(wire(chain, PLANNER, id=bytes(16)), "denied", 10, by=by)


def test_67_nobody_spends_the_uses_of_a_link_by_signing_another_with_its_id() -> None:
    """The id of a link is no secret: each holder below it and each verifier has seen it."""
    uses = kit.check(kit.query(kit.pred("max_uses", kit.num(1))))
    plenty = kit.check(kit.query(kit.pred("max_uses", kit.num(1000))))
    theirs = kit.extend([], ALICE, PLANNER, [kit.actions(kit.ACTION), uses])
    forged = kit.extend([], MALLORY, MALLORY, [kit.actions(kit.ACTION), plenty])
    by = verifier(roots=[ALICE.did, MALLORY.did])
    accepted(wire(forged, MALLORY), by=by)
    accepted(wire(theirs, PLANNER), by=by)


def naive() -> datetime:
    return datetime.fromtimestamp(NOW)


class Timeless(tzinfo):
    """A zone that does not know its offset."""

    def utcoffset(self, when: datetime | None) -> None:
        return None


def failing() -> datetime:
    raise OSError("no clock")


CLOCKS: dict[str, Callable[[], object]] = {
    "88-naive": naive,
    "88-number": lambda: NOW,
    "88-nothing": lambda: None,
    "88-text": lambda: "2026-09-21T14:13:20Z",
    "88-raises": failing,
    "88-offset-unknown": lambda: naive().replace(tzinfo=Timeless()),
    "88-beyond-the-last-year": lambda: datetime.max.replace(tzinfo=timezone(-timedelta(hours=3))),
    "88-before-the-first-year": lambda: datetime.min.replace(tzinfo=timezone(timedelta(hours=3))),
}


@pytest.mark.parametrize("clock", CLOCKS.values(), ids=CLOCKS.keys())
def test_clocks_that_fail(clock: Callable[[], object]) -> None:
    refused(GOOD, "unavailable", None, by=verifier(clock=clock))


@pytest.mark.parametrize("second", [0, 1, -1, -(10**9)], ids=lambda second: f"88-clock-at-{second}")
def test_clocks_that_say_another_age(second: int) -> None:
    refused(GOOD, *OUTSIDE, by=verifier(clock=clock_at(second)))


def exploding(*_: object) -> bool:
    raise RuntimeError("policy")


ROOTS: dict[str, tuple[object, tuple[str, int | None] | None]] = {
    "75-policy-true": (lambda *_: True, None),
    "75-policy-false": (lambda *_: False, ("untrusted_root", 2)),
    "75-policy-one": (lambda *_: 1, ("untrusted_root", 2)),
    "75-policy-text": (lambda *_: "yes", ("untrusted_root", 2)),
    "75-policy-nothing": (lambda *_: None, ("untrusted_root", 2)),
    "75-policy-coroutine-like": (lambda *_: object(), ("untrusted_root", 2)),
    "75-policy-raises": (exploding, ("unavailable", None)),
    "75-nobody": ([], ("untrusted_root", 2)),
    "75-another": ([MALLORY.did], ("untrusted_root", 2)),
}


@pytest.mark.parametrize(("roots", "expected"), ROOTS.values(), ids=ROOTS.keys())
def test_policies(roots: object, expected: tuple[str, int | None] | None) -> None:
    if expected is None:
        accepted(GOOD, by=verifier(roots=roots))
    else:
        refused(GOOD, *expected, by=verifier(roots=roots))


class Answers:
    """A resolver that gives the same answer to every question, or raises it."""

    def __init__(self, answer: object) -> None:
        self.answer = answer

    def resolve(self, did: str) -> DidDocument:
        if isinstance(self.answer, BaseException):
            raise self.answer
        return self.answer  # type: ignore[return-value]


RESOLVERS: dict[str, tuple[object, tuple[str, int | None]]] = {
    "40-raises": (RuntimeError("x"), ("unavailable", None)),
    "40-nothing": (None, ("unresolved_principal", 3)),
    "40-text": ("{}", ("unresolved_principal", 3)),
    "31-document-of-another": (LocalResolver().resolve(MALLORY.did), ("unresolved_principal", 3)),
}


@pytest.mark.parametrize(("answer", "expected"), RESOLVERS.values(), ids=RESOLVERS.keys())
def test_revocations_whose_revoker_cannot_be_resolved(answer: object, expected: tuple[str, int | None]) -> None:
    entry = kit.revocation(kit.link_id(1), MALLORY, did="did:web:alice.example")
    with pytest.raises(AttornError) as caught:
        MemoryStore().apply(entry, resolver=Answers(answer))
    assert verdict(caught.value) == expected


REVOCATIONS = {
    "71-signed-by-another": (kit.revocation(kit.link_id(1), ALICE, signer=MALLORY), ("bad_signature", 7)),
    "71-another-link": (kit.revocation(bytes(15), ALICE), ("malformed", 1)),
    "71-by-no-did": (kit.revocation(kit.link_id(1), ALICE, did="alice"), ("unresolved_principal", 3)),
    "44-padded": (kit.revocation(kit.link_id(1), ALICE) + "=", ("malformed", 1)),
    "57-before-1970": (kit.revocation(kit.link_id(1), ALICE, -1), ("malformed", 1)),
    "57-in-the-year-10000": (kit.revocation(kit.link_id(1), ALICE, 253_402_300_800), ("malformed", 1)),
}


@pytest.mark.parametrize(("entry", "expected"), REVOCATIONS.values(), ids=REVOCATIONS.keys())
def test_revocations_that_do_not_count(entry: str, expected: tuple[str, int]) -> None:
    store = MemoryStore()
    with pytest.raises(AttornError) as caught:
        store.apply(entry)
    assert verdict(caught.value) == expected
    accepted(GOOD, by=verifier(store=store))
    store.apply(kit.revocation(kit.link_id(1), ALICE))
    refused(kit.baseline(id=bytes(16)), "revoked", 7, by=verifier(store=store))
