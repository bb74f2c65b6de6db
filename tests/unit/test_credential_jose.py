"""Credentials as a JWS (VC-JOSE-COSE 1.0): two other libraries read ours and we read theirs, and each rule of ours."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from joserfc import jws as joserfc_jws
from joserfc.jwk import ECKey, OKPKey
from jwcrypto import jwk as jwcrypto_jwk
from jwcrypto import jws as jwcrypto_jws
from tests.unit.credential_scene import (
    CRYPTOGRAPHIC,
    HOLDER,
    ISSUER,
    MALFORMED,
    MALLORY,
    NOW,
    PARSING,
    RANGE,
    V2,
    document,
    issued,
    jws,
    refused,
    verified,
)

from attorn import Identity, credential, sdjwt
from attorn.credential import Securing
from attorn.did.document import DidDocument, Relationship, VerificationMethod
from attorn.did.resolver import LocalResolver, StaticResolver
from attorn.encoding import base64url_decode, base64url_encode
from attorn.errors import (
    AudienceError,
    CredentialError,
    ExpiredError,
    InputError,
    PossessionError,
    ResolutionError,
    UnavailableError,
    WrongRequestError,
)
from attorn.keys.jwk import to_jwk
from attorn.keys.signer import Ed25519Signer, P256Signer

P256 = Identity(P256Signer.from_scalar(b"\x29" * 32))
JWK_DID = Identity.from_seed(b"\x2a" * 32, method="jwk")
WHO = pytest.mark.parametrize("by", [ISSUER, P256, JWK_DID], ids=["Ed25519", "P-256", "did:jwk"])
ALGORITHMS = ["EdDSA", "Ed25519", "ES256"]
OLD_NAME = pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
WEB = "did:web:issuer.example"
HEADER, PAYLOAD, SIGNATURE = issued().split(".")


def private_jwk(by: Identity) -> dict[str, str]:
    signer = by.signer
    assert isinstance(signer, Ed25519Signer | P256Signer)
    return {**to_jwk(signer.public_key), "d": base64url_encode(signer.export_secret())}


def kid_of(by: Identity) -> str:
    return f"{by.did}#{'0' if by is JWK_DID else by.did.removeprefix('did:key:')}"


def alg_of(by: Identity) -> str:
    return "ES256" if by is P256 else "EdDSA"


@OLD_NAME
@WHO
def test_others_read_what_we_write(by: Identity) -> None:
    text = issued(by=by)
    header = {"alg": alg_of(by), "cty": "vc", "kid": kid_of(by), "typ": "vc+jwt"}
    kind = ECKey if by is P256 else OKPKey
    theirs = joserfc_jws.deserialize_compact(text, kind.import_key(to_jwk(by.signer.public_key)), algorithms=ALGORITHMS)  # type: ignore[attr-defined]
    assert theirs.headers() == header
    also = jwcrypto_jws.JWS()
    also.deserialize(text, jwcrypto_jwk.JWK(**to_jwk(by.signer.public_key)))
    claims = {**document(issuer=by.did), "iat": int(NOW.timestamp())}
    assert json.loads(theirs.payload) == json.loads(also.payload) == claims


@OLD_NAME
@WHO
@pytest.mark.parametrize("library", ["joserfc", "jwcrypto"])
def test_we_read_what_others_write(by: Identity, library: str) -> None:
    header = {"alg": alg_of(by), "kid": kid_of(by), "typ": "vc+jwt"}
    payload = json.dumps(document(issuer=by.did), indent=1)
    if library == "joserfc":
        kind = ECKey if by is P256 else OKPKey
        text = joserfc_jws.serialize_compact(header, payload, kind.import_key(private_jwk(by)), algorithms=ALGORITHMS)  # type: ignore[attr-defined]
    else:
        signer = jwcrypto_jws.JWS(payload)
        signer.add_signature(jwcrypto_jwk.JWK(**private_jwk(by)), None, json.dumps(header), None)
        text = signer.serialize(compact=True)
    found = verified(text, issuers=[by.did])
    assert found.document == document(issuer=by.did)
    assert (found.issuer, found.signers, found.securing) == (by.did, (by.did,), Securing.JOSE)
    head, body, signature = text.split(".")
    changed = json.loads(base64url_decode(body))
    changed["credentialSubject"]["name"] = "Somebody else"
    forged = base64url_encode(json.dumps(changed).encode())
    refused(f"{head}.{forged}.{signature}", CRYPTOGRAPHIC, issuers=[by.did])


@WHO
def test_an_enveloped_credential_is_the_same_credential(by: Identity) -> None:
    enveloped = issued(Securing.ENVELOPED, by=by)
    found = verified(enveloped, issuers=[by.did])
    assert found.document == document(issuer=by.did)
    assert found.securing is Securing.ENVELOPED
    assert verified(json.dumps(enveloped), issuers=[by.did]) == found


def test_text_and_octets_are_read_alike() -> None:
    assert verified(issued()) == verified(issued().encode())
    for whitespace in (" ", "\n", "\t"):
        refused(whitespace + issued(), PARSING)
        refused(issued() + whitespace, PARSING)


# Header. # attacks 15 to 22


@pytest.mark.parametrize(
    "changed",
    [
        {"alg": "none"}, {"alg": "None"}, {"alg": "NONE"}, {"alg": ""}, {"alg": ...}, {"alg": None}, {"alg": 5},  # 15
        {"alg": "HS256"}, {"alg": "RS256"}, {"alg": "ES384"}, {"alg": "ES256K"}, {"alg": ["EdDSA"]},  # attacks 16, 17
        {"jwk": to_jwk(MALLORY.signer.public_key)}, {"jku": "https://a.example"}, {"x5u": "https://a.example"},  # 19
        {"x5c": ["AAAA"]}, {"jwk": to_jwk(ISSUER.signer.public_key)}, {"jwk": None},  # attack 19
        {"crit": []}, {"crit": ["exp"]}, {"crit": ["b64"], "b64": True}, {"b64": False}, {"crit": None},  # attack 20
        {"typ": ...}, {"typ": "JWT"}, {"typ": "vp+jwt"}, {"typ": "vc+sd-jwt"}, {"typ": "statuslist+jwt"},  # attack 22
        {"typ": "secevent+jwt"}, {"typ": 5}, {"typ": "vc"}, {"typ": "vc+ld+json+jwt"}, {"typ": "vc+\u017fd-jwt"},
        {"cty": "vp"}, {"cty": "vc+ld+json"}, {"cty": "JWT"}, {"cty": 5}, {"cty": None}, {"cty": ["vc"]}, {"cty": ""},
        {"kid": 5}, {"kid": None}, {"kid": [f"{ISSUER.did}#a"]},
    ],
    ids=repr,
)  # fmt: skip
def test_headers_refused(changed: dict[str, Any]) -> None:
    refused(jws(document(), **changed), PARSING)


@pytest.mark.parametrize(
    "kid",
    [..., "", "#" + ISSUER.did[8:], ISSUER.did[8:], ISSUER.did, ISSUER.did + "#", "0", "../key", "key' OR '1'='1",
     f"{ISSUER.did}?versionId=1#{ISSUER.did[8:]}", f"{ISSUER.did}/path#{ISSUER.did[8:]}", f" {ISSUER.did}#a",
     f"{ISSUER.did}/../{HOLDER.did}#a", "https://issuer.example/keys#1", f"{ISSUER.did}#a#b", "did:key:#" + "A" * 99],
)  # fmt: skip
def test_a_kid_is_an_absolute_url(kid: Any) -> None:
    # attack 29
    refused(jws(document(), kid=kid), CRYPTOGRAPHIC)


@pytest.mark.parametrize("by", [MALLORY, HOLDER])
def test_a_kid_of_another_did(by: Identity) -> None:
    # attack 28: genuine, by somebody else than the issuer
    refused(jws(document(), kid=kid_of(by), signer=by.signer), CRYPTOGRAPHIC)
    refused(jws(document(), signer=by.signer), CRYPTOGRAPHIC)
    refused(jws(document(issuer=by.did)), CRYPTOGRAPHIC, issuers=[by.did, ISSUER.did])


@pytest.mark.parametrize("fragment", [ISSUER.did[8:-1], HOLDER.did[8:], "0", "key-1", ISSUER.did[8:].upper()])
def test_a_kid_that_its_did_does_not_have(fragment: str) -> None:
    refused(jws(document(), kid=f"{ISSUER.did}#{fragment}"), error=ResolutionError)


@pytest.mark.parametrize("relationship", list(Relationship))
def test_a_key_that_is_for_something_else(relationship: Relationship) -> None:
    # attack 30
    method = VerificationMethod(f"{WEB}#1", WEB, ISSUER.signer.public_key, frozenset({relationship}))
    resolver = StaticResolver({WEB: DidDocument(WEB, (method,))})
    secured = jws(document(issuer=WEB), kid=f"{WEB}#1")
    if relationship is Relationship.ASSERTION_METHOD:
        assert verified(secured, resolver=resolver, issuers=[WEB]).issuer == WEB
    else:
        refused(secured, error=ResolutionError, resolver=resolver, issuers=[WEB])


def test_a_did_that_is_gone_or_out_of_reach() -> None:
    secured = jws(document(issuer=WEB), kid=f"{WEB}#1")
    method = VerificationMethod(f"{WEB}#1", WEB, ISSUER.signer.public_key, frozenset(Relationship))
    # attack 39
    gone = StaticResolver({WEB: DidDocument(WEB, (method,), deactivated=True)})
    refused(secured, error=ResolutionError, resolver=gone, issuers=[WEB])
    refused(secured, error=ResolutionError, issuers=[WEB])

    class Broken:
        def __init__(self, answer: Any) -> None:
            self.answer = answer

        def resolve(self, did: str) -> Any:
            if isinstance(self.answer, Exception):
                raise self.answer
            return self.answer

    # attack 40
    refused(secured, error=UnavailableError, resolver=Broken(TimeoutError("late")), issuers=[WEB])
    # attack 31: the document of another DID
    other = DidDocument(ISSUER.did, LocalResolver().resolve(ISSUER.did).methods)
    for answer in (other, None, {}, DidDocument(WEB, (method,), deactivated=True)):
        refused(secured, error=ResolutionError, resolver=Broken(answer), issuers=[WEB])


# Payload.


@pytest.mark.parametrize("name", ["vc", "vp"])
@pytest.mark.parametrize("value", [{}, None, document(), [], "a"])
def test_vc_and_vp_have_no_place(name: str, value: Any) -> None:
    refused(jws({**document(), name: value}), MALFORMED)


def test_the_old_form_is_refused() -> None:
    refused(jws({"iss": ISSUER.did, "vc": document()}), MALFORMED)
    refused(jws({"iss": ISSUER.did, "vc": document()}, typ="JWT"), PARSING)


@pytest.mark.parametrize("payload", ["", "{", "[]", '"a"', "5", "null", '{"a":1,"a":2}', "{} ", "\ufeff{}", "\0"])
def test_what_is_no_payload(payload: str) -> None:
    # attacks 12 to 14 and 21
    refused(jws(payload), None if payload == "{} " else PARSING)


@pytest.mark.parametrize("proof", [{}, [], None, {"type": "DataIntegrityProof"}])
def test_a_proof_in_the_payload(proof: Any) -> None:
    refused(jws({**document(), "proof": proof}), MALFORMED)
    with pytest.raises(CredentialError):
        issued(Securing.JOSE, proof=proof)


def test_an_iss_is_the_issuer() -> None:
    assert verified(jws({**document(), "iss": ISSUER.did})).issuer == ISSUER.did
    both = {**document(issuer={"id": ISSUER.did, "name": "Org"}), "iss": ISSUER.did}
    assert verified(jws(both)).issuer == ISSUER.did
    for iss in (MALLORY.did, "", None, 5, [ISSUER.did], {"id": ISSUER.did}, ISSUER.did + "#a"):
        # attack 28
        refused(jws({**document(), "iss": iss}), MALFORMED)


def test_claims_that_repeat_the_credential_say_the_same() -> None:
    verified(jws({**document(), "jti": document()["id"], "sub": HOLDER.did}))
    for claims in (
        {"jti": "urn:uuid:other"},
        {"jti": None},
        {"sub": MALLORY.did},
        {"sub": None},
        {"sub": [HOLDER.did]},
    ):
        refused(jws({**document(), **claims}), MALFORMED)
    nameless = document(credentialSubject={"name": "Scout"})
    verified(jws(nameless))
    for name in (None, "", HOLDER.did):
        refused(jws({**nameless, "sub": name}), MALFORMED)


def test_times_of_the_signature() -> None:
    second = int(NOW.timestamp())
    good = ({"iat": second, "nbf": second, "exp": second}, {"iat": second + 300}, {"exp": second - 300}, {"iat": 0},
            {"exp": second + 0.5}, {"iat": 1.5e9})  # fmt: skip
    for claims in good:
        verified(jws({**document(), **claims}))
    for claims in ({"iat": second + 301}, {"nbf": second + 301}, {"exp": second - 301}, {"exp": 0}):
        refused(jws({**document(), **claims}), error=ExpiredError)
    # attacks 56, 57
    for name in ("iat", "nbf", "exp"):
        for value in (None, True, "1", str(second), "2026-11-22T12:00:00Z", [second], {}):
            refused(jws({**document(), name: value}), MALFORMED)
        for value in (-1, 253_402_300_800, 2**53 - 1, -0.5):
            refused(jws({**document(), name: value}), RANGE)


def test_claims_of_jwt_are_no_members_of_the_credential() -> None:
    found = verified(jws({**document(), "iat": 5, "nonce": "n"}))
    assert found.document == document()
    # attack 50: what is no claim of JWT must be defined
    with pytest.raises(CredentialError):
        verified(jws({**document(), "scope": "all"}))


@pytest.mark.parametrize("audience", ["https://shop.example", ["a", "b"], [], None, 5])
def test_a_credential_for_one_audience_is_for_no_other(audience: Any) -> None:
    # RFC 7519 section 4.1.3
    refused(jws({**document(), "aud": audience}), error=AudienceError)


@pytest.mark.parametrize("cnf", [{"jwk": to_jwk(ISSUER.signer.public_key)}, {"kid": f"{ISSUER.did}#{ISSUER.did[8:]}"}])
def test_a_credential_of_a_holders_key_is_not_taken_from_anybody(cnf: Any) -> None:
    # RFC 7800: the key must be shown, and nobody shows one here. # attack 86
    refused(jws({**document(), "cnf": cnf}), error=PossessionError)


@pytest.mark.parametrize(
    "cnf", [None, "a", [], {}, {"jwk": {}}, {"kid": "a"}, {"jku": "https://a.example"}, {"jwk": {}, "kid": "a"},
            {"jwk": private_jwk(ISSUER)}],
    ids=range(9),
)  # fmt: skip
def test_a_cnf_that_names_no_key(cnf: Any) -> None:
    refused(jws({**document(), "cnf": cnf}))


# Serialisation. # attacks 2, 44, 45


@pytest.mark.parametrize(
    "text",
    [
        f"{HEADER}.{PAYLOAD}", f"{HEADER}.{PAYLOAD}.", f".{PAYLOAD}.{SIGNATURE}", f"{HEADER}..{SIGNATURE}",
        f"{HEADER}.{PAYLOAD}.{SIGNATURE}.", f"{HEADER}.{PAYLOAD}.{SIGNATURE}.{SIGNATURE}", f"{HEADER}.{PAYLOAD}.AA",
        f"{HEADER}.{PAYLOAD}.{SIGNATURE}==", f"{HEADER}=.{PAYLOAD}.{SIGNATURE}", f"{HEADER}.{PAYLOAD}.{SIGNATURE} ",
        f"{HEADER}.{PAYLOAD}+.{SIGNATURE}", f"{HEADER}.{PAYLOAD}.{SIGNATURE[:-1]}\u00e9", f"{HEADER}\n.{PAYLOAD}.a",
        f"{HEADER}.{PAYLOAD}.{SIGNATURE[:-1]}{'B' if SIGNATURE[-1] != 'B' else 'C'}", "a.b.c", "..", "." * 50,
        f"{'A' * 5000}.{PAYLOAD}.{SIGNATURE}", f"{HEADER}.{'A' * 300_000}.{SIGNATURE}", "e30.e30.", "A" * 262_145,
    ],
    ids=range(21),
)  # fmt: skip
def test_text_that_is_no_jws(text: str) -> None:
    refused(text, PARSING)


def test_every_character_counts() -> None:
    # attack 48
    text = issued()
    for place in range(0, len(text), 17):
        other = "A" if text[place] != "A" else "B"
        with pytest.raises((CredentialError, ResolutionError)):
            verified(text[:place] + other + text[place + 1 :])


def test_json_serialisations_are_no_form() -> None:
    flattened = {"protected": HEADER, "payload": PAYLOAD, "signature": SIGNATURE}
    refused(flattened, MALFORMED)
    refused(json.dumps({"payload": PAYLOAD, "signatures": [flattened]}), MALFORMED)


def test_nested_jws_and_jwe() -> None:
    # attack 22
    refused(jws(issued(), cty="JWT"), PARSING)
    refused(jws(json.dumps(issued())), PARSING)
    refused(f"{HEADER}.a.b.c.{SIGNATURE}", PARSING)


# SD-JWT, as far as it is one more form. What it is in itself is tested in `test_sdjwt_verifying`.


def selective(**changed: Any) -> Any:
    asked: dict[str, Any] = {"created": NOW, "disclosable": [["credentialSubject", "name"]], **changed}
    return credential.issue(document(), by=ISSUER, securing=Securing.SD_JWT, **asked)


def test_an_sd_jwt_is_a_credential_of_what_it_shows() -> None:
    text = selective()
    found = verified(text)
    assert found.document == document()
    assert (found.issuer, found.securing) == (ISSUER.did, Securing.SD_JWT)
    hidden = verified(sdjwt.present(text))
    assert hidden.subjects[0].claims == {}
    assert hidden.document == document(credentialSubject={"id": HOLDER.did})
    sealed = {"@context": V2, "id": f"data:application/vc+sd-jwt,{text}", "type": "EnvelopedVerifiableCredential"}
    assert verified(sealed).document == document()
    for media_type in ("vc+jwt", "vp+sd-jwt", "dc+sd-jwt"):
        refused({**sealed, "id": f"data:application/{media_type},{text}"}, CRYPTOGRAPHIC)


def test_sd_jwts_refused() -> None:
    text = selective()
    # attack 22: the claims of a credential, signed as something else
    other = sdjwt.issue(document(), by=ISSUER, typ="example+sd-jwt")
    refused(other, PARSING)
    with pytest.raises(CredentialError, match="typ"):
        credential.read(other)
    with pytest.raises(CredentialError, match="characters"):
        credential.read(text, most=len(text) - 1)
    head, _, rest = text.partition("~")
    stray = base64url_encode(json.dumps(["salt", "name", "Mallory"]).encode())
    # attacks 95 to 97: a tilde taken away, a disclosure that belongs to no digest, twice, or changed
    for bad in (
        "~",
        "a~",
        f"{text}{stray}~",
        f"{text}{rest}",
        text[:-1],
        f"{head}~{stray}~",
        head.replace(".", "~", 1) + "~",
    ):
        refused(bad)
    refused(head, PARSING)
    refused(issued() + "~", PARSING)
    refused(text, CRYPTOGRAPHIC, issuers=[MALLORY.did])
    body = head.split(".")
    refused(f"{body[0]}.{body[1]}.{'A' * 86}~{rest}", CRYPTOGRAPHIC)
    with pytest.raises(InputError):
        selective(disclosable=["issuer"])
    with pytest.raises(InputError):
        credential.issue(document(), by=ISSUER, securing=Securing.JOSE, disclosable=[["credentialSubject", "name"]])


def test_what_a_holder_may_keep_back() -> None:
    # Whoever could keep the end or the status back would make a credential that lasts for ever.
    asked: dict[str, Any] = {"by": ISSUER, "typ": sdjwt.W3C_VC}
    text = sdjwt.issue(document(name="Badge"), disclosable=["name"], **asked)
    assert verified(text).document == document(name="Badge")
    refused(sdjwt.present(text), CRYPTOGRAPHIC)
    decoys = sdjwt.issue(document(), disclosable=[("credentialSubject", "name")], decoys=2, **asked)
    assert verified(sdjwt.present(decoys)).subjects[0].claims == {}
    terms = document(termsOfUse=[{"type": "https://a.example/#T"}, {"type": "https://a.example/#U"}])
    text = sdjwt.issue(terms, disclosable=[("termsOfUse", 1)], **asked)
    verified(text)
    refused(sdjwt.present(text), CRYPTOGRAPHIC)
    for pointer in ("name", "id", ("issuer",), "credentialSubject", ("termsOfUse", 0), ("credentialSubject", "x"), 5):
        with pytest.raises(InputError):
            credential.issue(
                {**terms, "name": "Badge"},
                by=ISSUER,
                securing=Securing.SD_JWT,
                disclosable=[pointer],  # type: ignore[list-item]
            )


def test_a_holder_binds_what_names_it() -> None:
    # attacks 95, 100
    text = selective(holder=HOLDER.signer.public_key)
    refused(text, error=PossessionError)
    asked = {"audience": "https://shop.example", "nonce": "7f2c"}
    refused(text, error=PossessionError, **asked)
    bound = sdjwt.present(text, disclose=[["credentialSubject", "name"]], by=HOLDER, now=NOW, **asked)
    assert verified(bound, **asked).document == document()
    refused(bound, error=PossessionError)
    refused(bound, error=AudienceError, **{**asked, "audience": "https://other.example"})
    refused(bound, error=WrongRequestError, **{**asked, "nonce": "7f2d"})
    for form in (Securing.JOSE, Securing.ENVELOPED, Securing.DATA_INTEGRITY):
        refused(issued(form), error=PossessionError, **asked)
    for bad in ({"audience": "a"}, {"nonce": "a"}, {"audience": "", "nonce": "a"}, {"audience": 5, "nonce": "a"}):
        with pytest.raises(InputError):
            verified(bound, **bad)


# Envelopes, VC Data Model 2.0 section 4.13.1.


@pytest.mark.parametrize(
    "changed",
    [
        {"@context": ...}, {"@context": []}, {"@context": "https://www.w3.org/ns/credentials/examples/v2"},
        {"@context": ["https://www.w3.org/ns/credentials/examples/v2"]}, {"@context": None}, {"@context": {}},
        {"@context": [V2, V2]}, {"type": ...}, {"type": "VerifiableCredential"}, {"type": []}, {"type": None},
        {"type": "EnvelopedVerifiablePresentation"}, {"type": ["EnvelopedVerifiableCredential", "X"]},
        {"type": ["VerifiableCredential"]}, {"issuer": MALLORY.did}, {"credentialSubject": {"name": "Mallory"}},
        {"proof": {}}, {"name": "unsigned"}, {"a": 1},
    ],
    ids=repr,
)  # fmt: skip
def test_envelopes_refused(changed: dict[str, Any]) -> None:
    enveloped = {**issued(Securing.ENVELOPED), **changed}
    refused({name: value for name, value in enveloped.items() if value is not ...}, MALFORMED)


@pytest.mark.parametrize(
    "url",
    [..., None, 5, "", issued(), "data:", "data:,", f"data:{issued()}", f"data:,{issued()}", f"data:vc+jwt,{issued()}",
     f"data:application/vc+jwt;base64,{issued()}", f"data:application/vc+jwt;charset=utf-8,{issued()}",
     "data:application/vc+jwt,", f"data:application/vc+jwt,{issued()}#a", f"data:application/vc+jwt, {issued()}",
     "https://a.example/1", f"DATA:application/vc+jwt,{issued()}", [f"data:application/vc+jwt,{issued()}"]],
)  # fmt: skip
def test_what_is_no_data_url(url: Any) -> None:
    enveloped = {**issued(Securing.ENVELOPED), "id": url}
    refused({name: value for name, value in enveloped.items() if value is not ...}, PARSING)


@pytest.mark.parametrize("media_type", ["jwt", "vp+jwt", "vc-ld+jwt", "vc+cose", "vc+sd-jwt", "VC+JWT", "json"])
def test_media_types_that_differ(media_type: str) -> None:
    # attack 22
    refused({**issued(Securing.ENVELOPED), "id": f"data:application/{media_type},{issued()}"}, CRYPTOGRAPHIC)


def test_an_envelope_in_an_envelope() -> None:
    inner = json.dumps(issued(Securing.ENVELOPED))
    refused({**issued(Securing.ENVELOPED), "id": f"data:application/vc+jwt,{inner}"}, PARSING)
    refused(jws(issued(Securing.ENVELOPED)), MALFORMED)


# Issuing.


def test_another_did_method_needs_the_name_of_its_key() -> None:
    method = VerificationMethod(f"{WEB}#1", WEB, ISSUER.signer.public_key, frozenset(Relationship))
    resolver = StaticResolver({WEB: DidDocument(WEB, (method,))})
    web = Identity(ISSUER.signer, did=WEB, resolver=resolver)
    text = credential.issue(document(issuer=WEB), by=web, securing=Securing.JOSE, method=f"{WEB}#1")
    assert verified(text, resolver=resolver, issuers=[WEB]).issuer == WEB
    for bad in (None, "", "#1", WEB, f"{ISSUER.did}#1", f"{WEB}/a#1", 5):
        with pytest.raises(InputError):
            credential.issue(document(issuer=WEB), by=web, securing=Securing.JOSE, method=bad)  # type: ignore[arg-type]


def test_a_signature_may_expire_before_the_credential() -> None:
    text = credential.issue(
        document(), by=ISSUER, securing=Securing.JOSE, created=NOW, expires=NOW + timedelta(hours=1)
    )
    verified(text, now=NOW + timedelta(hours=1, minutes=5))
    refused(text, error=ExpiredError, now=NOW + timedelta(hours=1, minutes=6))


def test_nobody_issues_for_another() -> None:
    for securing in Securing:
        with pytest.raises(CredentialError, match="who signs"):
            credential.issue(document(), by=MALLORY, securing=securing)


# Keys that are none, or not for this. # attacks 18, 23, 25, 32, 33


def jwk_did(**changed: Any) -> str:
    members = {**to_jwk(ISSUER.signer.public_key), **changed}
    return "did:jwk:" + base64url_encode(json.dumps(members).encode())


@pytest.mark.parametrize(
    "did",
    [
        jwk_did(use="enc"), jwk_did(key_ops=["encrypt"]), jwk_did(key_ops=[]), jwk_did(use=5),  # attack 23
        jwk_did(d=private_jwk(ISSUER)["d"]), jwk_did(k="AAAA"), jwk_did(kty="oct"),  # attack 25
        jwk_did(crv="Ed448"), jwk_did(alg="ES256"), jwk_did(crv="secp256k1", kty="EC"),  # attack 18
        "did:jwk:" + base64url_encode(b'{"kty":"OKP","kty":"OKP","crv":"Ed25519","x":""}'),  # attack 21
        ISSUER.did + "1", ISSUER.did.replace("z6Mk", "Z6Mk"),
        "did:key:z6MkeTG3bFFSLYVU7VqhgZxqr6YzpaGrQtFMh1uvqGy1vDnP",
        "did:key:zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme", "did:example:1", "did:web:issuer.example",
    ],
)  # fmt: skip
def test_issuers_without_a_key_of_use(did: str) -> None:
    kid = f"{did}#0" if did.startswith("did:jwk:") else f"{did}#{did[8:]}"
    error = refused(jws(document(issuer=did), kid=kid), error=ResolutionError, issuers=[did])
    # A private key that was given as a public one is shown to nobody.
    assert private_jwk(ISSUER)["d"] not in str(error)


def test_a_did_jwk_for_signatures_is_a_key() -> None:
    for did in (jwk_did(use="sig"), jwk_did(key_ops=["verify"]), jwk_did(alg="EdDSA")):
        assert verified(jws(document(issuer=did), kid=f"{did}#0"), issuers=[did]).issuer == did


# Letters that look like others. # attack 52


@pytest.mark.parametrize(
    "changed",
    [
        {"type": ["VerifiableCredentia\u217c"]}, {"type": ["\uff36erifiableCredential"]},
        {"@context": ["https://www.w3\u2024org/ns/credentials/v2"]},
        {"@context": ["https\uff1a//www.w3.org/ns/credentials/v2"]},
        {"@context": [V2 + "\u200b"]}, {"id": "https\uff1a//a.example"}, {"id": "https://a\u3002example/1"},
        {"id": "https://\u202ea.example/1"}, {"validFrom": "2026-01-01T00:00:00\uff3a"},
        {"validFrom": "\uff12\uff10\uff12\uff16-01-01T00:00:00Z"}, {"issuer": ISSUER.did + "\u200b"},
        {"issuer": ISSUER.did.replace("k", "\u212a", 1)}, {"\uff49ssuer": "a", "issuer": ...},
    ],
    ids=ascii,
)  # fmt: skip
def test_letters_that_look_like_others(changed: dict[str, Any]) -> None:
    payload = {name: value for name, value in {**document(), **changed}.items() if value is not ...}
    refused(jws(payload), MALFORMED, issuers=lambda did: True)
