"""`attorn vc`: credentials issued, presented, verified and revoked from files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.unit.test_cli_world import Outcome, World, call, refused, stdin

from attorn import Identity, integrity, status
from attorn.cli import network
from attorn.cli.program import main
from attorn.keys.signer import P256Signer

V2 = "https://www.w3.org/ns/credentials/v2"
URI = "https://issuer.example/lists/1"
SUITES = ("eddsa-jcs-2022", "eddsa-rdfc-2022", "vc+jwt")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("credentials"))


class Desk:
    """The commands, with their files, of one test."""

    def __init__(self, world: World, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.world = world
        self.folder = folder
        self.capsys = capsys

    def call(self, *words: str) -> Outcome:
        return call(self.capsys, "vc", *words)

    def file(self, name: str, content: object) -> str:
        path = self.folder / name
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return str(path)

    def document(self, **changed: Any) -> str:
        subject = {"id": self.world.did["scout"], "name": "Scout"}
        given = {"@context": [V2], "type": ["VerifiableCredential"], "credentialSubject": subject, **changed}
        return self.file("document", {name: value for name, value in given.items() if value is not ...})

    def issued(self, *words: str, **changed: Any) -> str:
        done = self.call("issue", self.document(**changed), *self.world.key("alice"), *words)
        assert done.code == 0, done.err
        return self.file("secured", done.out)

    def verify(self, path: str, *words: str, by: str = "alice") -> Outcome:
        return self.call("verify", path, "--issuer", self.world.did[by], *words)

    def present(self, *words: str) -> Outcome:
        return self.call("present", *words, *self.world.key("scout"))

    def list(self, *words: str) -> Outcome:
        return self.call("status", str(self.folder / "list"), *self.world.key("alice"), *words)

    def signed(self, *words: str) -> str:
        done = self.list(*words)
        assert done.code == 0, done.err
        return self.file("signed", done.out)


@pytest.fixture
def desk(world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    return Desk(world, tmp_path, capsys)


@pytest.mark.parametrize("suite", SUITES)
def test_issued_verified_and_presented(desk: Desk, suite: str) -> None:
    path = desk.issued("--suite", suite)
    assert Path(path).read_text().startswith("ey" if suite == "vc+jwt" else "{")
    found = desk.verify(path, "--json").data["credential"]
    assert (found["issuer"], found["subjects"]) == (desk.world.did["alice"], [desk.world.did["scout"]])
    assert found["securing"] == ("jose" if suite == "vc+jwt" else "data-integrity")
    assert found["document"]["credentialSubject"]["name"] == "Scout"
    shown = desk.file("shown", desk.present(path, "--challenge", "c", "--domain", "d", "--suite", suite).out)
    told = desk.verify(shown, "--challenge", "c", "--domain", "d", "--json").data
    assert (told["holder"], len(told["credentials"])) == (desk.world.did["scout"], 1)


def test_text_for_people(desk: Desk) -> None:
    path = desk.issued(validUntil="2999-01-01T00:00:00Z")
    lines = desk.verify(path).out.splitlines()
    assert lines[0] == f"GENUINE credential by {desk.world.did['alice']}"
    assert lines[-1] == "  until    2999-01-01T00:00:00Z"
    shown = desk.file("shown", desk.present(path, "--unbound").out)
    assert desk.verify(shown, "--unbound").out.startswith(
        f"GENUINE presentation by {desk.world.did['scout']}\n  GENUINE"
    )


def test_an_issuer_that_is_missing_is_filled_in(desk: Desk) -> None:
    done = desk.call("issue", desk.document(), *desk.world.key("alice"), "--json")
    assert done.data["credential"]["issuer"] == done.data["issuer"] == desk.world.did["alice"]


def test_from_standard_input(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    path = desk.issued()
    stdin(monkeypatch, Path(path).read_text())
    assert desk.verify("-").code == 0
    stdin(monkeypatch, Path(desk.document()).read_text())
    assert desk.call("issue", "-", *desk.world.key("alice")).code == 0
    words = ("--key", str(desk.world.folder / "alice.key"), "--passphrase-stdin")
    refused(desk.call("issue", "-", *words), 1, "invalid_input", "not both")
    refused(desk.call("present", "-", "-", "--unbound", *desk.world.key("scout")), 1, "invalid_input", "once")


@pytest.mark.parametrize(
    "changed",
    [
        {"issuer": "did:example:another"},
        {"issuer": None},
        {"@context": ...},
        {"@context": [V2, "https://unknown.example"]},
        {"type": ["Badge"]},
        {"credentialSubject": {}},
        {"undefinedTerm": "x"},
        {"validFrom": "soon"},
    ],
)
def test_what_is_not_issued(desk: Desk, changed: dict[str, Any]) -> None:
    refused(desk.call("issue", desk.document(**changed), *desk.world.key("alice")), 2, "bad_credential")


@pytest.mark.parametrize(
    ("content", "code"), [("", "malformed"), ("[]", "malformed"), ("{", "malformed"), ("{} {}", "malformed")]
)
def test_what_is_no_document(desk: Desk, content: str, code: str) -> None:
    refused(desk.call("issue", desk.file("document", content), *desk.world.key("alice")), 2, code)


def test_a_suite_of_another_key(desk: Desk) -> None:
    refused(
        desk.call("issue", desk.document(), *desk.world.key("alice"), "--suite", "ecdsa-jcs-2019"), 1, "invalid_input"
    )


def test_a_p256_key(desk: Desk) -> None:
    by = Identity(P256Signer.from_scalar(b"\x71" * 32))
    by.save(desk.folder / "p256", passphrase="correct horse battery staple", strength="interactive")
    key = ("--key", str(desk.folder / "p256"), "--passphrase-file", str(desk.world.folder / "passphrase"))
    done = desk.call("issue", desk.document(), *key, "--suite", "ecdsa-rdfc-2019")
    assert desk.call("verify", desk.file("secured", done.out), "--issuer", by.did).code == 0


def test_whose_it_is_must_be_said(desk: Desk) -> None:
    path = desk.issued()
    refused(desk.call("verify", path), 1, "invalid_input", "--issuer")
    refused(desk.verify(path, by="mallory"), 2, "bad_credential", "not an issuer")
    assert desk.call("verify", path, "--any-issuer").code == 0
    refused(desk.call("verify", path, "--any-issuer", "--issuer", "did:key:z"), 1, "invalid_input")
    assert desk.verify(path, "--issuer", desk.world.did["alice"], by="mallory").code == 0


def test_what_was_changed(desk: Desk) -> None:
    document = json.loads(Path(desk.issued()).read_text())
    document["credentialSubject"]["name"] = "Mallory"
    refused(desk.verify(desk.file("changed", document)), 2, "bad_proof")
    document.pop("proof")
    refused(desk.verify(desk.file("bare", document)), 2, "bad_credential")
    text = Path(desk.issued("--suite", "vc+jwt")).read_text().strip()
    refused(desk.verify(desk.file("jws", text[:-4])), 2, "bad_credential")


@pytest.mark.parametrize("content", ["", "no jws", "[]", '{"type": 5}', "a.b.c", "ey.ey.ey", "\ufeff{}"])
def test_what_is_no_credential(desk: Desk, content: str) -> None:
    done = desk.verify(desk.file("junk", content))
    assert done.code == 2
    assert done.err.startswith(("attorn: bad_credential", "attorn: malformed"))


def test_files_that_are_none(desk: Desk) -> None:
    refused(desk.verify(str(desk.folder / "nowhere")), 1, "invalid_input", "cannot read")
    (desk.folder / "latin").write_bytes(b"\xff")
    refused(desk.verify(str(desk.folder / "latin")), 1, "invalid_input", "UTF-8")
    refused(desk.verify(desk.issued(), "--list", str(desk.folder / "nowhere")), 1, "invalid_input", "cannot read")
    refused(desk.verify(desk.issued(), "--list", desk.file("junk", "junk")), 2, "malformed")


def test_out_of_its_time(desk: Desk) -> None:
    refused(desk.verify(desk.issued(validUntil="2001-01-01T00:00:00Z")), 2, "outside_validity")
    refused(desk.verify(desk.issued(validFrom="2999-01-01T00:00:00Z")), 2, "outside_validity")


def test_version_1_1_is_taken_where_that_is_said(desk: Desk) -> None:
    alice = Identity.from_seed(b"\x01" * 32)
    old = {
        "@context": ["https://www.w3.org/2018/credentials/v1", "https://w3id.org/security/data-integrity/v2"],
        "type": ["VerifiableCredential"],
        "issuer": alice.did,
        "issuanceDate": "2020-01-01T00:00:00Z",
        "credentialSubject": {"id": desk.world.did["scout"]},
    }
    path = desk.file("old", integrity.sign(old, by=alice))  # type: ignore[arg-type]
    refused(desk.verify(path), 2, "bad_credential")
    assert desk.verify(path, "--accept-v1").code == 0


class TestPresentations:
    def test_for_whom_must_be_said(self, desk: Desk) -> None:
        path = desk.issued()
        refused(desk.present(path), 1, "invalid_input", "--unbound")
        refused(desk.present(path, "--unbound", "--challenge", "c"), 1, "invalid_input", "--unbound")
        shown = desk.file("shown", desk.present(path, "--challenge", "c", "--domain", "d").out)
        refused(desk.verify(shown), 1, "invalid_input", "--unbound")
        refused(desk.verify(shown, "--unbound", "--domain", "d"), 1, "invalid_input")
        for words in (("--challenge", "x", "--domain", "d"), ("--challenge", "c", "--domain", "x")):
            refused(desk.verify(shown, *words), 2, "bad_proof")
        assert desk.verify(shown, "--unbound").code == 0

    @pytest.mark.parametrize("words", [("--challenge", "c"), ("--domain", "d"), ("--unbound",)])
    def test_a_credential_is_for_nobody_in_particular(self, desk: Desk, words: tuple[str, ...]) -> None:
        refused(desk.verify(desk.issued(), *words), 1, "invalid_input", "for presentations")

    def test_an_unsigned_one(self, desk: Desk) -> None:
        document = json.loads(Path(desk.issued()).read_text())
        bare = {"@context": [V2], "type": ["VerifiablePresentation"], "verifiableCredential": [document]}
        path = desk.file("bare", bare)
        assert desk.verify(path, "--unbound").out.startswith("UNSIGNED presentation\n")
        assert desk.verify(path, "--unbound", "--json").data["holder"] is None
        refused(desk.verify(path, "--challenge", "c"), 2, "bad_credential")

    def test_one_bad_credential_spoils_it(self, desk: Desk) -> None:
        good = desk.issued()
        bad = json.loads(Path(good).read_text()) | {"id": "urn:uuid:1"}
        shown = desk.file("shown", desk.present(good, desk.file("bad", bad), "--unbound").out)
        refused(desk.verify(shown, "--unbound"), 2, "bad_proof")

    def test_what_is_not_secured_is_not_presented(self, desk: Desk) -> None:
        refused(desk.present(desk.document(issuer=desk.world.did["alice"]), "--unbound"), 2, "bad_credential")


class TestStatus:
    @pytest.mark.parametrize("suite", SUITES)
    def test_revoked(self, desk: Desk, suite: str) -> None:
        first = desk.signed("--uri", URI, "--kind", "revocation", "--suite", suite)
        path = desk.issued("--status", str(desk.folder / "list"), "--suite", suite)
        refused(desk.verify(path), 4, "stale_status")
        assert desk.verify(path, "--ignore-status").code == 0
        assert desk.verify(path, "--list", first).code == 0
        document = desk.verify(path, "--list", first, "--json").data["credential"]["document"]
        index = document["credentialStatus"]["statusListIndex"]
        second = desk.signed("--revoke", index, "--suite", suite)
        refused(desk.verify(path, "--list", second), 2, "revoked")
        # Whoever has both goes by the newer one.
        refused(desk.verify(path, "--list", second, "--list", first), 2, "revoked")
        (found,) = status.verify(Path(second).read_text().strip())
        assert (found.uri, found.value(int(index))) == (URI, 1)

    def test_suspended_and_resumed(self, desk: Desk) -> None:
        desk.signed("--uri", URI, "--kind", "suspension")
        path = desk.issued("--status", str(desk.folder / "list"))
        index = json.loads(Path(path).read_text())["credentialStatus"]["statusListIndex"]
        refused(desk.verify(path, "--list", desk.signed("--suspend", index)), 2, "suspended")
        assert desk.verify(path, "--list", desk.signed("--resume", index)).code == 0
        refused(desk.list("--revoke", index), 1, "invalid_input")

    def test_a_token_list(self, desk: Desk) -> None:
        signed = desk.signed("--uri", URI, "--kind", "token")
        file = str(desk.folder / "list")
        path = desk.issued("--status", file, "--suite", "vc+jwt")
        assert desk.verify(path, "--list", signed).code == 0
        refused(
            desk.call("issue", desk.document(), *desk.world.key("alice"), "--status", file),
            1,
            "invalid_input",
            "vc+jwt",
        )
        refused(desk.list("--suite", "eddsa-jcs-2022"), 1, "invalid_input")

    def test_a_list_by_somebody_else(self, desk: Desk) -> None:
        desk.signed("--uri", URI, "--kind", "revocation")
        path = desk.issued("--status", str(desk.folder / "list"))
        theirs = desk.call("status", str(desk.folder / "list"), *desk.world.key("mallory"))
        refused(desk.verify(path, "--list", desk.file("theirs", theirs.out)), 4, "stale_status")

    def test_a_list_that_is_too_old(self, desk: Desk) -> None:
        signed = desk.signed("--uri", URI, "--kind", "revocation")
        path = desk.issued("--status", str(desk.folder / "list"))
        refused(desk.verify(path, "--list", signed, "--staleness", "soon"), 1, "invalid_input", "--staleness")
        assert desk.verify(path, "--list", signed, "--staleness", "10m").code == 0

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            ((), "there is no such file"),
            (("--uri", URI), "go together"),
            (("--kind", "revocation"), "go together"),
            (("--uri", "no uri", "--kind", "revocation"), "absolute URI"),
            (("--uri", URI, "--kind", "revocation", "--revoke", "5"), "no such entry"),
            (("--uri", URI, "--kind", "revocation", "--revoke", "five"), "whole number"),
            (("--uri", URI, "--kind", "revocation", "--revoke", "1", "--suspend", "1"), "not allowed with"),
            (("--uri", URI, "--kind", "revocation", "--lifetime", "0s"), "lifetime"),
            (("--uri", URI, "--kind", "message"), "invalid choice"),
        ],
    )
    def test_what_is_no_list(self, desk: Desk, words: tuple[str, ...], said: str) -> None:
        refused(desk.list(*words), 1, "invalid_input", said)
        assert not (desk.folder / "list").exists()

    def test_a_list_is_made_once_and_damaged_never(self, desk: Desk) -> None:
        desk.signed("--uri", URI, "--kind", "revocation")
        refused(desk.list("--uri", URI, "--kind", "revocation"), 1, "invalid_input", "there already")
        desk.file("list", "{}")
        refused(desk.list(), 1, "invalid_input", "damaged")
        assert (desk.folder / "list").read_text() == "{}"

    def test_what_was_not_issued_has_taken_no_entry(self, desk: Desk) -> None:
        desk.signed("--uri", URI, "--kind", "revocation")
        before = (desk.folder / "list").read_bytes()
        file = str(desk.folder / "list")
        for changed in ({"undefinedTerm": "x"}, {"credentialStatus": {"type": "urn:t:1"}}):
            words = (desk.document(**changed), *desk.world.key("alice"), "--status", file)
            assert desk.call("issue", *words).code in (1, 2)
        assert (desk.folder / "list").read_bytes() == before
        assert (desk.folder / "list").stat().st_mode & 0o077 == 0


class TestNetwork:
    """What --network asks for, answered from this folder."""

    @pytest.fixture
    def asked(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
        pages: dict[str, str] = {}

        class Pages:
            def get(self, url: str, *, accept: str, most: int) -> bytes | None:
                assert accept
                assert most
                path = pages.get(url)
                return None if path is None else Path(path).read_bytes().strip()

        monkeypatch.setattr(network, "transport", Pages)
        return pages

    def test_the_log_of_a_did_and_its_list(self, desk: Desk, asked: dict[str, str]) -> None:
        passphrase = ("--passphrase-file", str(desk.world.folder / "passphrase"))
        file = str(desk.folder / "webvh.key")
        words = ("--method", "webvh", "--domain", "issuer.example", "--strength", "interactive")
        did = call(desk.capsys, "id", "new", file, *words, *passphrase).out.strip()
        key = ("--key", file, *passphrase)
        list_file = str(desk.folder / "list")
        signed = desk.file("signed", desk.call("status", list_file, *key, "--uri", URI, "--kind", "revocation").out)
        path = desk.file("secured", desk.call("issue", desk.document(), *key, "--status", list_file).out)
        assert json.loads(Path(path).read_text())["proof"]["verificationMethod"].startswith(f"{did}#")
        verify = ("verify", path, "--issuer", did)
        refused(desk.call(*verify), 2, "unresolved_principal")
        assert desk.call(*verify, "--network").code != 0
        asked["https://issuer.example/.well-known/did.jsonl"] = str(desk.folder / "did.jsonl")
        refused(desk.call(*verify, "--network"), 4, "stale_status")
        asked[URI] = signed
        assert desk.call(*verify, "--network").code == 0
        index = json.loads(Path(path).read_text())["credentialStatus"]["statusListIndex"]
        desk.file("signed", desk.call("status", list_file, *key, "--revoke", index).out)
        refused(desk.call(*verify, "--network"), 2, "revoked")
        # What the server serves at that URI must be the list of that URI.
        other = desk.call("status", f"{list_file}2", *key, "--uri", f"{URI}2", "--kind", "revocation").out
        asked[URI] = desk.file("other", other)
        refused(desk.call(*verify, "--network"), 2, "bad_status")


@pytest.mark.parametrize("form", ["", "sign", "--json"])
def test_forms_that_are_none(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["vc", *([form] if form else [])]) == 1
    assert "attorn: invalid_input" in capsys.readouterr().err
