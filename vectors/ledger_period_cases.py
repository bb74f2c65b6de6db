"""Traces of what a ledger counts in periods and in money: Rate, Budget."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from .ledger_cases import ACCOUNTS, ALL_OR_NONE, COUNTED, DENIED_9, PROCEDURE, Uses
from .scene import Scene
from .trace import DENIED, OK, Trace, alone, budget, cost, max_uses, rate, siblings

PERIODS = "docs/spec/verification.md section The procedure: a period begins on its first second, in UTC"
SAFE = 2**53 - 1


def border(per: str, second: int) -> int:
    """The first second of the next period."""
    if per == "month":
        at = datetime.fromtimestamp(second, UTC).replace(day=1, hour=0, minute=0, second=0)
        return int((at + timedelta(days=32)).replace(day=1).timestamp())
    length, first = {
        "second": (1, 0),
        "minute": (60, 0),
        "hour": (3600, 0),
        "day": (86400, 0),
        "week": (604800, 4 * 86400),
    }[per]
    return second + length - (second - first) % length


def at_border(per: str) -> Uses:
    def uses(s: Scene) -> list[dict[str, Any]]:
        planner, first = alone(s, rate(1, per)), border(per, s.now)
        return [planner.use(number, second=first + number // 2 - 1) for number in range(4)]

    return uses


def across_an_edge(s: Scene) -> list[dict[str, Any]]:
    planner, first = alone(s, rate(2, "minute")), border("minute", s.now)
    return [planner.use(number, second=first + number // 2 - 1) for number in (0, 1, 2, 3)] + [
        planner.use(4, second=first)
    ]


def early_in_the_hour(s: Scene) -> list[dict[str, Any]]:
    """A use in the first second, and one an hour but a second later."""
    planner, first = alone(s, rate(1, "hour")), border("hour", s.now)
    return [planner.use(0, second=first), planner.use(1, second=first + 3599), planner.use(2, second=first + 3600)]


def rate_and_uses(s: Scene) -> list[dict[str, Any]]:
    planner, first = alone(s, rate(1, "minute"), max_uses(2)), border("minute", s.now)
    return [planner.use(number, second=first + minute * 60) for number, minute in enumerate((0, 0, 1, 2))]


def two_rates(s: Scene) -> list[dict[str, Any]]:
    planner, first = alone(s, rate(1, "minute"), rate(2, "hour")), border("hour", s.now)
    return [planner.use(number, second=first + minute * 60) for number, minute in enumerate((0, 0, 1, 2, 60))]


def clock_back(s: Scene) -> list[dict[str, Any]]:
    planner, first = alone(s, rate(1, "minute")), border("minute", s.now)
    return [planner.use(0, second=first), planner.use(1, second=first + 60), planner.use(2, second=first + 1)]


def rate_of_siblings(s: Scene) -> list[dict[str, Any]]:
    scout, bob, _ = siblings(s, rate(1, "day"), bob=(rate(5, "day"),))
    first = border("day", s.now)
    return [
        scout.use(0, second=first - 1),
        bob.use(1, second=first - 1),
        bob.use(2, second=first),
        scout.use(3, second=first + 1),
    ]


RATES = (
    *(
        Trace(
            f"rate-{per}",
            f"one use in each {per}: two in its last second, two in the first of the next",
            116,
            PERIODS,
            at_border(per),
            (OK, DENIED, OK, DENIED),
        )
        for per in ("second", "minute", "hour", "day", "week", "month")
    ),
    Trace(
        "rate-across-an-edge",
        "twice the limit across an edge, and no more",
        116,
        PERIODS,
        across_an_edge,
        (OK, OK, OK, OK, DENIED),
    ),
    Trace(
        "rate-calendar",
        "a period is the calendar's, and not counted from the first use",
        116,
        PERIODS,
        early_in_the_hour,
        (OK, DENIED, OK),
    ),
    Trace(
        "rate-and-uses",
        "what a rate refuses is not charged to the number of uses",
        125,
        ALL_OR_NONE,
        rate_and_uses,
        (OK, DENIED, OK, DENIED),
    ),
    Trace(
        "rate-two", "two rates of one link, an account each", 125, ALL_OR_NONE, two_rates, (OK, DENIED, OK, DENIED, OK)
    ),
    Trace(
        "rate-clock-back",
        "a clock that steps back finds what it had charged",
        88,
        PERIODS,
        clock_back,
        (OK, OK, DENIED),
    ),
    Trace(
        "rate-siblings",
        "a rate is shared below its link, whatever a sibling's own is",
        125,
        COUNTED,
        rate_of_siblings,
        (OK, DENIED, OK, DENIED),
    ),
)


def spending(*amounts: int, of: tuple[int, ...] = (100,)) -> Uses:
    def uses(s: Scene) -> list[dict[str, Any]]:
        planner = alone(s, *map(budget, of))
        return [planner.use(number, cost=cost(amount)) for number, amount in enumerate(amounts)]

    return uses


def other_currency(s: Scene) -> list[dict[str, Any]]:
    planner = alone(s, budget(100))
    return [
        planner.use(0, cost=cost(1, "USD")),
        planner.use(1),
        planner.use(2, cost=cost(100)),
        planner.use(3, cost=cost(1)),
    ]


def two_currencies(s: Scene) -> list[dict[str, Any]]:
    scout, bob, _ = siblings(s, budget(100), scout=(budget(100, "USD"),))
    return [
        scout.use(0, cost=cost(1)),
        scout.use(1, cost=cost(1, "USD")),
        bob.use(2, cost=cost(100)),
        bob.use(3, cost=cost(1)),
    ]


def ceilings(s: Scene) -> list[dict[str, Any]]:
    """The example of caveats.md."""
    scout, bob, _ = siblings(s, budget(100), scout=(budget(80),), bob=(budget(80),))
    spent_by = (scout, 40), (bob, 40), (scout, 40), (scout, 20), (bob, 1)
    return [by.use(number, cost=cost(amount)) for number, (by, amount) in enumerate(spent_by)]


def day_and_total(s: Scene) -> list[dict[str, Any]]:
    planner, first = alone(s, budget(60, per="day"), budget(100)), border("day", s.now)
    spent_on = (0, 60), (0, 1), (1, 41), (1, 40), (2, 1)
    return [
        planner.use(number, second=first + day * 86400, cost=cost(amount))
        for number, (day, amount) in enumerate(spent_on)
    ]


def uses_and_budget(s: Scene) -> list[dict[str, Any]]:
    planner = alone(s, max_uses(2), budget(100))
    return [planner.use(number, cost=cost(amount)) for number, amount in enumerate((60, 60, 40, 0))]


BUDGETS = (
    Trace("budget-exact", "exactly what is left, and one more", 110, COUNTED, spending(60, 40, 1), (OK, OK, DENIED)),
    Trace(
        "budget-one-too-many",
        "one more than is left is refused and charges nobody",
        110,
        ALL_OR_NONE,
        spending(60, 41, 40, 1),
        (OK, DENIED, OK, DENIED),
    ),
    Trace(
        "budget-nothing", "a cost of nothing when nothing is left", 110, COUNTED, spending(100, 0, 1), (OK, OK, DENIED)
    ),
    Trace(
        "budget-above-the-whole",
        "a cost above the whole amount, at a step before",
        110,
        COUNTED,
        spending(101, 100, 1),
        (DENIED_9, OK, DENIED),
    ),
    Trace(
        "budget-largest",
        "the largest amount there is, whose sum with another is beyond 2^53",
        127,
        COUNTED,
        spending(SAFE, 1, SAFE, of=(SAFE,)),
        (OK, DENIED, DENIED),
    ),
    Trace(
        "budget-lower-of-two",
        "of two amounts on one account the lower holds",
        110,
        ACCOUNTS,
        spending(60, 30, of=(100, 80)),
        (OK, DENIED),
    ),
    Trace(
        "budget-other-currency",
        "another currency and no cost at all are refused and charge nobody",
        111,
        PROCEDURE,
        other_currency,
        (DENIED_9, DENIED_9, OK, DENIED),
    ),
    Trace(
        "budget-two-currencies",
        "a child's budget in another currency leaves nothing to permit",
        111,
        COUNTED,
        two_currencies,
        (DENIED_9, DENIED_9, OK, DENIED),
    ),
    Trace(
        "budget-ceilings",
        "shares that add up to more than the whole",
        116,
        ALL_OR_NONE,
        ceilings,
        (OK, OK, DENIED, OK, DENIED),
    ),
    Trace(
        "budget-day-and-total",
        "an amount for each day within one for ever",
        116,
        ALL_OR_NONE,
        day_and_total,
        (OK, DENIED, DENIED, OK, DENIED),
    ),
    Trace(
        "budget-and-uses",
        "what a budget refuses is not charged to the number of uses",
        125,
        ALL_OR_NONE,
        uses_and_budget,
        (OK, DENIED, OK, DENIED),
    ),
)

RECIPES = (*RATES, *BUDGETS)
