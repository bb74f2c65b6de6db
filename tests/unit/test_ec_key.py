"""ECDSA keys on four curves: read from a JWK strictly, and the same answer as another library's."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from jwcrypto.jwk import JWK

from attorn.errors import InputError, MalformedError
from attorn.keys.ec_key import Curve, EcKey
from attorn.keys.jwk import to_jwk
from attorn.keys.signer import Ed25519Signer, P256Signer

GROUPS: dict[Curve, tuple[ec.EllipticCurve, hashes.HashAlgorithm]] = {
    Curve.P256: (ec.SECP256R1(), hashes.SHA256()),
    Curve.P384: (ec.SECP384R1(), hashes.SHA384()),
    Curve.P521: (ec.SECP521R1(), hashes.SHA512()),
    Curve.SECP256K1: (ec.SECP256K1(), hashes.SHA256()),
}
PRIVATE = {curve: ec.generate_private_key(group) for curve, (group, _) in GROUPS.items()}
PUBLIC: dict[Curve, dict[str, Any]] = {
    curve: {name: value for name, value in json.loads(JWK.from_pyca(key).export_public()).items() if name != "kid"}
    for curve, key in PRIVATE.items()
}


def signature(curve: Curve, message: bytes) -> bytes:
    r, s = decode_dss_signature(PRIVATE[curve].sign(message, ec.ECDSA(GROUPS[curve][1])))
    return r.to_bytes(curve.size, "big") + s.to_bytes(curve.size, "big")


@pytest.mark.parametrize("curve", Curve)
def test_a_key_verifies_its_own_signatures(curve: Curve) -> None:
    key = EcKey.read(PUBLIC[curve], curves=list(Curve))
    assert key.write() == PUBLIC[curve]
    good = signature(curve, b"message")
    assert key.verify(good, b"message")
    for wrong in (
        b"",
        good[:-1],
        good + b"\0",
        bytes(len(good)),
        good[: curve.size] + bytes(curve.size),
        good[::-1],
        good[: curve.size] + b"\0" + good[curve.size :],
    ):
        assert not key.verify(wrong, b"message")
    assert not key.verify(good, b"massage")
    assert not any(
        EcKey.read(PUBLIC[other], curves=[other]).verify(good, b"message") for other in Curve if other is not curve
    )


@pytest.mark.parametrize("curve", Curve)
@pytest.mark.parametrize(
    "wrong",
    [
        {"d": "AA"},
        {"kty": "OKP"},
        {"kty": None},
        {"crv": "P-224"},
        {"crv": ["P-256"]},
        {"use": "enc"},
        {"alg": "ES256X"},
        {"use": None},
        {"use": ["sig"]},
        {"alg": None},
        {"alg": ["ES256"]},
        {"kid": None},
        {"kid": 5},
        {"kid": True},
        {"kid": ["a"]},
        {"kid": {"a": "b"}},
        {"key_ops": ["sign"]},
        {"key_ops": ["verify", "sign"]},
        {"x": ""},
        {"x": None},
        {"y": "AA"},
        {"y": "=" * 43},
    ],
)
def test_other_jwks_are_refused(curve: Curve, wrong: dict[str, Any]) -> None:
    with pytest.raises(MalformedError, match=r"base64url|JWK"):
        EcKey.read({**PUBLIC[curve], **wrong}, curves=list(Curve))


@pytest.mark.parametrize("curve", Curve)
def test_the_curve_must_be_allowed_and_hold_the_point(curve: Curve) -> None:
    with pytest.raises(MalformedError, match="crv"):
        EcKey.read(PUBLIC[curve], curves=[other for other in Curve if other is not curve])
    with pytest.raises(MalformedError, match="not a point"):
        EcKey.read({**PUBLIC[curve], "y": PUBLIC[curve]["x"]}, curves=[curve])
    assert EcKey.read(
        {**PUBLIC[curve], "kid": "", "use": "sig", "alg": curve.alg, "key_ops": ["verify"]}, curves=[curve]
    ).algs == (curve.alg,)


def test_attorns_own_keys_are_the_same_keys() -> None:
    public = P256Signer.from_scalar(b"\x07" * 32).public_key
    key = EcKey.of(public)
    assert key.write() == to_jwk(public)
    assert key.public_key == public
    assert EcKey.read(PUBLIC[Curve.P384], curves=list(Curve)).public_key is None
    for other in (Ed25519Signer.from_seed(b"\x07" * 32).public_key, None, "key"):
        with pytest.raises(InputError):
            EcKey.of(other)  # type: ignore[arg-type]


def test_a_signer_may_be_unpredictable() -> None:
    signer = P256Signer.from_scalar(b"\x07" * 32)
    random = signer.unpredictable()
    made = {random.sign(b"message") for _ in range(4)}
    assert len(made) == 4
    assert all(signer.public_key.verify(each, b"message") for each in made)
    assert random.public_key == signer.public_key
    assert len({signer.sign(b"message") for _ in range(4)}) == 1
    with pytest.raises(InputError):
        random.sign("message")  # type: ignore[arg-type]
