"""sd-jwt 0.10.4 issuing, presenting and verifying the same claims, with the keys of attorn's side.

Not in it, so not in its time: DID resolution, times, duplicate members, a check of what was signed before it leaves.
"""

from __future__ import annotations

from typing import Any

from jwcrypto.jwk import JWK
from sd_jwt.common import SDObj
from sd_jwt.holder import SDJWTHolder
from sd_jwt.issuer import SDJWTIssuer
from sd_jwt.verifier import SDJWTVerifier
from tests.benchmarks import credential_scenario as scenario
from tests.benchmarks.peer_jose import secret_jwk


class SdJwt:
    """One issuer and one holder, whose key is of P-256: it verifies no other key binding. Without, bound to nobody."""

    def __init__(self, issuer: Any, alg: str, holder: Any = None) -> None:
        self.did, self.alg = issuer.did, alg
        self.issuer = JWK(**secret_jwk(issuer.signer))
        self.holder = None if holder is None else JWK(**secret_jwk(holder.signer))

    def issue(self) -> str:
        claims = {**scenario.document(self.did), "iss": self.did}
        hidden = {SDObj(name) if name in scenario.HIDDEN else name: v for name, v in scenario.subject().items()}
        claims["credentialSubject"] = hidden
        return str(SDJWTIssuer(claims, self.issuer, self.holder, sign_alg=self.alg).sd_jwt_issuance)

    def present(self, text: str) -> str:
        made = SDJWTHolder(text)
        shown = {"credentialSubject": dict.fromkeys(scenario.SHOWN, True)}
        made.create_presentation(shown, scenario.NONCE, scenario.AUDIENCE, self.holder)
        return str(made.sd_jwt_presentation)

    def verify(self, text: str) -> object:
        bound = () if self.holder is None else (scenario.AUDIENCE, scenario.NONCE)
        return SDJWTVerifier(text, lambda _issuer, _header: self.issuer, *bound).get_verified_payload()
