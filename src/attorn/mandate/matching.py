"""Whether a payment is the one that a checkout asks for, to the last minor unit."""

from __future__ import annotations

from attorn.checkout.party import Merchant
from attorn.checkout.signed import SignedCheckout
from attorn.display import bare
from attorn.mandate import amount
from attorn.mandate.constraint.allowed_payees import AllowedPayees
from attorn.mandate.constraint.base import Code, Violation
from attorn.mandate.open_payment import OpenPayment
from attorn.mandate.payment import ClosedPayment


def mismatches(payment: ClosedPayment, signed: SignedCheckout) -> tuple[Violation, ...]:
    """Every way in which the two differ: amount and currency, and the payee.

    That is the merchant whom the checkout names; whoever signed it, by the name known here, where it names none.

    That `transaction_id` is the hash of this checkout is not looked at here.
    """
    found, checkout = [], signed.checkout
    if payment.amount != checkout.total:
        asked, due = (amount.said(money.amount, money.currency) for money in (payment.amount, checkout.total))
        found.append(Violation(Code.WRONG_TOTAL, "payment_amount", f"{due}, the total of the checkout", asked))
    merchant = checkout.merchant
    same = payment.payee.id == signed.signer if merchant is None else merchant.matches(payment.payee)
    if not same:
        name = bare(signed.signer if merchant is None else merchant.id)
        found.append(Violation(Code.WRONG_PAYEE, "payee", f"{name}, whose checkout it is", bare(payment.payee.id)))
    return tuple(found)


def not_payees(content: object, payee: Merchant, merchant: Merchant | None) -> tuple[Violation, ...]:
    """What lists that have `payee` have against the merchant whom a checkout names, if it names one."""
    if merchant is None or not isinstance(content, OpenPayment):
        return ()
    return tuple(
        each.violation(Code.PAYEE_NOT_ALLOWED, bare(merchant.id))
        for each in content.constraints
        if isinstance(each, AllowedPayees) and each.names(payee) and not each.names(merchant)
    )
