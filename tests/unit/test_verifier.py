"""The verifier as its user calls it: constructing, the two calls, challenges and roots."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import FrozenInstanceError
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.unit.scene import (
    ALICE,
    AUDIENCE,
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
    refused,
    shown,
    verifier,
)

from attorn import Access, Denied, Limits, Request, Verifier, caveat, revocation
from attorn.decision import Decision
from attorn.errors import InputError, RevokedError, UnavailableError, VerificationError
from attorn.store import MemoryStore

TOKEN = given(READ)
NARROW = passed(TOKEN, PLANNER, SCOUT, caveat.Range("limit", 1, 10))


def _raise(error: BaseException) -> Any:
    raise error


ARGUMENTS: dict[str, dict[str, Any]] = {
    "audience-empty": {"audience": ""},
    "audience-none": {"audience": None},
    "audience-number": {"audience": 5},
    "audience-bytes": {"audience": b"x"},
    "audience-surrogate": {"audience": "\ud800"},
    "audience-list": {"audience": [AUDIENCE]},
    "roots-text": {"roots": ALICE.did},
    "roots-empty-text": {"roots": ""},
    "roots-none": {"roots": None},
    "roots-number": {"roots": 5},
    "roots-bytes": {"roots": b"did"},
    "roots-of-none": {"roots": [None]},
    "roots-of-identities": {"roots": [ALICE]},
    "roots-of-names": {"roots": ["alice"]},
    "roots-of-urls": {"roots": [ALICE.did + "#x"]},
    "roots-of-a-broken-key": {"roots": ["did:key:z6MkBroken"]},
    "roots-of-a-wildcard": {"roots": ["*"]},
    "roots-one-of-them": {"roots": [ALICE.did, ""]},
    "cache-negative": {"cache": -1},
    "cache-none": {"cache": None},
    "cache-true": {"cache": True},
    "cache-fraction": {"cache": 1.0},
    "limits-number": {"limits": 5},
    "limits-dict": {"limits": {"links": 5}},
    "limits-class": {"limits": Limits},
    "receipts-number": {"receipts": 5},
    "receipts-log": {"receipts": object()},
    "resolver-number": {"resolver": 5},
    "resolver-dict": {"resolver": {}},
    "authorities-text": {"authorities": ALICE.did},
    "authorities-empty-text": {"authorities": ""},
    "authorities-number": {"authorities": [5]},
    "authorities-name": {"authorities": [ALICE.did, "alice"]},
    "retries-number": {"retries": 60},
    "retries-short": {"retries": timedelta(milliseconds=999)},
    "keys-number": {"macaroon_keys": 5},
    "keys-bytes": {"macaroon_keys": [b"key"]},
}


@pytest.mark.parametrize("name", ARGUMENTS)
def test_arguments_that_are_refused(name: str) -> None:
    with pytest.raises(InputError):
        verifier(**ARGUMENTS[name])


class Failing:
    """Whatever is asked of it fails, and so does going through it."""

    def __iter__(self) -> Iterator[Any]:
        raise OSError("gone")

    def remember(self, *_: Any, **__: Any) -> bool:
        raise OSError("gone")

    statements = put = charge = used = remember


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"audience": ""}, "audience: "),
        ({"roots": 5}, "roots: "),
        ({"authorities": [5]}, "authorities: "),
        ({"retries": 5}, "retries: "),
        ({"macaroon_keys": 5}, "macaroon_keys: "),
        ({"macaroon_keys": Failing()}, "the list of macaroon keys failed with OSError"),
        ({"roots": Failing()}, "the list of roots failed with OSError"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_a_refusal_says_of_what(changed: dict[str, Any], words: str) -> None:
    with pytest.raises((InputError, UnavailableError), match=f"^{words}"):
        verifier(**changed)


def test_a_port_that_fails_is_named() -> None:
    store = MemoryStore()
    by = verifier(store=store)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(MemoryStore, "charge", Failing.remember)
        counted = given(READ, caveat.MaxUses(1))
        error = refused(shown(counted, PLANNER), "unavailable", None, by=by)
        assert str(error) == "the ledger failed with OSError"
    for name in ("statements", "remember"):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(MemoryStore, name, Failing.remember)
            error = refused(shown(TOKEN, PLANNER), "unavailable", None, by=by)
            assert str(error) == "the store failed with OSError"


def test_the_shortest_time_for_retries() -> None:
    verifier(retries=timedelta(seconds=1))


@pytest.mark.parametrize("missing", ["audience", "roots"])
def test_what_must_not_be_forgotten_has_no_default(missing: str) -> None:
    arguments: dict[str, Any] = {"audience": AUDIENCE, "roots": [ALICE.did]}
    del arguments[missing]
    with pytest.raises(TypeError, match=missing):
        Verifier(**arguments)
    parameters = inspect.signature(Verifier).parameters
    assert all(parameter.kind is inspect.Parameter.KEYWORD_ONLY for parameter in parameters.values())


@pytest.mark.parametrize(
    ("bound", "value"),
    [
        ("links", 0),
        ("links", True),
        ("token_bytes", -1),
        ("terms", 1.5),
        ("checks", None),
        ("queries", "64"),
        ("symbols", 0),
        ("globs", 0),
        ("skew", 60),
        ("presentation", None),
    ],
    ids=lambda value: f"{value}",
)
def test_limits_that_are_none(bound: str, value: Any) -> None:
    bounds: dict[str, Any] = {bound: value}
    with pytest.raises(InputError, match=bound):
        Limits(**bounds)


@pytest.mark.parametrize(
    "wire", [None, b"abc", 5, ["x"], TOKEN, object()], ids=["none", "bytes", "number", "list", "token", "object"]
)
def test_wires_that_are_no_text(wire: Any) -> None:
    with pytest.raises(InputError):
        verifier().authorize(wire, REQUEST)


@pytest.mark.parametrize(
    "request_", [None, "GET /", {"action": "a"}, 5, Request], ids=["none", "text", "dict", "number", "class"]
)
def test_requests_that_are_none(request_: Any) -> None:
    with pytest.raises(InputError):
        verifier().authorize(shown(TOKEN, PLANNER), request_)
    with pytest.raises(InputError):
        verifier().verify(shown(TOKEN, PLANNER), request_)


def test_verify_and_then_clear() -> None:
    by = verifier()
    found = by.verify(shown(NARROW, SCOUT), REQUEST)
    assert (found.root, found.holder) == (ALICE.did, SCOUT.did)
    assert [link.delegate for link in found.chain] == [PLANNER.did, SCOUT.did]
    assert not isinstance(found, Access)
    access = found.clear()
    assert (access.root, access.holder, access.chain) == (found.root, found.holder, found.chain)


def test_what_was_taken_back_between_the_calls_is_not_cleared() -> None:
    store = MemoryStore()
    found = verifier(store=store).verify(shown(NARROW, SCOUT), REQUEST)
    store.apply(revocation.revoke(NARROW, by=PLANNER))
    for _ in range(2):
        with pytest.raises(RevokedError):
            found.clear()


def test_verifying_uses_the_presentation_up() -> None:
    by, wire = verifier(), shown(TOKEN, PLANNER)
    by.verify(wire, REQUEST)
    refused(wire, "replayed", 8, by=by)
    with pytest.raises(VerificationError, match="used before"):
        by.verify(wire, REQUEST)


def test_what_is_prohibited_is_verified_and_not_cleared() -> None:
    other = Request(action="events:write", resource="cal://alice")
    found = verifier().verify(shown(TOKEN, PLANNER, other), other)
    for _ in range(2):
        with pytest.raises(Denied):
            found.clear()


def test_what_is_not_genuine_is_refused_at_the_first_call() -> None:
    for wire in ("", TOKEN.encode(), shown(TOKEN, PLANNER)[:-4], shown(given(READ, by=MALLORY), PLANNER)):
        with pytest.raises(VerificationError):
            verifier().verify(wire, REQUEST)


def test_time_passes_between_the_calls() -> None:
    clock = Clock()
    token = given(READ, caveat.ExpiresIn(seconds=5))
    found = verifier(clock=clock).verify(shown(token, PLANNER), REQUEST)
    clock.second += 4
    assert found.clear().decision.allowed is True
    clock.second += 1
    with pytest.raises(VerificationError) as caught:
        found.clear()
    assert (caught.value.code, caught.value.step) == ("outside_validity", 6)


def test_the_fields_of_access() -> None:
    access = accepted(shown(NARROW, SCOUT), by=verifier(clock=Clock(NOW + 0.5)))
    assert access.root == ALICE.did
    assert access.holder == SCOUT.did
    assert access.chain == NARROW.unverified_links
    assert [(link.delegator, link.delegate) for link in access.chain] == [
        (ALICE.did, PLANNER.did),
        (PLANNER.did, SCOUT.did),
    ]
    assert access.request is REQUEST
    assert access.audience == AUDIENCE
    assert access.at == datetime.fromtimestamp(NOW + 0.5, UTC)
    assert access.decision == Decision(True, 10)
    assert access.decision.explain() == "allowed"
    with pytest.raises(FrozenInstanceError):
        access.audience = "x"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("answered", "asked"),
    [
        (None, "c1"),
        ("c1", None),
        ("c1", "c2"),
        ("c1", "C1"),
        ("c1", "c1 "),
        ("c", "c1"),
        ("\u00e9", "e\u0301"),
    ],
    ids=["missing", "not-asked", "wrong", "case", "space", "prefix", "composed"],
)
def test_challenges_that_are_not_answered(answered: str | None, asked: str | None) -> None:
    refused(shown(TOKEN, PLANNER, challenge=answered), "wrong_request", 8, challenge=asked)


@pytest.mark.parametrize(
    "challenge", ["c1", "\u00e9\U0001f5d3", "x" * 2048, " "], ids=["plain", "unicode", "long", "space"]
)
def test_challenges_that_are_answered(challenge: str) -> None:
    accepted(shown(TOKEN, PLANNER, challenge=challenge), challenge=challenge)


@pytest.mark.parametrize(
    "challenge",
    ["", b"c1", 5, "\ud800", "x" * 2049, ["c1"]],
    ids=["empty", "bytes", "number", "surrogate", "long", "list"],
)
def test_challenges_that_cannot_be_asked(challenge: Any) -> None:
    by = verifier()
    for call in (by.authorize, by.verify):
        with pytest.raises(InputError):
            call(shown(TOKEN, PLANNER), REQUEST, challenge=challenge)


def test_an_unanswered_challenge_does_not_use_the_presentation_up() -> None:
    by, wire = verifier(), shown(TOKEN, PLANNER, challenge="c1")
    refused(wire, "wrong_request", 8, by=by, challenge="c2")
    accepted(wire, by=by, challenge="c1")


@pytest.mark.parametrize(
    "collection", [list, tuple, set, frozenset, iter, dict.fromkeys], ids=lambda kind: kind.__name__
)
def test_roots_in_any_collection(collection: Callable[[list[str]], Any]) -> None:
    by = verifier(roots=collection([MALLORY.did, ALICE.did]))
    for _ in range(2):
        accepted(shown(TOKEN, PLANNER), by=by)


@pytest.mark.parametrize(
    "roots",
    [[], [MALLORY.did], [PLANNER.did], [person(1, method="jwk").did], ["did:web:alice.example"]],
    ids=["nobody", "another", "holder", "same-key-other-did", "web"],
)
def test_roots_that_are_not_the_users(roots: list[str]) -> None:
    for wire in (shown(TOKEN, PLANNER), shown(NARROW, SCOUT)):
        error = refused(wire, "untrusted_root", 2, by=verifier(roots=roots))
        assert ALICE.did in str(error)


def test_a_policy_is_asked_with_root_and_request() -> None:
    asked: list[tuple[str, Request]] = []

    def policy(root: str, request: Request) -> bool:
        asked.append((root, request))
        return request.resource.startswith("cal://alice")

    by = verifier(roots=policy)
    for _ in range(2):
        accepted(shown(TOKEN, PLANNER), by=by)
    elsewhere = Request(action="events:read", resource="cal://bob")
    refused(shown(TOKEN, PLANNER, elsewhere), "untrusted_root", 2, by=by, request=elsewhere)
    # Asked on every use, also for a chain that is remembered.
    assert asked == [(ALICE.did, REQUEST), (ALICE.did, REQUEST), (ALICE.did, elsewhere)]


POLICIES: dict[str, tuple[Any, str, int | None]] = {
    "false": (lambda *_: False, "untrusted_root", 2),
    "none": (lambda *_: None, "untrusted_root", 2),
    "one": (lambda *_: 1, "untrusted_root", 2),
    "text": (lambda *_: "yes", "untrusted_root", 2),
    "list": (lambda *_: [ALICE.did], "untrusted_root", 2),
    "truthy": (lambda *_: object(), "untrusted_root", 2),
    "raises": (lambda *_: _raise(KeyError("x")), "unavailable", None),
    "raises-os-error": (lambda *_: _raise(OSError("down")), "unavailable", None),
    "raises-lookup": (lambda root, _: {}[root], "unavailable", None),
    "unavailable": (lambda *_: _raise(UnavailableError("later")), "unavailable", None),
    "too-few-parameters": (lambda root: True, "unavailable", None),
    "too-many-parameters": (lambda a, b, c: True, "unavailable", None),
}


@pytest.mark.parametrize("name", POLICIES)
def test_policies_that_do_not_say_true(name: str) -> None:
    policy, code, step = POLICIES[name]
    refused(shown(TOKEN, PLANNER), code, step, by=verifier(roots=policy))


async def _coroutine(root: str, request: Request) -> bool:
    return True


@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning")
def test_a_policy_that_nobody_awaits_trusts_nobody() -> None:
    refused(shown(TOKEN, PLANNER), "untrusted_root", 2, by=verifier(roots=_coroutine))


def test_a_change_of_mind_counts_at_once() -> None:
    trusted = {ALICE.did}
    by = verifier(roots=lambda root, _: root in trusted)
    accepted(shown(TOKEN, PLANNER), by=by)
    trusted.clear()
    refused(shown(TOKEN, PLANNER), "untrusted_root", 2, by=by)
