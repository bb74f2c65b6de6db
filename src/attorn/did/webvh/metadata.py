"""What is known about one version of a did:webvh DID beside its document (did:webvh 1.0, Read; DID Resolution)."""

from __future__ import annotations

from attorn.canonical import JsonValue
from attorn.did.webvh.history import History, Version


def metadata(known: History, version: Version) -> dict[str, JsonValue]:
    """The members of `didDocumentMetadata`. `ttl` is there where the log has set one, as text."""
    head = known.head.parameters
    members: dict[str, JsonValue] = {
        "created": known.versions[0].stamp,
        "updated": version.stamp,
        "deactivated": head.deactivated,
        "portable": head.portable,
        "scid": known.scid,
        "versionId": version.id,
        "versionNumber": version.number,
        "versionTime": version.stamp,
        "watchers": list(head.watchers),
        "witness": head.witness.write(),
    }
    if head.ttl is not None:
        members["ttl"] = str(head.ttl)
    return members
