"""What comes again and again in the mandates of others, and means the same each time: headers, and agents' keys.

Both are found by their whole text, and are nothing but what that text says: no time is in it, and no trust. What was
refused is not remembered.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from attorn.canonical import JsonValue
from attorn.keys.ec_key import Curve, EcKey
from attorn.mandate.envelope import Header
from attorn.recent import Recent

MOST: Final = 256
"""How many of each are remembered."""
_MOST_HEADER: Final = 512
"""Longest header that is remembered, in characters: those with certificates are not."""
_PLAIN: Final = 4
"""How many members a JWK has that says which key of P-256 it is, and nothing else."""


class Recurring:
    """The headers and keys read last. It may be called from several threads at once."""

    __slots__ = ("_headers", "_keys")

    def __init__(self) -> None:
        self._headers: Recent[str, Header] = Recent(MOST)
        self._keys: Recent[tuple[str, str], EcKey] = Recent(MOST)

    def header(self, part: str) -> Header:
        """As `Header.read`."""
        if len(part) > _MOST_HEADER:
            return Header.read(part)
        found = self._headers.get(part)
        if found is None:
            found = Header.read(part)
            self._headers.put(part, found)
        return found

    def key(self, jwk: Mapping[str, JsonValue]) -> EcKey:
        """As `p256_of`."""
        x, y = jwk.get("x"), jwk.get("y")
        named = len(jwk) == _PLAIN and jwk.get("kty") == "EC" and jwk.get("crv") == "P-256"
        if not named or not isinstance(x, str) or not isinstance(y, str):
            return p256_of(jwk)
        found = self._keys.get((x, y))
        if found is None:
            found = p256_of(jwk)
            self._keys.put((x, y), found)
        return found


def p256_of(jwk: Mapping[str, JsonValue]) -> EcKey:
    """The public key of P-256 that a JWK is. Raises `MalformedError`."""
    return EcKey.read(jwk, curves=(Curve.P256,))
