"""Caveats over time, depth, and the words a link was given with: Expires, NotBefore, MaxDepth, Purpose.

Times are whole Unix seconds. A window is half-open: valid from `NotBefore`, no longer valid at `Expires`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import ClassVar, Self

from attorn.caveat.base import Caveat
from attorn.clock import LATEST, instant
from attorn.datalog import (
    GREATER_OR_EQUAL,
    LESS,
    LESS_OR_EQUAL,
    Check,
    Predicate,
    Query,
    date,
    integer,
    string,
    variable,
)
from attorn.decision import Denial
from attorn.display import shown, stamp
from attorn.errors import InputError
from attorn.request.characters import hidden
from attorn.request.facts import Facts

_TIME = variable("time")
_DEPTH = variable("0")


def _second(at: datetime, name: str) -> int:
    return int(instant(at, name).timestamp())


def moment(second: int) -> datetime:
    """The instant of a Unix second."""
    return datetime.fromtimestamp(second, UTC)


def _text(second: int) -> str:
    return stamp(moment(second))


def _time_check(second: int, operation: tuple[int, int]) -> Check:
    return (Query((Predicate("time", (_TIME,)),), ((_TIME, date(second), operation),)),)


class _Instant(Caveat):
    """Shared by the caveats that hold one instant."""

    __slots__ = ()
    second: int

    @classmethod
    def from_second(cls, second: int) -> Self:
        """The caveat of a Unix second. Raises `InputError` outside 1970 to 9999."""
        if type(second) is not int or not 0 <= second <= LATEST:
            raise InputError("time: expected a second between 1970 and 9999")
        caveat = object.__new__(cls)
        object.__setattr__(caveat, "second", second)
        return caveat

    @classmethod
    def read(cls, check: Check) -> Self:
        value = check[0].expressions[0][1][1]
        if not isinstance(value, int):
            raise InputError("time: expected a date")
        return cls.from_second(value)

    @property
    def at(self) -> datetime:
        return moment(self.second)


@dataclass(frozen=True, slots=True, init=False)
class Expires(_Instant):
    """Only before this instant (an aware datetime, kept in whole seconds, rounded down)."""

    second: int
    over: ClassVar[tuple[str, ...]] = ("time",)

    def __init__(self, at: datetime) -> None:
        object.__setattr__(self, "second", _second(at, "Expires"))

    def prohibits(self, facts: Facts) -> Denial | None:
        return None if facts.now < self.second else self.denial(_text(facts.now))

    def render(self) -> Check:
        return _time_check(self.second, LESS)

    def limit(self) -> str:
        return f"use before {_text(self.second)}"

    def narrower_than(self, other: Caveat) -> bool | None:
        return self.second <= other.second if isinstance(other, Expires) else None


@dataclass(frozen=True, slots=True, init=False)
class NotBefore(_Instant):
    """Only from this instant on (an aware datetime, kept in whole seconds, rounded down)."""

    second: int
    over: ClassVar[tuple[str, ...]] = ("time",)

    def __init__(self, at: datetime) -> None:
        object.__setattr__(self, "second", _second(at, "NotBefore"))

    def prohibits(self, facts: Facts) -> Denial | None:
        return None if facts.now >= self.second else self.denial(_text(facts.now))

    def render(self) -> Check:
        return _time_check(self.second, GREATER_OR_EQUAL)

    def limit(self) -> str:
        return f"use from {_text(self.second)} on"

    def narrower_than(self, other: Caveat) -> bool | None:
        return self.second >= other.second if isinstance(other, NotBefore) else None


class _Relative(Caveat):
    """A caveat that exists only until a link is issued; on the wire stands what it resolved to."""

    __slots__ = ()

    def prohibits(self, facts: Facts) -> Denial | None:
        del facts
        return self.denial("a use before any link carried it")

    def render(self) -> Check:
        raise InputError(f"{type(self).__name__} has no meaning before it is part of a link")


@dataclass(frozen=True, slots=True, init=False)
class ExpiresIn(_Relative):
    """Only for this long after the link is issued: a timedelta, or `days=`, `hours=`, `minutes=`, `seconds=`."""

    span: timedelta

    def __init__(
        self,
        span: timedelta | None = None,
        *,
        days: float = 0,
        hours: float = 0,
        minutes: float = 0,
        seconds: float = 0,
    ) -> None:
        numbers = all(type(number) in (int, float) for number in (days, hours, minutes, seconds))
        if not numbers or not (span is None or isinstance(span, timedelta)):
            raise InputError("ExpiresIn: expected a timedelta or numbers of days, hours, minutes, seconds")
        try:
            total = (span or timedelta()) + timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
        except (ValueError, OverflowError):
            raise InputError("ExpiresIn: expected a time that a timedelta can say") from None
        if total < timedelta(seconds=1):
            raise InputError(f"ExpiresIn: expected at least one second, got {total}")
        object.__setattr__(self, "span", total)

    def limit(self) -> str:
        return f"use within {self.span} of being issued"

    def resolved(self, now: datetime, depth: int) -> Caveat:
        del depth
        if not isinstance(now, datetime):
            raise InputError(f"ExpiresIn: expected an aware datetime, got {type(now).__name__}")
        try:
            return Expires(now + self.span)
        except OverflowError:
            raise InputError(f"ExpiresIn: {self.span} from now is beyond the calendar") from None


@dataclass(frozen=True, slots=True)
class MaxDepth(Caveat):
    """Only in chains of at most `hops` delegations after the user's own link (0: the first delegate itself)."""

    hops: int
    over: ClassVar[tuple[str, ...]] = ("depth",)

    def __post_init__(self) -> None:
        if type(self.hops) is not int or not 0 <= self.hops <= 1_000_000:
            raise InputError(f"MaxDepth: expected a number of hops from 0 on, got {shown(self.hops)}")

    def prohibits(self, facts: Facts) -> Denial | None:
        return None if facts.depth <= self.hops else self.denial(f"{facts.depth}")

    def render(self) -> Check:
        return (Query((Predicate("depth", (_DEPTH,)),), ((_DEPTH, integer(self.hops), LESS_OR_EQUAL),)),)

    @classmethod
    def read(cls, check: Check) -> MaxDepth:
        hops = check[0].expressions[0][1][1]
        if not isinstance(hops, int):
            raise InputError("MaxDepth: expected an integer")
        return cls(hops)

    def limit(self) -> str:
        return f"{self.hops} delegations after the user's own"

    def narrower_than(self, other: Caveat) -> bool | None:
        return self.hops <= other.hops if isinstance(other, MaxDepth) else None


@dataclass(frozen=True, slots=True)
class NoDelegation(_Relative):
    """Only by the delegate itself: the link may not be passed on. On the wire, a `MaxDepth` of the link's own depth."""

    def limit(self) -> str:
        return "use by the delegate itself"

    def resolved(self, now: datetime, depth: int) -> Caveat:
        del now
        return MaxDepth(depth)


@dataclass(frozen=True, slots=True)
class Purpose(Caveat):
    """The human sentence the authority was given for. It limits nothing; it is signed, and shown to people."""

    sentence: str

    def __post_init__(self) -> None:
        text = self.sentence
        if not isinstance(text, str) or not 0 < len(text) <= 500 or hidden(text):
            raise InputError("Purpose: expected one printable sentence of at most 500 characters")

    def prohibits(self, facts: Facts) -> Denial | None:
        del facts
        return None

    def render(self) -> Predicate:
        return Predicate("purpose", (string(self.sentence),))

    def limit(self) -> str:
        return f"for: {self.sentence}"
