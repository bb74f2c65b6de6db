"""`attorn vectors`: conformance cases put to this library or to another, and this library's own answers."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Final

from attorn.canonical import JsonValue
from attorn.cli import generating, output, source
from attorn.cli.command import Commands, Parser, Result, command
from attorn.cli.exits import Exit
from attorn.cli.families import SUMMARIES
from attorn.conformance import protocol
from attorn.conformance.case import MOST_BYTES, Case
from attorn.conformance.entrypoint import Entrypoint
from attorn.conformance.junit import junit
from attorn.conformance.page import page
from attorn.conformance.run import Ask, File, Kind, Outcome, Run, attorn, run
from attorn.display import escaped, line, shown
from attorn.errors import InputError

_MOST_LIST: Final = 1024 * 1024


def add(commands: Commands) -> None:
    """Add `vectors`."""
    family = commands.add_parser("vectors", help=SUMMARIES["vectors"]).add_subparsers(
        dest="form", metavar="ACT", required=True, parser_class=Parser
    )
    _add_run(family)
    generating.add(family)
    answering = family.add_parser("answer", help="answer one question, or a batch", description=_ANSWER)
    answering.add_argument("operation", metavar="OPERATION", help="like verify-presentation; or batch")
    answering.set_defaults(run=_answer, json=False)


_ANSWER: Final = """\
answer one question, or a batch

As vectors/PROTOCOL.md says: the input as a JSON object from standard input, the
answer as one on standard output; batch takes and gives a line for each. Then
the exit code is 0 for ok, 1 refused, 2 undecided, 3 no such input, 4 no such
operation; of a batch, 0."""


def _add_run(family: Commands) -> None:
    running = command(family, "run", "run every case (*.json) in a folder and below it", _run, _RUN)
    running.add_argument("folder", metavar="DIR")
    running.add_argument("--entrypoint", metavar="COMMAND", help="the program to ask, and its first arguments")
    running.add_argument("--batch", action="store_true", help="ask it everything in one process")
    running.add_argument("--xfails", metavar="FILE", help="cases that are expected to fail: a name or glob per line")
    running.add_argument(
        "--only", metavar="GLOB", action="append", default=[], help="cases like this, as did/* (repeatable)"
    )
    running.add_argument("--html", metavar="FILE", help="write a report for people as well")
    running.add_argument("--junit", metavar="FILE", help="write a report for a build server as well")


_RUN: Final = """\
Against this library, or against the program that --entrypoint names, which is
called as vectors/PROTOCOL.md says. A case that is expected to fail and passes
has failed."""


def _run(arguments: argparse.Namespace) -> Result:
    if arguments.batch and arguments.entrypoint is None:
        raise InputError("--batch is for an --entrypoint")
    xfails = _xfails(arguments.xfails) if arguments.xfails else []
    files, asking, reports = _files(arguments.folder), _asking(arguments), (arguments.html, arguments.junit)
    for path in reports:
        # Before the run, so that it is not for nothing, and so that no report of another is left if it fails.
        _report(path, "")
    found = run(files, asking, xfails, arguments.only)
    if not found.outcomes:
        raise InputError("vectors: no case is called as --only says")
    title = "attorn" if arguments.entrypoint is None else arguments.entrypoint
    for path, form in zip(reports, (page, junit), strict=True):
        _report(path, form(found, title))
    rows = [*_table(found), *_told(found)]
    code = Exit.NOT_AS_TOLD if found.count(Kind.FAILED) else Exit.OK
    return Result("\n".join(rows), _data(found), code)


def _asking(arguments: argparse.Namespace) -> Ask:
    if arguments.entrypoint is None:
        return attorn
    entrypoint = Entrypoint.of(arguments.entrypoint)
    return entrypoint.batch if arguments.batch else entrypoint.each


def _files(folder: str) -> list[File]:
    """The case files, in order. Raises `InputError` where there are none: nothing run is nothing passed."""
    try:
        found = sorted(Path(folder).rglob("*.json"))
    except (OSError, ValueError) as error:
        raise InputError(f"vectors: cannot list {shown(folder)}: {source.reason(error)}") from None
    if not found:
        raise InputError(f"vectors: no *.json in {shown(folder)}")
    return [_file(path, os.path.relpath(path, folder)) for path in found]


def _file(path: Path, name: str) -> File:
    """A file that holds no case is one that fails, and so is what is called like one and is no file."""
    if not path.is_file():
        return File(name, None, "not a regular file")
    try:
        return File(name, Case.read(source.file(str(path), "case", MOST_BYTES)))
    except InputError as error:
        return File(name, None, str(error))


def _report(path: str | None, text: str) -> None:
    if path is None:
        return
    try:
        Path(path).write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"vectors: cannot write {shown(path)}: {source.reason(error)}") from None


def _xfails(path: str) -> list[str]:
    """The names and globs of a file. Raises `InputError`."""
    try:
        text = source.file(path, "xfails", _MOST_LIST).decode()
    except UnicodeError:
        raise InputError("xfails: expected text in UTF-8") from None
    lines = (each.partition("#")[0].strip() for each in text.splitlines())
    return [each for each in lines if each]


def _table(found: Run) -> list[str]:
    """The counts of each family."""
    families = {escaped(name): each for name, each in found.families().items()}
    width = max(len(name) for name in ("family", *families))
    head = f"{'family':<{width}}  passed  failed  expected failures"
    return [head, *(f"{name:<{width}}  {_counts(each)}" for name, each in families.items()), ""]


def _counts(found: Run) -> str:
    return f"{found.count(Kind.PASSED):>6}  {found.count(Kind.FAILED):>6}  {found.count(Kind.EXPECTED):>17}"


def _told(found: Run) -> list[str]:
    """What went wrong, and the sum."""
    rows = [f"FAILED {line(f'{each.file.path}: {each.why}')}" for each in _of(found, Kind.FAILED)]
    rows += [f"UNUSED {line(each)}: no case is called so, to be expected to fail" for each in found.unused]
    total = f"{found.count(Kind.PASSED)} passed, {found.count(Kind.FAILED)} failed"
    expected = found.count(Kind.EXPECTED)
    return [*rows, f"{total}, {expected} expected to fail" if expected else total]


def _of(found: Run, kind: Kind) -> list[Outcome]:
    return [each for each in found.outcomes if each.kind is kind]


def _data(found: Run) -> dict[str, JsonValue]:
    families: dict[str, JsonValue] = {}
    for name, each in found.families().items():
        families[name] = {kind.name.lower(): each.count(kind) for kind in Kind}
    return {
        **{kind.name.lower(): found.count(kind) for kind in Kind},
        "failures": {escaped(each.file.path): each.why for each in _of(found, Kind.FAILED)},
        "expected_failures": {escaped(each.file.path): each.why for each in _of(found, Kind.EXPECTED)},
        "unused": [*found.unused],
        "families": families,
    }


def _answer(arguments: argparse.Namespace) -> Result:
    if arguments.operation == protocol.BATCH:
        return _batch()
    try:
        content = source.standard_input(protocol.MOST_INPUT)
    except InputError:
        # Longer than any question, or nothing to read: still an answer.
        content = b""
    answer = protocol.ask_text(arguments.operation, content)
    return Result(protocol.written(answer), code=protocol.told(answer.code))


def _batch() -> Result:
    """Each line is answered before the next is read."""
    while content := sys.stdin.buffer.readline(protocol.MOST_INPUT + 1) if sys.stdin else b"":
        if len(content) > protocol.MOST_INPUT:
            while content and not content.endswith(b"\n"):
                content = sys.stdin.buffer.readline(protocol.MOST_INPUT)
            # What is left of it may look like a question, and is none.
            content = b""
        if not output.write(sys.stdout, protocol.written(protocol.ask_line(content))):
            return Result("", code=Exit.INPUT)
    return Result("")
