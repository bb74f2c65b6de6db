"""The committed vectors: made anew they are the same bytes, and each gets the verdict that it states, in any world."""

from __future__ import annotations

import ast
import json
import re
import sys
from functools import cache
from pathlib import Path

import pytest
from vectors import counts, generate
from vectors.case import Case as Made
from vectors.world import World

from attorn.conformance.case import Case
from attorn.conformance.operations import OPERATIONS, answer

VECTORS = Path(generate.__file__).parent
SPEC = VECTORS.parent / "docs" / "spec"
FILES = sorted((VECTORS / "cases").rglob("*.json"))
SEEDS = [b"0", *(pytest.param(bytes((number,)), marks=pytest.mark.long) for number in range(32))]


@cache
def committed() -> tuple[Made, ...]:
    """Every case of the fixed world; a worker makes them once."""
    return tuple(generate.cases(World()))


@cache
def fresh(seed: bytes) -> tuple[Made, ...]:
    """What each recipe makes of another world."""
    return tuple(recipe(World(seed)) for recipe in generate.RECIPES)


@pytest.mark.parametrize("family", sorted({path.parent.name for path in FILES}))
def test_each_case_gets_its_verdict(family: str) -> None:
    wrong = []
    for path in sorted((VECTORS / "cases" / family).glob("*.json")):
        case = Case.read(path.read_bytes())
        assert case.name == f"{family}/{path.stem}"
        found = answer(OPERATIONS[case.operation], case.input)
        if not found.meets(case.expect):
            wrong.append(f"{case.name}: expected {case.expect.words()}, got {found.words()}")
    assert not wrong


def test_the_cases_are_reproducible(tmp_path: Path) -> None:
    assert generate.write(tmp_path, committed()) == len(FILES)
    made = {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*.json")}
    assert made == {path.relative_to(VECTORS / "cases"): path.read_bytes() for path in FILES}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_recipe_has_one_verdict_in_every_world(seed: bytes) -> None:
    wrong = []
    for made in fresh(seed):
        told = json.loads((VECTORS / "cases" / f"{made.name}.json").read_text())
        assert (made.code, made.step, made.notes) == (told["expect"]["code"], told["expect"]["step"], told["notes"])
        read = Case.read(json.dumps(made.members()).encode())
        found = answer(OPERATIONS[read.operation], read.input)
        if not found.meets(read.expect):
            wrong.append(f"{made.name}: {found.words()}")
    assert not wrong


def test_worlds_differ() -> None:
    # Of a question that names nobody and nothing, such as one about a text of the wrong length, there is one.
    for made in fresh(b"0"):
        fixed = json.loads((VECTORS / "cases" / f"{made.name}.json").read_text())["input"]
        assert made.input != fixed or not _names_somebody(fixed), made.name


def _names_somebody(asked: object) -> bool:
    return bool(re.search(r"did:|\.example|eyJ|\d{10}", json.dumps(asked)))


def test_there_are_enough_of_them_and_two_of_three_are_negative() -> None:
    negative = [counts.negative(case) for case in committed()]
    assert len(negative) >= 400
    assert sum(negative) * 3 >= len(negative) * 2


def test_the_page_counts_them() -> None:
    page = (VECTORS / "README.md").read_text()
    assert counts.counted(page, committed()) == page


def test_each_case_names_the_rule_that_decides() -> None:
    pages = {page.name: page.read_text() for page in SPEC.glob("*.md")}
    headings = {name: _headings(text) for name, text in pages.items()}
    for path in FILES:
        spec = json.loads(path.read_text())["spec"]
        found = re.fullmatch(r"docs/spec/([a-z0-9-]+\.md) section ([^:]+): (\S.*)", spec)
        assert found, f"{path.parent.name}/{path.stem}: {spec}"
        assert found[2] in headings[found[1]], f"{path.parent.name}/{path.stem}: {spec}"


def _headings(page: str) -> set[str]:
    found = re.findall(r"^#{1,4} (.+)$", page, re.MULTILINE)
    return {name for heading in found for name in (heading, heading.partition(". ")[0], heading.split(",")[0])}


@pytest.mark.parametrize("path", sorted(VECTORS.rglob("*.py")), ids=lambda path: path.name)
def test_the_kit_imports_itself_relatively_and_nothing_of_attorn(path: Path) -> None:
    # It is installed under another name, where `vectors` is nothing, or somebody else's.
    allowed = {*sys.stdlib_module_names, "cryptography", "nacl"}
    for node in ast.walk(ast.parse(path.read_text())):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) and node.level == 0 else []
        assert {name.split(".")[0] for name in names} <= allowed, path.name
