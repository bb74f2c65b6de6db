"""The numbered invariants of docs/spec/laws.md: each has a test by its number, and no test has a number of its own."""

from __future__ import annotations

import re

import pytest
from hypothesis import settings
from tests.laws.sizes import SIZE, for_each_kind
from tests.laws.sizes import law as sized
from tests.laws.test_faults import laws
from tests.unit.test_docs import ROOT

LEAST = 16
NUMBERED = re.compile(r"test_(\d\d)_")


def numbers() -> list[str]:
    page = (ROOT / "docs" / "spec" / "laws.md").read_text(encoding="utf-8")
    return re.findall(r"^\| (\d\d) \| \*\*", page.partition("## Invariants")[2], re.MULTILINE)


def test_every_invariant_of_the_page_has_a_test_and_no_other() -> None:
    tested = {found[1] for name in laws() if (found := NUMBERED.match(name))}
    assert tested == set(numbers())
    assert len(numbers()) == len(tested) >= LEAST


@pytest.mark.parametrize("name", sorted(laws()))
def test_every_law_is_run_as_often_as_is_said(name: str) -> None:
    asked: settings = laws()[name]._hypothesis_internal_use_settings
    assert asked in (sized, for_each_kind)
    assert asked.derandomize
    assert sized.max_examples == SIZE
