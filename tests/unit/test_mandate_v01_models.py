"""The objects of AP2 v0.1: what is written is what is read, and nothing is coerced, guessed or passed over."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.mandate_v01_scene import CART, DETAILS, INTENT, ITEMS, PAID, PAYMENT, altered, money

from attorn.checkout.currency import exponent, to_decimal
from attorn.errors import InputError, MandateError
from attorn.mandate import vc
from attorn.mandate.vc import (
    CartMandate,
    ContactAddress,
    IntentMandate,
    PaymentItem,
    PaymentMandate,
    PaymentMethodData,
    PaymentReceipt,
    PaymentShippingOption,
)
from attorn.mandate.vc.kinds import MOST_ELEMENTS, MOST_JSON, MOST_TEXT, MOST_TOKEN
from attorn.mandate.vc.shape import Shape
from attorn.request.money import Money

RECEIPT: dict[str, Any] = {
    "payment_mandate_id": "pm-1",
    "timestamp": "2026-11-22T12:01:00Z",
    "payment_id": "p-1",
    "amount": money(128.3),
    "payment_status": {"merchant_confirmation_id": "m-1", "psp_confirmation_id": "q-1"},
    "payment_method_details": {"brand": "visa"},
}
WHOLE: list[tuple[type[Shape], dict[str, Any]]] = [
    (IntentMandate, INTENT),
    (CartMandate, CART),
    (PaymentMandate, PAYMENT),
    (PaymentReceipt, RECEIPT),
]


@pytest.mark.parametrize(("kind", "document"), WHOLE, ids=lambda each: getattr(each, "__name__", ""))
def test_what_is_written_is_what_was_read(kind: type[Shape], document: dict[str, Any]) -> None:
    found = kind.read(document)
    assert kind.read(found.write()) == found
    assert kind.read(json.loads(json.dumps(found.write()))) == found


def test_members_are_what_they_say() -> None:
    intent, cart, payment = IntentMandate.read(INTENT), CartMandate.read(CART), PaymentMandate.read(PAYMENT)
    assert intent.merchants == ("Red Shoes Ltd",)
    assert intent.intent_expiry == datetime(2026, 11, 22, 20, tzinfo=UTC)
    items = cart.contents.payment_request.details.display_items
    assert [each.amount for each in items] == [Money(11000, "USD"), Money(950, "USD"), Money(880, "USD")]
    assert cart.contents.payment_request.method_data[0].data == '{"fee":0.5,"networks":["visa"]}'
    assert payment.payment_mandate_contents.timestamp.microsecond == 250_000
    assert intent.write() == INTENT


def test_what_has_a_default_may_be_left_out_and_what_is_optional_may_be_null() -> None:
    least = IntentMandate.read({"natural_language_description": "x", "intent_expiry": "2026-11-22T20:00:00Z"})
    assert (least.user_cart_confirmation_required, least.requires_refundability) == (True, False)
    assert (least.merchants, least.skus) == (None, None)
    assert IntentMandate.read(altered(least.write(), merchants=None, skus=None, requires_refundability=None)) == least
    item = PaymentItem.read({"label": "x", "amount": money(1), "pending": None})
    assert (item.pending, item.refund_period, item.sku) == (None, 30, None)
    assert ContactAddress.read({}) == ContactAddress()


@pytest.mark.parametrize(
    ("value", "minor"),
    [
        (0, 0),
        (120, 12000),
        (120.0, 12000),
        (0.1, 10),
        (19.99, 1999),
        (1.1, 110),
        (8.8, 880),
        (9_999_999_999_999.99, 10**15 - 1),
    ],
)
def test_amounts_are_read_by_their_digits(value: float, minor: int) -> None:
    assert PaymentItem.read({"label": "x", "amount": money(value)}).amount == Money(minor, "USD")


@given(st.integers(0, 10**15 - 1), st.sampled_from(["USD", "JPY", "KWD", "CLF"]))
def test_every_amount_is_written_exactly(minor: int, currency: str) -> None:
    item = PaymentItem(label="x", amount=Money(minor, currency))
    text = json.dumps(item.write()["amount"])
    exact = json.loads(text, parse_float=Decimal)["value"]
    assert exact * 10 ** exponent(currency) == minor
    assert Decimal(to_decimal(item.amount)) == exact
    assert PaymentItem.read(json.loads(json.dumps(item.write()))) == item


@pytest.mark.parametrize(
    "amount",
    [
        money(-1), money(-0.01), money(0.001), money(19.999), money(0.1 + 0.2), money(float("nan")), money(1e22),
        money(float("inf")), money(2**53), money(1, "usd"), money(1, "US"), money(1, "USDT"), money(1, "XXX"),
        money(1, "HRK"), money(1, "U\u0405D"), money(1.5, "JPY"), {"currency": "USD", "value": "1.00"},
        {"currency": "USD", "value": True}, {"currency": "USD", "value": None}, {"currency": None, "value": 1},
        {"value": 1}, {"currency": "USD"}, {**money(1), "unit": "cent"}, 1, "1.00 USD", None, [],
    ],
    ids=repr,
)  # fmt: skip
def test_an_amount_that_is_none(amount: Any) -> None:
    """Attack 111."""
    with pytest.raises(MandateError) as caught:
        PaymentItem.read({"label": "x", "amount": amount})
    assert caught.value.code == "bad_mandate"


ODD: list[tuple[type[Shape], Any, dict[str, Any]]] = [
    *((kind, document, {"extra": 1}) for kind, document in WHOLE),
    *(
        (kind, document, {name: ...})
        for kind, document in WHOLE
        for name in document
        if name in ("natural_language_description", "intent_expiry", "contents", "payment_mandate_contents", "amount")
    ),
    *((IntentMandate, INTENT, {"merchants": value}) for value in ([], "Shop", [""], [None], [1], {}, ["x"] * 129)),
    *((IntentMandate, INTENT, {"skus": value}) for value in ([], "S", [["x"]], True, 0)),
    *(
        (IntentMandate, INTENT, {name: value})
        for name in ("user_cart_confirmation_required", "requires_refundability")
        for value in (0, 1, "false", "", [], {})
    ),
    (IntentMandate, INTENT, {"user_cart_confirmation_required": None}),
    *(
        (IntentMandate, INTENT, {"natural_language_description": value})
        for value in ("", None, 1, "\ud800", "x" * (MOST_TEXT + 1))
    ),
    *(
        (IntentMandate, INTENT, {"intent_expiry": value})
        for value in ("2026-11-22", "2026-11-22T20:00:00", "2026-11-22T24:00:00Z", "2026-02-30T00:00:00Z", 1, None, "")
    ),
    *((CartMandate, CART, {f"{DETAILS}__{name}": []}) for name in ("display_items", "shipping_options")),
    *((CartMandate, CART, {f"{ITEMS}__0__refund_period": value}) for value in (-1, 0.5, "30", True, None, 36_501)),
    (CartMandate, CART, {f"{ITEMS}__0__pending": 0}),
    (CartMandate, CART, {f"{ITEMS}__0__quantity": 2}),
    (CartMandate, CART, {f"{DETAILS}__discount": 1}),
    (CartMandate, CART, {"contents__payment_request__method_data": []}),
    (CartMandate, CART, {"contents__payment_request__method_data__0__data": []}),
    (CartMandate, CART, {"contents__payment_request__method_data__0__data": {"x": "y" * 20_000}}),
    (CartMandate, CART, {"merchant_authorization": ""}),
    (CartMandate, CART, {"merchant_authorization": "x" * (MOST_TOKEN + 1)}),
    (PaymentMandate, PAYMENT, {f"{PAID}__timestamp": ...}),
    (PaymentMandate, PAYMENT, {f"{PAID}__payment_response__shipping_option": "ex"}),
    (PaymentMandate, PAYMENT, {f"{PAID}__payment_response__shipping_address__street": "x"}),
    *(
        (PaymentReceipt, RECEIPT, {"payment_status": value})
        for value in ({}, {"error_message": "x", "failure_message": "y"}, {"status": "paid"}, "paid", None)
    ),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "document", "change"), ODD, ids=lambda each: repr(each)[:60])
def test_anything_else_is_refused(kind: type[Shape], document: Any, change: dict[str, Any]) -> None:
    """Attack 115 among them: a constraint that nobody knows, and a list that is empty."""
    with pytest.raises(MandateError) as caught:
        kind.read(altered(document, **change))
    assert caught.value.code == "bad_mandate"
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize("document", [None, [], "x", 1, [INTENT]])
@pytest.mark.parametrize("kind", [kind for kind, _ in WHOLE])
def test_an_object_is_expected(kind: type[Shape], document: Any) -> None:
    with pytest.raises(MandateError):
        kind.read(document)


def test_what_is_unknown_is_named() -> None:
    with pytest.raises(MandateError, match="max_price"):
        IntentMandate.read({**INTENT, "max_price": 100})


@pytest.mark.parametrize(
    "change",
    [
        {"merchants": ["Shop"]}, {"merchants": ()}, {"merchants": ("",)}, {"skus": "S"},
        {"intent_expiry": datetime(2026, 11, 22)}, {"intent_expiry": "2026-11-22T20:00:00Z"}, {"intent_expiry": None},
        {"intent_expiry": datetime(2026, 11, 22, tzinfo=timezone(timedelta(hours=1)))},
        {"user_cart_confirmation_required": 1}, {"user_cart_confirmation_required": None},
        {"natural_language_description": ""}, {"natural_language_description": "x" * (MOST_TEXT + 1)},
        {"merchants": ("x",) * (MOST_ELEMENTS + 1)},
    ],
    ids=repr,
)  # fmt: skip
def test_whoever_makes_one_is_told_of_a_mistake(change: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        replace(IntentMandate.read(INTENT), **change)


@pytest.mark.parametrize(
    "make",
    [
        lambda: PaymentItem(label="x", amount=Money(10**15 + 1, "USD")),
        lambda: PaymentItem(label="x", amount=Money(1, "XXX")),
        lambda: PaymentItem(label="x", amount=1),  # type: ignore[arg-type]
        lambda: PaymentItem(label="x", amount=Money(1, "USD"), refund_period=True),
        lambda: PaymentItem(label="x", amount=Money(1, "USD"), refund_period=-1),
        lambda: PaymentShippingOption(id="", label="x", amount=Money(1, "USD")),
        lambda: PaymentMethodData(supported_methods="CARD", data="[]"),
        lambda: PaymentMethodData(supported_methods="CARD", data="{"),
        lambda: PaymentMethodData(supported_methods="CARD", data='{"a": 1}'),
        lambda: PaymentMethodData(supported_methods="CARD", data='{"a":"' + "x" * MOST_JSON + '"}'),
        lambda: PaymentMethodData(supported_methods="CARD", data={"a": 1}),  # type: ignore[arg-type]
        lambda: CartMandate(contents=CART["contents"]),
        lambda: vc.PaymentReceipt(**{**vars_of(PaymentReceipt.read(RECEIPT)), "payment_status": "paid"}),
    ],
)
def test_parts_are_checked_as_they_are_made(make: Any) -> None:
    with pytest.raises(InputError):
        make()


def vars_of(shape: Shape) -> dict[str, Any]:
    return {name: getattr(shape, name) for name in type(shape).__slots__}


def test_the_right_parts_are_made() -> None:
    assert PaymentMethodData(supported_methods="CARD", data='{"a":1}').write() == {
        "supported_methods": "CARD",
        "data": {"a": 1},
    }
    assert PaymentItem(label="x", amount=Money(10**15 - 1, "USD")).write()["amount"] == money(9_999_999_999_999.99)


def test_a_receipt_is_of_one_payment() -> None:
    """Attack 118."""
    payment = PaymentMandate.read(PAYMENT).payment_mandate_contents

    def off(**changes: Any) -> list[str]:
        points = vc.receipt_fits_payment(PaymentReceipt.read(altered(RECEIPT, **changes)), payment)
        return [point.name for point in points if not point.holds]

    assert off() == []
    assert off(payment_mandate_id="pm-2") == ["receipt.mandate"]
    assert off(amount=money(128.31)) == off(amount=money(128.3, "EUR")) == ["receipt.amount"]
    assert off(timestamp="2026-11-22T12:00:00Z") == ["receipt.timestamp"]
