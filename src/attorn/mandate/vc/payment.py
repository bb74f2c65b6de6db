"""AP2 v0.1 PaymentMandate: that a cart is to be paid, by which method."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, ClassVar

from attorn.mandate.vc.address import ContactAddress
from attorn.mandate.vc.item import PaymentItem, PaymentShippingOption
from attorn.mandate.vc.kinds import INSTANT, JSON, TEXT, TOKEN, Of
from attorn.mandate.vc.mandate import Mandate
from attorn.mandate.vc.shape import Shape


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentResponse(Shape):
    """How the payer chose to pay; `details` is the canonical text of an object that the method defines."""

    request_id: Annotated[str, TEXT]
    method_name: Annotated[str, TEXT]
    details: Annotated[str | None, JSON] = None
    shipping_address: Annotated[ContactAddress | None, Of(ContactAddress)] = None
    shipping_option: Annotated[PaymentShippingOption | None, Of(PaymentShippingOption)] = None
    payer_name: Annotated[str | None, TEXT] = None
    payer_email: Annotated[str | None, TEXT] = None
    payer_phone: Annotated[str | None, TEXT] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentMandateContents(Shape):
    """What is to be paid to whom. `timestamp` is when this was made; whoever makes it says so."""

    payment_mandate_id: Annotated[str, TEXT]
    payment_details_id: Annotated[str, TEXT]
    payment_details_total: Annotated[PaymentItem, Of(PaymentItem)]
    payment_response: Annotated[PaymentResponse, Of(PaymentResponse)]
    merchant_agent: Annotated[str, TEXT]
    timestamp: Annotated[datetime, INSTANT]


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentMandate(Mandate):
    """The payment, and perhaps AP2's own signature of it by the user: an SD-JWT with key binding."""

    NAME: ClassVar[str] = "PaymentMandate"

    payment_mandate_contents: Annotated[PaymentMandateContents, Of(PaymentMandateContents)]
    user_authorization: Annotated[str | None, TOKEN] = None
