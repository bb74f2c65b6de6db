"""Every example runs as a reader would run it, and checks itself."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import attorn

FOLDER = Path(__file__).parents[2] / "examples"
EXAMPLES = sorted(FOLDER.glob("*.py"))
SHOPPING = sorted((FOLDER / "shopping").glob("*.py"))
VERDICTS = {
    "human present": "bought",
    "human not present": "bought",
    "over budget": "over_budget",
    "through a sub-agent": "bought",
    "changed cart": "broken_chain",
    "changed amount": "wrong_total",
    "another payee": "wrong_payee",
    "replay": "replayed",
    "beyond the sub-agent": "amount_too_high",
    "widened by the sub-agent": "broken_chain",
    "expired": "outside_validity",
    "revoked": "revoked",
}


def test_there_are_examples() -> None:
    assert {path.name for path in EXAMPLES} >= {"channel.py", "p2p_delegation.py", "resource_server.py"}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_example(path: Path, tmp_path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 80
    assert told(path, tmp_path)


@pytest.mark.parametrize("path", SHOPPING, ids=lambda path: path.stem)
def test_each_process_of_the_shopping_is_short(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 80


def test_shopping(tmp_path: Path) -> None:
    # attacks 110 to 118
    rows = re.findall(r"^(.+): +(\w+), (.+)$", told(FOLDER / "shopping" / "run.py", tmp_path), re.MULTILINE)
    assert {title: verdict for title, verdict, _ in rows} == VERDICTS
    receipts = [more for _, verdict, more in rows if verdict == "bought"]
    assert receipts == ["with receipts of teashop and provider"] * 3


MCP_SERVER = """\
http, permitted: Sales are up.
http, denied argument: 403 denied
http, used once: 200
http, replay: 401 Bearer error="invalid_token", error_description="replayed", resource_metadata="..."
http, missing chain: 401 Bearer resource_metadata="..."
stdio, permitted: Sales are up.
stdio, replay: 401 replayed
stdio, denied argument: 403 denied
stdio, missing chain: 401 no_presentation
"""


def test_mcp_server(tmp_path: Path) -> None:
    # attacks 67, 80 and 85
    folder = FOLDER / "mcp_server"
    assert all(len(path.read_text().splitlines()) <= 80 for path in folder.glob("*.py"))
    out = re.sub(r" \(for \w{6}, asked by \w{6}\)", "", told(folder / "main.py", tmp_path))
    assert re.sub(r"http://127[^\"]+", "...", out) == MCP_SERVER


def told(path: Path, folder: Path) -> str:
    """What a program prints that ends well, complains of nothing and leaves nothing behind."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-B", str(path)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(Path(attorn.__file__).parents[1])},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert not done.stderr
    assert not list(folder.iterdir())
    return done.stdout
