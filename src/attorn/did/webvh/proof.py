"""The proofs in a did:webvh log: eddsa-jcs-2022 (Data Integrity EdDSA 1.0 section 3.3), by did:key, and nothing else.

A log uses one suite, one purpose and one kind of key, so this is all of Data Integrity that it needs.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from attorn.canonical import JsonValue, canonicalise
from attorn.did import key as did_key
from attorn.did.webvh.refusal import Reason, refused
from attorn.did.webvh.stamp import read_stamp
from attorn.display import shown, stamp
from attorn.encoding import base58_decode, base58_encode
from attorn.errors import InputError, MalformedError
from attorn.keys import multikey
from attorn.keys.public import SIGNATURE_BYTES, Algorithm, PublicKey
from attorn.keys.signer import Signer, key_of, signed

SUITE: Final = "eddsa-jcs-2022"
_FIXED: Final[dict[str, JsonValue]] = {
    "type": "DataIntegrityProof",
    "cryptosuite": SUITE,
    "proofPurpose": "assertionMethod",
}
_MEMBERS: Final = frozenset({*_FIXED, "created", "proofValue", "verificationMethod"})
_METHOD: Final = re.compile(r"did:key:(z[1-9A-HJ-NP-Za-km-z]{10,63})#(z[1-9A-HJ-NP-Za-km-z]{10,63})")
_MOST_VALUE: Final = 96


@dataclass(frozen=True, slots=True)
class UnverifiedProof:
    """A proof as it stands: `key` is the multibase text of the key that is said to have signed."""

    key: str
    signature: bytes
    config: Mapping[str, JsonValue]

    @classmethod
    def read(cls, value: JsonValue) -> UnverifiedProof:
        """The proof in `value`. Raises `ResolutionError` (invalidProof) for any but the one form it has here."""
        if not isinstance(value, dict):
            raise refused(Reason.INVALID_PROOF, "expected a proof as an object")
        for name, expected in _FIXED.items():
            if value.get(name) != expected:
                raise refused(Reason.INVALID_PROOF, f"expected {name} {expected}, got {shown(value.get(name))}")
        for name in value:
            if name not in _MEMBERS:
                raise refused(Reason.INVALID_PROOF, f"a proof here has no {shown(name)}")
        if "created" in value:
            read_stamp(value["created"], "created", Reason.INVALID_PROOF)
        config = {name: member for name, member in value.items() if name != "proofValue"}
        return cls(_key(value.get("verificationMethod")), _signature(value.get("proofValue")), config)

    def holds_for(self, document: bytes) -> bool:
        """Whether the key signed exactly this document, in canonical form, with exactly this proof around it."""
        try:
            key = ed25519(self.key)
        except MalformedError:
            return False
        return key.verify(self.signature, _payload(document, self.config))


def sign(document: JsonValue, *, by: Signer, at: datetime) -> dict[str, JsonValue]:
    """The proof of `document` by an Ed25519 signer, made at `at`.

    Raises `InputError` for a signer with another kind of key, and `UnavailableError` if it fails.
    """
    key = key_of(by)
    if key.algorithm is not Algorithm.ED25519:
        raise InputError(f"a did:webvh log is signed with Ed25519 keys, not {key.algorithm}")
    text = multikey.to_multibase(key)
    config: dict[str, JsonValue] = {
        **_FIXED,
        "created": stamp(at),
        "verificationMethod": f"{did_key.PREFIX}{text}#{text}",
    }
    return {**config, "proofValue": "z" + base58_encode(signed(by, _payload(canonicalise(document), config)))}


def ed25519(text: str) -> PublicKey:
    """The Ed25519 key that multibase `text` spells, fully checked. Raises `MalformedError`, also for other keys."""
    key = multikey.from_multibase(text)
    if key.algorithm is not Algorithm.ED25519:
        raise MalformedError(f"{SUITE} needs an Ed25519 key, got {key.algorithm}")
    return key


def _payload(document: bytes, config: Mapping[str, JsonValue]) -> bytes:
    return hashlib.sha256(canonicalise({**config})).digest() + hashlib.sha256(document).digest()


def _key(method: JsonValue) -> str:
    match = _METHOD.fullmatch(method) if isinstance(method, str) else None
    if match is None:
        raise refused(
            Reason.INVALID_PROOF, f"expected verificationMethod as the URL of a did:key's key, got {shown(method)}"
        )
    if match[1] != match[2]:
        # Whoever checks one of them and verifies with the other is deceived.
        raise refused(Reason.INVALID_PROOF, "verificationMethod names one key before the # and another behind it")
    return match[1]


def _signature(value: JsonValue) -> bytes:
    if isinstance(value, str) and value.startswith("z") and len(value) <= _MOST_VALUE:
        try:
            signature = base58_decode(value[1:])
        except MalformedError:
            signature = b""
        if len(signature) == SIGNATURE_BYTES:
            return signature
    raise refused(Reason.INVALID_PROOF, f"expected proofValue as z and base58btc of {SIGNATURE_BYTES} bytes")
