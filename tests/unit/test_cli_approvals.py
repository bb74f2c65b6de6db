"""`attorn approve`, and approvals in `verify`, `present`, `inspect`: a person reads, says yes, and only then signs."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from tests.unit.scene import ALICE, SCOUT
from tests.unit.test_cli_world import AUDIENCE, PASSPHRASE, World, call, main_quietly

from attorn import Request
from attorn.approval import Approval, ApprovalRequest, verify_signature
from attorn.cli import main
from attorn.cli.approvals import _rows, wrapped

Capsys = pytest.CaptureFixture[str]
PAY = ("--action", "pay:out", "--resource", "shop://store/7", "--arg", "amount=120")


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def asking(world: World, by: str = "mallory") -> str:
    """A token by which planner may pay what somebody approves, as a file."""
    caveat = json.dumps({"RequiresApproval": {"by": world.did[by]}})
    assert main_quietly(
        "mint", *world.key("alice"), "--to", world.did["planner"], "--actions", "pay:*", "--caveat", caveat
    ) == 0  # fmt: skip
    return world.write("asking.token", main_quietly.out)


def present(world: World, token: str, *more: str) -> str:
    assert main_quietly("present", token, *world.key("planner"), "--audience", AUDIENCE, *PAY, *more) == 0
    return world.write("wire", main_quietly.out)


def verifying(world: World, *more: str) -> tuple[str, ...]:
    store = str(world.folder / "store.db")
    return ("verify", "--root", world.did["alice"], "--audience", AUDIENCE, *PAY, "--store", store, *more)


def asked(world: World, **changed: Any) -> str:
    """What asks, as a file."""
    request = Request(action="pay:out", resource="shop://store/7", args=changed.pop("args", {"amount": 120}))
    who = {"approvers": (world.did["mallory"],), "root": world.did["alice"], "holder": world.did["planner"], **changed}
    made = ApprovalRequest(**{"threshold": 1, "audience": AUDIENCE, "request": request, **who})
    return world.write("asked", made.encode() + "\n")


class Terminal(io.StringIO):
    """Standard input with a person at it."""

    def isatty(self) -> bool:
        return True


def approve(capsys: Capsys, *argv: str) -> tuple[int, str, str]:
    capsys.readouterr()
    code = main(["approve", *argv])
    out, err = capsys.readouterr()
    assert PASSPHRASE not in out + err
    return code, out, err


def test_the_whole_story(world: World, capsys: Capsys) -> None:
    token = asking(world)
    capsys.readouterr()
    assert main(verifying(world, present(world, token))) == 3
    out, err = capsys.readouterr()
    assert err.startswith("attorn: approval_required: link 1 (")
    assert err.count("\n") == 1
    text = world.write("asked", out)
    code, out, err = approve(capsys, text, *world.key("mallory"), "--yes")
    assert code == 0
    given = world.write("approval", out)
    assert verify_signature(out.strip()).by == world.did["mallory"]
    allowed = call(capsys, *verifying(world, present(world, token, "--approval", given)))
    assert allowed.code == 0
    assert allowed.out.startswith("ALLOWED pay:out on shop://store/7")
    again = main(verifying(world, present(world, token, "--approval", out.strip())))
    assert again == 3
    assert "used before" in capsys.readouterr().err


def test_verify_says_in_json_what_to_ask(world: World, capsys: Capsys) -> None:
    outcome = call(capsys, *verifying(world, "--json", present(world, asking(world))))
    assert outcome.code == 3
    error = outcome.data["error"]
    assert (error["code"], error["step"], error["decision"]["link"]) == ("approval_required", 9, 1)
    assert ApprovalRequest.decode(error["approval"]).approvers == (world.did["mallory"],)


def test_what_a_person_reads(world: World, capsys: Capsys) -> None:
    text = asked(world, args={"amount": 120, "note": "x\n\u202eevil"}, audience="\x1b[2J did:web:shop")
    _, out, err = approve(capsys, text, *world.key("mallory"), "--yes")
    decoded = ApprovalRequest.decode(Path(text).read_text().strip())
    assert out == out.strip() + "\n"
    assert err.endswith("\n\n" + "".join(f"  {row}\n" for row in decoded.message().split("\n")))
    for part in (world.did["planner"], world.did["alice"], world.did["mallory"], "\\u001b[2J did:web:shop"):
        assert part in err
    for hidden in ("\x1b", "\u202e"):
        assert hidden not in err


def test_what_is_too_long_for_the_message_is_shown_after_it(world: World, capsys: Capsys) -> None:
    text = asked(world, args={"note": "x" * 200 + "\u202e" + "y" * 300})
    _, _, err = approve(capsys, text, *world.key("mallory"), "--yes")
    whole = err.replace("\n> ", "")
    assert "x" * 200 + "\\u202e" + "y" * 300 in whole
    assert 0 < whole.index("This is all of it:") < whole.index("characters are not shown]")
    _, _, err = approve(capsys, asked(world), *world.key("mallory"), "--yes")
    assert "all of it" not in err


def test_several_approvers_are_named(world: World, capsys: Capsys) -> None:
    text = asked(world, approvers=(world.did["mallory"], world.did["scout"]), threshold=2)
    _, _, err = approve(capsys, text, *world.key("scout"), "--yes")
    assert "2 of these must approve" in err
    assert world.did["mallory"] in err
    assert world.did["scout"] in err


LIES = [
    "x" * 61 + " amount = 5",
    "x" + " " * 60 + "  amount = 5",
    "x" + "\u2800" * 60 + "  amount = 5",
    "\u65e5" * 31 + "  amount = 5",
    "\U0001f5d3" * 31 + " code 0000-0000",
    *("x" * filler + "  amount = 5" for filler in range(50, 90)),
]


@pytest.mark.parametrize("lie", LIES)
@pytest.mark.parametrize("columns", [80, 40, 23])
def test_no_row_is_forged_where_a_terminal_wraps(lie: str, columns: int) -> None:
    """Each row that is none of attorn's own begins with the mark."""
    request = Request(action="pay:out", resource="shop://store/7", args={"amount": 120, "note": lie})
    asking = ApprovalRequest(
        approvers=(ALICE.did,), threshold=1, audience=AUDIENCE, root=ALICE.did, holder=SCOUT.did, request=request
    )
    drawn = list(wrapped(_rows(asking), columns))
    for row in drawn:
        assert sum(1 if each.isascii() else 2 for each in row) <= columns
        assert "   " not in row
    shown = [row for row in drawn if not row.startswith("> ")]
    assert len(shown) == len(list(_rows(asking)))
    assert [row for row in shown if row.startswith("  amount")] == ["  amount = 120"]
    assert "\n".join(drawn).replace("\n> ", "") == "\n".join(_rows(asking))


@pytest.mark.parametrize("audience", ["x" + " " * 90 + "For: you", "x" * 80 + "  amount = 5", "\u3164 \u05d0\u2800y"])
def test_who_asks_is_as_safe_as_what_is_asked(world: World, capsys: Capsys, audience: str) -> None:
    _, _, err = approve(capsys, asked(world, audience=audience), *world.key("mallory"), "--yes")
    for hidden in ("\u3164", "\u05d0", "\u2800", "   x", "   y"):
        assert hidden not in err
    assert [row for row in err.split("\n") if row.startswith("  amount")] == ["  amount = 120"]
    assert all(len(row) <= 80 for row in err.split("\n"))


def test_nobody_can_be_asked_on_the_input_that_holds_what_asks(world: World, capsys: Capsys) -> None:
    code, out, err = approve(capsys, "-", *world.key("mallory"))
    assert (code, out) == (1, "")
    assert "file" in err
    assert "--yes" in err


@pytest.mark.parametrize("answer", ["yes\n", "YES\n", " yes \n"])
def test_a_person_says_yes(world: World, capsys: Capsys, monkeypatch: pytest.MonkeyPatch, answer: str) -> None:
    text = asked(world)
    monkeypatch.setattr("sys.stdin", Terminal(answer))
    code, out, err = approve(capsys, text, *world.key("mallory"))
    assert code == 0
    assert "Approve? Type yes:" in err
    assert verify_signature(out.strip()).by == world.did["mallory"]


@pytest.mark.parametrize("answer", ["", "\n", "y\n", "no\n", "yes please\n", "nyes\n", "\nyes\n", "ye\0s\n"])
def test_anything_else_is_no(world: World, capsys: Capsys, monkeypatch: pytest.MonkeyPatch, answer: str) -> None:
    text = asked(world)
    monkeypatch.setattr("sys.stdin", Terminal(answer))
    code, out, err = approve(capsys, text, *world.key("mallory"))
    assert (code, out) == (1, "")
    assert err.endswith("attorn: invalid_input: not approved; nothing was signed\n")


@pytest.mark.parametrize("stdin", [None, io.StringIO("yes\n")], ids=["closed", "pipe"])
def test_nobody_to_ask(world: World, capsys: Capsys, monkeypatch: pytest.MonkeyPatch, stdin: Any) -> None:
    text = asked(world)
    monkeypatch.setattr("sys.stdin", stdin)
    code, out, err = approve(capsys, text, *world.key("mallory"))
    assert (code, out) == (1, "")
    assert "no terminal" in err


def test_the_key_is_opened_after_the_answer_only(world: World, capsys: Capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    text = asked(world)
    monkeypatch.setattr("sys.stdin", Terminal("no\n"))
    code, _, err = approve(capsys, text, "--key", str(world.folder / "none.key"), *world.key("mallory")[2:])
    assert code == 1
    assert "not approved" in err


@pytest.mark.parametrize("who", ["alice", "planner", "scout"])
def test_only_who_is_asked(world: World, capsys: Capsys, who: str) -> None:
    code, out, err = approve(capsys, asked(world), *world.key(who), "--yes")
    assert (code, out) == (1, "")
    assert "attorn: cannot_delegate:" in err


@pytest.mark.parametrize(
    ("content", "code"), [("", 2), ("garbage", 2), ("e30", 2), ("A" * 196_608, 2), ("A" * 200_000, 1)]
)
def test_what_asks_for_nothing(world: World, capsys: Capsys, content: str, code: int) -> None:
    found, out, _ = approve(capsys, world.write("asked", content), *world.key("mallory"), "--yes")
    assert (found, out) == (code, "")


@pytest.mark.parametrize("ttl", ["0s", "2d", "x", "", "-5m"])
def test_how_long(world: World, capsys: Capsys, ttl: str) -> None:
    code, out, _ = approve(capsys, asked(world), *world.key("mallory"), "--yes", f"--ttl={ttl}")
    assert (code, out) == (1, "")


def test_for_an_hour_and_in_json(world: World, capsys: Capsys) -> None:
    code, out, _ = approve(capsys, asked(world), *world.key("mallory"), "--yes", "--ttl", "1h", "--json")
    assert code == 0
    data = json.loads(out)
    approval = Approval.decode(data["approval"])
    assert approval.expires - approval.issued == 3600
    assert data["by"] == world.did["mallory"]
    assert data["code"] in data["message"]


def test_standard_input_holds_one_thing(world: World, capsys: Capsys) -> None:
    key = world.key("mallory")[:2]
    code, _, err = approve(capsys, "-", *key, "--passphrase-stdin", "--yes")
    assert code == 1
    assert "not both" in err


@pytest.mark.parametrize("approval", ["", "garbage", "e30"])
def test_present_takes_approvals_only(world: World, capsys: Capsys, approval: str) -> None:
    token = asking(world)
    capsys.readouterr()
    given = world.write("approval", approval)
    assert main(["present", token, *world.key("planner"), "--audience", AUDIENCE, *PAY, "--approval", given]) == 1
    assert "approvals" in capsys.readouterr().err


def test_inspect_counts_them_and_believes_none(world: World, capsys: Capsys) -> None:
    token = asking(world)
    _, out, _ = approve(capsys, asked(world), *world.key("mallory"), "--yes")
    wire = present(world, token, "--approval", world.write("approval", out))
    shown = call(capsys, "inspect", wire)
    assert "approvals 1, not verified" in shown.out
    assert "use with the approval of" in shown.out
    data = call(capsys, "inspect", wire, "--json").data
    assert data["presentation"]["approvals"] == [out.strip()]
