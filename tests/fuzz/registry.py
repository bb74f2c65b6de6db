"""All harnesses, by name."""

from __future__ import annotations

from tests.fuzz import approvals, asking, dids, forms, macaroons, signed, wire
from tests.fuzz.harness import Harness

ALL: dict[str, Harness] = {
    each.name: each for module in (forms, wire, macaroons, signed, asking, approvals, dids) for each in module.HARNESSES
}
