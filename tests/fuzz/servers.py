"""Harnesses of what a server of the VC API is sent and keeps: bodies, DIDs in a path, its register, its lists."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache

from tests.fuzz import mutators
from tests.fuzz.harness import Harness, accepted, joined, parts_of, require, text_of, tried
from tests.unit import status_scene
from tests.unit.scene import ALICE, NOW
from tests.web import vc_scene

from attorn import integrity
from attorn.canonical import parse
from attorn.errors import CredentialError, InputError, MalformedError, ProofError, VerificationError
from attorn.status import ListKind, bitstring, entry, reading
from attorn.status.register import StatusRegister
from attorn.web import vc_body

_MOST = 1 << 16
_READERS = (
    lambda body: vc_body.read_issue(body, most=_MOST),
    lambda body: vc_body.read_verify(body, "verifiableCredential", most=_MOST),
    lambda body: vc_body.read_verify(body, "verifiablePresentation", most=_MOST),
    lambda body: vc_body.read_changes(body, most=_MOST),
)
_PATHS = ("/credentials/issue", "/credentials/verify", "/presentations/verify", "/credentials/status")
_AT = datetime.fromtimestamp(NOW, UTC)


@cache
def _api() -> vc_scene.Api:
    return vc_scene.Api()


@cache
def _issued() -> object:
    """A credential by this server."""
    return _api().issued()


def _body(data: bytes) -> bool:
    """A body to each endpoint, read; an endpoint knows no body of another."""
    found = [tried(lambda reader=reader: reader(data), CredentialError) for reader in _READERS]  # type: ignore[misc]
    read = [each for each in found if each is not None]
    require(len(read) <= 1, "one body for two endpoints")
    return len(read) == 1


def _served(data: bytes) -> bool:
    """A body to an endpoint, answered: never with a server's error."""
    at, body = data[:1], data[1:]
    answer = _api().post(_PATHS[at[0] % len(_PATHS)] if at else _PATHS[0], body)
    require(answer.status in (200, 201, 400, 422), "another status", answer.status)
    require(json.loads(answer.body) is not None, "no body")
    # Whatever fails in there without being a refusal is answered as undecidable.
    require(b"the VC API failed" not in answer.body, "an error that is no refusal")
    if answer.status >= 400:
        require(answer.media_type == vc_scene.PROBLEM, "a refusal that is no problem")
    return answer.status < 300


def _resolved(data: bytes) -> bool:
    """A DID or a DID URL in a path, in both forms of answer."""
    url, query, *_ = [*map(text_of, parts_of(data, 2)), "", ""]
    if not (url.isprintable() and query.isascii() and query.isprintable()):
        return False
    old = {"accept": 'application/ld+json;profile="https://w3id.org/did-resolution"'}
    path = f"/identifiers/{url}"
    found = [_api().get(path, query=query, raw_path="/identifiers/x", headers=each) for each in ({}, old)]
    require(found[0].status == found[1].status != 500, "two statuses, or a server's error", found[0].status)
    for answer in found:
        require(isinstance(json.loads(answer.body), dict), "no object")
    return found[0].status == 200


def _register(data: bytes) -> bool:
    """What a register keeps."""
    found = accepted(lambda: StatusRegister.decode(data, _uri), MalformedError)
    written = found.encode()
    again = StatusRegister.decode(written, _uri)
    require(again.encode() == written and again.uris == found.uris, "another register once written")
    return True


def _embedded(data: bytes) -> bool:
    """A list with a proof, signed whatever it says."""
    document = accepted(lambda: parse(data, most=_MOST), VerificationError)
    if not isinstance(document, dict):
        return False
    document.pop("proof", None)
    signed = accepted(lambda: integrity.sign(document, by=ALICE, created=_AT), InputError, CredentialError, ProofError)
    text = json.dumps(signed)
    found = accepted(lambda: reading.verify(text), VerificationError)
    require(found == bitstring.read(text), "other lists unsigned than signed")
    for each in found:
        require(each.issuer == ALICE.did and len(each) >= entry.FEWEST, "a list that is none")
        require(each.issued >= NOW, "a list from before it was signed")
    return True


def _uri(kind: ListKind, number: int) -> str:
    return f"https://issuer.example/{kind}/{number}"


def _bodies() -> Iterable[bytes]:
    options = {"cryptosuite": "eddsa-jcs-2022", "type": "DataIntegrityProof", "mandatoryPointers": []}
    wanted = {"type": "BitstringStatusListEntry", "statusPurpose": "suspension"}
    yield json.dumps({"credential": vc_scene.written(), "options": {**options, "credentialStatus": [wanted]}}).encode()
    checks = {"checks": ["proof", "credentialStatus"], "expectedProofPurpose": "assertionMethod", "returnResults": True}
    yield json.dumps({"verifiableCredential": _issued(), "options": checks}).encode()
    bound = {"challenge": "c", "domain": ["a", "b"], "checks": []}
    yield json.dumps({"verifiablePresentation": vc_scene.unsigned(), "options": bound}).encode()
    placed = {**wanted, "statusListCredential": "https://a.example/1", "statusListIndex": "7", "status": "1", "id": "x"}
    yield json.dumps({"credentialId": "urn:a:1", "credentialStatus": placed, "status": False}).encode()
    yield json.dumps({"credentialStatus": [placed, placed]}).encode()


def _requests() -> Iterable[bytes]:
    issue, verify, present, change, _ = _bodies()
    yield b"\0" + issue
    yield b"\1" + verify
    yield b"\2" + present
    yield b"\3" + change
    yield b"\2" + json.dumps({"verifiablePresentation": vc_scene.presentation(_issued())}).encode()


def _urls() -> Iterable[bytes]:
    did = vc_scene.ED.did
    yield joined(did.encode(), b"")
    yield joined(f"{did}#{did[8:]}".encode(), b"publicKeyFormat=Multikey")
    yield joined(did.encode(), b"enableEncryptionKeyDerivation=true&enableExperimentalPublicKeyTypes=false")
    yield joined(b"did:web:issuer.example", b"versionId=1")


def _registers() -> Iterable[bytes]:
    register = StatusRegister(_uri)
    yield register.encode()
    (given,) = register.assign("urn:a:1", [ListKind.REVOCATION])
    register.assign("urn:a:2", [ListKind.SUSPENSION, ListKind.REVOCATION])
    register.set(given, True)
    yield register.encode()


def _lists() -> Iterable[bytes]:
    yield json.dumps(status_scene.credential()).encode()
    yield json.dumps(status_scene.credential({"ttl": 60_000}, validUntil="2040-01-01T00:00:00Z")).encode()
    yield json.dumps(
        status_scene.credential({"statusPurpose": ["suspension", "refresh"]}, issuer={"id": ALICE.did})
    ).encode()


HARNESSES = (
    Harness("vc-body", "a body is for one endpoint at most", _body, _bodies, "attorn.web.vc_body:read_issue", None,
            mutators.json_text, size=8192),
    Harness("vc-served", "no answer is a server's error", _served, _requests, "attorn.web.vc_api:read_body", None,
            lambda data, random: data[:1] + mutators.json_text(data[1:], random), size=8192),
    Harness("did-served", "no answer is a server's error; one status in both forms", _resolved, _urls,
            "attorn.did.resolution:Options.read"),
    Harness("status-register", "fixpoint", _register, _registers, "attorn.status.register:StatusRegister.decode",
            "attorn.status.register:StatusRegister.encode", mutators.json_text),
    Harness("status-embedded", "signed", _embedded, _lists, "attorn.status.reading:verify", None, mutators.json_text),
)  # fmt: skip
