"""The page about DIDs says what the code does: its examples run, its numbers and names are the code's."""

from __future__ import annotations

import re
from pathlib import Path

from attorn.did import caching, did, fault, reading, web
from attorn.did.material import KeyFormat
from attorn.did.resolver import LocalResolver

PAGE = (Path(__file__).parents[2] / "docs" / "spec" / "did.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def test_the_examples_run() -> None:
    names: dict[str, object] = {}
    assert len(BLOCKS) == 2
    for block in BLOCKS:
        exec(compile(block, "did.md", "exec"), names)


def test_the_bounds_are_those_of_the_code() -> None:
    assert f"{did.MOST:,} characters" in PAGE
    assert f"{web.MOST_DOCUMENT:,}\nbytes" in PAGE
    assert f"more than {reading.MOST_MEMBERS} of anything" in PAGE
    assert "five minutes" in PAGE
    assert caching.CachingResolver(LocalResolver())._lifetime.total_seconds() == 300


def test_every_error_is_named() -> None:
    named = set(re.findall(r"`([A-Z_]{8,})`", PAGE))
    assert named == {each.partition("#")[2] for each in fault.Fault}


def test_statuses_are_those_of_the_code() -> None:
    rows = re.findall(r"^\| ((?:`[A-Z_]+`(?:, )?)+) \| ([0-9]{3}) \|", PAGE, re.MULTILINE)
    told = {name: int(status) for names, status in rows for name in re.findall("[A-Z_]+", names)}
    expected = {each: fault.Failure(str(each), "").status for each in fault.Fault}
    assert told == {
        each.partition("#")[2]: status for each, status in expected.items() if each.startswith("https://www.w3.org/")
    }


def test_every_type_of_method_is_named() -> None:
    assert [each for each in KeyFormat if f"`{each}`" not in PAGE] == []
