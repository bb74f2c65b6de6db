"""The whole story through files: id, mint, delegate, present, verify, revoke, verify; and `--json` of each command."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.test_cli_world import ASK, AUDIENCE, PASSPHRASE, World, call, refused, stdin

from attorn.encoding import base64url_decode

Capsys = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("story"))


@pytest.mark.parametrize(("algorithm", "method"), [("Ed25519", "key"), ("P-256", "jwk")])
def test_the_whole_story_from_new_identities(tmp_path: Path, capsys: Capsys, algorithm: str, method: str) -> None:
    secret = tmp_path / "passphrase"
    secret.write_text(PASSPHRASE + "\n")
    secret.chmod(0o600)
    did, key = {}, {}
    for name in ("alice", "planner", "scout"):
        file = str(tmp_path / f"{name}.key")
        key[name] = ("--key", file, "--passphrase-file", str(secret))
        options = ("--algorithm", algorithm, "--method", method, "--strength", "interactive")
        did[name] = call(capsys, "id", "new", file, *key[name][2:], *options).out.strip()
        shown = call(capsys, "id", "show", file, *key[name][2:])
        assert f"did        {did[name]}\nalgorithm  {algorithm}\n" in shown.out

    def keep(name: str, *argv: str) -> str:
        (tmp_path / name).write_text(call(capsys, *argv).out)
        return str(tmp_path / name)

    limits = ("--actions", "events:read,events:write", "--resources", "cal://alice", "--expires-in", "8h")
    first = keep("first", "mint", *key["alice"], "--to", did["planner"], *limits, "--purpose", "Find a free evening")
    narrower = ("--actions", "events:read", "--caveat", '{"Range": {"name": "limit", "maximum": 10}}')
    second = keep("second", "delegate", first, *key["planner"], "--to", did["scout"], *narrower)
    ask = (*ASK, "--arg", "limit=10", "--audience", AUDIENCE)
    wire = keep("wire", "present", second, *key["scout"], *ask)
    again = keep("again", "present", second, *key["scout"], *ask)
    verify = ("verify", "--root", did["alice"], *ask, "--store", str(tmp_path / "store.db"))

    allowed = call(capsys, *verify, wire)
    assert allowed.out.startswith("ALLOWED events:read on cal://alice/2026-11\nVERIFIED")
    assert "Find a free evening" in allowed.out
    refused(call(capsys, *verify, wire), 2, "replayed", "step 8")
    entry = keep("entry", "revoke", *key["alice"], "--token", second)
    refused(call(capsys, *verify, again, "--revocations", entry), 2, "revoked", "link 2", "step 7")
    refused(call(capsys, *verify, again), 2, "revoked")
    assert call(capsys, "verify", "--root", did["alice"], *ask, again).code == 0


def test_every_command_speaks_json(world: World, tmp_path: Path, capsys: Capsys) -> None:
    secret = world.key("alice")[2:]
    new = call(capsys, "id", "new", str(tmp_path / "k"), *secret, "--strength", "interactive", "--json").data
    assert new["did"].startswith("did:key:")
    assert (new["algorithm"], new["file"]) == ("Ed25519", str(tmp_path / "k"))
    shown = call(capsys, "id", "show", str(world.folder / "alice.key"), *secret, "--json").data
    assert shown["did"] == world.did["alice"]
    assert shown["jwk"].keys() == {"crv", "kty", "x"}
    minted = call(
        capsys,
        "mint",
        *world.key("alice"),
        "--to",
        world.did["planner"],
        "--actions",
        "a",
        "--json",
        "--max-depth",
        "1",
    ).data
    assert (minted["holder"], len(minted["links"])) == (world.did["planner"], 1)
    first = world.write("j1", minted["token"])
    passed = call(capsys, "delegate", first, *world.key("planner"), "--to", world.did["scout"], "--json").data
    assert [link["delegator"] for link in passed["links"]] == [world.did["alice"], world.did["planner"]]
    assert passed["links"][0]["caveats"] == [{"Actions": ["a"]}, {"MaxDepth": 1}]
    second = world.write("j2", passed["token"])
    ask = ("--action", "a", "--resource", "/r", "--audience", "x")
    presented = call(capsys, "present", second, *world.key("scout"), *ask, "--json", "--challenge", "c").data
    assert presented["request"]["resource"] == "/r"
    wire = world.write("j3", presented["presentation"])
    inspected = call(capsys, "inspect", wire, "--json").data
    assert (inspected["verified"], inspected["kind"]) == (False, "presentation")
    assert inspected["presentation"]["request"] == presented["request"]["digest"]
    assert inspected["presentation"]["challenge"] == "c"
    seen = call(capsys, "inspect", second, "--json").data
    assert (seen["kind"], seen["until"], "presentation" in seen) == ("token", None, False)
    verified = call(capsys, "verify", "--root", world.did["alice"], *ask, "--challenge", "c", wire, "--json").data
    assert (verified["allowed"], verified["root"], verified["holder"], verified["memory"]) == (
        True,
        world.did["alice"],
        world.did["scout"],
        "this run only",
    )
    revoked = call(capsys, "revoke", *world.key("planner"), "--token", wire, "--json").data
    assert (revoked["link"], revoked["by"]) == (passed["links"][1]["id"], world.did["planner"])
    base64url_decode(revoked["entry"])


def test_a_token_comes_from_a_file_an_argument_or_standard_input(
    world: World, capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = world.token()
    text = Path(file).read_text().strip()
    assert len(text) > 255
    by_file = call(capsys, "inspect", file)
    stdin(monkeypatch, f"{text}\r\n")
    assert by_file.out == call(capsys, "inspect", text).out == call(capsys, "inspect", "-").out
    assert by_file.out.startswith("UNVERIFIED")


def test_the_shortest_token_is_longer_than_a_file_name(world: World, capsys: Capsys) -> None:
    minted = call(capsys, "mint", *world.key("alice"), "--to", world.did["scout"], "--max-uses", "1")
    assert len(minted.out) > 255


def test_without_a_store_the_output_says_what_is_not_remembered(world: World, capsys: Capsys) -> None:
    wire = call(capsys, "present", world.token(), *world.key("scout"), *ASK, "--audience", AUDIENCE).out.strip()
    first = call(capsys, *world.verify(wire))
    assert "only seen within this one run" in first.out
    assert call(capsys, *world.verify(wire)).code == 0
    stored = call(capsys, *world.verify(wire, "--store", str(world.folder / "s.db"), "--json"))
    assert stored.data["memory"] == "store"
    assert "only seen" not in stored.out
    refused(call(capsys, *world.verify(wire, "--store", str(world.folder / "s.db"), "--json")), 2, "replayed")


def test_uses_are_counted_across_runs_in_a_store(world: World, capsys: Capsys) -> None:
    token = call(capsys, "mint", *world.key("alice"), "--to", world.did["scout"], "--max-uses", "1").out.strip()
    wires = [
        call(capsys, "present", token, *world.key("scout"), *ASK, "--audience", AUDIENCE).out.strip() for _ in range(2)
    ]
    store = ("--store", str(world.folder / "uses.db"))
    assert call(capsys, *world.verify(wires[0], *store)).code == 0
    refused(call(capsys, *world.verify(wires[1], *store)), 3, "denied", "link 1", "MaxUses allows 1 uses")


def test_a_denial_says_which_link_and_why(world: World, capsys: Capsys) -> None:
    token = world.token("--caveat", '{"Range": {"name": "limit", "maximum": 10}}')
    ask = ("--arg", "limit=11", "--cost", "250:EUR")
    wire = call(capsys, "present", token, *world.key("scout"), *ASK, *ask, "--audience", AUDIENCE).out.strip()
    denied = call(capsys, *world.verify(wire, *ask, "--json"))
    refused(denied, 3, "denied", "limit <= 10")
    assert denied.data["error"]["step"] == 9
    assert denied.data["error"]["decision"] == {
        "allowed": False,
        "link": 1,
        "delegator": world.did["alice"],
        "delegate": world.did["planner"],
        "caveat": "Range",
        "limit": "limit <= 10",
        "asked": "limit = 11",
    }
