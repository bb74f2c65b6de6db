"""Every kind of caveat exactly: its Datalog, its words, what a denial says was asked, and the most that it can hold."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from tests.unit.caveat_scene import ABSENT, SAFE, V, facts, moment, permits, written

from attorn import caveat
from attorn.biscuit.admission import admit
from attorn.biscuit.block import encode
from attorn.biscuit.text import check_text
from attorn.caveat import Caveat
from attorn.caveat.formula import Alternatives
from attorn.caveat.profile import recognise
from attorn.datalog import LESS, Predicate, Query, date, variable
from attorn.errors import InputError
from attorn.limits import Limits
from attorn.request.money import Money

C = caveat
DID = "did:web:a.test"
URI = "https://a.test/1"
AT = moment(1_000_000_000)
LATEST = 253_402_300_799

WRITTEN: list[tuple[Caveat, str, str]] = [
    (
        C.Actions("mail:*", "events:read"),
        'operation("events:read") or operation($0), $0.starts_with("mail:")',
        "events:read or mail:*",
    ),
    (C.Resources("/b", "/a"), 'path("/a") or path("/b")', "/a or /b"),
    (C.Audience("x:b", "x:a"), 'audience("x:a") or audience("x:b")', "x:a or x:b"),
    (C.Expires(AT), "time($time), $time < 2001-09-09T01:46:40Z", "use before 2001-09-09T01:46:40Z"),
    (C.NotBefore(AT), "time($time), $time >= 2001-09-09T01:46:40Z", "use from 2001-09-09T01:46:40Z on"),
    (C.MaxDepth(2), "depth($0), $0 <= 2", "2 delegations after the user's own"),
    (C.MaxUses(3), "max_uses(3)", "3 uses"),
    *[
        (C.Rate(3, period), f'rate(3, "{period}")', f"3 uses per {period}")
        for period in ("second", "minute", "hour", "day", "week", "month")
    ],
    *(
        (C.Spaced(per), f'spaced("{per}")', f"uses at least one {per} apart")
        for per in ("day", "week", "fortnight", "month", "quarter", "year")
    ),
    (C.Budget(5, "EUR"), 'budget(5, "EUR", "total")', "5 EUR in all"),
    *[
        (C.Budget(5, "EUR", period), f'budget(5, "EUR", "{period}")', f"5 EUR per {period}")
        for period in ("day", "week", "month")
    ],
    (
        C.Status(URI, 7, DID),
        f'status("token", "{URI}", 7, "{DID}")',
        f"use while entry 7 of the token status list {URI} is valid",
    ),
    (
        C.Status(URI, 7, DID, "suspension"),
        f'status("suspension", "{URI}", 7, "{DID}")',
        f"use while entry 7 of the suspension status list {URI} is valid",
    ),
    (C.FreshList(DID), f'fresh_list("{DID}")', f"use while a fresh revocation list of {DID} is known"),
    (C.Equals(V, 1), 'integer("v", 1)', "v = 1"),
    (C.Equals(V, "a"), 'text("v", "a")', "v = 'a'"),
    (C.Equals(V, True), 'boolean("v", true)', "v = True"),
    (C.Equals(V, None), 'null("v")', "v = None"),
    (C.OneOf(V, 2, 1), 'integer("v", $0), {1, 2}.contains($0)', "v among 1, 2"),
    (C.OneOf(V, "b", "a"), 'text("v", $0), {"a", "b"}.contains($0)', "v among 'a', 'b'"),
    (C.OneOf(V, True), 'boolean("v", $0), { true }.contains($0)', "v among True"),
    (C.NotOneOf(V, 2, 1), 'integer("v", $0), !{1, 2}.contains($0)', "v other than 1, 2"),
    (C.Range(V, 1, 5), 'number("v", $0, $1), $0 >= 1, $1 <= 5', "1 <= v <= 5"),
    (C.Range(V, 1), 'number("v", $0, $1), $0 >= 1', "1 <= v"),
    (C.Range(V, None, 5), 'number("v", $0, $1), $1 <= 5', "v <= 5"),
    (C.MaxLength(V, 3), 'length("v", $0), $0 <= 3', "v no longer than 3"),
    (C.Contains(V, "b", "a"), 'texts("v", $0), $0.contains({"a", "b"})', "v with all of 'a', 'b'"),
    (C.Contains(V, 1), 'integers("v", $0), $0.contains({1})', "v with all of 1"),
    (C.SubsetOf(V, True), 'booleans("v", $0), { true }.contains($0)', "v only from True"),
    (C.StartsWith(V, "ab"), 'text("v", $0), $0.starts_with("ab")', "v starting with 'ab'"),
    (C.Glob(V, "a*"), 'glob("v", "a*", true)', "v matching 'a*'"),
    (C.Subpath(V, "/b", "/a"), 'subpath("v", "/a") or subpath("v", "/b")', "v within /a or /b"),
    (C.UrlHost(V, "a.test", "*.b.test"), 'host("v", "*.b.test") or host("v", "a.test")', "v within *.b.test or a.test"),
    (
        C.Cidr(V, "10.0.0.0/8", "::/0"),
        'address("v", $0), $0.starts_with("4:00001010") or address("v", $0), $0.starts_with("6:")',
        "v within 10.0.0.0/8 or ::/0",
    ),
    (
        C.Not(C.Range(V, 1, 5)),
        'number("v", $0, $1), $0 < 1 or number("v", $0, $1), $1 > 5',
        "not (1 <= v <= 5)",
    ),
    (C.Not(C.MaxLength(V, 3)), 'length("v", $0), $0 > 3', "not (v no longer than 3)"),
    (C.Not(C.Contains(V, "a")), 'texts("v", $0), !$0.contains({"a"})', "not (v with all of 'a')"),
    (C.Not(C.SubsetOf(V, "a")), 'texts("v", $0), !{"a"}.contains($0)', "not (v only from 'a')"),
    (C.Not(C.StartsWith(V, "a")), 'text("v", $0), !$0.starts_with("a")', "not (v starting with 'a')"),
    (C.Not(C.Glob(V, "a")), 'glob("v", "a", false)', "not (v matching 'a')"),
    (
        C.Not(C.Subpath(V, "/b", "/a")),
        'subpaths("v", $0), subpaths("v", $1), !$0.contains("/a"), !$1.contains("/b")',
        "not (v within /a or /b)",
    ),
    (C.Not(C.UrlHost(V, "a.test")), 'hosts("v", $0), !$0.contains("a.test")', "not (v within a.test)"),
    (
        C.Not(C.Cidr(V, "10.0.0.0/8")),
        'address("v", $0), !$0.starts_with("4:00001010")',
        "not (v within 10.0.0.0/8)",
    ),
    (
        C.AllOf(C.Range(V, 1, 5), C.Range("w", 1), C.StartsWith("x", "a")),
        'number("v", $0, $1), number("w", $2, $3), text("x", $4), $0 >= 1, $1 <= 5, $2 >= 1, $4.starts_with("a")',
        "(1 <= v <= 5 and 1 <= w and x starting with 'a')",
    ),
    (
        C.AnyOf(C.AllOf(C.Equals(V, 1), C.Equals("w", 2)), C.Not(C.Range("x", 3))),
        'integer("v", 1), integer("w", 2) or number("x", $0, $1), $0 < 3',
        "((v = 1 and w = 2) or not (3 <= x))",
    ),
]


@pytest.mark.parametrize(("limit", "datalog", "words"), WRITTEN, ids=[row[1] for row in WRITTEN])
def test_what_stands_on_the_wire_and_what_is_told(limit: Caveat, datalog: str, words: str) -> None:
    assert check_text(written(limit)) == f"check if {datalog}"
    assert limit.limit() == words
    (shaped,) = admit(encode((), (written(limit),), ()), (), Limits()).shaped
    assert recognise(shaped) == recognise(written(limit))


READ: list[tuple[Caveat, str]] = [
    (C.Not(C.Range(V, 1, 5)), "(not (1 <= v) or not (v <= 5))"),
    (C.Not(C.Subpath(V, "/b", "/a")), "(not (v within /a) and not (v within /b))"),
    (C.AnyOf(C.UrlHost(V, "b.test"), C.UrlHost(V, "a.test")), "(v within b.test) or (v within a.test)"),
    (C.AnyOf(C.UrlHost(V, "b.test"), C.UrlHost("w", "a.test")), "(v within b.test or w within a.test)"),
    (C.AnyOf(C.UrlHost(V, "b.test"), C.Subpath(V, "/a")), "(v within b.test or v within /a)"),
    (C.AnyOf(C.Equals(V, 1), C.Equals(V, 2)), "(v = 1 or v = 2)"),
    (C.Not(C.Equals(V, 1)), "v other than 1"),
    (
        C.AnyOf(C.Not(C.Cidr(V, "10.0.0.0/8")), C.Not(C.Cidr(V, "::/0"))),
        "(not (v within 10.0.0.0/8) or not (v within ::/0))",
    ),
    (C.AnyOf(C.OneOf(V, 1, 2), C.NotOneOf("w", 3)), "(v among 1, 2 or w other than 3)"),
    # Names that look like variables.
    (C.AllOf(C.Equals("0", 1), C.Range("w", 1)), "(0 = 1 and 1 <= w)"),
    (C.AllOf(C.Range("1", 1), C.MaxLength("0", 1)), "(1 <= 1 and 0 no longer than 1)"),
]


@pytest.mark.parametrize(("limit", "words"), READ, ids=[row[1] for row in READ])
def test_what_a_reader_is_told_is_plain(limit: Caveat, words: str) -> None:
    assert recognise(written(limit)).limit() == words


def test_alternatives_that_no_formula_makes_are_told_one_by_one() -> None:
    one, other = (C.Equals(V, 1).render(), C.AllOf(C.Equals(V, 1), C.NotOneOf("w", 2)).render())
    again = recognise((*one, *other, *one))
    assert again.limit() == "(v = 1) or (v = 1 and w other than 2) or (v = 1)"
    denial = again.prohibits(facts(2))
    assert denial is not None
    assert denial.asked == "v = 2, w = nothing"
    # Negated it would be written as it stands, and so say the opposite of what it means.
    assert isinstance(again, Alternatives)
    with pytest.raises(InputError, match="cannot be negated"):
        C.Not(again)
    assert C.AllOf(again).render() == again.render()


ASKED: list[tuple[Caveat, dict[str, Any], str]] = [
    (C.Actions("a"), {"action": "b"}, "b"),
    (C.Resources("/a"), {"resource": "/b"}, "/b"),
    (C.Audience("x:a"), {"audience": "x:b"}, "x:b"),
    (C.Expires(AT), {"now": 1_000_000_000}, "2001-09-09T01:46:40Z"),
    (C.NotBefore(AT), {"now": 999_999_999}, "2001-09-09T01:46:39Z"),
    (C.MaxDepth(2), {"depth": 3}, "3"),
    (C.Budget(5, "EUR"), {}, "a request that states no cost"),
    (C.Budget(5, "EUR"), {"cost": Money(6, "EUR")}, "6 EUR"),
    (C.Budget(5, "EUR"), {"cost": Money(4, "USD")}, "4 USD"),
    (C.Status(URI, 7, DID), {}, "a use whose status nobody has looked up"),
    (C.FreshList(DID), {}, "a use whose status nobody has looked up"),
    (C.ExpiresIn(hours=1), {}, "a use before any link carried it"),
    (C.NoDelegation(), {}, "a use before any link carried it"),
    (C.Equals(V, 1), {"value": 2}, "v = 2"),
    (C.Equals(V, 1), {}, "v = nothing"),
    (C.MaxLength(V, 3), {"value": "abcd"}, "a length of 4"),
    (C.MaxLength(V, 3), {"value": 5}, "v = 5"),
    (C.Not(C.Range(V, 1)), {"value": 2}, "v = 2"),
    (C.AllOf(C.Equals("w", 1), C.Equals(V, 2)), {"value": 2}, "v = 2, w = nothing"),
    (C.AnyOf(*[C.Equals(name, 1) for name in "edcba"]), {}, "a = nothing, b = nothing, c = nothing, d = nothing"),
]


@pytest.mark.parametrize(("limit", "about", "asked"), ASKED, ids=[row[2] for row in ASKED])
def test_what_a_denial_says_was_asked(limit: Caveat, about: dict[str, Any], asked: str) -> None:
    denial = limit.prohibits(facts(about.get("value", ABSENT), **{k: v for k, v in about.items() if k != "value"}))
    assert denial is not None
    assert (denial.caveat, denial.limit, denial.asked) == (type(limit).__name__, limit.limit(), asked)


def test_relative_caveats_are_told_and_resolved() -> None:
    assert C.ExpiresIn(hours=2).limit() == "use within 2:00:00 of being issued"
    assert C.NoDelegation().limit() == "use by the delegate itself"
    assert C.Purpose("Plan my November").limit() == "for: Plan my November"
    span = timedelta(days=1, hours=2, minutes=3, seconds=4)
    assert C.ExpiresIn(days=1, hours=2, minutes=3, seconds=4).resolved(AT, 3) == C.Expires(AT + span)
    assert C.ExpiresIn(span, seconds=1).resolved(AT, 3) == C.Expires(AT + span + timedelta(seconds=1))
    assert C.NoDelegation().resolved(AT, 3) == C.MaxDepth(3)
    assert C.MaxUses(3).resolved(AT, 3) == C.MaxUses(3)


def test_many_names_are_cut_after_the_eighth() -> None:
    names = [f"/{number}" for number in range(1, 10)]
    assert C.Resources(*names[:8]).limit() == " or ".join(names[:8])
    assert C.Resources(*names).limit() == " or ".join(names[:8]) + " ..."
    assert C.OneOf(V, *range(8)).limit() == "v among 0, 1, 2, 3, 4, 5, 6, 7"
    assert C.OneOf(V, *range(9)).limit() == "v among 0, 1, 2, 3, 4, 5, 6, 7, ..."


class _Said(Caveat):
    """A caveat with that many characters to say."""

    def __init__(self, length: int) -> None:
        self._length = length

    def limit(self) -> str:
        return "x" * self._length


def test_a_limit_is_cut_at_a_thousand_characters() -> None:
    assert _Said(1000).denial("").limit == "x" * 1000
    assert _Said(1001).denial("").limit == "x" * 997 + "..."


MOST: dict[str, Callable[[], Caveat]] = {
    "action": lambda: C.Actions("a" * 256),
    "audience": lambda: C.Audience("a" * 2048),
    "audience-short": lambda: C.Audience("a"),
    "name": lambda: C.Equals("n" * 256, 1),
    "name-short": lambda: C.Equals("n", 1),
    "text": lambda: C.Equals(V, "x" * 4096),
    "integer": lambda: C.OneOf(V, SAFE, -SAFE),
    "range": lambda: C.Range(V, -SAFE, SAFE),
    "length": lambda: C.MaxLength(V, SAFE),
    "hops": lambda: C.MaxDepth(1_000_000),
    "uses": lambda: C.MaxUses(SAFE),
    "one-use": lambda: C.MaxUses(1),
    "uri": lambda: C.Status("x:" + "a" * 2046, SAFE, DID),
    "index": lambda: C.Status("x:", 0, DID),
    "first-second": lambda: C.Expires(moment(0)),
    "last-second": lambda: C.NotBefore(moment(LATEST)),
    "glob": lambda: C.Glob(V, "a" * 256),
    "parts": lambda: C.AnyOf(*[C.Equals(V, number) for number in range(32)]),
    "alternatives": lambda: C.AnyOf(C.UrlHost(V, *[f"h{n}.a" for n in range(63)]), C.Equals(V, 1)),
    "product": lambda: C.AllOf(*[C.AnyOf(C.Equals(f"v{n}", 1), C.Equals(f"v{n}", 2)) for n in range(6)]),
    "conditions": lambda: C.AllOf(*[C.AllOf(*[C.Equals(f"{a}-{b}", 1) for a in range(16)]) for b in range(4)]),
}


@pytest.mark.parametrize("name", MOST)
def test_the_most_that_can_be_said(name: str) -> None:
    limit = MOST[name]()
    assert recognise(written(limit)).render() == limit.render()


BEYOND: dict[str, Callable[[], Any]] = {
    "hops": lambda: C.MaxDepth(1_000_001),
    "uri": lambda: C.Status("x:" + "a" * 2047, 0, DID),
    "uri-empty": lambda: C.Status("", 0, DID),
    "uri-of-a-number": lambda: C.Status(5, 0, DID),  # type: ignore[arg-type]
    "uri-relative": lambda: C.Status("/1", 0, DID),
    "uri-with-a-space": lambda: C.Status("x: y", 0, DID),
    "uri-with-a-newline": lambda: C.Status("x:\n", 0, DID),
    "uri-of-letters": lambda: C.Status("x:\u00e9", 0, DID),
    "index-negative": lambda: C.Status(URI, -1, DID),
    "index-large": lambda: C.Status(URI, SAFE + 1, DID),
    "index-true": lambda: C.Status(URI, True, DID),
    "issuer-none": lambda: C.Status(URI, 0, None),  # type: ignore[arg-type]
    "issuer-no-did": lambda: C.Status(URI, 0, "a.test"),
    "kind": lambda: C.Status(URI, 0, DID, "Token"),
    "list-of-nobody": lambda: C.FreshList(None),  # type: ignore[arg-type]
    "list-no-did": lambda: C.FreshList("a.test"),
    "purpose": lambda: C.Purpose("x" * 501),
    "purpose-hidden": lambda: C.Purpose("a\nb"),
    "purpose-number": lambda: C.Purpose(5),  # type: ignore[arg-type]
    "length": lambda: C.MaxLength(V, SAFE + 1),
    "range-minimum": lambda: C.Range(V, -SAFE - 1, 0),
    "second-span": lambda: C.ExpiresIn(timedelta(microseconds=999_999)),
    "alternatives": lambda: C.AnyOf(C.UrlHost(V, *[f"h{n}.a" for n in range(64)]), C.Equals(V, 1)),
    "product": lambda: C.AllOf(
        C.UrlHost(V, *[f"h{n}.a" for n in range(13)]), C.UrlHost("w", *[f"h{n}.a" for n in range(5)])
    ),
    "conditions": lambda: C.AllOf(
        C.Equals("one", 1), *[C.AllOf(*[C.Equals(f"{a}-{b}", 1) for a in range(16)]) for b in range(4)]
    ),
}


@pytest.mark.parametrize("name", BEYOND)
def test_one_more_is_refused(name: str) -> None:
    with pytest.raises(InputError):
        BEYOND[name]()


def test_the_longest_purpose_and_the_shortest_life() -> None:
    assert C.Purpose("x" * 500).limit() == "for: " + "x" * 500
    assert C.Purpose("x").limit() == "for: x"
    assert C.ExpiresIn(seconds=1).resolved(AT, 0) == C.Expires(moment(1_000_000_001))


@pytest.mark.parametrize(("second", "known"), [(-1, False), (0, True), (LATEST, True), (LATEST + 1, False)])
def test_seconds_that_a_caveat_can_say(second: int, known: bool) -> None:
    time = variable("time")
    again = recognise((Query((Predicate("time", (time,)),), ((time, date(second), LESS),)),))
    assert isinstance(again, C.Expires) is known
    if not known:
        assert again.prohibits(facts(now=0)) is not None


@pytest.mark.parametrize("cost", [0, 5])
def test_what_a_budget_and_a_count_are_charged(cost: int) -> None:
    about = facts(cost=Money(cost, "EUR"))
    assert C.Budget(5, "EUR").charge(about) == cost
    assert C.MaxUses(5).charge(about) == C.Rate(5, "day").charge(about) == 1
    assert C.Budget(5, "EUR").charge(facts()) == 0
    assert permits(C.Budget(5, "EUR"), about)


NAMED: dict[str, Callable[[], Any]] = {
    "MaxUses": lambda: C.MaxUses(0),
    "Rate": lambda: C.Rate(0, "day"),
    "Budget": lambda: C.Budget(0, "EUR"),
    "Equals": lambda: C.Equals(V, 1.0),  # type: ignore[arg-type]
    "StartsWith": lambda: C.StartsWith(V, "\ud800"),
    "Glob": lambda: C.Glob(V, "\ud800"),
    "OneOf": lambda: C.OneOf(V, 1.0),  # type: ignore[arg-type]
    "NotOneOf": lambda: C.NotOneOf(V, 1.0),  # type: ignore[arg-type]
    "Contains": lambda: C.Contains(V, 1.0),  # type: ignore[arg-type]
    "SubsetOf": lambda: C.SubsetOf(V, 1.0),  # type: ignore[arg-type]
    "Expires": lambda: C.Expires(5),  # type: ignore[arg-type]
    "NotBefore": lambda: C.NotBefore(5),  # type: ignore[arg-type]
    "Actions": C.Actions,
    "UrlHost": lambda: C.UrlHost(V),
}


@pytest.mark.parametrize("name", NAMED)
def test_a_refusal_says_which_caveat(name: str) -> None:
    with pytest.raises(InputError, match=f"^{name}: "):
        NAMED[name]()
