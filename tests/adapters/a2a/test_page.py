"""The page says what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from attorn.a2a import EXTENSION
from attorn.a2a.binding import MOST_REQUEST, MOST_TEXT
from attorn.a2a.canonical import MOST_CARD
from attorn.a2a.card import MOST_SIGNATURES
from attorn.a2a.carrying import HEADER

PAGE = (Path(__file__).parents[3] / "docs" / "adapters" / "a2a.md").read_text(encoding="utf-8")


def test_python_blocks_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    blocks = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert len(blocks) == 2
    for block in blocks:
        exec(compile(block, "a2a.md", "exec"), names)


def test_names_and_bounds() -> None:
    assert f"`{EXTENSION}`" in PAGE
    assert f"`{HEADER}`" in PAGE
    assert f"{MOST_CARD:,}" in PAGE
    assert f"{MOST_TEXT:,} code points" in PAGE
    assert f"at most {MOST_SIGNATURES} signatures" in PAGE
    assert MOST_REQUEST == 1 << 20
    assert "1 MiB" in PAGE
