"""Documents of did:web, as their servers have them. Nothing here imports attorn."""

from __future__ import annotations

import json
from typing import Any

from .testkit import Key, base58

WEB = "did:web:signer.example"
PAGE = "https://signer.example/.well-known/did.json"


def web_document(key: Key, *relationships: str) -> dict[str, Any]:
    """The document of the one did:web here, with one key, `#k`, that it lists under these relationships."""
    own = {
        "id": f"{WEB}#k",
        "type": "Multikey",
        "controller": WEB,
        "publicKeyMultibase": "z" + base58(key.multikey),
    }
    context = ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"]
    listed = {relationship: [own["id"]] for relationship in relationships}
    return {"@context": context, "id": WEB, "verificationMethod": [own], **listed}


def served(key: Key, *relationships: str) -> dict[str, str]:
    """What a resolver is answered: that document, at the one URL where it stands."""
    return {PAGE: json.dumps(web_document(key, *relationships))}
