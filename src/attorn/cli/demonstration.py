"""`attorn demo`: the story of a user and two agents, run on this machine."""

from __future__ import annotations

import argparse
import io
from contextlib import ExitStack, redirect_stdout
from typing import Final

from attorn.canonical import JsonValue
from attorn.cli.command import Commands, Result, command
from attorn.cli.exits import Exit
from attorn.errors import UnavailableError

_EXITS: Final = {0: Exit.OK, 2: Exit.UNDECIDED}
"""What the demo's own exit codes mean here; its 2 is a machine that lacks something."""


def add(commands: Commands) -> None:
    """Add `demo`."""
    command(commands, "demo", "run a resource server and two agents, and show what is refused and why", _demo)


def _demo(arguments: argparse.Namespace) -> Result:
    try:
        # Here and not above: the demo's web server is an extra that need not be installed.
        from attorn.demo.__main__ import main  # noqa: PLC0415
    except ModuleNotFoundError as error:
        missing = error.name or "a module"
        raise UnavailableError(f"the demo needs {missing}: pip install 'attorn[demo]'") from None
    kept = io.StringIO()
    with ExitStack() as redirected:
        if arguments.json:
            redirected.enter_context(redirect_stdout(kept))
        code = main()
    data: dict[str, JsonValue] = {"as_told": code == 0, "output": [*kept.getvalue().splitlines()]}
    return Result("", data, _EXITS.get(code, Exit.NOT_AS_TOLD))
