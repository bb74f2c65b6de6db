"""Interleaved timing: every side takes its turn in every round, so that a drifting machine drifts for all of them."""

from __future__ import annotations

import gc
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any


@dataclass(frozen=True, slots=True)
class Case:
    """One thing to time. `supply(n)` makes n fresh inputs outside the clock; `work` is timed once for each of them.

    `clock` counts seconds: on the clock, or for work that waits for nothing those that this process computed.
    """

    name: str
    supply: Callable[[int], Sequence[Any]]
    work: Callable[[Any], object]
    batch: int = 40
    clock: Callable[[], float] = perf_counter

    def run(self) -> float:
        """Microseconds for one of a batch."""
        items = self.supply(self.batch)
        work, clock = self.work, self.clock
        gc.collect()
        start = clock()
        for item in items:
            work(item)
        return (clock() - start) / len(items) * 1e6


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A thing that another process does and times: `time(n)` gives microseconds for one of n."""

    name: str
    time: Callable[[int], float]
    batch: int

    def run(self) -> float:
        return self.time(self.batch)


@dataclass(frozen=True, slots=True)
class Timing:
    """Microseconds for one unit of work, one entry per round, in the order of the rounds."""

    rounds: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.rounds)

    def over(self, other: Timing) -> float:
        """The median of the per-round ratios: both sides of each ratio saw the machine in the same mood."""
        return statistics.median(a / b for a, b in zip(self.rounds, other.rounds, strict=True))

    def record(self) -> dict[str, object]:
        return {
            "median_us": round(self.median, 2),
            "least_us": round(min(self.rounds), 2),
            "most_us": round(max(self.rounds), 2),
            "rounds": len(self.rounds),
        }


def repeated(item: object) -> Callable[[int], Sequence[Any]]:
    """A supply of the same input again and again, for work that may be repeated."""
    return lambda count: [item] * count


def each(make: Callable[[], object]) -> Callable[[int], Sequence[Any]]:
    """A supply of inputs that are made anew, for work that consumes them."""
    return lambda count: [make() for _ in range(count)]


def interleaved(cases: Sequence[Case | Elsewhere], rounds: int) -> dict[str, Timing]:
    """Time every case once per round, the order rotated by one each round, after one round that is thrown away.

    The garbage collector stays on, as it is for a user; it starts each batch with nothing to collect.
    """
    taken: dict[str, list[float]] = {case.name: [] for case in cases}
    if len(taken) != len(cases):
        raise ValueError("two cases share a name")
    for number in range(rounds + 1):
        turn = number % len(cases)
        for case in (*cases[turn:], *cases[:turn]):
            microseconds = case.run()
            if number:
                taken[case.name].append(microseconds)
    return {name: Timing(tuple(values)) for name, values in taken.items()}


def slope(points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """The least-squares slope through (x, y) points, and the largest deviation from that line relative to y."""
    fit = statistics.linear_regression([x for x, _ in points], [y for _, y in points])
    worst = max(abs(y - (fit.slope * x + fit.intercept)) / y for x, y in points)
    return fit.slope, worst
