"""The caveat profile: from an admitted check back to the typed caveat that stands for it.

A check counts as a caveat only if that caveat renders to exactly this check. Everything else that admission lets
through is `Unrecognised`, which prohibits (law 10).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from attorn.biscuit.shapes import Bounds, Named, Pair, Shape, Window, written
from attorn.caveat.approval import RequiresApproval
from attorn.caveat.base import Caveat
from attorn.caveat.condition import conjunction, literal
from attorn.caveat.counted import Budget, MaxUses, Rate
from attorn.caveat.formula import Alternatives, Not, from_alternatives
from attorn.caveat.scope import Actions, Audience, Resources
from attorn.caveat.status import FreshList, Status
from attorn.caveat.text import Subpath, UrlHost
from attorn.caveat.validity import Expires, MaxDepth, NotBefore
from attorn.caveat.value import Equals, Range
from attorn.datalog import GREATER_OR_EQUAL, Check
from attorn.decision import Denial
from attorn.errors import InputError
from attorn.request.facts import Facts

KINDS: Final[dict[str, type[Caveat]]] = {
    "operation": Actions,
    "path": Resources,
    "audience": Audience,
    "depth": MaxDepth,
    "max_uses": MaxUses,
    "rate": Rate,
    "budget": Budget,
    "status": Status,
    "fresh_list": FreshList,
    "approved": RequiresApproval,
}
"""The caveat that a check over this fact stands for."""

NAMED: Final[dict[str, type[Actions | Resources | Audience]]] = {
    "operation": Actions,
    "path": Resources,
    "audience": Audience,
}
"""The caveat of one text that a check over this fact and a text stands for."""

WITHIN: Final[dict[str, type[Subpath | UrlHost]]] = {"subpath": Subpath, "host": UrlHost}
"""The same for a fact about an argument."""


@dataclass(frozen=True, slots=True)
class Unrecognised(Caveat):
    """A check that is well-formed but stands for no caveat this version knows. It prohibits every request."""

    check: Check

    def prohibits(self, facts: Facts) -> Denial | None:
        del facts
        return self.denial("something this version cannot judge")

    def render(self) -> Check:
        return self.check

    @classmethod
    def read(cls, check: Check) -> Caveat | None:
        return cls(check)

    def limit(self) -> str:
        return "what a caveat unknown to this version says"


def recognise(shaped: Check | Shape) -> Caveat:
    """The caveat that a check stands for; never raises for an admitted check."""
    try:
        caveat = None if type(shaped) is tuple else _from_shape(shaped)
    except InputError:
        caveat = None
    return caveat if caveat is not None else _recognise(written(shaped))


def _from_shape(shape: Check | Shape) -> Caveat | None:
    """The caveat that renders to this shape, where that is known without rendering. May raise `InputError`."""
    if isinstance(shape, Named):
        named = NAMED.get(shape.name)
        return None if named is None else named.single(shape.value)
    if isinstance(shape, Window):
        return (NotBefore if shape.begins else Expires).from_second(shape.second)
    if isinstance(shape, Pair):
        if shape.name == "text":
            return Equals(shape.argument, shape.value)
        within = WITHIN.get(shape.name)
        return None if within is None else within.single(shape.argument, shape.value)
    return Range(*shape) if isinstance(shape, Bounds) else None


def _recognise(check: Check) -> Caveat:
    try:
        query = check[0]
        name = query.body[0].name
        if len(check) == 1 and len(query.body) == 1 and name not in KINDS and name != "time":
            return _recognise_atom(check)
        caveat = _read(check)
        if caveat is not None and caveat.render() == check:
            return caveat
    except (InputError, LookupError, TypeError, ValueError):
        # A check that is almost a caveat: wrong number of terms, a name that no constructor takes.
        return Unrecognised(check)
    return Unrecognised(check)


def _recognise_atom(check: Check) -> Caveat:
    """The caveat of a check with one condition: what `_read` and rendering come to, in fewer steps."""
    ((predicate,), expressions) = check[0]
    atom, negated = literal(predicate, expressions)
    if atom.pattern(0, negated) != (predicate, expressions):
        return Unrecognised(check)
    return Not(atom) if negated else atom


def _read(check: Check) -> Caveat | None:
    query = check[0]
    name = query.body[0].name
    if name == "time":
        return (NotBefore if query.expressions[0][2] == GREATER_OR_EQUAL else Expires).read(check)
    kind = KINDS.get(name)
    if kind is not None:
        return kind.read(check)
    return _formula(check)


def _formula(check: Check) -> Caveat:
    alternatives = tuple(conjunction(query) for query in check)
    try:
        plainest = from_alternatives(alternatives)
        if plainest.render() == check:
            return plainest
    except InputError:
        # More parts than a person may write, as the normal form of what they wrote can have.
        return Alternatives(alternatives)
    return Alternatives(alternatives)
