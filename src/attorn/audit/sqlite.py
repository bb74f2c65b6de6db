"""A log in one SQLite file, shared by the threads and processes of one machine. Write-ahead log, synchronous FULL.

Receipt and checkpoint are kept in one transaction. Triggers refuse to change or delete a receipt; they stop mistakes,
not whoever can write the file, which is what the signatures are for.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Final
from urllib.parse import quote

from attorn.audit import heads
from attorn.audit.checkpoint import MOST_CHARACTERS
from attorn.audit.ports import Make
from attorn.audit.receipt import MOST_LINE
from attorn.errors import AuditError, UnavailableError
from attorn.place import place

_SCHEMA: Final = """
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS receipt (sequence INTEGER PRIMARY KEY, line BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS checkpoint (one INTEGER PRIMARY KEY CHECK (one = 1), text TEXT NOT NULL);
CREATE TRIGGER IF NOT EXISTS receipt_unchanged BEFORE UPDATE ON receipt
    BEGIN SELECT RAISE(ABORT, 'a receipt is never changed'); END;
CREATE TRIGGER IF NOT EXISTS receipt_undeleted BEFORE DELETE ON receipt
    BEGIN SELECT RAISE(ABORT, 'a receipt is never deleted'); END;
CREATE TRIGGER IF NOT EXISTS receipt_next BEFORE INSERT ON receipt
    WHEN NEW.sequence <> 1 + (SELECT coalesce(max(sequence), 0) FROM receipt)
    BEGIN SELECT RAISE(ABORT, 'receipts are numbered without a gap'); END;
COMMIT;
"""
_PAUSE: Final = 0.005
_MADE: Final = "SELECT count(*) FROM sqlite_master"
_LAST: Final = "SELECT sequence, line FROM receipt ORDER BY sequence DESC LIMIT 1"
_CHECKPOINT: Final = "SELECT substr(text, 1, ?) FROM checkpoint WHERE one = 1"
_KEEP: Final = "INSERT INTO checkpoint VALUES (1, ?) ON CONFLICT (one) DO UPDATE SET text = excluded.text"
_LINES: Final = "SELECT CASE WHEN length(line) <= ? THEN line END FROM receipt ORDER BY sequence"


class SQLiteLog:
    """A log at `path`, made with mode 0600 by the first append.

    `timeout` is how many seconds to wait for others that append. Not to be used on both sides of a fork. Raises
    `InputError` for unusable arguments.
    """

    def __init__(self, path: str | Path, *, timeout: float = 5.0) -> None:
        self._path = place(path, timeout, "SQLite log")
        self._timeout = timeout
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None

    def append(self, make: Make) -> None:
        """See `Log.append`."""
        with self._lock, _contained():
            if self._connection is None:
                self._connection = self._writer()
            connection = self._connection
            connection.execute("BEGIN IMMEDIATE")
            try:
                receipt, checkpoint = make(heads.head(_last(connection), _checkpoint(connection)))
                connection.execute("INSERT INTO receipt VALUES (?, ?)", (receipt.sequence, receipt.encode().encode()))
                connection.execute(_KEEP, (checkpoint.encode(),))
                connection.execute("COMMIT")
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")

    def lines(self) -> Iterator[bytes]:
        """See `Log.lines`. What is appended meanwhile is left out."""
        with _contained(), closing(self._reader()) as connection:
            if not _made(connection):
                return
            for number, (line,) in enumerate(connection.execute(_LINES, (MOST_LINE,)), start=1):
                if not isinstance(line, bytes):
                    raise AuditError(f"row {number} of the log is no receipt", sequence=number)
                yield line

    def checkpoint(self) -> str | None:
        """See `Log.checkpoint`."""
        with _contained(), closing(self._reader()) as connection:
            return _checkpoint(connection) if _made(connection) else None

    def close(self) -> None:
        """Close the file. The next append opens it again."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
            self._connection = None

    def _writer(self) -> sqlite3.Connection:
        with suppress(FileExistsError):
            # SQLite itself would leave the mode to the process; what it makes beside the file gets the same.
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        # The whole path, because SQLite keeps some short names, like ":memory:", for what is no file.
        where = os.path.abspath(self._path)
        connection = sqlite3.connect(where, timeout=self._timeout, isolation_level=None, check_same_thread=False)
        try:
            connection.execute("PRAGMA trusted_schema=OFF")
            mode = self._write_ahead(connection)
            connection.execute("PRAGMA synchronous=FULL")
            (synchronous,) = connection.execute("PRAGMA synchronous").fetchone()
            if mode != "wal" or synchronous != 2:
                raise UnavailableError(f"SQLite log: expected a file with WAL and synchronous FULL, got {mode}")
            connection.executescript(_SCHEMA)
        except BaseException:
            connection.close()
            raise
        return connection

    def _write_ahead(self, connection: sqlite3.Connection) -> str:
        """The journal mode, once it is set. SQLite does not wait where several set it at once, so this does."""
        deadline = time.monotonic() + self._timeout
        while True:
            try:
                return str(connection.execute("PRAGMA journal_mode=WAL").fetchone()[0])
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() >= deadline:
                    raise
            time.sleep(_PAUSE)

    def _reader(self) -> sqlite3.Connection:
        """A connection that makes no file and changes none."""
        where = f"file:{quote(os.path.abspath(self._path))}?mode=ro"
        connection = sqlite3.connect(
            where, uri=True, timeout=self._timeout, isolation_level=None, check_same_thread=False
        )
        try:
            connection.execute("PRAGMA trusted_schema=OFF")
        except BaseException:
            connection.close()
            raise
        return connection


@contextmanager
def _contained() -> Iterator[None]:
    """No error of SQLite's own, nor of the system's."""
    try:
        yield
    except sqlite3.Error as error:
        if type(error) is sqlite3.DatabaseError:
            # SQLITE_CORRUPT and SQLITE_NOTADB; every other error has a class of its own.
            raise AuditError(f"the log's file is damaged: {error.sqlite_errorname}") from None
        raise UnavailableError(f"SQLite log: {type(error).__name__}") from None
    except OSError as error:
        raise UnavailableError(f"SQLite log: {type(error).__name__}") from None


def _made(connection: sqlite3.Connection) -> bool:
    """Whether there is anything in the file: who was to make it may have been killed before."""
    return bool(connection.execute(_MADE).fetchone()[0])


def _last(connection: sqlite3.Connection) -> bytes | None:
    row = connection.execute(_LAST).fetchone()
    if row is None:
        return None
    if not isinstance(row[1], bytes):
        raise AuditError(f"row {row[0]} of the log is no receipt")
    return row[1]


def _checkpoint(connection: sqlite3.Connection) -> str | None:
    row = connection.execute(_CHECKPOINT, (MOST_CHARACTERS + 1,)).fetchone()
    return None if row is None else str(row[0])
