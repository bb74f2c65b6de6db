"""One run of somebody else's program: bytes in, bytes out, bounded in time and in size."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from threading import Thread
from typing import IO, Final

from attorn.display import shown
from attorn.errors import InputError

_PIECE: Final = 65_536
_MOST_ERRORS: Final = 4096
_GRACE: Final = 5.0
"""Seconds that the pipes of a program that has ended have to close."""


@dataclass(frozen=True, slots=True)
class Ended:
    """What a program left behind: its exit code, negative for a signal; or in `cut` why it was ended before."""

    code: int
    out: bytes
    errors: bytes
    cut: str = ""


class _Reader(Thread):
    """Reads a pipe to its end and keeps the first `most` bytes; calls `over` once there are more."""

    def __init__(self, pipe: IO[bytes], most: int, over: Callable[[], None]) -> None:
        super().__init__(daemon=True)
        self._pipe, self._most, self._over = pipe, most, over
        self.kept, self.is_over = bytearray(), False
        self.start()

    def run(self) -> None:
        with suppress(OSError), self._pipe:
            while piece := self._pipe.read(_PIECE):
                left = self._most - len(self.kept)
                self.kept += piece[:left]
                if len(piece) > left and not self.is_over:
                    self.is_over = True
                    self._over()


def run(words: Sequence[str], content: bytes, *, seconds: float, most: int) -> Ended:
    """What `words`, a program and its arguments, make of `content` on standard input.

    It is ended after `seconds`, or when it has written more than `most` bytes, with all that it started and left in
    its process group. Raises `InputError` if it cannot be started.
    """
    try:
        child = subprocess.Popen(  # noqa: S603 - the program that whoever calls was asked to test; never a shell
            [*words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        number = error.errno if isinstance(error, OSError) else None
        why = "not a usable name" if number is None else os.strerror(number)
        raise InputError(f"entrypoint: cannot start {shown(words[0])}: {why}") from None
    try:
        return _attended(child, content, seconds, most)
    finally:
        if child.returncode is None:
            # Once it was waited for, its number may be another's.
            _end(child)
            child.wait()


def _attended(child: subprocess.Popen[bytes], content: bytes, seconds: float, most: int) -> Ended:
    assert child.stdin is not None
    assert child.stdout is not None
    assert child.stderr is not None
    out = _Reader(child.stdout, most, lambda: _end(child))
    errors = _Reader(child.stderr, _MOST_ERRORS, lambda: None)
    writer = Thread(target=_write, args=(child.stdin, content), daemon=True)
    writer.start()
    cut = ""
    try:
        child.wait(seconds)
    except subprocess.TimeoutExpired:
        cut = f"no end within {seconds:g} seconds"
    _end(child)
    code = child.wait()
    for thread in (out, errors, writer):
        thread.join(_GRACE)
    if out.is_alive():
        cut = cut or "standard output was left open"
    if out.is_over:
        cut = f"more than {most} bytes on standard output"
    return Ended(code, bytes(out.kept), bytes(errors.kept), cut)


def _write(pipe: IO[bytes], content: bytes) -> None:
    # A program may answer without reading to the end.
    with suppress(OSError), pipe:
        left = memoryview(content)
        while left:
            left = left[pipe.write(left) :]


def _end(child: subprocess.Popen[bytes]) -> None:
    """End the program and whatever it left running."""
    with suppress(OSError):
        os.killpg(child.pid, signal.SIGKILL)
