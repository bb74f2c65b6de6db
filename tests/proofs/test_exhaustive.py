"""In small complete universes: narrower means that no request tells the two apart, and wider that one does.

The real caveats are asked about every pair and every request.
"""

from __future__ import annotations

from typing import Any

import pytest
from tests.proofs.universes import UNIVERSES, Count, Universe, asked, compare

from attorn import caveat

sizes = pytest.mark.parametrize("full", [False, pytest.param(True, marks=pytest.mark.long)], ids=["small", "large"])
universes = pytest.mark.parametrize("name", UNIVERSES)


@sizes
@universes
def test_no_pair_is_wrong_and_every_refusal_has_a_witness(name: str, full: bool) -> None:
    count = compare(UNIVERSES[name](full))
    assert count.wrong == []
    assert count.unwitnessed == []
    assert min(count.narrower, count.wider) >= 15


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
