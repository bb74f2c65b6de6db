"""What people read of money and of time where mandates say no: decimals of the currency, and dates."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.unit.checkout_scene import KID, KNOWN, SHOP
from tests.unit.constraint_scene import PAYMENT, asked, offered
from tests.unit.mandate_scene import AT, NOW

from attorn.clock import LATEST, written
from attorn.errors import AttornError, ChainError, ExpiredError
from attorn.mandate import receipt
from attorn.mandate.constraint.amount_range import AmountRange
from attorn.mandate.constraint.base import Usage
from attorn.mandate.constraint.budget import Budget
from attorn.mandate.matching import mismatches
from attorn.mandate.payment import ClosedPayment
from attorn.mandate.receipt import CheckoutReceipt, Reference
from attorn.mandate.times import Times
from attorn.sdjwt.times import require_current

THEN, EPOCH, HOUR = "2030-03-17T17:46:40Z", "1970-01-01T00:00:00Z", 3600
LEAF = "a.b.c~"


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        (AmountRange(2500, "USD"), "at most 25.00 USD"),
        (AmountRange(5, "USD", 5), "0.05 USD to 0.05 USD"),
        (AmountRange(2500, "JPY", 100), "100 JPY to 2500 JPY"),
        (AmountRange(2500, "KWD"), "at most 2.500 KWD"),
        (AmountRange(2500, "XXX"), "at most 2500 minor units of XXX"),
        (Budget(2500, "USD"), "25.00 USD in all"),
        (Budget(2500, "XXX"), "2500 minor units of XXX in all"),
    ],
)
def test_a_limit_says_money_in_major_units(limit: Any, words: str) -> None:
    assert limit.limit() == words


@pytest.mark.parametrize(
    ("limit", "usage", "words"),
    [
        (AmountRange(5, "USD"), None, "26.00 USD"),
        (Budget(5000, "USD"), None, "26.00 USD, and nobody knows what was spent"),
        (Budget(5000, "USD"), Usage(1, 2500), "26.00 USD, and 25.00 USD were spent before"),
        (Budget(5000, "USD"), Usage(1, 10**20), f"26.00 USD, and {10**20} minor units of USD were spent before"),
    ],
)
def test_a_violation_says_money_in_major_units(limit: Any, usage: Usage | None, words: str) -> None:
    payment = {**PAYMENT, "payment_amount": {"amount": 2600, "currency": "USD"}}
    (found,) = limit.violations(asked(payment, usage=usage))
    assert found.asked == words


def test_a_total_that_is_not_the_checkouts_is_said_in_major_units() -> None:
    payment = {**PAYMENT, "payment_amount": {"amount": 2600, "currency": "USD"}}
    (found,) = mismatches(ClosedPayment.read(payment), offered())
    assert (found.limit, found.asked) == ("245.16 USD, the total of the checkout", "26.00 USD")


MADE, HELD = Times(NOW, NOW, NOW + HOUR, NOW), Times(NOW + HOUR, None, NOW, NOW)


@pytest.mark.parametrize(
    ("require", "error", "words"),
    [
        (
            lambda: MADE.require(NOW + 2 * HOUR, 0),
            ExpiredError,
            "expired at 2030-03-17T18:46:40Z, and it is 2030-03",
        ),
        (lambda: MADE.require(NOW - HOUR, 0), ExpiredError, f"its iat is {THEN}, and it is 2030-03-17T16:46:40Z"),
        (lambda: MADE._replace(issued=None).require(0, 0), ExpiredError, f"its nbf is {THEN}, and it is {EPOCH}"),
        (lambda: MADE.require_recent(NOW + HOUR, 60, 0), ExpiredError, f"made at {THEN}, .* at most 60 seconds old"),
        (lambda: MADE.require_within(HELD, HOUR), ChainError, f"it ends at 2030-03-17T18:46:40Z, .* at {THEN}"),
        (
            lambda: MADE._replace(ends=None).require_within(HELD, 0),
            ChainError,
            f"made at {THEN}, .* at 2030-03-17T18",
        ),
        (lambda: require_current({"exp": NOW}, now=NOW, skew=0), ExpiredError, f"expired at {THEN}, and it is {THEN}"),
        (
            lambda: require_current({"nbf": NOW}, now=0, skew=0),
            ExpiredError,
            f"its nbf is {THEN}, and it is {EPOCH}",
        ),
    ],
)
def test_a_time_is_said_as_a_date(require: Any, error: type[AttornError], words: str) -> None:
    with pytest.raises(error, match=words):
        require()


def test_a_receipt_of_the_future_says_dates() -> None:
    text = receipt.issue(CheckoutReceipt(KNOWN.name, Reference.JWT.of(LEAF), AT, order_id="order-1"), by=SHOP, kid=KID)
    with pytest.raises(ExpiredError, match=f"its iat is {THEN}, and it is 2030-03-16T17:46:40Z"):
        receipt.verify(text, kind=CheckoutReceipt, mandate=LEAF, issuers=[KNOWN], now=AT - timedelta(days=1))


def test_what_is_later_than_any_date_is_the_last() -> None:
    assert written(NOW) == THEN
    assert written(LATEST + 1) == "9999-12-31T23:59:59Z"
