"""Every adapter against every attack: a test, or the reason why there can be none.

Each adapter has a file `test_adapters_NAME.py` here, and in it one test for each attack, `test_ATTACK`, against the
real library. What is honest is let in first; then nothing runs, nothing is charged, and the refusal is the right one.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import pytest
from tests.attacks.adapter_scene import Once, Till, nothing_happens, refuses, watched
from tests.unit import scene

from attorn import caveat

HERE = Path(__file__).parent
PAGES = HERE.parents[1] / "docs" / "adapters"
ATTACKS: Final = {
    "wrong_audience": {83, 129},
    "replay": {80},
    "widened_argument": {67, 84},
    "missing_chain": set[int](),
    "stripped_proof": {15, 58, 59, 85, 86, 87},
    "header_and_body_disagree": {84, 130, 131},
}
"""The attacks, and their numbers in the catalogue. It has none for what is simply not there."""
ADAPTERS: Final = {
    "a2a": "a2a.md",
    "authzen_cedar": "cedar.md",
    "authzen_pdp": "authzen.md",
    "authzen_pep": "authzen.md",
    "httpsig": "httpsig.md",
    "mcp_bearer": "mcp.md",
    "mcp_fast": "mcp.md",
    "mcp_side_car": "mcp.md",
    "oauth_dpop": "oauth.md",
    "oauth_evidence": "oauth-evidence.md",
    "oauth_exchange": "oauth.md",
    "otel": "otel.md",
    "web": "fastapi.md",
    "workload": "workload.md",
}
"""The adapters, and the page of each."""
_TOLD: Final = "it is told of a decision that was made, and lets nobody in: tests/adapters/otel/test_spans.py"
HOLES: Final[Mapping[tuple[str, str], str]] = {
    ("authzen_cedar", "header_and_body_disagree"):
        "cedarpy is called in this process with what a verified chain says: no header and no body come to it",
    **{("otel", attack): _TOLD for attack in ATTACKS},
}  # fmt: skip
"""Where an attack has no meaning, and why."""
REFUSALS: Final = {"problem", "refused", "refused_by", "refuses", "refuses_task", "says"}
"""Functions that a test has a refusal looked at by."""
AVOIDING: Final = re.compile(r"\b(skip|skipif|xfail|importorskip)\b")


def read(name: str) -> str | None:
    """The text of an adapter's file, None without one."""
    path = HERE / f"test_adapters_{name}.py"
    return path.read_text() if path.exists() else None


def faults(name: str, text: str | None, holes: Mapping[tuple[str, str], str] = HOLES) -> Iterator[str]:
    """What is missing in the file of an adapter."""
    body = [] if text is None else ast.parse(text).body
    if text is not None and AVOIDING.search(text):
        yield f"{name}: a test of it may not run"
    for attack, numbers in ATTACKS.items():
        found = [each for each in body if isinstance(each, ast.FunctionDef) and each.name == f"test_{attack}"]
        if len(found) + ((name, attack) in holes) != 1:
            yield f"{name}: expected one test of {attack}, or one reason against it"
        yield from (f"{name}: test_{attack} {fault}" for each in found for fault in _faults(each, numbers))


def _faults(test: ast.FunctionDef, numbers: set[int]) -> Iterator[str]:
    cited = {int(number) for number in re.findall(r"\d+", ast.get_docstring(test) or "")}
    if numbers and not cited & numbers:
        yield f"cites none of {sorted(numbers)}"
    if any("parametrize" not in ast.unparse(decorator) for decorator in test.decorator_list):
        yield "is decorated"
    watches = [each for each in ast.walk(test) if isinstance(each, ast.With) and "nothing_happens(" in _head(each)]
    if not watches:
        yield "does not look at what ran and what was charged"
    if not all(any(map(_is_refusal, ast.walk(watch))) for watch in watches):
        yield "looks at no refusal"


def _head(watch: ast.With) -> str:
    return " ".join(ast.unparse(item) for item in watch.items)


def _is_refusal(node: ast.AST) -> bool:
    called = ast.unparse(node.func).rpartition(".")[2] if isinstance(node, ast.Call) else ""
    return isinstance(node, ast.Assert) or called in REFUSALS


@pytest.mark.parametrize("name", ADAPTERS)
def test_every_attack_is_tried_or_argued_away(name: str) -> None:
    assert list(faults(name, read(name))) == []


def test_every_adapter_is_here() -> None:
    assert set(ADAPTERS.values()) == {path.name for path in PAGES.glob("*.md")}
    files = {path.stem.removeprefix("test_adapters_") for path in HERE.glob("test_adapters_*.py")}
    argued = {name for name in ADAPTERS if all((name, attack) in HOLES for attack in ATTACKS)}
    assert files == ADAPTERS.keys() - argued


def test_holes_are_of_this_table_and_have_reasons() -> None:
    for (name, attack), reason in HOLES.items():
        assert name in ADAPTERS
        assert attack in ATTACKS
        assert len(reason.split()) > 9
        assert all((HERE.parents[1] / path).exists() for path in re.findall(r"tests/\S+\.py", reason))


SOUND: Final = '''
def test_replay(door):
    """Attack 80."""
    once = door.honest()
    with nothing_happens(door.ran):
        refused(door.post(once), 401, "replayed")
'''
REST: Final = {("door", attack): "argued" for attack in ATTACKS if attack != "replay"}
BROKEN: Final = {
    "not there": ("def test_replay", "def replay"),
    "under another name": ("def test_replay", "def test_replayed"),
    "there twice": (SOUND, SOUND * 2),
    "inside of something": ("def test_replay", "if door:\n  def test_replay"),
    "a coroutine that nobody awaits": ("def test_replay", "async def test_replay"),
    "not run": ("def test_replay", "@pytest.mark.skip\ndef test_replay"),
    "allowed to fail": ("def test_replay", "@pytest.mark.xfail\ndef test_replay"),
    "decorated": ("def test_replay", "@ignored\ndef test_replay"),
    "given up": ("once = ", "pytest.skip()\n    once = "),
    "not watched": ("with nothing_happens(", "with everything_happens("),
    "not of a refusal": ("refused(", "print("),
    "about another attack": ("Attack 80", "Attack 8"),
    "about no attack": ('"""Attack 80."""', ""),
}


def test_a_sound_test_has_no_fault() -> None:
    assert list(faults("door", SOUND, REST)) == []


@pytest.mark.parametrize("change", BROKEN)
def test_what_is_missing_is_found(change: str) -> None:
    old, new = BROKEN[change]
    assert SOUND.count(old) == 1
    assert list(faults("door", SOUND.replace(old, new), REST))


def test_a_test_and_a_reason_against_it_are_one_too_many() -> None:
    assert list(faults("door", SOUND, {**REST, ("door", "replay"): "argued"}))
    assert len(list(faults("door", None, {}))) == len(ATTACKS)


def test_nothing_happens_where_something_happened_before() -> None:
    for seen in ([], [[]], [["ran"], []]):
        with pytest.raises(AssertionError), nothing_happens(*seen):
            pass
    with nothing_happens(["ran"], ["charged"]):
        pass


def test_whatever_happens_is_seen() -> None:
    ran, charged = ["one"], ["one"]
    for each in (ran, charged):
        with pytest.raises(AssertionError), nothing_happens(ran, charged):
            each.append("another")
    with pytest.raises(AssertionError), nothing_happens(ran):
        ran.clear()


def test_a_till_holds_what_was_charged_and_nothing_else() -> None:
    till = Till()
    by, held = scene.verifier(store=till), scene.given(caveat.MaxUses(2), scene.READ)
    wires = [scene.shown(held, scene.PLANNER) for _ in range(3)]
    by.authorize(wires[0], scene.REQUEST)
    refuses("replayed", by.authorize, wires[0], scene.REQUEST)
    refuses("not_holder", by.authorize, held.encode(), scene.REQUEST)
    assert len(till.taken) == 1
    by.authorize(wires[1], scene.REQUEST)
    refuses("denied", by.authorize, wires[2], scene.REQUEST)
    by.authorize(scene.shown(scene.given(), scene.PLANNER), scene.REQUEST)
    assert len(till.taken) == 2


def test_what_was_used_up_counts_once() -> None:
    once = Once()
    assert [once.remember(name, expires=2, now=1) for name in (b"a", b"a", b"b")] == [True, False, True]
    assert once.taken == [b"a", b"b"]


def test_a_code_is_the_one_that_was_expected(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = watched(monkeypatch, scene, "given")
    held = scene.given(scene.READ)
    assert calls == [(scene.READ,)]
    refuses("not_holder", scene.verifier().authorize, held.encode(), scene.REQUEST)
    for code, wire in (("malformed", held.encode()), ("not_holder", scene.shown(held, scene.PLANNER))):
        with pytest.raises((AssertionError, pytest.fail.Exception)):
            refuses(code, scene.verifier().authorize, wire, scene.REQUEST)
