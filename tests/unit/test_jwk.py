"""JSON Web Keys: public keys for verifying, nothing else; thumbprints as others compute them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jwcrypto import jwk as other

from attorn.encoding import base64url_decode, base64url_encode
from attorn.errors import InputError, MalformedError
from attorn.keys.jwk import from_jwk, thumbprint, to_jwk
from attorn.keys.public import Algorithm, PublicKey
from attorn.keys.signer import Ed25519Signer, P256Signer

OKP = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
EC = {
    "kty": "EC",
    "crv": "P-256",
    "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
    "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
}
D = "870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE"


def test_the_keys_of_the_rfcs() -> None:
    # RFC 8037 appendix A.2 and A.3; RFC 7517 appendix A.1.
    key = from_jwk(OKP)
    assert key.data.hex() == "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    assert thumbprint(key) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
    assert to_jwk(key) == OKP
    assert from_jwk(EC).algorithm is Algorithm.P256
    assert to_jwk(from_jwk(EC)) == EC


@settings(derandomize=True, deadline=None, max_examples=40)
@given(st.binary(min_size=32, max_size=32))
def test_another_implementation_reads_the_same(seed: bytes) -> None:
    for key in (Ed25519Signer.from_seed(seed).public_key, P256Signer.from_scalar(b"\x01" + seed[1:]).public_key):
        jwk = to_jwk(key)
        assert list(jwk) == sorted(jwk)
        assert from_jwk(jwk) == key
        theirs = other.JWK.from_json(json.dumps(jwk))
        assert theirs.thumbprint() == thumbprint(key)
        assert from_jwk(json.loads(theirs.export_public())) == key


@pytest.mark.parametrize(
    "extra",
    [
        {"kid": "anything"},
        {"kid": ""},
        {"use": "sig"},
        {"key_ops": ["verify"]},
        {"key_ops": ["sign", "verify"]},
        {"alg": "EdDSA"},
        {"alg": "Ed25519"},
        {"x5u": "https://elsewhere.example/"},
        {"made_up": [1, {"two": None}]},
    ],
)
def test_harmless_members_change_nothing(extra: dict[str, object]) -> None:
    assert from_jwk(OKP | extra) == from_jwk(OKP)


@pytest.mark.parametrize(
    ("base", "change"),
    [
        (OKP, {"d": D}),
        (EC, {"d": D}),
        (EC, {"d": None}),
        (OKP, {"k": D}),
        (OKP, {"p": D}),
        (OKP, {"oth": []}),
        (OKP, {"use": "enc"}),
        (OKP, {"use": None}),
        (OKP, {"use": ["sig"]}),
        (OKP, {"key_ops": []}),
        (OKP, {"key_ops": ["sign"]}),
        (OKP, {"key_ops": "verify"}),
        (OKP, {"key_ops": ["verify", "verify"]}),
        (OKP, {"key_ops": ["verify", "sign", "sign"]}),
        (OKP, {"key_ops": ["verify", 1]}),
        (OKP, {"key_ops": ["verify", {}]}),
        (OKP, {"key_ops": None}),
        (OKP, {"alg": "none"}),
        (OKP, {"alg": "HS256"}),
        (OKP, {"alg": "ES256"}),
        (OKP, {"alg": None}),
        (OKP, {"alg": []}),
        (OKP, {"kid": None}),
        (OKP, {"kid": 5}),
        (OKP, {"kid": ["a"]}),
        (EC, {"kid": {}}),
        (EC, {"kid": False}),
        (EC, {"use": 1}),
        (EC, {"alg": {}}),
        (EC, {"alg": "ES384"}),
        (EC, {"alg": "EdDSA"}),
        (OKP, {"kty": "EC"}),
        (OKP, {"kty": "oct"}),
        (OKP, {"kty": "okp"}),
        (OKP, {"kty": None}),
        (OKP, {"kty": []}),
        (EC, {"kty": "OKP"}),
        (EC, {"kty": "RSA"}),
        (OKP, {"crv": "X25519"}),
        (OKP, {"crv": "Ed448"}),
        (OKP, {"crv": "ed25519"}),
        (EC, {"crv": "secp256k1"}),
        (EC, {"crv": "P-384"}),
        (OKP, {"y": EC["y"]}),
        (OKP, {"x": ""}),
        (OKP, {"x": None}),
        (OKP, {"x": 5}),
        (OKP, {"x": OKP["x"] + "="}),
        (OKP, {"x": OKP["x"][:-1]}),
        (OKP, {"x": OKP["x"] + "A"}),
        (OKP, {"x": OKP["x"][:-1] + "p"}),
        (OKP, {"x": OKP["x"].replace("_", "/")}),
        (OKP, {"x": OKP["x"][:20] + " " + OKP["x"][21:]}),
        (OKP, {"x": base64url_encode(bytes(32))}),
        (OKP, {"x": base64url_encode(b"\x02" + bytes(31))}),
        (EC, {"y": OKP["x"]}),
        (EC, {"x": EC["y"], "y": EC["x"]}),
        (EC, {"x": base64url_encode(bytes(32)), "y": base64url_encode(bytes(32))}),
        (EC, {"x": base64url_encode(b"\0" + base64url_decode(EC["x"]))}),
        (EC, {"x": base64url_encode(b"\xff" * 32)}),
        (EC, {"y": None}),
    ],
)
def test_other_keys_are_refused(base: dict[str, object], change: dict[str, object]) -> None:
    with pytest.raises(MalformedError) as caught:
        from_jwk(base | change)
    assert D not in str(caught.value)


@pytest.mark.parametrize(("base", "name"), [(OKP, "kty"), (OKP, "crv"), (OKP, "x"), (EC, "x"), (EC, "y"), (EC, "crv")])
def test_missing_members_are_refused(base: dict[str, str], name: str) -> None:
    with pytest.raises(MalformedError):
        from_jwk({key: value for key, value in base.items() if key != name})


@pytest.mark.parametrize("jwk", [None, "{}", [], b"", 5])
def test_what_is_no_mapping_is_the_callers_mistake(jwk: object) -> None:
    with pytest.raises(InputError):
        from_jwk(jwk)  # type: ignore[arg-type]


def test_a_key_that_is_no_point_has_no_jwk() -> None:
    with pytest.raises(MalformedError):
        to_jwk(PublicKey(Algorithm.P256, b"\x02" + b"\xff" * 32))
