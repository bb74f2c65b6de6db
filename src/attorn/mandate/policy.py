"""What a verifier demands of a chain, beside what AP2 does: said once for all that it verifies."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeAlias

from attorn.clock import seconds_in
from attorn.did.resolver import LocalResolver, Resolver
from attorn.display import shown
from attorn.errors import InputError, StaleError
from attorn.handed import check_by
from attorn.mandate import allowance
from attorn.mandate.anchor import Anchor, Trusted, anchors_of
from attorn.mandate.constraint.budget import Unit
from attorn.mandate.hop import PAYLOAD, require_claim
from attorn.mandate.known_keys import KnownKeys
from attorn.mandate.times import AGE, SKEW, skew_of
from attorn.mandate.verified import VerifiedHop

Status: TypeAlias = Callable[[VerifiedHop, int], None]
"""Returns if the status that a hop names is no reason to refuse it at that Unix second, and raises if it is."""


@dataclass(frozen=True, slots=True)
class Policy:
    """How chains are verified. Made by `of`."""

    anchors: tuple[Anchor, ...]
    resolver: Resolver
    credentials: frozenset[str]
    status: Status | None
    unit: Unit
    claim: str
    redelegations: int
    unbound: bool
    age: int
    skew: int
    keys: KnownKeys = field(repr=False, compare=False)

    @classmethod
    def of(
        cls,
        *,
        anchors: Iterable[Trusted],
        resolver: Resolver | None = None,
        credentials: Collection[str] = (),
        status: Status | None = None,
        unit: Unit = Unit.MINOR,
        claim: str = PAYLOAD,
        redelegations: int = 0,
        unbound: bool = False,
        age: timedelta = AGE,
        skew: timedelta = SKEW,
    ) -> Policy:
        """`anchors` are the keys, DIDs and JWKs that a root may be signed with; none at all trusts nobody.

        `credentials` are the `vct`s of credentials that a chain may begin with. `status` judges a hop that names a
        status list; without it such a hop is refused. `unit` is that of budgets that say nothing but a number. `claim`
        is the name of the claim with the content. `redelegations` is how often an open mandate may be handed on
        that does not say. `unbound` takes closed mandates that an anchor signed for no audience and no nonce, as the
        official SDK makes them: whoever gets one can show it anywhere, and each place takes it once. `age` is how old a
        closed mandate may be, `skew` how far clocks may differ,
        an hour at most.

        Raises `InputError`.
        """
        if type(unbound) is not bool:
            raise InputError(f"mandate: expected unbound as True or False, got {shown(unbound)}")
        if resolver is not None and not callable(getattr(resolver, "resolve", None)):
            raise InputError(f"mandate: expected a resolver, got {type(resolver).__name__}")
        if isinstance(credentials, str) or not isinstance(credentials, Collection):
            raise InputError("mandate: expected credentials as a list of vct values")
        if not all(isinstance(vct, str) and vct for vct in credentials):
            raise InputError("mandate: expected credentials as a list of vct values")
        if status is not None and not callable(status):
            raise InputError("mandate: expected status as a callable")
        if not isinstance(unit, Unit):
            raise InputError(f"mandate: expected unit as a Unit, got {type(unit).__name__}")
        require_claim(claim)
        allowance.require(redelegations, "redelegations")
        return cls(
            anchors=anchors_of(anchors),
            resolver=LocalResolver() if resolver is None else resolver,
            credentials=frozenset(credentials),
            status=status,
            unit=unit,
            claim=claim,
            redelegations=redelegations,
            unbound=unbound,
            age=seconds_in(age, "age"),
            skew=skew_of(skew),
            keys=KnownKeys(),
        )

    def require_status(self, hop: VerifiedHop, now: int) -> None:
        """Raises `StaleError` for a status that nobody was handed in to look up, or what `status` raises."""
        if hop.status is None:
            return
        status = self.status
        if status is None:
            raise StaleError(f"mandate: hop {hop.position} names a status list, and nobody was handed in to ask")
        check_by("status", lambda: status(hop, now))
