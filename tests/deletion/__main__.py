"""`make deletions`: take every check of the verifier out, one at a time, and see which vector turns red.

    python -m tests.deletion [--only STEP or MODULE] [--check NAME] [--family NAME] [--workers N] [--json OUT]

Each deletion is a function compiled again without the check, in a process of its own, in which the committed cases are
asked until one gets another answer than it states. Exit code 1 if some check has neither a vector nor a reason, or has
both.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import sys
import time
from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.deletion.argued import argued
from tests.deletion.checks import Check, all_checks
from tests.deletion.places import in_scope
from tests.deletion.reach import Module, modules
from tests.deletion.trial import Bench, Outcome, Trial, cases

import attorn

ROOT = Path(__file__).parent.parent.parent
CASES = ROOT / "vectors" / "cases"
OPERATIONS = (
    *("verify-presentation", "verify-together", "verify-token", "evaluate-caveat", "run-trace"),
    *("resolve-did", "read-key", "apply-revocations", "read-status", "verify-credential", "verify-sd-jwt"),
)
"""Those that run the procedure or read what it reads. Mandates and receipts have procedures of their own."""


def tried(
    bench: Bench, known: dict[str, Module], work: Iterable[Check], workers: int
) -> Iterator[tuple[Check, Outcome]]:
    """What each deletion turned red, so many at a time, in the order of `work`."""
    running: deque[tuple[Check, Trial]] = deque()
    for check in work:
        running.append((check, bench.start(check, known[check.module])))
        if len(running) >= workers:
            first, trial = running.popleft()
            yield first, trial.outcome()
    for first, trial in running:
        yield first, trial.outcome()


def loaded(operations: Iterable[str] = OPERATIONS, families: Iterable[str] = ()) -> tuple[Bench, dict[str, Module]]:
    """The committed cases at hand, of these families alone if any are named, and the source."""
    known = modules(Path(attorn.__file__).parent)
    for name in known:
        # Some modules are imported where they are first used.
        if in_scope(name):
            importlib.import_module(f"attorn.{name}")
    return Bench(cases(CASES, operations, families)), known


def _wanted(check: Check, only: list[str]) -> bool:
    return not only or any(
        each == str(check.step) or check.module == each or check.module.startswith(f"{each}.") for each in only
    )


def _verdict(outcome: Outcome, reason: str | None) -> str:
    if outcome.red is not None:
        return "red" if reason is None else "STALE"
    return "OPEN" if reason is None else "argued"


def table(results: list[tuple[Check, Outcome]]) -> str:
    """A row for each step: how many checks, how many turned a vector red, how many have a reason, how many neither."""
    lines = ["| step | checks | turn a vector red | argued | open |", "|--:|--:|--:|--:|--:|"]
    rows = [*range(11), None]
    for step in rows:
        mine = [(check, outcome) for check, outcome in results if step is None or check.step == step]
        red = sum(outcome.red is not None for _, outcome in mine)
        reasoned = sum(outcome.red is None and argued(check) is not None for check, outcome in mine)
        name = "all" if step is None else str(step)
        lines.append(f"| {name} | {len(mine)} | {red} | {reasoned} | {len(mine) - red - reasoned} |")
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.deletion")
    parser.add_argument("--only", action="append", default=[], help="this step or module alone; may be repeated")
    parser.add_argument("--check", action="append", default=[], help="the check of this name alone; may be repeated")
    parser.add_argument("--family", action="append", default=[], help="ask these cases alone; may be repeated")
    parser.add_argument("--workers", type=int, default=os.cpu_count(), help="processes at a time")
    parser.add_argument("--json", type=Path, help="write the result to this file")
    options = parser.parse_args()
    bench, known = loaded(families=options.family)
    unchanged = bench.start().outcome()
    if unchanged.red is not None:
        raise SystemExit(f"{unchanged.red} is red with nothing deleted: {unchanged.found}")
    work = [check for check in all_checks(known) if _wanted(check, options.only)]
    if options.check:
        work = [check for check in work if check.name in options.check]
    began = time.monotonic()
    results: list[tuple[Check, Outcome]] = []
    for check, outcome in tried(bench, known, work, options.workers):
        results.append((check, outcome))
        reason = argued(check)
        verdict = _verdict(outcome, reason)
        told = reason if outcome.red is None else f"{outcome.red}: {outcome.found}"
        print(f"{verdict:6}  {check.step:2}  {check.name}  {told or ''}".rstrip(), flush=True)
    print(f"\n{table(results)}\n{len(results)} deletions in {time.monotonic() - began:.0f} s")
    if options.json:
        members = [
            {"step": check.step, "check": check.name, "line": check.line, "red": outcome.red, "found": outcome.found}
            for check, outcome in results
        ]
        options.json.write_text(json.dumps(members, indent=1) + "\n")
    return int(any((outcome.red is None) is (argued(check) is None) for check, outcome in results))


if __name__ == "__main__":
    sys.exit(main())
