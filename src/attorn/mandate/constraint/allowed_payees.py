"""`payment.allowed_payees`: who may be paid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from attorn.canonical import JsonValue
from attorn.checkout.party import Merchant
from attorn.display import bare
from attorn.handed import require_mapping
from attorn.mandate.constraint import party
from attorn.mandate.constraint.base import Asked, Code, Constraint, PaymentConstraint, Violation


@dataclass(frozen=True, slots=True)
class AllowedPayees(PaymentConstraint):
    """One of `allowed`: the same id, and the same website where both have one. Raises `InputError` for none of them."""

    type: ClassVar[str] = "payment.allowed_payees"
    redactable: ClassVar[tuple[str | None, ...]] = ("allowed",)

    allowed: tuple[Merchant, ...]

    def __post_init__(self) -> None:
        party.require(self.allowed, Merchant, self.type)

    @classmethod
    def read(cls, members: Mapping[str, JsonValue]) -> AllowedPayees:
        require_mapping(members, cls.type)
        return cls(party.read(members.get("allowed"), f"{cls.type}.allowed", Merchant.read))

    def write(self) -> dict[str, JsonValue]:
        return {"allowed": [each.write() for each in self.allowed]}

    def limit(self) -> str:
        return party.listed([each.id for each in self.allowed])

    def narrower_than(self, other: Constraint) -> bool:
        return isinstance(other, AllowedPayees) and party.merchants_within(self.allowed, other.allowed)

    def names(self, merchant: Merchant) -> bool:
        """Whether it is one of them."""
        return any(each.matches(merchant) for each in self.allowed)

    def violations(self, asked: Asked) -> tuple[Violation, ...]:
        payee = asked.payment.payee
        if self.names(payee):
            return ()
        return (self.violation(Code.PAYEE_NOT_ALLOWED, bare(payee.id)),)
