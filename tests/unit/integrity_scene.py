"""Signers, a credential and a verifier for the tests of Data Integrity."""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from typing import Any, NamedTuple

import pytest

from attorn.did import jwk as did_jwk
from attorn.did import key as did_key
from attorn.did.document import DidDocument, Relationship, VerificationMethod
from attorn.did.resolver import StaticResolver
from attorn.errors import ProofError
from attorn.integrity import Suite, VerifiedDocument, sign, verify
from attorn.jsonld.library import CREDENTIALS_V2
from attorn.keys.signer import Ed25519Signer, P256Signer, Signer

NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)
EXAMPLES = "https://www.w3.org/ns/credentials/examples/v2"
SECURITY = "https://w3id.org/security#"
JCS = (Suite.EDDSA_JCS_2022, Suite.ECDSA_JCS_2019)
RDFC = (Suite.EDDSA_RDFC_2022, Suite.ECDSA_RDFC_2019)


class Party(NamedTuple):
    """Whoever signs."""

    did: str
    signer: Signer


def of_key(signer: Signer) -> Party:
    return Party(did_key.encode(signer.public_key), signer)


ALICE = of_key(Ed25519Signer.from_seed(b"\x01" * 32))
BOB = of_key(Ed25519Signer.from_seed(b"\x02" * 32))
CAROL = of_key(P256Signer.from_scalar(b"\x03" * 32))
DAVE = Party(did_jwk.encode(BOB.signer.public_key), BOB.signer)
WEB = Party("did:web:a.example", ALICE.signer)
SIGNER = {suite: ALICE if suite.startswith("eddsa") else CAROL for suite in Suite}
ASSERTION, AUTHENTICATION = Relationship.ASSERTION_METHOD, Relationship.AUTHENTICATION


def web_document(**changes: Any) -> DidDocument:
    """did:web:a.example: `#both` may assert and authenticate, `#login` authenticate only; `#ec` is P-256."""

    def method(name: str, signer: Signer, *relationships: Relationship) -> VerificationMethod:
        return VerificationMethod(f"{WEB.did}#{name}", WEB.did, signer.public_key, frozenset(relationships))

    methods = (
        method("both", ALICE.signer, ASSERTION, AUTHENTICATION),
        method("login", BOB.signer, AUTHENTICATION),
        method("ec", CAROL.signer, ASSERTION),
    )
    return DidDocument(WEB.did, methods, **changes)


RESOLVER = StaticResolver({WEB.did: web_document()})

CREDENTIAL: dict[str, Any] = {
    "@context": [CREDENTIALS_V2, EXAMPLES],
    "id": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
    "type": ["VerifiableCredential", "AlumniCredential"],
    "name": "Alumni Credential",
    "issuer": ALICE.did,
    "validFrom": "2023-01-01T00:00:00Z",
    "credentialSubject": {"id": "did:example:abcdefgh", "alumniOf": "The School of Examples", "years": [3, 4]},
}
PLAIN = {"a": 1, "b": ["x", None, True, {"c": 1.5}], "é": ""}


def signed(by: Party = ALICE, document: Any = None, **options: Any) -> dict[str, Any]:
    """A signed document, the credential unless given."""
    return sign(CREDENTIAL if document is None else document, by=by, **{"created": NOW, **options})


def accepted(document: Any, **options: Any) -> VerifiedDocument:
    before = copy.deepcopy(document)
    found = verify(document, **{"purpose": ASSERTION, "resolver": RESOLVER, "now": NOW, **options})
    assert document == before
    return found


def refused(document: Any, problem: str | None = None, **options: Any) -> ProofError:
    """The refusal of a document, which is a `ProofError` with this name at the end of its problem's URL."""
    with pytest.raises(ProofError) as caught:
        accepted(document, **options)
    assert caught.value.problem.startswith(SECURITY)
    if problem is not None:
        assert caught.value.problem == SECURITY + problem
    return caught.value


def with_proof(document: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The document with members of its one proof changed; None takes one away."""
    proof = {**document["proof"], **changes}
    return {**document, "proof": {name: value for name, value in proof.items() if value is not None}}
