"""The content of an open payment mandate: which payments an agent may make (AP2 v0.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from attorn.canonical import JsonValue
from attorn.errors import InputError, MandateError
from attorn.mandate.constraint import kinds
from attorn.mandate.constraint.amount_range import AmountRange
from attorn.mandate.constraint.base import Asked, Code, PaymentConstraint, Violation
from attorn.mandate.constraint.budget import Budget, Unit
from attorn.mandate.constraint.recurrence import Recurrence
from attorn.mandate.constraint.reference import Reference
from attorn.mandate.presets import NONE, Presets
from attorn.mandate.vct import Vct


@dataclass(frozen=True, slots=True)
class OpenPayment:
    """Constraints, all of which must be met, and what is fixed beforehand. Who may use it (`cnf`) is the chain's.

    Used once, unless a `Recurrence` says otherwise. Raises `InputError` for constraints of other kinds or more than
    `kinds.MOST`, without a `Reference` among them, and for a `Recurrence` without an `AmountRange` and a `Budget`.
    """

    constraints: tuple[PaymentConstraint, ...]
    presets: Presets = NONE

    def __post_init__(self) -> None:
        kinds.require(self.constraints, PaymentConstraint, Reference)
        if not isinstance(self.presets, Presets):
            raise InputError(f"open payment: expected Presets, got {type(self.presets).__name__}")
        found = {*map(type, self.constraints)}
        if Recurrence in found and not {AmountRange, Budget} <= found:
            raise InputError(f"{Recurrence.type}: expected {AmountRange.type} and {Budget.type} beside it")

    @classmethod
    def read(cls, content: Mapping[str, JsonValue], *, unit: Unit) -> OpenPayment:
        """The mandate that a content says; members of other names are passed over. `unit` is that of bare budgets.

        Raises `MandateError` for another `vct`, no constraints, one without a type or of an unknown one, and what the
        constructor refuses; `MalformedError` for a member of another kind, `InputError` for what is no mapping.
        """
        Vct.OPEN_PAYMENT.require(content)
        constraints = kinds.read_payment(content.get("constraints"), unit)
        presets = Presets.read(content)
        try:
            return cls(constraints, presets)
        except InputError as error:
            raise MandateError(f"{Vct.OPEN_PAYMENT}: {error}") from None

    def write(self) -> dict[str, JsonValue]:
        """The content that says this, without what all mandates have."""
        constraints: list[JsonValue] = [kinds.write(each) for each in self.constraints]
        return {"vct": str(Vct.OPEN_PAYMENT), "constraints": constraints, **self.presets.write()}

    def violations(self, asked: Asked) -> tuple[Violation, ...]:
        """Every way in which this payment is not one that the mandate allows. Raises `InputError`."""
        if not isinstance(asked, Asked):
            raise InputError(f"mandate: expected Asked, got {type(asked).__name__}")
        found: list[Violation] = []
        if self.presets is not NONE:
            changed = self.presets.changed(asked.payment.terms)
            found += [
                Violation(Code.PRESET_CHANGED, name, "what was fixed beforehand", "something else") for name in changed
            ]
        if not self.recurrences:
            found += kinds.used_up(Vct.OPEN_PAYMENT, asked.usage)
        for each in self.constraints:
            found += each.violations(asked)
        return tuple(found)

    @property
    def most(self) -> int | None:
        """How often it may be used; None if a `Recurrence` sets no number."""
        found = [each.most for each in self.recurrences]
        return min([each for each in found if each is not None], default=None) if found else 1

    @property
    def recurrences(self) -> tuple[Recurrence, ...]:
        """What says how often it may be used; empty if it may be used once."""
        return tuple([each for each in self.constraints if isinstance(each, Recurrence)])
