"""The SQLite store: the contract, and what is its own about a file."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from tests.stores.contract import DONE, ENTRY, Shared, StoreContract, name
from tests.unit.scene import NOW

from attorn.statement import Kind
from attorn.store import Charge, Retry, SQLiteStore


class TestSQLiteStore(Shared, StoreContract):
    kind = "SQLiteStore"

    @pytest.fixture
    def place(self, tmp_path: Path) -> Path:
        return tmp_path / "store.db"

    @pytest.fixture
    def open_store(self, place: Path) -> Callable[[], SQLiteStore]:
        return lambda: SQLiteStore(place, timeout=20)

    @pytest.fixture
    def store(self, open_store: Callable[[], SQLiteStore]) -> Iterator[SQLiteStore]:
        with closing(open_store()) as store:
            yield store


def test_everything_is_still_there_after_a_restart(tmp_path: Path) -> None:
    first = SQLiteStore(tmp_path / "store.db")
    first.remember(name(1), expires=NOW + 60, now=NOW)
    first.remember(name(2), expires=NOW + 600, now=NOW + 60)
    first.apply(ENTRY)
    first.charge([Charge("a", 2, 2)], now=NOW)
    first.close()
    with closing(SQLiteStore(tmp_path / "store.db")) as second:
        assert second.remember(name(1), expires=NOW + 60, now=NOW) is False
        assert second.remember(name(2), expires=NOW + 600, now=NOW) is False
        assert len(second.statements([(Kind.REVOCATION, ENTRY.link.hex())])) == 1
        assert second.charge([Charge("a", 2, 1)], now=NOW).refused is not None


def test_it_is_written_ahead_and_in_full(tmp_path: Path) -> None:
    store = SQLiteStore(tmp_path / "store.db")
    assert store._connection.execute("PRAGMA synchronous").fetchone() == (2,)
    with closing(sqlite3.connect(tmp_path / "store.db")) as other:
        assert other.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    store.remember(name(1), expires=NOW + 60, now=NOW)
    assert (tmp_path / "store.db-wal").stat().st_size > 0
    store.close()


def test_the_file_is_bounded_by_what_is_live(tmp_path: Path) -> None:
    store = SQLiteStore(tmp_path / "store.db")
    for number in range(500):
        store.remember(name(number), expires=NOW + 10, now=NOW)
        retry = Retry(name(number), NOW + 10)
        assert store.charge([Charge(f"{number}", 1, 1, NOW + 10)], now=NOW, retry=retry) == DONE
    for step in range(12):
        store.remember(name(1000 + step), expires=NOW + 100, now=NOW + 50)
        retry = Retry(name(1000 + step), NOW + 100)
        store.charge([Charge(f"later {step}", 1, 1, NOW + 100)], now=NOW + 50, retry=retry)
    for table in ("presentation", "account", "retry"):
        assert store._connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (12,)
    store.close()


def test_64_are_forgotten_at_once(tmp_path: Path) -> None:
    with closing(SQLiteStore(tmp_path / "store.db")) as store:
        for number in range(100):
            retry = Retry(name(number), NOW + 1 + number)
            assert store.charge([Charge(f"{number}", 1, 1, NOW + 1 + number)], now=NOW, retry=retry) == DONE
            assert store.remember(name(number), expires=NOW + 1 + number, now=NOW) is True
        assert store.remember(name(100), expires=NOW + 900, now=NOW + 200) is True
        assert store.charge([Charge("a", 1, 1)], now=NOW + 200, retry=Retry(name(100), NOW + 900)) == DONE
        for table in ("presentation", "account", "retry"):
            assert store._connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (36 + 1,)


def test_text_for_a_path(tmp_path: Path) -> None:
    with closing(SQLiteStore(str(tmp_path / "store.db"))) as store:
        assert store.remember(name(1), expires=NOW + 60, now=NOW) is True
