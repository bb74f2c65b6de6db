"""A chain of mandates that holds: what each hop says, who signed it, and for whom."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from attorn.canonical import JsonValue
from attorn.mandate.agent_key import AgentKey
from attorn.mandate.anchor import RootKey
from attorn.mandate.content import CLOSED, Closed, Content, is_open, is_payment
from attorn.mandate.envelope import Envelope, id_of
from attorn.mandate.times import Times
from attorn.sdjwt.compact import Compact
from attorn.sdjwt.digest import HashAlgorithm
from attorn.sdjwt.disclosure import Disclosure
from attorn.sdjwt.revealing import reveal
from attorn.status import TokenReference


class VerifiedHop(NamedTuple):
    """One mandate of a verified chain, or the credential that it begins with. Made by `verify` and `verify_held`.

    `position` counts from 1. `signer` is the key that signed, `did` whose key that is, None for a bare key. `content`
    is None for a credential. `holder` is who may sign the next hop, None in a closed mandate. `times` is when it is
    good by itself. `audience` and `nonce` are what its signer was asked for, None at a root that says neither.
    `algorithm` is that of its hashes. `redelegations` is how many open mandates may stand below it. `disclosures` are
    what was shown of it beside its `jwt`, and `named` is the one of its content.
    """

    position: int
    jwt: str
    disclosures: tuple[str, ...]
    signer: RootKey
    did: str | None
    content: Content | None
    holder: AgentKey | None
    times: Times
    audience: str | None
    nonce: str | None
    algorithm: HashAlgorithm
    redelegations: int
    status: TokenReference | None
    named: str | None

    def __repr__(self) -> str:
        return f"VerifiedHop(position={self.position}, id={self.id!r}, did={self.did!r}, content={self.content!r})"

    @property
    def id(self) -> str:
        """What it is counted by, a SHA-256 in base64url: the same however much is disclosed, as of `id_of`."""
        return id_of(self.jwt, self.named)

    @property
    def sd_hash(self) -> str:
        """Its hash as it is shown here."""
        return Compact(self.jwt, self.disclosures).sd_hash(self.algorithm)

    @property
    def claims(self) -> dict[str, JsonValue]:
        """The claims of its JWT with all that is disclosed of them, read anew: nobody else holds this object."""
        claims = Envelope.read(self.jwt).claims
        return reveal(claims, map(Disclosure.read, self.disclosures), self.algorithm).claims


@dataclass(frozen=True, slots=True)
class VerifiedChain:
    """Genuine mandates, each within the one before it. Made by `verify` and `verify_held`.

    Nothing is said yet of constraints: `MandateVerifier` holds a closed mandate against those of every open one.
    `text` is the chain as it was shown. `expires` is the Unix second at which the first of its hops ends.
    """

    text: str = field(repr=False)
    hops: tuple[VerifiedHop, ...]
    expires: int | None

    @property
    def closed(self) -> Closed | None:
        """What is to be done; None for a chain that ends in an open mandate."""
        content = self.hops[-1].content
        return content if isinstance(content, CLOSED) else None

    @property
    def opens(self) -> tuple[VerifiedHop, ...]:
        """The open mandates, from the user's own on."""
        return tuple([hop for hop in self.hops if hop.content is not None and is_open(hop.content)])

    @property
    def human_present(self) -> bool:
        """Whether the user, or the user's trusted surface, signed the closed mandate itself.

        It follows from who signed what. No member of a mandate says so, and none would be believed.
        """
        return self.closed is not None and not self.opens

    @property
    def is_payment(self) -> bool:
        """Whether it is about a payment; else it is about a checkout."""
        content = self.hops[-1].content
        return content is not None and is_payment(content)
