"""`payment.budget`: how much all payments together may be.

AP2 writes the limit as a JSON number whose unit it does not say where it matters: the SDK takes it times 100 for every
currency. So a verifier states which unit a bare number is in, and what attorn writes says the minor units beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar, Final

from attorn.canonical import MOST_INTEGER, JsonValue
from attorn.checkout.currency import MOST_AS_NUMBER, exponent
from attorn.checkout.member import members as object_of
from attorn.checkout.member import text, whole
from attorn.display import shown
from attorn.errors import InputError, MalformedError, MandateError
from attorn.handed import require_mapping
from attorn.mandate import amount
from attorn.mandate.constraint.base import Asked, Code, Constraint, PaymentConstraint, Violation
from attorn.mandate.extension import EXTENSION
from attorn.request.money import Money

_DECIMALS_OF_SDK: Final = 2
"""The SDK multiplies by 100 whatever the currency, which is right for those of two decimals."""


class Unit(StrEnum):
    """What a budget counts that says nothing but a number."""

    MINOR = "minor"
    """Minor units; a fraction is refused."""
    MAJOR = "major"
    """Major units, as the SDK has it, exactly; a currency that has not two decimals is refused."""


@dataclass(frozen=True, slots=True)
class Budget(PaymentConstraint):
    """At most `most` minor units of `currency` in all, by this mandate and everything delegated from it together.

    Raises `InputError` for what `Money` refuses, for nothing to spend, and for more than a JSON number has digits for.
    """

    type: ClassVar[str] = "payment.budget"

    most: int
    currency: str

    def __post_init__(self) -> None:
        if not 0 < Money(self.most, self.currency).amount < MOST_AS_NUMBER:
            raise InputError(f"{self.type}: expected 1 to {MOST_AS_NUMBER - 1} minor units, got {self.most}")

    @classmethod
    def read(cls, members: Mapping[str, JsonValue], unit: Unit = Unit.MINOR) -> Budget:
        """As of every constraint; `unit` is that of a number beside which no minor units stand."""
        require_mapping(members, cls.type)
        currency = text(members.get("currency"), f"{cls.type}.currency")
        decimals, number = exponent(currency), _number(members.get("max"))
        if EXTENSION in members:
            most = whole(object_of(members[EXTENSION], f"{cls.type}.attorn").get("minor"), f"{cls.type}.attorn.minor")
            if number * 100 != most:
                raise MandateError(f"{cls.type}: two limits, {number} and {most} minor units")
        elif unit is Unit.MAJOR and decimals != _DECIMALS_OF_SDK:
            raise MandateError(f"{cls.type}: {currency} has {decimals} decimals, so {number} may mean two amounts")
        else:
            most = _whole(number * 100 if unit is Unit.MAJOR else number)
        try:
            return cls(most, currency)
        except InputError as error:
            raise MandateError(str(error)) from None

    def write(self) -> dict[str, JsonValue]:
        """`max` in hundreds, as the official SDK reads it, and the limit itself.

        The SDK multiplies in binary and cuts off: of some limits, such as 29, it allows one unit less, never more.
        """
        units, rest = divmod(self.most, 100)
        number = float(f"{units}.{rest:02}") if rest else units
        return {"currency": self.currency, "max": number, EXTENSION: {"minor": self.most}}

    def limit(self) -> str:
        return f"{amount.said(self.most, self.currency)} in all"

    def narrower_than(self, other: Constraint) -> bool:
        return isinstance(other, Budget) and self.currency == other.currency and self.most <= other.most

    def violations(self, asked: Asked) -> tuple[Violation, ...]:
        money = asked.payment.amount
        words = amount.said(money.amount, money.currency)
        if money.currency != self.currency:
            return (self.violation(Code.WRONG_CURRENCY, words),)
        if asked.usage is None:
            return (self.violation(Code.USAGE_UNKNOWN, f"{words}, and nobody knows what was spent"),)
        spent = asked.usage.spent
        if spent + money.amount > self.most:
            before = amount.said(spent, self.currency)
            return (self.violation(Code.OVER_BUDGET, f"{words}, and {before} were spent before"),)
        return ()


def _number(value: JsonValue) -> Decimal:
    """Exactly the digits that RFC 8785 writes for a JSON number."""
    if (type(value) is not int and type(value) is not float) or not abs(value) <= MOST_INTEGER:
        raise MalformedError(f"{Budget.type}.max: expected a number up to 2**53 - 1, got {shown(value)}")
    return Decimal(repr(value))


def _whole(number: Decimal) -> int:
    if number != number.to_integral_value():
        raise MandateError(f"{Budget.type}: expected whole minor units, got {number} of them")
    return int(number)
