"""The name under which a store keeps what was said about a principal."""

from __future__ import annotations

from attorn.did import key
from attorn.did.did import parse


def subject(did: str) -> str:
    """`key:` and the key's bytes in hexadecimal for a did:key, the DID itself for any other.

    A token names the principal of a did:key by its key. Raises `MalformedError` for anything but a bare DID.
    """
    if parse(did).method == "key":
        return f"key:{key.parse(did).data.hex()}"
    return did
