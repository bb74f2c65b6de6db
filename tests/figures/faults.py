"""A verifier whose store cannot answer: how many requests it allows (none), and how long it takes to say so."""

from __future__ import annotations

import random
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.figures.places import AnyStore, Place, close
from tests.figures.scene import REQUEST, Family, judge
from tests.servers.proxy import Fault, Proxy

from attorn.errors import AttornError
from attorn.store import SQLiteStore

TIMEOUT = 0.4
FAULTS = tuple(fault for fault in Fault if fault is not Fault.NONE)


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of the attempts while a store could not answer, and of the first few after."""

    fault: str
    during: Counter[str]
    slowest: float
    after: Counter[str]

    @property
    def closed(self) -> bool:
        """Nothing was allowed while it lasted, everything said so, and it passed."""
        return set(self.during) == {"unavailable"} and self.after["allowed"] > 0


def _attempts(store: AnyStore, wires: list[str], workers: int) -> tuple[Counter[str], float]:
    found, slowest = list[str](), list[float]()

    def work(number: int) -> None:
        verifier = judge(store)
        for wire in wires[number::workers]:
            begun = time.monotonic()
            try:
                found.append("allowed" if verifier.authorize(wire, REQUEST).decision.allowed else "?")
            except AttornError as error:
                found.append(error.code)
            slowest.append(time.monotonic() - begun)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Counter(found), max(slowest)


def by_proxy(place: Place, *, attempts: int, workers: int = 4) -> list[Trial]:
    """Every fault in turn, between the verifier and its server; and the server stopped, as if it hung."""
    assert place.server is not None
    trials = []
    with Proxy(place.server.port, delay=TIMEOUT * 3) as proxy:
        store = place.open(timeout=TIMEOUT, address=place.through(proxy.port))
        for fault in FAULTS:
            wires = Family(10**6).presentations(attempts + 12)
            assert _attempts(store, wires[:4], workers)[0]["allowed"] > 0
            proxy.fault = fault
            if fault is Fault.REFUSE:
                proxy.cut()
            during, slowest = _attempts(store, wires[12:], workers)
            proxy.fault = Fault.NONE
            proxy.cut()
            trials.append(Trial(fault, during, slowest, _attempts(store, wires[4:12], 1)[0]))
        close(store)
    return trials


@contextmanager
def _locked(store: SQLiteStore, path: Path) -> Iterator[None]:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@contextmanager
def _read_only(store: SQLiteStore, path: Path) -> Iterator[None]:
    store._connection.execute("PRAGMA query_only=1")
    yield
    store._connection.execute("PRAGMA query_only=0")


@contextmanager
def _full(store: SQLiteStore, path: Path) -> Iterator[None]:
    """No page can be added; what is left on the last pages is used up first."""
    (pages,) = store._connection.execute("PRAGMA page_count").fetchone()
    store._connection.execute(f"PRAGMA max_page_count={pages}")
    number = 0
    for size in (400, 40, 4):
        while True:
            number += 1
            try:
                store._connection.execute("INSERT INTO presentation VALUES (?, 2000000000)", (b"%d" % number * size,))
            except sqlite3.OperationalError:
                break
    yield
    store._connection.execute(f"PRAGMA max_page_count={pages * 100}")


def in_file(place: Place, *, attempts: int, workers: int = 4) -> list[Trial]:
    """What can happen to a file: another process holds it, it may only be read, the disk is full."""
    states: dict[str, Callable[[SQLiteStore, Path], object]] = {
        "locked": _locked,
        "read-only": _read_only,
        "full": _full,
    }
    trials = []
    for name, state in states.items():
        store = place.open(timeout=TIMEOUT)
        assert isinstance(store, SQLiteStore)
        wires = Family(10**6).presentations(attempts + 8)
        with state(store, Path(place.address)):  # type: ignore[attr-defined]
            during, slowest = _attempts(store, wires[8:], workers)
        trials.append(Trial(name, during, slowest, _attempts(store, wires[:8], 1)[0]))
        close(store)
    return trials


@dataclass(frozen=True, slots=True)
class Storm:
    """Faults that come and go while requests do: what was allowed, and what was counted."""

    limit: int
    attempts: int
    outcomes: Counter[str]
    counted: int

    @property
    def holds(self) -> bool:
        """What was allowed was counted, and no more was than the limit."""
        return self.outcomes["allowed"] <= self.counted <= self.limit


def storm(place: Place, *, attempts: int, limit: int, workers: int = 8) -> Storm:
    """Faults of every kind at random moments, some in the middle of a charge."""
    assert place.server is not None
    drawn, over = random.Random(3), threading.Event()
    family = Family(limit)
    wires = family.presentations(attempts)
    with Proxy(place.server.port, delay=TIMEOUT * 3) as proxy:
        store = place.open(timeout=TIMEOUT, address=place.through(proxy.port))

        def rage() -> None:
            while not over.is_set():
                proxy.fault = drawn.choice((*FAULTS, *[Fault.NONE] * 7))
                time.sleep(drawn.uniform(0.005, 0.1))
                if proxy.fault is not Fault.NONE:
                    proxy.fault = Fault.NONE
                    proxy.cut()

        raging = threading.Thread(target=rage)
        raging.start()
        found, _ = _attempts(store, wires, workers)
        over.set()
        raging.join()
        close(store)
    store = place.open()
    counted = family.counted(store)
    close(store)
    return Storm(limit, attempts, found, counted)
