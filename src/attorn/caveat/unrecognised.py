"""What a check is that stands for no caveat."""

from __future__ import annotations

from dataclasses import dataclass

from attorn.caveat.base import Caveat
from attorn.datalog import Check
from attorn.decision import Denial
from attorn.request.facts import Facts


@dataclass(frozen=True, slots=True)
class Unrecognised(Caveat):
    """A check that is well-formed but stands for no caveat this version knows. It prohibits every request."""

    check: Check

    def prohibits(self, facts: Facts) -> Denial | None:
        del facts
        return self.denial("something this version cannot judge")

    def render(self) -> Check:
        return self.check

    @classmethod
    def read(cls, check: Check) -> Caveat | None:
        return cls(check)

    def limit(self) -> str:
        return "what a caveat unknown to this version says"
