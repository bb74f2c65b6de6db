"""A checkout as a shop sends it, and copies of it with one thing changed."""

from __future__ import annotations

import copy
from typing import Any

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
