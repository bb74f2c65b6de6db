"""Revocation by principals that a resolver knows: any key the DID delegates with now, and no other."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.scene import (
    ALICE,
    HELPER,
    MALLORY,
    PLANNER,
    READ,
    SCOUT,
    Answering,
    Clock,
    accepted,
    document,
    given,
    passed,
    person,
    refused,
    shown,
    verifier,
)

from attorn import Identity, Token, Verifier
from attorn.did.document import Relationship
from attorn.did.resolver import StaticResolver
from attorn.errors import (
    AttornError,
    ResolutionError,
    SignatureError,
    UnavailableError,
    VerificationError,
)
from attorn.revocation import revoke
from attorn.statement import Kind
from attorn.store import MemoryStore

# alice -> planner -> scout -> helper, and alice -> planner -> mallory beside it.
FIRST = given(READ)
SECOND = passed(FIRST, PLANNER, SCOUT)
THIRD = passed(SECOND, SCOUT, HELPER)
BESIDE = passed(FIRST, PLANNER, MALLORY)
HOLDERS = {FIRST: PLANNER, SECOND: SCOUT, THIRD: HELPER, BESIDE: MALLORY}


def still_good(by: Verifier, *tokens: Token) -> None:
    for token in tokens:
        accepted(shown(token, HOLDERS[token]), by=by)


ALICE_WEB = "did:web:alice.example"
TWO_KEYS = document(ALICE_WEB, ALICE.signer.public_key, MALLORY.signer.public_key)


def _web(*keys: Identity, **changed: Any) -> StaticResolver:
    return StaticResolver({ALICE_WEB: document(ALICE_WEB, *[key.signer.public_key for key in keys], **changed)})


def _alice(resolver: StaticResolver) -> Identity:
    return Identity(ALICE.signer, did=ALICE_WEB, resolver=resolver, clock=Clock())


def test_a_revoker_that_a_resolver_knows() -> None:
    resolver = _web(ALICE)
    alice, store = _alice(resolver), MemoryStore()
    token = alice.mint(to=PLANNER.did, caveats=[READ])
    entry = revoke(token, by=alice)
    with pytest.raises(ResolutionError):
        store.apply(entry)
    assert not store.statements([(Kind.REVOCATION, entry.link.hex())])
    by = verifier(store=store, roots=[ALICE_WEB], resolver=resolver)
    accepted(shown(token, PLANNER), by=by)
    store.apply(entry.encode(), resolver=resolver)
    refused(shown(token, PLANNER), "revoked", 7, by=by)


def test_a_rotated_key_still_revokes_for_its_did() -> None:
    """Any key that the DID delegates with now; the one that signed the link may be gone."""
    alice = _alice(_web(ALICE))
    token = alice.mint(to=PLANNER.did, caveats=[READ])
    rotated = _web(MALLORY)
    successor = Identity(MALLORY.signer, did=ALICE_WEB, resolver=rotated, clock=Clock())
    store = MemoryStore()
    store.apply(revoke(token, by=successor), resolver=rotated)
    assert store.statements([(Kind.REVOCATION, token.unverified_links[0].id.hex())])
    with pytest.raises(SignatureError):
        store.apply(revoke(token, by=alice), resolver=rotated)


@pytest.mark.parametrize(
    "relationships",
    [[], [Relationship.AUTHENTICATION], [Relationship.CAPABILITY_INVOCATION], [Relationship.ASSERTION_METHOD]],
    ids=["none", "authentication", "invocation", "assertion"],
)
def test_a_key_that_does_not_delegate_does_not_revoke(relationships: list[Relationship]) -> None:
    entry = revoke(_alice(_web(ALICE)).mint(to=PLANNER.did, caveats=[READ]), by=_alice(_web(ALICE)))
    with pytest.raises(SignatureError):
        MemoryStore().apply(entry, resolver=_web(ALICE, relationships=relationships))


def test_a_deactivated_did_does_not_revoke() -> None:
    entry = revoke(_alice(_web(ALICE)).mint(to=PLANNER.did, caveats=[READ]), by=_alice(_web(ALICE)))
    with pytest.raises(ResolutionError):
        MemoryStore().apply(entry, resolver=_web(ALICE, deactivated=True))


ANSWERS: dict[str, tuple[object, type[AttornError]]] = {
    "key-error": (KeyError("x"), UnavailableError),
    "os-error": (OSError("down"), UnavailableError),
    "unavailable": (UnavailableError("later"), UnavailableError),
    "unresolved": (ResolutionError("no such"), ResolutionError),
    "nothing": (None, ResolutionError),
    "text": (ALICE_WEB, ResolutionError),
    "deactivated": (document(ALICE_WEB, ALICE.signer.public_key, deactivated=True), VerificationError),
    # A document of somebody else, whose key did sign.
    "another": (document("did:web:other.example", ALICE.signer.public_key), ResolutionError),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_resolvers_that_fail(name: str) -> None:
    answer, error = ANSWERS[name]
    entry = revoke(_alice(_web(ALICE)).mint(to=PLANNER.did, caveats=[READ]), by=_alice(_web(ALICE)))
    store = MemoryStore()
    with pytest.raises(error):
        store.apply(entry, resolver=Answering(answer))
    assert not store.statements([(Kind.REVOCATION, entry.link.hex())])


def test_one_key_under_two_dids_revokes_for_the_one_it_names() -> None:
    """alice's key is also did:web:alice.example; her links as a did:key are not that DID's to end."""
    resolver = _web(ALICE)
    store = MemoryStore()
    store.apply(revoke(FIRST.unverified_links[0], by=_alice(resolver)), resolver=resolver)
    still_good(verifier(store=store, resolver=resolver), FIRST)
    assert person(1, method="jwk").did != ALICE.did
