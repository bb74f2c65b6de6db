"""Chains through DIDs that have a server, and the identity credentials that `attorn present` shows."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from tests.unit.test_cli_world import ASK, AUDIENCE, PASSPHRASE, SEEDS, Outcome, World, call, refused, stdin

from attorn import Identity, agent, caveat
from attorn.agent import AgentProfile, Securing
from attorn.cli import network
from attorn.errors import UnavailableError

Capsys = pytest.CaptureFixture[str]
LOG = "https://agents.example/.well-known/did.jsonl"
WEB = "https://agents.example/a/did.json"
ORG = Identity.from_seed(b"\x21" * 32)
LIMITS = ("--actions", "events:read")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("network"))


class Pages(dict[str, str]):
    """What --network asks for; how often is counted."""

    asked = 0

    def get(self, url: str, *, accept: str, most: int) -> bytes | None:
        assert accept
        assert most
        self.asked += 1
        if url == "https://down.example/.well-known/did.json":
            raise UnavailableError("later")
        return self[url].encode() if url in self else None


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> Pages:
    pages = Pages()
    monkeypatch.setattr(network, "transport", lambda: pages)
    return pages


class Webvh:
    """An agent whose DID has a log, in a folder of its own."""

    def __init__(self, world: World, folder: Path, capsys: Capsys) -> None:
        secret = ("--passphrase-file", str(world.folder / "passphrase"))
        file = str(folder / "agent.key")
        words = ("--method", "webvh", "--domain", "agents.example", "--strength", "interactive")
        self.did = call(capsys, "id", "new", file, *words, *secret).out.strip()
        self.key = ("--key", file, *secret)
        self.log = (folder / "did.jsonl").read_text()


@pytest.fixture
def webvh(world: World, tmp_path: Path, capsys: Capsys) -> Webvh:
    return Webvh(world, tmp_path, capsys)


def kept(world: World, outcome: Outcome) -> str:
    assert outcome.code == 0, outcome.err
    return world.write("kept.token", outcome.out)


def test_a_chain_through_a_did_webvh(world: World, webvh: Webvh, pages: Pages, capsys: Capsys) -> None:
    mint = ("mint", *world.key("alice"), "--to", webvh.did, *LIMITS)
    refused(call(capsys, *mint), 1, "invalid_input", "--to", "--network")
    refused(call(capsys, *mint, "--network"), 1, "invalid_input", "--to")
    pages[LOG] = webvh.log
    before = pages.asked
    first = kept(world, call(capsys, *mint, "--network"))
    # What was shown to have a key is what the token is made for: a server is not asked twice.
    assert pages.asked - before == 1
    second = kept(world, call(capsys, "delegate", first, *webvh.key, "--to", world.did["scout"], *LIMITS))
    wire = call(capsys, "present", second, *world.key("scout"), *ASK, "--audience", AUDIENCE).out.strip()
    refused(call(capsys, *world.verify(), wire), 2, "unresolved_principal", "--network")
    allowed = call(capsys, *world.verify("--network", "--json"), wire)
    assert allowed.code == 0
    assert [link["delegate"] for link in allowed.data["links"]] == [webvh.did, world.did["scout"]]


def test_a_holder_a_root_and_an_authority_with_a_log(world: World, webvh: Webvh, pages: Pages, capsys: Capsys) -> None:
    pages[LOG] = webvh.log
    mint = call(capsys, "mint", *webvh.key, "--to", world.did["planner"], *LIMITS)
    token = kept(
        world, call(capsys, "delegate", kept(world, mint), *world.key("planner"), "--to", webvh.did, "--network")
    )
    verify = ("verify", "--root", webvh.did, "--audience", AUDIENCE, *ASK)
    wire = call(capsys, "present", token, *webvh.key, *ASK, "--audience", AUDIENCE).out.strip()
    refused(call(capsys, *verify, wire), 2, "unresolved_principal")
    assert call(capsys, *verify, "--network", wire).code == 0
    ended = call(capsys, "deprovision", world.did["planner"], *webvh.key)
    entries = world.write("entries", ended.out)
    told = (*verify, wire, "--revocations", entries, "--authority", webvh.did)
    refused(call(capsys, *told), 1, "invalid_input", "line 1")
    refused(call(capsys, *told, "--network"), 2, "deprovisioned")


@pytest.mark.parametrize(
    ("to", "ends"),
    [
        ("did:web:agents.example:a", (1, "invalid_input")),  # there is nothing
        ("did:web:127.0.0.1", (1, "invalid_input")),  # attack 35
        ("did:web:agents.example%2Fx", (1, "invalid_input")),  # attack 34
        ("did:web:down.example", (4, "unavailable")),
        ("did:example:1", (1, "invalid_input")),
        ("did:key:zabc", (1, "invalid_input")),
        ("", (1, "invalid_input")),
    ],
)
def test_nobody_to_give_it_to(world: World, pages: Pages, capsys: Capsys, to: str, ends: tuple[int, str]) -> None:
    refused(call(capsys, "mint", *world.key("alice"), "--to", to, *LIMITS, "--network"), *ends)


def test_a_did_web_gets_what_its_server_says(world: World, pages: Pages, capsys: Capsys) -> None:
    multibase = world.did["scout"].removeprefix("did:key:")
    did = "did:web:agents.example:a"
    method = {"id": f"{did}#k", "type": "Multikey", "controller": did, "publicKeyMultibase": multibase}
    relations = {"capabilityDelegation": ["#k"], "capabilityInvocation": ["#k"]}
    pages[WEB] = json.dumps({"id": did, "verificationMethod": [method], **relations})
    shown = call(capsys, "mint", *world.key("alice"), "--to", did, *LIMITS, "--network", "--json")
    assert shown.data["holder"] == did
    pages[WEB] = json.dumps({"id": did, "verificationMethod": [method], "assertionMethod": ["#k"]})
    refused(call(capsys, "mint", *world.key("alice"), "--to", did, *LIMITS, "--network"), 1, "invalid_input")


def test_nothing_is_asked_without_the_option(world: World, capsys: Capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    def asked() -> None:
        raise AssertionError("nobody may be asked")

    monkeypatch.setattr(network, "transport", asked)
    token = kept(world, call(capsys, "mint", *world.key("alice"), "--to", world.did["scout"], *LIMITS))
    wire = call(capsys, "present", token, *world.key("scout"), *ASK, "--audience", AUDIENCE).out.strip()
    assert call(capsys, *world.verify(), wire).code == 0
    refused(call(capsys, *world.verify("--root", "did:web:a.example"), "x"), 1, "invalid_input")


# Identity credentials


def credential(of: str, securing: Securing = Securing.JOSE) -> str:
    profile = AgentProfile(id=of, model="m-1", purpose="é")
    return agent.issue(profile, by=ORG, lifetime=timedelta(hours=1), securing=securing)


@pytest.fixture(scope="module")
def asking(world: World) -> str:
    """A token for scout that only agents of a model may use, by the word of the organisation."""
    asked = caveat.Agent(attested_by=ORG.did, model="m-1")
    token = Identity.from_seed(SEEDS["alice"]).mint(to=world.did["scout"], caveats=[asked])
    return world.write("asking.token", token.encode())


@pytest.mark.parametrize("securing", [Securing.JOSE, Securing.DATA_INTEGRITY, Securing.SD_JWT])
def test_a_credential_is_shown(world: World, asking: str, capsys: Capsys, securing: Securing) -> None:
    text = credential(world.did["scout"], securing)
    if securing is Securing.DATA_INTEGRITY:
        # As `attorn vc issue` prints it.
        text = json.dumps(json.loads(text), indent=2)
    file = world.write("identity.json", text + "\n")
    present = ("present", asking, *world.key("scout"), *ASK, "--audience", AUDIENCE)
    without = call(capsys, *present).out.strip()
    refused(call(capsys, *world.verify(), without), 3, "denied")
    wire = call(capsys, *present, "--credential", file).out.strip()
    assert call(capsys, *world.verify(), wire).code == 0


def test_credentials_of_several_and_from_standard_input(
    world: World, asking: str, capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = world.write("other.jwt", credential(world.did["planner"]))
    stdin(monkeypatch, credential(world.did["scout"]) + "\n")
    present = ("present", asking, *world.key("scout"), *ASK, "--audience", AUDIENCE)
    wire = call(capsys, *present, "--credential", other, "--credential", "-").out.strip()
    assert call(capsys, *world.verify(), wire).code == 0


@pytest.mark.parametrize(
    "content", ["", "x", "a.b.c", "{", "{}", "[]", "é" * 40, b"\xff" * 40, "\x1b[2J", "x" * 70_000, '{"a": 1e400}']
)
def test_what_is_no_credential_is_not_shown(world: World, asking: str, capsys: Capsys, content: str | bytes) -> None:
    file = world.write("bad.jwt", content)
    present = ("present", asking, *world.key("scout"), *ASK, "--audience", AUDIENCE)
    refused(call(capsys, *present, "--credential", file), 1, "invalid_input", "credential")
    refused(call(capsys, *present, "--credential", str(world.folder / "none")), 1, "invalid_input", "credential")


def test_a_credential_of_somebody_else_does_not_count(world: World, asking: str, capsys: Capsys) -> None:
    file = world.write("other.jwt", credential(world.did["planner"]))
    present = ("present", asking, *world.key("scout"), *ASK, "--audience", AUDIENCE)
    wire = call(capsys, *present, "--credential", file).out.strip()
    refused(call(capsys, *world.verify(), wire), 3, "denied")


def test_what_vc_issue_makes_is_shown(world: World, asking: str, capsys: Capsys) -> None:
    subject = {"id": world.did["scout"], "type": "AgentIdentity", "kind": "agent", "model": "m-1"}
    claims = {
        "@context": ["https://www.w3.org/ns/credentials/v2", "https://w3id.org/attorn/agent/v1"],
        "type": ["VerifiableCredential", "AgentIdentityCredential"],
        "validFrom": "2020-01-01T00:00:00Z",
        "validUntil": "2099-01-01T00:00:00Z",
        "credentialSubject": subject,
    }
    ORG.save(world.folder / "org.key", passphrase=PASSPHRASE, strength="interactive")
    document = world.write("document.json", json.dumps(claims))
    for suite in ((), ("--suite", "vc+jwt")):
        made = world.write("made.vc", call(capsys, "vc", "issue", document, *suite, *world.key("org")).out)
        assert call(capsys, "vc", "verify", made, "--issuer", ORG.did).code == 0
        bound = ("--challenge", "c", "--domain", "d")
        shown = world.write("shown.vp", call(capsys, "vc", "present", made, *bound, *world.key("scout")).out)
        assert call(capsys, "vc", "verify", shown, *bound, "--issuer", ORG.did).code == 0
        present = ("present", asking, *world.key("scout"), *ASK, "--audience", AUDIENCE)
        assert call(capsys, *world.verify(), call(capsys, *present, "--credential", made).out.strip()).code == 0
    claims["credentialSubject"] = {**subject, "stray": "x"}
    stray = world.write("stray.json", json.dumps(claims))
    refused(call(capsys, "vc", "issue", stray, *world.key("org")), 2, "bad_credential")
