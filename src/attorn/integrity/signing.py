"""Adding a proof to a document (VC Data Integrity 1.0 sections 4.2 and 4.3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from attorn.canonical import JsonValue
from attorn.clock import instant
from attorn.did.did import is_did
from attorn.did.document import Relationship
from attorn.did.only_key import only_key_of
from attorn.display import shown, stamp
from attorn.encoding import base58_encode
from attorn.errors import InputError, ProofError
from attorn.handed import items, members
from attorn.integrity.proof import MOST_NAMES, MOST_PROOFS, TYPE, read, wrong
from attorn.integrity.stages import configuration, hash_data, transform
from attorn.integrity.suite import Suite
from attorn.jsonld import Contexts, require_known
from attorn.jsonld.library import bundled
from attorn.keys.public import Algorithm, PublicKey
from attorn.keys.signer import PinnedSigner, Signatory, key_of, require_signatory, signed

_DEFAULT = {Algorithm.ED25519: Suite.EDDSA_JCS_2022, Algorithm.P256: Suite.ECDSA_JCS_2019}
_NO_VALUE = "z" + "1" * 64


def sign(
    document: Mapping[str, JsonValue],
    *,
    by: Signatory,
    suite: Suite | None = None,
    purpose: Relationship = Relationship.ASSERTION_METHOD,
    created: datetime | None = None,
    expires: datetime | None = None,
    domain: str | Iterable[str] | None = None,
    challenge: str | None = None,
    nonce: str | None = None,
    previous: str | Iterable[str] = (),
    id: str | None = None,
    method: str | None = None,
    contexts: Contexts | None = None,
) -> dict[str, JsonValue]:
    """`document` with one more proof, signed and verified once; the proofs it had stay, and are not verified.

    `suite` is that of the key over JSON unless given. `previous` are the ids of proofs in the document that this one is
    over as well. `method` is the DID URL of the signer's key, known by itself for did:key and did:jwk. Times are
    written in whole seconds.

    Raises `InputError` for arguments that no proof has; `CredentialError` and `ProofError` for a document that is not
    to be signed: terms that nothing defines, what RDF cannot say; `UnavailableError` if the signer fails, or for a
    suite that signs RDF without the extra `attorn[rdf]`.
    """
    document = _taken(document)
    contexts = bundled() if contexts is None else contexts
    by = require_signatory(by, "by")
    key = key_of(by.signer)
    suite = _suite(key, suite)
    if not isinstance(purpose, Relationship):
        raise InputError(f"purpose: expected a Relationship, got {type(purpose).__name__}")
    body = {name: value for name, value in document.items() if name != "proof"}
    proof: dict[str, JsonValue] = {
        "type": TYPE,
        "cryptosuite": suite.value,
        "verificationMethod": _method(by.did, method),
        "proofPurpose": purpose.value,
    }
    given = {"id": id, "challenge": challenge, "nonce": nonce, "created": _time(created, "created")}
    given["expires"] = _time(expires, "expires")
    proof |= {name: value for name, value in given.items() if value is not None}
    if domain is not None:
        proof["domain"] = _names(domain, "domain")
    before = _before(document)
    over: dict[str, JsonValue] = dict(body)
    after = previous if isinstance(previous, str) else _several(previous, "previous")
    if after:
        proof["previousProof"] = _names(after, "previous")
        over["proof"] = _named(before, proof["previousProof"])
    if not suite.signs_rdf and "@context" in body:
        proof["@context"] = body["@context"]
    _require_proof(proof, before)
    if "@context" in body:
        require_known({**body, "proof": [*before, {**proof, "proofValue": _NO_VALUE}]}, contexts=contexts)
    options = transform(configuration(proof, body, suite), suite, contexts)
    data = hash_data(options, transform(over, suite, contexts))
    proof["proofValue"] = "z" + base58_encode(signed(PinnedSigner(by.signer, key), data))
    return {**body, "proof": [*before, proof] if before else proof}


def _taken(document: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    if not isinstance(document, Mapping):
        raise InputError(f"document: expected a mapping, got {type(document).__name__}")
    return members("document", document)


def _suite(key: PublicKey, suite: Suite | None) -> Suite:
    if suite is None:
        return _DEFAULT[key.algorithm]
    if not isinstance(suite, Suite):
        raise InputError(f"suite: expected a Suite, got {type(suite).__name__}")
    if suite.algorithm is not key.algorithm:
        raise InputError(f"suite: {suite} needs a key of {suite.algorithm}, got one of {key.algorithm}")
    return suite


def _method(did: str, method: str | None) -> str:
    if not is_did(did):
        raise InputError("by: expected an identity with a DID")
    if method is not None:
        if not isinstance(method, str) or not method.startswith(f"{did}#"):
            raise InputError("method: expected a DID URL of the signer")
        return method
    only = only_key_of(did)
    if only is None:
        raise InputError("method: expected the DID URL of the signer's key, for any DID but did:key and did:jwk")
    return only


def _time(at: datetime | None, name: str) -> str | None:
    return None if at is None else stamp(instant(at, name))


def _names(value: str | Iterable[str], name: str) -> JsonValue:
    if isinstance(value, str):
        return value
    names: list[JsonValue] = [*_several(value, name)]
    if not 0 < len(names) <= MOST_NAMES or not all(isinstance(each, str) for each in names):
        raise InputError(f"{name}: expected text, or at most {MOST_NAMES} of them")
    return names[0] if len(names) == 1 else names


def _several(value: Iterable[str], name: str) -> tuple[str, ...]:
    if not isinstance(value, Iterable):
        raise InputError(f"{name}: expected text, or at most {MOST_NAMES} of them")
    return items(name, value)


def _before(document: Mapping[str, JsonValue]) -> list[JsonValue]:
    if "proof" not in document:
        return []
    found = document["proof"]
    before = found if isinstance(found, list) else [found]
    if len(before) >= MOST_PROOFS:
        raise InputError(f"document: expected less than {MOST_PROOFS} proofs, got {len(before)}")
    for each in before:
        if not isinstance(each, dict) or not isinstance(each.get("type"), str):
            raise wrong(f"expected its proofs as objects with a type, got {shown(each)}", "PROOF_GENERATION_ERROR")
    return list(before)


def _named(before: list[JsonValue], names: JsonValue) -> list[JsonValue]:
    wanted = names if isinstance(names, list) else [names]
    found: list[JsonValue] = [proof for proof in before if isinstance(proof, dict) and proof.get("id") in wanted]
    if len(found) != len(wanted):
        raise InputError("previous: expected the ids of proofs of the document, each once")
    return found


def _require_proof(proof: dict[str, JsonValue], before: list[JsonValue]) -> None:
    """Raises `InputError` for what `verify` would not read."""
    try:
        read({**proof, "proofValue": _NO_VALUE})
    except ProofError as error:
        raise InputError(str(error)) from None
    ids = [each.get("id") for each in [*before, proof] if isinstance(each, dict) and "id" in each]
    if len({str(each) for each in ids}) < len(ids):
        raise InputError("id: a proof of the document has it already")
