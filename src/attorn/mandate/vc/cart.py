"""AP2 v0.1 CartMandate: what a merchant offers, at which price, for how long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, ClassVar

from attorn.mandate.vc.kinds import FLAG, INSTANT, TEXT, TOKEN, Of
from attorn.mandate.vc.mandate import Mandate
from attorn.mandate.vc.request import PaymentRequest
from attorn.mandate.vc.shape import Shape


@dataclass(frozen=True, slots=True, kw_only=True)
class CartContents(Shape):
    """The cart."""

    id: Annotated[str, TEXT]
    user_cart_confirmation_required: Annotated[bool, FLAG]
    payment_request: Annotated[PaymentRequest, Of(PaymentRequest)]
    cart_expiry: Annotated[datetime, INSTANT]
    merchant_name: Annotated[str, TEXT]


@dataclass(frozen=True, slots=True, kw_only=True)
class CartMandate(Mandate):
    """The cart, and perhaps AP2's own signature of it: a JWT, see `authorize_cart`."""

    NAME: ClassVar[str] = "CartMandate"

    contents: Annotated[CartContents, Of(CartContents)]
    merchant_authorization: Annotated[str | None, TOKEN] = None
