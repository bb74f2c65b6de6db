"""One contract for all stores, run against the memory and the SQLite store, and the bounds of each."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tests.unit.scene import (
    ALICE,
    NOW,
    PLANNER,
    READ,
    REQUEST,
    given,
    refused,
    shown,
    verifier,
)

from attorn import revocation
from attorn.errors import AttornError, InputError, UnavailableError
from attorn.store import Charge, Ledger, MemoryStore, SQLiteStore

AnyStore = MemoryStore | SQLiteStore
TOKEN = given(READ)
ENTRY = revocation.revoke(TOKEN, by=ALICE)


def name(number: int) -> bytes:
    return number.to_bytes(32, "big")


class StoreContract:
    """What every store does."""

    def open(self, folder: Path) -> AnyStore:
        raise NotImplementedError

    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[AnyStore]:
        kept = self.open(tmp_path)
        yield kept
        if isinstance(kept, SQLiteStore):
            kept.close()

    def test_a_presentation_is_new_once(self, store: AnyStore) -> None:
        assert store.remember(name(1), expires=NOW + 60, now=NOW) is True
        for now in (NOW, NOW + 1, NOW + 59):
            assert store.remember(name(1), expires=NOW + 60, now=now) is False
        assert store.remember(name(2), expires=NOW + 60, now=NOW + 59) is True

    def test_another_expiry_does_not_make_it_new(self, store: AnyStore) -> None:
        assert store.remember(name(1), expires=NOW + 60, now=NOW) is True
        assert store.remember(name(1), expires=NOW + 600, now=NOW) is False
        assert store.remember(name(1), expires=NOW + 1, now=NOW) is False

    def test_names_are_compared_whole(self, store: AnyStore) -> None:
        for each in (b"", b"\0", b"\0\0", b"a", b"A", "\u00e9".encode()):
            assert store.remember(each, expires=NOW + 60, now=NOW) is True
            assert store.remember(each, expires=NOW + 60, now=NOW) is False

    def test_what_was_forgotten_is_not_new_again(self, store: AnyStore) -> None:
        assert store.remember(name(1), expires=NOW + 60, now=NOW) is True
        assert store.remember(name(2), expires=NOW + 600, now=NOW + 60) is True
        # The clock steps back into the window of the first.
        assert store.remember(name(1), expires=NOW + 60, now=NOW) is False
        assert store.remember(name(3), expires=NOW + 60, now=NOW) is False
        assert store.remember(name(2), expires=NOW + 600, now=NOW) is False

    def test_a_clock_stepped_back_stops_nothing_that_was_not_forgotten(self, store: AnyStore) -> None:
        store.remember(name(1), expires=NOW + 60, now=NOW)
        store.remember(name(2), expires=NOW + 600, now=NOW + 60)
        assert store.remember(name(4), expires=NOW + 61, now=NOW) is True
        assert store.remember(name(4), expires=NOW + 61, now=NOW) is False

    def test_one_that_expires_now_is_never_good_for_long(self, store: AnyStore) -> None:
        first = store.remember(name(1), expires=NOW, now=NOW)
        again = store.remember(name(1), expires=NOW, now=NOW)
        assert (first, again) in ((True, False), (False, False))

    def test_many_are_all_remembered(self, store: AnyStore) -> None:
        for number in range(300):
            assert store.remember(name(number), expires=NOW + 60 + number % 7, now=NOW) is True
        for number in range(300):
            assert store.remember(name(number), expires=NOW + 60 + number % 7, now=NOW + 59) is False

    def test_many_of_one_second_are_all_forgotten(self, store: AnyStore) -> None:
        for number in range(200):
            assert store.remember(name(number), expires=NOW + 60, now=NOW) is True
        for number in range(200):
            assert store.remember(name(1000 + number), expires=NOW + 600, now=NOW + 60) is True
        for number in range(200):
            assert store.remember(name(number), expires=NOW + 60, now=NOW) is False

    def test_nobody_revoked_anything(self, store: AnyStore) -> None:
        assert dict(store.revokers([])) == {}
        assert dict(store.revokers([bytes(16)])) == {}
        assert dict(store.revokers([bytes((n,)) * 16 for n in range(33)])) == {}

    def test_an_entry_is_kept(self, store: AnyStore) -> None:
        store.apply(ENTRY)
        store.apply(ENTRY)
        store.apply(ENTRY.encode())
        assert dict(store.revokers([ENTRY.link])) == {ENTRY.link: frozenset({ALICE.did})}
        assert dict(store.revokers([bytes(16)])) == {}
        assert dict(store.revokers([bytes(16), ENTRY.link, ENTRY.link])) == {ENTRY.link: frozenset({ALICE.did})}

    def test_several_revoke_one_link(self, store: AnyStore) -> None:
        store.apply(revocation.revoke(TOKEN.unverified_links[0], by=PLANNER))
        store.apply(ENTRY)
        assert dict(store.revokers([ENTRY.link])) == {ENTRY.link: frozenset({ALICE.did, PLANNER.did})}

    @pytest.mark.parametrize(
        "entry",
        [
            revocation.RevocationEntry(ENTRY.link, ALICE.did, ENTRY.second, bytes(64)),
            revocation.RevocationEntry(ENTRY.link, PLANNER.did, ENTRY.second, ENTRY.signature),
            revocation.RevocationEntry(bytes(16), ALICE.did, ENTRY.second, ENTRY.signature),
            "",
            "not an entry",
            None,
            5,
            b"x",
        ],
        ids=["no-signature", "another-name", "another-link", "empty", "text", "none", "number", "bytes"],
    )
    def test_what_is_no_entry_is_not_kept(self, store: AnyStore, entry: Any) -> None:
        with pytest.raises(AttornError):
            store.apply(entry)
        assert dict(store.revokers([ENTRY.link, bytes(16)])) == {}

    def test_it_counts(self, store: AnyStore) -> None:
        assert isinstance(store, Ledger)
        assert store.charge([]) is None
        for _ in range(3):
            assert store.charge([Charge("a", 3, 1)]) is None
        for _ in range(2):
            assert store.charge([Charge("a", 3, 1)]) == Charge("a", 3, 1)
        assert store.charge([Charge("b", 3, 3)]) is None

    def test_the_limit_is_the_callers(self, store: AnyStore) -> None:
        assert store.charge([Charge("a", 3, 3)]) is None
        assert store.charge([Charge("a", 4, 1)]) is None
        assert store.charge([Charge("a", 3, 0)]) == Charge("a", 3, 0)
        assert store.charge([Charge("a", 4, 0)]) is None

    def test_more_than_all_at_once(self, store: AnyStore) -> None:
        assert store.charge([Charge("a", 3, 4)]) == Charge("a", 3, 4)
        assert store.charge([Charge("a", 3, 3)]) is None

    def test_the_largest_amounts(self, store: AnyStore) -> None:
        most = 2**53 - 1
        assert store.charge([Charge("a", most, most)]) is None
        assert store.charge([Charge("a", most, 1)]) == Charge("a", most, 1)
        assert store.charge([Charge("a", most, most)]) == Charge("a", most, most)

    @pytest.mark.parametrize("place", [0, 1, 2])
    def test_all_or_none(self, store: AnyStore, place: int) -> None:
        charges = [Charge(account, 2, 1) for account in "abc"]
        charges[place] = Charge(charges[place].account, 2, 3)
        assert store.charge(charges) == charges[place]
        for account in "abc":
            assert store.charge([Charge(account, 2, 2)]) is None
            assert store.charge([Charge(account, 2, 1)]) is not None

    def test_the_first_without_room_is_told(self, store: AnyStore) -> None:
        assert store.charge([Charge("a", 5, 1), Charge("b", 1, 2), Charge("c", 1, 2)]) == Charge("b", 1, 2)

    def test_one_account_twice_in_one_charge(self, store: AnyStore) -> None:
        """`charge` says that an account may hold at most its limit, however the charges come."""
        assert store.charge([Charge("a", 1, 1), Charge("a", 1, 1)]) == Charge("a", 1, 1)
        assert store.charge([Charge("a", 1, 1)]) is None

    def test_threads_remember_one_presentation_once(self, store: AnyStore) -> None:
        start = threading.Barrier(8)
        found: list[bool] = []

        def work() -> None:
            start.wait()
            found.extend(store.remember(name(number), expires=NOW + 60, now=NOW) for number in range(20))

        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert (found.count(True), found.count(False)) == (20, 140)


class TestMemoryStore(StoreContract):
    def open(self, folder: Path) -> MemoryStore:
        return MemoryStore()

    def test_full_means_undecided(self) -> None:
        store = MemoryStore(capacity=2)
        for number in range(2):
            assert store.remember(name(number), expires=NOW + 60, now=NOW) is True
        for _ in range(2):
            with pytest.raises(UnavailableError, match="full"):
                store.remember(name(9), expires=NOW + 60, now=NOW + 59)
        # What is known stays known, and room comes back with time.
        assert store.remember(name(0), expires=NOW + 60, now=NOW + 59) is False
        assert store.remember(name(9), expires=NOW + 120, now=NOW + 60) is True

    def test_a_full_store_refuses_the_request(self) -> None:
        by = verifier(store=MemoryStore(capacity=1))
        by.authorize(shown(TOKEN, PLANNER), REQUEST)
        refused(shown(TOKEN, PLANNER), "unavailable", None, by=by)

    @pytest.mark.parametrize("capacity", [0, -1, 1.0, True, "5", None], ids=ascii)
    def test_capacities_that_are_none(self, capacity: Any) -> None:
        with pytest.raises(InputError):
            MemoryStore(capacity=capacity)

    def test_memory_is_bounded_by_what_is_live(self) -> None:
        store = MemoryStore()
        for second in range(3000):
            store.remember(name(second), expires=NOW + second + 10, now=NOW + second)
            assert len(store._seen) <= 10
            assert len(store._expiries) <= 10


class TestSQLiteStore(StoreContract):
    def open(self, folder: Path) -> SQLiteStore:
        return SQLiteStore(folder / "store.db")

    def test_everything_is_still_there_after_a_restart(self, tmp_path: Path) -> None:
        first = self.open(tmp_path)
        first.remember(name(1), expires=NOW + 60, now=NOW)
        first.remember(name(2), expires=NOW + 600, now=NOW + 60)
        first.apply(ENTRY)
        first.charge([Charge("a", 2, 2)])
        first.close()
        second = self.open(tmp_path)
        assert second.remember(name(1), expires=NOW + 60, now=NOW) is False
        assert second.remember(name(2), expires=NOW + 600, now=NOW) is False
        assert dict(second.revokers([ENTRY.link])) == {ENTRY.link: frozenset({ALICE.did})}
        assert second.charge([Charge("a", 2, 1)]) == Charge("a", 2, 1)
        second.close()

    def test_without_closing_as_well(self, tmp_path: Path) -> None:
        first, second = self.open(tmp_path), self.open(tmp_path)
        assert first.remember(name(1), expires=NOW + 60, now=NOW) is True
        assert second.remember(name(1), expires=NOW + 60, now=NOW) is False
        second.apply(ENTRY)
        assert ENTRY.link in first.revokers([ENTRY.link])
        assert first.charge([Charge("a", 1, 1)]) is None
        assert second.charge([Charge("a", 1, 1)]) is not None
        first.close()
        second.close()

    def test_it_is_written_ahead_and_in_full(self, tmp_path: Path) -> None:
        store = self.open(tmp_path)
        assert store._connection.execute("PRAGMA synchronous").fetchone() == (2,)
        with closing(sqlite3.connect(tmp_path / "store.db")) as other:
            assert other.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        store.remember(name(1), expires=NOW + 60, now=NOW)
        assert (tmp_path / "store.db-wal").stat().st_size > 0
        store.close()

    def test_the_file_is_bounded_by_what_is_live(self, tmp_path: Path) -> None:
        store = self.open(tmp_path)
        for number in range(500):
            store.remember(name(number), expires=NOW + 10, now=NOW)
        for step in range(12):
            store.remember(name(1000 + step), expires=NOW + 100, now=NOW + 50)
        rows = store._connection.execute("SELECT count(*) FROM presentation").fetchone()
        assert rows == (12,)
        store.close()

    def test_text_for_a_path(self, tmp_path: Path) -> None:
        store = SQLiteStore(str(tmp_path / "store.db"))
        assert store.remember(name(1), expires=NOW + 60, now=NOW) is True
        store.close()
