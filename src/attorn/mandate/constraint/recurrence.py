"""`payment.agent_recurrence`: how often, and how far apart, a mandate may be used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar

from attorn.canonical import MOST_INTEGER, JsonValue
from attorn.checkout.member import text, whole
from attorn.display import shown, stamp
from attorn.errors import InputError, MandateError
from attorn.handed import require_mapping
from attorn.mandate.constraint.base import Asked, Code, Constraint, PaymentConstraint, Violation
from attorn.mandate.constraint.calendar import Frequency


@dataclass(frozen=True, slots=True)
class Recurrence(PaymentConstraint):
    """Uses at least `frequency` apart, at most `most` of them; without `most`, as many as there is time for.

    Raises `InputError` for another frequency, and for a number that is not positive.
    """

    type: ClassVar[str] = "payment.agent_recurrence"

    frequency: Frequency
    most: int | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.frequency, Frequency):
            raise InputError(f"{self.type}: expected a Frequency, got {shown(self.frequency)}")
        if self.most is not None and (type(self.most) is not int or not 0 < self.most <= MOST_INTEGER):
            raise InputError(f"{self.type}: expected 1 or more occurrences, got {shown(self.most)}")

    @classmethod
    def read(cls, members: Mapping[str, JsonValue]) -> Recurrence:
        require_mapping(members, cls.type)
        name = "max_occurrences"
        frequency = text(members.get("frequency"), f"{cls.type}.frequency")
        if frequency not in Frequency.__members__:
            raise MandateError(f"{cls.type}: expected one of {', '.join(Frequency)}, got {shown(frequency)}")
        most = whole(members[name], f"{cls.type}.{name}", least=1) if name in members else None
        return cls(Frequency(frequency), most)

    def write(self) -> dict[str, JsonValue]:
        most: dict[str, JsonValue] = {} if self.most is None else {"max_occurrences": self.most}
        return {"frequency": str(self.frequency), **most}

    def limit(self) -> str:
        words = "any number of" if self.most is None else str(self.most)
        return f"{words} uses, {self.frequency}"

    def narrower_than(self, other: Constraint) -> bool:
        return (
            isinstance(other, Recurrence)
            and self.frequency.seldomer_than(other.frequency)
            and (other.most is None or (self.most is not None and self.most <= other.most))
        )

    def violations(self, asked: Asked) -> tuple[Violation, ...]:
        usage = asked.usage
        if usage is None:
            return (self.violation(Code.USAGE_UNKNOWN, "a use, and nobody knows what was used"),)
        found = []
        if self.most is not None and usage.uses >= self.most:
            found.append(self.violation(Code.TOO_MANY_USES, f"use {usage.uses + 1}"))
        if usage.last is not None and asked.now < self.frequency.after(usage.last):
            last, now = (stamp(datetime.fromtimestamp(at, UTC)) for at in (usage.last, asked.now))
            found.append(self.violation(Code.TOO_SOON, f"{now}, last used {last}"))
        return tuple(found)
