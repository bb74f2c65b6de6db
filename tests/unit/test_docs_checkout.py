"""The page about checkouts says what the code does: its examples run, its bounds, tables and names are the code's."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from attorn import checkout, errors
from attorn.checkout import checkout as model
from attorn.checkout import currency, jwt, known_signer, member, problem, signed
from attorn.decision import Decision
from attorn.errors import AttornError, Denied, VerificationError
from attorn.mandate import receipt

PAGE = (Path(__file__).parents[2] / "docs" / "spec" / "checkout.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def test_the_examples_run() -> None:
    assert len(BLOCKS) == 3
    for block in BLOCKS:
        exec(compile(block, "checkout.md", "exec"), {})


@pytest.mark.parametrize(
    "number",
    [model.MOST_LINES, model.MOST_QUANTITY, model.MOST_TOTALS, member.MOST_TEXT, jwt.MOST_CHARACTERS,
     known_signer.MOST_KEYS, len(currency._EXPONENTS), int(signed.SKEW.total_seconds()),
     int(receipt.SKEW.total_seconds())],
)  # fmt: skip
def test_the_bounds_are_those_of_the_code(number: int) -> None:
    assert re.search(rf"\b{number:,}\b", PAGE)
    assert currency.MOST_AS_NUMBER == 10**15


def test_the_table_of_codes_is_the_codes() -> None:
    rows = re.findall(r"^\| ([^|]+) \| `([a-z_]+)` \| `([a-z_]+)` \|$", PAGE, re.MULTILINE)
    told = {code: names for codes, *names in rows for code in codes.replace("`", "").split(", ")}
    others = told.pop("any other")
    kinds = {each.code: each for each in _classes(VerificationError) if each.__module__ == errors.__name__}
    assert told.keys() <= kinds.keys() | {"denied"}
    for code, kind in kinds.items():
        assert told.get(code, others) == [problem.ucp_code(kind("x")), problem.ap2_code(kind("x"))]
    denied = Denied(Decision(allowed=False, step=9))
    assert told["denied"] == [problem.ucp_code(denied), problem.ap2_code(denied)]


def test_every_name_is_on_the_page() -> None:
    hidden = {"Instrument", "Item", "Line", "Merchant", "Pisp", "SKEW", "SignedCheckout", "Status", "Total"}
    hidden |= {"UnverifiedCheckout", "read", "sign"}
    assert [name for name in checkout.__all__ if name not in PAGE and name not in hidden] == []
    assert all(f"`{code}`" in PAGE for code in (*problem.UcpCode, *problem.Ap2Code))
    assert all(f"`{name}`" in PAGE for name in jwt._REFUSED)


def _classes(root: type[AttornError]) -> list[type[AttornError]]:
    return [root, *(each for below in root.__subclasses__() for each in _classes(below))]
