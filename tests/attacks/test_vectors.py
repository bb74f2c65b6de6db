"""The committed vectors: made anew they are the same bytes, and each gets the verdict that it states, in any world."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest
from vectors import generate
from vectors.world import World

from attorn.conformance.case import Case
from attorn.conformance.operations import OPERATIONS, answer

VECTORS = Path(generate.__file__).parent
SPEC = VECTORS.parent / "docs" / "spec"
FILES = sorted((VECTORS / "cases").rglob("*.json"))
SEEDS = [b"0", *(pytest.param(bytes((number,)), marks=pytest.mark.long) for number in range(32))]


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


@pytest.mark.parametrize("seed", SEEDS)
def test_a_recipe_has_one_verdict_in_every_world(seed: bytes) -> None:
    wrong = []
    for recipe in generate.RECIPES:
        made = recipe(World(seed))
        told = json.loads((VECTORS / "cases" / f"{made.name}.json").read_text())
        assert (made.code, made.step, made.notes) == (told["expect"]["code"], told["expect"]["step"], told["notes"])
        read = Case.read(json.dumps(made.members()).encode())
        found = answer(OPERATIONS[read.operation], read.input)
        if not found.meets(read.expect):
            wrong.append(f"{made.name}: {found.words()}")
    assert not wrong


def test_worlds_differ() -> None:
    # Of a question that names nobody and nothing, such as one about a text of the wrong length, there is one.
    for recipe in generate.RECIPES:
        made = recipe(World(b"0"))
        fixed = json.loads((VECTORS / "cases" / f"{made.name}.json").read_text())["input"]
        assert made.input != fixed or not _names_somebody(fixed), made.name


def _names_somebody(asked: object) -> bool:
    return bool(re.search(r"did:|\.example|eyJ|\d{10}", json.dumps(asked)))


def test_there_are_more_refusals_than_twins() -> None:
    codes = [json.loads(path.read_text())["expect"]["code"] for path in FILES]
    assert len(codes) >= 60
    assert codes.count("ok") * 3 < len(codes)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_each_case_names_the_rule_that_decides(path: Path) -> None:
    spec = json.loads(path.read_text())["spec"]
    found = re.fullmatch(r"docs/spec/([a-z0-9-]+\.md) section ([^:]+): (\S.*)", spec)
    assert found, spec
    headings = re.findall(r"^#{2,4} (.+)$", (SPEC / found[1]).read_text(), re.MULTILINE)
    known = {name for heading in headings for name in (heading, heading.partition(". ")[0], heading.split(",")[0])}
    assert found[2] in known, spec


@pytest.mark.parametrize("path", sorted(VECTORS.glob("*.py")), ids=lambda path: path.name)
def test_the_kit_imports_nothing_of_attorn(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text())):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        assert not any(name.split(".")[0] == "attorn" for name in names)
