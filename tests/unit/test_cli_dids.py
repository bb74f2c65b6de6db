"""`attorn id export` and `id resolve`: what others may know of a key, and what a DID leads to."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.unit.test_cli_world import PASSPHRASE, SEEDS, World, call, refused

from attorn import Identity
from attorn.did import reading
from attorn.did.web import WebResolver
from attorn.encoding import base64url_encode
from attorn.errors import UnavailableError
from attorn.keys import keyfile, x25519
from attorn.keys.signer import Ed25519Signer
from attorn.web import fetch

Capsys = pytest.CaptureFixture[str]
WEB = "did:web:agents.example:a"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("dids"))


def export(world: World, capsys: Capsys, *more: str, name: str = "alice") -> Any:
    path = str(world.folder / f"{name}.key")
    outcome = call(capsys, "id", "export", path, "--passphrase-file", str(world.folder / "passphrase"), *more)
    assert outcome.code == 0
    for secret in (SEEDS["alice"], Ed25519Signer.from_seed(SEEDS["alice"]).export_secret()):
        assert secret.hex() not in outcome.out
        assert base64url_encode(secret) not in outcome.out
    assert "secret" not in outcome.out
    return outcome


def test_what_others_may_know_of_a_key(world: World, capsys: Capsys) -> None:
    did = world.did["alice"]
    document = json.loads(export(world, capsys).out)
    assert reading.read(document, did).methods[0].id == f"{did}#{did[8:]}"
    assert export(world, capsys, "--format", "multikey").out.strip() == did[8:]
    assert json.loads(export(world, capsys, "--format", "jwk").out).keys() == {"crv", "kty", "x"}
    data = export(world, capsys, "--json").data
    assert (data["did"], data["document"], data["multikey"]) == (did, document, did[8:])
    assert export(world, capsys, "--format", "document", "--json").data == data


@pytest.mark.parametrize(("did", "url"), [(WEB, None), (f"{WEB}#key-1", f"{WEB}#key-1")])
def test_the_document_to_publish(world: World, capsys: Capsys, did: str, url: str | None) -> None:
    signer = Ed25519Signer.from_seed(SEEDS["alice"])
    path = world.folder / "web.key"
    keyfile.save(path, signer, did, PASSPHRASE, strength="interactive", replace=True)
    document = json.loads(export(world, capsys, name="web").out)
    (method,) = reading.read(document, WEB).methods
    assert method.key == signer.public_key
    assert method.id == (url or f"{WEB}#{world.did['alice'][8:]}")

    class Pages:
        def get(self, url: str, *, accept: str, most: int) -> bytes:
            return json.dumps(document).encode()

    # Once it is published, the key file is an identity.
    loaded = Identity.load(path, passphrase=PASSPHRASE, resolver=WebResolver(Pages()))
    assert loaded.did == WEB


def test_a_key_file_whose_did_is_none(world: World, capsys: Capsys) -> None:
    path = world.folder / "odd.key"
    keyfile.save(path, Ed25519Signer.generate(), "https://a.example/", PASSPHRASE, strength="interactive")
    words = ("id", "export", str(path), "--passphrase-file", str(world.folder / "passphrase"))
    refused(call(capsys, *words), 2, "unresolved_principal")


def test_dids_that_say_everything_themselves(world: World, capsys: Capsys) -> None:
    did = world.did["planner"]
    outcome = call(capsys, "id", "resolve", did)
    assert outcome.code == 0
    assert reading.read(json.loads(outcome.out), did).methods[0].id == f"{did}#{did[8:]}"
    result = call(capsys, "id", "resolve", did, "--json").data
    assert result["didDocument"] == json.loads(outcome.out)
    assert result["didResolutionMetadata"] == {"contentType": "application/did"}
    agreement = call(capsys, "id", "resolve", did, "--key-agreement", "--key-format", "JsonWebKey", "--json").data
    types = [method["type"] for method in agreement["didDocument"]["verificationMethod"]]
    assert types == ["JsonWebKey", "JsonWebKey"]
    assert x25519.from_jwk(agreement["didDocument"]["verificationMethod"][1]["publicKeyJwk"])
    part = call(capsys, "id", "resolve", f"{did}#{did[8:]}")
    assert json.loads(part.out)["publicKeyMultibase"] == did[8:]
    assert call(capsys, "id", "resolve", f"{did}#{did[8:]}", "--json").data["content"] == json.loads(part.out)


@pytest.mark.parametrize(
    ("did", "more"),
    [
        ("did:web:agents.example", ()),
        ("did:example:1", ("--network",)),
        ("did:web:127.0.0.1", ("--network",)),  # attack 35
        ("did:web:agents.example%2Fx", ("--network",)),  # attack 34
        ("did:key:zabc", ()),
        ("did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK#none", ()),
        ("did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK?x=1", ()),
        ("did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK", ("--key-format", "X25519KeyAgreementKey2020")),
        ("alice", ()),
        ("", ()),
        ("\u202edid:key:z", ()),
    ],
)
def test_dids_that_lead_nowhere(capsys: Capsys, did: str, more: tuple[str, ...]) -> None:
    refused(call(capsys, "id", "resolve", did, *more), 2, "unresolved_principal")
    refused(call(capsys, "id", "resolve", did, *more, "--json"), 2, "unresolved_principal")


def test_words_that_are_none(capsys: Capsys) -> None:
    refused(call(capsys, "id", "resolve", "did:key:z", "--key-format", "PEM"), 1, "invalid_input")
    refused(call(capsys, "id", "resolve"), 1, "invalid_input")


class Answering:
    """Stands for the transport: no test asks the world."""

    answer: Any = None

    def get(self, url: str, *, accept: str, most: int) -> bytes | None:
        assert url == "https://agents.example/a/did.json"
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer if self.answer is None else bytes(self.answer)


def test_a_did_web_only_where_that_is_asked_for(capsys: Capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "HttpTransport", Answering)
    hostile = {"id": WEB, "alsoKnownAs": ["\x1b[2J\u202e"]}
    monkeypatch.setattr(Answering, "answer", json.dumps(hostile).encode())
    refused(call(capsys, "id", "resolve", WEB), 2, "unresolved_principal")
    shown = call(capsys, "id", "resolve", WEB, "--network")
    assert shown.code == 0
    assert json.loads(shown.out) == hostile
    assert shown.out.isascii()
    assert all(character.isprintable() or character == "\n" for character in shown.out)
    monkeypatch.setattr(Answering, "answer", None)
    refused(call(capsys, "id", "resolve", WEB, "--network"), 2, "unresolved_principal")
    monkeypatch.setattr(Answering, "answer", UnavailableError("later"))
    refused(call(capsys, "id", "resolve", WEB, "--network"), 4, "unavailable")


def test_without_the_packages_it_says_what_to_install(capsys: Capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "attorn.web.fetch", None)
    refused(call(capsys, "id", "resolve", WEB, "--network"), 4, "unavailable", "attorn[web]")


def test_the_exports_name_no_file(world: World, capsys: Capsys, tmp_path: Path) -> None:
    assert str(tmp_path.parent) not in export(world, capsys, "--json").out
