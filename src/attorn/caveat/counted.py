"""Caveats that need a ledger: MaxUses, Budget, Rate.

A stock engine is never given their facts, so it denies; attorn clears them at step 10, where a permitted request is
charged to every link that carries a limit, all or none. A verifier without a ledger prohibits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

from attorn.canonical import MOST_INTEGER
from attorn.caveat.base import Caveat
from attorn.datalog import INTEGER, Check, Predicate, Query, Term, integer, string
from attorn.decision import Denial
from attorn.display import shown
from attorn.errors import InputError
from attorn.request.facts import Facts
from attorn.request.money import Money

PERIODS: Final = ("second", "minute", "hour", "day", "week", "month")
TOTAL: Final = "total"


@dataclass(frozen=True, slots=True)
class Counter:
    """What a ledger keeps for one limit: at most `limit` of `unit` in one `period` (`total`: ever)."""

    unit: str
    limit: int
    period: str


class Counted(Caveat):
    """A caveat that a ledger holds. `prohibits` says only what can be said without one."""

    __slots__ = ()

    def counter(self) -> Counter:
        """The limit, for a ledger."""
        raise NotImplementedError

    def charge(self, facts: Facts) -> int:
        """How much this request would be charged."""
        del facts
        return 1

    def prohibits(self, facts: Facts) -> Denial | None:
        del facts
        return None

    def narrower_than(self, other: Caveat) -> bool | None:
        if not isinstance(other, type(self)) or not isinstance(other, Counted):
            return None
        mine, theirs = self.counter(), other.counter()
        if (mine.unit, mine.period) != (theirs.unit, theirs.period):
            return None
        return mine.limit <= theirs.limit


def _count(value: int, name: str) -> None:
    if type(value) is not int or not 0 < value <= MOST_INTEGER:
        raise InputError(f"{name}: expected a positive integer up to 2**53 - 1, got {shown(value)}")


def _check(name: str, *terms: Term) -> Check:
    return (Query((Predicate(name, terms),), ()),)


def _integer(check: Check) -> int:
    kind, value = check[0].body[0].terms[0]
    if kind != INTEGER or not isinstance(value, int):
        raise InputError("expected an integer")
    return value


@dataclass(frozen=True, slots=True)
class MaxUses(Counted):
    """At most `n` permitted requests, by this link and everything delegated from it together."""

    n: int
    over: ClassVar[tuple[str, ...]] = ("max_uses",)

    def __post_init__(self) -> None:
        _count(self.n, "MaxUses")

    def counter(self) -> Counter:
        return Counter("uses", self.n, TOTAL)

    def render(self) -> Check:
        return _check("max_uses", integer(self.n))

    @classmethod
    def read(cls, check: Check) -> MaxUses:
        return cls(_integer(check))

    def limit(self) -> str:
        return f"{self.n} uses"


@dataclass(frozen=True, slots=True)
class Rate(Counted):
    """At most `n` permitted requests in each UTC calendar period: second, minute, hour, day, week or month."""

    n: int
    per: str
    over: ClassVar[tuple[str, ...]] = ("rate",)

    def __post_init__(self) -> None:
        _count(self.n, "Rate")
        if not isinstance(self.per, str) or self.per not in PERIODS:
            raise InputError(f"Rate: expected one of {', '.join(PERIODS)}, got {shown(self.per)}")

    def counter(self) -> Counter:
        return Counter("uses", self.n, self.per)

    def render(self) -> Check:
        return _check("rate", integer(self.n), string(self.per))

    @classmethod
    def read(cls, check: Check) -> Rate:
        return cls(_integer(check), str(check[0].body[0].terms[1][1]))

    def limit(self) -> str:
        return f"{self.n} uses per {self.per}"


@dataclass(frozen=True, slots=True)
class Budget(Counted):
    """At most `amount` minor units of `currency`, ever or in each UTC calendar `per` (day, week, month).

    A request without a cost in that currency is prohibited, not free.
    """

    amount: int
    currency: str
    per: str | None = None
    over: ClassVar[tuple[str, ...]] = ("budget",)

    def __post_init__(self) -> None:
        _count(self.amount, "Budget")
        Money(self.amount, self.currency)
        if self.per is not None and (not isinstance(self.per, str) or self.per not in ("day", "week", "month")):
            raise InputError(f"Budget: expected per=None, 'day', 'week' or 'month', got {shown(self.per)}")

    def counter(self) -> Counter:
        return Counter(self.currency, self.amount, self.per or TOTAL)

    def charge(self, facts: Facts) -> int:
        cost = facts.request.cost
        return 0 if cost is None else cost.amount

    def prohibits(self, facts: Facts) -> Denial | None:
        cost = facts.request.cost
        if cost is None:
            return self.denial("a request that states no cost")
        if cost.currency != self.currency:
            return self.denial(f"{cost.amount} {cost.currency}")
        return None if cost.amount <= self.amount else self.denial(f"{cost.amount} {cost.currency}")

    def render(self) -> Check:
        return _check("budget", integer(self.amount), string(self.currency), string(self.per or TOTAL))

    @classmethod
    def read(cls, check: Check) -> Budget:
        currency, per = (str(term[1]) for term in check[0].body[0].terms[1:])
        return cls(_integer(check), currency, None if per == TOTAL else per)

    def limit(self) -> str:
        return f"{self.amount} {self.currency}" + (f" per {self.per}" if self.per else " in all")
