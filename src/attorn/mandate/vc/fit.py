"""Whether a cart fits an intent, and a payment a cart: point by point, docs/spec/mandate-v01.md, section 3.

Everything is compared exactly: texts character by character, amounts in minor units of one currency.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from attorn.checkout.currency import to_decimal
from attorn.display import shown
from attorn.errors import InputError
from attorn.mandate.vc.cart import CartContents
from attorn.mandate.vc.intent import IntentMandate
from attorn.mandate.vc.item import PaymentItem, PaymentShippingOption
from attorn.mandate.vc.payment import PaymentMandateContents
from attorn.request.money import Money


@dataclass(frozen=True, slots=True)
class Point:
    """One thing that was looked at, whether it `holds`, and in words what was `expected` and `got`."""

    name: str
    holds: bool
    expected: str
    got: str


def cart_fits_intent(cart: CartContents, intent: IntentMandate, *, merchant: str) -> tuple[Point, ...]:
    """What the user limited: who sells, what, and that it can be given back. `merchant` is the DID that sells.

    A merchant is allowed by its name or its DID. Where an intent names SKUs, every item has one of them: one without
    could be anything. Raises `InputError` for arguments of other types.
    """
    _require(cart, CartContents)
    _require(intent, IntentMandate)
    _require(merchant, str)
    items = cart.payment_request.details.display_items
    merchants, skus = intent.merchants, intent.skus
    found = [each.sku for each in items]
    periods = [each.refund_period for each in items]
    return (
        Point(
            "cart.merchant",
            merchants is None or merchant in merchants or cart.merchant_name in merchants,
            "any merchant" if merchants is None else f"one of {shown(list(merchants))}",
            f"{shown(cart.merchant_name)}, {shown(merchant)}",
        ),
        Point(
            "cart.skus",
            skus is None or all(sku in skus for sku in found),
            "any items" if skus is None else f"items of {shown(list(skus))}",
            shown(found),
        ),
        Point(
            "cart.refundability",
            not intent.requires_refundability or all(days > 0 for days in periods),
            "items that can be given back" if intent.requires_refundability else "any items",
            f"refund periods of {shown(periods)} days",
        ),
    )


def cart_adds_up(cart: CartContents) -> tuple[Point, ...]:
    """What a cart promises by itself: its total is that of its items, shipping is one of them, and nothing is open.

    Raises `InputError` for what is no cart.
    """
    _require(cart, CartContents)
    details = cart.payment_request.details
    items, total = details.display_items, details.total
    currencies = {each.amount.currency for each in (*items, total)}
    whole = sum(each.amount.amount for each in items)
    selected = _selected(cart)
    costs = [each.amount for each in selected if each.amount.amount]
    pending = [each.label for each in (*items, total) if each.pending]
    return (
        Point(
            "cart.total",
            len(currencies) == 1 and whole == total.amount.amount,
            f"the sum of {_sums(items)}",
            _money(total.amount),
        ),
        Point(
            "cart.shipping",
            len(selected) < 2 and all(any(cost == each.amount for each in items) for cost in costs),
            "at most one option selected, its cost among the items",
            shown([f"{each.id}: {_money(each.amount)}" for each in selected]),
        ),
        Point("cart.pending", not pending, "amounts that are final", f"{shown(pending)} pending"),
    )


def payment_fits_cart(payment: PaymentMandateContents, cart: CartContents, *, merchant: str) -> tuple[Point, ...]:
    """That exactly this cart is paid, to who sells it, by a method that is taken. `merchant` is the DID that sells.

    Raises `InputError` for arguments of other types.
    """
    _require(payment, PaymentMandateContents)
    _require(cart, CartContents)
    _require(merchant, str)
    request, response = cart.payment_request, payment.payment_response
    total, paid = request.details.total, payment.payment_details_total
    methods = [each.supported_methods for each in request.method_data]
    modified = [each.supported_methods for each in request.details.modifiers or ()]
    selected, chosen = _selected(cart), response.shipping_option
    return (
        _same("payment.details", request.details.id, payment.payment_details_id),
        _same("payment.request", request.details.id, response.request_id),
        Point("payment.total", paid.amount == total.amount, _money(total.amount), _money(paid.amount)),
        Point(
            "payment.item",
            replace(paid, pending=None, amount=total.amount) == replace(total, pending=None) and not paid.pending,
            f"the cart's total, {shown(total.label)}, and final",
            f"{shown(paid.label)}, {paid.refund_period} days{', pending' if paid.pending else ''}",
        ),
        Point(
            "payment.payee",
            payment.merchant_agent in (merchant, cart.merchant_name),
            f"{shown(cart.merchant_name)} or {shown(merchant)}",
            shown(payment.merchant_agent),
        ),
        Point(
            "payment.method",
            response.method_name in methods and response.method_name not in modified,
            f"one of {shown(methods)}, for which no modifier changes the price",
            shown(response.method_name),
        ),
        Point(
            "payment.shipping_option",
            chosen is None or [_option(chosen)] == [_option(each) for each in selected],
            shown([each.id for each in selected]),
            "none" if chosen is None else shown(chosen.id),
        ),
        Point(
            "payment.shipping_address",
            response.shipping_address is None or response.shipping_address == request.shipping_address,
            "the cart's, or none",
            "none" if response.shipping_address is None else "an address",
        ),
    )


def _require(value: object, kind: type) -> None:
    if not isinstance(value, kind):
        raise InputError(f"expected {kind.__name__}, got {type(value).__name__}")


def _same(name: str, expected: str, got: str) -> Point:
    return Point(name, expected == got, shown(expected), shown(got))


def _selected(cart: CartContents) -> list[PaymentShippingOption]:
    return [each for each in cart.payment_request.details.shipping_options or () if each.selected]


def _option(option: PaymentShippingOption) -> tuple[str, str, Money]:
    return option.id, option.label, option.amount


def _money(money: Money) -> str:
    return f"{money.currency} {to_decimal(money)}"


def _sums(items: Iterable[PaymentItem]) -> str:
    return shown([_money(each.amount) for each in items])
