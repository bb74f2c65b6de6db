"""P-256 by way of `cryptography`: points, signatures, private keys.

Imported where a P-256 key is first used, because loading OpenSSL takes longer than loading the rest of attorn.
"""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from attorn.errors import MalformedError, UnavailableError
from attorn.keys import ecdsa

_CURVE = ec.SECP256R1()


def is_point(data: bytes) -> bool:
    """Whether SEC 1 `data` is a point on the curve."""
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, data)
    except ValueError:
        return False
    return True


def coordinates(data: bytes) -> tuple[bytes, bytes]:
    """x and y of the compressed point `data`, 32 bytes each. Raises `MalformedError` if it is no point."""
    try:
        point = ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, data).public_numbers()
    except ValueError:
        raise MalformedError("P-256 public key is not a point on the curve") from None
    return point.x.to_bytes(32, "big"), point.y.to_bytes(32, "big")


def verify(data: bytes, raw: bytes, message: bytes) -> bool:
    """Whether the key `data` made the signature `raw` (r||s, in range) over the SHA-256 of `message`."""
    try:
        point = ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, data)
        point.verify(ecdsa.raw_to_der(raw), message, ec.ECDSA(SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return True


class PrivateKey:
    """The private key of a scalar in 1..n-1. It shows its public half only."""

    __slots__ = ("_private", "public")

    def __init__(self, scalar: int) -> None:
        self._private = ec.derive_private_key(scalar, _CURVE)
        numbers = self._private.public_key().public_numbers()
        self.public = bytes((2 + numbers.y % 2,)) + numbers.x.to_bytes(32, "big")

    def __repr__(self) -> str:
        return f"PrivateKey(public={self.public.hex()})"

    def sign(self, message: bytes, *, deterministic: bool = True) -> bytes:
        """A signature r||s, low S, deterministic (RFC 6979) or with a fresh random number.

        Raises `UnavailableError` for a deterministic one if OpenSSL is older than 3.2.
        """
        try:
            der = self._private.sign(message, ec.ECDSA(SHA256(), deterministic_signing=deterministic))
        except UnsupportedAlgorithm:
            raise UnavailableError("this OpenSSL cannot make deterministic ECDSA signatures") from None
        return ecdsa.to_low_s(ecdsa.der_to_raw(der, low_s=False))

    def scalar(self) -> bytes:
        """The 32-byte scalar itself."""
        return self._private.private_numbers().private_value.to_bytes(32, "big")
