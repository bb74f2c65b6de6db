"""A store for one process: everything is forgotten when it ends."""

from __future__ import annotations

import heapq
import threading
from collections.abc import Mapping, Sequence

from attorn.did.resolver import Resolver
from attorn.errors import InputError, UnavailableError
from attorn.revocation import RevocationEntry, verify
from attorn.store.ports import Charge


class MemoryStore:
    """Remembers at most `capacity` live presentations; beyond that a verifier refuses rather than forgets.

    Raises `InputError` for a capacity that is not positive.
    """

    def __init__(self, *, capacity: int = 1_000_000) -> None:
        if type(capacity) is not int or capacity < 1:
            raise InputError(f"capacity: expected a positive integer, got {capacity!r}")
        self._capacity = capacity
        self._lock = threading.Lock()
        self._seen: set[bytes] = set()
        self._expiries: list[tuple[int, bytes]] = []
        self._forgotten = 0
        self._revokers: dict[bytes, frozenset[str]] = {}
        self._used: dict[str, int] = {}

    def remember(self, presentation: bytes, *, expires: int, now: int) -> bool:
        """See `Store.remember`. Raises `UnavailableError` when full."""
        with self._lock:
            while self._expiries and self._expiries[0][0] <= now:
                gone, key = heapq.heappop(self._expiries)
                self._seen.discard(key)
                self._forgotten = max(self._forgotten, gone)
            if expires <= self._forgotten or presentation in self._seen:
                return False
            if len(self._seen) >= self._capacity:
                raise UnavailableError("the store's memory of presentations is full")
            self._seen.add(presentation)
            heapq.heappush(self._expiries, (expires, presentation))
            return True

    def revokers(self, links: Sequence[bytes]) -> Mapping[bytes, frozenset[str]]:
        """See `Store.revokers`."""
        known = self._revokers
        return {link: known[link] for link in links if link in known} if known else {}

    def apply(self, entry: RevocationEntry | str, *, resolver: Resolver | None = None) -> None:
        """Honour a revocation from now on, once its signature has been checked.

        Raises `InputError`, `MalformedError`, `SignatureError`, `ResolutionError` or `UnavailableError`.
        """
        genuine = verify(entry, resolver)
        with self._lock:
            self._revokers[genuine.link] = self._revokers.get(genuine.link, frozenset()) | {genuine.by}

    def charge(self, charges: Sequence[Charge]) -> Charge | None:
        """See `Ledger.charge`."""
        with self._lock:
            used: dict[str, int] = {}
            for charge in charges:
                total = used.get(charge.account, self._used.get(charge.account, 0)) + charge.amount
                if total > charge.limit:
                    return charge
                used[charge.account] = total
            self._used.update(used)
            return None
