"""The page about FastAPI runs, and so does its example, on real sockets."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.web.test_examples import told

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "adapters" / "fastapi.md").read_text(encoding="utf-8")
EXAMPLE = ROOT / "examples" / "fastapi_server"


def test_the_block_runs() -> None:
    (block,) = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    exec(compile(block, "fastapi.md", "exec"), {})


def test_the_example(tmp_path: Path) -> None:
    # attacks 80, 83, 84, 67 and 71, each by a call
    rows = re.findall(r"^([a-z ]+): +(.+)$", told(EXAMPLE / "main.py", tmp_path), re.MULTILINE)
    said = dict(rows)
    assert list(said) == [
        "permitted", "too much", "another audience", "sent again", "signed again", "without a chain", "chain alone",
        "changed", "revoked", "spans",
    ]  # fmt: skip
    assert "amount = 80" in said["too much"]
    assert said["spans"] == "{'allowed': 1, 'denied': 1, 'invalid': 3}"
    assert "Attorn " not in said["revoked"]


@pytest.mark.parametrize("path", sorted(EXAMPLE.glob("*.py")), ids=lambda path: path.stem)
def test_each_file_is_short(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 80
