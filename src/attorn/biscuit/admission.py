"""Admission: bytes that somebody signed become facts and checks of the profile, or are refused before any engine.

A legitimate holder can sign 1.5 kB of Datalog that stalls the stock engine for over 40 s (attack 10), so nothing is
evaluated that was not read here. Rules, scopes, closures, regular expressions, foreign functions, `check all`,
`reject if`, null, arrays, maps and external keys are well-formed Biscuit and refused with `NotAdmittedError`.
Source: docs/spec/caveats.md; Biscuit specification 3.3, message `Block`.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from attorn.biscuit import shapes
from attorn.biscuit.block import DATALOG_VERSION, QUERY_HEAD, Block
from attorn.biscuit.shapes import Shape
from attorn.biscuit.symbols import DEFAULT, FIRST
from attorn.biscuit.wire import read_length, read_varint
from attorn.datalog import (
    BOOL,
    BYTES,
    DATE,
    INTEGER,
    OPERATIONS,
    SET,
    UNARY,
    VARIABLE,
    Check,
    Expression,
    Member,
    Op,
    Predicate,
    Query,
    Term,
    member_order,
)
from attorn.encoding import varint_decode
from attorn.errors import LimitError, MalformedError, NotAdmittedError
from attorn.limits import Limits

_OPERATIONS: Final = {
    bytes((0x0A, 4, 0x12 if kind == UNARY else 0x1A, 2, 0x08, number)): (kind, number) for kind, number in OPERATIONS
}
"""Each operation as it stands in an expression."""
_DEFAULT_VARINTS: Final = {bytes((number,)): name for number, name in enumerate(DEFAULT)}
_VARINTS: Final = tuple(bytes((number & 0x7F | 0x80, number >> 7)) for number in range(FIRST, FIRST + 128))
"""The symbol numbers that tokens have; any other is worked out where it is used."""
_UNCOUNTED: Final = 1 << 62
"""More values than any block has room for."""
_SYMBOLS, _VERSION, _FACT, _CHECK = 0x0A, 0x18, 0x22, 0x32


def admit(payload: bytes, known: tuple[str, ...], limits: Limits) -> Block:
    """The block in `payload`, after blocks that brought the symbols `known`.

    Raises `MalformedError` for bytes that are no canonical block, `NotAdmittedError` for Datalog outside the profile,
    `LimitError` for too much of it.
    """
    try:
        return _admit(payload, known, limits)
    except IndexError:
        raise MalformedError("a block is cut short") from None


def _admit(payload: bytes, known: tuple[str, ...], limits: Limits) -> Block:
    symbols, index = _read_symbols(payload, known, limits)
    reader = _Reader(payload, _Symbols(known, symbols), limits)
    end = len(payload)
    if index >= end or payload[index] != _VERSION:
        raise NotAdmittedError("expected the Datalog version after the symbols; a context is not admitted")
    version, index = read_varint(payload, index + 1, end)
    if version != DATALOG_VERSION:
        raise NotAdmittedError(f"expected Datalog version {DATALOG_VERSION}, got {version}")
    facts: list[Predicate] = []
    while index < end and payload[index] == _FACT:
        quick = shapes.fact(payload, index, reader.symbols)
        if quick is not None:
            fact, index = quick
        else:
            stop, start = read_length(payload, index + 1, end)
            fact = reader.fact(start, stop)
            index = stop
        facts.append(fact)
    # Counted are the caveats; what a link or a presentation may state is asked where it is read as one.
    reader.budget, reader.globs = limits.terms, 0
    checks, index = _read_checks(payload, index, reader)
    if index != end:
        raise NotAdmittedError("a block holds facts and then checks; rules, scopes and keys are not admitted")
    if reader.symbols.fresh != len(known) + len(symbols):
        raise MalformedError("symbols are declared that nothing uses")
    if reader.budget < 0:
        raise LimitError(f"expected at most {limits.terms} values in a chain", step=1)
    return Block(symbols, tuple(facts), checks, limits.terms - reader.budget, reader.globs)


def _read_checks(payload: bytes, index: int, reader: _Reader) -> tuple[tuple[Check | Shape, ...], int]:
    most, end = reader.limits.checks, len(payload)
    checks: list[Check | Shape] = []
    while index < end and payload[index] == _CHECK:
        if len(checks) == most:
            raise LimitError(f"expected at most {most} checks in a block", step=1)
        size = payload[index + 1]
        index += 2
        if size > 0x7F:
            size, index = varint_decode(payload, index - 1)
        stop = index + size
        shaped = shapes.query(payload, index, stop, reader.symbols)
        if shaped is not None and shaped[1] == stop:
            reader.budget -= shaped[2]
            checks.append(shaped[0])
        else:
            checks.append(reader.check(index, stop))
        index = stop
    return tuple(checks), index


def _read_symbols(payload: bytes, known: tuple[str, ...], limits: Limits) -> tuple[tuple[str, ...], int]:
    symbols: list[str] = []
    index, end = 0, len(payload)
    try:
        while index < end and payload[index] == _SYMBOLS:
            size = payload[index + 1]
            index += 2
            if size > 0x7F:
                size, index = varint_decode(payload, index - 1)
            symbols.append(payload[index : index + size].decode())
            index += size
    except UnicodeDecodeError:
        raise MalformedError("a symbol is not UTF-8") from None
    if len(known) + len(symbols) > limits.symbols:
        raise LimitError(f"expected at most {limits.symbols} symbols in a chain", step=1)
    # The same string under two numbers would let two readers disagree.
    names = set(symbols)
    if len(names) != len(symbols) or not names.isdisjoint(known) or not names.isdisjoint(DEFAULT):
        raise MalformedError("a symbol is declared twice")
    return tuple(symbols), index


class _Symbols(dict[bytes, str]):
    """Strings by their symbol number as a varint of one or two bytes; one of this block once it has had its turn.

    `fresh` is how many symbols have been used, in the order they were declared.
    """

    __slots__ = ("_table", "fresh")

    def __init__(self, known: tuple[str, ...], added: tuple[str, ...]) -> None:
        super().__init__(_DEFAULT_VARINTS)
        self.update(zip(_VARINTS, known, strict=False))
        self._table = known + added
        self.fresh = len(known)

    def __missing__(self, varint: bytes) -> str:
        name = self[varint] = self.numbered(varint[0] & 0x7F | varint[1] << 7)
        return name

    def numbered(self, number: int) -> str:
        """The string of a symbol number; a new symbol must take its turn. Raises IndexError for one in no table."""
        if number < FIRST:
            return DEFAULT[number]
        number -= FIRST
        if number >= self.fresh:
            if number > self.fresh:
                raise MalformedError("symbol number is used before its turn")
            self.fresh += 1
        return self._table[number]

    def used_since(self, fresh: int) -> tuple[str, ...]:
        """The symbols of this block that have had their turn since `fresh` was the count."""
        return self._table[fresh : self.fresh]


class _Reader:
    """Reads the messages of one block.

    An index beyond the block raises IndexError, which `admit` turns into `MalformedError`; an index beyond the message
    it belongs to is caught where that message ends.
    """

    __slots__ = ("budget", "data", "globs", "limits", "symbols")

    def __init__(self, data: bytes, symbols: _Symbols, limits: Limits) -> None:
        self.data = data
        self.symbols = symbols
        self.limits = limits
        self.budget = _UNCOUNTED
        self.globs = 0

    def symbol(self, number: int) -> str:
        """The string of a symbol number. Raises `MalformedError`."""
        name = self.symbols.numbered(number)
        if len(name) > 31:
            # A long text is paid for at every use: recognising a caveat takes time in its length (attack 4).
            self.budget -= len(name) >> 5
        return name

    def fact(self, index: int, end: int) -> Predicate:
        if self.data[index] != 0x0A:
            raise MalformedError("expected a predicate in a fact")
        stop, start = read_length(self.data, index + 1, end)
        if stop != end:
            raise MalformedError("a fact holds one predicate")
        fact = self.predicate(start, stop)
        if any(term[0] == VARIABLE for term in fact.terms):
            raise MalformedError("a fact holds no variables")
        return fact

    def check(self, index: int, end: int) -> Check:
        data = self.data
        queries: list[Query] = []
        while index < end and data[index] == 0x0A:
            if len(queries) == self.limits.queries:
                raise LimitError(f"expected at most {self.limits.queries} alternatives in a check", step=1)
            shaped = shapes.query(data, index, end, self.symbols)
            if shaped is not None:
                query, index, terms = shaped
                self.budget -= terms
                queries.append(query.query())
            else:
                stop, start = read_length(data, index + 1, end)
                queries.append(self.query(start, stop))
                index = stop
        if index != end:
            raise NotAdmittedError("only `check if` is admitted")
        if not queries:
            raise MalformedError("a check holds at least one alternative")
        return tuple(queries)

    def query(self, index: int, end: int) -> Query:
        data = self.data
        if data[index : index + 4] != QUERY_HEAD:
            raise NotAdmittedError("expected the empty head of a check")
        index += 4
        body: list[Predicate] = []
        while index < end and data[index] == 0x12:
            size = data[index + 1]
            index += 2
            if size > 0x7F:
                size, index = varint_decode(data, index - 1)
            body.append(self.predicate(index, index + size))
            index += size
        expressions: list[Expression] = []
        while index < end and data[index] == 0x1A:
            size = data[index + 1]
            index += 2
            if size > 0x7F:
                size, index = varint_decode(data, index - 1)
            expressions.append(self.expression(index, index + size))
            index += size
        if index != end:
            raise NotAdmittedError("a check holds predicates and then expressions; scopes are not admitted")
        return Query(tuple(body), tuple(expressions))

    def predicate(self, index: int, end: int) -> Predicate:
        data = self.data
        if data[index] != 0x08:
            raise MalformedError("expected the name of a predicate")
        number = data[index + 1]
        index += 2
        if number > 0x7F:
            number, index = varint_decode(data, index - 1)
        name = self.symbol(number)
        if name == "glob":
            self.globs += 1
        terms: list[Term] = []
        while index < end and data[index] == 0x12:
            size = data[index + 1]
            index += 2
            if size > 0x7F:
                size, index = varint_decode(data, index - 1)
            terms.append(self.term(index, index + size))
            index += size
        if index != end:
            raise MalformedError("a predicate does not end where it says")
        if not terms:
            # No fact of the profile is without; and so many of them fit where values are counted, but these are none.
            raise NotAdmittedError("a predicate holds at least one term")
        return Predicate(name, tuple(terms))

    def expression(self, index: int, end: int) -> Expression:
        data = self.data
        operations: list[Op] = []
        while index < end:
            op = _OPERATIONS.get(data[index : index + 6])
            if op is not None:
                operations.append(op)
                index += 6
                continue
            if data[index] != 0x0A:
                raise MalformedError("unknown field in an expression")
            stop, start = read_length(data, index + 1, end)
            if start >= stop or data[start] != 0x0A:
                raise NotAdmittedError("an operation outside the profile: a closure, a regular expression, ...")
            index, start = read_length(data, start + 1, stop)
            if index != stop:
                raise MalformedError("an operation holds one value")
            operations.append(self.term(start, stop))
        if index != end:
            raise MalformedError("an expression does not end where it says")
        return tuple(operations)

    def term(self, index: int, end: int) -> Term:
        data = self.data
        if self.budget <= 0:
            raise LimitError(f"expected at most {self.limits.terms} values in a chain", step=1)
        self.budget -= 1
        tag = data[index]
        if tag & 7:
            return self._sized_term(tag, index, end)
        number = data[index + 1]
        index += 2
        if number > 0x7F:
            number, index = varint_decode(data, index - 1)
        if index != end:
            raise MalformedError("a term holds one value")
        if tag in (0x18, 0x08):
            return tag >> 3, self.symbol(number)
        if tag == 0x10:
            return INTEGER, number if number < 1 << 63 else number - (1 << 64)
        if tag == 0x20 and number < 1 << 53:
            return DATE, number
        if tag == 0x30 and number < 2:
            return BOOL, number == 1
        raise MalformedError("unknown kind of term, or a value out of its range")

    def _sized_term(self, tag: int, index: int, end: int) -> Term:
        stop, start = read_length(self.data, index + 1, end)
        if stop != end:
            raise MalformedError("a term holds one value")
        if tag == 0x2A:
            return BYTES, self.data[start:stop]
        if tag == 0x3A:
            return SET, self._members(start, stop)
        raise NotAdmittedError("null, arrays and maps are not admitted")

    def _members(self, index: int, end: int) -> tuple[Member, ...]:
        data = self.data
        members: list[Member] = []
        last: tuple[int, int | bytes] | None = None
        fresh = self.symbols.fresh
        while index < end and data[index] == 0x0A:
            stop, start = read_length(data, index + 1, end)
            key, member = self._member(start, stop)
            if last is not None and (key[0] != last[0] or key <= last):
                raise NotAdmittedError("a set holds values of one type, each once, in ascending order")
            last = key
            members.append(member)
            index = stop
        if index != end or not members:
            raise MalformedError("a set holds at least one value and nothing else")
        added = self.symbols.used_since(fresh)
        if any(left > right for left, right in pairwise(added)):
            raise MalformedError("the new symbols of a set are declared in ascending order")
        return tuple(sorted(members, key=member_order))

    def _member(self, index: int, end: int) -> tuple[tuple[int, int | bytes], Member]:
        """A member, and its place among the members: strings stand in the order of their symbol numbers."""
        # Asked before reading on, or sets in sets would recurse as deep as their signer likes (attack 1).
        if index < end and self.data[index] == 0x3A:
            raise NotAdmittedError("a set holds no sets")
        kind, value = self.term(index, end)
        if isinstance(value, tuple) or kind in (VARIABLE, DATE):
            raise NotAdmittedError("a set holds strings, integers, booleans or bytes")
        if isinstance(value, str):
            number, _ = varint_decode(self.data, index + 1)
            return (kind, number), (kind, value)
        return (kind, value if isinstance(value, int | bytes) else 0), (kind, value)
