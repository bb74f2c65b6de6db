"""Conformance cases: one JSON file, one question, one expected answer. Format: vectors/README.md."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from attorn.canonical import JsonValue, parse
from attorn.conformance.answer import Answer
from attorn.conformance.members import Members
from attorn.errors import InputError, MalformedError

MOST_BYTES: Final = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Case:
    """What to ask, of which operation, and the answer that is told."""

    name: str
    operation: str
    input: dict[str, JsonValue]
    expect: Answer

    @classmethod
    def read(cls, content: bytes) -> Case:
        """The case in a file's content. Raises `InputError` for one that is not of the format."""
        try:
            value = parse(content, most=MOST_BYTES)
        except MalformedError as error:
            raise InputError(f"case: {error}") from None
        members = Members(value, "case")
        for told in ("notes", "spec", "attack"):
            # For people; of what type they are the schema says.
            members.value(told)
        found = cls(
            members.text("name"),
            members.text("operation"),
            members.object("input"),
            _expect(members.inner("expect")),
        )
        members.done()
        return found


def _expect(members: Members) -> Answer:
    step = members.integer("step") if members.has("step") else None
    if step is not None and not 0 <= step <= 10:
        raise InputError("case: expect: step: expected 0 to 10 or null")
    found = Answer(members.text("code"), step, members.object("result"))
    members.done()
    return found
