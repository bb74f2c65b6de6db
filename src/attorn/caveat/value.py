"""Atoms about the value of one argument: Equals, OneOf, NotOneOf, Range."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final, Self

from attorn.canonical import MOST_INTEGER
from attorn.caveat.argument import Atom, Conjunction, Literal, argument_name, numbered
from attorn.caveat.base import Caveat
from attorn.datalog import (
    CONTAINS,
    GREATER,
    GREATER_OR_EQUAL,
    INTEGER,
    LESS,
    LESS_OR_EQUAL,
    NEGATE,
    SET,
    TYPES,
    Expression,
    Member,
    Predicate,
    Scalar,
    Term,
    integer,
    member_order,
    scalar,
    set_of,
    string,
)
from attorn.display import bare, shown
from attorn.errors import InputError
from attorn.request.facts import Facts

Patterned = tuple[Predicate, tuple[Expression, ...]]
SCALARS: Final = ("text", "integer", "boolean")
"""The facts about an argument that is one value, by its type."""


def member_of(value: object, what: str) -> Member:
    """The typed term of a scalar. Raises `InputError` for anything else, floats above all."""
    if not isinstance(value, str | int):
        raise InputError(f"{what}: expected text, an integer or a boolean, got {type(value).__name__}")
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > MOST_INTEGER:
        raise InputError(f"{what}: expected an integer within 2**53 - 1 of zero")
    if isinstance(value, str):
        _check_text(value, what)
    return scalar(value)


def _check_text(value: str, what: str) -> None:
    try:
        value.encode()
    except UnicodeEncodeError:
        raise InputError(f"{what}: text holds a lone surrogate") from None
    if len(value) > 4096:
        raise InputError(f"{what}: expected at most 4096 characters, got {len(value)}")


def members_of(values: tuple[Scalar, ...], what: str) -> frozenset[Member]:
    """The typed terms of scalars of one type. Raises `InputError`."""
    members = frozenset(member_of(value, what) for value in values)
    if not members:
        raise InputError(f"{what}: expected at least one value")
    if len({kind for kind, _ in members}) != 1:
        raise InputError(f"{what}: expected values of one type, all text, all integers or all booleans")
    return members


def plain(members: frozenset[Member]) -> tuple[Scalar, ...]:
    """The values of typed terms, in order."""
    return tuple(value for _, value in sorted(members, key=member_order) if not isinstance(value, bytes))


def set_values(term: Term) -> tuple[Scalar, ...]:
    """The values of a set term. Raises `InputError` for any other."""
    value = term[1]
    if not isinstance(value, tuple):
        raise InputError("expected a set")
    return tuple(member for _, member in value if not isinstance(member, bytes))


class Values(Atom):
    """Shared by the atoms that hold one argument name and a set of typed values."""

    __slots__ = ()
    members: frozenset[Member]

    def __init__(self, name: str, *values: Scalar | list[Scalar] | tuple[Scalar, ...]) -> None:
        flat: list[Scalar] = []
        for value in values:
            flat += value if isinstance(value, list | tuple) else [value]
        object.__setattr__(self, "name", argument_name(name))
        object.__setattr__(self, "members", members_of(tuple(flat), type(self).__name__))

    @property
    def values(self) -> tuple[Scalar, ...]:
        return plain(self.members)

    @property
    def kind(self) -> int:
        """The type number that all of the values have."""
        return next(iter(self.members))[0]

    def fact(self) -> str:
        """The name of the fact about an argument of the values' type."""
        return TYPES[self.kind]

    def typed(self, facts: Facts) -> Member | None:
        """The argument's value, if it is of the values' type: `NotOneOf("port", 22)` does not let `"22"` through."""
        value = facts.value(self.name)
        return None if value is None or value[0] != self.kind else value

    def typed_items(self, facts: Facts) -> frozenset[Member] | None:
        """The argument's elements, if it is a list of elements of the values' type."""
        items = facts.items(self.name)
        return None if items is None or next(iter(items))[0] != self.kind else items

    def words(self) -> str:
        """A few of the values for a person's eyes."""
        values = self.values
        return ", ".join(shown(value) for value in values[:8]) + (", ..." if len(values) > 8 else "")


@dataclass(frozen=True, slots=True)
class Equals(Atom):
    """The argument is exactly this text, integer, boolean or None. `1`, `True` and `"1"` are three different values."""

    name: str
    value: Scalar | None
    over: ClassVar[tuple[str, ...]] = (*SCALARS, "null")

    def __post_init__(self) -> None:
        argument_name(self.name)
        if self.value is not None:
            member_of(self.value, "Equals")

    @property
    def member(self) -> Member | None:
        """The typed value; None for null."""
        return None if self.value is None else scalar(self.value)

    def __eq__(self, other: object) -> bool:
        # Python holds True == 1; a caveat must not.
        return isinstance(other, Equals) and (self.name, self.member) == (other.name, other.member)

    def __hash__(self) -> int:
        return hash((self.name, self.member))

    def holds(self, facts: Facts) -> bool | None:
        if self.value is None:
            return facts.null(self.name)
        value = facts.value(self.name)
        return None if value is None or value[0] != scalar(self.value)[0] else value == self.member

    def alternatives(self, negated: bool) -> tuple[Conjunction, ...]:
        if negated and self.value is not None:
            return ((Literal(NotOneOf(self.name, self.value), False),),)
        if negated:
            raise InputError("Not(Equals(name, None)) cannot be written; say which values are allowed instead")
        return ((Literal(self, False),),)

    def pattern(self, first: int, negated: bool) -> Patterned:
        del first, negated
        if self.value is None:
            return Predicate("null", (string(self.name),)), ()
        member = scalar(self.value)
        return Predicate(TYPES[member[0]], (string(self.name), member)), ()

    @classmethod
    def single(cls, name: str, value: str) -> Self | None:
        """The caveat of one text. May raise `InputError`."""
        return cls(name, value)

    @classmethod
    def from_pattern(cls, predicate: Predicate, expressions: tuple[Expression, ...]) -> Literal | None:
        if expressions:
            return None
        name = str(predicate.terms[0][1])
        if predicate.name == "null":
            return Literal(cls(name, None), False)
        _, value = predicate.terms[1]
        if isinstance(value, bytes | tuple):
            return None
        return Literal(cls(name, value), False)

    def limit(self) -> str:
        return f"{bare(self.name)} = {shown(self.value)}"

    def narrower_than(self, other: Caveat) -> bool | None:
        if isinstance(other, Equals) and other.name == self.name:
            return self == other
        if isinstance(other, OneOf | NotOneOf) and other.name == self.name:
            if self.member is None or self.member[0] != other.kind:
                return False
            return (self.member in other.members) is isinstance(other, OneOf)
        if isinstance(other, Range) and other.name == self.name:
            return type(self.value) is int and other.admits(self.value, self.value)
        return None


@dataclass(frozen=True, slots=True, init=False)
class OneOf(Values):
    """The argument is one of these values, all of one type."""

    name: str
    members: frozenset[Member]
    over: ClassVar[tuple[str, ...]] = SCALARS

    def holds(self, facts: Facts) -> bool | None:
        value = self.typed(facts)
        return None if value is None else value in self.members

    def alternatives(self, negated: bool) -> tuple[Conjunction, ...]:
        if negated:
            return ((Literal(NotOneOf(self.name, self.values), False),),)
        return ((Literal(self, False),),)

    def pattern(self, first: int, negated: bool) -> Patterned:
        del negated
        value = numbered(first)
        return Predicate(self.fact(), (string(self.name), value)), ((set_of(self.members), value, CONTAINS),)

    @classmethod
    def from_pattern(cls, predicate: Predicate, expressions: tuple[Expression, ...]) -> Literal | None:
        (expression,) = expressions
        if expression[0][0] != SET or expression[-1] == NEGATE:
            return None
        return Literal(cls(str(predicate.terms[0][1]), set_values(expression[0])), False)

    def limit(self) -> str:
        return f"{bare(self.name)} among {self.words()}"

    def narrower_than(self, other: Caveat) -> bool | None:
        if isinstance(other, Equals | Range) and other.name == self.name:
            return all(Equals(self.name, value).narrower_than(other) for value in self.values)
        if isinstance(other, OneOf) and other.name == self.name:
            return self.members <= other.members
        if isinstance(other, NotOneOf) and other.name == self.name:
            same = self.kind == other.kind
            return same and self.members.isdisjoint(other.members)
        return None


@dataclass(frozen=True, slots=True, init=False)
class NotOneOf(Values):
    """The argument is of the values' type and none of them. A value of another type is prohibited, not let through."""

    name: str
    members: frozenset[Member]
    over: ClassVar[tuple[str, ...]] = SCALARS

    def holds(self, facts: Facts) -> bool | None:
        value = self.typed(facts)
        return None if value is None else value not in self.members

    def alternatives(self, negated: bool) -> tuple[Conjunction, ...]:
        if negated:
            return ((Literal(OneOf(self.name, self.values), False),),)
        return ((Literal(self, False),),)

    def pattern(self, first: int, negated: bool) -> Patterned:
        del negated
        value = numbered(first)
        return Predicate(self.fact(), (string(self.name), value)), ((set_of(self.members), value, CONTAINS, NEGATE),)

    @classmethod
    def from_pattern(cls, predicate: Predicate, expressions: tuple[Expression, ...]) -> Literal | None:
        (expression,) = expressions
        if expression[0][0] != SET or expression[-1] != NEGATE:
            return None
        return Literal(cls(str(predicate.terms[0][1]), set_values(expression[0])), False)

    def limit(self) -> str:
        return f"{bare(self.name)} other than {self.words()}"

    def narrower_than(self, other: Caveat) -> bool | None:
        # Two exclusions add up, so one that leaves the other's values open widens nothing.
        if isinstance(other, NotOneOf) and other.name == self.name:
            return True if self.members >= other.members else None
        return None


@dataclass(frozen=True, slots=True)
class Range(Atom):
    """The argument is a number from `minimum` to `maximum`, both included, both integers, either left open with None.

    The request's number may have a fraction: 2.5 lies within 2 to 3.
    """

    name: str
    minimum: int | None = None
    maximum: int | None = None
    over: ClassVar[tuple[str, ...]] = ("number",)

    def __post_init__(self) -> None:
        argument_name(self.name)
        for bound in (self.minimum, self.maximum):
            if bound is not None and (type(bound) is not int or abs(bound) > MOST_INTEGER):
                raise InputError(f"Range: expected integers within 2**53 - 1 of zero, got {shown(bound)}")
        if self.minimum is None and self.maximum is None:
            raise InputError("Range: expected a minimum, a maximum or both")
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            raise InputError(f"Range: the minimum {self.minimum} is above the maximum {self.maximum}")

    def admits(self, floor: int, ceiling: int) -> bool:
        """Whether a number with that floor and ceiling lies within."""
        return (self.minimum is None or floor >= self.minimum) and (self.maximum is None or ceiling <= self.maximum)

    def holds(self, facts: Facts) -> bool | None:
        number = facts.number(self.name)
        return None if number is None else self.admits(*number)

    def alternatives(self, negated: bool) -> tuple[Conjunction, ...]:
        if not negated:
            return ((Literal(self, False),),)
        halves = []
        if self.minimum is not None:
            halves.append((Literal(Range(self.name, self.minimum, None), True),))
        if self.maximum is not None:
            halves.append((Literal(Range(self.name, None, self.maximum), True),))
        return tuple(halves)

    def pattern(self, first: int, negated: bool) -> Patterned:
        floor, ceiling = numbered(first), numbered(first + 1)
        expressions: list[Expression] = []
        if self.minimum is not None:
            expressions.append((floor, integer(self.minimum), LESS if negated else GREATER_OR_EQUAL))
        if self.maximum is not None:
            expressions.append((ceiling, integer(self.maximum), GREATER if negated else LESS_OR_EQUAL))
        return Predicate("number", (string(self.name), floor, ceiling)), tuple(expressions)

    @classmethod
    def from_pattern(cls, predicate: Predicate, expressions: tuple[Expression, ...]) -> Literal | None:
        bounds: dict[object, int] = {}
        for _, (kind, value), operation in expressions:
            if kind != INTEGER or not isinstance(value, int):
                return None
            bounds[operation] = value
        negated = LESS in bounds or GREATER in bounds
        minimum = bounds.get(LESS if negated else GREATER_OR_EQUAL)
        maximum = bounds.get(GREATER if negated else LESS_OR_EQUAL)
        if negated and minimum is not None and maximum is not None:
            # Below and above at once: no negated range is written like this, and Not(Range) would permit more.
            return None
        return Literal(cls(str(predicate.terms[0][1]), minimum, maximum), negated)

    def limit(self) -> str:
        low = "" if self.minimum is None else f"{self.minimum} <= "
        high = "" if self.maximum is None else f" <= {self.maximum}"
        return f"{low}{bare(self.name)}{high}"

    def narrower_than(self, other: Caveat) -> bool | None:
        if not isinstance(other, Range) or other.name != self.name:
            return None
        low = other.minimum is None or (self.minimum is not None and self.minimum >= other.minimum)
        return low and (other.maximum is None or (self.maximum is not None and self.maximum <= other.maximum))
