"""`evaluate-caveat` and `run-trace`: a question that says nothing is refused."""

from __future__ import annotations

from typing import Any

import pytest
from vectors import caveat_families, ledger_cases
from vectors.world import World

from attorn.conformance.answer import Answer
from attorn.conformance.operations import OPERATIONS, answer

KINDS = {recipe(World()).name: recipe for recipe in caveat_families.RECIPES}
TRACES = {recipe(World()).name: recipe for recipe in ledger_cases.RECIPES}


def question(**changes: Any) -> dict[str, Any]:
    """One that is answered with ok; None takes a member away."""
    members = {**KINDS["caveat-equals/integer"](World()).members()["input"], **changes}
    return {name: value for name, value in members.items() if value is not None}


def test_a_whole_question() -> None:
    told = {
        "approved": ["did:web:a.example"],
        "attested": [[{"by": "did:web:a.example", "says": ["model=a"]}], []],
        "depth": 1,
    }
    assert answer(OPERATIONS["evaluate-caveat"], question(**told)) == Answer()


@pytest.mark.parametrize(
    "changes",
    [
        {"block": None},
        {"condition": "attorn-caveats-1."},
        {"block": "AA="},
        {"block": 1},
        {"block": None, "condition": 1},
        {"request": None},
        {"request": {"action": "a", "resource": "/"} | {"arguments": {}}},
        {"audience": None},
        {"audience": ""},
        {"now": None},
        {"now": "1"},
        {"now": -1},
        {"depth": -1},
        {"depth": "0"},
        {"depth": True},
        {"approved": "did:web:a.example"},
        {"approved": ["nobody"]},
        {"attested": [{"by": "did:web:a.example", "says": []}]},
        {"attested": [[{"by": "nobody", "says": []}]]},
        {"attested": [[{"by": "did:web:a.example", "says": [1]}]]},
        {"attested": [[{"by": "did:web:a.example", "says": [], "to": "x"}]]},
        {"attested": [None]},
        {"link": 1},
    ],
    ids=str,
)
def test_a_question_that_says_nothing(changes: dict[str, Any]) -> None:
    assert answer(OPERATIONS["evaluate-caveat"], question(**changes)) == Answer("invalid_input")


def trace(use: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    """Two uses and a third that is refused; `use` changes the first, None takes a member away."""
    members = {**TRACES["ledger/uses-spent"](World()).members()["input"], **changes}
    if use is not None:
        first, *others = members["uses"]
        merged = {**first, **use}
        members["uses"] = [{name: value for name, value in merged.items() if value is not None}, *others]
    return {name: value for name, value in members.items() if value is not None}


def test_a_whole_trace() -> None:
    found = answer(OPERATIONS["run-trace"], trace(retries=60, macaroon_keys=[], without_ledger=False))
    assert found.result == {"codes": [["ok", None], ["ok", None], ["denied", 10]], "repeated": []}


def test_what_does_not_verify_changes_nothing() -> None:
    found = answer(OPERATIONS["run-trace"], trace({"revocations": ["AAAA", ""]}))
    assert found.result["codes"] == [["ok", None], ["ok", None], ["denied", 10]]


@pytest.mark.parametrize(
    "changes",
    [
        {"uses": None},
        {"uses": []},
        {"uses": [None]},
        {"uses": ["x"]},
        {"audience": None},
        {"roots": ["x"]},
        {"retries": 0},
        {"retries": -1},
        {"retries": 10**20},
        {"retries": "60"},
        {"without_ledger": "no"},
        {"macaroon_keys": ["AA=="]},
        {"now": 1},
        {"use": {"wire": None}},
        {"use": {"wire": 1}},
        {"use": {"now": None}},
        {"use": {"now": -1}},
        {"use": {"request": {"action": "a"}}},
        {"use": {"challenge": ""}},
        {"use": {"revocations": "x"}},
        {"use": {"at": 1}},
    ],
    ids=str,
)
def test_a_trace_that_says_nothing(changes: dict[str, Any]) -> None:
    assert answer(OPERATIONS["run-trace"], trace(**changes)) == Answer("invalid_input")
