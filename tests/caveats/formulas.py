"""Formulas over whatever atoms there are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from hypothesis import reject
from hypothesis import strategies as st
from tests.caveats.kit import Kit

from attorn.caveat import AllOf, AnyOf, Caveat, Not
from attorn.caveat.argument import Atom
from attorn.errors import InputError


def atoms(kits: Mapping[str, Kit]) -> st.SearchStrategy[Any]:
    # Deferred only because it is then named in a few words: strategies are, where one of them rejects.
    return st.deferred(lambda: st.one_of(*(kit.caveats for kit in kits.values() if issubclass(kit.kind, Atom))))


def formulas(atom: st.SearchStrategy[Any], depth: int = 2) -> st.SearchStrategy[Any]:
    """An atom, or AllOf, AnyOf and Not over formulas, at most `depth` deep."""
    if not depth:
        return atom
    inner = formulas(atom, depth - 1)
    parts = st.lists(inner, min_size=1, max_size=3)
    return st.deferred(lambda: st.one_of(atom, built(AllOf, parts), built(AnyOf, parts), built(Not, st.tuples(inner))))


@st.composite
def built(draw: st.DrawFn, kind: Callable[..., Caveat], parts: st.SearchStrategy[Any]) -> Caveat:
    try:
        return kind(*draw(parts))
    except InputError:
        # Not(Equals(name, None)) and the like cannot be written.
        return reject()
