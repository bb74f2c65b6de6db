"""A store in one file, shared by the threads and processes of one machine. Write-ahead log, synchronous FULL."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from attorn.did.resolver import Resolver
from attorn.errors import InputError, UnavailableError
from attorn.revocation import RevocationEntry, verify
from attorn.store.ports import Charge

_SCHEMA = """
CREATE TABLE IF NOT EXISTS presentation (id BLOB PRIMARY KEY, expires INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS presentation_expires ON presentation (expires);
CREATE TABLE IF NOT EXISTS forgotten (one INTEGER PRIMARY KEY CHECK (one = 1), until INTEGER NOT NULL);
INSERT OR IGNORE INTO forgotten VALUES (1, 0);
CREATE TABLE IF NOT EXISTS revocation (link BLOB NOT NULL, revoker TEXT NOT NULL, entry TEXT NOT NULL,
    PRIMARY KEY (link, revoker)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS account (name TEXT PRIMARY KEY, used INTEGER NOT NULL) WITHOUT ROWID;
"""
_CHARGE = """
INSERT INTO account (name, used) SELECT :account, :amount WHERE :amount <= :limit
ON CONFLICT (name) DO UPDATE SET used = used + :amount WHERE used + :amount <= :limit
"""
_FORGET_AT_ONCE = 64
_MOST_TIMEOUT = 3600
_Result = TypeVar("_Result")


def _is_name(path: str) -> bool:
    """Whether a file can be called that."""
    try:
        return b"\0" not in os.fsencode(path)
    except UnicodeEncodeError:
        return False


class SQLiteStore:
    """Opens or creates `path`. Raises `UnavailableError` if that fails, or if the file cannot keep what it is told.

    `timeout` is how many seconds to wait for another process that writes. Raises `InputError` for unusable arguments.
    """

    def __init__(self, path: str | Path, *, timeout: float = 5.0) -> None:
        if not isinstance(path, str | Path) or not _is_name(str(path)):
            raise InputError(f"SQLite store: expected a path, got {type(path).__name__}")
        if isinstance(timeout, bool) or not isinstance(timeout, int | float) or not 0 <= timeout <= _MOST_TIMEOUT:
            raise InputError(f"SQLite store: expected a timeout of 0 to {_MOST_TIMEOUT} seconds")
        self._lock = threading.Lock()
        self._connection = self._contained(
            lambda: sqlite3.connect(path, timeout=timeout, isolation_level=None, check_same_thread=False)
        )
        try:
            self._contained(self._prepare)
        except UnavailableError:
            self._connection.close()
            raise

    def _prepare(self) -> None:
        (mode,) = self._connection.execute("PRAGMA journal_mode=WAL").fetchone()
        self._connection.execute("PRAGMA synchronous=FULL")
        (synchronous,) = self._connection.execute("PRAGMA synchronous").fetchone()
        if mode != "wal" or synchronous != 2:
            raise UnavailableError(f"SQLite store: expected a file with WAL and synchronous FULL, got {mode}")
        self._connection.executescript(_SCHEMA)

    @staticmethod
    def _contained(operation: Callable[[], _Result]) -> _Result:
        try:
            return operation()
        except sqlite3.Error as error:
            raise UnavailableError(f"SQLite store: {type(error).__name__}") from error

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """One write transaction: committed as a whole, or rolled back and `UnavailableError`."""
        with self._lock:
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                try:
                    yield self._connection
                    if self._connection.in_transaction:
                        self._connection.execute("COMMIT")
                finally:
                    if self._connection.in_transaction:
                        self._connection.execute("ROLLBACK")
            except sqlite3.Error as error:
                raise UnavailableError(f"SQLite store: {type(error).__name__}") from error

    def remember(self, presentation: bytes, *, expires: int, now: int) -> bool:
        """See `Store.remember`."""
        with self._transaction() as connection:
            connection.execute(
                "UPDATE forgotten SET until = max(until, coalesce("
                "(SELECT max(expires) FROM (SELECT expires FROM presentation WHERE expires <= :now"
                " ORDER BY expires LIMIT :most)), 0))",
                {"now": now, "most": _FORGET_AT_ONCE},
            )
            (until,) = connection.execute("SELECT until FROM forgotten").fetchone()
            connection.execute("DELETE FROM presentation WHERE expires <= ?", (min(until, now),))
            if expires <= until:
                return False
            added = connection.execute("INSERT OR IGNORE INTO presentation VALUES (?, ?)", (presentation, expires))
            return added.rowcount == 1

    def revokers(self, links: Sequence[bytes]) -> Mapping[bytes, frozenset[str]]:
        """See `Store.revokers`."""
        marks = ",".join("?" * len(links))
        query = f"SELECT link, revoker FROM revocation WHERE link IN ({marks})"  # noqa: S608 - only question marks

        def read() -> list[tuple[bytes, str]]:
            with self._lock:
                rows: list[tuple[bytes, str]] = self._connection.execute(query, tuple(links)).fetchall()
            return rows

        found: dict[bytes, frozenset[str]] = {}
        for link, revoker in self._contained(read):
            found[link] = found.get(link, frozenset()) | {revoker}
        return found

    def apply(self, entry: RevocationEntry | str, *, resolver: Resolver | None = None) -> None:
        """Honour a revocation from now on, once its signature has been checked.

        Raises `InputError`, `MalformedError`, `SignatureError`, `ResolutionError` or `UnavailableError`.
        """
        genuine = verify(entry, resolver)
        with self._transaction() as connection:
            row = (genuine.link, genuine.by, genuine.encode())
            connection.execute("INSERT OR IGNORE INTO revocation VALUES (?, ?, ?)", row)

    def charge(self, charges: Sequence[Charge]) -> Charge | None:
        """See `Ledger.charge`."""
        with self._transaction() as connection:
            for charge in charges:
                values = {"account": charge.account, "amount": charge.amount, "limit": charge.limit}
                if connection.execute(_CHARGE, values).rowcount != 1:
                    connection.execute("ROLLBACK")
                    return charge
        return None

    def close(self) -> None:
        """Close the file. The store cannot be used after."""
        with self._lock:
            self._connection.close()
