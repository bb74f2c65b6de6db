"""AP2 v0.1: a cart fits an intent, and a payment a cart, if and only if the reference over the bare JSON says so."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from tests.reference import mandate_v01 as reference
from tests.unit.mandate_v01_scene import (
    CART,
    DETAILS,
    INTENT,
    ITEMS,
    MERCHANT,
    OTHER,
    PAID,
    PAYMENT,
    SHOP,
    money,
)

from attorn.mandate import vc
from attorn.mandate.vc import CartContents, IntentMandate, PaymentMandateContents, Point

AMOUNTS = st.sampled_from([0, 0.01, 8.8, 9.49, 9.5, 9.51, 110, 110.01, 128.29, 128.3, 128.31])
CURRENCIES = st.sampled_from(["USD", "USD", "USD", "EUR", "KWD"])
MONEY = st.builds(money, AMOUNTS, CURRENCIES)
WORDS = st.sampled_from(["SHOE-1", "SHIP", "TAX", "shoe-1", "SHOE-1 ", "HAT"])
NAMES = st.sampled_from([SHOP, SHOP.upper(), "Other", MERCHANT.did, OTHER.did])
ITEM = st.fixed_dictionaries(
    {"label": st.sampled_from(["Shoes", "Express"]), "amount": MONEY},
    optional={"sku": WORDS, "refund_period": st.sampled_from([0, 1, 30]), "pending": st.booleans()},
)
OPTION = st.fixed_dictionaries(
    {"id": st.sampled_from(["ex", "slow"]), "label": st.just("Express"), "amount": MONEY},
    optional={"selected": st.booleans()},
)
ADDRESS = st.sampled_from([{"city": "Anytown"}, {"city": "Elsewhere"}, {"city": "Anytown", "country": "US"}])
METHOD = st.sampled_from(["CARD", "CRYPTO"])
INTENTS = {
    "merchants": st.none() | st.lists(NAMES, min_size=1, max_size=2),
    "skus": st.none() | st.lists(WORDS, min_size=1, max_size=3),
    "requires_refundability": st.none() | st.booleans(),
}
CARTS: dict[str, st.SearchStrategy[Any]] = {
    "contents__merchant_name": NAMES,
    f"{ITEMS}": st.lists(ITEM, min_size=1, max_size=3),
    f"{ITEMS}__0__amount": MONEY,
    f"{ITEMS}__1__sku": WORDS | st.just(...),
    f"{ITEMS}__2__refund_period": st.sampled_from([0, 30]),
    f"{ITEMS}__0__pending": st.none() | st.booleans(),
    f"{DETAILS}__id": st.sampled_from(["order-1", "order-2"]),
    f"{DETAILS}__total__amount": MONEY,
    f"{DETAILS}__total__pending": st.none() | st.booleans(),
    f"{DETAILS}__total__refund_period": st.sampled_from([0, 30]),
    f"{DETAILS}__shipping_options": st.none() | st.lists(OPTION, min_size=1, max_size=2),
    f"{DETAILS}__modifiers": st.none() | st.just([{"supported_methods": "CARD"}]),
    "contents__payment_request__method_data": st.lists(
        st.builds(lambda name: {"supported_methods": name}, METHOD), min_size=1, max_size=2
    ),
    "contents__payment_request__shipping_address": st.none() | ADDRESS,
}
PAYMENTS: dict[str, st.SearchStrategy[Any]] = {
    f"{PAID}__payment_details_id": st.sampled_from(["order-1", "order-2"]),
    f"{PAID}__payment_details_total__amount": MONEY,
    f"{PAID}__payment_details_total__label": st.sampled_from(["Total", "Due"]),
    f"{PAID}__payment_details_total__refund_period": st.sampled_from([0, 30]) | st.just(...),
    f"{PAID}__payment_details_total__pending": st.none() | st.booleans(),
    f"{PAID}__payment_details_total__sku": st.none() | WORDS,
    f"{PAID}__payment_response__request_id": st.sampled_from(["order-1", "order-2"]),
    f"{PAID}__payment_response__method_name": METHOD,
    f"{PAID}__payment_response__shipping_option": st.none() | OPTION,
    f"{PAID}__payment_response__shipping_address": st.none() | ADDRESS,
    f"{PAID}__merchant_agent": NAMES,
}

LIMITS = ("merchants", "skus", "requires_refundability")


def changes(of: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """None to three of these, so that honest documents and those that are off by one thing are among them."""
    names = st.lists(st.sampled_from(sorted(of)), max_size=3, unique=True)
    # A list is put before what stands in it is changed: then the path may lead nowhere.
    return names.flatmap(lambda chosen: st.fixed_dictionaries({name: of[name] for name in chosen}))


def put(document: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    whole = copy.deepcopy(document)
    for path in sorted(change, key=lambda path: path != ITEMS):
        *steps, last = (int(step) if step.isdigit() else step for step in path.split("__"))
        at: Any = whole
        try:
            for step in steps:
                at = at[step]
        except IndexError:
            continue
        if change[path] is ...:
            at.pop(last, None)
        elif not isinstance(last, int) or last < len(at):
            at[last] = change[path]
    return whole


def exact(document: dict[str, Any]) -> Any:
    return json.loads(json.dumps(document), parse_float=Decimal)


def holds(points: tuple[Point, ...]) -> bool:
    return all(point.holds for point in points)


@given(changes(INTENTS), changes(CARTS))
def test_a_cart_fits_an_intent_iff_the_reference_says_so(intent: dict[str, Any], cart: dict[str, Any]) -> None:
    wanted, offered = put(INTENT, intent), put(CART, cart)["contents"]
    contents, limits = CartContents.read(offered), IntentMandate.read(wanted)
    fits = holds(vc.cart_fits_intent(contents, limits, merchant=MERCHANT.did))
    assert fits == reference.cart_fits_intent(exact(offered), exact(wanted), MERCHANT.did)
    # Without its limits an intent takes every cart, and each of them only takes some away.
    free = replace(limits, merchants=None, skus=None, requires_refundability=None)
    assert holds(vc.cart_fits_intent(contents, free, merchant=MERCHANT.did))
    for name in LIMITS if fits else ():
        assert holds(vc.cart_fits_intent(contents, replace(limits, **{name: None}), merchant=MERCHANT.did))


@given(changes(CARTS), changes(PAYMENTS))
def test_a_payment_fits_a_cart_iff_the_reference_says_so(cart: dict[str, Any], payment: dict[str, Any]) -> None:
    offered, paid = put(CART, cart)["contents"], put(PAYMENT, payment)[PAID]
    contents = CartContents.read(offered)
    points = vc.payment_fits_cart(PaymentMandateContents.read(paid), contents, merchant=MERCHANT.did)
    assert holds(points) == reference.payment_fits_cart(exact(paid), exact(offered), MERCHANT.did)
    assert holds(vc.cart_adds_up(contents)) == reference.cart_adds_up(exact(offered))
    assert CartContents.read(json.loads(json.dumps(contents.write()))) == contents
