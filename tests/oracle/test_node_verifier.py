"""The verifier in JavaScript gives the verdict of every vector but those that it says it lacks."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
VERIFIER = ROOT / "examples" / "node-verifier"
COMMAND = f"node {VERIFIER.relative_to(ROOT)}/main.mjs"


@pytest.fixture(autouse=True)
def _node() -> None:
    if shutil.which("node") is None:
        assert not os.environ.get("CI"), "Node is needed here"
        pytest.skip("there is no Node")


def _ask(*arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    command = [*COMMAND.split(), *arguments]
    return subprocess.run(command, cwd=ROOT, input=given, capture_output=True, text=True, timeout=60, check=False)


def test_every_vector() -> None:
    xfails = str((VERIFIER / "xfails.txt").relative_to(ROOT))
    run = ["attorn", "vectors", "run", "vectors/cases", "--entrypoint", COMMAND, "--batch", "--xfails", xfails]
    done = subprocess.run(
        [sys.executable, "-m", *run], cwd=ROOT, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout[-4_000:] + done.stderr


@pytest.mark.parametrize(("code", "exit_code"), [("ok", 0), ("denied", 1), ("stale_status", 2)])
def test_one_question_is_one_process(code: str, exit_code: int) -> None:
    files = sorted((ROOT / "vectors" / "cases" / "standing").glob("*.json"))
    files += sorted((ROOT / "vectors" / "cases" / "macaroon").glob("*.json"))
    case = next(case for case in (json.loads(file.read_text()) for file in files) if case["expect"]["code"] == code)
    done = _ask(case["operation"], given=json.dumps(case["input"]))
    assert done.returncode == exit_code
    assert json.loads(done.stdout)["code"] == code


@pytest.mark.parametrize("given", ["", "{", "[]", "{}", '{"wire": ""}', '{"wire": "", "wire": ""}'])
def test_what_is_no_question(given: str) -> None:
    done = _ask("verify-presentation", given=given)
    assert done.returncode == 3
    assert json.loads(done.stdout) == {"code": "invalid_input", "step": None}


def test_an_operation_that_is_not_here() -> None:
    assert _ask("verify-mandate", given="{}").returncode == 4


def test_a_line_that_is_no_question_stops_no_batch() -> None:
    lines = [
        "nothing",
        "null",
        "[]",
        '{"operation": "fly", "input": {}}',
        '{"operation": "read-key", "input": {"multibase": "z"}}',
    ]
    done = _ask("batch", given="".join(f"{line}\n" for line in lines))
    codes = [json.loads(line)["code"] for line in done.stdout.splitlines()]
    assert codes == ["invalid_input"] * 3 + ["unsupported", "malformed"]
    assert done.returncode == 0
