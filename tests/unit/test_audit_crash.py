"""kill -9 while a log is appended to: every receipt that was acknowledged is there, and at most one more."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.unit.audit_scene import KINDS, SERVICE, open_log

from attorn.audit import verify

ROOT = Path(__file__).parents[2]
RUNS = 10
LONG = 100

# A process of its own that forks: what is killed has nothing to import first, and the log is opened anew every time.
DRIVER = """
import os, random, signal, sys, time
sys.path.insert(0, {root!r})
from tests.unit.audit_scene import KINDS, SERVICE, draft
from attorn.audit import Recorder, verify
from attorn.errors import UnavailableError

kind, path, runs = sys.argv[1], sys.argv[2], int(sys.argv[3])
drawn = random.Random(kind)
there = acknowledged = more = 0
for run in range(runs):
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        recorder = Recorder(KINDS[kind](path, timeout=60), by=SERVICE)
        while True:
            os.write(writing, b"%d " % recorder.record(draft()).sequence)
    os.close(writing)
    # Every other run is killed perhaps before its first receipt, the rest behind it.
    told = os.read(reading, 65536) if run % 2 else b""
    time.sleep(drawn.uniform(0, 0.03))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    while rest := os.read(reading, 65536):
        told += rest
    os.close(reading)
    numbers = [int(number) for number in told.split()]
    assert numbers == list(range(there + 1, there + 1 + len(numbers))), (there, numbers)
    last = there + len(numbers)
    try:
        there = verify(KINDS[kind](path), by=[SERVICE.did]).count if os.path.exists(path) else 0
    except UnavailableError:
        # Killed while SQLite made the file: whoever appends next undoes what was begun, and who only reads may not.
        assert kind == "sqlite" and last == 0, (kind, last)
        there = 0
    assert last <= there <= last + 1, (last, there)
    acknowledged += len(numbers)
    more += there - last
print(acknowledged, more)
"""


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("runs", [RUNS, pytest.param(LONG, marks=pytest.mark.long)])
def test_killed_at_any_moment(kind: str, runs: int, tmp_path: Path) -> None:
    command = [sys.executable, "-c", DRIVER.format(root=str(ROOT)), kind, str(tmp_path / "log"), str(runs)]
    around = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(command, env=around, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr
    acknowledged, more = map(int, done.stdout.split())
    assert acknowledged >= runs // 2
    assert more <= runs
    assert verify(open_log(kind, tmp_path), by=[SERVICE.did]).count == acknowledged + more
