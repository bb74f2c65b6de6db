"""What evidence shows, point by point: each holds, or does not and says why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from attorn.errors import InputError
from attorn.mandate.receipt import CheckoutReceipt, PaymentReceipt, VerifiedReceipt
from attorn.mandate.verifier import CheckedCheckout, CheckedPayment
from attorn.verify.access import Access


class Point(StrEnum):
    """What is asked of evidence, in the order in which it is asked."""

    CHECKOUT = "checkout"
    """The checkout mandate held, for a checkout that its merchant signed, within every limit."""
    PAYMENT = "payment"
    """The payment mandate held, for this very checkout, within every limit."""
    CHECKOUT_RECEIPT = "checkout_receipt"
    """The merchant's receipt is for this checkout mandate, and was given when it was judged."""
    PAYMENT_RECEIPT = "payment_receipt"
    """The processor's receipt is for this payment mandate, and was given when it was judged."""
    PRESENTATION = "presentation"
    """The token's chain permitted the request."""
    PURCHASE = "purchase"
    """The request that the token permitted is this very purchase."""
    LINKS = "links"
    """The receipts tie together this checkout, these mandates and this token, and no others."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Whether one point holds. `code` is None if it does, else that of the error; `detail` is one line for people."""

    point: Point
    code: str | None
    detail: str

    @property
    def holds(self) -> bool:
        """Whether it does."""
        return self.code is None


@dataclass(frozen=True, slots=True)
class Findings:
    """Every point that the evidence has something on. It has no truth value: read `holds`, and what there is.

    What did not hold is None. Made by `verify`.
    """

    points: tuple[Finding, ...]
    checkout: CheckedCheckout | None
    payment: CheckedPayment | None
    checkout_receipt: VerifiedReceipt[CheckoutReceipt] | None
    payment_receipt: VerifiedReceipt[PaymentReceipt] | None
    access: Access | None

    @property
    def holds(self) -> bool:
        """Whether every point does."""
        return all(each.holds for each in self.points)

    @property
    def failed(self) -> tuple[Finding, ...]:
        """The points that do not."""
        return tuple(each for each in self.points if not each.holds)

    def point(self, point: Point) -> Finding | None:
        """What was found on one point; None where the evidence has nothing on it. Raises `InputError`."""
        if not isinstance(point, Point):
            raise InputError(f"findings: expected a Point, got {type(point).__name__}")
        return next((each for each in self.points if each.point is point), None)

    def __bool__(self) -> bool:
        raise TypeError("Findings have no truth value; read .holds")
