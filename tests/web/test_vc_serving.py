"""`attorn serve vc` as a process of its own, over TLS with a certificate that it made, as the suites reach it."""

from __future__ import annotations

import json
import os
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.web.vc_scene import PROBLEM, written

from attorn import Identity, status
from attorn.cli import main, serving
from attorn.errors import InputError, UnavailableError
from attorn.web.certificate import LOCAL, context, self_signed
from attorn.web.serving import listen

ROOT = Path(__file__).parents[2]
PASSPHRASE = "correct horse battery staple"


@dataclass(frozen=True)
class Server:
    process: subprocess.Popen[str]
    told: dict[str, Any]

    @property
    def url(self) -> str:
        return self.told["url"]

    def client(self) -> httpx.Client:
        """A client that trusts the server's own certificate and no other."""
        port = int(self.url.rpartition(":")[2])
        trusted = ssl.create_default_context(cadata=ssl.get_server_certificate(("127.0.0.1", port)))
        return httpx.Client(base_url=self.url, verify=trusted, trust_env=False, timeout=30)


def start(folder: Path, *words: str) -> Server:
    arguments = ["serve", "vc", "--json", "--port", "0", *key(folder), *words]
    around = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    process = subprocess.Popen(
        [sys.executable, "-m", "attorn", *arguments],
        stdout=subprocess.PIPE,
        text=True,
        env=around,
        cwd=folder,
        # A test run in the background of a shell ignores it, and so would the server.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - no threads of its own yet
    )
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if line == "}\n":
            break
    return Server(process, json.loads("".join(lines)))


def stop(server: Server) -> int:
    server.process.send_signal(signal.SIGINT)
    code = server.process.wait(30)
    assert server.process.stdout is not None
    assert server.process.stdout.read() == ""
    server.process.stdout.close()
    return code


def key(folder: Path) -> list[str]:
    return ["--key", str(folder / "key"), "--passphrase-file", str(folder / "passphrase")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("serving")
    Identity.from_seed(b"\x61" * 32).save(found / "key", passphrase=PASSPHRASE, strength="interactive")
    (found / "passphrase").write_text(PASSPHRASE + "\n")
    (found / "passphrase").chmod(0o600)
    return found


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Server]:
    found = start(folder, "--self-signed", "--state", "state")
    yield found
    if found.process.poll() is None:
        stop(found)


def test_what_is_said_before_it_serves(server: Server) -> None:
    told = server.told
    assert told["ok"] is True
    assert told["did"] == Identity.from_seed(b"\x61" * 32).did
    assert told["suites"] == ["eddsa-jcs-2022", "eddsa-rdfc-2022", "vc+jwt"]
    assert told["endpoints"]["issue"] == f"{server.url}/credentials/issue"
    assert all(url.startswith("https://127.0.0.1:") for url in told["endpoints"].values())


def test_one_state_is_for_one_server(
    server: Server, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder)
    assert main(["serve", "vc", *key(folder), "--port", "0", "--self-signed", "--state", "state"]) == 1
    assert "cannot open the file" in capsys.readouterr().err
    assert server.process.poll() is None


def test_issued_verified_revoked_and_remembered(server: Server, folder: Path) -> None:
    with server.client() as client:
        answer = client.post("/credentials/issue", json={"credential": written(), "options": {}})
        assert answer.status_code == 201
        issued = answer.json()["verifiableCredential"]
        verify = {"verifiableCredential": issued}
        assert client.post("/credentials/verify", json=verify).json()["checks"] == ["proof", "credentialStatus"]
        uri = issued["credentialStatus"]["statusListCredential"]
        assert uri.startswith(f"{server.url}/status/")
        (found,) = status.verify(client.get(uri).text)
        assert (found.uri, found.issuer) == (uri, server.told["did"])
        entry = {"type": "BitstringStatusListEntry", "statusPurpose": "revocation"}
        body = {"credentialId": issued["id"], "credentialStatus": entry}
        assert client.post("/credentials/status", json=body).status_code == 200
        refused = client.post("/credentials/verify", json=verify)
        assert (refused.status_code, refused.headers["content-type"]) == (400, PROBLEM)
        did = server.told["did"]
        assert client.get(f"/identifiers/{did}").json()["didDocument"]["id"] == did
    assert (folder / "state").stat().st_mode & 0o077 == 0
    assert stop(server) == 130
    # The next one has the same lists, at the URL that the credential names.
    again = start(folder, "--self-signed", "--state", "state", "--url", server.url)
    assert again.told["url"] == server.url
    assert stop(again) == 130
    kept = json.loads((folder / "state").read_bytes())
    assert list(kept["given"]) == [issued["id"]]


@pytest.mark.parametrize(
    "data",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"\x00\x01\x02\r\n\r\n",
        b"POST /credentials/issue HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        b"POST /credentials/issue HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n",
        b"POST /credentials/issue HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET /identifiers/" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /identifiers/%ff%fe HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"GET /status/%00/%2f HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    ],
)
def test_no_request_is_answered_with_a_servers_error(folder: Path, plain: Server, data: bytes) -> None:
    port = int(plain.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while part := connection.recv(65_536):
            answer += part
    assert not answer or 400 <= int(answer.split(b" ", 2)[1]) < 500
    assert b"uvicorn" not in answer


@pytest.fixture(scope="module")
def plain(folder: Path) -> Iterator[Server]:
    found = start(folder, "--plain-http", "--status", "none", "--suite", "vc+jwt")
    yield found
    stop(found)


def test_plain_http_on_this_machine(plain: Server) -> None:
    assert plain.url.startswith("http://127.0.0.1:")
    answer = httpx.post(f"{plain.url}/credentials/issue", json={"credential": written()}, trust_env=False)
    issued = answer.json()["verifiableCredential"]
    assert issued["type"] == "EnvelopedVerifiableCredential"
    entry = {"type": "BitstringStatusListEntry", "statusPurpose": "suspension"}
    options = {"credentialStatus": entry, "cryptosuite": "eddsa-jcs-2022"}
    asked = {"credential": written(id="urn:uuid:2"), "options": options}
    issued = httpx.post(f"{plain.url}/credentials/issue", json=asked, trust_env=False).json()["verifiableCredential"]
    verify = {"verifiableCredential": issued}
    assert httpx.post(f"{plain.url}/credentials/verify", json=verify, trust_env=False).status_code == 200


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "one of the arguments"),
        (["--plain-http", "--host", "0.0.0.0"], "only on this machine"),
        (["--plain-http", "--host", "issuer.example"], "only on this machine"),
        (["--plain-http", "--self-signed"], "not allowed with"),
        (["--self-signed", "--host", "0.0.0.0"], "--url"),
        (["--self-signed", "--host", "a/b"], "--host"),
        (["--self-signed", "--host", ""], "--host"),
        (["--self-signed", "--port", "many"], "--port"),
        (["--self-signed", "--url", "http://issuer.example"], "--url"),
        (["--self-signed", "--url", "https://user@issuer.example"], "--url"),
        (["--self-signed", "--url", "https://issuer.example/?a"], "--url"),
        (["--self-signed", "--suite", "ecdsa-jcs-2019"], "suite"),
        (["--self-signed", "--suite", "bbs-2023"], "invalid choice"),
        (["--self-signed", "--certificate-key", "key"], "go together"),
        (["--certificate", "passphrase"], "go together"),
        (["--certificate", "passphrase", "--certificate-key", "passphrase"], "PEM"),
        (["--certificate", "nowhere", "--certificate-key", "passphrase"], "cannot read"),
        (["--self-signed", "--state", "passphrase"], "damaged"),
        (["--self-signed", "--state", "no/such/folder"], "cannot open"),
        (["--self-signed", "--issuer"], "expected one argument"),
    ],
)
def test_what_cannot_be_served(
    folder: Path,
    words: list[str],
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(folder)
    given = ["--port", "0"] if "--port" not in words else []
    assert main(["serve", "vc", *key(folder), *given, *words]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err
    assert PASSPHRASE not in err


def test_a_machine_without_a_server_is_told_what_to_install(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(serving, "find_spec", lambda name: None if name == "uvicorn" else object())
    assert main(["serve", "vc", *key(folder), "--self-signed"]) == 4
    assert "serving needs uvicorn, not installed here: pip install 'attorn[server]'" in capsys.readouterr().err
    monkeypatch.setattr(serving, "find_spec", lambda name: None if name == "pyld" else object())
    assert main(["serve", "vc", *key(folder), "--self-signed", "--suite", "eddsa-rdfc-2022"]) == 4
    assert "serving needs pyld, not installed here: pip install 'attorn[rdf]'" in capsys.readouterr().err


def test_a_port_that_is_taken() -> None:
    with listen("127.0.0.1", 0) as taken, pytest.raises(UnavailableError):
        listen("127.0.0.1", taken.getsockname()[1])
    with pytest.raises(UnavailableError):
        listen("192.0.2.1", 0)
    for host, port in (("127.0.0.1", 70_000), ("127.0.0.1", -1), ("\udc80", 0), ("exämple.com", 0)):
        with pytest.raises(InputError):
            listen(host, port)


@pytest.mark.parametrize(
    "names", [[], ["exämple.com"], 5, None, "localhost", b"localhost", [5], ["localhost", 5], [None], [["localhost"]]]
)
def test_names_that_no_certificate_holds(names: Any) -> None:
    with pytest.raises(InputError):
        self_signed(names, now=datetime.now(UTC))


@pytest.mark.parametrize("days", [0, -1, 399, 1.5])
def test_how_long_a_certificate_may_be_good(days: Any) -> None:
    with pytest.raises(InputError):
        self_signed(LOCAL, now=datetime.now(UTC), days=days)


def test_a_key_of_another_certificate() -> None:
    (first, _), (_, second) = (self_signed(LOCAL, now=datetime.now(UTC)) for _ in range(2))
    for wrong in ((first, second), (first.decode(), second), (first, None), (None, second)):
        with pytest.raises(InputError):
            context(*wrong)  # type: ignore[arg-type]


def test_names_that_fail_to_be_said() -> None:
    def failing() -> Iterator[str]:
        yield "localhost"
        raise OSError("42")

    with pytest.raises(UnavailableError):
        self_signed(failing(), now=datetime.now(UTC))
