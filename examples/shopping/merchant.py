"""A shop. It signs what it offers, completes what a mandate for it allows, once, and gives a receipt."""

import secrets
import sys
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import terms
from service import Service

from attorn import checkout, status
from attorn.checkout import KnownSigner
from attorn.mandate import MandateVerifier, by_lists
from attorn.mandate import receipt as receipts

shop = Service(sys.argv[1])
merchant = next(each for each in terms.SHOPS if each.id == shop.name)
verifier = MandateVerifier(
    audience=shop.name,
    anchors=[shop.did("user")],
    merchants=[KnownSigner.of(shop.name, shop.me.signer.public_key)],
    status=by_lists(lambda: status.verify(shop.ask("user", "/list")["list"]), staleness=timedelta(minutes=5)),
)
offers: dict[str, str] = {}
numbers = count(1)


def offer(item: str) -> dict[str, str]:
    """One unit, at the shop's price, for whoever answers this nonce."""
    price, number = terms.PRICES[item], next(numbers)
    line = {"id": "1", "item": {"id": item, "title": item, "price": price}, "quantity": 1, "totals": []}
    document = {
        "id": f"{shop.name}-{number}",
        "merchant": merchant.write(),
        "line_items": [line],
        "currency": "USD",
        "totals": [{"type": "subtotal", "amount": price}, {"type": "total", "amount": price}],
        "status": "ready_for_complete",
        "links": [],
    }
    nonce = secrets.token_urlsafe(16)
    offers[nonce] = checkout.sign(document, by=shop.me.signer, kid=shop.kid)
    return {"offered": offers[nonce], "nonce": nonce}


def complete(nonce: str, order: str, payment: str, paying: str) -> dict[str, Any]:
    """The order is what was offered and what the user allows; then it must be paid."""
    found = verifier.accept_checkout(order, nonce=nonce, checkout_jwt=offers[nonce])
    paid = shop.ask("provider", "/pay", payment=payment, order=order, nonce=paying)
    done = receipts.CheckoutReceipt(
        issuer=shop.name,
        reference=receipts.Reference.JWT.of(order),
        issued_at=datetime.now(UTC),
        order_id=found.checkout.checkout.id,
    )
    return {**paid, "order": receipts.issue(done, by=shop.me.signer, kid=shop.kid)}


shop.run({"/offer": offer, "/complete": complete})
