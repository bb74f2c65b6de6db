"""JSON without second meanings: a parser that refuses what parsers disagree on, and canonical bytes (RFC 8785)."""

from __future__ import annotations

import json.scanner
import re
from collections.abc import Callable
from typing import NoReturn, TypeAlias

import rfc8785

from attorn.errors import InputError, MalformedError

JsonValue: TypeAlias = "bool | int | float | str | list[JsonValue] | dict[str, JsonValue] | None"

MOST_INTEGER = 2**53 - 1
"""The largest integer that every JSON implementation reads back unchanged (RFC 8259 section 6)."""

DEPTH = 32
"""How many levels are read, unless a caller says otherwise."""

_MOST_DIGITS = 17
_BLANK = " \t\n\r"
# A string to its end or, unterminated, to the end of the text: linear, since nothing is ever tried twice.
_STRING = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
_AS_SQUARE = bytes.maketrans(b"{}", b"[]")
_NO_BRACKETS = bytes(octet for octet in range(256) if octet not in b"[]{}")
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def parse(text: str | bytes, *, most: int = 65_536, depth: int = DEPTH) -> JsonValue:
    """The value of JSON `text` (RFC 8259, I-JSON of RFC 7493) of at most `most` bytes and `depth` levels.

    Raises `MalformedError` for duplicate members, lone surrogates, a byte order mark, invalid UTF-8, anything behind
    the value, NaN and infinities, negative zero, and numbers beyond +-(2**53 - 1) or too small to tell from zero.
    """
    if type(most) is not int or type(depth) is not int or most < 0 or depth < 0:
        raise InputError("JSON: expected whole numbers from 0 on as the limits")
    octets = text if isinstance(text, bytes) else _encoded(text, most)
    if len(octets) > most:
        raise MalformedError(f"JSON: expected at most {most} bytes, got {len(octets)}")
    return parse_bounded(octets, depth)


def parse_bounded(octets: bytes, depth: int) -> JsonValue:
    """As `parse`, for bytes whose number somebody has bounded. Raises `MalformedError`."""
    end = -1
    try:
        source = octets.decode()
        if source.count("[") + source.count("{") > depth:
            _check_depth(source, depth)
        value, end = _SCAN(source, 0)
    except (ValueError, StopIteration, RecursionError):
        source = ""
    if end != len(source):
        # Out here, because the decoders' errors carry the whole text.
        source, value = _among_blanks(octets)
    if "\\" in source and _SURROGATE.search(source):
        _check_surrogates(value)
    return value


def canonicalise(value: object) -> bytes:
    """The canonical bytes (RFC 8785) of a JSON value made of None, bool, int, float, str, list, tuple and dict.

    Raises `InputError` for what JSON cannot say exactly: other types, integers beyond +-(2**53 - 1), NaN, infinities,
    lone surrogates, nesting that never ends.
    """
    try:
        return rfc8785.dumps(value)  # type: ignore[arg-type]  # it raises for what is no JSON value
    except (ValueError, TypeError, RecursionError) as error:
        failure = type(error).__name__
    raise InputError(f"no canonical JSON for this value ({failure})")


def _encoded(text: str, most: int) -> bytes:
    if not isinstance(text, str):
        raise InputError(f"JSON: expected str or bytes, got {type(text).__name__}")
    if len(text) > most:
        raise MalformedError(f"JSON: expected at most {most} bytes, got {len(text)}")
    try:
        return text.encode()
    except UnicodeError:
        octets = None
    if octets is None:
        raise MalformedError("JSON: not valid UTF-8")
    return octets


def _among_blanks(octets: bytes) -> tuple[str, JsonValue]:
    """The text within the blanks at both ends, which is no deeper than allowed, and its value."""
    value: JsonValue = None
    end, source = -1, None
    try:
        source = octets.decode().strip(_BLANK)
        value, end = _SCAN(source, 0)
    except (ValueError, StopIteration, RecursionError):
        pass
    if source is None:
        raise MalformedError("JSON: not valid UTF-8")
    if end != len(source):
        raise MalformedError("expected one JSON value and nothing behind it")
    return source, value


def _check_depth(source: str, most: int) -> None:
    # Before the decoder, which recurses.
    shape = _STRING.sub("", source).encode().translate(_AS_SQUARE, _NO_BRACKETS)
    # Each round takes away the innermost level everywhere.
    for _ in range(most):
        inner = shape.replace(b"[]", b"")
        if len(inner) == len(shape):
            break
        shape = inner
    if b"[" in shape:
        raise MalformedError(f"JSON: nested deeper than {most} levels, or not closed")


def _check_surrogates(value: JsonValue) -> None:
    waiting = [value]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting.extend(value)
        elif isinstance(value, dict):
            waiting.extend(value)
            waiting.extend(value.values())
        elif isinstance(value, str) and any("\ud800" <= character <= "\udfff" for character in value):
            raise MalformedError("JSON: a string holds a lone surrogate")


def _object(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise MalformedError("JSON: an object names a member twice")
    return members


def _integer(text: str) -> int:
    # Length first: Python's own conversion is quadratic in it.
    if len(text) > _MOST_DIGITS or abs(value := int(text)) > MOST_INTEGER:
        raise MalformedError("JSON: a number is beyond +-(2**53 - 1)")
    if not value and text != "0":
        raise MalformedError("JSON: negative zero")
    return value


def _fraction(text: str) -> float:
    value = float(text)
    if not -MOST_INTEGER <= value <= MOST_INTEGER:
        raise MalformedError("JSON: a number is beyond +-(2**53 - 1)")
    if value == 0 and re.split("[eE]", text, maxsplit=1)[0].strip("0."):
        raise MalformedError("JSON: negative zero, or a number too small to tell from zero")
    return value


def _constant(name: str) -> NoReturn:
    raise MalformedError(f"JSON: {name} is not a number")


_SCAN: Callable[[str, int], tuple[JsonValue, int]] = json.scanner.make_scanner(
    json.JSONDecoder(  # type: ignore[arg-type]  # the stubs know the one written in C alone, as its own context
        object_pairs_hook=_object, parse_int=_integer, parse_float=_fraction, parse_constant=_constant
    )
)
"""The value that begins at a position, and where it ends. Raises `StopIteration` and `JSONDecodeError`."""
