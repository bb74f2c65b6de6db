"""What a longer period means for uses that must lie apart: Spaced.

A use is permitted if it is not before the last permitted one and one period (docs/spec/caveats.md). A sequence of uses
is permitted if each of them is. So one limit is narrower than another if, after any use, its next comes no sooner:
shown of months of any lengths there are, in any order, and of every day of real calendars.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import combinations, pairwise, product
from typing import Any

import pytest
import z3
from tests.proofs.logic import find

from attorn.caveat import Spaced
from attorn.caveat.spaced import SPACES
from attorn.verify import period

LIMITS = tuple(map(Spaced, SPACES))
PAIRS = list(combinations(SPACES, 2))
DAYS = {"day": 1, "week": 7, "fortnight": 14}
MONTHS = {"month": 1, "quarter": 3, "year": 12}
LENGTHS = z3.Ints(" ".join(f"month{number}" for number in range(13)))
DAY, TIME = z3.Ints("day time")
GIVEN = (
    *(z3.And(length >= 28, length <= 31) for length in LENGTHS),
    z3.And(DAY >= 1, LENGTHS[0] >= DAY, TIME >= 0, TIME < 86_400),
)
"""A use at some time of some day of a month, which 12 others follow, each of 28 to 31 days."""


def _after(per: str, clamped: bool = True) -> Any:
    """The second of the next use, from the beginning of the month on."""
    if per in DAYS:
        return (DAY - 1 + DAYS[per]) * 86_400 + TIME
    months = MONTHS[per]
    day = z3.If(LENGTHS[months] >= DAY, DAY, LENGTHS[months]) if clamped else DAY
    return (z3.Sum(*LENGTHS[:months]) + day - 1) * 86_400 + TIME


def _sooner(longer: str, shorter: str) -> z3.CheckSatResult:
    """`unsat` if the next use after the longer period never comes before that after the shorter."""
    return find(*GIVEN, _after(longer) < _after(shorter))


@pytest.mark.parametrize(("shorter", "longer"), PAIRS)
def test_what_is_called_narrower_is_never_due_sooner(shorter: str, longer: str) -> None:
    assert Spaced(longer).narrower_than(Spaced(shorter)) is True
    assert _sooner(longer, shorter) == z3.unsat


@pytest.mark.parametrize(("shorter", "longer"), PAIRS)
def test_what_is_called_wider_is_due_sooner(shorter: str, longer: str) -> None:
    """The other way round it is not only unproven: after every use the shorter permits one that the longer does not."""
    assert Spaced(shorter).narrower_than(Spaced(longer)) is False
    assert find(*GIVEN, _after(shorter) >= _after(longer)) == z3.unsat


@pytest.mark.parametrize("per", SPACES)
def test_each_is_within_itself(per: str) -> None:
    assert Spaced(per).narrower_than(Spaced(per)) is True


def test_a_planted_fault_breaks_the_order() -> None:
    """Four weeks are no month: of a month's length as 27 days, a fortnight's double would already be one."""
    assert find(*GIVEN, _after("month") < (DAY - 1 + 29) * 86_400 + TIME) == z3.sat
    assert find(*GIVEN, _after("month", clamped=False) != _after("month")) == z3.sat


def test_of_sequences_what_the_longer_permits_the_shorter_permits() -> None:
    """The step of the induction: both have permitted the same uses, the last of them at `last`; one more, at `now`."""
    last, now, longer, shorter = z3.Ints("last now longer shorter")
    given = longer >= shorter, shorter > 0, now >= last + longer
    assert find(*given, now < last + shorter) == z3.unsat
    assert find(longer <= shorter, longer > 0, now >= last + longer, now < last + shorter) == z3.sat


# The real calendar.

YEARS = (*range(1970, 1978), *range(1999, 2002), *range(2096, 2105), 9998, 9999)


def _seconds() -> list[int]:
    first = [int(datetime(year, 1, 1, tzinfo=UTC).timestamp()) for year in YEARS]
    return [start + day * 86_400 + 86_399 for start in first for day in range(365)]


def test_the_real_calendar_keeps_the_order_and_the_fewest_days() -> None:
    fewest = dict.fromkeys(SPACES, 10**9)
    for second in _seconds():
        found = [period.after(per, second) for per in SPACES]
        for sooner, later in pairwise(found):
            assert later is None or (sooner is not None and sooner < later)
        for per, following in zip(SPACES, found, strict=True):
            if following is not None:
                fewest[per] = min(fewest[per], following - second)
    assert fewest == {per: period.least(per) for per in SPACES}


def _permitted(per: str, uses: tuple[int, ...]) -> bool:
    return all((due := period.after(per, last)) is not None and due <= now for last, now in pairwise(uses))


def _sequences() -> list[tuple[int, ...]]:
    start = int(datetime(2028, 1, 30, 12, tzinfo=UTC).timestamp())
    gaps = (86_399, 86_400, 7 * 86_400, 14 * 86_400, 29 * 86_400, 30 * 86_400, 31 * 86_400, 91 * 86_400, 366 * 86_400)
    return [(start, start + one, start + one + two) for one, two in product(gaps, repeat=2)]


def test_on_real_sequences_the_answer_has_no_counterexample_and_each_no_a_witness() -> None:
    permitted = {limit: {each for each in _sequences() if _permitted(limit.per, each)} for limit in LIMITS}
    for mine, theirs in product(LIMITS, repeat=2):
        assert mine.narrower_than(theirs) is (permitted[mine] <= permitted[theirs])


@pytest.mark.parametrize("fault", [lambda mine, theirs: True, lambda mine, theirs: mine.per <= theirs.per])
def test_a_planted_answer_is_found(fault: Callable[[Spaced, Spaced], bool]) -> None:
    permitted = {limit: {each for each in _sequences() if _permitted(limit.per, each)} for limit in LIMITS}
    pairs = product(LIMITS, repeat=2)
    assert any(fault(mine, theirs) is not (permitted[mine] <= permitted[theirs]) for mine, theirs in pairs)


def test_use_by_use_that_is_not_true() -> None:
    """After a refusal the shorter may have been used later: a day before a week is over, and so not when it is."""
    asked = [0, 7 * 86_400 - 3_600, 7 * 86_400]
    assert [_outcomes(per, asked) for per in ("week", "day")] == [[True, False, True], [True, True, False]]


def _outcomes(per: str, asked: list[int]) -> list[bool]:
    due, found = 0, []
    for second in asked:
        found.append(second >= due)
        if found[-1]:
            due = period.after(per, second) or 0
    return found
