"""Verifying a chain of mandates (AP2 v0.2, delegate SD-JWT), in this order:

0 sizes and counts · 1 every hop strictly, what it hides and what it means · 2 the anchor · 3 the root's signature · 4
each further hop signed by the holder that the one before it names · 5 each hop made for the one before it, and no
wider · 6 times · 7 status · 8 audience and nonce. Nothing is returned unless all of them hold.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final, NamedTuple

from attorn.canonical import JsonValue
from attorn.did.resolver import Resolver
from attorn.display import shown
from attorn.errors import (
    AudienceError,
    ChainError,
    CredentialError,
    MalformedError,
    MandateError,
    SignatureError,
    WrongRequestError,
)
from attorn.mandate import allowance, narrowing, wire
from attorn.mandate.agent_key import CLAIM as CONFIRMATION
from attorn.mandate.agent_key import AgentKey
from attorn.mandate.anchor import RootKey, Trusted, signer_of
from attorn.mandate.constraint.budget import Unit
from attorn.mandate.content import Content, Open, is_open, is_payment, read
from attorn.mandate.hop import PAYLOAD, UnverifiedHop
from attorn.mandate.policy import Policy, Status
from attorn.mandate.times import AGE, SKEW, Times
from attorn.mandate.verified import VerifiedChain, VerifiedHop
from attorn.sdjwt.binding import MOST_TEXT, require_text
from attorn.sdjwt.profile import SD_JWT_VC, require_open
from attorn.sdjwt.times import unix
from attorn.status import TokenReference

_STATUS: Final = "status"


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
    parsed = _parsed(text, policy)
    if not isinstance(parsed[-1].content, Open):
        raise MandateError("mandate: expected an open mandate at its end")
    return _chain(text, parsed, policy, unix(now))


def closed_chain(text: str, policy: Policy, now: int) -> VerifiedChain:
    """As `verify`, steps 0 to 7: for whom the closed mandate was made is not looked at. `now` is a Unix second."""
    parsed = _parsed(text, policy)
    if parsed[-1].content is None or is_open(parsed[-1].content):
        raise MandateError("mandate: expected a closed mandate at its end")
    chain = _chain(text, parsed, policy, now)
    chain.hops[-1].times.require_recent(now, policy.age, policy.skew)
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


class _Parsed(NamedTuple):
    """A hop and what it means, before anybody has checked its signature."""

    hop: UnverifiedHop
    content: Content | None
    holder: AgentKey | None
    times: Times
    audience: str | None
    nonce: str | None
    status: TokenReference | None


def _parsed(text: str, policy: Policy) -> list[_Parsed]:
    """Steps 0 and 1."""
    found: list[_Parsed] = []
    for part in wire.split(text):
        hop = UnverifiedHop.read(part, claim=policy.claim)
        if not found:
            hop.require_root()
        elif hop.content is None:
            raise MandateError(f"mandate: expected {policy.claim} in every hop but a credential at the root")
        else:
            hop.require_typ()
        found.append(_understood(hop, policy, is_root=not found))
    return found


def _understood(hop: UnverifiedHop, policy: Policy, *, is_root: bool) -> _Parsed:
    if hop.content is None:
        content, source = None, hop.claims
        _require_credential(hop, policy)
    else:
        content, source = read(hop.content, hop.disclosed, hop.hidden, policy.unit), hop.content
    holder = AgentKey.read(source[CONFIRMATION]) if CONFIRMATION in source else None
    times = Times.read(hop.claims) if hop.content is None else Times.read(hop.claims, hop.content)
    if isinstance(content, Open) and times.ends is None:
        raise MandateError("mandate: expected exp in an open mandate: else it is good for ever")
    if not is_root and "iat" not in hop.claims:
        raise MandateError("mandate: expected iat in every hop after the root")
    # What a credential is for is none of ours, and its claims are its issuer's own.
    bound = hop.claims if hop.content is not None else {}
    audience = _text(bound, "aud", required=not is_root)
    nonce = _text(bound, "nonce", required=not is_root)
    return _Parsed(hop, content, holder, times, audience, nonce, _status(hop))


def _require_credential(hop: UnverifiedHop, policy: Policy) -> None:
    vct = hop.claims.get("vct")
    if not isinstance(vct, str) or vct not in policy.credentials:
        raise MandateError(f"mandate: no credential of vct {shown(vct)} is taken as a root")
    if CONFIRMATION not in hop.claims:
        raise MandateError("mandate: a credential without cnf names nobody who could sign a mandate")
    try:
        require_open(SD_JWT_VC, (*hop.disclosed, *hop.hidden))
    except CredentialError as error:
        raise MandateError(str(error)) from None


def _text(claims: Mapping[str, JsonValue], name: str, *, required: bool) -> str | None:
    value = claims.get(name)
    if value is None and name not in claims and not required:
        return None
    if not isinstance(value, str) or not 0 < len(value) <= MOST_TEXT:
        raise MandateError(f"mandate: expected {name} as text of 1 to {MOST_TEXT} characters")
    return value


def _status(hop: UnverifiedHop) -> TokenReference | None:
    """The status of a hop: a claim of its JWT, or a member of its content, where others put all that they say."""
    inside = hop.content is not None and _STATUS in hop.content
    if _STATUS not in hop.claims and not inside:
        return None
    if _STATUS in hop.claims and inside:
        raise MandateError("mandate: expected one status, got one beside its content and one in it")
    naming = hop.content if inside and hop.content is not None else hop.claims
    status = naming[_STATUS]
    if not isinstance(status, dict) or set(status) != {"status_list"}:
        raise MandateError("mandate: expected status as an object with status_list alone")
    try:
        return TokenReference.read(naming)
    except MalformedError as error:
        raise MandateError(f"mandate: {error}") from None


def _chain(text: str, parsed: list[_Parsed], policy: Policy, now: int) -> VerifiedChain:
    """Steps 2 to 7."""
    signers = _signers(parsed, policy)
    allowed = _linked(parsed, policy)
    hops = tuple(
        _verified(position, each, *signer, redelegations)
        for position, (each, signer, redelegations) in enumerate(zip(parsed, signers, allowed, strict=True), 1)
    )
    for hop in hops:
        hop.times.require(now, policy.skew)
    for hop in hops:
        # After all signatures: a forger does not choose what gets looked up.
        if hop.holder is not None:
            hop.holder.require_listed(policy.resolver)
        policy.require_status(hop, now)
    ends = [hop.times.ends for hop in hops if hop.times.ends is not None]
    return VerifiedChain(text, hops, min(ends) if ends else None)


def _signers(parsed: list[_Parsed], policy: Policy) -> list[tuple[RootKey, str | None]]:
    """Steps 2 to 4: the key that signed each hop, and the DID whose key it is."""
    anchor, key = signer_of(parsed[0].hop.envelope, policy.anchors, policy.resolver)
    signers: list[tuple[RootKey, str | None]] = [(key, anchor.did)]
    for position, (before, after) in enumerate(pairwise(parsed), 2):
        envelope, holder = after.hop.envelope, before.holder
        if holder is None:
            raise ChainError(f"mandate: hop {position} follows a closed mandate, behind which nothing can stand")
        if envelope.alg not in holder.key.algs:
            raise MandateError(f"mandate: expected alg ES256 in hop {position}, got {shown(envelope.alg)}")
        if not holder.key.verify(envelope.signature, envelope.signing_input):
            raise SignatureError(f"mandate: hop {position} is not signed by the holder that the one before it names")
        signers.append((holder.key, holder.did))
    return signers


def _linked(parsed: list[_Parsed], policy: Policy) -> list[int]:
    """Step 5: for each hop, how many open mandates may stand below it."""
    allowed = [_said(parsed[0], policy)]
    for before, after in pairwise(parsed):
        after.hop.require_follows(before.hop)
        after.times.require_within(before.times, policy.skew)
        said = _said(after, policy)
        if before.content is not None and after.content is not None:
            if is_payment(before.content) != is_payment(after.content):
                raise ChainError("mandate: a payment and a checkout in one chain")
            if isinstance(before.content, Open) and isinstance(after.content, Open):
                said = allowance.below(allowed[-1], said)
                wider = narrowing.widening(after.content, before.content)
                if wider is not None:
                    raise ChainError(f"mandate: handed on wider than it was: {wider}")
        allowed.append(said)
    return allowed


def _said(parsed: _Parsed, policy: Policy) -> int:
    if not isinstance(parsed.content, Open) or parsed.hop.content is None:
        return 0
    return allowance.read(parsed.hop.content, policy.redelegations)


def _verified(position: int, parsed: _Parsed, signer: RootKey, did: str | None, redelegations: int) -> VerifiedHop:
    return VerifiedHop(
        position=position,
        id=parsed.hop.id,
        jwt=parsed.hop.compact.jwt,
        signer=signer,
        did=did,
        content=parsed.content,
        holder=parsed.holder,
        times=parsed.times,
        audience=parsed.audience,
        nonce=parsed.nonce,
        sd_hash=parsed.hop.sd_hash,
        algorithm=parsed.hop.algorithm,
        redelegations=redelegations,
        status=parsed.status,
        claims=parsed.hop.claims,
    )
