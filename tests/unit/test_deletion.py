"""The deletion run: it finds the checks, takes out the very one, and the vectors notice."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.deletion.__main__ import OPERATIONS
from tests.deletion.argued import unfit
from tests.deletion.checks import Check, all_checks, checks
from tests.deletion.reach import Module, Reach, modules
from tests.deletion.trial import cases

import attorn

ROOT = Path(__file__).parent.parent.parent
ONE_PER_STEP = {
    0: "token.token:read_text: if len(text) > limits.token_bytes",
    1: "token.token:refuse_hint: if root_key_id is not None",
    2: "verify.verifier:Verifier._trust: if not trusted",
    3: "token.principal:key_in: if principal.key is not None and method.key != principal.key",
    4: "biscuit.signature:verify_block: if block.version != 1",
    5: "verify.chain:join: if len({link.id for link in links}) != len(links)",
    6: "verify.verifier:Verifier._check_window: if not now < chain.stop",
    7: "verify.standing:check_life: if 'suspend' in events",
    8: "verify.verifier:Verifier._check_binding: if presentation.audience != self.audience",
    9: "caveat.unrecognised:Unrecognised.prohibits: at the end: a denial",
    10: "verify.clearing:charge_all: if lost is not None",
}
"""A check of each numbered step that a vector must notice."""
FAMILIES = ("admission", "approval", "chain", "container", "link", "presentation")
"""Cases among which there is one for each; `make deletions` asks all."""


@pytest.fixture(scope="module")
def known() -> dict[str, Module]:
    return modules(Path(attorn.__file__).parent)


@pytest.fixture(scope="module")
def found(known: dict[str, Module]) -> dict[str, Check]:
    return {check.name: check for check in all_checks(known)}


def planted(text: str) -> list[tuple[Check, str]]:
    """Every check of a module with this text, and what becomes of it."""
    tree = ast.parse(text)
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    module = Module(Path("planted.py"), tree, dict(functions))
    places = {("planted", name) for name in functions}
    return [(check, ast.unparse(check.without(module))) for check in checks("planted", module, places, {})]


def test_each_numbered_step_has_a_check_that_a_vector_notices(tmp_path: Path, found: dict[str, Check]) -> None:
    assert {step: found[name].step for step, name in ONE_PER_STEP.items()} == {step: step for step in range(11)}
    asked = [part for name in ONE_PER_STEP.values() for part in ("--check", name)]
    asked += [part for name in FAMILIES for part in ("--family", name)]
    # With nothing deleted every case must be green first, or the run stops.
    run = [sys.executable, "-m", "tests.deletion", *asked, "--workers", "2", "--json", str(tmp_path / "out.json")]
    done = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    red = {each["check"]: each["red"] for each in json.loads((tmp_path / "out.json").read_text())}
    assert red.keys() == set(ONE_PER_STEP.values())
    assert all(red.values())


def test_a_family_that_there_is_not_is_no_family_of_green_cases(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="nothing"):
        cases(tmp_path, OPERATIONS, ["nothing"])


def test_no_two_checks_have_one_name(known: dict[str, Module], found: dict[str, Check]) -> None:
    assert len(all_checks(known)) == len(found)


def test_every_reason_is_for_one_check(found: dict[str, Check]) -> None:
    assert unfit(list(found.values())) == []


def test_each_side_of_an_or_is_a_check() -> None:
    (one, without_one), (other, without_other) = planted("def f(a, b):\n    if a or not b:\n        raise E()\n")
    assert (one.what, other.what) == ("if a", "if not b")
    assert "if False or not b:" in without_one
    assert "if a or False:" in without_other


def test_a_comparison_of_three_has_two_sides() -> None:
    whats = [check.what for check, _ in planted("def f(a):\n    if not 0 <= a < 9:\n        raise E()\n")]
    assert whats == ["if not 0 <= a", "if not a < 9"]


def test_a_raise_in_an_except_is_a_check() -> None:
    ((check, without),) = planted(
        "def f(a):\n    try:\n        g(a)\n    except KeyError:\n        raise E() from None\n"
    )
    assert check.what == "except KeyError: raise E()"
    assert "raise" not in without


def test_a_call_of_a_checking_function_is_a_check_and_no_other_call() -> None:
    ((check, without),) = planted("def f(a):\n    _check_time(a)\n    a.append(1)\n")
    assert check.what == "_check_time(a)"
    assert "_check_time" not in without


def test_a_name_that_a_condition_binds_stays_bound() -> None:
    ((_, without),) = planted("def f(a):\n    if (b := a) > 9:\n        raise E()\n    return b\n")
    namespace: dict[str, object] = {}
    exec(without, namespace)
    assert namespace["f"](10) == 10  # type: ignore[operator]


def test_what_only_writers_call_is_not_reached(known: dict[str, Module]) -> None:
    reached = Reach(known, [("verify.verifier", "Verifier.authorize")]).functions()
    assert ("verify.standing", "check_life") in reached
    assert ("biscuit.signature", "verify_foreign") not in reached
    assert ("macaroon.link", "append_link") not in reached
