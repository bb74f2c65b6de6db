"""The content of a closed checkout mandate: one checkout, as the merchant signed it (AP2 v0.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from attorn.canonical import JsonValue
from attorn.checkout.member import text
from attorn.checkout.signed import checkout_hash
from attorn.display import shown
from attorn.errors import ChainError, InputError, MalformedError
from attorn.mandate.vct import Vct
from attorn.sdjwt.digest import HashAlgorithm

MOST_JWT: Final = 65_536
"""Longest checkout_jwt, in characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedCheckout:
    """The compact `checkout_jwt`, None where it is not disclosed, and the hash that is claimed for it.

    Nothing here is verified, the hash neither: whoever verifies derives it from `checkout_jwt`. What all mandates have
    (`iat`, `exp`, `nbf`) is the chain's. Raises `InputError` for fields that are no text.
    """

    unverified_hash: str
    unverified_jwt: str | None = field(repr=False)

    def __post_init__(self) -> None:
        if not isinstance(self.unverified_hash, str) or not self.unverified_hash:
            raise InputError("checkout_hash: expected text")
        if self.unverified_jwt is not None and (not isinstance(self.unverified_jwt, str) or not self.unverified_jwt):
            raise InputError("checkout_jwt: expected text or None")

    def require_hash(self, algorithm: HashAlgorithm) -> None:
        """Raises `ChainError` unless the hash is that of `checkout_jwt`, which must be there, by this algorithm."""
        if checkout_hash(self.unverified_jwt or "", algorithm) != self.unverified_hash:
            raise ChainError("mandate: its checkout_hash is not the hash of its checkout_jwt")

    @classmethod
    def read(cls, content: Mapping[str, JsonValue]) -> ClosedCheckout:
        """The checkout that a content names; members of other names are passed over.

        Raises `MandateError` for another `vct`, `MalformedError` for a member of another kind,
        `InputError` for what is no mapping.
        """
        Vct.CHECKOUT.require(content)
        return cls(
            unverified_hash=text(content.get("checkout_hash"), "checkout_hash"),
            unverified_jwt=_jwt(content["checkout_jwt"]) if "checkout_jwt" in content else None,
        )

    def write(self) -> dict[str, JsonValue]:
        """The content that says this, without what all mandates have. `checkout_jwt` is to be made disclosable."""
        content: dict[str, JsonValue] = {"vct": str(Vct.CHECKOUT), "checkout_hash": self.unverified_hash}
        if self.unverified_jwt is not None:
            content["checkout_jwt"] = self.unverified_jwt
        return content


def _jwt(value: JsonValue) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= MOST_JWT:
        raise MalformedError(f"checkout_jwt: expected text of 1 to {MOST_JWT} characters, got {shown(value)}")
    return value
