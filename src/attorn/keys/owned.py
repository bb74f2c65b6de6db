"""Files that hold secrets: their owner alone can read and write them, and nobody can swap one in after the check.

POSIX only: owner and mode are what protects such a file, and both are checked on the open file.
"""

from __future__ import annotations

import os
import secrets
import stat

from attorn.errors import KeyFileError, UnavailableError
from attorn.handed import ask

MOST = 16_384
"""Longest key file, in bytes."""


def name(path: str | os.PathLike[str]) -> str:
    """`path` as text. Raises `KeyFileError` for what is none, and on a system that is not POSIX."""
    if os.name != "posix":
        raise KeyFileError("key files need a POSIX system")
    try:
        found = ask("path", lambda: os.fspath(path))
    except UnavailableError:
        found = ""
    if not isinstance(found, str) or not found or "\0" in found:
        raise KeyFileError("key file: expected a path")
    return found


def read(path: str) -> bytes:
    """The content of the file.

    Raises `KeyFileError`: no such file, a symbolic link or no plain file, not this user's own, open to group or
    others, or longer than `MOST`.
    """
    # O_NONBLOCK: opening a named pipe must not wait for its writer.
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
    try:
        descriptor = os.open(path, flags)
        with os.fdopen(descriptor, "rb") as file:
            _check_file(os.fstat(descriptor))
            content = file.read(MOST + 1)
    except (OSError, ValueError) as error:
        raise KeyFileError(f"cannot read the key file: {_reason(error)}") from None
    if len(content) > MOST:
        raise KeyFileError(f"key file: expected at most {MOST} bytes")
    return content


def _check_file(status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise KeyFileError("key file: not a plain file")
    if status.st_uid != os.geteuid():
        raise KeyFileError("key file: belongs to another user")
    if status.st_mode & 0o077:
        raise KeyFileError("key file: open to group or others; expected mode 0600")
    if status.st_size > MOST:
        raise KeyFileError(f"key file: expected at most {MOST} bytes, got {status.st_size}")


def write(path: str, content: bytes, *, replace: bool) -> None:
    """Write a new file of mode 0600, on disk when this returns.

    An existing file is an error unless `replace` is true; then it is replaced in one step. Raises `KeyFileError`.
    """
    folder = os.path.dirname(path) or "."
    target = os.path.join(folder, f".{secrets.token_hex(8)}.tmp") if replace else path
    try:
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        raise KeyFileError("key file: there is one already, and it is not replaced unless asked") from None
    except (OSError, ValueError) as error:
        raise KeyFileError(f"cannot write the key file: {_reason(error)}") from None
    try:
        with os.fdopen(descriptor, "wb") as file:
            # The process's umask may have taken rights away.
            os.fchmod(descriptor, 0o600)
            file.write(content)
            file.flush()
            os.fsync(descriptor)
        if replace:
            os.replace(target, path)
        _sync_folder(folder)
    except OSError as error:
        _discard(target)
        raise KeyFileError(f"cannot write the key file: {_reason(error)}") from None


def _sync_folder(folder: str) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _discard(path: str) -> None:
    try:
        os.unlink(path)
    except OSError:
        # Already renamed, or out of reach like the write before it, which is the error to report.
        return


def _reason(error: Exception) -> str:
    return (error.strerror or "unknown error") if isinstance(error, OSError) else "not a usable path"
