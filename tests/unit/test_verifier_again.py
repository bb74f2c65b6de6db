"""The second use of a chain: what is asked again every time, and what alone is remembered."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from tests.unit.scene import (
    ALICE,
    MALLORY,
    PLANNER,
    READ,
    REQUEST,
    SCOUT,
    Answering,
    Clock,
    accepted,
    denied,
    document,
    given,
    passed,
    person,
    refused,
    shown,
    verifier,
)

from attorn import Identity, Request, Token, Verifier, caveat, revocation
from attorn.biscuit.container import parse
from attorn.did.document import DidDocument, Relationship
from attorn.did.resolver import StaticResolver
from attorn.encoding import base64url_decode, base64url_encode
from attorn.errors import AttornError, UnavailableError, VerificationError
from attorn.store import MemoryStore
from attorn.verify import chain

TOKEN = given(READ)
NARROW = passed(TOKEN, PLANNER, SCOUT, caveat.Range("limit", 1, 10))


ALICE_WEB, PLANNER_WEB, SCOUT_WEB = (f"did:web:{name}.example" for name in ("alice", "planner", "scout"))
WEB = {ALICE_WEB: ALICE, PLANNER_WEB: PLANNER, SCOUT_WEB: SCOUT}
BOTH = [Relationship.CAPABILITY_DELEGATION, Relationship.CAPABILITY_INVOCATION]


class Directory:
    """A resolver whose documents a test can change; it counts what it is asked."""

    def __init__(self) -> None:
        self.documents = {did: document(did, who.signer.public_key) for did, who in WEB.items()}
        self.asked: list[str] = []

    def resolve(self, did: str) -> DidDocument:
        self.asked.append(did)
        return StaticResolver(self.documents).resolve(did)

    def chain(self) -> tuple[Token, Identity]:
        alice, planner, scout = (
            Identity(who.signer, did=did, resolver=self, clock=Clock()) for did, who in WEB.items()
        )
        return planner.delegate(alice.mint(to=planner.did, caveats=[READ]), to=scout.did), scout


CHANGES: dict[str, Callable[[str], DidDocument]] = {
    "rotated": lambda did: document(did, MALLORY.signer.public_key),
    "emptied": document,
    "deactivated": lambda did: document(did, WEB[did].signer.public_key, deactivated=True),
    "renumbered": lambda did: document(did, MALLORY.signer.public_key, WEB[did].signer.public_key),
    "for-nothing": lambda did: document(did, WEB[did].signer.public_key, relationships=[]),
    "for-authentication": lambda did: document(
        did, WEB[did].signer.public_key, relationships=[Relationship.AUTHENTICATION]
    ),
}


@pytest.mark.parametrize("cache", [0, 1024], ids=["uncached", "cached"])
@pytest.mark.parametrize("did", list(WEB))
@pytest.mark.parametrize("name", CHANGES)
def test_a_did_that_changed_is_noticed_at_the_next_use(name: str, did: str, cache: int) -> None:
    directory = Directory()
    token, scout = directory.chain()
    by = verifier(roots=[ALICE_WEB], resolver=directory, cache=cache)
    for _ in range(2):
        accepted(shown(token, scout), by=by)
    directory.documents[did] = CHANGES[name](did)
    error = refused_either(shown(token, scout), by, ("unresolved_principal", 3), ("bad_signature", 4))
    assert isinstance(error, VerificationError)
    # And once it says so again, it is good again: a refusal is not remembered.
    directory.documents[did] = document(did, WEB[did].signer.public_key)
    accepted(shown(token, scout), by=by)


def refused_either(wire: str, by: Verifier, *expected: tuple[str, int]) -> AttornError:
    """A root whose key was replaced resolves, to a key that did not sign."""
    with pytest.raises(VerificationError) as caught:
        by.authorize(wire, REQUEST)
    assert (caught.value.code, caught.value.step) in expected
    return caught.value


@pytest.mark.parametrize(
    ("did", "relationship", "good"),
    [
        (ALICE_WEB, Relationship.CAPABILITY_DELEGATION, True),
        (ALICE_WEB, Relationship.CAPABILITY_INVOCATION, False),
        (PLANNER_WEB, Relationship.CAPABILITY_DELEGATION, True),
        (PLANNER_WEB, Relationship.CAPABILITY_INVOCATION, False),
        (SCOUT_WEB, Relationship.CAPABILITY_DELEGATION, False),
        (SCOUT_WEB, Relationship.CAPABILITY_INVOCATION, True),
    ],
    ids=["root-delegates", "root-invokes", "middle-delegates", "middle-invokes", "holder-delegates", "holder-invokes"],
)
def test_a_key_is_for_what_it_is_used_for(did: str, relationship: Relationship, good: bool) -> None:
    directory = Directory()
    token, scout = directory.chain()
    wire = shown(token, scout)
    directory.documents[did] = document(did, WEB[did].signer.public_key, relationships=[relationship])
    by = verifier(roots=[ALICE_WEB], resolver=directory)
    if good:
        accepted(wire, by=by)
    else:
        refused(wire, "unresolved_principal", 3, by=by)


def test_every_principal_is_asked_on_every_use() -> None:
    directory = Directory()
    token, scout = directory.chain()
    by = verifier(roots=[ALICE_WEB], resolver=directory)
    for _ in range(3):
        directory.asked.clear()
        accepted(shown(token, scout), by=by)
        assert set(directory.asked) == set(WEB)


def test_a_did_key_is_asked_of_nobody() -> None:
    directory = Directory()
    by = verifier(resolver=directory)
    accepted(shown(NARROW, SCOUT), by=by)
    assert directory.asked == []


def test_a_forger_does_not_choose_what_is_looked_up() -> None:
    """A chain that trusted nobody signed makes the verifier ask for no other DID than its root."""
    directory = Directory()
    token, scout = directory.chain()
    wire = shown(token, scout)
    directory.documents[ALICE_WEB] = document(ALICE_WEB, MALLORY.signer.public_key)
    directory.asked.clear()
    refused_either(
        wire, verifier(roots=[ALICE_WEB], resolver=directory), ("bad_signature", 4), ("unresolved_principal", 3)
    )
    assert set(directory.asked) <= {ALICE_WEB}


RESOLVERS: dict[str, tuple[object, str, int | None]] = {
    "key-error": (KeyError("x"), "unavailable", None),
    "os-error": (OSError("down"), "unavailable", None),
    "recursion": (RecursionError(), "unavailable", None),
    "unavailable": (UnavailableError("later"), "unavailable", None),
    "nothing": (None, "unresolved_principal", 3),
    "text": ("did", "unresolved_principal", 3),
    "another": (document("did:web:x.example", ALICE.signer.public_key), "unresolved_principal", 3),
}


@pytest.mark.parametrize("name", RESOLVERS)
def test_resolvers_that_fail(name: str) -> None:
    answer, code, step = RESOLVERS[name]
    token, scout = Directory().chain()
    by = verifier(roots=[ALICE_WEB], resolver=Answering(answer))
    refused(shown(token, scout), code, step, by=by)


@pytest.fixture
def verified(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The positions of the links whose signatures were verified."""
    found: list[int] = []
    plain = chain.verify_block

    def watched(key: Any, block: Any, previous: Any, position: int) -> None:
        found.append(position)
        plain(key, block, previous, position)

    monkeypatch.setattr(chain, "verify_block", watched)
    return found


def test_a_chain_is_verified_once(verified: list[int]) -> None:
    by = verifier()
    accepted(shown(NARROW, SCOUT), by=by)
    assert verified == [1, 2]
    for _ in range(3):
        accepted(shown(NARROW, SCOUT), by=by)
    assert verified == [1, 2]


def test_without_a_cache_it_is_verified_every_time(verified: list[int]) -> None:
    by = verifier(cache=0)
    for _ in range(3):
        accepted(shown(NARROW, SCOUT), by=by)
    assert verified == [1, 2] * 3


def test_verifiers_share_no_cache(verified: list[int]) -> None:
    for _ in range(2):
        accepted(shown(NARROW, SCOUT))
    assert verified == [1, 2] * 2


def test_the_cache_is_bounded_and_keeps_what_was_used_last(verified: list[int]) -> None:
    by = verifier(cache=2)
    first, second, third = (given(READ) for _ in range(3))
    for token in (first, second, first, third):
        accepted(shown(token, PLANNER), by=by)
    # The second made room for the third.
    for token, expected in ((first, []), (third, []), (second, [1]), (first, [1]), (second, [])):
        verified.clear()
        accepted(shown(token, PLANNER), by=by)
        assert verified == expected
    for _ in range(50):
        accepted(shown(given(READ), PLANNER), by=by)
    assert by._cache is not None
    assert len(by._cache._values) == 2


def test_a_longer_chain_is_another_chain(verified: list[int]) -> None:
    by = verifier()
    accepted(shown(TOKEN, PLANNER), by=by)
    verified.clear()
    accepted(shown(NARROW, SCOUT), by=by)
    assert verified == [1, 2]


@pytest.mark.parametrize(("size", "again"), [(4096, []), (4097, [1])], ids=["longest", "too-long"])
def test_a_chain_too_long_to_keep_is_verified_every_time(verified: list[int], size: int, again: list[int]) -> None:
    def padded(length: int) -> tuple[Token, int]:
        token = given(READ, caveat.NotOneOf("note", "x" * length))
        return token, len(parse(base64url_decode(token.encode()), most_blocks=1).blocks[0].payload)

    _, found = padded(2000)
    token, found = padded(2000 + size - found)
    assert found == size
    by = verifier()
    request = Request(action="events:read", resource="cal://alice/2026-11", args={"note": "y"})
    for expected in ([1], again):
        verified.clear()
        accepted(shown(token, PLANNER, request), by=by, request=request)
        assert verified == expected


def test_what_was_refused_is_not_remembered(verified: list[int]) -> None:
    by = verifier()
    forged = given(READ, by=MALLORY)
    for _ in range(3):
        refused(shown(forged, PLANNER), "untrusted_root", 2, by=by)
    assert by._cache is not None
    assert len(by._cache._values) == 0


def test_chains_of_dids_that_can_change_are_verified_every_time(verified: list[int]) -> None:
    directory = Directory()
    token, scout = directory.chain()
    by = verifier(roots=[ALICE_WEB], resolver=directory)
    for _ in range(3):
        accepted(shown(token, scout), by=by)
    assert verified == [1, 2] * 3


REMEMBERED: dict[str, tuple[str, int]] = {
    "holder": ("bad_signature", 4),
    "audience": ("wrong_audience", 8),
    "request": ("wrong_request", 8),
    "challenge": ("wrong_request", 8),
    "replay": ("replayed", 8),
    "expired": ("outside_validity", 6),
    "in-transit": ("not_holder", 8),
    "revoked": ("revoked", 7),
}


@pytest.mark.parametrize("name", REMEMBERED)
def test_nothing_else_is_remembered(name: str) -> None:
    clock, store = Clock(), MemoryStore()
    by = verifier(clock=clock, store=store)
    token = given(READ, caveat.ExpiresIn(hours=1))
    used = shown(token, PLANNER)
    accepted(used, by=by)
    wire = shown(token, PLANNER)
    data = base64url_decode(wire)
    if name == "holder":
        wire = base64url_encode(data[:-1] + bytes((data[-1] ^ 1,)))
    if name == "audience":
        wire = shown(token, PLANNER, audience="did:web:other.example")
    if name == "request":
        wire = shown(token, PLANNER, Request(action="events:read", resource="cal://alice"))
    if name == "challenge":
        wire = shown(token, PLANNER, challenge="c")
    if name == "replay":
        wire = used
    if name == "expired":
        clock.second += 3600
        wire = shown(token, person(2, clock))
    if name == "in-transit":
        wire = token.encode()
    if name == "revoked":
        store.apply(revocation.revoke(token, by=ALICE))
    refused(wire, *REMEMBERED[name], by=by)


def test_caveats_are_asked_every_time() -> None:
    by = verifier()
    accepted(shown(NARROW, SCOUT), by=by)
    more = Request(action="events:read", resource="cal://alice/2026-11", args={"limit": 11})
    denied(shown(NARROW, SCOUT, more), 9, 2, by=by, request=more)


def test_threads_share_one_verifier() -> None:
    by = verifier(cache=3)
    tokens = [given(READ) for _ in range(6)]
    wires = [[shown(token, PLANNER) for token in tokens] for _ in range(6)]
    found: list[Any] = []

    def work(mine: list[str]) -> None:
        for wire in mine:
            try:
                found.append(by.authorize(wire, REQUEST).decision.allowed)
            except AttornError as error:
                found.append(error.code)

    threads = [threading.Thread(target=work, args=(mine,)) for mine in wires]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [True] * 36
