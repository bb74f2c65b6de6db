"""What is known about one version of a did:webvh DID beside its document (did:webvh 1.0, Read; DID Resolution)."""

from __future__ import annotations

from dataclasses import dataclass

from attorn.canonical import JsonValue
from attorn.did.resolution import DocumentMetadata
from attorn.did.webvh.history import History, Version


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionMetadata(DocumentMetadata):
    """What is known about `version` of `history`. `to_json` tells it with the method's own members."""

    history: History
    version: Version

    @classmethod
    def of(cls, history: History, version: Version) -> VersionMetadata:
        """The metadata of a version."""
        numbers = {each.number: each for each in history.versions}
        following = numbers.get(version.number + 1)
        return cls(
            created=history.versions[0].time,
            updated=version.time,
            deactivated=history.head.parameters.deactivated,
            version_id=version.id,
            next_update=None if following is None else following.time,
            next_version_id=None if following is None else following.id,
            history=history,
            version=version,
        )

    def to_json(self) -> dict[str, JsonValue]:
        """The members of `didDocumentMetadata`. `ttl` is there where the log has set one, as text."""
        head = self.history.head.parameters
        members: dict[str, JsonValue] = {
            # Not `super()`: a slotted dataclass is another class than the one this function was written in.
            **DocumentMetadata.to_json(self),
            "created": self.history.versions[0].stamp,
            "updated": self.version.stamp,
            "deactivated": head.deactivated,
            "portable": head.portable,
            "scid": self.history.scid,
            "versionNumber": self.version.number,
            "versionTime": self.version.stamp,
            "watchers": list(head.watchers),
            "witness": head.witness.write(),
        }
        if head.ttl is not None:
            members["ttl"] = str(head.ttl)
        return members
