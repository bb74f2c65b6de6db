"""What a tree of delegations may do, kept in the plainest way there is: sets, sums, and the path of each link.

It shares no code with the verifier: periods are asked of `datetime`, and everything said is kept for good.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import NamedTuple

from attorn import Identity, Request, Token
from attorn.caveat import Budget, Caveat, Expires, FreshList, MaxUses, Rate, Spaced

RETRIES = 600
STALENESS = 300
SKEW = 60
KEPT = 3600
"""Seconds for which an account is kept once its period is over."""
SHOWN = 60
"""Seconds for which a presentation is good."""
FOREVER = 10**12


class Account(NamedTuple):
    """One limit of one link in one period: `since` is when that began."""

    node: int
    unit: str
    per: str
    since: str


@dataclass(frozen=True, eq=False)
class Node:
    """One link of the tree, and the token that ends in it."""

    number: int
    parent: Node | None
    by: Identity
    to: Identity
    token: Token

    @cached_property
    def path(self) -> tuple[Node, ...]:
        """The links from the root to this one."""
        return (*(self.parent.path if self.parent else ()), self)

    @cached_property
    def id(self) -> bytes:
        return self.token.unverified_links[-1].id

    @cached_property
    def issued(self) -> int:
        return self.token.unverified_links[-1].second

    @cached_property
    def caveats(self) -> tuple[Caveat, ...]:
        return self.token.unverified_links[-1].caveats

    @cached_property
    def stop(self) -> int:
        """When the first link of the path expires."""
        seconds = [caveat.second for node in self.path for caveat in node.caveats if isinstance(caveat, Expires)]
        return min(seconds, default=FOREVER)


@dataclass(frozen=True, eq=False)
class Use:
    """One presentation: by the holder of a link, of a request, perhaps under a key."""

    number: int
    node: Node
    request: Request
    key: str | None
    made: int
    wire: str

    @property
    def stop(self) -> int:
        return self.made + SHOWN

    @property
    def try_of(self) -> tuple[int, bytes, str] | None:
        return None if self.key is None else (self.node.number, self.request.digest(), self.key)


def since(per: str, now: int) -> datetime:
    """When the period began."""
    at = datetime.fromtimestamp(now, UTC)
    midnight = at.replace(hour=0, minute=0, second=0)
    return {
        "second": at,
        "minute": at.replace(second=0),
        "hour": at.replace(minute=0, second=0),
        "day": midnight,
        "week": midnight - timedelta(days=at.isoweekday() - 1),
        "month": midnight.replace(day=1),
    }[per]


def until(per: str, now: int) -> int:
    """The first second of the next period."""
    start = since(per, now)
    if per == "month":
        return int((start + timedelta(days=32)).replace(day=1).timestamp())
    return int((start + timedelta(**{f"{per}s": 1})).timestamp())


def later(per: str, at: int) -> int:
    """The first second of the next use, if that many days or months must lie between."""
    days = {"day": 1, "week": 7, "fortnight": 14}
    start = datetime.fromtimestamp(at, UTC)
    if per in days:
        return at + days[per] * 86_400
    months = start.month - 1 + {"month": 1, "quarter": 3, "year": 12}[per]
    for day in range(start.day, 0, -1):
        try:
            there = start.replace(year=start.year + months // 12, month=months % 12 + 1, day=day)
        except ValueError:
            continue
        return int(there.timestamp())
    raise AssertionError


def limits(node: Node, now: int, request: Request) -> Iterator[tuple[Account, int, int]]:
    """Each limit of one link: its account now, how much it holds, and how much this request takes."""
    cost = 0 if request.cost is None else request.cost.amount
    for caveat in node.caveats:
        if isinstance(caveat, MaxUses):
            yield Account(node.number, "uses", "total", ""), caveat.n, 1
        elif isinstance(caveat, Rate):
            yield Account(node.number, "uses", caveat.per, str(since(caveat.per, now))), caveat.n, 1
        elif isinstance(caveat, Budget):
            per = caveat.per or "total"
            start = "" if per == "total" else str(since(per, now))
            yield Account(node.number, caveat.currency, per, start), caveat.amount, cost


def spaced(node: Node, used: Counter[Account], now: int) -> Iterator[tuple[Account, int, int]]:
    """Each account of uses of one link that must lie apart: it holds the second of the last one, and one."""
    for caveat in node.caveats:
        if isinstance(caveat, Spaced):
            account = Account(node.number, f"apart:{caveat.per}", "total", "")
            early = used[account] and now < later(caveat.per, used[account] - 1)
            yield (account, 0, 1) if early else (account, now + 1, now + 1 - used[account])


@dataclass
class Model:
    """Everything that was permitted and said so far."""

    authority: str
    shown: set[int] = field(default_factory=set)
    revoked: set[tuple[bytes, str]] = field(default_factory=set)
    lists: dict[str, tuple[int, int]] = field(default_factory=dict)
    lives: dict[tuple[str, str], tuple[int, str]] = field(default_factory=dict)
    used: Counter[Account] = field(default_factory=Counter)
    most: dict[Account, int] = field(default_factory=dict)
    kept: dict[Account, int] = field(default_factory=dict)
    tries: dict[tuple[int, bytes, str], int] = field(default_factory=dict)
    latest: int = 0
    """The latest time at which a store was asked anything: what was over by then may be forgotten."""

    def outcomes(self, use: Use, now: int) -> frozenset[str]:
        """What the verifier may answer; more than one thing only where several are wrong, or time ran backwards."""
        found = self.invalid(use, now)
        if found:
            return found
        again = {"replayed"} if use.stop <= self.latest else set[str]()
        if self._prohibited(use):
            return frozenset({"denied 9", *again})
        return frozenset({*self._charged(use, now), *again})

    def invalid(self, use: Use, now: int) -> frozenset[str]:
        """Why the presentation is refused whatever it asks for; empty if it is not."""
        if self._outside(use, now):
            return frozenset({"outside_validity"})
        found = frozenset(self._standing(use.node, now))
        if not found and use.number in self.shown:
            return frozenset({"replayed"})
        return found

    def _outside(self, use: Use, now: int) -> bool:
        issued = [node.issued for node in use.node.path]
        backwards = any(second + SKEW < max(issued[: place + 1]) for place, second in enumerate(issued))
        shown = use.made - 30 <= now < use.stop
        return backwards or not shown or now >= use.node.stop or max(issued) > now + SKEW

    def _standing(self, node: Node, now: int) -> Iterator[str]:
        people = [node.path[0].by.did, *(link.to.did for link in node.path)]
        for place, link in enumerate(node.path):
            if any((link.id, above) in self.revoked for above in people[: place + 1]):
                yield "revoked"
            for caveat in link.caveats:
                if isinstance(caveat, FreshList) and not self._fresh(caveat.by, now):
                    yield "stale_status"
        for place, person in enumerate(people):
            for speaker in {*people[: place + 1], self.authority}:
                _, event = self.lives.get((person, speaker), (0, ""))
                if event == "deprovision":
                    yield "deprovisioned"
                elif event == "suspend":
                    yield "suspended"

    def _fresh(self, by: str, now: int) -> bool:
        return by in self.lists and -SKEW <= now - self.lists[by][1] <= STALENESS

    def _prohibited(self, use: Use) -> bool:
        cost = use.request.cost
        budgets = [caveat for node in use.node.path for caveat in node.caveats if isinstance(caveat, Budget)]
        return any(
            cost is None or cost.currency != budget.currency or cost.amount > budget.amount for budget in budgets
        )

    def _charged(self, use: Use, now: int) -> set[str]:
        charges = self.charges(use, now)
        fits = all(self.used[account] + amount <= limit for account, (limit, amount) in charges.items())
        answers = {"allowed"} if fits else {"denied 10"}
        if any(self._over(account, use.node.path, now) <= self.latest for account in charges):
            answers.add("unavailable")
        tried = 0 if use.try_of is None else self.tries.get(use.try_of, 0)
        if now < tried:
            return {"allowed again"} if self.latest < tried else {"allowed again", *answers}
        return answers

    def charges(self, use: Use, now: int) -> dict[Account, tuple[int, int]]:
        """For each account that this use would be charged to, its limit and how much."""
        found: dict[Account, tuple[int, int]] = {}
        for node in use.node.path:
            for account, limit, amount in (*limits(node, now, use.request), *spaced(node, self.used, now)):
                found[account] = min(found.get(account, (limit, amount)), (limit, amount))
        return found

    def _over(self, account: Account, path: tuple[Node, ...], now: int) -> int:
        node = next(node for node in path if node.number == account.node)
        end = FOREVER if account.per == "total" else until(account.per, now)
        return min(end, node.stop) + KEPT

    def learn(self, use: Use, now: int, outcome: str) -> None:
        """Take note of what was answered. Only what was permitted is charged."""
        if outcome in ("allowed", "allowed again", "denied 9", "denied 10", "unavailable"):
            self.shown.add(use.number)
            self.latest = max(self.latest, now)
        if outcome != "allowed":
            return
        for account, (limit, amount) in self.charges(use, now).items():
            self.used[account] += amount
            self.most[account] = limit
            self.kept[account] = self._over(account, use.node.path, now)
        if use.try_of is not None:
            self.tries[use.try_of] = now + RETRIES
