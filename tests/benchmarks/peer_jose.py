"""joserfc and jwcrypto signing and verifying the same payload as a compact JWS, with a key that is loaded already.

Not in either, so not in its time: what a credential is, its times, whose key it is.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from joserfc import jws as joserfc_jws
from joserfc.jwk import import_key
from jwcrypto.jwk import JWK
from jwcrypto.jws import JWS
from tests.benchmarks import credential_scenario as scenario

from attorn.encoding import base64url_encode
from attorn.keys.jwk import to_jwk


def secret_jwk(signer: Any) -> dict[str, Any]:
    """The private key of a signer of attorn: all sides sign with keys of one kind."""
    return {**to_jwk(signer.public_key), "d": base64url_encode(signer.export_secret())}


@dataclass(frozen=True, slots=True)
class Jose:
    """One library with one key. `verify` gives the payload, parsed; it raises for a signature that is not right."""

    sign: Callable[[], str]
    verify: Callable[[str], object]


def joserfc(signer: Any, alg: str, issuer: str) -> Jose:
    # It warns of the name EdDSA each time, which would be timed too.
    alg = "Ed25519" if alg == "EdDSA" else alg
    key = import_key(secret_jwk(signer))  # type: ignore[arg-type]
    header = {"alg": alg, "typ": "vc+jwt", "kid": issuer}

    def sign() -> str:
        return joserfc_jws.serialize_compact(header, scenario.text(scenario.document(issuer)), key, [alg])

    def verify(text: str) -> object:
        return json.loads(joserfc_jws.deserialize_compact(text, key, [alg]).payload)

    return Jose(sign, verify)


def jwcrypto(signer: Any, alg: str, issuer: str) -> Jose:
    key = JWK(**secret_jwk(signer))
    header = json.dumps({"alg": alg, "typ": "vc+jwt", "kid": issuer})

    def sign() -> str:
        made = JWS(scenario.text(scenario.document(issuer)))
        made.add_signature(key, None, header)
        return str(made.serialize(compact=True))

    def verify(text: str) -> object:
        found = JWS()
        found.allowed_algs = [alg]
        found.deserialize(text, key)
        return json.loads(found.payload)

    return Jose(sign, verify)
