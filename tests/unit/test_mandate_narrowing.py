"""An open mandate that is handed on is narrower in everything, or it is refused and the reason is told."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.checkout_scene import MERCHANT
from tests.unit.constraint_scene import (
    BUDGET,
    CARD,
    INSTRUMENTS,
    ITEMS,
    MERCHANTS,
    PAYEES,
    PISP,
    PISPS,
    RANGE,
    RECURRENCE,
    REFERENCE,
    WINDOW,
    Json,
    opened,
    ordered,
    with_,
)

from attorn.errors import ChainError, InputError
from attorn.mandate.narrowing import require_narrower, widening

PARENT = [RANGE, PAYEES, INSTRUMENTS, PISPS, RECURRENCE, BUDGET, WINDOW]
OTHER = {"id": "merchant_2", "name": "Other"}
SITED = {**OTHER, "website": "https://other.example"}
SHOES, SOCKS = ITEMS["items"]


def replaced(found: Json) -> list[Json]:
    """The parent's constraints with the one of that kind replaced."""
    return [found if each["type"] == found["type"] else each for each in PARENT]


@pytest.mark.parametrize(
    ("found", "path", "to"),
    [
        (RANGE, ("max",), 29_999),
        (RANGE, ("min",), 101),
        (PAYEES, ("allowed",), [MERCHANT]),
        (PAYEES, ("allowed",), [SITED]),
        (PAYEES, ("allowed", 0, "name"), "Another name"),
        (INSTRUMENTS, ("allowed", 0, "description"), "another"),
        (RECURRENCE, ("max_occurrences",), 2),
        (RECURRENCE, ("frequency",), "QUARTERLY"),
        (BUDGET, ("max",), 59_999),
        (WINDOW, ("not_before",), "2026-11-22T00:00:00Z"),
        (WINDOW, ("not_after",), "2026-11-22"),
    ],
)
def test_what_is_narrower_is_handed_on(found: Json, path: Any, to: Any) -> None:
    assert widening(opened(*replaced(with_(found, *path, to=to))), opened(*PARENT)) is None


@pytest.mark.parametrize(
    ("found", "path", "to"),
    [
        (RANGE, ("max",), 30_001),
        (RANGE, ("min",), 99),
        (RANGE, ("min",), ...),
        (RANGE, ("currency",), "EUR"),
        (PAYEES, ("allowed", 1, "id"), "merchant_3"),
        (PAYEES, ("allowed", 0, "website"), ...),
        (PAYEES, ("allowed", 0, "website"), "https://phish.example"),
        (INSTRUMENTS, ("allowed", 0, "type"), "bank"),
        (INSTRUMENTS, ("allowed",), [CARD, {"id": "card-2", "type": "card"}]),
        (PISPS, ("allowed", 0, "domain_name"), "pay2.example"),
        (PISPS, ("allowed",), [PISP, {**PISP, "brand_name": "P"}]),
        (RECURRENCE, ("max_occurrences",), 4),
        (RECURRENCE, ("max_occurrences",), ...),
        (RECURRENCE, ("frequency",), "BIWEEKLY"),
        (RECURRENCE, ("frequency",), "ON_DEMAND"),
        (BUDGET, ("max",), 60_001),
        (BUDGET, ("currency",), "EUR"),
        (WINDOW, ("not_before",), "2026-11-21"),
        (WINDOW, ("not_before",), ...),
        (WINDOW, ("not_after",), "2026-11-23"),
        (WINDOW, ("not_after",), ...),
    ],
)
def test_what_is_wider_in_one_thing_is_not(found: Json, path: Any, to: Any) -> None:  # attack 116
    child, parent = opened(*replaced(with_(found, *path, to=to))), opened(*PARENT)
    assert (widening(child, parent) or "").startswith(found["type"])
    with pytest.raises(ChainError, match="wider"):
        require_narrower(child, parent)


@pytest.mark.parametrize("left_out", [each for each in PARENT if each is not RECURRENCE], ids=lambda each: each["type"])
def test_a_constraint_that_is_left_out_is_a_widening(left_out: Json) -> None:  # attack 116
    parts = [each for each in PARENT if each not in (left_out, RECURRENCE)]
    assert (widening(opened(*parts), opened(*PARENT)) or "").startswith(left_out["type"])


def test_a_mandate_for_one_use_is_as_narrow_as_any_recurrence() -> None:
    once = opened(*(each for each in PARENT if each is not RECURRENCE))
    assert widening(once, opened(*PARENT)) is None
    assert (widening(opened(*PARENT), once) or "").startswith(RECURRENCE["type"])


def test_more_constraints_and_more_presets_are_narrower() -> None:
    assert widening(opened(*PARENT, with_(RANGE, "max", to=5000), payee=MERCHANT), opened(*PARENT)) is None
    assert widening(opened(*PARENT), opened()) == (
        "payment.agent_recurrence: it may be used again, and what it comes from may not"
    )
    assert widening(opened(RANGE), opened()) is None


@pytest.mark.parametrize("to", [{**MERCHANT, "name": "Another"}, OTHER, None])
def test_a_preset_is_handed_on_unchanged(to: Any) -> None:
    parent = opened(payee=MERCHANT)
    child = opened() if to is None else opened(payee=to)
    assert (widening(child, parent) or "").startswith("payee")
    assert widening(opened(payee=MERCHANT), parent) is None


def test_another_order_is_no_narrower_one() -> None:
    parent = opened()
    child = opened(with_(REFERENCE, "conditional_transaction_id", to="another"))
    assert widening(child, parent) is None
    assert widening(parent, child) == (
        "payment.reference: nothing in it is plainly as narrow as the open checkout mandate another"
    )


@pytest.mark.parametrize(
    "items",
    [
        [SHOES, SOCKS],
        [SOCKS, SHOES],
        [SHOES, {**SOCKS, "acceptable_items": SOCKS["acceptable_items"][:1]}],
        [SHOES, {**SOCKS, "quantity": 2}, {**SOCKS, "quantity": 3, "acceptable_items": SOCKS["acceptable_items"][1:]}],
        [{**SHOES, "id": "renamed"}, SOCKS],
    ],
)
def test_orders_that_are_narrower(items: Any) -> None:
    assert widening(ordered(with_(ITEMS, "items", to=items), MERCHANTS), ordered(ITEMS, MERCHANTS)) is None


@pytest.mark.parametrize(
    "items",
    [
        [SOCKS],
        [SHOES, {**SOCKS, "quantity": 4}],
        [SHOES, {**SOCKS, "quantity": 6}],
        [{**SHOES, "quantity": 2}, {**SOCKS, "quantity": 4}],
        [SHOES, {**SOCKS, "acceptable_items": [*SOCKS["acceptable_items"], {"id": "sku-4", "title": "Tights"}]}],
        [{**SHOES, "acceptable_items": SOCKS["acceptable_items"]}, SOCKS],
    ],
)
def test_orders_that_are_not(items: Any) -> None:  # attack 116
    child = ordered(with_(ITEMS, "items", to=items), MERCHANTS)
    assert (widening(child, ordered(ITEMS, MERCHANTS)) or "").startswith("checkout.line_items")
    assert (widening(ordered(ITEMS), ordered(ITEMS, MERCHANTS)) or "").startswith("checkout.allowed_merchants")


def test_a_payment_is_not_handed_on_as_an_order() -> None:
    assert widening(opened(), ordered(ITEMS)) == "a mandate of another type"
    for child, parent in ((opened(), None), (None, opened()), (None, None)):
        with pytest.raises(InputError):
            widening(child, parent)  # type: ignore[arg-type]
