"""Harnesses of what servers outside say: key sets, JWS of every algorithm, workloads, clients, transactions."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from tests.adapters import outside
from tests.adapters.oauth import evidence_scene
from tests.adapters.workload import workload_scene
from tests.fuzz import mutators
from tests.fuzz.harness import Harness, accepted, require, text_of, tried
from tests.unit.scene import NOW, PLANNER, Clock

from attorn.agent import SpiffeId, WorkloadEvidence
from attorn.canonical import parse
from attorn.encoding import base64url_encode
from attorn.errors import CredentialError, InputError, MalformedError, VerificationError
from attorn.jose import foreign, jws
from attorn.jose.jwk_set import MOST_KEYS
from attorn.jose.key_set import KeySet
from attorn.oauth import client_metadata, txn_token
from attorn.workload import Bundle

_KEYS = (outside.RSA, outside.P256, outside.P384, outside.P521, outside.ED)
_CLIENT = "https://agent.example/client"
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
    tried(lambda: found.claims.require_times(1_900_000_000, 30, timedelta(days=1)), VerificationError)
    told: Any = tried(lambda: evidence_scene.as_jag(text), VerificationError)
    # Nobody but the provider has its key, and it said this of nobody else.
    require(told is None or told.vouched_user.subject == "alice", "a user of whom nothing was said")
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


def _client_metadata(data: bytes) -> bool:
    found = accepted(lambda: client_metadata.read_client_metadata(data, client_id=_CLIENT), MalformedError)
    require(b"client_secret" not in data.replace(b"client_secret_", b""), "a secret")
    require((found.method == "none") == (found.keys is found.jwks_uri is None), "a client without a key", found.method)
    return found.client_id == _CLIENT


def _documents() -> Iterable[bytes]:
    uris = ["https://agent.example/back"]
    made = json.loads(
        client_metadata.write_client_metadata(PLANNER, client_id=_CLIENT, name="Planner", redirect_uris=uris)
    )
    yield json.dumps(made).encode()
    yield json.dumps({**made, "jwks": {"keys": [outside.jwk(outside.RSA)]}}).encode()
    del made["jwks"]
    yield json.dumps({**made, "jwks_uri": "https://agent.example/jwks"}).encode()
    yield json.dumps({**made, "token_endpoint_auth_method": "none"}).encode()


def _txn_token(data: bytes) -> bool:
    """The claims in an input, once they are signed."""
    members = accepted(lambda: parse(data), MalformedError)
    if not isinstance(members, dict):
        return False
    text = accepted(lambda: jws.sign(members, by=PLANNER.signer, typ="txntoken+jwt"), InputError)
    expected: dict[str, Any] = {"issuer": PLANNER.did, "trust_domain": _CLIENT, "clock": Clock()}
    found = accepted(lambda: txn_token.verify_txn_token(text, **expected), VerificationError)
    require(found.issued <= NOW + 30 and NOW < found.expires <= NOW + 930, "a token that lives too long")
    require(all([found.subject, found.txn, found.workload, found.actors, *found.actors]), "an empty name")
    return True


def _txn_tokens() -> Iterable[bytes]:
    said = {"iss": PLANNER.did, "iat": NOW, "exp": NOW + 300, "aud": _CLIENT, "txn": "1", "sub": "a", "scope": "a b"}
    yield json.dumps({**said, "req_wl": "w", "act": {"sub": "b", "act": {"sub": "c"}}, "tctx": {"a": 1}}).encode()
    yield json.dumps({**said, "req_wl": "w", "act": {"sub": "b"}, "rctx": {}}).encode()
    yield json.dumps({**said, "req_wl": "w", "act": {"sub": "b"}, "exp": NOW}).encode()


HARNESSES = (
    Harness("key-set", "keys for signatures alone, and for what they are", _key_set, _key_sets,
            "attorn.jose.key_set:KeySet.read", None, mutators.json_text),
    Harness("foreign-jwt", "identity; nothing is said of a user but what was signed", _jwt, _jwts,
            "attorn.jose.foreign:read", None, size=8192),
    Harness("workload", "one spelling of a name; evidence is a fixpoint", _workload, _workloads,
            "attorn.agent.workload:SpiffeId.read", None, mutators.either(mutators.json_text, mutators.plain)),
    Harness("client-metadata", "no secret, and a key where one is promised", _client_metadata, _documents,
            "attorn.oauth.client_metadata:read_client_metadata", None, mutators.json_text),
    Harness("txn-token", "signed; good for minutes", _txn_token, _txn_tokens,
            "attorn.oauth.txn_token:verify_txn_token", None, mutators.json_text),
)  # fmt: skip
