"""What operators ask a log: everything for one user, by one agent, on one resource, in one span of time.

Each takes receipts in any form that can be iterated and hands out those that answer, one at a time. A receipt that is
not `genuine` answers too: that somebody claimed to act for a user may be what one is looking for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from attorn.audit.receipt import Receipt
from attorn.clock import instant
from attorn.did.did import is_did
from attorn.errors import InputError
from attorn.request.resource import normalise


def by_user(receipts: Iterable[Receipt], user: str) -> Iterator[Receipt]:
    """The receipts whose chain leads back to the DID `user`. Raises `InputError`."""
    _require_did(user)
    return (receipt for receipt in receipts if receipt.root == user)


def by_agent(receipts: Iterable[Receipt], agent: str) -> Iterator[Receipt]:
    """The receipts in whose chain some link was given to the DID `agent`, wherever. Raises `InputError`."""
    _require_did(agent)
    return (receipt for receipt in receipts if any(hop.delegate == agent for hop in receipt.chain))


def by_resource(receipts: Iterable[Receipt], resource: str) -> Iterator[Receipt]:
    """The receipts on `resource` and on what lies below it, by segments of its path. Raises `InputError`."""
    whole = normalise(resource)
    below = whole if whole.endswith("/") else f"{whole}/"
    return (receipt for receipt in receipts if receipt.resource == whole or receipt.resource.startswith(below))


def between(receipts: Iterable[Receipt], start: datetime, stop: datetime) -> Iterator[Receipt]:
    """The receipts from `start` on and before `stop`, aware datetimes. Raises `InputError`."""
    first, end = (int(instant(at, "between").timestamp()) for at in (start, stop))
    return (receipt for receipt in receipts if first <= receipt.at < end)


def _require_did(did: str) -> None:
    if not isinstance(did, str) or not is_did(did):
        raise InputError("audit: expected a DID")
