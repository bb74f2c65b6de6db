"""Every kind of caveat: what it allows and prohibits at the edge, and that this survives the wire."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.caveat_scene import ABSENT, SAFE, V, facts, moment, permits, written
from tests.unit.scene import NOW

from attorn import caveat
from attorn.caveat import Caveat, Unrecognised
from attorn.caveat.profile import recognise
from attorn.errors import InputError
from attorn.request.facts import Facts
from attorn.request.money import Money

C = caveat

Row = tuple[Caveat, list[Any], list[Any]]
ARGUMENTS: dict[str, Row] = {
    "equals-integer": (C.Equals(V, 1), [1, 1.0], [True, "1", 2, 0, -1, 1.5, None, [1], {"v": 1}, ABSENT]),
    "equals-zero": (C.Equals(V, 0), [0, 0.0], [False, "", None, "0", [], ABSENT]),
    "equals-true": (C.Equals(V, True), [True], [1, "true", "True", False, None, [True], ABSENT]),
    "equals-false": (C.Equals(V, False), [False], [0, "", "false", None, True, [], ABSENT]),
    "equals-text": (C.Equals(V, "1"), ["1"], [1, "1 ", "01", "\uff11", True, ["1"], None, ABSENT]),
    "equals-no-text": (C.Equals(V, ""), [""], [" ", "\0", None, False, 0, [], ABSENT]),
    "equals-composed": (C.Equals(V, "\u00e9"), ["\u00e9"], ["e\u0301", "e", "\u00c9", ABSENT]),
    "equals-astral": (C.Equals(V, "\U0001f5d3"), ["\U0001f5d3"], ["\U0001f5d3\ufe0f", "", ABSENT]),
    "equals-largest": (C.Equals(V, SAFE), [SAFE], [SAFE - 1, -SAFE, str(SAFE), ABSENT]),
    "equals-null": (C.Equals(V, None), [None], [0, False, "", "null", [], {}, [None], ABSENT]),
    "one-of-integers": (C.OneOf(V, 1, 2), [1, 2, 2.0], [0, 3, True, "1", 1.5, None, [1], ABSENT]),
    "one-of-texts": (C.OneOf(V, "a", "b"), ["a", "b"], ["", "ab", "A", "c", ["a"], None, 1, ABSENT]),
    "one-of-truth": (C.OneOf(V, True), [True], [1, False, "true", None, ABSENT]),
    "not-one-of": (C.NotOneOf(V, "a", "b"), ["c", "", "A"], ["a", "b", 1, True, None, 1.5, ["c"], {}, ABSENT]),
    "not-one-of-integers": (C.NotOneOf(V, 1), [0, 2], [1, 1.0, "1", True, None, 1.5, [], ABSENT]),
    "range": (C.Range(V, -2, 5), [-2, 5, 0, 4.5, -1.5, 5.0], [-3, 6, 5.000001, -2.5, True, False, "3", None, [3],
        ABSENT]),
    "range-minimum": (C.Range(V, 5), [5, SAFE, 1e15], [4, 4.999, -SAFE, "5", True, None, ABSENT]),
    "range-maximum": (C.Range(V, None, 5), [5, -SAFE, 4.9], [6, 5.1, SAFE, "5", False, None, ABSENT]),
    "range-one-value": (C.Range(V, 3, 3), [3, 3.0], [2, 4, 3.5, "3", ABSENT]),
    "length": (C.MaxLength(V, 3), ["", "abc", "\u00e9\u00e9\u00e9", "\U0001f5d3" * 3, [], [1, 2, 3]],
               ["abcd", "e\u0301e\u0301", [1, 2, 3, 4], 3, 1234, True, None, {"a": 1}, ABSENT]),
    "length-zero": (C.MaxLength(V, 0), ["", []], ["a", [0], [None], 0, None, {}, ABSENT]),
    "starts-with": (C.StartsWith(V, "ab"), ["ab", "abc"], ["a", "", "aB", " ab", "xab", ["ab"], 1, None, ABSENT]),
    "starts-with-accent": (C.StartsWith(V, "\u00e9"), ["\u00e9", "\u00e9t\u00e9"], ["e\u0301t", "e", ABSENT]),
    "glob": (C.Glob(V, "a/*.txt"), ["a/b.txt", "a/.txt"], ["a/b/c.txt", "a/b.txt\n", "b.txt", "", 1, None,
        ["a/b.txt"], ABSENT]),
    "glob-deep": (C.Glob(V, "a/**"), ["a/", "a/b/c"], ["a", "b/a/c", "", None, ABSENT]),
    "glob-escaped": (C.Glob(V, r"\*\?"), ["*?"], ["ab", "\\*\\?", "*", ABSENT]),
    "glob-long": (C.Glob(V, "**"), ["", "x" * 1024], ["x" * 1025, 1, None, ABSENT]),
    "contains": (C.Contains(V, "a", "b"), [["a", "b"], ["b", "c", "a"]],
                 [["a"], [], "ab", ["a", "b", 1], ["a", ["b"]], ["A", "b"], {"a": 1, "b": 2}, None, ABSENT]),
    "contains-integers": (C.Contains(V, 1), [[1], [1, 2], [1.0]], [[True], ["1"], [1, "a"], [1.5, 1], 1, [], ABSENT]),
    "subset": (C.SubsetOf(V, "a", "b"), [["a"], ["b", "a"], ["a", "a"]],
               [[], ["a", "c"], ["a", None], ["a", 1], "a", ["a", ["b"]], None, {}, ABSENT]),
    "subset-truth": (C.SubsetOf(V, True), [[True]], [[1], [True, False], [], True, ["true"], ABSENT]),
    "subpath": (C.Subpath(V, "/data/a"), ["/data/a", "/data/a/", "/data/a/x/y"],
                ["/data/ab", "/data", "/", "data/a", "/data/a/../b", "/data/a/./b", "/data//a", "/data/a%2fb",
                "/data/a\\b",
                 "/data/a\0", "/DATA/a", "", 1, None, ["/data/a"], ABSENT]),
    "subpath-top": (C.Subpath(V, "/"), ["/", "/anything/at/all"], ["", "relative", "/..", "/a/../b", None, ABSENT]),
    "host": (C.UrlHost(V, "example.com"), ["https://example.com", "http://EXAMPLE.com:8080/x?y#z",
        "wss://example.com/"],
             ["https://a.example.com/", "https://example.com.evil.test/", "https://evil@example.com/",
             "ftp://example.com/",
              "https://example.com\\@evil.test/", "//example.com", "https:example.com", "https:///example.com",
              "https://example.com%2eevil.test/", "https://exam\tple.com/", "https://example.com./", "example.com", "",
              1, None, ["https://example.com"], ABSENT]),
    "hosts": (C.UrlHost(V, "a.test", "b.test"), ["https://a.test/", "wss://b.test/"], ["https://c.test/", ABSENT]),
    "networks": (C.Cidr(V, "10.0.0.0/8", "::1/128"), ["10.1.2.3", "::1"], ["11.0.0.1", "::2", "::", ABSENT]),
    "paths": (C.Subpath(V, "/a", "/b"), ["/a/x", "/b"], ["/", "/c", "/ab", ABSENT]),
    "host-wildcard": (C.UrlHost(V, "*.example.com"), ["https://a.example.com/", "https://a.b.example.com/"],
                      ["https://example.com/", "https://xexample.com/", "https://.example.com/",
                      "https://a.example.com@evil.test/",
                       ABSENT]),
    "host-address": (C.UrlHost(V, "10.0.0.1"), ["https://10.0.0.1/"],
                     ["https://10.0.0.2/", "https://010.0.0.1/", "https://10.1/", "https://167772161/",
                     "https://0x0a000001/",
                      "https://[::ffff:10.0.0.1]/", "https://10.0.0.1.nip.io/", ABSENT]),
    "host-everything-is-no-address": (C.UrlHost(V, "*.com"), ["https://a.com/"], ["https://10.0.0.1/",
        "https://[::1]/", "https://com/"]),
    "cidr": (C.Cidr(V, "10.1.0.0/16"), ["10.1.0.0", "10.1.255.255", "::ffff:10.1.2.3"],
             ["10.0.255.255", "10.2.0.0", "10.1", "010.1.0.1", "10.1.0.1 ", "10.1.0.1/32", "::10.1.0.1",
             "2001:db8::1", 167837697,
              "", None, ["10.1.0.1"], ABSENT]),
    "cidr-6": (C.Cidr(V, "2001:db8::/32"), ["2001:db8::1", "2001:DB8:FFFF::"], ["2001:db9::", "2001:db8::1%eth0",
        "10.1.0.1", "::", ABSENT]),
    "cidr-all": (C.Cidr(V, "0.0.0.0/0"), ["0.0.0.0", "255.255.255.255"], ["::1", "256.0.0.0", "1.2.3", "a", ABSENT]),
    # Kleene: what is unknown stays unknown under Not, and only true permits.
    "not-equals": (C.Not(C.Equals(V, "prod")), ["test", ""], ["prod", 1, True, None, 1.5, ["prod"], {}, ABSENT]),
    "not-range": (C.Not(C.Range(V, 0, 5)), [-1, 6, 5.5, -0.5], [0, 5, 2.5, "6", True, None, ABSENT]),
    "not-length": (C.Not(C.MaxLength(V, 2)), ["abc", [1, 2, 3]], ["ab", "", [], 3, None, ABSENT]),
    "not-prefix": (C.Not(C.StartsWith(V, "a")), ["b", ""], ["a", "ab", 1, None, ABSENT]),
    "not-glob": (C.Not(C.Glob(V, "a*")), ["b", ""], ["a", "ab", 1, None, "b" * 1025, ABSENT]),
    "not-contains": (C.Not(C.Contains(V, "a")), [["b"], ["b", "c"]], [["a"], [], [1], [None], "b", None, ABSENT]),
    "not-subset": (C.Not(C.SubsetOf(V, "a")), [["b"], ["a", "b"]], [["a"], [], [1, "b"], "b", None, ABSENT]),
    "not-path": (C.Not(C.Subpath(V, "/etc")), ["/", "/home", "/etcetera"], ["/etc", "/etc/x", "/a/../etc",
        "etc", 1, ABSENT]),
    "not-host": (C.Not(C.UrlHost(V, "*.evil.test")), ["https://evil.test/", "https://a.test/"],
                 ["https://a.evil.test/", "https://x@a.test/", "a.test", None, ABSENT]),
    "not-cidr": (C.Not(C.Cidr(V, "127.0.0.0/8")), ["10.0.0.1", "::1"], ["127.0.0.1", "::ffff:127.0.0.1", "127.1",
        "localhost", ABSENT]),
    "not-not": (C.Not(C.Not(C.Equals(V, 1))), [1], [2, True, None, ABSENT]),
    "not-all": (C.Not(C.AllOf(C.Range(V, 0, 9), C.NotOneOf(V, 5))), [5, -1, 10], [1, 9, "5", None, ABSENT]),
    "not-any": (C.Not(C.AnyOf(C.Equals(V, 1), C.Equals(V, 2))), [3], [1, 2, "1", True, None, ABSENT]),
    "any-of-types": (C.AnyOf(C.Equals(V, 1), C.Equals(V, "a"), C.Equals(V, None)), [1, "a", None], [True, "1", 2,
        "", ABSENT]),
    "any-with-unknown": (C.AnyOf(C.MaxLength(V, 1), C.Range(V, 0, 5)), ["a", 3, []], ["ab", 6, True, None, ABSENT]),
    "all-of": (C.AllOf(C.StartsWith(V, "a"), C.MaxLength(V, 2)), ["a", "ab"], ["abc", "b", [1], 1, None, ABSENT]),
    "all-with-another-argument": (C.AllOf(C.Equals(V, 1), C.Equals("w", 1)), [], [1, 2, ABSENT]),
    "any-with-another-argument": (C.AnyOf(C.Equals(V, 1), C.Equals("w", 1)), [1], [2, ABSENT]),
    "contradiction": (C.AllOf(C.Equals(V, 1), C.Equals(V, 2)), [], [1, 2, 3, None, ABSENT]),
}  # fmt: skip


@pytest.mark.parametrize("name", ARGUMENTS)
def test_argument_caveats(name: str) -> None:
    limit, good, bad = ARGUMENTS[name]
    for value in good:
        assert permits(limit, facts(value)), f"{value!a} should be permitted"
    for value in bad:
        assert not permits(limit, facts(value)), f"{value!a} should be prohibited"


@pytest.mark.parametrize("name", sorted(name for name in ARGUMENTS if "another-argument" not in name))
def test_an_argument_of_another_name_does_not_count(name: str) -> None:
    limit, good, _ = ARGUMENTS[name]
    for value in good:
        for other in ("V", "v ", "v\u200b", "w", "vv"):
            about = facts(args={other: value})
            assert not permits(limit, about)


def _scope(about: dict[str, Any]) -> Facts:
    return facts(**about)


SCOPES: dict[str, tuple[Caveat, list[dict[str, Any]], list[dict[str, Any]]]] = {
    "actions": (
        C.Actions("events:read"),
        [{"action": "events:read"}],
        [{"action": name} for name in ("events:write", "events", "events:read:all", "Events:read", "read",
        "events:rea")],
    ),
    "actions-wildcard": (
        C.Actions("events:*"),
        [{"action": "events:read"}, {"action": "events:read:all"}],
        [{"action": name} for name in ("events", "eventsx:read", "event:read", "EVENTS:read")],
    ),
    "actions-of-several": (
        C.Actions("events:*", "mail:*", "read"),
        [{"action": name} for name in ("events:read", "mail:a:b", "read")],
        [{"action": name} for name in ("events", "mail", "read:all", "write")],
    ),
    "resources-of-several": (
        C.Resources("/data/a", "/data/b"),
        [{"resource": name} for name in ("/data/a", "/data/b/x")],
        [{"resource": name} for name in ("/data", "/data/c", "/")],
    ),
    "audience-of-several": (
        C.Audience("x:a", "x:b"),
        [{"audience": "x:a"}, {"audience": "x:b"}],
        [{"audience": "x:c"}, {"audience": "x:a x:b"}, {"audience": ""}],
    ),
    "resources": (
        C.Resources("/data/a"),
        [{"resource": name} for name in ("/data/a", "/data/a/", "/data/a/x", "/data/%61", "/data/b/../a")],
        [{"resource": name} for name in ("/data/ab", "/data", "/", "/DATA/a", "data/a", "x://data/a", "/data/b/a")],
    ),
    "resources-host": (
        C.Resources("CAL://Alice/"),
        [{"resource": "cal://alice"}, {"resource": "cal://ALICE/2026-11"}],
        [{"resource": name} for name in ("cal://alicex", "cal://a", "mail://alice", "/alice", "cal://alice:1/")],
    ),
    "resources-top": (C.Resources("/"), [{"resource": "/"}, {"resource": "/a/b"}],
        [{"resource": "a"}, {"resource": "x://a"}]),
    "audience": (
        C.Audience("did:web:a.test"),
        [{"audience": "did:web:a.test"}],
        [{"audience": name} for name in ("did:web:a.test/", "did:web:A.test", "did:web:a", "did:web:a.test2",
        " did:web:a.test")],
    ),
    "expires": (C.Expires(moment(NOW)), [{"now": NOW - 1}, {"now": 0}], [{"now": NOW}, {"now": NOW + 1}]),
    "not-before": (C.NotBefore(moment(NOW)), [{"now": NOW}, {"now": NOW + 1}], [{"now": NOW - 1}, {"now": 0}]),
    "depth": (C.MaxDepth(1), [{"depth": 0}, {"depth": 1}], [{"depth": 2}, {"depth": 31}]),
    "depth-zero": (C.MaxDepth(0), [{"depth": 0}], [{"depth": 1}, {"depth": 2}]),
    "budget": (
        C.Budget(500, "EUR"),
        [{"cost": Money(500, "EUR")}, {"cost": Money(0, "EUR")}],
        [{"cost": Money(501, "EUR")}, {"cost": Money(5, "USD")}, {"cost": None}, {"cost": Money(0, "USD")}],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SCOPES)
def test_scope_caveats(name: str) -> None:
    limit, good, bad = SCOPES[name]
    for about in good:
        assert permits(limit, _scope(about)), about
    for about in bad:
        assert not permits(limit, _scope(about)), about


@pytest.mark.parametrize("limit", [C.ExpiresIn(hours=1), C.NoDelegation()], ids=["expires-in", "no-delegation"])
def test_relative_caveats_permit_nothing_and_cannot_be_written(limit: Caveat) -> None:
    assert limit.prohibits(facts()) is not None
    with pytest.raises(InputError):
        limit.render()


def test_a_purpose_prohibits_nothing() -> None:
    assert C.Purpose("anything").prohibits(facts()) is None


SIMPLE = {
    **{name: row[0] for name, row in ARGUMENTS.items()},
    **{name: row[0] for name, row in SCOPES.items()},
    "uses": C.MaxUses(3),
    "rate": C.Rate(3, "week"),
    "budget-total": C.Budget(3, "EUR"),
    "budget-month": C.Budget(3, "EUR", "month"),
}


@pytest.mark.parametrize("name", SIMPLE)
def test_what_is_written_is_read_back(name: str) -> None:
    check = written(SIMPLE[name])
    again = recognise(check)
    assert not isinstance(again, Unrecognised)
    assert again.render() == check
    assert recognise(written(again)) == again
    if not isinstance(SIMPLE[name], C.AllOf | C.AnyOf | C.Not):
        assert again == SIMPLE[name]
        assert hash(again) == hash(SIMPLE[name])


def _nested(levels: int) -> Caveat:
    limit: Any = C.Equals(V, 1)
    for _ in range(levels):
        limit = C.Not(limit)
    return limit  # type: ignore[no-any-return]


def test_nesting() -> None:
    assert permits(_nested(8), facts(1))
    with pytest.raises(InputError, match="nested"):
        _nested(9)
    with pytest.raises(InputError, match="nested"):
        C.AllOf(_nested(8))  # type: ignore[arg-type]
