"""Atoms about the size and the elements of one argument: MaxLength, Contains, SubsetOf."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

from attorn.canonical import MOST_INTEGER
from attorn.caveat.argument import Atom, Literal, argument_name, numbered
from attorn.caveat.base import Caveat
from attorn.caveat.value import SCALARS, Patterned, Values, set_values
from attorn.datalog import (
    CONTAINS,
    GREATER,
    LESS_OR_EQUAL,
    NEGATE,
    SET,
    Expression,
    Member,
    Predicate,
    integer,
    set_of,
    string,
)
from attorn.display import bare, shown
from attorn.errors import InputError
from attorn.request.facts import Facts

_LISTS: Final = tuple(f"{fact}s" for fact in SCALARS)
"""The facts about a list, by the type of its elements."""


@dataclass(frozen=True, slots=True)
class MaxLength(Atom):
    """The argument is text of at most `most` code points, or a list of at most that many elements."""

    name: str
    most: int
    over: ClassVar[tuple[str, ...]] = ("length",)

    def __post_init__(self) -> None:
        argument_name(self.name)
        if type(self.most) is not int or not 0 <= self.most <= MOST_INTEGER:
            raise InputError(f"MaxLength: expected an integer from 0 on, got {shown(self.most)}")

    def holds(self, facts: Facts) -> bool | None:
        length = facts.length(self.name)
        return None if length is None else length <= self.most

    def pattern(self, first: int, negated: bool) -> Patterned:
        length = numbered(first)
        expression = (length, integer(self.most), GREATER if negated else LESS_OR_EQUAL)
        return Predicate("length", (string(self.name), length)), (expression,)

    @classmethod
    def from_pattern(cls, predicate: Predicate, expressions: tuple[Expression, ...]) -> Literal | None:
        ((_, (_, value), operation),) = expressions
        if not isinstance(value, int):
            return None
        return Literal(cls(str(predicate.terms[0][1]), value), operation == GREATER)

    def asked(self, facts: Facts) -> str:
        length = facts.length(self.name)
        return super(MaxLength, self).asked(facts) if length is None else f"a length of {length}"

    def limit(self) -> str:
        return f"{bare(self.name)} no longer than {self.most}"

    def narrower_than(self, other: Caveat) -> bool | None:
        return self.most <= other.most if isinstance(other, MaxLength) and other.name == self.name else None


@dataclass(frozen=True, slots=True, init=False)
class Contains(Values):
    """The argument is a list of values of these values' type that has all of these among its elements."""

    name: str
    members: frozenset[Member]
    over: ClassVar[tuple[str, ...]] = _LISTS

    def holds(self, facts: Facts) -> bool | None:
        items = self.typed_items(facts)
        return None if items is None else items >= self.members

    def pattern(self, first: int, negated: bool) -> Patterned:
        value = numbered(first)
        expression: Expression = (value, set_of(self.members), CONTAINS)
        return Predicate(f"{self.fact()}s", (string(self.name), value)), (
            (*expression, NEGATE) if negated else expression,
        )

    @classmethod
    def from_pattern(cls, predicate: Predicate, expressions: tuple[Expression, ...]) -> Literal | None:
        ((left, right, *rest),) = expressions
        if left[0] == SET:
            return None
        return Literal(cls(str(predicate.terms[0][1]), set_values(right)), rest[-1] == NEGATE)

    def limit(self) -> str:
        return f"{bare(self.name)} with all of {self.words()}"

    def narrower_than(self, other: Caveat) -> bool | None:
        if isinstance(other, Contains) and other.name == self.name:
            return True if self.members >= other.members else None
        return None


@dataclass(frozen=True, slots=True, init=False)
class SubsetOf(Values):
    """The argument is a list, not empty, of values of these values' type, and every element is one of these."""

    name: str
    members: frozenset[Member]
    over: ClassVar[tuple[str, ...]] = _LISTS

    def holds(self, facts: Facts) -> bool | None:
        items = self.typed_items(facts)
        return None if items is None else items <= self.members

    def pattern(self, first: int, negated: bool) -> Patterned:
        value = numbered(first)
        expression: Expression = (set_of(self.members), value, CONTAINS)
        return Predicate(f"{self.fact()}s", (string(self.name), value)), (
            (*expression, NEGATE) if negated else expression,
        )

    @classmethod
    def from_pattern(cls, predicate: Predicate, expressions: tuple[Expression, ...]) -> Literal | None:
        ((left, _, *rest),) = expressions
        if left[0] != SET:
            return None
        return Literal(cls(str(predicate.terms[0][1]), set_values(left)), rest[-1] == NEGATE)

    def limit(self) -> str:
        return f"{bare(self.name)} only from {self.words()}"

    def narrower_than(self, other: Caveat) -> bool | None:
        return self.members <= other.members if isinstance(other, SubsetOf) and other.name == self.name else None
