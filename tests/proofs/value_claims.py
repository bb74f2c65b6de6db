"""Claims about caveats on the value of one argument: Equals, OneOf, NotOneOf, Range; and on the elements of a list."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from typing import Any

import z3
from tests.proofs import questions
from tests.proofs.logic import Claim, Kind, Listed, Question, Terms, Unbounded
from tests.proofs.questions import NAME, VALUE, type_of, value_term

from attorn import caveat
from attorn.caveat import Caveat

SETS: tuple[tuple[Any, ...], ...] = tuple(
    some
    for pool in (("a", "b", "ab"), (0, 1, 2), (True, False))
    for size in range(1, len(pool) + 1)
    for some in combinations(pool, size)
)


def _members(of: type[Caveat], question: Question, permits: Callable[[Terms, Terms], Any]) -> Kind:
    """A kind that holds values of one type: the set, and one of them, whose type is everybody's."""

    def valid(limit: Terms) -> Any:
        return z3.And(
            limit[0].has(limit[1]),
            type_of(limit[1]) != 0,
            limit[0].every(lambda member: type_of(member) == type_of(limit[1])),
        )

    def terms(limit: Any) -> Terms:
        values = tuple(map(value_term, limit.values))
        return Listed(values), values[0]

    def small(name: str) -> tuple[Terms, ...]:
        pair = z3.Const(f"{name}-1", VALUE), z3.Const(f"{name}-2", VALUE)
        return ((Listed(pair), pair[0]),)

    return Kind(
        of,
        question,
        any=lambda name: (Unbounded.of(name, VALUE), z3.Const(f"{name}-one", VALUE)),
        terms=terms,
        permits=permits,
        samples=tuple(of(NAME, *values) for values in SETS),  # type: ignore[call-arg]
        small=small,
        valid=valid,
    )


def _same_type(limit: Terms, term: Any) -> Any:
    return type_of(term) == type_of(limit[1])


ONE_OF = _members(
    caveat.OneOf, questions.value, lambda limit, asked: z3.And(_same_type(limit, asked[0]), limit[0].has(asked[0]))
)
NOT_ONE_OF = _members(
    caveat.NotOneOf,
    questions.value,
    lambda limit, asked: z3.And(_same_type(limit, asked[0]), z3.Not(limit[0].has(asked[0]))),
)
CONTAINS = _members(
    caveat.Contains,
    questions.items,
    lambda limit, asked: z3.And(asked[0], _same_type(limit, asked[2]), limit[0].every(asked[1].has)),
)
SUBSET_OF = _members(
    caveat.SubsetOf,
    questions.items,
    lambda limit, asked: z3.And(asked[0], _same_type(limit, asked[2]), asked[1].every(limit[0].has)),
)
EQUALS = Kind(
    caveat.Equals,
    questions.value,
    any=lambda name: (z3.Const(name, VALUE),),
    terms=lambda limit: (value_term(limit.value),),
    # By section 5: exactly this text, integer, boolean or null.
    permits=lambda limit, asked: asked[0] == limit[0],
    samples=tuple(caveat.Equals(NAME, value) for value in ("a", "b", "", "1", -1, 0, 1, 2, True, False, None)),
    valid=lambda limit: z3.Or(type_of(limit[0]) != 0, VALUE.is_null(limit[0])),
)
BOUNDS = (None, -1, 0, 1, 2)


def _within(limit: Terms, low: Any, high: Any) -> Any:
    return z3.And(z3.Implies(limit[0], limit[1] <= low), z3.Implies(limit[2], high <= limit[3]))


def _in_range(limit: Terms, asked: Terms) -> Any:
    whole, part = VALUE.integer_of(asked[0]), VALUE.floor_of(asked[0])
    return z3.Or(
        z3.And(VALUE.is_integer(asked[0]), _within(limit, whole, whole)),
        z3.And(VALUE.is_fraction(asked[0]), _within(limit, part, part + 1)),
    )


RANGE = Kind(
    caveat.Range,
    questions.value,
    any=lambda name: (z3.Bool(f"{name}-from"), z3.Int(f"{name}-low"), z3.Bool(f"{name}-to"), z3.Int(f"{name}-high")),
    terms=lambda limit: (
        z3.BoolVal(limit.minimum is not None),
        z3.IntVal(limit.minimum or 0),
        z3.BoolVal(limit.maximum is not None),
        z3.IntVal(limit.maximum or 0),
    ),
    permits=_in_range,
    samples=tuple(
        caveat.Range(NAME, low, high)
        for low in BOUNDS
        for high in BOUNDS
        if not (low is None and high is None) and (low is None or high is None or low <= high)
    ),
    valid=lambda limit: z3.And(z3.Or(limit[0], limit[2]), z3.Implies(z3.And(limit[0], limit[2]), limit[1] <= limit[3])),
)


def _equals_in_range(term: Any, wide: Terms) -> Any:
    return z3.And(VALUE.is_integer(term), _within(wide, VALUE.integer_of(term), VALUE.integer_of(term)))


def _range_in_range(mine: Terms, theirs: Terms) -> Any:
    low = z3.Or(z3.Not(theirs[0]), z3.And(mine[0], mine[1] >= theirs[1]))
    return z3.And(low, z3.Or(z3.Not(theirs[2]), z3.And(mine[2], mine[3] <= theirs[3])))


def _one_bound_forgotten(mine: Terms, theirs: Terms) -> Any:
    return z3.Or(z3.Not(theirs[0]), z3.And(mine[0], mine[1] >= theirs[1]))


def _some(mine: Terms, theirs: Terms) -> Any:
    return mine[0].some(theirs[0].has)


CLAIMS = (
    Claim(EQUALS, EQUALS, lambda mine, theirs: mine[0] == theirs[0], lambda mine, theirs: mine[0] != theirs[0]),
    Claim(
        EQUALS,
        ONE_OF,
        lambda mine, theirs: z3.And(_same_type(theirs, mine[0]), theirs[0].has(mine[0])),
        lambda mine, theirs: _same_type(theirs, mine[0]),
    ),
    Claim(
        EQUALS,
        NOT_ONE_OF,
        lambda mine, theirs: z3.And(_same_type(theirs, mine[0]), z3.Not(theirs[0].has(mine[0]))),
        lambda mine, theirs: z3.Not(theirs[0].has(mine[0])),
    ),
    Claim(
        EQUALS,
        RANGE,
        lambda mine, theirs: _equals_in_range(mine[0], theirs),
        lambda mine, theirs: VALUE.is_integer(mine[0]),
    ),
    Claim(
        ONE_OF,
        EQUALS,
        lambda mine, theirs: mine[0].every(lambda member: member == theirs[0]),
        lambda mine, theirs: mine[0].has(theirs[0]),
    ),
    Claim(
        ONE_OF,
        RANGE,
        lambda mine, theirs: mine[0].every(lambda member: _equals_in_range(member, theirs)),
        lambda mine, theirs: mine[0].some(lambda member: _equals_in_range(member, theirs)),
    ),
    Claim(ONE_OF, ONE_OF, lambda mine, theirs: mine[0].every(theirs[0].has), _some),
    Claim(
        ONE_OF,
        NOT_ONE_OF,
        lambda mine, theirs: z3.And(
            _same_type(theirs, mine[1]), mine[0].every(lambda member: z3.Not(theirs[0].has(member)))
        ),
        lambda mine, theirs: mine[0].every(lambda member: z3.Not(theirs[0].has(member))),
    ),
    Claim(
        NOT_ONE_OF,
        NOT_ONE_OF,
        lambda mine, theirs: theirs[0].every(mine[0].has),
        lambda mine, theirs: mine[0].every(theirs[0].has),
    ),
    Claim(RANGE, RANGE, _range_in_range, _one_bound_forgotten),
    Claim(
        CONTAINS,
        CONTAINS,
        lambda mine, theirs: theirs[0].every(mine[0].has),
        lambda mine, theirs: mine[0].every(theirs[0].has),
    ),
    Claim(
        SUBSET_OF,
        SUBSET_OF,
        lambda mine, theirs: mine[0].every(theirs[0].has),
        lambda mine, theirs: theirs[0].every(mine[0].has),
    ),
)
