"""`evaluate-caveat`: every recipe has its verdict in any world, and a question that says nothing is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from vectors import caveat_families
from vectors.case import Case
from vectors.world import World

from attorn.conformance.answer import Answer
from attorn.conformance.case import Case as Read
from attorn.conformance.operations import OPERATIONS, answer

WORLDS = (None, b"one", b"two", b"three")
Recipe = Callable[[World], Case]
FIXED = {recipe(World()).name: recipe for recipe in caveat_families.RECIPES}


def asked(case: Case) -> Answer:
    """attorn's answer to the case as a file holds it."""
    written = Read.read(json.dumps(case.members()).encode())
    return answer(OPERATIONS[case.operation], written.input)


@pytest.mark.parametrize("name", FIXED)
def test_a_recipe_has_its_verdict_in_every_world(name: str) -> None:
    for seed in WORLDS:
        case = FIXED[name](World(seed))
        assert case.name == name
        found = asked(case)
        assert found.meets(Answer(case.code, case.step, case.result)), (seed, found)


def test_names_are_unique_and_most_are_refused() -> None:
    assert len(FIXED) == len(caveat_families.RECIPES)
    refused = sum(recipe(World()).code != "ok" for recipe in caveat_families.RECIPES)
    assert refused * 3 >= len(FIXED) * 2


def question(**changes: Any) -> dict[str, Any]:
    """One that is answered with ok; None takes a member away."""
    members = {**FIXED["caveat-equals/integer"](World()).members()["input"], **changes}
    return {name: value for name, value in members.items() if value is not None}


def test_a_whole_question() -> None:
    told = {
        "approved": ["did:web:a.example"],
        "attested": [[{"by": "did:web:a.example", "says": ["model=a"]}], []],
        "depth": 1,
    }
    assert answer(OPERATIONS["evaluate-caveat"], question(**told)) == Answer()


@pytest.mark.parametrize(
    "changes",
    [
        {"block": None},
        {"condition": "attorn-caveats-1."},
        {"block": "AA="},
        {"block": 1},
        {"block": None, "condition": 1},
        {"request": None},
        {"request": {"action": "a", "resource": "/"} | {"arguments": {}}},
        {"audience": None},
        {"audience": ""},
        {"now": None},
        {"now": "1"},
        {"now": -1},
        {"depth": -1},
        {"depth": "0"},
        {"depth": True},
        {"approved": "did:web:a.example"},
        {"approved": ["nobody"]},
        {"attested": [{"by": "did:web:a.example", "says": []}]},
        {"attested": [[{"by": "nobody", "says": []}]]},
        {"attested": [[{"by": "did:web:a.example", "says": [1]}]]},
        {"attested": [[{"by": "did:web:a.example", "says": [], "to": "x"}]]},
        {"attested": [None]},
        {"link": 1},
    ],
    ids=str,
)
def test_a_question_that_says_nothing(changes: dict[str, Any]) -> None:
    assert answer(OPERATIONS["evaluate-caveat"], question(**changes)) == Answer("invalid_input")
