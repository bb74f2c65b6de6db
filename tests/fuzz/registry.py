"""All harnesses, by name."""

from __future__ import annotations

from tests.fuzz import forms
from tests.fuzz.harness import Harness

ALL: dict[str, Harness] = {each.name: each for module in (forms,) for each in module.HARNESSES}
