"""The page about constraints says what the code does: its examples run, its tables and bounds are the code's."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.unit.constraint_scene import BUDGET, MERCHANTS, RANGE, RECURRENCE, opened, ordered

from attorn.checkout.checkout import MOST_QUANTITY
from attorn.errors import MandateError, ReplayError
from attorn.mandate.constraint import kinds, line_items, party
from attorn.mandate.constraint.base import Code
from attorn.mandate.constraint.budget import Unit
from attorn.mandate.constraint.calendar import Frequency
from attorn.mandate.presets import FIELDS

PAGE = (Path(__file__).parents[2] / "docs" / "spec" / "constraints.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def section(title: str) -> str:
    return PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]


def test_the_examples_run() -> None:
    assert len(BLOCKS) == 4
    for block in BLOCKS:
        exec(compile(block, "constraints.md", "exec"), {})


@pytest.mark.parametrize(("title", "table"), [("Payments", kinds.PAYMENT), ("Checkouts", kinds.CHECKOUT)])
def test_every_type_is_in_its_table_with_what_may_be_kept_back(title: str, table: dict[str, type]) -> None:
    rows = dict(re.findall(r"^\| `([a-z_]+\.[a-z_]+)` \|.*\| ([^|]*)\|$", section(title), re.MULTILINE))
    assert rows.keys() == table.keys()
    for name, kind in table.items():
        assert ("entries" in rows[name]) is bool(kind.redactable)


def test_every_code_is_told_once() -> None:
    assert re.findall(r"^\| `([a-z_]+)` \|", section("What is said of a purchase"), re.MULTILINE) == list(Code)


def test_names_and_bounds_are_those_of_the_code() -> None:
    for each in (*Frequency, *(name for _, name, _ in FIELDS), *(unit.name for unit in Unit)):
        assert f"`{each}`" in PAGE
    assert f"At most {kinds.MOST} constraints, {kinds.MOST_OF_ONE} of one type, {line_items.MOST} requirements" in PAGE
    assert f"{party.MOST} entries in a list" in PAGE
    assert f"from 1 to {MOST_QUANTITY:,}" in PAGE
    assert f"`{MandateError.code}`" in PAGE
    assert f"`{ReplayError.code}`" in PAGE


def test_what_must_be_there_is_named() -> None:
    for call, needed in (
        (lambda: ordered(MERCHANTS), "checkout.line_items"),
        (lambda: opened(RECURRENCE, RANGE), "payment.budget"),
        (lambda: opened(RECURRENCE, BUDGET), "payment.amount_range"),
    ):
        with pytest.raises(MandateError) as caught:
            call()
        assert needed in str(caught.value)
        assert f"`{needed}`" in section("What holds for all of them")
