"""A bounded memory of chains whose signatures and linkage have been verified.

Only what can never change is kept: the bytes of a chain either verify or they do not. Trust in the root, resolution of
DIDs that can change their keys, time, revocation, the holder's proof and replay are asked again on every use.
"""

from __future__ import annotations

import threading
from collections import OrderedDict

from attorn.verify.chain import VerifiedChain


class ChainCache:
    """The `size` chains used last, by the SHA-256 of their blocks. Positive results only."""

    __slots__ = ("_chains", "_lock", "_size")

    def __init__(self, size: int) -> None:
        self._size = size
        self._lock = threading.Lock()
        self._chains: OrderedDict[bytes, VerifiedChain] = OrderedDict()

    def get(self, digest: bytes) -> VerifiedChain | None:
        """The verified chain of these bytes, if it is remembered."""
        with self._lock:
            chain = self._chains.get(digest)
            if chain is not None:
                self._chains.move_to_end(digest)
            return chain

    def put(self, digest: bytes, chain: VerifiedChain) -> None:
        """Remember a chain that has just been verified."""
        with self._lock:
            self._chains[digest] = chain
            if len(self._chains) > self._size:
                self._chains.popitem(last=False)
