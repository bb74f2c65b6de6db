"""The answer to one question: a verdict, and for some what came out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from attorn.canonical import JsonValue
from attorn.conformance.members import Members
from attorn.errors import AttornError, Denied, InputError, VerificationError

OK: Final = "ok"
UNSUPPORTED: Final = "unsupported"
"""The code of an implementation that does not have the operation."""

_LONGEST: Final = 64


@dataclass(frozen=True, slots=True)
class Answer:
    """`code` is `ok` or an error's code, `step` the numbered step that refused, None where there is none.

    `result` is what the operation gives where it succeeds.
    """

    code: str = OK
    step: int | None = None
    result: Mapping[str, JsonValue] = field(default_factory=dict)

    @classmethod
    def read(cls, members: Members) -> Answer:
        """The answer in an object of JSON: of a case, or of a program. Raises `InputError`."""
        code, step = members.text("code"), members.integer("step") if members.has("step") else None
        if not (code.isascii() and code.isprintable() and 0 < len(code) <= _LONGEST):
            raise InputError(f"code: expected 1 to {_LONGEST} characters of ASCII")
        if step is not None and not 0 <= step <= 10:
            raise InputError("step: expected 0 to 10 or null")
        found = cls(code, step, members.object("result"))
        members.done()
        return found

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
