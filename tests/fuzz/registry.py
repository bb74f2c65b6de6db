"""Every harness, by name."""

from __future__ import annotations

from tests.fuzz import (
    agents,
    approvals,
    asking,
    credentials,
    dids,
    disclosing,
    forms,
    histories,
    macaroons,
    proofs,
    signed,
    wire,
)
from tests.fuzz.harness import Harness

MODULES = (
    approvals,
    asking,
    credentials,
    dids,
    disclosing,
    forms,
    histories,
    macaroons,
    signed,
    wire,
    proofs,
    agents,
)
ALL: dict[str, Harness] = {each.name: each for module in MODULES for each in module.HARNESSES}
