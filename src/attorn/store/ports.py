"""The ports behind which stores differ: memory, SQLite, and whatever many machines share.

Every method either does the whole of what it says or raises `UnavailableError`; a verifier then refuses. Methods are
called from several threads at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class Charge:
    """`amount` is to be added to `account`, which may hold at most `limit`.

    An account is one counter of one link in one period, named by the link's signed id.
    """

    account: str
    limit: int
    amount: int


class Store(Protocol):
    """What every verifier needs: memory of presentations and of revocations."""

    def remember(self, presentation: bytes, *, expires: int, now: int) -> bool:
        """Whether this presentation was new; from now on it is not, until Unix second `expires`.

        False as well if `expires` is not after the latest time at which anything was forgotten: a clock that stepped
        back must not make a forgotten presentation new again.
        """

    def revokers(self, links: Sequence[bytes]) -> Mapping[bytes, frozenset[str]]:
        """For each of these link ids that anybody revoked, the DIDs that did."""


@runtime_checkable
class Ledger(Protocol):
    """What counted caveats need beside it."""

    def charge(self, charges: Sequence[Charge]) -> Charge | None:
        """None if every charge was made; otherwise the first that found no room, and none was made."""
