"""Untrusted text made safe for a terminal, and the few colours used there."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Final

_MOST: Final = 600


class Colour(StrEnum):
    """SGR parameters (ECMA-48 section 8.3.117)."""

    BOLD = "1"
    DIM = "2"
    RED = "31"
    GREEN = "32"


def escaped(text: str) -> str:
    """`text` on one line: whatever could move the cursor, reorder or hide text becomes a backslash escape."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode("ascii")
        for character in text
    )


def line(text: str) -> str:
    """`text` escaped, and cut where a hostile token would fill the screen; what is cut is said."""
    safe = escaped(text)
    if len(safe) <= _MOST:
        return safe
    return f"{safe[:_MOST]}... ({len(safe) - _MOST} more characters)"


def painted(text: str, colour: Colour, on: bool) -> str:
    """`text`, already escaped, in a colour if `on`."""
    return f"\x1b[{colour}m{text}\x1b[0m" if on else text


def stamp(at: datetime) -> str:
    """A UTC instant as RFC 3339 text."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
