"""A bounded memory of chains whose signatures and linkage have been verified.

Only what can never change is kept: the bytes of a chain either verify or they do not. Trust in the root, resolution of
DIDs that can change their keys, time, revocation, the holder's proof and replay are asked again on every use.
"""

from __future__ import annotations

from attorn.recent import Recent
from attorn.verify.chain import VerifiedChain


class ChainCache(Recent[bytes, VerifiedChain]):
    """The chains used last, by the SHA-256 of their blocks. Positive results only."""

    __slots__ = ()
