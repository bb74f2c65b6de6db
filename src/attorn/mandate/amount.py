"""An Amount of AP2 v0.2: whole minor units, and the currency they are of."""

from __future__ import annotations

from attorn.canonical import JsonValue
from attorn.checkout.currency import exponent, to_decimal
from attorn.checkout.member import members, text, whole
from attorn.errors import InputError
from attorn.request.money import Money


def read(value: JsonValue, name: str) -> Money:
    """The money that `amount` and `currency` say. Raises `MalformedError`, for what is no active currency as well."""
    found = members(value, name)
    currency = text(found.get("currency"), f"{name}.currency")
    exponent(currency)
    return Money(whole(found.get("amount"), f"{name}.amount"), currency)


def write(money: Money) -> dict[str, JsonValue]:
    """The Amount that says `money`."""
    return {"amount": money.amount, "currency": money.currency}


def said(amount: int, currency: str) -> str:
    """So many minor units as people write them: `19.99 USD`, `1999 JPY`.

    Of what is no active currency nobody knows the decimals, and then it says that these are minor units.
    """
    try:
        return f"{to_decimal(Money(amount, currency))} {currency}"
    except InputError:
        return f"{amount} minor units of {currency}"
