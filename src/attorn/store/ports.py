"""The ports behind which stores differ: memory, SQLite, Redis, PostgreSQL.

Every method either does the whole of what it says or raises `UnavailableError`; a verifier then refuses. Methods are
called from several threads at once, and where a store is shared, from several processes and machines.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from attorn.canonical import MOST_INTEGER
from attorn.errors import InputError
from attorn.statement import Kind, Statement, require_text


@dataclass(frozen=True, slots=True)
class Charge:
    """`amount` is to be added to `account`, which may hold at most `limit`.

    An account is one counter of one link in one period, named by the link's signed id. It may be forgotten at Unix
    second `until`, when its period is over or its link has expired; never if None. Raises `InputError` for an account
    that is no text, and for numbers outside 0 to 2**53 - 1.
    """

    account: str
    limit: int
    amount: int
    until: int | None = None

    def __post_init__(self) -> None:
        require_text(self.account, "charge")
        numbers = (self.limit, self.amount, 0 if self.until is None else self.until)
        if not all(type(number) is int and 0 <= number <= MOST_INTEGER for number in numbers):
            raise InputError("charge: expected a limit, an amount and a second from 0 to 2**53 - 1")


@dataclass(frozen=True, slots=True)
class Retry:
    """The `key` (32 bytes) under which a charge that is tried again until Unix second `until` is the same charge."""

    key: bytes
    until: int

    def __post_init__(self) -> None:
        if type(self.key) is not bytes or not _is_number(self.until):
            raise InputError("retry: expected a key in bytes, and a Unix second from 0 to 2**53 - 1")


@dataclass(frozen=True, slots=True)
class Charged:
    """What a ledger answers: every charge was made; or was made before under the same key; or `refused` had no room.

    It has no truth value: read `refused`.
    """

    refused: Charge | None = None
    repeated: bool = False

    def __bool__(self) -> bool:
        raise TypeError("a Charged has no truth value; read .refused")


class Store(Protocol):
    """What every verifier needs: memory of presentations, and of what principals have signed."""

    def remember(self, presentation: bytes, *, expires: int, now: int) -> bool:
        """Whether this presentation was new; from now on it is not, until Unix second `expires`.

        False as well if `expires` is not after the latest time at which anything was forgotten: a clock that stepped
        back must not make a forgotten presentation new again.
        """

    def statements(
        self, wanted: Sequence[tuple[Kind, str]], *, by: Collection[str] | None = None
    ) -> Sequence[Statement]:
        """Every statement of one of these kinds about one of these subjects, by anybody or by one of `by`.

        A store looks up those signers alone: strangers may have said any number of things.
        """

    def put(self, statements: Sequence[Statement]) -> Statement | None:
        """Keep them all, or none: then the statement that is newer than one of them.

        One that is kept already, with the same sequence number, stays as it is.
        """


@runtime_checkable
class Ledger(Protocol):
    """What counted caveats need beside it."""

    def charge(self, charges: Sequence[Charge], *, now: int, retry: Retry | None = None) -> Charged:
        """Make every charge or none, in one step; with `retry`, once however often it is tried.

        Raises `UnavailableError` for an account that may have been forgotten: a clock that stepped back must not open
        a period that is over again.
        """

    def used(self, accounts: Sequence[str]) -> Mapping[str, int]:
        """What each of these accounts holds; one that was never charged holds nothing and may be left out."""


def require_presentation(presentation: bytes, expires: int, now: int) -> None:
    """Raises `InputError` for arguments of `Store.remember` that are of other types or out of range."""
    if type(presentation) is not bytes or not _is_number(expires) or not _is_number(now):
        raise InputError("remember: expected bytes, and Unix seconds from 0 to 2**53 - 1")


def require_wanted(wanted: Sequence[tuple[Kind, str]], by: Collection[str] | None) -> None:
    """Raises `InputError` for arguments of `Store.statements` that are of other types."""
    if not isinstance(wanted, Sequence) or (by is not None and not isinstance(by, Collection)):
        raise InputError("statements: expected sequences")
    for each in wanted:
        if type(each) is not tuple or len(each) != 2 or not isinstance(each[0], Kind):
            raise InputError("statements: expected pairs of a kind and a subject")
        require_text(each[1], "statements")


def require_statements(statements: Sequence[Statement]) -> None:
    """Raises `InputError` for an argument of `Store.put` that is no sequence of statements."""
    if not isinstance(statements, Sequence) or not all(isinstance(each, Statement) for each in statements):
        raise InputError("put: expected a sequence of statements")


def require_charges(charges: Sequence[Charge], now: int, retry: Retry | None) -> None:
    """Raises `InputError` for arguments of `Ledger.charge` that are of other types or out of range."""
    if not isinstance(charges, Sequence) or not all(isinstance(each, Charge) for each in charges):
        raise InputError("charge: expected a sequence of charges")
    if not _is_number(now) or (retry is not None and not isinstance(retry, Retry)):
        raise InputError("charge: expected a Unix second from 0 to 2**53 - 1, and a Retry or None")


def require_accounts(accounts: Sequence[str]) -> None:
    """Raises `InputError` for an argument of `Ledger.used` that is no sequence of names."""
    if isinstance(accounts, str) or not isinstance(accounts, Sequence):
        raise InputError("used: expected a sequence of names")
    for account in accounts:
        require_text(account, "used")


def _is_number(value: int) -> bool:
    return type(value) is int and 0 <= value <= MOST_INTEGER
