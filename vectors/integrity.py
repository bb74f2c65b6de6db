"""Data Integrity proofs over JSON (eddsa-jcs-2022, ecdsa-jcs-2019) from primitives. Nothing here imports attorn."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from .canonical import jcs
from .jose import changed, method, raw_signature
from .moments import stamp
from .testkit import Key, base58

SUITES = ("eddsa-jcs-2022", "ecdsa-jcs-2019")
NO_CONTEXT = {"@context": None}


def proof_of(
    document: Mapping[str, Any], by: Key, created: int, /, *, over: Any = None, high: bool = False, **changes: Any
) -> dict[str, Any]:
    """A proof by `by` of `document`, which has none. `changes` are signed; None takes a member away.

    `over` are the previous proofs that it is over as well.
    """
    options = {
        "@context": document.get("@context"),
        "type": "DataIntegrityProof",
        "cryptosuite": SUITES[by.algorithm],
        "created": stamp(created),
        "verificationMethod": method(by),
        "proofPurpose": "assertionMethod",
    }
    options = changed(options, **changes)
    body = {**document, "proof": over} if over is not None else document
    hashed = hashlib.sha256(jcs(options)).digest() + hashlib.sha256(jcs(body)).digest()
    return {**options, "proofValue": "z" + base58(raw_signature(by, hashed, high=high))}


def proven(document: Mapping[str, Any], by: Key, created: int, /, **changes: Any) -> dict[str, Any]:
    """`document` with a proof by `by`."""
    return {**document, "proof": proof_of(document, by, created, **changes)}
