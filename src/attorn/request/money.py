"""An amount of money in minor units: never a float, never a decimal point."""

from __future__ import annotations

import re
from dataclasses import dataclass

from attorn.canonical import MOST_INTEGER
from attorn.display import shown
from attorn.errors import InputError

_CURRENCY = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True)
class Money:
    """`amount` minor units (cents, pence, yen) of `currency`, three upper-case ASCII letters as in ISO 4217.

    Raises `InputError` for a negative or huge amount, anything but an `int`, or another spelling of the currency.
    """

    amount: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.amount) is not int or not 0 <= self.amount <= MOST_INTEGER:
            raise InputError(
                f"amount: expected an integer of 0 to {MOST_INTEGER} minor units, got {type(self.amount).__name__}"
            )
        if type(self.currency) is not str or _CURRENCY.fullmatch(self.currency) is None:
            raise InputError(f"currency: expected three upper-case ASCII letters, got {shown(self.currency)}")
