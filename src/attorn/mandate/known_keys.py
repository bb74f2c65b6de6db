"""Agents' keys that a verifier has read before: to build one and to find that it is a point costs as much as its JSON.

A key is found by its two coordinates as they were written, and is nothing but what they say: no time is in it, and no
trust. What was refused is not remembered.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from attorn.canonical import JsonValue
from attorn.keys.ec_key import Curve, EcKey
from attorn.mandate.agent_key import p256_of
from attorn.recent import Recent

MOST: Final = 256
"""How many are remembered, unless somebody says otherwise."""
_PLAIN: Final = 4
"""How many members a JWK has that says which key of P-256 it is, and nothing else."""


class KnownKeys:
    """The `most` keys read last. It may be called from several threads at once."""

    __slots__ = ("_known",)

    def __init__(self, most: int = MOST) -> None:
        self._known: Recent[tuple[str, str], EcKey] = Recent(most)

    def read(self, jwk: Mapping[str, JsonValue]) -> EcKey:
        """As `p256_of`."""
        x, y = jwk.get("x"), jwk.get("y")
        plain = len(jwk) == _PLAIN and jwk.get("kty") == "EC" and jwk.get("crv") == "P-256"
        if not plain or not isinstance(x, str) or not isinstance(y, str):
            return p256_of(jwk)
        found = self._known.get((x, y))
        if found is None:
            found = EcKey.at(Curve.P256, x, y)
            self._known.put((x, y), found)
        return found
