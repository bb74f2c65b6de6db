"""Our walk of a document's terms beside PyLD, and our hashes beside those of PyLD and pyoxigraph alone."""

from __future__ import annotations

import copy
import hashlib
import json
import os
from pathlib import Path
from typing import Any

import pyoxigraph
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyld import jsonld
from tests.unit.integrity_scene import CREDENTIAL, RDFC, SIGNER, signed
from tests.unit.test_jsonld import KNOWN, UNDEFINED

from attorn.encoding import base58_decode
from attorn.errors import AttornError, CredentialError
from attorn.integrity import Suite
from attorn.integrity.stages import configuration, transform
from attorn.jsonld import require_known
from attorn.jsonld.library import CREDENTIALS_V1, CREDENTIALS_V2, bundled

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(os.environ.get("ATTORN_ORACLES") or ROOT.parent / "shared" / "oracles")
EXAMPLES = "https://www.w3.org/ns/credentials/examples/v2"
CITIZENSHIP = "https://w3id.org/citizenship/v4rc1"
INTEGRITY = "https://w3id.org/security/data-integrity/v2"


def loader(url: str, options: object) -> dict[str, Any]:
    context = copy.deepcopy(bundled().context(url))
    return {"contentType": "application/ld+json", "contextUrl": None, "documentUrl": url,
            "document": {"@context": context}}  # fmt: skip


def dropped(document: Any) -> list[Any]:
    """What PyLD says that it dropped: members without an IRI, and types that stayed relative."""
    found: list[Any] = []
    expanded = jsonld.expand(document, {"documentLoader": loader, "base": "x-none:/"}, on_property_dropped=found.append)
    waiting: list[Any] = [expanded]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting.extend(value)
        elif isinstance(value, dict) and "@value" not in value:
            kinds = value.get("@type", [])
            found += [kind for kind in (kinds if isinstance(kinds, list) else [kinds]) if kind.startswith("x-none:")]
            waiting.extend(member for name, member in value.items() if name not in ("@type", "@id"))
    return found


def normalised(document: Any) -> bytes:
    """The canonical statements, by PyLD and pyoxigraph alone."""
    text = jsonld.to_rdf(document, {"documentLoader": loader, "format": "application/n-quads"})
    graph = pyoxigraph.Dataset(pyoxigraph.parse(text, format=pyoxigraph.RdfFormat.N_QUADS))
    graph.canonicalize(pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0)
    lines = pyoxigraph.serialize(graph, format=pyoxigraph.RdfFormat.N_QUADS).decode().split("\n")[:-1]
    return "".join(f"{line}\n" for line in sorted(lines)).encode()


@pytest.mark.parametrize("name", KNOWN)
def test_pyld_drops_nothing_of_what_is_known(name: str) -> None:
    assert dropped(copy.deepcopy(KNOWN[name])) == []


@pytest.mark.parametrize("name", UNDEFINED)
def test_pyld_drops_or_refuses_what_is_undefined(name: str) -> None:
    stricter = {
        "a datatype",
        "a type with a blank",
        "an IRI with a blank",
        "of a blank node",
        "by a term that is no prefix",
    }
    try:
        found = dropped(copy.deepcopy(UNDEFINED[name]))
    except jsonld.JsonLdError:
        return
    assert found != [] or name in stricter


TERMS = [
    "id",
    "type",
    "name",
    "issuer",
    "validUntil",
    "credentialSubject",
    "credentialStatus",
    "statusPurpose",
    "proof",
    "created",
    "cryptosuite",
    "jsonSchema",
    "evidence",
    "alumniOf",
    "role",
    "birthDate",
    "image",
    "@type",
    "a:b",
    "urn:x:y",
    "statusMessage",
    "message",
    "holder",
    "digestSRI",
    "cred:issuer",
    "kid",
    "cnf",
    "jwk",
]
TYPES = [
    "VerifiableCredential",
    "VerifiablePresentation",
    "BitstringStatusListEntry",
    "BitstringStatusList",
    "JsonSchema",
    "Person",
    "Agent",
    "DataIntegrityProof",
    "EmploymentAuthorizationDocument",
    "urn:x:T",
    "Ed25519Signature2018",
]
_inline = st.dictionaries(
    st.sampled_from(["role", "a", "Agent", "name", "message"]),
    st.sampled_from(["https://a.example/#", "urn:x:", "a:b", None, "@id", "@type", {"@id": "urn:x:i", "@type": "@id"},
                     {"@id": "urn:x:j", "@type": "@json"}, {"@id": "urn:x:k", "@context": {"role": "urn:x:r"}},
                     {"@id": "urn:x:l", "@context": None}]),
    max_size=2,
)  # fmt: skip
_contexts = st.lists(st.sampled_from([EXAMPLES, CITIZENSHIP, INTEGRITY, CREDENTIALS_V2]) | _inline, max_size=2)
_leaf = st.sampled_from(["urn:x:v", "x", 1, True, 1.5])
_node = st.recursive(
    _leaf,
    lambda inner: (
        st.lists(inner, min_size=1, max_size=2)
        | st.dictionaries(st.sampled_from(TERMS), inner, min_size=1, max_size=3)
        | st.builds(
            lambda kinds, members: {**members, "type": kinds},
            st.lists(st.sampled_from(TYPES), min_size=1, max_size=2),
            st.dictionaries(st.sampled_from(TERMS), inner, max_size=3),
        )
    ),
    max_leaves=8,
)


@settings(max_examples=120)
@given(st.sampled_from([CREDENTIALS_V2, CREDENTIALS_V1]), _contexts, _node)
def test_random_documents(first: str, contexts: list[Any], node: Any) -> None:
    """What our walk lets through, PyLD reads without dropping anything."""
    document = {"@context": [first, *contexts], "credentialSubject": node, "type": "VerifiableCredential"}
    try:
        require_known(document)
    except CredentialError:
        return
    try:
        assert dropped(copy.deepcopy(document)) == []
    except jsonld.JsonLdError:
        # Not JSON-LD at all: nobody reads it as other than it is.
        return


@settings(max_examples=60)
@given(_contexts.map(lambda contexts: [each for each in contexts if isinstance(each, str)]), _node)
def test_statements_are_those_of_pyld(contexts: list[Any], node: Any) -> None:
    document = {"@context": [CREDENTIALS_V2, *contexts], "credentialSubject": node, "type": "VerifiableCredential"}
    try:
        found = transform(document, Suite.EDDSA_RDFC_2022, bundled())
    except AttornError:
        return
    assert found == normalised(document)


@pytest.mark.parametrize("suite", RDFC)
def test_the_hashes_are_those_of_others(suite: Suite) -> None:
    document = signed(SIGNER[suite], suite=suite, id="urn:uuid:1", domain=["b", "a"], challenge="c")
    proof = {name: value for name, value in document["proof"].items() if name != "proofValue"}
    options = {**proof, "@context": document["@context"]}
    data = hashlib.sha256(normalised(options)).digest() + hashlib.sha256(normalised(CREDENTIAL)).digest()
    signature = base58_decode(document["proof"]["proofValue"][1:])
    assert SIGNER[suite].signer.public_key.verify(signature, data)
    assert transform(configuration(document["proof"], document, suite), suite, bundled()) == normalised(options)


@pytest.mark.oracle
@pytest.mark.skipif(not FOLDER.is_dir(), reason="no folder at $ATTORN_ORACLES or ../shared/oracles")
def test_every_vector_is_read_alike() -> None:
    count = 0
    for path in [*FOLDER.glob("w3c-*/**/signed*.json"), *FOLDER.glob("w3c-*/**/unsigned.json")]:
        document = json.loads(path.read_text(encoding="utf-8"))
        document.pop("proof", None)
        assert transform(document, Suite.EDDSA_RDFC_2022, bundled()) == normalised(document)
        count += 1
    assert count >= 13
