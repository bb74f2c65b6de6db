"""Steps 9 and 10: every caveat of every link against one request, then the charges, all or none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from attorn.approval import APPROVALS
from attorn.caveat.agent import Agent
from attorn.caveat.approval import RequiresApproval
from attorn.caveat.counted import TOTAL, Counted, Counter
from attorn.caveat.spaced import Spaced
from attorn.caveat.validity import moment
from attorn.clock import LATEST
from attorn.decision import Decision, Denial
from attorn.display import stamp
from attorn.errors import Denied, UnavailableError
from attorn.request.facts import Facts
from attorn.store.counting import charged_by, holdings
from attorn.store.ports import Charge, Ledger, Retry
from attorn.token.discharge import Demand
from attorn.token.link import Link
from attorn.verify import period
from attorn.verify.approving import Spent, required
from attorn.verify.chain import VerifiedChain

ALLOWED: Final = Decision(True, 10)
_ONCE: Final = Counter(APPROVALS, 1, TOTAL)
GRACE: Final = 3600
"""Seconds for which an account outlives its period, as the clocks of verifiers that share a ledger differ."""
_MOST_READINGS: Final = 4
_NEVER: Final = LATEST + 1


@dataclass(frozen=True, slots=True)
class Entry:
    """One charge and the limit that asked for it. An approval is an account that holds one use.

    `due` is, of uses that must lie apart, the Unix second from which this one may be made.
    """

    link: Link
    caveat: Counted | RequiresApproval
    counter: Counter
    charge: Charge
    due: int = 0


class Use(NamedTuple):
    """One chain and what is to be charged to it. `number` says which it is, from 1, where several are used at once."""

    chain: VerifiedChain
    spent: Sequence[Spent]
    facts: Facts
    number: int | None = None


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
    (made,), repeated = charge_all((Use(chain, spent, facts),), ledger, retry)
    return made, repeated


def charge_all(
    uses: Sequence[Use], ledger: Ledger | None, retry: Retry | None
) -> tuple[tuple[tuple[Entry, ...], ...], bool]:
    """(10) Charge every one of these uses, or none of them. No two of them may share a link that counts.

    What was charged for each, and whether it had been before. Raises `Denied`, and `UnavailableError` from the ledger.
    """
    nothing = ((),) * len(uses), False
    if retry is None and not any(use.chain.counted or use.spent for use in uses):
        return nothing
    if ledger is None:
        for use in uses:
            if use.chain.counted:
                link, counted, _ = use.chain.counted[0]
                unkept = counted.denial("a use that this verifier has no ledger to count")
                raise _numbered(denied(link, unkept, 10), use)
        return nothing
    asked, lost, repeated = _asked(uses, ledger, retry)
    if lost is not None:
        use, entry = lost
        raise _numbered(_refusal(use.chain, entry, use.spent, use.facts), use)
    if repeated:
        # Which approvals the first try used up, its own receipt says: this try may have come with others. And when the
        # use before it was: the last one that is known now is that very try, or a later one.
        made = (entries(use.chain, use.facts).values() for use in uses)
        return tuple(tuple(entry for entry in each if not isinstance(entry.caveat, Spaced)) for each in made), True
    return tuple(tuple(entry for whose, entry in asked if whose is use) for use in uses), False


def _asked(
    uses: Sequence[Use], ledger: Ledger, retry: Retry | None
) -> tuple[list[tuple[Use, Entry]], tuple[Use, Entry] | None, bool]:
    """What the ledger was asked to charge, for what it found no room, and whether all was charged before.

    A ledger only counts, so when the last use was is read before, and the charge adds what is missing up to now, within
    a limit of now. Whoever was overtaken since finds no room there, and reads again.
    """
    now = uses[0].facts.now
    spaced = [(link, limit) for use in uses for link, limit, _ in use.chain.counted if isinstance(limit, Spaced)]
    accounts = tuple(name(link, limit.counter(), now) for link, limit in spaced)
    for _ in range(_MOST_READINGS):
        held = holdings(ledger, accounts) if accounts else {}
        # One account twice, an approval of that name by one approver for two users, is charged twice.
        asked = [
            (use, entry)
            for use in uses
            for entry in (entries(use.chain, use.facts, held) | _used_up(use.spent)).values()
        ]
        answer = charged_by(ledger, tuple(entry.charge for _, entry in asked), now=now, retry=retry)
        if answer.refused is None:
            return asked, None, answer.repeated
        lost = {entry.charge.account: (use, entry) for use, entry in asked}[answer.refused.account]
        if not isinstance(lost[1].caveat, Spaced) or lost[1].due > now:
            return asked, lost, False
    raise UnavailableError(f"others were faster {_MOST_READINGS} times, or the ledger does not show what they charged")


def entries(chain: VerifiedChain, facts: Facts, held: Mapping[str, int] | None = None) -> dict[str, Entry]:
    """The charge for every limit of the chain, by account. Two limits on one account count as the lower one.

    `held` is what the accounts of uses that must lie apart hold, as far as they hold anything.
    """
    found: dict[str, Entry] = {}
    for link, counted, stop in chain.counted:
        counter = counted.counter()
        account = name(link, counter, facts.now)
        until = _until(counter, stop, facts.now)
        if isinstance(counted, Spaced):
            last = 0 if held is None else held.get(account, 0)
            found[account] = _apart(Entry(link, counted, counter, Charge(account, 0, 1, until)), counted, last, facts)
        elif account not in found or counter.limit < found[account].charge.limit:
            made = Charge(account, counter.limit, counted.charge(facts), until)
            found[account] = Entry(link, counted, counter, made)
    return found


def _apart(early: Entry, limit: Spaced, held: int, facts: Facts) -> Entry:
    """The charge that sets the account from the last use to this one; if this is too early, one that has no room.

    That one is made all the same: a use that was charged before, under the same key, is not too early but repeated.
    """
    begins = due(limit, held)
    if facts.now < begins:
        return replace(early, due=begins)
    return replace(early, charge=replace(early.charge, limit=facts.now + 1, amount=facts.now + 1 - held), due=begins)


def due(limit: Spaced, held: int) -> int:
    """The second from which the next use may be made, if the account holds this."""
    following = period.after(limit.per, held - 1) if held else 0
    return _NEVER if following is None else following


def _used_up(spent: Sequence[Spent]) -> dict[str, Entry]:
    """The charge for every approval, by account."""
    found: dict[str, Entry] = {}
    for link, caveat, approval, _ in spent:
        made = Charge(approval.account, 1, 1, approval.expires + GRACE)
        found.setdefault(approval.account, Entry(link, caveat, _ONCE, made))
    return found


def _refusal(chain: VerifiedChain, entry: Entry, spent: Sequence[Spent], facts: Facts) -> Denied:
    if isinstance(entry.caveat, Spaced):
        when = "ever again" if entry.due >= _NEVER else f"before {stamp(moment(entry.due))}"
        return denied(entry.link, entry.caveat.denial(f"a use {when}"), 10)
    if isinstance(entry.caveat, Counted):
        return denied(entry.link, entry.caveat.denial(f"{entry.charge.amount} more than is left"), 10)
    lost = next(each for each in spent if each.approval.account == entry.charge.account)
    denial = lost.caveat.denial(f"a use with an approval of {lost.approval.by} that was used before")
    return required(chain, (lost.link, lost.caveat), facts, denial, approved=lost.others, step=10)


def _numbered(error: Denied, use: Use) -> Denied:
    """The error, which says which of several uses it is about."""
    error.presentation = use.number
    return error


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
