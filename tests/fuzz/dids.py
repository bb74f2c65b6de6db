"""Harnesses of DIDs that somebody has to look up: documents in JSON, options, URLs, and where a did:web leads."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from tests.fuzz import mutators
from tests.fuzz.harness import Harness, accepted, joined, parts_of, require, text_of, tried
from vectors.testkit import ALICE, PLANNER, Key

from attorn import canonical
from attorn.did import dereferencing, peer2, peer4, reading, web
from attorn.did.document import Relationship
from attorn.did.resolution import Options, Resolution
from attorn.did.resolver import LocalResolver, resolution
from attorn.errors import MalformedError, ResolutionError
from attorn.keys import x25519
from attorn.keys.public import Algorithm, PublicKey
from attorn.request import url

DID = "did:web:a.example"
NOW = datetime(2026, 11, 22, tzinfo=UTC)
P256 = Key(b"\x01" * 32, 1)
POINT = PublicKey(Algorithm.P256, P256.data)
EDWARDS = PublicKey(Algorithm.ED25519, ALICE.data)
AGREEMENT = x25519.derive(EDWARDS)
SERVICES: list[Any] = [
    {"id": "#s", "type": "A", "serviceEndpoint": "https://s.example/x/"},
    {"id": "#t", "type": ["A", "B"], "serviceEndpoint": ["https://t.example", {"uri": "x"}]},
]


def _method(fragment: str, key: Any = EDWARDS, **more: Any) -> dict[str, Any]:
    text = x25519.to_multibase(key) if isinstance(key, x25519.AgreementKey) else "z" + _base58(key)
    return {"id": f"{DID}#{fragment}", "type": "Multikey", "controller": DID, "publicKeyMultibase": text, **more}


def _base58(key: PublicKey) -> str:
    return (ALICE if key == EDWARDS else P256).did.removeprefix("did:key:z")


DOCUMENT: dict[str, Any] = {
    "@context": ["https://www.w3.org/ns/did/v1"],
    "id": DID,
    "verificationMethod": [_method("k"), _method("e", AGREEMENT), _method("p", POINT, expires="2027-01-01T00:00:00Z")],
    "capabilityInvocation": ["#k", f"{DID}#p"],
    "authentication": [_method("m")],
    "keyAgreement": ["#e"],
    "service": SERVICES,
}


class Known:
    """Knows one document."""

    def resolve(self, did: str) -> Any:
        return self.look_up(did, Options()).document

    def look_up(self, did: str, options: Options) -> Resolution:
        if did != DID:
            raise ResolutionError("another")
        return Resolution(did_document=DOCUMENT, document=reading.read(DOCUMENT, DID), content_type=options.accept)


def _document(data: bytes) -> bool:
    value = accepted(lambda: canonical.parse(data), MalformedError)
    found = accepted(lambda: reading.read(value, DID, now=NOW), MalformedError)
    require(isinstance(value, dict) and value["id"] == found.id == DID, "a document of another DID")
    require(reading.read(reading.write(found), DID, now=NOW) == found, "another document once written")
    timeless = reading.read(value, DID)
    require(set(timeless.methods) <= set(found.methods), "more without a clock than with one")
    require(all(each.until is None for each in timeless.methods), "a method that ends, without a clock")
    for each in found.methods:
        require(each.until is None or each.until > NOW, "a method that has ended")
        named = [f"{DID}#{each.id.partition('#')[2]}", "#" + each.id.partition("#")[2]]
        for relationship in each.relationships:
            listed = value[relationship]  # type: ignore[index,call-overload]
            own = [item["id"] if isinstance(item, dict) else item for item in listed]  # type: ignore[union-attr]
            require(any(name in own for name in named), "a relationship that nothing names")
    return bool(found.methods)


def _looked_up(data: bytes) -> bool:
    """A DID that says everything itself, and what is asked beside it."""
    did, *rest = map(text_of, parts_of(data, 2))
    options = Options()
    if rest and rest[0]:
        value = accepted(lambda: canonical.parse(rest[0]), MalformedError)
        options = accepted(lambda: Options.read(value), ResolutionError)
    result = tried(lambda: LocalResolver().look_up(did, options), ResolutionError)
    authority = tried(lambda: LocalResolver().resolve(did), ResolutionError)
    told = resolution(LocalResolver(), did, options)
    require(result is None or result == told, "two results")
    require(result is not None or told.error is not None, "a document and an error")
    require(authority is None or result is not None or options != Options(), "authority without a document")
    if result is None:
        return False
    written = result.to_json()
    require(canonical.parse(canonical.canonicalise(written)) == written, "a result that is no JSON")
    document = result.did_document
    assert document is not None
    assert result.document is not None
    require(document["id"] == did and result.status == 200, "a document of another DID")
    shown = reading.read(document, did)
    require(authority is None or authority == result.document, "two authorities")
    require(result.document == shown or (authority is None and not result.document.methods), "more than is shown")
    return True


def _web(data: bytes) -> bool:
    text = text_of(data)
    found = accepted(lambda: web.url_of(text), MalformedError)
    theirs = urlsplit(found)
    require(theirs.scheme == "https" and theirs.hostname in (url.hosts(found) or ()), "another reader's host", found)
    require(found.isascii() and not theirs.query and not theirs.fragment and theirs.username is None, found)
    require(".." not in found.split("/") and theirs.path.endswith("/did.json"), "another folder", found)
    require(theirs.netloc.replace(":", "%3a") == text.split(":")[2].lower(), "another host than was named", found)
    return True


def _url(data: bytes) -> bool:
    text = DID + text_of(data)
    for relationship in (None, Relationship.AUTHENTICATION):
        found = dereferencing.dereference(text, Known(), relationship=relationship)
        require((found.error is None) != (found.content is None), "both or neither")
    found = dereferencing.dereference(text, Known())
    if found.content_type == "text/uri-list":
        assert isinstance(found.content, list)
        for each in found.content:
            require(urlsplit(str(each)).hostname in ("s.example", "t.example"), "another host", each)
    elif found.error is None and found.content != DOCUMENT:
        assert isinstance(found.content, dict)
        named = reading.absolute(str(found.content["id"]), DID)
        require(text.endswith(named.removeprefix(DID)), "another part", named)
    return found.error is None


def _agreement(data: bytes) -> bool:
    text = text_of(data)
    spelt = tried(lambda: x25519.from_multibase(text), MalformedError)
    require(spelt is None or x25519.to_multibase(spelt) == text, "multibase")
    members = tried(lambda: canonical.parse(data), MalformedError)
    key = tried(lambda: x25519.from_jwk(members), MalformedError) if isinstance(members, dict) else None
    require(key is None or x25519.from_jwk(x25519.to_jwk(key)) == key, "JWK")
    return spelt is not None or key is not None


def _documents() -> Iterable[bytes]:
    yield json.dumps(DOCUMENT).encode()
    yield json.dumps(reading.write(reading.read(DOCUMENT, DID, now=NOW))).encode()
    jwk = {"id": "#k", "type": "JsonWebKey", "controller": DID, "publicKeyJwk": {**P256.jwk, "use": "sig"}}
    yield json.dumps({"id": DID, "verificationMethod": [jwk], "assertionMethod": ["#k"]}).encode()
    yield json.dumps({**DOCUMENT, "controller": [DID], "alsoKnownAs": ["https://a.example/"], "service": []}).encode()


def _lookups() -> Iterable[bytes]:
    agreement = "did:key:" + x25519.to_multibase(AGREEMENT)
    peers = [
        peer2.encode([(Relationship.AUTHENTICATION, EDWARDS), (Relationship.KEY_AGREEMENT, AGREEMENT)], SERVICES[:1]),
        peer2.encode([(Relationship.CAPABILITY_INVOCATION, POINT)]),
        peer4.encode({"verificationMethod": [{"id": "#k", "type": "Multikey", "publicKeyMultibase": ALICE.did[8:]}]}),
    ]
    for did in (ALICE.did, PLANNER.did, P256.did, ALICE.did_jwk, P256.did_jwk, agreement, *peers):
        yield joined(did.encode())
    options = {
        "accept": "application/did+json",
        "enableEncryptionKeyDerivation": True,
        "publicKeyFormat": "JsonWebKey",
        "enableExperimentalPublicKeyTypes": True,
    }
    yield joined(ALICE.did.encode(), json.dumps(options).encode())
    yield joined(("did:key:1:" + ALICE.did[8:]).encode(), b'{"publicKeyFormat":"Ed25519VerificationKey2020"}')
    yield joined(P256.did.encode(), b'{"versionId":"1","versionTime":"2026-01-01T00:00:00Z","versionNumber":"1"}')


HARNESSES = (
    Harness("did-document", "fixpoint; a key is for nothing that does not list it", _document, _documents,
            "attorn.did.reading:read", "attorn.did.reading:write", mutators.json_text),
    Harness("did-lookup", "what is shown and what counts are one document", _looked_up, _lookups,
            "attorn.did.resolver:LocalResolver.look_up", None, mutators.each_part(mutators.plain), size=2100),
    Harness("did-web", "urllib reads the same host", _web,
            lambda: (b"did:web:a.example", b"did:web:a.example%3A8443:b:c-d", b"did:web:localhost:a%20b:c."),
            "attorn.did.web:url_of", size=256),
    Harness("did-url", "the part that is named; no other host", _url,
            lambda: (b"#k", b"#m", b"?service=s&relativeRef=%2Fa%2Fb%3Fc#d", b"?serviceType=A", b"?versionId=1#s",
                     b"?versionTime=2026-01-01T00:00:00Z&versionNumber=3", b"", b"?service=s"),
            "attorn.did.dereferencing:dereference", size=256),
    Harness("agreement-key", "identity", _agreement,
            lambda: (x25519.to_multibase(AGREEMENT).encode(), json.dumps(x25519.to_jwk(AGREEMENT)).encode()),
            "attorn.keys.x25519:from_multibase", "attorn.keys.x25519:to_multibase",
            mutators.either(mutators.json_text, mutators.plain), size=160),
)  # fmt: skip
