"""When a payment is to be executed: an instant, or a whole day of UTC (ISO 8601, in its two forms of one meaning)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Final

from attorn.canonical import JsonValue
from attorn.checkout.member import text
from attorn.display import shown
from attorn.errors import InputError, MalformedError
from attorn.stamp import read_stamp

_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TOO_FINE: Final = re.compile(r"\.[0-9]{7}")


@dataclass(frozen=True, slots=True)
class Date:
    """`text` as it was signed: `2026-11-22T10:00:00+01:00`, or `2026-11-22`, which is that whole day in UTC.

    `first` and `last` are the instants it covers, both inclusive. Raises `InputError` for any other form: a time
    without a zone has no meaning, and nothing is compared that is finer than a microsecond.
    """

    text: str
    first: datetime = field(init=False, compare=False)
    last: datetime = field(init=False, compare=False)

    def __post_init__(self) -> None:
        span = self._span() if isinstance(self.text, str) else None
        if span is None:
            raise InputError(f"date: expected a day, or a time with seconds and a zone, got {shown(self.text)}")
        object.__setattr__(self, "first", span[0])
        object.__setattr__(self, "last", span[1])

    @classmethod
    def read(cls, value: JsonValue, name: str) -> Date:
        """The date that a member holds. Raises `MalformedError`."""
        try:
            return cls(text(value, name))
        except InputError as error:
            raise MalformedError(f"{name}: {error}") from None

    def _span(self) -> tuple[datetime, datetime] | None:
        if _DAY.fullmatch(self.text) is None:
            at = None if _TOO_FINE.search(self.text) else read_stamp(self.text)
            return None if at is None else (at, at)
        try:
            day = date.fromisoformat(self.text)
        except ValueError:
            return None
        return datetime.combine(day, time.min, UTC), datetime.combine(day, time.max, UTC)
