"""The floor: raw Ed25519 verification by PyNaCl over messages of given sizes, with nothing around it."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from nacl.bindings import crypto_sign, crypto_sign_open, crypto_sign_seed_keypair

Signed = tuple[bytes, bytes]
"""A signature followed by its message, and the public key that made it."""


def signed_messages(sizes: Sequence[int]) -> list[Signed]:
    """One signed message for each size in bytes, each by its own key."""
    out = []
    for number, size in enumerate(sizes):
        public, secret = crypto_sign_seed_keypair(sha256(b"benchmark floor %d" % number).digest())
        out.append((crypto_sign(b"\x5a" * size, secret), public))
    return out


def verify_all(messages: Sequence[Signed]) -> None:
    for signed, public in messages:
        crypto_sign_open(signed, public)


def verify_one(message: Signed) -> None:
    crypto_sign_open(*message)
