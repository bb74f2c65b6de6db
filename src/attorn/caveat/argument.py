"""Formulas over named arguments: what AllOf, AnyOf and Not are made of, and how they become one check.

The logic is Kleene's: an atom about an argument that is absent, or of another type, is *unknown*; the negation of
unknown is unknown; a caveat prohibits unless its formula is true. So `Not(Equals("host", "prod"))` does not permit a
request that leaves `host` out. On the wire stands the disjunctive normal form, one alternative of the check for each
conjunction; in it every literal names the facts that it needs, and an absent fact fails the alternative.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from attorn.caveat.base import Caveat
from attorn.datalog import VARIABLE, Check, Expression, Predicate, Query, Term, variable
from attorn.decision import Denial
from attorn.display import bare, shown
from attorn.errors import InputError
from attorn.request.characters import hidden
from attorn.request.facts import Facts

MOST_ALTERNATIVES: Final = 64
MOST_LITERALS: Final = 64


class Literal(NamedTuple):
    """An atom with one value, or its negation."""

    atom: Atom
    negated: bool


Conjunction = tuple[Literal, ...]


class Formula(Caveat):
    """A caveat over named arguments."""

    __slots__ = ()

    def holds(self, facts: Facts) -> bool | None:
        """True, False, or None where the request lacks what the formula is about."""
        raise NotImplementedError

    def alternatives(self, negated: bool) -> tuple[Conjunction, ...]:
        """The disjunctive normal form of the formula, or of its negation."""
        raise NotImplementedError

    def asked(self, facts: Facts) -> str:
        """What the request asked for, in the terms of this formula."""
        raise NotImplementedError

    def prohibits(self, facts: Facts) -> Denial | None:
        return None if self.holds(facts) is True else self.denial(self.asked(facts))

    def render(self) -> Check:
        return tuple(alternative(conjunction) for conjunction in self.alternatives(False))


class Atom(Formula):
    """A formula about one argument. An atom of several values is the disjunction of its single-valued forms."""

    __slots__ = ()
    name: str

    def singles(self) -> tuple[Atom, ...]:
        """The single-valued forms: itself, unless a kind holds several values any of which will do."""
        return (self,)

    def pattern(self, first: int, negated: bool) -> tuple[Predicate, tuple[Expression, ...]]:
        """The fact a single-valued form needs, with variables numbered from `first`, and what must be true of it."""
        raise NotImplementedError

    @classmethod
    def from_pattern(cls, predicate: Predicate, expressions: tuple[Expression, ...]) -> Literal | None:
        """The literal that a pattern might stand for; loose, as `Caveat.read` is."""
        raise NotImplementedError

    @classmethod
    def merged(cls, atoms: tuple[Atom, ...]) -> Atom | None:
        """The atom of several values that these single-valued ones make up, if this kind has such a form."""
        del atoms
        return None

    def alternatives(self, negated: bool) -> tuple[Conjunction, ...]:
        literals = tuple(Literal(atom, negated) for atom in self.singles())
        return (literals,) if negated else tuple((literal,) for literal in literals)

    def asked(self, facts: Facts) -> str:
        return f"{bare(self.name)} = {asked_value(facts, self.name)}"


def asked_value(facts: Facts, name: str) -> str:
    """What the request says for an argument."""
    return shown(facts.request.args[name]) if name in facts.request.args else "nothing"


def argument_name(name: str) -> str:
    """`name`, if an argument can be called that. Raises `InputError`."""
    if not isinstance(name, str) or not 0 < len(name) <= 256 or hidden(name):
        raise InputError(f"argument name: expected 1 to 256 printable characters, got {shown(name)}")
    return name


def conjunctions(formulas: tuple[Formula, ...], negated: bool) -> tuple[Conjunction, ...]:
    """The product of the alternatives of each formula: all of them hold. Raises `InputError` if it grows too large."""
    product: tuple[Conjunction, ...] = ((),)
    for formula in formulas:
        alternatives = formula.alternatives(negated)
        if len(product) * len(alternatives) > MOST_ALTERNATIVES:
            raise InputError(f"formula: more than {MOST_ALTERNATIVES} alternatives; use several caveats instead")
        product = tuple(_union(left, right) for left in product for right in alternatives)
    return product


def disjunction(formulas: tuple[Formula, ...], negated: bool) -> tuple[Conjunction, ...]:
    """The alternatives of all formulas, each once: one of them holds."""
    found: dict[Conjunction, None] = {}
    for formula in formulas:
        found.update(dict.fromkeys(formula.alternatives(negated)))
    if len(found) > MOST_ALTERNATIVES:
        raise InputError(f"formula: more than {MOST_ALTERNATIVES} alternatives; use several caveats instead")
    return tuple(found)


def _union(left: Conjunction, right: Conjunction) -> Conjunction:
    joined = tuple(dict.fromkeys((*left, *right)))
    if len(joined) > MOST_LITERALS:
        raise InputError(
            f"formula: more than {MOST_LITERALS} conditions in one alternative; use several caveats instead"
        )
    return joined


def alternative(conjunction: Conjunction) -> Query:
    """The alternative of a check that holds if all of these literals do."""
    body: list[Predicate] = []
    expressions: list[Expression] = []
    first = 0
    for literal in conjunction:
        predicate, conditions = literal.atom.pattern(first, literal.negated)
        body.append(predicate)
        expressions += conditions
        first += sum(term[0] == VARIABLE for term in predicate.terms)
    return Query(tuple(body), tuple(expressions))


def patterns(query: Query) -> list[tuple[Predicate, tuple[Expression, ...]]]:
    """The inverse of rendering a conjunction: each predicate with the expressions over its variables, renumbered.

    What is over no predicate's variables is left out: written again, the check is another one then.
    """
    found: list[tuple[Predicate, tuple[Expression, ...]]] = []
    remaining = list(query.expressions)
    for predicate in query.body:
        names = [term[1] for term in predicate.terms if term[0] == VARIABLE]
        own: list[Expression] = []
        while remaining and _variable(remaining[0]) in names:
            own.append(remaining.pop(0))
        found.append((predicate, tuple(own)))
    return found


def _variable(expression: Expression) -> object:
    return next((value for kind, value in expression if kind == VARIABLE), None)


def numbered(number: int) -> Term:
    """The variable of that number."""
    return variable(str(number))
