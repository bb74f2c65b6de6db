"""The words of an agent identity credential as JSON-LD, so that others can tell them from their own."""

from __future__ import annotations

import hashlib
from functools import cache
from typing import Final

from attorn.canonical import JsonValue, canonicalise
from attorn.jsonld import Contexts, PinnedContext

URL: Final = "https://w3id.org/attorn/agent/v1"
"""Where the context is named. Nothing is ever fetched from there: this module is what it says."""
_VOCABULARY: Final = f"{URL}#"


def document() -> dict[str, JsonValue]:
    """The JSON-LD context, also at docs/spec/agent-v1.jsonld."""
    texts = ("accountable", "capability", "digest", "kind", "model", "provider", "purpose", "stage", "version")
    terms: dict[str, JsonValue] = {name: f"{_VOCABULARY}{name}" for name in texts}
    terms |= {name: {"@id": f"{_VOCABULARY}{name}", "@type": "@id"} for name in ("owner", "parent")}
    terms["capability"] = {"@id": f"{_VOCABULARY}capability", "@container": "@set"}
    subject: dict[str, JsonValue] = {
        "@id": f"{_VOCABULARY}AgentIdentity",
        "@context": {"@protected": True, "id": "@id", "type": "@type", **terms},
    }
    evidence: dict[str, JsonValue] = {name: f"{_VOCABULARY}{name}" for name in ("digest", "form")}
    evidence |= {"workload": {"@id": f"{_VOCABULARY}workload", "@type": "@id"}}
    workload: dict[str, JsonValue] = {
        "@id": f"{_VOCABULARY}WorkloadEvidence",
        "@context": {"@protected": True, "id": "@id", "type": "@type", **evidence},
    }
    return {
        "@context": {
            "@protected": True,
            "AgentIdentity": subject,
            "AgentIdentityCredential": f"{_VOCABULARY}AgentIdentityCredential",
            "WorkloadEvidence": workload,
        }
    }


def octets() -> bytes:
    """The context in canonical JSON, as verifiers of RDF suites need it."""
    return canonicalise(document())


@cache
def contexts() -> Contexts:
    """The contexts that come with attorn, and this one."""
    data = octets()
    return Contexts({URL: PinnedContext(data, hashlib.sha256(data).hexdigest())})
