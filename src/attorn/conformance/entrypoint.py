"""Another implementation, as a command: asked one question per process, or all in one."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from attorn.conformance import process
from attorn.conformance.answer import UNSUPPORTED, Answer
from attorn.conformance.case import Case
from attorn.conformance.protocol import BATCH, MOST_ANSWER, Told, line, question, read, told
from attorn.display import escaped
from attorn.errors import InputError

SECONDS: Final = 20
"""How long a program has for one answer."""

_STARTING: Final = 20
_SECONDS_EACH: Final = 0.25
_SAID: Final = 200


@dataclass(frozen=True, slots=True)
class Fault:
    """Why there is no answer."""

    why: str


@dataclass(frozen=True, slots=True)
class Entrypoint:
    """A program and its first arguments."""

    words: tuple[str, ...]
    seconds: float = SECONDS

    @classmethod
    def of(cls, command: str) -> Entrypoint:
        """A command in words as a shell splits them, run without one. Raises `InputError`."""
        try:
            words = tuple(shlex.split(command))
        except ValueError:
            raise InputError("entrypoint: a quotation in the command does not end") from None
        if not words or not words[0]:
            raise InputError("entrypoint: expected a command")
        return cls(words)

    def each(self, cases: Iterable[Case]) -> Iterator[Answer | Fault]:
        """The answers, each by a process of its own. Raises `InputError` if there is no such program."""
        for case in cases:
            ended = process.run(
                [*self.words, case.operation], question(case.input), seconds=self.seconds, most=MOST_ANSWER
            )
            yield _answer(ended)

    def batch(self, cases: Sequence[Case]) -> list[Answer | Fault]:
        """The answers, all by one process. Raises `InputError` if there is no such program."""
        asked = b"".join(line(case.operation, case.input) for case in cases)
        seconds = max(self.seconds, _STARTING + _SECONDS_EACH * len(cases))
        ended = process.run([*self.words, BATCH], asked, seconds=seconds, most=MOST_ANSWER + 65_536 * len(cases))
        return _answers(ended, len(cases))


def _answer(ended: process.Ended) -> Answer | Fault:
    """What one process answered, if its exit code says the same."""
    if ended.cut:
        return _fault(ended.cut, ended)
    if ended.code not in list(Told):
        return _fault(_exit(ended), ended)
    if not ended.out.strip():
        if ended.code == Told.UNSUPPORTED:
            return Answer(UNSUPPORTED)
        return _fault(f"{_exit(ended)} and nothing on standard output", ended)
    try:
        found = read(ended.out)
    except InputError as error:
        return _fault(str(error), ended)
    if ended.code != told(found.code):
        return _fault(f"{_exit(ended)}, where {found.code} goes with {int(told(found.code))}", ended)
    return found


def _answers(ended: process.Ended, count: int) -> list[Answer | Fault]:
    """What one process answered to `count` lines. What it had answered before it failed is judged."""
    lines = ended.out.split(b"\n")
    rest = lines.pop()
    found = [_line(each) for each in lines[:count]]
    why = ended.cut or (_exit(ended) if ended.code != Told.OK else "")
    if len(found) < count:
        said = "and the last was not ended" if rest else "and no more"
        missing = _fault(f"{why or 'ended'}: {len(found)} of {count} lines answered, {said}", ended)
        return found + [missing] * (count - len(found))
    if len(lines) > count or rest.strip():
        why = f"more than the {count} lines that were asked for"
    return [_fault(f"the batch failed: {why}", ended)] * count if why else found


def _line(content: bytes) -> Answer | Fault:
    try:
        return read(content)
    except InputError as error:
        return Fault(str(error))


def _exit(ended: process.Ended) -> str:
    return f"exit code {ended.code}" if ended.code >= 0 else f"ended by signal {-ended.code}"


def _fault(why: str, ended: process.Ended) -> Fault:
    """With what the program said on standard error: how it began and how it ended."""
    said = ended.errors.decode("ascii", "backslashreplace").strip()
    if len(said) > 2 * _SAID:
        said = f"{said[:_SAID]} ... {said[-_SAID:]}"
    return Fault(f"{why}; it said: {escaped(said)}" if said else why)
