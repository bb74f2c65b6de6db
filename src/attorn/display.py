"""Untrusted text and values made safe for a terminal or a message, and the few colours used there."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

_MOST: Final = 600
_MOST_SHOWN: Final = 80
_MOST_BITS: Final = 256
_PLAIN: Final = (float, bool, timedelta, type(None))
"""What `ascii` spells without running anybody's code."""
_FROM_LEFT: Final = frozenset({"L", "EN", "ES", "ET", "CS", "NSM", "WS", "ON"})
_BLANK: Final = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\ufffc\U00016fe4\U0001d159"
    "\U000e0100-\U000e01ef\u0335-\u0338\u20d0-\u20f0]"
)
"""Printable by their category, and not to be seen; or drawn over the letter before, as if that were struck out."""


class Colour(StrEnum):
    """SGR parameters (ECMA-48 section 8.3.117)."""

    BOLD = "1"
    DIM = "2"
    RED = "31"
    GREEN = "32"


def escaped(text: str) -> str:
    """`text` on one line, with nothing in it that a terminal or a page would not show where it stands.

    What could move the cursor, reorder or hide text becomes a JSON escape: controls, blanks that are no space, the
    second and later spaces of a run, scripts that run from right to left, and marks that would strike something out.
    """
    if text.isascii() and text.isprintable() and "  " not in text:
        return text
    spelt: list[str] = []
    marks, before = 2, ""
    for character in text:
        plain = _is_plain(character)
        marks = marks + 1 if unicodedata.category(character)[0] == "M" else 0 if plain and character.isalpha() else 2
        if character == before == " ":
            spelt.append("\\u0020")
        else:
            spelt.append(character if plain and marks < 3 else json.dumps(character)[1:-1])
        before = character
    return "".join(spelt)


def _is_plain(character: str) -> bool:
    return (
        character.isprintable()
        and unicodedata.bidirectional(character) in _FROM_LEFT
        and _BLANK.match(character) is None
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


def shown(value: object) -> str:
    """Any value for a person's eyes: escaped, text in quotes, at most 80 characters.

    Only what JSON is made of, bytes and spans of time are spelt out. Of another value the type is named: its own
    `__repr__` may fail, or never end.
    """
    text = ""
    for piece in _pieces(value):
        text += piece
        if len(text) > _MOST_SHOWN:
            break
    # Of text that is cut, what is in the quotes is: where it ends must be seen.
    return _cut(text, end=text[-1]) if type(value) is str or type(value) is bytes else _cut(text)


def bare(text: str) -> str:
    """Untrusted text for a person's eyes, as `shown` but without the quotes."""
    return _cut(ascii(text)[1:-1])


def _cut(text: str, end: str = "") -> str:
    tail = f"...{end}"
    return text if len(text) <= _MOST_SHOWN else text[: _MOST_SHOWN - len(tail)] + tail


def _pieces(value: object) -> Iterator[str]:
    """A value's spelling bit by bit, none of them empty: whoever stops listening bounds the work and the depth."""
    if type(value) is list or type(value) is tuple:
        yield "["
        for index, element in enumerate(value):
            if index:
                yield ", "
            yield from _pieces(element)
        yield "]"
    elif type(value) is dict or type(value) is MappingProxyType:
        yield "{"
        for index, (name, member) in enumerate(value.items()):
            if index:
                yield ", "
            yield from _pieces(name)
            yield ": "
            yield from _pieces(member)
        yield "}"
    else:
        yield _spelt(value)


def _spelt(value: object) -> str:
    if type(value) is int:
        # Python refuses to spell very long ones, and others take long.
        bits = value.bit_length()
        return str(value) if bits <= _MOST_BITS else f"an integer of {bits} bits"
    if type(value) is str or type(value) is bytes:
        return ascii(value[: _MOST_SHOWN + 1])
    return ascii(value) if type(value) in _PLAIN else f"something of type {type(value).__name__}"
