"""Random requests, caveats over the whole vocabulary, and chains of 0 to 8 links after the root's own.

What caveats there are, the kits of `tests/caveats` say: a new kind is drawn here as soon as it has one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from tests.caveats import formulas as made
from tests.caveats.kit import Kit, situations
from tests.caveats.vocabulary import ATOMS as ATOM_KITS
from tests.caveats.vocabulary import KITS, kit_of
from tests.property.chains import PEOPLE, Chain, Person, Step, build, permits

from attorn import Request, caveat
from attorn.caveat import Caveat, Counted, Unrecognised
from attorn.caveat.argument import Formula
from attorn.caveat.status import Standing

_MOST = 1000
law = settings(
    max_examples=max(25, min(_MOST, settings().max_examples * 2 // 5)),
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)
"""How the properties are checked: 200 examples, or 1,000 of the long form, the same ones on every machine.

The numbered laws, of which most of these show one side, have 500 and 10,000.
"""
compared = settings(law, max_examples=500)
"""How attorn is held against what others wrote."""


_situations = situations()


@st.composite
def requests(draw: st.DrawFn) -> Request:
    """A request whose arguments mostly have the type that caveats expect of them."""
    return draw(_situations).request()


def _named(kits: Iterable[Kit]) -> dict[str, st.SearchStrategy[Any]]:
    return {kit.name: kit.caveats for kit in kits}


_WRITTEN = [kit for kit in KITS if kit.written and kit.kind is not Unrecognised and not issubclass(kit.kind, Standing)]
ATOMS = _named(ATOM_KITS)
COUNTED = _named(kit for kit in _WRITTEN if issubclass(kit.kind, Counted))
SCOPES = _named(kit for kit in _WRITTEN if not issubclass(kit.kind, Formula | Counted))
"""Every kind that stands on the wire and is answered by the request: atoms, counted ones, others."""
_atom = st.one_of(*ATOMS.values())


def formulas(depth: int = 2) -> st.SearchStrategy[Any]:
    """An atom, or AllOf, AnyOf and Not over formulas, at most `depth` deep."""
    return made.formulas(_atom, depth)


uncounted: st.SearchStrategy[Caveat] = st.one_of(*SCOPES.values(), _atom, formulas(), formulas())
caveats: st.SearchStrategy[Caveat] = st.one_of(*SCOPES.values(), _atom, formulas(), formulas(), *COUNTED.values())
purposes = st.builds(caveat.Purpose, st.sampled_from(("Plan the week", 'say "hi"; allow if true;', "Für ☃ \\")))


@dataclass(frozen=True, slots=True)
class Scene:
    """A request, and the steps of a chain from a root."""

    request: Request
    root: Person
    steps: tuple[Step, ...]

    def chain(self) -> Chain:
        return build(self.root, self.steps)

    @property
    def depth(self) -> int:
        return len(self.steps) - 1

    def caveats(self) -> list[Caveat]:
        return [each for step in self.steps for each in step.caveats]


_requests = requests()
_people = st.sampled_from(PEOPLE)
_moods = st.integers(0, 2)
"""0: whatever comes; 1: only what permits; 2: at most one that prohibits."""
_seldom = st.integers(0, 5)


# What is made anew for each example is also validated anew.
@cache
def _pair(kinds: st.SearchStrategy[Caveat]) -> st.SearchStrategy[list[Caveat]]:
    return st.lists(kinds, max_size=2)


@st.composite
def scenes(
    draw: st.DrawFn, *, most: int = 9, kinds: st.SearchStrategy[Caveat] = caveats, purpose: bool = True
) -> Scene:
    """A chain of 1 to `most` links. In most scenes all caveats but perhaps one permit the request."""
    request = draw(_requests)
    length = draw(st.integers(1, most))
    people = [draw(_people) for _ in range(length + 1)]
    mood = draw(_moods)
    spare = 1 if mood == 2 else 0
    steps = []
    for to in people[1:]:
        kept: list[Caveat] = []
        for each in draw(_pair(kinds)):
            if mood and not permits(each, request, depth=length - 1):
                if not spare:
                    continue
                spare = 0
            kept.append(each)
        if purpose and not draw(_seldom):
            kept.insert(0, draw(purposes))
        steps.append(Step(to, tuple(kept)))
    return Scene(request, people[0], tuple(steps))


def near(limit: Caveat) -> Iterator[Any]:
    """Values of an argument that lie just inside and just outside what an atom allows."""
    for situation in kit_of(limit).near(limit):
        yield from situation.args.values()
