"""The page and the public names."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import attorn
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


@pytest.mark.parametrize(("missing", "module"), [("mcp", "attorn.mcp"), ("fastmcp", "attorn.mcp.fast")])
def test_without_the_extra_it_says_what_to_install(missing: str, module: str) -> None:
    code = f"import sys; sys.modules[{missing!r}] = None; import {module}"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(Path(attorn.__file__).parents[1])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert f"pip install 'attorn[{missing}]'" in done.stderr.splitlines()[-1]
