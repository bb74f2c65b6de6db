"""Keys from 32 bytes and what they sign, made once: a world has few keys, and all of its cases are made with them."""

from __future__ import annotations

from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from nacl.signing import SigningKey

MOST = 20_000


@lru_cache(MOST)
def ed25519(seed: bytes) -> SigningKey:
    return SigningKey(seed)


@lru_cache(MOST)
def p256(seed: bytes) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(seed, "big"), ec.SECP256R1())


@lru_cache(MOST)
def point(seed: bytes) -> tuple[int, int]:
    """The public key of P-256."""
    found = p256(seed).public_key().public_numbers()
    return found.x, found.y


@lru_cache(MOST)
def signature(seed: bytes, message: bytes) -> bytes:
    """Of Ed25519."""
    return ed25519(seed).sign(message).signature


@lru_cache(MOST)
def numbers(seed: bytes, message: bytes) -> tuple[int, int]:
    """A signature of P-256."""
    return decode_dss_signature(p256(seed).sign(message, ec.ECDSA(SHA256(), deterministic_signing=True)))
