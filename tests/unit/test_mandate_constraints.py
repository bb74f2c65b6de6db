"""The ten constraints of AP2 v0.2: what each is read from, what it refuses to be, and what it prohibits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from tests.unit.checkout_scene import CHECKOUT, MERCHANT, changed
from tests.unit.constraint_scene import (
    BUDGET,
    CARD,
    INSTRUMENTS,
    ITEMS,
    MERCHANTS,
    NOW,
    ORDER,
    PAYEES,
    PAYMENT,
    PISP,
    PISPS,
    RANGE,
    RECURRENCE,
    REFERENCE,
    WINDOW,
    Json,
    asked,
    codes,
    declined,
    offered,
    opened,
    ordered,
    refused,
    with_,
)

from attorn.checkout.checkout import Checkout
from attorn.checkout.party import Merchant
from attorn.errors import AttornError, InputError
from attorn.mandate.constraint import kinds
from attorn.mandate.constraint.allowed_merchants import AllowedMerchants
from attorn.mandate.constraint.allowed_payees import AllowedPayees
from attorn.mandate.constraint.amount_range import AmountRange
from attorn.mandate.constraint.base import Asked, Usage
from attorn.mandate.constraint.budget import Budget, Unit
from attorn.mandate.constraint.calendar import NEVER, Frequency
from attorn.mandate.constraint.execution_date import ExecutionDate
from attorn.mandate.constraint.line_items import AcceptableItem, LineItems, Requirement
from attorn.mandate.constraint.recurrence import Recurrence
from attorn.mandate.constraint.reference import Reference
from attorn.mandate.date import Date
from attorn.mandate.matching import mismatches
from attorn.mandate.open_checkout import OpenCheckout
from attorn.mandate.open_payment import OpenPayment
from attorn.mandate.order import ClosedCheckout
from attorn.mandate.payment import ClosedPayment
from attorn.request.money import Money

EVERY = [RANGE, PAYEES, INSTRUMENTS, PISPS, RECURRENCE, BUDGET, WINDOW]
DAY = 86_400


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(AttornError) as caught:
        call()
    return caught.value.code


def paying(*path: str | int, to: Any) -> Json:
    return with_(PAYMENT, *path, to=to)


def test_a_purchase_that_meets_everything_is_not_prohibited() -> None:
    assert refused(*EVERY, payment=paying("pisp", to=PISP)) == []
    assert declined(ITEMS, MERCHANTS) == []


@pytest.mark.parametrize("found", [*EVERY, REFERENCE], ids=lambda found: found["type"])
def test_every_payment_constraint_is_one_the_open_mandate_enforces(found: Json) -> None:
    """One payment against which each has something."""
    bad = {
        **PAYMENT,
        "payee": {"id": "m", "name": "M"},
        "payment_amount": {"amount": 99, "currency": "EUR"},
        "payment_instrument": {"id": "c", "type": "card"},
        "execution_date": "2026-11-21",
    }
    parts = [RANGE, BUDGET, found] if found is RECURRENCE else [found]
    usage = Usage(3, 0, NOW)
    violations = opened(*parts).violations(asked(bad, usage=usage, checkouts=()))
    assert found["type"] in {each.type for each in violations}


@pytest.mark.parametrize(
    ("path", "to", "expected"),
    [
        (("payment_amount", "amount"), 99, "amount_too_low"),
        (("payment_amount", "amount"), 30_001, "amount_too_high"),
        (("payment_amount", "currency"), "EUR", "wrong_currency"),
        (("payee", "id"), "merchant_3", "payee_not_allowed"),
        (("payee", "website"), "https://other.example", "payee_not_allowed"),
        (("payment_instrument", "id"), "card-2", "instrument_not_allowed"),
        (("payment_instrument", "type"), "bank", "instrument_not_allowed"),
        (("pisp", "domain_name"), "pay.exampIe", "pisp_not_allowed"),
        (("pisp", "legal_name"), "Pay ltd", "pisp_not_allowed"),
        (("pisp",), ..., "pisp_not_allowed"),
        (("execution_date",), "2026-11-21", "too_early"),
        (("execution_date",), "2026-11-23", "too_late"),
    ],
)
def test_one_thing_that_is_not_allowed_is_the_one_that_is_named(path: Any, to: Any, expected: str) -> None:
    every = [RANGE, PAYEES, INSTRUMENTS, PISPS, WINDOW]
    assert refused(*every, payment=with_(paying("pisp", to=PISP), *path, to=to)) == [expected]


@pytest.mark.parametrize(("amount", "allowed"), [(100, True), (30_000, True), (0, False)])
def test_the_bounds_of_a_range_are_inside(amount: int, allowed: bool) -> None:
    assert (refused(RANGE, payment=paying("payment_amount", "amount", to=amount)) == []) is allowed
    assert refused(with_(RANGE, "min", to=...), payment=paying("payment_amount", "amount", to=0)) == []


@pytest.mark.parametrize(
    ("mine", "theirs", "same"),
    [
        ({"website": "https://a.example"}, {}, True),
        ({}, {"website": "https://a.example"}, True),
        ({"website": ""}, {"website": "https://a.example"}, True),
        ({"website": "https://a.example"}, {"website": "https://A.example"}, False),
        ({"name": "Another name"}, {}, True),
        ({"id": "M"}, {"id": "m"}, False),
    ],
)
def test_payees_are_compared_by_id_and_by_website_where_both_have_one(mine: Json, theirs: Json, same: bool) -> None:
    listed = with_(PAYEES, "allowed", to=[{"id": "m", "name": "M", **mine}])
    assert (refused(listed, payment=paying("payee", to={"id": "m", "name": "M", **theirs})) == []) is same


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        (None, []),
        ("2026-11-22", []),
        ("2026-11-23", ["too_late"]),
        ("2026-11-22T00:00:00Z", []),
        ("2026-11-21T23:59:59.999999Z", ["too_early"]),
        # Later as text, earlier as a time; and the other way about.
        ("2026-11-22T00:30:00+01:00", ["too_early"]),
        ("2026-11-21T20:00:00-05:00", []),
        ("2026-11-23T09:00:00Z", []),
        ("2026-11-23T09:00:00.000001Z", ["too_late"]),
        ("2026-11-23T20:00:00+14:00", []),
    ],
)
def test_dates_are_instants_and_days_are_of_utc(date: str | None, expected: list[str]) -> None:
    assert refused(WINDOW, payment=PAYMENT if date is None else paying("execution_date", to=date)) == expected


def test_without_a_date_the_payment_is_now() -> None:
    assert refused(WINDOW, now=NOW - DAY) == ["too_early"]
    assert refused(WINDOW, now=NOW + DAY) == ["too_late"]
    assert refused(with_(WINDOW, "not_after", to=...), now=NOW + 99 * DAY) == []


@pytest.mark.parametrize(
    "text",
    [
        *("2026-11-22T10:00:00", "2026-11-22T10:00Z", "2026-11-22 10:00:00Z", "2026-11-22T10:00:00.1234567Z"),
        *("2026-02-29", "2026-W47-7", "20261122", "22.11.2026", "2026-11-22Z", "now", "", "2026-11-22T24:00:00Z"),
        *("2026-11-22T10:00:60Z", "2026-13-01", "10000-01-01", "٢٠٢٦-11-22"),
    ],
)
def test_a_date_of_two_meanings_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        Date(text)
    assert code_of(lambda: ClosedPayment.read(paying("execution_date", to=text))) == "malformed"
    assert code_of(lambda: opened(with_(WINDOW, "not_after", to=text))) == "malformed"


@pytest.mark.parametrize(
    ("frequency", "last", "again"),
    [
        ("DAILY", "2026-03-28T12:00:00+00:00", "2026-03-29T12:00:00+00:00"),  # clocks change in between, not in UTC
        ("WEEKLY", "2026-12-28T00:00:00+00:00", "2027-01-04T00:00:00+00:00"),
        ("BIWEEKLY", "2026-02-20T00:00:00+00:00", "2026-03-06T00:00:00+00:00"),
        ("MONTHLY", "2026-01-31T10:00:00+00:00", "2026-02-28T10:00:00+00:00"),
        ("MONTHLY", "2028-01-31T10:00:00+00:00", "2028-02-29T10:00:00+00:00"),
        ("MONTHLY", "2026-02-28T10:00:00+00:00", "2026-03-28T10:00:00+00:00"),
        ("MONTHLY", "2026-12-15T10:00:00+00:00", "2027-01-15T10:00:00+00:00"),
        ("QUARTERLY", "2026-11-30T10:00:00+00:00", "2027-02-28T10:00:00+00:00"),
        ("ANNUALLY", "2028-02-29T10:00:00+00:00", "2029-02-28T10:00:00+00:00"),
    ],
)
def test_the_calendar(frequency: str, last: str, again: str) -> None:  # attack 116
    used, free = (int(datetime.fromisoformat(text).timestamp()) for text in (last, again))
    assert Frequency(frequency).after(used) == free
    part = {"type": "payment.agent_recurrence", "frequency": frequency}
    assert refused(RANGE, BUDGET, part, usage=Usage(1, 0, used), now=free - 1) == ["too_soon"]
    assert refused(RANGE, BUDGET, part, usage=Usage(1, 0, used), now=free) == []


def test_after_the_calendars_last_year_there_is_no_next_use() -> None:
    assert Frequency.ANNUALLY.after(NEVER - 1) == NEVER
    assert Frequency.ON_DEMAND.after(NOW) == NOW


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        (None, ["usage_unknown"] * 2),
        (Usage(), []),
        (Usage(2, 35_484, NOW - 31 * DAY), []),
        (Usage(3, 0, NOW - 31 * DAY), ["too_many_uses"]),
        (Usage(2, 35_485, NOW - 31 * DAY), ["over_budget"]),
        (Usage(3, 60_000, NOW), ["too_many_uses", "too_soon", "over_budget"]),
    ],
)
def test_what_was_used_before_counts(usage: Usage | None, expected: list[str]) -> None:
    assert refused(RANGE, RECURRENCE, BUDGET, usage=usage) == expected


def test_without_a_recurrence_a_mandate_is_used_once() -> None:
    assert refused(RANGE, usage=Usage(1, 5, NOW - 999 * DAY)) == ["too_many_uses"]
    assert refused(RANGE, usage=None) == ["usage_unknown"]
    assert codes(ordered(ITEMS).violations(Checkout.read(CHECKOUT), Usage(1))) == ["too_many_uses"]
    assert codes(ordered(ITEMS).violations(Checkout.read(CHECKOUT), None)) == ["usage_unknown"]


@pytest.mark.parametrize("checkouts", [None, (), ("another",), ("",)])
def test_a_payment_is_for_the_order_it_refers_to(checkouts: Any) -> None:
    assert refused(RANGE, checkouts=checkouts) == ["wrong_checkout"]


@pytest.mark.parametrize(
    ("written", "unit", "minor"),
    [
        ({"max": 2000, "currency": "USD"}, Unit.MINOR, 2000),
        ({"max": 2000.0, "currency": "USD"}, Unit.MINOR, 2000),
        ({"max": 1000, "currency": "JPY"}, Unit.MINOR, 1000),
        ({"max": 2000, "currency": "USD"}, Unit.MAJOR, 200_000),
        ({"max": 19.99, "currency": "USD"}, Unit.MAJOR, 1999),
        ({"max": 0.29, "currency": "USD"}, Unit.MAJOR, 29),
        ({"max": 1.1, "currency": "EUR"}, Unit.MAJOR, 110),
        ({"max": 19.99, "currency": "USD", "attorn": {"minor": 1999}}, Unit.MINOR, 1999),
        ({"max": 10, "currency": "JPY", "attorn": {"minor": 1000}}, Unit.MAJOR, 1000),
        ({"max": 1e3, "currency": "USD"}, Unit.MINOR, 1000),
    ],
)
def test_a_budget_is_read_in_the_unit_that_was_stated(written: Json, unit: Unit, minor: int) -> None:
    assert Budget.read(written, unit) == Budget(minor, written["currency"])


@pytest.mark.parametrize(
    ("written", "unit", "code"),
    [
        ({"max": 19.99, "currency": "USD"}, Unit.MINOR, "bad_mandate"),
        ({"max": 19.999, "currency": "USD"}, Unit.MAJOR, "bad_mandate"),
        ({"max": 1000, "currency": "JPY"}, Unit.MAJOR, "bad_mandate"),
        ({"max": 1, "currency": "BHD"}, Unit.MAJOR, "bad_mandate"),
        ({"max": 20, "currency": "USD", "attorn": {"minor": 20}}, Unit.MINOR, "bad_mandate"),
        ({"max": 20, "currency": "USD", "attorn": {"minor": 2000.0}}, Unit.MINOR, "malformed"),
        ({"max": 20, "currency": "USD", "attorn": {}}, Unit.MINOR, "malformed"),
        ({"max": 20, "currency": "USD", "attorn": None}, Unit.MINOR, "malformed"),
        ({"max": 0, "currency": "USD"}, Unit.MINOR, "bad_mandate"),
        ({"max": -1, "currency": "USD"}, Unit.MINOR, "bad_mandate"),
        ({"max": "20", "currency": "USD"}, Unit.MINOR, "malformed"),
        ({"max": True, "currency": "USD"}, Unit.MINOR, "malformed"),
        ({"max": None, "currency": "USD"}, Unit.MINOR, "malformed"),
        ({"currency": "USD"}, Unit.MINOR, "malformed"),
        ({"max": 20}, Unit.MINOR, "malformed"),
        ({"max": 20, "currency": "usd"}, Unit.MINOR, "malformed"),
        ({"max": 10**15, "currency": "USD"}, Unit.MINOR, "bad_mandate"),
        ({"max": float("inf"), "currency": "USD"}, Unit.MINOR, "malformed"),
        ({"max": float("nan"), "currency": "USD"}, Unit.MAJOR, "malformed"),
    ],
)
def test_a_budget_of_two_meanings_is_refused(written: Json, unit: Unit, code: str) -> None:  # attack 111
    assert code_of(lambda: opened({"type": "payment.budget", **written}, unit=unit)) == code


@pytest.mark.parametrize(
    ("minor", "number"), [(2000, 20), (1999, 19.99), (1, 0.01), (10, 0.1), (10**15 - 1, 9_999_999_999_999.99)]
)
def test_a_budget_is_written_for_the_sdk_and_for_attorn(minor: int, number: float) -> None:
    written = Budget(minor, "USD").write()
    assert written == {"currency": "USD", "max": number, "attorn": {"minor": minor}}
    # What the SDK allows, which multiplies with floats, is never more.
    assert int(number * 100) in (minor, minor - 1)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ({"sku-1": 1, "sku-2": 5}, []),
        ({"sku-1": 1, "sku-2": 2, "sku-3": 3}, []),
        ({"sku-1": 1, "sku-2": 4}, ["too_few_items"]),
        ({"sku-1": 1}, ["too_few_items"]),
        ({"sku-1": 1, "sku-2": 6}, ["too_many_items"]),
        ({"sku-1": 2, "sku-2": 4}, ["items_do_not_fit"]),
        ({"sku-1": 6}, ["items_do_not_fit"]),
        ({"sku-1": 1, "sku-2": 4, "gift": 1}, ["item_not_allowed"]),
        ({"sku-1": 1, "sku-2": 5, "gift": 1}, ["item_not_allowed", "too_many_items"]),
        ({"SKU-1": 1, "sku-2": 5}, ["item_not_allowed"]),
    ],
)
def test_a_cart_is_what_was_asked_for_and_nothing_else(lines: dict[str, int], expected: list[str]) -> None:
    cart = [
        {"id": item, "item": {"id": item, "title": "T", "price": 0}, "quantity": quantity, "totals": []}
        for item, quantity in lines.items()
    ]
    assert declined(ITEMS, checkout=changed("line_items", to=cart)) == expected


def test_an_empty_cart_is_no_purchase() -> None:
    whole = Checkout.read(CHECKOUT)
    empty = Checkout(whole.id, whole.merchant, (), whole.currency, whole.totals, whole.status, whole.expires_at)
    assert codes(ordered(ITEMS).violations(empty, Usage())) == ["cart_empty"]


def test_two_requirements_of_one_item_share_its_units() -> None:
    same = with_(ITEMS, "items", 0, "acceptable_items", to=[{"id": "sku-2", "title": "Sock"}])
    cart = changed("line_items", to=CHECKOUT["line_items"][1:])
    assert declined(same, checkout=cart) == ["too_few_items"]
    assert declined(same, checkout=changed("line_items", 0, "quantity", to=3, of=cart)) == []


@pytest.mark.parametrize(
    ("to", "expected"),
    [
        (..., ["merchant_not_allowed"]),
        ({**MERCHANT, "id": "merchant_2"}, ["merchant_not_allowed"]),
        ({**MERCHANT, "website": "https://phish.example"}, ["merchant_not_allowed"]),
        ({**MERCHANT, "name": "Another name"}, []),
    ],
)
def test_a_checkout_is_of_a_merchant_on_the_list(to: Any, expected: list[str]) -> None:
    assert declined(ITEMS, MERCHANTS, checkout=changed("merchant", to=to)) == expected


PRESETS: Json = {
    "payee": MERCHANT,
    "payment_amount": {"amount": 24_516, "currency": "USD"},
    "payment_instrument": CARD,
    "pisp": PISP,
    "execution_date": "2026-11-22",
    "risk_data": {"score": 1, "flags": [True]},
}
FULL = {**PAYMENT, **PRESETS}


@pytest.mark.parametrize(
    ("name", "to"),
    [
        ("payee", {**MERCHANT, "name": "Another name"}),
        ("payee", {"id": "merchant_1", "name": "Demo Merchant"}),
        ("payment_amount", {"amount": 24_515, "currency": "USD"}),
        ("payment_amount", {"amount": 24_516, "currency": "EUR"}),
        ("payment_instrument", {**CARD, "description": "Visa 4243"}),
        ("payment_instrument", {"id": "card-1", "type": "card"}),
        ("pisp", {**PISP, "brand_name": "PAY"}),
        ("pisp", ...),
        ("execution_date", "2026-11-22T00:00:00Z"),
        ("execution_date", ...),
        ("risk_data", {"score": 1, "flags": [1]}),
        ("risk_data", {"score": 2, "flags": [True]}),
        ("risk_data", {}),
        ("risk_data", ...),
    ],
)
def test_all_six_presets_stay_as_they_are(name: str, to: Any) -> None:
    fixed = opened(**{name: PRESETS[name]})
    assert fixed.violations(asked(FULL)) == ()
    (found,) = fixed.violations(asked(with_(FULL, name, to=to)))
    assert (found.code, found.type) == ("preset_changed", name)


def test_what_is_not_fixed_may_be_anything() -> None:
    assert refused(payment=FULL) == []


@pytest.mark.parametrize(
    ("found", "path", "to", "code"),
    [
        (RANGE, ("max",), 30_000.0, "malformed"),
        (RANGE, ("max",), "30000", "malformed"),
        (RANGE, ("max",), True, "malformed"),
        (RANGE, ("max",), -1, "malformed"),
        (RANGE, ("max",), 99, "bad_mandate"),
        (RANGE, ("max",), ..., "malformed"),
        (RANGE, ("max",), None, "malformed"),
        (RANGE, ("min",), None, "malformed"),
        (RANGE, ("min",), -5, "malformed"),
        (RANGE, ("currency",), "usd", "malformed"),
        (RANGE, ("currency",), "UЅD", "malformed"),
        (RANGE, ("currency",), "XXX", "malformed"),
        (RANGE, ("currency",), ..., "malformed"),
        (PAYEES, ("allowed",), [], "bad_mandate"),
        (PAYEES, ("allowed",), ..., "malformed"),
        (PAYEES, ("allowed",), {}, "malformed"),
        (PAYEES, ("allowed",), [MERCHANT] * 257, "malformed"),
        (PAYEES, ("allowed", 0, "id"), ..., "malformed"),
        (PAYEES, ("allowed", 0, "id"), "", "malformed"),
        (PAYEES, ("allowed", 0), "merchant_1", "malformed"),
        (INSTRUMENTS, ("allowed",), [], "bad_mandate"),
        (INSTRUMENTS, ("allowed", 0, "type"), ..., "malformed"),
        (PISPS, ("allowed",), [], "bad_mandate"),
        (PISPS, ("allowed", 0, "brand_name"), ..., "malformed"),
        (RECURRENCE, ("frequency",), ..., "malformed"),
        (RECURRENCE, ("frequency",), "HOURLY", "bad_mandate"),
        (RECURRENCE, ("frequency",), "monthly", "bad_mandate"),
        (RECURRENCE, ("max_occurrences",), 0, "malformed"),
        (RECURRENCE, ("max_occurrences",), -1, "malformed"),
        (RECURRENCE, ("max_occurrences",), 2.0, "malformed"),
        (RECURRENCE, ("max_occurrences",), None, "malformed"),
        (REFERENCE, ("conditional_transaction_id",), ..., "malformed"),
        (REFERENCE, ("conditional_transaction_id",), "", "malformed"),
        (WINDOW, ("not_before",), 5, "malformed"),
        (WINDOW, ("not_before",), None, "malformed"),
        (WINDOW, ("not_before",), "2026-11-24", "bad_mandate"),
    ],
)
def test_a_payment_constraint_that_is_not_what_it_must_be(found: Json, path: Any, to: Any, code: str) -> None:
    assert code_of(lambda: opened(RANGE, BUDGET, with_(found, *path, to=to))) == code


def test_a_window_without_a_bound_is_none() -> None:
    assert code_of(lambda: opened({"type": "payment.execution_date"})) == "bad_mandate"


@pytest.mark.parametrize(
    ("path", "to", "code"),
    [
        (("items",), [], "bad_mandate"),
        (("items",), ..., "malformed"),
        (("items",), [ITEMS["items"][0]] * 65, "malformed"),
        (("items", 0), [], "malformed"),
        (("items", 0, "acceptable_items"), [], "bad_mandate"),
        (("items", 0, "acceptable_items"), ..., "malformed"),
        (("items", 0, "acceptable_items"), [{"id": "x", "title": "X"}] * 257, "malformed"),
        (("items", 0, "acceptable_items", 0), "sku-1", "malformed"),
        (("items", 0, "acceptable_items", 0, "title"), ..., "malformed"),
        (("items", 0, "quantity"), 0, "malformed"),
        (("items", 0, "quantity"), -1, "malformed"),
        (("items", 0, "quantity"), 1.0, "malformed"),
        (("items", 0, "quantity"), 1_000_001, "malformed"),
        (("items", 0, "quantity"), ..., "malformed"),
        (("items", 0, "id"), ..., "malformed"),
    ],
)
def test_line_items_that_are_not_what_they_must_be(path: Any, to: Any, code: str) -> None:
    assert code_of(lambda: ordered(with_(ITEMS, *path, to=to))) == code


@pytest.mark.parametrize(
    "constraint",
    [
        *({"type": "payment.unheard_of"}, {"type": "mandate.payment.reference"}, {"type": "Payment.budget"}),
        *({"max": 5, "currency": "USD"}, {"type": None}, {"type": ["payment.budget"]}, {"type": ""}, {}),
        *(MERCHANTS, ITEMS),
    ],
)
def test_an_unknown_or_untyped_constraint_is_refused(constraint: Json) -> None:  # attack 115
    assert code_of(lambda: opened(RANGE, constraint)) == "bad_mandate"


@pytest.mark.parametrize("constraint", [{"type": "checkout.anything"}, {"items": ITEMS["items"]}, RANGE, REFERENCE])
def test_an_order_is_not_limited_by_what_is_not_of_orders(constraint: Json) -> None:  # attack 115
    assert code_of(lambda: ordered(ITEMS, constraint)) == "bad_mandate"


@pytest.mark.parametrize(
    ("constraints", "code"),
    [([], "bad_mandate"), (None, "malformed"), ({}, "malformed"), ([[]], "malformed"), ([RANGE] * 65, "malformed")],
)
def test_no_constraints_are_no_mandate(constraints: Any, code: str) -> None:  # attack 115
    payment = {"vct": "mandate.payment.open.1", "constraints": constraints}
    assert code_of(lambda: OpenPayment.read(payment, unit=Unit.MINOR)) == code
    assert code_of(lambda: OpenCheckout.read({**payment, "vct": "mandate.checkout.open.1"})) in (code, "bad_mandate")
    del payment["constraints"]
    assert code_of(lambda: OpenPayment.read(payment, unit=Unit.MINOR)) == "malformed"


def test_what_must_stand_beside_what() -> None:
    payment = {"vct": "mandate.payment.open.1", "constraints": [RANGE]}
    assert code_of(lambda: OpenPayment.read(payment, unit=Unit.MINOR)) == "bad_mandate"
    assert code_of(lambda: ordered(MERCHANTS)) == "bad_mandate"
    for beside in ((RANGE,), (BUDGET,), ()):
        assert code_of(lambda parts=beside: opened(RECURRENCE, *parts)) == "bad_mandate"


@pytest.mark.parametrize(
    "vct", ["mandate.payment.open", "mandate.payment.open.2", "mandate.payment.1", "", None, ["mandate.payment.open.1"]]
)
def test_another_vct_is_another_thing(vct: Any) -> None:
    content = {"vct": vct, "constraints": [REFERENCE]}
    with pytest.raises(AttornError, match=r"mandate\.payment\.open\.1, got") as caught:
        OpenPayment.read(content, unit=Unit.MINOR)
    assert caught.value.code == "bad_mandate"
    assert code_of(lambda: ClosedPayment.read({**PAYMENT, "vct": "mandate.payment"})) == "bad_mandate"
    assert code_of(lambda: ClosedCheckout.read({**ORDER, "vct": "mandate.checkout"})) == "bad_mandate"
    assert code_of(lambda: OpenCheckout.read({"vct": "mandate.checkout.open", "constraints": [ITEMS]})) == "bad_mandate"
    assert code_of(lambda: ClosedCheckout.read({"checkout_hash": "h"})) == "bad_mandate"


@pytest.mark.parametrize(
    ("path", "to", "code"),
    [
        (("transaction_id",), ..., "malformed"),
        (("transaction_id",), "", "malformed"),
        (("payee",), ..., "bad_mandate"),
        (("payment_amount",), ..., "bad_mandate"),
        (("payment_instrument",), ..., "bad_mandate"),
        (("payee", "id"), ..., "malformed"),
        (("payment_amount", "amount"), 1.0, "malformed"),
        (("payment_amount", "amount"), -1, "malformed"),
        (("payment_amount", "amount"), "100", "malformed"),
        (("payment_amount", "amount"), True, "malformed"),
        (("payment_amount", "amount"), 2**53, "malformed"),
        (("payment_amount", "currency"), "Usd", "malformed"),
        (("payment_amount", "currency"), "USD ", "malformed"),
        (("payment_amount", "currency"), "XTS", "malformed"),
        (("pisp",), None, "malformed"),
        (("risk_data",), [], "malformed"),
        (("risk_data",), None, "malformed"),
        (("execution_date",), 20261122, "malformed"),
    ],
)
def test_a_payment_that_is_not_what_it_must_be(path: Any, to: Any, code: str) -> None:  # attack 111
    assert code_of(lambda: ClosedPayment.read(paying(*path, to=to))) == code


@pytest.mark.parametrize(
    ("path", "to"), [("checkout_hash", ...), ("checkout_hash", ""), ("checkout_jwt", 5), ("checkout_jwt", None)]
)
def test_an_order_that_is_not_what_it_must_be(path: str, to: Any) -> None:
    assert code_of(lambda: ClosedCheckout.read(with_(ORDER, path, to=to))) == "malformed"
    assert ClosedCheckout.read(with_(ORDER, "checkout_jwt", to=...)).unverified_jwt is None


@pytest.mark.parametrize("content", [PAYMENT, FULL])
def test_contents_are_written_as_they_are_read(content: Json) -> None:
    assert ClosedPayment.read({**content, "iat": 5, "unknown": []}).write() == content
    assert ClosedCheckout.read({**ORDER, "exp": 9}).write() == ORDER


def test_a_payment_is_what_its_checkout_asks_for() -> None:
    assert mismatches(ClosedPayment.read(PAYMENT), offered()) == ()


def test_the_payee_of_a_checkout_that_names_no_merchant_is_who_signed_it() -> None:
    unnamed = offered(changed("merchant", to=...))
    assert mismatches(ClosedPayment.read(PAYMENT), unnamed) == ()
    assert codes(mismatches(ClosedPayment.read(paying("payee", "id", to="m")), unnamed)) == ["wrong_payee"]


@pytest.mark.parametrize(
    ("path", "to", "expected"),
    [
        (("payment_amount", "amount"), 24_515, ["wrong_total"]),
        (("payment_amount", "amount"), 24_517, ["wrong_total"]),
        (("payment_amount", "currency"), "EUR", ["wrong_total"]),
        (("payee", "id"), "merchant_2", ["wrong_payee"]),
        (("payee", "website"), "https://phish.example", ["wrong_payee"]),
        (("payee",), {"id": "merchant_1", "name": "Other", "website": "https://demo-merchant.example"}, []),
    ],
)
def test_a_payment_for_something_else(path: Any, to: Any, expected: list[str]) -> None:  # attacks 109 and 110
    assert codes(mismatches(ClosedPayment.read(paying(*path, to=to)), offered())) == expected


def test_a_verifier_may_require_constraints() -> None:
    constraints = opened(RANGE).constraints
    assert kinds.missing(constraints, ["payment.amount_range", "payment.reference"]) == ()
    found = kinds.missing(constraints, ["payment.allowed_payees", "payment.amount_range"])
    assert [(each.code, each.type) for each in found] == [("constraint_missing", "payment.allowed_payees")]


@pytest.mark.parametrize(
    ("found", "path", "may"),
    [
        (PAYEES, ("allowed",), True),
        (PAYEES, (), False),
        (PAYEES, ("allowed", 0), False),
        (INSTRUMENTS, ("allowed",), True),
        (PISPS, ("allowed",), False),
        (RANGE, ("max",), False),
        (RANGE, (), False),
    ],
)
def test_only_entries_of_lists_may_be_kept_back(found: Json, path: Any, may: bool) -> None:
    assert opened(found).constraints[1].may_hide(path) is may


def test_acceptable_items_may_be_kept_back() -> None:
    (order,) = ordered(ITEMS).constraints
    assert order.may_hide(("items", 1, "acceptable_items"))
    for path in [("items",), ("items", 1), ("items", "1", "acceptable_items"), ("items", 1, "quantity"), ()]:
        assert not order.may_hide(path)


def test_a_violation_says_what_to_do_about_it() -> None:
    (found,) = opened(RANGE).violations(asked(paying("payment_amount", "amount", to=30_001)))
    assert found.explain() == "payment.amount_range allows 1.00 USD to 300.00 USD; the request asked for 300.01 USD"
    (found,) = ordered(ITEMS).violations(Checkout.read(changed("line_items", 2, "quantity", to=2)), Usage())
    assert found.explain() == (
        "checkout.line_items allows 1 of sku-1 and 5 of sku-2 or sku-3; the request asked for 5 units instead of 6"
    )


ITEM = AcceptableItem("a", "A")


@pytest.mark.parametrize(
    "call",
    [
        lambda: AmountRange(5, "USD", 6),
        lambda: AmountRange(5.0, "USD"),  # type: ignore[arg-type]
        lambda: AmountRange(5, "usd"),
        lambda: Budget(0, "USD"),
        lambda: Budget(10**15, "USD"),
        lambda: AllowedPayees(()),
        lambda: AllowedPayees([Merchant("a", "A")]),  # type: ignore[arg-type]
        lambda: AllowedPayees((ITEM,)),  # type: ignore[arg-type]
        lambda: AllowedMerchants(()),
        lambda: AllowedMerchants([Merchant("a", "A")]),  # type: ignore[arg-type]
        lambda: AllowedMerchants((ITEM,)),  # type: ignore[arg-type]
        lambda: Frequency.DAILY.after(-1),
        lambda: Frequency.MONTHLY.after(253_402_300_800),
        lambda: Frequency.ON_DEMAND.after(1.0),  # type: ignore[arg-type]
        lambda: Recurrence("DAILY"),  # type: ignore[arg-type]
        lambda: Recurrence(Frequency.DAILY, 0),
        lambda: Recurrence(Frequency.DAILY, True),
        lambda: Reference(""),
        ExecutionDate,
        lambda: ExecutionDate("2026-11-22"),  # type: ignore[arg-type]
        lambda: ExecutionDate(Date("2026-11-23"), Date("2026-11-22")),
        lambda: AcceptableItem("", "A"),
        lambda: Requirement("", (ITEM,), 1),
        lambda: Requirement("r", (), 1),
        lambda: Requirement("r", (ITEM,), 0),
        lambda: LineItems(()),
        lambda: LineItems((Requirement("r", (ITEM,), 1),) * 65),
        lambda: OpenPayment(()),
        lambda: OpenPayment((Reference("h"),) * 65),
        lambda: OpenPayment([Reference("h")]),  # type: ignore[arg-type]
        lambda: OpenPayment((Reference("h"), LineItems((Requirement("r", (ITEM,), 1),)))),  # type: ignore[arg-type]
        lambda: OpenPayment((Reference("h"),), None),  # type: ignore[arg-type]
        lambda: OpenPayment.read({"vct": "mandate.payment.open.1", "constraints": [REFERENCE]}, unit="minor"),  # type: ignore[arg-type]
        lambda: OpenCheckout(()),
        lambda: ClosedCheckout(unverified_hash="", unverified_jwt=None),
        lambda: ClosedCheckout(unverified_hash="h", unverified_jwt=""),
        lambda: ClosedPayment(transaction_id="", payee=None, amount=None, instrument=None),  # type: ignore[arg-type]
        lambda: ClosedPayment(transaction_id="t", payee=None, amount=Money(1, "USD"), instrument=None),  # type: ignore[arg-type]
        lambda: ClosedPayment(transaction_id="t", payee="m", amount=Money(1, "USD"), instrument="c"),  # type: ignore[arg-type]
        lambda: Asked(payment=PAYMENT, now=NOW, open_checkouts=None, usage=None),  # type: ignore[arg-type]
        lambda: Asked(payment=ClosedPayment.read(PAYMENT), now=NOW, open_checkouts={"h"}, usage=None),  # type: ignore[arg-type]
        lambda: Asked(payment=ClosedPayment.read(PAYMENT), now=1.5, open_checkouts=None, usage=None),  # type: ignore[arg-type]
    ],
)
def test_other_arguments_are_the_programmers(call: Callable[[], object]) -> None:
    assert code_of(call) == "invalid_input"
