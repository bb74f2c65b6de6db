"""Every family of `evaluate-caveat`."""

from __future__ import annotations

from collections.abc import Callable

from vectors import (
    caveat_list_cases,
    caveat_measure_cases,
    caveat_resource_cases,
    caveat_scope_cases,
    caveat_validity_cases,
    caveat_value_cases,
)
from vectors.case import Case
from vectors.world import World

RECIPES: tuple[Callable[[World], Case], ...] = (
    *caveat_list_cases.RECIPES,
    *caveat_measure_cases.RECIPES,
    *caveat_resource_cases.RECIPES,
    *caveat_scope_cases.RECIPES,
    *caveat_validity_cases.RECIPES,
    *caveat_value_cases.RECIPES,
)
