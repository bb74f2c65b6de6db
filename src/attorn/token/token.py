"""A token: a chain in transit. It carries no private key and no proof, so it can be neither used nor stolen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

from attorn.biscuit.container import Container, ProofKind, parse
from attorn.encoding import base64url_decode, base64url_encode
from attorn.errors import InputError, LimitError, MalformedError, NotAdmittedError, PossessionError
from attorn.limits import Limits
from attorn.macaroon import container as macaroons
from attorn.macaroon import text as macaroon_text
from attorn.token.carrier import BiscuitCarrier, Carrier, MacaroonCarrier
from attorn.token.chain import UnverifiedChain, read
from attorn.token.link import Link

_MACAROON: Final = 0x02
"""The first byte of a Macaroon, its version. A Biscuit begins with the number of a field."""


@dataclass(frozen=True, slots=True, repr=False)
class Token:
    """A chain on its way from delegator to delegate. Reading one proves nothing; only a `Verifier` does."""

    carrier: Carrier
    unverified: UnverifiedChain

    @classmethod
    def of(cls, carrier: Carrier, limits: Limits | None = None) -> Self:
        """The token in a carrier. Raises `MalformedError`, `NotAdmittedError` or `LimitError`."""
        return cls(carrier, read(carrier.blocks, limits or Limits()))

    @property
    def unverified_links(self) -> tuple[Link, ...]:
        """The links as the bytes claim them, the user's own first."""
        return self.unverified.links

    @property
    def holder(self) -> str:
        """The DID that the last link was given to, and that alone can use or extend this."""
        return self.unverified.links[-1].delegate

    def encode(self) -> str:
        """The token as text: unpadded base64url."""
        return base64url_encode(self.carrier.encode())

    @classmethod
    def decode(cls, text: str, *, limits: Limits | None = None) -> Self:
        """The token in `text`, Biscuit or Macaroon.

        Raises `MalformedError`, `NotAdmittedError` or `LimitError`; a presentation is not a token.
        """
        if limits is None:
            limits = Limits()
        elif not isinstance(limits, Limits):
            raise InputError(f"limits: expected Limits, got {type(limits).__name__}")
        data = read_text(text, limits)
        if is_macaroon(data):
            return cls.of(MacaroonCarrier.of(macaroons.parse(data), most_links=limits.links), limits)
        container = read_container(data, limits)
        if container.proof is not ProofKind.IN_TRANSIT:
            raise MalformedError(f"expected a token in transit, got one that ends in a {container.proof.value}")
        if len(container.blocks) > limits.links:
            raise LimitError(f"expected at most {limits.links} links")
        return cls.of(BiscuitCarrier(container.blocks), limits)

    @classmethod
    def of_presentation(cls, text: str, *, limits: Limits | None = None) -> Self:
        """The token, as it was in transit, of which a presentation in `text` was made: a Biscuit's links alone.

        Raises `MalformedError`, `NotAdmittedError` (also for a Macaroon), `LimitError`, or `PossessionError` for no
        presentation. It proves nothing.
        """
        limits = limits or Limits()
        data = read_text(text, limits)
        if is_macaroon(data):
            raise NotAdmittedError("a Macaroon does not show what it was in transit")
        container = read_container(data, limits)
        if container.proof is not ProofKind.SEAL or len(container.blocks) < 2:
            raise PossessionError("expected a presentation")
        return cls.of(BiscuitCarrier(container.blocks[:-1]), limits)

    def __repr__(self) -> str:
        return f"Token({len(self.unverified.links)} links, holder {self.holder})"


def read_container(data: bytes, limits: Limits) -> Container:
    """The Biscuit in `data`, with nothing in it that attorn does not write. Raises `VerificationError` kinds."""
    container = parse(data, most_blocks=limits.links + 1)
    refuse_hint(container.root_key_id)
    return container


def refuse_hint(root_key_id: int | None) -> None:
    """Return if a Biscuit names no root key beside its signatures. Raises `MalformedError`."""
    if root_key_id is not None:
        # No signature covers it, so two spellings of one token would both be good.
        raise MalformedError("a root key id is not admitted: nothing signs it")


def read_text(text: str, limits: Limits) -> bytes:
    """The bytes of a token's text form, after the size limit (step 0). Raises `LimitError` and `MalformedError`."""
    if not isinstance(text, str):
        raise InputError(f"token: expected text, got {type(text).__name__}")
    if len(text) > limits.token_bytes:
        raise LimitError(f"token: expected at most {limits.token_bytes} characters, got {len(text)}")
    return macaroon_text.octets(text) if text[:1] in ("{", "[") else base64url_decode(text)


def is_macaroon(data: bytes) -> bool:
    """Whether these bytes can only be a Macaroon: which format a token has, its first byte says and nobody else."""
    return data[:1] == bytes((_MACAROON,))
