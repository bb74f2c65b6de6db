"""`payment.allowed_pisps`: which payment initiation service providers may start the payment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from attorn.canonical import JsonValue
from attorn.checkout.party import Pisp
from attorn.display import bare
from attorn.handed import require_mapping
from attorn.mandate.constraint import party
from attorn.mandate.constraint.base import Asked, Code, Constraint, PaymentConstraint, Violation


@dataclass(frozen=True, slots=True)
class AllowedPisps(PaymentConstraint):
    """One of `allowed`, all three names equal. A payment that names none is not allowed.

    Nothing of it may be kept back. Raises `InputError` for none of them.
    """

    type: ClassVar[str] = "payment.allowed_pisps"

    allowed: tuple[Pisp, ...]

    def __post_init__(self) -> None:
        party.require(self.allowed, Pisp, self.type)

    @classmethod
    def read(cls, members: Mapping[str, JsonValue]) -> AllowedPisps:
        require_mapping(members, cls.type)
        return cls(party.read(members.get("allowed"), f"{cls.type}.allowed", Pisp.read))

    def write(self) -> dict[str, JsonValue]:
        return {"allowed": [each.write() for each in self.allowed]}

    def limit(self) -> str:
        return party.listed([each.domain_name for each in self.allowed])

    def narrower_than(self, other: Constraint) -> bool:
        return isinstance(other, AllowedPisps) and set(self.allowed) <= set(other.allowed)

    def violations(self, asked: Asked) -> tuple[Violation, ...]:
        pisp = asked.payment.pisp
        if pisp is not None and any(each.matches(pisp) for each in self.allowed):
            return ()
        return (self.violation(Code.PISP_NOT_ALLOWED, "none" if pisp is None else bare(pisp.domain_name)),)
