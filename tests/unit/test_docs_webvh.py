"""The page about did:webvh says what the code does: its example runs, its bounds and its words are the code's."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from attorn.did.webvh import entry, parameters, witness
from attorn.did.webvh.history import SKEW
from attorn.did.webvh.refusal import Reason
from attorn.verify.rotation import LONGEST

PAGE = (Path(__file__).parents[2] / "docs" / "spec" / "webvh.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def test_the_example_runs() -> None:
    assert len(BLOCKS) == 1
    exec(compile(BLOCKS[0], "webvh.md", "exec"), {})


@pytest.mark.parametrize(
    "words",
    [
        f"a log {entry.MOST_LOG:,} bytes and {entry.MOST_ENTRIES} entries",
        f"an entry {entry.MOST_ENTRY:,} bytes, {entry.DEPTH} levels and {entry.MOST_PROOFS} proofs",
        f"all entries {entry.MOST_PROOFS_IN_ALL:,} proofs",
        f"proofs {witness.MOST_BYTES:,} bytes, {witness.MOST_PROOFS} proofs and {witness.DEPTH} levels",
        f"at most {parameters.MOST_KEYS} texts",
        f"at most {witness.MOST_WITNESSES} |",
        f"at most {SKEW.seconds // 60} minutes ahead",
        f"at most {LONGEST.days} days",
    ],
)
def test_the_bounds_are_those_of_the_code(words: str) -> None:
    assert words in " ".join(PAGE.split())


def test_every_parameter_has_its_row() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)
    assert sorted(rows) == sorted(parameters._READ)


def test_every_word_that_a_refusal_begins_with_is_there() -> None:
    assert [reason for reason in Reason if f"`{reason}`" not in PAGE] == []
