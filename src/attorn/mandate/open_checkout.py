"""The content of an open checkout mandate: which checkouts an agent may complete (AP2 v0.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from attorn.canonical import JsonValue
from attorn.checkout.checkout import Checkout
from attorn.display import shown
from attorn.errors import InputError, MandateError
from attorn.mandate import extension
from attorn.mandate.constraint import kinds
from attorn.mandate.constraint.base import CheckoutConstraint, Usage, Violation
from attorn.mandate.constraint.line_items import LineItems
from attorn.mandate.extension import EXTENSION
from attorn.mandate.vct import Vct

MOST_USES: Final = 1_000_000
_USES: Final = "uses"


@dataclass(frozen=True, slots=True)
class OpenCheckout:
    """Constraints, all of which must be met, by each checkout for itself: an order is not split over several.

    Used once, or as often as `uses` says, 1 to `MOST_USES`: a member that AP2 does not know. Who may use it (`cnf`) is
    the chain's. Raises `InputError` for constraints of other kinds or more than `kinds.MOST`, without a `LineItems`
    among them, and for other `uses`.
    """

    constraints: tuple[CheckoutConstraint, ...]
    uses: int | None = None

    def __post_init__(self) -> None:
        kinds.require(self.constraints, CheckoutConstraint, LineItems)
        if self.uses is not None:
            _number(self.uses)

    @classmethod
    def read(cls, content: Mapping[str, JsonValue]) -> OpenCheckout:
        """The mandate that a content says; members of other names are passed over.

        Raises `MandateError` for another `vct`, no constraints, one without a type or of an unknown one, and what the
        constructor refuses; `MalformedError` for a member of another kind, `InputError` for what is no mapping.
        """
        Vct.OPEN_CHECKOUT.require(content)
        constraints = kinds.read_checkout(content.get("constraints"))
        own = extension.members(content)
        try:
            return cls(constraints, _number(own[_USES]) if _USES in own else None)
        except InputError as error:
            raise MandateError(f"{Vct.OPEN_CHECKOUT}: {error}") from None

    def write(self) -> dict[str, JsonValue]:
        """The content that says this, without what all mandates have."""
        constraints: list[JsonValue] = [kinds.write(each) for each in self.constraints]
        uses: dict[str, JsonValue] = {} if self.uses is None else {EXTENSION: {_USES: self.uses}}
        return {"vct": str(Vct.OPEN_CHECKOUT), "constraints": constraints, **uses}

    @property
    def most(self) -> int:
        """How often it may be used."""
        return 1 if self.uses is None else self.uses

    def violations(self, checkout: Checkout, usage: Usage | None) -> tuple[Violation, ...]:
        """Every way in which this checkout is not one that the mandate allows; `usage` is the mandate's so far.

        Raises `InputError`.
        """
        if not isinstance(checkout, Checkout) or not isinstance(usage, Usage | None):
            raise InputError("mandate: expected a Checkout, and a Usage or None")
        found = kinds.used_up(Vct.OPEN_CHECKOUT, usage, self.most)
        return found + tuple(wrong for each in self.constraints for wrong in each.violations(checkout))


def _number(uses: object) -> int:
    if type(uses) is not int or not 0 < uses <= MOST_USES:
        raise InputError(f"{_USES}: expected an integer of 1 to {MOST_USES}, got {shown(uses)}")
    return uses
