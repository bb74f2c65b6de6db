"""A trust domain with a workload in it, an organisation that takes its word, and the workload's agent."""

from __future__ import annotations

import hashlib
from typing import Any

from tests.adapters import outside
from tests.unit.scene import NOW, PLANNER, Clock, draw

from attorn import Identity, workload
from attorn.encoding import base64url_encode
from attorn.store import MemoryStore
from attorn.workload import Bundle, Workload, WorkloadVerifier

DOMAIN = "prod.example"
WORKLOAD = "spiffe://prod.example/ns/travel/sa/planner"
ORG = Identity.from_seed(b"\x2b" * 32, clock=Clock(), random=draw)
AUDIENCE = workload.endorsement_audience(issuer=ORG.did, agent=PLANNER.did)
SIGNER, OTHER = outside.P256, outside.P384
"""Who signs for the trust domain, and another of its keys."""
OWN = outside.ED
"""The key of the workload, which its WIT names."""
KEYS: dict[str, Any] = {
    "keys": [
        outside.jwk(SIGNER, kid="j", use="jwt-svid"),
        outside.jwk(outside.RSA, kid="r", use="jwt-svid"),
        outside.jwk(OTHER, kid="w", use="wit-svid"),
        {**outside.jwk(outside.P521, kid="x"), "use": "x509-svid", "x5c": ["AAAA"]},
    ],
    "spiffe_sequence": 4,
    "spiffe_refresh_hint": 300,
}
BUNDLE = Bundle.read(KEYS, trust_domain=DOMAIN)


def hashed(text: str) -> str:
    return base64url_encode(hashlib.sha256(text.encode()).digest())


def there(members: dict[str, Any]) -> dict[str, Any]:
    """Without those that are `...`."""
    return {name: value for name, value in members.items() if value is not ...}


def claims(**changed: Any) -> dict[str, Any]:
    """The claims of a JWT-SVID."""
    return there({"sub": WORKLOAD, "aud": [AUDIENCE], "exp": NOW + 300, "iat": NOW} | changed)


def svid(header: dict[str, Any] | None = None, **changed: Any) -> str:
    said = there({"alg": "ES256", "kid": "j", "typ": "JWT"} | (header or {}))
    return outside.by_hand(said, claims(**changed), key=SIGNER, alg="ES256")


def wit(header: dict[str, Any] | None = None, *, own: Any = OWN, **changed: Any) -> str:
    said = there({"alg": "ES384", "kid": "w", "typ": "wit+jwt"} | (header or {}))
    confirmed = {"jwk": outside.jwk(own, alg="EdDSA" if own is OWN else "ES256")}
    made = {"iss": "https://prod.example", "sub": WORKLOAD, "exp": NOW + 3600, "jti": "w1", "cnf": confirmed} | changed
    return outside.by_hand(said, there(made), key=OTHER, alg="ES384")


def wpt(over: str, header: dict[str, Any] | None = None, *, own: Any = OWN, **changed: Any) -> str:
    """A proof over this WIT."""
    alg = "EdDSA" if own is OWN else "ES256"
    said = there({"alg": alg, "typ": "wpt+jwt"} | (header or {}))
    made = there({"aud": AUDIENCE, "exp": NOW + 60, "jti": "p1", "wth": hashed(over)} | changed)
    return outside.by_hand(said, made, key=own, alg=alg)


def verifier(**changed: Any) -> WorkloadVerifier:
    return WorkloadVerifier(**{"bundles": [BUNDLE], "store": MemoryStore(), "clock": Clock()} | changed)


def found(text: str, **changed: Any) -> Workload:
    return verifier().jwt_svid(text, **{"audience": AUDIENCE} | changed)


def proven(text: str, proof: str, **changed: Any) -> Workload:
    return verifier().wit(text, **{"proof": proof, "audience": AUDIENCE} | changed)
