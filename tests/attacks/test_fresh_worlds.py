"""A recipe is no accident of its bytes: with other keys, names and times it gets the same verdict."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from vectors.case import Case
from vectors.generate import RECIPES
from vectors.world import World

from attorn.conformance.answer import Answer
from attorn.conformance.operations import OPERATIONS, answer

SEEDS = (b"one", b"two")


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe(World()).name)
def test_fresh_cases_get_the_verdict_of_the_fixed_one(recipe: Callable[[World], Case]) -> None:
    fixed = recipe(World())
    for seed in SEEDS:
        case = recipe(World(seed))
        assert (case.name, case.code, case.step) == (fixed.name, fixed.code, fixed.step)
        found = answer(OPERATIONS[case.operation], dict(case.input))
        assert found.meets(Answer(case.code, case.step, dict(case.result))), found
