"""`payment.reference`: for which order a payment may be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from attorn.canonical import JsonValue
from attorn.checkout.member import MOST_TEXT, text
from attorn.display import bare
from attorn.errors import InputError
from attorn.handed import require_mapping
from attorn.mandate.constraint.base import Asked, Code, Constraint, PaymentConstraint, Violation


@dataclass(frozen=True, slots=True)
class Reference(PaymentConstraint):
    """The open checkout mandate that the order rests on, by its hash: SHA-256 of the text with all its disclosures.

    Raises `InputError` for what is no text.
    """

    type: ClassVar[str] = "payment.reference"

    open_checkout: str

    def __post_init__(self) -> None:
        if not isinstance(self.open_checkout, str) or not 0 < len(self.open_checkout) <= MOST_TEXT:
            raise InputError(f"{self.type}: expected a hash as text of 1 to {MOST_TEXT} characters")

    @classmethod
    def read(cls, members: Mapping[str, JsonValue]) -> Reference:
        require_mapping(members, cls.type)
        return cls(text(members.get("conditional_transaction_id"), f"{cls.type}.conditional_transaction_id"))

    def write(self) -> dict[str, JsonValue]:
        return {"conditional_transaction_id": self.open_checkout}

    def limit(self) -> str:
        return f"the open checkout mandate {bare(self.open_checkout)}"

    def narrower_than(self, other: Constraint) -> bool:
        return self == other

    def violations(self, asked: Asked) -> tuple[Violation, ...]:
        if asked.open_checkouts is None:
            return (self.violation(Code.WRONG_CHECKOUT, "an order whose checkout mandate was not shown"),)
        if self.open_checkout in asked.open_checkouts:
            return ()
        return (self.violation(Code.WRONG_CHECKOUT, "an order under another checkout mandate"),)
