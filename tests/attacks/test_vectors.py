"""The committed vectors: made anew they are the same bytes, and each gets the verdict that it states."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest
from vectors import generate

from attorn.conformance.case import Case
from attorn.conformance.operations import OPERATIONS, answer

VECTORS = Path(generate.__file__).parent
FILES = sorted((VECTORS / "cases").rglob("*.json"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_each_case_gets_its_verdict(path: Path) -> None:
    case = Case.read(path.read_bytes())
    assert case.name == f"{path.parent.name}/{path.stem}"
    found = answer(OPERATIONS[case.operation], case.input)
    assert found.meets(case.expect), found


def test_the_cases_are_reproducible(tmp_path: Path) -> None:
    assert generate.write(tmp_path) == len(FILES)
    made = {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*.json")}
    assert made == {path.relative_to(VECTORS / "cases"): path.read_bytes() for path in FILES}


def test_there_are_more_refusals_than_twins() -> None:
    codes = [json.loads(path.read_text())["expect"]["code"] for path in FILES]
    assert len(codes) >= 60
    assert codes.count("ok") * 3 < len(codes)


@pytest.mark.parametrize("path", sorted(VECTORS.glob("*.py")), ids=lambda path: path.name)
def test_the_kit_imports_nothing_of_attorn(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text())):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        assert not any(name.split(".")[0] == "attorn" for name in names)
