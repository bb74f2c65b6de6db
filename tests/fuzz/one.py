"""One harness under atheris: `python -m tests.fuzz.one NAME COUNTS [libFuzzer options] CORPUS...`.

COUNTS is a file that keeps how often the harness ran and how often it accepted, whatever ends this process.
"""

from __future__ import annotations

import mmap
import shlex
import struct
import sys
from pathlib import Path
from random import Random

import atheris

with atheris.instrument_imports(include=["attorn"], enable_loader_override=False):
    from tests.fuzz.harness import Harness, run
    from tests.fuzz.planted import PLANTED, SOUND

COUNTERS = struct.Struct("=QQ")


def named(name: str) -> Harness:
    """The harness of this name. Those that are planted read next to nothing of attorn: it is not loaded for them."""
    if name == SOUND.name or name in PLANTED:
        return PLANTED.get(name, SOUND)
    with atheris.instrument_imports(include=["attorn"], enable_loader_override=False):
        from tests.fuzz.registry import ALL  # noqa: PLC0415 - it takes seconds
    return ALL[name]


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
    atheris.Setup([again(harness, counts), f"-max_len={harness.size}", *depth, *options], one, **mutators)
    atheris.Fuzz()


def again(harness: Harness, counts: Path) -> str:
    """A program that is this one: a merge runs itself, as many times as it takes, by its first argument."""
    program = counts.with_suffix(".sh")
    words = [sys.executable, "-m", "tests.fuzz.one", harness.name, str(counts)]
    program.write_text(f'#!/bin/sh\nexec {shlex.join(words)} "$@"\n')
    program.chmod(0o700)
    return str(program)


if __name__ == "__main__":
    fuzz(named(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:])
