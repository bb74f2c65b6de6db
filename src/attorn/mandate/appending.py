"""What a holder does with an open mandate: close it for one transaction, or hand a narrower one on (AP2 v0.2)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from attorn.canonical import JsonValue
from attorn.errors import DelegationError, InputError, VerificationError
from attorn.jose import jws
from attorn.keys.public import PublicKey
from attorn.keys.signer import Signatory, key_of, require_signatory
from attorn.mandate import allowance, narrowing, wire
from attorn.mandate.agent_key import CLAIM as CONFIRMATION
from attorn.mandate.agent_key import AgentKey
from attorn.mandate.constraint.budget import Unit
from attorn.mandate.content import Closed, Content, Open, is_payment, read
from attorn.mandate.hop import INTERMEDIATE, JWT_HASH, PAYLOAD, SD_HASH, TERMINAL, UnverifiedHop, require_claim
from attorn.mandate.issuing import bound_claims, bounded, closed_content, concealed, open_content, status_of
from attorn.mandate.times import Times
from attorn.sdjwt.compact import Compact
from attorn.sdjwt.concealing import Random
from attorn.status import TokenReference


class Binding(StrEnum):
    """By which hash a hop names the one before it."""

    SD_HASH = SD_HASH
    """With its disclosures as they stand: nobody can take one away later."""
    JWT_HASH = JWT_HASH
    """Without them: whoever passes the chain on may still keep back what the list before it allows."""


def close(
    chain: str,
    mandate: Closed,
    *,
    by: Signatory,
    audience: str,
    nonce: str,
    now: datetime,
    expires: datetime | None = None,
    binding: Binding = Binding.SD_HASH,
    claim: str = PAYLOAD,
    random: Random = secrets.token_bytes,
) -> str:
    """`chain`, which ends in an open mandate of `by`, or in its credential, with one transaction at its end.

    It is for `audience` and answers its `nonce`. Whether the transaction is within the constraints is for the audience
    to say. Whoever holds a chain checks it once with `verify_held`: this does not.

    Raises `DelegationError` if `by` is not the holder, or the chain has ended; `InputError`; what reading the chain
    raises; and `UnavailableError` if the signer or `random` fails.
    """
    if not isinstance(mandate, Closed):
        raise InputError(f"mandate: expected a closed mandate, got {type(mandate).__name__}")
    held = _held(chain, by, claim)
    held.require_kind(mandate)
    content = closed_content(mandate, now=now, expires=expires)
    held.require_times(content)
    claims = bound_claims(audience, nonce, now)
    return held.followed(content, mandate, claims, typ=TERMINAL, by=by, binding=binding, random=random)


def delegate(
    chain: str,
    mandate: Open,
    *,
    by: Signatory,
    to: AgentKey | PublicKey | str,
    audience: str,
    nonce: str,
    now: datetime,
    expires: datetime,
    redelegations: int = 0,
    unsaid: int = 0,
    unit: Unit = Unit.MINOR,
    status: TokenReference | None = None,
    binding: Binding = Binding.SD_HASH,
    claim: str = PAYLOAD,
    random: Random = secrets.token_bytes,
) -> str:
    """`chain`, which ends in an open mandate of `by`, with a narrower one for `to` behind it.

    `audience` and `nonce` are what `to` asked for, to know that it is not an old one. `unsaid` is how often a mandate
    may be handed on that does not say, as the verifiers have it. The others are as of `issue`.

    Raises as `close`, and `DelegationError` as well for a mandate that is not narrower, ends later, or may not be
    handed on again.
    """
    if not isinstance(mandate, Open):
        raise InputError(f"mandate: expected an open mandate, got {type(mandate).__name__}")
    allowance.require(unsaid, "unsaid")
    held = _held(chain, by, claim)
    content = open_content(mandate, to=to, now=now, expires=expires, redelegations=redelegations)
    held.require_times(content)
    held.require_narrower(mandate, redelegations, unsaid, unit)
    claims = bound_claims(audience, nonce, now)
    if status is not None:
        claims["status"] = status_of(status)
    return held.followed(content, mandate, claims, typ=INTERMEDIATE, by=by, binding=binding, random=random)


@dataclass(frozen=True, slots=True)
class _Held:
    """A chain in the hands of the holder of its last hop."""

    hops: tuple[UnverifiedHop, ...]
    claim: str

    @property
    def last(self) -> UnverifiedHop:
        return self.hops[-1]

    def require_kind(self, mandate: Content) -> None:
        vct = None if self.last.content is None else str(self.last.content.get("vct"))
        if vct is not None and ("payment" in vct) != is_payment(mandate):
            raise DelegationError("mandate: a payment and a checkout in one chain")

    def require_times(self, content: Mapping[str, JsonValue]) -> None:
        """Against every hop before: the last one need not be the first to end."""
        for hop in self.hops:
            try:
                Times.read(content).require_within(Times.read(hop.claims, hop.content or {}), 0)
            except VerificationError as error:
                raise DelegationError(str(error)) from None

    def require_narrower(self, mandate: Open, redelegations: int, unsaid: int, unit: Unit) -> None:
        content = self.last.content
        if content is None:
            return
        parent = read(content, self.last.disclosed, self.last.hidden, unit)
        wider = narrowing.widening(mandate, parent) if isinstance(parent, Open) else None
        if wider is not None:
            raise DelegationError(f"mandate: handed on wider than it was: {wider}")
        try:
            left = allowance.below(self._allowed(unsaid), redelegations)
        except VerificationError as error:
            raise DelegationError(str(error)) from None
        if left != redelegations:
            raise DelegationError(f"mandate: it may be handed on {left} times from here on, not {redelegations}")

    def _allowed(self, unsaid: int) -> int:
        """What is left of the redelegations that each open mandate allows."""
        allowed: int | None = None
        for hop in self.hops:
            if hop.content is not None:
                said = allowance.read(hop.content, unsaid)
                allowed = said if allowed is None else allowance.below(allowed, said)
        return 0 if allowed is None else allowed

    def followed(
        self,
        content: Mapping[str, JsonValue],
        mandate: Content,
        claims: Mapping[str, JsonValue],
        *,
        typ: str,
        by: Signatory,
        binding: Binding,
        random: Random,
    ) -> str:
        if not isinstance(binding, Binding):
            raise InputError(f"mandate: expected a Binding, got {type(binding).__name__}")
        last = self.last
        named = last.sd_hash if binding is Binding.SD_HASH else last.algorithm.digest(last.compact.jwt)
        payload, texts = concealed(content, mandate, {**claims, binding: named}, claim=self.claim, random=random)
        jwt = jws.sign(payload, by=by.signer, typ=typ)
        parts = (*(hop.compact for hop in self.hops), Compact(jwt, texts))
        if len(parts) > wire.MOST_HOPS:
            raise DelegationError(f"mandate: a chain has at most {wire.MOST_HOPS} hops")
        return bounded(wire.join(parts))


def _held(chain: str, by: Signatory, claim: str) -> _Held:
    """The chain, whose last hop names the key of `by`. Raises `DelegationError`."""
    require_signatory(by, "mandate")
    require_claim(claim)
    parts = wire.split(chain)
    hops = tuple(UnverifiedHop.read(part, claim=claim) for part in parts)
    last = hops[-1]
    source = last.claims if last.content is None else last.content
    if CONFIRMATION not in source:
        raise DelegationError("mandate: it is closed, so nothing can stand behind it")
    if not AgentKey.read(source[CONFIRMATION]).is_of(key_of(by.signer)):
        raise DelegationError("mandate: its holder is another key")
    return _Held(hops, claim)
