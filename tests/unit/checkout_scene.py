"""A checkout as a shop sends and signs it, copies of it with one thing changed, and JWS that nobody should take."""

from __future__ import annotations

import base64
import copy
import json
from datetime import UTC, datetime
from typing import Any

from attorn.checkout import signed
from attorn.checkout.known_signer import KnownSigner
from attorn.checkout.signed import SignedCheckout
from attorn.keys.jwk import to_jwk
from attorn.keys.signer import P256Signer

MERCHANT = {"id": "merchant_1", "name": "Demo Merchant", "website": "https://demo-merchant.example"}
CHECKOUT: dict[str, Any] = {
    "ucp": {"version": "2026-04-08"},
    "id": "chk_123",
    "merchant": MERCHANT,
    "line_items": [
        {
            "id": "li_1",
            "item": {"id": "sku-1", "title": "Shoe", "price": 19900},
            "quantity": 1,
            "totals": [{"type": "subtotal", "amount": 19900}, {"type": "total", "amount": 19900}],
        },
        {"id": "li_2", "item": {"id": "sku-2", "title": "Sock", "price": 500}, "quantity": 2, "totals": []},
        {"id": "li_3", "item": {"id": "sku-2", "title": "Sock", "price": 500}, "quantity": 3, "totals": []},
    ],
    "status": "ready_for_complete",
    "currency": "USD",
    "totals": [
        {"type": "subtotal", "display_text": "Subtotal", "amount": 22400},
        {"type": "discount", "display_text": "Spring", "amount": -400},
        {"type": "fulfillment", "display_text": "Shipping", "amount": 700},
        {"type": "tax", "display_text": "Tax", "amount": 1816},
        {"type": "total", "display_text": "Total", "amount": 24516},
    ],
    "links": [{"type": "privacy_policy", "url": "https://demo-merchant.example/privacy"}],
    "expires_at": "2030-03-17T18:46:40Z",
    "continue_url": "https://demo-merchant.example/checkout/chk_123",
}


def changed(*path: str | int, to: Any, of: Any = CHECKOUT) -> Any:
    """A deep copy with another value at `path`; `...` takes the member away."""
    found = copy.deepcopy(of)
    inner = found
    for step in path[:-1]:
        inner = inner[step]
    if to is ...:
        del inner[path[-1]]
    else:
        inner[path[-1]] = to
    return found


NOW = 1_900_000_000
AT = datetime.fromtimestamp(NOW, UTC)
SHOP = P256Signer.from_scalar(b"\x21" * 32)
MALLORY = P256Signer.from_scalar(b"\x22" * 32)
KID = "merchant-key-1"
KNOWN = KnownSigner.of("merchant_1", {**to_jwk(SHOP.public_key), "kid": KID})


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def jws(payload: Any, *, by: P256Signer = SHOP, **header: Any) -> str:
    """Any JWS at all, signed by ES256. A header member of `...` is left out."""
    members = {"alg": "ES256", "typ": "JWT", "kid": KID, **header}
    members = {name: value for name, value in members.items() if value is not ...}
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    text = f"{b64(json.dumps(members).encode())}.{b64(body)}"
    return f"{text}.{b64(by.sign(text.encode()))}"


def checked(text: Any, **other: Any) -> SignedCheckout:
    return signed.verify(text, **{"merchants": [KNOWN], "now": AT, **other})
