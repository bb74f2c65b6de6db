"""A store in one file, shared by the threads and processes of one machine. Write-ahead log, synchronous FULL."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from attorn.canonical import MOST_INTEGER
from attorn.did.resolver import Resolver
from attorn.errors import UnavailableError
from attorn.place import place
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

_SCHEMA = """
CREATE TABLE IF NOT EXISTS presentation (name BLOB PRIMARY KEY, until INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS presentation_until ON presentation (until);
CREATE TABLE IF NOT EXISTS account (name TEXT PRIMARY KEY, used INTEGER NOT NULL, until INTEGER) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS account_until ON account (until) WHERE until IS NOT NULL;
CREATE TABLE IF NOT EXISTS retry (name BLOB PRIMARY KEY, until INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS retry_until ON retry (until);
CREATE TABLE IF NOT EXISTS forgotten (what TEXT PRIMARY KEY, until INTEGER NOT NULL) WITHOUT ROWID;
INSERT OR IGNORE INTO forgotten VALUES ('presentation', 0), ('account', 0), ('retry', 0);
CREATE TABLE IF NOT EXISTS statement (kind TEXT NOT NULL, subject TEXT NOT NULL, signer TEXT NOT NULL,
    sequence INTEGER NOT NULL, at INTEGER NOT NULL, value TEXT NOT NULL,
    PRIMARY KEY (kind, subject, signer)) WITHOUT ROWID;
"""
_CHARGE = """
INSERT INTO account (name, used, until) SELECT :account, :amount, :until WHERE :amount <= :limit
ON CONFLICT (name) DO UPDATE SET used = used + :amount,
    until = CASE WHEN :until IS NULL THEN NULL ELSE max(until, :until) END
    WHERE typeof(used) = 'integer' AND used >= 0 AND used + :amount <= :limit
"""
# One that is over may still be there: only some are forgotten at once.
_RETRY = """
INSERT INTO retry VALUES (:name, :until) ON CONFLICT (name) DO UPDATE SET until = :until WHERE until <= :now
"""
_PUT = """
INSERT INTO statement VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (kind, subject, signer) DO UPDATE
SET sequence = excluded.sequence, at = excluded.at, value = excluded.value WHERE excluded.sequence > sequence
"""
_STATEMENT = "SELECT kind, subject, signer, sequence, at, value FROM statement WHERE kind = ? AND subject = ?"
_FORGET_AT_ONCE = 64
_LEAST_PATIENCE = 1.0
"""Seconds to wait for other threads, even where no other process is to be waited for."""
_Result = TypeVar("_Result")
_Row = tuple[str, str, str, int, int, str]


def _statement(row: _Row) -> Statement:
    """The statement of one row. Raises `UnavailableError` if it is damaged."""
    kind, subject, by, sequence, at, value = row
    try:
        return Statement(Kind(kind), subject, by, sequence, at, value)
    except ValueError as error:
        # An `InputError` is one.
        raise UnavailableError("SQLite store: a statement in it is damaged") from error


class SQLiteStore:
    """Opens or creates `path`. Raises `UnavailableError` if that fails, or if the file cannot keep what it is told.

    `timeout` is how many seconds to wait for another process that writes, and as many (at least one) for other threads.
    Raises `InputError` for unusable arguments.
    """

    def __init__(self, path: str | Path, *, timeout: float = 5.0) -> None:
        where = place(path, timeout, "SQLite store")
        self._lock = threading.Lock()
        self._patience = max(timeout, _LEAST_PATIENCE)
        self._connection = self._contained(
            lambda: sqlite3.connect(where, timeout=timeout, isolation_level=None, check_same_thread=False)
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
    def _held(self) -> Iterator[None]:
        """The connection for this thread alone. Raises `UnavailableError` if others hold on to it."""
        if not self._lock.acquire(timeout=self._patience):
            raise UnavailableError("SQLite store: other threads are waiting for it already")
        try:
            yield
        finally:
            self._lock.release()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """One write transaction: committed as a whole, or rolled back and `UnavailableError`."""
        with self._held():
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

    def _forget(self, connection: sqlite3.Connection, table: str, now: int) -> int:
        """Forget some of what is over, and the second up to which anything may have been."""
        over = f"SELECT until FROM {table} WHERE until <= ? ORDER BY until LIMIT {_FORGET_AT_ONCE}"  # noqa: S608 - ours
        (until,) = connection.execute(f"SELECT max(until) FROM ({over})", (now,)).fetchone()  # noqa: S608
        if until is not None:
            connection.execute(f"DELETE FROM {table} WHERE until <= ?", (until,))  # noqa: S608
            connection.execute("UPDATE forgotten SET until = max(until, ?) WHERE what = ?", (until, table))
        mark = connection.execute("SELECT until FROM forgotten WHERE what = ?", (table,)).fetchone()
        if mark is None or type(mark[0]) is not int:
            raise UnavailableError("SQLite store: what it has forgotten is damaged")
        return int(mark[0])

    def remember(self, presentation: bytes, *, expires: int, now: int) -> bool:
        """See `Store.remember`."""
        require_presentation(presentation, expires, now)
        with self._transaction() as connection:
            if expires <= self._forget(connection, "presentation", now):
                return False
            added = connection.execute("INSERT OR IGNORE INTO presentation VALUES (?, ?)", (presentation, expires))
            return added.rowcount == 1

    def statements(
        self, wanted: Sequence[tuple[Kind, str]], *, by: Collection[str] | None = None
    ) -> Sequence[Statement]:
        """See `Store.statements`."""
        require_wanted(wanted, by)
        signers = () if by is None else tuple(by)
        query = _STATEMENT if by is None else f"{_STATEMENT} AND signer IN ({', '.join('?' * len(signers))})"

        def read() -> list[_Row]:
            with self._held():
                return [row for key in wanted for row in self._connection.execute(query, (*key, *signers))]

        return [_statement(row) for row in self._contained(read)]

    def put(self, statements: Sequence[Statement]) -> Statement | None:
        """See `Store.put`."""
        require_statements(statements)
        with self._transaction() as connection:
            for new in statements:
                row = (new.kind, new.subject, new.by, new.sequence, new.at, new.value)
                if connection.execute(_PUT, row).rowcount == 1:
                    continue
                kept = _statement(connection.execute(f"{_STATEMENT} AND signer = ?", row[:3]).fetchone())
                if kept.sequence > new.sequence:
                    connection.execute("ROLLBACK")
                    return kept
        return None

    def apply(self, signed: Signed | str, *, resolver: Resolver | None = None) -> None:
        """Honour what a principal signed from now on, once its signature has been checked: see `applying.apply`."""
        apply(self, signed, resolver)

    def charge(self, charges: Sequence[Charge], *, now: int, retry: Retry | None = None) -> Charged:
        """See `Ledger.charge`."""
        require_charges(charges, now, retry)
        with self._transaction() as connection:
            forgotten = self._forget(connection, "account", now)
            if retry is not None:
                self._forget(connection, "retry", now)
                named = {"name": retry.key, "until": retry.until, "now": now}
                if connection.execute(_RETRY, named).rowcount != 1:
                    return Charged(repeated=True)
            for charge in charges:
                if charge.until is not None and charge.until <= forgotten:
                    raise UnavailableError("SQLite store: it may have forgotten an account of a period that is over")
                values = {name: getattr(charge, name) for name in ("account", "amount", "limit", "until")}
                if connection.execute(_CHARGE, values).rowcount != 1:
                    connection.execute("ROLLBACK")
                    return Charged(refused=charge)
        return Charged()

    def used(self, accounts: Sequence[str]) -> Mapping[str, int]:
        """See `Ledger.used`."""
        require_accounts(accounts)

        def read() -> dict[str, int]:
            with self._held():
                query = "SELECT used FROM account WHERE name = ?"
                found = {name: self._connection.execute(query, (name,)).fetchone() for name in accounts}
            return {name: row[0] for name, row in found.items() if row is not None}

        found = self._contained(read)
        if not all(type(used) is int and 0 <= used <= MOST_INTEGER for used in found.values()):
            raise UnavailableError("SQLite store: an account in it is damaged")
        return found

    def close(self) -> None:
        """Close the file. The store cannot be used after."""
        with self._lock:
            self._connection.close()
