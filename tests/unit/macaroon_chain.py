"""The signatures of a chain as its links claim them, for tests that look at links without a verifier."""

from __future__ import annotations

from attorn.errors import SignatureError
from attorn.keys.public import PublicKey
from attorn.macaroon.link import UnverifiedLinks, verify_link


def verify(chain: UnverifiedLinks, root: PublicKey) -> None:
    """Return if `root` signed the first link, and each delegate's key what follows. Raises `SignatureError`."""
    key = root
    for position, link in enumerate(chain.links, start=1):
        verify_link(key, link, position)
        key = link.next_key
    if chain.presentation is not None and not chain.presentation.signed_by(key):
        raise SignatureError("the presentation's signature does not verify with the holder's key")
