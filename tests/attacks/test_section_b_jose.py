"""Attacks 15 to 22, 24 and 27 on everything that is a JWS: at each door the same header is refused, with its code."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from tests.attacks.test_section_b import JWKS

from attorn import AttornError, Identity, credential, sdjwt, status
from attorn.did.reading import read as read_document
from attorn.did.resolver import LocalResolver
from attorn.errors import InputError, MalformedError
from attorn.keys.jwk import to_jwk
from attorn.macaroon import MacKey

NOW = 1_900_000_000
AT = datetime.fromtimestamp(NOW, UTC)
ISSUER, HOLDER, MALLORY = (Identity.from_seed(bytes((number,)) * 32) for number in (51, 52, 53))
URI = "https://issuer.example/lists/1"
AUDIENCE, NONCE = "https://verifier.example", "n-1"


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def kid_of(by: Identity) -> str:
    return f"{by.did}#{by.did.removeprefix('did:key:')}"


def jws(
    header: dict[str, Any], payload: dict[str, Any], by: Identity, sign: Callable[[bytes], bytes] | None = None
) -> str:
    """Signed as it is, however wrong. A header member of `...` is left out."""
    members = {name: value for name, value in header.items() if value is not ...}
    text = f"{b64(json.dumps(members).encode())}.{b64(json.dumps(payload).encode())}"
    return f"{text}.{b64((sign or by.signer.sign)(text.encode()))}"


@dataclass(frozen=True)
class Door:
    """Something that takes a JWS: of which type, by whom, what it opens with, and its codes."""

    typ: str
    by: Identity
    payload: dict[str, Any]
    enter: Callable[[str], Any]
    malformed: str
    forged: str
    kid: bool = True

    def header(self, **changed: Any) -> dict[str, Any]:
        return {"alg": "EdDSA", "typ": self.typ, "kid": kid_of(self.by) if self.kid else ..., **changed}

    def refuses(self, text: str, code: str) -> None:
        with pytest.raises(AttornError) as caught:
            self.enter(text)
        assert caught.value.code == code, caught.value


def enter_credential(text: str) -> Any:
    return credential.verify(text, resolver=LocalResolver(), now=AT, issuers=[ISSUER.did])


def enter_presentation(text: str) -> Any:
    return credential.verify_presentation(
        text, resolver=LocalResolver(), now=AT, issuers=[ISSUER.did], challenge=NONCE, domain=AUDIENCE
    )


def enter_sd_jwt(text: str) -> Any:
    return sdjwt.verify(text + "~", typ="dc+sd-jwt", audience=None, nonce=None, now=AT)


HELD = sdjwt.issue({"vct": "urn:x:member"}, by=ISSUER, typ="dc+sd-jwt", holder=HOLDER.signer.public_key)


def enter_key_binding(text: str) -> Any:
    return sdjwt.verify(HELD + text, typ="dc+sd-jwt", audience=AUDIENCE, nonce=NONCE, now=AT)


CONTEXT = ["https://www.w3.org/ns/credentials/v2"]
BITSTRING = status.bitstring.issue(
    URI, bytes(131_072 // 8), by=ISSUER, purposes=[status.ListKind.REVOCATION], issued=NOW
)
DOORS = {
    "credential": Door(
        "vc+jwt",
        ISSUER,
        {
            "@context": CONTEXT,
            "type": ["VerifiableCredential"],
            "issuer": ISSUER.did,
            "credentialSubject": {"id": HOLDER.did},
        },
        enter_credential,
        "bad_credential",
        "bad_credential",
    ),
    "presentation": Door(
        "vp+jwt",
        HOLDER,
        {
            "@context": CONTEXT,
            "type": ["VerifiablePresentation"],
            "holder": HOLDER.did,
            "aud": AUDIENCE,
            "nonce": NONCE,
        },
        enter_presentation,
        "bad_credential",
        "bad_credential",
    ),
    "token list": Door(
        "statuslist+jwt",
        ISSUER,
        {"sub": URI, "iss": ISSUER.did, "iat": NOW, "status_list": {"bits": 1, "lst": "eNrbuRgAAhcBXQ"}},
        status.verify,
        "malformed",
        "bad_signature",
    ),
    "bitstring": Door(
        "vc+jwt",
        ISSUER,
        json.loads(base64.urlsafe_b64decode(BITSTRING.split(".")[1] + "==")),
        status.verify,
        "malformed",
        "bad_signature",
    ),
    "SD-JWT": Door(
        "dc+sd-jwt", ISSUER, {"iss": ISSUER.did, "vct": "urn:x:member"}, enter_sd_jwt, "malformed", "bad_signature"
    ),
    "key binding": Door(
        "kb+jwt",
        HOLDER,
        {"aud": AUDIENCE, "nonce": NONCE, "iat": NOW, "sd_hash": b64(hashlib.sha256(HELD.encode()).digest())},
        enter_key_binding,
        "malformed",
        "not_holder",
        kid=False,
    ),
}
each_door = pytest.mark.parametrize("door", DOORS.values(), ids=DOORS.keys())


@each_door
def test_the_twin_is_let_in(door: Door) -> None:
    door.enter(jws(door.header(), door.payload, door.by))
    door.enter(jws(door.header(typ=f"application/{door.typ}", alg="Ed25519"), door.payload, door.by))


HEADERS: dict[str, dict[str, Any]] = {
    **{f"15-alg-{alg!r}": {"alg": alg} for alg in ("none", "None", "NONE", "nOnE", "", " EdDSA", "eddsa", None)},
    "15-alg-in-a-list": {"alg": ["EdDSA"]},
    "15-alg-missing": {"alg": ...},
    **{f"17-alg-{alg}": {"alg": alg} for alg in ("RS256", "PS256", "RS1", "EdDSA2", "Ed448")},
    **{f"18-alg-{alg}": {"alg": alg} for alg in ("ES384", "ES512", "ES256K", "Ed25519ph")},
    "19-jwk-of-another": {"jwk": dict(to_jwk(MALLORY.signer.public_key))},
    "19-jwk-of-the-signer": {"jwk": dict(to_jwk(ISSUER.signer.public_key))},
    "19-jku": {"jku": "https://evil.example/keys"},
    "19-x5u": {"x5u": "https://evil.example/chain"},
    "19-x5c": {"x5c": ["AAAA"]},
    "20-crit-empty": {"crit": []},
    "20-crit-unknown": {"crit": ["exp"], "exp": 1},
    "20-crit-absent-member": {"crit": ["http://example.com/unknown"]},
    "20-crit-registered": {"crit": ["alg"]},
    "20-crit-null": {"crit": None},
    "20-b64-false": {"b64": False},
    "20-b64-false-and-crit": {"b64": False, "crit": ["b64"]},
    "22-typ-missing": {"typ": ...},
    **{f"22-typ-{typ}": {"typ": typ} for typ in ("JWT", "at+jwt", "dpop+jwt", "secevent+jwt", "JWE", "", 5, None)},
}  # fmt: skip


@each_door
@pytest.mark.parametrize("changed", HEADERS.values(), ids=HEADERS.keys())
def test_headers(door: Door, changed: dict[str, Any]) -> None:
    door.refuses(jws(door.header(**changed), door.payload, door.by), door.malformed)


@each_door
def test_22_the_type_of_another_door(door: Door) -> None:
    others = {other.typ for other in DOORS.values()} - {door.typ}
    assert len(others) == 4
    for typ in others:
        door.refuses(jws(door.header(typ=typ), door.payload, door.by), door.malformed)


def public_bytes(by: Identity) -> dict[str, bytes]:
    """What a verifier could be brought to take for a shared secret."""
    data = by.signer.public_key.data
    key = Ed25519PublicKey.from_public_bytes(data)
    return {
        "raw": data,
        "pem": key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        "der": key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        "ssh": key.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH),
        "jwk": json.dumps(dict(to_jwk(by.signer.public_key)), separators=(",", ":")).encode(),
        "empty": b"",
    }


@each_door
@pytest.mark.parametrize("form", public_bytes(ISSUER))
@pytest.mark.parametrize(("alg", "function"), [("HS256", "sha256"), ("HS512", "sha512")])
def test_16_a_mac_by_the_public_key(door: Door, form: str, alg: str, function: str) -> None:
    secret = public_bytes(door.by)[form]
    text = jws(door.header(alg=alg), door.payload, door.by, lambda data: hmac.digest(secret, data, function))
    door.refuses(text, door.malformed)
    # Under a name that is let in, and cut to the length of a signature, it is a signature by nobody.
    text = jws(door.header(), door.payload, door.by, lambda data: hmac.digest(secret, data, "sha512"))
    door.refuses(text, door.forged)


@each_door
def test_17_a_signature_under_the_name_of_another_algorithm(door: Door) -> None:
    door.refuses(jws(door.header(alg="ES256"), door.payload, door.by), door.forged)
    door.refuses(jws(door.header(), door.payload, MALLORY), door.forged)


@each_door
@pytest.mark.parametrize("signature", [b"", bytes(63), bytes(65), bytes(128)], ids=len)
def test_42_lengths_of_a_signature(door: Door, signature: bytes) -> None:
    door.refuses(jws(door.header(), door.payload, door.by, lambda _: signature), door.malformed)
    door.refuses(jws(door.header(), door.payload, door.by, lambda _: bytes(64)), door.forged)


@each_door
def test_21_a_member_twice(door: Door) -> None:
    _, payload, _ = jws(door.header(), door.payload, door.by).split(".")
    header = json.dumps({name: value for name, value in door.header().items() if value is not ...})
    name, value = next(iter(door.payload.items()))
    twice = json.dumps(door.payload)[:-1] + f",{json.dumps(name)}:{json.dumps(value)}}}"
    for head, body in ((header[:-1] + ',"alg":"none"}', None), ('{"alg":"EdDSA",' + header[1:], None), (header, twice)):
        text = f"{b64(head.encode())}.{payload if body is None else b64(body.encode())}"
        door.refuses(f"{text}.{b64(door.by.signer.sign(text.encode()))}", door.malformed)


@each_door
def test_22_other_serialisations(door: Door) -> None:
    good = jws(door.header(), door.payload, door.by)
    head, body, signature = good.split(".")
    for text in (
        f"{head}.{body}",
        f"{head}.{body}.",
        f"{good}.",
        f"{head}.a.{body}.b.{signature}",
        f".{body}.{signature}",
    ):
        door.refuses(text, door.malformed)
    nested = f"{head}.{b64(json.dumps(good).encode())}"
    door.refuses(f"{nested}.{b64(door.by.signer.sign(nested.encode()))}", door.malformed)


# Sets of keys. Keys come from the DID of whoever signs, so its document is the set.

DID = "did:web:issuer.example"
KEY = {
    "id": f"{DID}#k1",
    "type": "JsonWebKey",
    "controller": DID,
    "publicKeyJwk": dict(to_jwk(ISSUER.signer.public_key)),
}
OTHER = {**KEY, "publicKeyJwk": dict(to_jwk(MALLORY.signer.public_key))}


def document(*methods: dict[str, Any]) -> dict[str, Any]:
    return {"id": DID, "verificationMethod": list(methods), "assertionMethod": [f"{DID}#k1"]}


@pytest.mark.parametrize(
    "methods",
    [
        (KEY, KEY),
        (KEY, OTHER),
        (KEY, {**OTHER, "id": "#k1"}),
        (KEY, {**KEY, "id": f"{DID}#k2", "publicKeyJwk": JWKS["16-symmetric"]}),
        (KEY, {**KEY, "id": f"{DID}#k2", "publicKeyJwk": JWKS["25-private-okp"]}),
    ],
    ids=["one-twice", "two-of-one-kid", "one-kid-two-spellings", "a-symmetric-one-beside", "a-private-one-beside"],
)
def test_24_sets_that_are_refused(methods: tuple[dict[str, Any], ...]) -> None:
    with pytest.raises(MalformedError) as caught:
        read_document(document(*methods), DID)
    assert caught.value.code == "malformed"


@pytest.mark.parametrize("kind", ["27-rsa-1024", "18-secp256k1", "15-kty-none"])
def test_24_a_key_that_is_none_is_never_one_of_the_set(kind: str) -> None:
    beside = {**KEY, "id": f"{DID}#k2", "publicKeyJwk": JWKS[kind]}
    found = read_document({**document(KEY, beside), "assertionMethod": ["#k1", "#k2"]}, DID)
    assert [method.key for method in found.methods] == [ISSUER.signer.public_key]


RSA = {
    "27-rsa-2048": {"n": b64(b"\xc1" * 256), "e": "AQAB"},
    "27-rsa-e-1": {"n": b64(b"\xc1" * 256), "e": "AQ"},
    "27-rsa-e-3": {"n": b64(b"\xc1" * 256), "e": "Aw"},
    # A modulus of the form that ROCA's test looks for: a power of 65537 modulo small primes.
    "27-roca": {"n": b64(pow(65_537, 128).to_bytes(257, "big")), "e": "AQAB"},
}


@pytest.mark.parametrize("numbers", RSA.values(), ids=RSA.keys())
def test_27_rsa_of_any_kind_is_no_key(numbers: dict[str, str]) -> None:
    did = "did:jwk:" + b64(json.dumps({"kty": "RSA", **numbers}).encode())
    text = jws(DOORS["token list"].header(kid=f"{did}#0"), {**DOORS["token list"].payload, "iss": did}, ISSUER)
    DOORS["token list"].refuses(text, "unresolved_principal")


@pytest.mark.parametrize("length", [0, 1, 16, 31])
def test_27_symmetric_keys_shorter_than_the_hash(length: int) -> None:
    with pytest.raises(InputError) as caught:
        MacKey(bytes(length))
    assert caught.value.code == "invalid_input"
