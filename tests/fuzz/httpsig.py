"""Harnesses of what a signed request and a key directory say."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from typing import Any

from tests.adapters.httpsig import scene
from tests.fuzz import mutators
from tests.fuzz.harness import Harness, accepted, joined, parts_of, require, text_of, tried

from attorn.canonical import parse
from attorn.errors import LimitError, MalformedError, VerificationError
from attorn.httpsig import Kind, SignedMessage, Source, directory, fields
from attorn.keys.jwk import PRIVATE, thumbprint, to_jwk
from attorn.store import MemoryStore
from attorn.transport import is_fetchable

_NAMES = ("signature-agent", "signature-input", "signature", "content-digest")
_BODY = b"body"


def _message(data: bytes) -> SignedMessage:
    lines = [(name, text_of(part)) for name, part in zip(_NAMES, parts_of(data, len(_NAMES)), strict=False) if part]
    return scene.message("POST", query="a=1", body=_BODY, headers=tuple(lines))


def _claim(data: bytes) -> bool:
    """The fields of a request, read; and the agent of it, found or not."""
    message = accepted(lambda: _message(data), LimitError)
    claim = accepted(lambda: fields.read_claim(message, legacy=True), VerificationError)
    require(is_fetchable(claim.source.address), "an agent that may not be looked up")
    require(Source(claim.source.url, claim.source.kind) == claim.source, "two spellings of an agent")
    clock = scene.Clock()
    everybody = scene.verifier(clock, _everywhere(), agents=lambda url: True, store=MemoryStore(), legacy=True)
    found = tried(lambda: everybody.identify(message), VerificationError)
    if found is not None:
        signed = (found.url, found.keyid, found.created, found.expires, found.covered)
        require(signed in _signed(), "an agent that did not sign this")
    return True


def _directory(data: bytes) -> bool:
    """A JWK Set, in either place."""
    found = {kind: accepted(lambda kind=kind: directory.read_directory(data, kind), MalformedError) for kind in Kind}  # type: ignore[misc]
    require(found[Kind.DIRECTORY].keys() <= found[Kind.JWKS_URI].keys(), "a kid that adds a key")
    whole: Any = parse(data)
    disclosed = any(name in jwk for jwk in whole["keys"] for name in PRIVATE)
    require(not (disclosed and found[Kind.JWKS_URI]), "a key beside a secret")
    for name, window in found[Kind.JWKS_URI].items():
        require(thumbprint(window.key) == name, "a key under another name")
        bounds = {"nbf": window.start, "exp": window.stop}
        written = {**to_jwk(window.key), **{each: at for each, at in bounds.items() if at is not None}}
        again = directory.read_directory(json.dumps({"keys": [written]}).encode(), Kind.DIRECTORY)
        require(again == {name: window}, "another key once written")
    return bool(found[Kind.JWKS_URI])


class _Everywhere(scene.Web):
    def get(self, url: str, *, accept: str, most: int) -> bytes | None:
        """The same keys, whoever is asked."""
        return scene.published(scene.agent, scene.other)


@cache
def _everywhere() -> scene.Web:
    return _Everywhere()


@cache
def _messages() -> tuple[SignedMessage, ...]:
    clock = scene.Clock()
    asked = scene.message("POST", query="a=1", body=_BODY)
    jwks = Source(f"{scene.AGENT}/keys", Kind.JWKS_URI)
    signers = [
        scene.signer(clock, random=bytes),
        scene.signer(clock, scene.other, agent=scene.OTHER, random=bytes),
        scene.signer(clock, agent=jwks, random=bytes),
    ]
    return tuple(scene.signed(clock, asked, by) for by in signers)


@cache
def _signed() -> frozenset[object]:
    by = [scene.verifier(scene.Clock(), _everywhere(), agents=lambda url: True) for _ in _messages()]
    found = [each.identify(message) for each, message in zip(by, _messages(), strict=True)]
    return frozenset((each.url, each.keyid, each.created, each.expires, each.covered) for each in found)


def _claims() -> Iterable[bytes]:
    for message in _messages():
        yield joined(*(str(message.one(name)).encode() for name in _NAMES))
    params = f';created=1;expires=2;keyid="{"A" * 43}";tag="web-bot-auth"'
    yield joined(b'"https://a.example"', f's=("@authority" "signature-agent"){params}'.encode(), b"s=:AAAA:")
    two = f's=("signature-agent";key="a"){params};nonce="n";alg="ed25519", t=("@path");tag="other"'
    yield joined(b'a="https://a.example", b="https://b.example";type=cimd', two.encode(), b"s=:AAAA:, t=:AA==:")


def _sets() -> Iterable[bytes]:
    yield scene.published(scene.agent, scene.other)
    key = to_jwk(scene.agent.signer.public_key)
    p256 = {"crv": "P-256", "kty": "EC", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
            "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}  # fmt: skip
    yield json.dumps({"keys": [{**key, "kid": "a", "nbf": 1, "exp": 2, "use": "sig", "alg": "EdDSA"}, p256]}).encode()
    yield json.dumps({"keys": [key, {**key, "d": "AAAA"}, {"kty": "oct", "k": "AAAA"}, 1], "x": []}).encode()


HARNESSES = (
    Harness("signature-fields", "one agent, which may be looked up; nobody is known but who signed", _claim, _claims,
            "attorn.httpsig.fields:read_claim"),
    Harness("key-directory", "fixpoint; a key is called by its thumbprint", _directory, _sets,
            "attorn.httpsig.directory:read_directory", None, mutators.json_text),
)  # fmt: skip
