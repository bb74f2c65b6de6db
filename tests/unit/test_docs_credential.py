"""The page about credentials says what the code does: its examples run, its bounds and names are the code's."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from attorn import credential
from attorn.credential import document, jose, policy, presentation, problem

PAGE = (Path(__file__).parents[2] / "docs" / "spec" / "credential.md").read_text(encoding="utf-8")
WORDS = " ".join(PAGE.split())
BLOCKS = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def test_the_examples_run() -> None:
    names: dict[str, object] = {}
    assert len(BLOCKS) == 1
    for block in BLOCKS:
        exec(compile(block, "credential.md", "exec"), names)


@pytest.mark.parametrize(
    "words",
    [f"{document.MOST:,} characters", f"{document.DEPTH} levels", f"{policy.SKEW} unless",
     f"at most {presentation.MOST_CREDENTIALS}, with {presentation.MOST_PROOFS} proofs in all (`RANGE_ERROR`)"],
)  # fmt: skip
def test_the_bounds_are_those_of_the_code(words: str) -> None:
    assert words in WORDS


def test_the_claims_of_jwt_are_those_of_the_code() -> None:
    listed = re.search(r"claims than (.*?) are members", WORDS)
    assert listed is not None
    assert set(re.findall(r"`(\w+)`", listed[1])) == set(jose._CLAIMS)
    for name in jose._REFUSED:
        assert f"`{name}`" in PAGE


def test_the_problems_are_those_of_the_code() -> None:
    for url in (problem.PARSING, problem.MALFORMED, problem.RANGE, problem.CRYPTOGRAPHIC):
        base, _, name = url.partition("#")
        assert f"`{base}#`" in PAGE
        assert f"`{name}`" in PAGE


def test_the_examples_use_every_verb() -> None:
    verbs = {name for name in credential.__all__ if name.islower()} - {
        "read",
        "read_presentation",
        "unsafe_ignore_status",
    }
    assert [name for name in verbs if f"credential.{name}(" not in BLOCKS[0]] == []
    assert "credential.read(" in PAGE
