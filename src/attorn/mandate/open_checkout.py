"""The content of an open checkout mandate: which checkouts an agent may complete (AP2 v0.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from attorn.canonical import JsonValue
from attorn.checkout.checkout import Checkout
from attorn.errors import InputError, MandateError
from attorn.mandate.constraint import kinds
from attorn.mandate.constraint.base import CheckoutConstraint, Usage, Violation
from attorn.mandate.constraint.line_items import LineItems
from attorn.mandate.vct import Vct


@dataclass(frozen=True, slots=True)
class OpenCheckout:
    """Constraints, all of which must be met. Used once: an order is not split over several checkouts.

    Who may use it (`cnf`) is the chain's. Raises `InputError` for constraints of other kinds or more than `kinds.MOST`,
    and without a `LineItems` among them.
    """

    constraints: tuple[CheckoutConstraint, ...]

    def __post_init__(self) -> None:
        kinds.require(self.constraints, CheckoutConstraint, LineItems)

    @classmethod
    def read(cls, content: Mapping[str, JsonValue]) -> OpenCheckout:
        """The mandate that a content says; members of other names are passed over.

        Raises `MandateError` for another `vct`, no constraints, one without a type or of an unknown one, and what the
        constructor refuses; `MalformedError` for a member of another kind, `InputError` for what is no mapping.
        """
        Vct.OPEN_CHECKOUT.require(content)
        try:
            return cls(kinds.read_checkout(content.get("constraints")))
        except InputError as error:
            raise MandateError(f"{Vct.OPEN_CHECKOUT}: {error}") from None

    def write(self) -> dict[str, JsonValue]:
        """The content that says this, without what all mandates have."""
        constraints: list[JsonValue] = [kinds.write(each) for each in self.constraints]
        return {"vct": str(Vct.OPEN_CHECKOUT), "constraints": constraints}

    def violations(self, checkout: Checkout, usage: Usage | None) -> tuple[Violation, ...]:
        """Every way in which this checkout is not one that the mandate allows; `usage` is the mandate's so far.

        Raises `InputError`.
        """
        if not isinstance(checkout, Checkout) or not isinstance(usage, Usage | None):
            raise InputError("mandate: expected a Checkout, and a Usage or None")
        once = kinds.once(Vct.OPEN_CHECKOUT, usage)
        return once + tuple(found for each in self.constraints for found in each.violations(checkout))
