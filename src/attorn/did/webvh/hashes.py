"""The hashes of did:webvh 1.0: base58btc of a SHA-256 multihash, over canonical JSON (RFC 8785)."""

from __future__ import annotations

import hashlib
from typing import Final

from attorn.canonical import JsonValue, canonicalise
from attorn.encoding import base58_decode, base58_encode
from attorn.errors import MalformedError

_SHA_256: Final = b"\x12\x20"
_CHARACTERS: Final = 46


def hash_bytes(data: bytes) -> str:
    """The hash of bytes, as text of 46 characters."""
    return base58_encode(_SHA_256 + hashlib.sha256(data).digest())


def hash_json(value: JsonValue) -> str:
    """The hash of the canonical form of a JSON value. Raises `InputError` for what has none."""
    return hash_bytes(canonicalise(value))


def is_hash(text: str) -> bool:
    """Whether `text` is such a hash, in its one spelling."""
    if len(text) != _CHARACTERS:
        return False
    try:
        data = base58_decode(text)
    except MalformedError:
        return False
    return len(data) == 34 and data.startswith(_SHA_256)
