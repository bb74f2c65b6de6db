"""The hash algorithms of an SD-JWT (RFC 9901 section 4.1.1), and what is hashed with them: ASCII text."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from attorn.canonical import JsonValue
from attorn.display import shown
from attorn.encoding import base64url_encode
from attorn.errors import MalformedError

ALGORITHM: Final = "_sd_alg"
"""The claim that names the algorithm."""


class HashAlgorithm(StrEnum):
    """Those that attorn knows, by their names in IANA's registry of named information."""

    SHA_256 = "sha-256"
    SHA_384 = "sha-384"
    SHA_512 = "sha-512"

    @classmethod
    def of(cls, payload: Mapping[str, JsonValue]) -> HashAlgorithm:
        """The algorithm that a payload names, SHA-256 if none. Raises `MalformedError` for one that is not here."""
        name = payload.get(ALGORITHM, cls.SHA_256)
        algorithm = _NAMED.get(name) if isinstance(name, str) else None
        if algorithm is None:
            raise MalformedError(f"SD-JWT: expected _sd_alg as one of {', '.join(cls)}, got {shown(name)}")
        return algorithm

    def digest(self, text: str) -> str:
        """The digest of ASCII `text`, in base64url: of a disclosure, of a JWT, or of an SD-JWT up to its last `~`."""
        return base64url_encode(_FUNCTIONS[self](text.encode("ascii")).digest())


_NAMED: Final[Mapping[str, HashAlgorithm]] = {str(algorithm): algorithm for algorithm in HashAlgorithm}
_FUNCTIONS: Final = {
    HashAlgorithm.SHA_256: hashlib.sha256,
    HashAlgorithm.SHA_384: hashlib.sha384,
    HashAlgorithm.SHA_512: hashlib.sha512,
}
