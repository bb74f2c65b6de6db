"""Steps 9 and 10: every caveat of every link against one request, then the charges, all or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from attorn.approval import APPROVALS
from attorn.caveat.agent import Agent
from attorn.caveat.approval import RequiresApproval
from attorn.caveat.counted import TOTAL, Counted, Counter
from attorn.clock import LATEST
from attorn.decision import Decision, Denial
from attorn.errors import Denied, UnavailableError
from attorn.handed import ask
from attorn.request.facts import Facts
from attorn.store.ports import Charge, Charged, Ledger, Retry
from attorn.token.discharge import Demand
from attorn.token.link import Link
from attorn.verify import period
from attorn.verify.approving import Spent, required
from attorn.verify.chain import VerifiedChain

ALLOWED: Final = Decision(True, 10)
_ONCE: Final = Counter(APPROVALS, 1, TOTAL)
GRACE: Final = 3600
"""Seconds for which an account outlives its period, as the clocks of verifiers that share a ledger differ."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One charge and the limit that asked for it. An approval is an account that holds one use."""

    link: Link
    caveat: Counted | RequiresApproval
    counter: Counter
    charge: Charge


def clear(chain: VerifiedChain, demands: Sequence[Demand], facts: Facts) -> None:
    """(9) Return if no caveat prohibits the request, of a link or of a discharge. Raises `Denied`.

    Those that ask who the delegates are and those that ask for approval come after this, and cost more: nobody shall be
    asked to approve what is prohibited anyway.
    """
    for link, caveat in chain.caveats:
        denial = caveat.prohibits(facts)
        if denial is not None:
            raise denied(link, denial, 9)
    for position, caveat in demands:
        denial = None if isinstance(caveat, Agent | RequiresApproval) else caveat.prohibits(facts)
        if denial is not None:
            by_whom = replace(denial, limit=f"{denial.limit} (a third party of this link says so)")
            raise denied(chain.links[position - 1], by_whom, 9)


def charge(
    chain: VerifiedChain, spent: Sequence[Spent], facts: Facts, ledger: Ledger | None, retry: Retry | None
) -> tuple[tuple[Entry, ...], bool]:
    """(10) Charge the request to every link that counts, and use up approvals, all or nothing.

    What was charged, and whether it had been before. Raises `Denied`, and `UnavailableError` from the ledger.
    """
    if not chain.counted and not spent and retry is None:
        return (), False
    if ledger is None:
        if chain.counted:
            link, counted, _ = chain.counted[0]
            raise denied(link, counted.denial("a use that this verifier has no ledger to count"), 10)
        return (), False
    asked = entries(chain, facts) | _used_up(spent)
    charges = tuple(entry.charge for entry in asked.values())
    answer = ask("ledger", lambda: ledger.charge(charges, now=facts.now, retry=retry))
    if not isinstance(answer, Charged) or (answer.refused is not None and answer.refused.account not in asked):
        raise UnavailableError(f"the ledger must answer what it charged, got {type(answer).__name__}")
    if answer.repeated and retry is None:
        raise UnavailableError("the ledger says that this was charged before, and no key was given to know it by")
    if answer.refused is not None:
        raise _refusal(chain, asked[answer.refused.account], spent, facts)
    # Which approvals the first try used up, its own receipt says: this try may have come with others.
    made = entries(chain, facts) if answer.repeated else asked
    return tuple(made.values()), answer.repeated


def entries(chain: VerifiedChain, facts: Facts) -> dict[str, Entry]:
    """The charge for every limit of the chain, by account. Two limits on one account count as the lower one."""
    found: dict[str, Entry] = {}
    for link, counted, stop in chain.counted:
        counter = counted.counter()
        account = name(link, counter, facts.now)
        if account not in found or counter.limit < found[account].charge.limit:
            made = Charge(account, counter.limit, counted.charge(facts), _until(counter, stop, facts.now))
            found[account] = Entry(link, counted, counter, made)
    return found


def _used_up(spent: Sequence[Spent]) -> dict[str, Entry]:
    """The charge for every approval, by account."""
    found: dict[str, Entry] = {}
    for link, caveat, approval, _ in spent:
        made = Charge(approval.account, 1, 1, approval.expires + GRACE)
        found.setdefault(approval.account, Entry(link, caveat, _ONCE, made))
    return found


def _refusal(chain: VerifiedChain, entry: Entry, spent: Sequence[Spent], facts: Facts) -> Denied:
    if isinstance(entry.caveat, Counted):
        return denied(entry.link, entry.caveat.denial(f"{entry.charge.amount} more than is left"), 10)
    lost = next(each for each in spent if each.approval.account == entry.charge.account)
    denial = lost.caveat.denial(f"a use with an approval of {lost.approval.by} that was used before")
    return required(chain, (lost.link, lost.caveat), facts, denial, approved=lost.others, step=10)


def name(link: Link, counter: Counter, now: int) -> str:
    """The account of one limit of one link, in the period of now."""
    # The delegator too: delegators choose ids, and nobody may fill another's account by choosing the same.
    return f"{link.delegator}/{link.id.hex()}/{counter.unit}/{counter.period}/{period.name(counter.period, now)}"


def _until(counter: Counter, stop: int, now: int) -> int | None:
    """When the account may be forgotten: its period is over, or its link, and with it every chain below, expired."""
    over = period.end(counter.period, now)
    until = stop if over is None else min(stop, over)
    return None if until >= LATEST else until + GRACE


def denied(link: Link, denial: Denial, step: int) -> Denied:
    """The error that names the link, the limit and what was asked."""
    return Denied(Decision(False, step, link.position, link.delegator, link.delegate, denial))
