"""`attorn demo`: the story of a user and two agents, run on this machine."""

from __future__ import annotations

import argparse
import io
from contextlib import ExitStack, redirect_stdout

from attorn.canonical import JsonValue
from attorn.cli.command import Commands, Result, command
from attorn.cli.exits import Exit
from attorn.cli.families import SUMMARIES
from attorn.demo.__main__ import lacking, main
from attorn.errors import UnavailableError


def add(commands: Commands) -> None:
    """Add `demo`."""
    command(commands, "demo", SUMMARIES["demo"], _demo)


def _demo(arguments: argparse.Namespace) -> Result:
    lack = lacking()
    if lack is not None:
        raise UnavailableError(lack)
    kept = io.StringIO()
    with ExitStack() as redirected:
        if arguments.json:
            redirected.enter_context(redirect_stdout(kept))
        code = main()
    data: dict[str, JsonValue] = {"as_told": code == 0, "output": [*kept.getvalue().splitlines()]}
    return Result("", data, Exit.OK if code == 0 else Exit.NOT_AS_TOLD)
