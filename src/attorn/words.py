"""What people type for times, durations, counts and money, read in one way only."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Final

from attorn.display import shown
from attorn.errors import InputError
from attorn.request.money import Money

_SPAN: Final = re.compile(r"(?:([0-9]{1,6})d)?(?:([0-9]{1,6})h)?(?:([0-9]{1,6})m)?(?:([0-9]{1,9})s)?")
_INSTANT: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:Z|[+-][0-9]{2}:[0-9]{2})")
_WHOLE: Final = re.compile(r"[0-9]{1,16}")
_MONEY: Final = re.compile(r"([0-9]{1,16}):([A-Z]{3})")


def span(text: str, name: str) -> timedelta:
    """The duration in text like `8h`, `90s` or `1d12h30m`. Raises `InputError`."""
    match = _SPAN.fullmatch(text)
    if match is None or not text:
        raise InputError(f"{name}: expected a duration like 8h, 30m or 1d12h, got {shown(text)}")
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


def instant(text: str, name: str) -> datetime:
    """The instant in RFC 3339 text with an offset and whole seconds. Raises `InputError`."""
    if _INSTANT.fullmatch(text) is not None:
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            # A month 13 or an hour 25; said below in the same words as any other misspelling.
            pass
    raise InputError(f"{name}: expected a time like 2026-11-21T18:00:00Z, got {shown(text)}")


def whole(text: str, name: str) -> int:
    """The integer from 0 on in decimal digits. Raises `InputError`."""
    if _WHOLE.fullmatch(text) is None:
        raise InputError(f"{name}: expected a whole number, got {shown(text)}")
    return int(text)


def money(text: str, name: str) -> Money:
    """The amount in text like `250:EUR`, which is 250 minor units. Raises `InputError`."""
    match = _MONEY.fullmatch(text)
    if match is None:
        raise InputError(f"{name}: expected minor units and a currency, like 250:EUR, got {shown(text)}")
    return Money(int(match[1]), match[2])
