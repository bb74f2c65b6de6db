"""`attorn audit`: verify, head, show, alerts, review and orphans, on both kinds of log."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.unit.audit_scene import KINDS, OTHER, SERVICE, denied, draft, filled
from tests.unit.scene import (
    ALICE,
    MALLORY,
    NOW,
    PLANNER,
    READ,
    REQUEST,
    SCOUT,
    Clock,
    given,
    passed,
    person,
    shown,
    verifier,
)
from tests.unit.test_cli_world import call, refused

from attorn import caveat
from attorn.audit import Recorder, verify
from attorn.encoding import base64url_encode
from attorn.store import SQLiteStore

both = pytest.mark.parametrize("kind", KINDS)
BY = ("--by", SERVICE.did)


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A log of each kind: nine receipts of the scout, one that could not be read, one that was forged."""
    found = {}
    for kind, make in KINDS.items():
        path = tmp_path_factory.mktemp("audit") / kind
        log = make(path)
        filled(log, 9)
        recorder = Recorder(log, by=SERVICE)
        recorder.record(draft(at=NOW + 3600, verdict="malformed", step=1, root=None, chain=(), charges=()))
        forged = draft(at=NOW + 3601, verdict="bad_signature", step=4, charges=(), resource="cal://alice/\u202egpj")
        recorder.record(forged)
        if kind == "sqlite":
            log.close()
        found[kind] = str(path)
    return found


@both
def test_verify(kind: str, logs: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    said = call(capsys, "audit", "verify", logs[kind], *BY)
    head = verify(KINDS[kind](logs[kind]), by=[SERVICE.did])
    assert said.code == 0
    assert said.out.startswith(f"WHOLE 11 receipts, the last with sha-256 {base64url_encode(head.digest)}\nNote: ")
    told = call(capsys, "audit", "verify", logs[kind], *BY, "--json").data
    assert (told["count"], told["digest"], told["expected"]) == (11, base64url_encode(head.digest), False)


@both
def test_head_is_what_verify_expects(
    kind: str, logs: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = call(capsys, "audit", "head", logs[kind], *BY).out
    (tmp_path / "kept").write_text(text)
    for expect in (text.strip(), str(tmp_path / "kept")):
        said = call(capsys, "audit", "verify", logs[kind], *BY, "--expect", expect)
        assert (said.code, said.out.count("\n")) == (0, 1)
    told = call(capsys, "audit", "head", logs[kind], *BY, "--json").data
    assert (told["checkpoint"], told["count"], told["by"]) == (text.strip(), 11, SERVICE.did)


@both
def test_show(kind: str, logs: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    lines = call(capsys, "audit", "show", logs[kind], *BY).out.splitlines()
    assert lines[0] == "#1 2030-03-17T17:46:40Z allowed: events:read on cal://alice/2026-11"
    assert lines[1] == f"   for {ALICE.did} through {PLANNER.did}, {SCOUT.did}"
    assert lines[2] == "   charged 1 uses to link 1, 250 EUR to link 2"
    assert "#3 2030-03-17T17:48:40Z denied at step 9 by link 2: events:read on cal://alice/2026-11" in lines
    assert lines[-4:-2] == [
        "#10 2030-03-17T18:46:40Z malformed at step 1: events:read on cal://alice/2026-11",
        "   for nobody: it could not be read",
    ]
    assert lines[-2].endswith("bad_signature at step 4: events:read on cal://alice/\\u202egpj")
    assert lines[-1].endswith("(only claimed)")


@both
@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("--last", "2"), [10, 11]),
        (("--last", "0"), []),
        (("--user", ALICE.did, "--last", "3"), [8, 9, 11]),
        (("--user", MALLORY.did), []),
        (("--agent", PLANNER.did, "--until", "2030-03-17T17:48:00Z"), [1, 2]),
        (("--resource", "cal://alice/2026-11", "--since", "2030-03-17T17:54:00Z"), [9, 10]),
        (("--since", "2030-03-17T19:46:41+01:00"), [11]),
    ],
)
def test_show_some(
    options: tuple[str, ...], expected: list[int], kind: str, logs: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    told = call(capsys, "audit", "show", logs[kind], *BY, *options, "--json").data
    assert [receipt["sequence"] for receipt in told["receipts"]] == expected
    assert call(capsys, "audit", "show", logs[kind], *BY, *options).out.count("#") == len(expected)


def test_show_tells_a_retry(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Recorder(KINDS["lines"](tmp_path / "log"), by=SERVICE).record(draft(retry=True))
    assert call(capsys, "audit", "show", str(tmp_path / "log"), *BY).out.endswith("before: a retry\n")


def test_alerts(tmp_path: Path, logs: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert call(capsys, "audit", "alerts", logs["lines"], *BY).out == "no alerts\n"
    recorder = Recorder(KINDS["lines"](tmp_path / "log"), by=SERVICE)
    for second in range(12):
        recorder.record(denied(at=NOW + second))
    said = call(capsys, "audit", "alerts", str(tmp_path / "log"), *BY)
    assert said.code == 6
    assert said.out == f"many_denials 2030-03-17T17:46:49Z #10 {SCOUT.did}: 10 denials in 9 s\n"
    (alert,) = call(capsys, "audit", "alerts", str(tmp_path / "log"), *BY, "--json").data["alerts"]
    assert (alert["rule"], alert["holder"], alert["sequence"], alert["claimed"]) == (
        "many_denials",
        SCOUT.did,
        10,
        False,
    )


def test_alerts_that_anybody_could_have_caused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recorder = Recorder(KINDS["lines"](tmp_path / "log"), by=SERVICE)
    for second in range(10):
        recorder.record(draft(at=NOW + second, verdict="bad_signature", step=4, charges=()))
    assert call(capsys, "audit", "alerts", str(tmp_path / "log"), *BY).out.endswith("in 9 s (only claimed)\n")


def test_review(tmp_path: Path, logs: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    old = Clock(1_600_000_000)
    token = given(caveat.Actions("events:read", "mail:send"), by=person(1, old))
    (tmp_path / "token").write_text(token.encode())
    said = call(capsys, "audit", "review", logs["lines"], *BY, str(tmp_path / "token"), "--days", "7")
    rows = said.out.splitlines()
    link_id = base64url_encode(token.unverified_links[0].id)
    assert rows[0] == f"{ALICE.did} -> {PLANNER.did} (link id {link_id})"
    assert rows[1] == "   not used in 7 days: events:read, mail:send"
    assert rows[2].startswith("Note: ")
    told = call(capsys, "audit", "review", logs["lines"], *BY, token.encode(), "--json").data
    assert (told["days"], told["unused"][0]["actions"]) == (30, ["events:read", "mail:send"])
    young = passed(given(READ), PLANNER, SCOUT).encode()
    assert "nobody used since" in call(capsys, "audit", "review", logs["lines"], *BY, young).out


@pytest.mark.parametrize("form", ["verify", "head", "show", "alerts", "review"])
def test_a_log_that_is_not_whole(
    form: str, logs: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    more = (given(READ).encode(),) if form == "review" else ()
    path = tmp_path / "log"
    for name in ("", ".head"):
        shutil.copy(logs["lines"] + name, str(path) + name)
    lines = path.read_text().splitlines(keepends=True)
    for changed, words in (
        (lines[:3] + lines[4:], "receipt 4 is missing: 5 stands in its place"),
        (lines[:-1], "receipt 11 is missing: the log ends at 10, and held 11"),
        ([*lines[:6], lines[6].replace("allowed", "denied"), *lines[7:]], "receipt 7 was edited"),
    ):
        path.write_text("".join(changed))
        refused(call(capsys, "audit", form, str(path), *BY, *more), 2, "audit_broken", words)
    told = call(capsys, "audit", form, str(path), *BY, *more, "--json")
    refused(told, 2, "audit_broken")
    assert told.data["error"]["sequence"] == 7


@both
def test_a_log_signed_by_others(kind: str, logs: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    refused(call(capsys, "audit", "verify", logs[kind], "--by", OTHER.did), 2, "audit_broken", "may not sign")
    said = call(capsys, "audit", "verify", logs[kind], "--by", OTHER.did, *BY)
    assert said.code == 0


@both
def test_a_checkpoint_that_the_log_does_not_meet(
    kind: str, logs: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    filled(KINDS[kind](tmp_path / "longer"), 12)
    expect = call(capsys, "audit", "head", str(tmp_path / "longer"), *BY).out.strip()
    refused(call(capsys, "audit", "verify", logs[kind], *BY, "--expect", expect), 2, "audit_broken", "receipt 12")


@pytest.mark.parametrize(
    ("argv", "code", "name"),
    [
        (("audit",), 1, "invalid_input"),
        (("audit", "verify"), 1, "invalid_input"),
        (("audit", "verify", "LOG"), 1, "invalid_input"),
        (("audit", "verify", "no/such", *BY), 1, "invalid_input"),
        (("audit", "verify", "/", *BY), 1, "invalid_input"),
        (("audit", "verify", "LOG", "--by", "service"), 1, "invalid_input"),
        (("audit", "verify", "LOG", "--by", "did:web:service.example"), 2, "audit_broken"),
        (("audit", "verify", "LOG", *BY, "--expect", "no/such"), 1, "invalid_input"),
        (("audit", "verify", "LOG", *BY, "--expect", "A" * 300), 2, "malformed"),
        (("audit", "verify", "LOG", *BY, "--expect", "LOG"), 1, "invalid_input"),
        (("audit", "show", "LOG", *BY, "--user", "alice"), 1, "invalid_input"),
        (("audit", "show", "LOG", *BY, "--agent", ""), 1, "invalid_input"),
        (("audit", "show", "LOG", *BY, "--resource", "a?b"), 1, "invalid_input"),
        (("audit", "show", "LOG", *BY, "--since", "yesterday"), 1, "invalid_input"),
        (("audit", "show", "LOG", *BY, "--until", "2030-01-01"), 1, "invalid_input"),
        (("audit", "show", "LOG", *BY, "--last", "-1"), 1, "invalid_input"),
        (("audit", "review", "LOG", *BY), 1, "invalid_input"),
        (("audit", "review", "LOG", *BY, "no/such"), 1, "invalid_input"),
        (("audit", "review", "LOG", *BY, "A" * 300), 2, "malformed"),
        (("audit", "review", "LOG", *BY, given(READ).encode(), "--days", "0"), 1, "invalid_input"),
    ],
)
def test_refused(
    argv: tuple[str, ...], code: int, name: str, logs: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    words = [logs["lines"] if word == "LOG" else word for word in argv]
    refused(call(capsys, *words), code, name)


def test_standard_input_is_read_once(logs: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    refused(call(capsys, "audit", "review", logs["lines"], *BY, "-", "-"), 1, "invalid_input", "once")


def test_an_empty_log(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "log").write_bytes(b"")
    assert call(capsys, "audit", "verify", str(tmp_path / "log"), *BY).out.startswith("WHOLE 0 receipts")
    assert call(capsys, "audit", "show", str(tmp_path / "log"), *BY).out == "no receipts\n"
    refused(call(capsys, "audit", "head", str(tmp_path / "log"), *BY), 1, "invalid_input", "no checkpoint")


@pytest.mark.parametrize("content", [b"junk", b"\n", b"\0\n", b"{}\n", b"SQLite format 3\0junk"])
def test_files_that_are_no_log(content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "log").write_bytes(content)
    refused(call(capsys, "audit", "verify", str(tmp_path / "log"), *BY), 2, "audit_broken")


@both
def test_orphans(kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ledger, log = SQLiteStore(tmp_path / "store.db"), KINDS[kind](tmp_path / "log")
    token = given(READ, caveat.MaxUses(5))
    narrow = passed(token, PLANNER, SCOUT, caveat.Rate(3, "day"))
    by = verifier(store=ledger, receipts=Recorder(log, by=SERVICE))
    for _ in range(2):
        by.authorize(shown(narrow, SCOUT), REQUEST)
    ledger.close()
    if kind == "sqlite":
        log.close()
    arguments = ("audit", "orphans", str(tmp_path / "log"), *BY, "--store", str(tmp_path / "store.db"))
    first, second = (base64url_encode(link.id) for link in narrow.unverified_links)
    assert call(capsys, *arguments, "--principal", PLANNER.did).out.splitlines() == [
        f"{ALICE.did} -> {PLANNER.did} (link id {first})",
        "   3 of 5 uses in all unspent",
        f"{PLANNER.did} -> {SCOUT.did} (link id {second})",
        "   1 of 3 uses per day unspent",
    ]
    told = call(capsys, *arguments, "--principal", SCOUT.did, "--json").data
    assert [orphan["link"] for orphan in told["orphans"]] == [second]
    assert told["orphans"][0]["unspent"] == [{"unit": "uses", "period": "day", "limit": 3, "used": 2, "left": 1}]
    assert call(capsys, *arguments, "--principal", MALLORY.did).out == "no link of its was ever used\n"
    refused(call(capsys, *arguments, "--principal", "scout"), 1, "invalid_input", "expected a DID")
    missing = (*arguments[:-1], str(tmp_path / "none.db"))
    refused(call(capsys, *missing, "--principal", SCOUT.did), 1, "invalid_input", "cannot read")
    assert not (tmp_path / "none.db").exists()
    other = (*arguments[:-1], str(tmp_path / "log") if kind != "sqlite" else __file__)
    refused(call(capsys, *other, "--principal", SCOUT.did), 1, "invalid_input", "expected a SQLite file")
