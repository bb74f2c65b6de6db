"""Measure every store in one run, print the tables of docs/stores.md, and write all of it as JSON.

It takes some twenty minutes, and needs Redis and PostgreSQL (`apt-get install -y redis-server postgresql`).
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from tests.benchmarks.environment import describe
from tests.benchmarks.rows import table
from tests.figures import crashes, faults, sharing, throughput
from tests.figures.places import KINDS, SHARED, place

Part = tuple[object, str, bool]
"""The record for the JSON file, the table to print, and whether everything holds."""


def _sharing(options: argparse.Namespace) -> Part:
    """64 workers, limit 100, 1,280 attempts."""
    size = {"workers": options.workers, "attempts": options.attempts, "limit": sharing.LIMIT}
    lines, record, holds = [], {}, True
    for kind in SHARED:
        found = {}
        for name, by in (("threads", sharing.by_threads), ("processes", sharing.by_processes)):
            for naive in (False, True):
                with place(kind) as here:
                    found[f"{name}{', naive' if naive else ''}"] = dict(by(here, **size, naive=naive))
        record[kind] = found
        allowed = {name: outcomes.get("allowed", 0) for name, outcomes in found.items()}
        right = all(
            (count > sharing.LIMIT) if "naive" in name else count == sharing.LIMIT for name, count in allowed.items()
        )
        holds = holds and right and not any(outcomes.get("unavailable") for outcomes in found.values())
        lines.append((kind, *(f"{count:,}" for count in allowed.values())))
    headings = ("store", "64 threads", "threads, naive store", "64 processes", "processes, naive store")
    return record, table(headings, lines), holds


def _crashes(options: argparse.Namespace) -> Part:
    """kill -9 while charging."""
    lines, record, holds = [], {}, True
    for kind in SHARED:
        with place(kind) as here:
            found = (crashes.of_process if kind == "SQLite" else crashes.of_server)(here, options.runs)
        record[kind], holds = asdict(found), holds and found.clean
        lines.append((kind, *(f"{getattr(found, name):,}" for name in found.__slots__)))
    return record, table(("store", "runs", "confirmed", "in flight", "lost", "twice", "by halves"), lines), holds


def _faults(options: argparse.Namespace) -> Part:
    """Faults between the verifier and its store."""
    lines, record, holds = [], {}, True
    for kind in SHARED:
        with place(kind) as here:
            if here.server is None:
                trials = faults.in_file(here, attempts=options.trials)
            else:
                trials = faults.by_proxy(here, attempts=options.trials)
                storm = faults.storm(here, attempts=options.trials * 5, limit=options.trials)
                record[f"{kind}, at random"] = {**asdict(storm), "outcomes": dict(storm.outcomes)}
                holds = holds and storm.holds
                allowed = f"{storm.outcomes['allowed']} of a limit of {storm.limit}, {storm.counted} counted"
                lines.append((kind, "all of them at random", f"{storm.attempts}", allowed, "", ""))
        record[kind] = [{**asdict(trial), "during": dict(trial.during), "after": dict(trial.after)} for trial in trials]
        holds = holds and all(trial.closed for trial in trials)
        for trial in trials:
            attempts, allowed = sum(trial.during.values()), trial.during["allowed"]
            after = f"{trial.after['allowed']} of {sum(trial.after.values())}"
            lines.append((kind, trial.fault, f"{attempts}", f"{allowed}", f"{trial.slowest:.2f} s", after))
    headings = ("store", "fault", "attempts", "allowed", "slowest refusal", "allowed right after")
    return record, table(headings, lines), holds


def _throughput(options: argparse.Namespace) -> Part:
    """Each store on a real disk, one after the other, several times."""
    wires = throughput.presentations(options.wires)
    rounds: dict[str, list[throughput.Rate]] = {kind: [] for kind in KINDS}
    for _ in range(options.rounds):
        for kind in KINDS:
            with place(kind) as here:
                rounds[kind].append(throughput.measure(here, threads=16, seconds=options.seconds, wires=wires))
    lines = []
    for kind, rates in rounds.items():
        middle = [sorted(getattr(rate, name) for rate in rates)[len(rates) // 2] for name in rates[0].__slots__]
        lines.append((kind, *(f"{value:,.0f}" for value in middle)))
    headings = ("per second, median", "charges, 1 thread", "charges, 16", "requests, 1 thread", "requests, 16")
    return {kind: [asdict(rate) for rate in rates] for kind, rates in rounds.items()}, table(headings, lines), True


PARTS: dict[str, Callable[[argparse.Namespace], Part]] = {
    "sharing": _sharing,
    "crashes": _crashes,
    "faults": _faults,
    "throughput": _throughput,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.figures", description=__doc__)
    parser.add_argument("--json", type=Path, help="where to write everything")
    parser.add_argument("--only", choices=PARTS, action="append", help="measure only this")
    parser.add_argument("--workers", type=int, default=sharing.WORKERS)
    parser.add_argument("--attempts", type=int, default=sharing.ATTEMPTS)
    parser.add_argument("--runs", type=int, default=100, help="crashes of each store")
    parser.add_argument("--trials", type=int, default=100, help="attempts during each fault")
    parser.add_argument("--wires", type=int, default=6000, help="requests to measure with")
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    record: dict[str, object] = {"environment": describe()}
    everything = True
    for name in options.only or PARTS:
        record[name], text, holds = PARTS[name](options)
        everything = everything and holds
        print(f"\n{name}: {'holds' if holds else 'DOES NOT HOLD'}\n\n{text}", flush=True)
        if options.json is not None:
            options.json.write_text(json.dumps(record, indent=2) + "\n")
    return 0 if everything else 1


if __name__ == "__main__":
    sys.exit(main())
