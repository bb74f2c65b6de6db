"""PyJWT, joserfc and jwcrypto: one JWT or JWS, the key that is trusted, and the one algorithm that is expected."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final
from unittest import mock

import joserfc.jwk
import joserfc.jwt
import jwcrypto.jwk
import jwcrypto.jwt
import jwt
from tests.differential.asked import OWN, Peer

from attorn.did import key as did_key
from attorn.encoding import base64url_decode
from attorn.keys import jwk as keys

JWS: Final = "RFC 7515"
JWT: Final = "RFC 7519"
_RULES: Final = {
    "sd-jwt/alg-none": JWS,
    "sd-jwt/alg-hs256": JWS,
    "sd-jwt/alg-of-another-key": JWS,
    "sd-jwt/crit": JWS,
    "sd-jwt/forged*": JWS,
    "sd-jwt/bound-unsigned": JWS,
    "sd-jwt/binding-crit": JWS,
    "sd-jwt/expired": JWT,
    "sd-jwt/too-early": JWT,
    "sd-jwt/exp-text": JWT,
    "sd-jwt/claim-twice": OWN,
    "sd-jwt/key-in-header": OWN,
    "status-list/token-alg-none": JWS,
    "status-list/token-crit": JWS,
    "status-list/token-forged": JWS,
    "status-list/token-ended": JWT,
    "status-list/token-begins-later": JWT,
    "status-list/token-iat-text": JWT,
    "status-list/token-claim-twice": OWN,
    "mandate-v02/header-alg-none": JWS,
    "mandate-v02/header-alg-hs256": JWS,
    "mandate-v02/header-alg-lower-case": JWS,
    "mandate-v02/header-alg-missing": JWS,
    "mandate-v02/header-crit": JWS,
    "mandate-v02/header-b64": "RFC 7797",
    "mandate-v02/header-jku": OWN,
    "mandate-v02/header-jwk": OWN,
    "mandate-v02/header-x5u": OWN,
    "mandate-v02/header-kid-no-text": JWS,
    "mandate-v02/signature-der": "RFC 7518",
}
_TWINS: Final = ("sd-jwt/disclosed", "sd-jwt/bound-p256", "sd-jwt/bearer", "mandate-v02/chain-payment")
_WHY: Final = (
    "Counted are faults in a JWS, its header, or the claims `exp`, `nbf` and `iat`. Types of tokens, DIDs, "
    "disclosures, status and mandates are not counted: none of the three reads them."
)


def question(case: dict[str, Any]) -> tuple[str, dict[str, str], str, int]:
    """The compact JWS that the case is about, the public key as a JWK, its algorithm, and the clock."""
    asked = case["input"]
    if "sd_jwt" in asked:
        parts = asked["sd_jwt"].split("~")
        claims = json.loads(base64url_decode(parts[0].split(".")[1]))
        bound = case["name"] in ("sd-jwt/bound-unsigned", "sd-jwt/binding-crit")
        text, key = (parts[-1], claims["cnf"]["jwk"]) if bound else (parts[0], _of_did(claims["iss"]))
    elif "lists" in asked:
        text, key = asked["lists"][0], _of_did(asked["issuer"])
    else:
        text, key = _hop(asked["mandate"].split("~"), dict(asked["anchors"][0]))
    return text, key, "EdDSA" if key["kty"] == "OKP" else "ES256", asked["now"]


def _hop(parts: list[str], anchor: dict[str, str]) -> tuple[str, dict[str, str]]:
    """The JWS in which the fault stands, a root or the closed mandate behind it, and the key that it must be by."""
    signed = [part for part in parts if part.count(".") == 2]
    names = [json.loads(base64url_decode(part.split(".")[0])) for part in signed]
    if len(signed) == 1 or set(names[0]) != {"alg", "typ"} or names[0]["alg"] != "ES256":
        return signed[0], anchor
    holders = [found for part in parts if (found := _holder(part)) is not None]
    return signed[-1], holders[-1]


def _holder(part: str) -> dict[str, str] | None:
    """The key in `cnf` of the mandate in a disclosure, if it is one."""
    if not part or "." in part:
        return None
    value = json.loads(base64url_decode(part))[-1]
    return dict(value["cnf"]["jwk"]) if isinstance(value, dict) and "cnf" in value else None


def _of_did(did: str) -> dict[str, str]:
    return {name: str(value) for name, value in keys.to_jwk(did_key.parse(did)).items()}


def _pyjwt(case: dict[str, Any]) -> None:
    text, key, algorithm, now = question(case)
    clock = mock.Mock(wraps=datetime, now=lambda tz=None: datetime.fromtimestamp(now, tz or UTC))
    with mock.patch("jwt.api_jwt.datetime", clock):
        jwt.decode(text, jwt.PyJWK(key, algorithm).key, algorithms=[algorithm], options={"verify_aud": False})


def _joserfc(case: dict[str, Any]) -> None:
    text, key, algorithm, now = question(case)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        token = joserfc.jwt.decode(text, joserfc.jwk.import_key(key), algorithms=[algorithm])
    joserfc.jwt.JWTClaimsRegistry(now=now).validate(token.claims)


def _jwcrypto(case: dict[str, Any]) -> None:
    text, key, algorithm, now = question(case)
    with mock.patch("time.time", return_value=float(now)):
        token = jwcrypto.jwt.JWT(algs=[algorithm], expected_type="JWS", strict_serialization=True)
        token.leeway = 0
        token.deserialize(text, jwcrypto.jwk.JWK(**key))


def _peer(name: str, call: str, ask: Callable[[dict[str, Any]], None]) -> Peer:
    return Peer(name, call, _RULES, _TWINS, ask, _WHY)


PEERS: Final = (
    _peer(
        "PyJWT",
        '`jwt.decode(text, key, algorithms=[alg], options={"verify_aud": False})`, its clock set to that of the case',
        _pyjwt,
    ),
    _peer(
        "joserfc",
        "`joserfc.jwt.decode(text, key, algorithms=[alg])`, then `JWTClaimsRegistry(now=now).validate(token.claims)`",
        _joserfc,
    ),
    _peer(
        "jwcrypto",
        '`JWT(algs=[alg], expected_type="JWS", strict_serialization=True)` with `leeway = 0`, then '
        "`deserialize(text, key)`, its clock set to that of the case",
        _jwcrypto,
    ),
)
