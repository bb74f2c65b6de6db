"""Harnesses of documents with Data Integrity proofs: their terms, their proofs, and the statements in them."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable
from typing import Any

from tests.fuzz import mutators
from tests.fuzz.harness import Harness, Refusal, accepted, require, tried
from tests.unit.integrity_scene import ALICE, ASSERTION, BOB, CREDENTIAL, NOW, PLAIN, RESOLVER, SIGNER, signed
from tests.unit.test_jsonld import KNOWN, REFUSED, UNDEFINED

from attorn.canonical import canonicalise, parse
from attorn.errors import VerificationError
from attorn.integrity import Suite, proof, sign, statements, verify
from attorn.integrity.stages import configuration, hash_data, transform
from attorn.jsonld import known
from attorn.jsonld.library import bundled

_REFUSED = (VerificationError,)
_GENUINE = {
    canonicalise(CREDENTIAL),
    canonicalise(PLAIN),
}


def _object(data: bytes) -> dict[str, Any]:
    value = accepted(lambda: parse(data), *_REFUSED)
    if not isinstance(value, dict):
        raise Refusal
    return value


def _terms(data: bytes) -> bool:
    """A document whose terms are known; what may be signed as statements is known as well."""
    document = _object(data)
    before = copy.deepcopy(document)
    stricter = tried(lambda: known.require_known(document, statements=True) or True, *_REFUSED)
    try:
        accepted(lambda: known.require_known(document), *_REFUSED)
    except Refusal:
        require(stricter is None, "statements of unknown terms")
        raise
    require(document == before, "changed while it was read")
    if "@vocab" not in json.dumps(document) and "@context" in document:
        more = {**document, "attorn-none": 1}
        require(
            tried(lambda: known.require_known(more) or True, *_REFUSED) is None or _has_vocabulary(document), "a term"
        )
    return True


def _has_vocabulary(document: dict[str, Any]) -> bool:
    context = document["@context"]
    named = [each for each in (context if isinstance(context, list) else [context]) if isinstance(each, str)]
    return any("examples" in url or "undefined" in url for url in named)


def _verify(document: dict[str, Any]) -> Any:
    return verify(document, purpose=ASSERTION, resolver=RESOLVER, now=NOW)


def _proof(data: bytes) -> bool:
    """A document as it comes, and what it says once ALICE has signed it."""
    document = _object(data)
    tried(lambda: proof.proofs_of(document), *_REFUSED)
    if not any(suite.value in json.dumps(document.get("proof")) for suite in Suite if suite.signs_rdf):
        # Those take ten times as long, and their statements have a harness of their own.
        found = tried(lambda: _verify(document), *_REFUSED)
        if found is not None:
            require("proof" not in found.document and found.proofs, "a document with its proof")
            genuine = canonicalise(found.document) in _GENUINE
            require(genuine, "somebody signed another document", canonicalise(found.document))
    body = {name: value for name, value in document.items() if name != "proof"}
    made = accepted(lambda: sign(body, by=ALICE, created=NOW), *_REFUSED)
    require(_verify(made).document == body, "another document than was signed")
    more = accepted(lambda: sign(made, by=BOB, id="urn:x:2"), *_REFUSED)
    require(len(_verify(more).proofs) == 2, "a proof was lost")
    return True


def _statements(data: bytes) -> bool:
    """The statements of a document: the same ones twice, and others if one is added."""
    document = _object(data)
    suite = Suite.EDDSA_RDFC_2022
    found = accepted(lambda: transform(document, suite, bundled()), *_REFUSED)
    lines = found.decode().split("\n")
    require(lines == [*sorted(set(lines[:-1])), ""], "not in order, or twice")
    require(
        statements.canonical(dict(reversed(document.items())), bundled()) == found, "other statements in another order"
    )
    options = {"type": "DataIntegrityProof", "cryptosuite": suite.value, "proofPurpose": "assertionMethod"}
    config = tried(lambda: transform(configuration(options, document, suite), suite, bundled()), *_REFUSED)
    require(config is None or hash_data(config, found) != hash_data(found, config), "the same either way round")
    return True


def _documents() -> Iterable[bytes]:
    for documents in (KNOWN, KNOWN, UNDEFINED, REFUSED):
        for document in documents.values():
            text = json.dumps(document).encode()
            if len(text) < 2048:
                yield text


def _signed() -> Iterable[bytes]:
    yield canonicalise(CREDENTIAL)
    yield canonicalise(PLAIN)
    yield canonicalise(signed(document=PLAIN))
    for suite in Suite:
        yield canonicalise(signed(SIGNER[suite], suite=suite))
    both = sign(signed(id="urn:p:1"), by=BOB, id="urn:p:2", domain=["a", "b"], challenge="c", nonce="n", expires=NOW)
    yield canonicalise(both)
    yield canonicalise(sign(signed(id="urn:p:1"), by=BOB, previous="urn:p:1"))


def _sayable() -> Iterable[bytes]:
    yield canonicalise(CREDENTIAL)
    for document in KNOWN.values():
        try:
            known.require_known(document, statements=True)
        except VerificationError:
            continue
        yield json.dumps(document).encode()


HARNESSES = (
    Harness("terms", "what may be signed as statements is known", _terms, _documents,
            "attorn.jsonld.known:require_known", None, mutators.json_text),
    Harness("proof", "nothing is accepted but what was signed", _proof, _signed, "attorn.integrity.proof:read",
            None, mutators.json_text),
    Harness("statements", "sorted, each once, whatever the order", _statements, _sayable,
            "attorn.integrity.statements:canonical", None, mutators.json_text, size=2048),
)  # fmt: skip
