"""The VC API in this process: an issuer with lists, a verifier, and credentials that somebody wrote for these tests."""

from __future__ import annotations

import asyncio
import atexit
import copy
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from starlette.types import ASGIApp

from attorn import Identity, credential
from attorn.credential import Securing
from attorn.errors import AttornError
from attorn.integrity import Suite
from attorn.keys.signer import P256Signer
from attorn.status import ListKind
from attorn.web.did_api import DidApi
from attorn.web.vc_api import application
from attorn.web.vc_form import Form
from attorn.web.vc_issuing import Issuing
from attorn.web.vc_lists import Lists, OwnLists
from attorn.web.vc_verifying import Verifying

V1 = "https://www.w3.org/2018/credentials/v1"
V2 = "https://www.w3.org/ns/credentials/v2"
EXAMPLES = "https://www.w3.org/ns/credentials/examples/v2"
BASE = "https://issuer.example/status/"
NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)
ED = Identity.from_seed(b"\x51" * 32)
EC = Identity(P256Signer.from_scalar(b"\x52" * 32))
HOLDER = Identity.from_seed(b"\x53" * 32)
SIGNERS = {form: EC if form.startswith("ecdsa") else ED for form in Form}
PROBLEM = "application/problem+json"
DATA_MODEL, SECURITY, STATUS_LIST = (
    "https://www.w3.org/TR/vc-data-model#",
    "https://w3id.org/security#",
    "https://www.w3.org/ns/credentials/status-list#",
)


def clock() -> datetime:
    return NOW


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def data(self) -> Any:
        return json.loads(self.body)

    @property
    def media_type(self) -> str:
        return self.headers["content-type"]


@cache
def runner() -> asyncio.Runner:
    """One loop for all requests: a new one for each, with its threads, would cost more than the requests do."""
    made = asyncio.Runner()
    atexit.register(made.close)
    return made


def ask(
    app: ASGIApp,
    method: str,
    path: str,
    body: bytes = b"",
    *,
    headers: dict[str, str] | None = None,
    query: str = "",
    raw_path: str | None = None,
) -> Answer:
    """What the application answers; whatever it raises is raised here."""
    given = {"content-type": "application/json", **(headers or {})}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "https",
        "path": path,
        "raw_path": (path if raw_path is None else raw_path).encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in given.items()],
        "client": ("127.0.0.1", 1),
        "server": ("issuer.example", 443),
    }
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    runner().run(app(scope, receive, send))
    start, *parts = sent
    found = {name.decode(): value.decode() for name, value in start["headers"]}
    return Answer(start["status"], found, b"".join(part.get("body", b"") for part in parts))


class Api:
    """A server of one issuer, whose DID is that of the form's key."""

    def __init__(self, form: Form = Form.EDDSA_JCS_2022, *, purposes: tuple[ListKind, ...] = ()) -> None:
        self.by = SIGNERS[form]
        suite = form.suite or Suite.EDDSA_JCS_2022
        self.lists = Lists(self.by, base=BASE, suite=suite, clock=clock)
        self.app = application(
            issuing=Issuing(self.by, form=form, lists=self.lists, purposes=purposes, clock=clock),
            verifying=Verifying(transport=OwnLists(self.lists), clock=clock),
            lists=self.lists,
            dids=DidApi(),
        )

    def post(self, path: str, body: object) -> Answer:
        return ask(self.app, "POST", path, body if isinstance(body, bytes) else json.dumps(body).encode())

    def get(self, path: str, **asked: Any) -> Answer:
        return ask(self.app, "GET", path, **asked)

    def issue(self, document: dict[str, Any], **options: Any) -> Answer:
        return self.post("/credentials/issue", {"credential": document, "options": options})

    def issued(self, document: dict[str, Any] | None = None, **options: Any) -> dict[str, Any]:
        answer = self.issue(written() if document is None else document, **options)
        assert answer.status == 201, answer.body
        return answer.data["verifiableCredential"]

    def verify(self, secured: object, **options: Any) -> Answer:
        return self.post("/credentials/verify", {"verifiableCredential": secured, "options": options})

    def verify_presentation(self, secured: object, **options: Any) -> Answer:
        return self.post("/presentations/verify", {"verifiablePresentation": secured, "options": options})

    def set(self, credential_id: str, purpose: str = "revocation", **further: Any) -> Answer:
        entry = {"type": "BitstringStatusListEntry", "statusPurpose": purpose, **further}
        return self.post("/credentials/status", {"credentialId": credential_id, "credentialStatus": entry})


def written(**changed: Any) -> dict[str, Any]:
    """A credential that nobody has secured; `...` takes a member away, `context` is `@context`."""
    given: dict[str, Any] = {
        "@context": [V2],
        "id": "urn:uuid:0b7a1a52-8f3c-4f0e-9a5d-6a2f1a1e0c11",
        "type": ["VerifiableCredential"],
        "issuer": "did:example:any",
        "credentialSubject": {"id": HOLDER.did, "name": "Scout"},
    }
    given |= {"@context" if name == "context" else name: value for name, value in changed.items()}
    return {name: value for name, value in given.items() if value is not ...}


def presentation(*credentials: Any, by: Identity = HOLDER, **asked: Any) -> dict[str, Any]:
    """A presentation that `by` signed."""
    asked = {"challenge": None, "domain": None, "securing": Securing.DATA_INTEGRITY, "created": NOW, **asked}
    return credential.present(list(credentials), by=by, **asked)


def unsigned(*credentials: Any, **changed: Any) -> dict[str, Any]:
    """A presentation that nobody signed."""
    given = {"@context": [V2], "type": ["VerifiablePresentation"], "verifiableCredential": list(credentials)}
    given |= {"@context" if name == "context" else name: value for name, value in changed.items()}
    return {name: value for name, value in given.items() if value is not ...}


def with_proof(document: dict[str, Any], **changed: Any) -> dict[str, Any]:
    """The same, members of its proof changed; `...` takes one away."""
    found = copy.deepcopy(document)
    proof = {**found["proof"], **changed}
    found["proof"] = {name: value for name, value in proof.items() if value is not ...}
    return found


def refused(answer: Answer, *problems: str, status: int = 400) -> dict[str, Any]:
    """The problem in a refusal, which must be one (RFC 9457), of one of these types where they are given."""
    assert answer.status == status, answer.body
    assert answer.media_type == PROBLEM
    problem = answer.data
    assert problem["status"] == status
    assert problem["type"]
    assert problem["title"]
    assert b"Traceback" not in answer.body
    assert b"/src/" not in answer.body
    if problems:
        assert problem["type"] in problems, problem
    return problem


class Broken:
    """A signer that fails, and says what nobody may hear."""

    public_key = ED.signer.public_key

    def sign(self, message: bytes) -> bytes:
        raise AttornError("the secret is 42")
