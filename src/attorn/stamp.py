"""Dates and times as documents of the W3C have them: the `dateTimeStamp` of XML Schema 1.1."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

# No leap second, no 24:00, no year of five digits.
_STAMP: Final = re.compile(
    r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
    r"T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,9})?"
    r"(?:Z|[+-](?:0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00)"
)


def is_stamp(value: object) -> bool:
    """Whether `value` has the form of a date and time with seconds and a zone, though there may be no such day."""
    return isinstance(value, str) and _STAMP.fullmatch(value) is not None


def read_stamp(value: object) -> datetime | None:
    """The UTC instant that `value` spells, None if it spells none. What is finer than a microsecond is cut."""
    if not isinstance(value, str) or not is_stamp(value):
        return None
    try:
        return datetime.fromisoformat(value).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
