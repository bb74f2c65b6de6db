"""UTC calendar periods, in which Rate and Budget count: what each is called and when it ends; and how far apart uses
lie that are Spaced.

A period is half-open: it begins on its first second and is over on the first second of the next. Weeks are ISO 8601's,
from Monday. There are no leap seconds in Unix time, and no local time anywhere.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, datetime
from typing import Final

from attorn.caveat.counted import TOTAL
from attorn.caveat.validity import moment
from attorn.clock import LATEST

_NAMES: Final = {
    "second": "%Y-%m-%dT%H:%M:%S",
    "minute": "%Y-%m-%dT%H:%M",
    "hour": "%Y-%m-%dT%H",
    "day": "%Y-%m-%d",
    "week": "%G-W%V",
    "month": "%Y-%m",
}
_SECONDS: Final = {"second": 1, "minute": 60, "hour": 3_600, "day": 86_400, "week": 604_800}
_DAY: Final = 86_400
_DAYS: Final = {"day": 1, "week": 7, "fortnight": 14}
_MONTHS: Final = {"month": 1, "quarter": 3, "year": 12}
_FEWEST_DAYS: Final = {**_DAYS, "month": 28, "quarter": 89, "year": 365}
_FROM_MONDAY: Final = 3 * _DAY
"""The first day of Unix time was a Thursday."""


def name(period: str, second: int) -> str:
    """What the period that this Unix second lies in is called; empty for `total`."""
    return "" if period == TOTAL else moment(second).strftime(_NAMES[period])


def number(period: str, second: int) -> int:
    """Which period this Unix second lies in, counted one after another; always 0 for `total`."""
    if period == TOTAL:
        return 0
    if period == "month":
        at = moment(second)
        return at.year * 12 + at.month - 1
    return (second + _FROM_MONDAY if period == "week" else second) // _SECONDS[period]


def end(period: str, second: int) -> int | None:
    """The first Unix second of the next period; None for `total`, and for one that the calendar's end cuts."""
    if period == TOTAL:
        return None
    following = number(period, second) + 1
    if period == "month":
        year, month = divmod(following, 12)
        return None if year > 9999 else int(datetime(year, month + 1, 1, tzinfo=UTC).timestamp())
    first = following * _SECONDS[period] - (_FROM_MONDAY if period == "week" else 0)
    return first if first <= LATEST else None


def after(per: str, second: int) -> int | None:
    """The Unix second that lies one whole `per` after this one; None if that is beyond the calendar's end.

    Months later it is the same time on the same day of the month, or on the last day of a month that has no such day.
    """
    if second > LATEST:
        return None
    if per in _DAYS:
        found = second + _DAYS[per] * _DAY
        return found if found <= LATEST else None
    at = moment(second)
    year, month = divmod(at.year * 12 + at.month - 1 + _MONTHS[per], 12)
    if year > 9999:
        return None
    day = min(at.day, monthrange(year, month + 1)[1])
    return int(at.replace(year=year, month=month + 1, day=day).timestamp())


def least(per: str) -> int:
    """The fewest seconds that can lie between two uses one `per` apart."""
    return _FEWEST_DAYS[per] * _DAY
