"""ISO 4217: which currencies there are, and amounts of them as decimals, to the last digit."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attorn.canonical import MOST_INTEGER, canonicalise, parse
from attorn.checkout import currency
from attorn.checkout.currency import MOST_AS_NUMBER, exponent, from_decimal, from_number, to_decimal, to_number
from attorn.errors import InputError, MalformedError
from attorn.request.money import Money

CODES = st.sampled_from(["JPY", "USD", "EUR", "KWD", "CLF"])
MONIES = st.builds(Money, st.integers(0, MOST_INTEGER) | st.integers(0, 200_000), CODES)


@pytest.mark.parametrize(
    ("code", "decimals"),
    [("USD", 2), ("EUR", 2), ("JPY", 0), ("KRW", 0), ("ISK", 0), ("UGX", 0), ("BHD", 3), ("TND", 3), ("CLF", 4),
     ("UYW", 4), ("UYI", 0), ("MGA", 2), ("MRU", 2), ("XCG", 2), ("ZWG", 2), ("XAD", 2), ("SLE", 2), ("VES", 2)],
)  # fmt: skip
def test_exponents(code: str, decimals: int) -> None:
    assert exponent(code) == decimals


def test_the_list_is_that_of_the_standard() -> None:
    by_exponent: dict[int, int] = {}
    for decimals in currency._EXPONENTS.values():
        by_exponent[decimals] = by_exponent.get(decimals, 0) + 1
    assert by_exponent == {0: 17, 2: 139, 3: 7, 4: 2}
    assert sum(len(codes.split()) for codes in currency._CODES.values()) == len(currency._EXPONENTS)
    assert all(code.isascii() and code.isupper() and len(code) == 3 for code in currency._EXPONENTS)


# attack 111: a currency that looks like one
@pytest.mark.parametrize(
    "code",
    ["usd", "Usd", "US", "USDD", "", " USD", "USD\n", "U\u0405D", "\uff35\uff33\uff24", "XAU", "XXX", "XTS", "XDR",
     "HRK", "BGN", "CUC", "SLL", "ANG", "ZWL", "DEM", "BTC", "USDC", None, 840, "840", True, ["USD"]],
)  # fmt: skip
def test_what_is_no_active_currency(code: Any) -> None:
    with pytest.raises(MalformedError, match="active code of ISO 4217"):
        exponent(code)
    with pytest.raises(MalformedError, match="active code of ISO 4217"):
        from_decimal("1", code)


@pytest.mark.parametrize(
    ("text", "code", "amount"),
    [("19.99", "USD", 1999), ("19.9", "USD", 1990), ("20", "USD", 2000), ("0.01", "USD", 1), ("0", "USD", 0),
     ("1000", "JPY", 1000), ("1.234", "KWD", 1234), ("0.0001", "CLF", 1)],
)  # fmt: skip
def test_decimals_are_read_by_their_digits(text: str, code: str, amount: int) -> None:
    assert from_decimal(text, code) == Money(amount, code)


# attack 111: over-precise, infinite, negative, or spelt in a way that parsers disagree on
@pytest.mark.parametrize(
    ("text", "code"),
    [("19.999", "USD"), ("19.990", "USD"), ("1000.0", "JPY"), ("1.2345", "KWD"), ("1.23456", "CLF"), ("-1", "USD"),
     ("+1", "USD"), ("01", "USD"), ("1.", "USD"), (".5", "USD"), ("1e3", "USD"), ("1,000", "USD"), ("1_000", "USD"),
     ("\u0661", "USD"), (" 1", "USD"), ("1\n", "USD"), ("", "USD"), ("NaN", "USD"), ("Infinity", "USD"),
     ("9" * 17, "JPY"), ("90071992547409.92", "USD"), ("9" * 16, "USD")],
)  # fmt: skip
def test_other_decimals_are_refused(text: str, code: str) -> None:
    with pytest.raises(MalformedError, match=r"^amount"):
        from_decimal(text, code)


@pytest.mark.parametrize("text", [None, 19.99, 20, True, b"1"])
def test_decimals_are_text(text: Any) -> None:
    with pytest.raises(MalformedError, match="expected a decimal"):
        from_decimal(text, "USD")


@pytest.mark.parametrize(
    ("text", "code", "amount"),
    [("19.99", "USD", 1999), ("0.29", "USD", 29), ("1.15", "EUR", 115), ("100.0", "JPY", 100), ("1e2", "USD", 10000),
     ("20", "USD", 2000), ("0", "USD", 0), ("0.001", "KWD", 1), ("9999999999999.99", "USD", 10**15 - 1),
     (str(MOST_INTEGER), "JPY", MOST_INTEGER)],
)  # fmt: skip
def test_json_numbers_are_read_by_their_digits(text: str, code: str, amount: int) -> None:
    assert from_number(parse(text), code) == Money(amount, code)


@pytest.mark.parametrize(
    ("value", "code"),
    [(19.999, "USD"), (0.001, "USD"), (0.5, "JPY"), (1e-7, "USD"), (-1, "USD"), (-0.5, "USD"), (-1.0, "USD"),
     (float("nan"), "USD"), (float("inf"), "USD"), (float("-inf"), "USD"), (True, "USD"), (None, "USD"),
     ("19.99", "USD"), ([1], "USD"), (MOST_INTEGER + 1, "JPY"), (1e300, "JPY"), (10**400, "JPY"),
     (10_000_000_000_000.01, "USD"), (90071992547410, "USD")],
)  # fmt: skip
def test_other_numbers_are_refused(value: Any, code: str) -> None:
    with pytest.raises(MalformedError, match=r"^amount"):
        from_number(value, code)


@given(MONIES)
def test_decimals_lose_nothing(money: Money) -> None:
    text = to_decimal(money)
    assert from_decimal(text, money.currency) == money
    assert Decimal(text).scaleb(exponent(money.currency)) == money.amount
    assert len(text.partition(".")[2]) == exponent(money.currency)


@given(MONIES)
def test_numbers_lose_nothing(money: Money) -> None:
    try:
        number = to_number(money)
    except InputError:
        assert money.amount >= MOST_AS_NUMBER
        return
    assert from_number(number, money.currency) == money
    assert from_number(parse(canonicalise(number)), money.currency) == money
    assert Decimal(json.dumps(number)) == Decimal(to_decimal(money))


def test_a_number_that_would_lose_digits_is_not_written() -> None:
    assert to_number(Money(MOST_AS_NUMBER, "USD")) == 10**13
    with pytest.raises(InputError, match="fewer than"):
        to_number(Money(MOST_AS_NUMBER + 1, "USD"))


@pytest.mark.parametrize("write", [to_decimal, to_number])
def test_only_money_of_a_currency_is_written(write: Any) -> None:
    for wrong in (Money(1, "ABC"), 19.99, None):
        with pytest.raises(InputError):
            write(wrong)
