"""JSON without second meanings: a parser that refuses what parsers disagree on, and canonical bytes (RFC 8785)."""

from __future__ import annotations

import json
import re
from typing import NoReturn, TypeAlias

import rfc8785

from attorn.errors import InputError, MalformedError

JsonValue: TypeAlias = "bool | int | float | str | list[JsonValue] | dict[str, JsonValue] | None"

MOST_INTEGER = 2**53 - 1
"""The largest integer that every JSON implementation reads back unchanged (RFC 8259 section 6)."""

_MOST_DIGITS = 17
_BLANK = " \t\n\r"
# A string to its end or, unterminated, to the end of the text: linear, since nothing is ever tried twice.
_STRING = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
_AS_SQUARE = bytes.maketrans(b"{}", b"[]")
_NO_BRACKETS = bytes(octet for octet in range(256) if octet not in b"[]{}")
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def parse(text: str | bytes, *, most: int = 65_536, depth: int = 32) -> JsonValue:
    """The value of JSON `text` (RFC 8259, I-JSON of RFC 7493) of at most `most` bytes and `depth` levels.

    Raises `MalformedError` for duplicate members, lone surrogates, a byte order mark, invalid UTF-8, anything behind
    the value, NaN and infinities, negative zero, and numbers beyond +-(2**53 - 1) or too small to tell from zero.
    """
    if type(most) is not int or type(depth) is not int or most < 0 or depth < 0:
        raise InputError("JSON: expected whole numbers from 0 on as the limits")
    source = (_decoded(text, most) if isinstance(text, bytes) else _text(text, most)).strip(_BLANK)
    if source.count("[") + source.count("{") > depth:
        _check_depth(source, depth)
    value: JsonValue = None
    try:
        value, end = _DECODER.raw_decode(source)
    except (json.JSONDecodeError, RecursionError):
        end = -1
    if end != len(source):
        # Raised out here, because the decoder's error carries the whole text.
        raise MalformedError("expected one JSON value and nothing behind it")
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


def _text(text: str, most: int) -> str:
    if not isinstance(text, str):
        raise InputError(f"JSON: expected str or bytes, got {type(text).__name__}")
    return _decoded(_encoded(text, most), most)


def _encoded(text: str, most: int) -> bytes:
    if len(text) > most:
        raise MalformedError(f"JSON: expected at most {most} bytes, got {len(text)}")
    try:
        return text.encode("utf-8")
    except UnicodeError:
        octets = None
    if octets is None:
        raise MalformedError("JSON: not valid UTF-8")
    return octets


def _decoded(octets: bytes, most: int) -> str:
    if len(octets) > most:
        raise MalformedError(f"JSON: expected at most {most} bytes, got {len(octets)}")
    try:
        return octets.decode("utf-8")
    except UnicodeError:
        source = None
    if source is None:
        raise MalformedError("JSON: not valid UTF-8")
    return source


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


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_integer, parse_float=_fraction, parse_constant=_constant
)
