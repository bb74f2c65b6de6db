"""The currencies of ISO 4217, and amounts of them as decimals: exactly, by digits, never through a float.

The list is that of September 2025 (amendment 180) with its entry into force on 1 January 2026: BGN, CUC, HRK, SLL, ANG
and ZWL are gone, XCG, ZWG and XAD are there. Codes without a minor unit (gold, drawing rights, tests) are no currency
here, for no amount of them can be written.
"""

from __future__ import annotations

import re
from typing import Final

from attorn.canonical import MOST_INTEGER, JsonValue
from attorn.display import shown
from attorn.errors import InputError, MalformedError
from attorn.request.money import Money

_CODES: Final = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    2: (
        "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW "
        "CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF "
        "IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK "
        "MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP "
        "SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG "
        "YER ZAR ZMW ZWG"
    ),
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
_EXPONENTS: Final = {code: exponent for exponent, codes in _CODES.items() for code in codes.split()}

_DECIMAL: Final = re.compile(r"(0|[1-9][0-9]{0,15})(?:\.([0-9]{1,4}))?")
MOST_AS_NUMBER: Final = 10**15
"""Below this many minor units a JSON number, which is read as a double, still has all of its digits."""


def exponent(currency: JsonValue) -> int:
    """How many decimals the minor unit of a currency has. Raises `MalformedError` for what is no active currency."""
    found = _EXPONENTS.get(currency) if isinstance(currency, str) else None
    if found is None:
        raise MalformedError(f"currency: expected an active code of ISO 4217, got {shown(currency)}")
    return found


def from_decimal(text: str, currency: str) -> Money:
    """The amount that `text`, such as `19.99`, says in major units. Raises `MalformedError`.

    Refused are signs, exponents, leading zeros, and more decimals than the currency has: nothing is ever rounded.
    """
    decimals = exponent(currency)
    match = _DECIMAL.fullmatch(text) if isinstance(text, str) else None
    if match is None or len(match[2] or "") > decimals:
        raise MalformedError(
            f"amount: expected a decimal of at most {decimals} places for {currency}, got {shown(text)}"
        )
    amount = int(match[1] + (match[2] or "").ljust(decimals, "0"))
    if amount > MOST_INTEGER:
        raise MalformedError(f"amount: expected at most {MOST_INTEGER} minor units")
    return Money(amount, currency)


def to_decimal(money: Money) -> str:
    """The amount in major units, with all decimals of its currency. Raises `InputError` for a currency there is not."""
    decimals = _decimals(money)
    if not decimals:
        return str(money.amount)
    digits = str(money.amount).rjust(decimals + 1, "0")
    return f"{digits[:-decimals]}.{digits[-decimals:]}"


def from_number(value: JsonValue, currency: str) -> Money:
    """The amount that a JSON number, as `canonical.parse` gives it, says in major units. Raises `MalformedError`.

    The number is read by the digits that RFC 8785 writes for it, and as `from_decimal` reads them.
    """
    if type(value) is float and value.is_integer():
        value = int(value)
    if type(value) is int and 0 <= value <= MOST_INTEGER:
        return from_decimal(str(value), currency)
    if type(value) is not float:
        raise MalformedError(f"amount: expected a number from 0 on, got {shown(value)}")
    money = from_decimal(repr(value), currency)
    if money.amount >= MOST_AS_NUMBER:
        raise MalformedError(f"amount: expected fewer than {MOST_AS_NUMBER} minor units in a number with decimals")
    return money


def to_number(money: Money) -> int | float:
    """The JSON number for an amount in major units: that of its digits, so `from_number` gives it back.

    Raises `InputError` for a currency there is not, and for `MOST_AS_NUMBER` minor units or more of one with decimals.
    """
    text = to_decimal(money)
    whole, _, fraction = text.partition(".")
    if not fraction.strip("0"):
        return int(whole)
    if money.amount >= MOST_AS_NUMBER:
        raise InputError(f"amount: expected fewer than {MOST_AS_NUMBER} minor units to write as a number")
    return float(text)


def _decimals(money: Money) -> int:
    if not isinstance(money, Money):
        raise InputError(f"amount: expected Money, got {type(money).__name__}")
    try:
        return exponent(money.currency)
    except MalformedError as error:
        raise InputError(str(error)) from None
