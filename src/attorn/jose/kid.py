"""The `kid` that a signer's own DID gives its key."""

from __future__ import annotations

from attorn.did.did import is_did
from attorn.did.only_key import only_key_of
from attorn.errors import InputError
from attorn.keys.signer import Signatory


def kid_of(by: Signatory, kid: str | None, what: str) -> str | None:
    """The `kid` to write: `kid` itself, or for a did:key and a did:jwk that of their only key. Raises `InputError`."""
    did = getattr(by, "did", None)
    if not isinstance(did, str) or not is_did(did) or not hasattr(by, "signer"):
        raise InputError(f"{what}: expected an identity to sign, got {type(by).__name__}")
    if kid is None:
        return only_key_of(did)
    if not isinstance(kid, str) or not kid.startswith(f"{did}#"):
        raise InputError(f"{what}: expected kid as a DID URL of the issuer")
    return kid
