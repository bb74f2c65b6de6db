"""`payment.amount_range`: how much one payment may be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from attorn.canonical import JsonValue
from attorn.checkout.currency import exponent
from attorn.checkout.member import text, whole
from attorn.display import shown
from attorn.errors import InputError, MandateError
from attorn.handed import require_mapping
from attorn.mandate import amount
from attorn.mandate.constraint.base import Asked, Code, Constraint, PaymentConstraint, Violation
from attorn.request.money import Money


@dataclass(frozen=True, slots=True)
class AmountRange(PaymentConstraint):
    """From `least` to `most`, both inclusive and in minor units of `currency`, which is compared exactly.

    Raises `InputError` for what `Money` refuses, and where `least` is more than `most`.
    """

    type: ClassVar[str] = "payment.amount_range"

    most: int
    currency: str
    least: int = 0

    def __post_init__(self) -> None:
        Money(self.most, self.currency)
        if type(self.least) is not int or not 0 <= self.least <= self.most:
            raise InputError(f"{self.type}: expected min as 0 to max, got {shown(self.least)} and {self.most}")

    @classmethod
    def read(cls, members: Mapping[str, JsonValue]) -> AmountRange:
        require_mapping(members, cls.type)
        currency = text(members.get("currency"), f"{cls.type}.currency")
        exponent(currency)
        most = whole(members.get("max"), f"{cls.type}.max")
        least = whole(members["min"], f"{cls.type}.min") if "min" in members else 0
        try:
            return cls(most, currency, least)
        except InputError as error:
            raise MandateError(str(error)) from None

    def write(self) -> dict[str, JsonValue]:
        least: dict[str, JsonValue] = {"min": self.least} if self.least else {}
        return {"currency": self.currency, "max": self.most, **least}

    def limit(self) -> str:
        most = amount.said(self.most, self.currency)
        return f"{amount.said(self.least, self.currency)} to {most}" if self.least else f"at most {most}"

    def narrower_than(self, other: Constraint) -> bool:
        return (
            isinstance(other, AmountRange)
            and self.currency == other.currency
            and other.least <= self.least
            and self.most <= other.most
        )

    def violations(self, asked: Asked) -> tuple[Violation, ...]:
        money = asked.payment.amount
        if money.currency == self.currency and self.least <= money.amount <= self.most:
            return ()
        if money.currency != self.currency:
            code = Code.WRONG_CURRENCY
        else:
            code = Code.AMOUNT_TOO_LOW if money.amount < self.least else Code.AMOUNT_TOO_HIGH
        return (self.violation(code, amount.said(money.amount, money.currency)),)
