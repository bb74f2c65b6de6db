"""Step 9 for who the delegates are: which identity credentials count that came along, and what they say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from attorn.caveat.agent import Agent
from attorn.caveat.status import Status
from attorn.caveat.validity import moment
from attorn.did.resolver import Resolver
from attorn.did.subject import subject
from attorn.errors import (
    DeprovisionedError,
    ExpiredError,
    RevokedError,
    StaleError,
    StatusError,
    SuspendedError,
    VerificationError,
)
from attorn.request.attested import Attested
from attorn.request.facts import Facts
from attorn.statement import Kind
from attorn.store.ports import Store
from attorn.token.discharge import Demand
from attorn.token.link import Link
from attorn.token.presentation import Presentation
from attorn.verify import standing
from attorn.verify.chain import VerifiedChain
from attorn.verify.clearing import denied
from attorn.verify.standing import Lists, Rules

if TYPE_CHECKING:
    from attorn.agent import AgentIdentity

Asking: TypeAlias = tuple[Link, Agent]
"""A caveat that asks who the delegates are, and the link that holds it."""
_STEP: Final = 9
_OVER: Final = (DeprovisionedError, ExpiredError, RevokedError, StatusError, SuspendedError)
"""Why a genuine credential does not count now."""


@dataclass(frozen=True, slots=True)
class Attestations:
    """What a verifier judges identity credentials with: who has which keys, and what was said about them since."""

    resolver: Resolver
    store: Store
    rules: Rules
    lists: Lists

    def clear(self, chain: VerifiedChain, presentation: Presentation, facts: Facts) -> None:
        """(9) Returns if the delegates are who the caveats ask for.

        Looked at are credentials by issuers that are asked for, of delegates of this chain. One that is genuine but
        over, revoked or suspended does not count, nor does any of an agent that its issuer has suspended or
        deprovisioned. Raises `Denied`; `StaleError` where a caveat hangs on one whose status is not known; a
        `VerificationError` for one that is not genuine, and `UnavailableError` where that could not be found out.
        """
        asked = _asking(chain, presentation.demands)
        if not asked:
            return
        issuers = frozenset(did for _, caveat in asked for did in caveat.attested_by)
        said, unknown = self._said(chain, presentation.unverified_credentials, issuers, facts)
        told = Facts(
            facts.request,
            audience=facts.audience,
            now=facts.now,
            depth=facts.depth,
            attested=tuple(said.get(link.delegate, frozenset()) for link in chain.links),
        )
        for link, caveat in asked:
            denial = caveat.prohibits(told)
            if denial is not None:
                raise unknown or denied(link, denial, _STEP)

    def _said(
        self, chain: VerifiedChain, texts: Sequence[str], issuers: frozenset[str], facts: Facts
    ) -> tuple[Mapping[str, frozenset[Attested]], StaleError | None]:
        """What credentials that count say, by delegate, and why one that might count was left out."""
        delegates = {link.delegate for link in chain.links}
        found: dict[str, frozenset[Attested]] = {}
        unknown: StaleError | None = None
        for text in texts:
            try:
                identity = self._counting(chain, text, issuers, delegates, facts.now)
            except _OVER:
                continue
            except StaleError as error:
                unknown = error
                continue
            except VerificationError as error:
                error.step = _STEP
                raise
            if identity is not None:
                one = Attested(identity.issuer, identity.profile.says())
                found[identity.profile.id] = found.get(identity.profile.id, frozenset()) | {one}
        return found, unknown

    def _counting(
        self, chain: VerifiedChain, text: str, issuers: frozenset[str], delegates: Set[str], now: int
    ) -> AgentIdentity | None:
        """The genuine credential in `text`, which holds now, if anybody asked for it."""
        from attorn import agent  # noqa: PLC0415 - most verifiers never see an identity credential

        unverified = agent.read(text)
        issuer = unverified.unverified_issuer
        if issuer not in issuers or unverified.unverified_id not in delegates:
            return None
        identity = agent.verify(text, issuers=[issuer], resolver=self.resolver, now=moment(now), skew=self.rules.skew)
        self._check_standing(chain, identity, now)
        return identity

    def _check_standing(self, chain: VerifiedChain, identity: AgentIdentity, now: int) -> None:
        """Its issuer has not taken it back, nor ended or suspended the agent; nor has an authority."""
        agent, entitled = identity.profile.id, self.rules.authorities | {identity.issuer}
        states = [Status(each.uri, each.index, identity.issuer, each.kind) for each in identity.references]
        about = (Kind.LIFECYCLE, subject(agent))
        known = standing.known(self.store, [about, *(state.about for state in states)], entitled)
        said = standing.by_subject(known)
        standing.check_life(agent, said.get(about, ()), entitled)
        for state in states:
            standing.check_status(chain.links[-1], state, said, rules=self.rules, lists=self.lists, now=now)


def _asking(chain: VerifiedChain, demands: Sequence[Demand]) -> list[Asking]:
    """The caveats of links, and then of discharges, that ask."""
    found = list(chain.agents)
    return found + [(chain.links[place - 1], caveat) for place, caveat in demands if isinstance(caveat, Agent)]
