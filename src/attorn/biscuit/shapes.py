"""The few shapes that most facts and queries have, each read in one step.

This is speed and nothing else: what is read here, the general reader in `attorn.biscuit.admission` reads to the same
result or not at all, and a test holds the two to that. Symbols stand as two-byte varints (numbers 1024 to 16383), dates
as five-byte ones (1978 to 3058); anything else is left to the general reader.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from attorn.biscuit.symbols import DEFAULT
from attorn.datalog import BYTES, DATE, INTEGER, STRING, VARIABLE, Expression, Op, Predicate, Query, Term
from attorn.encoding import varint_decode

_SYMBOL = rb"([\x80-\xff][\x08-\x7f])"
_DATE = rb"([\x80-\xff]{4}[\x01-\x7f])"
_VARINT = rb"([\x80-\xff]{1,6}[\x01-\x7f]|[\x00-\x7f])"
_HEAD = rb"\x0a\x02\x08\x1b"
_TIME = rb"\x12\x06\x08\x05\x12\x02\x08\x05"
_COMPARISON = rb"\x0a\x04\x1a\x02\x08([\x00-\x03])"
_TIME_EXPRESSION = rb"\x1a\x16\x0a\x04\x0a\x02\x08\x05\x0a\x08\x0a\x06\x20" + _DATE + _COMPARISON
_BOUND = rb"\x1a(.)\x0a\x05\x0a\x03\x08" + _SYMBOL + rb"\x0a(.)\x0a(.)\x10" + _VARINT + _COMPARISON

_NAMED = re.compile(rb"\x0a\x0d" + _HEAD + rb"\x12\x07\x08([\x00-\x1b])\x12\x03\x18" + _SYMBOL, re.DOTALL)
_PAIR = re.compile(
    rb"\x0a\x13" + _HEAD + rb"\x12\x0d\x08" + _SYMBOL + rb"\x12\x03\x18" + _SYMBOL + rb"\x12\x03\x18" + _SYMBOL,
    re.DOTALL,
)
_WINDOW = re.compile(rb"\x0a\x24" + _HEAD + _TIME + _TIME_EXPRESSION, re.DOTALL)
_PRESENTED = re.compile(
    rb"\x0a\x87\x01"
    + _HEAD
    + (rb"\x12\x08\x08" + _SYMBOL + rb"\x12\x03\x18" + _SYMBOL)
    + (rb"\x12\x27\x08" + _SYMBOL + rb"\x12\x22\x2a\x20(.{32})")
    + rb"\x12\x16\x08\x1a\x12\x12\x2a\x10(.{16})"
    + _TIME
    + _TIME_EXPRESSION
    + _TIME_EXPRESSION,
    re.DOTALL,
)
_NUMBER = re.compile(
    (rb"\x0a(.)" + _HEAD + rb"\x12\x12\x08" + _SYMBOL + rb"\x12\x03\x18" + _SYMBOL)
    + (rb"\x12\x03\x08" + _SYMBOL + rb"\x12\x03\x08" + _SYMBOL)
    + (_BOUND + rb"(?:" + _BOUND + rb")?"),
    re.DOTALL,
)
_USER = re.compile(rb"\x22\x2a\x0a\x28\x08\x0a\x12\x24\x2a\x22(.{34})", re.DOTALL)
_LINK = re.compile(rb"\x22\x21\x0a\x1f\x08" + _SYMBOL + rb"\x12\x12\x2a\x10(.{16})\x12\x06\x20" + _DATE, re.DOTALL)

_TIME_VARIABLE: Final[Term] = (VARIABLE, "time")
_TIME_PREDICATE: Final = Predicate("time", (_TIME_VARIABLE,))
_COMPARISONS: Final[tuple[Op, ...]] = tuple((101, number) for number in range(4))

Numbered = Callable[[bytes], str]


def _date(five: bytes) -> Term:
    a, b, c, d, e = five
    return DATE, (a & 0x7F) | (b & 0x7F) << 7 | (c & 0x7F) << 14 | (d & 0x7F) << 21 | e << 28


def query(data: bytes, index: int, end: int, symbol: Numbered) -> tuple[Query, int, int] | None:
    """The query at `index`, if it has one of the shapes, the index behind it, and how many values it holds.

    `symbol` gives a varint's string. A condition called `glob` is left to the general reader, which counts those.
    """
    size = data[index + 1]
    if size == 0x0D:
        found = _NAMED.match(data, index, end)
        if found is not None:
            name, value = found.groups()
            return Query((Predicate(DEFAULT[name[0]], ((STRING, symbol(value)),)),), ()), found.end(), 1
    elif size == 0x13:
        found = _PAIR.match(data, index, end)
        if found is not None:
            name, first, second = found.groups()
            fact_name = symbol(name)
            if fact_name == "glob":
                return None
            predicate = Predicate(fact_name, ((STRING, symbol(first)), (STRING, symbol(second))))
            return Query((predicate,), ()), found.end(), 2
    elif size == 0x24:
        found = _WINDOW.match(data, index, end)
        if found is not None:
            at, operation = found.groups()
            expression = (_TIME_VARIABLE, _date(at), _COMPARISONS[operation[0]])
            return Query((_TIME_PREDICATE,), (expression,)), found.end(), 3
    elif size == 0x87:
        found = _PRESENTED.match(data, index, end)
        if found is not None:
            return _presented(found, symbol)
    else:
        found = _NUMBER.match(data, index, end)
        if found is not None and size == found.end() - index - 2:
            return _bounded(found, symbol)
    return None


def _presented(found: re.Match[bytes], symbol: Numbered) -> tuple[Query, int, int] | None:
    audience, name, request, digest, nonce, start, first, stop, second = found.groups()
    body = (
        Predicate(symbol(audience), ((STRING, symbol(name)),)),
        Predicate(symbol(request), ((BYTES, digest),)),
        Predicate("nonce", ((BYTES, nonce),)),
        _TIME_PREDICATE,
    )
    expressions = (
        (_TIME_VARIABLE, _date(start), _COMPARISONS[first[0]]),
        (_TIME_VARIABLE, _date(stop), _COMPARISONS[second[0]]),
    )
    if body[0].name == "glob" or body[1].name == "glob":
        return None
    return Query(body, expressions), found.end(), 8


def _bounded(found: re.Match[bytes], symbol: Numbered) -> tuple[Query, int, int] | None:
    _, name, argument, low, high, *bounds = found.groups()
    halves = (bounds[:6],) if bounds[6] is None else (bounds[:6], bounds[6:])
    for outer, _, middle, inner, value, _ in halves:
        length = len(value)
        if outer[0] != length + 18 or middle[0] != length + 3 or inner[0] != length + 1:
            return None
    fact_name = symbol(name)
    if fact_name == "glob":
        return None
    predicate = Predicate(
        fact_name,
        (
            (STRING, symbol(argument)),
            (VARIABLE, symbol(low)),
            (VARIABLE, symbol(high)),
        ),
    )
    return Query((predicate,), tuple([_bound(half, symbol) for half in halves])), found.end(), 3 + 2 * len(halves)


def _bound(groups: Sequence[bytes], symbol: Numbered) -> Expression:
    _, variable, _, _, value, operation = groups
    number = value[0] if len(value) == 1 else varint_decode(value, 0)[0]
    return (VARIABLE, symbol(variable)), (INTEGER, number), _COMPARISONS[operation[0]]


def fact(data: bytes, index: int, symbol: Numbered) -> tuple[Predicate, int] | None:
    """The fact whose field starts at `index`, if it is a link's or a did:key user's, and the index behind it."""
    found = _LINK.match(data, index)
    if found is not None:
        name, value, at = found.groups()
        return Predicate(symbol(name), ((BYTES, value), _date(at))), found.end()
    found = _USER.match(data, index)
    return None if found is None else (Predicate("user", ((BYTES, found[1]),)), found.end())
