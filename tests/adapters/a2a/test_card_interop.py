"""Cards beside `a2a.utils.signing`: they agree where nothing required is empty, and where they differ is pinned."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest
from a2a.client import A2ACardResolver
from a2a.server.request_handlers.response_helpers import agent_card_to_dict
from a2a.types import AgentCapabilities, AgentCard, AgentInterface, MutualTlsSecurityScheme, SecurityScheme
from a2a.utils.signing import (
    InvalidSignaturesError,
    _canonicalize_agent_card,
    create_agent_card_signer,
    create_signature_verifier,
)
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from jwt.api_jwk import PyJWK
from tests.adapters.a2a.cards import card, offered, planner, scout
from tests.adapters.a2a.world import Agent

from attorn import Identity
from attorn.a2a import VerifiedCard, advertise, canonical_card, sign_card, verify_card
from attorn.errors import MalformedError, SignatureError
from attorn.keys.jwk import to_jwk
from attorn.keys.signer import Ed25519Signer, P256Signer

AGREED = [
    card(),
    card(icon_url="https://planner.example/icon.png", capabilities=AgentCapabilities(streaming=False)),
    advertise(card(), did=planner.did),
]
DIFFERENT = [
    card(description=""),
    card(skills=[]),
    card(version=""),
    card(icon_url=""),
    card(capabilities=AgentCapabilities()),
    card(security_schemes={"m": SecurityScheme(mtls_security_scheme=MutualTlsSecurityScheme())}),
]


def agent(algorithm: str) -> Identity:
    return Identity(
        Ed25519Signer.from_seed(bytes(32)) if algorithm == "Ed25519" else P256Signer.from_scalar((7).to_bytes(32))
    )


def alg_of(by: Identity) -> str:
    return "ES256" if by.signer.public_key.algorithm == "P-256" else "EdDSA"


def sdk_verifier(by: Identity) -> Any:
    key = PyJWK({**to_jwk(by.signer.public_key), "alg": alg_of(by)})
    return create_signature_verifier(lambda kid, jku: key, ["EdDSA", "ES256"])


def sdk_signer(by: Identity) -> Any:
    p256, seeded = ec.derive_private_key(7, ec.SECP256R1()), ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32))
    kid = f"{by.did}#{by.did.removeprefix('did:key:')}"
    key = p256 if alg_of(by) == "ES256" else seeded
    return create_agent_card_signer(key, {"kid": kid, "alg": alg_of(by), "typ": "JOSE", "jku": None})  # type: ignore[arg-type]


def copied(made: AgentCard) -> AgentCard:
    copy = AgentCard()
    copy.CopyFrom(made)
    return copy


@pytest.mark.parametrize("algorithm", ["Ed25519", "P-256"])
@pytest.mark.parametrize("made", AGREED)
def test_both_ways(made: AgentCard, algorithm: str) -> None:
    by = agent(algorithm)
    named = copied(made)
    del named.capabilities.extensions[:]
    assert _canonicalize_agent_card(made).encode() == canonical_card(made)
    sdk_verifier(by)(sign_card(made, by=by))
    theirs = sdk_signer(by)(named)
    assert verify_card(theirs, signers=[by.did]).signers == (by.did,)
    theirs.name = "Another"
    with pytest.raises(InvalidSignaturesError):
        sdk_verifier(by)(theirs)
    with pytest.raises(SignatureError):
        verify_card(theirs, signers=[by.did])


@pytest.mark.parametrize("made", DIFFERENT)
def test_where_the_sdk_leaves_out_what_is_empty(made: AgentCard) -> None:
    # Section 8.4.1: REQUIRED and explicitly set fields stay. a2a-sdk 1.3.0 drops every empty text, list and object.
    by = agent("Ed25519")
    assert _canonicalize_agent_card(made).encode() != canonical_card(made)
    with pytest.raises(InvalidSignaturesError):
        sdk_verifier(by)(sign_card(made, by=by))
    with pytest.raises(SignatureError):
        verify_card(sdk_signer(by)(copied(made)), signers=[by.did])


@pytest.mark.parametrize("made", [offered(), offered(description="", skills=[])])
def test_as_the_sdk_serves_it(made: AgentCard) -> None:
    # It leaves required fields out of the JSON if they are empty; what they are then, the schema says.
    assert verify_card(json.dumps(agent_card_to_dict(made)), signers=[planner.did]).signers == (planner.did,)


def test_by_the_sdks_own_resolver() -> None:
    # It has parsed the card before anybody is asked; who fetches the text sees more.
    agent = Agent()

    async def fetched(signers: list[str]) -> AgentCard:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=agent.app)) as http:
            resolver = A2ACardResolver(http, "https://planner.example")
            return await resolver.get_agent_card(
                signature_verifier=lambda given: check_type(verify_card(given, signers=signers))
            )

    def check_type(found: VerifiedCard) -> None:
        assert found.signers == (planner.did,)

    assert asyncio.run(fetched([planner.did])) == agent.card
    with pytest.raises(SignatureError):
        asyncio.run(fetched([scout.did]))


def test_members_for_old_clients_are_signed_by_nobody() -> None:
    old = offered(
        supported_interfaces=[AgentInterface(url="urn:x", protocol_binding="JSONRPC", protocol_version="0.3")]
    )
    served = agent_card_to_dict(old)
    assert {"url", "preferredTransport", "protocolVersion"} <= served.keys()
    with pytest.raises(MalformedError):
        verify_card(json.dumps(served), signers=[planner.did])
    assert verify_card(old, signers=[planner.did]).signers == (planner.did,)
