"""The page about mandates says what the code does: its examples run, its bounds, names and codes are the code's."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from attorn import mandate
from attorn.errors import AttornError
from attorn.mandate import a2a, allowance, hop, issuing, times, wire
from attorn.mandate.envelope import ALGS
from attorn.mandate.vc.a2a import SHIPPED
from attorn.sdjwt import compact

PAGE = (Path(__file__).parents[2] / "docs" / "spec" / "mandate.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def test_there_are_two_examples() -> None:
    assert len(BLOCKS) == 2


@pytest.mark.parametrize("block", BLOCKS)
def test_the_examples_run(block: str) -> None:
    exec(compile(block, "mandate.md", "exec"), {})


@pytest.mark.parametrize("number", [compact.MOST_CHARACTERS, compact.MOST_DISCLOSURES, wire.MOST_HOPS])
def test_the_bounds_are_those_of_the_code(number: int) -> None:
    assert re.search(rf"\b{number:,}\b", PAGE)


def test_the_times_are_those_of_the_code() -> None:
    assert f"with {int(times.SKEW.total_seconds())} seconds" in PAGE
    assert f"may be {int(times.AGE.total_seconds()):,} seconds old" in PAGE


def test_the_names_are_those_of_the_code() -> None:
    for name in (
        *hop.PAYLOADS,
        *hop.TERMINALS,
        *hop.INTERMEDIATES,
        hop.SD_HASH,
        hop.JWT_HASH,
        issuing.ROOT,
        *mandate.Vct,
    ):
        assert f"`{name}`" in PAGE
    assert all(name in PAGE for name in ALGS)
    assert f'"{allowance.EXTENSION}": {{"redelegations": n}}' in PAGE


def test_the_keys_of_data_parts_are_those_of_the_code() -> None:
    for key in (a2a.CHECKOUT, a2a.PAYMENT, a2a.RECEIPT):
        assert f"| `{key}` |" in PAGE
    assert f"`{SHIPPED}`" in PAGE


def test_the_codes_are_real() -> None:
    codes = {each.code for each in _classes(AttornError)}
    rows = re.findall(r"^\| [0-9]+ \| .* \| (.*) \|$", PAGE, re.MULTILINE)
    assert len(rows) == 11
    named = {code for row in rows for code in re.findall(r"`([a-z_]+)`", row)}
    assert named <= codes
    assert {"bad_mandate", "broken_chain", "replayed", "denied", "untrusted_root"} <= named


def _classes(root: type[AttornError]) -> list[type[AttornError]]:
    return [root, *(each for below in root.__subclasses__() for each in _classes(below))]
