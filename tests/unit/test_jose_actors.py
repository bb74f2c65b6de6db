"""The claim `act`: who acts stands outermost, and whoever comes before inside."""

from __future__ import annotations

from attorn.jose.actors import act


def test_one_inside_the_next() -> None:
    assert act(["planner"]) == {"sub": "planner"}
    assert act(iter(["planner", "scout", "bob"])) == {
        "sub": "bob",
        "act": {"sub": "scout", "act": {"sub": "planner"}},
    }


def test_nobody_acts_through_nobody() -> None:
    assert act([]) == {}
    assert "act" not in act(["planner"])


def test_the_same_ones_in_another_order_are_another_claim() -> None:
    assert act(["planner", "scout"]) != act(["scout", "planner"])
    assert act(["planner", "planner"]) != act(["planner"])
