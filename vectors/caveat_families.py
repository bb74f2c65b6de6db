"""Every family about one kind of caveat: `evaluate-caveat`, and presentations where a list or a link answers."""

from __future__ import annotations

from collections.abc import Callable

from . import (
    caveat_condition_cases,
    caveat_counted_cases,
    caveat_formula_cases,
    caveat_list_cases,
    caveat_measure_cases,
    caveat_message_cases,
    caveat_one_of_cases,
    caveat_place_cases,
    caveat_purpose_cases,
    caveat_resource_cases,
    caveat_scope_cases,
    caveat_standing_cases,
    caveat_text_cases,
    caveat_told_cases,
    caveat_validity_cases,
    caveat_value_cases,
)
from .case import Case
from .world import World

RECIPES: tuple[Callable[[World], Case], ...] = (
    *caveat_condition_cases.RECIPES,
    *caveat_counted_cases.RECIPES,
    *caveat_formula_cases.RECIPES,
    *caveat_list_cases.RECIPES,
    *caveat_measure_cases.RECIPES,
    *caveat_message_cases.RECIPES,
    *caveat_one_of_cases.RECIPES,
    *caveat_place_cases.RECIPES,
    *caveat_purpose_cases.RECIPES,
    *caveat_resource_cases.RECIPES,
    *caveat_scope_cases.RECIPES,
    *caveat_standing_cases.RECIPES,
    *caveat_text_cases.RECIPES,
    *caveat_told_cases.RECIPES,
    *caveat_validity_cases.RECIPES,
    *caveat_value_cases.RECIPES,
)
