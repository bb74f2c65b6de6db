"""RequiresApproval."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice
from typing import Any

from hypothesis import reject
from hypothesis import strategies as st
from tests.caveats import formulas
from tests.caveats.kit import Kit, Plain, Situation
from tests.caveats.pools import APPROVERS, some

from attorn.caveat import Caveat, RequiresApproval
from attorn.errors import InputError

_SITUATIONS = 12


@st.composite
def _required(draw: st.DrawFn, conditions: st.SearchStrategy[Any]) -> RequiresApproval:
    by = draw(some(APPROVERS))
    when = draw(st.lists(conditions, max_size=2)) or None
    try:
        return RequiresApproval(by, draw(st.integers(1, len(by))), when)
    except InputError:
        # Equals(name, None) and the like have no opposite that can be written.
        return reject()


def _more(limit: RequiresApproval) -> st.SearchStrategy[RequiresApproval]:
    """Fewer of the same people, or of more people, on the same occasions."""

    def wider(fewer: int) -> RequiresApproval:
        return RequiresApproval(list(limit.by), max(1, limit.threshold - fewer), list(limit.when) or None)

    return st.builds(wider, st.integers(0, 2))


def kits(kinds: dict[str, Kit], kit_of: Callable[[Caveat], Kit], plain: Callable[[Any], Plain]) -> tuple[Kit, ...]:
    atoms = formulas.atoms(kinds)
    scopes = [kinds[name].caveats for name in ("Actions", "Resources")]
    conditions = st.deferred(lambda: st.one_of(*scopes, atoms, formulas.formulas(atoms, 1)))

    def near(limit: RequiresApproval) -> Iterator[Situation]:
        yield Situation()
        for count in range(len(limit.by) + 1):
            yield Situation(approved=frozenset(limit.by[:count]))
            yield Situation(approved=frozenset((*limit.by[:count], "did:web:somebody.example")))
        for condition in limit.when:
            for situation in islice(kit_of(condition).near(condition), _SITUATIONS):
                yield situation
                yield replace(situation, approved=frozenset(limit.by[: limit.threshold]))

    def plain_of(limit: RequiresApproval) -> Plain:
        return {"by": list(limit.by), "threshold": limit.threshold, "when": [*map(plain, limit.when)]}

    return (Kit(RequiresApproval, _required(conditions), plain_of, near, _more),)
