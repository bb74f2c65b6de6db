"""Caveats that cannot be made, and checks that are almost a caveat and stand for none."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from tests.unit.caveat_scene import ABSENT, V, facts
from tests.unit.scene import NOW

from attorn import caveat
from attorn.biscuit.admission import admit
from attorn.biscuit.block import encode
from attorn.caveat import Unrecognised
from attorn.caveat.profile import recognise
from attorn.datalog import (
    GREATER_OR_EQUAL,
    LESS,
    LESS_OR_EQUAL,
    Check,
    Predicate,
    Query,
    date,
    integer,
    octets,
    scalar,
    set_of,
    string,
    variable,
)
from attorn.errors import InputError
from attorn.limits import Limits

C = caveat


NAIVE = datetime(2030, 1, 1)
REFUSED: dict[str, Any] = {
    "actions-none": C.Actions,
    "actions-empty": lambda: C.Actions(""),
    "actions-star": lambda: C.Actions("*"),
    "actions-inner-star": lambda: C.Actions("a:*:b"),
    "actions-prefix-star": lambda: C.Actions("ab*"),
    "actions-double-colon": lambda: C.Actions("a::b"),
    "actions-colon-at-the-end": lambda: C.Actions("a:"),
    "actions-space": lambda: C.Actions("a b"),
    "actions-newline": lambda: C.Actions("a\n"),
    "actions-unicode": lambda: C.Actions("\u00e9"),
    "actions-long": lambda: C.Actions("a" * 257),
    "actions-list": lambda: C.Actions(["a"]),  # type: ignore[arg-type]
    "actions-bytes": lambda: C.Actions(b"a"),  # type: ignore[arg-type]
    "actions-number": lambda: C.Actions("a", 5),  # type: ignore[arg-type]
    "resources-none": C.Resources,
    "resources-empty": lambda: C.Resources(""),
    "resources-query": lambda: C.Resources("/a?b"),
    "resources-above-the-root": lambda: C.Resources("/../a"),
    "resources-backslash": lambda: C.Resources("/a\\b"),
    "resources-encoded-slash": lambda: C.Resources("/a%2fb"),
    "resources-userinfo": lambda: C.Resources("x://a@b/"),
    "resources-path-object": lambda: C.Resources(object()),  # type: ignore[arg-type]
    "audience-none": C.Audience,
    "audience-empty": lambda: C.Audience(""),
    "audience-space": lambda: C.Audience("a b"),
    "audience-newline": lambda: C.Audience("a\n"),
    "audience-unicode": lambda: C.Audience("\u00e9"),
    "audience-long": lambda: C.Audience("a" * 2049),
    "expires-naive": lambda: C.Expires(NAIVE),
    "expires-number": lambda: C.Expires(NOW),  # type: ignore[arg-type]
    "expires-text": lambda: C.Expires("2030-01-01"),  # type: ignore[arg-type]
    "expires-1969": lambda: C.Expires(datetime(1969, 12, 31, tzinfo=UTC)),
    "expires-beyond": lambda: C.Expires(datetime.max.replace(tzinfo=timezone(-timedelta(hours=1)))),
    "not-before-naive": lambda: C.NotBefore(NAIVE),
    "not-before-none": lambda: C.NotBefore(None),  # type: ignore[arg-type]
    "expires-in-nothing": C.ExpiresIn,
    "expires-in-zero": lambda: C.ExpiresIn(hours=0),
    "expires-in-negative": lambda: C.ExpiresIn(hours=-1),
    "expires-in-half-a-second": lambda: C.ExpiresIn(seconds=0.5),
    "expires-in-text": lambda: C.ExpiresIn(hours="1"),  # type: ignore[arg-type]
    "expires-in-nan": lambda: C.ExpiresIn(hours=float("nan")),
    "expires-in-infinity": lambda: C.ExpiresIn(hours=float("inf")),
    "expires-in-number": lambda: C.ExpiresIn(60),  # type: ignore[arg-type]
    "depth-negative": lambda: C.MaxDepth(-1),
    "depth-true": lambda: C.MaxDepth(True),
    "depth-fraction": lambda: C.MaxDepth(1.0),  # type: ignore[arg-type]
    "depth-huge": lambda: C.MaxDepth(10**7),
    "name-empty": lambda: C.Equals("", 1),
    "name-long": lambda: C.Equals("v" * 257, 1),
    "name-newline": lambda: C.Equals("v\n", 1),
    "name-bidi": lambda: C.Equals("\u202ev", 1),
    "name-surrogate": lambda: C.Equals("\ud800", 1),
    "name-number": lambda: C.Equals(5, 1),  # type: ignore[arg-type]
    "equals-float": lambda: C.Equals(V, 1.0),  # type: ignore[arg-type]
    "equals-list": lambda: C.Equals(V, [1]),  # type: ignore[arg-type]
    "equals-bytes": lambda: C.Equals(V, b"a"),  # type: ignore[arg-type]
    "equals-huge": lambda: C.Equals(V, 2**53),
    "equals-surrogate": lambda: C.Equals(V, "\udc00"),
    "equals-long": lambda: C.Equals(V, "x" * 4097),
    "one-of-none": lambda: C.OneOf(V),
    "one-of-empty-list": lambda: C.OneOf(V, []),
    "one-of-mixed": lambda: C.OneOf(V, 1, "1"),
    "one-of-true-and-one": lambda: C.OneOf(V, 1, True),
    "one-of-null": lambda: C.OneOf(V, None),  # type: ignore[arg-type]
    "one-of-nested": lambda: C.OneOf(V, [[1]]),  # type: ignore[list-item]
    "not-one-of-none": lambda: C.NotOneOf(V),
    "not-one-of-mixed": lambda: C.NotOneOf(V, "a", 1),
    "range-open": lambda: C.Range(V),
    "range-empty": lambda: C.Range(V, 2, 1),
    "range-fraction": lambda: C.Range(V, 0.5, 1),  # type: ignore[arg-type]
    "range-true": lambda: C.Range(V, True, 5),
    "range-text": lambda: C.Range(V, "1"),  # type: ignore[arg-type]
    "range-huge": lambda: C.Range(V, 0, 2**53),
    "length-negative": lambda: C.MaxLength(V, -1),
    "length-true": lambda: C.MaxLength(V, True),
    "length-none": lambda: C.MaxLength(V, None),  # type: ignore[arg-type]
    "prefix-empty": lambda: C.StartsWith(V, ""),
    "prefix-bytes": lambda: C.StartsWith(V, b"a"),  # type: ignore[arg-type]
    "prefix-tuple": lambda: C.StartsWith(V, ("a", "b")),  # type: ignore[arg-type]
    "glob-empty": lambda: C.Glob(V, ""),
    "glob-backslash": lambda: C.Glob(V, "a\\"),
    "glob-long": lambda: C.Glob(V, "a" * 257),
    "glob-surrogate": lambda: C.Glob(V, "\ud800"),
    "glob-number": lambda: C.Glob(V, 5),  # type: ignore[arg-type]
    "contains-none": lambda: C.Contains(V),
    "contains-mixed": lambda: C.Contains(V, 1, "a"),
    "subset-none": lambda: C.SubsetOf(V, ()),
    "subset-of-dict": lambda: C.SubsetOf(V, {"a": 1}),  # type: ignore[arg-type]
    "subpath-none": lambda: C.Subpath(V),
    "subpath-relative": lambda: C.Subpath(V, "data"),
    "subpath-dots": lambda: C.Subpath(V, "/a/../b"),
    "subpath-list": lambda: C.Subpath(V, ["/a"]),  # type: ignore[arg-type]
    "host-none": lambda: C.UrlHost(V),
    "host-star": lambda: C.UrlHost(V, "*"),
    "host-inner-star": lambda: C.UrlHost(V, "a.*.test"),
    "host-url": lambda: C.UrlHost(V, "https://a.test"),
    "host-port": lambda: C.UrlHost(V, "a.test:80"),
    "host-dot": lambda: C.UrlHost(V, "a.test."),
    "host-unicode": lambda: C.UrlHost(V, "\u00e9.test"),
    "host-short-address": lambda: C.UrlHost(V, "10.1"),
    "cidr-none": lambda: C.Cidr(V),
    "cidr-host-bits": lambda: C.Cidr(V, "10.1.0.1/16"),
    "cidr-too-long": lambda: C.Cidr(V, "10.0.0.0/33"),
    "cidr-text": lambda: C.Cidr(V, "localhost"),
    "cidr-zone": lambda: C.Cidr(V, "fe80::%eth0/64"),
    "uses-zero": lambda: C.MaxUses(0),
    "uses-negative": lambda: C.MaxUses(-1),
    "uses-true": lambda: C.MaxUses(True),
    "uses-huge": lambda: C.MaxUses(2**53),
    "uses-text": lambda: C.MaxUses("5"),  # type: ignore[arg-type]
    "rate-zero": lambda: C.Rate(0, "day"),
    "rate-period": lambda: C.Rate(1, "fortnight"),
    "rate-total": lambda: C.Rate(1, "total"),
    "rate-case": lambda: C.Rate(1, "Day"),
    "rate-unhashable": lambda: C.Rate(1, ["day"]),  # type: ignore[arg-type]
    "spaced-hour": lambda: C.Spaced("hour"),
    "spaced-total": lambda: C.Spaced("total"),
    "spaced-case": lambda: C.Spaced("Month"),
    "spaced-plural": lambda: C.Spaced("months"),
    "spaced-none": lambda: C.Spaced(None),  # type: ignore[arg-type]
    "spaced-unhashable": lambda: C.Spaced(["day"]),  # type: ignore[arg-type]
    "budget-zero": lambda: C.Budget(0, "EUR"),
    "budget-fraction": lambda: C.Budget(5.0, "EUR"),  # type: ignore[arg-type]
    "budget-currency": lambda: C.Budget(5, "eur"),
    "budget-no-currency": lambda: C.Budget(5, ""),
    "budget-per-hour": lambda: C.Budget(5, "EUR", "hour"),
    "budget-per-total": lambda: C.Budget(5, "EUR", "total"),
    "all-of-nothing": C.AllOf,
    "any-of-nothing": C.AnyOf,
    "any-of-scope": lambda: C.AnyOf(C.Actions("a")),  # type: ignore[arg-type]
    "all-of-counted": lambda: C.AllOf(C.MaxUses(1)),  # type: ignore[arg-type]
    "all-of-spaced": lambda: C.AllOf(C.Spaced("day")),  # type: ignore[arg-type]
    "all-of-list": lambda: C.AllOf([C.Equals(V, 1)]),  # type: ignore[arg-type]
    "any-of-33": lambda: C.AnyOf(*[C.Equals(V, number) for number in range(33)]),
    "any-of-65-alternatives": lambda: C.AnyOf(*[C.UrlHost(V, *[f"h{a}-{b}.a" for a in range(13)]) for b in range(5)]),
    "all-of-product": lambda: C.AllOf(*[C.AnyOf(C.Equals(f"v{n}", 1), C.Equals(f"v{n}", 2)) for n in range(7)]),
    "all-of-65-conditions": lambda: C.AllOf(*[C.AllOf(*[C.Equals(f"{a}{b}", 1) for a in range(13)]) for b in range(5)]),
    "not-scope": lambda: C.Not(C.Audience("x")),  # type: ignore[arg-type]
    "not-nothing": lambda: C.Not(None),  # type: ignore[arg-type]
    "not-null": lambda: C.Not(C.Equals(V, None)),
    "not-null-inside": lambda: C.Not(C.AnyOf(C.Equals(V, 1), C.Equals(V, None))),
    "purpose-empty": lambda: C.Purpose(""),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_caveats_that_cannot_be_made(name: str) -> None:
    with pytest.raises(InputError) as caught:
        REFUSED[name]()
    assert len(str(caught.value)) < 300
    assert str(caught.value).isprintable()


NAMES: dict[str, Callable[[Any], object]] = {
    "equals": lambda name: C.Equals(name, 1),
    "one-of": lambda name: C.OneOf(name, 1),
    "not-one-of": lambda name: C.NotOneOf(name, 1),
    "range": lambda name: C.Range(name, 1),
    "length": lambda name: C.MaxLength(name, 1),
    "prefix": lambda name: C.StartsWith(name, "a"),
    "glob": lambda name: C.Glob(name, "a"),
    "contains": lambda name: C.Contains(name, 1),
    "subset": lambda name: C.SubsetOf(name, 1),
    "subpath": lambda name: C.Subpath(name, "/a"),
    "host": lambda name: C.UrlHost(name, "a.test"),
    "cidr": lambda name: C.Cidr(name, "10.0.0.0/8"),
}


@pytest.mark.parametrize("name", ["", "v" * 257, "v\n", "\u202ev", None, 5, b"v"], ids=ascii)
@pytest.mark.parametrize("kind", NAMES)
def test_every_atom_refuses_a_name_that_is_none(kind: str, name: Any) -> None:
    with pytest.raises(InputError, match="argument name: "):
        NAMES[kind](name)


ALMOST: dict[str, Check] = {
    "nothing": (Query((), ()),),
    "unknown-fact": (Query((Predicate("weather", (string("fine"),)),), ()),),
    "operation-twice": (Query((Predicate("operation", (string("a"),)), Predicate("operation", (string("b"),))), ()),),
    "operation-unsorted": tuple(Query((Predicate("operation", (string(name),)),), ()) for name in "ba"),
    "operation-of-anything": (Query((Predicate("operation", (variable("0"),)),), ()),),
    "operation-of-number": (Query((Predicate("operation", (integer(1),)),), ()),),
    "operation-not-a-name": (Query((Predicate("operation", (string("a b"),)),), ()),),
    "path-not-normal": (Query((Predicate("path", (string("/a/"),)),), ()),),
    "path-of-bytes": (Query((Predicate("path", (octets(b"/a"),)),), ()),),
    "audience-other-variable": (Query((Predicate("audience", (variable("x"),)),), ()),),
    "time-of-number": (Query((Predicate("time", (variable("time"),)),), ((variable("time"), integer(5), LESS),)),),
    "time-up-to-and-including": (
        Query((Predicate("time", (variable("time"),)),), ((variable("time"), date(5), LESS_OR_EQUAL),)),
    ),
    "time-other-variable": (Query((Predicate("time", (variable("0"),)),), ((variable("0"), date(5), LESS),)),),
    "time-without-limit": (Query((Predicate("time", (variable("time"),)),), ()),),
    "depth-less": (Query((Predicate("depth", (variable("0"),)),), ((variable("0"), integer(1), LESS),)),),
    "depth-negative": (Query((Predicate("depth", (variable("0"),)),), ((variable("0"), integer(-1), LESS_OR_EQUAL),)),),
    "uses-zero": (Query((Predicate("max_uses", (integer(0),)),), ()),),
    "uses-negative": (Query((Predicate("max_uses", (integer(-5),)),), ()),),
    "uses-true": (Query((Predicate("max_uses", (scalar(True),)),), ()),),
    "uses-of-two": (Query((Predicate("max_uses", (integer(1), integer(2))),), ()),),
    "uses-or-more": tuple(Query((Predicate("max_uses", (integer(number),)),), ()) for number in (1, 100)),
    "rate-of-fortnight": (Query((Predicate("rate", (integer(1), string("fortnight"))),), ()),),
    "budget-per-hour": (Query((Predicate("budget", (integer(1), string("EUR"), string("hour"))),), ()),),
    "budget-currency": (Query((Predicate("budget", (integer(1), string("eur"), string("total"))),), ()),),
    "arg-alone": (Query((Predicate("arg", (string(V),)),), ()),),
    "arg-of-three": (Query((Predicate("arg", (string(V), integer(1), integer(2))),), ()),),
    "arg-of-date": (Query((Predicate("arg", (string(V), date(1))),), ()),),
    "arg-of-bytes": (Query((Predicate("arg", (string(V), octets(b"a"))),), ()),),
    "arg-of-set": (Query((Predicate("arg", (string(V), set_of(frozenset({integer(1)})))),), ()),),  # type: ignore[arg-type]
    "arg-present": (Query((Predicate("arg", (string(V), variable("0"))),), ()),),
    "arg-any-name": (Query((Predicate("arg", (variable("0"), integer(1))),), ()),),
    "arg-name-hidden": (Query((Predicate("arg", (string("v\u200b"), integer(1))),), ()),),
    "number-swapped": (
        Query(
            (Predicate("number", (string(V), variable("1"), variable("0"))),),
            ((variable("0"), integer(5), LESS_OR_EQUAL),),
        ),
    ),
    "number-of-ceiling": (
        Query(
            (Predicate("number", (string(V), variable("0"), variable("1"))),),
            ((variable("0"), integer(5), LESS_OR_EQUAL),),
        ),
    ),
    "glob-unchecked": (Query((Predicate("glob", (string(V), string("a"), variable("0"))),), ()),),
    "glob-bad-pattern": (Query((Predicate("glob", (string(V), string("a\\"), scalar(True))),), ()),),
    "null-of-two": (Query((Predicate("null", (string(V), integer(1))),), ()),),
    "alternatives-of-kinds": (
        Query((Predicate("operation", (string("a"),)),), ()),
        Query((Predicate("path", (string("/a"),)),), ()),
    ),
    "alternative-of-the-supplied": (
        Query((Predicate("arg", (string(V), integer(1))),), ()),
        Query((Predicate("operation", (string("a"),)),), ()),
    ),
    "alternative-of-what-is-done": (
        Query((Predicate("integer", (string(V), integer(1))),), ()),
        Query((Predicate("operation", (string("a"),)),), ()),
    ),
    "argument-and-what-is-done": (
        Query((Predicate("integer", (string(V), integer(1))), Predicate("operation", (string("a"),))), ()),
    ),
    "argument-and-a-limit": (
        Query((Predicate("integer", (string(V), integer(1))), Predicate("max_uses", (integer(1),))), ()),
    ),
    "request-itself": (Query((Predicate("request", (octets(bytes(32)),)),), ()),),
}  # fmt: skip


@pytest.mark.parametrize("name", ALMOST)
def test_checks_that_are_almost_a_caveat_prohibit(name: str) -> None:
    found = recognise(ALMOST[name])
    assert isinstance(found, Unrecognised)
    assert found.render() == ALMOST[name]
    for value in (1, 1.0, True, "a", "/a", None, ABSENT):
        assert found.prohibits(facts(value, action="a", resource="/a")) is not None


NOT_NORMAL: dict[str, Predicate] = {
    "action-star": Predicate("operation", (string("a:*"),)),
    "action-space": Predicate("operation", (string("a b"),)),
    "path": Predicate("path", (string("/data/../a"),)),
    "path-slash": Predicate("path", (string("/a/"),)),
    "audience": Predicate("audience", (string("a b"),)),
    "subpath": Predicate("subpath", (string(V), string("/a/"))),
    "subpath-dots": Predicate("subpath", (string(V), string("/a/../b"))),
    "subpath-name": Predicate("subpath", (string("v\n"), string("/a"))),
    "host": Predicate("host", (string(V), string("A.test"))),
    "host-star": Predicate("host", (string(V), string("*"))),
    "text-name": Predicate("text", (string("v\n"), string("a"))),
    "text-of-no-argument": Predicate("text", (string(""), string("a"))),
    "weather": Predicate("weather", (string(V), string("a"))),
}


@pytest.mark.parametrize("name", NOT_NORMAL)
def test_what_comes_in_bytes_is_read_as_strictly(name: str) -> None:
    """A check of a usual shape is read without being rendered; what no caveat renders to stands for none there too."""
    check = (Query((NOT_NORMAL[name],), ()),)
    (shaped,) = admit(encode((), (check,), ()), (), Limits()).shaped
    for each in (check, shaped):
        found = recognise(each)
        assert found == Unrecognised(check)
        assert found.render() == check


@pytest.mark.parametrize(("low", "high", "known"), [(0, 2**53 - 1, True), (2, 1, False), (1 - 2**53, 0, True)])
def test_bounds_in_bytes(low: int, high: int, known: bool) -> None:
    first, second = variable("0"), variable("1")
    bounds = ((first, integer(low), GREATER_OR_EQUAL), (second, integer(high), LESS_OR_EQUAL))
    check = (Query((Predicate("number", (string(V), first, second)),), bounds),)
    (shaped,) = admit(encode((), (check,), ()), (), Limits()).shaped
    for each in (check, shaped):
        assert recognise(each) == C.Range(V, low, high) if known else recognise(each) == Unrecognised(check)
