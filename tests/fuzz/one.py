"""One harness under atheris: `python -m tests.fuzz.one MODULE NAME COUNTS [libFuzzer options] CORPUS...`.

COUNTS is a file that keeps how often the harness ran and how often it accepted, whatever ends this process.
"""

from __future__ import annotations

import mmap
import shlex
import struct
import sys
from importlib import import_module
from pathlib import Path
from random import Random

import atheris

with atheris.instrument_imports(include=["attorn"], enable_loader_override=False):
    from tests.fuzz.harness import Harness, run

COUNTERS = struct.Struct("=QQ")


def named(module: str, name: str) -> Harness:
    """The harness of this name. To instrument what all others read takes seconds: nothing of that is loaded."""
    with atheris.instrument_imports(include=["attorn"], enable_loader_override=False):
        harnesses: tuple[Harness, ...] = import_module(module).HARNESSES
    return next(each for each in harnesses if each.name == name)


def fuzz(harness: Harness, counts: Path, options: list[str]) -> None:
    """Run until libFuzzer is done. It ends the process: with status 0 where it found nothing."""
    counts.write_bytes(bytes(COUNTERS.size))
    with counts.open("r+b") as file:
        counters = memoryview(mmap.mmap(file.fileno(), COUNTERS.size)).cast("Q")

    def one(data: bytes) -> None:
        counters[0] += 1
        if run(harness, data):
            counters[1] += 1

    def custom(data: bytes, most: int, seed: int) -> bytes:
        assert harness.mutate is not None
        random = Random(seed)
        if not random.randrange(4):
            return atheris.Mutate(data, most)
        return harness.mutate(data, random)[:most]

    # A mutator makes few changes; several times as many on top of each other are hardly ever accepted.
    mutators = {} if harness.mutate is None else {"custom_mutator": custom}
    depth = [] if harness.mutate is None else ["-mutate_depth=1"]
    atheris.Setup([again(counts), f"-max_len={harness.size}", *depth, *options], one, **mutators)
    atheris.Fuzz()


def again(counts: Path) -> str:
    """A program that is this one: a merge runs itself, as many times as it takes, by its first argument."""
    program = counts.with_suffix(".sh")
    words = [sys.executable, "-m", "tests.fuzz.one", *sys.argv[1:4]]
    program.write_text(f'#!/bin/sh\nexec {shlex.join(words)} "$@"\n')
    program.chmod(0o700)
    return str(program)


if __name__ == "__main__":
    fuzz(named(*sys.argv[1:3]), Path(sys.argv[3]), sys.argv[4:])
