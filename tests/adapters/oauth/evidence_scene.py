"""An identity provider, the service that takes its word, and a user's agent."""

from __future__ import annotations

from typing import Any

from tests.adapters import outside
from tests.unit.scene import NOW, PLANNER, Clock

from attorn.jose.key_set import KeySet
from attorn.keys.jwk import thumbprint
from attorn.oauth import EvidenceVerifier
from attorn.store import MemoryStore

ISSUER = "https://idp.example"
SERVER = "https://as.calendar.example"
CLIENT = "https://agent.example/client"
NONCE = "n-0S6_WzA2Mj"
JAG_TYP = "oauth-id-jag+jwt"
KEYS = KeySet.read({"keys": [outside.jwk(outside.RSA, kid="1", use="sig")]})
JKT = thumbprint(PLANNER.signer.public_key)


def jag_claims(**changed: Any) -> dict[str, Any]:
    """The claims of an ID-JAG; `...` takes one out."""
    claims = {
        "iss": ISSUER,
        "sub": "alice",
        "aud": SERVER,
        "client_id": CLIENT,
        "jti": "jag-1",
        "iat": NOW,
        "exp": NOW + 300,
        "scope": "calendar.read calendar.write",
    } | changed
    return {name: value for name, value in claims.items() if value is not ...}


def id_claims(**changed: Any) -> dict[str, Any]:
    """The claims of an ID token."""
    claims = {"iss": ISSUER, "sub": "alice", "aud": CLIENT, "nonce": NONCE, "iat": NOW, "exp": NOW + 3600} | changed
    return {name: value for name, value in claims.items() if value is not ...}


def jag(**changed: Any) -> str:
    return outside.by_hand({"alg": "RS256", "kid": "1", "typ": JAG_TYP}, jag_claims(**changed))


def id_token(**changed: Any) -> str:
    return outside.by_hand({"alg": "RS256", "kid": "1", "typ": "JWT"}, id_claims(**changed))


def verifier(**changed: Any) -> EvidenceVerifier:
    return EvidenceVerifier(**{"issuers": {ISSUER: KEYS}, "store": MemoryStore(), "clock": Clock()} | changed)


def as_jag(text: str, **changed: Any) -> Any:
    return verifier().id_jag(text, **{"audience": SERVER, "client_id": CLIENT} | changed)


def as_id_token(text: str, **changed: Any) -> Any:
    return verifier().id_token(text, **{"client_id": CLIENT, "nonce": NONCE} | changed)
