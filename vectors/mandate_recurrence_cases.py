"""`payment.agent_recurrence`: how often, and how far apart, at the edges of days and months."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from .mandate_kit import without
from .mandate_link_cases import BAD, Recipe, paying
from .mandate_payment_cases import KNOWN, MALFORMED, PAGE
from .mandate_scene import Scene
from .mandate_use_cases import DENIED, buy, often, used
from .world import World

CALENDAR = PAGE + "Payments: The calendar"
DAY = 86_400
Clock = Callable[[World], tuple[int, int]]


def apart(name: str, notes: str, frequency: str, after: int, reason: str | None = None) -> Recipe:
    """A second use so many seconds after the first."""
    more = often(frequency=frequency)
    return used(
        f"recurrence-{name}",
        notes,
        116 if reason else None,
        CALENDAR,
        DENIED if reason else None,
        then=buy(2, more=more),
        before=((buy(more=more), 0, "first"),),
        after=after,
        reasons=(reason,) if reason else (),
    )


def month(name: str, notes: str, frequency: str, clock: Clock, reason: str | None = None) -> Recipe:
    """A second use at the later of two moments of the calendar."""
    more = often(frequency=frequency)
    return used(
        f"recurrence-{name}",
        notes,
        116 if reason else None,
        CALENDAR,
        DENIED if reason else None,
        then=buy(2, more=more),
        before=((buy(more=more), 0, "first"),),
        reasons=(reason,) if reason else (),
        clock=clock,
    )


def times(name: str, notes: str, attack: int | None, uses: int, *reasons: str) -> Recipe:
    """One use more, of a mandate for two."""
    more = often(times=5, max_occurrences=2)
    before = tuple((buy(number, more=more), number, f"n-{number}") for number in range(1, uses + 1))
    then = buy(uses + 1, more=more)
    spec = PAGE + "Payments: payment.agent_recurrence"
    verdict = DENIED if reasons else None
    made = {"then": then, "before": before, "after": uses + 1, "reasons": reasons}
    return used(f"recurrence-{name}", notes, attack, spec, verdict, **made)


def year(w: World, low: int = 2027) -> int:
    """A year of this world that is no leap year and does not follow one before February ends."""
    return w.number("year", 0, 15, 0) * 4 + low


def moments(
    first: tuple[int, ...], then: Callable[[int], tuple[int, ...]], *, less: int = 0, leap: bool = False
) -> Clock:
    """Two moments, month, day, hour and so on, the second in years after the first, `less` seconds earlier."""

    def clock(w: World) -> tuple[int, int]:
        begun = year(w, 2028 if leap else 2027)
        later, *rest = then(begun)
        second = datetime(later, *rest, tzinfo=UTC).timestamp()
        return int(second) - less, int(datetime(begun, *first, tzinfo=UTC).timestamp())

    return clock


def end_of_february(begun: int) -> tuple[int, ...]:
    return (begun, 2, monthrange(begun, 2)[1], 10, 0, 0)


def end_of_next_february(begun: int) -> tuple[int, ...]:
    return (begun + 1, 2, monthrange(begun + 1, 2)[1], 10, 0, 0)


def end_of_march(begun: int) -> tuple[int, ...]:
    return (begun, 3, 28, 10, 0, 0)


def said(name: str, notes: str, attack: int, verdict: tuple[str, int], **recurrence: Any) -> Recipe:
    """A recurrence that says nothing."""
    spec = PAGE + "Payments: payment.agent_recurrence"
    return paying(f"recurrence-{name}", notes, attack, spec, verdict, more=often(**recurrence))


def lone(scene: Scene) -> list[Any]:
    return [scene.recurrence()]


def no_range(scene: Scene, usual: list[Any]) -> list[Any]:
    return [*usual[1:], scene.budget(), scene.recurrence()]


def no_frequency(scene: Scene) -> list[Any]:
    return [scene.budget(), without({**scene.recurrence(), "frequency": ...})]


JANUARY = (1, 31, 10, 0, 0)
RECIPES: tuple[Recipe, ...] = (
    apart("on-demand", "at once", "ON_DEMAND", 0),
    apart("daily", "86,400 seconds later", "DAILY", DAY),
    apart("daily-early", "a second less", "DAILY", DAY - 1, "too_soon"),
    apart("weekly", "7 days later", "WEEKLY", 7 * DAY),
    apart("weekly-early", "a second less", "WEEKLY", 7 * DAY - 1, "too_soon"),
    apart("biweekly", "14 days later", "BIWEEKLY", 14 * DAY),
    apart("biweekly-early", "a second less", "BIWEEKLY", 14 * DAY - 1, "too_soon"),
    month("monthly", "31 January, and the last day of February", "MONTHLY", moments(JANUARY, end_of_february)),
    month("monthly-leap", "the same in a leap year", "MONTHLY", moments(JANUARY, end_of_february, leap=True)),
    month("monthly-early", "a second less", "MONTHLY", moments(JANUARY, end_of_february, less=1), "too_soon"),
    month("monthly-again", "28 February, and 28 March", "MONTHLY", moments((2, 28, 10, 0, 0), end_of_march)),
    month(
        "monthly-thirty-days",
        "28 February in a leap year, and 27 March",
        "MONTHLY",
        moments((2, 28, 10, 0, 0), end_of_march, less=DAY, leap=True),
        "too_soon",
    ),
    month(
        "quarterly",
        "31 October, and 31 January",
        "QUARTERLY",
        moments((10, 31, 10, 0, 0), lambda begun: (begun + 1, *JANUARY)),
    ),
    month(
        "quarterly-early",
        "a second less",
        "QUARTERLY",
        moments((10, 31, 10, 0, 0), lambda begun: (begun + 1, *JANUARY), less=1),
        "too_soon",
    ),
    month(
        "annually",
        "29 February, and the 28th a year later",
        "ANNUALLY",
        moments((2, 29, 10, 0, 0), end_of_next_february, leap=True),
    ),
    month(
        "annually-early",
        "a second less",
        "ANNUALLY",
        moments((2, 29, 10, 0, 0), end_of_next_february, less=1, leap=True),
        "too_soon",
    ),
    times("first", "the first of two", None, 0),
    times("last", "the second of two", None, 1),
    times("one-more", "the third of two", 112, 2, "too_many_uses"),
    used(
        "recurrence-refused",
        "a use that was refused counts for nothing",
        None,
        CALENDAR,
        None,
        then=buy(2, more=often(frequency="DAILY")),
        before=((buy(more=often(frequency="DAILY"), closed={"transaction_id": "another"}), 0, "first"),),
        after=60,
    ),
    said("unknown", "HOURLY", 115, BAD, frequency="HOURLY"),
    said("lower-case", "daily", 115, BAD, frequency="daily"),
    said("number", "86400", 115, MALFORMED, frequency=86_400),
    said("no-uses", "0 occurrences", 115, MALFORMED, max_occurrences=0),
    said("negative-uses", "-1 occurrences", 115, MALFORMED, max_occurrences=-1),
    said("fraction", "2.0 occurrences", 111, MALFORMED, max_occurrences=2.0),
    said("true", "true occurrences", 111, MALFORMED, max_occurrences=True),
    said("null", "max_occurrences is null", 115, MALFORMED, max_occurrences=None),
    paying(
        "recurrence-no-frequency",
        "no frequency",
        115,
        PAGE + "Payments: payment.agent_recurrence",
        MALFORMED,
        more=no_frequency,
    ),
    paying("recurrence-no-budget", "without a budget", 115, PAGE + KNOWN, BAD, more=lone),
    paying("recurrence-no-range", "without a range", 115, PAGE + KNOWN, BAD, limits=no_range),
)
