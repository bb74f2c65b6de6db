"""What a principal that is gone leaves behind: the links that depended on it, and what they had not spent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from attorn.approval import APPROVALS
from attorn.audit.receipt import ChargeLine, Receipt
from attorn.caveat.spaced import APART
from attorn.did.did import is_did
from attorn.errors import InputError
from attorn.store.counting import holdings
from attorn.store.ports import Ledger


@dataclass(frozen=True, slots=True)
class Unspent:
    """One limit of a link: `used` of `limit` in the period that was charged last, and what is `left` of it."""

    unit: str
    period: str
    limit: int
    used: int
    left: int


@dataclass(frozen=True, slots=True)
class Orphan:
    """A link given to the principal, or below it, with what was unspent of each limit that was ever charged."""

    link: bytes
    delegator: str
    delegate: str
    unspent: tuple[Unspent, ...]


@dataclass(frozen=True, slots=True)
class _Seen:
    delegate: str
    charged: dict[tuple[str, str], ChargeLine] = field(default_factory=dict)


def orphans(receipts: Iterable[Receipt], principal: str, ledger: Ledger) -> tuple[Orphan, ...]:
    """The links given to the DID `principal` or delegated from there, as far as they appear in genuine receipts.

    For the user's own DID these are all links of its chains. A link that was never used is in no log. Raises
    `InputError`, and `UnavailableError` if the ledger does not answer.
    """
    if not isinstance(principal, str) or not is_did(principal):
        raise InputError("orphans: expected a DID")
    seen: dict[tuple[str, bytes], _Seen] = {}
    for receipt in receipts:
        names = (receipt.root, *(hop.delegate for hop in receipt.chain))
        if not receipt.genuine or principal not in names:
            continue
        # The link to a principal stands just before it; a root has none.
        start = max(0, names.index(principal) - 1)
        found = {}
        for position in range(start, len(receipt.chain)):
            hop, by = receipt.chain[position], receipt.delegators[position]
            found[position + 1] = seen.setdefault((by, hop.link), _Seen(hop.delegate))
        for charge in receipt.charges:
            # An approval was good for one use: nothing of it is left behind. When the last use was is nothing to spend.
            if charge.link in found and charge.unit != APPROVALS and not charge.unit.startswith(APART):
                found[charge.link].charged[charge.unit, charge.period] = charge
    accounts = tuple(charge.account for link in seen.values() for charge in link.charged.values())
    used = holdings(ledger, accounts) if accounts else {}
    return tuple(
        Orphan(link, by, known.delegate, tuple(_unspent(charge, used) for charge in known.charged.values()))
        for (by, link), known in seen.items()
    )


def _unspent(charge: ChargeLine, used: Mapping[str, int]) -> Unspent:
    spent = used.get(charge.account, 0)
    return Unspent(charge.unit, charge.period, charge.limit, spent, max(0, charge.limit - spent))
