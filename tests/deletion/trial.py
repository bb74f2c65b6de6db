"""One check deleted in a process of its own, and the vectors asked until one turns red."""

from __future__ import annotations

import ast
import gc
import json
import mmap
import os
import resource
import signal
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FrameType, FunctionType

from tests.deletion.checks import Check
from tests.deletion.reach import Module

from attorn.conformance.case import Case
from attorn.conformance.operations import OPERATIONS, answer

SECONDS = 60
"""How long one deletion may keep the processor busy: without a check, reading may not end."""
_MEMORY = 4 << 30
_STRANGE = 99
_UNDECIDED = "it took too long, or too much memory"


@dataclass(frozen=True, slots=True)
class Outcome:
    """`red` is the name of the first case that turned red, None if none did; `found` what came out there."""

    red: str | None
    found: str = ""


@dataclass(frozen=True, slots=True)
class Trial:
    """One that has begun."""

    process: int
    reading: int
    shared: mmap.mmap
    cases: Sequence[Case]

    def outcome(self) -> Outcome:
        """What came out, once it has. Raises `RuntimeError` where nothing was tried."""
        with os.fdopen(self.reading, "rb") as pipe:
            said = pipe.read()
        _, status = os.waitpid(self.process, 0)
        if os.waitstatus_to_exitcode(status) == _STRANGE:
            raise RuntimeError("the check could not be deleted")
        if said:
            red, text = json.loads(said)
            return Outcome(red, text)
        return Outcome(self.cases[int.from_bytes(self.shared[:8], "big")].name, _UNDECIDED)


class Bench:
    """The cases, and every function of attorn as it runs here, so that one can be put in the place of another."""

    def __init__(self, cases: Sequence[Case]) -> None:
        self._cases = cases
        self._functions: dict[tuple[str, str, int], list[FunctionType]] = {}
        for each in gc.get_objects():
            if isinstance(each, FunctionType) and (each.__module__ or "").startswith("attorn."):
                self._functions.setdefault(_place(each.__code__), []).append(each)
        # Nothing of it is copied into each process just because it was looked at.
        gc.freeze()
        numbers = {place: number for number, place in enumerate(self._functions)}
        self._entered = [frozenset(_entered(case, numbers)) for case in cases]
        # Several functions have one name where a type checker is told of several forms.
        self._numbers: dict[tuple[str, str], set[int]] = {}
        for place, number in numbers.items():
            self._numbers.setdefault(place[:2], set()).add(number)

    def start(self, check: Check | None = None, module: Module | None = None) -> Trial:
        """A process of its own, in which attorn is without this check, or as it is; it asks the cases.

        Only those that enter the function where the check stands: to the others nothing has changed.
        """
        ordered = list(self._cases)
        if check is not None and module is not None:
            places = self._numbers[str(module.path), check.function]
            entered = zip(self._cases, self._entered, strict=True)
            mine = (case for case, there in entered if places & there)
            ordered = sorted(mine, key=lambda case: _distance(case, check))
        shared = mmap.mmap(-1, 8)
        reading, writing = os.pipe()
        process = os.fork()
        if process == 0:
            code = _STRANGE
            try:
                os.close(reading)
                if check is not None and module is not None:
                    self._replace(module.path, check.without(module))
                code = 0
                found = _found(ordered, shared)
                os.write(writing, json.dumps([found.red, found.found[:300]]).encode())
            finally:
                os._exit(code)
        os.close(writing)
        return Trial(process, reading, shared, ordered)

    def _replace(self, path: Path, tree: ast.Module) -> None:
        """Let every function of this file run what `tree` says."""
        replaced = False
        for code in _codes(compile(tree, str(path), "exec")):
            for function in self._functions.get(_place(code), ()):
                if function.__code__ != code:
                    function.__code__ = code
                    replaced = True
        if not replaced:
            raise ValueError(f"{path}: nothing was deleted")


def _entered(case: Case, numbers: dict[tuple[str, str, int], int]) -> list[int]:
    """Which functions of attorn the case enters, in a process that has kept nothing of other cases."""
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        found: set[int] = set()

        def note(frame: FrameType, event: str, _: object) -> None:
            if event == "call" and (number := numbers.get(_place(frame.f_code))) is not None:
                found.add(number)

        sys.setprofile(note)
        try:
            answer(OPERATIONS[case.operation], case.input)
        finally:
            sys.setprofile(None)
            with os.fdopen(writing, "w") as pipe:
                json.dump(sorted(found), pipe)
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        said = pipe.read()
    os.waitpid(process, 0)
    return list(json.loads(said))


def _found(cases: Sequence[Case], shared: mmap.mmap) -> Outcome:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    # What waits for itself keeps no processor busy.
    signal.alarm(4 * SECONDS)
    for place, case in enumerate(cases):
        shared[:8] = place.to_bytes(8, "big")
        try:
            found = answer(OPERATIONS[case.operation], case.input)
        except Exception as error:  # noqa: BLE001 - without its check, attorn may fail in any way
            return Outcome(case.name, type(error).__name__)
        if not found.meets(case.expect):
            return Outcome(case.name, found.words())
    return Outcome(None)


def _codes(code: CodeType) -> Iterator[CodeType]:
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield each
            yield from _codes(each)


def _place(code: CodeType) -> tuple[str, str, int]:
    return code.co_filename, code.co_qualname, code.co_firstlineno


def _distance(case: Case, check: Check) -> tuple[int, int]:
    """Cases that the check is probably about come first."""
    return (case.expect.step != check.step, case.operation != "verify-presentation")


def cases(folder: Path, operations: Iterable[str], families: Iterable[str] = ()) -> tuple[Case, ...]:
    """The committed cases of these operations, in the order of their names; of these families alone if any are named.

    Raises `FileNotFoundError` for a family that there is none of.
    """
    named = [folder / family for family in families] or [folder]
    if missing := [path for path in named if not path.is_dir()]:
        raise FileNotFoundError(missing[0])
    found = (Case.read(path.read_bytes()) for path in sorted(path for each in named for path in each.rglob("*.json")))
    return tuple(case for case in found if case.operation in operations)
