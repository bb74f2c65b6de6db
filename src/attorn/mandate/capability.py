"""From an open mandate to a token whose caveats are exactly its constraints (docs/spec/capability.md).

One `Verifier` then guards the purchase as it guards every other call: the request is `purchase(...)`, the token is what
`mint` made, and sub-agents are handed it by `Identity.delegate`, narrowed by the `caveats` of their own mandate.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final, Protocol

from attorn.caveat import (
    Actions,
    AllOf,
    AnyOf,
    Budget,
    Caveat,
    Contains,
    Equals,
    Expires,
    MaxUses,
    NotBefore,
    OneOf,
    Range,
    Resources,
    Spaced,
    Status,
)
from attorn.caveat.argument import Formula
from attorn.caveat.validity import moment
from attorn.checkout.party import Merchant
from attorn.did import jwk as did_jwk
from attorn.did import key as did_key
from attorn.errors import ExpiredError, InputError, ReplayError
from attorn.mandate import carts
from attorn.mandate.agent_key import AgentKey
from attorn.mandate.constraint.allowed_instruments import AllowedInstruments
from attorn.mandate.constraint.allowed_merchants import AllowedMerchants
from attorn.mandate.constraint.allowed_payees import AllowedPayees
from attorn.mandate.constraint.allowed_pisps import AllowedPisps
from attorn.mandate.constraint.amount_range import AmountRange
from attorn.mandate.constraint.base import Constraint
from attorn.mandate.constraint.budget import Budget as BudgetConstraint
from attorn.mandate.constraint.calendar import Frequency
from attorn.mandate.constraint.execution_date import ExecutionDate
from attorn.mandate.constraint.line_items import LineItems
from attorn.mandate.constraint.recurrence import Recurrence
from attorn.mandate.constraint.reference import Reference
from attorn.mandate.content import Open
from attorn.mandate.open_payment import OpenPayment
from attorn.mandate.presets import Presets
from attorn.mandate.purchase import (
    ACTION,
    FIRST,
    LAST,
    OPEN_CHECKOUTS,
    key,
    place,
    purchase,
    said,
    short,
    split,
    verified_purchase,
)
from attorn.mandate.verified import VerifiedChain, VerifiedHop
from attorn.sdjwt.times import unix
from attorn.store.counting import charged_by
from attorn.store.ports import Charge, Ledger
from attorn.token.token import Token

__all__ = ["ACTION", "Minter", "caveats", "mint", "purchase", "verified_purchase"]

_SPACES: Final = {
    Frequency.DAILY: "day",
    Frequency.WEEKLY: "week",
    Frequency.BIWEEKLY: "fortnight",
    Frequency.MONTHLY: "month",
    Frequency.QUARTERLY: "quarter",
    Frequency.ANNUALLY: "year",
}
_GRACE: Final = 3_600
"""Seconds for which it is remembered that a mandate became a token, after any verifier would still take the mandate."""


class Minter(Protocol):
    """Whoever mints: an `Identity`."""

    def mint(self, *, to: str, caveats: Sequence[Caveat]) -> Token:
        """See `Identity.mint`."""


def caveats(mandate: Open) -> tuple[Caveat, ...]:
    """What permits exactly the purchases that the mandate allows, as often as it allows them.

    Counts and budgets are charged with every use of a link, so these belong in one for purchases alone. Raises
    `InputError` for anything but an open mandate, and for line items that more carts fill than caveats can say.
    """
    if not isinstance(mandate, Open):
        raise InputError(f"caveats: expected an open mandate, got {type(mandate).__name__}")
    found = [limit for each in mandate.constraints for limit in _caveats(each)]
    if isinstance(mandate, OpenPayment):
        found += _fixed(mandate.presets)
    # Where it recurs, the recurrence says how often.
    recurs = isinstance(mandate, OpenPayment) and bool(mandate.recurrences)
    return tuple(dict.fromkeys(found if recurs else [*found, MaxUses(mandate.most or 1)]))


def mint(
    chains: Sequence[VerifiedChain],
    *,
    by: Minter,
    resource: str,
    ledger: Ledger,
    now: datetime,
    action: str = ACTION,
    lists: str | None = None,
) -> Token:
    """The token for the holder of these mandates: purchases at `resource` as they allow, until the first of them ends.

    `chains` are as `verify_held` returns them: one open payment mandate, one open checkout mandate, or one of each, by
    whom they were issued and not handed on. `by` is a root that the shop's verifiers trust. `lists` is the DID that
    signs the status lists by which the mandates can be revoked. Each mandate becomes a token once, as `ledger`
    remembers: two would be counted apart.

    Raises `InputError`, `ExpiredError`, `ReplayError` for a mandate that became a token before, and `UnavailableError`.
    """
    hops = _hops(chains)
    holders = {_did(hop.holder) for hop in hops}
    if len(holders) != 1:
        raise InputError("mint: expected mandates of one holder")
    if not callable(getattr(by, "mint", None)):
        raise InputError(f"mint: expected an Identity that mints, got {type(by).__name__}")
    if not isinstance(ledger, Ledger):
        raise InputError(f"mint: expected a Ledger, got {type(ledger).__name__}")
    second, ends = unix(now), min(_end(chain) for chain in chains)
    if second >= ends:
        raise ExpiredError("mint: a mandate has expired")
    limits: list[Caveat] = [Actions(action), Resources(resource), Expires(moment(ends))]
    limits += [NotBefore(moment(hop.times.starts)) for hop in hops if hop.times.starts is not None]
    limits += [_status(hop, lists) for chain in chains for hop in chain.hops if hop.status is not None]
    limits += [limit for hop in hops for limit in caveats(_mandate(hop))]
    token = by.mint(to=holders.pop(), caveats=list(dict.fromkeys(limits)))
    charges = [Charge(f"capability {hop.id}", 1, 1, ends + _GRACE) for hop in hops]
    if charged_by(ledger, charges, now=second).refused is not None:
        raise ReplayError("this mandate became a token before")
    return token


def _hops(chains: Sequence[VerifiedChain]) -> list[VerifiedHop]:
    """The open mandate of each chain."""
    if not isinstance(chains, list | tuple) or not all(isinstance(each, VerifiedChain) for each in chains):
        raise InputError("mint: expected a list of verified chains")
    if not chains or len({chain.is_payment for chain in chains}) != len(chains):
        raise InputError("mint: expected an open payment mandate, an open checkout mandate, or one of each")
    if any(chain.closed is not None or len(chain.opens) != 1 for chain in chains):
        raise InputError("mint: expected one open mandate in each chain; a sub-agent is handed the token")
    return [hop for chain in chains for hop in chain.opens]


def _end(chain: VerifiedChain) -> int:
    if chain.expires is None:
        raise InputError("mint: expected mandates that expire")
    return chain.expires


def _mandate(hop: VerifiedHop) -> Open:
    if not isinstance(hop.content, Open):
        raise InputError("mint: expected an open mandate")
    return hop.content


def _did(holder: AgentKey | None) -> str:
    """The DID that is the holder's key: as the mandate says it, if that is no more than a key."""
    key = None if holder is None else holder.key.public_key
    if holder is None or key is None:
        raise InputError("mint: expected a holder with a P-256 key")
    named = holder.did is not None and holder.did.startswith((did_key.PREFIX, did_jwk.PREFIX))
    return holder.did if named and holder.did is not None else did_key.encode(key)


def _status(hop: VerifiedHop, lists: str | None) -> Status:
    if lists is None or hop.status is None:
        raise InputError("mint: expected the DID that signs the status lists: a mandate can be revoked by one")
    return Status(hop.status.uri, hop.status.index, lists)


def _caveats(limit: Constraint) -> Iterator[Caveat]:
    """What permits exactly what one constraint allows."""
    match limit:
        case LineItems():
            yield from carts.caveats(limit)
        case AmountRange():
            yield from (Equals("currency", limit.currency), Range("amount", limit.least, limit.most))
        case Reference():
            yield Contains(OPEN_CHECKOUTS, limit.open_checkout)
        case ExecutionDate(not_before, not_after):
            yield from [] if not_before is None else [_not_before(not_before.first)]
            yield from [] if not_after is None else [_not_after(not_after.last)]
        case BudgetConstraint():
            yield Budget(limit.most, limit.currency)
        case Recurrence():
            yield from [] if limit.most is None else [MaxUses(limit.most)]
            yield from [] if limit.frequency is Frequency.ON_DEMAND else [Spaced(_SPACES[limit.frequency])]
        case _:
            yield _listed(limit)


def _listed(limit: Constraint) -> Caveat:
    match limit:
        case AllowedPayees():
            return _any_of("payee", limit.allowed)
        case AllowedMerchants():
            return _any_of("merchant", limit.allowed)
        case AllowedInstruments():
            return OneOf("instrument.key", *map(key, limit.allowed))
        case AllowedPisps():
            return OneOf("pisp", *(said(each.write()) for each in limit.allowed))
    raise InputError(f"caveats: there are none for {limit.type}")


def _any_of(who: str, allowed: Sequence[Merchant]) -> Formula:
    """One of these: by id alone if it has no website, else with that website or none."""
    anywhere = [each.id for each in allowed if not each.website]
    places = [one for each in allowed if each.website for one in (place(each), place(Merchant(each.id, each.name)))]
    parts = [
        *([OneOf(f"{who}.id", *anywhere)] if anywhere else []),
        *([OneOf(f"{who}.place", *places)] if places else []),
    ]
    return parts[0] if len(parts) == 1 else AnyOf(*parts)


def _not_before(bound: datetime) -> Formula:
    second, microsecond = split(bound)
    if not microsecond:
        return Range(f"{FIRST}.second", second)
    same = AllOf(Equals(f"{FIRST}.second", second), Range(f"{FIRST}.microsecond", microsecond))
    return AnyOf(Range(f"{FIRST}.second", second + 1), same)


def _not_after(bound: datetime) -> Formula:
    second, microsecond = split(bound)
    if microsecond == 999_999:
        return Range(f"{LAST}.second", None, second)
    same = AllOf(Equals(f"{LAST}.second", second), Range(f"{LAST}.microsecond", None, microsecond))
    return AnyOf(Range(f"{LAST}.second", None, second - 1), same)


def _fixed(presets: Presets) -> Iterator[Caveat]:
    """What permits only what was fixed beforehand, to the letter."""
    if presets.payee is not None:
        yield Equals("payee", said(presets.payee.write()))
    if presets.amount is not None:
        yield from (Equals("amount", presets.amount.amount), Equals("currency", presets.amount.currency))
    if presets.instrument is not None:
        yield Equals("instrument", said(presets.instrument.write()))
    if presets.pisp is not None:
        yield Equals("pisp", said(presets.pisp.write()))
    if presets.execution_date is not None:
        yield Equals("execution_date", presets.execution_date.text)
    if presets.risk_data is not None:
        yield Equals("risk_data", short(presets.risk_data))
