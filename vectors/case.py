"""What one vector says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Case:
    """One question and its answer. `name` is family/name; `input` what `operation` is asked (PROTOCOL.md).

    `attack` is a number of the attack catalogue, None for a legitimate twin; `spec` the page, section and rule that
    decides. `code` is `ok` or the stable code of the error, `step` the numbered step that refuses; `result` holds what
    must come out where it is `ok`.
    """

    name: str
    operation: str
    notes: str
    attack: int | None
    spec: str
    input: Mapping[str, Any]
    code: str = "ok"
    step: int | None = None
    result: Mapping[str, Any] = field(default_factory=dict)

    def members(self) -> dict[str, Any]:
        """The JSON form."""
        expect: dict[str, Any] = {"code": self.code, "step": self.step}
        if self.result:
            expect["result"] = dict(self.result)
        return {
            "name": self.name,
            "operation": self.operation,
            "notes": self.notes,
            "attack": self.attack,
            "spec": self.spec,
            "input": dict(self.input),
            "expect": expect,
        }
