"""The words of mandate credentials as JSON-LD, so that others can tell them from their own."""

from __future__ import annotations

import hashlib
from functools import cache
from typing import Final

from attorn.canonical import JsonValue, canonicalise
from attorn.jsonld import Contexts, PinnedContext

URL: Final = "https://w3id.org/attorn/mandate/v1"
"""Where the context is named. Nothing is ever fetched from there: this module is what it says."""
_VOCABULARY: Final = f"{URL}#"


def document() -> dict[str, JsonValue]:
    """The JSON-LD context, also at docs/spec/mandate-v1.jsonld.

    A mandate is JSON as AP2 has it (`@json`): its `id`s are no URLs, and its numbers are money.
    """
    terms: dict[str, JsonValue] = {"@protected": True}
    for name in ("IntentMandate", "CartMandate", "PaymentMandate"):
        terms[name] = {
            "@id": f"{_VOCABULARY}{name}",
            "@context": {
                "@protected": True,
                "id": "@id",
                "type": "@type",
                "follows": f"{_VOCABULARY}follows",
                "mandate": {"@id": f"{_VOCABULARY}mandate", "@type": "@json"},
            },
        }
        terms[f"{name}Credential"] = f"{_VOCABULARY}{name}Credential"
    return {"@context": terms}


def octets() -> bytes:
    """The context in canonical JSON, as verifiers of RDF suites need it."""
    return canonicalise(document())


@cache
def contexts() -> Contexts:
    """The contexts that come with attorn, and this one."""
    data = octets()
    return Contexts({URL: PinnedContext(data, hashlib.sha256(data).hexdigest())})
