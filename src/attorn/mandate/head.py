"""What stands before the last hop of a chain, and a memory of what held there.

An agent shows the same open mandate with every closed one, and the signatures in it do not change. What can change is
asked again each time: whether the anchor still has the key, the times, the status, the keys of the DIDs.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from attorn.did.resolver import Resolver
from attorn.mandate.anchor import Anchor, algs
from attorn.mandate.verified import VerifiedHop
from attorn.recent import Recent
from attorn.sdjwt.compact import Compact

MOST_REMEMBERED: Final = 16_384
"""Longest head that is remembered, in characters."""


class Head(NamedTuple):
    """Hops from the root on whose signatures and links held, and the anchor they begin with.

    `kid` and `alg` are those of the root's header.
    """

    hops: tuple[VerifiedHop, ...]
    anchor: Anchor
    kid: str | None
    alg: str

    def stands(self, anchors: Iterable[Anchor], resolver: Resolver) -> bool:
        """Whether the first key that the root's header can mean now is the one that signed it, and of the same anchor.

        Anchors are asked in their order, as `signer_of` asks them: DIDs can change their keys, and with them who is
        found to have signed. Raises `ResolutionError` and `UnavailableError`.
        """
        for anchor in anchors:
            for key in anchor.keys(self.kid, resolver) if anchor.is_meant(self.kid) else ():
                if self.alg in algs(key):
                    return anchor == self.anchor and key == self.hops[0].signer
        return False


class Heads(Recent[tuple[Compact, ...], Head]):
    """The heads used last, by their very text. For one policy, whose anchors do not change."""

    __slots__ = ()

    def remember(self, parts: tuple[Compact, ...], chain: Head) -> None:
        """Remember all hops but the last of a chain that has just been verified, if they are not too long."""
        if parts and sum([len(part.unbound) for part in parts]) <= MOST_REMEMBERED:
            self.put(parts, chain._replace(hops=chain.hops[:-1]))
