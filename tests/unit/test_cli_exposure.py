"""`attorn inspect --exposure`: the worst after a revocation, from the store that counts, which it never makes."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.test_cli_world import ASK, AUDIENCE, World, call, main_quietly, refused

Capsys = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("exposure"))


@pytest.fixture(scope="module")
def token(world: World) -> str:
    return world.token()


@pytest.fixture
def wire(world: World, token: str) -> str:
    assert main_quietly("present", token, *world.key("scout"), *ASK, "--audience", AUDIENCE) == 0
    return world.write("wire", main_quietly.out)


def test_what_was_used_is_taken_off(world: World, token: str, wire: str, capsys: Capsys, tmp_path: Path) -> None:
    store = str(tmp_path / "store.db")
    outcome = call(capsys, "inspect", token, "--exposure")
    assert "at most 10 uses" in outcome.out
    assert call(capsys, *world.verify(wire, "--store", store)).code == 0
    found = call(capsys, "inspect", token, "--exposure", "--store", store, "--staleness", "1m", "--json")
    assert found.data["exposure"]["uses"] == 9


def test_a_misspelt_store_is_not_made(world: World, token: str, capsys: Capsys, tmp_path: Path) -> None:
    store = tmp_path / "misspelt.db"
    refused(call(capsys, "inspect", token, "--exposure", "--store", str(store)), 1, "invalid_input", "store")
    assert not store.exists()
    text = world.write("text", "no store at all")
    refused(call(capsys, "inspect", token, "--exposure", "--store", text), 1, "invalid_input", "SQLite")


def test_what_goes_with_it(token: str, wire: str, capsys: Capsys) -> None:
    refused(call(capsys, "inspect", token, "--store", "x.db"), 1, "invalid_input", "--exposure")
    refused(call(capsys, "inspect", token, "--staleness", "1m"), 1, "invalid_input", "--exposure")
    refused(call(capsys, "inspect", wire, "--exposure"), 1, "invalid_input", "in transit")
