"""kill -9 in the middle of charging, again and again: is any acknowledged charge lost, is any made twice."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field

from tests.figures.places import AnyStore, Place, close, opened
from tests.figures.scene import NOW

from attorn.errors import UnavailableError
from attorn.store import Charge, Charged, Retry

THREADS = 8


@dataclass(frozen=True, slots=True)
class History:
    """What the caller knows of one run: charges confirmed, and charges that ended in an error."""

    run: int
    confirmed: set[str] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Findings:
    """Sums over all runs."""

    runs: int = 0
    confirmed: int = 0
    in_flight: int = 0
    lost: int = 0
    twice: int = 0
    by_halves: int = 0
    """Charges of which one account was charged and the other was not, by the difference of the sums."""

    def __add__(self, other: Findings) -> Findings:
        return Findings(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))

    @property
    def clean(self) -> bool:
        return self.lost == self.twice == self.by_halves == 0


def _charge(store: AnyStore, run: int, each: str) -> Charged:
    """One charge: to an account of its own, and to one that all of a run share; with a key, to be retried by."""
    charges = [Charge(f"run {run}", 10**9, 1), Charge(f"run {run}/{each}", 10**9, 1)]
    return store.charge(charges, now=NOW, retry=Retry(f"{run}/{each}".encode().ljust(32)[:32], NOW + 3600))


def _charging(store: AnyStore, history: History, name: str) -> None:
    for number in range(100_000):
        each = f"{name}.{number}"
        try:
            _charge(store, history.run, each)
        except UnavailableError:
            history.unknown.add(each)
            return
        history.confirmed.add(each)


def judged(store: AnyStore, history: History) -> Findings:
    """Hold what the store counts against what the caller knows; then try again what ended in an error."""
    everything = sorted(history.confirmed | history.unknown)
    names = {each: f"run {history.run}/{each}" for each in everything}
    total = f"run {history.run}"
    used = store.used([total, *names.values()])
    count = {each: used.get(name, 0) for each, name in names.items()}
    halves = abs(used.get(total, 0) - sum(count.values()))
    lost = sum(count[each] == 0 for each in history.confirmed)
    twice = sum(number > 1 for number in count.values())
    for each in history.unknown:
        _charge(store, history.run, each)
    used = store.used([total, *names.values()])
    twice += sum(used.get(name, 0) > 1 for name in names.values())
    lost += sum(used.get(name, 0) == 0 for name in names.values())
    halves += abs(used.get(total, 0) - len(everything))
    return Findings(1, len(history.confirmed), len(history.unknown), lost, twice, halves)


def of_server(place: Place, runs: int) -> Findings:
    """Kill the server while threads charge; start it again; judge."""
    assert place.server is not None
    drawn, found, store = random.Random(1), Findings(), place.open(timeout=10)
    for run in range(runs):
        history = History(run)
        threads = [threading.Thread(target=_charging, args=(store, history, f"{n}")) for n in range(THREADS)]
        for thread in threads:
            thread.start()
        time.sleep(drawn.uniform(0.01, 0.15))
        place.server.kill()
        for thread in threads:
            thread.join()
        place.server.start()
        found += judged(store, history)
    close(store)
    return found


def of_process(place: Place, runs: int) -> Findings:
    """Kill the process that charges; judge with another."""
    drawn, found, store = random.Random(1), Findings(), place.open()
    for run in range(runs):
        history = History(run)
        command = [sys.executable, "-m", "tests.figures.crashes", place.kind, place.address, str(run)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as worker:
            assert worker.stdout is not None
            worker.stdout.readline()
            threading.Timer(drawn.uniform(0.01, 0.15), worker.kill).start()
            for line in worker.stdout:
                word, each = line.split() if line.count(" ") == 1 and line.endswith("\n") else ("", "")
                if word == "begin":
                    history.unknown.add(each)
                elif word == "done":
                    history.unknown.discard(each)
                    history.confirmed.add(each)
        found += judged(store, history)
    close(store)
    return found


def _work(kind: str, address: str, run: int) -> None:
    store = opened(kind, address, 60.0)
    os.write(1, b"ready\n")

    def work(name: int) -> None:
        for number in range(100_000):
            os.write(1, f"begin {name}.{number}\n".encode())
            _charge(store, run, f"{name}.{number}")
            os.write(1, f"done {name}.{number}\n".encode())

    for name in range(2):
        threading.Thread(target=work, args=(name,)).start()


if __name__ == "__main__":
    _work(sys.argv[1], sys.argv[2], int(sys.argv[3]))
