"""Macaroons on the command line: a server's key and bases, tokens minted on them, and what inspecting them says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.unit.test_cli_world import ASK, AUDIENCE, SEEDS, World, call, refused, stdin

from attorn import Identity, Request, caveat, macaroon
from attorn.encoding import base64url_encode
from attorn.macaroon import MacKey, ThirdParty
from attorn.token.discharge import discharge

Capsys = pytest.CaptureFixture[str]
SECRET = bytes(range(32))
OTHER = bytes(range(1, 33))
LIMITS = ("--actions", "events:read", "--resources", "cal://alice")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    made = World(tmp_path_factory.mktemp("macaroons"))
    MacKey(SECRET).save(made.folder / "server.key")
    MacKey(OTHER).save(made.folder / "other.key")
    made.write("base", macaroon.encode(macaroon.issue(MacKey(SECRET))) + "\n")
    return made


def keyed(world: World, name: str = "server") -> str:
    return str(world.folder / f"{name}.key")


def minted(world: World, capsys: Capsys, *more: str, base: str | None = None) -> str:
    """A token on a base, alice to planner to scout, as a file."""
    based = ("--base", str(world.folder / "base") if base is None else base)
    to = ("--to", world.did["planner"])
    first = world.write("first", call(capsys, "mint", *world.key("alice"), *to, *LIMITS, *based, *more).out)
    return world.write("second", call(capsys, "delegate", first, *world.key("planner"), "--to", world.did["scout"]).out)


def presented(world: World, capsys: Capsys, token: str) -> str:
    out = call(capsys, "present", token, *world.key("scout"), *ASK, "--audience", AUDIENCE).out
    return world.write("wire", out)


def test_from_a_new_key_to_a_decision(world: World, tmp_path: Path, capsys: Capsys) -> None:
    key = str(tmp_path / "new.key")
    name = call(capsys, "macaroon", "key", "--out", key).out.strip()
    assert (tmp_path / "new.key").stat().st_mode & 0o777 == 0o600
    base = call(capsys, "macaroon", "issue", "--key", key, "--location", "https://calendar.example").out.strip()
    wire = presented(world, capsys, minted(world, capsys, base=base))
    allowed = call(capsys, *world.verify("--macaroon-key", keyed(world), "--macaroon-key", key), wire)
    assert allowed.out.startswith("ALLOWED events:read on cal://alice/2026-11\nVERIFIED")
    assert name in call(capsys, "inspect", wire).out
    secret = MacKey.load(key).secret
    assert secret.hex() not in allowed.out + name + base


def test_json_of_each_command(world: World, tmp_path: Path, capsys: Capsys) -> None:
    key = str(tmp_path / "new.key")
    made = call(capsys, "macaroon", "key", "--out", key, "--json").data
    assert set(made) == {"ok", "exit", "key", "file"}
    issued = call(capsys, "macaroon", "issue", "--key", key, "--json").data
    assert (set(issued), issued["key"]) == ({"ok", "exit", "macaroon", "key"}, made["key"])
    assert macaroon.decode(issued["macaroon"]).unverified_caveats == ()
    to = ("--to", world.did["planner"])
    token = call(capsys, "mint", *world.key("alice"), *to, *LIMITS, "--base", issued["macaroon"], "--json").data
    assert (token["format"], token["holder"]) == ("macaroon", world.did["planner"])
    plain = call(capsys, "mint", *world.key("alice"), *to, *LIMITS, "--json").data
    assert plain["format"] == "biscuit"
    passed = call(capsys, "delegate", token["token"], *world.key("planner"), "--to", world.did["scout"], "--json").data
    assert (passed["format"], len(passed["links"])) == ("macaroon", 2)


def test_inspecting_says_which_format_it_is(world: World, capsys: Capsys) -> None:
    name = call(capsys, "inspect", minted(world, capsys), "--json").data
    assert (name["format"], name["kind"]) == ("macaroon", "token")
    key = name["macaroon"]["key"]
    assert name["macaroon"] == {"key": key, "third_parties": 0, "discharges": 0}
    assert len(key) == 16
    text = call(capsys, "inspect", minted(world, capsys)).out
    assert text.startswith("UNVERIFIED")
    assert f"Macaroon made with key {key}; third parties 0, discharges 0" in text
    biscuit = call(capsys, "inspect", world.token(), "--json").data
    assert (biscuit["format"], "macaroon" in biscuit) == ("biscuit", False)
    assert "Macaroon" not in call(capsys, "inspect", world.token()).out


def _demanding(world: World) -> tuple[str, str, list[str]]:
    """A token with two third parties, a presentation of it, and what neither may show."""
    alice, planner = (Identity.from_seed(SEEDS[name]) for name in ("alice", "planner"))
    parties = [ThirdParty(MacKey(bytes((number,)) * 32), b"ask %d" % number) for number in (1, 2)]
    base = macaroon.issue(MacKey(SECRET))
    token = alice.mint(to=planner.did, caveats=[caveat.Actions("events:*")], base=base, third_parties=parties)
    met = [discharge(each.key, each.identifier) for each in parties]
    request = Request(action="events:read", resource="cal://alice/2026-11")
    wire = planner.present(token, request, audience=AUDIENCE, discharges=met)
    secrets = [SECRET, base.signature, *(each.key.secret for each in parties), *(each.signature for each in met)]
    return world.write("asked", token.encode()), world.write("met", wire), [base64url_encode(each) for each in secrets]


def test_third_parties_and_discharges_by_number_and_never_secrets(world: World, capsys: Capsys) -> None:
    token, wire, secrets = _demanding(world)
    for file, numbers in ((token, (2, 0)), (wire, (2, 2))):
        for more in ((), ("--json",)):
            out = call(capsys, "inspect", file, *more).out
            assert not any(each in out for each in secrets)
        data = call(capsys, "inspect", file, "--json").data["macaroon"]
        assert (data["third_parties"], data["discharges"]) == numbers
    assert call(capsys, *world.verify("--macaroon-key", keyed(world)), wire).code == 0


def test_json_macaroons_are_taken_wherever_tokens_are(world: World, capsys: Capsys) -> None:
    token = (world.folder / "second").read_text().strip() if (world.folder / "second").exists() else ""
    token = token or Path(minted(world, capsys)).read_text().strip()
    as_json = world.write("json", macaroon.to_json(macaroon.decode(token)))
    again = call(capsys, "inspect", as_json, "--json").data
    assert again["links"] == call(capsys, "inspect", token, "--json").data["links"]
    wire = presented(world, capsys, as_json)
    assert call(capsys, *world.verify("--macaroon-key", keyed(world)), wire).code == 0


def test_a_base_from_standard_input(world: World, capsys: Capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    base = (world.folder / "base").read_bytes()
    stdin(monkeypatch, base)
    to = ("--to", world.did["planner"])
    token = call(capsys, "mint", *world.key("alice"), *to, *LIMITS, "--base", "-").out.strip()
    assert macaroon.decode(token).identifier == macaroon.decode(base.decode().strip()).identifier
    stdin(monkeypatch, base)
    both = (*world.key("alice")[:2], "--passphrase-stdin", *to, *LIMITS, "--base", "-")
    refused(call(capsys, "mint", *both), 1, "invalid_input", "not both")


def test_revoking_and_exposure(world: World, capsys: Capsys) -> None:
    token = minted(world, capsys, "--max-uses", "5")
    assert "at most 5 uses" in call(capsys, "inspect", token, "--exposure").out
    entry = world.write("entry", call(capsys, "revoke", *world.key("alice"), "--token", token).out)
    wire = presented(world, capsys, token)
    verify = world.verify("--macaroon-key", keyed(world), "--revocations", entry)
    refused(call(capsys, *verify, wire), 2, "revoked", "step 7")


REFUSED_KEYS: dict[str, tuple[Callable[[World], tuple[str, ...]], int, str]] = {
    "none": (lambda _: (), 2, "untrusted_root"),
    "another": (lambda world: ("--macaroon-key", keyed(world, "other")), 2, "untrusted_root"),
    "missing": (lambda world: ("--macaroon-key", keyed(world, "missing")), 5, "key_file"),
    "of-an-identity": (lambda world: ("--macaroon-key", keyed(world, "alice")), 5, "key_file"),
    "one-of-them": (
        lambda world: ("--macaroon-key", keyed(world), "--macaroon-key", keyed(world, "missing")),
        5,
        "key_file",
    ),
    "open-to-others": (lambda world: ("--macaroon-key", _open(world)), 5, "key_file"),
    "no-path": (lambda _: ("--macaroon-key", ""), 5, "key_file"),
    "no-value": (lambda _: ("--macaroon-key",), 1, "invalid_input"),
}


def _open(world: World) -> str:
    path = world.write("open.key", Path(keyed(world)).read_bytes())
    Path(path).chmod(0o644)
    return path


@pytest.mark.parametrize("name", REFUSED_KEYS)
def test_verifying_with_other_keys(world: World, capsys: Capsys, name: str) -> None:
    more, code, error = REFUSED_KEYS[name]
    wire = presented(world, capsys, minted(world, capsys))
    refused(call(capsys, "verify", wire, *world.verify(*more(world))[1:]), code, error)


BASES: dict[str, tuple[Callable[[World], str], int, str]] = {
    "missing": (lambda world: str(world.folder / "missing"), 1, "invalid_input"),
    "empty": (lambda world: world.write("empty", ""), 2, "malformed"),
    "a-biscuit": (lambda world: world.token(), 2, "malformed"),
    "cut-short": (lambda world: (world.folder / "base").read_text().strip()[:-4], 2, "malformed"),
    "padding": (lambda world: (world.folder / "base").read_text().strip() + "=", 2, "malformed"),
    "two-of-them": (lambda world: world.write("two", (world.folder / "base").read_text().strip() * 2), 2, "malformed"),
    "a-token": (lambda world: world.write("used", _used(world)), 1, "invalid_input"),
    "no-json": (lambda _: '{"i":"x"', 2, "malformed"),
    "binary": (lambda world: world.write("binary", b"\x02\x02\x01x"), 2, "malformed"),
    "no-text": (lambda _: "", 1, "invalid_input"),
}


def _used(world: World) -> str:
    alice = Identity.from_seed(SEEDS["alice"])
    base = macaroon.issue(MacKey(SECRET))
    return alice.mint(to=world.did["planner"], caveats=[caveat.Actions("events:*")], base=base).encode()


@pytest.mark.parametrize("name", BASES)
def test_bases_that_are_refused(world: World, capsys: Capsys, name: str) -> None:
    make, code, error = BASES[name]
    base = make(world)
    minting = ("mint", *world.key("alice"), "--to", world.did["planner"], *LIMITS, "--base", base)
    refused(call(capsys, *minting), code, error)
    refused(call(capsys, *minting, "--json"), code, error)


KEYS: dict[str, tuple[str, ...]] = {
    "there-is-one": ("--out", "server.key"),
    "no-folder": ("--out", "nowhere/new.key"),
    "a-folder": ("--out", "."),
    "no-name": ("--out", ""),
}


@pytest.mark.parametrize("name", KEYS)
def test_keys_that_are_not_made(world: World, capsys: Capsys, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(world.folder)
    refused(call(capsys, "macaroon", "key", *KEYS[name]), 5, "key_file")
    assert MacKey.load(keyed(world)).secret == SECRET


USAGE: dict[str, tuple[str, ...]] = {
    "no-form": ("macaroon",),
    "another-form": ("macaroon", "mint"),
    "no-out": ("macaroon", "key"),
    "out-twice-removed": ("macaroon", "key", "new.key"),
    "no-key": ("macaroon", "issue"),
    "a-secret": ("macaroon", "issue", "--secret", "x"),
    "a-long-location": ("macaroon", "issue", "--key", "server.key", "--location", "x" * 1025),
}


@pytest.mark.parametrize("name", USAGE)
def test_usage(world: World, capsys: Capsys, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(world.folder)
    refused(call(capsys, *USAGE[name]), 1, "invalid_input")


def test_what_is_not_a_token_yet(world: World, capsys: Capsys) -> None:
    base = str(world.folder / "base")
    refused(call(capsys, "inspect", base), 2, "not_admitted", "nobody's authority")
    wire = Path(presented(world, capsys, minted(world, capsys))).read_text().strip()
    refused(call(capsys, "present", wire, *world.key("scout"), *ASK, "--audience", AUDIENCE), 2, "malformed")
    token, _, _ = _demanding(world)
    text = Path(token).read_text()
    more = world.write("more", text + macaroon.encode(discharge(MacKey(OTHER), b"ask")))
    refused(call(capsys, "inspect", more), 2, "malformed")


def _asking(world: World) -> tuple[str, str]:
    """A token for scout with one third party, and its discharge, as files."""
    alice, scout = (Identity.from_seed(SEEDS[name]) for name in ("alice", "scout"))
    party = ThirdParty(MacKey(b"f" * 32), b"ask")
    base = macaroon.issue(MacKey(SECRET))
    token = alice.mint(to=scout.did, caveats=[caveat.Actions("events:*")], base=base, third_parties=[party])
    return world.write("asking", token.encode()), world.write("answer", macaroon.encode(discharge(party.key, b"ask")))


def test_presenting_with_a_discharge(world: World, capsys: Capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    token, answer = _asking(world)
    present = ("present", token, *world.key("scout"), *ASK, "--audience", AUDIENCE)
    verify = world.verify("--macaroon-key", keyed(world))
    for given in (answer, Path(answer).read_text(), "-"):
        stdin(monkeypatch, Path(answer).read_bytes())
        wire = world.write("wire", call(capsys, *present, "--discharge", given).out)
        assert call(capsys, *verify, wire).code == 0
    refused(call(capsys, *present), 1, "invalid_input", "third parties")
    refused(call(capsys, *present, "--discharge", answer, "--discharge", answer), 1, "invalid_input", "third parties")


ANSWERS: dict[str, tuple[tuple[str, ...], int, str]] = {
    "missing": (("--discharge", "nowhere"), 1, "invalid_input"),
    "cut-short": (("--discharge", "AgIA"), 2, "malformed"),
    "no-value": (("--discharge",), 1, "invalid_input"),
    "no-text": (("--discharge", ""), 1, "invalid_input"),
    "both-from-input": (("--discharge", "-", "--approval", "-"), 1, "invalid_input"),
    "twice-from-input": (("--discharge", "-", "--discharge", "-"), 1, "invalid_input"),
    "beside-the-passphrase": (("--discharge", "-", "--passphrase-stdin"), 1, "invalid_input"),
    "an-approval-beside-the-passphrase": (("--approval", "-", "--passphrase-stdin"), 1, "invalid_input"),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_discharges_that_are_refused(world: World, capsys: Capsys, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    stdin(monkeypatch, b"x")
    more, code, error = ANSWERS[name]
    token, _ = _asking(world)
    key = world.key("scout")[:2] if "--passphrase-stdin" in more else world.key("scout")
    refused(call(capsys, "present", token, *key, *ASK, "--audience", AUDIENCE, *more), code, error)


def test_a_biscuit_is_not_discharged(world: World, capsys: Capsys) -> None:
    _, answer = _asking(world)
    present = ("present", world.token(), *world.key("scout"), *ASK, "--audience", AUDIENCE)
    refused(call(capsys, *present, "--discharge", answer), 1, "invalid_input", "Macaroon")
