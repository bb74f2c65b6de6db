"""Traces of uses that must lie apart: Spaced."""

from __future__ import annotations

import calendar
from datetime import UTC, datetime
from typing import Any

from .ledger_cases import ALL_OR_NONE, Uses
from .scene import Scene
from .trace import DENIED, OK, Trace, alone, budget, cost, max_uses, siblings, spaced

SPACED = "docs/spec/caveats.md section Spaced: each permitted request at least one period after the last permitted one"
DAY = 86_400


def later(second: int, months: int) -> int:
    """The same time on the same day so many months later, or on that month's last day."""
    at = datetime.fromtimestamp(second, UTC)
    year, month = divmod(at.year * 12 + at.month - 1 + months, 12)
    day = min(at.day, calendar.monthrange(year, month + 1)[1])
    return int(at.replace(year=year, month=month + 1, day=day).timestamp())


def due(per: str, second: int) -> int:
    """When the next use may be made."""
    days = {"day": 1, "week": 7, "fortnight": 14}.get(per)
    return second + days * DAY if days else later(second, {"month": 1, "quarter": 3, "year": 12}[per])


def apart(per: str) -> Uses:
    def uses(s: Scene) -> list[dict[str, Any]]:
        planner, second = alone(s, spaced(per)), due(per, s.now)
        return [planner.use(0), planner.use(1, second=second - 1), planner.use(2, second=second)]

    return uses


def end_of_january(s: Scene) -> list[dict[str, Any]]:
    """31 January, the last day of February, and then as many days into March."""
    year = s.world.number("year", 2025, 2090, 2027)
    january = int(datetime(year, 1, 31, 10, tzinfo=UTC).timestamp())
    february = int(datetime(year, 2, calendar.monthrange(year, 2)[1], 10, tzinfo=UTC).timestamp())
    march = int(datetime(year, 3, calendar.monthrange(year, 2)[1], 10, tzinfo=UTC).timestamp())
    planner = alone(s, spaced("month"), issued=january - 3600)
    times = (january, february - 1, february, march - 1, march)
    return [planner.use(number, second=second) for number, second in enumerate(times)]


def early_in_between(s: Scene) -> list[dict[str, Any]]:
    planner = alone(s, spaced("week"))
    return [planner.use(number, days * DAY) for number, days in enumerate((0, 1, 6, 7, 8))]


def counted_from_the_last(s: Scene) -> list[dict[str, Any]]:
    planner = alone(s, spaced("week"))
    return [planner.use(number, days * DAY) for number, days in enumerate((0, 10, 14, 17))]


def spaced_siblings(s: Scene) -> list[dict[str, Any]]:
    scout, bob, planner = siblings(s, spaced("day"))
    return [scout.use(0), bob.use(1, 1), planner.use(2, DAY - 1), bob.use(3, DAY), scout.use(4, DAY + 1)]


def spaced_back(s: Scene) -> list[dict[str, Any]]:
    planner = alone(s, spaced("day"))
    return [planner.use(0), planner.use(1, -10), planner.use(2, DAY)]


def spaced_and_uses(s: Scene) -> list[dict[str, Any]]:
    planner = alone(s, spaced("day"), max_uses(2))
    return [planner.use(number, days * DAY) for number, days in enumerate((0, 0, 1, 2))]


def spent_and_spaced(s: Scene) -> list[dict[str, Any]]:
    """What the budget refuses is no use, and the next need not wait for it."""
    planner = alone(s, spaced("day"), budget(100))
    spent_at = (0, 60), (DAY, 60), (DAY + 1, 40)
    return [planner.use(number, at, cost=cost(amount)) for number, (at, amount) in enumerate(spent_at)]


def two_spaces(s: Scene) -> list[dict[str, Any]]:
    scout, bob, _ = siblings(s, spaced("day"), scout=(spaced("week"),))
    return [scout.use(0), scout.use(1, DAY), bob.use(2, DAY), scout.use(3, 2 * DAY), scout.use(4, 7 * DAY)]


RECIPES = (
    *(
        Trace(
            f"spaced-{per}",
            f"one second before a {per} is over, and when it is",
            116,
            SPACED,
            apart(per),
            (OK, DENIED, OK),
        )
        for per in ("day", "week", "fortnight", "month", "quarter", "year")
    ),
    Trace(
        "spaced-clamped",
        "after 31 January the last of February, and what was clamped stays",
        116,
        SPACED,
        end_of_january,
        (OK, DENIED, OK, DENIED, OK),
    ),
    Trace(
        "spaced-early-in-between",
        "what came too early does not put off the next",
        116,
        SPACED,
        early_in_between,
        (OK, DENIED, DENIED, OK, DENIED),
    ),
    Trace(
        "spaced-from-the-last",
        "counted from the last use, not from the first",
        116,
        SPACED,
        counted_from_the_last,
        (OK, OK, DENIED, OK),
    ),
    Trace(
        "spaced-siblings",
        "by a link and everything below it together",
        125,
        SPACED,
        spaced_siblings,
        (OK, DENIED, DENIED, OK, DENIED),
    ),
    Trace("spaced-clock-back", "a clock that steps back is too early", 88, SPACED, spaced_back, (OK, DENIED, OK)),
    Trace(
        "spaced-and-uses",
        "what came too early is not charged to the number of uses",
        125,
        ALL_OR_NONE,
        spaced_and_uses,
        (OK, DENIED, OK, DENIED),
    ),
    Trace(
        "spaced-and-budget",
        "what a budget refuses is no use to be counted from",
        125,
        ALL_OR_NONE,
        spent_and_spaced,
        (OK, DENIED, OK),
    ),
    Trace("spaced-two", "a week apart below a day apart", 125, ALL_OR_NONE, two_spaces, (OK, DENIED, OK, DENIED, OK)),
)
