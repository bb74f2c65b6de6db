"""What a smaller limit of a ledger means: MaxUses, Rate and Budget.

One account holds `used`; a use of `amount` is permitted where `used + amount` is at most the limit, and is then added
(docs/spec/caveats.md). A sequence of uses is permitted if each of them is. Proved for sequences of any length by
induction, and compared with real ledgers on every short sequence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise, product
from pathlib import Path
from typing import Any

import pytest
import z3
from tests.proofs.logic import find
from tests.proofs.questions import facts

from attorn import caveat
from attorn.caveat import Counted
from attorn.caveat.counted import PERIODS
from attorn.request.money import Money
from attorn.store import MemoryStore, SQLiteStore
from attorn.store.ports import Charge, Ledger

FACTS = facts(cost=Money(2, "EUR"))
Compared = Callable[[Any, Any], Any]


def _fits(used: Any, amount: Any, limit: Any) -> Any:
    return used + amount <= limit


def _after(used: Any, amount: Any, limit: Any) -> Any:
    return z3.If(_fits(used, amount, limit), used + amount, used)


def _breaks(narrower: Compared, fits: Callable[[Any, Any, Any], Any] = _fits) -> z3.CheckSatResult:
    """`unsat` if one more use, permitted after equal uses by the narrower limit, is permitted by the wider."""
    used, amount, mine, theirs = z3.Ints("used amount mine theirs")
    given = amount >= 0, used >= 0, narrower(mine, theirs), fits(used, amount, mine)
    return find(*given, z3.Not(fits(used, amount, theirs)))


def test_a_sequence_that_the_smaller_limit_permits_the_larger_permits() -> None:
    """The step of the induction: both accounts have added up the same permitted uses, from 0 on."""
    assert _breaks(lambda mine, theirs: mine <= theirs) == z3.unsat


@pytest.mark.parametrize("fault", [lambda mine, theirs: mine >= theirs, lambda mine, theirs: mine <= theirs + 1])
def test_a_planted_fault_breaks_the_step(fault: Compared) -> None:
    assert _breaks(fault) == z3.sat


def test_an_account_never_holds_more_than_its_limit() -> None:
    used, amount, limit = z3.Ints("used amount limit")
    assert find(used >= 0, used <= limit, amount >= 0, _after(used, amount, limit) > limit) == z3.unsat


def test_a_ledger_that_adds_before_it_looks_overspends() -> None:
    used, amount, limit = z3.Ints("used amount limit")
    assert find(used >= 0, used <= limit, amount >= 0, used + amount > limit) == z3.sat


def _counted_step(narrower: Compared) -> z3.CheckSatResult:
    """`unsat` if uses that count 1 each keep: each account holds the smaller of its limit and the number of uses."""
    asked, first, second, mine, theirs = z3.Ints("asked first second mine theirs")

    def smaller(number: Any, limit: Any) -> Any:
        return z3.If(number <= limit, number, limit)

    before = first == smaller(asked, mine), second == smaller(asked, theirs)
    kept = _after(first, 1, mine) == smaller(asked + 1, mine), _after(second, 1, theirs) == smaller(asked + 1, theirs)
    follows = z3.Implies(_fits(first, 1, mine), _fits(second, 1, theirs))
    given = asked >= 0, mine >= 0, theirs >= 0, narrower(mine, theirs), *before
    return find(*given, z3.Not(z3.And(*kept, follows)))


@pytest.mark.parametrize(
    ("narrower", "answer"),
    [(lambda mine, theirs: mine <= theirs, z3.unsat), (lambda mine, theirs: mine >= theirs, z3.sat)],
    ids=["smaller", "larger"],
)
def test_of_uses_that_count_one_each_use_is_permitted_by_the_larger_limit_too(
    narrower: Compared, answer: z3.CheckSatResult
) -> None:
    """Also if some were refused before: stronger than what is said of sequences, and true of MaxUses and Rate alone."""
    assert _counted_step(narrower) == answer


def test_of_amounts_that_is_not_true() -> None:
    """After a refusal the larger limit may have spent more: 3 is refused of 2, granted of 3, and 2 is left or not."""
    assert _outcomes(MemoryStore(), 2, (3, 2)) == [False, True]
    assert _outcomes(MemoryStore(), 3, (3, 2)) == [True, False]


def _outcomes(ledger: Ledger, limit: int, amounts: tuple[int, ...], account: str = "a") -> list[bool]:
    return [ledger.charge([Charge(account, limit, amount)], now=1).refused is None for amount in amounts]


@pytest.fixture(params=["memory", "sqlite"])
def accounts(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Ledger, Iterator[str]]]:
    """A ledger, and names of accounts in it that were never used."""
    names = (f"account {number}" for number in range(10**6))
    if request.param == "memory":
        yield MemoryStore(), names
        return
    store = SQLiteStore(tmp_path / "ledger")
    yield store, names
    store.close()


def _sequences(amounts: range, longest: int) -> list[tuple[int, ...]]:
    return [some for length in range(longest + 1) for some in product(amounts, repeat=length)]


def test_real_ledgers_do_what_the_proof_says_they_do(accounts: tuple[Ledger, Iterator[str]]) -> None:
    ledger, names = accounts
    sequences = _sequences(range(4), 4) if isinstance(ledger, MemoryStore) else _sequences(range(3), 2)
    for limit, amounts in product(range(4), sequences):
        account, used, expected = next(names), 0, []
        for amount in amounts:
            expected.append(_fits(used, amount, limit))
            used += amount if expected[-1] else 0
        assert _outcomes(ledger, limit, amounts, account) == expected
        assert ledger.used([account]).get(account, 0) == used


def test_in_real_ledgers_what_the_smaller_limit_permits_the_larger_permits() -> None:
    sequences = _sequences(range(4), 4)
    permitted = [{some for some in sequences if all(_outcomes(MemoryStore(), limit, some))} for limit in range(6)]
    assert all(smaller < larger for smaller, larger in pairwise(permitted))


LIMITS: tuple[Counted, ...] = (
    *map(caveat.MaxUses, (1, 2, 3)),
    *(caveat.Rate(n, per) for n in (1, 2, 3) for per in PERIODS),
    *(
        caveat.Budget(n, unit, per)
        for n in (1, 2, 3)
        for unit in ("EUR", "USD")
        for per in (None, "day", "week", "month")
    ),
)


def test_limits_are_compared_by_what_the_proof_compares() -> None:
    """The same unit in the same period, so that both have one account for the same uses; then the numbers alone."""
    answers = set()
    for mine, theirs in product(LIMITS, repeat=2):
        left, right = mine.counter(), theirs.counter()
        same = type(mine) is type(theirs) and (left.unit, left.period) == (right.unit, right.period)
        assert mine.narrower_than(theirs) is ((left.limit <= right.limit) if same else None)
        answers.add(mine.narrower_than(theirs))
    assert answers == {True, False, None}


def test_uses_that_share_a_period_for_one_limit_share_it_for_the_other() -> None:
    """The account is named by the limit's period and the second, and never by its number."""
    for limit, other in product(LIMITS, repeat=2):
        if other.narrower_than(limit) is not None:
            assert limit.counter().period == other.counter().period
            assert limit.charge(FACTS) == other.charge(FACTS)
