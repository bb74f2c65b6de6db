"""A UCP checkout is read exactly: whole minor units, known states, totals that add up, and nothing left to guess."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from tests.unit.checkout_scene import CHECKOUT, changed

from attorn.canonical import MOST_INTEGER
from attorn.checkout.checkout import MOST_LINES, MOST_QUANTITY, MOST_TOTALS, Checkout, Item, Status
from attorn.checkout.party import Merchant
from attorn.errors import MalformedError
from attorn.request.money import Money

LINE = CHECKOUT["line_items"][1]


def test_a_checkout_is_read() -> None:
    found = Checkout.read(CHECKOUT)
    assert found.id == "chk_123"
    assert found.merchant == Merchant("merchant_1", "Demo Merchant", "https://demo-merchant.example")
    assert found.status is Status.READY_FOR_COMPLETE
    assert found.total == Money(24516, "USD")
    assert found.expires_at == datetime(2030, 3, 17, 18, 46, 40, tzinfo=UTC)
    assert found.line_items[0].item == Item("sku-1", "Shoe", Money(19900, "USD"))
    assert [line.quantity for line in found.line_items] == [1, 2, 3]
    assert [each.type for each in found.totals] == ["subtotal", "discount", "fulfillment", "tax", "total"]


def test_units_are_counted_over_all_lines_of_an_item() -> None:
    assert Checkout.read(CHECKOUT).quantities == {"sku-1": 1, "sku-2": 5}


@pytest.mark.parametrize("name", ["merchant", "expires_at"])
@pytest.mark.parametrize("value", [None, ...])
def test_what_is_optional_may_be_missing_or_null(name: str, value: Any) -> None:
    assert getattr(Checkout.read(changed(name, to=value)), name) is None


@pytest.mark.parametrize("status", list(Status))
def test_each_state_is_known(status: Status) -> None:
    assert Checkout.read(changed("status", to=status.value)).status is status


@pytest.mark.parametrize("name", ["id", "line_items", "status", "currency", "totals", "links"])
@pytest.mark.parametrize("value", [..., None, "", 7, True, {}, ["x"]])
def test_what_is_required_must_be_there(name: str, value: Any) -> None:
    with pytest.raises(MalformedError, match=f"^(checkout.)?{name}"):
        Checkout.read(changed(name, to=value))


@pytest.mark.parametrize("value", [None, [], "checkout", 1])
def test_it_must_be_an_object(value: Any) -> None:
    with pytest.raises(MalformedError, match="expected an object"):
        Checkout.read(value)


# attack 110: off by one, somewhere
@pytest.mark.parametrize("index", range(5))
@pytest.mark.parametrize("by", [-1, 1])
def test_totals_add_up_to_the_last_unit(index: int, by: int) -> None:
    amount = CHECKOUT["totals"][index]["amount"]
    with pytest.raises(MalformedError, match="the total is"):
        Checkout.read(changed("totals", index, "amount", to=amount + by))


# attack 111: amounts that are not whole, not finite, negative, too large, or no number
@pytest.mark.parametrize("amount", [1.0, 19900.0, "19900", True, None, -1, MOST_INTEGER + 1, [1], 1e15])
@pytest.mark.parametrize("path", [("line_items", 0, "item", "price"), ("totals", 4, "amount"), ("totals", 0, "amount")])
def test_amounts_are_whole_minor_units(path: tuple[Any, ...], amount: Any) -> None:
    with pytest.raises(MalformedError, match="expected an integer of 0 to"):
        Checkout.read(changed(*path, to=amount))


@pytest.mark.parametrize("amount", [1.0, "1", None, True, -MOST_INTEGER - 1])
def test_what_is_taken_off_is_whole_too(amount: Any) -> None:
    with pytest.raises(MalformedError, match=r"totals\[1\].amount: expected an integer"):
        Checkout.read(changed("totals", 1, "amount", to=amount))


# attack 111: a currency in another spelling, or none
@pytest.mark.parametrize("currency", ["usd", "Usd", "US", "USDX", "\u0405GD", "U\u0405D", "XXX", "BTC", "USD ", "$"])
def test_only_active_currencies(currency: str) -> None:
    with pytest.raises(MalformedError, match="active code of ISO 4217"):
        Checkout.read(changed("currency", to=currency))


@pytest.mark.parametrize("quantity", [0, -1, 1.0, "1", None, True, MOST_QUANTITY + 1])
def test_quantities_are_whole_and_positive(quantity: Any) -> None:
    with pytest.raises(MalformedError, match="quantity: expected an integer of 1"):
        Checkout.read(changed("line_items", 0, "quantity", to=quantity))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("line_items", 0, "id"), ...),
        (("line_items", 0, "id"), ""),
        (("line_items", 0, "item"), "sku-1"),
        (("line_items", 0, "item", "id"), ...),
        (("line_items", 0, "item", "id"), 7),
        (("line_items", 0, "item", "title"), None),
        (("line_items", 0, "item", "title"), "x" * 2049),
        (("line_items", 0, "totals"), ...),
        (("line_items", 0, "totals"), {}),
        (("line_items", 0, "totals", 0, "type"), ""),
        (("totals", 1, "display_text"), 5),
        (("totals", 1), None),
        (("merchant",), "merchant_1"),
        (("merchant", "id"), ""),
        (("links", 0), "https://demo-merchant.example"),
        (("links", 0, "url"), ...),
        (("links", 0, "type"), 1),
        (("status",), "open"),
        (("status",), "Incomplete"),
        (("expires_at",), "tomorrow"),
        (("expires_at",), 1_900_000_000),
        (("expires_at",), "2030-03-17T18:46:40"),
        (("expires_at",), "2030-02-30T18:46:40Z"),
    ],
)
def test_members_are_what_they_must_be(path: tuple[Any, ...], value: Any) -> None:
    with pytest.raises(MalformedError):
        Checkout.read(changed(*path, to=value))


@pytest.mark.parametrize("kind", ["subtotal", "total"])
def test_there_is_one_subtotal_and_one_total(kind: str) -> None:
    totals = CHECKOUT["totals"]
    without = [each for each in totals if each["type"] != kind]
    for number, wrong in ((0, without), (2, [*totals, {"type": kind, "amount": 0}])):
        with pytest.raises(MalformedError, match=f"expected one {kind}, got {number}"):
            Checkout.read(changed("totals", to=wrong))


def test_lines_are_told_apart() -> None:
    with pytest.raises(MalformedError, match="same id"):
        Checkout.read(changed("line_items", 1, "id", to="li_1"))


def test_an_empty_cart_is_refused() -> None:
    with pytest.raises(MalformedError, match="line_items: expected 1 to"):
        Checkout.read(changed("line_items", to=[]))


def test_there_is_a_bound_to_everything() -> None:
    lines = [{**LINE, "id": f"li_{number}"} for number in range(MOST_LINES + 1)]
    zeros = [{"type": "fee", "amount": 0}] * (MOST_TOTALS + 1)
    links = [{"type": "faq", "url": "https://demo-merchant.example"}] * (MOST_TOTALS + 1)
    for name, value in (("line_items", lines), ("totals", zeros), ("links", links)):
        with pytest.raises(MalformedError, match=f"{name}: expected"):
            Checkout.read(changed(name, to=value))
    assert len(Checkout.read(changed("line_items", to=lines[1:])).line_items) == MOST_LINES


def test_messages_name_the_place_and_show_no_more_than_is_readable() -> None:
    with pytest.raises(MalformedError) as caught:
        Checkout.read(changed("line_items", 2, "quantity", to="\x1b[31m" + "9" * 5000))
    assert "checkout.line_items[2].quantity" in str(caught.value)
    assert "\x1b" not in str(caught.value)
    assert len(str(caught.value)) < 200


# attacks 109 and 110: the shop's checkout is not the one that was agreed to
@pytest.mark.parametrize(
    ("path", "value", "terms"),
    [
        (("id",), "chk_124", ("id",)),
        (("merchant", "id"), "merchant_2", ("merchant",)),
        (("merchant",), ..., ("merchant",)),
        (("line_items", 0, "quantity"), 2, ("line_items",)),
        (("line_items", 0, "item", "price"), 19901, ("line_items",)),
        (("line_items", 0, "totals", 0, "amount"), 19901, ("line_items",)),
        (("line_items", 2), ..., ("line_items",)),
        (("totals", 2, "type"), "fee", ("totals",)),
        (("currency",), "EUR", ("line_items", "currency")),
        (("status",), "complete_in_progress", ()),
        (("expires_at",), ..., ()),
        (("links",), [], ()),
    ],
)
def test_terms_that_differ_are_named(path: tuple[Any, ...], value: Any, terms: tuple[str, ...]) -> None:
    agreed, live = Checkout.read(CHECKOUT), Checkout.read(changed(*path, to=value))
    assert agreed.differences(live) == live.differences(agreed) == terms
