"""MaxUses, Rate and Budget against both ledgers: who is charged, how much, and never too often."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from tests.unit.scene import (
    ALICE,
    HELPER,
    PLANNER,
    READ,
    REQUEST,
    SCOUT,
    Clock,
    accepted,
    denied,
    given,
    passed,
    refused,
    shown,
    verifier,
)

from attorn import AttornError, Denied, Identity, Request, Token, Verifier, caveat
from attorn.caveat import Caveat
from attorn.errors import UnavailableError
from attorn.request.money import Money
from attorn.statement import Kind, Statement
from attorn.store import Charge, Charged, MemoryStore, Retry, SQLiteStore

C = caveat
AnyStore = MemoryStore | SQLiteStore


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[AnyStore]:
    if request.param == "memory":
        yield MemoryStore()
        return
    kept = SQLiteStore(tmp_path / "store.db")
    yield kept
    kept.close()


def cost(amount: int, currency: str = "EUR") -> Request:
    return Request(action="events:read", resource="cal://alice/2026-11", cost=Money(amount, currency))


class Door:
    """One verifier, and a count of what it says."""

    def __init__(self, store: AnyStore, clock: Clock | None = None, **changed: Any) -> None:
        self.clock = clock or Clock()
        self.by = verifier(store=store, clock=self.clock, **changed)

    def opens(self, token: Token, holder: Identity, request: Request = REQUEST, times: int = 1) -> None:
        for _ in range(times):
            accepted(self._shown(token, holder, request), by=self.by, request=request)

    def stays_shut(
        self, token: Token, holder: Identity, link: int, request: Request = REQUEST, step: int = 10
    ) -> Denied:
        return denied(self._shown(token, holder, request), step, link, by=self.by, request=request)

    def _shown(self, token: Token, holder: Identity, request: Request) -> str:
        return shown(token, Identity(holder.signer, clock=self.clock), request)


@pytest.mark.parametrize(
    ("limit", "word"),
    [(C.MaxUses(3), "3 uses"), (C.Rate(3, "day"), "3 uses per day"), (C.Budget(30, "EUR"), "30 EUR in all")],
    ids=["uses", "rate", "budget"],
)
def test_as_often_as_the_limit_says_and_no_more(store: AnyStore, limit: Caveat, word: str) -> None:
    door, token = Door(store), given(READ, limit)
    door.opens(token, PLANNER, cost(10), times=3)
    for _ in range(3):
        error = door.stays_shut(token, PLANNER, 1, cost(10))
        assert word in str(error)
        assert f"{ALICE.did} -> {PLANNER.did}" in str(error)
        assert "more than is left" in str(error)
        assert error.decision.allowed is False


def test_once_is_once(store: AnyStore) -> None:
    door, token = Door(store), given(READ, C.MaxUses(1))
    door.opens(token, PLANNER)
    door.stays_shut(token, PLANNER, 1)


def test_every_ancestor_is_charged(store: AnyStore) -> None:
    door = Door(store)
    token = given(READ, C.MaxUses(5))
    narrow = passed(token, PLANNER, SCOUT, C.MaxUses(4))
    last = passed(narrow, SCOUT, HELPER, C.MaxUses(2))
    door.opens(last, HELPER, times=2)
    door.stays_shut(last, HELPER, 3)
    door.opens(narrow, SCOUT, times=2)
    door.stays_shut(narrow, SCOUT, 2)
    door.opens(token, PLANNER)
    door.stays_shut(token, PLANNER, 1)


def test_a_refused_charge_charges_nobody(store: AnyStore) -> None:
    door = Door(store)
    token = given(READ, C.MaxUses(3))
    narrow = passed(token, PLANNER, SCOUT, C.MaxUses(1))
    door.opens(narrow, SCOUT)
    for _ in range(5):
        door.stays_shut(narrow, SCOUT, 2)
    door.opens(token, PLANNER, times=2)
    door.stays_shut(token, PLANNER, 1)


def test_a_refused_charge_of_an_ancestor_charges_no_descendant(store: AnyStore) -> None:
    clock = Clock()
    door = Door(store, clock)
    token = given(READ, C.Rate(1, "day"))
    narrow = passed(token, PLANNER, SCOUT, C.MaxUses(2))
    door.opens(narrow, SCOUT)
    for _ in range(5):
        door.stays_shut(narrow, SCOUT, 1)
    clock.second += 86_400
    door.opens(narrow, SCOUT)
    clock.second += 86_400
    door.stays_shut(narrow, SCOUT, 2)


def test_siblings_share_the_limit_of_their_ancestor(store: AnyStore) -> None:
    door = Door(store)
    token = given(READ, C.MaxUses(3))
    left, right = passed(token, PLANNER, SCOUT), passed(token, PLANNER, HELPER, C.MaxUses(3))
    door.opens(left, SCOUT)
    door.opens(right, HELPER)
    door.opens(left, SCOUT)
    for shut, holder in ((right, HELPER), (left, SCOUT), (token, PLANNER)):
        door.stays_shut(shut, holder, 1)


def test_two_tokens_of_one_delegator_are_counted_apart(store: AnyStore) -> None:
    door = Door(store)
    first, second = given(READ, C.MaxUses(1)), given(READ, C.MaxUses(1))
    door.opens(first, PLANNER)
    door.opens(second, PLANNER)
    door.stays_shut(first, PLANNER, 1)


def test_the_smaller_of_two_limits_of_one_link(store: AnyStore) -> None:
    door, token = Door(store), given(READ, C.MaxUses(5), C.MaxUses(2))
    door.opens(token, PLANNER, times=2)
    assert "2 uses" in str(door.stays_shut(token, PLANNER, 1))


def test_uses_and_rate_together(store: AnyStore) -> None:
    clock = Clock()
    door, token = Door(store, clock), given(READ, C.MaxUses(3), C.Rate(2, "day"))
    door.opens(token, PLANNER, times=2)
    assert "per day" in str(door.stays_shut(token, PLANNER, 1))
    clock.second += 86_400
    door.opens(token, PLANNER)
    assert "3 uses;" in str(door.stays_shut(token, PLANNER, 1))


def test_what_another_caveat_prohibits_uses_up_nothing(store: AnyStore) -> None:
    door, token = Door(store), given(READ, C.MaxUses(1))
    other = Request(action="events:write", resource="cal://alice")
    for _ in range(3):
        door.stays_shut(token, PLANNER, 1, other, step=9)
    door.opens(token, PLANNER)


def test_what_is_not_genuine_uses_up_nothing(store: AnyStore) -> None:
    door, token = Door(store), given(READ, C.MaxUses(1))
    refused(shown(token, PLANNER, audience="x:y"), "wrong_audience", 8, by=door.by)
    refused(shown(token, PLANNER, challenge="guess"), "wrong_request", 8, by=door.by)
    refused(shown(token, PLANNER), "wrong_request", 8, by=door.by, request=cost(1))
    door.opens(token, PLANNER)


def test_clearing_twice_charges_twice(store: AnyStore) -> None:
    token = given(READ, C.MaxUses(1))
    found = verifier(store=store).verify(shown(token, PLANNER), REQUEST)
    assert found.clear().holder == PLANNER.did
    with pytest.raises(Denied):
        found.clear()


def test_verifying_alone_charges_nothing(store: AnyStore) -> None:
    token, by = given(READ, C.MaxUses(1)), verifier(store=store)
    for _ in range(3):
        by.verify(shown(token, PLANNER), REQUEST)
    by.authorize(shown(token, PLANNER), REQUEST)


def test_budgets_add_up(store: AnyStore) -> None:
    door, token = Door(store), given(READ, C.Budget(100, "EUR"))
    door.opens(token, PLANNER, cost(60))
    assert "41 more than is left" in str(door.stays_shut(token, PLANNER, 1, cost(41)))
    door.opens(token, PLANNER, cost(40))
    door.stays_shut(token, PLANNER, 1, cost(1))
    # Nothing is left, and nothing is what it costs.
    door.opens(token, PLANNER, cost(0))


def test_budgets_of_several_links_are_charged_together(store: AnyStore) -> None:
    door = Door(store)
    token = given(READ, C.Budget(100, "EUR"))
    narrow = passed(token, PLANNER, SCOUT, C.Budget(60, "EUR"))
    door.opens(narrow, SCOUT, cost(50))
    door.stays_shut(narrow, SCOUT, 2, cost(11))
    door.stays_shut(token, PLANNER, 1, cost(51))
    door.opens(token, PLANNER, cost(50))
    door.stays_shut(narrow, SCOUT, 1, cost(1))


def test_budgets_in_two_currencies_cannot_both_be_met(store: AnyStore) -> None:
    token = given(READ, C.Budget(100, "EUR"), C.Budget(100, "USD"))
    for currency in ("EUR", "USD"):
        Door(store).stays_shut(token, PLANNER, 1, cost(1, currency), step=9)


@pytest.mark.parametrize(
    ("request_", "word"),
    [
        (REQUEST, "states no cost"),
        (cost(1, "USD"), "1 USD"),
        (cost(0, "USD"), "0 USD"),
        (cost(101), "101 EUR"),
        (cost(2**53 - 1), "9007199254740991 EUR"),
    ],
    ids=["no-cost", "other-currency", "other-currency-for-nothing", "more-than-all", "largest"],
)
@pytest.mark.parametrize("per", [None, "day", "week", "month"], ids=["in-all", "day", "week", "month"])
def test_costs_that_no_budget_covers(per: str | None, request_: Request, word: str) -> None:
    token = given(READ, C.Budget(100, "EUR", per))
    door = Door(MemoryStore())
    assert word in str(door.stays_shut(token, PLANNER, 1, request_, step=9))
    door.opens(token, PLANNER, cost(100))


class WithoutLedger:
    """A store that cannot count."""

    def remember(self, presentation: bytes, *, expires: int, now: int) -> bool:
        return True

    def statements(self, wanted: Sequence[tuple[Kind, str]], *, by: Any = None) -> Sequence[Statement]:
        return ()

    def put(self, statements: Sequence[Statement]) -> Statement | None:
        return None


@pytest.mark.parametrize(
    "limit", [C.MaxUses(1000), C.Rate(1000, "second"), C.Budget(1000, "EUR")], ids=["uses", "rate", "budget"]
)
@pytest.mark.parametrize("link", [1, 2])
def test_without_a_ledger_what_counts_is_prohibited(limit: Caveat, link: int) -> None:
    token = passed(given(READ, *([limit] if link == 1 else [])), PLANNER, SCOUT, *([limit] if link == 2 else []))
    by = verifier(store=WithoutLedger())
    error = denied(shown(token, SCOUT, cost(1)), 10, link, by=by, request=cost(1))
    assert "no ledger" in str(error)
    # What does not count is not affected.
    accepted(shown(passed(given(READ), PLANNER, SCOUT), SCOUT), by=by)


class Ledger(WithoutLedger):
    """A ledger that answers what it is told to, and remembers what it was asked."""

    def __init__(self, answer: Callable[[Sequence[Charge]], Any]) -> None:
        self.answer = answer
        self.asked: list[tuple[Charge, ...]] = []

    def charge(self, charges: Sequence[Charge], *, now: int, retry: Retry | None = None) -> Charged:
        self.asked.append(tuple(charges))
        return self.answer(charges)  # type: ignore[no-any-return]

    def used(self, accounts: Sequence[str]) -> Mapping[str, int]:
        return {}


def _raise(error: BaseException) -> Any:
    raise error


@pytest.mark.parametrize(
    "error",
    [OSError("down"), sqlite3.OperationalError("locked"), KeyError("x"), UnavailableError("later"), MemoryError()],
    ids=lambda error: type(error).__name__,
)
def test_ledgers_that_fail(error: BaseException) -> None:
    by = verifier(store=Ledger(lambda _: _raise(error)))
    refused(shown(given(READ, C.MaxUses(5)), PLANNER), "unavailable", None, by=by)


def test_what_a_ledger_is_asked() -> None:
    ledger = Ledger(lambda _: Charged())
    token = given(READ, C.MaxUses(5), C.Budget(100, "EUR", "month"))
    token = passed(token, PLANNER, SCOUT, C.Rate(2, "week"))
    accepted(shown(token, SCOUT, cost(7)), by=verifier(store=ledger), request=cost(7))
    (charges,) = ledger.asked
    first, second = (f"{link.delegator}/{link.id.hex()}" for link in token.unverified_links)
    assert [(charge.account, charge.limit, charge.amount) for charge in charges] == [
        (f"{first}/uses/total/", 5, 1),
        (f"{first}/EUR/month/2030-03", 100, 7),
        (f"{second}/uses/week/2030-W11", 2, 1),
    ]


def test_a_ledger_is_not_asked_about_what_does_not_count() -> None:
    ledger = Ledger(lambda _: _raise(OSError("down")))
    accepted(shown(given(READ), PLANNER), by=verifier(store=ledger))
    assert ledger.asked == []


def test_the_charge_that_found_no_room_names_its_link() -> None:
    token = passed(given(READ, C.MaxUses(5)), PLANNER, SCOUT, C.MaxUses(2))
    for index, link in ((0, 1), (1, 2)):
        by = verifier(store=Ledger(lambda charges, index=index: Charged(charges[index])))  # type: ignore[misc]
        denied(shown(token, SCOUT), 10, link, by=by)


def test_many_threads_and_one_limit(store: AnyStore) -> None:
    token = given(READ, C.MaxUses(20))
    narrow = passed(token, PLANNER, SCOUT, C.Rate(1000, "day"))
    by: Verifier = verifier(store=store)
    wires = [[shown(narrow, SCOUT) for _ in range(5)] for _ in range(8)]
    start = threading.Barrier(8)
    found: list[str] = []

    def work(mine: list[str]) -> None:
        start.wait()
        for wire in mine:
            try:
                by.authorize(wire, REQUEST)
            except AttornError as error:
                found.append(error.code)
            else:
                found.append("allowed")

    threads = [threading.Thread(target=work, args=(mine,)) for mine in wires]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == ["allowed"] * 20 + ["denied"] * 20


def test_many_threads_and_one_budget(store: AnyStore) -> None:
    token = given(READ, C.Budget(100, "EUR"))
    by = verifier(store=store)
    wires = [[shown(token, PLANNER, cost(7)) for _ in range(3)] for _ in range(8)]
    found: list[str] = []

    def work(mine: list[str]) -> None:
        for wire in mine:
            try:
                by.authorize(wire, cost(7))
                found.append("allowed")
            except AttornError as error:
                found.append(error.code)

    threads = [threading.Thread(target=work, args=(mine,)) for mine in wires]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # 14 times 7 is 98.
    assert sorted(found) == ["allowed"] * 14 + ["denied"] * 10


def test_counts_outlive_the_process(tmp_path: Path) -> None:
    token = given(READ, C.MaxUses(2))
    for expected in (True, True, False):
        kept = SQLiteStore(tmp_path / "store.db")
        if expected:
            Door(kept).opens(token, PLANNER)
        else:
            Door(kept).stays_shut(token, PLANNER, 1)
        kept.close()


def test_a_store_that_two_verifiers_share_counts_for_both(store: AnyStore) -> None:
    token = given(READ, C.MaxUses(2))
    here, there = Door(store), verifier(store=store, audience="did:web:other.example")
    here.opens(token, PLANNER)
    accepted(shown(token, PLANNER, audience="did:web:other.example"), by=there)
    here.stays_shut(token, PLANNER, 1)
