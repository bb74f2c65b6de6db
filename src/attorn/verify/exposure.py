"""The worst that can still happen after a revocation: how long, how many uses, how much money.

A revocation is learnt from a list, and a verifier accepts lists of a certain age. Until then a chain goes on being
used, at its rate, and within what its limits have left.
"""

from __future__ import annotations

from dataclasses import dataclass

from attorn.caveat.counted import TOTAL, Counted
from attorn.caveat.spaced import Spaced
from attorn.caveat.status import FreshList, Status
from attorn.clock import LATEST
from attorn.request.money import Money
from attorn.store.counting import holdings
from attorn.store.ports import Ledger
from attorn.verify import clearing, period
from attorn.verify.chain import VerifiedChain
from attorn.verify.standing import Rules


@dataclass(frozen=True, slots=True)
class Exposure:
    """The most that can be done with a token, and all delegated from it, after it is revoked now.

    `seconds` is for how long; None if nothing bounds it: no list says when a revocation is known, and nothing expires.
    `uses` is how many requests that are charged (all tries of one use are charged once); None if no count or rate
    bounds them. `spend` is how much, for each currency that a budget bounds; a request with a cost in any other is
    prohibited if there is a budget, and unbounded if there is none.
    """

    seconds: int | None
    uses: int | None
    spend: tuple[Money, ...]

    def explain(self) -> str:
        """One line for a person."""
        time = "with no end" if self.seconds is None else f"for at most {self.seconds} s"
        uses = "any number of uses" if self.uses is None else f"at most {self.uses} uses"
        spend = ", ".join(f"at most {money.amount} {money.currency}" for money in self.spend) or "no budget"
        return f"after a revocation: {time}, {uses}, {spend}"


def expose(chain: VerifiedChain, ledger: Ledger | None, rules: Rules, now: int) -> Exposure:
    """The exposure of the last link of `chain`.

    The last second on which a use can be permitted is the one when the list, signed just before the revocation by a
    clock as far ahead as is accepted, is as old as is accepted, or the last before a link expires. Raises
    `UnavailableError` from the ledger.
    """
    covered = _covered(chain)
    last = min(now + rules.staleness + rules.skew if covered else LATEST, chain.stop - 1)
    endless = not covered and chain.stop >= LATEST
    if now > last or (chain.counted and ledger is None):
        # Once a link has expired nothing is permitted, and without a ledger nothing that counts is.
        return Exposure(max(0, last - now), 0, ())
    limits = [(clearing.name(link, counted.counter(), now), counted) for link, counted, _ in chain.counted]
    used = holdings(ledger, tuple(account for account, _ in limits)) if ledger is not None and limits else {}
    caps: dict[str, int] = {}
    for account, counted in limits:
        unit, most = _most(counted, used.get(account, 0), now, None if endless else last)
        if most is not None:
            caps[unit] = min(most, caps.get(unit, most))
    spend = tuple(Money(most, unit) for unit, most in sorted(caps.items()) if unit != "uses")
    return Exposure(None if endless else last - now, caps.get("uses"), spend)


def _covered(chain: VerifiedChain) -> bool:
    """Whether the last link depends on a list that can say that it is revoked."""
    above = {link.delegator for link in chain.links}
    own = [caveat for link, caveat in chain.standing if link.position == chain.links[-1].position]
    return any(
        caveat.by in above
        if isinstance(caveat, FreshList)
        else isinstance(caveat, Status) and caveat.kind != "suspension"
        for caveat in own
    )


def _most(limit: Counted, used: int, now: int, last: int | None) -> tuple[str, int | None]:
    """Of what, and how much: what is left now, and the whole limit again in each period that begins until `last`."""
    if isinstance(limit, Spaced):
        return "uses", None if last is None else _most_apart(limit, used, now, last)
    counter = limit.counter()
    left = max(0, counter.limit - used)
    if counter.period == TOTAL:
        return counter.unit, left
    if last is None:
        return counter.unit, None
    begun = period.number(counter.period, last) - period.number(counter.period, now)
    return counter.unit, left + counter.limit * begun


def _most_apart(limit: Spaced, used: int, now: int, last: int) -> int:
    """One as soon as it is due, and one more each time that the shortest `per` there is has passed."""
    first = max(now, clearing.due(limit, used))
    return 0 if first > last else 1 + (last - first) // period.least(limit.per)
