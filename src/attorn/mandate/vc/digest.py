"""By which digests mandates name each other: SHA-256 over canonical JSON (RFC 8785), in base64url without padding."""

from __future__ import annotations

import hashlib
from typing import Final

from attorn.canonical import JsonValue, canonicalise
from attorn.encoding import base64url_encode
from attorn.errors import InputError, MandateError

PREFIX: Final = "sha-256:"
"""Before the digest of a credential, which says by what it was made."""


def hash_of(value: JsonValue) -> str:
    """The bare digest of a JSON value, 43 characters, as AP2's own signatures name it. Raises `MandateError`."""
    try:
        octets = canonicalise(value)
    except InputError as error:
        raise MandateError(f"digest: {error}") from None
    return base64url_encode(hashlib.sha256(octets).digest())


def digest_of(document: dict[str, JsonValue]) -> str:
    """The digest of a credential without what secures it: the same in every form of securing. Raises `MandateError`."""
    return PREFIX + hash_of(document)
