"""`attorn id new --method webvh` and `attorn id rotate`, and commands by an identity that they made."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.unit.test_cli_world import PASSPHRASE, Outcome, World, call, refused

from attorn.cli import logs, main, rotation
from attorn.did.webvh import history
from attorn.keys import keyfile, multikey
from attorn.keys.public import PublicKey

Capsys = pytest.CaptureFixture[str]


@dataclass
class Home:
    """One identity's folder; the clock of the commands goes on by a minute at each call."""

    folder: Path
    capsys: Capsys
    secret: tuple[str, ...]

    @property
    def file(self) -> str:
        return str(self.folder / "agent.key")

    @property
    def log(self) -> str:
        return (self.folder / "did.jsonl").read_text()

    def id(self, form: str, *more: str, strength: bool = True) -> Outcome:
        quick = ("--strength", "interactive") if strength else ()
        return call(self.capsys, "id", form, self.file, *self.secret, *quick, *more)

    def new(self, *more: str) -> Outcome:
        return self.id("new", "--method", "webvh", "--domain", "agents.example", *more)

    def key(self, name: str = "agent.key") -> PublicKey:
        return keyfile.load(self.folder / name, PASSPHRASE)[0].public_key

    def head(self) -> history.Version:
        return history.unasked(self.log, now=datetime(2030, 1, 1, tzinfo=UTC)).head


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("cli"))


@pytest.fixture
def home(world: World, tmp_path: Path, capsys: Capsys, monkeypatch: pytest.MonkeyPatch) -> Home:
    second = iter(range(1_600_000_000, 1_700_000_000, 60))
    # How hard guessing is made is tested elsewhere, and takes most of the time.
    monkeypatch.setattr(keyfile, "_stretch", lambda secret, salt, *_: hashlib.sha256(secret + salt).digest())
    monkeypatch.setattr(rotation, "_now", lambda: datetime.fromtimestamp(next(second), UTC))
    folder = tmp_path / "agent"
    folder.mkdir()
    return Home(folder, capsys, world.key("alice")[2:])


def test_a_new_one_has_a_log_and_its_next_key(home: Home) -> None:
    made = home.new("--path", "fleet/scout", "--json")
    assert made.code == 0
    did = made.data["did"]
    assert did.startswith("did:webvh:Qm")
    assert did.endswith(":agents.example:fleet:scout")
    assert made.data["url"] == "https://agents.example/fleet/scout/did.jsonl"
    assert {path.name for path in home.folder.iterdir()} == {"agent.key", "agent.key.next", "did.jsonl"}
    for name in ("agent.key", "agent.key.next"):
        assert (home.folder / name).stat().st_mode & 0o777 == 0o600
    head = home.head()
    assert head.did.text == did
    assert head.parameters.update_keys == (multikey.to_multibase(home.key()),)
    assert len(head.parameters.next_key_hashes) == 1
    assert home.key() != home.key("agent.key.next")
    assert home.id("show", "--json", strength=False).data["did"] == did
    exported = json.loads(home.id("export", strength=False).out)
    assert exported["id"] == did
    assert exported["verificationMethod"][0]["publicKeyMultibase"] == multikey.to_multibase(home.key())


def test_it_prints_its_did_as_any_other(home: Home) -> None:
    assert home.new().out.strip() == home.head().did.text


def test_it_rotates_again_and_again_and_stays_who_it_is(home: Home) -> None:
    did = home.new().out.strip()
    for number in (2, 3, 4):
        expected = home.key("agent.key.next")
        turned = home.id("rotate", "--json")
        assert turned.code == 0
        assert turned.data["did"] == did
        assert turned.data["version"].startswith(f"{number}-")
        assert home.key() == expected
        assert turned.data["key"] == multikey.to_multibase(expected)
        assert home.head().number == number
        assert {path.name for path in home.folder.iterdir()} == {"agent.key", "agent.key.next", "did.jsonl"}
    shown = home.id("show", strength=False)
    assert did in shown.out
    text = home.id("rotate").out
    assert "https://agents.example/.well-known/did.jsonl" in text


@pytest.mark.parametrize("stage", ["before the log", "after the log", "before the last step"])
def test_a_rotation_that_was_interrupted_is_finished(home: Home, stage: str, monkeypatch: pytest.MonkeyPatch) -> None:
    home.new()
    expected = home.key("agent.key.next")
    with monkeypatch.context() as patched:

        def fail(*_: object, **__: object) -> None:
            raise KeyboardInterrupt

        if stage == "before the log":
            patched.setattr(logs, "write", fail)
        elif stage == "after the log":
            real = keyfile.save
            patched.setattr(
                rotation.keyfile,
                "save",
                lambda path, *rest, **more: fail() if path == home.file else real(path, *rest, **more),
            )
        else:
            patched.setattr(
                rotation.os, "replace", lambda *names: fail() if "after" in str(names[0]) else _replace(*names)
            )
        assert main(("id", "rotate", home.file, *home.secret, "--strength", "interactive")) == 130
    committed = home.key("agent.key.after-next")
    assert home.id("rotate").code == 0
    assert home.head().number == 2
    assert home.key() == expected
    assert home.key("agent.key.next") == committed
    assert home.id("rotate").code == 0
    assert home.key() == committed


def _replace(source: str, target: str) -> None:
    os.rename(source, target)


def test_it_mints_delegates_and_presents_as_any_other(home: Home, world: World) -> None:
    did = home.new().out.strip()
    key = ("--key", home.file, *home.secret)
    token = call(home.capsys, "mint", *key, "--to", world.did["planner"], "--actions", "events:read")
    assert token.code == 0
    assert did in call(home.capsys, "inspect", world.write("t", token.out)).out
    assert home.id("rotate").code == 0
    assert call(home.capsys, "mint", *key, "--to", world.did["planner"], "--actions", "events:read").code == 0
    given = call(home.capsys, "mint", *world.key("alice"), "--to", did, "--actions", "events:read")
    refused(given, 1, "invalid_input", "--network")


REFUSED: dict[str, tuple[Callable[[Home], Outcome], int, str, str]] = {
    "webvh without a domain": (
        lambda home: home.id("new", "--method", "webvh"), 1, "invalid_input", "expected --domain"
    ),
    "a domain without webvh": (lambda home: home.id("new", "--domain", "a.example"), 1, "invalid_input", "--method"),
    "a path without webvh": (lambda home: home.id("new", "--path", "a"), 1, "invalid_input", "for --method webvh"),
    "another algorithm": (lambda home: home.new("--algorithm", "P-256"), 1, "invalid_input", "signed with Ed25519"),
    "an address": (
        lambda home: home.id("new", "--method", "webvh", "--domain", "127.0.0.1"), 1, "invalid_input", "host name"
    ),
    "a path that goes up": (lambda home: home.new("--path", "../a"), 1, "invalid_input", "could mean another place"),
    "a second one beside the first": (
        lambda home: (home.new(), home.new())[1], 5, "key_file", "is there already"
    ),
    "a rotation of what is not there": (lambda home: home.id("rotate"), 5, "key_file", "cannot read"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_it_does_not_do(home: Home, name: str) -> None:
    act, code, error, words = REFUSED[name]
    refused(act(home), code, error, words)


@pytest.mark.parametrize("method", ["key", "jwk"])
def test_what_is_its_own_key_cannot_rotate(home: Home, method: str) -> None:
    home.id("new", "--method", method)
    refused(home.id("rotate"), 1, "invalid_input", f"a did:{method} is its key and cannot rotate")


DAMAGED: dict[str, tuple[Callable[[Home], object], int, str, str]] = {
    "no next key": (lambda home: (home.folder / "agent.key.next").unlink(), 5, "key_file", "cannot read"),
    "no log": (lambda home: (home.folder / "did.jsonl").unlink(), 1, "invalid_input", "cannot read"),
    "an edited log": (
        lambda home: _edit(home, lambda text: text.replace("authentication", "authenticatiom")),
        1, "invalid_input", "the SCID is not the hash",
    ),
    "a log that is no text": (
        lambda home: (home.folder / "did.jsonl").write_bytes(b"\xff"), 1, "invalid_input", "is no text"
    ),
    "the next key of another": (
        lambda home: keyfile.save(
            home.folder / "agent.key.next", keyfile.load(home.file, PASSPHRASE)[0], "did:web:a.example", PASSPHRASE,
            strength="interactive", replace=True,
        ), 5, "key_file", "is of another identity",
    ),
}  # fmt: skip


def _edit(home: Home, change: Callable[[str], str]) -> None:
    (home.folder / "did.jsonl").write_text(change(home.log))


@pytest.mark.parametrize("name", DAMAGED)
def test_nothing_changes_where_something_is_missing(home: Home, name: str) -> None:
    damage, code, error, words = DAMAGED[name]
    home.new()
    damage(home)
    before = {path.name: path.read_bytes() for path in home.folder.iterdir()}
    refused(home.id("rotate"), code, error, words)
    assert {path.name: path.read_bytes() for path in home.folder.iterdir()} == before


def test_a_log_of_another_identity_is_not_taken_for_ones_own(home: Home) -> None:
    home.new()
    own = home.log
    for path in list(home.folder.iterdir()):
        path.rename(home.folder.parent / path.name)
    home.new()
    _edit(home, lambda _: own)
    refused(home.id("rotate"), 1, "invalid_input", "is of another identity")
    refused(home.id("show", strength=False), 2, "unresolved_principal", "the log is of the SCID")
    assert json.loads(own)["versionId"].startswith("1-")
