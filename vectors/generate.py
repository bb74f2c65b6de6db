"""Writes every vector to `vectors/cases`, or to the directory that is named. Same bytes every time."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

from vectors import (
    admission_cases,
    approval_cases,
    caveat_families,
    chain_cases,
    container_cases,
    credential_model_cases,
    credential_proof_cases,
    credential_proof_member_cases,
    credential_proof_set_cases,
    lifecycle_cases,
    link_cases,
    macaroon_cases,
    mandate_cases,
    presentation_cases,
    revocation_cases,
    sd_jwt_binding_cases,
    sd_jwt_claim_cases,
    sd_jwt_digest_cases,
    sd_jwt_form_cases,
    standing_cases,
    status_bitstring_cases,
    status_token_cases,
    transit_cases,
    transit_macaroon_cases,
)
from vectors.case import Case
from vectors.world import World

RECIPES: tuple[Callable[[World], Case], ...] = (
    *admission_cases.RECIPES,
    *approval_cases.RECIPES,
    *caveat_families.RECIPES,
    *chain_cases.RECIPES,
    *container_cases.RECIPES,
    *credential_model_cases.RECIPES,
    *credential_proof_cases.RECIPES,
    *credential_proof_member_cases.RECIPES,
    *credential_proof_set_cases.RECIPES,
    *lifecycle_cases.RECIPES,
    *link_cases.RECIPES,
    *macaroon_cases.RECIPES,
    *mandate_cases.RECIPES,
    *presentation_cases.RECIPES,
    *revocation_cases.RECIPES,
    *sd_jwt_binding_cases.RECIPES,
    *sd_jwt_claim_cases.RECIPES,
    *sd_jwt_digest_cases.RECIPES,
    *sd_jwt_form_cases.RECIPES,
    *standing_cases.RECIPES,
    *status_bitstring_cases.RECIPES,
    *status_token_cases.RECIPES,
    *transit_cases.RECIPES,
    *transit_macaroon_cases.RECIPES,
)


def cases(world: World) -> tuple[Case, ...]:
    """Every case of a world: the same names and verdicts in each."""
    found = tuple(recipe(world) for recipe in RECIPES)
    names = [case.name for case in found]
    if len(set(names)) != len(names):
        raise ValueError("two cases have the same name")
    return found


def write(directory: Path) -> int:
    """How many files were written."""
    found = cases(World())
    for case in found:
        path = directory / f"{case.name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(case.members(), indent=1) + "\n", encoding="ascii")
    return len(found)


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "cases"
    print(f"{write(target)} vectors in {target}")
