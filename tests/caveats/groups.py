"""AllOf, AnyOf, Not, and what is read where none of them would be written: formulas over whatever atoms there are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import reduce
from itertools import islice
from typing import Any

from hypothesis import reject
from hypothesis import strategies as st
from tests.caveats.kit import Kit, Plain, Situation, nothing_wider, with_args

from attorn.caveat import AllOf, AnyOf, Caveat, Not
from attorn.caveat.argument import Literal
from attorn.caveat.formula import Alternatives
from attorn.errors import InputError

_SITUATIONS = 24


def formulas(atoms: st.SearchStrategy[Any], depth: int = 2) -> st.SearchStrategy[Any]:
    """An atom, or AllOf, AnyOf and Not over formulas, at most `depth` deep."""
    if not depth:
        return atoms
    inner = formulas(atoms, depth - 1)
    parts = st.lists(inner, min_size=1, max_size=3)
    return st.one_of(atoms, built(AllOf, parts), built(AnyOf, parts), built(Not, st.tuples(inner)))


@st.composite
def built(draw: st.DrawFn, kind: Callable[..., Caveat], parts: st.SearchStrategy[Any]) -> Caveat:
    try:
        return kind(*draw(parts))
    except InputError:
        # Not(Equals(name, None)) and the like cannot be written.
        return reject()


@st.composite
def _read_only(draw: st.DrawFn, inner: st.SearchStrategy[Any]) -> Alternatives:
    """Alternatives that repeat one of their conditions, which no formula is written as."""
    conjunctions = list(draw(inner).alternatives(False))
    place = draw(st.integers(0, len(conjunctions) - 1))
    conjunctions[place] += conjunctions[place][:1]
    return Alternatives(tuple(conjunctions))


def _literal(literal: Literal) -> Caveat:
    return Not(literal.atom) if literal.negated else literal.atom


def _parts(limit: Any) -> tuple[Any, ...]:
    if isinstance(limit, Alternatives):
        return tuple(_literal(literal) for conjunction in limit.parts for literal in conjunction)
    return (limit.part,) if isinstance(limit, Not) else limit.parts


def kits(atoms: st.SearchStrategy[Any], kit_of: Callable[[Caveat], Kit], plain: Callable[[Any], Plain]) -> list[Kit]:
    """The kits of the four, over these atoms."""

    def near(limit: Any) -> Iterator[Situation]:
        several = [list(islice(kit_of(part).near(part), _SITUATIONS)) for part in _parts(limit)]
        for number in range(max(map(len, several))):
            # Each part in its own state: the one that is most often decided comes first.
            chosen = [found[number * (place + 1) % len(found)] for place, found in enumerate(several)]
            yield reduce(lambda one, other: with_args(one, other.args), chosen)

    def plain_of(limit: Alternatives) -> Plain:
        parts = [[plain(_literal(literal)) for literal in conjunction] for conjunction in limit.parts]
        return {"kind": "AnyOf", "parts": [{"kind": "AllOf", "parts": each} for each in parts]}

    inner = formulas(atoms, 1)
    listed = st.lists(inner, min_size=1, max_size=3)
    return [
        Kit(AllOf, built(AllOf, listed), lambda limit: {"parts": [*map(plain, limit.parts)]}, near, nothing_wider),
        Kit(AnyOf, built(AnyOf, listed), lambda limit: {"parts": [*map(plain, limit.parts)]}, near, nothing_wider),
        Kit(Not, built(Not, st.tuples(inner)), lambda limit: {"part": plain(limit.part)}, near, nothing_wider),
        Kit(Alternatives, _read_only(inner), plain_of, near, nothing_wider),
    ]
