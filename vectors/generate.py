"""Writes every vector to `vectors/cases`, or to the directory that is named. Same bytes every time."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

from vectors import scenario
from vectors.approval_cases import CASES as APPROVAL_CASES
from vectors.case import Case
from vectors.chain_cases import CASES as CHAIN_CASES
from vectors.form_cases import CASES as FORM_CASES
from vectors.lifecycle_cases import RECIPES as LIFECYCLE_RECIPES
from vectors.macaroon_cases import CASES as MACAROON_CASES
from vectors.revocation_cases import RECIPES as REVOCATION_RECIPES
from vectors.standing_cases import CASES as STANDING_CASES
from vectors.use_cases import CASES as USE_CASES
from vectors.world import World

PRESENTATIONS: tuple[scenario.Case, ...] = (
    *FORM_CASES,
    *CHAIN_CASES,
    *STANDING_CASES,
    *USE_CASES,
    *MACAROON_CASES,
    *APPROVAL_CASES,
)
RECIPES: tuple[Callable[[World], Case], ...] = (
    *LIFECYCLE_RECIPES,
    *REVOCATION_RECIPES,
)
CASES: tuple[Case, ...] = (
    *(each.case() for each in PRESENTATIONS),
    *(recipe(World()) for recipe in RECIPES),
)


def write(directory: Path) -> int:
    """How many files were written."""
    names = [case.name for case in CASES]
    if len(set(names)) != len(names):
        raise ValueError("two cases have the same name")
    for case in CASES:
        path = directory / f"{case.name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(case.members(), indent=1) + "\n", encoding="ascii")
    return len(names)


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "cases"
    print(f"{write(target)} vectors in {target}")
