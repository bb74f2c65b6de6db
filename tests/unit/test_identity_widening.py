"""Delegating: what would widen is refused at once, and only the holder may, as deep as the links allow."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.unit.scene import (
    ALICE,
    AUDIENCE,
    HELPER,
    MALLORY,
    NOW,
    PLANNER,
    READ,
    REQUEST,
    SCOUT,
    Clock,
    accepted,
    given,
    passed,
    person,
    shown,
)

from attorn import Identity, Token, caveat
from attorn.caveat import Caveat
from attorn.errors import (
    AttornError,
    DelegationError,
    InputError,
)

# --- widening --------------------------------------------------------------------------------------------------------

C = caveat
_AT = datetime.fromtimestamp(NOW + 3600, UTC)
_LATER = _AT + timedelta(seconds=1)
WIDER: dict[str, tuple[Caveat, Caveat]] = {
    "actions": (C.Actions("a"), C.Actions("a", "b")),
    "actions-other": (C.Actions("a"), C.Actions("b")),
    "actions-wildcard": (C.Actions("a:b"), C.Actions("a:*")),
    "actions-deeper-wildcard": (C.Actions("a:b:*"), C.Actions("a:*")),
    "actions-without-boundary": (C.Actions("a:*"), C.Actions("ab:c")),
    "resources": (C.Resources("/data/a"), C.Resources("/data")),
    "resources-one-more": (C.Resources("/data/a"), C.Resources("/data/a", "/data/b")),
    "resources-without-boundary": (C.Resources("/data/a"), C.Resources("/data/ab")),
    "resources-other-scheme": (C.Resources("cal://alice"), C.Resources("mail://alice")),
    "audience": (C.Audience("x:y"), C.Audience("x:y", "x:z")),
    "expires": (C.Expires(_AT), C.Expires(_LATER)),
    "expires-in": (C.ExpiresIn(hours=1), C.ExpiresIn(hours=1, seconds=1)),
    "expires-in-after-expires": (C.Expires(_AT), C.ExpiresIn(hours=2)),
    "expires-after-expires-in": (C.ExpiresIn(hours=1), C.Expires(_LATER)),
    "not-before": (C.NotBefore(_AT - timedelta(hours=2)), C.NotBefore(_AT - timedelta(hours=3))),
    "depth": (C.MaxDepth(1), C.MaxDepth(2)),
    "equals": (C.Equals("v", 1), C.Equals("v", 2)),
    "equals-true": (C.Equals("v", 1), C.Equals("v", True)),
    "equals-text": (C.Equals("v", 1), C.Equals("v", "1")),
    "equals-null": (C.Equals("v", None), C.Equals("v", 0)),
    "null-for-equals": (C.Equals("v", 0), C.Equals("v", None)),
    "equals-outside-one-of": (C.OneOf("v", 1, 2), C.Equals("v", 3)),
    "equals-outside-range": (C.Range("v", 1, 2), C.Equals("v", 3)),
    "equals-excluded": (C.NotOneOf("v", 1, 2), C.Equals("v", 2)),
    "one-of": (C.OneOf("v", "a"), C.OneOf("v", "a", "b")),
    "one-of-for-equals": (C.Equals("v", "a"), C.OneOf("v", "a", "b")),
    "one-of-beyond-range": (C.Range("v", 0, 5), C.OneOf("v", 5, 6)),
    "one-of-excluded": (C.NotOneOf("v", "a"), C.OneOf("v", "a", "b")),
    "range-up": (C.Range("v", 0, 5), C.Range("v", 0, 6)),
    "range-down": (C.Range("v", 0, 5), C.Range("v", -1, 5)),
    "range-open-top": (C.Range("v", 0, 5), C.Range("v", 0)),
    "range-open-bottom": (C.Range("v", 0, 5), C.Range("v", None, 5)),
    "length": (C.MaxLength("v", 2), C.MaxLength("v", 3)),
    "prefix": (C.StartsWith("v", "ab"), C.StartsWith("v", "a")),
    "prefix-other": (C.StartsWith("v", "ab"), C.StartsWith("v", "b")),
    "glob-literal": (C.Glob("v", "a/*"), C.Glob("v", "b/x")),
    "glob-across-a-slash": (C.Glob("v", "a/*"), C.Glob("v", "a/b/c")),
    "path": (C.Subpath("v", "/a/b"), C.Subpath("v", "/a")),
    "path-without-boundary": (C.Subpath("v", "/a"), C.Subpath("v", "/ab")),
    "path-one-more": (C.Subpath("v", "/a"), C.Subpath("v", "/a", "/b")),
    "host": (C.UrlHost("v", "a.test"), C.UrlHost("v", "a.test", "b.test")),
    "host-wildcard": (C.UrlHost("v", "a.test"), C.UrlHost("v", "*.test")),
    "host-parent-of-wildcard": (C.UrlHost("v", "*.a.test"), C.UrlHost("v", "a.test")),
    "host-without-boundary": (C.UrlHost("v", "*.a.test"), C.UrlHost("v", "xa.test")),
    "host-address": (C.UrlHost("v", "*.test"), C.UrlHost("v", "10.0.0.1")),
    "network": (C.Cidr("v", "10.1.0.0/16"), C.Cidr("v", "10.0.0.0/8")),
    "network-one-more": (C.Cidr("v", "10.1.0.0/16"), C.Cidr("v", "10.1.0.0/16", "10.2.0.0/16")),
    "network-other-version": (C.Cidr("v", "0.0.0.0/0"), C.Cidr("v", "::/0")),
    "subset": (C.SubsetOf("v", "a"), C.SubsetOf("v", "a", "b")),
    "uses": (C.MaxUses(5), C.MaxUses(6)),
    "rate": (C.Rate(5, "day"), C.Rate(6, "day")),
    "budget": (C.Budget(5, "EUR"), C.Budget(6, "EUR")),
    "budget-per-day": (C.Budget(5, "EUR", "day"), C.Budget(6, "EUR", "day")),
}


@pytest.mark.parametrize(("parent", "child"), WIDER.values(), ids=WIDER.keys())
def test_67_widening_is_refused_where_it_is_written(parent: Caveat, child: Caveat) -> None:
    token = ALICE.mint(to=PLANNER.did, caveats=[parent])
    (kept,) = token.unverified_links[0].caveats
    with pytest.raises(DelegationError) as caught:
        PLANNER.delegate(token, to=SCOUT.did, caveats=[child])
    message = str(caught.value)
    assert "wider than link 1 " in message
    assert ALICE.did in message
    assert PLANNER.did in message
    # What the link allows, and what was asked for, in the words of each caveat.
    assert kept.limit() in message
    assert child.resolved(datetime.fromtimestamp(NOW, UTC), 1).limit() in message
    assert caught.value.code == "cannot_delegate"


@pytest.mark.parametrize("kind", ["actions", "expires-in", "path", "uses", "network"])
def test_67_widening_is_refused_for_the_link_that_it_widens(kind: str) -> None:
    parent, child = WIDER[kind]
    token = passed(given(READ, to=PLANNER), PLANNER, SCOUT, caveat.Equals("w", 1))
    token = passed(token, SCOUT, HELPER, parent) if kind != "actions" else passed(token, SCOUT, HELPER)
    link = 1 if kind == "actions" else 3
    with pytest.raises(DelegationError, match=f"wider than link {link} "):
        passed(token, HELPER, MALLORY, caveat.Equals("w", 1), child)


@pytest.mark.parametrize(
    ("parent", "child"),
    [
        (C.NotOneOf("v", "a"), C.NotOneOf("v", "b")),
        (C.Contains("v", "a"), C.Contains("v", "b")),
        (C.Rate(1, "day"), C.Rate(9, "hour")),
        (C.Budget(1, "EUR"), C.Budget(9, "USD")),
        (C.Equals("v", 1), C.Equals("w", 2)),
        (C.AnyOf(C.Equals("v", 1)), C.AnyOf(C.Equals("v", 2))),
        (C.Glob("v", "a*"), C.Glob("v", "b*")),
    ],
    ids=["exclusions", "contents", "other-period", "other-currency", "other-argument", "formulas", "patterns"],
)
def test_caveats_that_add_up_are_both_kept(parent: Caveat, child: Caveat) -> None:
    token = passed(given(parent), PLANNER, SCOUT, child)
    assert [type(kept.caveats[0]) for kept in token.unverified_links] == [
        type(caveat.Equals("v", 1)) if isinstance(each, C.AnyOf) else type(each) for each in (parent, child)
    ]


@pytest.mark.parametrize("name", WIDER)
def test_narrowing_is_not_refused(name: str) -> None:
    parent, _ = WIDER[name]
    token = passed(given(parent), PLANNER, SCOUT, parent)
    assert token.unverified_links[1].caveats == token.unverified_links[0].caveats


@pytest.mark.parametrize(
    "who", [ALICE, SCOUT, MALLORY, person(2, method="jwk")], ids=["alice", "scout", "mallory", "jwk"]
)
def test_only_the_holder_delegates_and_presents(who: Identity) -> None:
    token = given(READ, to=PLANNER)
    assert token.holder == PLANNER.did
    with pytest.raises(DelegationError, match="does not hold this token"):
        who.delegate(token, to=SCOUT.did)
    with pytest.raises(DelegationError, match="does not hold this token"):
        who.present(token, REQUEST, audience=AUDIENCE)


def test_whoever_passed_a_token_on_holds_the_old_one_only() -> None:
    token = given(READ)
    narrow = passed(token, PLANNER, SCOUT)
    with pytest.raises(DelegationError):
        shown(narrow, PLANNER)
    accepted(shown(token, PLANNER))
    accepted(shown(narrow, SCOUT))


@pytest.mark.parametrize(
    "token", [None, "", "EgA", b"x", 5, object()], ids=lambda token: type(token).__name__ + "-token"
)
def test_tokens_that_are_none(token: Any) -> None:
    with pytest.raises(InputError):
        PLANNER.delegate(token, to=SCOUT.did)
    with pytest.raises(InputError):
        PLANNER.present(token, REQUEST, audience=AUDIENCE)


def test_a_presentation_is_no_token() -> None:
    with pytest.raises(AttornError):
        Token.decode(shown(given(READ), PLANNER))


@pytest.mark.parametrize("limit", [C.NoDelegation(), C.MaxDepth(0)], ids=["no-delegation", "max-depth-0"])
def test_a_link_that_may_not_be_passed_on(limit: Caveat) -> None:
    token = given(READ, limit)
    accepted(shown(token, PLANNER))
    with pytest.raises(DelegationError, match="link 1 allows only 0 delegations"):
        passed(token, PLANNER, SCOUT)


def test_depth_is_counted_from_the_user() -> None:
    token = passed(given(READ, C.MaxDepth(2)), PLANNER, SCOUT)
    last = passed(token, SCOUT, HELPER)
    accepted(shown(last, HELPER))
    with pytest.raises(DelegationError, match="link 1 allows only 2"):
        passed(last, HELPER, MALLORY)


def test_no_delegation_further_down() -> None:
    token = passed(given(READ, C.MaxDepth(5)), PLANNER, SCOUT, C.NoDelegation())
    assert token.unverified_links[1].caveats == (C.MaxDepth(1),)
    accepted(shown(token, SCOUT))
    with pytest.raises(DelegationError, match="link 2 allows only 1"):
        passed(token, SCOUT, HELPER)


@pytest.mark.parametrize(
    ("limit", "word"),
    [(C.Expires(_AT), "is over"), (C.NotBefore(_AT + timedelta(hours=1)), "has not begun")],
    ids=["over", "not-begun"],
)
def test_authority_that_is_not_valid_now_is_not_passed_on(limit: Caveat, word: str) -> None:
    token = given(READ, limit)
    with pytest.raises(DelegationError, match=rf"link 1 .*{word}"):
        person(2, Clock(NOW + 3600)).delegate(token, to=SCOUT.did)


def test_delegation_needs_no_clock_of_the_delegator_before() -> None:
    """Offline means: nothing is asked of anybody but the resolver for the new delegate."""
    token = given(READ)
    assert passed(token, PLANNER, SCOUT).unverified_links[:1] == token.unverified_links


@pytest.mark.parametrize("links", [33, 40])
def test_a_chain_that_no_verifier_reads_does_not_leave(links: int) -> None:
    token = ALICE.mint(to=ALICE.did, caveats=[READ])

    def extend() -> None:
        nonlocal token
        for _ in range(links - 1):
            token = ALICE.delegate(token, to=ALICE.did)

    with pytest.raises(AttornError):
        extend()


def test_a_chain_of_32_links_is_accepted() -> None:
    token = ALICE.mint(to=ALICE.did, caveats=[READ])
    for _ in range(31):
        token = ALICE.delegate(token, to=ALICE.did)
    assert len(accepted(shown(Token.decode(token.encode()), ALICE)).chain) == 32


def test_a_token_that_is_too_long_to_read_does_not_leave() -> None:
    large = [C.StartsWith("v", f"{number}" + "x" * 4000) for number in range(30)]
    with pytest.raises(AttornError):
        ALICE.mint(to=PLANNER.did, caveats=large)


@pytest.mark.parametrize(
    "caveats",
    [
        [C.Actions("a")] * 65,
        [C.Glob("v", f"a{number}") for number in range(33)],
        [C.OneOf("v", *range(n, n + 300)) for n in range(0, 1200, 300)],
    ],
    ids=["checks", "globs", "terms"],
)
def test_links_that_no_verifier_reads_do_not_leave(caveats: list[Caveat]) -> None:
    with pytest.raises(InputError, match="no verifier would read"):
        ALICE.mint(to=PLANNER.did, caveats=caveats)
