"""What a verifier says to one genuine presentation, by docs/spec/verification.md: steps 5 to 10 but for 8.

Signatures, formats and presentations are not its business: it is given the links as plain data and the request, and
says whether the links permit it. A ledger is a dict from an account to what has been charged to it, or for uses that
must lie apart to the second of the last one.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from tests.reference import caveats
from tests.reference.caveats import Caveat, World
from tests.reference.facts import Request

SKEW = 60
ALLOWED = "allowed"
Ledger = dict[tuple[Any, ...], int]


class Link(NamedTuple):
    """Who gave it and its id, which name its accounts; when it was issued; its caveats in their order."""

    delegator: str
    id: str
    issued: int
    caveats: list[Caveat]


class Verdict(NamedTuple):
    """`allowed` or the code of the error; for one that names them, the link (from 1) and the caveat (from 0)."""

    code: str
    link: int | None = None
    caveat: int | None = None


class _Charge(NamedTuple):
    account: tuple[Any, ...]
    limit: int
    amount: int
    link: int
    caveat: int
    due: int | None = None
    """For uses that must lie apart: the first second of the next."""


def judge(links: list[Link], request: Request, world: World, ledger: Ledger) -> Verdict:
    """The verdict; where it is `allowed`, the ledger has been charged, else it is as it was."""
    chain = [_made(position, link) for position, link in enumerate(links)]
    for question in (_linkage, _windows, _lists):
        code = question(chain, world)
        if code is not None:
            return Verdict(code)
    for position, link in enumerate(chain, start=1):
        for index, caveat in enumerate(link.caveats):
            if caveat["kind"] in ("NotBefore", "Expires", "MaxDepth", "Agent", "RequiresApproval", *caveats.STANDING):
                continue
            if caveats.prohibits(caveat, request, world):
                return Verdict("denied", position, index)
    # Nobody is asked to approve what is prohibited anyway.
    for kind, code in (("Agent", "denied"), ("RequiresApproval", "approval_required")):
        for position, link in enumerate(chain, start=1):
            for index, caveat in enumerate(link.caveats):
                if caveat["kind"] == kind and caveats.prohibits(caveat, request, world):
                    return Verdict(code, position, index)
    return _charged(chain, request, world, ledger)


def _made(position: int, link: Link) -> Link:
    """The link with what exists only until it is made written out: ExpiresIn and NoDelegation."""
    found = []
    for caveat in link.caveats:
        if caveat["kind"] == "ExpiresIn":
            found.append({"kind": "Expires", "second": link.issued + math.floor(caveat["seconds"])})
        elif caveat["kind"] == "NoDelegation":
            found.append({"kind": "MaxDepth", "hops": position})
        else:
            found.append(caveat)
    return link._replace(caveats=found)


def _of(links: list[Link], kind: str) -> list[Caveat]:
    return [caveat for link in links for caveat in link.caveats if caveat["kind"] == kind]


def _linkage(chain: list[Link], world: World) -> str | None:
    """Step 5, and of step 6 the issue times within the chain."""
    if len({link.id for link in chain}) < len(chain):
        return "broken_chain"
    for position, link in enumerate(chain):
        above = chain[:position]
        if any(link.issued < other.issued - SKEW for other in above):
            return "outside_validity"
        if any(link.issued < caveat["second"] - SKEW for caveat in _of(above, "NotBefore")):
            return "outside_validity"
        if any(link.issued >= caveat["second"] + SKEW for caveat in _of(above, "Expires")):
            return "outside_validity"
        if any(world.depth > caveat["hops"] for caveat in _of([link], "MaxDepth")):
            return "broken_chain"
    return None


def _windows(chain: list[Link], world: World) -> str | None:
    """The rest of step 6."""
    begun = all(world.now >= caveat["second"] for caveat in _of(chain, "NotBefore"))
    running = all(world.now < caveat["second"] for caveat in _of(chain, "Expires"))
    issued = all(link.issued <= world.now + SKEW for link in chain)
    return None if begun and running and issued else "outside_validity"


def _lists(chain: list[Link], world: World) -> str | None:
    """Of step 7 the lists; one that nobody knows is `stale_status`."""
    for link in chain:
        for caveat in link.caveats:
            if caveat["kind"] in caveats.STANDING:
                said = world.answered.get(caveats.key(caveat), "stale_status")
                if said != "valid":
                    return said
    return None


def _charged(chain: list[Link], request: Request, world: World, ledger: Ledger) -> Verdict:
    """Step 10: every account or none. Two limits on one account count as the lower one."""
    charges: dict[tuple[Any, ...], _Charge] = {}
    for position, link in enumerate(chain, start=1):
        for index, caveat in enumerate(link.caveats):
            if caveat["kind"] in caveats.COUNTED:
                charge = _charge((position, index), link, caveat, request, world.now)
                if caveat["kind"] == "Spaced":
                    last = ledger.get(charge.account)
                    charge = charge._replace(due=0 if last is None else later(caveat["per"], last))
                if charge.account not in charges or charge.limit < charges[charge.account].limit:
                    charges[charge.account] = charge
    for charge in charges.values():
        room = ledger.get(charge.account, 0) + charge.amount <= charge.limit
        if not (room if charge.due is None else charge.due <= world.now):
            return Verdict("denied", charge.link, charge.caveat)
    for charge in charges.values():
        ledger[charge.account] = ledger.get(charge.account, 0) + charge.amount if charge.due is None else world.now
    return Verdict(ALLOWED)


def _charge(place: tuple[int, int], link: Link, caveat: Caveat, request: Request, now: int) -> _Charge:
    if caveat["kind"] == "Budget":
        unit, limit, amount = caveat["currency"], caveat["amount"], request["cost"]["amount"]
    elif caveat["kind"] == "Spaced":
        return _Charge((link.delegator, link.id, "apart", caveat["per"]), 0, 0, *place)
    else:
        unit, limit, amount = "uses", caveat["n"], 1
    per = caveat.get("per")
    return _Charge((link.delegator, link.id, unit, per, window(per, now)), limit, amount, *place)


def window(per: str | None, now: int) -> tuple[int, ...]:
    """What the UTC period is called that the second lies in; empty for one without end."""
    at = datetime.fromtimestamp(now, UTC)
    names: dict[str | None, tuple[int, ...]] = {
        None: (),
        "second": (now,),
        "minute": (at.year, at.month, at.day, at.hour, at.minute),
        "hour": (at.year, at.month, at.day, at.hour),
        "day": (at.year, at.month, at.day),
        "week": tuple(at.isocalendar())[:2],
        "month": (at.year, at.month),
    }
    return names[per]


def later(per: str, second: int) -> int:
    """One day, week, fortnight, month, quarter or year after that second; later than anything beyond the calendar."""
    try:
        return _later(per, datetime.fromtimestamp(second, UTC))
    except (OverflowError, ValueError):
        return 10**12


def _later(per: str, at: datetime) -> int:
    days = {"day": 1, "week": 7, "fortnight": 14}
    if per in days:
        return int((at + timedelta(days=days[per])).timestamp())
    found, months = at.replace(day=1), {"month": 1, "quarter": 3, "year": 12}[per]
    for _ in range(months):
        found = (found + timedelta(days=31)).replace(day=1)
    following = (found + timedelta(days=31)).replace(day=1)
    return int(min(found + timedelta(days=at.day - 1), following - timedelta(days=1)).timestamp())
