"""Whether an AP2 v0.1 cart fits an intent and a payment a cart, said once more over the bare JSON, without attorn.

Written from docs/spec/mandate-v01.md, section 3. Numbers are `Decimal`, as `json.loads(text, parse_float=Decimal)`
reads them; the documents are well formed.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any


def cart_fits_intent(cart: dict[str, Any], intent: dict[str, Any], merchant: str) -> bool:
    """`cart` is CartContents, `merchant` the DID that sells."""
    items = cart["payment_request"]["details"]["display_items"]
    if intent.get("merchants") is not None and not {merchant, cart["merchant_name"]} & set(intent["merchants"]):
        return False
    if intent.get("skus") is not None:
        for item in items:
            if item.get("sku") is None or item["sku"] not in intent["skus"]:
                return False
    if intent.get("requires_refundability"):
        for item in items:
            if item.get("refund_period", 30) == 0:
                return False
    return True


def cart_adds_up(cart: dict[str, Any]) -> bool:
    """`cart` is CartContents."""
    details = cart["payment_request"]["details"]
    owed: dict[str, Decimal] = {}
    for item in details["display_items"]:
        if item.get("pending"):
            return False
        amount = item["amount"]
        owed[amount["currency"]] = owed.get(amount["currency"], Decimal(0)) + Decimal(amount["value"])
    total = details["total"]
    if total.get("pending") or owed != {total["amount"]["currency"]: Decimal(total["amount"]["value"])}:
        return False
    chosen = _chosen(cart)
    if len(chosen) > 1:
        return False
    for option in chosen:
        if Decimal(option["amount"]["value"]) != 0 and not any(
            _same(option["amount"], item["amount"]) for item in details["display_items"]
        ):
            return False
    return True


def payment_fits_cart(payment: dict[str, Any], cart: dict[str, Any], merchant: str) -> bool:
    """`payment` is PaymentMandateContents, `cart` CartContents, `merchant` the DID that sells."""
    request, response = cart["payment_request"], payment["payment_response"]
    details, paid = request["details"], payment["payment_details_total"]
    if not payment["payment_details_id"] == response["request_id"] == details["id"]:
        return False
    if not _same(paid["amount"], details["total"]["amount"]) or paid.get("pending"):
        return False
    for name, default in (("label", None), ("refund_period", 30), ("sku", None)):
        if paid.get(name, default) != details["total"].get(name, default):
            return False
    if payment["merchant_agent"] not in (merchant, cart["merchant_name"]):
        return False
    if response["method_name"] not in {method["supported_methods"] for method in request["method_data"]}:
        return False
    if response["method_name"] in {each["supported_methods"] for each in details.get("modifiers") or []}:
        return False
    option = response.get("shipping_option")
    if option is not None:
        chosen = _chosen(cart)
        if len(chosen) != 1 or any(chosen[0][name] != option[name] for name in ("id", "label")):
            return False
        if not _same(chosen[0]["amount"], option["amount"]):
            return False
    address = response.get("shipping_address")
    return address is None or address == request.get("shipping_address")


def _chosen(cart: dict[str, Any]) -> list[dict[str, Any]]:
    return [each for each in cart["payment_request"]["details"].get("shipping_options") or [] if each.get("selected")]


def _same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return bool(one["currency"] == other["currency"] and Decimal(one["value"]) == Decimal(other["value"]))
