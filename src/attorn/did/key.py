"""did:key: the DID is the key (W3C CCG, The did:key Method v0.7). One canonical form; nothing to fetch."""

from __future__ import annotations

from attorn.did.document import DidDocument, Relationship, VerificationMethod
from attorn.display import shown
from attorn.errors import InputError, MalformedError
from attorn.keys import multikey
from attorn.keys.public import PublicKey

PREFIX = "did:key:"

# No keyAgreement: a key that signs must not also decrypt.
_RELATIONSHIPS = frozenset(Relationship) - {Relationship.KEY_AGREEMENT}


def encode(key: PublicKey) -> str:
    """The did:key of `key`."""
    return PREFIX + multikey.to_multibase(key)


def parse(did: str) -> PublicKey:
    """The key that a did:key is, fully checked. Raises `MalformedError`."""
    if not isinstance(did, str):
        raise InputError(f"did:key: expected str, got {type(did).__name__}")
    if not did.startswith(PREFIX):
        raise MalformedError(f"expected a did:key, got {shown(did)}")
    return multikey.from_multibase(did[len(PREFIX) :])


def document(did: str) -> DidDocument:
    """The document of a did:key: one method, whose fragment is the multibase value. Raises `MalformedError`."""
    key = parse(did)
    method = VerificationMethod(f"{did}#{did[len(PREFIX) :]}", did, key, _RELATIONSHIPS)
    return DidDocument(did, (method,))
