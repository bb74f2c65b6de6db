"""What stands before the last hop of a chain, and a memory of what held there.

An agent shows the same open mandate with every closed one, and the signatures in it do not change. What can change is
asked again each time: whether the anchor still has the key, the times, the status, the keys of the DIDs.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from attorn.did.resolver import Resolver
from attorn.mandate.anchor import Anchor
from attorn.mandate.verified import VerifiedHop
from attorn.recent import Recent
from attorn.sdjwt.compact import Compact

MOST_REMEMBERED: Final = 16_384
"""Longest head that is remembered, in characters."""


class Head(NamedTuple):
    """Hops from the root on whose signatures and links held, and the anchor they begin with, by `kid` if it had one."""

    hops: tuple[VerifiedHop, ...]
    anchor: Anchor
    kid: str | None

    def stands(self, resolver: Resolver) -> bool:
        """Whether the anchor still has the key that signed the root: a DID can change its keys.

        Raises `ResolutionError` and `UnavailableError`.
        """
        return self.anchor.did is None or self.hops[0].signer in self.anchor.keys(self.kid, resolver)


class Heads(Recent[tuple[Compact, ...], Head]):
    """The heads used last, by their very text. For one policy, whose anchors do not change."""

    __slots__ = ()

    def remember(self, parts: tuple[Compact, ...], chain: Head) -> None:
        """Remember all hops but the last of a chain that has just been verified, if they are not too long."""
        if parts and sum([len(part.unbound) for part in parts]) <= MOST_REMEMBERED:
            self.put(parts, chain._replace(hops=chain.hops[:-1]))
