"""The page about evidence says what the code does: its example runs, its members, points and bounds are the code's."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from tests.unit.evidence_scene import WHOLE

from attorn.evidence import Point
from attorn.evidence.evidence import FORMAT, MOST_BYTES, MOST_FILES

PAGE = (Path(__file__).parents[2] / "docs" / "spec" / "evidence.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def rows(title: str) -> list[str]:
    section = PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]
    return re.findall(r"^\| `([a-z_]+)` \|", section, re.MULTILINE)


def test_the_example_runs() -> None:
    assert len(BLOCKS) == 1
    exec(compile(BLOCKS[0], "evidence.md", "exec"), {})


def test_every_point_is_in_its_table() -> None:
    assert rows("What is found") == [str(point) for point in Point]


def test_every_member_is_in_its_table() -> None:
    members = set(json.loads(WHOLE.encode())) | {"checkout_jwt", "files"}
    assert set(rows("The file")) == members


@pytest.mark.parametrize("words", [f"`{FORMAT}`", f"at most {MOST_BYTES:,} bytes", f"at most {MOST_FILES} documents"])
def test_its_bounds_are_the_codes(words: str) -> None:
    assert words in PAGE
