"""The answer to one question: a verdict, and for some what came out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from attorn.canonical import JsonValue
from attorn.errors import AttornError, Denied, VerificationError

OK: Final = "ok"


@dataclass(frozen=True, slots=True)
class Answer:
    """`code` is `ok` or an error's code, `step` the numbered step that refused, None where there is none.

    `result` is what the operation gives where it succeeds.
    """

    code: str = OK
    step: int | None = None
    result: Mapping[str, JsonValue] = field(default_factory=dict)

    @classmethod
    def of(cls, error: AttornError) -> Answer:
        """The refusal that an error is."""
        if isinstance(error, Denied):
            return cls(error.code, error.decision.step)
        return cls(error.code, error.step if isinstance(error, VerificationError) else None)

    def meets(self, expected: Answer) -> bool:
        """Whether this is what was expected: the very code and step, and every member of the expected result."""
        return (self.code, self.step) == (expected.code, expected.step) and all(
            name in self.result and _same(self.result[name], value) for name, value in expected.result.items()
        )

    def words(self) -> str:
        """One line for a person, without the result."""
        return self.code if self.step is None else f"{self.code} at step {self.step}"


def _same(found: JsonValue, expected: JsonValue) -> bool:
    """Equal as JSON, where true is not 1."""
    if isinstance(expected, dict):
        return (
            isinstance(found, dict)
            and found.keys() == expected.keys()
            and all(_same(found[name], value) for name, value in expected.items())
        )
    if isinstance(expected, list):
        return (
            isinstance(found, list)
            and len(found) == len(expected)
            and all(_same(one, other) for one, other in zip(found, expected, strict=True))
        )
    return type(found) is type(expected) and found == expected
