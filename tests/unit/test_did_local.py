"""DIDs that say everything themselves: did:key with all its options, did:jwk, did:peer of the kinds 2 and 4."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st
from multiformats import multibase, multicodec, multihash

from attorn.canonical import parse
from attorn.did import jwk as did_jwk
from attorn.did import key as did_key
from attorn.did import peer, peer2, peer4, reading
from attorn.did.document import Relationship
from attorn.did.fault import Fault
from attorn.did.peer import PeerResolver
from attorn.did.resolution import Options, Resolution
from attorn.did.resolver import LocalResolver, resolution
from attorn.encoding import base58_encode, base64url_encode
from attorn.errors import InputError, MalformedError, ResolutionError
from attorn.keys import multikey, x25519
from attorn.keys.jwk import to_jwk
from attorn.keys.signer import Ed25519Signer, P256Signer
from attorn.keys.x25519 import AgreementKey

SEED = b"\x01" * 32
ED25519 = Ed25519Signer.from_seed(SEED).public_key
P256 = P256Signer.from_scalar(b"\x02" * 32).public_key
AGREEMENT = x25519.derive(ED25519)
KEY = did_key.encode(ED25519)
SEEDS = st.binary(min_size=32, max_size=32)


def resolved(did: str, **options: Any) -> Resolution:
    return resolution(LocalResolver(), did, Options(**options))


def shown(did: str, **options: Any) -> dict[str, Any]:
    found = resolved(did, **options)
    assert found.error is None, found.error
    assert found.did_document is not None
    assert found.did_document["id"] == did
    return found.did_document


def failed(did: str, **options: Any) -> str:
    found = resolved(did, **options)
    assert found.error is not None
    assert found.did_document is None
    assert found.document is None
    return found.error.type


@settings(derandomize=True, deadline=None)
@given(SEEDS)
def test_x25519_is_derived_as_openssl_has_it(seed: bytes) -> None:
    secret = X25519PrivateKey.from_private_bytes(x25519.derive_secret(seed))
    raw = serialization.Encoding.Raw, serialization.PublicFormat.Raw
    derived = x25519.derive(Ed25519Signer.from_seed(seed).public_key)
    assert derived.data == secret.public_key().public_bytes(*raw)
    text = x25519.to_multibase(derived)
    assert text == multibase.encode(multicodec.wrap("x25519-pub", derived.data), "base58btc")
    assert text.startswith("z6LS")
    assert x25519.from_multibase(text) == derived
    assert x25519.from_jwk(x25519.to_jwk(derived)) == derived
    digest = bytearray(hashlib.sha512(seed).digest()[:32])
    digest[0] &= 248
    digest[31] = digest[31] & 127 | 64
    assert x25519.derive_secret(seed) == bytes(digest)


@pytest.mark.parametrize("key", [ED25519, P256])
def test_multikeys_are_those_of_multiformats(key: Any) -> None:
    codec = "ed25519-pub" if key == ED25519 else "p256-pub"
    assert did_key.encode(key)[8:] == multibase.encode(multicodec.wrap(codec, key.data), "base58btc")


P = 2**255 - 19
LOW_ORDER = [0, 1, P - 1, *x25519._ORDER_8]


@pytest.mark.parametrize(
    "data",
    [
        *(number.to_bytes(32, "little") for number in LOW_ORDER),
        *(number.to_bytes(32, "little") for number in (P, P + 1, P + 9, 2**255 + 9, 2**256 - 1)),
        b"",
        bytes(31),
        b"\x09" + bytes(32),
    ],
)
def test_x25519_keys_that_are_none(data: bytes) -> None:
    with pytest.raises(MalformedError):
        AgreementKey(data)
    with pytest.raises(MalformedError):
        x25519.from_multibase("z" + base58_encode(x25519.CODE + data))
    assert failed("did:key:z" + base58_encode(x25519.CODE + data)) in (
        Fault.INVALID_PUBLIC_KEY,
        Fault.INVALID_PUBLIC_KEY_LENGTH,
    )


@pytest.mark.parametrize("number", x25519._ORDER_8)
def test_the_points_of_order_eight_are_that(number: int) -> None:
    theirs = X25519PublicKey.from_public_bytes(number.to_bytes(32, "little"))
    # OpenSSL refuses a shared secret of zeros, which only such points give.
    with pytest.raises(ValueError):
        X25519PrivateKey.generate().exchange(theirs)


@pytest.mark.parametrize(
    "members",
    [
        {"d": "x"},
        {"use": "sig"},
        {"y": "A" * 43},
        {"crv": "Ed25519"},
        {"kty": "EC"},
        {"x": "A" * 42},
        {"x": 5},
        {"x": "A" * 43},
        {"crv": ["X25519"]},
    ],
)
def test_x25519_jwks_that_are_none(members: dict[str, Any]) -> None:
    with pytest.raises(MalformedError):
        x25519.from_jwk({**x25519.to_jwk(AGREEMENT), **members})


@pytest.mark.parametrize("wrong", [None, 5, b"x", "x"])
def test_unusable_arguments(wrong: Any) -> None:
    for call in (x25519.derive, x25519.derive_secret, x25519.from_jwk, lambda _: x25519.derive(P256)):
        with pytest.raises(InputError):
            call(wrong)
    with pytest.raises(InputError):
        peer4.encode(wrong)
    for made in (x25519.from_multibase, AgreementKey):
        with pytest.raises((InputError, MalformedError)):
            made(wrong)
    with pytest.raises(InputError):
        resolution(LocalResolver(), KEY, wrong)


# did:key.


def test_did_key_as_the_specification_shows_it() -> None:
    document = shown(KEY)
    url = f"{KEY}#{KEY[8:]}"
    assert document["verificationMethod"] == [
        {"id": url, "type": "Multikey", "controller": KEY, "publicKeyMultibase": KEY[8:]}
    ]
    assert document["@context"] == ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"]
    uses = ["authentication", "assertionMethod", "capabilityInvocation", "capabilityDelegation"]
    assert {name: document.get(name) for name in uses} == {name: [url] for name in uses}
    assert "keyAgreement" not in document
    assert resolved(KEY).document == did_key.document(KEY)


@pytest.mark.parametrize(
    ("form", "agreement"),
    [
        ("Multikey", "Multikey"),
        ("JsonWebKey2020", "JsonWebKey2020"),
        ("Ed25519VerificationKey2020", "X25519KeyAgreementKey2020"),
        ("JsonWebKey", "JsonWebKey"),
    ],
)
def test_formats_and_a_derived_key(form: str, agreement: str) -> None:
    options = {"key_format": form, "experimental": form == "JsonWebKey"}
    document = shown(KEY, key_agreement=True, **options)
    assert [method["type"] for method in document["verificationMethod"]] == [form, agreement]
    assert document["keyAgreement"] == [f"{KEY}#{x25519.to_multibase(AGREEMENT)}"]
    assert len(document["@context"]) == len(set(document["@context"])) == (3 if form != agreement else 2)
    assert reading.read(document, KEY) == did_key.document(KEY)
    assert len(shown(KEY, **options)["verificationMethod"]) == 1


def test_no_key_that_signs_decrypts() -> None:
    did = did_key.encode(P256)
    assert "keyAgreement" not in shown(did, key_agreement=True)


def test_a_did_key_for_key_agreement_only() -> None:
    did = "did:key:" + x25519.to_multibase(AGREEMENT)
    document = shown(did)
    assert document["keyAgreement"] == [f"{did}#{did[8:]}"]
    assert "authentication" not in document
    assert resolved(did).document is not None
    assert resolved(did).document.methods == ()  # type: ignore[union-attr]
    with pytest.raises(ResolutionError):
        LocalResolver().resolve(did)


@pytest.mark.parametrize("version", ["1", "2", "999999999"])
def test_a_version_is_shown_and_lends_nothing(version: str) -> None:  # attack 32
    did = f"did:key:{version}:{KEY[8:]}"
    assert shown(did)["authentication"] == [f"{did}#{KEY[8:]}"]
    assert resolved(did).document.methods == ()  # type: ignore[union-attr]
    with pytest.raises(ResolutionError):
        LocalResolver().resolve(did)


BODY = multikey.encode(ED25519)
FAULTS = {
    "no did": (KEY.removeprefix("did:"), Fault.INVALID_DID),
    "no method": ("did:" + KEY[8:], Fault.INVALID_DID),
    "another method": ("did:keys:" + KEY[8:], Fault.METHOD_NOT_SUPPORTED),
    "version -v4": (f"did:key:-v4:{KEY[8:]}", Fault.INVALID_DID),
    "version 0": (f"did:key:0:{KEY[8:]}", Fault.INVALID_DID),
    "version 01": (f"did:key:01:{KEY[8:]}", Fault.INVALID_DID),
    "version 1.1": (f"did:key:1.1:{KEY[8:]}", Fault.INVALID_DID),
    "no version": (f"did:key::{KEY[8:]}", Fault.INVALID_DID),
    "two versions": (f"did:key:1:1:{KEY[8:]}", Fault.INVALID_DID),
    "no z": (f"did:key:{KEY[9:]}", Fault.INVALID_DID),
    "base16": (f"did:key:f{BODY.hex()}", Fault.INVALID_DID),
    "bad character": (KEY[:-1] + "0", Fault.INVALID_DID),
    "empty": ("did:key:", Fault.INVALID_DID),
    "only z": ("did:key:z", Fault.UNSUPPORTED_PUBLIC_KEY_TYPE),
    "secp256k1": ("did:key:z" + base58_encode(b"\xe7\x01\x02" + bytes(32)), Fault.UNSUPPORTED_PUBLIC_KEY_TYPE),
    "secret": ("did:key:z" + base58_encode(b"\x80\x26" + bytes(32)), Fault.UNSUPPORTED_PUBLIC_KEY_TYPE),
    "leading zero": ("did:key:z1" + base58_encode(BODY), Fault.UNSUPPORTED_PUBLIC_KEY_TYPE),
    "short": ("did:key:z" + base58_encode(BODY[:-1]), Fault.INVALID_PUBLIC_KEY_LENGTH),
    "trailing byte": ("did:key:z" + base58_encode(BODY + b"\0"), Fault.INVALID_PUBLIC_KEY_LENGTH),
    "uncompressed": ("did:key:z" + base58_encode(b"\x80\x24\x04" + bytes(64)), Fault.INVALID_PUBLIC_KEY_LENGTH),
    "33-low order": ("did:key:z" + base58_encode(b"\xed\x01" + bytes(32)), Fault.INVALID_PUBLIC_KEY),
    "off the curve": ("did:key:z" + base58_encode(b"\x80\x24\x02" + bytes(31) + b"\x07"), Fault.INVALID_PUBLIC_KEY),
    "url": (f"{KEY}#{KEY[8:]}", Fault.INVALID_DID),
    "too long": ("did:key:z" + "2" * 3000, Fault.INVALID_DID),
    "huge": ("did:key:z" + "2" * 2000, Fault.UNSUPPORTED_PUBLIC_KEY_TYPE),
}


@pytest.mark.parametrize(("did", "fault"), FAULTS.values(), ids=FAULTS.keys())
def test_attack_32_each_mistake_has_its_name(did: str, fault: str) -> None:
    assert failed(did) == fault


@pytest.mark.parametrize(
    ("did", "options", "fault"),
    [
        (KEY, {"key_format": "Ed25519VerificationKey2018"}, Fault.INVALID_PUBLIC_KEY_TYPE),
        (KEY, {"key_format": "Ed25519VerificationKey2017"}, Fault.UNSUPPORTED_PUBLIC_KEY_TYPE),
        (KEY, {"key_format": ""}, Fault.UNSUPPORTED_PUBLIC_KEY_TYPE),
        (KEY, {"key_format": "JsonWebKey"}, Fault.INVALID_PUBLIC_KEY_TYPE),
        (KEY, {"key_format": "X25519KeyAgreementKey2020"}, Fault.INVALID_PUBLIC_KEY_TYPE),
        (did_key.encode(P256), {"key_format": "Ed25519VerificationKey2020"}, Fault.INVALID_PUBLIC_KEY_TYPE),
        (
            "did:key:" + x25519.to_multibase(AGREEMENT),
            {"key_format": "Ed25519VerificationKey2020", "experimental": True},
            Fault.INVALID_PUBLIC_KEY_TYPE,
        ),
        (KEY, {"accept": "text/html"}, Fault.REPRESENTATION_NOT_SUPPORTED),
        (KEY, {"version_id": "1"}, Fault.FEATURE_NOT_SUPPORTED),
        (KEY, {"version_number": 1}, Fault.FEATURE_NOT_SUPPORTED),
        (KEY, {"version_time": datetime(2026, 1, 1, tzinfo=UTC)}, Fault.FEATURE_NOT_SUPPORTED),
        ("did:web:a.example", {}, Fault.METHOD_NOT_SUPPORTED),
        ("did:example:123", {"accept": "text/html"}, Fault.REPRESENTATION_NOT_SUPPORTED),
    ],
)
def test_what_is_not_to_be_had(did: str, options: dict[str, Any], fault: str) -> None:
    assert failed(did, **options) == fault


def test_problems_as_rfc_9457_and_older_names_have_them() -> None:
    found = resolved("did:example:123")
    assert found.error is not None
    assert (found.error.camel, found.error.status, found.status) == ("methodNotSupported", 501, 501)
    written = found.to_json()
    assert written["didDocument"] is None
    assert written["didResolutionMetadata"]["error"].keys() == {"type", "title", "detail"}  # type: ignore[index,union-attr,call-overload]
    names = {fault: failed(did) for did, fault in FAULTS.values()}
    assert {resolved(did).error.camel for did, _ in FAULTS.values()} == {  # type: ignore[union-attr]
        "invalidDid",
        "methodNotSupported",
        "unsupportedPublicKeyType",
        "invalidPublicKeyLength",
        "invalidPublicKey",
    }
    assert all(fault == name for fault, name in names.items())


# did:jwk.


def as_jwk(**members: Any) -> str:
    return did_jwk.PREFIX + base64url_encode(json.dumps({**to_jwk(ED25519), **members}).encode())


EXAMPLE = (
    '{"kty":"OKP","crv":"X25519","use":"enc","x":"3p7bfXt9wbTTW2HC7OQ1Nz-DQ8hbeGdNrfx-FG-IK08"}',
    '{"crv":"P-256","kty":"EC","x":"acbIQiuMs3i8_uszEjJ2tpTtRM4EU3yz91PH6CdH2V0",'
    '"y":"_KcyLj9vWMptnmKtm46GqDz8wf74I5LKgrl2GzH3nSE"}',
)


def test_did_jwk_examples_of_the_specification() -> None:
    for text in EXAMPLE:
        did = did_jwk.PREFIX + base64url_encode(text.encode())
        document = shown(did)
        (method,) = document["verificationMethod"]
        assert method == {"id": f"{did}#0", "type": "JsonWebKey2020", "controller": did, "publicKeyJwk": parse(text)}
        uses = [name for name in map(str, Relationship) if document.get(name) == [f"{did}#0"]]
        assert uses == (["keyAgreement"] if "enc" in text else list(map(str, Relationship)))


@pytest.mark.parametrize("key", [ED25519, P256])
def test_the_use_of_a_did_jwk(key: Any) -> None:
    signing = as_jwk(**to_jwk(key), use="sig", kid="me")
    assert "keyAgreement" not in shown(signing)
    assert "assertionMethod" in shown(signing)
    assert resolved(signing).document == did_jwk.document(signing)
    agreeing = as_jwk(**to_jwk(key), use="enc")  # attack 23
    assert set(shown(agreeing)) == {"@context", "id", "verificationMethod", "keyAgreement"}
    assert resolved(agreeing).document.methods == ()  # type: ignore[union-attr]
    with pytest.raises(ResolutionError):
        LocalResolver().resolve(agreeing)


@pytest.mark.parametrize(
    ("did", "fault"),
    [
        (as_jwk(d="x"), Fault.INVALID_PUBLIC_KEY),  # attack 25
        (as_jwk(d="x", use="enc"), Fault.INVALID_PUBLIC_KEY),
        (as_jwk(**x25519.to_jwk(AGREEMENT), d="x"), Fault.INVALID_PUBLIC_KEY),
        (as_jwk(**x25519.to_jwk(AGREEMENT), use="sig"), Fault.INVALID_PUBLIC_KEY),
        (as_jwk(**x25519.to_jwk(AGREEMENT), kid=5), Fault.INVALID_PUBLIC_KEY),
        (as_jwk(kid=5), Fault.INVALID_PUBLIC_KEY),
        (as_jwk(kid=None), Fault.INVALID_PUBLIC_KEY),
        (as_jwk(kid=["me"], use="enc"), Fault.INVALID_PUBLIC_KEY),
        (as_jwk(use="other"), Fault.INVALID_PUBLIC_KEY),
        (as_jwk(x="A" * 43), Fault.INVALID_PUBLIC_KEY),
        (as_jwk(x="A" * 43, use="enc"), Fault.INVALID_PUBLIC_KEY),
        (as_jwk(crv="Ed448"), Fault.UNSUPPORTED_PUBLIC_KEY_TYPE),
        (as_jwk(kty=["OKP"]), Fault.UNSUPPORTED_PUBLIC_KEY_TYPE),
        (did_jwk.PREFIX + base64url_encode(b"[]"), Fault.INVALID_DID),
        (did_jwk.PREFIX + base64url_encode(b'{"kty":"OKP","kty":"OKP"}'), Fault.INVALID_DID),  # attack 21
        (did_jwk.encode(ED25519) + "=", Fault.INVALID_DID),
        (did_jwk.encode(ED25519)[:-1], Fault.INVALID_DID),
    ],
)
def test_did_jwks_that_are_none(did: str, fault: str) -> None:
    assert failed(did) == fault


# did:peer of the kind 2.

PEER_2 = (
    "did:peer:2.Vz6Mkj3PUd1WjvaDhNZhhhXQdz5UnZXmS7ehtx8bsPpD47kKc.Ez6LSg8zQom395jKLrGiBNruB9MM6V8PWuf2FpEy4uRFiqQBR"
    ".SeyJ0IjoiZG0iLCJzIjp7InVyaSI6Imh0dHA6Ly9leGFtcGxlLmNvbS9kaWRjb21tIiwiYSI6WyJkaWRjb21tL3YyIl0sInIiOlsiZGlkOmV4YW1w"
    "bGU6MTIzNDU2Nzg5YWJjZGVmZ2hpI2tleS0xIl19fQ"
    ".SeyJ0IjoiZG0iLCJzIjp7InVyaSI6Imh0dHA6Ly9leGFtcGxlLmNvbS9hbm90aGVyIiwiYSI6WyJkaWRjb21tL3YyIl0sInIiOlsiZGlkOmV4YW1w"
    "bGU6MTIzNDU2Nzg5YWJjZGVmZ2hpI2tleS0yIl19fQ"
)


def endpoint(name: str, number: int) -> dict[str, Any]:
    return {
        "uri": f"http://example.com/{name}",
        "accept": ["didcomm/v2"],
        "routingKeys": [f"did:example:123456789abcdefghi#key-{number}"],
    }


def test_did_peer_2_as_the_specification_shows_it() -> None:
    document = shown(PEER_2)
    first, second = document["verificationMethod"]
    assert first == {
        "id": "#key-1",
        "type": "Multikey",
        "controller": PEER_2,
        "publicKeyMultibase": "z6Mkj3PUd1WjvaDhNZhhhXQdz5UnZXmS7ehtx8bsPpD47kKc",
    }
    assert (second["id"], second["publicKeyMultibase"][:4]) == ("#key-2", "z6LS")
    assert (document["authentication"], document["keyAgreement"]) == (["#key-1"], ["#key-2"])
    assert document["service"] == [
        {"id": "#service", "type": "DIDCommMessaging", "serviceEndpoint": endpoint("didcomm", 1)},
        {"id": "#service-1", "type": "DIDCommMessaging", "serviceEndpoint": endpoint("another", 2)},
    ]
    (method,) = peer.document(PEER_2).methods
    assert (method.id, method.relationships) == (f"{PEER_2}#key-1", {Relationship.AUTHENTICATION})
    services = [{name: member for name, member in each.items() if name != "id"} for each in document["service"]]
    keys = [
        (Relationship.AUTHENTICATION, method.key),
        (Relationship.KEY_AGREEMENT, x25519.from_multibase(second["publicKeyMultibase"])),
    ]
    again = peer2.encode(keys, services)
    assert shown(again)["service"] == document["service"]
    assert again.split(".S")[0] == PEER_2.split(".S", maxsplit=1)[0]


USES = st.lists(
    st.one_of(
        st.tuples(st.sampled_from([r for r in Relationship if r is not Relationship.KEY_AGREEMENT]), st.just(ED25519)),
        st.tuples(st.just(Relationship.CAPABILITY_DELEGATION), st.just(P256)),
        st.tuples(st.just(Relationship.KEY_AGREEMENT), st.just(AGREEMENT)),
    ),
    min_size=1,
    max_size=6,
)
SERVICE = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["DIDCommMessaging", "dms", "A"]),
        "serviceEndpoint": st.sampled_from(["x", {"accept": []}]),
    },
    optional={"id": st.sampled_from(["#a"]), "more": st.sampled_from([None, 1, "type", {"routingKeys": ["a"]}])},
)


@settings(derandomize=True, deadline=None)
@given(USES, st.lists(SERVICE, max_size=2, unique_by=lambda each: each.get("id", id(each))))
def test_what_a_did_peer_2_is_made_of_is_what_it_says(keys: list[Any], services: list[Any]) -> None:
    did = peer2.encode(keys, services)
    document = peer.document(did)
    signing = [(f"{did}#key-{n}", r, key) for n, (r, key) in enumerate(keys, 1) if key != AGREEMENT]
    assert [(m.id, *m.relationships, m.key) for m in document.methods] == signing
    listed = shown(did).get("service", [])
    assert [{**each, "id": 0} for each in listed] == [{**each, "id": 0} for each in services]


def part(value: Any) -> str:
    return (
        "did:peer:2.V"
        + KEY[8:]
        + ".S"
        + base64url_encode(value if isinstance(value, bytes) else json.dumps(value).encode())
    )


PEERS_2 = {
    "no parts": "did:peer:2",
    "only a dot": "did:peer:2.",
    "no dot": "did:peer:2V" + KEY[8:],
    "services only": "did:peer:2.S" + base64url_encode(b'{"t":"a","s":"x"}'),
    "unknown letter": "did:peer:2.X" + KEY[8:],
    "lower case": "did:peer:2.v" + KEY[8:],
    "trailing dot": "did:peer:2.V" + KEY[8:] + ".",
    "no multibase": "did:peer:2.V" + KEY[9:],
    "x25519 to sign with": "did:peer:2.V" + x25519.to_multibase(AGREEMENT),
    "ed25519 to decrypt with": "did:peer:2.E" + KEY[8:],
    "32-trailing byte": "did:peer:2.Vz" + base58_encode(BODY + b"\0"),
    "33-low order": "did:peer:2.Vz" + base58_encode(b"\xed\x01" + bytes(32)),
    "long key": "did:peer:2.Vz" + "2" * 1000,
    "padding": part({"t": "a", "s": "x"}) + "=",
    "no json": part(b"x"),
    "no object": part([]),
    "21-duplicate": part(b'{"t":"a","t":"b","s":"x"}'),
    "short and long": part({"t": "a", "type": "b", "s": "x"}),
    "no type": part({"s": "x"}),
    "no endpoint": part({"t": "x"}),
    "absolute id": part({"id": "did:web:a.example#s", "t": "a", "s": "x"}),
    "id is a number": part({"id": 5, "t": "a", "s": "x"}),
    "id twice": part({"id": "#s", "t": "a", "s": "x"}) + part({"id": "#s", "t": "a", "s": "x"})[len("did:peer:2") :],
    "1-deep": part(b'{"t":"a","s":' + b"[" * 9 + b"]" * 9 + b"}"),
    "too long": "did:peer:2" + (".V" + KEY[8:]) * 50,
    "kind 0": "did:peer:0" + KEY[8:],
    "kind 1": "did:peer:1zQmZMygzYqNwU6Uhmewx5Xepf2VLp5S4HLSwwgf2aiKZuwa",
    "kind 3": "did:peer:3zQmd6RdU6e2nDrLn1rjwdA5Buzq7wJwsv3WJ1AgrwKYJoLE",
    "kind 22": "did:peer:22.V" + KEY[8:],
    "url": "did:peer:2.V" + KEY[8:] + "#key-1",
}


@pytest.mark.parametrize("did", PEERS_2.values(), ids=PEERS_2.keys())
def test_did_peers_2_that_are_none(did: str) -> None:
    with pytest.raises(MalformedError):
        peer.document(did)
    with pytest.raises(ResolutionError):
        LocalResolver().resolve(did)
    assert failed(did) == Fault.INVALID_DID


@pytest.mark.parametrize(
    ("keys", "services"),
    [
        ([], []),
        ([(Relationship.KEY_AGREEMENT, ED25519)], []),
        ([(Relationship.AUTHENTICATION, AGREEMENT)], []),
        ([("authentications", ED25519)], []),
        ([(Relationship.AUTHENTICATION, ED25519)], [{"id": "s", "type": "a", "serviceEndpoint": "x"}]),
        ([(Relationship.AUTHENTICATION, ED25519)], [{"type": "a"}]),
        ([(Relationship.AUTHENTICATION, ED25519)], [{"t": "a", "type": "a", "serviceEndpoint": "x"}]),
        ([(Relationship.AUTHENTICATION, ED25519)], [{"type": "a", "serviceEndpoint": {1, 2}}]),
        ([(Relationship.AUTHENTICATION, ED25519)], [{"type": "a", "serviceEndpoint": float("nan")}]),
        ([(Relationship.AUTHENTICATION, ED25519)], ["x"]),
        ([(Relationship.AUTHENTICATION, ED25519)] * 50, []),
    ],
)
def test_did_peers_2_that_cannot_be_made(keys: Any, services: Any) -> None:
    with pytest.raises(InputError):
        peer2.encode(keys, services)


# did:peer of the kind 4.


def method(name: str = "#k", key: Any = ED25519, **more: Any) -> dict[str, Any]:
    return {"id": name, "type": "Multikey", "publicKeyMultibase": multikey.to_multibase(key), **more}


INPUT = {"verificationMethod": [method()], "capabilityInvocation": ["#k"], "authentication": [method("#m", P256)]}
PEER_4 = peer4.encode(INPUT)
SHORT = peer4.short(PEER_4)


def test_did_peer_4_long_and_short() -> None:
    # The example of the method's first implementation.
    example = "did:peer:4zQmb7xLdVY9TXx8oov5XgpGUmGELgqiAV2699s43i6Qdm3M:zQSJgiFTYiCHjQ9MktwNThRXM7a"
    assert peer4.encode({"hello": "world"}) == example
    assert PEER_4.startswith(f"{SHORT}:z")
    head, tail = PEER_4.removeprefix("did:peer:4").split(":")
    assert multibase.decode(head) == multihash.digest(tail.encode(), "sha2-256")
    codec, raw = multicodec.unwrap(multibase.decode(tail))
    assert (codec.name, json.loads(raw)) == ("json", INPUT)
    document = shown(PEER_4)
    assert document["alsoKnownAs"] == [SHORT]
    assert [each["controller"] for each in document["verificationMethod"] + document["authentication"]] == [PEER_4] * 2
    found = peer.document(PEER_4)
    assert found.keys_for(Relationship.CAPABILITY_INVOCATION) == (ED25519,)
    assert found.keys_for(Relationship.AUTHENTICATION) == (P256,)
    assert resolved(PEER_4).metadata.equivalent_id == (SHORT,)


def test_a_short_form_resolves_for_whoever_has_the_long_one() -> None:
    assert failed(SHORT) == Fault.NOT_FOUND
    with pytest.raises(ResolutionError):
        LocalResolver().resolve(SHORT)
    by = PeerResolver([PEER_4])
    found = resolution(by, SHORT)
    assert found.did_document is not None
    assert (found.did_document["id"], found.did_document["alsoKnownAs"]) == (SHORT, [PEER_4])
    assert [each.id for each in by.resolve(SHORT).methods] == [f"{SHORT}#k", f"{SHORT}#m"]
    assert by.resolve(PEER_4) == peer.document(PEER_4)
    assert by.resolve(PEER_2) == peer.document(PEER_2)
    with pytest.raises(ResolutionError):
        PeerResolver().resolve(SHORT)
    with pytest.raises(MalformedError):
        PeerResolver([SHORT])


def test_a_key_that_ends_needs_a_clock() -> None:
    did = peer4.encode({"verificationMethod": [method(expires="2027-01-01T00:00:00Z"), method("#m")]})
    assert [each.id for each in peer.document(did).methods] == [f"{did}#m"]
    now = datetime(2026, 1, 1, tzinfo=UTC)
    assert len(PeerResolver(clock=lambda: now).resolve(did).methods) == 2
    assert len(PeerResolver(clock=lambda: now.replace(year=2028)).resolve(did).methods) == 1


def raw(content: bytes, codec: bytes = b"\x80\x04") -> str:
    text = "z" + base58_encode(codec + content)
    return f"did:peer:4{peer4._hash(text)}:{text}"


def made(**members: Any) -> str:
    return raw(json.dumps(members).encode())


PEERS_4 = {
    "another hash": PEER_4[:12] + ("2" if PEER_4[12] != "2" else "3") + PEER_4[13:],
    "another document": PEER_4[:-1] + ("2" if PEER_4[-1] != "2" else "3"),
    "hash of another": SHORT + ":" + peer4.encode({"a": 1}).rpartition(":")[2],
    "no hash": "did:peer:4:" + PEER_4.rpartition(":")[2],
    "two documents": PEER_4 + ":" + PEER_4.rpartition(":")[2],
    "empty document": SHORT + ":",
    "base16": raw(b"{}").replace(":z", ":f"),
    "cbor": raw(b"{}", b"\x51"),
    "no json": raw(b"x"),
    "empty": raw(b""),
    "no object": raw(b"[]"),
    "21-duplicate": raw(b'{"a":1,"a":2}'),
    "12-trailing": raw(b"{}{}"),
    "1-deep": raw(b'{"a":' + b"[" * 40 + b"]" * 40 + b"}"),
    "id": made(id="did:web:a.example"),
    "31-controller": made(verificationMethod=[method(controller="did:web:a.example")]),
    "absolute method": made(verificationMethod=[method("did:web:a.example#k")]),
    "absolute embedded": made(authentication=[method("did:web:a.example#k")]),
    "method without id": made(verificationMethod=[{"type": "Multikey"}]),
    "names none": made(authentication=["#k"]),
    "methods are text": made(verificationMethod="x"),
    "relationship is text": made(authentication="#k"),
    "names are text": made(alsoKnownAs="x"),
    "25-secret": made(verificationMethod=[method(secretKeyMultibase="z3u2")]),
    "33-low order": made(verificationMethod=[method(publicKeyMultibase="z" + base58_encode(b"\xed\x01" + bytes(32)))]),
    "too long": made(a="x" * 1600),
}


@pytest.mark.parametrize("did", PEERS_4.values(), ids=PEERS_4.keys())
def test_did_peers_4_that_are_none(did: str) -> None:
    with pytest.raises(MalformedError):
        peer.document(did)
    assert failed(did) == Fault.INVALID_DID


@pytest.mark.parametrize(
    "document",
    [
        {"id": "x"},
        {"verificationMethod": [method("k")]},
        {"a": {1}},
        {"a": "x" * 1600},
        {"a": "x" * 3000},
        {"authentication": ["#k"]},
        {"a": float("inf")},
    ],
)
def test_did_peers_4_that_cannot_be_made(document: Any) -> None:
    with pytest.raises(InputError):
        peer4.encode(document)
