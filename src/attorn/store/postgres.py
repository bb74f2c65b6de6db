"""A store in one PostgreSQL database, shared by the threads, processes and machines that reach it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

import psycopg
from psycopg.conninfo import conninfo_to_dict

from attorn.did.resolver import Resolver
from attorn.errors import InputError, UnavailableError
from attorn.revocation import Signed
from attorn.statement import Kind, Statement
from attorn.store import remote
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
from attorn.store.postgres_pool import WHAT, Pool
from attorn.store.postgres_schema import SCHEMA, VERSION

_SETTING_UP: Final = 0x6174746F726E
"""The advisory lock under which the tables are made: two first starts must not meet."""
_STATE: Final = "SELECT version, epoch FROM attorn.store"


class PostgresStore:
    """Keeps its tables in the schema `attorn` of the database that `dsn` names; the first start makes them.

    Raises `UnavailableError` if the server cannot be asked, is a replica or read-only, or does not sync every commit
    before it answers (`fsync on`, `full_page_writes on`, `synchronous_commit on` or `remote_apply`), or if the database
    is not in UTF-8. Every new connection is checked again, and so is every call.

    The first start writes an epoch beside the data. From then on a store object whose epoch has changed or is gone
    raises `UnavailableError`, until it is replaced: the data was lost. A new object can be told the `epoch` that it
    must find. `timeout` is how many seconds to wait for a connection, and for an answer; `connections` how many there
    may be at once. A charge whose answer was lost is `UnavailableError`, and may have been counted. Raises `InputError`
    for unusable arguments.
    """

    def __init__(self, dsn: str, *, timeout: float = 5.0, connections: int = 8, epoch: str | None = None) -> None:
        try:
            conninfo_to_dict(dsn)
        except (psycopg.Error, TypeError, ValueError, AttributeError):
            # Not chained: it may hold a password.
            raise InputError(f"{WHAT}: expected a connection string") from None
        self._epoch = remote.expected_epoch(epoch, WHAT)
        timeout, connections = remote.timeout(timeout, WHAT), remote.connections(connections, WHAT)
        first = Pool(dsn, timeout, 1)
        try:
            self._epoch = first.use(self._set_up)
        finally:
            first.close()
        self._pool = Pool(dsn, timeout, connections)

    @property
    def epoch(self) -> str:
        """The mark of this data: another one after a restart means that everything before was lost."""
        return str(self._epoch)

    def _set_up(self, connection: psycopg.Connection[Any]) -> str:
        """The epoch of the tables, which are made if there are none."""
        with connection.transaction():
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (_SETTING_UP,))
            if connection.execute("SELECT to_regclass('attorn.store') IS NULL").fetchone() == (True,):
                connection.execute(SCHEMA)
                connection.execute("INSERT INTO attorn.store VALUES (true, %s, %s)", (VERSION, remote.new_epoch()))
            rows = connection.execute(_STATE).fetchall()
        if len(rows) != 1 or rows[0][0] != VERSION:
            raise UnavailableError(f"{WHAT}: expected tables of version {VERSION}")
        return remote.checked_epoch(rows[0][1], self._epoch, WHAT)

    def remember(self, presentation: bytes, *, expires: int, now: int) -> bool:
        """See `Store.remember`."""
        require_presentation(presentation, expires, now)
        values = (self._epoch, presentation, remote.whole(expires), remote.whole(now))
        return self._one("SELECT attorn.remember(%s, %b, %s, %s)", values) is True

    def statements(
        self, wanted: Sequence[tuple[Kind, str]], *, by: Collection[str] | None = None
    ) -> Sequence[Statement]:
        """See `Store.statements`."""
        require_wanted(wanted, by)
        keys = {remote.digest(kind, subject) for kind, subject in wanted}
        if not keys:
            return ()
        signers = None if by is None else sorted({remote.digest(each) for each in by})
        query = "SELECT * FROM attorn.statements(%s, %s::bytea[], %s::bytea[])"
        found = [_restored(row) for row in self._pool.run(query, (self._epoch, sorted(keys), signers))]
        if not {(each.kind, each.subject) for each in found} <= set(wanted):
            raise UnavailableError(f"{WHAT}: a statement is damaged")
        return found

    def put(self, statements: Sequence[Statement]) -> Statement | None:
        """See `Store.put`."""
        require_statements(statements)
        columns = [
            [remote.digest(each.kind, each.subject) for each in statements],
            [remote.digest(each.by) for each in statements],
            [str(each.kind) for each in statements],
            [each.subject for each in statements],
            [each.by for each in statements],
            [each.sequence for each in statements],
            [each.at for each in statements],
            [each.value for each in statements],
        ]
        newer = self._pool.run(
            "SELECT * FROM attorn.put(%s, %s::bytea[], %s::bytea[], %s::text[], %s::text[], %s::text[],"
            " %s::bigint[], %s::bigint[], %s::text[])",
            (self._epoch, *columns),
        )
        return _restored(newer[0]) if newer else None

    def apply(self, signed: Signed | str, *, resolver: Resolver | None = None) -> None:
        """Honour what a principal signed from now on, once its signature has been checked: see `applying.apply`."""
        apply(self, signed, resolver)

    def charge(self, charges: Sequence[Charge], *, now: int, retry: Retry | None = None) -> Charged:
        """See `Ledger.charge`."""
        require_charges(charges, now, retry)
        found = self._one(
            "SELECT attorn.charge(%s, %s::bytea[], %s::text[], %s::bigint[], %s::bigint[], %s::bigint[], %s, %b, %s)",
            (
                self._epoch,
                [remote.digest(charge.account) for charge in charges],
                [charge.account for charge in charges],
                [charge.limit for charge in charges],
                [charge.amount for charge in charges],
                [remote.end(charge) for charge in charges],
                remote.whole(now),
                None if retry is None else retry.key,
                None if retry is None else remote.whole(retry.until),
            ),
        )
        if found == 0:
            return Charged()
        if found == -1 and retry is not None:
            return Charged(repeated=True)
        if isinstance(found, int) and 0 < found <= len(charges):
            return Charged(refused=charges[found - 1])
        raise UnavailableError(f"{WHAT}: an answer that makes no sense")

    def used(self, accounts: Sequence[str]) -> Mapping[str, int]:
        """See `Ledger.used`."""
        require_accounts(accounts)
        names = {remote.digest(account): account for account in accounts}
        rows = self._pool.run("SELECT id, used FROM attorn.used(%s, %s::bytea[])", (self._epoch, list(names)))
        return {names[bytes(key)]: used for key, used in rows}

    def close(self) -> None:
        """Close the connections. The store cannot be used after."""
        self._pool.close()

    def _one(self, query: str, values: Sequence[object]) -> object:
        rows = self._pool.run(query, values)
        if len(rows) != 1 or len(rows[0]) != 1:
            raise UnavailableError(f"{WHAT}: an answer that makes no sense")
        return rows[0][0]


def _restored(row: Sequence[Any]) -> Statement:
    """The statement of one row. Raises `UnavailableError` if it is damaged."""
    kind, subject, by, sequence, at, value = row
    if kind not in list(Kind) or not isinstance(subject, str):
        raise UnavailableError(f"{WHAT}: a statement is damaged")
    return remote.restored(Kind(kind), subject, by, (sequence, at), value)
