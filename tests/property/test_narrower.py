"""What `narrower_than` says is true: True has no counterexample, False has one."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.caveats.pools import APPROVERS
from tests.property.chains import AUDIENCE, NOW, permits
from tests.property.strategies import ATOMS, COUNTED, SCOPES, caveats, formulas, law, near, requests

from attorn import Request, caveat
from attorn.canonical import MOST_INTEGER as SAFE
from attorn.caveat import Caveat

VOCABULARY: dict[str, st.SearchStrategy[Any]] = {
    **ATOMS,
    **SCOPES,
    **COUNTED,
    "formula": formulas(),
}
CROWDS = [frozenset(some) for size in range(len(APPROVERS) + 1) for some in combinations(APPROVERS, size)]
"""Whoever may have approved."""
KIN = ("Equals", "OneOf", "NotOneOf", "Range")
"""Kinds that are compared with one another."""


def _renamed(other: Any, name: str) -> Any:
    """The same atom about another argument, so that two of them are comparable."""
    if hasattr(other, "name"):
        object.__setattr__(other, "name", name)
    return other


@law
@given(SCOPES["RequiresApproval"], SCOPES["RequiresApproval"], requests())
def test_a_narrower_approval_asks_for_no_less_whoever_approves(
    narrow: caveat.RequiresApproval, wide: caveat.RequiresApproval, request: Request
) -> None:
    for limit in (wide, caveat.RequiresApproval(narrow.by, len(narrow.by)), caveat.RequiresApproval(narrow.by, 1)):
        said = narrow.narrower_than(limit)
        loose = [
            crowd
            for crowd in CROWDS
            if permits(narrow, request, approved=crowd) and not permits(limit, request, approved=crowd)
        ]
        if said is True:
            assert not loose
        if said is False:
            assert loose


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Caveat, Caveat]:
    kind = draw(st.sampled_from(sorted(VOCABULARY)))
    other = draw(st.sampled_from(KIN)) if kind in KIN else kind
    left, right = draw(VOCABULARY[kind]), draw(VOCABULARY[other])
    return left, _renamed(right, left.name) if hasattr(left, "name") else right


def _fill(limit: Caveat, request: Request, witness: Any) -> Request:
    name = getattr(limit, "name", None)
    args = dict(request.args) if name is None else {**request.args, name: witness}
    return Request(action=request.action, resource=request.resource, args=args, cost=request.cost)


@law
@given(pairs(), st.lists(requests(), min_size=1, max_size=2), st.integers(0, 10))
def test_narrower_means_that_every_permitted_request_is_permitted_by_the_wider(
    pair: tuple[Caveat, Caveat], several: list[Request], depth: int
) -> None:
    narrow, wide = pair
    assume(narrow.narrower_than(wide) is True)
    for request in several:
        for witness in (None, *near(narrow), *near(wide)):
            asked = request if witness is None else _fill(narrow, request, witness)
            if permits(narrow, asked, depth=depth):
                assert permits(wide, asked, depth=depth)


@law
@given(caveats, requests())
def test_every_caveat_is_narrower_than_itself_or_undecided(limit: Caveat, request: Request) -> None:
    assert limit.narrower_than(limit) in (True, None)
    assert limit.narrower_than(caveat.Purpose("x")) is None
    assert permits(limit, request) is permits(limit, request)


def _witnesses(narrow: Any, wide: Any) -> Iterator[tuple[Request, int, int]]:
    """Requests, depths and times, one of which `narrow` should permit and `wide` prohibit."""
    resources = getattr(narrow, "names", ()) if isinstance(narrow, caveat.Resources) else ("/data",)
    actions = getattr(narrow, "names", ()) if isinstance(narrow, caveat.Actions) else ("events:read",)
    times = [other.second + step for other in (narrow, wide) if hasattr(other, "second") for step in (-1, 0)]
    depths = [other.hops for other in (narrow, wide) if isinstance(other, caveat.MaxDepth)]
    values = [*near(narrow), *near(wide)] if hasattr(narrow, "name") else [None]
    for resource in resources:
        for action in actions:
            for value in values:
                args = {narrow.name: value} if hasattr(narrow, "name") else {}
                request = Request(action=action.replace("*", "zz"), resource=resource, args=args)
                for depth in depths or [0]:
                    for second in times or [NOW]:
                        yield request, depth, second


@law
@given(pairs())
def test_wider_means_that_some_request_tells_the_two_apart(pair: tuple[Caveat, Caveat]) -> None:
    narrow, wide = pair
    assume(narrow.narrower_than(wide) is False)
    if isinstance(narrow, caveat.Audience):
        assert set(narrow.names) - set(wide.names)  # type: ignore[attr-defined]
        return
    if isinstance(narrow, caveat.Spaced):
        # Which uses tell two apart is proved on calendars (tests/proofs).
        return
    if isinstance(narrow, caveat.Counted):
        assert narrow.counter().limit > wide.counter().limit  # type: ignore[attr-defined]
        return
    if isinstance(narrow, caveat.RequiresApproval):
        # Who approves tells them apart, which has a test of its own.
        return
    if isinstance(wide, caveat.Range):
        # No request holds a number beyond these, so they bound nothing.
        assume(SAFE not in (wide.maximum, -(wide.minimum or 0)))
    assert any(
        permits(narrow, request, depth=depth, at=second) and not permits(wide, request, depth=depth, at=second)
        for request, depth, second in _witnesses(narrow, wide)
        if second >= 0
    )


@pytest.mark.parametrize(
    ("narrow", "wide"),
    [
        (caveat.UrlHost("u", "api.h2"), caveat.UrlHost("u", "*.h2")),
        (caveat.Cidr("ip", "10.0.0.0/8"), caveat.Cidr("ip", "10.0.0.0/9", "10.128.0.0/9")),
        (caveat.Audience(AUDIENCE), caveat.Audience(AUDIENCE, "did:web:other.example")),
    ],
)
def test_a_narrower_caveat_is_never_called_wider(narrow: Caveat, wide: Caveat) -> None:
    assert narrow.narrower_than(wide) is not False
