"""One purchase and all that is kept of it: two mandates, two receipts, the token that it was made with."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from tests.unit import checkout_scene as shop
from tests.unit.mandate_scene import AGENT, AT, AUDIENCE, NONCE, USER, check, follow, hashed, opened, paid, root
from tests.unit.test_mandate_verifier import MERCHANT, OPEN_CHECKOUT, ORDER, checkout, limits, money

from attorn import Identity, caveat
from attorn.checkout import read as read_checkout
from attorn.checkout.known_signer import KnownSigner
from attorn.evidence import Evidence, Findings, Presented, Shown, verify
from attorn.keys.jwk import to_jwk
from attorn.keys.signer import P256Signer
from attorn.mandate.payment import ClosedPayment
from attorn.mandate.purchase import purchase
from attorn.mandate.receipt import CheckoutReceipt, PaymentReceipt, Reference, issue

PROCESSOR = P256Signer.from_scalar(b"\x23" * 32)
LATER = AT + timedelta(days=400)
SHOP_AUDIENCE = "did:web:shop.example"
PROCESSORS = [KnownSigner.of("processor", {**to_jwk(PROCESSOR.public_key), "kid": "p-1"})]
ALICE = Identity.from_seed(b"\x31" * 32, clock=lambda: AT)
HOLDER = Identity(
    P256Signer.from_scalar(AGENT.private.private_numbers().private_value.to_bytes(32, "big")), clock=lambda: AT
)
CHECKOUT = checkout()
OPEN_PAYMENT = root(opened(constraints=limits()))
CONTENT = {"transaction_id": hashed(ORDER), "payee": shop.MERCHANT, "payment_amount": money()}
PAYMENT = follow(OPEN_PAYMENT, paid(**CONTENT))


def sold(mandate: str = CHECKOUT, by: P256Signer = shop.SHOP, **changed: Any) -> str:
    receipt = CheckoutReceipt("merchant_1", Reference.JWT.of(mandate), AT, order_id="order-1")
    return issue(replace(receipt, **changed), by=by, kid=shop.KID)


def settled(mandate: str = PAYMENT, by: P256Signer = PROCESSOR, **changed: Any) -> str:
    receipt = PaymentReceipt("processor", Reference.JWT.of(mandate), AT, "pay-1", "psp-1", "net-1")
    return issue(replace(receipt, **changed), by=by, kid="p-1")


def bought(**changed: Any) -> Any:
    """The request that the token was presented with."""
    chain = check(PAYMENT)
    assert isinstance(chain.closed, ClosedPayment)
    given: dict[str, Any] = {
        "resource": "shop://orders",
        "now": AT,
        "payment": chain.closed,
        "checkout": read_checkout(ORDER).unverified,
        "open_checkouts": [hashed(OPEN_CHECKOUT)],
        **changed,
    }
    return purchase(**given)


def presented(request: Any = None, by: Identity = ALICE) -> Presented:
    request = bought() if request is None else request
    token = by.mint(to=HOLDER.did, caveats=[caveat.Actions("purchase"), caveat.ExpiresIn(hours=1)])
    return Presented(HOLDER.present(token, request, audience=SHOP_AUDIENCE), SHOP_AUDIENCE, request)


WHOLE = Evidence(
    at=AT,
    checkout=Shown(CHECKOUT, MERCHANT, "m-1", sold()),
    payment=Shown(PAYMENT, AUDIENCE, NONCE, settled()),
    presentation=presented(),
)


def judged(evidence: Evidence = WHOLE, **changed: Any) -> Findings:
    given: dict[str, Any] = {
        "anchors": [USER.jwk],
        "merchants": [shop.KNOWN],
        "processors": PROCESSORS,
        "roots": [ALICE.did],
        "clock": lambda: LATER,
        **changed,
    }
    return verify(evidence, **given)
