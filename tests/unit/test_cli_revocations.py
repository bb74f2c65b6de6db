"""`attorn revoke --list`, `publish`, `suspend`, `resume` and `deprovision`, and what `verify` makes of their output."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path
from typing import Any

import pytest
from tests.unit.test_cli_world import ASK, AUDIENCE, World, call, main_quietly, refused

from attorn import revocation
from attorn.cli import rolls
from attorn.errors import InputError
from attorn.identity import Identity

Capsys = pytest.CaptureFixture[str]
ID = "A" * 22
OTHER = "B" * 21 + "A"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("revocations"))


@pytest.fixture(scope="module")
def token(world: World) -> str:
    return world.token()


@pytest.fixture
def wire(world: World, token: str) -> str:
    assert main_quietly("present", token, *world.key("scout"), *ASK, "--audience", AUDIENCE) == 0
    return world.write("wire", main_quietly.out)


def listed(capsys: Capsys, *argv: str) -> revocation.RevocationList:
    """The list that a command prints, verified."""
    outcome = call(capsys, *argv)
    assert outcome.code == 0, outcome.err
    found = revocation.verify(outcome.out.strip())
    assert isinstance(found, revocation.RevocationList)
    return found


def test_a_list_and_what_is_added_to_it(world: World, token: str, capsys: Capsys, tmp_path: Path) -> None:
    file = str(tmp_path / "roll.json")
    planner = world.key("planner")
    first = listed(capsys, "revoke", *planner, "--token", token, "--list", file)
    second = listed(capsys, "revoke", *planner, "--link", ID, "--list", file)
    delta = listed(capsys, "revoke", *planner, "--link", OTHER, "--list", file, "--since", "2")
    heartbeat = listed(capsys, "publish", *planner, file, "--since", "3")
    full = listed(capsys, "publish", *planner, file)
    assert [made.sequence for made in (first, second, delta, heartbeat, full)] == [1, 2, 3, 4, 5]
    assert [len(made.links) for made in (first, second, delta, heartbeat, full)] == [1, 2, 1, 0, 3]
    assert {made.by for made in (first, delta, full)} == {world.did["planner"]}
    assert os.stat(file).st_mode & 0o077 == 0
    assert set(os.listdir(tmp_path)) == {"roll.json", "roll.json.lock"}


def test_lists_as_json(world: World, capsys: Capsys, tmp_path: Path) -> None:
    file = str(tmp_path / "roll.json")
    for words in (("revoke", "--link", ID, "--list", file), ("publish", file, "--since", "1")):
        data = call(capsys, *words, *world.key("alice"), "--json").data
        assert data.keys() == {"ok", "exit", "list", "by", "at", "sequence", "since", "links"}
        found = revocation.verify(data["list"])
        assert isinstance(found, revocation.RevocationList)
        assert (found.by, found.sequence, found.since, len(found.links)) == (
            data["by"], data["sequence"], data["since"], data["links"],
        )  # fmt: skip


def test_a_verifier_honours_a_list(world: World, token: str, wire: str, capsys: Capsys, tmp_path: Path) -> None:
    file, store = str(tmp_path / "roll.json"), str(tmp_path / "store.db")
    full = call(capsys, "revoke", *world.key("alice"), "--link", ID, "--list", file).out
    delta = call(capsys, "revoke", *world.key("alice"), "--token", token, "--list", file, "--since", "1").out
    gap = world.write("gap", delta)
    refused(call(capsys, *world.verify(wire, "--revocations", gap)), 1, "invalid_input", "line 1", "follows 1")
    both = world.write("both", full + delta)
    for _ in range(2):
        # Again with a store that knows both: the older one is no news, and no reason to stop.
        refused(call(capsys, *world.verify(wire, "--revocations", both, "--store", store)), 2, "revoked")
    refused(call(capsys, *world.verify(wire, "--store", store)), 2, "revoked", "link 2")
    assert call(capsys, *world.verify(wire, "--revocations", world.write("one", full))).code == 0


def test_suspended_and_resumed_and_gone(world: World, token: str, capsys: Capsys) -> None:
    def present() -> str:
        assert main_quietly("present", token, *world.key("scout"), *ASK, "--audience", AUDIENCE) == 0
        return world.write("again", main_quietly.out)

    scout, alice = world.did["scout"], world.key("alice")
    suspended = call(capsys, "suspend", scout, *alice).out
    resumed = call(capsys, "resume", scout, *alice).out
    gone = call(capsys, "deprovision", scout, *alice).out
    for lines, code in (
        ([suspended], "suspended"),
        ([suspended, resumed], None),
        ([resumed, suspended], None),
        ([gone], "deprovisioned"),
        ([gone, suspended, resumed], "deprovisioned"),
        ([suspended, gone, resumed], "deprovisioned"),
    ):
        outcome = call(capsys, *world.verify(present(), "--revocations", world.write("lives", "".join(lines))))
        if code is None:
            assert outcome.code == 0
        else:
            refused(outcome, 2, code, "step 7")


def test_whose_word_counts(world: World, token: str, capsys: Capsys) -> None:
    for name in ("planner", "scout"):
        for who, counts in (("alice", True), ("planner", True), ("scout", name == "scout"), ("mallory", False)):
            entry = world.write("life", call(capsys, "suspend", world.did[name], *world.key(who)).out)
            assert main_quietly("present", token, *world.key("scout"), *ASK, "--audience", AUDIENCE) == 0
            verify = world.verify(world.write("w", main_quietly.out), "--revocations", entry)
            authority = ("--authority", world.did["mallory"], "--authority", world.did["alice"])
            if counts:
                refused(call(capsys, *verify), 2, "suspended")
            else:
                assert call(capsys, *verify).code == 0
            if who == "mallory":
                assert main_quietly("present", token, *world.key("scout"), *ASK, "--audience", AUDIENCE) == 0
                world.write("w", main_quietly.out)
                refused(call(capsys, *verify, *authority), 2, "suspended")


@pytest.mark.parametrize("name", ["suspend", "resume", "deprovision"])
def test_lives_as_json(world: World, capsys: Capsys, name: str) -> None:
    words = () if name == "deprovision" else ("--sequence", "7")
    data = call(capsys, name, "did:web:a.example", *world.key("alice"), *words, "--json").data
    assert data.keys() == {"ok", "exit", "entry", "event", "principal", "by", "sequence", "at"}
    entry = revocation.verify(data["entry"])
    assert isinstance(entry, revocation.LifecycleEntry)
    assert (entry.event, entry.principal, entry.by) == (name, "did:web:a.example", world.did["alice"])
    assert entry.sequence == data["sequence"] == (2**53 - 1 if name == "deprovision" else 7)


@pytest.mark.parametrize("did", ["", "scout", "did:key:z6Mk", "did:web:a.example#0", "did:key:\x1b[2J", "d" * 3000])
@pytest.mark.parametrize("name", ["suspend", "resume", "deprovision"])
def test_principals_that_are_none(world: World, capsys: Capsys, name: str, did: str) -> None:
    refused(call(capsys, name, *world.key("alice"), "--", did), 1, "invalid_input", "lifecycle")


@pytest.mark.parametrize("number", ["", "0", "-1", "x", "1.5", "9007199254740991", "99999999999999999", "١"])
def test_numbers_that_are_none(world: World, capsys: Capsys, number: str, tmp_path: Path) -> None:
    for name in ("suspend", "resume"):
        refused(call(capsys, name, world.did["scout"], *world.key("alice"), f"--sequence={number}"), 1, "invalid_input")
    file = str(tmp_path / "roll.json")
    if number != "0":
        words = ("revoke", "--link", ID, *world.key("alice"), "--list", file, f"--since={number}")
        refused(call(capsys, *words), 1, "invalid_input")
        assert not os.path.exists(file)


@pytest.mark.parametrize(
    "argv",
    [
        ("publish",),
        ("publish", "f"),
        ("publish", "--key", "k"),
        ("suspend",),
        ("suspend", "did:web:a.example"),
        ("suspend", "--key", "k"),
        ("deprovision", "did:web:a.example", "--key", "k", "--sequence", "1"),
        ("resume", "a", "b", "--key", "k"),
        ("revoke", "--link", ID, "--key", "k", "--since", "1"),
    ],
)
def test_bad_usage(capsys: Capsys, argv: tuple[str, ...]) -> None:
    refused(call(capsys, *argv), 1, "invalid_input")
    refused(call(capsys, *argv, "--json"), 1, "invalid_input")


def test_files_that_are_no_list(world: World, capsys: Capsys, tmp_path: Path) -> None:
    alice, file = world.key("alice"), str(tmp_path / "roll.json")
    refused(call(capsys, "publish", *alice, file), 1, "invalid_input", "list: cannot read")
    listed(capsys, "revoke", *world.key("mallory"), "--link", ID, "--list", file)
    kept = Path(file).read_bytes()
    for words in (("publish", file), ("revoke", "--link", ID, "--list", file)):
        refused(call(capsys, *words, *alice), 1, "invalid_input", "another principal")
    for content in (b"", b"{}", b"[]", b"junk", b"\xff", kept[:-1], kept + b"\n", kept.replace(b":1}", b":-1}")):
        Path(file).write_bytes(content)
        for words in (("publish", file), ("revoke", "--link", ID, "--list", file)):
            refused(call(capsys, *words, *world.key("mallory")), 1, "invalid_input", "list")
        assert Path(file).read_bytes() == content
    for name in ("", str(tmp_path), str(tmp_path / "no" / "such"), "a" * 300, "/dev/null/x"):
        refused(call(capsys, "revoke", *alice, "--link", ID, "--list", name), 1, "invalid_input", "list")


def test_a_stranger_puts_nothing_on_a_list(world: World, token: str, capsys: Capsys, tmp_path: Path) -> None:
    file = tmp_path / "roll.json"
    words = ("revoke", "--token", token, *world.key("mallory"), "--list", str(file))
    refused(call(capsys, *words), 1, "cannot_delegate")
    assert not file.exists()


def test_a_write_that_fails_keeps_the_list_and_gives_nothing_away(
    world: World, capsys: Capsys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "roll.json"
    listed(capsys, "revoke", *world.key("alice"), "--link", ID, "--list", str(file))
    kept = file.read_bytes()

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    outcome = call(capsys, "revoke", *world.key("alice"), "--link", OTHER, "--list", str(file))
    refused(outcome, 1, "invalid_input", "No space left")
    assert outcome.out == ""
    assert file.read_bytes() == kept
    assert set(os.listdir(tmp_path)) == {"roll.json", "roll.json.lock"}


def test_two_at_once_lose_nothing(world: World, tmp_path: Path) -> None:
    alice = Identity.from_seed(bytes([1]) * 32)
    file = str(tmp_path / "roll.json")
    numbers: list[int] = []

    def one(start: int) -> None:
        for number in range(start, start + 10):
            with rolls.opened(file, alice, new=True) as roll:
                roll.add(bytes((number,)) * 16)
                numbers.append(roll.publish().sequence)

    threads = [threading.Thread(target=one, args=(start,)) for start in (0, 100, 200)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(numbers) == list(range(1, 31))
    assert len(json.loads(Path(file).read_text())["links"]) == 30
    with pytest.raises(InputError), rolls.opened(file, alice, new=False) as roll:
        roll.add(b"")
    with rolls.opened(file, alice, new=False) as roll:
        assert roll.sequence == 30
