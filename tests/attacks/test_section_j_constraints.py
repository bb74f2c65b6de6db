"""Attacks 110 to 112, 115 and 116 on what mandates say. One thing is wrong in each, and its code is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.unit.checkout_scene import CHECKOUT, changed
from tests.unit.constraint_scene import (
    BUDGET,
    HASH,
    INSTRUMENTS,
    ITEMS,
    MERCHANTS,
    NOW,
    PAYEES,
    PAYMENT,
    RANGE,
    RECURRENCE,
    Json,
    codes,
    offered,
    opened,
    ordered,
    with_,
)

from attorn.canonical import parse
from attorn.checkout.checkout import Checkout
from attorn.errors import AttornError
from attorn.mandate.charging import Held, charge_checkout, charge_payment, usages
from attorn.mandate.constraint.base import Asked, Usage
from attorn.mandate.constraint.budget import Unit
from attorn.mandate.matching import mismatches
from attorn.mandate.open_checkout import OpenCheckout
from attorn.mandate.open_payment import OpenPayment
from attorn.mandate.payment import ClosedPayment
from attorn.store import MemoryStore

UNTIL = NOW + 1000 * 86_400
ORDERS = frozenset({HASH})
EVERY = [with_(RANGE, "max", to=24_516), PAYEES, INSTRUMENTS]
ON_DEMAND = {"type": "payment.agent_recurrence", "frequency": "ON_DEMAND"}
MONTHLY = [with_(RANGE, "min", to=...), BUDGET, RECURRENCE]


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(AttornError) as caught:
        call()
    return caught.value.code


def found_wrong(payment: Json = PAYMENT, checkout: Json = CHECKOUT) -> list[str]:
    """What a credential provider and a merchant find wrong with a purchase, by code."""
    paid, shop = ClosedPayment.read(payment), Checkout.read(checkout)
    ledger = MemoryStore()
    by_payment = charge_payment(ledger, [Held("p", opened(*EVERY), UNTIL)], paid, open_checkouts=ORDERS, now=NOW)
    by_order = charge_checkout(ledger, [Held("o", ordered(ITEMS, MERCHANTS), UNTIL)], shop, now=NOW)
    said = [each.violation for each in (*by_payment, *by_order)]
    return [*codes(tuple(said)), *codes(mismatches(paid, offered(checkout)))]


def test_without_an_attack_it_is_bought() -> None:
    assert found_wrong() == []


# attack 110: off by one unit


@pytest.mark.parametrize(
    ("path", "to", "expected"),
    [
        (("payment_amount", "amount"), 24_517, ["amount_too_high", "wrong_total"]),
        (("payment_amount", "amount"), 24_515, ["wrong_total"]),
        (("payment_amount", "currency"), "EUR", ["wrong_currency", "wrong_total"]),
        (("payment_amount", "currency"), "USN", ["wrong_currency", "wrong_total"]),
        (("payee", "id"), "merchant_l", ["payee_not_allowed", "wrong_payee"]),
        (("payee", "website"), "https://demo-merchant.example.", ["payee_not_allowed", "wrong_payee"]),
        (("payment_instrument", "id"), "card-2", ["instrument_not_allowed"]),
        (("payment_instrument", "type"), "bank", ["instrument_not_allowed"]),
    ],
)
def test_a_payment_that_is_off_by_one(path: Any, to: Any, expected: list[str]) -> None:
    assert found_wrong(with_(PAYMENT, *path, to=to)) == expected


@pytest.mark.parametrize(
    ("path", "to", "expected"),
    [
        (("line_items", 0, "quantity"), 2, ["too_many_items"]),
        (("line_items", 1, "quantity"), 1, ["too_few_items"]),
        (("line_items", 1, "item", "id"), "sku-1", ["items_do_not_fit"]),
        (("line_items", 1, "item", "id"), "sku-4", ["item_not_allowed"]),
        (("merchant", "id"), "merchant_l", ["merchant_not_allowed", "wrong_payee"]),
        (("merchant",), ..., ["merchant_not_allowed"]),
    ],
)
def test_a_cart_that_is_off_by_one(path: Any, to: Any, expected: list[str]) -> None:
    assert found_wrong(checkout=changed(*path, to=to)) == expected


@pytest.mark.parametrize("entry", [2, 3])
@pytest.mark.parametrize("more", [1, -1])
def test_shipping_and_tax_that_are_off_by_one(entry: int, more: int) -> None:
    """Either the total is no longer the sum, or the payment is no longer the total."""
    amount = CHECKOUT["totals"][entry]["amount"] + more
    moved = changed("totals", entry, "amount", to=amount)
    assert code_of(lambda: Checkout.read(moved)) == "malformed"
    assert found_wrong(checkout=changed("totals", 4, "amount", to=24_516 + more, of=moved)) == ["wrong_total"]


# attack 111: amounts and currencies that are none


@pytest.mark.parametrize("text", ["Infinity", "-Infinity", "NaN", "1e400", "-0", "9007199254740993"])
def test_an_amount_that_no_json_can_say(text: str) -> None:
    assert code_of(lambda: parse(f'{{"amount": {text}}}')) == "malformed"


@pytest.mark.parametrize(
    "amount", ["-1", "24516.0", "245.16", "2.4516e4", '"24516"', "true", "null", "[24516]", "1e15"]
)
def test_an_amount_that_is_no_whole_minor_units(amount: str) -> None:
    payment = with_(PAYMENT, "payment_amount", "amount", to=parse(amount))
    assert code_of(lambda: ClosedPayment.read(payment)) == "malformed"
    assert code_of(lambda: opened(with_(RANGE, "max", to=parse(amount)))) == "malformed"
    assert code_of(lambda: opened(payment_amount=payment["payment_amount"])) == "malformed"


@pytest.mark.parametrize(
    "currency", ["usd", "Usd", "UЅD", "USD\u200b", "US", "USDT", "ZZZ", "XXX", "HRK", "", None, 840]
)
def test_a_currency_that_is_none(currency: Any) -> None:
    assert code_of(lambda: ClosedPayment.read(with_(PAYMENT, "payment_amount", "currency", to=currency))) == "malformed"
    for part in (RANGE, BUDGET):
        assert code_of(lambda part=part: opened(with_(part, "currency", to=currency))) == "malformed"


@pytest.mark.parametrize(
    ("number", "unit"), [(0.1, Unit.MINOR), (0.001, Unit.MAJOR), (-5, Unit.MINOR), (0, Unit.MAJOR)]
)
def test_a_budget_that_is_no_whole_minor_units(number: float, unit: Unit) -> None:
    assert code_of(lambda: opened(with_(BUDGET, "max", to=number), unit=unit)) == "bad_mandate"


# attack 112: used once too often


def charged(ledger: Any, mandates: list[Held], amount: int, now: int = NOW) -> list[str]:
    payment = ClosedPayment.read(with_(PAYMENT, "payment_amount", "amount", to=amount))
    return codes(
        tuple(each.violation for each in charge_payment(ledger, mandates, payment, open_checkouts=ORDERS, now=now))
    )


@pytest.mark.parametrize("later", [0, 1, 86_400, 900 * 86_400])
def test_a_second_use_of_what_may_be_used_once(later: int) -> None:
    ledger = MemoryStore()
    assert charged(ledger, [Held("h", opened(*EVERY), UNTIL)], 24_516) == []
    assert charged(ledger, [Held("h", opened(*EVERY), UNTIL)], 24_516, NOW + later) == ["too_many_uses"]


def test_one_use_more_than_the_number_of_occurrences() -> None:
    ledger, mandate = MemoryStore(), Held("h", opened(*MONTHLY), UNTIL)
    found = [charged(ledger, [mandate], 1, NOW + month * 31 * 86_400) for month in range(4)]
    assert found == [[], [], [], ["too_many_uses"]]


# attack 115: constraints that nobody knows, and none at all


@pytest.mark.parametrize(
    "constraint",
    [{"type": "payment.max_risk", "max": 1}, {"type": "payment.amount_range.2"}, {"max": 5, "currency": "USD"}, {}],
)
def test_a_constraint_that_nobody_knows(constraint: Json) -> None:
    assert code_of(lambda: opened(*EVERY, constraint)) == "bad_mandate"
    assert code_of(lambda: ordered(ITEMS, constraint)) == "bad_mandate"


@pytest.mark.parametrize("found", [PAYEES, INSTRUMENTS, MERCHANTS, ITEMS], ids=lambda found: found["type"])
def test_a_list_that_is_empty_and_one_that_is_missing(found: Json) -> None:
    name = "items" if found is ITEMS else "allowed"
    make = ordered if found["type"].startswith("checkout.") else opened
    beside = [ITEMS] if found is MERCHANTS else []
    assert code_of(lambda: make(*beside, with_(found, name, to=[]))) == "bad_mandate"
    assert code_of(lambda: make(*beside, with_(found, name, to=...))) == "malformed"


def test_acceptable_items_that_are_empty_are_not_anything() -> None:
    assert code_of(lambda: ordered(with_(ITEMS, "items", 0, "acceptable_items", to=[]))) == "bad_mandate"


@pytest.mark.parametrize(
    ("constraints", "code"), [([], "bad_mandate"), (..., "malformed"), (None, "malformed"), ({}, "malformed")]
)
def test_no_constraints_are_not_everything(constraints: Any, code: str) -> None:
    payment: Json = {"vct": "mandate.payment.open.1"} | ({} if constraints is ... else {"constraints": constraints})
    assert code_of(lambda: OpenPayment.read(payment, unit=Unit.MINOR)) == code
    checkout = {**payment, "vct": "mandate.checkout.open.1"}
    assert code_of(lambda: OpenCheckout.read(checkout)) == code


def test_a_verifier_that_knows_no_past_decides_against() -> None:
    asked = opened(*MONTHLY).violations
    from_nothing = asked(_asked(None))
    assert {str(each.code) for each in from_nothing} == {"usage_unknown"}
    assert asked(_asked(Usage())) == ()


def _asked(usage: Usage | None) -> Any:
    return Asked(payment=ClosedPayment.read(PAYMENT), now=NOW, open_checkouts=ORDERS, usage=usage)


# attack 116: more than the mandate it comes from, and the edges of the calendar


def test_each_sub_agent_within_its_budget_and_all_of_them_over_it() -> None:
    ledger, limits = MemoryStore(), [with_(RANGE, "min", to=0), with_(BUDGET, "max", to=1000), ON_DEMAND]
    root = Held("root", opened(*limits), UNTIL)
    below = [Held(f"sub {number}", root.mandate, UNTIL) for number in range(4)]
    found = [charged(ledger, [root, each], 300) for each in below]
    assert found == [[], [], [], ["over_budget"]]
    assert usages(ledger, [root, *below])[0] == Usage(3, 900)


@pytest.mark.parametrize(
    ("frequency", "first", "early", "again"),
    [
        ("MONTHLY", "2027-01-31T23:59:59", "2027-02-28T23:59:58", "2027-02-28T23:59:59"),
        ("MONTHLY", "2028-01-31T00:00:00", "2028-02-28T23:59:59", "2028-02-29T00:00:00"),
        ("DAILY", "2027-03-27T12:00:00", "2027-03-28T11:59:59", "2027-03-28T12:00:00"),
        ("ANNUALLY", "2028-02-29T00:00:00", "2029-02-27T23:59:59", "2029-02-28T00:00:00"),
        ("QUARTERLY", "2026-11-30T00:00:00", "2027-02-27T23:59:59", "2027-02-28T00:00:00"),
        ("BIWEEKLY", "2026-12-25T00:00:00", "2027-01-07T23:59:59", "2027-01-08T00:00:00"),
    ],
)
def test_the_edges_of_a_period(frequency: str, first: str, early: str, again: str) -> None:
    ledger = MemoryStore()
    part = {"type": "payment.agent_recurrence", "frequency": frequency}
    mandate = Held("h", opened(with_(RANGE, "min", to=0), BUDGET, part), UNTIL * 2)
    at = [int(datetime.fromisoformat(f"{text}+00:00").astimezone(UTC).timestamp()) for text in (first, early, again)]
    assert [charged(ledger, [mandate], 1, now) for now in at] == [[], ["too_soon"], []]
