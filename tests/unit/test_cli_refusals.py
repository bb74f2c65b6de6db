"""What the command line refuses, in one line and with the documented exit code, whatever is typed at it."""

from __future__ import annotations

import argparse
import getpass
import importlib.util
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.test_cli_world import ASK, AUDIENCE, World, call, main_quietly, refused, stdin

import attorn.demo.__main__
from attorn.cli import main, requests
from attorn.errors import InputError

Capsys = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("refusals"))


@pytest.fixture(scope="module")
def token(world: World) -> str:
    return world.token()


@pytest.fixture(scope="module")
def wire(world: World, token: str) -> str:
    assert main_quietly("present", token, *world.key("scout"), *ASK, "--audience", AUDIENCE) == 0
    return world.write("wire", main_quietly.out)


@pytest.mark.parametrize(
    "argv",
    [
        (),
        ("nonsense",),
        ("id",),
        ("id", "new"),
        ("id", "new", "f", "--algorithm", "RSA"),
        ("id", "new", "f", "--method", "web"),
        ("id", "new", "f", "--strength", "none"),
        ("id", "delete", "f"),
        ("mint",),
        ("mint", "--key", "k"),
        ("mint", "--to", "did:key:z"),
        ("delegate", "--key", "k", "--to", "d"),
        ("present", "t", "--key", "k", "--action", "a", "--resource", "r"),
        ("inspect",),
        ("inspect", "a", "b"),
        ("inspect", "--jso", "a"),
        ("verify", "w"),
        ("verify", "w", "--root", "did:key:z", *ASK),
        ("verify", "w", "--audience", "a", *ASK),
        ("revoke", "--key", "k"),
        ("revoke", "--key", "k", "--token", "t", "--link", "l"),
        ("vectors",),
        ("vectors", "run"),
        ("demo", "extra"),
        ("mint", "--passphrase-file", "a", "--passphrase-stdin", "--key", "k", "--to", "d"),
        ("inspect", "\udcff"),
        ("inspect", "a\0b"),
    ],
)
def test_bad_usage_ends_in_1(capsys: Capsys, argv: tuple[str, ...]) -> None:
    refused(call(capsys, *argv), 1, "invalid_input")
    refused(call(capsys, *argv, "--json"), 1, "invalid_input")


@pytest.mark.parametrize(
    "limits",
    [
        (),
        ("--actions", ""),
        ("--actions", "a,,b"),
        ("--actions", "a b"),
        ("--resources", "/a/../.."),
        ("--audiences", "a b"),
        ("--expires-in", ""),
        ("--expires-in", "8"),
        ("--expires-in", "8 h"),
        ("--expires-in", "-8h"),
        ("--expires-in", "0s"),
        ("--expires-in", "١h"),
        ("--expires-in", "1h1d"),
        ("--expires-in", "9999999d"),
        ("--expires-in", "999999d999999d"),
        ("--expires", "tomorrow"),
        ("--expires", "2026-11-21"),
        ("--expires", "2026-11-21T18:00:00"),
        ("--expires", "2026-13-21T18:00:00Z"),
        ("--expires", "2026-11-21T18:00:00+99:00"),
        ("--expires", "0001-01-01T00:00:00+23:00"),
        ("--expires", "1969-12-31T23:59:59Z"),
        ("--not-before", "2026-11-21T18:00:00.5Z"),
        ("--max-uses", "0"),
        ("--max-uses", "-1"),
        ("--max-uses", "1_0"),
        ("--max-uses", "99999999999999999"),
        ("--max-depth", "x"),
        ("--max-depth", "9999999"),
        ("--purpose", ""),
        ("--purpose", "two\nlines"),
        ("--purpose", "\x1b[2J"),
        ("--caveat", ""),
        ("--caveat", "{"),
        ("--caveat", "[]"),
        ("--caveat", '{"Magic": 1}'),
        ("--purpose", "a", "--caveat", '{"Purpose": "b"}'),
    ],
)
def test_caveats_that_cannot_be(world: World, capsys: Capsys, limits: tuple[str, ...]) -> None:
    refused(call(capsys, "mint", *world.key("alice"), "--to", world.did["scout"], *limits), 1, "invalid_input")


@pytest.mark.parametrize("did", ["", "scout", "did:key:z6Mk", "did:web:a.example", "did:jwk:e30", "did:key:\x1b[2J"])
def test_a_delegate_that_does_not_resolve(world: World, token: str, capsys: Capsys, did: str) -> None:
    refused(call(capsys, "mint", *world.key("alice"), "--to", did, "--max-uses", "1"), 1, "invalid_input", "--to")
    refused(call(capsys, "delegate", token, *world.key("scout"), "--to", did), 1, "invalid_input", "--to")
    refused(
        call(capsys, "delegate", token, *world.key("scout"), "--to", f"{world.did['scout']}#{did}x"), 1, "invalid_input"
    )


@pytest.mark.parametrize(
    "argument", ["limit", "=1", "limit=", "limit=x", "limit=1 2", "limit=NaN", 'limit={"a":1,"a":2}']
)
def test_request_arguments_that_are_not_json(world: World, wire: str, capsys: Capsys, argument: str) -> None:
    refused(call(capsys, *world.verify(wire, "--arg", argument)), 1, "invalid_input", "--arg")


def test_the_name_of_an_argument_is_repeated_escaped_and_cut() -> None:
    for name in ("\x1b[2J", "\u202e", "\udc9a", "n" * 5000):
        given = argparse.Namespace(action="a", resource="/", cost=None, arg=[f"{name}=x"])
        with pytest.raises(InputError) as caught:
            requests.build(given)
        assert str(caught.value).isprintable()
        assert len(str(caught.value)) < 400


def test_text_without_quotes_says_how_to_write_it(world: World, wire: str, capsys: Capsys) -> None:
    refused(call(capsys, *world.verify(wire, "--arg", "city=Berlin")), 1, "invalid_input", "'city=\"...\"'")
    twice = ("--arg", "a=1", "--arg", "a=2")
    refused(call(capsys, *world.verify(wire, *twice)), 1, "invalid_input", "given twice")


@pytest.mark.parametrize("cost", ["", "250", "2.50:EUR", "250:eur", "-1:EUR", "250 EUR", "99999999999999999:EUR"])
def test_costs_that_are_none(world: World, wire: str, capsys: Capsys, cost: str) -> None:
    refused(call(capsys, *world.verify(wire, "--cost", cost)), 1, "invalid_input")


@pytest.mark.parametrize("content", ["", "x" * 300, "=" * 300, "AAAA" * 80, "é" * 300, "\0" * 300, b"\xff" * 300])
def test_what_is_no_token_is_invalid(
    world: World, capsys: Capsys, content: str | bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = world.write("junk", content)
    refused(call(capsys, "inspect", file), 2, "malformed", "step 1")
    refused(call(capsys, "delegate", file, *world.key("scout"), "--to", world.did["planner"]), 2, "malformed")
    refused(call(capsys, "revoke", *world.key("scout"), "--token", file), 2, "malformed")
    refused(call(capsys, *world.verify(file)), 2, "malformed")
    stdin(monkeypatch, content)
    refused(call(capsys, "inspect", "-", "--json"), 2, "malformed")


def test_too_much_is_not_read(world: World, capsys: Capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    refused(call(capsys, "inspect", world.write("long", "A" * 65_537)), 2, "limit_exceeded", "step 0")
    refused(call(capsys, "inspect", "A" * 65_537), 2, "limit_exceeded")
    refused(call(capsys, "inspect", world.write("huge", "A" * 70_001)), 1, "invalid_input")
    refused(call(capsys, "inspect", "/dev/zero"), 1, "invalid_input")
    stdin(monkeypatch, "A" * 70_001)
    refused(call(capsys, "inspect", "-"), 1, "invalid_input")


def test_files_that_cannot_be_read(world: World, capsys: Capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    refused(call(capsys, "inspect", "no/such"), 1, "invalid_input", "No such file")
    refused(call(capsys, "inspect", str(world.folder)), 1, "invalid_input", "Is a directory")
    refused(call(capsys, "inspect", ""), 1, "invalid_input")
    monkeypatch.setattr(sys, "stdin", None)
    refused(call(capsys, "inspect", "-"), 1, "invalid_input", "closed")


def test_a_presentation_is_no_token_and_a_token_no_presentation(
    world: World, token: str, wire: str, capsys: Capsys
) -> None:
    refused(call(capsys, "delegate", wire, *world.key("scout"), "--to", world.did["planner"]), 2, "malformed")
    present = ("present", wire, *world.key("scout"), *ASK, "--audience", "a")
    refused(call(capsys, *present), 2, "malformed")
    refused(call(capsys, *world.verify(token)), 2, "not_holder", "step 8")


def test_acts_of_somebody_who_may_not(world: World, token: str, capsys: Capsys) -> None:
    mallory = world.key("mallory")
    refused(call(capsys, "delegate", token, *mallory, "--to", world.did["planner"]), 1, "cannot_delegate")
    refused(call(capsys, "present", token, *mallory, *ASK, "--audience", "a"), 1, "cannot_delegate")
    refused(call(capsys, "revoke", *mallory, "--token", token), 1, "cannot_delegate", "link 2")
    refused(call(capsys, "revoke", *world.key("scout"), "--token", token), 1, "cannot_delegate")
    refused(call(capsys, "revoke", *world.key("planner"), "--token", token, "--position", "1"), 1, "cannot_delegate")
    widened = ("delegate", token, *world.key("scout"), "--to", world.did["planner"], "--actions", "files:read")
    refused(call(capsys, *widened), 1, "cannot_delegate", "wider than link 1")


def test_a_link_that_may_not_be_passed_on(world: World, capsys: Capsys) -> None:
    minted = call(capsys, "mint", *world.key("alice"), "--to", world.did["scout"], "--no-delegation").out.strip()
    refused(call(capsys, "delegate", minted, *world.key("scout"), "--to", world.did["planner"]), 1, "cannot_delegate")


@pytest.mark.parametrize(
    ("more", "name"),
    [
        (("--root", "did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp"), "untrusted_root"),
        (("--audience", "did:web:other.example"), "wrong_audience"),
        (("--action", "events:write"), "wrong_request"),
        (("--resource", "cal://alice/2026-12"), "wrong_request"),
        (("--arg", "limit=10"), "wrong_request"),
        (("--cost", "1:EUR"), "wrong_request"),
        (("--challenge", "answer me"), "wrong_request"),
    ],
)
def test_a_presentation_made_for_something_else(
    world: World, wire: str, capsys: Capsys, more: tuple[str, ...], name: str
) -> None:
    argv = list(world.verify(wire))
    if more[0] == "--root":
        argv.remove(world.did["alice"])
        argv.remove("--root")
    refused(call(capsys, *argv, *more), 2, name)
    refused(call(capsys, *argv, *more, "--json"), 2, name)


def test_verifiers_that_cannot_be(world: World, wire: str, capsys: Capsys) -> None:
    refused(call(capsys, *world.verify(wire, "--root", "alice")), 1, "invalid_input", "roots")
    refused(call(capsys, *world.verify(wire, "--audience", "")), 1, "invalid_input", "audience")
    refused(call(capsys, *world.verify(wire, "--challenge", "")), 1, "invalid_input", "--challenge")
    refused(call(capsys, *world.verify(wire, "--resource", "/a//b")), 1, "invalid_input")
    refused(call(capsys, *world.verify(wire, "--action", "a b")), 1, "invalid_input")


def test_a_store_that_cannot_be_used_leaves_it_undecided(world: World, wire: str, capsys: Capsys) -> None:
    for store in (world.write("no.db", "not a database at all, but long enough" * 40), ":memory:", "/no/such/x.db"):
        refused(call(capsys, *world.verify(wire, "--store", store)), 4, "unavailable")
        refused(call(capsys, *world.verify(wire, "--store", store, "--json")), 4, "unavailable")
    refused(call(capsys, *world.verify(wire, "--store", "")), 1, "invalid_input")


def test_a_revocation_list_that_is_not_understood_stops_everything(world: World, wire: str, capsys: Capsys) -> None:
    entry = call(capsys, "revoke", *world.key("mallory"), "--link", "A" * 22).out
    for content in ("junk", f"{entry}\n\njunk", entry[:-5], b"\xff", entry.strip() + "A", entry.strip() * 2):
        file = world.write("list", content)
        refused(call(capsys, *world.verify(wire, "--revocations", file)), 1, "invalid_input", "revocations: line")
    refused(call(capsys, *world.verify(wire, "--revocations", "no/such")), 1, "invalid_input", "revocations")
    good = world.write("list", f"\n{entry}\r\n \n{entry}")
    assert call(capsys, *world.verify(wire, "--revocations", good)).code == 0


def test_an_entry_of_a_stranger_or_of_the_holder_revokes_nothing(world: World, wire: str, capsys: Capsys) -> None:
    link = call(capsys, "inspect", wire, "--json").data["links"][1]["id"]
    for name, revoked in (("mallory", False), ("scout", False), ("planner", True), ("alice", True)):
        entry = world.write("entry", call(capsys, "revoke", *world.key(name), f"--link={link}").out)
        outcome = call(capsys, *world.verify(wire, "--revocations", entry))
        if revoked:
            refused(outcome, 2, "revoked", "step 7")
        else:
            assert outcome.code == 0


@pytest.mark.parametrize("link", ["", "A", "A" * 21 + "B", "A" * 23, "!" * 22, "é"])
def test_link_ids_that_are_none(world: World, capsys: Capsys, link: str) -> None:
    refused(call(capsys, "revoke", *world.key("alice"), f"--link={link}"), 1, "invalid_input", "--link")


@pytest.mark.parametrize("position", ["0", "3", "-1", "x", "", "99999999999999999"])
def test_positions_that_are_none(world: World, token: str, capsys: Capsys, position: str) -> None:
    refused(call(capsys, "revoke", *world.key("alice"), "--token", token, f"--position={position}"), 1, "invalid_input")
    refused(call(capsys, "revoke", *world.key("alice"), "--link", "A" * 22, "--position", "1"), 1, "invalid_input")


@pytest.mark.parametrize("ttl", ["", "0s", "2d", "60", "x"])
def test_lifetimes_that_are_none(world: World, token: str, capsys: Capsys, ttl: str) -> None:
    present = ("present", token, *world.key("scout"), *ASK, "--audience", "a", f"--ttl={ttl}")
    refused(call(capsys, *present), 1, "invalid_input")


@pytest.mark.parametrize("missing", ["fastapi", "uvicorn", "httpx"])
def test_the_demo_says_what_to_install(missing: str, capsys: Capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    real = importlib.util.find_spec
    monkeypatch.setattr(attorn.demo.__main__, "find_spec", lambda name: None if name == missing else real(name))
    refused(call(capsys, "demo"), 4, "unavailable", f"needs {missing}, not installed here: pip install 'attorn[demo]'")
    refused(call(capsys, "demo", "--json"), 4, "unavailable")


WORD = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        [
            *(
                "id",
                "new",
                "show",
                "mint",
                "delegate",
                "present",
                "inspect",
                "verify",
                "revoke",
                "vectors",
                "run",
                "demo",
            ),
            *(
                "--json",
                "--key",
                "--to",
                "--caveat",
                "--arg",
                "--root",
                "--audience",
                "--action",
                "--resource",
                "--store",
            ),
            *("--revocations", "--token", "--link", "--expires-in", "-", "--", "--help", "-h", "{}", "="),
        ]
    ),
)


@given(argv=st.lists(WORD, max_size=8))
@settings(
    derandomize=True, deadline=None, max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_anything_typed_ends_in_a_documented_code(
    argv: list[str], capsys: Capsys, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(getpass, "getpass", lambda _prompt: "")
    stdin(monkeypatch, "")
    if "demo" in argv:
        return
    assert main(argv) in range(7)
    assert capsys.readouterr().err.count("\n") <= 1
