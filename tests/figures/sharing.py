"""64 workers, one limit of 100 on a link that ten sub-agents share, 1,280 attempts: how many are allowed."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.figures.places import AnyStore, Place, close, opened
from tests.figures.scene import REQUEST, Family, judge

from attorn.canonical import MOST_INTEGER
from attorn.errors import AttornError
from attorn.statement import Kind, Statement
from attorn.store import Charge, Charged, Retry, Store

LIMIT = 100
WORKERS = 64
ATTEMPTS = 1280
GAP = 0.005
"""Seconds between the reading and the writing of the naive store, as a busy network or machine puts there."""


class NaiveStore:
    """What no store may do: read what was used, look whether there is room, then write. It has to be noticed."""

    def __init__(self, store: AnyStore) -> None:
        self._store = store

    def remember(self, presentation: bytes, *, expires: int, now: int) -> bool:
        return self._store.remember(presentation, expires=expires, now=now)

    def statements(self, wanted: Sequence[tuple[Kind, str]], *, by: object = None) -> Sequence[Statement]:
        return self._store.statements(wanted, by=by)

    def put(self, statements: Sequence[Statement]) -> Statement | None:
        return self._store.put(statements)

    def used(self, accounts: Sequence[str]) -> Mapping[str, int]:
        return self._store.used(accounts)

    def charge(self, charges: Sequence[Charge], *, now: int, retry: Retry | None = None) -> Charged:
        used = self.used([charge.account for charge in charges])
        for charge in charges:
            if used.get(charge.account, 0) + charge.amount > charge.limit:
                return Charged(refused=charge)
        time.sleep(GAP)
        blind = [Charge(charge.account, MOST_INTEGER, charge.amount, charge.until) for charge in charges]
        return self._store.charge(blind, now=now, retry=retry)


def outcomes(store: Store, wires: Sequence[str]) -> Counter[str]:
    """What came of each presentation: "allowed", or the code of the error."""
    verifier, found = judge(store), Counter[str]()
    for wire in wires:
        try:
            found["allowed"] += verifier.authorize(wire, REQUEST).decision.allowed
        except AttornError as error:
            found[error.code] += 1
    return found


def by_threads(place: Place, *, workers: int, attempts: int, limit: int, naive: bool = False) -> Counter[str]:
    """All workers in this process, each with a verifier of its own on one store."""
    wires, start, found = Family(limit).presentations(attempts), threading.Barrier(workers), list[Counter[str]]()
    store = place.open()
    used: Store = NaiveStore(store) if naive else store

    def work(number: int) -> None:
        start.wait()
        found.append(outcomes(used, wires[number::workers]))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    close(store)
    return sum(found, Counter())


def by_processes(place: Place, *, workers: int, attempts: int, limit: int, naive: bool = False) -> Counter[str]:
    """Each worker a process of its own, with a store of its own on the same data."""
    wires, found = Family(limit).presentations(attempts), Counter[str]()
    close(place.open())
    with tempfile.TemporaryDirectory() as folder:
        running = []
        for number in range(workers):
            task = Path(folder) / f"{number}.json"
            task.write_text(json.dumps([place.kind, place.address, naive, wires[number::workers]]))
            command = [sys.executable, "-m", "tests.figures.sharing", str(task)]
            running.append(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True))
        for each in running:
            assert each.stdout is not None
            if each.stdout.readline() != "ready\n":
                raise RuntimeError("a worker did not start")
        for each in running:
            assert each.stdin is not None
            each.stdin.write("\n")
            each.stdin.flush()
        for each in running:
            found.update(json.loads(each.communicate()[0]))
    return found


def _work(task: Path) -> None:
    kind, address, naive, wires = json.loads(task.read_text())
    store = opened(kind, address, 60.0, 1)
    print("ready", flush=True)
    sys.stdin.readline()
    print(json.dumps(outcomes(NaiveStore(store) if naive else store, wires)))


if __name__ == "__main__":
    _work(Path(sys.argv[1]))
