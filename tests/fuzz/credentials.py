"""Harnesses of credentials and presentations: documents, secured text, and documents once somebody has signed them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from random import Random
from typing import Any

from tests.fuzz import mutators
from tests.fuzz.harness import Harness, Refusal, accepted, require, text_of, tried
from tests.unit import credential_scene as scene
from tests.unit.scene import HELPER

from attorn import credential
from attorn.canonical import canonicalise
from attorn.credential import Securing, UnverifiedCredential, VerifiedCredential
from attorn.did.resolver import LocalResolver
from attorn.errors import AttornError, CredentialError, VerificationError

_SECURED = tuple(Securing)
_MOST = 1 << 20


def _taken(secured: object, **changed: Any) -> VerifiedCredential | None:
    """The credential, whoever issued it, or None."""
    asked: dict[str, Any] = {"issuers": lambda did: True, "status": credential.unsafe_ignore_status, **changed}
    return tried(lambda: scene.verified(secured, **asked), VerificationError)


def _read(secured: object, most: int = _MOST) -> UnverifiedCredential:
    found = accepted(lambda: credential.read(secured, accept_v1=True, most=most), CredentialError)
    again = credential.read(canonicalise(found.unverified_document), accept_v1=True, most=_MOST)
    require(again == found, "another credential once written")
    require(found.unverified_issuer and found.unverified_types and found.unverified_subjects, "half a credential")
    return found


def _credential(data: bytes) -> bool:
    """The data model: what is read is signed in every form, and is the same document."""
    document = _read(data).unverified_document
    require(_taken(data) is None, "what nobody signed is taken")
    bare = {name: document[name] for name in document if name != "proof"}
    issuer = bare["issuer"]
    bare["issuer"] = {**issuer, "id": scene.ISSUER.did} if isinstance(issuer, dict) else scene.ISSUER.did
    for form in _SECURED:
        made = tried(lambda form=form: credential.issue(bare, by=scene.ISSUER, securing=form), AttornError)  # type: ignore[misc]
        found = _taken(made) if made is not None else None
        require(found is None or found.document == bare, "another document than was signed", form)
        require(found is None or found.signers == (scene.ISSUER.did,), "signed by another")
        require(made is None or _taken(made, issuers=[HELPER.did]) is None, "an issuer that nobody takes")
    return True


def _text(data: bytes) -> bool:
    """Text as it comes: a JWS, an SD-JWT, an envelope or a document with its proof."""
    text = text_of(data)
    found = tried(lambda: credential.read(text, accept_v1=True), CredentialError)
    genuine = _taken(text)
    if genuine is not None and found is not None:
        require(found.unverified_issuer == genuine.issuer, "another issuer unverified than verified")
        require(found.unverified_document == genuine.document, "another document unverified than verified")
    require(genuine is None or found is not None, "verified and not readable")
    require(_shown(text) is None or found is None, "a credential and a presentation")
    if found is None:
        raise Refusal
    return True


def _shown(secured: object, **changed: Any) -> object:
    asked: dict[str, Any] = {
        "resolver": LocalResolver(), "now": scene.NOW, "issuers": lambda did: True, "challenge": None, "domain": None,
        "status": credential.unsafe_ignore_status, "accept_v1": True, **changed,
    }  # fmt: skip
    return tried(lambda: credential.verify_presentation(secured, **asked), VerificationError)


def _presentation(data: bytes) -> bool:
    """A presentation as it comes, and once its holder has signed it."""
    claimed = tried(lambda: credential.read_presentation(data, accept_v1=True), CredentialError)
    unsigned = _shown(data, unsigned=True)
    require(unsigned is None or claimed is not None, "verified and not readable")
    require(unsigned is None or _shown(data) is None, "what nobody signed is taken")
    try:
        payload = json.loads(data)
    except (ValueError, RecursionError):
        raise Refusal from None
    if not isinstance(payload, dict):
        raise Refusal
    kid = f"{scene.HOLDER.did}#{scene.HOLDER.did[8:]}"
    named = {name: value for name, value in payload.items() if name not in ("holder", "proof")}
    try:
        text = scene.jws(json.dumps(named), {"typ": "vp+jwt", "cty": "vp", "kid": kid}, signer=scene.HOLDER.signer)
    except UnicodeEncodeError:
        raise Refusal from None
    found = _shown(text)
    if found is None:
        if unsigned is None:
            raise Refusal
        return True
    require(isinstance(found, credential.VerifiedPresentation) and found.holder == scene.HOLDER.did, "another holder")
    require(_shown(text, challenge="7f2c") is None or payload.get("nonce") == "7f2c", "an answer to any challenge")
    require(_shown(text, domain="b") is None or payload.get("aud") in ("b", ["b"]), "good for anybody")
    return True


def _documents() -> Iterable[bytes]:
    inline = {"@context": [scene.V2, {"made": "https://a.example/#made", "Made": "https://a.example/#Made"}]}
    digests = {"digestSRI": "sha256-" + "A" * 43 + "=", "digestMultibase": "u" + "A" * 43}
    for changed in (
        {},
        {"name": {"@value": "Badge", "@language": "en", "@direction": "ltr"}, "issuer": {"id": scene.ISSUER.did}},
        {**inline, "type": ["VerifiableCredential", "Made"], "credentialSubject": [{"made": [1, 2.5, True]}]},
        {"credentialStatus": [{"type": "BitstringStatusListEntry", "statusPurpose": "revocation",
                               "statusListIndex": "7", "statusListCredential": "https://a.example/1"}]},
        {"credentialSchema": {"id": "https://a.example/s", "type": "JsonSchema"}, "validUntil": ...},
        {"relatedResource": {"id": "https://a.example/r", "mediaType": "a/b", **digests}},
        {"termsOfUse": {"type": "https://a.example/#T"}, "evidence": [{"type": "https://a.example/#E"}], "id": ...},
    ):  # fmt: skip
        yield json.dumps(scene.document(**changed)).encode()
    yield json.dumps({
        "@context": [scene.V1], "type": ["VerifiableCredential"], "issuer": scene.ISSUER.did,
        "issuanceDate": "2020-01-01T00:00:00Z", "credentialSubject": {"id": "did:example:1"},
    }).encode()  # fmt: skip


def _texts() -> Iterable[bytes]:
    for form in _SECURED:
        made = scene.issued(form)
        yield (made if isinstance(made, str) else json.dumps(made)).encode()
    shared = credential.issue(
        scene.document(), by=scene.ISSUER, securing=Securing.SD_JWT, disclosable=[["credentialSubject", "name"]]
    )
    yield str(shared).encode()


def _presentations() -> Iterable[bytes]:
    plain = {"@context": [scene.V2], "type": ["VerifiablePresentation"]}
    held = [scene.issued(Securing.ENVELOPED), scene.issued(Securing.DATA_INTEGRITY)]
    yield json.dumps({**plain, "verifiableCredential": held[:1], "nonce": "7f2c", "aud": "b"}).encode()
    yield json.dumps({**plain, "verifiableCredential": held, "holder": scene.HOLDER.did, "id": "urn:uuid:1"}).encode()
    yield json.dumps({**plain, "iat": 5, "exp": int(scene.NOW.timestamp()), "iss": scene.HOLDER.did}).encode()
    yield json.dumps({**plain, "termsOfUse": {"type": "https://a.example/#T"}}).encode()


def _mixed(data: bytes, random: Random) -> bytes:
    """JSON changed as JSON, and text of three parts with one of them changed by what it holds."""
    if data.lstrip()[:1] == b"{":
        return mutators.json_text(data, random)
    head, tilde, rest = data.partition(b"~")
    parts = head.split(b".")
    at = random.randrange(len(parts))
    parts[at] = (mutators.base64url(mutators.json_text) if at < 2 else mutators.plain)(parts[at], random)
    return b".".join(parts) + tilde + rest


HARNESSES = (
    Harness("credential", "fixpoint; signed, it is the same document", _credential, _documents,
            "attorn.credential.model:read", None, mutators.json_text),
    Harness("credential-text", "unverified and verified agree", _text, _texts, "attorn.credential.jose:payload_of",
            None, _mixed, size=8192),
    Harness("vc-presentation", "one holder, one challenge, one domain", _presentation, _presentations,
            "attorn.credential.presentation:read", None, mutators.json_text, size=8192),
)  # fmt: skip
