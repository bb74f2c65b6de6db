"""Harnesses of what servers outside say: key sets, JWS signed with RSA, ECDSA or Ed25519, and names of workloads."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from tests.adapters import outside
from tests.adapters.oauth import evidence_scene
from tests.adapters.workload import workload_scene
from tests.fuzz import mutators
from tests.fuzz.harness import Harness, accepted, require, text_of, tried

from attorn.agent import SpiffeId, WorkloadEvidence
from attorn.canonical import parse
from attorn.encoding import base64url_encode
from attorn.errors import CredentialError, MalformedError, VerificationError
from attorn.jose import foreign
from attorn.jose.key_set import MOST_KEYS, KeySet
from attorn.workload import Bundle

_KEYS = (outside.RSA, outside.P256, outside.P384, outside.P521, outside.ED)
_TYPS = (None, "jwt", evidence_scene.JAG_TYP)


def _key_set(data: bytes) -> bool:
    found = accepted(lambda: KeySet.read(data), MalformedError)
    require(0 < len(found.keys) <= MOST_KEYS, "a key set without keys")
    for key in found.keys:
        require(bool(key.algs) and set(key.algs) <= set(foreign.ALGS), "a key for another algorithm", key.algs)
        require(not any(key.verifies(bytes(64), b"", alg) for alg in key.algs), "a signature of zeros")
    return True


def _key_sets() -> Iterable[bytes]:
    keys = [outside.jwk(key, kid=str(number), use="sig") for number, key in enumerate(_KEYS)]
    for several in (keys, *([key] for key in keys)):
        yield json.dumps({"keys": several}).encode()
    yield json.dumps({"keys": [outside.jwk(outside.RSA, alg="PS256", key_ops=["verify"]), {"kty": "x"}]}).encode()


def _jwt(data: bytes) -> bool:
    text = text_of(data)
    found = accepted(lambda: foreign.read(text, typs=_TYPS), MalformedError)
    require(f"{found.signing_input.decode()}.{base64url_encode(found.signature)}" == text, "JWS")
    require(found.alg in foreign.ALGS and not found.alg.startswith("HS"), "another algorithm", found.alg)
    tried(lambda: found.verify(evidence_scene.KEYS), VerificationError)
    tried(found.audiences, VerificationError)
    tried(lambda: found.require_times(1_900_000_000, 60, 86_400), VerificationError)
    told: Any = tried(lambda: evidence_scene.as_jag(text), VerificationError)
    # Nobody but the provider has its key, and it said this of nobody else.
    require(told is None or told.origin.subject == "alice", "a user of whom nothing was said")
    tried(lambda: evidence_scene.as_id_token(text), VerificationError)
    return True


def _jwts() -> Iterable[bytes]:
    yield evidence_scene.jag().encode()
    yield evidence_scene.jag(authorization_details=[{"type": "a"}], resource="cal://a", cnf={"jkt": "x"}).encode()
    yield evidence_scene.id_token().encode()
    yield evidence_scene.id_token(aud=["x"], nonce=5, exp=0).encode()
    for alg in ("PS512", "ES256", "EdDSA"):
        yield outside.by_hand({"alg": alg}, {"sub": alg}, key=outside.BY_ALG[alg], alg=alg).encode()


def _workload(data: bytes) -> bool:
    """A bundle, a SPIFFE ID, evidence in a credential: whichever it is."""
    bundle = tried(lambda: Bundle.read(data, trust_domain=workload_scene.DOMAIN), MalformedError)
    named = tried(lambda: SpiffeId.read(text_of(data)), MalformedError)
    require(named is None or str(named).encode() == data, "another spelling of a workload")
    members: Any = tried(lambda: parse(data), MalformedError)
    read = None
    if isinstance(members, dict):
        read = tried(lambda: WorkloadEvidence.read(members), CredentialError)
        require(read is None or WorkloadEvidence.read(read.write()) == read, "other evidence once written")
    return (bundle, named, read) != (None, None, None)


def _workloads() -> Iterable[bytes]:
    yield json.dumps(workload_scene.KEYS).encode()
    yield json.dumps({"keys": workload_scene.KEYS["keys"][:1]}).encode()
    yield workload_scene.WORKLOAD.encode()
    yield b"spiffe://a/b"
    yield json.dumps(workload_scene.found(workload_scene.svid()).evidence.write()).encode()


HARNESSES = (
    Harness("key-set", "keys for signatures alone, and for what they are", _key_set, _key_sets,
            "attorn.jose.key_set:KeySet.read", None, mutators.json_text),
    Harness("foreign-jwt", "identity; nothing is said of a user but what was signed", _jwt, _jwts,
            "attorn.jose.foreign:read", None, size=8192),
    Harness("workload", "one spelling of a name; evidence is a fixpoint", _workload, _workloads,
            "attorn.agent.workload:SpiffeId.read", None, mutators.either(mutators.json_text, mutators.plain)),
)  # fmt: skip
