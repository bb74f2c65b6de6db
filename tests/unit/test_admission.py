"""Admission, fault by fault: each block here differs from an admitted one in a single place."""

from __future__ import annotations

import pytest

from attorn.biscuit.admission import admit
from attorn.biscuit.block import encode
from attorn.biscuit.wire import write_bytes_field as field
from attorn.datalog import CONTAINS, INTEGER, Predicate, Query, octets, scalar, set_of, string, variable
from attorn.errors import LimitError, MalformedError, NotAdmittedError
from attorn.limits import Limits

VERSION = b"\x18\x03"
FACT = Predicate("seen", (string("north"),))
SET = set_of(frozenset({scalar("a"), scalar("b")}))
CHECK = (Query((Predicate("text", (string("place"), variable("0"))),), ((SET, variable("0"), CONTAINS),)),)
PAYLOAD = encode((FACT,), (CHECK,), ())
HEAD = b"\x0a\x02\x08\x1b"
SAID = b"\x08\x03" + field(2, b"\x10\x01")
"""A predicate with one value, 1."""


def symbol(number: int) -> bytes:
    return bytes((number & 0x7F | 0x80, number >> 7))


def check(body: bytes) -> bytes:
    """A check of one query with the usual head."""
    return field(6, field(1, HEAD + body))


def test_the_block_that_the_others_differ_from_is_admitted() -> None:
    block = admit(PAYLOAD, (), Limits())
    assert (block.facts, block.checks) == ((FACT,), (CHECK,))
    assert encode(block.facts, block.checks, ()) == PAYLOAD


def test_a_symbol_that_nothing_uses() -> None:
    end = PAYLOAD.index(VERSION)
    with pytest.raises(MalformedError):
        admit(PAYLOAD[:end] + field(1, b"unused") + PAYLOAD[end:], (), Limits())


def test_a_block_that_ends_behind_its_symbols() -> None:
    for cut in (b"", PAYLOAD[: PAYLOAD.index(VERSION)]):
        with pytest.raises(NotAdmittedError):
            admit(cut, (), Limits())


def test_as_many_symbols_as_a_chain_may_have_and_one_more() -> None:
    """Attack 4."""
    known = tuple(f"known{number}" for number in range(4))
    declared = len(admit(PAYLOAD, (), Limits()).symbols)
    assert declared
    payload = encode((FACT,), (CHECK,), known)
    admit(payload, known, Limits(symbols=declared + 4))
    with pytest.raises(LimitError):
        admit(payload, known, Limits(symbols=declared + 3))


@pytest.mark.parametrize("name", [b"time", b"south"], ids=["of-the-default-table", "of-an-earlier-block"])
def test_a_symbol_declared_again_and_used_by_its_second_number(name: bytes) -> None:
    fact = field(4, field(1, b"\x08" + symbol(1025)))
    with pytest.raises(MalformedError, match="twice"):
        admit(field(1, name) + VERSION + fact, ("south",), Limits())


def test_a_symbol_declared_twice_in_a_block_and_used_by_both_numbers() -> None:
    fact = field(4, field(1, b"\x08" + symbol(1024) + field(2, b"\x18" + symbol(1025))))
    with pytest.raises(MalformedError, match="twice"):
        admit(field(1, b"x") * 2 + VERSION + fact, (), Limits())


@pytest.mark.parametrize("number", [28, 1023, 1025, 1026, 16_383], ids=str)
def test_symbol_numbers_in_no_table_or_before_their_turn(number: int) -> None:
    for body in (b"\x08" + symbol(number), b"\x08\x03" + field(2, b"\x18" + symbol(number))):
        with pytest.raises(MalformedError):
            admit(field(1, b"x") + VERSION + field(4, field(1, body)), (), Limits())
        with pytest.raises(MalformedError):
            admit(field(1, b"x") + VERSION + check(field(2, body)), (), Limits())


FAULTS = {
    "no-version": (b"", MalformedError, NotAdmittedError),
    "a-context": (field(2, b"why") + VERSION, NotAdmittedError, NotAdmittedError),
    # A context whose content would be a check, if its length were the version.
    "a-context-of-three-octets": (b"\x12" + VERSION[1:] + check(field(2, SAID)), *[NotAdmittedError] * 2),
    "a-name-of-another-field": (VERSION + check(field(2, b"\x10" + SAID[1:])), *[MalformedError] * 2),
    "an-expression-shorter-than-its-operation": (
        VERSION + check(field(2, SAID) + b"\x1a\x05\x0a\x04\x1a\x02\x08\x05"),
        *[MalformedError] * 2,
    ),
    "a-fact-of-another-field": (VERSION + field(4, field(2, SAID)), MalformedError, MalformedError),
    "a-fact-with-a-tail": (VERSION + field(4, field(1, SAID) + b"\0"), MalformedError, MalformedError),
    "a-fact-with-a-variable": (
        VERSION + field(4, field(1, b"\x08\x03" + field(2, b"\x08\x05"))),
        *[MalformedError] * 2,
    ),
    "an-empty-check": (VERSION + field(6, b""), MalformedError, MalformedError),
    "an-empty-check-before-another": (VERSION + field(6, b"") + check(field(2, SAID)), *[MalformedError] * 2),
    "check-all": (VERSION + field(6, field(1, HEAD + field(2, SAID)) + b"\x10\x01"), *[NotAdmittedError] * 2),
    "a-head-of-its-own": (VERSION + field(6, field(1, field(1, SAID))), NotAdmittedError, NotAdmittedError),
    "a-scope": (VERSION + check(field(2, SAID) + field(4, b"\x08\x00")), NotAdmittedError, NotAdmittedError),
    "a-term-with-a-tail": (VERSION + check(field(2, b"\x08\x03" + field(2, b"\x10\x05\0"))), *[MalformedError] * 2),
    "bytes-with-a-tail": (
        VERSION + check(field(2, b"\x08\x03" + field(2, field(5, b"x") + b"\0"))),
        *[MalformedError] * 2,
    ),
    "a-boolean-of-2": (VERSION + check(field(2, b"\x08\x03" + field(2, b"\x30\x02"))), *[MalformedError] * 2),
    "an-empty-set": (VERSION + check(field(2, b"\x08\x03" + field(2, field(7, b"")))), *[MalformedError] * 2),
    "a-null": (VERSION + check(field(2, b"\x08\x03" + field(2, field(8, b"")))), *[NotAdmittedError] * 2),
    "a-predicate-without-terms": (VERSION + check(field(2, b"\x08\x03")), NotAdmittedError, NotAdmittedError),
    "an-operation-cut-short": (
        VERSION + check(field(2, SAID) + field(3, b"\x0a\x04\x1a\x02")),
        *[MalformedError] * 2,
    ),
    "a-regular-expression": (
        VERSION + check(field(2, SAID) + field(3, b"\x0a\x04\x1a\x02\x08\x08")),
        NotAdmittedError,
        NotAdmittedError,
    ),
    "an-expression-of-another-field": (
        VERSION + check(field(2, SAID) + field(3, b"\x12\x04\x1a\x02\x08\x05")),
        MalformedError,
        MalformedError,
    ),
    "a-rule": (VERSION + field(5, b"\x08\x03"), NotAdmittedError, NotAdmittedError),
    "cut-inside-a-length": (VERSION + b"\x32", MalformedError, MalformedError),
    "a-length-past-the-end": (VERSION + b"\x32\x7f" + PAYLOAD[-8:], MalformedError, NotAdmittedError),
}


@pytest.mark.parametrize("name", FAULTS)
def test_faults(name: str) -> None:
    payload, *kinds = FAULTS[name]
    with pytest.raises(tuple(kinds)):
        admit(payload, (), Limits())


def test_an_expression_that_ends_behind_its_query_is_not_read_on() -> None:
    # The expression claims two bytes more than its query holds; they belong to the next check.
    query = HEAD + field(2, SAID) + b"\x1a\x08\x0a\x04\x1a\x02\x08\x05"
    with pytest.raises((MalformedError, NotAdmittedError)):
        admit(VERSION + field(6, field(1, query)) + check(field(2, SAID)), (), Limits())


def test_a_set_of_octets_is_ordered_and_each_value_stands_once() -> None:
    good = (Query((Predicate("x", (set_of(frozenset({octets(b"a"), octets(b"b")})),)),), ()),)  # type: ignore[arg-type]
    assert admit(encode((), (good,), ()), (), Limits()).checks == (good,)
    for members in (b"ba", b"aa"):
        inner = b"".join(field(1, field(5, bytes((member,)))) for member in members)
        with pytest.raises(NotAdmittedError):
            admit(VERSION + check(field(2, b"\x08\x03" + field(2, field(7, inner)))), (), Limits())


@pytest.mark.parametrize(("most", "allowed"), [(4, True), (3, False)], ids=["at-the-limit", "over-it"])
def test_values_are_counted_to_the_limit(most: int, allowed: bool) -> None:
    inner = b"".join(field(1, bytes((0x10, number))) for number in (1, 2, 3))
    payload = VERSION + check(field(2, b"\x08\x03" + field(2, field(7, inner))))
    if allowed:
        assert admit(payload, (), Limits(terms=most)).terms == most
    else:
        with pytest.raises(LimitError):
            admit(payload, (), Limits(terms=most))


def test_4_a_long_text_is_paid_for_at_every_use() -> None:
    """A stranger's 26 kB once kept a verifier busy for a second, by one long name in 896 caveats."""
    name = "/" + "%C3%A9" * 20
    named = (Query((Predicate("path", (string(name),)),), ()),)
    price = 1 + len(name) // 32
    checks = (named,) * 8
    assert admit(encode((), checks, ()), (), Limits()).terms == 8 * price
    assert admit(encode((), checks, ()), (), Limits(terms=8 * price)).terms == 8 * price
    with pytest.raises(LimitError):
        admit(encode((), checks, ()), (), Limits(terms=8 * price - 1))


def test_a_short_text_counts_once() -> None:
    named = (Query((Predicate("path", (string("/" + "a" * 30),)),), ()),)
    assert admit(encode((), (named,) * 3, ()), (), Limits()).terms == 3


@pytest.mark.parametrize(("length", "price"), [(31, 1), (32, 2), (63, 2), (64, 3), (65, 3)])
def test_what_a_text_counts(length: int, price: int) -> None:
    named = (Query((Predicate("text", (string("place"), string("a" * length))),), ()),)
    assert admit(encode((), (named,), ()), (), Limits()).terms == 1 + price
    # A shape that nothing has a short way for.
    longer = (Query((Predicate("text", (string("place"), string("a" * length), string("b"))),), ()),)
    assert admit(encode((), (longer,), ()), (), Limits()).terms == 2 + price


def test_facts_count_nothing() -> None:
    stated = tuple(Predicate("credential", (string(text),)) for text in ("a" * 33_000, "b", "c"))
    most = admit(encode((), (CHECK,), ()), (), Limits()).terms
    assert admit(encode(stated, (CHECK,), ()), (), Limits(terms=most)).facts == stated


@pytest.mark.parametrize("number", [-1, -(2**63), 2**63 - 1, 0, 127, 128])
def test_integers_of_either_sign(number: int) -> None:
    named = (Query((Predicate("integer", (string("count"), (INTEGER, number))),), ()),)
    assert admit(encode((), (named,), ()), (), Limits()).checks == (named,)
