"""The page about workloads says what the code does: its examples run, its bounds are the code's."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

from attorn.agent.workload import FORMS, MOST
from attorn.jose import foreign
from attorn.jose.claims import SKEW
from attorn.workload.svid import LONGEST, LONGEST_PROOF

DOCS = Path(__file__).parents[3] / "docs"
PAGE = (DOCS / "adapters" / "workload.md").read_text(encoding="utf-8")


def test_the_examples_run() -> None:
    blocks = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert blocks
    names: dict[str, object] = {}
    for block in blocks:
        exec(compile(block, "workload.md", "exec"), names)


def test_the_bounds_are_those_of_the_code() -> None:
    assert f"{foreign.MOST:,} characters" in PAGE
    assert f"{LONGEST_PROOF.seconds} seconds" in PAGE
    assert timedelta(days=1) == LONGEST
    assert f"{SKEW.seconds} seconds ahead" in PAGE
    spec = (DOCS / "spec" / "agent.md").read_text(encoding="utf-8")
    assert f"at most {MOST} (attorn writes none into an SD-JWT" in spec
    assert all(f"`{form}`" in spec for form in FORMS)
