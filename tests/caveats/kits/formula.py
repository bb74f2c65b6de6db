"""AllOf, AnyOf, Not, and what is read where none of them would be written: formulas over whatever atoms there are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import reduce
from itertools import islice
from typing import Any

from hypothesis import strategies as st
from tests.caveats import formulas
from tests.caveats.kit import Kit, Plain, Situation, nothing_wider, with_args

from attorn.caveat import AllOf, AnyOf, Caveat, Not
from attorn.caveat.argument import Literal
from attorn.caveat.formula import Alternatives

_SITUATIONS = 24


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


def kits(kinds: dict[str, Kit], kit_of: Callable[[Caveat], Kit], plain: Callable[[Any], Plain]) -> tuple[Kit, ...]:
    def near(limit: Any) -> Iterator[Situation]:
        several = [list(islice(kit_of(part).near(part), _SITUATIONS)) for part in _parts(limit)]
        for number in range(max(map(len, several))):
            # Each part in its own state: the one that is most often decided comes first.
            chosen = [found[number * (place + 1) % len(found)] for place, found in enumerate(several)]
            yield reduce(lambda one, other: with_args(one, other.args), chosen)

    def plain_of(limit: Alternatives) -> Plain:
        parts = [[plain(_literal(literal)) for literal in conjunction] for conjunction in limit.parts]
        return {"kind": "AnyOf", "parts": [{"kind": "AllOf", "parts": each} for each in parts]}

    inner = formulas.formulas(formulas.atoms(kinds), 1)
    listed = st.lists(inner, min_size=1, max_size=3)

    def parts(limit: AllOf | AnyOf) -> Plain:
        return {"parts": [*map(plain, limit.parts)]}

    return (
        Kit(AllOf, formulas.built(AllOf, listed), parts, near, nothing_wider),
        Kit(AnyOf, formulas.built(AnyOf, listed), parts, near, nothing_wider),
        Kit(Not, formulas.built(Not, st.tuples(inner)), lambda limit: {"part": plain(limit.part)}, near, nothing_wider),
        Kit(Alternatives, _read_only(inner), plain_of, near, nothing_wider),
    )
