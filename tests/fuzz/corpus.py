"""The corpus: for each harness one text file, one input to a line, in base64."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from pathlib import Path

FOLDER = Path(__file__).parent / "corpus"
MOST_BYTES = 32_000
"""Largest file: what is longest is left out."""


def read(name: str, folder: Path = FOLDER) -> list[bytes]:
    """The inputs that are kept for a harness."""
    path = folder / f"{name}.txt"
    return [base64.b64decode(line, validate=True) for line in path.read_bytes().split()] if path.exists() else []


def write(name: str, inputs: Iterable[bytes], folder: Path = FOLDER) -> int:
    """Keep these inputs, the shortest first, as far as there is room; how many those are."""
    lines = sorted({base64.b64encode(data) for data in inputs if data}, key=lambda line: (len(line), line))
    kept: list[bytes] = []
    room = MOST_BYTES
    for line in lines:
        room -= len(line) + 1
        if room < 0:
            break
        kept.append(line)
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.txt").write_bytes(b"".join(line + b"\n" for line in kept))
    return len(kept)
