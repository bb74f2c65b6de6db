"""The model of delegation, use, revocation and budgets: TLC visits every state, of what attorn does and of faults.

`proofs/tla/Delegation.tla` says what the steps and the invariants are; each `.cfg` beside it says how much there is of
everything.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from tests.proofs import tlc
from tests.proofs.tlc import MissingError, Outcome

ASSURANCE = Path(__file__).parents[2] / "docs" / "assurance.md"


def check(model: str, work: Path, **changed: Any) -> Outcome:
    """What TLC finds. Skips where there is no Java; in CI there has to be."""
    try:
        return tlc.check(model, work, **changed)
    except MissingError as missing:
        if os.environ.get("CI"):
            pytest.fail(str(missing))
        pytest.skip(str(missing))


def _require_all_visited(found: Outcome, floor: int) -> None:
    assert found.violated is None
    assert found.distinct >= floor
    assert f"| {found.distinct:,} |\n" in ASSURANCE.read_text()


@pytest.mark.parametrize(("model", "floor"), [("Budgets", 15_000), ("Rights", 1_000), ("Standing", 80_000)])
def test_what_attorn_does_breaks_no_invariant(model: str, floor: int, tmp_path: Path) -> None:
    _require_all_visited(check(model, tmp_path), floor)


LARGER: dict[str, tuple[str, int, dict[str, str]]] = {
    "three-uses": ("Budgets", 100_000, {"Uses": "{u1, u2, u3}", "Limits": "{1, 2, 3}"}),
    "three-links": (
        "Standing",
        100_000,
        {"Links": "{1, 2, 3}", "Revocable": "{1, 2, 3}", "LastTime": "1", "Staleness": "0"},
    ),
}


@pytest.mark.long
@pytest.mark.parametrize("name", LARGER)
def test_nor_does_it_in_a_larger_world(name: str, tmp_path: Path) -> None:
    model, floor, constants = LARGER[name]
    _require_all_visited(check(model, tmp_path, large=True, **constants), floor)


FAULTS: dict[str, tuple[str, str, str, dict[str, str]]] = {
    # Two uses read the accounts before either has written to them.
    "overspend-lost-update": ("Budgets", "NoOverspend", "Read", {"Ledger": '"read then write"'}),
    "overspend-late-check": ("Budgets", "NoOverspend", "Read", {"Ledger": '"read then add"'}),
    # One account was charged, and the process died before the others, or before it was paid back.
    "partial-charge": ("Budgets", "AllOrNone", "Take", {"Ledger": '"one by one"'}),
    "account-of-nothing": ("Budgets", "Exact", "Take", {"Ledger": '"one by one"'}),
    "only-the-last-link-is-cleared": ("Rights", "AttenuationOnly", "Delegate", {"Clearing": '"last link"'}),
    "standing-is-remembered": (
        "Standing",
        "RevokedNeverUsed",
        "Learn",
        {"Standing": '"remembered"', "Uses": '{"u", "x"}', "LastTime": "0"},
    ),
    "lists-of-any-age": ("Standing", "WithinStaleness", "Tick", {"Standing": '"however old"'}),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_breaks_the_invariant_it_is_named_for(fault: str, tmp_path: Path) -> None:
    model, invariant, step, constants = FAULTS[fault]
    found = check(model, tmp_path, invariants=invariant, **constants)
    assert found.violated == invariant
    assert step in found.trace
    assert len(found.trace) >= 2


def test_the_overspend_is_a_race_of_two_uses(tmp_path: Path) -> None:
    """Both read, then both write: and two uses were permitted where the limit has room for one."""
    found = check(
        "Budgets", tmp_path, invariants="NoOverspend", Ledger='"read then write"', Limits="{2}", Amounts="{2}"
    )
    steps = [step for step in found.trace if step in ("Read", "Write")]
    assert steps[:2] == ["Read", "Read"]
    assert found.last.count('"permitted"') == 2


def test_charging_one_by_one_does_not_overspend_but_keeps_what_a_crash_left(tmp_path: Path) -> None:
    found = check("Budgets", tmp_path, invariants="AllOrNone", Ledger='"one by one"')
    assert "Take" in found.trace
    assert '"crashed"' in found.last


@pytest.mark.long
def test_charging_one_by_one_overspends_nothing(tmp_path: Path) -> None:
    """So it is all or none that it fails, and nothing else would have told."""
    assert check("Budgets", tmp_path, invariants="NoOverspend", large=True, Ledger='"one by one"').violated is None


REACHED = {
    "NothingIsPermitted": "Budgets",
    "NothingIsOverdrawn": "Budgets",
    "NothingIsUsedUp": "Budgets",
    "NoLimitIsWidened": "Budgets",
    "NothingIsProhibited": "Rights",
    "NothingIsRevoked": "Standing",
    "NothingIsStale": "Standing",
}
"""Invariants that are false on purpose: where one held, the others would hold of a model in which nothing happens."""


@pytest.mark.parametrize("claim", REACHED)
def test_the_model_permits_and_refuses_for_every_reason(claim: str, tmp_path: Path) -> None:
    assert check(REACHED[claim], tmp_path, invariants=claim).violated == claim


def test_without_java_the_tests_are_skipped_and_in_ci_they_fail(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="apt-get"):
        check("Rights", tmp_path)
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="apt-get"):
        check("Rights", tmp_path)
