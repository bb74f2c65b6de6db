"""A store for one process: everything is forgotten when it ends."""

from __future__ import annotations

import heapq
import threading
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from attorn.canonical import MOST_INTEGER
from attorn.did.resolver import Resolver
from attorn.errors import InputError, UnavailableError
from attorn.revocation import Signed
from attorn.statement import Kind, Statement
from attorn.store.applying import apply
from attorn.store.ports import (
    Charge,
    Charged,
    Retry,
    require_accounts,
    require_charges,
    require_presentation,
    require_statements,
    require_wanted,
)

_NEVER: Final = MOST_INTEGER + 1


class _Expiring:
    """Names, each until a second; the latest second at which one was forgotten is kept for good."""

    __slots__ = ("_until", "forgotten", "names")

    def __init__(self) -> None:
        self.names: dict[str | bytes, int] = {}
        self._until: list[tuple[int, str | bytes]] = []
        self.forgotten = 0

    def add(self, name: str | bytes, until: int) -> None:
        """Keep `name` until then, or until later if that was said before."""
        if until > self.names.get(name, -1):
            self.names[name] = until
            heapq.heappush(self._until, (until, name))

    def prune(self, now: int) -> list[str | bytes]:
        """Forget what is over; the names that were."""
        gone: list[str | bytes] = []
        while self._until and self._until[0][0] <= now:
            until, name = heapq.heappop(self._until)
            if self.names.get(name) == until:
                del self.names[name]
                self.forgotten = max(self.forgotten, until)
                gone.append(name)
        return gone


class MemoryStore:
    """Remembers at most `capacity` live presentations; beyond that a verifier refuses rather than forgets.

    Raises `InputError` for a capacity that is not positive.
    """

    def __init__(self, *, capacity: int = 1_000_000) -> None:
        if type(capacity) is not int or capacity < 1:
            raise InputError("capacity: expected a positive integer")
        self._capacity = capacity
        self._lock = threading.Lock()
        self._seen = _Expiring()
        self._said: dict[tuple[Kind, str], dict[str, Statement]] = {}
        self._used: dict[str, int] = {}
        self._accounts = _Expiring()
        self._retries = _Expiring()

    def remember(self, presentation: bytes, *, expires: int, now: int) -> bool:
        """See `Store.remember`. Raises `UnavailableError` when full."""
        require_presentation(presentation, expires, now)
        seen = self._seen
        with self._lock:
            seen.prune(now)
            if expires <= seen.forgotten or presentation in seen.names:
                return False
            if len(seen.names) >= self._capacity:
                raise UnavailableError("the store's memory of presentations is full")
            seen.add(presentation, expires)
            return True

    def statements(
        self, wanted: Sequence[tuple[Kind, str]], *, by: Collection[str] | None = None
    ) -> Sequence[Statement]:
        """See `Store.statements`."""
        require_wanted(wanted, by)
        if not self._said:
            return ()
        with self._lock:
            about = [self._said[key] for key in wanted if key in self._said]
            if by is None:
                return [statement for said in about for statement in said.values()]
            return [said[signer] for said in about for signer in by if signer in said]

    def put(self, statements: Sequence[Statement]) -> Statement | None:
        """See `Store.put`."""
        require_statements(statements)
        with self._lock:
            for new in statements:
                kept = self._said.get((new.kind, new.subject), {}).get(new.by)
                if kept is not None and kept.sequence > new.sequence:
                    return kept
            for new in statements:
                about = self._said.setdefault((new.kind, new.subject), {})
                if new.by not in about or about[new.by].sequence < new.sequence:
                    about[new.by] = new
            return None

    def apply(self, signed: Signed | str, *, resolver: Resolver | None = None) -> None:
        """Honour what a principal signed from now on, once its signature has been checked: see `applying.apply`."""
        apply(self, signed, resolver)

    def charge(self, charges: Sequence[Charge], *, now: int, retry: Retry | None = None) -> Charged:
        """See `Ledger.charge`."""
        require_charges(charges, now, retry)
        with self._lock:
            for name in self._accounts.prune(now):
                self._used.pop(str(name), None)
            self._retries.prune(now)
            if retry is not None and retry.key in self._retries.names:
                return Charged(repeated=True)
            used: dict[str, int] = {}
            for charge in charges:
                if charge.until is not None and charge.until <= self._accounts.forgotten:
                    raise UnavailableError("the store may have forgotten an account of a period that is over")
                total = used.get(charge.account, self._used.get(charge.account, 0)) + charge.amount
                if total > charge.limit:
                    return Charged(refused=charge)
                used[charge.account] = total
            for charge in charges:
                self._accounts.add(charge.account, _NEVER if charge.until is None else charge.until)
            self._used.update(used)
            if retry is not None:
                self._retries.add(retry.key, retry.until)
            return Charged()

    def used(self, accounts: Sequence[str]) -> Mapping[str, int]:
        """See `Ledger.used`."""
        require_accounts(accounts)
        with self._lock:
            return {account: self._used[account] for account in accounts if account in self._used}
