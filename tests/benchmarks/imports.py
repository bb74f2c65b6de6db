"""Import time over bare Python: whole interpreters, started one after the other, the sides taking turns."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

STATEMENTS = {
    "bare": "pass",
    "attorn": "import attorn",
    "attorn, used names": "from attorn import Identity, Request, Verifier, caveat, VerificationError, Denied",
    "tenuo": "import tenuo",
    "biscuit_auth": "import biscuit_auth",
    "nacl.bindings": "import nacl.bindings",
    "cryptography P-256": "from cryptography.hazmat.primitives.asymmetric import ec",
}


def import_times(search: Sequence[Path], rounds: int) -> dict[str, float]:
    """Median milliseconds of each statement over a bare interpreter; byte code is compiled before the first round."""
    taken: dict[str, list[float]] = {name: [] for name in STATEMENTS}
    for number in range(rounds + 1):
        for name, statement in STATEMENTS.items():
            milliseconds = _run(statement, search)
            if number:
                taken[name].append(milliseconds)
    over = {name: [a - b for a, b in zip(values, taken["bare"], strict=True)] for name, values in taken.items()}
    return {name: statistics.median(values) for name, values in over.items() if name != "bare"} | {
        "bare": statistics.median(taken["bare"])
    }


def _run(statement: str, search: Sequence[Path]) -> float:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPATH"] = os.pathsep.join(str(path) for path in search)
    start = perf_counter()
    subprocess.run([sys.executable, "-c", statement], check=True, env=environment)
    return (perf_counter() - start) * 1e3
