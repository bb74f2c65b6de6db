"""`payment.execution_date`: when a payment may be executed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar

from attorn.canonical import JsonValue
from attorn.display import bare, stamp
from attorn.errors import InputError, MandateError
from attorn.handed import require_mapping
from attorn.mandate.constraint.base import Asked, Code, Constraint, PaymentConstraint, Violation
from attorn.mandate.date import Date


@dataclass(frozen=True, slots=True)
class ExecutionDate(PaymentConstraint):
    """All of the payment's date from `not_before` to `not_after`, both inclusive, of which one may be None.

    A payment without a date is executed now, so now is compared. Raises `InputError` for neither, for what is no
    `Date`, and for a window in which there is no time.
    """

    type: ClassVar[str] = "payment.execution_date"

    not_before: Date | None = None
    not_after: Date | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.not_before, Date | None) or not isinstance(self.not_after, Date | None):
            raise InputError(f"{self.type}: expected each bound as a Date or None")
        if self.not_before is None and self.not_after is None:
            raise InputError(f"{self.type}: expected not_before or not_after")
        if self.not_before is not None and self.not_after is not None and self.not_after.last < self.not_before.first:
            raise InputError(f"{self.type}: not_after is before not_before")

    @classmethod
    def read(cls, members: Mapping[str, JsonValue]) -> ExecutionDate:
        require_mapping(members, cls.type)
        not_before, not_after = (
            Date.read(members[name], f"{cls.type}.{name}") if name in members else None
            for name in ("not_before", "not_after")
        )
        try:
            return cls(not_before, not_after)
        except InputError as error:
            raise MandateError(str(error)) from None

    def write(self) -> dict[str, JsonValue]:
        bounds = {"not_before": self.not_before, "not_after": self.not_after}
        return {name: bound.text for name, bound in bounds.items() if bound is not None}

    def limit(self) -> str:
        words = [f"from {bare(self.not_before.text)}"] if self.not_before is not None else []
        words += [f"until {bare(self.not_after.text)}"] if self.not_after is not None else []
        return " ".join(words)

    def narrower_than(self, other: Constraint) -> bool:
        if not isinstance(other, ExecutionDate):
            return False
        if other.not_before is not None and (self.not_before is None or self.not_before.first < other.not_before.first):
            return False
        return other.not_after is None or (self.not_after is not None and self.not_after.last <= other.not_after.last)

    def violations(self, asked: Asked) -> tuple[Violation, ...]:
        date = asked.payment.execution_date
        if date is None:
            first = last = datetime.fromtimestamp(asked.now, UTC)
            words = f"now, {stamp(first)}"
        else:
            first, last, words = date.first, date.last, bare(date.text)
        found = []
        if self.not_before is not None and first < self.not_before.first:
            found.append(self.violation(Code.TOO_EARLY, words))
        if self.not_after is not None and last > self.not_after.last:
            found.append(self.violation(Code.TOO_LATE, words))
        return tuple(found)
