"""What carries a chain from hand to hand: the blocks of a Biscuit, or the caveats of a Macaroon.

The blocks' content is the same in both, byte for byte, so that reading and judging it is the same code. What differs is
what a signature covers and how the whole is written.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from attorn.biscuit.container import Container, ProofKind, SignedBlock
from attorn.biscuit.signature import seal, sign_block
from attorn.errors import MalformedError
from attorn.keys.public import PublicKey
from attorn.keys.signer import Signer
from attorn.macaroon import discharge, mac
from attorn.macaroon import link as links
from attorn.macaroon.container import MOST_CAVEATS, Macaroon, encode_all
from attorn.macaroon.link import SignedLink


class Carrier(Protocol):
    """A chain in transit, as one format writes it."""

    @property
    def format(self) -> str:
        """Which of the formats it is: biscuit or macaroon."""

    @property
    def blocks(self) -> tuple[SignedBlock | SignedLink, ...]:
        """The links as they were signed, the user's own first."""

    def extended(self, signer: Signer, payload: bytes, next_key: PublicKey) -> Carrier:
        """With one more link, from the holder of `signer` to that of `next_key`.

        Raises `UnavailableError` if the signer fails, `InputError` or `LimitError` if the format has no room.
        """

    def accompanied(self, approvals: tuple[str, ...]) -> tuple[Carrier, tuple[str, ...]]:
        """A carrier that takes these approvals along, and those that the presentation's block has to state instead.

        Raises `InputError` or `LimitError` if the format has no room.
        """

    def presented(self, signer: Signer, payload: bytes) -> bytes:
        """The wire form, bound for good by the holder to what `payload` says. Raises as `extended`."""

    def encode(self) -> bytes:
        """The bytes in transit."""


@dataclass(frozen=True, slots=True)
class BiscuitCarrier:
    """Blocks of a standard Biscuit. In transit it ends in an empty proof (docs/adr/0002), presented in a seal."""

    blocks: tuple[SignedBlock, ...] = ()

    @property
    def format(self) -> str:
        return "biscuit"

    def extended(self, signer: Signer, payload: bytes, next_key: PublicKey) -> BiscuitCarrier:
        return BiscuitCarrier((*self.blocks, sign_block(signer, payload, next_key, self._last)))

    def accompanied(self, approvals: tuple[str, ...]) -> tuple[BiscuitCarrier, tuple[str, ...]]:
        return self, approvals

    def presented(self, signer: Signer, payload: bytes) -> bytes:
        last = sign_block(signer, payload, signer.public_key, self._last)
        return Container((*self.blocks, last), ProofKind.SEAL, seal(signer, last)).encode()

    def encode(self) -> bytes:
        return Container(self.blocks, ProofKind.IN_TRANSIT).encode()

    @property
    def _last(self) -> bytes | None:
        return self.blocks[-1].signature if self.blocks else None


@dataclass(frozen=True, slots=True)
class MacaroonCarrier:
    """A macaroon with its links as caveats (docs/adr/0016), and the discharges that go with it when it is presented."""

    macaroon: Macaroon
    blocks: tuple[SignedLink, ...] = ()
    discharges: tuple[Macaroon, ...] = ()

    @property
    def format(self) -> str:
        return "macaroon"

    @classmethod
    def of(cls, macaroon: Macaroon, *, most_links: int = MOST_CAVEATS) -> MacaroonCarrier:
        """The carrier of a macaroon in transit. Raises `NotAdmittedError`, `MalformedError` or `LimitError`."""
        found = links.read(macaroon.identifier, macaroon.unverified_caveats, most_links=most_links)
        if found.presentation is not None:
            raise MalformedError("expected a token in transit, got a presentation")
        return cls(macaroon, found.links)

    def extended(self, signer: Signer, payload: bytes, next_key: PublicKey) -> MacaroonCarrier:
        return MacaroonCarrier.of(links.append_link(signer, self.macaroon, payload, next_key))

    def accompanied(self, approvals: tuple[str, ...]) -> tuple[MacaroonCarrier, tuple[str, ...]]:
        macaroon, discharges = self.macaroon, list(self.discharges)
        for approval in approvals:
            macaroon, made = discharge.approved(macaroon, approval)
            discharges.append(made)
        return MacaroonCarrier(macaroon, self.blocks, tuple(discharges)), ()

    def presented(self, signer: Signer, payload: bytes) -> bytes:
        made = links.append_presentation(signer, self.macaroon, payload)
        return encode_all([made, *(mac.bind(made, each) for each in self.discharges)])

    def encode(self) -> bytes:
        return encode_all([self.macaroon])
