"""Chains of any shape, honest or not, made block by block so that a test can spoil exactly one thing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from attorn import AttornError, Identity, Request, Verifier
from attorn.biscuit.block import encode
from attorn.biscuit.container import Container, ProofKind, SignedBlock
from attorn.biscuit.signature import seal, sign_block
from attorn.caveat import Caveat
from attorn.did.resolver import LocalResolver
from attorn.encoding import base64url_encode
from attorn.keys.public import PublicKey
from attorn.keys.signer import P256Signer, Signer
from attorn.limits import Limits
from attorn.request.facts import Facts
from attorn.store import MemoryStore
from attorn.token import chain as chains
from attorn.token.carrier import BiscuitCarrier
from attorn.token.link import Link, write
from attorn.token.presentation import Presentation
from attorn.token.principal import Principal
from attorn.token.token import Token

NOW = 1_900_000_000
ISSUED = NOW - 30
AUDIENCE = "did:web:calendar.example"
ALLOWED = "allowed"


def clock() -> datetime:
    return datetime.fromtimestamp(NOW, UTC)


def clock_at(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)


@dataclass(frozen=True, slots=True)
class Person:
    """An identity, and the principal that a link names for it."""

    identity: Identity
    principal: Principal

    @property
    def did(self) -> str:
        return self.identity.did

    @property
    def signer(self) -> Signer:
        return self.identity.signer

    @property
    def key(self) -> PublicKey:
        return self.identity.signer.public_key


def _person(identity: Identity) -> Person:
    method = LocalResolver().resolve(identity.did).methods[0].id
    named = None if identity.did.startswith("did:key:") else method
    return Person(identity, Principal(identity.signer.public_key, named))


def _constant(size: int) -> bytes:
    return b"\x07" * size


def _people() -> tuple[Person, ...]:
    def seeded(number: int, method: str) -> Identity:
        return Identity.from_seed(bytes((number,)) * 32, method=method, clock=clock, random=_constant)

    p256 = Identity(P256Signer.from_scalar(b"\x01" * 32), clock=clock, random=_constant)
    identities = [*(seeded(number, "key") for number in range(1, 8)), seeded(8, "jwk"), seeded(9, "jwk"), p256]
    return tuple(map(_person, identities))


PEOPLE = _people()
THIEF = _person(Identity.from_seed(b"\xee" * 32, clock=clock, random=_constant))
OTHER_THIEF = _person(Identity(P256Signer.from_scalar(b"\x02" * 32), clock=clock, random=_constant))


@dataclass(frozen=True, slots=True)
class Step:
    """One link: whom it is given to, within what, and who really signs it (default: who should)."""

    to: Person
    caveats: tuple[Caveat, ...] = ()
    signer: Person | None = None
    issued: int = ISSUED


@dataclass(frozen=True, slots=True)
class Chain:
    """The blocks of links, the symbols behind them, and the people: the root first, the holder last."""

    blocks: tuple[SignedBlock, ...]
    symbols: tuple[str, ...]
    people: tuple[Person, ...]

    @property
    def holder(self) -> Person:
        return self.people[-1]

    @property
    def root(self) -> Person:
        return self.people[0]

    def token(self) -> Token:
        return Token.of(BiscuitCarrier(self.blocks))

    def prefix(self, links: int) -> Chain:
        """The first links of this chain, as an ancestor holds it."""
        blocks = self.blocks[:links]
        return Chain(blocks, chains.read(blocks, Limits()).symbols, self.people[: links + 1])


def build(root: Person, steps: Sequence[Step], *, salt: int = 0) -> Chain:
    """The chain of these steps; link ids are made of the salt and the position."""
    blocks: list[SignedBlock] = []
    symbols: tuple[str, ...] = ()
    people = [root]
    for position, step in enumerate(steps, start=1):
        by = people[-1]
        link_id = bytes((salt, position)) * 8
        link = Link(position, link_id, step.issued, by.principal, step.to.principal, step.caveats)
        payload = encode(*write(link), symbols)
        symbols += chains.admit(payload, symbols, Limits()).symbols
        previous = blocks[-1].signature if blocks else None
        blocks.append(sign_block((step.signer or by).signer, payload, step.to.key, previous))
        people.append(step.to)
    return Chain(tuple(blocks), symbols, tuple(people))


def resigned(chain: Chain, payloads: Mapping[int, bytes]) -> Chain:
    """The chain with other payloads at these indexes, every block signed again by whoever should."""
    blocks: list[SignedBlock] = []
    for index, block in enumerate(chain.blocks):
        previous = blocks[-1].signature if blocks else None
        signer = chain.people[index].signer
        blocks.append(sign_block(signer, payloads.get(index, block.payload), block.next_key, previous))
    return replace(chain, blocks=tuple(blocks))


def wire_of(blocks: Sequence[SignedBlock], kind: ProofKind, proof: bytes = b"") -> str:
    return base64url_encode(Container(tuple(blocks), kind, proof).encode())


def presentation(request: Request, *, number: int = 0, audience: str = AUDIENCE, at: int = NOW) -> Presentation:
    return Presentation(audience, request.digest(), number.to_bytes(16, "big"), at - 30, at + 60)


def presented(
    chain: Chain,
    claim: Presentation,
    *,
    signer: Person | None = None,
    sealer: Person | None = None,
    next_key: PublicKey | None = None,
) -> str:
    """The chain with a presentation, each part by the holder unless said otherwise."""
    holder = chain.holder
    payload = encode((), (claim.check(),), chain.symbols)
    key = next_key or holder.key
    last = sign_block((signer or holder).signer, payload, key, chain.blocks[-1].signature)
    return wire_of((*chain.blocks, last), ProofKind.SEAL, seal((sealer or holder).signer, last))


def verifier(chain: Chain, *, at: int = NOW, audience: str = AUDIENCE, cache: int = 0) -> Verifier:
    """A verifier that trusts the chain's root and has seen nothing yet."""
    roots = [chain.root.did]
    return Verifier(audience=audience, roots=roots, store=MemoryStore(), clock=lambda: clock_at(at), cache=cache)


def outcome(judge: Verifier, wire: str, request: Request) -> str:
    """`allowed`, or the code of the error."""
    try:
        judge.authorize(wire, request)
    except AttornError as error:
        return error.code
    return ALLOWED


def verdict(chain: Chain, request: Request, *, at: int = NOW) -> str:
    """What a fresh verifier says when the holder presents the chain for this request."""
    return outcome(verifier(chain, at=at), presented(chain, presentation(request, at=at)), request)


def facts(request: Request, *, depth: int = 0, at: int = NOW, approved: frozenset[str] = frozenset()) -> Facts:
    return Facts(request, audience=AUDIENCE, now=at, depth=depth, approved=approved)


def permits(
    caveat: Caveat, request: Request, *, depth: int = 0, at: int = NOW, approved: frozenset[str] = frozenset()
) -> bool:
    return caveat.prohibits(facts(request, depth=depth, at=at, approved=approved)) is None
