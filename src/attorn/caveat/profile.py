"""The caveat profile: from an admitted check back to the typed caveat that stands for it.

A check counts as a caveat only if that caveat renders to exactly this check. Everything else that admission lets
through is `Unrecognised`, which prohibits (law 10). The tables are made of what each kind in the vocabulary says that
it is over: nothing here names a kind, but for the two shapes that are read without rendering.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from attorn import caveat as vocabulary
from attorn.biscuit.shapes import Bounds, Named, Pair, Shape, Window, written
from attorn.caveat.argument import Atom, Conjunction, Formula, Literal, patterns
from attorn.caveat.base import Caveat
from attorn.caveat.formula import Alternatives, Not, from_alternatives
from attorn.caveat.unrecognised import Unrecognised
from attorn.caveat.validity import Expires, NotBefore
from attorn.caveat.value import Range
from attorn.datalog import VARIABLE, Check, Expression, Predicate, Query
from attorn.errors import InputError

VOCABULARY: Final[tuple[type[Caveat], ...]] = tuple(getattr(vocabulary, name) for name in vocabulary.__all__)
"""Every kind of caveat there is, and the classes that they share."""


def _by_fact(among: type[Caveat], other_than: type[Caveat] | None = None) -> Mapping[str, tuple[Any, ...]]:
    """The kinds that say they are over each fact, those that are `among` one kind and not `other_than` another."""
    found: dict[str, tuple[Any, ...]] = {}
    for kind in VOCABULARY:
        if issubclass(kind, among) and not (other_than is not None and issubclass(kind, other_than)):
            found.update({fact: (*found.get(fact, ()), kind) for fact in kind.over})
    return found


def _single(kinds: Mapping[str, tuple[Any, ...]]) -> Mapping[str, Any]:
    """Those that read a text alone (`single`), by the first fact that they are over."""
    return {kind.over[0]: kind.single for of in kinds.values() for kind in of if hasattr(kind, "single")}


KINDS: Final[Mapping[str, tuple[type[Caveat], ...]]] = _by_fact(Caveat, Formula)
"""The caveats that a check beginning with this fact may stand for."""
ATOMS: Final[Mapping[str, tuple[type[Atom], ...]]] = _by_fact(Atom)
"""The atoms that a condition over this fact may stand for."""
_NAMED: Final = _single(KINDS)
_WITHIN: Final = _single(ATOMS)
_NOT_READ: Final = (InputError, LookupError, TypeError, ValueError)
"""How it is said that a check is almost a caveat: a wrong number of terms, a name that no constructor takes."""


def recognise(shaped: Check | Shape) -> Caveat:
    """The caveat that a check stands for; never raises for an admitted check."""
    try:
        caveat = None if type(shaped) is tuple else _from_shape(shaped)
    except InputError:
        caveat = None
    return caveat if caveat is not None else _recognise(written(shaped))


def _from_shape(shape: Check | Shape) -> Caveat | None:
    """The caveat that renders to this shape, where that is known without rendering. May raise `InputError`."""
    found: Caveat | None = None
    if isinstance(shape, Named):
        single = _NAMED.get(shape.name)
        found = None if single is None else single(shape.value)
    elif isinstance(shape, Window):
        found = (NotBefore if shape.begins else Expires).from_second(shape.second)
    elif isinstance(shape, Pair):
        single = _WITHIN.get(shape.name)
        found = None if single is None else single(shape.argument, shape.value)
    elif isinstance(shape, Bounds):
        found = Range(*shape)
    return found


def _recognise(check: Check) -> Caveat:
    try:
        query = check[0]
        kinds = KINDS.get(query.body[0].name)
        if kinds is not None:
            return _read(check, kinds)
        if len(check) == 1 and len(query.body) == 1:
            atom, negated = _literal(query.body[0], query.expressions, 0)
            return Not(atom) if negated else atom
        caveat = _formula(check)
        return caveat if caveat.render() == check else Unrecognised(check)
    except _NOT_READ:
        return Unrecognised(check)


def _read(check: Check, kinds: tuple[type[Caveat], ...]) -> Caveat:
    for kind in kinds:
        try:
            caveat = kind.read_with(check, _conjunction)
            if caveat is not None and caveat.render() == check:
                return caveat
        except _NOT_READ:
            continue
    return Unrecognised(check)


def _formula(check: Check) -> Caveat:
    alternatives = tuple(_conjunction(query) for query in check)
    try:
        plainest = from_alternatives(alternatives)
        if plainest.alternatives(False) == alternatives:
            return plainest
    except InputError:
        # More parts than a person may write, as the normal form of what they wrote can have.
        return Alternatives(alternatives)
    return Alternatives(alternatives)


def _conjunction(query: Query) -> Conjunction:
    found: list[Literal] = []
    first = 0
    for predicate, expressions in patterns(query):
        found.append(_literal(predicate, expressions, first))
        first += sum(term[0] == VARIABLE for term in predicate.terms)
    return tuple(found)


def _literal(predicate: Predicate, expressions: tuple[Expression, ...], first: int) -> Literal:
    """The literal that is written as this, with variables numbered from `first`. Raises `InputError` if none is."""
    for kind in ATOMS.get(predicate.name, ()):
        try:
            literal = kind.from_pattern(predicate, expressions)
            if literal is not None and literal.atom.pattern(first, literal.negated) == (predicate, expressions):
                return literal
        except _NOT_READ:
            continue
    raise InputError("a condition that stands for no atom")
