"""A block of the caveat profile: ground facts and checks, written in one encoding.

Source: Biscuit specification 3.3, message `Block`; the profile is docs/spec/caveats.md. What the stock compiler writes
for the same Datalog is byte for byte what this writes.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from attorn.biscuit.shapes import Shape, written
from attorn.biscuit.symbols import SymbolWriter
from attorn.biscuit.wire import write_bytes_field, write_varint_field
from attorn.datalog import (
    BINARY,
    BYTES,
    SET,
    STRING,
    UNARY,
    VARIABLE,
    Check,
    Expression,
    Op,
    Predicate,
    Query,
    Term,
)
from attorn.encoding import varint_encode

DATALOG_VERSION: Final = 3
"""Datalog 3.0: the profile needs nothing newer."""


class Block(NamedTuple):
    """The content of one block. `symbols` are the strings it adds to those before it."""

    symbols: tuple[str, ...]
    facts: tuple[Predicate, ...]
    shaped: tuple[Check | Shape, ...]
    terms: int
    """How many values its checks hold."""
    globs: int
    """How many conditions need a pattern matched."""

    @property
    def checks(self) -> tuple[Check, ...]:
        """Its checks, those of a common shape written out."""
        return tuple(map(written, self.shaped))


def encode(facts: tuple[Predicate, ...], checks: tuple[Check, ...], known: tuple[str, ...]) -> bytes:
    """The `Block` message for these facts and checks, after blocks that brought the symbols `known`."""
    symbols = SymbolWriter(known)
    body = b"".join(write_bytes_field(4, write_bytes_field(1, _predicate(fact, symbols))) for fact in facts)
    body += b"".join(write_bytes_field(6, _check(check, symbols)) for check in checks)
    head = b"".join(write_bytes_field(1, name.encode()) for name in symbols.added)
    return head + write_varint_field(3, DATALOG_VERSION) + body


def _predicate(predicate: Predicate, symbols: SymbolWriter) -> bytes:
    out = b"\x08" + varint_encode(symbols.number(predicate.name))
    return out + b"".join(write_bytes_field(2, _term(term, symbols)) for term in predicate.terms)


def _term(term: Term, symbols: SymbolWriter) -> bytes:
    kind, value = term
    if isinstance(value, tuple):
        # Members are numbered in the order of their values and written in the order of their numbers, as the stock
        # compiler does.
        members = [(_member_key(member, symbols), member) for member in value]
        message = b"".join(write_bytes_field(1, _term(member, symbols)) for _, member in sorted(members))
        return write_bytes_field(SET, message)
    if kind in (STRING, VARIABLE):
        return write_varint_field(kind, symbols.number(str(value)))
    if isinstance(value, bytes):
        return write_bytes_field(BYTES, value)
    return write_varint_field(kind, _number(value))


def _member_key(member: Term, symbols: SymbolWriter) -> tuple[int, int | bytes]:
    kind, value = member
    if kind == STRING:
        return kind, symbols.number(str(value))
    if isinstance(value, bytes):
        return kind, value
    return kind, _number(value)


def _number(value: object) -> int:
    # Types that hold no number have been written before this is asked.
    return int(value) if isinstance(value, int) else 0


def _check(check: Check, symbols: SymbolWriter) -> bytes:
    return b"".join(write_bytes_field(1, _query(query, symbols)) for query in check)


def _query(query: Query, symbols: SymbolWriter) -> bytes:
    out = QUERY_HEAD
    out += b"".join(write_bytes_field(2, _predicate(predicate, symbols)) for predicate in query.body)
    return out + b"".join(write_bytes_field(3, _expression(expression, symbols)) for expression in query.expressions)


QUERY_HEAD = b"\x0a\x02\x08\x1b"
"""The head of a check's rule: `query()`, number 27 of the default table."""


def _expression(expression: Expression, symbols: SymbolWriter) -> bytes:
    return b"".join(write_bytes_field(1, _op(op, symbols)) for op in expression)


def _op(op: Op, symbols: SymbolWriter) -> bytes:
    kind, value = op
    if kind in (UNARY, BINARY):
        return write_bytes_field(2 if kind == UNARY else 3, write_varint_field(1, _number(value)))
    return write_bytes_field(1, _term(op, symbols))
