"""AP2 v0.1 PaymentReceipt: what became of a payment, and whether it is the receipt of this one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, ClassVar

from attorn.checkout.currency import to_decimal
from attorn.display import shown
from attorn.errors import InputError
from attorn.mandate.vc.fit import Point
from attorn.mandate.vc.kinds import AMOUNT, INSTANT, JSON, TEXT, OneOf
from attorn.mandate.vc.payment import PaymentMandateContents
from attorn.mandate.vc.shape import Shape
from attorn.request.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Success(Shape):
    """It was paid: the ids by which merchant, payment service and network confirm it."""

    merchant_confirmation_id: Annotated[str, TEXT]
    psp_confirmation_id: Annotated[str | None, TEXT] = None
    network_confirmation_id: Annotated[str | None, TEXT] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Error(Shape):
    """It could not be processed."""

    error_message: Annotated[str, TEXT]


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure(Shape):
    """It was processed and declined."""

    failure_message: Annotated[str, TEXT]


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentReceipt(Shape):
    """What became of one payment. AP2 v0.1 gives it no signature: it is worth what the channel is that it came by."""

    NAME: ClassVar[str] = "PaymentReceipt"

    payment_mandate_id: Annotated[str, TEXT]
    timestamp: Annotated[datetime, INSTANT]
    payment_id: Annotated[str, TEXT]
    amount: Annotated[Money, AMOUNT]
    payment_status: Annotated[Success | Error | Failure, OneOf((Success, Error, Failure))]
    payment_method_details: Annotated[str | None, JSON] = None


def receipt_fits_payment(receipt: PaymentReceipt, payment: PaymentMandateContents) -> tuple[Point, ...]:
    """Whether this is the receipt of that payment: its id, all of its amount, and not made before it.

    Raises `InputError` for arguments of other types.
    """
    if not isinstance(receipt, PaymentReceipt) or not isinstance(payment, PaymentMandateContents):
        raise InputError("receipt: expected a PaymentReceipt and PaymentMandateContents")
    paid, due = receipt.amount, payment.payment_details_total.amount
    mandate, found = payment.payment_mandate_id, receipt.payment_mandate_id
    return (
        Point("receipt.mandate", mandate == found, shown(mandate), shown(found)),
        Point(
            "receipt.amount",
            paid == due,
            f"{due.currency} {to_decimal(due)}",
            f"{paid.currency} {to_decimal(paid)}",
        ),
        Point(
            "receipt.timestamp",
            receipt.timestamp >= payment.timestamp,
            f"after {payment.timestamp.isoformat()}",
            receipt.timestamp.isoformat(),
        ),
    )
