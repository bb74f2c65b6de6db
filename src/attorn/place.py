"""Where a file is kept, and how long to wait for others that use it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from attorn.errors import InputError

_MOST_TIMEOUT: Final = 3600


def place(path: str | Path, timeout: float, what: str) -> str:
    """`path` as text. Raises `InputError` if no file can be called that, and for a timeout that is no time."""
    if not isinstance(path, str | Path) or not _is_name(str(path)):
        raise InputError(f"{what}: expected the path of a file, got {type(path).__name__}")
    if isinstance(timeout, bool) or not isinstance(timeout, int | float) or not 0 <= timeout <= _MOST_TIMEOUT:
        raise InputError(f"{what}: expected a timeout of 0 to {_MOST_TIMEOUT} seconds")
    return str(path)


def _is_name(path: str) -> bool:
    try:
        return path != "" and b"\0" not in os.fsencode(path)
    except UnicodeEncodeError:
        return False
