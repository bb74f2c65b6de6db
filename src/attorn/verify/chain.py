"""Steps 3 to 5 for the links of a chain: who signed each, and do they join up.

That each delegator is the delegate before is what the signatures show: the key that a link binds is the only one that
the next link verifies with.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from attorn.biscuit.signature import verify_block
from attorn.caveat.agent import Agent
from attorn.caveat.approval import RequiresApproval
from attorn.caveat.base import Caveat
from attorn.caveat.counted import Counted
from attorn.caveat.scope import Actions, Resources
from attorn.caveat.status import Standing
from attorn.caveat.text import Subpath, UrlHost
from attorn.caveat.validity import Expires, MaxDepth, NotBefore, Purpose
from attorn.caveat.value import Equals, Range
from attorn.clock import LATEST
from attorn.errors import ChainError, ExpiredError
from attorn.keys.public import PublicKey
from attorn.macaroon.link import SignedLink, verify_link
from attorn.statement import Kind
from attorn.token.chain import UnverifiedChain
from attorn.token.link import Link
from attorn.token.principal import Principal
from attorn.verify.rotation import Principals

_CLEARED: Final = frozenset({Actions, Resources, Equals, Range, Subpath, UrlHost})
"""Common caveats that ask about the request and about nothing else."""


@dataclass(frozen=True, slots=True)
class VerifiedChain:
    """A chain whose every link is signed by the delegate before it, and what later steps ask of it.

    `start` and `stop` are the Unix seconds between which every link is valid, `issued` the latest issue. `caveats` are
    those left to clear, `counted` those among them to charge, each with the second at which its link expires,
    `standing` those that a list answers, `agents` those that ask who the delegates are, `approvals` those that ask for
    approval. `subjects` is what statements may
    say that concern this chain.
    """

    links: tuple[Link, ...]
    signature: bytes
    symbols: tuple[str, ...]
    start: int
    stop: int
    issued: int
    caveats: tuple[tuple[Link, Caveat], ...]
    counted: tuple[tuple[Link, Counted, int], ...]
    standing: tuple[tuple[Link, Standing], ...]
    agents: tuple[tuple[Link, Agent], ...]
    approvals: tuple[tuple[Link, RequiresApproval], ...]
    subjects: tuple[tuple[Kind, str], ...]

    @property
    def holder(self) -> Principal:
        """Whom the last link was given to."""
        return self.links[-1].to


def verify_signatures(chain: UnverifiedChain, root: PublicKey) -> None:
    """(4) Each link is signed with the key that the link before bound. Raises `SignatureError`."""
    key, previous = root, None
    for position, block in enumerate(chain.blocks, start=1):
        if isinstance(block, SignedLink):
            verify_link(key, block, position)
        else:
            verify_block(key, block, previous, position)
        key, previous = block.next_key, block.signature


def confirm_principals(principals: Principals, links: tuple[Link, ...]) -> bool:
    """(3) Each principal that is not its own key has the key that the chain binds. Whether there was any.

    Every delegator delegates, the root too; the last delegate invokes. Asked only once the signatures hold, so that a
    forger cannot choose what gets looked up. Raises `ResolutionError` and `UnavailableError`.
    """
    named = [link for link in links if link.by.method is not None]
    for link in named:
        principals.delegator_key(link)
    if links[-1].to.method is None:
        return bool(named)
    principals.confirm_holder(links[-1].to)
    return True


def join(chain: UnverifiedChain, skew: timedelta) -> VerifiedChain:
    """(5) The links as one chain, and what of (6) needs no clock. Raises `ChainError` or `ExpiredError`."""
    links = chain.links
    if len({link.id for link in links}) != len(links):
        raise ChainError("two links of the chain have the same id")
    limits = _Together(len(links) - 1, int(skew.total_seconds()))
    for link in links:
        limits.add(link)
    return VerifiedChain(
        links,
        chain.blocks[-1].signature,
        chain.symbols,
        limits.start,
        limits.stop,
        max([link.second for link in links]),
        tuple(limits.caveats),
        tuple(limits.counted),
        tuple(limits.standing),
        tuple(limits.agents),
        tuple(limits.approvals),
        _subjects(links, limits.standing),
    )


def _subjects(links: tuple[Link, ...], standing: list[tuple[Link, Standing]]) -> tuple[tuple[Kind, str], ...]:
    """What a store is asked about at step 7: every link, every principal, every list."""
    found = [(Kind.REVOCATION, link.id.hex()) for link in links]
    found.append((Kind.LIFECYCLE, links[0].by.subject))
    found += [(Kind.LIFECYCLE, link.to.subject) for link in links]
    found += [caveat.about for _, caveat in standing]
    return tuple(dict.fromkeys(found))


class _Together:
    """What the links seen so far allow together: the window, the depth, and the caveats left to clear."""

    __slots__ = ("_before", "_depth", "_skew", "agents", "approvals", "caveats", "counted", "standing", "start", "stop")

    def __init__(self, depth: int, skew: int) -> None:
        self._depth = depth
        self._skew = skew
        self._before = 0
        self.start, self.stop = 0, LATEST
        self.caveats: list[tuple[Link, Caveat]] = []
        self.counted: list[tuple[Link, Counted, int]] = []
        self.standing: list[tuple[Link, Standing]] = []
        self.agents: list[tuple[Link, Agent]] = []
        self.approvals: list[tuple[Link, RequiresApproval]] = []

    def add(self, link: Link) -> None:
        """Narrow by one more link. A link that says it lasts longer than its parent is not refused: the shorter time
        holds (attack 69); one issued outside its parent's window is."""
        second, skew = link.second, self._skew
        if second + skew < self._before:
            raise ExpiredError(f"link {link.position} was issued before the link it extends")
        if second + skew < self.start or second - skew >= self.stop:
            raise ExpiredError(f"link {link.position} was issued when its delegator's authority was not valid")
        self._before = max(self._before, second)
        counted: list[Counted] = []
        for caveat in link.caveats:
            if type(caveat) in _CLEARED:
                self.caveats.append((link, caveat))
            elif isinstance(caveat, Expires):
                self.stop = min(self.stop, caveat.second)
            elif isinstance(caveat, NotBefore):
                self.start = max(self.start, caveat.second)
            elif isinstance(caveat, MaxDepth):
                if caveat.hops < self._depth:
                    raise ChainError(f"link {link.position} allows {caveat.limit()}; the chain has {self._depth}")
            elif isinstance(caveat, Standing | Agent | RequiresApproval):
                self._add_told(link, caveat)
            elif not isinstance(caveat, Purpose):
                self.caveats.append((link, caveat))
                if isinstance(caveat, Counted):
                    counted.append(caveat)
        # Only now is it known when this link expires.
        self.counted += [(link, caveat, self.stop) for caveat in counted]

    def _add_told(self, link: Link, caveat: Standing | Agent | RequiresApproval) -> None:
        """Keep what others answer: lists, issuers of identity credentials, approvers."""
        if isinstance(caveat, Standing):
            self.standing.append((link, caveat))
        elif isinstance(caveat, Agent):
            self.agents.append((link, caveat))
        else:
            self.approvals.append((link, caveat))
