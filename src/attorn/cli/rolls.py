"""The file in which `attorn` keeps what somebody has revoked, so that each signed list follows the one before."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from attorn.cli import source
from attorn.errors import InputError, MalformedError
from attorn.identity import Identity
from attorn.revocation import Roll

_MOST: Final = 64 * 1024 * 1024


@contextmanager
def opened(path: str, by: Identity, *, new: bool) -> Iterator[Roll]:
    """The roll of `by` in the file at `path`, written back on the way out; an empty one if there is none and `new`.

    Whoever else opens it waits. Raises `InputError` where it cannot be read or written, or is another's.
    """
    with locked(path):
        content = _read(path, new=new)
        try:
            roll = Roll(by) if content is None else Roll.decode(content, by=by)
        except MalformedError as error:
            raise InputError(f"list: the file is damaged: {error}") from None
        yield roll
        try:
            write(path, roll.encode().encode())
        except OSError as error:
            raise InputError(f"list: cannot write the file: {source.reason(error)}") from None


@contextmanager
def locked(path: str, *, wait: bool = True) -> Iterator[None]:
    """While it lasts, nobody else has the file at `path` so. Raises `InputError`, unless told to `wait` if one has."""
    import fcntl  # noqa: PLC0415 - not on every system, and most commands need no lock

    if not path:
        raise InputError("list: expected the name of a file")
    lock = None
    try:
        try:
            lock = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
            # Released with the descriptor, also when the process dies.
            fcntl.flock(lock, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (OSError, ValueError) as error:
            raise InputError(f"list: cannot open the file: {source.reason(error)}") from None
        yield
    finally:
        if lock is not None:
            os.close(lock)


def _read(path: str, *, new: bool) -> str | None:
    if new and not os.path.lexists(path):
        return None
    return source.file(path, "list", _MOST).decode("utf-8", "replace")


def write(path: str, content: bytes) -> None:
    """Replace the file in one step: after a crash it holds what it held, or all of this."""
    folder = os.path.dirname(path) or "."
    target = os.path.join(folder, f".{secrets.token_hex(8)}.tmp")
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(descriptor)
        os.replace(target, path)
    except OSError:
        os.unlink(target)
        raise
    place = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(place)
    finally:
        os.close(place)
