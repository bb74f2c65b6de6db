"""`attorn vectors run`: a case passes only with the very code and step it tells, and nothing passes by default."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.unit.test_cli_world import call, refused

from attorn import Identity, Request, caveat
from attorn.conformance.answer import Answer
from attorn.conformance.case import Case
from attorn.conformance.operations import OPERATIONS, answer
from attorn.encoding import base64url_encode
from attorn.errors import AttornError, InputError
from attorn.macaroon import MacKey, issue
from attorn.request.money import Money
from attorn.revocation import revoke

Capsys = pytest.CaptureFixture[str]

NOW = 1_800_000_000
ALICE, SCOUT = (
    Identity.from_seed(bytes([number]) * 32, clock=lambda: datetime.fromtimestamp(NOW, UTC)) for number in (1, 2)
)
AUDIENCE = "did:web:a.example"
REQUEST = Request(action="events:read", resource="/a", args={"limit": 10}, cost=Money(5, "EUR"))
TOKEN = ALICE.mint(to=SCOUT.did, caveats=[caveat.Range("limit", maximum=10), caveat.MaxUses(1)])
WIRE, AGAIN = (SCOUT.present(TOKEN, REQUEST, audience=AUDIENCE) for _ in range(2))
KEY = base64url_encode(b"k" * 32)
BASED = ALICE.mint(to=SCOUT.did, caveats=[caveat.MaxUses(1)], base=issue(MacKey(b"k" * 32)))
ON_BASE = SCOUT.present(BASED, REQUEST, audience=AUDIENCE)


INPUT = {
    "wire": WIRE,
    "request": {
        "action": "events:read",
        "resource": "/a",
        "args": {"limit": 10},
        "cost": {"amount": 5, "currency": "EUR"},
    },
    "audience": AUDIENCE,
    "roots": [ALICE.did],
    "now": NOW,
}


def case(**changes: object) -> dict[str, object]:
    """A case that is allowed, with changes to it or to what is asked; None takes a member away."""
    members: dict[str, object] = {
        "name": "a/allowed",
        "operation": "verify-presentation",
        "notes": "n",
        "attack": None,
        "spec": "s",
        "input": INPUT,
        "expect": {"code": "ok", "step": None},
    }
    own = {name: value for name, value in changes.items() if name in members or name == "more"}
    asked = {**INPUT, **{name: value for name, value in changes.items() if name not in own}}
    members = {**members, "input": {name: value for name, value in asked.items() if value is not None}, **own}
    return {name: value for name, value in members.items() if value is not None}


def verdict(content: object) -> Answer:
    """The answer of this library to a case."""
    found = Case.read(json.dumps(content).encode())
    return answer(OPERATIONS[found.operation], found.input)


def expect(code: str, step: int | None) -> dict[str, object]:
    return {"code": code, "step": step}


def write(folder: Path, *contents: object) -> str:
    for number, content in enumerate(contents):
        text = content if isinstance(content, str) else json.dumps(content)
        (folder / f"{number}.json").write_text(text)
    return str(folder)


VERDICTS = [
    case(),
    case(notes=None, spec=None),
    case(before=[AGAIN], expect=expect("denied", 10)),
    case(before=[WIRE], expect=expect("replayed", 8)),
    case(wire="A", expect=expect("malformed", 1)),
    case(wire="A" * 65_537, expect=expect("limit_exceeded", 0)),
    case(wire=TOKEN.encode(), expect=expect("not_holder", 8)),
    case(roots=[SCOUT.did], expect=expect("untrusted_root", 2)),
    case(roots=[], expect=expect("untrusted_root", 2)),
    case(now=NOW + 60, expect=expect("outside_validity", 6)),
    case(now=0, expect=expect("outside_validity", 6)),
    case(audience="x", expect=expect("wrong_audience", 8)),
    case(challenge="c", expect=expect("wrong_request", 8)),
    case(request={"action": "a", "resource": "/a"}, expect=expect("wrong_request", 8)),
    case(request={"action": "", "resource": "/a"}, expect=expect("invalid_input", None)),
    case(revocations=[revoke(TOKEN, by=ALICE).encode()], expect=expect("revoked", 7)),
    case(revocations=["junk"], expect=expect("ok", None)),
    case(wire=ON_BASE, expect=expect("untrusted_root", 2)),
    case(wire=ON_BASE, macaroon_keys=[KEY], expect=expect("ok", None)),
    case(macaroon_keys=[KEY], expect=expect("ok", None)),
    case(wire=ON_BASE, macaroon_keys=["A" * 43], expect=expect("untrusted_root", 2)),
]


@pytest.mark.parametrize("content", VERDICTS, ids=[f"{n}-{c['expect']['code']}" for n, c in enumerate(VERDICTS)])
def test_a_case_passes_with_its_own_verdict_and_no_other(tmp_path: Path, capsys: Capsys, content: dict) -> None:
    assert call(capsys, "vectors", "run", write(tmp_path, content)).out.endswith("\n\n1 passed, 0 failed\n")
    told = content["expect"]
    others = [("denied", 9), ("ok", 10), ("malformed", None), (told["code"], 5), ("ok", None), ("replayed", 8)]
    for code, step in others:
        if (code, step) != (told["code"], told["step"]):
            failed = call(capsys, "vectors", "run", write(tmp_path, {**content, "expect": expect(code, step)}))
            assert (failed.code, "\nFAILED 0.json: expected " in failed.out) == (6, True)


def test_counts_and_json(tmp_path: Path, capsys: Capsys) -> None:
    (tmp_path / "sub").mkdir()
    write(tmp_path / "sub", case())
    folder = write(tmp_path, case(), case(audience="x"), "{")
    (tmp_path / "README.md").write_text("not a case")
    told = call(capsys, "vectors", "run", folder, "--json")
    assert (told.code, told.data["passed"], told.data["failed"]) == (6, 2, 2)
    assert told.data["failures"]["1.json"] == "expected ok, got wrong_audience at step 8"
    assert told.data["failures"]["2.json"].startswith("case: ")
    os.unlink(tmp_path / "1.json")
    os.unlink(tmp_path / "2.json")
    assert call(capsys, "vectors", "run", folder, "--json").data["passed"] == 2


def test_a_folder_without_cases_passes_nothing(tmp_path: Path, capsys: Capsys) -> None:
    refused(call(capsys, "vectors", "run", str(tmp_path)), 1, "invalid_input")
    refused(call(capsys, "vectors", "run", str(tmp_path / "none")), 1, "invalid_input")
    refused(call(capsys, "vectors", "run", str(tmp_path), "--json"), 1, "invalid_input")


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "null",
        '{"name": "a", "name": "b"}',
        case(name=None),
        case(operation=None),
        case(operation=1),
        case(operation=""),
        case(operation="-c"),
        case(operation="batch"),
        case(operation="verify-"),
        case(operation="import os"),
        case(operation="verify-presentation\n"),
        case(input=None),
        case(input=[]),
        case(expect=None),
        case(more=1),
        case(name=1),
        case(expect="ok"),
        case(expect={"step": 1}),
        case(expect={"code": "ok", "step": "1"}),
        case(expect={"code": "ok", "step": True}),
        case(expect={"code": "ok", "step": 11}),
        case(expect={"code": "ok", "step": -1}),
        case(expect={"code": 1, "step": None}),
        case(expect={"code": "ok", "step": None, "why": ""}),
        case(expect={"code": "ok", "step": None, "result": []}),
    ],
)
def test_what_is_no_case_is_refused_and_counts_as_failed(tmp_path: Path, capsys: Capsys, content: object) -> None:
    text = content if isinstance(content, str) else json.dumps(content)
    with pytest.raises(InputError):
        Case.read(text.encode())
    assert call(capsys, "vectors", "run", write(tmp_path, content)).code == 6


@pytest.mark.parametrize(
    "changes",
    [
        {"wire": None},
        {"request": None},
        {"audience": None},
        {"now": None},
        {"wire": ["a"]},
        {"request": []},
        {"roots": "did:key:z"},
        {"roots": [1]},
        {"now": "0"},
        {"now": 1.5},
        {"now": True},
        {"now": -1},
        {"now": 253_402_300_800},
        {"challenge": 1},
        {"before": WIRE},
        {"before": [None]},
        {"revocations": {}},
        {"macaroon_keys": "AAAA"},
        {"macaroon_keys": [1]},
        {"macaroon_keys": ["AAAA"]},
        {"macaroon_keys": ["A" * 43 + "="]},
        {"macaroon_keys": ["?" * 43]},
        {"misspelt": "a"},
    ],
)
def test_a_question_that_cannot_be_asked_is_an_input_error(changes: dict) -> None:
    assert verdict(case(**changes)) == Answer("invalid_input", None)


@pytest.mark.parametrize(
    "request_members",
    [
        {},
        {"action": "a"},
        {"action": 1, "resource": "/a"},
        {"action": "a", "resource": "/a", "args": []},
        {"action": "a", "resource": "/a", "args": {"": 1}},
        {"action": "a", "resource": "/a", "more": 1},
        {"action": "a", "resource": "/a", "cost": 5},
        {"action": "a", "resource": "/a", "cost": {"amount": 5}},
        {"action": "a", "resource": "/a", "cost": {"amount": 1.5, "currency": "EUR"}},
        {"action": "a", "resource": "/a", "cost": {"amount": 5, "currency": 5}},
    ],
)
def test_a_request_that_cannot_be_is_an_input_error(request_members: dict) -> None:
    assert verdict(case(request=request_members)) == Answer("invalid_input", None)


def test_a_file_name_cannot_deceive_a_terminal(tmp_path: Path, capsys: Capsys) -> None:
    (tmp_path / "\x1b[2J\n.json").write_text("{")
    told = call(capsys, "vectors", "run", str(tmp_path))
    assert "\x1b" not in told.out
    assert told.out.count("\n") == 5


def test_a_case_never_raises_but_for_our_own_errors() -> None:
    for content in VERDICTS:
        for position in range(0, len(WIRE), 97):
            wire = WIRE[:position] + "_" + WIRE[position + 1 :]
            try:
                found = verdict({**content, "input": {**content["input"], "wire": wire}})
            except AttornError:  # pragma: no cover - would be a failure of answer
                pytest.fail("a refusal is an answer")
            assert found.code != "ok" or wire == WIRE


@pytest.mark.parametrize("kind", ["link", "pipe", "folder"])
def test_what_is_called_like_a_case_and_is_no_file_fails(tmp_path: Path, capsys: Capsys, kind: str) -> None:
    folder, path = write(tmp_path, case()), tmp_path / "1.json"
    if kind == "link":
        path.symlink_to("nowhere")
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        path.mkdir()
    found = call(capsys, "vectors", "run", folder)
    assert (found.code, found.out.splitlines()[-1]) == (6, "1 passed, 1 failed")
