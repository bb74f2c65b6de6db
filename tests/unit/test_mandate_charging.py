"""A purchase is charged to every open mandate it rests on, all or none, whoever else does the same at that moment."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.unit.checkout_scene import CHECKOUT
from tests.unit.constraint_scene import BUDGET, HASH, ITEMS, NOW, PAYMENT, RANGE, RECURRENCE, opened, ordered, with_

from attorn.checkout.checkout import Checkout
from attorn.errors import InputError, ReplayError, UnavailableError
from attorn.mandate.charging import Held, Refused, charge_checkout, charge_payment, usages
from attorn.mandate.constraint.base import Usage
from attorn.mandate.payment import ClosedPayment
from attorn.store import MemoryStore, SQLiteStore
from attorn.store.ports import Charge, Charged, Ledger, Retry

UNTIL = NOW + 400 * 86_400
DAY = 86_400
ON_DEMAND = with_(RECURRENCE, "frequency", to="ON_DEMAND")


@pytest.fixture(params=["memory", "sqlite"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    with nullcontext(MemoryStore()) if request.param == "memory" else closing(SQLiteStore(tmp_path / "l.db")) as store:
        yield store


def held(*constraints: Any, hop: str = "root", until: int = UNTIL) -> Held:
    return Held(hop, opened(*constraints), until)


def pay(ledger: Ledger, *mandates: Held, amount: int = 1000, now: int = NOW, also: Sequence[Charge] = ()) -> list[str]:
    """What is wrong, as `position code`; nothing if the payment was charged."""
    payment = ClosedPayment.read(with_(PAYMENT, "payment_amount", "amount", to=amount))
    found = charge_payment(ledger, mandates, payment, open_checkouts=frozenset({HASH}), now=now, also=also)
    return [f"{each.position} {each.violation.code}" for each in found]


def test_an_open_mandate_is_used_once(ledger: Any) -> None:
    once = held(RANGE, BUDGET)
    assert pay(ledger, once) == []
    assert pay(ledger, once, now=NOW + 200 * DAY) == ["0 too_many_uses"]  # attack 112
    assert usages(ledger, [once]) == (Usage(1, 1000, None),)
    assert pay(ledger, held(RANGE, BUDGET, hop="another")) == []


def test_an_order_is_not_split_over_two_checkouts(ledger: Any) -> None:
    order, checkout = Held("order", ordered(ITEMS), UNTIL), Checkout.read(CHECKOUT)
    assert charge_checkout(ledger, [order], checkout, now=NOW) == ()
    (refused,) = charge_checkout(ledger, [order], checkout, now=NOW + DAY)
    assert isinstance(refused, Refused)
    assert (refused.position, refused.violation.code, refused.violation.type) == (
        0,
        "too_many_uses",
        "mandate.checkout.open.1",
    )


def test_an_order_that_the_user_pays_for_is_paid_for_once(ledger: Any) -> None:
    order = Held("order", ordered(ITEMS), UNTIL)

    def paid() -> tuple[Refused, ...]:
        return charge_payment(ledger, [], PAID, open_checkouts=None, now=NOW, orders=[order])

    assert paid() == ()
    (refused,) = paid()
    assert (refused.position, refused.violation.code) == (0, "too_many_uses")


def test_uses_are_counted_and_kept_apart(ledger: Any) -> None:
    monthly = held(RANGE, BUDGET, RECURRENCE)
    second, third = (
        int(datetime(year, month, 22, 12, tzinfo=UTC).timestamp()) for year, month in ((2026, 12), (2027, 1))
    )
    assert pay(ledger, monthly) == []
    assert pay(ledger, monthly, now=second - 1) == ["0 too_soon"]
    assert pay(ledger, monthly, now=second) == []
    assert pay(ledger, monthly, now=third - 1) == ["0 too_soon"]
    assert pay(ledger, monthly, now=third + 5) == []
    assert usages(ledger, [monthly]) == (Usage(3, 3000, third + 5),)
    assert pay(ledger, monthly, now=UNTIL - 1) == ["0 too_many_uses"]


def test_a_refused_use_does_not_count_as_the_last(ledger: Any) -> None:
    daily = held(RANGE, BUDGET, with_(RECURRENCE, "frequency", to="DAILY"))
    assert pay(ledger, daily) == []
    assert pay(ledger, daily, now=NOW + DAY, amount=99) == ["0 amount_too_low"]
    assert pay(ledger, daily, now=NOW + DAY - 1) == ["0 too_soon"]
    assert pay(ledger, daily, now=NOW + DAY) == []


def test_without_a_number_of_uses_there_are_as_many_as_there_is_time_for(ledger: Any) -> None:
    daily = held(RANGE, BUDGET, {"type": "payment.agent_recurrence", "frequency": "DAILY"})
    assert [pay(ledger, daily, now=NOW + day * DAY) for day in range(5)] == [[]] * 5
    assert pay(ledger, daily, now=NOW + 4 * DAY + 1) == ["0 too_soon"]


def test_a_clock_that_stepped_back_is_too_soon(ledger: Any) -> None:
    daily = held(RANGE, BUDGET, with_(RECURRENCE, "frequency", to="DAILY"))
    assert pay(ledger, daily) == []
    assert pay(ledger, daily, now=NOW - 10) == ["0 too_soon"]


def test_a_budget_is_spent_to_the_last_minor_unit_and_no_further(ledger: Any) -> None:
    mandate = held(RANGE, with_(BUDGET, "max", to=2500), with_(ON_DEMAND, "max_occurrences", to=9))
    assert pay(ledger, mandate) == []
    assert pay(ledger, mandate, amount=1501) == ["0 over_budget"]
    assert pay(ledger, mandate, amount=1500) == []
    assert pay(ledger, mandate, amount=100) == ["0 over_budget"]
    assert usages(ledger, [mandate]) == (Usage(2, 2500, None),)


def test_the_smallest_of_several_budgets_and_of_several_numbers_holds(ledger: Any) -> None:
    mandate = held(RANGE, BUDGET, with_(BUDGET, "max", to=2000), ON_DEMAND, with_(ON_DEMAND, "max_occurrences", to=2))
    assert [pay(ledger, mandate) for _ in range(3)] == [[], [], ["0 over_budget", "0 too_many_uses"]]


def test_every_open_mandate_is_charged_or_none(ledger: Any) -> None:
    root = held(RANGE, with_(BUDGET, "max", to=5000), ON_DEMAND)
    one, other = (held(RANGE, with_(BUDGET, "max", to=3000), ON_DEMAND, hop=name) for name in ("one", "other"))
    assert pay(ledger, root, one, amount=3000) == []
    # 3,000 for each of two sub-agents is more than the root has in all.
    assert pay(ledger, root, other, amount=2001) == ["0 over_budget"]  # attack 116
    assert usages(ledger, [root, other]) == (Usage(1, 3000), Usage())
    assert pay(ledger, root, one, amount=100) == ["1 over_budget"]
    assert pay(ledger, root, other, amount=2000) == []
    assert usages(ledger, [root, one, other]) == (Usage(2, 5000), Usage(1, 3000), Usage(1, 2000))


def test_all_that_is_wrong_is_said_of_every_mandate(ledger: Any) -> None:
    root, child = held(RANGE), held(with_(RANGE, "max", to=500), hop="child")
    assert pay(ledger, root, child, amount=40_000) == ["0 amount_too_high", "1 amount_too_high"]
    assert usages(ledger, [root, child]) == (Usage(), Usage())


def test_what_counts_once_is_charged_in_the_same_step(ledger: Any) -> None:
    nonce = Charge("nonce n1", 1, 1, UNTIL)
    first, second = held(RANGE, hop="first"), held(RANGE, hop="second")
    assert pay(ledger, first, also=[nonce]) == []
    with pytest.raises(ReplayError):  # attack 112
        pay(ledger, second, also=[nonce])
    with pytest.raises(ReplayError):
        pay(ledger, first, also=[nonce])
    assert usages(ledger, [second]) == (Usage(),)
    # What is refused for another reason does not use the nonce up.
    assert pay(ledger, second, amount=1, also=[Charge("nonce n2", 1, 1, UNTIL)]) == ["0 amount_too_low"]
    assert pay(ledger, second, also=[Charge("nonce n2", 1, 1, UNTIL)]) == []


def test_counters_go_with_the_mandate(ledger: Any) -> None:
    """Nothing is forgotten while a verifier may accept it, and then nobody may begin again."""
    early = held(RANGE, hop="early", until=NOW + 10)
    assert pay(ledger, early) == []
    assert pay(ledger, early, now=NOW + 9) == ["0 too_many_uses"]
    assert pay(ledger, held(RANGE, hop="late"), now=NOW + 10) == []
    with pytest.raises(UnavailableError):
        pay(ledger, early, now=NOW + 9)


def race(ledger: Any, mandates: Callable[[int], list[Held]], workers: int, uses: int) -> list[list[str]]:
    start = threading.Barrier(workers)

    def work(number: int) -> list[list[str]]:
        start.wait()
        return [pay(ledger, *mandates(number)) for _ in range(uses)]

    with ThreadPoolExecutor(workers) as pool:
        return [each for found in pool.map(work, range(workers)) for each in found]


def test_a_race_for_one_budget_spends_exactly_it(ledger: Any) -> None:
    root = held(RANGE, with_(BUDGET, "max", to=20_000), with_(ON_DEMAND, "max_occurrences", to=1000))

    def below(number: int) -> list[Held]:
        return [root, held(RANGE, with_(BUDGET, "max", to=6000), ON_DEMAND, hop=f"sub {number}")]

    found = race(ledger, below, 8, 4)
    assert found.count([]) == 20  # attacks 116 and 120
    (spent, *each) = usages(ledger, [root, *(below(number)[1] for number in range(8))])
    assert spent == Usage(20, 20_000)
    assert sum(one.spent for one in each) == 20_000
    assert all(one.uses <= 3 for one in each)


def test_a_race_for_one_period_is_won_once(ledger: Any) -> None:
    monthly = held(RANGE, BUDGET, with_(RECURRENCE, "max_occurrences", to=1000))
    found = race(ledger, lambda _: [monthly], 8, 3)
    assert found.count([]) == 1
    assert [each for each in found if each] == [["0 too_soon"]] * 23
    assert usages(ledger, [monthly]) == (Usage(1, 1000, NOW),)


class Scripted:
    """A ledger whose readings are those it is told, until it has been told enough."""

    def __init__(self, *readings: Mapping[str, int]) -> None:
        self.store, self.readings = MemoryStore(), list(readings)

    def used(self, accounts: Sequence[str]) -> Mapping[str, int]:
        return self.readings.pop(0) if self.readings else self.store.used(accounts)

    def charge(self, charges: Sequence[Charge], *, now: int, retry: Retry | None = None) -> Charged:
        return self.store.charge(charges, now=now, retry=retry)


DAILY = with_(RECURRENCE, "frequency", to="DAILY")


@pytest.mark.parametrize("stale", [(), ("uses",), ("last",), ("spent",), ("uses", "last"), ("last", "spent")])
def test_a_reading_torn_by_another_use_never_charges(stale: tuple[str, ...]) -> None:
    """Somebody's second use lies between two looks at the counters: some of them are still those of the first."""
    mandate = held(RANGE, BUDGET, DAILY)
    ledger = Scripted()
    assert pay(ledger, mandate) == []
    first = dict(ledger.store.used([f"mandate root {name}" for name in ("uses", "spent", "last")]))
    assert pay(ledger, mandate, now=NOW + DAY) == []
    second = dict(ledger.store.used(list(first)))
    ledger.readings = [{name: (first if name.split()[-1] in stale else second)[name] for name in first}]
    assert pay(ledger, mandate, now=NOW + DAY + 1) == ["0 too_soon"]
    assert ledger.store.used(list(first)) == second


def test_a_first_use_that_somebody_else_had_is_not_taken_again() -> None:
    mandate, ledger = held(RANGE, BUDGET, DAILY), Scripted()
    assert pay(ledger, mandate) == []
    ledger.readings = [{}]
    assert pay(ledger, mandate, now=NOW + 1) == ["0 too_soon"]


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ([BUDGET, with_(BUDGET, "max", to=1500), ON_DEMAND], ["0 over_budget"]),
        ([BUDGET, ON_DEMAND, with_(ON_DEMAND, "max_occurrences", to=1)], ["0 too_many_uses"]),
        ([BUDGET], ["0 too_many_uses"]),
    ],
)
def test_the_ledger_itself_holds_the_smallest_limit(limits: list[Any], expected: list[str]) -> None:
    """Whoever read before somebody else's use is stopped by the counters alone."""
    mandate, ledger = held(RANGE, *limits), Scripted()
    assert pay(ledger, mandate) == []
    ledger.readings = [{}]
    assert pay(ledger, mandate) == expected


def test_the_ledger_itself_holds_that_an_order_is_placed_once() -> None:
    order, ledger = Held("order", ordered(ITEMS), UNTIL), Scripted()
    assert charge_checkout(ledger, [order], Checkout.read(CHECKOUT), now=NOW) == ()
    ledger.readings = [{}]
    (refused,) = charge_checkout(ledger, [order], Checkout.read(CHECKOUT), now=NOW)
    assert refused.violation.code == "too_many_uses"
    assert not order.is_spaced
    assert Held("order", ordered(ITEMS), 0).until == 0


def test_what_was_used_before_is_refused_at_the_last_step() -> None:
    ledger, once = MemoryStore(), [Charge("nonce", 1, 1)]
    assert pay(ledger, held(RANGE), also=once) == []
    with pytest.raises(ReplayError) as caught:
        pay(ledger, held(RANGE, hop="another"), also=once)
    assert caught.value.step == 10


class Unwilling(MemoryStore):
    """Refuses and never says that a limit was reached."""

    def charge(self, charges: Sequence[Charge], *, now: int, retry: Retry | None = None) -> Charged:
        return Charged(refused=charges[0])


class Broken(MemoryStore):
    def used(self, accounts: Sequence[str]) -> Mapping[str, int]:
        raise OSError("disk")


@pytest.mark.parametrize("ledger", [Unwilling(), Broken()], ids=["unwilling", "broken"])
def test_a_ledger_that_cannot_say_decides_nothing(ledger: Any) -> None:
    with pytest.raises(UnavailableError):
        pay(ledger, held(RANGE))


ORDER = Held("order", ordered(ITEMS), UNTIL)
PAID = ClosedPayment.read(PAYMENT)


@pytest.mark.parametrize(
    "call",
    [
        lambda: charge_payment(MemoryStore(), [ORDER], PAID, open_checkouts=None, now=NOW),
        lambda: charge_checkout(MemoryStore(), [held(RANGE)], Checkout.read(CHECKOUT), now=NOW),
        lambda: charge_payment(object(), [held(RANGE)], PAID, open_checkouts=None, now=NOW),  # type: ignore[arg-type]
        lambda: charge_payment(MemoryStore(), [held(RANGE), held(BUDGET)], PAID, open_checkouts=None, now=NOW),
        lambda: charge_payment(MemoryStore(), [], PAID, open_checkouts=None, now=NOW, orders=[held(RANGE)]),
        lambda: charge_payment(MemoryStore(), [], PAID, open_checkouts=None, now=NOW, orders=[ORDER, ORDER]),
        lambda: Held("", opened(RANGE), UNTIL),
        lambda: Held(b"root", opened(RANGE), UNTIL),  # type: ignore[arg-type]
        lambda: Held(1, opened(RANGE), UNTIL),  # type: ignore[arg-type]
        lambda: Held("root", opened(RANGE), -1),
        lambda: Held("root", opened(RANGE), True),
        lambda: Held("root", PAID, UNTIL),  # type: ignore[arg-type]
        lambda: Usage(0, 5),
        lambda: Usage(0, 0, NOW),
        lambda: Usage(-1),
        lambda: Usage(1, True),
    ],
)
def test_other_arguments_are_the_programmers(call: Callable[[], object]) -> None:
    with pytest.raises(InputError):
        call()
