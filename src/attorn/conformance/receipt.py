"""`verify-receipt` and `verify-checkout`: what shops and payment processors sign (AP2 v0.2, UCP)."""

from __future__ import annotations

from typing import Final

from attorn.canonical import JsonValue
from attorn.caveat.validity import moment
from attorn.checkout import authorization
from attorn.checkout import verify as verify_checkout
from attorn.conformance import parties
from attorn.conformance.answer import Answer
from attorn.conformance.members import Members
from attorn.errors import InputError
from attorn.mandate.receipt import CheckoutReceipt, PaymentReceipt
from attorn.mandate.receipt import verify as verify_receipt

_KINDS: Final = ("checkout", "payment")
_FORMS: Final = ("checkout_jwt", "merchant_authorization")


def verify(members: Members) -> Answer:
    """What became of a mandate, if somebody known says so in a receipt for this very one."""
    text, mandate, now = members.text("receipt"), members.text("mandate"), moment(members.second("now"))
    kind, issuers = _one_of(members, "kind", _KINDS), parties.signers(members, "issuers")
    members.done()
    if kind == "checkout":
        sold = verify_receipt(text, kind=CheckoutReceipt, mandate=mandate, issuers=issuers, now=now)
        order: dict[str, JsonValue] = {"order_id": sold.receipt.order_id}
        return Answer(result={**_said(sold.receipt), **order, "signer": sold.signer, "matched": str(sold.matched)})
    paid = verify_receipt(text, kind=PaymentReceipt, mandate=mandate, issuers=issuers, now=now)
    ids: dict[str, JsonValue] = {"payment_id": paid.receipt.payment_id, "self_declared": paid.receipt.is_self_declared}
    return Answer(result={**_said(paid.receipt), **ids, "signer": paid.signer, "matched": str(paid.matched)})


def verify_offer(members: Members) -> Answer:
    """Which checkout this is, if a known merchant signed it and it is still open."""
    text, now = members.text("checkout"), moment(members.second("now"))
    form, merchants = _one_of(members, "form", _FORMS), parties.signers(members, "merchants")
    members.done()
    check = verify_checkout if form == "checkout_jwt" else authorization.verify
    found = check(text, merchants=merchants, now=now)
    total = found.checkout.total
    return Answer(
        result={
            "signer": found.signer,
            "hash": found.hash,
            "total": {"amount": total.amount, "currency": total.currency},
        }
    )


def _said(receipt: CheckoutReceipt | PaymentReceipt) -> dict[str, JsonValue]:
    return {"issuer": receipt.issuer, "error": None if receipt.failure is None else receipt.failure.code}


def _one_of(members: Members, name: str, words: tuple[str, ...]) -> str:
    found = members.text(name)
    if found not in words:
        raise InputError(f"input: {name}: expected {' or '.join(words)}")
    return found
