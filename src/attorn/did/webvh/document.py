"""DID documents as a did:webvh log holds them: the view that authority needs, and what the method adds by itself."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from attorn.canonical import JsonValue
from attorn.did import reading
from attorn.did.document import DidDocument, Relationship
from attorn.did.webvh.identifier import WebvhDid
from attorn.did.webvh.refusal import Reason, refused
from attorn.errors import MalformedError
from attorn.keys import multikey
from attorn.keys.public import PublicKey

CONTEXTS: Final[tuple[str, ...]] = ("https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1")
WHOIS_CONTEXT: Final = "https://identity.foundation/linked-vp/contexts/v1"


def read_state(state: dict[str, JsonValue], did: str, *, now: datetime) -> DidDocument:
    """The keys that the document in `state` gives `did` at `now`. A method that names no controller is the DID's own.

    Raises `ResolutionError` for what is no document of this DID.
    """
    try:
        return reading.read({name: _owned(member, did) for name, member in state.items()}, did, now=now)
    except MalformedError as error:
        raise refused(Reason.INVALID_DOCUMENT, str(error)) from None


def _owned(member: JsonValue, did: str) -> JsonValue:
    """Methods with their controller: other writers of logs leave it out."""
    if not isinstance(member, list):
        return member
    return [
        {"controller": did, **each} if isinstance(each, dict) and "publicKeyMultibase" in each else each
        for each in member
    ]


def write_state(did: str, keys: Iterable[PublicKey], also_known_as: Iterable[str] = ()) -> dict[str, JsonValue]:
    """A DID document of these keys, each for every relationship but key agreement.

    The fragment of a key is its multibase text, so a new key has a new name. `did` may hold the placeholder.
    """
    texts = [multikey.to_multibase(key) for key in keys]
    urls: list[JsonValue] = [f"{did}#{text}" for text in texts]
    state: dict[str, JsonValue] = {
        "@context": [*CONTEXTS],
        "id": did,
        "verificationMethod": [
            {"id": f"{did}#{text}", "type": "Multikey", "controller": did, "publicKeyMultibase": text} for text in texts
        ],
    }
    for relationship in Relationship:
        if relationship is not Relationship.KEY_AGREEMENT:
            state[str(relationship)] = urls
    known: list[JsonValue] = [*also_known_as]
    if known:
        state["alsoKnownAs"] = known
    return state


def with_services(state: dict[str, JsonValue], did: WebvhDid) -> dict[str, JsonValue]:
    """The document with the services `#files` and `#whois` that the method adds, where it names none of its own."""
    services = state.get("service", [])
    listed: list[JsonValue] = list(services) if isinstance(services, list) else [services]
    names = {each.get("id") for each in listed if isinstance(each, dict)}
    added: dict[str, dict[str, JsonValue]] = {
        "#files": {"type": "relativeRef", "serviceEndpoint": did.folder},
        "#whois": {
            "@context": WHOIS_CONTEXT,
            "type": "LinkedVerifiablePresentation",
            "serviceEndpoint": f"{did.folder}whois.vp",
        },
    }
    for name, service in added.items():
        if name not in names and did.text + name not in names:
            listed.append({"id": did.text + name, **service})
    return {**state, "service": listed}
