"""Caveats beside each other: one form for one meaning, which is narrower, and how a denial tells of them."""

from __future__ import annotations

from datetime import timedelta, timezone
from typing import Any

import pytest
from tests.unit.caveat_scene import ABSENT, SAFE, V, facts, moment, written
from tests.unit.scene import NOW

from attorn import Request, caveat
from attorn.caveat import Caveat, Unrecognised
from attorn.caveat.profile import recognise
from attorn.datalog import (
    Predicate,
    Query,
    string,
)
from attorn.request.facts import Facts

C = caveat


NORMAL: dict[str, tuple[Caveat, Caveat]] = {
    "actions": (C.Actions("b", "a", "b"), C.Actions("a", "b")),
    "resources": (C.Resources("/b/../a", "/a/"), C.Resources("/a")),
    "expires": (C.Expires(moment(NOW + 0.9)), C.Expires(moment(NOW))),
    "expires-zone": (C.Expires(moment(NOW).astimezone(timezone(timedelta(hours=5)))), C.Expires(moment(NOW))),
    "one-of-list": (C.OneOf(V, ["b", "a"]), C.OneOf(V, "a", "b", "a")),
    "cidr-spelling": (C.Cidr(V, "2001:DB8:0::/32"), C.Cidr(V, "2001:db8::/32")),
    "host-spelling": (C.UrlHost(V, "A.Test"), C.UrlHost(V, "a.test")),
    "any-of-one": (C.AnyOf(C.Equals(V, 1)), C.Equals(V, 1)),
    "all-of-one": (C.AllOf(C.Range(V, 1)), C.Range(V, 1)),
    "not-not": (C.Not(C.Not(C.StartsWith(V, "a"))), C.StartsWith(V, "a")),
    "not-equals": (C.Not(C.Equals(V, "a")), C.NotOneOf(V, "a")),
    "not-one-of": (C.Not(C.OneOf(V, "a", "b")), C.NotOneOf(V, "a", "b")),
    "not-not-one-of": (C.Not(C.NotOneOf(V, "a", "b")), C.OneOf(V, "a", "b")),
    "not-any": (C.Not(C.AnyOf(C.Equals(V, 1), C.Equals("w", 1))), C.AllOf(C.NotOneOf(V, 1), C.NotOneOf("w", 1))),
    "not-all": (C.Not(C.AllOf(C.Equals(V, 1), C.Equals("w", 1))), C.AnyOf(C.NotOneOf(V, 1), C.NotOneOf("w", 1))),
    "any-of-hosts": (C.AnyOf(C.UrlHost(V, "b.test"), C.UrlHost(V, "a.test")), C.UrlHost(V, "a.test", "b.test")),
    "twice": (C.AllOf(C.Equals(V, 1), C.Equals(V, 1)), C.Equals(V, 1)),
    "distributed": (
        C.AllOf(C.AnyOf(C.Equals(V, 1), C.Equals(V, 2)), C.Equals("w", 1)),
        C.AnyOf(C.AllOf(C.Equals(V, 1), C.Equals("w", 1)), C.AllOf(C.Equals(V, 2), C.Equals("w", 1))),
    ),
}


@pytest.mark.parametrize("name", NORMAL)
def test_what_means_the_same_is_written_the_same(name: str) -> None:
    spelled, plain = NORMAL[name]
    check = written(spelled)
    if name != "any-of-hosts":
        assert check == written(plain)
    assert recognise(check).render() == check
    assert recognise(written(plain)) == plain or isinstance(plain, C.AnyOf | C.AllOf)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (C.Equals(V, 1), C.Equals(V, True)),
        (C.Equals(V, 0), C.Equals(V, False)),
        (C.Equals(V, 1), C.Equals(V, "1")),
        (C.Equals(V, None), C.Equals(V, False)),
        (C.OneOf(V, 1), C.OneOf(V, True)),
        (C.OneOf(V, 1), C.NotOneOf(V, 1)),
        (C.SubsetOf(V, "a"), C.Contains(V, "a")),
        (C.MaxUses(1), C.MaxUses(2)),
        (C.Expires(moment(NOW)), C.NotBefore(moment(NOW))),
    ],
    ids=["true-and-1", "false-and-0", "text-and-1", "null-and-false", "sets", "negation", "direction", "uses", "time"],
)
def test_caveats_that_are_not_equal(left: Caveat, right: Caveat) -> None:
    assert left != right
    assert written(left) != written(right)


# (narrower, wider, verdict): True narrower, False not, None undecided.
COMPARED: dict[str, tuple[Caveat, Caveat, bool | None]] = {
    "actions-equal": (C.Actions("a"), C.Actions("a"), True),
    "actions-in-wildcard": (C.Actions("a:b", "a:c:*"), C.Actions("a:*"), True),
    "actions-wildcard-in-itself": (C.Actions("a:*"), C.Actions("a:*"), True),
    "actions-wildcard-in-name": (C.Actions("a:*"), C.Actions("a:b"), False),
    "actions-namespace-is-not-its-name": (C.Actions("a"), C.Actions("a:*"), False),
    "resources-below": (C.Resources("/a/b"), C.Resources("/a"), True),
    "resources-beside": (C.Resources("/ab"), C.Resources("/a"), False),
    "resources-above": (C.Resources("/"), C.Resources("/a"), False),
    "actions-partly": (C.Actions("a:b", "c"), C.Actions("a:*"), False),
    "resources-partly": (C.Resources("/a/b", "/c"), C.Resources("/a"), False),
    "resources-of-several": (C.Resources("/a/b", "/c"), C.Resources("/a", "/c"), True),
    "audience-fewer": (C.Audience("a"), C.Audience("a", "b"), True),
    "audience-more": (C.Audience("a", "b"), C.Audience("a"), False),
    "expires-same": (C.Expires(moment(5)), C.Expires(moment(5)), True),
    "expires-later": (C.Expires(moment(6)), C.Expires(moment(5)), False),
    "not-before-later": (C.NotBefore(moment(6)), C.NotBefore(moment(5)), True),
    "not-before-earlier": (C.NotBefore(moment(4)), C.NotBefore(moment(5)), False),
    "expires-and-not-before": (C.Expires(moment(5)), C.NotBefore(moment(5)), None),
    "depth": (C.MaxDepth(1), C.MaxDepth(1), True),
    "depth-more": (C.MaxDepth(2), C.MaxDepth(1), False),
    "equals-other-name": (C.Equals("w", 1), C.Equals(V, 1), None),
    "equals-true": (C.Equals(V, True), C.Equals(V, 1), False),
    "equals-in-one-of": (C.Equals(V, 1), C.OneOf(V, 1, 2), True),
    "equals-true-in-one-of": (C.Equals(V, True), C.OneOf(V, 1), False),
    "equals-other-not-excluded": (C.Equals(V, 2), C.NotOneOf(V, 1), True),
    "equals-true-for-not-one-of": (C.Equals(V, True), C.NotOneOf(V, 1), False),
    "equals-null-in-one-of": (C.Equals(V, None), C.OneOf(V, "a"), False),
    "equals-null-not-excluded": (C.Equals(V, None), C.NotOneOf(V, "a"), False),
    "equals-null-in-range": (C.Equals(V, None), C.Range(V, 0), False),
    "equals-in-range": (C.Equals(V, 5), C.Range(V, 0, 5), True),
    "equals-true-in-range": (C.Equals(V, True), C.Range(V, 0, 5), False),
    "equals-text-in-range": (C.Equals(V, "5"), C.Range(V, 0, 5), False),
    "equals-text-with-prefix": (C.Equals(V, "ab"), C.StartsWith(V, "a"), None),
    "one-of-one-is-equals": (C.OneOf(V, 1), C.Equals(V, 1), True),
    "one-of-true-is-not-1": (C.OneOf(V, True), C.Equals(V, 1), False),
    "one-of-in-range": (C.OneOf(V, 0, 5), C.Range(V, 0, 5), True),
    "one-of-partly-in-range": (C.OneOf(V, 0, 6), C.Range(V, 0, 5), False),
    "one-of-fewer": (C.OneOf(V, 1), C.OneOf(V, 1, 2), True),
    "one-of-more": (C.OneOf(V, 1, 2), C.OneOf(V, 1), False),
    "one-of-others-than-excluded": (C.OneOf(V, 2, 3), C.NotOneOf(V, 1), True),
    "one-of-some-excluded": (C.OneOf(V, 1, 2), C.NotOneOf(V, 1), False),
    "one-of-texts-where-a-number-is-excluded": (C.OneOf(V, "a"), C.NotOneOf(V, 1), False),
    "not-one-of-more": (C.NotOneOf(V, 1, 2), C.NotOneOf(V, 1), True),
    "not-one-of-fewer": (C.NotOneOf(V, 1), C.NotOneOf(V, 1, 2), None),
    "not-one-of-and-one-of": (C.NotOneOf(V, 1), C.OneOf(V, 2), None),
    "range-inside": (C.Range(V, 1, 4), C.Range(V, 0, 5), True),
    "range-in-open": (C.Range(V, 1, 4), C.Range(V, 0), True),
    "range-same": (C.Range(V, 1, 4), C.Range(V, 1, 4), True),
    "range-in-open-below": (C.Range(V, 1, 4), C.Range(V, None, 4), True),
    "range-in-open-above": (C.Range(V, 1, 4), C.Range(V, 1), True),
    "range-open-below-in-closed": (C.Range(V, None, 4), C.Range(V, 0, 5), False),
    "range-open-above-in-open-below": (C.Range(V, 1), C.Range(V, None, 5), False),
    "range-open-below-in-open-above": (C.Range(V, None, 4), C.Range(V, 1), False),
    "range-a-little-above": (C.Range(V, 1, 6), C.Range(V, 1, 5), False),
    "range-a-little-below": (C.Range(V, 0, 5), C.Range(V, 1, 5), False),
    "range-open-in-closed": (C.Range(V, 1), C.Range(V, 0, 5), False),
    "range-and-equals": (C.Range(V, 1, 1), C.Equals(V, 1), None),
    "length-shorter": (C.MaxLength(V, 1), C.MaxLength(V, 2), True),
    "length-longer": (C.MaxLength(V, 3), C.MaxLength(V, 2), False),
    "prefix-longer": (C.StartsWith(V, "ab"), C.StartsWith(V, "a"), True),
    "prefix-shorter": (C.StartsWith(V, "a"), C.StartsWith(V, "ab"), False),
    "glob-same": (C.Glob(V, "a*"), C.Glob(V, "a*"), True),
    "glob-literal-inside": (C.Glob(V, "ab"), C.Glob(V, "a*"), True),
    "glob-literal-outside": (C.Glob(V, "b"), C.Glob(V, "a*"), False),
    "glob-two-patterns": (C.Glob(V, "ab*"), C.Glob(V, "a*"), None),
    "glob-escaped": (C.Glob(V, r"\a"), C.Glob(V, "a"), None),
    "contains-more": (C.Contains(V, "a", "b"), C.Contains(V, "a"), True),
    "contains-fewer": (C.Contains(V, "a"), C.Contains(V, "a", "b"), None),
    "subset-fewer": (C.SubsetOf(V, "a"), C.SubsetOf(V, "a", "b"), True),
    "subset-more": (C.SubsetOf(V, "a", "b"), C.SubsetOf(V, "a"), False),
    "subset-other-type": (C.SubsetOf(V, True), C.SubsetOf(V, 1), False),
    "path-below": (C.Subpath(V, "/a/b"), C.Subpath(V, "/a"), True),
    "path-beside": (C.Subpath(V, "/ab"), C.Subpath(V, "/a"), False),
    "path-partly": (C.Subpath(V, "/a/b", "/c"), C.Subpath(V, "/a"), False),
    "paths-in-several": (C.Subpath(V, "/a/b", "/c"), C.Subpath(V, "/a", "/c"), True),
    "hosts-partly": (C.UrlHost(V, "a.b.test", "c.test"), C.UrlHost(V, "*.b.test"), False),
    "hosts-in-several": (C.UrlHost(V, "a.b.test", "c.test"), C.UrlHost(V, "*.b.test", "c.test"), True),
    "networks-partly": (C.Cidr(V, "10.1.0.0/16", "11.0.0.0/8"), C.Cidr(V, "10.0.0.0/8"), False),
    "networks-in-several": (C.Cidr(V, "10.1.0.0/16", "::1/128"), C.Cidr(V, "10.0.0.0/8", "::/0"), True),
    "networks-in-two-halves": (C.Cidr(V, "10.0.0.0/7"), C.Cidr(V, "10.0.0.0/8", "11.0.0.0/8"), True),
    "networks-in-four-quarters": (
        C.Cidr(V, "0.0.0.0/0"), C.Cidr(V, "0.0.0.0/2", "64.0.0.0/2", "128.0.0.0/2", "192.0.0.0/2"), True,
    ),
    "networks-in-three-quarters": (C.Cidr(V, "0.0.0.0/0"), C.Cidr(V, "0.0.0.0/2", "64.0.0.0/2", "128.0.0.0/2"), False),
    "path-in-top": (C.Subpath(V, "/a"), C.Subpath(V, "/"), True),
    "host-in-wildcard": (C.UrlHost(V, "a.b.test"), C.UrlHost(V, "*.test"), True),
    "host-wildcard-in-wildcard": (C.UrlHost(V, "*.b.test"), C.UrlHost(V, "*.test"), True),
    "host-is-not-in-its-wildcard": (C.UrlHost(V, "b.test"), C.UrlHost(V, "*.b.test"), False),
    "host-address-in-wildcard": (C.UrlHost(V, "10.0.0.1"), C.UrlHost(V, "*.test"), False),
    "host-wildcard-in-host": (C.UrlHost(V, "*.b.test"), C.UrlHost(V, "b.test"), False),
    "network-inside": (C.Cidr(V, "10.1.0.0/16"), C.Cidr(V, "10.0.0.0/8"), True),
    "network-same": (C.Cidr(V, "10.0.0.0/8"), C.Cidr(V, "10.0.0.0/8"), True),
    "network-versions": (C.Cidr(V, "::/0"), C.Cidr(V, "0.0.0.0/0"), False),
    "uses-fewer": (C.MaxUses(1), C.MaxUses(2), True),
    "uses-more": (C.MaxUses(3), C.MaxUses(2), False),
    "uses-and-rate": (C.MaxUses(1), C.Rate(2, "day"), None),
    "spaced-longer": (C.Spaced("quarter"), C.Spaced("month"), True),
    "spaced-shorter": (C.Spaced("day"), C.Spaced("week"), False),
    "spaced-same": (C.Spaced("week"), C.Spaced("week"), True),
    "spaced-and-uses": (C.Spaced("year"), C.MaxUses(1), None),
    "spaced-and-rate": (C.Spaced("month"), C.Rate(1, "month"), None),
    "rate-fewer": (C.Rate(1, "day"), C.Rate(2, "day"), True),
    "rate-more": (C.Rate(3, "day"), C.Rate(2, "day"), False),
    "rate-periods": (C.Rate(1, "month"), C.Rate(2, "day"), None),
    "budget-less": (C.Budget(1, "EUR"), C.Budget(2, "EUR"), True),
    "budget-more": (C.Budget(3, "EUR"), C.Budget(2, "EUR"), False),
    "budget-currencies": (C.Budget(1, "EUR"), C.Budget(2, "USD"), None),
    "budget-periods": (C.Budget(1, "EUR"), C.Budget(2, "EUR", "day"), None),
    "purposes": (C.Purpose("a"), C.Purpose("b"), None),
    "formulas": (C.AnyOf(C.Equals(V, 1)), C.Equals(V, 1), None),
    "kinds": (C.Actions("a"), C.Resources("a"), None),
    "unrecognised": (Unrecognised((Query((), ()),)), C.Actions("a"), None),
}  # fmt: skip


@pytest.mark.parametrize("name", COMPARED)
def test_narrower_than(name: str) -> None:
    mine, theirs, expected = COMPARED[name]
    assert mine.narrower_than(theirs) is expected


def _each(name: str) -> list[Caveat]:
    """One atom of every kind, each as narrow as the one of the same kind for any other name."""
    return [
        C.Equals(name, 1),
        C.Equals(name, "a"),
        C.OneOf(name, 1),
        C.NotOneOf(name, 2),
        C.Range(name, 1, 1),
        C.MaxLength(name, 1),
        C.StartsWith(name, "a"),
        C.Glob(name, "a"),
        C.Contains(name, "a"),
        C.SubsetOf(name, "a"),
        C.Subpath(name, "/a"),
        C.UrlHost(name, "a.test"),
        C.Cidr(name, "10.0.0.0/8"),
    ]


@pytest.mark.parametrize("mine", _each(V), ids=lambda each: each.limit())
def test_an_atom_says_nothing_of_another_argument(mine: Caveat) -> None:
    assert mine.narrower_than(mine) is True
    for theirs in _each("w"):
        assert mine.narrower_than(theirs) is None


_SCOPES: list[Caveat] = [
    C.Actions("a"),
    C.Resources("a"),
    C.Audience("a"),
    C.Expires(moment(5)),
    C.NotBefore(moment(5)),
    C.MaxDepth(1),
    C.MaxUses(1),
    C.Rate(1, "day"),
    C.Budget(1, "EUR"),
    C.Range(V, 1),
]


@pytest.mark.parametrize("mine", _SCOPES, ids=lambda each: each.limit())
def test_two_kinds_are_not_compared(mine: Caveat) -> None:
    assert mine.narrower_than(mine) is True
    for theirs in _SCOPES:
        assert theirs is mine or mine.narrower_than(theirs) is None


@pytest.mark.parametrize(
    ("name", "covered"), [("a", False), ("a:b", True), ("a:*", True), ("*", False), ("ab:c", False)]
)
def test_actions_that_a_wildcard_covers(name: str, covered: bool) -> None:
    assert C.Actions("a:*", "c").covers(name) is covered
    assert C.Actions("a:*", "c").covers(name.encode()) is False  # type: ignore[arg-type]


@pytest.mark.parametrize("mine", _each(V)[4:], ids=lambda each: each.limit())
def test_atoms_of_two_kinds_are_not_compared(mine: Caveat) -> None:
    for theirs in _each(V)[4:]:
        if type(theirs) is not type(mine):
            assert mine.narrower_than(theirs) is None


HOSTILE = "x\n\r\t\0\x1b[31m\"'\\\u202e\u2066\u2028\u200bend \u00e9\U0001f5d3"
NAME = "n\"'\\ \u00e9\U0001f5d3"
"""A name may hold any printable character."""
TOLD: dict[str, Caveat] = {
    "equals": C.Equals(NAME, HOSTILE),
    "equals-long": C.Equals("n" * 256, "x" * 4096),
    "one-of": C.OneOf(NAME, HOSTILE, "b"),
    "one-of-many": C.OneOf(NAME, *[f"{number}" + "x" * 1000 for number in range(100)]),
    "not-one-of": C.AllOf(C.NotOneOf(NAME, HOSTILE), C.Equals("other", 1)),
    "range": C.Range(NAME, -SAFE, -1),
    "length": C.MaxLength(NAME, 1),
    "prefix": C.StartsWith(NAME, HOSTILE + "!"),
    "glob": C.Glob(NAME, HOSTILE + "!"),
    "contains": C.Contains(NAME, HOSTILE),
    "subset": C.SubsetOf(NAME, HOSTILE),
    "subpath": C.Subpath(NAME, "/\u00e9'\""),
    "host": C.UrlHost(NAME, "a.test"),
    "network": C.Cidr(NAME, "10.0.0.0/8"),
    "not": C.Not(C.MaxLength(NAME, 2**40)),
    "all-of": C.AllOf(C.Equals(NAME, 1), C.Equals("other", HOSTILE)),
    "any-of": C.AnyOf(C.Equals(NAME, 1), C.Equals("other", HOSTILE)),
    "actions": C.Actions(*[f"a{number}:" + "b" * 200 for number in range(60)]),
    "resources": C.Resources("/\u00e9'", *[f"/{number}/" + "x" * 1500 for number in range(60)]),
    "audience": C.Audience("\"'\\", *[f"{number}" + "x" * 1500 for number in range(60)]),
    "expires": C.Expires(moment(0)),
    "not-before": C.NotBefore(moment(NOW * 2)),
    "depth": C.MaxDepth(0),
    "budget": C.Budget(1, "EUR"),
    "unrecognised": Unrecognised((Query((Predicate("operation", (string(HOSTILE),)),), ()),)),
}
ASKED: dict[str, object] = {
    "hostile": HOSTILE + "?", "long": "y" * 30_000, "list": [HOSTILE + "?"] * 50,
        "object": {HOSTILE: {HOSTILE: HOSTILE}}, "number": SAFE,
    "absent": ABSENT,
}  # fmt: skip


@pytest.mark.parametrize("asked", ASKED)
@pytest.mark.parametrize("name", TOLD)
def test_what_is_told_is_short_and_escaped(name: str, asked: str) -> None:
    args: dict[str, Any] = {} if ASKED[asked] is ABSENT else {NAME: ASKED[asked], "n" * 256: ASKED[asked]}
    resource = "/" + "z" * 1500 + "\u00e9'\""
    request = Request(action="c" * 256, resource=resource, args=args, cost=None)
    denial = TOLD[name].prohibits(Facts(request, audience='x:y"' + "z" * 1500, now=NOW, depth=3))
    assert denial is not None
    for text in (denial.limit, denial.asked, denial.explain(), TOLD[name].limit()):
        assert text.isascii(), text
        assert text.isprintable(), text
        assert len(text) <= 1200
    assert denial.caveat == type(TOLD[name]).__name__


@pytest.mark.parametrize("kind", [C.AnyOf, C.AllOf], ids=["any-of", "all-of"])
def test_what_a_large_formula_tells_is_short(kind: Any) -> None:
    parts = [C.OneOf(f"n{number}" + "n" * 200, *[f"{n}" + "x" * 100 for n in range(20)]) for number in range(32)]
    denial = kind(*parts).prohibits(facts(1))
    assert denial is not None
    assert len(denial.explain()) <= 2000


@pytest.mark.parametrize("value", [[1, "a"], {"a": [1]}, None, True], ids=["list", "object", "null", "truth"])
def test_what_was_asked_is_told_in_words_of_json(value: object) -> None:
    """A person who reads a denial knows the request, and not the types that hold it."""
    denial = C.Equals(V, "other").prohibits(facts(value))
    assert denial is not None
    assert "mappingproxy" not in denial.asked
