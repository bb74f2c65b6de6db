"""The one scene that the tests of AP2 v0.1 mandates share: a user, its agent, a merchant, and a pair of shoes.

Documents are JSON that anybody could have sent; `altered` changes what stands at a path such as `contents.id`.
"""

from __future__ import annotations

import copy
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from attorn import AttornError, Identity, sdjwt
from attorn.credential import Securing
from attorn.mandate import vc
from attorn.mandate.vc import CartMandate, IntentMandate, PaymentMandate, PurchaseVerifier, read_mandate
from attorn.store import MemoryStore

NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
USER, AGENT, MERCHANT, MALLORY, WALLET, OTHER = (Identity.from_seed(bytes((number,)) * 32) for number in range(61, 67))
SHOP = "Red Shoes Ltd"
AUDIENCE, NONCE = "https://processor.example", "n-1"
FORMS = (Securing.JOSE, Securing.DATA_INTEGRITY)
forms = pytest.mark.parametrize("form", FORMS)


def money(value: float, currency: str = "USD") -> dict[str, Any]:
    return {"currency": currency, "value": value}


INTENT: dict[str, Any] = {
    "user_cart_confirmation_required": False,
    "natural_language_description": "Red shoes, size 42",
    "merchants": [SHOP],
    "skus": ["SHOE-1", "SHIP", "TAX"],
    "requires_refundability": True,
    "intent_expiry": "2026-11-22T20:00:00Z",
}
EXPRESS: dict[str, Any] = {"id": "ex", "label": "Express", "amount": money(9.5), "selected": True}
ADDRESS: dict[str, Any] = {"recipient": "Alice", "city": "Anytown", "country": "US", "address_line": ["1 Main St"]}
TOTAL: dict[str, Any] = {"label": "Total", "amount": money(128.3), "refund_period": 30}
CART: dict[str, Any] = {
    "contents": {
        "id": "cart-1",
        "user_cart_confirmation_required": False,
        "payment_request": {
            "method_data": [{"supported_methods": "CARD", "data": {"networks": ["visa"], "fee": 0.5}}],
            "details": {
                "id": "order-1",
                "display_items": [
                    {"label": "Shoes", "amount": money(110), "refund_period": 30, "sku": "SHOE-1"},
                    {"label": "Express", "amount": money(9.5), "refund_period": 30, "sku": "SHIP"},
                    {"label": "Tax", "amount": money(8.8), "refund_period": 30, "sku": "TAX"},
                ],
                "shipping_options": [EXPRESS, {"id": "slow", "label": "Slow", "amount": money(0), "selected": False}],
                "total": TOTAL,
            },
            "options": {"request_payer_email": True, "request_shipping": True, "shipping_type": "shipping"},
            "shipping_address": ADDRESS,
        },
        "cart_expiry": "2026-11-22T12:30:00Z",
        "merchant_name": SHOP,
    }
}
PAYMENT: dict[str, Any] = {
    "payment_mandate_contents": {
        "payment_mandate_id": "pm-1",
        "payment_details_id": "order-1",
        "payment_details_total": TOTAL,
        "payment_response": {
            "request_id": "order-1",
            "method_name": "CARD",
            "details": {"token": "tok-1"},
            "shipping_address": ADDRESS,
            "shipping_option": EXPRESS,
            "payer_email": "alice@example.com",
        },
        "merchant_agent": SHOP,
        "timestamp": "2026-11-22T12:00:00.250000Z",
    }
}


def altered(document: Any, **changes: Any) -> Any:
    """A copy with each `a__b__0` changed; `...` takes a member away."""
    whole = copy.deepcopy(document)
    for path, value in changes.items():
        *steps, last = (int(step) if step.isdigit() else step for step in path.split("__"))
        at = whole
        for step in steps:
            at = at[step]
        if value is ...:
            del at[last]
        else:
            at[last] = value
    return whole


ITEMS = "contents__payment_request__details__display_items"
DETAILS = "contents__payment_request__details"
PAID = "payment_mandate_contents"


class Deal:
    """Three credentials, as honest as they were told to be."""

    def __init__(
        self,
        *,
        intent: Any = INTENT,
        cart: Any = CART,
        payment: Any = PAYMENT,
        by: Identity = USER,
        seller: Identity = MERCHANT,
        payer: Identity = AGENT,
        form: Securing = Securing.JOSE,
        made: datetime = NOW,
    ) -> None:
        self.intent = None
        follows = None
        if intent is not None:
            mandate = IntentMandate.read(intent)
            self.intent = vc.issue_intent(mandate, by=by, agent=AGENT.did, now=made, securing=form)
            follows = read_mandate(self.intent, IntentMandate).unverified_digest
        offer = CartMandate.read(cart)
        self.cart = vc.issue_cart(offer, by=seller, intent=follows, now=made, securing=form)
        self.payment = self.pay(PaymentMandate.read(payment), payer, form=form, made=made)

    def pay(
        self,
        payment: PaymentMandate,
        payer: Identity,
        *,
        form: Securing = Securing.JOSE,
        made: datetime = NOW,
        until: datetime = NOW + HOUR,
    ) -> str:
        digest = read_mandate(self.cart, CartMandate).unverified_digest
        return vc.issue_payment(payment, by=payer, cart=digest, until=until, now=made, securing=form)

    def __call__(self, **changed: Any) -> dict[str, Any]:
        return {"intent": self.intent, "cart": self.cart, "payment": self.payment, "now": NOW, **changed}


def door(**changed: Any) -> PurchaseVerifier:
    known: dict[str, Any] = {"users": [USER.did], "merchants": {MERCHANT.did: SHOP}, "audience": AUDIENCE}
    return PurchaseVerifier(**{**known, **changed})


def failed(deal: dict[str, Any], **changed: Any) -> list[str]:
    """The names of the points that do not hold."""
    return [point.name for point in door(**changed).verify(**deal).points if not point.holds]


def refused(deal: dict[str, Any], *codes: str, **changed: Any) -> AttornError:
    with pytest.raises(AttornError) as caught:
        door(**changed).accept(**deal, ledger=MemoryStore())
    assert caught.value.code in codes, repr(caught.value)
    return caught.value


def wallet(holder: Identity = USER, *, by: Identity = WALLET, did: bool = True, **claims: Any) -> str:
    """An SD-JWT VC by which somebody says whose key it is."""
    named = f"{holder.did}#{holder.did[8:]}" if did else holder.signer.public_key
    said = {"vct": "https://wallet.example/payer", "exp": int((NOW + HOUR).timestamp()), **claims}
    return sdjwt.issue(said, by=by, typ=sdjwt.SD_JWT_VC, holder=named)
