"""How many charges, and how many whole requests, each store does in a second; side by side, on a real disk."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from tests.figures.places import Place, close
from tests.figures.scene import NOW, REQUEST, Family, judge

from attorn.store import Charge, Charged

DONE = Charged()


@dataclass(frozen=True, slots=True)
class Rate:
    """Per second, by one thread and by several."""

    charges: float
    charges_by_threads: float
    requests: float
    requests_by_threads: float


def _rate(step: Callable[[int], bool], *, threads: int, seconds: float, most: int) -> float:
    """How often `step` is done in a second, by all threads together. No number is given to it twice."""
    start, over, done = threading.Barrier(threads + 1), time.monotonic() + 3600, [0] * threads

    def work(number: int) -> None:
        start.wait()
        for turn in range(number, most, threads):
            if time.monotonic() > over:
                return
            if not step(turn):
                raise RuntimeError("refused while it was measured")
            done[number] += 1

    workers = [threading.Thread(target=work, args=(number,)) for number in range(threads)]
    for worker in workers:
        worker.start()
    start.wait()
    begun = time.monotonic()
    over = begun + seconds
    for worker in workers:
        worker.join()
    return sum(done) / (time.monotonic() - begun)


def measure(place: Place, *, threads: int, seconds: float, wires: list[str]) -> Rate:
    """`wires` are presentations that this store has not seen; half of them for one thread, half for several."""
    store = place.open()

    def charge(turn: int) -> bool:
        return store.charge([Charge("root", 10**12, 1), Charge(f"child {turn % 10}", 10**12, 1)], now=NOW) == DONE

    verifier = judge(store)
    half = len(wires) // 2

    def request(turn: int) -> bool:
        return verifier.authorize(wires[turn], REQUEST).decision.allowed

    found = Rate(
        charges=_rate(charge, threads=1, seconds=seconds, most=10**9),
        charges_by_threads=_rate(charge, threads=threads, seconds=seconds, most=10**9),
        requests=_rate(request, threads=1, seconds=seconds, most=half),
        requests_by_threads=_rate(lambda turn: request(half + turn), threads=threads, seconds=seconds, most=half),
    )
    close(store)
    return found


def presentations(count: int) -> list[str]:
    return Family(10**12).presentations(count)
