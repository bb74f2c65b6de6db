"""SD-JWT against the reference library sd-jwt, in both directions, and what only attorn refuses."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from jwcrypto.jwk import JWK
from jwcrypto.jws import JWS
from sd_jwt.common import SDObj
from sd_jwt.holder import SDJWTHolder
from sd_jwt.issuer import SDJWTIssuer
from sd_jwt.verifier import SDJWTVerifier
from tests.property.sdjwt_claims import credentials, within, without
from tests.property.strategies import compared

from attorn import Identity, sdjwt
from attorn.encoding import base64url_encode
from attorn.errors import AttornError
from attorn.jose import jws
from attorn.keys.jwk import to_jwk
from attorn.keys.signer import P256Signer
from attorn.sdjwt import VerifiedSdJwt

AUDIENCE, NONCE = "https://verifier.example", "1234567890"
TYP = "example+sd-jwt"
SIGNERS = [P256Signer.from_scalar(bytes([number]) * 32) for number in (7, 8)]
ISSUER, HOLDER = (Identity(signer) for signer in SIGNERS)
THEIR_ISSUER, THEIR_HOLDER = (
    JWK(**to_jwk(signer.public_key), d=base64url_encode(signer.export_secret())) for signer in SIGNERS
)
Credential = tuple[dict[str, Any], frozenset[Any], frozenset[Any]]


def now() -> datetime:
    return datetime.now(UTC)


def marked(value: Any, disclosable: frozenset[Any], here: tuple[Any, ...] = ()) -> Any:
    """Claims as sd-jwt wants them, with marks where they are disclosable."""
    if isinstance(value, dict):
        return {
            SDObj(name) if (*here, name) in disclosable else name: marked(member, disclosable, (*here, name))
            for name, member in value.items()
        }
    if isinstance(value, list):
        inner = [marked(member, disclosable, (*here, index)) for index, member in enumerate(value)]
        return [SDObj(each) if (*here, index) in disclosable else each for index, each in enumerate(inner)]
    return value


def by_them(claims: dict[str, Any], disclosable: frozenset[Any], decoys: bool = False) -> str:
    header = {"typ": TYP, "kid": f"{ISSUER.did}#{ISSUER.did[8:]}"}
    marks = marked({"iss": ISSUER.did, **claims}, disclosable)
    made = SDJWTIssuer(marks, THEIR_ISSUER, THEIR_HOLDER, add_decoy_claims=decoys, extra_header_parameters=header)
    return str(made.sd_jwt_issuance)


def by_us(claims: dict[str, Any], disclosable: frozenset[Any], decoys: bool = False) -> str:
    holder = HOLDER.signer.public_key
    return sdjwt.issue(
        claims, by=ISSUER, typ=TYP, disclosable=list(disclosable), holder=holder, decoys=2 if decoys else 0
    )


def accepted_by_them(text: str) -> dict[str, Any]:
    verifier = SDJWTVerifier(text, lambda issuer, header: THEIR_ISSUER, AUDIENCE, NONCE)
    return dict(verifier.get_verified_payload())


def accepted_by_us(text: str) -> VerifiedSdJwt:
    return sdjwt.verify(text, typ=TYP, audience=AUDIENCE, nonce=NONCE, now=now())


def presented_by_us(text: str, chosen: frozenset[Any]) -> str:
    return sdjwt.present(text, disclose=list(chosen), by=HOLDER, audience=AUDIENCE, nonce=NONCE, now=now())


def presented_by_them(text: str, disclose: Any) -> str:
    holder = SDJWTHolder(text)
    holder.create_presentation(disclose, NONCE, AUDIENCE, THEIR_HOLDER)
    return str(holder.sd_jwt_presentation)


def own(claims: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in claims.items() if name not in ("iss", "cnf")}


@settings(compared, max_examples=25)
@given(credentials())
def test_they_accept_ours(credential: Credential) -> None:
    claims, disclosable, chosen = credential
    for decoys in (False, True):
        text = presented_by_us(by_us(claims, disclosable, decoys), chosen)
        expected = without(claims, disclosable - within(chosen, disclosable))
        assert own(accepted_by_them(text)) == own(accepted_by_us(text).claims) == expected


@settings(compared, max_examples=25)
@given(credentials())
def test_we_accept_theirs(credential: Credential) -> None:
    claims, disclosable, chosen = credential
    for decoys in (False, True):
        issued = by_them(claims, disclosable, decoys)
        assert own(sdjwt.verify_issued(issued, typ=TYP, now=now()).claims) == claims
        text = presented_by_us(issued, chosen)
        expected = without(claims, disclosable - within(chosen, disclosable))
        assert own(accepted_by_us(text).claims) == own(accepted_by_them(text)) == expected


CLAIMS = {"name": "Alice", "address": {"street": "Main 1", "city": "Anytown"}, "nationalities": ["DE", "FR"]}
DISCLOSABLE = frozenset([("name",), ("address",), ("address", "street"), ("nationalities", 0), ("nationalities", 1)])


@pytest.mark.parametrize("issue", [by_us, by_them])
def test_their_holder_presents_either(issue: Any) -> None:
    text = presented_by_them(issue(CLAIMS, DISCLOSABLE), {"address": {"street": True}, "nationalities": [False, True]})
    found = accepted_by_us(text)
    assert own(found.claims) == {"address": {"street": "Main 1", "city": "Anytown"}, "nationalities": ["FR"]}
    assert own(accepted_by_them(text)) == own(found.claims)
    assert found.confirmation is not None
    assert found.confirmation.key == HOLDER.signer.public_key


def test_the_key_binding_is_a_jws_to_others() -> None:
    text = presented_by_us(by_us(CLAIMS, DISCLOSABLE), frozenset([("name",)]))
    token = JWS()
    token.deserialize(text.rpartition("~")[2], THEIR_HOLDER)
    claims = json.loads(token.payload)
    assert claims.keys() == {"aud", "iat", "nonce", "sd_hash"}
    assert json.loads(token.objects["protected"]) == {"alg": "ES256", "typ": "kb+jwt"}


# What they accept, as measured with 0.10.4: each a wrong answer by RFC 9901 section 7.


def unreferenced(text: str) -> str:
    head, _, last = text.rpartition("~")
    return "~".join((head, base64url_encode(b'["salt", "admin", true]'), last))


def test_only_we_refuse_an_unreferenced_disclosure() -> None:
    text = unreferenced(by_us(CLAIMS, DISCLOSABLE))
    SDJWTVerifier(text, lambda issuer, header: THEIR_ISSUER).get_verified_payload()
    with pytest.raises(AttornError) as caught:
        sdjwt.verify_issued(text, typ=TYP, now=now())
    assert caught.value.code == "bad_credential"


def test_only_we_refuse_a_last_tilde_taken_away() -> None:
    text = by_us(CLAIMS, DISCLOSABLE)[:-1]
    SDJWTVerifier(text, lambda issuer, header: THEIR_ISSUER).get_verified_payload()
    with pytest.raises(AttornError) as caught:
        sdjwt.verify_issued(text, typ=TYP, now=now())
    assert caught.value.code == "malformed"


def test_only_we_refuse_what_has_expired() -> None:
    text = presented_by_us(by_us({**CLAIMS, "exp": 1}, DISCLOSABLE), frozenset())
    assert accepted_by_them(text)["exp"] == 1
    with pytest.raises(AttornError) as caught:
        accepted_by_us(text)
    assert caught.value.code == "outside_validity"


def test_only_we_refuse_an_array_digest_twice() -> None:
    text = base64url_encode(b'["salt", "DE"]')
    digest = sdjwt.HashAlgorithm.SHA_256.digest(text)
    jwt = jws.sign({"iss": ISSUER.did, "nationalities": [{"...": digest}, {"...": digest}]}, by=ISSUER.signer, typ=TYP)
    issued = f"{jwt}~{text}~"
    found = SDJWTVerifier(issued, lambda issuer, header: THEIR_ISSUER).get_verified_payload()
    assert found["nationalities"] == ["DE", "DE"]
    with pytest.raises(AttornError) as caught:
        sdjwt.verify_issued(issued, typ=TYP, now=now())
    assert caught.value.code == "bad_credential"
