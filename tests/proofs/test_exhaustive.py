"""In small complete universes: narrower means that no request tells the two apart, and wider that one does.

The real caveats are asked about every pair and every request.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.proofs.universes import UNIVERSES, Count, Universe, asked, compare

from attorn import caveat
from attorn.caveat import Caveat

ASSURANCE = Path(__file__).parents[2] / "docs" / "assurance.md"
sizes = pytest.mark.parametrize("full", [False, pytest.param(True, marks=pytest.mark.long)], ids=["small", "large"])
universes = pytest.mark.parametrize("name", UNIVERSES)


@sizes
@universes
def test_no_pair_is_wrong_and_every_refusal_has_a_witness(name: str, full: bool) -> None:
    universe = UNIVERSES[name](full)
    count = compare(universe)
    assert count.wrong == []
    assert count.unwitnessed == []
    assert min(count.narrower, count.wider) >= 15
    if full:
        pairs, requests = len(universe.narrow) * len(universe.wide), len(universe.requests)
        figures = f"{pairs:,} | {requests:,} | {count.narrower:,} | {count.wider:,} | {count.undecided:,}"
        assert f"| {name} | {figures} |" in ASSURANCE.read_text()


@universes
def test_caveats_about_two_arguments_are_not_compared(name: str) -> None:
    universe = UNIVERSES[name](False)
    pairs = [
        (left, right)
        for left in universe.narrow[:40]
        for right in universe.wide
        if getattr(left, "name", None) != getattr(right, "name", None)
    ]
    assert bool(pairs) is (hasattr(universe.narrow[0], "name") and name != "many-networks")
    assert {left.narrower_than(right) for left, right in pairs} <= {None}


def _turned(left: Any, right: Any) -> bool | None:
    """The narrower for the wider; where two are compared one way only, yes for no."""
    answer, turned = asked(left, right), asked(right, left)
    return None if answer is None else not answer if turned is None else turned


def _lenient(left: Any, right: Any) -> bool | None:
    """Never wider."""
    return None if asked(left, right) is None else True


def _strict(left: Any, right: Any) -> bool | None:
    """Never narrower."""
    return None if asked(left, right) is None else False


@universes
def test_a_planted_fault_is_found(name: str) -> None:
    whole = UNIVERSES[name](False)
    universe = Universe(whole.narrow[:60], whole.wide[:80], whole.requests)
    assert compare(universe, _turned).wrong
    assert compare(universe, _lenient).wrong
    assert compare(universe, _strict).unwitnessed


def test_one_wrong_answer_among_many_is_found() -> None:
    def wrong_once(left: Any, right: Any) -> bool | None:
        return True if (left, right) == (caveat.OneOf("v", 0, 1), caveat.Range("v", 1, None)) else asked(left, right)

    found: Count = compare(UNIVERSES["values"](False), wrong_once)
    assert [(left.limit(), right.limit()) for left, right in found.wrong] == [("v among 0, 1", "1 <= v")]


EDGES: dict[str, tuple[Caveat, Caveat]] = {
    "no number is larger": (caveat.Range("n", 0), caveat.Range("n", 0, 2**53 - 1)),
    "no request is longer": (caveat.MaxLength("t", 2**40), caveat.MaxLength("t", 2**39)),
    "no chain is deeper": (caveat.MaxDepth(1_000_000), caveat.MaxDepth(999_999)),
    "no host fits": (caveat.UrlHost("u", "*." + "x." * 125 + "xyz"), caveat.UrlHost("u", "a.example")),
    "IPv4-mapped addresses are IPv4": (caveat.Cidr("i", "::fffe:0:0/95"), caveat.Cidr("i", "::fffe:0:0/96")),
}


@pytest.mark.parametrize("edge", EDGES)
def test_at_the_edges_wider_is_said_of_what_no_request_tells_apart(edge: str) -> None:
    """What the page says of them, so that nobody takes the universes for more than they are."""
    mine, theirs = EDGES[edge]
    assert mine.narrower_than(theirs) is False
    assert theirs.narrower_than(theirs) is True
