"""A log in a file of JSON lines, shared by the threads and processes of one machine.

Beside it stands `<path>.head`: the checkpoint behind the last line, replaced as a whole after each. After a crash the
log may be ahead of it, and it is never behind, so a tail that was dropped is missed.
"""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import BinaryIO, Final, TypeVar

from attorn.audit import heads
from attorn.audit.checkpoint import MOST_CHARACTERS, Checkpoint
from attorn.audit.ports import Make
from attorn.audit.receipt import MOST_LINE, Receipt
from attorn.errors import AuditError, UnavailableError
from attorn.place import place

_CHUNK: Final = 65_536
_START: Final = b'{"action":'
_FIRST_PAUSE: Final = 0.0005
_LAST_PAUSE: Final = 0.01
# A named pipe must not make the reader wait for a writer.
_READ: Final = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
_Result = TypeVar("_Result")


class JsonLinesLog:
    """A log at `path`, made with mode 0600 by the first append. Nothing stays open between two calls.

    `timeout` is how many seconds to wait for others that append. Raises `InputError` for unusable arguments.
    """

    def __init__(self, path: str | Path, *, timeout: float = 5.0) -> None:
        self._path = place(path, timeout, "JSON lines log")
        self._timeout = timeout

    def append(self, make: Make) -> None:
        """See `Log.append`. What a crash left of a line that nobody was told of is cut off first."""
        with self._locked() as descriptor:
            last, end = _contained(lambda: _last(descriptor))
            receipt, checkpoint = make(heads.head(last, self.checkpoint()))
            try:
                _contained(lambda: self._keep(descriptor, receipt, checkpoint, end))
            except UnavailableError:
                # What could not be kept as a whole was not kept; and if this fails too, nobody was told of it.
                with suppress(OSError):
                    os.ftruncate(descriptor, end)
                raise

    def lines(self) -> Iterator[bytes]:
        """See `Log.lines`. What is appended meanwhile is left out, as is the rest of a line that a crash left."""
        with _contained(lambda: _reading(self._path)) as file:
            descriptor = file.fileno()
            # Appending holds the lock, so that no line is seen half.
            self._lock(descriptor, fcntl.LOCK_SH)
            left = _contained(lambda: os.fstat(descriptor).st_size)
            fcntl.flock(descriptor, fcntl.LOCK_UN)
            number = 0
            while left > 0:
                number += 1
                line = _contained(partial(file.readline, min(left, MOST_LINE + 2)))
                left -= len(line)
                if line.endswith(b"\n"):
                    yield line[:-1]
                elif not line:
                    raise AuditError("the log was cut short while it was read", sequence=number)
                elif left > 0:
                    raise AuditError(f"line {number} of the log is longer than any receipt", sequence=number)
                else:
                    _check_rest(line)

    def checkpoint(self) -> str | None:
        """See `Log.checkpoint`."""

        def read() -> bytes | None:
            try:
                with _reading(f"{self._path}.head") as file:
                    return file.read(MOST_CHARACTERS + 2)
            except FileNotFoundError:
                return None

        content = _contained(read)
        # Anything that is not ASCII is no checkpoint; what stands for it here is refused by the decoder.
        return None if content is None else content.decode("ascii", "replace").removesuffix("\n")

    @contextmanager
    def _locked(self) -> Iterator[int]:
        """The log, open for appending, while nobody else appends."""
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        descriptor = _contained(lambda: os.open(self._path, flags, 0o600))
        try:
            self._lock(descriptor, fcntl.LOCK_EX)
            found, named = _contained(lambda: (os.fstat(descriptor), os.stat(self._path)))
            if not stat.S_ISREG(found.st_mode) or found.st_mode & 0o022:
                raise UnavailableError("JSON lines log: expected a file that only its owner can write")
            if (found.st_dev, found.st_ino) != (named.st_dev, named.st_ino):
                raise UnavailableError("JSON lines log: the file was replaced while it was opened")
            yield descriptor
        finally:
            os.close(descriptor)

    def _lock(self, descriptor: int, kind: int) -> None:
        """Wait for the lock. Each call has its own descriptor, so that threads exclude each other too."""
        deadline, pause = time.monotonic() + self._timeout, _FIRST_PAUSE
        while not _contained(lambda: _try_lock(descriptor, kind)):
            if time.monotonic() >= deadline:
                raise UnavailableError(f"JSON lines log: others held the lock for {self._timeout} s")
            time.sleep(pause)
            pause = min(2 * pause, _LAST_PAUSE)

    def _keep(self, descriptor: int, receipt: Receipt, checkpoint: Checkpoint, end: int) -> None:
        if os.fstat(descriptor).st_size != end:
            os.ftruncate(descriptor, end)
        _write(descriptor, receipt.encode().encode() + b"\n")
        os.fsync(descriptor)
        if end == 0:
            _sync_folder(self._path)
        # Last: a checkpoint ahead of its log would say that the log lost something.
        self._replace_head(checkpoint)

    def _replace_head(self, checkpoint: Checkpoint) -> None:
        new = f"{self._path}.head.new"
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW
        descriptor = os.open(new, flags, 0o600)
        try:
            _write(descriptor, checkpoint.encode().encode() + b"\n")
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        os.replace(new, f"{self._path}.head")


def _contained(operation: Callable[[], _Result]) -> _Result:
    try:
        return operation()
    except OSError as error:
        raise UnavailableError(
            f"JSON lines log: {errno.errorcode.get(error.errno or 0, type(error).__name__)}"
        ) from None


def _reading(path: str) -> BinaryIO:
    """The file, open for reading."""
    descriptor = os.open(path, _READ)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise UnavailableError("JSON lines log: expected a regular file")
    return os.fdopen(descriptor, "rb", buffering=_CHUNK)


def _try_lock(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _write(descriptor: int, content: bytes) -> None:
    """Write it all, in one call unless the system takes less."""
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _sync_folder(path: str) -> None:
    """Make the names of new files in the folder of `path` last."""
    folder = os.open(os.path.dirname(path) or ".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _check_rest(rest: bytes) -> None:
    """Raises `AuditError` unless what stands behind the last whole line may be what a crash left of another."""
    # Where the power failed, a file may be as long as it should be, and hold zeros.
    written = rest.rstrip(b"\0")
    if not written.startswith(_START) and not _START.startswith(written):
        raise AuditError("the log ends in something that is no receipt, nor the start of one")


def _last(descriptor: int) -> tuple[bytes | None, int]:
    """The last whole line, None if there is none, and where it ends; an unfinished one behind it was never told of."""
    size = os.fstat(descriptor).st_size
    start, tail = size, b""
    while start > 0 and tail.count(b"\n", 0, len(tail)) < 2:
        if len(tail) > 2 * MOST_LINE + 2:
            raise AuditError("the end of the log is longer than any receipt")
        start = max(0, start - _CHUNK)
        tail = os.pread(descriptor, size - start, start)
    whole, newline, rest = tail.rpartition(b"\n")
    _check_rest(rest)
    if not newline:
        return None, 0
    return whole[whole.rfind(b"\n") + 1 :], start + len(whole) + 1
