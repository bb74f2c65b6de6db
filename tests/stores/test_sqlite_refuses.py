"""The SQLite store's own: the file, other processes, and all that can fail; failing is never allowing."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from tests.unit.scene import (
    ALICE,
    NOW,
    PLANNER,
    READ,
    REQUEST,
    SCOUT,
    given,
    passed,
    refused,
    shown,
    verifier,
)

from attorn import revocation
from attorn.caveat import MaxUses
from attorn.errors import AttornError, UnavailableError
from attorn.statement import Kind
from attorn.store import Charge, Charged, SQLiteStore

TOKEN = given(READ)
ENTRY = revocation.revoke(TOKEN, by=ALICE)
WANTED = [(Kind.REVOCATION, ENTRY.link.hex())]
ANSWERS: tuple[object, ...] = (True, None, Charged())


def name(number: int) -> bytes:
    return number.to_bytes(32, "big")


def _directory(folder: Path) -> Path:
    return folder


def _missing_folder(folder: Path) -> Path:
    return folder / "missing" / "store.db"


def _garbage(folder: Path) -> Path:
    (folder / "store.db").write_bytes(b"this is not a database" * 100)
    return folder / "store.db"


def _cut_header(folder: Path) -> Path:
    (folder / "store.db").write_bytes(b"SQLite format 3\0" + b"\xff" * 84)
    return folder / "store.db"


def _other_tables(folder: Path) -> Path:
    with closing(sqlite3.connect(folder / "store.db")) as other:
        other.execute("CREATE TABLE presentation (something TEXT)")
    return folder / "store.db"


def _device(folder: Path) -> Path:
    return Path("/dev/null")


def _read_only_system(folder: Path) -> Path:
    return Path("/proc/version")


def _memory(folder: Path) -> str:
    return ":memory:"


OPENED: list[Callable[[Path], Any]] = [
    _directory, _missing_folder, _garbage, _cut_header, _other_tables, _device, _read_only_system, _memory,
]  # fmt: skip


@pytest.mark.parametrize("make", OPENED, ids=[make.__name__[1:] for make in OPENED])
def test_files_that_cannot_be_opened(tmp_path: Path, make: Callable[[Path], Any]) -> None:
    with pytest.raises(UnavailableError, match="SQLite store"):
        SQLiteStore(make(tmp_path))


def test_a_file_that_is_refused_is_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[sqlite3.Connection] = []
    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *path, **how: opened.append(connect(*path, **how)) or opened[-1])
    with pytest.raises(UnavailableError, match="SQLite store"):
        SQLiteStore(_garbage(tmp_path))
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        opened[0].execute("SELECT 1")


class Lax(sqlite3.Connection):
    """One that does not sync as a new file does, and may not be told to."""

    deaf = False

    def execute(self, query: str, *values: Any) -> sqlite3.Cursor:
        if query == "PRAGMA journal_mode=WAL":
            super().execute("PRAGMA synchronous=OFF")
        return super().execute("SELECT 1" if self.deaf and query == "PRAGMA synchronous=FULL" else query, *values)


@pytest.mark.parametrize("deaf", [False, True])
def test_a_library_that_does_not_sync_of_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, deaf: bool) -> None:
    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *path, **how: connect(*path, **how, factory=Lax))
    monkeypatch.setattr(Lax, "deaf", deaf)
    if deaf:
        with pytest.raises(UnavailableError, match="synchronous FULL"):
            SQLiteStore(tmp_path / "store.db")
    else:
        with closing(SQLiteStore(tmp_path / "store.db")) as store:
            assert store._connection.execute("PRAGMA synchronous").fetchone() == (2,)


@pytest.mark.parametrize(
    "path",
    [None, 5, "", "a\0b", object(), 1.5, ["x"]],
    ids=["none", "number", "empty", "nul", "object", "fraction", "list"],
)
def test_paths_that_are_none(path: Any) -> None:
    with pytest.raises(AttornError, match=r"^SQLite store: "):
        SQLiteStore(path)


@pytest.mark.parametrize("timeout", ["5", None], ids=["text", "none"])
def test_timeouts_that_are_none(tmp_path: Path, timeout: Any) -> None:
    with pytest.raises(AttornError):
        SQLiteStore(tmp_path / "store.db", timeout=timeout)


USES: dict[str, Callable[[SQLiteStore], object]] = {
    "remember": lambda store: store.remember(name(1), expires=NOW + 60, now=NOW),
    "apply": lambda store: store.apply(ENTRY),
    "charge": lambda store: store.charge([Charge("a", 1, 1)], now=NOW),
    "statements": lambda store: store.statements(WANTED),
    "used": lambda store: store.used(["a"]),
}
WRITES = ("remember", "apply", "charge")
BAD = ("'x'", "''", "1.5", "x'00'", "9e99")


@pytest.mark.parametrize("use", USES)
def test_a_closed_store(tmp_path: Path, use: str) -> None:
    store = SQLiteStore(tmp_path / "store.db")
    store.close()
    store.close()
    with pytest.raises(UnavailableError):
        USES[use](store)


@pytest.mark.parametrize("use", WRITES)
def test_a_locked_file(tmp_path: Path, use: str) -> None:
    store = SQLiteStore(tmp_path / "store.db", timeout=0.05)
    with closing(sqlite3.connect(tmp_path / "store.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(UnavailableError, match="OperationalError"):
            USES[use](store)
        # A reader is not in the way of a writer.
        assert list(store.statements(WANTED)) == []
        other.execute("ROLLBACK")
    assert USES[use](store) in ANSWERS
    store.close()


@pytest.mark.parametrize("use", ["charge", "used"])
def test_a_thread_that_holds_on_to_the_store(tmp_path: Path, use: str) -> None:
    """Others wait at least a second for it, and no longer than they have to."""
    with closing(SQLiteStore(tmp_path / "store.db", timeout=0.05)) as store:
        with store._held():
            begun = monotonic()
            with pytest.raises(UnavailableError, match="other threads"):
                USES[use](store)
            assert monotonic() - begun > 0.9
        USES[use](store)


@pytest.mark.parametrize("use", WRITES)
def test_a_file_that_may_only_be_read(tmp_path: Path, use: str) -> None:
    store = SQLiteStore(tmp_path / "store.db")
    store._connection.execute("PRAGMA query_only=1")
    with pytest.raises(UnavailableError):
        USES[use](store)
    store._connection.execute("PRAGMA query_only=0")
    # Nothing was done by halves.
    assert USES[use](store) in ANSWERS
    store.close()


@pytest.mark.skipif(os.geteuid() == 0, reason="to this user every file is writable")
def test_a_file_without_write_permission(tmp_path: Path) -> None:
    SQLiteStore(tmp_path / "store.db").close()
    (tmp_path / "store.db").chmod(0o400)
    with pytest.raises(UnavailableError):
        SQLiteStore(tmp_path / "store.db")


@pytest.mark.parametrize("use", WRITES)
def test_a_full_disk(tmp_path: Path, use: str) -> None:
    store = SQLiteStore(tmp_path / "store.db")
    (pages,) = store._connection.execute("PRAGMA page_count").fetchone()
    store._connection.execute(f"PRAGMA max_page_count={pages}")

    def fill() -> None:
        for number in range(5000):
            if use == "remember":
                store.remember(name(number), expires=NOW + 60, now=NOW)
            elif use == "charge":
                store.charge([Charge(f"{number}" * 50, 1, 1)], now=NOW)
            else:
                store.apply(revocation.revoke(number.to_bytes(16, "big"), by=ALICE))

    with pytest.raises(UnavailableError):
        fill()
    store.close()


@pytest.mark.parametrize("use", USES)
def test_a_file_that_was_damaged_while_open(tmp_path: Path, use: str) -> None:
    path = tmp_path / "store.db"
    store = SQLiteStore(path)
    store._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    store.close()
    store = SQLiteStore(path)
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(1024)
        file.write(b"\xff" * (size - 1024))
    with pytest.raises(UnavailableError):
        USES[use](store)
    store.close()


@pytest.mark.parametrize("table", ["presentation", "statement", "account", "forgotten"])
def test_a_table_that_went_away(tmp_path: Path, table: str) -> None:
    store = SQLiteStore(tmp_path / "store.db")
    with closing(sqlite3.connect(tmp_path / "store.db")) as other:
        other.execute(f"DROP TABLE {table}")
        other.commit()
    use = {"presentation": "remember", "forgotten": "remember", "statement": "statements", "account": "charge"}[table]
    with pytest.raises(UnavailableError):
        USES[use](store)
    store.close()


@pytest.mark.parametrize("use", ["remember", "charge"])
@pytest.mark.parametrize("damage", ["DELETE FROM forgotten", *(f"UPDATE forgotten SET until = {x}" for x in BAD)])
def test_damaged_marks(tmp_path: Path, use: str, damage: str) -> None:
    with closing(SQLiteStore(tmp_path / "store.db")) as store:
        store._connection.execute(damage)
        with pytest.raises(UnavailableError, match="forgotten is damaged"):
            USES[use](store)


@pytest.mark.parametrize("value", ["'x'", "''", "-5", "1.5", "x'00'", "9e99", "9007199254740992"])
def test_a_damaged_count_permits_nothing(tmp_path: Path, value: str) -> None:
    with closing(SQLiteStore(tmp_path / "store.db")) as store:
        store.charge([Charge("a", 9, 1)], now=NOW)
        store._connection.execute(f"UPDATE account SET used = {value}")
        with suppress(UnavailableError):
            assert store.charge([Charge("a", 9, 1)], now=NOW).refused is not None
        with pytest.raises(UnavailableError, match="an account in it is damaged"):
            store.used(["b", "a"])
        assert store.used(["b"]) == {}


@pytest.mark.parametrize("damage", ["sequence = -1", "at = 'x'", "kind = 'x'", "value = 5", "sequence = x'00'"])
def test_a_damaged_statement(tmp_path: Path, damage: str) -> None:
    with closing(SQLiteStore(tmp_path / "store.db")) as store:
        store.apply(ENTRY)
        store._connection.execute(f"UPDATE statement SET {damage}")
        try:
            found = store.statements(WANTED)
        except UnavailableError:
            return
        assert damage.startswith(("kind", "value"))
        assert all(type(each.value) is str for each in found)


@pytest.mark.parametrize("damage", ["sequence = 'x'", "sequence = x'00'", "sequence = 9e99", "at = 'x'"])
def test_nothing_is_put_beside_a_damaged_statement(tmp_path: Path, damage: str) -> None:
    with closing(SQLiteStore(tmp_path / "store.db")) as store:
        store.apply(ENTRY)
        store._connection.execute(f"UPDATE statement SET {damage}")
        with pytest.raises(UnavailableError):
            store.apply(ENTRY)


def test_what_failed_refuses_the_request(tmp_path: Path) -> None:
    store = SQLiteStore(tmp_path / "store.db")
    by = verifier(store=store)
    by.authorize(shown(TOKEN, PLANNER), REQUEST)
    store.close()
    refused(shown(TOKEN, PLANNER), "unavailable", None, by=by)


def test_no_message_names_the_file(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError) as caught:
        SQLiteStore(_garbage(tmp_path))
    assert str(tmp_path) not in str(caught.value)


CHILD = """
import sys
from tests.unit.scene import REQUEST, verifier
from attorn import AttornError
from attorn.store import SQLiteStore
path, *wires = sys.argv[1:]
by = verifier(store=SQLiteStore(path))
print("ready", flush=True)
sys.stdin.readline()
for wire in wires:
    try:
        by.authorize(wire, REQUEST)
        print("allowed", flush=True)
    except AttornError as error:
        print(error.code, flush=True)
"""


def _processes(path: Path, wires: list[str], count: int) -> list[list[str]]:
    """What each of these processes says about each of the wires, all of them shown to all at once."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    children = [
        subprocess.Popen(
            [sys.executable, "-c", CHILD, str(path), *wires],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment,
        )
        for _ in range(count)
    ]  # fmt: skip
    try:
        for child in children:
            assert child.stdout is not None
            assert child.stdout.readline() == "ready\n"
        return [child.communicate("go\n", timeout=30)[0].split() for child in children]
    finally:
        for child in children:
            child.kill()
            child.wait()


def test_two_processes_accept_a_presentation_once(tmp_path: Path) -> None:
    wires = [shown(TOKEN, PLANNER) for _ in range(15)]
    found = _processes(tmp_path / "store.db", wires, 2)
    for verdicts in zip(*found, strict=True):
        assert sorted(verdicts) == ["allowed", "replayed"]


def test_two_processes_share_a_limit(tmp_path: Path) -> None:
    token = passed(given(READ, MaxUses(7)), PLANNER, SCOUT)
    path = tmp_path / "store.db"
    # Every wire goes to both: one takes it for new, and of those that did, seven find room.
    found = _processes(path, [shown(token, SCOUT) for _ in range(12)], 2)
    verdicts = sorted(verdict for each in found for verdict in each)
    assert verdicts == ["allowed"] * 7 + ["denied"] * 5 + ["replayed"] * 12


def test_a_revocation_reaches_the_other_process(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    store = SQLiteStore(path)
    store.apply(ENTRY)
    store.close()
    assert _processes(path, [shown(TOKEN, PLANNER)], 1) == [["revoked"]]
