"""Weighing hostile tokens: how long until the decision, and how much more memory meanwhile."""

from __future__ import annotations

import faulthandler
import gc
import statistics
import tracemalloc
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter

from tests.benchmarks.hostile import Specimen

from attorn import Request, Verifier
from attorn.errors import AttornError

ESCAPED = "ESCAPED: "
"""What precedes the name of an error that should never have left the verifier."""
_PATIENCE_SECONDS = 120
_CLEAR = Path("/proc/self/clear_refs")
_STATUS = Path("/proc/self/status")


@dataclass(frozen=True, slots=True)
class Weight:
    """What one specimen cost. `outcome` is the code of the refusal, `allowed`, or `ESCAPED` and an error's name."""

    sort: str
    name: str
    text_bytes: int
    outcome: str
    median_ms: float
    most_ms: float
    python_mib: float
    """Peak of Python's own allocations above the start."""
    resident_mib: float | None
    """Growth of the peak resident size, native memory included; None where the system does not tell."""

    @property
    def memory_mib(self) -> float:
        return max(self.python_mib, self.resident_mib or 0.0)

    def record(self) -> dict[str, object]:
        return {name: round(value, 3) if isinstance(value, float) else value for name, value in asdict(self).items()}


def weigh(
    specimens: Sequence[Specimen],
    make_verifier: Callable[[], Verifier],
    make_request: Callable[[], Request],
    rounds: int,
) -> list[Weight]:
    """Every specimen `rounds` times with the clock and once with the scales, each time against a new verifier.

    A specimen that takes minutes ends the process with a traceback: even native code that never returns is noticed.
    """
    weights = []
    for specimen in specimens:
        faulthandler.dump_traceback_later(_PATIENCE_SECONDS, exit=True)
        try:
            weights.append(_weigh(specimen, make_verifier, make_request, rounds))
        finally:
            faulthandler.cancel_dump_traceback_later()
    return weights


def _weigh(
    specimen: Specimen, make_verifier: Callable[[], Verifier], make_request: Callable[[], Request], rounds: int
) -> Weight:
    times, outcome = [], ""
    for _ in range(rounds):
        checker, request = make_verifier(), specimen.request or make_request()
        gc.collect()
        start = perf_counter()
        outcome = _decide(checker, specimen.text, request)
        times.append((perf_counter() - start) * 1e3)
    checker, request = make_verifier(), specimen.request or make_request()
    gc.collect()
    resident_before = _restart_peak()
    _decide(checker, specimen.text, request)
    resident = None if resident_before is None else max(0.0, (_status("VmHWM") - resident_before) / 1024)
    checker = make_verifier()
    gc.collect()
    tracemalloc.start()
    try:
        _decide(checker, specimen.text, request)
        peak = tracemalloc.get_traced_memory()[1] / 1024 / 1024
    finally:
        tracemalloc.stop()
    return Weight(
        specimen.sort, specimen.name, len(specimen.text), outcome, statistics.median(times), max(times), peak, resident
    )


def _decide(checker: Verifier, text: str, request: Request) -> str:
    try:
        checker.authorize(text, request)
    except AttornError as refusal:
        return refusal.code
    except BaseException as escape:  # native panics are no `Exception`
        if isinstance(escape, KeyboardInterrupt | SystemExit):
            raise
        return ESCAPED + type(escape).__name__
    return "allowed"


def _restart_peak() -> int | None:
    """Set the peak resident size to the present one and return it in KiB; None where that is not possible."""
    try:
        _CLEAR.write_text("5", encoding="ascii")
        return _status("VmRSS")
    except OSError:
        return None


def _status(name: str) -> int:
    for line in _STATUS.read_text(encoding="ascii").splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1])
    raise OSError(f"{name} is not in {_STATUS}")
