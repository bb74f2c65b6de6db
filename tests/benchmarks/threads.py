"""Throughput of two threads over one: does verification leave the other core free?"""

from __future__ import annotations

import statistics
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from tests.benchmarks.measure import Case


@dataclass(frozen=True, slots=True)
class Scaling:
    """Operations per second with one thread and with two, one entry per round."""

    one: tuple[float, ...]
    two: tuple[float, ...]

    @property
    def ratio(self) -> float:
        return statistics.median(b / a for a, b in zip(self.one, self.two, strict=True))

    def record(self) -> dict[str, object]:
        return {
            "one_thread_per_second": round(statistics.median(self.one)),
            "two_threads_per_second": round(statistics.median(self.two)),
            "two_over_one": round(self.ratio, 3),
            "rounds": len(self.one),
        }


def scaling(cases: Sequence[Case], rounds: int) -> dict[str, Scaling]:
    """Each case in every round with one thread and with two, each thread doing `batch` pieces of work of its own.

    All threads share whatever the case shares (one verifier, one store), as they would in a server.
    """
    taken: dict[str, tuple[list[float], list[float]]] = {case.name: ([], []) for case in cases}
    for number in range(rounds + 1):
        for case in cases:
            for index, count in enumerate((1, 2)):
                rate = _rate(case, count)
                if number:
                    taken[case.name][index].append(rate)
    return {name: Scaling(tuple(one), tuple(two)) for name, (one, two) in taken.items()}


def _rate(case: Case, count: int) -> float:
    shares = [case.supply(case.batch) for _ in range(count)]
    start_line = threading.Barrier(count + 1)

    def run(items: Sequence[Any]) -> None:
        start_line.wait()
        for item in items:
            case.work(item)

    with ThreadPoolExecutor(count) as pool:
        running = [pool.submit(run, share) for share in shares]
        start_line.wait()
        start = perf_counter()
        for future in running:
            future.result()  # raises what the thread raised: missing work would look like speed
        seconds = perf_counter() - start
    return count * case.batch / seconds
