"""`examples/a2a_agents` runs as a reader would run it, and each thing comes out as it says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import attorn

FOLDER = Path(__file__).parents[3] / "examples" / "a2a_agents"
VERDICTS = {
    "read": "read Monday, for alice -> assistant",
    "through the planner": "read Monday, for alice -> assistant -> planner",
    "more than it was handed": "refused: denied",
    "approved was another day": "refused: invalid_input",
    "another agent's task": "refused: unknown_task",
    "approved": "book Monday, for alice -> assistant",
    "no chain": "refused: no_presentation",
    "seen on the wire": "read Monday, for alice -> assistant",
    "sent again": "refused: replayed",
    "changed on the way": "refused: invalid_input",
    "more said on the way": "refused: wrong_request",
    "for another agent": "refused: wrong_audience",
    "a card that was altered": "refused: bad_signature",
    "a card of somebody else": "refused: bad_signature",
}


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.py")), ids=lambda path: path.stem)
def test_each_file_is_short(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 80


def test_the_agents(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-B", str(FOLDER / "main.py")],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(attorn.__file__).parents[1])},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert not done.stderr
    assert not list(tmp_path.iterdir())
    rows = dict(re.findall(r"^(.+?): +(.+)$", done.stdout, re.MULTILINE))
    asked = rows.pop("alice is asked")
    assert asked.startswith('a2a:SendMessage on agent://calendar; day = "Monday"; do = "book"; code ')
    assert rows == VERDICTS
