"""`attorn vectors run`: every conformance case of a folder, against this library."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from attorn.canonical import JsonValue
from attorn.cli import source
from attorn.cli.command import Commands, Parser, Result, command
from attorn.cli.exits import Exit
from attorn.cli.families import SUMMARIES
from attorn.conformance.case import MOST_BYTES, Case
from attorn.conformance.operations import OPERATIONS, answer
from attorn.display import escaped, line, shown
from attorn.errors import InputError


def add(commands: Commands) -> None:
    """Add `vectors`."""
    family = commands.add_parser("vectors", help=SUMMARIES["vectors"]).add_subparsers(
        dest="form", metavar="run", required=True, parser_class=Parser
    )
    run = command(family, "run", "run every case (*.json) in a folder and below it", _run)
    run.add_argument("folder", metavar="DIR")


def _run(arguments: argparse.Namespace) -> Result:
    paths = _paths(arguments.folder)
    failures = {
        escaped(os.path.relpath(path, arguments.folder)): why for path in paths if (why := _failure(path)) is not None
    }
    passed = len(paths) - len(failures)
    rows = [f"FAILED {line(f'{name}: {why}')}" for name, why in failures.items()]
    rows.append(f"{passed} passed, {len(failures)} failed")
    code = Exit.NOT_AS_TOLD if failures else Exit.OK
    data: dict[str, JsonValue] = {"passed": passed, "failed": len(failures), "failures": {**failures}}
    return Result("\n".join(rows), data, code)


def _paths(folder: str) -> list[Path]:
    """The case files, in order. Raises `InputError` where there are none: nothing run is nothing passed."""
    try:
        found = sorted(path for path in Path(folder).rglob("*.json") if path.is_file())
    except (OSError, ValueError) as error:
        raise InputError(f"vectors: cannot list {shown(folder)}: {source.reason(error)}") from None
    if not found:
        raise InputError(f"vectors: no *.json in {shown(folder)}")
    return found


def _failure(path: Path) -> str | None:
    """How a case went wrong, or None. A file that is no case has failed, too."""
    try:
        case = Case.read(source.file(str(path), "case", MOST_BYTES))
    except InputError as error:
        return str(error)
    operation = OPERATIONS.get(case.operation)
    if operation is None:
        return f"no operation {shown(case.operation)}"
    found = answer(operation, case.input)
    return None if found.meets(case.expect) else f"expected {case.expect.words()}, got {found.words()}"
