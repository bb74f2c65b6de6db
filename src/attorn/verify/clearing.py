"""Steps 9 and 10: every caveat of every link against one request, then the charges, all or none."""

from __future__ import annotations

from typing import Final

from attorn.caveat.base import Caveat
from attorn.caveat.counted import TOTAL, Counter
from attorn.caveat.validity import moment
from attorn.decision import Decision, Denial
from attorn.errors import Denied, UnavailableError
from attorn.handed import ask
from attorn.request.facts import Facts
from attorn.store.ports import Charge, Ledger
from attorn.token.link import Link
from attorn.verify.chain import VerifiedChain

ALLOWED: Final = Decision(True, 10)
_WINDOWS: Final = {
    "second": "%Y-%m-%dT%H:%M:%S",
    "minute": "%Y-%m-%dT%H:%M",
    "hour": "%Y-%m-%dT%H",
    "day": "%Y-%m-%d",
    "week": "%G-W%V",
    "month": "%Y-%m",
}
"""UTC calendar windows; a week is ISO 8601's, from Monday."""


def clear(chain: VerifiedChain, facts: Facts) -> None:
    """(9) Return if no caveat prohibits the request. Raises `Denied`."""
    for link, caveat in chain.caveats:
        denial = caveat.prohibits(facts)
        if denial is not None:
            raise denied(link, denial, 9)


def charge(chain: VerifiedChain, facts: Facts, ledger: Ledger | None) -> None:
    """(10) Charge the request to every link that counts. Raises `Denied`, and `UnavailableError` from the ledger."""
    if not chain.counted:
        return
    if ledger is None:
        link, counted = chain.counted[0]
        raise denied(link, counted.denial("a use that this verifier has no ledger to count"), 10)
    charges: dict[str, Charge] = {}
    sources: dict[str, tuple[Link, Caveat]] = {}
    for link, counted in chain.counted:
        counter = counted.counter()
        account = _account(link, counter, facts.now)
        if account not in charges or counter.limit < charges[account].limit:
            charges[account] = Charge(account, counter.limit, counted.charge(facts))
            sources[account] = (link, counted)
    refused = ask("ledger", lambda: ledger.charge(tuple(charges.values())))
    if refused is not None and (not isinstance(refused, Charge) or refused.account not in sources):
        raise UnavailableError(f"the ledger must return None or one of the charges, got {type(refused).__name__}")
    if refused is not None:
        link, caveat = sources[refused.account]
        raise denied(link, caveat.denial(f"{refused.amount} more than is left"), 10)


def _account(link: Link, counter: Counter, now: int) -> str:
    window = "" if counter.period == TOTAL else moment(now).strftime(_WINDOWS[counter.period])
    # The delegator too: delegators choose ids, and nobody may fill another's account by choosing the same.
    return f"{link.delegator}/{link.id.hex()}/{counter.unit}/{counter.period}/{window}"


def denied(link: Link, denial: Denial, step: int) -> Denied:
    """The error that names the link, the limit and what was asked."""
    return Denied(Decision(False, step, link.position, link.delegator, link.delegate, denial))
