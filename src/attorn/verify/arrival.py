"""A presentation as it arrived, in either format: cut up (step 1), its links and itself still to be verified.

So is a token in transit with a proof of another kind.

For a Macaroon the MAC is verified here, before anything in it is read: it is what makes the caveats be those that
somebody put there, and whether they are to be believed the signatures of the links say.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from attorn.biscuit.admission import admit
from attorn.biscuit.container import ProofKind, SignedBlock, outline, parse_block
from attorn.biscuit.signature import seal_payload, verifies, verify_block
from attorn.errors import ChainError, NotAdmittedError, PossessionError, SignatureError
from attorn.keys.public import PublicKey
from attorn.limits import Limits
from attorn.macaroon import container as macaroons
from attorn.macaroon import discharge, issuing, mac
from attorn.macaroon import link as macaroon_links
from attorn.macaroon.discharge import Discharged
from attorn.macaroon.key import MacKey
from attorn.macaroon.link import SignedLink, SignedPresentation
from attorn.macaroon.mac import Proven
from attorn.token import chain as chains
from attorn.token import discharge as grants
from attorn.token import presentation as presentations
from attorn.token.chain import UnverifiedChain
from attorn.token.presentation import Presentation
from attorn.token.token import is_macaroon, read_text, refuse_hint
from attorn.verify.possession import ArrivedToken, Possession


class Arrival(Protocol):
    """What the verifier asks of a presentation in either format.

    `digest` names the bytes of the links, by which they are remembered.
    """

    @property
    def digest(self) -> bytes: ...

    def read_chain(self, limits: Limits) -> UnverifiedChain:
        """(1) The links that it claims. Raises `MalformedError`, `NotAdmittedError` or `LimitError`."""

    def read_presentation(self, symbols: tuple[str, ...], limits: Limits) -> Presentation:
        """(1) What it claims to be made for, behind links with these symbols. Raises as `read_chain`."""

    def verify_presentation(self, holder: PublicKey, previous: bytes, position: int) -> None:
        """(4) (5) Return if `holder` bound it, and nobody else. `previous` is the signature of the last link.

        Raises `SignatureError` or `ChainError`.
        """


@dataclass(frozen=True, slots=True)
class ArrivedBiscuit:
    """A sealed Biscuit: the bytes, where the blocks of links stand in them, the last block and the seal."""

    data: bytes
    spans: tuple[tuple[int, int, int], ...]
    last: SignedBlock
    seal: bytes
    digest: bytes

    @classmethod
    def of(cls, data: bytes, limits: Limits) -> ArrivedBiscuit:
        """The outline of `data`. Raises `MalformedError`, `LimitError`, or `PossessionError` if it is not sealed."""
        found = outline(data, most_blocks=limits.links + 1)
        refuse_hint(found.root_key_id)
        if found.proof is not ProofKind.SEAL:
            raise PossessionError(f"expected a sealed presentation, got a token that ends in: {found.proof.value}")
        if len(found.spans) < 2:
            raise PossessionError("a seal without a presentation proves nothing about this request")
        field, start, stop = found.spans[-1]
        last = parse_block(data, start, stop)
        return cls(data, found.spans[:-1], last, found.proof_bytes, hashlib.sha256(data[:field]).digest())

    def read_chain(self, limits: Limits) -> UnverifiedChain:
        return chains.read(tuple([parse_block(self.data, start, stop) for _, start, stop in self.spans]), limits)

    def read_presentation(self, symbols: tuple[str, ...], limits: Limits) -> Presentation:
        return _presentation(self.last.payload, symbols, limits)

    def verify_presentation(self, holder: PublicKey, previous: bytes, position: int) -> None:
        verify_block(holder, self.last, previous, position)
        if self.last.next_key != holder:
            raise ChainError("the presentation names another next key than the holder's")
        if not verifies(holder, self.seal, seal_payload(self.last)):
            raise SignatureError("the seal does not verify with the holder's key")


@dataclass(frozen=True, slots=True)
class ArrivedMacaroon:
    """A presented Macaroon whose every caveat its MAC covers, with what its discharges say."""

    links: tuple[SignedLink, ...]
    last: SignedPresentation
    discharged: Discharged
    digest: bytes

    @classmethod
    def of(cls, data: bytes, limits: Limits, keys: Mapping[bytes, MacKey]) -> ArrivedMacaroon:
        """What `data` proves. Raises `VerificationError` kinds; `UntrustedRootError` if no key of ours made it."""
        macaroon, *discharges = macaroons.parse_all(data)
        proven = mac.verify(macaroon, discharges, issuing.key_of(macaroon.identifier, keys))
        found = macaroon_links.read(proven.identifier, proven.caveats, most_links=limits.links)
        if found.presentation is None:
            raise PossessionError("expected a presentation, got a token in transit")
        # A transcript begins with a tag that no Biscuit begins with, so the digests of the two formats differ.
        return cls(found.links, found.presentation, _discharged(proven, len(found.links)), found.transcript)

    def read_chain(self, limits: Limits) -> UnverifiedChain:
        return chains.read(self.links, limits)

    def read_presentation(self, symbols: tuple[str, ...], limits: Limits) -> Presentation:
        presentation = _presentation(self.last.payload, symbols, limits)
        if presentation.unverified_approvals:
            raise NotAdmittedError("the approvals that a Macaroon takes along are discharges")
        if self.discharged.approvals:
            presentation = presentations.accompanied(presentation, self.discharged.approvals)
        if not self.discharged.payloads:
            return presentation
        return replace(presentation, demands=grants.read(self.discharged.payloads, limits))

    def verify_presentation(self, holder: PublicKey, previous: bytes, position: int) -> None:
        del previous, position
        if not self.last.signed_by(holder):
            raise SignatureError("the presentation's signature does not verify with the holder's key")


def arrive(wire: str | Possession, limits: Limits, keys: Mapping[bytes, MacKey]) -> Arrival:
    """(0) (1) What arrived as `wire`; `keys` are those that macaroons may have been made with, by name."""
    # Text first: to ask an `abc.ABC` whether something is of its kind costs ten times as much.
    if not isinstance(wire, str) and isinstance(wire, Possession):
        return ArrivedToken.of(wire, limits)
    data = read_text(wire, limits)
    return ArrivedMacaroon.of(data, limits, keys) if is_macaroon(data) else ArrivedBiscuit.of(data, limits)


def _presentation(payload: bytes, symbols: tuple[str, ...], limits: Limits) -> Presentation:
    block = admit(payload, symbols, limits)
    if any(fact.name == "link" for fact in block.facts):
        raise PossessionError("sealed without a presentation block")
    return presentations.read(block)


def _discharged(proven: Proven, links: int) -> Discharged:
    """What the discharges say, each for the link that follows its caveat, or for the last."""
    before = 0
    positions: list[int] = []
    for caveat in proven.caveats:
        positions.append(min(before + 1, links))
        before += caveat.vid is None
    return discharge.read(proven.caveats, positions)
