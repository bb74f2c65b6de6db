"""From a condition as it stands in a check back to the literal that it stands for."""

from __future__ import annotations

from typing import Final

from attorn.caveat.argument import Atom, Conjunction, Literal, patterns
from attorn.caveat.collection import Contains, MaxLength
from attorn.caveat.text import Cidr, Glob, StartsWith, Subpath, UrlHost
from attorn.caveat.value import Equals, OneOf, Range
from attorn.datalog import PREFIX, TYPES, VARIABLE, Expression, Predicate, Query
from attorn.errors import InputError

ATOMS: Final[dict[str, type[Atom]]] = {
    "null": Equals,
    "number": Range,
    "length": MaxLength,
    "texts": Contains,
    "integers": Contains,
    "booleans": Contains,
    "glob": Glob,
    "subpath": Subpath,
    "subpaths": Subpath,
    "host": UrlHost,
    "hosts": UrlHost,
    "address": Cidr,
}
"""The atom, or one of two siblings, that a condition over this fact stands for."""
_VALUES: Final = frozenset(TYPES.values())
"""Facts over which conditions of several kinds are written."""


def conjunction(query: Query) -> Conjunction:
    """The literals of one alternative; loose, as `Caveat.read` is, and may raise what that may raise."""
    return tuple(literal(predicate, expressions) for predicate, expressions in patterns(query))


def literal(predicate: Predicate, expressions: tuple[Expression, ...]) -> Literal:
    """The literal that a predicate and the expressions over its variables might stand for; loose likewise."""
    if predicate.name in _VALUES:
        kind: type[Atom] = OneOf if predicate.terms[1][0] == VARIABLE else Equals
        if expressions and PREFIX in expressions[0]:
            kind = StartsWith
    else:
        kind = ATOMS[predicate.name]
    found = kind.from_pattern(predicate, expressions)
    if found is None:
        raise InputError("a condition that stands for no atom")
    return found
