"""Secrets: key files and passphrases that will not do, and that nothing of them is ever repeated."""

from __future__ import annotations

import getpass
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.unit.test_cli_world import PASSPHRASE, World, call, refused, stdin

from attorn.cli import main

Capsys = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("secrets"))


@pytest.fixture(scope="module")
def token(world: World) -> str:
    return world.token()


@pytest.mark.parametrize("option", ["--passphrase", "--pass", "--secret", "-p"])
@pytest.mark.parametrize("joint", [" ", "="])
def test_a_passphrase_as_an_argument_is_refused_and_not_repeated(capsys: Capsys, option: str, joint: str) -> None:
    outcome = call(capsys, "id", "new", "f", *f"{option}{joint}hunter2".split(" "))
    refused(outcome, 1, "invalid_input")
    assert "hunter2" not in outcome.err


def _chmod(world: World) -> tuple[str, ...]:
    path = world.folder / "open.key"
    path.write_bytes((world.folder / "alice.key").read_bytes())
    path.chmod(0o644)
    return ("--key", str(path), *world.key("alice")[2:])


def _key_file(world: World, content: str) -> tuple[str, ...]:
    return ("--key", world.write("bad.key", content), *world.key("alice")[2:])


def _passphrase(world: World, content: str | bytes) -> tuple[str, ...]:
    return (*world.key("alice")[:2], "--passphrase-file", world.write("bad", content))


def _open_passphrase(world: World) -> tuple[str, ...]:
    options = _passphrase(world, PASSPHRASE)
    Path(options[-1]).chmod(0o640)
    return options


@pytest.mark.parametrize(
    "options",
    [
        lambda world: ("--key", "no/such", *world.key("alice")[2:]),
        lambda world: ("--key", "", *world.key("alice")[2:]),
        lambda world: ("--key", str(world.folder), *world.key("alice")[2:]),
        lambda world: _key_file(world, ""),
        lambda world: _key_file(world, "{}"),
        _chmod,
        lambda world: _passphrase(world, "wrong"),
        lambda world: _passphrase(world, ""),
        lambda world: _passphrase(world, "\n"),
        lambda world: _passphrase(world, PASSPHRASE + "\n\n"),
        lambda world: _passphrase(world, b"\xff\xfe"),
        lambda world: _passphrase(world, "x" * 4097),
        lambda world: (*world.key("alice")[:2], "--passphrase-file", "no/such"),
        _open_passphrase,
    ],
)
def test_key_files_and_passphrases_that_will_not_do(
    world: World, capsys: Capsys, options: Callable[[World], tuple[str, ...]]
) -> None:
    mint = ("mint", *options(world), "--to", world.did["scout"], "--max-uses", "1")
    refused(call(capsys, *mint), 5, "key_file")
    refused(call(capsys, *mint, "--json"), 5, "key_file")


def test_an_existing_key_file_is_not_replaced(world: World, capsys: Capsys) -> None:
    before = (world.folder / "alice.key").read_bytes()
    secret = world.key("alice")[2:]
    new = ("id", "new", str(world.folder / "alice.key"), *secret, "--strength", "interactive")
    refused(call(capsys, *new), 5, "key_file", "there is one already")
    assert (world.folder / "alice.key").read_bytes() == before


def test_standard_input_holds_one_thing(
    world: World, token: str, capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = (*world.key("scout")[:2], "--passphrase-stdin")
    stdin(monkeypatch, PASSPHRASE)
    refused(call(capsys, "delegate", "-", *key, "--to", world.did["planner"]), 1, "invalid_input", "not both")
    refused(call(capsys, "revoke", "--token", "-", *key), 1, "invalid_input", "not both")
    stdin(monkeypatch, "")
    refused(call(capsys, "delegate", token, *key, "--to", world.did["planner"]), 5, "key_file")
    stdin(monkeypatch, PASSPHRASE + "\n")
    assert call(capsys, "delegate", token, *key, "--to", world.did["planner"]).code == 0


def test_prompts(world: World, capsys: Capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    key = world.key("alice")[:2]
    answers: list[str] = []
    monkeypatch.setattr(getpass, "getpass", lambda _prompt: answers.pop(0))
    answers[:] = [PASSPHRASE]
    assert call(capsys, "mint", *key, "--to", world.did["scout"], "--max-uses", "1").code == 0
    answers[:] = [""]
    refused(call(capsys, "mint", *key, "--to", world.did["scout"], "--max-uses", "1"), 5, "key_file")
    file = str(world.folder / "prompted")
    answers[:] = [PASSPHRASE, "another"]
    refused(call(capsys, "id", "new", file), 5, "key_file", "differ")
    assert not os.path.exists(file)
    answers[:] = [PASSPHRASE, PASSPHRASE]
    assert call(capsys, "id", "new", file, "--strength", "interactive").code == 0


def test_an_interrupted_prompt(world: World, capsys: Capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_prompt: str) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(getpass, "getpass", interrupted)
    assert main(("id", "new", str(world.folder / "never"))) == 130
    assert capsys.readouterr().out == ""
