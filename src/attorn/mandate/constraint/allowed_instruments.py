"""`payment.allowed_payment_instruments`: what may be paid with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from attorn.canonical import JsonValue
from attorn.checkout.party import Instrument
from attorn.display import bare
from attorn.handed import require_mapping
from attorn.mandate.constraint import party
from attorn.mandate.constraint.base import Asked, Code, Constraint, PaymentConstraint, Violation


@dataclass(frozen=True, slots=True)
class AllowedInstruments(PaymentConstraint):
    """One of `allowed`: the same id and the same type. Raises `InputError` for none of them."""

    type: ClassVar[str] = "payment.allowed_payment_instruments"
    redactable: ClassVar[tuple[str | None, ...]] = ("allowed",)

    allowed: tuple[Instrument, ...]

    def __post_init__(self) -> None:
        party.require(self.allowed, Instrument, self.type)

    @classmethod
    def read(cls, members: Mapping[str, JsonValue]) -> AllowedInstruments:
        require_mapping(members, cls.type)
        return cls(party.read(members.get("allowed"), f"{cls.type}.allowed", Instrument.read))

    def write(self) -> dict[str, JsonValue]:
        return {"allowed": [each.write() for each in self.allowed]}

    def limit(self) -> str:
        return party.listed([f"{each.type} {each.id}" for each in self.allowed])

    def narrower_than(self, other: Constraint) -> bool:
        return isinstance(other, AllowedInstruments) and all(
            any(theirs.matches(mine) for theirs in other.allowed) for mine in self.allowed
        )

    def violations(self, asked: Asked) -> tuple[Violation, ...]:
        instrument = asked.payment.instrument
        if any(each.matches(instrument) for each in self.allowed):
            return ()
        return (self.violation(Code.INSTRUMENT_NOT_ALLOWED, bare(f"{instrument.type} {instrument.id}")),)
