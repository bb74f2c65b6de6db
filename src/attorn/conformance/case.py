"""Conformance cases: one JSON file, one question, one expected answer. Format: vectors/README.md."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from attorn.canonical import JsonValue, parse
from attorn.conformance.answer import Answer
from attorn.conformance.members import Members
from attorn.errors import InputError, MalformedError

MOST_BYTES: Final = 4 * 1024 * 1024
_OPERATION: Final = re.compile(r"(?!batch$)[a-z]+(?:-[a-z]+)*")
_NAME: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*/[a-z0-9]+(?:-[a-z0-9]+)*(?:@[1-9][0-9]*)?")
_CODE: Final = re.compile(r"[a-z]+(?:_[a-z]+)*")


@dataclass(frozen=True, slots=True)
class Case:
    """What to ask, of which operation, and the answer that is told; `notes` and `spec` are for people."""

    name: str
    operation: str
    input: dict[str, JsonValue]
    expect: Answer
    notes: str = ""
    spec: str = ""

    @classmethod
    def read(cls, content: bytes) -> Case:
        """The case in a file's content. Raises `InputError` for one that is not of the format."""
        try:
            value = parse(content, most=MOST_BYTES)
        except MalformedError as error:
            raise InputError(f"case: {error}") from None
        members = Members(value, "case")
        members.value("attack")
        if not members.has("input"):
            raise InputError("case: input: expected an object")
        if _OPERATION.fullmatch(members.text("operation")) is None:
            # It becomes an argument of somebody's program.
            raise InputError("case: operation: expected words in small letters, with hyphens between them")
        expect = Answer.read(members.inner("expect"))
        if _NAME.fullmatch(members.text("name")) is None or _CODE.fullmatch(expect.code) is None:
            raise InputError("case: expected a name as family/name, and a code in small letters")
        found = cls(
            members.text("name"),
            members.text("operation"),
            members.object("input"),
            expect,
            members.maybe_text("notes") or "",
            members.maybe_text("spec") or "",
        )
        members.done()
        return found
