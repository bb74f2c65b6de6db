"""Whether a payment is the one that a checkout asks for, to the last minor unit."""

from __future__ import annotations

from attorn.checkout.checkout import Checkout
from attorn.display import bare
from attorn.mandate.constraint.base import Code, Violation
from attorn.mandate.payment import ClosedPayment


def mismatches(payment: ClosedPayment, checkout: Checkout) -> tuple[Violation, ...]:
    """Every way in which the two differ: amount and currency, and the payee where the checkout names its merchant.

    That `transaction_id` is the hash of this checkout is not looked at here.
    """
    found = []
    if payment.amount != checkout.total:
        asked, due = (f"{money.amount} {money.currency}" for money in (payment.amount, checkout.total))
        found.append(Violation(Code.WRONG_TOTAL, "payment_amount", f"{due}, the total of the checkout", asked))
    if checkout.merchant is not None and not checkout.merchant.matches(payment.payee):
        merchant, payee = bare(checkout.merchant.id), bare(payment.payee.id)
        found.append(Violation(Code.WRONG_PAYEE, "payee", f"{merchant}, whose checkout it is", payee))
    return tuple(found)
