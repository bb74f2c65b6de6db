"""How a program is asked and answers: JSON in, JSON out, an exit code. The rules are in vectors/PROTOCOL.md."""

from __future__ import annotations

import json
from enum import IntEnum
from typing import Final

from attorn.canonical import JsonValue, parse
from attorn.conformance.answer import OK, UNSUPPORTED, Answer
from attorn.conformance.members import Members
from attorn.conformance.operations import OPERATIONS, answer
from attorn.errors import InputError, MalformedError

BATCH: Final = "batch"
"""The name that asks for many questions in one process."""

MOST_INPUT: Final = 4 * 1024 * 1024
"""Longest question, in bytes."""

MOST_ANSWER: Final = 1024 * 1024
"""Longest answer, in bytes."""


class Told(IntEnum):
    """The exit codes of a program that was asked one question."""

    OK = 0
    REFUSED = 1
    UNDECIDED = 2
    INVALID_INPUT = 3
    UNSUPPORTED = 4


_TOLD: Final = {
    OK: Told.OK,
    "unavailable": Told.UNDECIDED,
    "stale_status": Told.UNDECIDED,
    "invalid_input": Told.INVALID_INPUT,
    UNSUPPORTED: Told.UNSUPPORTED,
}


def told(code: str) -> Told:
    """The exit code that goes with an answer's code."""
    return _TOLD.get(code, Told.REFUSED)


def ask(operation: str, value: JsonValue) -> Answer:
    """This library's answer; `unsupported` where it has no such operation."""
    found = OPERATIONS.get(operation)
    return Answer(UNSUPPORTED) if found is None else answer(found, value)


def ask_text(operation: str, content: bytes) -> Answer:
    """This library's answer to a question as it stands on standard input."""
    try:
        value = parse(content, most=MOST_INPUT)
    except MalformedError:
        return Answer("invalid_input") if operation in OPERATIONS else Answer(UNSUPPORTED)
    return ask(operation, value)


def ask_line(content: bytes) -> Answer:
    """This library's answer to one line of a batch."""
    try:
        members = Members(parse(content, most=MOST_INPUT), "line")
        operation, value = members.text("operation"), members.value("input")
        members.done()
    except (MalformedError, InputError):
        return Answer("invalid_input")
    return ask(operation, value)


def line(operation: str, value: JsonValue) -> bytes:
    """One line of a batch."""
    return question({"operation": operation, "input": value})


def question(value: JsonValue) -> bytes:
    """A question's input on one line, in ASCII."""
    return json.dumps(value, separators=(",", ":")).encode("ascii") + b"\n"


def written(found: Answer) -> str:
    """An answer on one line, in ASCII."""
    members: dict[str, JsonValue] = {"code": found.code, "step": found.step}
    if found.result:
        members["result"] = {**found.result}
    return json.dumps(members, separators=(",", ":"))


def read(content: bytes) -> Answer:
    """The answer that a program wrote. Raises `InputError` for anything but one object of the format."""
    try:
        value = parse(content, most=MOST_ANSWER)
    except MalformedError as error:
        raise InputError(f"answer: {error}") from None
    return Answer.read(Members(value, "answer"))
