"""What stands in a case is what its schema, the catalogue and the pages know, and the pages know what is asked."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from attorn.conformance.operations import OPERATIONS

ROOT = Path(__file__).parents[2]
VECTORS = ROOT / "vectors"
FILES = sorted((VECTORS / "cases").rglob("*.json"))
CASES = {f"{path.parent.name}/{path.stem}": json.loads(path.read_text()) for path in FILES}
SCHEMA = json.loads((VECTORS / "case.schema.json").read_text())
CATALOGUE = ROOT.parent / "shared" / "reference" / "attacks.md"
CODES = {"ok", *re.findall(r"^\| `([a-z_]+)` \|", (ROOT / "docs" / "errors.md").read_text(), re.MULTILINE)}
PROTOCOL = (VECTORS / "PROTOCOL.md").read_text()
SECTIONS = re.findall(r"^## (.+)$", PROTOCOL, re.MULTILINE)

TYPES = {"object": dict, "string": str, "integer": int, "null": type(None)}
KNOWN = {
    *("$schema", "title", "description", "type", "required", "additionalProperties", "properties", "pattern"),
    *("minLength", "minimum", "maximum", "minProperties"),
}


def faults(value: Any, schema: dict[str, Any], place: str = "") -> list[str]:
    """Where a value is not of the schema, for the keywords that ours has; one that is not known here is no schema."""
    assert schema.keys() <= KNOWN, schema.keys() - KNOWN
    assert schema.get("additionalProperties", False) is False
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if not any(isinstance(value, TYPES[each]) and not isinstance(value, bool) for each in types):
        return [f"{place}: type"]
    found = []
    if isinstance(value, str):
        if not re.search(schema.get("pattern", ""), value) or value.endswith("\n"):
            found.append(f"{place}: pattern")
        if len(value) < schema.get("minLength", 0):
            found.append(f"{place}: minLength")
    if isinstance(value, int) and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        found.append(f"{place}: range")
    if isinstance(value, dict):
        found += [f"{place}: no {name}" for name in schema.get("required", ()) if name not in value]
        if len(value) < schema.get("minProperties", 0):
            found.append(f"{place}: minProperties")
        if "properties" in schema:
            found += [f"{place}: {name} is unknown" for name in value.keys() - schema["properties"].keys()]
            for name in value.keys() & schema["properties"].keys():
                found += faults(value[name], schema["properties"][name], f"{place}/{name}")
    return found


@pytest.mark.parametrize("family", sorted({name.partition("/")[0] for name in CASES}))
def test_a_case_is_of_the_schema_and_names_what_there_is(family: str) -> None:
    for name, case in CASES.items():
        if name.partition("/")[0] != family:
            continue
        assert faults(case, SCHEMA) == [], name
        assert case["name"] == name
        assert case["operation"] in SECTIONS, name
        assert case["expect"]["code"] in CODES, name
        assert {code for code, _ in case["expect"].get("result", {}).get("codes", ())} <= CODES, name


GOOD = {
    "name": "a/b-c",
    "operation": "verify-token",
    "notes": "n",
    "attack": None,
    "spec": "s",
    "input": {"now": 1},
    "expect": {"code": "bad_signature", "step": 4},
}


@pytest.mark.parametrize(
    "changes",
    [
        *({"name": name} for name in ("a", "/b", "a/", "a/b/c", "A/b", "a/b_c", "a/b c", "a/b\n", "../b", "a/b@0", 1)),
        *({"operation": name} for name in ("", "Verify", "verify-", "verify token", None)),
        *({"notes": text} for text in ("", 1, None, ["n"])),
        *({"attack": number} for number in (0, -1, "1", 1.5, True, [1])),
        *({"spec": text} for text in ("", None)),
        *({"input": value} for value in ({}, [], None, "")),
        *({"expect": value} for value in ({}, None, {"code": "ok"}, {"step": None})),
        *({"expect": {"code": code, "step": None}} for code in ("", "OK", "bad signature", 1, None)),
        *({"expect": {"code": "ok", "step": step}} for step in (-1, 11, "1", 1.0, False)),
        *({"expect": {"code": "ok", "step": None, "result": result}} for result in ({}, [], None)),
        {"expect": {"code": "ok", "step": None, "why": ""}},
        {"more": 1},
        {"expected": {"code": "ok", "step": None}},
    ],
    ids=repr,
)
def test_the_schema_refuses(changes: dict[str, Any]) -> None:
    assert faults(GOOD, SCHEMA) == faults({**GOOD, "name": "a/b@12", "attack": 1}, SCHEMA) == []
    assert faults({**GOOD, **changes}, SCHEMA)


@pytest.mark.parametrize("missing", GOOD)
def test_the_schema_misses_every_member(missing: str) -> None:
    assert faults({name: value for name, value in GOOD.items() if name != missing}, SCHEMA) == [f": no {missing}"]


@pytest.mark.skipif(not CATALOGUE.is_file(), reason="no attack catalogue at ../shared/reference")
def test_the_catalogue_has_every_attack() -> None:
    rows = re.findall(r"^\| (\d+)(?:\u2013(\d+))? \|", CATALOGUE.read_text(), re.MULTILINE)
    known = {number for first, last in rows for number in range(int(first), int(last or first) + 1)}
    assert {case["attack"] for case in CASES.values()} - {None} <= known


def test_the_protocol_describes_every_operation_in_order() -> None:
    described = [name for name in SECTIONS if name not in ("Calling", "Answering", "Batches")]
    assert described == sorted(OPERATIONS)


def test_every_file_is_in_the_folder_of_its_family() -> None:
    assert {path.parent.parent for path in FILES} == {VECTORS / "cases"}
    assert {path.suffix for path in (VECTORS / "cases").rglob("*") if path.is_file()} == {".json"}
