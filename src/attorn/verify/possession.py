"""A proof of possession that is no presentation: made by another protocol's rules, beside a token in transit.

Such a proof covers less than a presentation block. What it does cover, whoever read it has held against the request;
here it takes the place of the block, and everything else of the procedure stays as it is.
"""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from dataclasses import dataclass

from attorn.biscuit.container import ProofKind, outline, parse_block
from attorn.errors import MalformedError, NotAdmittedError, UnavailableError
from attorn.handed import ask, check_by
from attorn.keys.public import PublicKey
from attorn.limits import Limits
from attorn.token import chain as chains
from attorn.token.chain import UnverifiedChain
from attorn.token.presentation import Presentation
from attorn.token.token import is_macaroon, read_text, refuse_hint


class Possession(ABC):
    """What a verifier takes in place of a presentation: a token in transit, and a proof that its holder sent it.

    It is made for one request, by an adapter that has read the proof and found it to be of that request. Whether the
    proof is by the holder, the verifier asks.
    """

    __slots__ = ()
    token: str
    """The text of the token, which the proof covers."""

    @abstractmethod
    def presentation(self) -> Presentation:
        """What a presentation block would say: for whom and for what request, its id, and from when to when."""

    @abstractmethod
    def verify(self, holder: PublicKey) -> None:
        """Return if this very key made the proof. Raises a `VerificationError` if another did, or nobody."""


@dataclass(frozen=True, slots=True)
class ArrivedToken:
    """A Biscuit in transit with such a proof: see `attorn.verify.arrival.Arrival`."""

    data: bytes
    spans: tuple[tuple[int, int, int], ...]
    proof: Possession
    digest: bytes

    @classmethod
    def of(cls, proof: Possession, limits: Limits) -> ArrivedToken:
        """The outline of the token. Raises `MalformedError`, `LimitError`, or `NotAdmittedError` for a Macaroon."""
        data = read_text(proof.token, limits)
        if is_macaroon(data):
            # Who has one in transit can append to it, and its discharges are bound to a presentation.
            raise NotAdmittedError("a Macaroon is presented, or not at all: no other proof binds its discharges")
        found = outline(data, most_blocks=limits.links)
        refuse_hint(found.root_key_id)
        if found.proof is not ProofKind.IN_TRANSIT:
            raise MalformedError(f"expected a token in transit, got one that ends in: {found.proof.value}")
        # The bytes of the links, as in a presentation: the same chain is remembered once.
        return cls(data, found.spans, proof, hashlib.sha256(data[: found.spans[-1][2]]).digest())

    def read_chain(self, limits: Limits) -> UnverifiedChain:
        return chains.read(tuple([parse_block(self.data, start, stop) for _, start, stop in self.spans]), limits)

    def read_presentation(self, symbols: tuple[str, ...], limits: Limits) -> Presentation:
        del symbols, limits
        made = ask("proof of possession", self.proof.presentation)
        if not isinstance(made, Presentation):
            raise UnavailableError(f"the proof of possession says nothing: {type(made).__name__}")
        return made

    def verify_presentation(self, holder: PublicKey, previous: bytes, position: int) -> None:
        del previous, position
        check_by("proof of possession", lambda: self.proof.verify(holder))
