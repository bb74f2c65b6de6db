"""What the tests of a kind of caveat need to know about it; every law is then checked for that kind.

A kit is one entry in the `KITS` of a file in `tests/caveats/kits`, or for a kind that is made of others, in what its
`kits` returns. How to write one: docs/contributing.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from hypothesis import strategies as st
from tests.caveats import pools
from tests.reference.caveats import World

from attorn import Request
from attorn.caveat import Caveat
from attorn.request.attested import Attested
from attorn.request.facts import Facts
from attorn.request.money import Money

Plain = dict[str, Any]
OTHER_TYPES: tuple[Any, ...] = (None, True, 0, 2.5, "", "x", [], ["x"], [1], [None], {"a": 1})
"""What an argument may be instead of what an atom is about."""


@dataclass(frozen=True, slots=True)
class Situation:
    """One request, and where, when and how deep in a chain it is made.

    `attested` is what identity credentials by some of `pools.APPROVERS` say of the holder, and of every other delegate
    too unless `holder_only`.
    """

    args: dict[str, Any] = field(default_factory=dict)
    action: str = "events:read"
    resource: str = "/data/a"
    cost: tuple[int, str] | None = None
    now: int = pools.NOW
    depth: int = 0
    audience: str = pools.AUDIENCE
    approved: frozenset[str] = frozenset()
    attested: frozenset[Attested] = frozenset()
    holder_only: bool = False

    def request(self) -> Request:
        cost = None if self.cost is None else Money(*self.cost)
        return Request(action=self.action, resource=self.resource, args=self.args, cost=cost)

    def told(self, delegates: Sequence[str] = ()) -> tuple[frozenset[Attested], ...]:
        """What is said of each of these delegates, the holder last; without their DIDs, of as many different ones."""
        names = tuple(delegates) or tuple(map(str, range(self.depth + 1)))
        return tuple(
            self.attested if name == names[-1] or not self.holder_only else frozenset()
            for name in names
            if self.attested
        )

    def facts(self, delegates: Sequence[str] = ()) -> Facts:
        return Facts(
            self.request(),
            audience=self.audience,
            now=self.now,
            depth=self.depth,
            approved=self.approved,
            attested=self.told(delegates),
        )

    def plain(self) -> Plain:
        """The request for the reference."""
        asked: Plain = {"action": self.action, "resource": self.resource, "args": self.args}
        return asked if self.cost is None else {**asked, "cost": {"amount": self.cost[0], "currency": self.cost[1]}}

    def world(self, delegates: Sequence[str] = ()) -> World:
        said = tuple(tuple(map(tuple, each)) for each in self.told(delegates))
        return World(self.audience, self.now, self.depth, approved=self.approved, attested=said)


def nothing_wider(limit: Any) -> None:
    """For a kind whose `narrower_than` never decides."""
    del limit


@dataclass(frozen=True, slots=True, repr=False)
class Kit:
    """`caveats` draws instances, and `near` yields situations just inside and just outside of what one permits.

    `plain` is the caveat for the reference evaluator, its kind left out. `wider` draws, for a caveat, others that
    `narrower_than` must call wider (for a kind that decides nothing: `nothing_wider`).

    `stock`: the stock engine is given its facts. `written`: it stands on the wire as itself.
    """

    kind: type[Caveat]
    caveats: st.SearchStrategy[Any]
    plain: Callable[[Any], Plain]
    near: Callable[[Any], Iterable[Situation]]
    wider: Callable[[Any], st.SearchStrategy[Caveat] | None]
    stock: bool = True
    written: bool = True

    @property
    def name(self) -> str:
        return self.kind.__name__

    def __repr__(self) -> str:
        return f"Kit({self.name})"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """For Hypothesis, which would write out every strategy in it."""
        del cycle
        printer.text(repr(self))


def about(values: Callable[[Any], Iterable[Any]]) -> Callable[[Any], Iterator[Situation]]:
    """The situations in which the argument of an atom has these values, is of other types, or is not there."""

    def near(limit: Any) -> Iterator[Situation]:
        for value in (*values(limit), *OTHER_TYPES):
            yield Situation(args={limit.name: value})
        yield Situation()

    return near


def with_args(situation: Situation, args: dict[str, Any]) -> Situation:
    return replace(situation, args={**situation.args, **args})


_names = st.lists(pools.names, max_size=6, unique=True)
_fits = st.integers(0, 4)
_actions, _resources = st.sampled_from(pools.ACTIONS), st.sampled_from(pools.RESOURCES)
_costs: st.SearchStrategy[tuple[int, str] | None] = st.sampled_from(
    (None, None, (0, "EUR"), (5, "EUR"), (500, "USD")),
)


@st.composite
def situations(draw: st.DrawFn) -> Situation:
    """One whose arguments mostly have the type that caveats expect of them."""
    args: dict[str, Any] = {}
    for name in draw(_names):
        fitting = name in pools.FITTING and draw(_fits)
        args[name] = draw(pools.FITTING[name] if fitting else pools.anything)
    return Situation(
        args=args,
        action=draw(_actions),
        resource=draw(_resources),
        cost=draw(_costs),
    )
