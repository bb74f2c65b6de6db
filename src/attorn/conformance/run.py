"""Every case of a folder, put to an implementation: what it got right, what not, and what was expected to fail."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase

from attorn.conformance.answer import UNSUPPORTED, Answer
from attorn.conformance.case import Case
from attorn.conformance.entrypoint import Fault
from attorn.conformance.protocol import ask
from attorn.display import shown

Ask = Callable[[Sequence[Case]], Iterable[Answer | Fault]]
"""An answer, or the lack of one, for each case in order."""


class Kind(StrEnum):
    """What became of a case."""

    PASSED = "passed"
    FAILED = "failed"
    EXPECTED = "expected failure"


@dataclass(frozen=True, slots=True)
class File:
    """A file with a case in it, or with a reason why there is none. `path` is relative to the folder."""

    path: str
    case: Case | None
    why: str = ""

    @property
    def name(self) -> str:
        """What it is chosen by: the case's name, or the path without its ending."""
        return self.path.removesuffix(".json") if self.case is None else self.case.name


@dataclass(frozen=True, slots=True)
class Outcome:
    """One file, and why it did not pass."""

    file: File
    kind: Kind
    why: str = ""

    @property
    def family(self) -> str:
        head, slash, _ = self.file.name.partition("/")
        return head if slash else "-"


@dataclass(frozen=True, slots=True)
class Run:
    """All outcomes, in the order of the files. `unused` are expected failures that no case is called."""

    outcomes: tuple[Outcome, ...]
    unused: tuple[str, ...] = field(default=())

    def count(self, kind: Kind) -> int:
        return sum(each.kind is kind for each in self.outcomes)

    def families(self) -> dict[str, Run]:
        """The same by family, each with its own outcomes."""
        names = sorted({each.family for each in self.outcomes})
        return {name: Run(tuple(each for each in self.outcomes if each.family == name)) for name in names}


def run(files: Sequence[File], implementation: Ask, xfails: Sequence[str] = (), only: Sequence[str] = ()) -> Run:
    """Put the cases that `only` names, or all, to an implementation. Both lists hold names and globs."""
    chosen = [each for each in files if not only or _named(each.name, only)]
    asked = [each for each in chosen if each.case is not None]
    answers = implementation([each.case for each in asked if each.case is not None])
    found = {each.path: answer for each, answer in zip(asked, answers, strict=True)}
    outcomes = tuple(_outcome(each, found.get(each.path), xfails) for each in chosen)
    cases = [each.name for each in files if each.case is not None]
    return Run(outcomes, tuple(each for each in xfails if not any(fnmatchcase(name, each) for name in cases)))


def attorn(cases: Sequence[Case]) -> Iterable[Answer]:
    """The answers of this library."""
    return (ask(case.operation, case.input) for case in cases)


def _named(name: str, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(name, each) for each in patterns)


def _wrong(case: Case, answer: Answer) -> str:
    """How an answer is wrong, or nothing."""
    if answer.code == UNSUPPORTED:
        return f"no operation {shown(case.operation)}"
    if answer.meets(case.expect):
        return ""
    if (answer.code, answer.step) == (case.expect.code, case.expect.step):
        return f"expected {case.expect.words()} with the result {_spelt(case.expect)}, got {_spelt(answer)}"
    return f"expected {case.expect.words()}, got {answer.words()}"


def _spelt(answer: Answer) -> str:
    return shown({**answer.result})


def _outcome(file: File, answer: Answer | Fault | None, xfails: Sequence[str]) -> Outcome:
    if file.case is None or not isinstance(answer, Answer):
        # Whoever lists a case knows of a wrong answer to it; what is no case, or no answer, nobody has foreseen.
        return Outcome(file, Kind.FAILED, answer.why if isinstance(answer, Fault) else file.why)
    why = _wrong(file.case, answer)
    if not _named(file.name, xfails):
        return Outcome(file, Kind.FAILED if why else Kind.PASSED, why)
    # An expectation that no longer holds would hide the next failure.
    return Outcome(file, Kind.EXPECTED, why) if why else Outcome(file, Kind.FAILED, "expected to fail, and passed")
