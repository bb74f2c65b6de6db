"""The `kid` that a signer's own DID gives its key."""

from __future__ import annotations

from attorn.did.did import is_did
from attorn.did.only_key import only_key_of
from attorn.errors import InputError
from attorn.keys.signer import Signatory, require_signatory


def kid_of(by: Signatory, kid: str | None, what: str) -> str | None:
    """The `kid` to write: `kid` itself, or for a did:key and a did:jwk that of their only key. Raises `InputError`."""
    did = require_signatory(by, what).did
    if not is_did(did):
        raise InputError(f"{what}: expected an identity to sign, got one without a DID")
    if kid is None:
        return only_key_of(did)
    if not isinstance(kid, str) or not kid.startswith(f"{did}#"):
        raise InputError(f"{what}: expected kid as a DID URL of the issuer")
    return kid
