"""didkit 0.3.3 (archived), which knows VC 1.1 only and signs with Ed25519Signature2018 over RDF.

It runs in a process of its own, since it can abort when an interpreter that used it ends. That process times each batch
itself, so the pipe is in no figure. Each call is awaited in turn, as a service does that handles one request.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from typing import IO


@dataclass(frozen=True, slots=True)
class Didkit:
    """A process that signs and verifies the credential of the scenario."""

    asked: IO[str]
    answers: IO[str]

    def time(self, work: str, count: int) -> float:
        """Microseconds for one `sign` or `verify` of `count`, by the clock of that process."""
        self.asked.write(f"{work} {count}\n")
        self.asked.flush()
        return float(self.answers.readline())


def missing() -> str | None:
    """Why didkit is not measured, or None if it is here."""
    if find_spec("didkit") is not None:
        return None
    return "didkit is not installed: it has no build for Python 3.13 and later"


@contextmanager
def running() -> Iterator[Didkit]:
    """didkit, which has signed, verified and refused a changed credential already. Raises `RuntimeError` otherwise."""
    command = [sys.executable, "-m", "tests.benchmarks.didkit_process"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            if process.stdout.readline() != "ready\n":
                raise RuntimeError("didkit did not verify what it signed, or verified something else")
            yield Didkit(process.stdin, process.stdout)
        finally:
            process.stdin.close()
            process.wait(30)
