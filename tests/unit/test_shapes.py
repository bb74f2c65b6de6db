"""The quick readers of common shapes give what the general reader gives, or leave it to the general reader."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.property.strategies import caveats, purposes
from tests.property.test_bounded import mutations

from attorn.biscuit import shapes
from attorn.biscuit.admission import admit
from attorn.biscuit.block import Block, encode
from attorn.caveat import Actions, AnyOf, Caveat, OneOf, Range
from attorn.caveat.profile import recognise
from attorn.caveat.validity import Purpose
from attorn.datalog import (
    OPERATIONS,
    Check,
    Expression,
    Predicate,
    Query,
    Term,
    date,
    integer,
    octets,
    scalar,
    set_of,
    string,
    variable,
)
from attorn.errors import AttornError
from attorn.limits import Limits
from attorn.token.presentation import Presentation

ordinary = settings(derandomize=True, deadline=None, database=None, max_examples=400)
KNOWN = ("link", "audience", "arg", "n", "0", "1", "request", "glob", "number")


def _read(payload: bytes, known: tuple[str, ...], limits: Limits) -> Block | type[AttornError]:
    try:
        return admit(payload, known, limits)
    except AttornError as error:
        return type(error)


def both(
    payload: bytes, known: tuple[str, ...] = (), limits: Limits | None = None
) -> tuple[Block | type[AttornError], Block | type[AttornError]]:
    """What is read with the quick readers and what without them."""
    chosen = limits or Limits()
    quick = _read(payload, known, chosen)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shapes, "query", lambda *_: None)
        patch.setattr(shapes, "fact", lambda *_: None)
        general = _read(payload, known, chosen)
    return quick, general


def agree(payload: bytes, known: tuple[str, ...] = (), limits: Limits | None = None) -> Block | None:
    """The block, if both read it; None if both refuse. Fails if they differ, but for what they count."""
    quick, general = both(payload, known, limits)
    if isinstance(quick, Block) and isinstance(general, Block):
        assert (quick.symbols, quick.facts, quick.checks) == (general.symbols, general.facts, general.checks)
        assert list(map(recognise, quick.shaped)) == list(map(recognise, general.shaped))
        return general
    assert not isinstance(quick, Block), f"the general reader refuses with {general}"
    assert not isinstance(general, Block), f"the quick reader refuses with {quick}"
    return None


NAMES = (
    "operation", "resource", "path", "audience", "time", "depth", "request", "arg", "number", "text", "null", "glob",
    "nonce", "challenge", "user", "link", "max_uses", "subpath", "host",
)  # fmt: skip
_variables = st.sampled_from(("0", "1", "time", "x", "link", "n")).map(variable)
_numbers = st.one_of(
    st.integers(-2, 300),
    st.sampled_from((2**7 - 1, 2**7, 2**14 - 1, 2**14, 2**35, 2**42, 2**49 - 1, 2**49, 2**53, 2**63 - 1, -(2**63))),
)
_dates = st.sampled_from((0, 127, 2**28 - 1, 2**28, 1_900_000_000, 2**35 - 1, 2**35, 253_402_300_799))
_constants: st.SearchStrategy[Term] = st.one_of(
    st.sampled_from((*KNOWN, "read", "time", "time2", "events:read", "\u00fc\u2603", "")).map(string),
    _numbers.map(integer),
    _dates.map(date),
    st.booleans().map(scalar),
    st.sampled_from((b"", bytes(16), b"\n" * 16, bytes(32), b"\xed\x01" + bytes(range(32)), bytes(34))).map(octets),
    st.frozensets(st.sampled_from(("a", "b", "read")).map(scalar), min_size=1, max_size=2).map(set_of),
)
_terms = st.one_of(_variables, _constants, _constants)
_predicates = st.builds(Predicate, st.sampled_from(NAMES), st.lists(_terms, max_size=4).map(tuple))
_expressions: st.SearchStrategy[Expression] = st.builds(
    lambda left, right, operations: (left, right, *operations),
    _terms,
    _terms,
    st.lists(st.sampled_from(sorted(OPERATIONS)), max_size=2),
)
_comparisons = st.sampled_from([(101, number) for number in range(4)])


@st.composite
def _near(draw: st.DrawFn) -> Query:
    """A query that is one of the shapes, or nearly: one name, one type or one number off."""
    name, argument = draw(st.sampled_from(NAMES)), draw(_constants)
    kind = draw(st.sampled_from(("named", "pair", "window", "number", "presented")))
    if kind == "named":
        return Query((Predicate(name, (argument,)),), ())
    if kind == "pair":
        return Query((Predicate(name, (argument, draw(_constants))),), ())
    if kind == "window":
        time = draw(st.sampled_from((variable("time"), variable("time"), variable("0"))))
        count = draw(st.sampled_from((1, 1, 1, 2)))
        bounds = tuple((time, draw(_dates.map(date)), draw(_comparisons)) for _ in range(count))
        return Query((Predicate("time", (time,)),), bounds)
    if kind == "number":
        low, high = draw(_variables), draw(_variables)
        count = draw(st.integers(0, 3))
        bounds = tuple((draw(_variables), draw(_numbers.map(integer)), draw(_comparisons)) for _ in range(count))
        return Query((Predicate(name, (argument, low, high)),), bounds)
    first = Predicate(draw(st.sampled_from(("audience", "glob", "time"))), (argument,))
    second = Predicate(draw(st.sampled_from(("request", "glob", "arg"))), (octets(bytes(32)),))
    nonce = Predicate("nonce", (octets(draw(st.sampled_from((bytes(16), b"\n" * 16, bytes(15))))),))
    time = variable("time")
    window = tuple((time, draw(_dates.map(date)), draw(_comparisons)) for _ in range(2))
    return Query((first, second, nonce, Predicate("time", (time,))), window)


_loose = st.builds(Query, st.lists(_predicates, max_size=2).map(tuple), st.lists(_expressions, max_size=2).map(tuple))
_queries = st.one_of(_near(), _near(), _loose)
checks: st.SearchStrategy[Check] = st.lists(_queries, min_size=1, max_size=3).map(tuple)
facts = st.one_of(
    st.builds(
        lambda key: Predicate("user", (octets(key),)), st.sampled_from((b"\xed\x01" + bytes(32), b"\n" * 34, bytes(33)))
    ),
    st.builds(
        lambda name, link_id, second: Predicate(name, (octets(link_id), date(second))),
        st.sampled_from(("link", "glob", "user", "arg")),
        st.sampled_from((bytes(16), b"\n" * 16, bytes(15))),
        _dates,
    ),
    _predicates,
)
known = st.sampled_from(((), KNOWN[:1], KNOWN[:4], KNOWN, KNOWN[::-1], tuple(f"s{n}" for n in range(200)) + KNOWN))


def _written(some: Sequence[Predicate], several: Sequence[Check], table: tuple[str, ...]) -> bytes:
    return encode(tuple(some), tuple(several), table)


@ordinary
@given(st.lists(facts, max_size=3), st.lists(checks, max_size=3), known)
def test_any_block(some: list[Predicate], several: list[Check], table: tuple[str, ...]) -> None:
    agree(_written(some, several, table), table)


@ordinary
@given(
    st.lists(facts, max_size=2),
    st.lists(checks, min_size=1, max_size=2),
    known,
    st.lists(mutations(), min_size=1, max_size=3),
)
def test_any_damaged_block(
    some: list[Predicate], several: list[Check], table: tuple[str, ...], changes: list[Callable[[bytes], bytes]]
) -> None:
    payload = _written(some, several, table)
    for change in changes:
        payload = change(payload)
    agree(payload, table)


@ordinary
@given(
    st.lists(st.one_of(caveats, caveats, purposes), min_size=1, max_size=4), known, st.lists(mutations(), max_size=2)
)
def test_blocks_of_caveats(
    limits: list[Caveat], table: tuple[str, ...], changes: list[Callable[[bytes], bytes]]
) -> None:
    rendered: list[Any] = [each.render() for each in limits]
    words = [each for each, limit in zip(rendered, limits, strict=True) if isinstance(limit, Purpose)]
    several = [each for each, limit in zip(rendered, limits, strict=True) if not isinstance(limit, Purpose)]
    link = Predicate("link", (octets(b"\n" * 16), date(1_900_000_000)))
    payload = _written([Predicate("user", (octets(b"\xed\x01" + b"\n" * 32),)), link, *words], several, table)
    assert agree(payload, table) is not None
    for change in changes:
        payload = change(payload)
    agree(payload, table)


claims = st.builds(
    lambda audience, challenge, start, stop: Presentation(audience, b"\n" * 32, b"\n" * 16, start, stop, challenge),
    st.sampled_from(("did:web:a.test", "time", "audience", "n")),
    st.sampled_from((None, "guess")),
    _dates,
    _dates,
)


@ordinary
@given(claims, known, st.lists(mutations(), max_size=2))
def test_presentations(claim: Presentation, table: tuple[str, ...], changes: list[Callable[[bytes], bytes]]) -> None:
    payload = _written([], [claim.check()], table)
    assert agree(payload, table) is not None
    for change in changes:
        payload = change(payload)
    agree(payload, table)


def _samples() -> dict[str, bytes]:
    time = variable("time")
    claim = Presentation("a:b", bytes(32), bytes(16), 1_900_000_000, 1_900_000_060)
    found: dict[str, bytes] = {
        "named": _written([], [(Query((Predicate("operation", (string("a:b"),)),), ()),)], ()),
        "pair": _written([], [(Query((Predicate("text", (string("n"), string("x"))),), ()),)], ()),
        "window": _written([], [(Query((Predicate("time", (time,)),), ((time, date(1_900_000_000), (101, 0)),)),)], ()),
        "range": _written([], [Range("n", 1, 300).render()], ()),
        "minimum": _written([], [Range("n", 1).render()], ()),
        "presentation": _written([], [claim.check()], ()),
        "link": _written([Predicate("link", (octets(bytes(16)), date(1_900_000_000)))], [], ()),
        "user": _written([Predicate("user", (octets(b"\xed\x01" + bytes(range(32))),))], [], ()),
    }
    return found


@pytest.mark.parametrize("name", sorted(_samples()))
def test_every_byte_of_every_shape(name: str) -> None:
    """Each byte set to each of a few values, cut out, doubled: whatever comes of it, both say the same."""
    sample = _samples()[name]
    assert agree(sample) is not None
    for place in range(len(sample)):
        old = sample[place]
        for new in {
            0,
            1,
            7,
            0x0A,
            0x0F,
            0x10,
            0x12,
            0x18,
            0x1A,
            0x7F,
            0x80,
            0x87,
            0xFF,
            old ^ 1,
            old ^ 0x80,
            (old + 1) % 256,
        }:
            agree(sample[:place] + bytes((new,)) + sample[place + 1 :])
        agree(sample[:place] + sample[place + 1 :])
        agree(sample[: place + 1] + sample[place:])
        agree(sample[:place])


@pytest.mark.parametrize("name", sorted(_samples()))
def test_each_shape_is_read_quickly(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Or else the samples above test nothing."""
    found: list[object] = []
    for function in ("query", "fact"):
        plain = getattr(shapes, function)
        monkeypatch.setattr(shapes, function, lambda *given, plain=plain: found.append(plain(*given)) or found[-1])
    admit(_samples()[name], (), Limits())
    assert len(found) == 1
    assert found[0] is not None


LIMITED: dict[str, tuple[bytes, int]] = {
    "range": (_samples()["range"], 7),
    "minimum": (_samples()["minimum"], 5),
    "named": (_samples()["named"], 1),
    "pair": (_samples()["pair"], 2),
    "window": (_samples()["window"], 3),
    "presentation": (_samples()["presentation"], 8),
    "link": (_samples()["link"], 0),
    "user": (_samples()["user"], 0),
    "one-of": (_written([], [OneOf("n", 1, 2, 3).render()], ()), 7),
}
"""How many values the checks of these blocks hold, sets and their members included; facts hold no caveats."""


@pytest.mark.parametrize("name", LIMITED)
def test_values_are_counted_alike(name: str) -> None:
    payload, terms = LIMITED[name]
    quick, general = both(payload)
    assert isinstance(quick, Block)
    assert isinstance(general, Block)
    assert (quick.terms, general.terms) == (terms, terms)


@pytest.mark.parametrize("name", [name for name in LIMITED if LIMITED[name][1]])
def test_the_limit_of_values_is_the_same(name: str) -> None:
    payload, terms = LIMITED[name]
    for limit in range(1, terms + 3):
        block = agree(payload, (), Limits(terms=limit))
        assert (block is not None) is (limit >= terms)


@pytest.mark.parametrize("size", [300, 580, 584, 600])
def test_quick_queries_use_up_what_general_ones_do(size: int) -> None:
    """62 ranges hold 434 values, and the list 4 and its members; the limit is 1,024."""
    ranges = AnyOf(
        AnyOf(*[Range("n", i, i + 1) for i in range(32)]), AnyOf(*[Range("n", i, i) for i in range(99, 129)])
    )
    check = AnyOf(ranges, OneOf("n", *range(1000, 1000 + size))).render()
    assert (agree(_written([], [check], ())) is not None) is (434 + 4 + size <= 1024)


def test_three_hundred_names_are_three_hundred_values() -> None:
    several = [Actions(*[f"a{n}:b{m}" for m in range(60)]).render() for n in range(5)]
    block = agree(_written([], several, ()))
    assert block is not None
    assert block.terms == 300


@pytest.mark.parametrize("name", ["number", "pair", "audience", "request", "fact"])
def test_patterns_are_counted_alike(name: str) -> None:
    """A condition that is called `glob` counts as one, whatever its shape."""
    claim = Presentation("a:b", bytes(32), bytes(16), 1_900_000_000, 1_900_000_060).check()[0]
    first, second, *rest = claim.body
    x, y = variable("x"), variable("y")
    query = {
        "number": Query((Predicate("glob", (string("n"), x, y)),), ((x, integer(3), (101, 0)),)),
        "pair": Query((Predicate("glob", (string("n"), string("a*"))),), ()),
        "audience": Query((Predicate("glob", first.terms), second, *rest), claim.expressions),
        "request": Query((first, Predicate("glob", second.terms), *rest), claim.expressions),
    }.get(name)
    some = [Predicate("glob", (octets(bytes(16)), date(1_900_000_000)))] if query is None else []
    quick, general = both(_written(some, [] if query is None else [(query,)], ()))
    assert isinstance(quick, Block)
    assert isinstance(general, Block)
    assert quick.globs == general.globs == (query is not None)
