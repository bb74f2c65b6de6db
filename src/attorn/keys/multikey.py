"""Multikey: a public key as multicodec bytes, and as multibase text, in one canonical form each.

Controlled Identifiers 1.0 section 2.2.2; codes `ed25519-pub` (0xed) and `p256-pub` (0x1200) of the multicodec table.
"""

from __future__ import annotations

from attorn.encoding import base58_decode, base58_encode
from attorn.errors import InputError, MalformedError
from attorn.keys.public import Algorithm, PublicKey

_CODE = {Algorithm.ED25519: b"\xed\x01", Algorithm.P256: b"\x80\x24"}
_ALGORITHM = {code: algorithm for algorithm, code in _CODE.items()}
_LONGEST_TEXT = 64


def encode(key: PublicKey) -> bytes:
    """The multicodec bytes of `key`: two bytes of code, then the key."""
    if not isinstance(key, PublicKey):
        raise InputError(f"multikey: expected a PublicKey, got {type(key).__name__}")
    return _CODE[key.algorithm] + key.data


def algorithm_of(data: bytes) -> Algorithm | None:
    """Which algorithm multicodec `data` says that it is a public key of; None for anything else."""
    return _ALGORITHM.get(data[:2])


def decode(data: bytes) -> PublicKey:
    """The key in multicodec `data`, fully checked. Raises `MalformedError`, also for an unknown algorithm."""
    key = read(data)
    return PublicKey.checked(key.algorithm, key.data)


def read(data: bytes) -> PublicKey:
    """The key in multicodec `data` as it stands; whether there is such a point is left to its signatures.

    Raises `MalformedError` for data that cannot be a key.
    """
    if not isinstance(data, bytes):
        raise InputError(f"multikey: expected bytes, got {type(data).__name__}")
    algorithm = algorithm_of(data)
    if algorithm is None:
        raise MalformedError("multikey: expected an Ed25519 or P-256 public key")
    return PublicKey(algorithm, data[2:])


def to_multibase(key: PublicKey) -> str:
    """The text of `key`: `z`, then base58btc of its multicodec bytes."""
    return "z" + base58_encode(encode(key))


def from_multibase(text: str) -> PublicKey:
    """The key that multibase `text` spells, fully checked; only base58btc is allowed. Raises `MalformedError`."""
    if not isinstance(text, str):
        raise InputError(f"multikey: expected str, got {type(text).__name__}")
    if not text.startswith("z") or len(text) > _LONGEST_TEXT:
        raise MalformedError(f"multikey: expected 'z' and at most {_LONGEST_TEXT - 1} base58btc characters")
    return decode(base58_decode(text[1:]))
