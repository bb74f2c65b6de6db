"""File paths in one plain form, so that "below this folder" cannot be talked out of.

Absolute POSIX paths only. Nothing is resolved or repaired, and no file system is asked: a symbolic link is the
business of whoever opens the file.
"""

from __future__ import annotations

import re
from typing import Final

from attorn.display import shown
from attorn.errors import InputError
from attorn.request.characters import composed, hidden

MOST_CHARACTERS: Final = 4096
MOST_SEGMENTS: Final = 64
_ORDINARY = re.compile(r"(?:/[A-Za-z0-9_-][A-Za-z0-9._-]*){1,64}")
_ENCODED = re.compile(r"%(?:2e|2f|5c|00|25)", re.IGNORECASE)


def subpaths(path: str) -> frozenset[str] | None:
    """`path` without its trailing slash, and every folder above it up to `/`; `None` if it is not in plain form.

    Refused: a relative path, `.` and `..`, empty segments, a backslash, hidden characters, percent-encoded dots,
    separators, NUL or percent signs, text that is not NFC, over 4096 characters or 64 segments.
    """
    normal = _plain(path)
    if normal is None:
        return None
    found = ["/", normal]
    end = normal.find("/", 1)
    while end != -1:
        found.append(normal[:end])
        end = normal.find("/", end + 1)
    return frozenset(found)


def plain(path: str) -> str:
    """`path` in plain form, for a caveat to state. Raises `InputError` where `subpaths` refuses."""
    normal = _plain(path)
    if normal is None:
        raise InputError(f"path: expected an absolute POSIX path in plain form, got {shown(path)}")
    return normal


def _plain(path: str) -> str | None:
    if type(path) is not str or not path.startswith("/") or len(path) > MOST_CHARACTERS:
        return None
    if _ORDINARY.fullmatch(path) is not None:
        # Nothing below can refuse or change it: no segment is empty or starts with a dot.
        return path
    if "\\" in path or hidden(path) or not composed(path) or _ENCODED.search(path):
        return None
    if path == "/":
        return path
    normal = path.removesuffix("/")
    segments = normal[1:].split("/")
    if len(segments) > MOST_SEGMENTS or any(segment in ("", ".", "..") for segment in segments):
        return None
    return normal
