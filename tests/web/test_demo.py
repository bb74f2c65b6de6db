"""The demo as a newcomer runs it, and that it would notice a verdict other than told."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from attorn.demo.cast import Lost, Process
from attorn.demo.reply import Reply
from attorn.demo.tell import Teller


def children_of(needle: str) -> list[int]:
    """Processes of this machine whose command line holds `needle`."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if needle.encode() in entry.read_bytes():
                found.append(int(entry.parent.name))
        except OSError:
            continue
    return found


@pytest.fixture(scope="module")
def played() -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "attorn.demo"]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_the_demo_ends_as_told(played: subprocess.CompletedProcess[str]) -> None:
    assert played.returncode == 0, played.stdout + played.stderr
    assert not played.stderr
    lines = played.stdout.splitlines()
    assert len(lines) < 60
    assert max(map(len, lines)) <= 130
    assert "\x1b" not in played.stdout
    assert "did:key" not in played.stdout
    assert lines[-1] == "Every verdict was as told."


@pytest.mark.parametrize(
    "words",
    [
        "403 denied",
        "--- cannot_delegate",
        "401 bad_signature",
        "401 not_holder",
        "401 replayed",
        "401 wrong_request",
        "401 wrong_audience",
        "401 outside_validity",
        "link 2 (planner -> scout): Resources allows cal://alice/2026-11; the request asked for cal://alice/2026-12",
        "└─ link 2: gave to scout",
    ],
)
def test_the_demo_shows(played: subprocess.CompletedProcess[str], words: str) -> None:
    assert words in played.stdout


@pytest.mark.parametrize("missing", ["fastapi", "uvicorn", "httpx"])
def test_what_is_missing_is_said_in_one_line(missing: str) -> None:
    script = (
        "import importlib.util as u, sys\n"
        "real = u.find_spec\n"
        f"u.find_spec = lambda name: None if name == {missing!r} else real(name)\n"
        f"sys.modules[{missing!r}] = None\n"
        "from attorn.demo.__main__ import main\n"
        "sys.exit(main())\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stderr) == (2, "")
    assert done.stdout == f"The demo needs {missing}, not installed here: pip install 'attorn[demo]'\n"


DENIED = Reply(status=403, code="denied", words="no", by="2 Actions")


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (DENIED, (403, "denied", "1 Actions")),
        (DENIED, (403, "denied", "2 Resources")),
        (DENIED, (403, "denied", "")),
        (DENIED, (401, "denied", "2 Actions")),
        (DENIED, (403, "replayed", "2 Actions")),
        (Reply(status=200), (401, "replayed", "")),
        (Reply(code="replayed"), (401, "replayed", "")),
    ],
)
def test_another_refusal_than_told_is_a_failure(reply: Reply, expected: tuple[int, str, str]) -> None:
    written: list[str] = []
    teller = Teller(written.append, False, {})
    teller.refused("x", reply, *expected)
    assert teller.failures == ["x"]
    assert "NOT AS TOLD" in "".join(written)


def test_an_allowed_or_stopped_step_must_be_just_that() -> None:
    teller = Teller(lambda text: None, True, {"did:key:z": "bob"})
    teller.allowed("a", Reply(status=200, words="other"), "dentist")
    teller.allowed("b", DENIED, "no")
    teller.stopped("c", Reply(status=403, code="cannot_delegate", words="wider"), "wider")
    teller.stopped("d", Reply(token="t"), "")
    teller.stopped("e", Reply(code="cannot_delegate", words="other"), "wider")
    assert teller.failures == ["a", "b", "c", "d", "e"]
    teller.stopped("f", Reply(code="cannot_delegate", words="did:key:z does not hold"), "bob does not")
    teller.allowed("g", Reply(status=200, words="a dentist"), "dentist")
    teller.refused("h", DENIED, 403, "denied", "2 Actions")
    assert len(teller.failures) == 5


@pytest.mark.parametrize("text", ["\x1b[2J", "a\nb", "\u202egnp", "\x9b1m"])
def test_words_cannot_move_the_cursor(text: str) -> None:
    written: list[str] = []
    Teller(written.append, False, {}).refused("x", Reply(status=403, code=text, words=text), 403, text)
    assert all(line.rstrip("\n").isprintable() for line in written)


def test_a_process_that_ends_is_noticed_and_cleaned_up() -> None:
    process = Process("nobody", "attorn.demo.nothing_of_this_name")
    with pytest.raises(Lost):
        process.hear()
    process.end()


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks for processes in /proc")
def test_nothing_outlives_a_demo_that_is_killed() -> None:
    marker = f"attorn-demo-{os.getpid()}"
    script = (
        "import sys, time\n"
        "from attorn.demo.cast import Process\n"
        f"kept = [Process('a', 'attorn.demo.agent', {marker!r}),"
        f" Process('s', 'attorn.demo.server', 'did:key:{marker}')]\n"
        "print('up', flush=True)\n"
        "time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert parent.stdout is not None
    assert parent.stdout.readline() == b"up\n"
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    until = time.monotonic() + 10
    while children_of(marker) and time.monotonic() < until:
        time.sleep(0.1)
    assert not children_of(marker)
