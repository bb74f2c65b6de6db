"""The page about status lists says what the code does: its examples run, its bounds are the code's."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from attorn import status
from attorn.jose.jws import MOST_HEADER
from attorn.status import aggregation, bits, entry, status_list, token_list

PAGE = (Path(__file__).parents[2] / "docs" / "spec" / "status.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def test_the_examples_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    assert len(BLOCKS) == 5
    for block in BLOCKS:
        exec(compile(block, "status.md", "exec"), names)


@pytest.mark.parametrize(
    "number",
    [status_list.MOST_CHARACTERS, MOST_HEADER, entry.FEWEST, aggregation.MOST_BYTES, aggregation.MOST],
    ids=["characters", "header", "entries", "aggregation", "aggregated"],
)
def test_the_bounds_are_those_of_the_code(number: int) -> None:
    assert f"{number:,}" in PAGE


def test_the_bounds_in_other_units() -> None:
    assert bits.MOST_BYTES == 16 << 20
    assert "16 MiB" in PAGE
    assert token_list.WIDTHS == (1, 2, 4, 8)
    assert set(re.findall(r"`(revocation|suspension|refresh|message)`", PAGE)) == {
        str(kind) for kind in status.ListKind if kind is not status.ListKind.TOKEN
    }


def test_the_examples_use_every_verb() -> None:
    text = "\n".join(BLOCKS)
    verbs = {
        "BitstringEntry",
        "ListKind",
        "Publisher",
        "aggregated",
        "check",
        "look_up",
        "refresh",
        "verify",
        "INVALID",
    }
    assert [name for name in verbs if f"status.{name}" not in text] == []
