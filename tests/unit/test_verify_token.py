"""What whoever is handed a token in transit is told: the verdict that a presentation of it would get, but no access."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from tests.unit.macaroon_world import ASK, FRIEND, KEY, base
from tests.unit.scene import (
    ALICE,
    AUDIENCE,
    MALLORY,
    NOW,
    PLANNER,
    READ,
    REQUEST,
    SCOUT,
    Answering,
    Clock,
    document,
    given,
    passed,
    shown,
    verifier,
)

from attorn import AttornError, Identity, Token, Verifier, caveat
from attorn.biscuit.block import encode
from attorn.did.resolver import LocalResolver
from attorn.errors import InputError
from attorn.keys.signer import Ed25519Signer
from attorn.macaroon import MacKey
from attorn.macaroon.discharge import ThirdParty
from attorn.revocation import revoke
from attorn.store import MemoryStore
from attorn.token.carrier import BiscuitCarrier, MacaroonCarrier
from attorn.token.link import write

TWO = passed(given(), PLANNER, SCOUT)


def refusal(token: Token, **changed: Any) -> tuple[str, int | None]:
    with pytest.raises(AttornError) as caught:
        verifier(**changed).verify_token(token)
    return caught.value.code, getattr(caught.value, "step", None)


def at(second: int) -> dict[str, Any]:
    return {"clock": Clock(second)}


def forged(token: Token, **changed: Any) -> Token:
    """The token with its last block changed."""
    *blocks, last = token.carrier.blocks
    return Token.of(BiscuitCarrier((*blocks, replace(last, **changed))))


def test_the_links_come_out_and_nothing_is_used_up() -> None:
    judge = verifier()
    for _ in range(2):
        assert judge.verify_token(TWO) == TWO.unverified_links
    assert judge.authorize(shown(TWO, SCOUT), REQUEST).chain == TWO.unverified_links


def test_nothing_but_a_token_is_verified() -> None:
    for value in (TWO.encode(), None, shown(TWO, SCOUT)):
        with pytest.raises(InputError, match="expected a Token"):
            verifier().verify_token(value)


def test_a_policy_is_asked_about_requests_and_there_is_none() -> None:
    judge = Verifier(audience=AUDIENCE, roots=lambda did, request: True, clock=Clock())
    with pytest.raises(InputError, match="policy"):
        judge.verify_token(TWO)


def test_each_step_refuses() -> None:
    assert refusal(given(by=MALLORY)) == ("untrusted_root", 2)
    assert refusal(TWO, roots=[]) == ("untrusted_root", 2)
    assert refusal(forged(TWO, signature=bytes(64))) == ("bad_signature", 4)
    assert refusal(forged(TWO, version=0)) == ("bad_signature", 4)
    deep = passed(given(READ, caveat.MaxDepth(1)), PLANNER, SCOUT)
    assert verifier().verify_token(deep)
    store = MemoryStore()
    store.apply(revoke(TWO, by=ALICE))
    assert refusal(TWO, store=store) == ("revoked", 7)
    assert refusal(given(READ, caveat.FreshList(ALICE.did))) == ("stale_status", None)


def test_the_window_is_half_open_and_links_of_the_future_are_none() -> None:
    bounded = given(READ, caveat.ExpiresIn(seconds=100))
    assert verifier(**at(NOW + 99)).verify_token(bounded)
    assert refusal(bounded, **at(NOW + 100)) == ("outside_validity", 6)
    assert verifier(**at(NOW - 60)).verify_token(bounded)
    assert refusal(bounded, **at(NOW - 61)) == ("outside_validity", 6)


def test_a_longer_chain_than_a_link_allows() -> None:
    # No identity signs this: a further link on one that must not be passed on.
    first = given(READ, caveat.NoDelegation())
    signer = Ed25519Signer.from_seed(bytes((2,)) * 32)
    facts, checks = write(TWO.unverified_links[1])
    payload = encode(facts, checks, first.unverified.symbols)
    assert refusal(Token.of(first.carrier.extended(signer, payload, SCOUT.signer.public_key))) == ("broken_chain", 5)


def test_each_principal_that_a_did_url_names_is_asked_about() -> None:
    did = "did:web:planner.example"
    answering = Answering(document(did, PLANNER.signer.public_key))
    token = ALICE.mint(to=did, caveats=[READ], resolver=answering)
    assert verifier(resolver=answering).verify_token(token)
    for answer in (document(did, SCOUT.signer.public_key), document(did, deactivated=True)):
        assert refusal(token, resolver=Answering(answer)) == ("unresolved_principal", 3)
    assert refusal(token, resolver=Answering(OSError())) == ("unavailable", None)
    mine = Identity(Ed25519Signer.from_seed(bytes((2,)) * 32), did=did, resolver=answering, clock=Clock())
    own = mine.mint(to=SCOUT.did, caveats=[READ], resolver=LocalResolver())
    assert verifier(roots=[did], resolver=answering).verify_token(own)
    assert refusal(own, roots=[did], resolver=Answering(document(did))) == ("unresolved_principal", 3)


def test_a_macaroon_is_verified_with_the_key_of_its_server_and_third_parties_are_not_asked() -> None:
    asking = ALICE.mint(to=PLANNER.did, caveats=[READ], base=base(), third_parties=[ThirdParty(FRIEND, ASK)])
    judge = verifier(macaroon_keys=[KEY])
    for token in (asking, PLANNER.delegate(asking, to=SCOUT.did)):
        assert judge.verify_token(token) == token.unverified_links
        assert refusal(token) == ("untrusted_root", 2)
        assert refusal(token, macaroon_keys=[MacKey(b"x" * 32)]) == ("untrusted_root", 2)
        carrier = token.carrier
        assert isinstance(carrier, MacaroonCarrier)
        wrong = replace(carrier, macaroon=replace(carrier.macaroon, signature=bytes(32)))
        assert refusal(replace(token, carrier=wrong), macaroon_keys=[KEY]) == ("bad_signature", 4)
