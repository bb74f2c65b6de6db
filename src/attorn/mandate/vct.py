"""The four types of mandate of AP2 v0.2, version included: no other spelling is any of them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from attorn.canonical import JsonValue
from attorn.display import shown
from attorn.errors import MandateError
from attorn.handed import require_mapping


class Vct(StrEnum):
    """The value of `vct` in a content."""

    OPEN_CHECKOUT = "mandate.checkout.open.1"
    CHECKOUT = "mandate.checkout.1"
    OPEN_PAYMENT = "mandate.payment.open.1"
    PAYMENT = "mandate.payment.1"

    def require(self, content: Mapping[str, JsonValue]) -> None:
        """Raises `MandateError` unless the content is of exactly this type, `InputError` for what is no mapping."""
        require_mapping(content, "mandate")
        if content.get("vct") != self:
            raise MandateError(f"vct: expected {self}, got {shown(content.get('vct'))}")
