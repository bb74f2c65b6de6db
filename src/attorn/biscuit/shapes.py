"""The few shapes that most facts and checks have, each read in one step.

This is speed and nothing else: what is read here, the general reader in `attorn.biscuit.admission` reads to the same
result or not at all, and a test holds the two to that. Symbols stand as varints of one byte (the default table) or of
two (numbers 1024 to 16383), dates as five-byte ones (1978 to 3058); anything else is left to the general reader.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from attorn.datalog import (
    BYTES,
    DATE,
    GREATER_OR_EQUAL,
    INTEGER,
    LESS,
    LESS_OR_EQUAL,
    STRING,
    VARIABLE,
    Check,
    Expression,
    Op,
    Predicate,
    Query,
    Term,
)
from attorn.encoding import varint_decode

_NEW = rb"([\x80-\xff][\x08-\x7f])"
_SYMBOL = rb"([\x80-\xff][\x08-\x7f]|[\x00-\x1b])"
_STRING = rb"\x12(?:\x03\x18(?=[\x80-\xff])|\x02\x18(?![\x80-\xff]))" + _SYMBOL
_DATE = rb"([\x80-\xff]{4}[\x01-\x7f])"
_VARINT = rb"([\x80-\xff]{1,6}[\x01-\x7f]|[\x00-\x7f])"
_HEAD = rb"\x0a\x02\x08\x1b"
_TIME = rb"\x12\x06\x08\x05\x12\x02\x08\x05"
_COMPARED = rb"\x0a\x04\x1a\x02\x08"
_TIME_EXPRESSION = rb"\x1a\x16\x0a\x04\x0a\x02\x08\x05\x0a\x08\x0a\x06\x20" + _DATE + _COMPARED

_NAMED = re.compile(rb"\x0a." + _HEAD + rb"\x12(.)\x08" + _SYMBOL + _STRING, re.DOTALL)
_PAIR = re.compile(rb"\x0a." + _HEAD + rb"\x12(.)\x08" + _SYMBOL + _STRING + _STRING, re.DOTALL)
_WINDOW = re.compile(rb"\x0a\x24" + _HEAD + _TIME + _TIME_EXPRESSION + rb"([\x00\x03])", re.DOTALL)
_PRESENTED = re.compile(
    rb"\x0a\x87\x01"
    + _HEAD
    + (rb"\x12\x08\x08" + _NEW + rb"\x12\x03\x18" + _NEW)
    + (rb"\x12\x27\x08" + _NEW + rb"\x12\x22\x2a\x20(.{32})")
    + rb"\x12\x16\x08\x1a\x12\x12\x2a\x10(.{16})"
    + _TIME
    + (_TIME_EXPRESSION + rb"\x03" + _TIME_EXPRESSION + rb"\x00"),
    re.DOTALL,
)
_VALUE = rb"\x0a(.)\x0a(.)\x10" + _VARINT + _COMPARED
_BOUNDS = re.compile(
    (rb"\x0a." + _HEAD + rb"\x12(.)\x08" + _NEW + _STRING + rb"\x12\x03\x08" + _NEW + rb"\x12\x03\x08" + _NEW)
    + (rb"(?:\x1a(.)\x0a\x05\x0a\x03\x08\4" + _VALUE + rb"\x03)?")
    + (rb"(?:\x1a(.)\x0a\x05\x0a\x03\x08\5" + _VALUE + rb"\x02)?"),
    re.DOTALL,
)
_USER = re.compile(rb"\x22\x2a\x0a\x28\x08\x0a\x12\x24\x2a\x22(.{34})", re.DOTALL)
_LINK = re.compile(rb"\x22\x21\x0a\x1f\x08" + _NEW + rb"\x12\x12\x2a\x10(.{16})\x12\x06\x20" + _DATE, re.DOTALL)

_TIME_VARIABLE: Final[Term] = (VARIABLE, "time")
_TIME_PREDICATE: Final = Predicate("time", (_TIME_VARIABLE,))
_LOW: Final[Term] = (VARIABLE, "0")
_HIGH: Final[Term] = (VARIABLE, "1")


class Named(NamedTuple):
    """`check if name(value)`, the value a text."""

    name: str
    value: str

    def query(self) -> Query:
        return Query((Predicate(self.name, ((STRING, self.value),)),), ())


class Pair(NamedTuple):
    """`check if name(argument, value)`, both texts."""

    name: str
    argument: str
    value: str

    def query(self) -> Query:
        return Query((Predicate(self.name, ((STRING, self.argument), (STRING, self.value))),), ())


class Window(NamedTuple):
    """`check if time($time), $time < second`, or `>=` for what begins then."""

    second: int
    begins: bool

    def query(self) -> Query:
        return Query((_TIME_PREDICATE,), (_time(self.second, GREATER_OR_EQUAL if self.begins else LESS),))


class Bounds(NamedTuple):
    """`check if number(argument, $0, $1), $0 >= minimum, $1 <= maximum`, or one of the two alone."""

    argument: str
    minimum: int | None
    maximum: int | None

    def query(self) -> Query:
        expressions: list[Expression] = []
        if self.minimum is not None:
            expressions.append((_LOW, (INTEGER, self.minimum), GREATER_OR_EQUAL))
        if self.maximum is not None:
            expressions.append((_HIGH, (INTEGER, self.maximum), LESS_OR_EQUAL))
        return Query((Predicate("number", ((STRING, self.argument), _LOW, _HIGH)),), tuple(expressions))


class Presented(NamedTuple):
    """The check of a presentation that answers no challenge."""

    audience: str
    digest: bytes
    nonce: bytes
    start: int
    stop: int

    def query(self) -> Query:
        body = (
            Predicate("audience", ((STRING, self.audience),)),
            Predicate("request", ((BYTES, self.digest),)),
            Predicate("nonce", ((BYTES, self.nonce),)),
            _TIME_PREDICATE,
        )
        return Query(body, (_time(self.start, GREATER_OR_EQUAL), _time(self.stop, LESS)))


Shape = Named | Pair | Window | Bounds | Presented
Numbered = Mapping[bytes, str]
"""The string of a symbol number, still as its varint."""


def written(check: Check | Shape) -> Check:
    """The check that a shape stands for; any other as it is."""
    return (check.query(),) if isinstance(check, Shape) else check


def _time(second: int, operation: Op) -> Expression:
    return _TIME_VARIABLE, (DATE, second), operation


def _date(five: bytes) -> int:
    a, b, c, d, e = five
    return (a & 0x7F) | (b & 0x7F) << 7 | (c & 0x7F) << 14 | (d & 0x7F) << 21 | e << 28


def query(data: bytes, index: int, end: int, symbols: Numbered) -> tuple[Shape, int, int] | None:
    """The query at `index`, if it has one of the shapes, the index behind it, and how many values it holds.

    A text counts again for every 32 characters. A condition called `glob` is left to the general reader, which counts
    those.
    """
    size = data[index + 1]
    stop = index + 2 + size
    if size < 0x10:
        found = _NAMED.match(data, index, end)
        if found is None or found.end() != stop or found[1][0] != size - 6:
            return None
        name, text = symbols[found[2]], symbols[found[3]]
        return None if name == "glob" else (Named(name, text), stop, 1 + (len(name) >> 5) + (len(text) >> 5))
    if size < 0x14:
        found = _PAIR.match(data, index, end)
        return None if found is None or found.end() != stop else _pair(found, size, stop, symbols)
    if size == 0x24:
        found = _WINDOW.match(data, index, end)
        return None if found is None else (Window(_date(found[1]), found[2] == b"\x03"), stop, 3)
    if size == 0x87:
        found = _PRESENTED.match(data, index, end)
        return None if found is None else _presented(found, symbols)
    found = _BOUNDS.match(data, index, end)
    return None if found is None or found.end() != stop else _bounds(found, stop, symbols)


def _pair(found: re.Match[bytes], size: int, stop: int, symbols: Numbered) -> tuple[Shape, int, int] | None:
    length, first, second, third = found.groups()
    if length[0] != size - 6:
        return None
    name, argument, text = symbols[first], symbols[second], symbols[third]
    if name == "glob":
        return None
    return Pair(name, argument, text), stop, 2 + (len(name) >> 5) + (len(argument) >> 5) + (len(text) >> 5)


def _presented(found: re.Match[bytes], symbols: Numbered) -> tuple[Shape, int, int] | None:
    audience, name, request, digest, nonce, start, stop = found.groups()
    if symbols[audience] != "audience":
        return None
    text = symbols[name]
    if symbols[request] != "request":
        return None
    return Presented(text, digest, nonce, _date(start), _date(stop)), found.end(), 8 + (len(text) >> 5)


def _bounds(found: re.Match[bytes], stop: int, symbols: Numbered) -> tuple[Shape, int, int] | None:
    length, name, argument, low, high, *bounds = found.groups()
    if length[0] != 16 + len(argument) or not (_nested(*bounds[:4]) and _nested(*bounds[4:])):
        return None
    if symbols[name] != "number":
        return None
    text = symbols[argument]
    if symbols[low] != "0" or symbols[high] != "1":
        return None
    minimum, maximum = _value(bounds[3]), _value(bounds[7])
    values = 3 + 2 * ((minimum is not None) + (maximum is not None))
    return Bounds(text, minimum, maximum), stop, values + (len(text) >> 5)


def _value(varint: bytes | None) -> int | None:
    if varint is None:
        return None
    return varint[0] if len(varint) == 1 else varint_decode(varint, 0)[0]


def _nested(outer: bytes, middle: bytes, inner: bytes, value: bytes | None) -> bool:
    """Whether the three lengths around the value of a bound are what that value makes them."""
    if value is None:
        return True
    size = len(value)
    return outer[0] == size + 18 and middle[0] == size + 3 and inner[0] == size + 1


def fact(data: bytes, index: int, symbols: Numbered) -> tuple[Predicate, int] | None:
    """The fact whose field starts at `index`, if it is a link's or a did:key user's, and the index behind it."""
    found = _LINK.match(data, index)
    if found is not None:
        name, value, at = found.groups()
        return Predicate(symbols[name], ((BYTES, value), (DATE, _date(at)))), found.end()
    found = _USER.match(data, index)
    return None if found is None else (Predicate("user", ((BYTES, found[1]),)), found.end())
