"""Scripts of the shell in which `attorn` is answered by the process that started them, where Python has long started.

The first call of each command is left to a process of its own, as everywhere else: that it loads all that it needs is
seen nowhere but there. Any further one is handed over, with its arguments and its three streams. One is answered at a
time: no two commands of a script may run at once, as in a pipe.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from attorn.cli import main

SECONDS = 120
_DOOR = "../attorn.door"
_MOST = 65_536
# Keys that are quick to unlock; all else as it was given.
_SHIM = f"""\
#!/bin/sh
if [ "$1 $2" = "id new" ]; then set -- "$@" --strength interactive; fi
exec {sys.executable} -I -S "$0.py" "$@"
"""
_CLIENT = f"""\
import os, socket, sys
with socket.socket(socket.AF_UNIX) as door:
    door.connect({_DOOR!r})
    socket.send_fds(door, [b"\\0".join(map(os.fsencode, sys.argv))], [0, 1, 2])
    code = door.recv(1)
if not code:
    os.execv(sys.executable, [sys.executable, "-m", "attorn", *sys.argv[1:]])
sys.exit(code[0])
"""


class WarmShell:
    """Scripts run in a folder below `folder`. `kind` says of arguments which command they are of."""

    def __init__(self, folder: Path, kind: Callable[[list[str]], str]) -> None:
        self._kind = kind
        self._begun: set[str] = set()
        self._work = folder / "work"
        self._work.mkdir()
        shim = folder / "bin" / "attorn"
        shim.parent.mkdir()
        shim.write_text(_SHIM)
        shim.chmod(0o700)
        shim.with_name("attorn.py").write_text(_CLIENT)
        self._around = {**os.environ, "PATH": f"{shim.parent}{os.pathsep}{os.environ['PATH']}"}

    def run(self, script: str, **around: str) -> tuple[int, str]:
        """The exit code, and what was written to either stream. What is `around` is the environment's besides."""
        with ExitStack() as stack:
            stack.enter_context(pytest.MonkeyPatch.context()).chdir(self._work)
            door = stack.enter_context(_listening())
            written = stack.enter_context((self._work.parent / "written").open("w+"))
            shell = stack.enter_context(
                subprocess.Popen(
                    ["sh", "-c", script], env=self._around | around, stdout=written, stderr=subprocess.STDOUT
                )
            )
            stack.callback(shell.kill)
            until = time.monotonic() + SECONDS
            while shell.poll() is None and time.monotonic() < until:
                self._answer(door)
            written.seek(0)
            return shell.wait(1), written.read()

    def _answer(self, door: socket.socket) -> None:
        """Whoever comes next, if anybody does."""
        try:
            asking, _ = door.accept()
        except TimeoutError:
            return
        with asking, ExitStack() as stack:
            asked, streams, _, _ = socket.recv_fds(asking, _MOST, 3)
            patch = stack.enter_context(pytest.MonkeyPatch.context())
            for name, stream, mode in zip(("stdin", "stdout", "stderr"), streams, "rww", strict=True):
                patch.setattr(sys, name, stack.enter_context(open(stream, mode, encoding="utf-8")))
            argv = os.fsdecode(asked).split("\0")[1:]
            kind = self._kind(argv)
            if kind in self._begun:
                asking.send(bytes((main(argv),)))
            self._begun.add(kind)


@contextmanager
def _listening() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(_DOOR)
        try:
            door.listen()
            door.settimeout(0.05)
            yield door
        finally:
            Path(_DOOR).unlink()
