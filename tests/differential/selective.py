"""The reference library for SD-JWT."""

from __future__ import annotations

import json
from typing import Any, Final

from jwcrypto.jwk import JWK
from sd_jwt.verifier import SDJWTVerifier
from tests.differential.asked import OWN, Peer
from vectors import sd_jwt_binding_cases
from vectors import testkit as kit
from vectors.world import World

from attorn.did import key as did_key
from attorn.keys import jwk as keys

SD: Final = "RFC 9901"
_BINDING: Final = (
    *("another-audience", "another-nonce", "audience-list", "binding-crit", "binding-no-jws", "binding-no-typ"),
    *("binding-stripped", "binding-typ", "bound-by-another", "bound-in-the-future", "bound-long-ago"),
    *("bound-unsigned", "claim-added", "claim-removed", "claims-turned", "iat-text", "no-audience", "no-holder-named"),
    *("no-iat", "no-nonce", "no-sd-hash", "sd-hash-of-jwt", "sd-hash-sha512"),
)
_RULES: Final = {
    "sd-jwt/hash-below": OWN,
    "sd-jwt/hash-disclosed": OWN,
    "sd-jwt/hash-capitals": OWN,
    **{f"sd-jwt/{name}": SD for name in _BINDING},
    # How old and how far ahead one may be is each verifier's own.
    "sd-jwt/bound-in-the-future": OWN,
    "sd-jwt/bound-long-ago": OWN,
    "sd-jwt/alg-none": SD,
    "sd-jwt/alg-hs256": SD,
    "sd-jwt/alg-of-another-key": SD,
    "sd-jwt/crit": SD,
    "sd-jwt/forged*": SD,
    "sd-jwt/expired": SD,
    "sd-jwt/too-early": SD,
    "sd-jwt/claim-twice": OWN,
    "sd-jwt/decoy-twice": SD,
    "sd-jwt/digest-twice*": SD,
    "sd-jwt/disclosed-twice": OWN,
    "sd-jwt/dots-*": OWN,
    "sd-jwt/element-as-member": SD,
    "sd-jwt/member-as-element": SD,
    "sd-jwt/four-elements": SD,
    "sd-jwt/hash-unknown": SD,
    "sd-jwt/name-dots": SD,
    "sd-jwt/name-sd": SD,
    "sd-jwt/name-sd-alg": OWN,
    "sd-jwt/name-number": SD,
    "sd-jwt/name-there-already": SD,
    "sd-jwt/name-disclosed-twice": SD,
    "sd-jwt/not-an-array": SD,
    "sd-jwt/parent-kept-back": SD,
    "sd-jwt/respelt": SD,
    "sd-jwt/unreferenced": SD,
    "sd-jwt/salt-*": OWN,
    "sd-jwt/sd-*": OWN,
    "sd-jwt/no-tilde": SD,
    "sd-jwt/last-tilde-missing": SD,
    "sd-jwt/empty-part": SD,
    "sd-jwt/padded": OWN,
    "sd-jwt/loose-bits": OWN,
    "sd-jwt/other-alphabet": OWN,
    "sd-jwt/not-utf8": SD,
    "sd-jwt/member-twice": OWN,
    "sd-jwt/too-deep": OWN,
    "sd-jwt/too-many": OWN,
}


class P256World(World):
    """Everybody has a P-256 key: the library binds keys by ES256 alone."""

    def key(self, name: str, algorithm: int = 1) -> kit.Key:
        return super().key(name, algorithm)


def bindings() -> dict[str, dict[str, Any]]:
    """The cases about key bindings, made anew in that world."""
    made = (recipe(P256World()) for recipe in sd_jwt_binding_cases.RECIPES)
    return {case.name: json.loads(json.dumps(case.members())) for case in made}


_MADE: Final = bindings()


def _verified(case: dict[str, Any]) -> None:
    asked = case["input"]
    bound = case["name"] in _MADE
    if bound:
        asked = _MADE[case["name"]]["input"]

    def key(issuer: str, _: dict[str, Any]) -> JWK:
        return JWK(**keys.to_jwk(did_key.parse(issuer)))

    told = {"expected_aud": asked["audience"], "expected_nonce": asked["nonce"]} if bound and asked.get("nonce") else {}
    SDJWTVerifier(asked["sd_jwt"], key, **told).get_verified_payload()


PEERS: Final = (
    Peer(
        "sd-jwt",
        "`SDJWTVerifier(text, cb_get_issuer_key, expected_aud, expected_nonce).get_verified_payload()`; the audience "
        "and the nonce in the cases about key bindings, which are made with P-256 keys for it, as it knows "
        "ES256 alone there",
        _RULES,
        ("sd-jwt/disclosed", "sd-jwt/bearer", "sd-jwt/nested", "sd-jwt/element"),
        _verified,
        "Counted are the signature, `exp` and `nbf`, the form, digests and disclosures, and the key binding. What "
        "SD-JWT VC and attorn say of `vct`, `cnf`, `status`, DIDs and of claims that are never hidden is not counted.",
    ),
)
