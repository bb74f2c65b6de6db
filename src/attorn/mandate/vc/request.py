"""What a shop asks to be paid, and by which methods (W3C Payment Request, as AP2 v0.1 spells it)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from attorn.mandate.vc.address import ContactAddress
from attorn.mandate.vc.item import PaymentItem, PaymentShippingOption
from attorn.mandate.vc.kinds import FLAG, JSON, TEXT, Many, Of
from attorn.mandate.vc.shape import Shape


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentMethodData(Shape):
    """A payment method that is taken; `data` is the canonical text of an object that the method defines."""

    supported_methods: Annotated[str, TEXT]
    data: Annotated[str | None, JSON] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentDetailsModifier(Shape):
    """What is different for one payment method."""

    supported_methods: Annotated[str, TEXT]
    total: Annotated[PaymentItem | None, Of(PaymentItem)] = None
    additional_display_items: Annotated[tuple[PaymentItem, ...] | None, Many(Of(PaymentItem))] = None
    data: Annotated[str | None, JSON] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentDetailsInit(Shape):
    """The items, and what they come to."""

    id: Annotated[str, TEXT]
    display_items: Annotated[tuple[PaymentItem, ...], Many(Of(PaymentItem))]
    shipping_options: Annotated[tuple[PaymentShippingOption, ...] | None, Many(Of(PaymentShippingOption))] = None
    modifiers: Annotated[tuple[PaymentDetailsModifier, ...] | None, Many(Of(PaymentDetailsModifier))] = None
    total: Annotated[PaymentItem, Of(PaymentItem)]


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentOptions(Shape):
    """What a shop wants to know of the payer."""

    request_payer_name: Annotated[bool | None, FLAG] = False
    request_payer_email: Annotated[bool | None, FLAG] = False
    request_payer_phone: Annotated[bool | None, FLAG] = False
    request_shipping: Annotated[bool | None, FLAG] = True
    shipping_type: Annotated[str | None, TEXT] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRequest(Shape):
    """All of it."""

    method_data: Annotated[tuple[PaymentMethodData, ...], Many(Of(PaymentMethodData))]
    details: Annotated[PaymentDetailsInit, Of(PaymentDetailsInit)]
    options: Annotated[PaymentOptions | None, Of(PaymentOptions)] = None
    shipping_address: Annotated[ContactAddress | None, Of(ContactAddress)] = None
