"""`checkout.allowed_merchants`: whose checkout it may be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from attorn.canonical import JsonValue
from attorn.checkout.checkout import Checkout
from attorn.checkout.party import Merchant
from attorn.display import bare
from attorn.handed import require_mapping
from attorn.mandate.constraint import party
from attorn.mandate.constraint.base import CheckoutConstraint, Code, Constraint, Violation


@dataclass(frozen=True, slots=True)
class AllowedMerchants(CheckoutConstraint):
    """One of `allowed`, compared as payees are. A checkout that names no merchant is not allowed.

    Raises `InputError` for none of them.
    """

    type: ClassVar[str] = "checkout.allowed_merchants"
    redactable: ClassVar[tuple[str | None, ...]] = ("allowed",)

    allowed: tuple[Merchant, ...]

    def __post_init__(self) -> None:
        party.require(self.allowed, Merchant, self.type)

    @classmethod
    def read(cls, members: Mapping[str, JsonValue]) -> AllowedMerchants:
        require_mapping(members, cls.type)
        return cls(party.read(members.get("allowed"), f"{cls.type}.allowed", Merchant.read))

    def write(self) -> dict[str, JsonValue]:
        return {"allowed": [each.write() for each in self.allowed]}

    def limit(self) -> str:
        return party.listed([each.id for each in self.allowed])

    def narrower_than(self, other: Constraint) -> bool:
        return isinstance(other, AllowedMerchants) and party.merchants_within(self.allowed, other.allowed)

    def violations(self, checkout: Checkout) -> tuple[Violation, ...]:
        merchant = checkout.merchant
        if merchant is not None and any(each.matches(merchant) for each in self.allowed):
            return ()
        return (self.violation(Code.MERCHANT_NOT_ALLOWED, "nobody" if merchant is None else bare(merchant.id)),)
