"""Scope review: what was granted and is not used, and could be taken back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from attorn.audit.receipt import Receipt
from attorn.caveat.scope import Actions
from attorn.caveat.validity import Expires
from attorn.clock import instant
from attorn.errors import InputError
from attorn.token.link import Link

ANY: Final = "*"
"""What a link is said to grant that no `Actions` caveat limits: every action."""
_DAY: Final = 86_400
_Key = tuple[str, bytes]


@dataclass(frozen=True, slots=True)
class Unused:
    """The `actions` that a link grants and that nobody used, of those that its delegate may use and pass on."""

    link: bytes
    delegator: str
    delegate: str
    issued: datetime
    actions: tuple[str, ...]


def review(
    chains: Iterable[Sequence[Link]], receipts: Iterable[Receipt], *, days: int, now: datetime
) -> tuple[Unused, ...]:
    """By link, the granted actions that no permitted request used in the last `days` days, by that link or below it.

    A link that was issued within that time, or has ended, is left out. A pattern like `events:*` is used once any
    action it covers is. Raises `InputError`.
    """
    if type(days) is not int or days < 1:
        raise InputError("review: expected a number of days from 1 on")
    end = int(instant(now, "review").timestamp())
    start = end - days * _DAY
    used: dict[_Key, set[str]] = {}
    for receipt in receipts:
        if receipt.allowed and start <= receipt.at <= end:
            for by, hop in zip(receipt.delegators, receipt.chain, strict=True):
                used.setdefault((by, hop.link), set()).add(receipt.action)
    found: dict[_Key, Unused] = {}
    for chain in chains:
        for depth, link in enumerate(chain, start=1):
            key = (link.delegator, link.id)
            if key in found or link.second > start or _ended(chain[:depth], end):
                continue
            unused = tuple(name for name in granted(chain[:depth]) if not _used(name, used.get(key, set())))
            if unused:
                found[key] = Unused(link.id, link.delegator, link.delegate, link.issued, unused)
    return tuple(found.values())


def granted(chain: Sequence[Link]) -> tuple[str, ...]:
    """The actions that the last link of a chain permits: those that every `Actions` caveat of the chain permits."""
    limits = [caveat for link in chain for caveat in link.caveats if isinstance(caveat, Actions)]
    if not limits:
        return (ANY,)
    names = set(limits[0].names)
    for limit in limits[1:]:
        narrower = {name for name in names if limit.covers(name)}
        names = narrower | {name for name in limit.names if names and Actions(*names).covers(name)}
    return tuple(sorted(names))


def _used(name: str, actions: set[str]) -> bool:
    return bool(actions) if name == ANY else any(Actions(name).covers(action) for action in actions)


def _ended(chain: Sequence[Link], now: int) -> bool:
    return any(isinstance(caveat, Expires) and caveat.second <= now for link in chain for caveat in link.caveats)
