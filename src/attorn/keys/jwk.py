"""Public keys as JSON Web Keys (RFC 7517; RFC 8037 for Ed25519, RFC 7518 section 6.2 for P-256), and thumbprints."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from attorn.canonical import canonicalise
from attorn.display import shown
from attorn.encoding import base64url_decode, base64url_encode
from attorn.errors import InputError, MalformedError
from attorn.keys.public import Algorithm, PublicKey

PRIVATE = ("d", "p", "q", "dp", "dq", "qi", "oth", "k")
"""The members that only a private or secret key has."""

KINDS = (("OKP", "Ed25519"), ("EC", "P-256"))
"""`kty` and `crv` of the keys that attorn verifies signatures with."""

JWS_NAMES = {Algorithm.ED25519: ("EdDSA", "Ed25519"), Algorithm.P256: ("ES256",)}
"""What JOSE calls each algorithm (RFC 8037, RFC 9864, RFC 7518), the name to write first."""


def to_jwk(key: PublicKey) -> dict[str, str]:
    """The required members of `key` and nothing else. Raises `MalformedError` for a P-256 key that is no point."""
    if not isinstance(key, PublicKey):
        raise InputError(f"JWK: expected a PublicKey, got {type(key).__name__}")
    if key.algorithm is Algorithm.ED25519:
        return {"crv": "Ed25519", "kty": "OKP", "x": base64url_encode(key.data)}
    from attorn.keys import p256  # noqa: PLC0415 - loads OpenSSL, which most programs never need

    x, y = map(base64url_encode, p256.coordinates(key.data))
    return {"crv": "P-256", "kty": "EC", "x": x, "y": y}


def from_jwk(jwk: Mapping[str, object]) -> PublicKey:
    """The key that a parsed JWK describes, fully checked.

    Raises `MalformedError` for a private or secret key, a key that is not for verifying signatures, another type or
    curve, a `kid` that is no text, and coordinates of the wrong length or spelling. Other members are ignored (RFC
    7517 section 4).
    """
    if not isinstance(jwk, Mapping):
        raise InputError(f"JWK: expected a mapping, got {type(jwk).__name__}")
    if any(name in jwk for name in PRIVATE):
        raise MalformedError("JWK: expected a public key, got private members")
    kind, curve = jwk.get("kty"), jwk.get("crv")
    if not isinstance(kind, str) or not isinstance(curve, str):
        raise MalformedError("JWK: expected kty and crv as text")
    if (kind, curve) == ("OKP", "Ed25519"):
        algorithm = Algorithm.ED25519
        if "y" in jwk:
            raise MalformedError("JWK: an Ed25519 key has no y")
        data = _coordinate(jwk, "x")
    elif (kind, curve) == ("EC", "P-256"):
        algorithm = Algorithm.P256
        data = _compressed(_coordinate(jwk, "x"), _coordinate(jwk, "y"))
    else:
        raise MalformedError("JWK: expected kty OKP with crv Ed25519, or kty EC with crv P-256")
    require_kid(jwk)
    _check_purpose(jwk, algorithm)
    return PublicKey.checked(algorithm, data)


def thumbprint(key: PublicKey) -> str:
    """The JWK thumbprint of `key` (RFC 7638): base64url of the SHA-256 of its required members."""
    return base64url_encode(hashlib.sha256(canonicalise(to_jwk(key))).digest())


def require_kid(jwk: Mapping[str, object]) -> None:
    """Return where `kid` is text or not there (RFC 7517 section 4.5). Raises `MalformedError`."""
    if not isinstance(jwk.get("kid", ""), str):
        raise MalformedError("JWK: expected kid as text, where it is there")


def _check_purpose(jwk: Mapping[str, object], algorithm: Algorithm) -> None:
    if "use" in jwk and not _is(jwk["use"], "sig"):
        raise MalformedError(f"JWK: expected use sig, where it is there, got use {shown(jwk['use'])}")
    if "key_ops" in jwk:
        operations = jwk["key_ops"]
        # RFC 7517 section 4.3: operations are listed once each.
        if not isinstance(operations, list | tuple) or not all(isinstance(name, str) for name in operations):
            raise MalformedError("JWK: its key_ops are not a set of names")
        if operations.count("verify") != 1 or len(set(operations)) != len(operations):
            raise MalformedError("JWK: its key_ops do not name verify and every other operation once")
    names = JWS_NAMES[algorithm]
    if "alg" in jwk and not _is(jwk["alg"], *names):
        raise MalformedError(f"JWK: expected alg {' or '.join(names)}, where it is there, got alg {shown(jwk['alg'])}")


def _is(value: object, *names: str) -> bool:
    return isinstance(value, str) and value in names


def _coordinate(jwk: Mapping[str, object], name: str) -> bytes:
    text = jwk.get(name)
    if not isinstance(text, str) or len(text) != 43:
        raise MalformedError(f"JWK: expected {name} to be 43 characters of base64url")
    return base64url_decode(text)


def _compressed(x: bytes, y: bytes) -> bytes:
    from attorn.keys import p256  # noqa: PLC0415 - loads OpenSSL, which most programs never need

    if not p256.is_point(b"\x04" + x + y):
        raise MalformedError("JWK: x and y are not a point of P-256")
    return bytes((2 + y[-1] % 2,)) + x
