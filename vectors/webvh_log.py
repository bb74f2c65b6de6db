"""Logs of did:webvh 1.0 from primitives, right or wrong on purpose. Nothing here imports attorn."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

from .canonical import jcs
from .integrity import NO_CONTEXT, proof_of
from .moments import stamp
from .resolving import document, host, method, multibase
from .scene import Scene, compact
from .testkit import Key, base58

Edit = Callable[[dict[str, Any]], None]
PLACEHOLDER = "{SCID}"


def multihash(data: bytes) -> str:
    """base58btc of a SHA-256 multihash."""
    return base58(b"\x12\x20" + hashlib.sha256(data).digest())


def committed(key: Key) -> str:
    """What `nextKeyHashes` holds for an update key."""
    return multihash(multibase(key).encode())


def witnesses(*keys: Key, threshold: int = 1) -> dict[str, Any]:
    """The parameter that names these witnesses."""
    return {"witness": {"threshold": threshold, "witnesses": [{"id": key.did} for key in keys]}}


def nothing(_: dict[str, Any]) -> None:
    """An edit that changes nothing."""


def merged(**members: Any) -> Edit:
    """An edit that sets members of an entry."""
    return lambda entry: entry.update(members)


class Log:
    """A log in the making, by alice unless said otherwise: every entry is hashed and signed after what was done to it.

    `place` is what follows the SCID in the DID. Entry n is dated n minutes after an hour ago.
    """

    def __init__(self, s: Scene, place: str | None = None) -> None:
        self.scene = s
        self.place = host(s) if place is None else place
        self.scid = PLACEHOLDER
        self.entries: list[dict[str, Any]] = []

    @property
    def did(self) -> str:
        return f"did:webvh:{self.scid}:{self.place}"

    @property
    def text(self) -> str:
        return "".join(compact(entry) + "\n" for entry in self.entries)

    def state(self, key: Key | None = None, **changed: Any) -> dict[str, Any]:
        """The document of this DID with one key, `#k`; alice's unless said otherwise."""
        return document(self.scene, self.did, verificationMethod=[method(self.scene, self.did, key)], **changed)

    def first(self, *, by: Key | None = None, before: Edit = nothing, hashed: Edit = nothing, **parameters: Any) -> Log:
        """The first entry. `before` edits it while its SCID is still to be computed, `hashed` before its hash is."""
        own = {"method": "did:webvh:1.0", "scid": PLACEHOLDER, "updateKeys": [multibase(self.scene.alice)]}
        said = {name: value for name, value in {**own, **parameters}.items() if value is not None}
        bare = {"versionId": PLACEHOLDER, "versionTime": self._time(), "parameters": said, "state": self.state()}
        before(bare)
        scid = multihash(jcs(bare))
        bare = json.loads(json.dumps(bare).replace(PLACEHOLDER, scid))
        self.scid = scid
        hashed(bare)
        return self._closed(bare, scid, by)

    def then(
        self,
        *,
        by: Key | None = None,
        key: Key | None = None,
        hashed: Edit = nothing,
        signed: Edit = nothing,
        previous: str | None = None,
        proof: Callable[[dict[str, Any]], Any] | None = None,
        **parameters: Any,
    ) -> Log:
        """One more entry, of this key. `hashed` edits it before its hash is computed, `signed` before it is signed."""
        bare = {"versionId": "", "versionTime": self._time(), "parameters": parameters, "state": self.state(key)}
        hashed(bare)
        return self._closed(bare, previous or self.entries[-1]["versionId"], by, signed, proof)

    def proof(self, entry: dict[str, Any], by: Key | None = None, **changed: Any) -> dict[str, Any]:
        """A proof of an entry that has none, or of a version that a witness approves."""
        return proof_of(entry, by or self.scene.alice, self.scene.now - 3600, **{**NO_CONTEXT, **changed})

    def approved(self, *by: Key, number: int = 0, **changed: Any) -> str:
        """A file of these witnesses' proofs of the entry of that number; of the last unless said otherwise."""
        version = {"versionId": self.entries[number - 1]["versionId"]}
        return compact([{**version, "proof": [self.proof(version, each, **changed) for each in by]}])

    def asked(self, did: str | None = None, approvals: str | None = None) -> dict[str, Any]:
        """The question who this DID is, the log being where it belongs."""
        name, *path = self.place.split(":")
        base = f"https://{name.replace('%3A', ':')}/{'/'.join(path) or '.well-known'}"
        pages = {f"{base}/did.jsonl": self.text}
        if approvals is not None:
            pages[f"{base}/did-witness.json"] = approvals
        return {"did": did or self.did, "documents": pages}

    def _time(self) -> str:
        return stamp(self.scene.now - 3600 + 60 * (len(self.entries) + 1))

    def _closed(
        self,
        bare: dict[str, Any],
        previous: str,
        by: Key | None,
        signed: Edit = nothing,
        proof: Callable[[dict[str, Any]], Any] | None = None,
    ) -> Log:
        number = len(self.entries) + 1
        bare["versionId"] = f"{number}-{multihash(jcs({**bare, 'versionId': previous}))}"
        signed(bare)
        self.entries.append({**bare, "proof": [self.proof(bare, by)] if proof is None else proof(bare)})
        return self
