"""From a document and the options of a proof to the bytes that are signed, stage by stage, each to be looked at.

VC DI EdDSA 1.0 sections 3.2 and 3.3, VC DI ECDSA 1.0 sections 3.2 and 3.3: canonical proof options, canonical
document, the hash of each, the proof's first.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from attorn.canonical import JsonValue, canonicalise
from attorn.errors import UnavailableError
from attorn.integrity.suite import Suite
from attorn.jsonld import Contexts, require_known


def configuration(
    proof: Mapping[str, JsonValue], document: Mapping[str, JsonValue], suite: Suite
) -> dict[str, JsonValue]:
    """The options of `proof` as they are signed: without its value; for statements, in the contexts of `document`."""
    options = {name: value for name, value in proof.items() if name != "proofValue"}
    if suite.signs_rdf and "@context" in document:
        options["@context"] = document["@context"]
    return options


def transform(value: Mapping[str, JsonValue], suite: Suite, contexts: Contexts) -> bytes:
    """The canonical form of a document or of a proof's options: its JSON (RFC 8785), or its statements (RDFC-1.0).

    Raises `InputError` for what is no JSON. For statements also `CredentialError` for terms that nothing defines,
    `ProofError` for what RDF cannot say, and `UnavailableError` where the extra `attorn[rdf]` is not installed.
    """
    if not suite.signs_rdf:
        return canonicalise(dict(value))
    try:
        from attorn.integrity import statements  # noqa: PLC0415 - only with the extra
    except ImportError:
        raise UnavailableError(f"{suite} needs the packages of attorn[rdf], which are not installed") from None
    require_known(value, contexts=contexts, statements=True)
    return statements.canonical(value, contexts)


def hash_data(options: bytes, document: bytes) -> bytes:
    """The 64 bytes that are signed: SHA-256 of the canonical options, then SHA-256 of the canonical document."""
    return hashlib.sha256(options).digest() + hashlib.sha256(document).digest()
