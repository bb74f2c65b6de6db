"""What a harness is, and what it promises for any bytes.

A harness turns bytes into one use of a parser. Whatever the bytes are, only the errors that its documentation names
may leave the parser, and no message may carry what could fool whoever reads it. What is accepted is written again, and
must be the bytes that were read; where a parser takes more than one spelling (docs/assurance.md lists them), what was
written must read as an equal value and write itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from random import Random
from typing import TypeVar

from attorn.errors import AttornError

MOST_MESSAGE = 4096
"""Longest message of an error: it may quote what was sent, but not all of it."""
_BETWEEN = b"\n-=-\n"
Mutate = Callable[[bytes, Random], bytes]
"""Another input made of one, by its structure rather than by its bytes."""
_Value = TypeVar("_Value")


class Finding(AssertionError):
    """A parser did what it never may. Everything but an expected error that leaves a harness is one, too."""


@dataclass(frozen=True, slots=True)
class Harness:
    """One parser, or several that read the same thing.

    `check` returns whether the bytes were accepted and raises for a finding. `seeds` are inputs to begin with, most of
    them accepted. `reads` and `writes` name what is held against each other, as `module:name`, for the tests that plant
    faults there. `size` is the longest input.
    """

    name: str
    promise: str
    check: Callable[[bytes], bool]
    seeds: Callable[[], Iterable[bytes]]
    reads: str
    writes: str | None = None
    mutate: Mutate | None = None
    size: int = 4096


class Refusal(Exception):
    """The parser refused its input, as it may: what ends a harness early."""


def accepted(call: Callable[[], _Value], *expected: type[AttornError]) -> _Value:
    """What `call` returns. Raises `Refusal` if it refuses with one of these errors; any other error is a finding."""
    try:
        return call()
    except expected as error:
        _check_message(error)
    raise Refusal


def run(harness: Harness, data: bytes) -> bool:
    """Whether the harness accepted these bytes. Raises for a finding."""
    try:
        return harness.check(data)
    except Refusal:
        return False


def require(held: object, *what: object) -> None:
    """Raises `Finding` unless this holds."""
    if not held:
        raise Finding(*what)


def text_of(data: bytes) -> str:
    """Any bytes as text, lone surrogates included: what a caller may hand in as `str`."""
    return data.decode("utf-8", "surrogateescape")


def parts_of(data: bytes, most: int) -> list[bytes]:
    """At most `most` parts of an input that holds several."""
    return data.split(_BETWEEN, most - 1)


def joined(*parts: bytes) -> bytes:
    """The input of these parts."""
    return _BETWEEN.join(parts)


def _check_message(error: AttornError) -> None:
    message = str(error)
    require(len(message) <= MOST_MESSAGE, "a message as long as its input", len(message))
    require(message.isprintable(), "a message with control characters", message)


def tried(call: Callable[[], _Value], *expected: type[AttornError]) -> _Value | None:
    """As `accepted`, with None for a refusal: where one refusal does not end a harness."""
    try:
        return accepted(call, *expected)
    except Refusal:
        return None
