"""Connections to PostgreSQL: a few, shared by threads, each checked when it is made and never waited for endlessly."""

from __future__ import annotations

import os
import select
import threading
from collections.abc import Callable, Generator, Sequence
from time import monotonic
from typing import Any, Final, TypeVar

import psycopg

from attorn.errors import AttornError, UnavailableError
from attorn.store.postgres_schema import FORGOTTEN, LOST, SETTINGS

WHAT: Final = "PostgreSQL store"
_TOLD: Final = {
    SETTINGS: "a setting that it needs has changed",
    LOST: "another epoch than before: what was kept has been lost",
    FORGOTTEN: "an account's period is over and may have been forgotten",
}
_SETTINGS: Final = {
    "fsync": {"on"},
    "full_page_writes": {"on"},
    "synchronous_commit": {"on", "remote_apply"},
    "transaction_read_only": {"off"},
    "server_encoding": {"UTF8"},
}
"""What each server setting must be one of."""
_Result = TypeVar("_Result")


class _Connection(psycopg.Connection[tuple[Any, ...]]):
    """A connection that gives up at a deadline, whatever the other end does: psycopg itself would wait for ever."""

    deadline = float("inf")

    def wait(self, gen: Generator[Any, Any, _Result], *arguments: Any, **options: Any) -> _Result:
        return super().wait(self._until_deadline(gen), *arguments, **options)

    def _until_deadline(self, gen: Generator[Any, Any, _Result]) -> Generator[Any, Any, _Result]:
        ready = None
        while True:
            try:
                wanted = gen.send(ready)
            except StopIteration as end:
                result: _Result = end.value
                return result
            if monotonic() >= self.deadline:
                raise psycopg.OperationalError("timeout")
            ready = yield wanted


def check(connection: psycopg.Connection[Any]) -> None:
    """Raises `UnavailableError` unless the server keeps what it confirms."""
    names = tuple(_SETTINGS)
    query = "SELECT pg_is_in_recovery(), " + ", ".join(f"current_setting('{name}')" for name in names)
    ((replica, *values),) = connection.execute(query)
    if replica is not False:
        raise UnavailableError(f"{WHAT}: the server is a replica")
    for name, value in zip(names, values, strict=True):
        if value not in _SETTINGS[name]:
            raise UnavailableError(f"{WHAT}: expected the setting {name} to be {' or '.join(sorted(_SETTINGS[name]))}")


class Pool:
    """At most `most` connections. A call that fails ends its connection and those at rest; the next makes a new one."""

    def __init__(self, dsn: str, timeout: float, most: int) -> None:
        self._dsn = dsn
        self._timeout = timeout
        self._free = threading.BoundedSemaphore(most)
        self._lock = threading.Lock()
        self._idle: list[_Connection] = []
        self._owner = os.getpid()
        self._inherited: list[_Connection] = []
        self._closed = False

    def run(self, query: str, values: Sequence[object]) -> list[tuple[Any, ...]]:
        """The rows of one statement, which is a transaction of its own and never sent twice."""
        return self.use(lambda connection: connection.execute(query, values).fetchall())

    def use(self, work: Callable[[psycopg.Connection[Any]], _Result]) -> _Result:
        """What `work` makes of a connection. Raises `UnavailableError`."""
        deadline = monotonic() + self._timeout
        if not self._free.acquire(timeout=self._timeout):
            raise UnavailableError(f"{WHAT}: every connection is in use")
        connection: _Connection | None = None
        try:
            connection = self._take() or self._connect(deadline)
            connection.deadline = deadline
            result = work(connection)
            self._give_back(connection)
            connection = None
            return result
        except psycopg.Error as error:
            raise UnavailableError(f"{WHAT}: {_TOLD.get(error.sqlstate or '', type(error).__name__)}") from error
        except AttornError:
            raise
        except Exception as error:  # the client reads whatever the other end sends
            raise UnavailableError(f"{WHAT}: {type(error).__name__}") from error
        finally:
            if connection is not None:
                self._drop(connection)
            self._free.release()

    def close(self) -> None:
        """End every connection at rest, and those in use when they are given back."""
        self._closed = True
        self._drop(None)

    def _connect(self, deadline: float) -> _Connection:
        seconds = max(1, round(self._timeout))
        connection = _Connection.connect(self._dsn, autocommit=True, prepare_threshold=None, connect_timeout=seconds)
        try:
            connection.deadline = deadline
            connection.execute(
                "SELECT set_config('statement_timeout', %s, false), set_config('client_encoding', 'UTF8', false),"
                " set_config('default_transaction_isolation', 'read committed', false)",
                (str(max(1, int(self._timeout * 1000))),),
            )
            check(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _take(self) -> _Connection | None:
        """A connection at rest on which the server has not said goodbye, if there is one."""
        with self._lock:
            if self._closed:
                raise UnavailableError(f"{WHAT}: closed")
            if self._owner != os.getpid():
                # These belong to the process that this one was forked from. Closing them here would end them there.
                self._inherited, self._idle, self._owner = self._inherited + self._idle, [], os.getpid()
            while self._idle:
                connection = self._idle.pop()
                if not connection.closed and not _readable(connection):
                    return connection
                connection.close()
        return None

    def _give_back(self, connection: _Connection) -> None:
        with self._lock:
            if not self._closed and not connection.closed:
                self._idle.append(connection)
                return
        connection.close()

    def _drop(self, connection: _Connection | None) -> None:
        with self._lock:
            gone, self._idle = self._idle, []
        for each in (*gone, *([] if connection is None else [connection])):
            each.close()


def _readable(connection: _Connection) -> bool:
    """Whether something came in that nobody asked for: the server ended the connection."""
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return bool(poll.poll(0))
