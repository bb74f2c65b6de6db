"""What is paid for: items, and ways to have them shipped (W3C Payment Request, as AP2 v0.1 spells it)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from attorn.mandate.vc.kinds import AMOUNT, DAYS, FLAG, TEXT
from attorn.mandate.vc.shape import Shape
from attorn.request.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentItem(Shape):
    """One line of a cart, or its total.

    `pending`: the amount is not final. `refund_period` is in days. `sku` is attorn's own: what AP2 v0.1 lets an intent
    name and no cart say.
    """

    label: Annotated[str, TEXT]
    amount: Annotated[Money, AMOUNT]
    pending: Annotated[bool | None, FLAG] = None
    refund_period: Annotated[int, DAYS] = 30
    sku: Annotated[str | None, TEXT] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentShippingOption(Shape):
    """A way to ship, and what it costs."""

    id: Annotated[str, TEXT]
    label: Annotated[str, TEXT]
    amount: Annotated[Money, AMOUNT]
    selected: Annotated[bool | None, FLAG] = False
