"""`attorn serve pdp` as a process of its own, on loopback."""

from __future__ import annotations

import json
import os
import signal
import ssl
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.adapters.authzen.scene import FIXTURE, SECRET

from attorn import Identity, Request, caveat, revocation
from attorn.cli import deciding, main

ROOT = Path(__file__).parents[3]
NAME = "did:web:calendar.example"
ALICE, SCOUT = (Identity.from_seed(bytes([n]) * 32) for n in (71, 72))
REQUEST = Request(action="events:read", resource="cal://alice/2026-11", args={"limit": 10})
POLICY = "permit (principal is Agent, action, resource) when { !(context.args has limit) || context.args.limit <= 20 };"


@dataclass(frozen=True)
class Server:
    process: subprocess.Popen[str]
    told: dict[str, Any]

    @property
    def url(self) -> str:
        return str(self.told["url"])

    def ask(self, body: object, *, path: str = "evaluation", secret: str = SECRET, **how: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {secret}", **how.pop("headers", {})}
        return httpx.post(self.told["endpoints"][path], json=body, headers=headers, trust_env=False, timeout=30, **how)


def start(folder: Path, *words: str) -> Server:
    process = subprocess.Popen(
        [sys.executable, "-m", "attorn", "serve", "pdp", "--json", "--port", "0", *words],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        cwd=folder,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - no threads of its own yet
    )
    assert process.stdout is not None
    lines: list[str] = []
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


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("pdp")
    (made / "policy.cedar").write_text(POLICY)
    (made / "fixture.cedar").write_text(FIXTURE)
    (made / "wrong.cedar").write_text("permit (")
    (made / "latin.cedar").write_bytes(b"// caf\xe9")
    for name, secret, mode in (
        ("secret", SECRET, 0o600),
        ("other", SECRET[::-1] + "\n", 0o600),
        ("open", SECRET, 0o644),
        ("short", "short", 0o600),
    ):
        (made / name).write_text(secret)
        (made / name).chmod(mode)
    return made


CHAIN = ("--root", ALICE.did, "--audience", NAME)


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Server]:
    revoked = revocation.revoke(token(id_only=True), by=ALICE)
    (folder / "revoked").write_text(revoked.encode())
    found = start(
        folder,
        *CHAIN,
        "--plain-http",
        *("--store", "store.db", "--revocations", "revoked"),
        *("--policy", "policy.cedar", "--asserted-policy", "fixture.cedar"),
        *("--pep-secret", "secret", "--pep-secret", "other"),
    )
    yield found
    assert stop(found) == 130


_KEPT: list[Any] = []


def token(*caveats: caveat.Caveat, id_only: bool = False) -> Any:
    made = ALICE.mint(to=SCOUT.did, caveats=[caveat.Actions("events:read"), *caveats])
    if id_only:
        _KEPT.append(made)
    return made


def asked(held: Any = None, request: Request = REQUEST, **changed: Any) -> dict[str, Any]:
    text = SCOUT.present(held or token(), request, **{"audience": NAME, **changed})
    return {
        "subject": {"type": "agent", "id": SCOUT.did},
        "action": {"name": request.action, "properties": dict(request.args)},
        "resource": {"type": "resource", "id": request.resource},
        "context": {"attorn": {"presentation": text}},
    }


def reason(response: httpx.Response) -> str:
    assert response.status_code == 200
    assert response.json()["decision"] is False
    return str(response.json()["context"]["reason"])


def test_it_decides(server: Server) -> None:
    question = asked()
    assert server.ask(question).json() == {"decision": True, "context": {"root": ALICE.did, "holder": SCOUT.did}}
    assert reason(server.ask(question)) == "replayed"
    assert reason(server.ask(asked(audience="did:web:other.example"))) == "wrong_audience"
    large = Request(action="events:read", resource=REQUEST.resource, args={"limit": 21})
    assert server.ask(asked(request=large)).json()["context"]["caveat"] == "Cedar"
    assert reason(server.ask(asked(_KEPT[0]))) == "revoked"
    assert server.ask(asked(), secret=SECRET[::-1]).json()["decision"] is True
    assert server.ask(asked(), secret="x" * 40).status_code == 401
    several = server.ask({"evaluations": [asked(), question]}, path="evaluations").json()["evaluations"]
    assert [each["decision"] for each in several] == [True, False]
    known = {"subject": {"type": "user", "id": "alice"}, "resource": {"type": "record", "id": "record-1"}}
    for action, allowed in (("read", True), ("delete", False)):
        assert server.ask({**known, "action": {"name": action}}).json()["decision"] is allowed
    metadata = httpx.get(server.told["endpoints"]["metadata"], trust_env=False).json()
    assert metadata["policy_decision_point"] == server.url


def test_over_plain_http_it_answers_to_its_own_names_only(server: Server) -> None:
    assert server.ask(asked(), headers={"Host": "evil.example"}).status_code == 421


def test_asserted_subjects_alone_over_tls(folder: Path) -> None:
    found = start(folder, "--self-signed", "--asserted-policy", "fixture.cedar", "--unsafe-anybody")
    assert found.url.startswith("https://127.0.0.1:")
    trusted = ssl.create_default_context(
        cadata=ssl.get_server_certificate(("127.0.0.1", int(found.url.rpartition(":")[2])))
    )
    question = {
        "subject": {"type": "user", "id": "bob"},
        "action": {"name": "write"},
        "resource": {"type": "record", "id": "record-1"},
    }
    assert found.ask(question, verify=trusted).json()["decision"] is False
    assert reason(found.ask(asked(), verify=trusted)) == "no_verifier"
    assert stop(found) == 130


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ([*CHAIN, "--plain-http"], 1, "--pep-secret"),
        ([*CHAIN, "--unsafe-anybody"], 1, "one of the arguments"),
        ([*CHAIN, "--unsafe-anybody", "--pep-secret", "secret", "--plain-http"], 1, "not allowed with"),
        (["--unsafe-anybody", "--plain-http"], 1, "--root and --audience"),
        (["--root", ALICE.did, "--unsafe-anybody", "--plain-http"], 1, "--root and --audience"),
        (["--audience", NAME, "--unsafe-anybody", "--plain-http"], 1, "--root and --audience"),
        (["--audience", "", "--root", ALICE.did, "--unsafe-anybody", "--plain-http"], 1, "audience"),
        (["--root", "alice", "--audience", NAME, "--unsafe-anybody", "--plain-http"], 1, "roots"),
        ([*CHAIN, "--unsafe-anybody", "--plain-http", "--host", "0.0.0.0"], 1, "only on this machine"),
        ([*CHAIN, "--unsafe-anybody", "--self-signed", "--url", "https://pdp.example/tenant"], 1, "origin"),
        ([*CHAIN, "--unsafe-anybody", "--plain-http", "--policy", "nowhere"], 1, "cannot read"),
        ([*CHAIN, "--unsafe-anybody", "--plain-http", "--policy", "wrong.cedar"], 1, "Cedar"),
        ([*CHAIN, "--unsafe-anybody", "--plain-http", "--policy", "latin.cedar"], 1, "UTF-8"),
        (
            [*CHAIN, "--unsafe-anybody", "--plain-http", "--policy", "policy.cedar", "--entities", "policy.cedar"],
            1,
            "Cedar",
        ),
        ([*CHAIN, "--unsafe-anybody", "--plain-http", "--revocations", "policy.cedar"], 1, "revocations: line 1"),
        ([*CHAIN, "--plain-http", "--pep-secret", "open"], 5, "0600"),
        ([*CHAIN, "--plain-http", "--pep-secret", "nowhere"], 5, "key file"),
        ([*CHAIN, "--plain-http", "--pep-secret", "short"], 1, "32 characters"),
        (
            ["--asserted-policy", "fixture.cedar", "--store", "s.db", "--unsafe-anybody", "--plain-http"],
            1,
            "about chains",
        ),
        (
            ["--asserted-policy", "fixture.cedar", "--policy", "policy.cedar", "--unsafe-anybody", "--plain-http"],
            1,
            "chains",
        ),
    ],
)
def test_what_cannot_be_served(  # noqa: PLR0917
    folder: Path,
    words: list[str],
    code: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(folder)
    assert main(["serve", "pdp", "--port", "0", *words]) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err
    assert SECRET not in err


def test_a_machine_without_what_it_needs_is_told_what_to_install(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder)
    for name, extra in (("uvicorn", "server"), ("httpx", "authzen"), ("cedarpy", "cedar")):
        monkeypatch.setattr(deciding, "find_spec", lambda asked, name=name: None if asked == name else object())
        words = [*CHAIN, "--unsafe-anybody", "--plain-http", "--policy", "policy.cedar"]
        assert main(["serve", "pdp", *words]) == 4
        assert f"serving needs {name}, not installed here: pip install 'attorn[{extra}]'" in capsys.readouterr().err
