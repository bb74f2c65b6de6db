"""Caveats in the shell: the whole vocabulary as JSON there and back, and nothing that is not in it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attorn import Identity, caveat
from attorn.canonical import JsonValue
from attorn.caveat.base import Caveat
from attorn.caveat.spoken import from_json, read, to_json
from attorn.errors import InputError

LATER = datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)

VOCABULARY: list[tuple[str, Caveat]] = [
    ('{"Actions": ["events:read", "files:*"]}', caveat.Actions("events:read", "files:*")),
    ('{"Resources": ["cal://alice", "/data,a"]}', caveat.Resources("cal://alice", "/data,a")),
    ('{"Audience": ["did:web:a.example"]}', caveat.Audience("did:web:a.example")),
    ('{"NotBefore": "2030-01-02T03:04:05Z"}', caveat.NotBefore(LATER)),
    ('{"Expires": "2030-01-02T05:04:05+02:00"}', caveat.Expires(LATER)),
    ('{"ExpiresIn": "1d2h3m4s"}', caveat.ExpiresIn(timedelta(days=1, hours=2, minutes=3, seconds=4))),
    ('{"MaxDepth": 0}', caveat.MaxDepth(0)),
    ('{"NoDelegation": {}}', caveat.NoDelegation()),
    ('{"Purpose": "Für den Abend"}', caveat.Purpose("Für den Abend")),
    ('{"MaxUses": 10}', caveat.MaxUses(10)),
    ('{"Rate": {"n": 5, "per": "minute"}}', caveat.Rate(5, "minute")),
    ('{"Budget": {"amount": 100, "currency": "EUR"}}', caveat.Budget(100, "EUR")),
    ('{"Budget": {"amount": 100, "currency": "EUR", "per": "day"}}', caveat.Budget(100, "EUR", "day")),
    ('{"Spaced": "fortnight"}', caveat.Spaced("fortnight")),
    ('{"Equals": {"name": "a", "value": 1}}', caveat.Equals("a", 1)),
    ('{"Equals": {"name": "a", "value": true}}', caveat.Equals("a", True)),
    ('{"Equals": {"name": "a", "value": "1"}}', caveat.Equals("a", "1")),
    ('{"Equals": {"name": "a", "value": null}}', caveat.Equals("a", None)),
    ('{"OneOf": {"name": "a", "values": ["x", "y"]}}', caveat.OneOf("a", "x", "y")),
    ('{"NotOneOf": {"name": "a", "values": [1, -2]}}', caveat.NotOneOf("a", 1, -2)),
    ('{"Contains": {"name": "a", "values": [true]}}', caveat.Contains("a", True)),
    ('{"SubsetOf": {"name": "a", "values": ["x"]}}', caveat.SubsetOf("a", "x")),
    ('{"Range": {"name": "limit", "maximum": 10}}', caveat.Range("limit", None, 10)),
    ('{"Range": {"name": "limit", "minimum": -1}}', caveat.Range("limit", -1)),
    ('{"Range": {"name": "limit", "minimum": 1, "maximum": 10}}', caveat.Range("limit", 1, 10)),
    ('{"MaxLength": {"name": "a", "most": 9}}', caveat.MaxLength("a", 9)),
    ('{"StartsWith": {"name": "a", "prefix": "p"}}', caveat.StartsWith("a", "p")),
    ('{"Glob": {"name": "a", "glob": "*.txt"}}', caveat.Glob("a", "*.txt")),
    ('{"Subpath": {"name": "a", "paths": ["/a", "/b"]}}', caveat.Subpath("a", "/a", "/b")),
    ('{"UrlHost": {"name": "a", "hosts": ["*.a.example"]}}', caveat.UrlHost("a", "*.a.example")),
    ('{"Cidr": {"name": "a", "networks": ["10.0.0.0/8"]}}', caveat.Cidr("a", "10.0.0.0/8")),
    ('{"Not": {"MaxLength": {"name": "a", "most": 9}}}', caveat.Not(caveat.MaxLength("a", 9))),
    (
        '{"Status": {"uri": "https://l.example/1", "index": 7, "issuer": "did:web:l.example"}}',
        caveat.Status("https://l.example/1", 7, "did:web:l.example"),
    ),
    (
        '{"Status": {"uri": "https://l.example/1", "index": 0, "issuer": "did:web:l.example", "kind": "suspension"}}',
        caveat.Status("https://l.example/1", 0, "did:web:l.example", "suspension"),
    ),
    ('{"FreshList": "did:web:l.example"}', caveat.FreshList("did:web:l.example")),
    ('{"RequiresApproval": {"by": "did:web:a.example"}}', caveat.RequiresApproval("did:web:a.example")),
    (
        '{"RequiresApproval": {"by": ["did:web:b.example", "did:web:a.example"], "threshold": 2, '
        '"when": [{"Actions": ["pay:*"]}, {"Range": {"name": "amount", "minimum": 100}}]}}',
        caveat.RequiresApproval(
            ["did:web:a.example", "did:web:b.example"], 2, [caveat.Actions("pay:*"), caveat.Range("amount", 100)]
        ),
    ),
    ('{"Agent": {"attested_by": "did:web:a.example"}}', caveat.Agent(attested_by="did:web:a.example")),
    (
        '{"Agent": {"attested_by": ["did:web:a.example"], "every": true, "model": ["b", "a"], "stage": "live"}}',
        caveat.Agent(attested_by="did:web:a.example", every=True, model=["a", "b"], stage="live"),
    ),
    (
        '{"AllOf": [{"Equals": {"name": "a", "value": 1}}, {"Not": {"Equals": {"name": "b", "value": 2}}}]}',
        caveat.AllOf(caveat.Equals("a", 1), caveat.Not(caveat.Equals("b", 2))),
    ),
    (
        '{"AnyOf": [{"Range": {"name": "a", "maximum": 1}}, {"MaxLength": {"name": "b", "most": 2}}]}',
        caveat.AnyOf(caveat.Range("a", None, 1), caveat.MaxLength("b", 2)),
    ),
]


@pytest.mark.parametrize(("text", "expected"), VOCABULARY, ids=[text for text, _ in VOCABULARY])
def test_every_caveat_there_and_back(text: str, expected: Caveat) -> None:
    assert read(text) == expected
    assert from_json(to_json(expected)) == expected


def test_the_whole_vocabulary_is_covered() -> None:
    kinds = {type(expected).__name__ for _, expected in VOCABULARY}
    assert kinds == set(caveat.__all__) - {"Caveat", "Counted", "Unrecognised"}


def test_a_caveat_read_from_a_token_can_be_written_again() -> None:
    alice = Identity.from_seed(bytes(32))
    mine = [expected for _, expected in VOCABULARY if not isinstance(expected, caveat.Purpose)]
    (link,) = alice.mint(to=alice.did, caveats=mine).unverified_links
    assert [from_json(to_json(found)) for found in link.caveats] == list(link.caveats)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "{}",
        '"MaxUses"',
        '{"MaxUses": 1, "MaxDepth": 1}',
        '{"MaxUses": 1, "MaxUses": 2}',
        '{"maxuses": 1}',
        '{"Unrecognised": {}}',
        '{"Caveat": {}}',
        '{"MaxUses": 1}x',
        '{"MaxUses": 1.5}',
        '{"MaxUses": 1e3}',
        '{"MaxUses": "1"}',
        '{"MaxUses": true}',
        '{"MaxUses": null}',
        '{"MaxUses": [1]}',
        '{"MaxUses": 0}',
        '{"MaxUses": 9007199254740992}',
        '{"MaxDepth": -1}',
        '{"NoDelegation": true}',
        '{"NoDelegation": {"depth": 1}}',
        '{"Purpose": ["a"]}',
        '{"Purpose": "\\u202e"}',
        '{"Purpose": "\\ud800"}',
        '{"Actions": "events:read"}',
        '{"Actions": []}',
        '{"Actions": [1]}',
        '{"Actions": ["*"]}',
        '{"Actions": [["a"]]}',
        '{"Resources": ["/a/../.."]}',
        '{"Resources": [null]}',
        '{"Audience": ["a b"]}',
        '{"Expires": 1893553445}',
        '{"Expires": "2030-01-02"}',
        '{"Expires": "2030-01-02T03:04:05"}',
        '{"NotBefore": "2030-01-02 03:04:05Z"}',
        '{"ExpiresIn": 60}',
        '{"ExpiresIn": ""}',
        '{"ExpiresIn": "999999d999999h999999m999999999s"}x',
        '{"Rate": {"n": 5}}',
        '{"Rate": {"n": 5, "per": "year"}}',
        '{"Rate": {"n": 5, "per": "day", "burst": 2}}',
        '{"Spaced": {"per": "month"}}',
        '{"Spaced": "hour"}',
        '{"Spaced": null}',
        '{"Budget": {"amount": 100}}',
        '{"Budget": {"amount": 1.5, "currency": "EUR"}}',
        '{"Budget": {"amount": 100, "currency": "eur"}}',
        '{"Budget": {"amount": 100, "currency": "EUR", "per": null}}',
        '{"Equals": {"name": "a"}}',
        '{"Equals": {"value": 1}}',
        '{"Equals": {"name": 1, "value": 1}}',
        '{"Equals": {"name": "", "value": 1}}',
        '{"Equals": {"name": "a", "value": 1.5}}',
        '{"Equals": {"name": "a", "value": [1]}}',
        '{"Equals": {"name": "a", "value": {}}}',
        '{"Equals": {"name": "a", "value": 1, "values": [1]}}',
        '{"OneOf": {"name": "a", "values": []}}',
        '{"OneOf": {"name": "a", "values": "x"}}',
        '{"OneOf": {"name": "a", "values": [1, "1"]}}',
        '{"OneOf": {"name": "a", "values": [1, true]}}',
        '{"OneOf": {"name": "a", "values": [null]}}',
        '{"OneOf": {"name": "a", "values": [["x"]]}}',
        '{"OneOf": {"name": "a", "values": [1.5]}}',
        '{"Range": {"name": "a"}}',
        '{"Range": {"name": "a", "maximum": null}}',
        '{"Range": {"name": "a", "maximum": "10"}}',
        '{"Range": {"name": "a", "maximum": 10.0}}',
        '{"Range": {"name": "a", "minimum": 2, "maximum": 1}}',
        '{"Range": {"name": "a", "maximum": 10, "max": 11}}',
        '{"Range": ["a", 1, 10]}',
        '{"MaxLength": {"name": "a", "most": -1}}',
        '{"StartsWith": {"name": "a", "prefix": ""}}',
        '{"StartsWith": {"name": "a", "prefix": ["p"]}}',
        '{"Glob": {"name": "a", "glob": "\\\\"}}',
        '{"Subpath": {"name": "a", "paths": "/a"}}',
        '{"Subpath": {"name": "a", "paths": []}}',
        '{"Subpath": {"name": "a", "paths": ["../a"]}}',
        '{"UrlHost": {"name": "a", "hosts": ["*"]}}',
        '{"UrlHost": {"name": "a", "hosts": ["https://a.example"]}}',
        '{"Cidr": {"name": "a", "networks": ["10.0.0.1/8"]}}',
        '{"AllOf": []}',
        '{"AllOf": {"MaxLength": {"name": "a", "most": 1}}}',
        '{"AllOf": [{"MaxUses": 1}]}',
        '{"AnyOf": [{"Actions": ["a"]}]}',
        '{"Not": {"Expires": "2030-01-02T03:04:05Z"}}',
        '{"Not": [{"MaxLength": {"name": "a", "most": 1}}]}',
        '{"Not": {"Equals": {"name": "a", "value": null}}}',
        '{"Not": ' * 10 + '{"MaxLength": {"name": "a", "most": 1}}' + "}" * 10,
        '{"Not": ' * 40 + "1" + "}" * 40,
        '{"AllOf": [' * 5000,
        json.dumps({"AllOf": [{"Subpath": {"name": f"a{i}", "paths": ["/a", "/b"]}} for i in range(8)]}),
    ],
)
def test_what_is_no_caveat_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        read(text)


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-5, 5), st.floats(allow_nan=False), st.text(max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from([*caveat.__all__, "name", "value", "values", "maximum", "most", "n", "per", "x"]),
            inner,
            max_size=3,
        ),
    ),
    max_leaves=8,
)


@given(content=JSON, kind=st.sampled_from(caveat.__all__))
@settings(derandomize=True, deadline=None, max_examples=500)
def test_any_json_is_a_caveat_or_an_input_error(content: JsonValue, kind: str) -> None:
    try:
        found = from_json({kind: content})
    except InputError:
        return
    assert from_json(to_json(found)) == found


NAME = st.sampled_from(["a", "b c", "ü", 'q"uote'])
ATOM = st.one_of(
    st.builds(caveat.Equals, NAME, st.one_of(st.text(max_size=3), st.integers(-9, 9), st.booleans())),
    st.builds(caveat.OneOf, NAME, st.lists(st.integers(-9, 9), min_size=1, max_size=3)),
    st.builds(caveat.Range, NAME, st.integers(-9, 0), st.one_of(st.none(), st.integers(0, 9))),
    st.builds(caveat.MaxLength, NAME, st.integers(0, 9)),
    st.builds(caveat.StartsWith, NAME, st.text(min_size=1, max_size=3)),
)
FORMULA = st.recursive(
    ATOM,
    lambda inner: st.one_of(
        st.builds(caveat.Not, inner), st.builds(caveat.AllOf, inner, inner), st.builds(caveat.AnyOf, inner, inner)
    ),
    max_leaves=4,
)


@given(formula=FORMULA)
@settings(derandomize=True, deadline=None, max_examples=200)
def test_formulas_survive_the_shell(formula: Caveat) -> None:
    assert read(json.dumps(to_json(formula))) == formula
