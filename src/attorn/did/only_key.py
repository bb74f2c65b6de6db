"""The name of a key that its DID need not say: that of the only one it has."""

from __future__ import annotations

from attorn.did import jwk, key


def only_key_of(did: str) -> str | None:
    """The DID URL of the only key of a did:key or did:jwk; None for a DID that must say which."""
    if did.startswith(key.PREFIX):
        return f"{did}#{did.removeprefix(key.PREFIX)}"
    return f"{did}#0" if did.startswith(jwk.PREFIX) else None
