"""The page that tells what was fuzzed names every harness, and what each promises."""

from __future__ import annotations

import re
from pathlib import Path

from tests.fuzz import corpus
from tests.fuzz.registry import ALL

PAGE = Path(__file__).parent.parent.parent / "docs" / "assurance.md"
_ROW = re.compile(r"^\| `([a-z\d-]+)` \| ([^|]+) \| ([0-9,]+) \| ([0-9,]+) \| ([0-9,]+) \| ([0-9,]+) \|$", re.MULTILINE)
_TOTAL = re.compile(r"^\| in all \| \| ([0-9,]+) \| ([0-9,]+) \| \| ([0-9,]+) \|$", re.MULTILINE)


def _number(text: str) -> int:
    return int(text.replace(",", ""))


def test_the_table_is_of_these_harnesses() -> None:
    rows = _ROW.findall(PAGE.read_text())
    assert [(name, promise) for name, promise, *_ in rows] == [(each.name, each.promise) for each in ALL.values()]
    assert [_number(row[-1]) for row in rows] == [len(corpus.read(name)) for name in ALL]


def test_the_sums_are_right() -> None:
    rows = [[_number(text) for text in row[2:]] for row in _ROW.findall(PAGE.read_text())]
    ((executions, accepted, kept),) = _TOTAL.findall(PAGE.read_text())
    sums = [sum(column) for column in zip(*rows, strict=True)]
    assert [_number(text) for text in (executions, accepted, kept)] == [sums[0], sums[1], sums[3]]
    assert sums[0] >= 10_000_000
    assert min(row[0] for row in rows) >= 30_000
