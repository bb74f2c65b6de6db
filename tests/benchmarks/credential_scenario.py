"""The credential that every library signs and verifies: about 1.7 kB of JSON, the same statements on all sides."""

from __future__ import annotations

import json
from typing import Any

CHARACTERS = range(1650, 1751)
"""How long it is as compact JSON, with an issuer whose DID is one of Ed25519 or P-256."""
HOLDER = "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"
VOCABULARY = "https://www.w3.org/ns/credentials/examples/v2"
"""A context that gives every term without a meaning one. VC 1.1 libraries do not have it: they get what is in it."""
HIDDEN = ("name", "email", "birthDate", "address", "memberships")
"""Members of the subject that an SD-JWT hides."""
SHOWN = ("name", "address", "memberships")
AUDIENCE, NONCE = "https://verifier.example", "n-0S6_WzA2Mj"
_FROM, _UNTIL = "2026-01-01T00:00:00Z", "2126-01-01T00:00:00Z"


def subject() -> dict[str, Any]:
    """Made anew each time: no side may change what another one signs."""
    return {
        "id": HOLDER,
        "name": "Alice Example",
        "email": "alice@example.com",
        "birthDate": "1970-01-01",
        "address": {"street": "Long Street 1", "postalCode": "01067", "city": "Anytown", "country": "DE"},
        "memberships": [
            {
                "organisation": f"Association {number}",
                "role": "member of the board",
                "since": f"201{number}-04-01",
                "note": "elected by the general assembly for a term of four years, as its minutes of that day record",
            }
            for number in range(6)
        ],
    }


def document(issuer: str) -> dict[str, Any]:
    """The credential by VC 2.0."""
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2", VOCABULARY],
        "id": "https://issuer.example/credentials/3732",
        "type": ["VerifiableCredential"],
        "issuer": issuer,
        "validFrom": _FROM,
        "validUntil": _UNTIL,
        "credentialSubject": subject(),
    }


def document_v1(issuer: str) -> dict[str, Any]:
    """The credential by VC 1.1, for who knows no other."""
    found = {**document(issuer), "issuanceDate": _FROM, "expirationDate": _UNTIL}
    found["@context"] = [
        "https://www.w3.org/2018/credentials/v1",
        {"@vocab": "https://www.w3.org/ns/credentials/examples#"},
    ]
    del found["validFrom"], found["validUntil"]
    return found


def text(value: dict[str, Any]) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
