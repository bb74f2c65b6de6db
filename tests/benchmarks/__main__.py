"""Measure every side in one process run, print the budget table, and write all of it as JSON."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tests.benchmarks import budgets, credentials, hostile, hostile_full, hostile_run, mandates, ours, suite
from tests.benchmarks.environment import describe
from tests.benchmarks.imports import import_times
from tests.benchmarks.measure import Timing
from tests.benchmarks.rows import HEADINGS, Row, table

import attorn

Result = tuple[list[Row], object, str]
"""Budget rows, the record for the JSON file, and the details to print."""

FEWEST_ROUNDS = 7


def _timed(timings: Mapping[str, Timing], rows: list[Row]) -> Result:
    lines = [
        (name, f"{timing.median:.1f}", f"{min(timing.rounds):.1f}", f"{max(timing.rounds):.1f}")
        for name, timing in timings.items()
    ]
    details = table(("microseconds", "median", "least", "most"), lines)
    return rows, {name: timing.record() for name, timing in timings.items()}, details


def _verification(sides: suite.Sides, rounds: int) -> Result:
    timings = suite.verification(sides, rounds)
    return _timed(timings, budgets.verification_rows(timings))


def _per_link(sides: suite.Sides, rounds: int) -> Result:
    timings = suite.per_link(sides, rounds)
    return _timed(timings, budgets.per_link_rows(timings))


def _issuing(sides: suite.Sides, rounds: int) -> Result:
    return _timed(suite.issuing(sides, rounds), [])


def _sizes(sides: suite.Sides, _rounds: int) -> Result:
    found = suite.sizes(sides)
    return budgets.size_rows(found), found, table(("wire", "bytes"), [(k, str(v)) for k, v in found.items()])


def _threads(sides: suite.Sides, rounds: int) -> Result:
    found = suite.threading(sides, rounds)
    records = {name: entry.record() for name, entry in found.items()}
    lines = [(name, *(str(value) for value in record.values())) for name, record in records.items()]
    headings = ("operations per second", "one thread", "two threads", "two over one", "rounds")
    return budgets.thread_rows(found), records, table(headings, lines)


def _imports(_sides: suite.Sides, rounds: int) -> Result:
    search = [Path(attorn.__file__).resolve().parent.parent]
    found = import_times(search, rounds)
    details = table(("import, over bare Python", "ms"), [(name, f"{ms:.1f}") for name, ms in found.items()])
    return budgets.import_rows(found), {name: round(ms, 2) for name, ms in found.items()}, details


def _hostile(_sides: suite.Sides, rounds: int) -> Result:
    genuine = hostile_full.genuine()
    specimens = [*hostile.grafted(genuine), *hostile.raw(genuine), *hostile_full.full()]
    roots = [hostile_full.root().did]
    weights = hostile_run.weigh(specimens, lambda: ours.verifier(roots), ours.request, rounds)
    lines = [
        (w.sort, w.name, str(w.text_bytes), w.outcome, f"{w.median_ms:.2f}", f"{w.most_ms:.2f}", f"{w.memory_mib:.2f}")
        for w in sorted(weights, key=lambda weight: -weight.median_ms)
    ]
    headings = ("sort", "hostile token", "characters", "outcome", "ms", "most ms", "MiB")
    return budgets.hostile_rows(weights), [weight.record() for weight in weights], table(headings, lines)


def _credentials(_sides: suite.Sides, rounds: int) -> Result:
    timings, absent = credentials.timings(rounds)
    rows, record, details = _timed(timings, credentials.rows(timings))
    if absent is None:
        return rows, record, details
    return rows, {"measured": record, "skipped": absent}, f"{details}\n\nskipped: {absent}"


def _mandates(_sides: suite.Sides, rounds: int) -> Result:
    timings = mandates.timings(rounds)
    return _timed(timings, mandates.rows(timings))


SECTIONS: Mapping[str, Callable[[suite.Sides, int], Result]] = {
    "verification": _verification,
    "links": _per_link,
    "sizes": _sizes,
    "threads": _threads,
    "imports": _imports,
    "hostile": _hostile,
    "issuing": _issuing,
    "credentials": _credentials,
    "mandates": _mandates,
}


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--json", type=Path, metavar="OUT", help="write everything measured to this file")
    parser.add_argument("--rounds", type=int, default=15, help=f"rounds per section, at least {FEWEST_ROUNDS}")
    parser.add_argument("--only", nargs="+", choices=SECTIONS, default=list(SECTIONS), help="sections to run")
    options = parser.parse_args(arguments)
    rounds = max(FEWEST_ROUNDS, options.rounds)
    surroundings = describe()
    sides = suite.Sides()
    rows: list[Row] = []
    records: dict[str, object] = {}
    for name in options.only:
        print(f"measuring {name} ...", file=sys.stderr, flush=True)
        more, records[name], details = SECTIONS[name](sides, rounds)
        rows += more
        print(f"\n## {name}\n\n{details}", flush=True)
    print("\n## budgets\n")
    print(table(HEADINGS, [row.cells() for row in rows]))
    if options.json is not None:
        surroundings["load_after"] = [round(load, 2) for load in os.getloadavg()]
        report = {"environment": surroundings, "rounds": rounds, "budgets": [row.record() for row in rows]}
        options.json.write_text(json.dumps(report | {"measured": records}, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
