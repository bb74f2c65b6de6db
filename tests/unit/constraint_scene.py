"""Open and closed mandates as their contents say them, and copies with one thing changed."""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from typing import Any

from tests.unit.checkout_scene import CHECKOUT, MERCHANT

from attorn.checkout.checkout import Checkout
from attorn.checkout.signed import SignedCheckout
from attorn.mandate.constraint.base import Asked, Usage, Violation
from attorn.mandate.constraint.budget import Unit
from attorn.mandate.open_checkout import OpenCheckout
from attorn.mandate.open_payment import OpenPayment
from attorn.mandate.payment import ClosedPayment

Json = dict[str, Any]
NOW = int(datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC).timestamp())
HASH = "FzLoxbbtgQGYZxoSM2NJYJtkFTSsdfUBoVEQ12k7JN8"
CARD = {"id": "card-1", "type": "card", "description": "Visa 4242"}
PISP = {"legal_name": "Pay Ltd", "brand_name": "Pay", "domain_name": "pay.example"}
REFERENCE: Json = {"type": "payment.reference", "conditional_transaction_id": HASH}
RANGE: Json = {"type": "payment.amount_range", "currency": "USD", "min": 100, "max": 30_000}
PAYEES: Json = {"type": "payment.allowed_payees", "allowed": [MERCHANT, {"id": "merchant_2", "name": "Other"}]}
INSTRUMENTS: Json = {"type": "payment.allowed_payment_instruments", "allowed": [CARD]}
PISPS: Json = {"type": "payment.allowed_pisps", "allowed": [PISP]}
RECURRENCE: Json = {"type": "payment.agent_recurrence", "frequency": "MONTHLY", "max_occurrences": 3}
BUDGET: Json = {"type": "payment.budget", "currency": "USD", "max": 60_000}
WINDOW: Json = {"type": "payment.execution_date", "not_before": "2026-11-22", "not_after": "2026-11-23T10:00:00+01:00"}
MERCHANTS: Json = {"type": "checkout.allowed_merchants", "allowed": [MERCHANT]}
ITEMS: Json = {
    "type": "checkout.line_items",
    "items": [
        {"id": "shoes", "acceptable_items": [{"id": "sku-1", "title": "Shoe"}], "quantity": 1},
        {
            "id": "socks",
            "acceptable_items": [{"id": "sku-2", "title": "Sock"}, {"id": "sku-3", "title": "Long sock"}],
            "quantity": 5,
        },
    ],
}
PAYMENT: Json = {
    "vct": "mandate.payment.1",
    "transaction_id": "NivWhuqfzcvZNapvIEJ2-3tsdQLkiuIcye2g46WVgX8",
    "payee": MERCHANT,
    "payment_amount": {"amount": 24_516, "currency": "USD"},
    "payment_instrument": CARD,
}
ORDER: Json = {"vct": "mandate.checkout.1", "checkout_hash": PAYMENT["transaction_id"], "checkout_jwt": "a.b.c"}

UNUSED = Usage()


def opened(*constraints: Json, unit: Unit = Unit.MINOR, **presets: Any) -> OpenPayment:
    """An open payment mandate with these constraints, beside the reference to the order."""
    content = {"vct": "mandate.payment.open.1", "constraints": [REFERENCE, *constraints], **presets}
    return OpenPayment.read(content, unit=unit)


def ordered(*constraints: Json) -> OpenCheckout:
    """An open checkout mandate with these constraints."""
    return OpenCheckout.read({"vct": "mandate.checkout.open.1", "constraints": list(constraints)})


def offered(checkout: Json = CHECKOUT) -> SignedCheckout:
    """That checkout as if it had been verified: signed by the merchant that the verifier calls `merchant_1`."""
    return SignedCheckout(Checkout.read(checkout), MERCHANT["id"], "a.b.c", checkout)


def with_(found: Json, *path: str | int, to: Any) -> Json:
    """A deep copy with another value at `path`; `...` takes the member away."""
    whole = copy.deepcopy(found)
    inner: Any = whole
    for step in path[:-1]:
        inner = inner[step]
    if to is ...:
        del inner[path[-1]]
    else:
        inner[path[-1]] = to
    return whole


def asked(payment: Json = PAYMENT, *, usage: Usage | None = UNUSED, now: int = NOW, checkouts: Any = (HASH,)) -> Asked:
    """That payment, for an order that rests on the open checkout mandate referred to."""
    known = None if checkouts is None else frozenset(checkouts)
    return Asked(payment=ClosedPayment.read(payment), now=now, open_checkouts=known, usage=usage)


def codes(violations: tuple[Violation, ...]) -> list[str]:
    return [str(each.code) for each in violations]


def refused(*constraints: Json, payment: Json = PAYMENT, **known: Any) -> list[str]:
    """The codes of what an open mandate with these constraints has against a payment."""
    return codes(opened(*constraints).violations(asked(payment, **known)))


def declined(*constraints: Json, checkout: Json = CHECKOUT) -> list[str]:
    """The codes of what an open mandate with these constraints has against a checkout."""
    return codes(ordered(*constraints).violations(Checkout.read(checkout), Usage()))
