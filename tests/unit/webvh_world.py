"""A forger of did:webvh logs, apart from attorn's own writer so that it can lie, and a web to publish them on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import rfc8785
from nacl.signing import SigningKey

from attorn.did.webvh.resolver import WebvhResolver
from attorn.encoding import base58_encode
from attorn.errors import UnavailableError
from attorn.keys import multikey
from attorn.keys.public import Algorithm, PublicKey
from attorn.keys.signer import Ed25519Signer

START = datetime(2026, 1, 1, tzinfo=UTC)
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
HOST = "example.com"

Edit = Callable[[dict[str, Any]], None]


def signer(number: int) -> Ed25519Signer:
    return Ed25519Signer.from_seed(bytes((number,)) * 32)


def public(number: int) -> PublicKey:
    return signer(number).public_key


def spelt(number: int) -> str:
    """The multibase text of a key."""
    return multikey.to_multibase(public(number))


def did_key(number: int) -> str:
    return f"did:key:{spelt(number)}"


def day(number: int) -> str:
    """Midnight that many days after the start."""
    return (START + timedelta(days=number)).isoformat().replace("+00:00", "Z")


def sha(data: bytes) -> str:
    return base58_encode(b"\x12\x20" + hashlib.sha256(data).digest())


def committed(number: int) -> str:
    return sha(spelt(number).encode())


def proof_of(document: Any, by: int, **changed: Any) -> dict[str, Any]:
    """A good eddsa-jcs-2022 proof, but for what is changed before it is signed."""
    config = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-jcs-2022",
        "created": day(0),
        "proofPurpose": "assertionMethod",
        "verificationMethod": f"{did_key(by)}#{spelt(by)}",
        **changed,
    }
    config = {name: value for name, value in config.items() if value is not None}
    digests = hashlib.sha256(rfc8785.dumps(config)).digest() + hashlib.sha256(rfc8785.dumps(document)).digest()
    value = base58_encode(SigningKey(bytes((by,)) * 32).sign(digests).signature)
    return {**config, "proofValue": "z" + value}


def nothing(_: dict[str, Any]) -> None:
    """An edit that changes nothing."""


class Forgery:
    """A log in the making: every entry is hashed and signed as it should be, after whatever was done to it."""

    def __init__(self, host: str = HOST) -> None:
        self.lines: list[dict[str, Any]] = []
        self.scid = ""
        self.host = host

    @property
    def did(self) -> str:
        return f"did:webvh:{self.scid}:{self.host}"

    @property
    def log(self) -> str:
        return "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in self.lines)

    def first(
        self, parameters: dict[str, Any] | None = None, *, by: int = 1, before: Edit = nothing, hashed: Edit = nothing
    ) -> Forgery:
        """The first entry. `before` edits it while the SCID is still to be computed, `hashed` before its hash is."""
        did = f"did:webvh:{{SCID}}:{self.host}"
        bare: dict[str, Any] = {
            "versionId": "{SCID}",
            "versionTime": day(0),
            "parameters": {
                "method": "did:webvh:1.0",
                "scid": "{SCID}",
                "updateKeys": [spelt(1)],
                **(parameters or {}),
            },
            "state": document(did, 1),
        }
        before(bare)
        self.scid = sha(rfc8785.dumps(bare))
        bare = json.loads(json.dumps(bare).replace("{SCID}", self.scid))
        hashed(bare)
        return self._close(bare, self.scid, by)

    def then(
        self,
        parameters: dict[str, Any] | None = None,
        *,
        by: int = 1,
        hashed: Edit = nothing,
        signed: Edit = nothing,
        proof: Any = None,
        previous: str | None = None,
    ) -> Forgery:
        """One more entry. `hashed` edits it before its hash is computed, `signed` before it is signed."""
        bare: dict[str, Any] = {
            "versionId": "",
            "versionTime": day(len(self.lines)),
            "parameters": parameters or {},
            "state": document(self.did, 1),
        }
        hashed(bare)
        return self._close(bare, self.lines[-1]["versionId"] if previous is None else previous, by, signed, proof)

    def _close(
        self, bare: dict[str, Any], previous: str, by: int, signed: Edit = nothing, proof: Any = None
    ) -> Forgery:
        number = len(self.lines) + 1
        bare["versionId"] = f"{number}-{sha(rfc8785.dumps({**bare, 'versionId': previous}))}"
        signed(bare)
        self.lines.append({**bare, "proof": [proof_of(bare, by)] if proof is None else proof(bare)})
        return self

    def approved(self, *by: int, number: int = 0) -> str:
        """A did-witness.json with these witnesses' proofs of the entry of that number, by default the last."""
        version = {"versionId": self.lines[number - 1]["versionId"]}
        return json.dumps([{**version, "proof": [proof_of(version, each) for each in by]}])


def document(did: str, *keys: int) -> dict[str, Any]:
    """A DID document of these keys, for all that signs."""
    urls = [f"{did}#{spelt(key)}" for key in keys]
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": did,
        "verificationMethod": [
            {"id": url, "type": "Multikey", "controller": did, "publicKeyMultibase": spelt(key)}
            for url, key in zip(urls, keys, strict=True)
        ],
        "assertionMethod": urls,
        "authentication": urls,
        "capabilityDelegation": urls,
        "capabilityInvocation": urls,
    }


def witnessed(threshold: Any = 1, *ids: Any) -> dict[str, Any]:
    return {"witness": {"threshold": threshold, "witnesses": [{"id": each} for each in ids or (did_key(8),)]}}


class Web:
    """A transport to pages that a test writes. `asked` is what was fetched, `down` what cannot be."""

    def __init__(self, pages: dict[str, str | bytes] | None = None) -> None:
        self.pages = pages or {}
        self.asked: list[str] = []
        self.down: set[str] = set()

    def publish(self, log: str, proofs: str | None = None, at: str = f"https://{HOST}/.well-known/") -> Web:
        self.pages[f"{at}did.jsonl"] = log
        if proofs is not None:
            self.pages[f"{at}did-witness.json"] = proofs
        return self

    def get(self, url: str, *, accept: str, most: int) -> bytes | None:
        assert accept
        assert most > 0
        self.asked.append(url)
        if url in self.down:
            raise UnavailableError("no answer")
        page = self.pages.get(url)
        return page.encode() if isinstance(page, str) else page


def resolver(web: Web, now: datetime = NOW, **changed: Any) -> WebvhResolver:
    return WebvhResolver(web, **{"clock": lambda: now, **changed})


def p256() -> str:
    """The multibase text of a key that no log is signed with."""
    return multikey.to_multibase(
        PublicKey(Algorithm.P256, bytes.fromhex("036b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"))
    )
