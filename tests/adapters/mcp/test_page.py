"""The page and the public names."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from attorn.mcp.call import LISTINGS

PAGE = (Path(__file__).parents[3] / "docs" / "adapters" / "mcp.md").read_text(encoding="utf-8")


def test_python_blocks_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    blocks = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert len(blocks) == 4
    for block in blocks:
        exec(compile(block, "mcp.md", "exec"), names)


def test_the_page_names_what_needs_no_authority() -> None:
    assert all(f"`{method}`" in PAGE for method in LISTINGS)
