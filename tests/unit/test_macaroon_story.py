"""A Macaroon from minting to a decision, made inside each test: whatever breaks it shows here first."""

from __future__ import annotations

import pytest
from tests.unit.macaroon_chain import verify as chain_signatures

from attorn import Identity, Request, Token, Verifier, caveat
from attorn.encoding import base64url_decode, base64url_encode
from attorn.errors import (
    AudienceError,
    ChainError,
    DelegationError,
    Denied,
    MalformedError,
    NotAdmittedError,
    PossessionError,
    ReplayError,
    SignatureError,
    UntrustedRootError,
)
from attorn.keys.signer import Ed25519Signer
from attorn.macaroon import ThirdParty, decode, encode, issue, link, to_json
from attorn.macaroon.container import Macaroon, UnverifiedCaveat, encode_all, parse_all
from attorn.macaroon.key import MacKey
from attorn.macaroon.link import append_link, append_presentation
from attorn.macaroon.mac import attenuate, bind, discharge, mint, require, verify
from attorn.macaroon.notation import all_from_json, all_to_json
from attorn.token.discharge import discharge as granted


def user() -> Ed25519Signer:
    return Ed25519Signer.from_seed(b"u" * 32)


def agent() -> Ed25519Signer:
    return Ed25519Signer.from_seed(b"a" * 32)


def root() -> MacKey:
    return MacKey(b"r" * 40)


def friend() -> MacKey:
    return MacKey(b"f" * 40)


def presented() -> tuple[Macaroon, Macaroon]:
    """What an agent hands in: the macaroon, and the discharge of the caveat that the user put before its link."""
    macaroon = mint(root(), b"token 1", location="https://calendar.example")
    macaroon = require(macaroon, key=friend(), identifier=b"ask", random=lambda size: b"n" * size)
    macaroon = append_link(user(), macaroon, b"first", agent().public_key)
    macaroon = append_presentation(agent(), macaroon, b"use")
    return macaroon, bind(macaroon, attenuate(discharge(friend(), b"ask"), b"holds"))


def test_it_is_decided_as_it_was_meant() -> None:
    sent = presented()
    for received in (parse_all(encode_all(sent)), all_from_json(all_to_json(sent))):
        assert received == sent
        proven = verify(received[0], received[1:], root())
        chain = link.read(proven.identifier, proven.caveats, most_links=1)
        chain_signatures(chain, user().public_key)
        assert len(chain.links) == 1
        assert proven.caveats[0].conditions == (b"holds",)


def test_everything_as_long_as_it_may_be() -> None:
    condition, asked = UnverifiedCaveat(bytes(16_384)), UnverifiedCaveat(bytes(1024), bytes(72), "l" * 1024)
    macaroon = Macaroon(bytes(1024), (condition, asked), bytes(32), "l" * 1024)
    assert parse_all(macaroon.encode()) == (macaroon,)


def test_without_its_discharge() -> None:
    macaroon, _ = presented()
    with pytest.raises(ChainError):
        verify(macaroon, [], root())


def test_under_another_root() -> None:
    macaroon, met = presented()
    with pytest.raises(SignatureError):
        verify(macaroon, [met], friend())


def test_from_another_user() -> None:
    macaroon, _ = presented()
    chain = link.read(macaroon.identifier, macaroon.unverified_caveats, most_links=1)
    with pytest.raises(SignatureError):
        chain_signatures(chain, agent().public_key)


def test_with_something_behind_it() -> None:
    macaroon, _ = presented()
    with pytest.raises(DelegationError):
        append_link(agent(), macaroon, b"more", user().public_key)
    macaroon = attenuate(macaroon, b"a = 1")
    with pytest.raises(NotAdmittedError):
        link.read(macaroon.identifier, macaroon.unverified_caveats, most_links=1)


def people() -> tuple[Identity, Identity, Identity]:
    return Identity.generate(), Identity.generate(), Identity.generate()


def asked(limit: int = 10) -> Request:
    return Request(action="events:read", resource="cal://alice/2026-11", args={"limit": limit})


def passed_on(alice: Identity, planner: Identity, scout: Identity, key: MacKey) -> Token:
    """Alice's token on a base, passed on to scout once a friend agrees, and read again."""
    base = decode(encode(issue(key, location="https://calendar.example")))
    token = Token.decode(alice.mint(to=planner.did, caveats=[caveat.Actions("events:read")], base=base).encode())
    party = ThirdParty(friend(), b"ask")
    token = planner.delegate(token, to=scout.did, caveats=[caveat.MaxUses(2)], third_parties=[party])
    return Token.decode(to_json(decode(token.encode())))


def test_a_day_with_identities_and_a_verifier() -> None:
    alice, planner, scout = people()
    token = passed_on(alice, planner, scout, root())
    by = Verifier(audience="here", roots=[alice.did], macaroon_keys=[friend(), root()])
    agreed = granted(friend(), b"ask", caveats=[caveat.Range("limit", maximum=10)])
    for number in range(2):
        wire = scout.present(token, asked(number), audience="here", discharges=[agreed])
        access = by.authorize(wire, asked(number))
        assert (access.root, access.holder, len(access.chain)) == (alice.did, scout.did, 2)
    with pytest.raises(Denied) as used_up:
        by.authorize(scout.present(token, asked(), audience="here", discharges=[agreed]), asked())
    assert (used_up.value.decision.step, used_up.value.decision.link) == (10, 2)
    with pytest.raises(Denied) as too_much:
        by.authorize(scout.present(token, asked(11), audience="here", discharges=[agreed]), asked(11))
    assert (too_much.value.decision.step, too_much.value.decision.link) == (9, 2)


def test_what_a_day_with_a_verifier_refuses() -> None:
    alice, planner, scout = people()
    token = passed_on(alice, planner, scout, root())
    mine = alice.mint(to=planner.did, caveats=[caveat.Actions("events:read")], base=issue(root()))
    agreed = granted(friend(), b"ask")
    by = Verifier(audience="here", roots=[alice.did], macaroon_keys=[root()])
    wire = scout.present(token, asked(), audience="here", discharges=[agreed])
    refused = [
        (Verifier(audience="here", roots=[alice.did]), wire, UntrustedRootError),
        (Verifier(audience="here", roots=[scout.did], macaroon_keys=[root()]), wire, UntrustedRootError),
        (by, token.encode(), ChainError),
        (by, base64url_encode(parse_all(base64url_decode(wire))[0].encode()), ChainError),
        (by, planner.present(mine, asked(), audience="there"), AudienceError),
        (by, wire[:-4], MalformedError),
    ]
    for verifier, text, error in refused:
        with pytest.raises(error):
            verifier.authorize(text, asked())
    with pytest.raises(PossessionError):
        by.authorize(mine.encode(), asked())
    by.authorize(wire, asked())
    with pytest.raises(ReplayError):
        by.authorize(wire, asked())
