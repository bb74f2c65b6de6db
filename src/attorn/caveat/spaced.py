"""Spaced: uses that lie apart, counted from the last one that was permitted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

from attorn.caveat.base import Caveat
from attorn.caveat.counted import TOTAL, Counted, Counter
from attorn.clock import LATEST
from attorn.datalog import Check, Predicate, Query, string
from attorn.display import shown
from attorn.errors import InputError

SPACES: Final = ("day", "week", "fortnight", "month", "quarter", "year")
"""Each ends later than those before it, whenever they begin: even a month has more than 14 days."""
APART: Final = "apart:"


@dataclass(frozen=True, slots=True)
class Spaced(Counted):
    """Each permitted request at least one `per` after the last: day, week, fortnight, month, quarter or year, in UTC.

    By this link and everything delegated from it together. Months and years end on the same day of the month and at the
    same time, or on the month's last day if it has no such day.
    """

    per: str
    over: ClassVar[tuple[str, ...]] = ("spaced",)

    def __post_init__(self) -> None:
        if not isinstance(self.per, str) or self.per not in SPACES:
            raise InputError(f"Spaced: expected one of {', '.join(SPACES)}, got {shown(self.per)}")

    def counter(self) -> Counter:
        """The second of the last use and one, in an account that nothing was charged to before the first."""
        return Counter(f"{APART}{self.per}", LATEST + 1, TOTAL)

    def render(self) -> Check:
        return (Query((Predicate("spaced", (string(self.per),)),), ()),)

    @classmethod
    def read(cls, check: Check) -> Spaced:
        return cls(str(check[0].body[0].terms[0][1]))

    def limit(self) -> str:
        return f"uses at least one {self.per} apart"

    def narrower_than(self, other: Caveat) -> bool | None:
        return SPACES.index(self.per) >= SPACES.index(other.per) if isinstance(other, Spaced) else None
