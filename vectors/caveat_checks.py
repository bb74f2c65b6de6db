"""The checks of caveats, literal by literal, right or wrong on purpose. Source: docs/spec/caveats.md, sections 4 and 5.

A literal is a predicate and its expressions. Variables are named by the literal's place in its alternative.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from . import testkit as kit
from .primitives import Part

DEFAULT_SYMBOLS = kit.DEFAULT_SYMBOLS


@dataclass(frozen=True)
class Literal:
    """One condition of an alternative."""

    predicate: Part
    where: tuple[Part, ...] = ()


def alternative(*literals: Literal) -> Part:
    """The literals together: predicates first, then their expressions."""
    return kit.query(*(each.predicate for each in literals), where=[part for each in literals for part in each.where])


def any_of(*literals: Literal) -> Part:
    """A check of one alternative for each literal."""
    return kit.check(*map(alternative, literals))


def said(fact: str, *terms: Part) -> Literal:
    """The fact itself."""
    return Literal(kit.pred(fact, *terms))


def alone(fact: str, *terms: Part) -> Part:
    """A check of one fact."""
    return any_of(said(fact, *terms))


def test(*ops: Part) -> Part:
    return kit.expr(*ops)


def operand(term: Part) -> Part:
    return kit.value(term)


def variable(name: str) -> Part:
    return kit.value(kit.var(name))


def negated(parts: Iterable[Part], negate: bool) -> tuple[Part, ...]:
    return (*parts, kit.NEGATE) if negate else tuple(parts)


def among(fact: str, argument: str, values: Part, *, negate: bool = False, name: str = "0") -> Literal:
    """`fact(argument, $0), values.contains($0)`."""
    ops = negated((operand(values), variable(name), kit.CONTAINS), negate)
    return Literal(kit.pred(fact, kit.text(argument), kit.var(name)), (test(*ops),))


def holding(fact: str, argument: str, values: Part, *, negate: bool = False, name: str = "0") -> Literal:
    """`fact(argument, $0), $0.contains(values)`."""
    ops = negated((variable(name), operand(values), kit.CONTAINS), negate)
    return Literal(kit.pred(fact, kit.text(argument), kit.var(name)), (test(*ops),))


def starting(fact: str, argument: str, prefix: str, *, negate: bool = False, name: str = "0") -> Literal:
    """`fact(argument, $0), $0.starts_with(prefix)`."""
    ops = negated((variable(name), operand(kit.text(prefix)), kit.PREFIX), negate)
    return Literal(kit.pred(fact, kit.text(argument), kit.var(name)), (test(*ops),))


def number(argument: str, *bounds: tuple[str, Part, int], names: tuple[str, str] = ("0", "1")) -> Literal:
    """`number(argument, $0, $1)` and a comparison for each bound: variable, operation, integer."""
    where = tuple(test(variable(name), operand(kit.num(bound)), op) for name, op, bound in bounds)
    return Literal(kit.pred("number", kit.text(argument), *map(kit.var, names)), where)


def within(argument: str, low: int | None, high: int | None, names: tuple[str, str] = ("0", "1")) -> Literal:
    """Range."""
    lower = [] if low is None else [(names[0], kit.GREATER_OR_EQUAL, low)]
    upper = [] if high is None else [(names[1], kit.LESS_OR_EQUAL, high)]
    return number(argument, *lower, *upper, names=names)


def length(argument: str, op: Part, most: int, name: str = "0") -> Literal:
    """MaxLength, or its negation."""
    bound = test(variable(name), operand(kit.num(most)), op)
    return Literal(kit.pred("length", kit.text(argument), kit.var(name)), (bound,))


def integers(*values: int) -> Part:
    """A set of integers in this order."""
    return kit.members(*map(kit.num, values))


def booleans(*values: bool) -> Part:
    """A set of booleans in this order."""
    return kit.members(*map(kit.flag, values))
