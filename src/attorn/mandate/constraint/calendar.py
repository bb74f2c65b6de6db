"""When a mandate may be used again: UTC, counted from the last use, the end of the month kept to.

A day is 86,400 seconds. A month later is the same day and time of the next month, or its last day if it has no such
day: a month after 31 January is 28 or 29 February, and a month after that the same day of March.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import MAXYEAR, UTC, datetime
from enum import StrEnum
from typing import Final

from attorn.clock import LATEST
from attorn.errors import InputError

NEVER: Final = 253_402_300_800
"""The first second after the calendar's last year."""


class Frequency(StrEnum):
    """How far apart uses are at least, from the shortest on."""

    ON_DEMAND = "ON_DEMAND"
    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    BIWEEKLY = "BIWEEKLY"
    MONTHLY = "MONTHLY"
    QUARTERLY = "QUARTERLY"
    ANNUALLY = "ANNUALLY"

    def seldomer_than(self, other: Frequency) -> bool:
        """Whether uses that keep to this keep to `other`: the same, or longer apart from any day on."""
        order = list(Frequency)
        return order.index(self) >= order.index(other)

    def after(self, last: int) -> int:
        """The first Unix second at which a mandate may be used again that was used at `last`."""
        if type(last) is not int or not 0 <= last <= LATEST:
            raise InputError("calendar: expected a Unix second of the years 1970 to 9999")
        if self in _DAYS:
            return last + _DAYS[self] * 86_400
        at = datetime.fromtimestamp(last, UTC)
        years, month = divmod(at.month - 1 + _MONTHS[self], 12)
        year = at.year + years
        if year > MAXYEAR:
            return NEVER
        day = min(at.day, monthrange(year, month + 1)[1])
        return int(at.replace(year=year, month=month + 1, day=day).timestamp())


_DAYS: Final = {Frequency.ON_DEMAND: 0, Frequency.DAILY: 1, Frequency.WEEKLY: 7, Frequency.BIWEEKLY: 14}
_MONTHS: Final = {Frequency.MONTHLY: 1, Frequency.QUARTERLY: 3, Frequency.ANNUALLY: 12}
