"""The library with keys of its own kind: an independent signer and verifier."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from http_message_signatures import HTTPMessageSigner, HTTPMessageVerifier, MappingKeyResolver, algorithms
from tests.adapters.httpsig.scene import AGENT, ORIGIN, Clock

from attorn import Identity
from attorn.keys.jwk import thumbprint


@dataclass
class Request:
    """What the library signs and verifies."""

    method: str
    url: str
    headers: dict[str, str] = field(default_factory=dict)


def private(identity: Identity) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(identity.signer.export_secret())  # type: ignore[attr-defined]


def sign(identity: Identity, request: Request, clock: Clock, **arguments: Any) -> Request:
    """Sign with the library alone. `arguments` replace those of its `sign`."""
    keyid = thumbprint(identity.signer.public_key)
    resolver = MappingKeyResolver(public_keys={}, private_keys={keyid: private(identity)})
    library = HTTPMessageSigner(signature_algorithm=algorithms.ED25519, key_resolver=resolver)
    given = {
        "key_id": keyid,
        "created": clock(),
        "expires": clock() + timedelta(minutes=1),
        "nonce": "n",
        "label": "sig1",
        "tag": "web-bot-auth",
        "include_alg": True,
    }
    library.sign(request, **{**given, **arguments})
    return request


def fields(
    identity: Identity, components: str, clock: Clock, *, url: str = f"{ORIGIN}/cart", **more: Any
) -> dict[str, str]:
    """The fields of a GET that the library signed over `components`."""
    listed = re.findall(r'"[^"]+"(?:;[a-z]+(?:="[^"]*")?)*', components)
    headers = {"Signature-Agent": more.pop("agent", f'sig1="{AGENT}"')}
    return sign(identity, Request("GET", url, headers), clock, covered_component_ids=listed, **more).headers


def verifies(identity: Identity, request: Request, **arguments: Any) -> bool:
    """Whether the library alone takes a request for one that this identity signed."""
    keyid = thumbprint(identity.signer.public_key)
    public = private(identity).public_key()
    resolver = MappingKeyResolver(public_keys={keyid: public}, private_keys={})
    library = HTTPMessageVerifier(signature_algorithm=algorithms.ED25519, key_resolver=resolver)
    (found,) = library.verify(request, expect_tag="web-bot-auth", **arguments)
    return found.parameters["keyid"] == keyid
