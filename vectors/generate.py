"""Writes every vector to `cases` beside this file, or to the directory that is named. Same bytes every time."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

from . import (
    admission_cases,
    admission_form_cases,
    approval_cases,
    approval_form_cases,
    approval_key_cases,
    attenuation_cases,
    attenuation_refusal_cases,
    attested_cases,
    attested_workload_cases,
    binding_cases,
    boundary_cases,
    caveat_families,
    chain_cases,
    container_cases,
    container_field_cases,
    counts,
    credential_jose_cases,
    credential_model_cases,
    credential_presentation_cases,
    credential_presented_cases,
    credential_proof_cases,
    credential_proof_member_cases,
    credential_proof_set_cases,
    credential_resource_cases,
    credential_status_cases,
    credential_wrapped_cases,
    did_cases,
    did_web_cases,
    did_webvh_cases,
    form_cases,
    json_form_cases,
    later_cases,
    ledger_cases,
    ledger_list_cases,
    ledger_period_cases,
    ledger_retry_cases,
    ledger_spaced_cases,
    lifecycle_cases,
    link_cases,
    macaroon_cases,
    macaroon_form_cases,
    mandate_cases,
    multikey_cases,
    presentation_cases,
    principal_cases,
    revocation_cases,
    revocation_refusal_cases,
    rotation_cases,
    sd_jwt_binding_cases,
    sd_jwt_claim_cases,
    sd_jwt_digest_cases,
    sd_jwt_form_cases,
    signature_form_cases,
    standing_cases,
    statement_form_cases,
    status_bitstring_cases,
    status_bitstring_list_cases,
    status_bitstring_member_cases,
    status_token_cases,
    status_token_member_cases,
    strength_cases,
    together_cases,
    transit_cases,
    transit_macaroon_cases,
)
from .case import Case
from .world import World

Recipe = Callable[[World], Case]
RECIPES: tuple[Recipe, ...] = (
    *admission_cases.RECIPES,
    *admission_form_cases.RECIPES,
    *approval_cases.RECIPES,
    *approval_form_cases.RECIPES,
    *approval_key_cases.RECIPES,
    *attested_cases.RECIPES,
    *attested_workload_cases.RECIPES,
    *attenuation_cases.RECIPES,
    *attenuation_refusal_cases.RECIPES,
    *caveat_families.RECIPES,
    *binding_cases.RECIPES,
    *boundary_cases.RECIPES,
    *chain_cases.RECIPES,
    *container_cases.RECIPES,
    *container_field_cases.RECIPES,
    *credential_jose_cases.RECIPES,
    *credential_model_cases.RECIPES,
    *credential_presentation_cases.RECIPES,
    *credential_presented_cases.RECIPES,
    *credential_proof_cases.RECIPES,
    *credential_proof_member_cases.RECIPES,
    *credential_proof_set_cases.RECIPES,
    *credential_resource_cases.RECIPES,
    *credential_status_cases.RECIPES,
    *credential_wrapped_cases.RECIPES,
    *ledger_cases.RECIPES,
    *ledger_list_cases.RECIPES,
    *ledger_period_cases.RECIPES,
    *ledger_retry_cases.RECIPES,
    *ledger_spaced_cases.RECIPES,
    *json_form_cases.RECIPES,
    *statement_form_cases.RECIPES,
    *did_cases.RECIPES,
    *did_web_cases.RECIPES,
    *did_webvh_cases.RECIPES,
    *form_cases.RECIPES,
    *later_cases.RECIPES,
    *lifecycle_cases.RECIPES,
    *link_cases.RECIPES,
    *macaroon_cases.RECIPES,
    *macaroon_form_cases.RECIPES,
    *mandate_cases.RECIPES,
    *multikey_cases.RECIPES,
    *presentation_cases.RECIPES,
    *principal_cases.RECIPES,
    *revocation_cases.RECIPES,
    *revocation_refusal_cases.RECIPES,
    *rotation_cases.RECIPES,
    *sd_jwt_binding_cases.RECIPES,
    *sd_jwt_claim_cases.RECIPES,
    *sd_jwt_digest_cases.RECIPES,
    *sd_jwt_form_cases.RECIPES,
    *signature_form_cases.RECIPES,
    *standing_cases.RECIPES,
    *status_bitstring_cases.RECIPES,
    *status_bitstring_list_cases.RECIPES,
    *status_bitstring_member_cases.RECIPES,
    *status_token_cases.RECIPES,
    *status_token_member_cases.RECIPES,
    *strength_cases.RECIPES,
    *together_cases.RECIPES,
    *transit_cases.RECIPES,
    *transit_macaroon_cases.RECIPES,
)


def cases(world: World, recipes: Iterable[Recipe] = RECIPES) -> tuple[Case, ...]:
    """Every case of a world: the same names and verdicts in each."""
    found = tuple(recipe(world) for recipe in recipes)
    names = [case.name for case in found]
    if len(set(names)) != len(names):
        raise ValueError("two cases have the same name")
    return found


def fresh(seed: str, count: int, recipes: Iterable[Recipe] = RECIPES) -> Iterator[Case]:
    """The cases of `count` worlds that nobody has seen; the same for the same seed. Names end in @1, @2 and so on."""
    for number in range(1, count + 1):
        world = World(f"{number} {seed}".encode())
        yield from (replace(case, name=f"{case.name}@{number}") for case in cases(world, recipes))


def named(only: Sequence[str]) -> tuple[Recipe, ...]:
    """The recipes whose case has a name that a name or glob of `only` fits; all if there is none."""
    if not only:
        return RECIPES
    return tuple(recipe for recipe, name in zip(RECIPES, _names(), strict=True) if _is_named(name, only))


@cache
def _names() -> tuple[str, ...]:
    """What each recipe's case is called, in whatever world: to find out, it is made."""
    world = World()
    return tuple(recipe(world).name for recipe in RECIPES)


def chosen(seed: str | None, count: int, recipes: Iterable[Recipe]) -> Iterable[Case]:
    """The committed cases of these recipes, or fresh ones from a seed, of one world at a time."""
    return cases(World(), recipes) if seed is None else fresh(seed, count, tuple(recipes))


def _is_named(name: str, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(name, each) for each in patterns)


def write(directory: Path, made: Iterable[Case]) -> int:
    """How many files were written."""
    written = 0
    for case in made:
        path = directory / f"{case.name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(case.members(), indent=1) + "\n", encoding="ascii")
        written += 1
    return written


def renew(folder: Path) -> int:
    """Write the committed cases below `folder` anew, and what its README counts; take away what is no case any more."""
    made = cases(World())
    directory, page = folder / "cases", folder / "README.md"
    stale = {*directory.rglob("*.json")} - {directory / f"{case.name}.json" for case in made}
    for path in stale:
        path.unlink()
        if not any(path.parent.iterdir()):
            path.parent.rmdir()
    page.write_text(counts.counted(page.read_text(encoding="utf-8"), made), encoding="utf-8")
    return write(directory, made)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(f"{write(Path(sys.argv[1]), cases(World()))} vectors in {sys.argv[1]}")
    else:
        print(f"{renew(Path(__file__).parent)} vectors")
