"""Protobuf and Biscuit Datalog, written from primitives, right or wrong on purpose. Nothing here imports attorn.

A term, predicate, query, check or fact is a function from a symbol table to bytes, so that anything can be written in
any order, under any number, with any field added. Source: Biscuit specification 3.3 (`schema.proto`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

DEFAULT_SYMBOLS = [
    *(
        "read",
        "write",
        "resource",
        "operation",
        "right",
        "time",
        "role",
        "owner",
        "tenant",
        "namespace",
        "user",
        "team",
    ),
    *("service", "admin", "email", "group", "member", "ip_address", "client", "client_ip", "domain", "path", "version"),
    *("cluster", "node", "hostname", "nonce", "query"),
]


def varint(value: int, *, pad: int = 0) -> bytes:
    """`value` as a varint; `pad` more bytes than it needs."""
    if 0 <= value <= 0x7F and not pad:
        return bytes((value,))
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    for _ in range(pad):
        out[-1] |= 0x80
        out.append(0)
    return bytes(out)


def pb(number: int, value: int | bytes, *, pad: int = 0) -> bytes:
    """A field: a varint for an int (two's complement if negative), length-delimited for bytes."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value & (1 << 64) - 1, pad=pad)
    return varint(number << 3 | 2) + varint(len(value), pad=pad) + value


@dataclass
class Symbols:
    """Numbers strings as a token does; `known` are those of earlier blocks, `added` this block's own."""

    known: list[str] = field(default_factory=list)
    added: list[str] = field(default_factory=list)

    def number(self, name: str) -> int:
        if name in DEFAULT_SYMBOLS:
            return DEFAULT_SYMBOLS.index(name)
        if name not in self.known and name not in self.added:
            self.added.append(name)
        return 1024 + (self.known + self.added).index(name)


Part = Callable[[Symbols], bytes]


def raw(data: bytes) -> Part:
    """These very bytes."""
    return lambda symbols: data


def var(name: str) -> Part:
    return lambda symbols: pb(1, symbols.number(name))


def num(value: int) -> Part:
    return raw(pb(2, value))


def text(value: str) -> Part:
    return lambda symbols: pb(3, symbols.number(value))


def date(second: int) -> Part:
    return raw(pb(4, second))


def octets(value: bytes) -> Part:
    return raw(pb(5, value))


def flag(value: bool) -> Part:
    return raw(pb(6, int(value)))


def null() -> Part:
    return raw(pb(8, b""))


def members(*terms: Part, number: int = 7) -> Part:
    """A set (or, with number 9, an array) of these terms in this order."""
    return lambda symbols: pb(number, b"".join(pb(1, term(symbols)) for term in terms))


def texts(*values: str) -> Part:
    """A set of strings in the one order that a stock compiler writes."""

    def part(symbols: Symbols) -> bytes:
        numbers = sorted([symbols.number(value) for value in sorted(values)])
        return pb(7, b"".join(pb(1, pb(3, number)) for number in numbers))

    return part


def entries(*pairs: tuple[Part, Part]) -> Part:
    """A map from keys to terms."""
    return lambda symbols: pb(10, b"".join(pb(1, pb(1, k(symbols)) + pb(2, v(symbols))) for k, v in pairs))


def value(term: Part) -> Part:
    return lambda symbols: pb(1, term(symbols))


def unary(kind: int) -> Part:
    return raw(pb(2, pb(1, kind)))


def binary(kind: int, **extra: bytes) -> Part:
    return raw(pb(3, pb(1, kind) + extra.get("extra", b"")))


LESS, GREATER, LESS_OR_EQUAL, GREATER_OR_EQUAL, EQUAL = (binary(kind) for kind in range(5))
CONTAINS, PREFIX, SUFFIX, REGEX, ADD = (binary(kind) for kind in range(5, 10))
NEGATE = unary(0)


def closure(parameters: Iterable[str], *ops: Part) -> Part:
    def part(symbols: Symbols) -> bytes:
        names = b"".join(pb(1, symbols.number(name)) for name in parameters)
        return pb(4, names + b"".join(pb(2, op(symbols)) for op in ops))

    return part


def expr(*ops: Part) -> Part:
    return lambda symbols: b"".join(pb(1, op(symbols)) for op in ops)


def pred(name: str, *terms: Part, extra: bytes = b"") -> Part:
    return lambda symbols: pb(1, symbols.number(name)) + b"".join(pb(2, term(symbols)) for term in terms) + extra


def fact(name: str, *terms: Part, extra: bytes = b"") -> Part:
    predicate = pred(name, *terms)
    return lambda symbols: pb(1, predicate(symbols)) + extra


def query(*body: Part, where: Iterable[Part] = (), head: Part | None = None, extra: bytes = b"") -> Part:
    head = head or pred("query")
    return lambda symbols: (
        pb(1, head(symbols))
        + b"".join(pb(2, predicate(symbols)) for predicate in body)
        + b"".join(pb(3, expression(symbols)) for expression in where)
        + extra
    )


def check(*queries: Part, extra: bytes = b"") -> Part:
    return lambda symbols: b"".join(pb(1, each(symbols)) for each in queries) + extra


def compare(name: str, *terms: Part, variable: str, op: Part, to: Part) -> Part:
    """`check if name(terms, $variable), $variable op to`."""
    expression = expr(value(var(variable)), value(to), op)
    return check(query(pred(name, *terms, var(variable)), where=[expression]))


def actions(*names: str) -> Part:
    return check(*(query(pred("operation", text(name))) for name in sorted(names)))


def resources(*names: str) -> Part:
    return check(*(query(pred("path", text(name))) for name in sorted(names)))


def expires(second: int) -> Part:
    return compare("time", variable="time", op=LESS, to=date(second))


def not_before(second: int) -> Part:
    return compare("time", variable="time", op=GREATER_OR_EQUAL, to=date(second))


def max_depth(hops: int) -> Part:
    return compare("depth", variable="0", op=LESS_OR_EQUAL, to=num(hops))
