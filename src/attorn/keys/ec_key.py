"""Public keys of ECDSA in JOSE: ES256, ES384, ES512 (RFC 7518 section 3.4) and ES256K (RFC 8812), to verify with.

The point is found once and kept: to decompress one costs a quarter of a signature.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512

from attorn.canonical import JsonValue
from attorn.display import shown
from attorn.encoding import base64url_decode, base64url_encode
from attorn.errors import InputError, MalformedError
from attorn.keys import p256
from attorn.keys.jwk import PRIVATE, require_kid
from attorn.keys.public import Algorithm, PublicKey


class Curve(StrEnum):
    """By the names of a JWK's `crv`."""

    P256 = "P-256"
    P384 = "P-384"
    P521 = "P-521"
    SECP256K1 = "secp256k1"

    @property
    def alg(self) -> str:
        """What JOSE calls ECDSA over it."""
        return _ALGS[self]

    @property
    def size(self) -> int:
        """Bytes of a coordinate, and of each half of a signature."""
        return _SIZES[self]


_NAMED: Final[Mapping[str, Curve]] = {str(curve): curve for curve in Curve}
_PRIVATE: Final = frozenset(PRIVATE)
_ALGS: Final = {Curve.P256: "ES256", Curve.P384: "ES384", Curve.P521: "ES512", Curve.SECP256K1: "ES256K"}
_SIZES: Final = {Curve.P256: 32, Curve.P384: 48, Curve.P521: 66, Curve.SECP256K1: 32}
_GROUPS: Final = {
    Curve.P256: ec.SECP256R1(),
    Curve.P384: ec.SECP384R1(),
    Curve.P521: ec.SECP521R1(),
    Curve.SECP256K1: ec.SECP256K1(),
}
_SCHEMES: Final = {
    Curve.P256: ec.ECDSA(SHA256()),
    Curve.P384: ec.ECDSA(SHA384()),
    Curve.P521: ec.ECDSA(SHA512()),
    Curve.SECP256K1: ec.ECDSA(SHA256()),
}


@dataclass(frozen=True, slots=True)
class EcKey:
    """A point that has been found to be on its curve. Made by `of`, `read` and `at`."""

    curve: Curve
    x: bytes
    y: bytes
    _point: ec.EllipticCurvePublicKey = field(repr=False, compare=False)

    @classmethod
    def of(cls, key: PublicKey) -> EcKey:
        """The same key. Raises `InputError` for one that is not of P-256, `MalformedError` for one that is no point."""
        if not isinstance(key, PublicKey) or key.algorithm is not Algorithm.P256:
            raise InputError("expected a P-256 key")
        return cls._on(Curve.P256, *p256.coordinates(key.data))

    @classmethod
    def read(cls, jwk: Mapping[str, JsonValue], *, curves: Collection[Curve]) -> EcKey:
        """The public key on one of these curves that a JWK is. Raises `MalformedError`.

        Refused is a private key, one that is not for verifying signatures, an `alg` that is not the curve's, and a
        `kid` that is no text.
        """
        if not _PRIVATE.isdisjoint(jwk):
            raise MalformedError("JWK: expected a public key, got private members")
        found = jwk.get("crv")
        curve = _NAMED.get(found) if isinstance(found, str) else None
        if jwk.get("kty") != "EC" or curve is None or curve not in curves:
            raise MalformedError(f"JWK: expected kty EC and crv {' or '.join(curves)}, got crv {shown(found)}")
        for name, wanted in (("use", "sig"), ("alg", curve.alg)):
            if jwk.get(name, wanted) != wanted:
                raise MalformedError(f"JWK: expected {name} {wanted}, where it is there, got {name} {shown(jwk[name])}")
        if "key_ops" in jwk and jwk["key_ops"] != ["verify"]:
            raise MalformedError("JWK: expected key_ops as verify alone, where it is there")
        require_kid(jwk)
        return cls.at(curve, jwk.get("x"), jwk.get("y"))

    @classmethod
    def at(cls, curve: Curve, x: JsonValue, y: JsonValue) -> EcKey:
        """The key with these coordinates in base64url; nothing else of a JWK is looked at. Raises `MalformedError`."""
        size = _SIZES[curve]
        return cls._on(curve, _coordinate(x, "x", size), _coordinate(y, "y", size))

    @classmethod
    def _on(cls, curve: Curve, x: bytes, y: bytes) -> EcKey:
        try:
            point = ec.EllipticCurvePublicKey.from_encoded_point(_GROUPS[curve], b"\x04" + x + y)
        except ValueError:
            raise MalformedError(f"JWK: x and y are not a point of {curve}") from None
        return cls(curve, x, y, point)

    @property
    def algs(self) -> tuple[str, ...]:
        """What a header may call the algorithm of this key."""
        return (self.curve.alg,)

    @property
    def public_key(self) -> PublicKey | None:
        """The same key as attorn's own type, which has P-256 alone; None for others."""
        if self.curve is not Curve.P256:
            return None
        return PublicKey(Algorithm.P256, bytes((2 + self.y[-1] % 2,)) + self.x)

    def write(self) -> dict[str, JsonValue]:
        """The members that say which key it is, and no others: some readers refuse more."""
        return {"crv": self.curve.value, "kty": "EC", "x": base64url_encode(self.x), "y": base64url_encode(self.y)}

    def verify(self, signature: bytes, message: bytes) -> bool:
        """Whether this key made the signature r||s, either half of s, over `message`. False, never an error, if not."""
        size = _SIZES[self.curve]
        if len(signature) != 2 * size:
            return False
        r, s = int.from_bytes(signature[:size], "big"), int.from_bytes(signature[size:], "big")
        try:
            self._point.verify(encode_dss_signature(r, s), message, _SCHEMES[self.curve])
        except InvalidSignature:
            return False
        return True


def _coordinate(text: JsonValue, name: str, size: int) -> bytes:
    if not isinstance(text, str) or len(text) != (size * 4 + 2) // 3:
        raise MalformedError(f"JWK: expected {name} as {size} bytes in base64url")
    return base64url_decode(text)
