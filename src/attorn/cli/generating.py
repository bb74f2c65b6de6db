"""`attorn vectors generate`: the committed conformance cases, or fresh ones of the same verdicts."""

from __future__ import annotations

import argparse
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from attorn.cli import source
from attorn.cli.command import Commands, Result, command
from attorn.display import shown
from attorn.errors import InputError, UnavailableError

_MOST_WORLDS: Final = 1000
_KIT: Final = "attorn_vectors.generate"

_GENERATE: Final = """\
Without --seed the cases that attorn comes with, byte for byte. With --seed the
same faults and verdicts among other keys, ids, names and times, the same for
the same seed: tests that an implementation cannot have learnt by heart. Their
names end in @1, @2 and so on."""


def add(family: Commands) -> None:
    """Add `generate`."""
    parser = command(family, "generate", "write conformance cases to a folder", _generate, _GENERATE)
    parser.add_argument("folder", metavar="DIR", help="a new or empty folder")
    parser.add_argument("--seed", metavar="TEXT", help="make fresh ones from this")
    parser.add_argument("--count", metavar="N", type=int, help="how many fresh ones of each case (default: 1)")
    parser.add_argument(
        "--only", metavar="GLOB", action="append", default=[], help="cases like this, as did/* (repeatable)"
    )


def _generate(arguments: argparse.Namespace) -> Result:
    count = 1 if arguments.count is None else arguments.count
    if arguments.seed is None and arguments.count is not None:
        raise InputError("--count is for a --seed; without one there is one case of each name")
    if not 1 <= count <= _MOST_WORLDS:
        raise InputError(f"--count: expected 1 to {_MOST_WORLDS}")
    kit, folder = _kit(), arguments.folder
    recipes = kit.named(arguments.only)
    if not recipes:
        raise InputError("vectors: no case is called as --only says")
    try:
        target = Path(folder)
        target.mkdir(parents=True, exist_ok=True)
        if any(target.iterdir()):
            raise InputError(f"vectors: {shown(folder)} is not empty")
        written = kit.write(target, kit.chosen(arguments.seed, count, recipes))
    except OSError as error:
        raise InputError(f"vectors: cannot write to {shown(folder)}: {source.reason(error)}") from None
    return Result(f"{written} cases in {shown(folder)}", {"written": written})


def _kit() -> Any:
    """What makes the cases. It knows nothing of attorn, so it is a package of its own, and slow to load."""
    try:
        return import_module(_KIT)
    except ImportError:
        raise UnavailableError("what makes the vectors, the package attorn_vectors, is not installed") from None
