"""Every harness, by name."""

from __future__ import annotations

from tests.fuzz import (
    a2a_agents,
    agents,
    approvals,
    asking,
    chains,
    checkouts,
    constraints,
    credentials,
    decisions,
    dids,
    disclosing,
    evidence,
    exchanging,
    forms,
    histories,
    httpsig,
    macaroons,
    mandates_v01,
    mcp_messages,
    outside,
    proofs,
    servers,
    signed,
    wire,
)
from tests.fuzz.harness import Harness

MODULES = (
    forms,
    wire,
    macaroons,
    signed,
    outside,
    asking,
    approvals,
    dids,
    disclosing,
    histories,
    credentials,
    proofs,
    agents,
    constraints,
    chains,
    checkouts,
    mandates_v01,
    evidence,
    servers,
    a2a_agents,
    httpsig,
    decisions,
    mcp_messages,
    exchanging,
)
ALL: dict[str, Harness] = {each.name: each for module in MODULES for each in module.HARNESSES}
_MODULES: dict[str, str] = {each.name: module.__name__ for module in MODULES for each in module.HARNESSES}


def module_of(harness: Harness) -> str:
    """The module to load for it. Those that are planted are nowhere else."""
    return _MODULES.get(harness.name, "tests.fuzz.planted")
