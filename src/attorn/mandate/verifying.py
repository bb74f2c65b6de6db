"""Verifying a chain of mandates (AP2 v0.2, delegate SD-JWT), in this order:

0 sizes and counts · 1 every hop strictly, what it hides and what it means · 2 the anchor · 3 the root's signature · 4
each further hop signed by the holder that the one before it names · 5 each hop made for the one before it, and no
wider · 6 times · 7 status · 8 audience and nonce. Nothing is returned unless all of them hold.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from attorn.did.resolver import Resolver
from attorn.display import shown
from attorn.errors import (
    AudienceError,
    ChainError,
    MandateError,
    ResolutionError,
    SignatureError,
    WrongRequestError,
)
from attorn.mandate import allowance, narrowing, wire
from attorn.mandate.agent_key import AgentKey
from attorn.mandate.anchor import RootKey, Trusted, signer_of
from attorn.mandate.constraint.budget import Unit
from attorn.mandate.content import OPEN, is_open, is_payment
from attorn.mandate.envelope import Envelope
from attorn.mandate.head import Head, Heads
from attorn.mandate.hop import PAYLOAD
from attorn.mandate.policy import Policy, Status
from attorn.mandate.times import AGE, SKEW
from attorn.mandate.unverified import UnverifiedMandate, read
from attorn.mandate.verified import VerifiedChain, VerifiedHop
from attorn.sdjwt.binding import require_text
from attorn.sdjwt.times import unix


def verify(
    text: str,
    *,
    audience: str,
    nonce: str,
    anchors: Iterable[Trusted],
    now: datetime,
    resolver: Resolver | None = None,
    credentials: Collection[str] = (),
    status: Status | None = None,
    unit: Unit = Unit.MINOR,
    claim: str = PAYLOAD,
    redelegations: int = 0,
    unbound: bool = False,
    age: timedelta = AGE,
    skew: timedelta = SKEW,
) -> VerifiedChain:
    """The chain in `text`, if it ends in a closed mandate for this audience and nonce and holds at `now` in every way.

    The arguments are those of `Policy.of`. Constraints are not evaluated, and nothing is consumed: that is
    `MandateVerifier`'s.

    Raises `InputError` for unusable arguments; for the text `LimitError`, `MalformedError`, `MandateError`,
    `UntrustedRootError`, `SignatureError`, `ResolutionError`, `ChainError`, `ExpiredError`, `AudienceError`,
    `WrongRequestError` for another nonce, what `status` raises, and `UnavailableError` or `StaleError` for what could
    not be found out.
    """
    policy = Policy.of(
        anchors=anchors,
        resolver=resolver,
        credentials=credentials,
        status=status,
        unit=unit,
        claim=claim,
        redelegations=redelegations,
        unbound=unbound,
        age=age,
        skew=skew,
    )
    require_text(audience, "audience")
    require_text(nonce, "nonce")
    chain = closed_chain(text, policy, unix(now))
    require_bound(chain, audience=audience, nonce=nonce, unbound=policy.unbound)
    return chain


def verify_held(
    text: str,
    *,
    anchors: Iterable[Trusted],
    now: datetime,
    resolver: Resolver | None = None,
    credentials: Collection[str] = (),
    status: Status | None = None,
    unit: Unit = Unit.MINOR,
    claim: str = PAYLOAD,
    redelegations: int = 0,
    skew: timedelta = SKEW,
) -> VerifiedChain:
    """The chain in `text`, if it ends in an open mandate and holds at `now`: what its holder was handed, and may use.

    As `verify`, for whoever holds an open mandate and whoever takes it as a token; it says nothing about who shows it.
    """
    policy = Policy.of(
        anchors=anchors,
        resolver=resolver,
        credentials=credentials,
        status=status,
        unit=unit,
        claim=claim,
        redelegations=redelegations,
        skew=skew,
    )
    mandates = read(wire.split(text), policy)
    if not isinstance(mandates[-1].content, OPEN):
        raise MandateError("mandate: expected an open mandate at its end")
    return _chain(text, _linked(mandates, policy, None), policy, unix(now))


def closed_chain(text: str, policy: Policy, now: int, heads: Heads | None = None) -> VerifiedChain:
    """As `verify`, steps 0 to 7: for whom the closed mandate was made is not looked at. `now` is a Unix second.

    What stands before the last hop is not verified again where `heads`, those of this very policy, remember it; its
    times, its status and the keys of its DIDs are asked again.
    """
    parts = wire.split(text)
    head = heads.get(parts[:-1]) if heads is not None else None
    mandates = read(parts if head is None else parts[-1:], policy, is_root=head is None)
    if mandates[-1].content is None or is_open(mandates[-1].content):
        raise MandateError("mandate: expected a closed mandate at its end")
    if head is not None and not head.stands(policy.anchors, policy.resolver):
        head, mandates = None, (*read(parts[:-1], policy), *mandates)
    linked = _linked(mandates, policy, head)
    chain = _chain(text, linked, policy, now)
    chain.hops[-1].times.require_recent(now, policy.age, policy.skew)
    if heads is not None and head is None:
        heads.remember(parts[:-1], linked)
    return chain


def require_bound(chain: VerifiedChain, *, audience: str, nonce: str, unbound: bool) -> None:
    """Step 8; `unbound` takes a root that was made for nobody in particular.

    Raises `AudienceError`, or `WrongRequestError` for another nonce.
    """
    last = chain.hops[-1]
    # Only a root may be without: every other hop was refused before.
    if last.audience != audience and not (unbound and last.audience is None):
        raise AudienceError(f"mandate: for {shown(last.audience)}, and this is {shown(audience)}")
    if last.nonce != nonce and not (unbound and last.nonce is None):
        raise WrongRequestError("mandate: it answers another nonce")


def _linked(mandates: tuple[UnverifiedMandate, ...], policy: Policy, head: Head | None) -> Head:
    """Steps 2 to 5 for these mandates, which stand behind `head`, if there is one."""
    signers: list[tuple[RootKey, str | None]] = []
    behind = mandates
    if head is None:
        root = mandates[0].hop.envelope
        anchor, key = signer_of(root, policy.anchors, policy.resolver)
        head, behind = Head((), anchor, root.kid, root.alg), mandates[1:]
        signers.append((key, anchor.did))
    holder = head.hops[-1].holder if head.hops else mandates[0].holder
    for position, mandate in enumerate(behind, len(head.hops) + len(signers) + 1):
        signers.append(_signer(position, holder, mandate.hop.envelope))
        holder = mandate.holder
    hops = [*head.hops]
    for mandate, (key, did) in zip(mandates, signers, strict=True):
        redelegations = _below(hops[-1], mandate, policy) if hops else _said(mandate, policy)
        hops.append(_verified(len(hops) + 1, mandate, key, did, redelegations))
    return Head(tuple(hops), head.anchor, head.kid, head.alg)


def _signer(position: int, holder: AgentKey | None, envelope: Envelope) -> tuple[RootKey, str | None]:
    """Step 4 of one hop: the key that signed it, and the DID whose key it is."""
    if holder is None:
        raise ChainError(f"mandate: hop {position} follows a closed mandate, behind which nothing can stand")
    if envelope.alg not in holder.key.algs:
        raise MandateError(f"mandate: expected alg ES256 in hop {position}, got {shown(envelope.alg)}")
    if not holder.key.verify(envelope.signature, envelope.signing_input):
        raise SignatureError(f"mandate: hop {position} is not signed by the holder that the one before it names")
    return holder.key, holder.did


def _below(before: VerifiedHop, after: UnverifiedMandate, policy: Policy) -> int:
    """Step 5 of one hop: how many open mandates may stand below it."""
    after.hop.require_follows(before)
    after.times.require_within(before.times, policy.skew)
    said = _said(after, policy)
    if before.content is None or after.content is None:
        return said
    if is_payment(before.content) != is_payment(after.content):
        raise ChainError("mandate: a payment and a checkout in one chain")
    if isinstance(before.content, OPEN) and isinstance(after.content, OPEN):
        said = allowance.below(before.redelegations, said)
        wider = narrowing.widening(after.content, before.content)
        if wider is not None:
            raise ChainError(f"mandate: handed on wider than it was: {wider}")
    return said


def _said(mandate: UnverifiedMandate, policy: Policy) -> int:
    if not isinstance(mandate.content, OPEN) or mandate.hop.content is None:
        return 0
    return allowance.read(mandate.hop.content, policy.redelegations)


def _chain(text: str, linked: Head, policy: Policy, now: int) -> VerifiedChain:
    """Steps 6 and 7."""
    hops = linked.hops
    for hop in hops:
        hop.times.require(now, policy.skew)
    for hop in hops:
        # After all signatures: a forger does not choose what gets looked up.
        if hop.holder is not None:
            try:
                hop.holder.require_listed(policy.resolver)
            except ResolutionError as error:
                error.step = 7
                raise
        policy.require_status(hop, now)
    ends = [hop.times.ends for hop in hops if hop.times.ends is not None]
    return VerifiedChain(text, hops, min(ends) if ends else None)


def _verified(
    position: int, mandate: UnverifiedMandate, signer: RootKey, did: str | None, redelegations: int
) -> VerifiedHop:
    hop, compact = mandate.hop, mandate.hop.compact
    return VerifiedHop(
        position,
        compact.jwt,
        compact.disclosures,
        signer,
        did,
        mandate.content,
        mandate.holder,
        mandate.times,
        mandate.audience,
        mandate.nonce,
        hop.algorithm,
        redelegations,
        mandate.status,
        hop.named,
    )
