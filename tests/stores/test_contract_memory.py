"""The memory store: the contract, and its bounds."""

from __future__ import annotations

from typing import Any

import pytest
from tests.stores.contract import DONE, TOKEN, StoreContract, name
from tests.unit.scene import NOW, PLANNER, REQUEST, refused, shown, verifier

from attorn.errors import InputError, UnavailableError
from attorn.store import Charge, MemoryStore


class TestMemoryStore(StoreContract):
    @pytest.fixture
    def store(self) -> MemoryStore:
        return MemoryStore()


def test_full_means_undecided() -> None:
    store = MemoryStore(capacity=2)
    for number in range(2):
        assert store.remember(name(number), expires=NOW + 60, now=NOW) is True
    for _ in range(2):
        with pytest.raises(UnavailableError, match="full"):
            store.remember(name(9), expires=NOW + 60, now=NOW + 59)
    # What is known stays known, and room comes back with time.
    assert store.remember(name(0), expires=NOW + 60, now=NOW + 59) is False
    assert store.remember(name(9), expires=NOW + 120, now=NOW + 60) is True


def test_a_full_store_refuses_the_request() -> None:
    by = verifier(store=MemoryStore(capacity=1))
    by.authorize(shown(TOKEN, PLANNER), REQUEST)
    refused(shown(TOKEN, PLANNER), "unavailable", None, by=by)


@pytest.mark.parametrize("capacity", [0, -1, 1.0, True, "5", None], ids=ascii)
def test_capacities_that_are_none(capacity: Any) -> None:
    with pytest.raises(InputError):
        MemoryStore(capacity=capacity)


def test_memory_is_bounded_by_what_is_live() -> None:
    store = MemoryStore()
    for second in range(3000):
        store.remember(name(second), expires=NOW + second + 10, now=NOW + second)
        assert store.charge([Charge(f"{second}", 1, 1, NOW + second + 10)], now=NOW + second) == DONE
        assert len(store._seen.names) <= 10
        assert len(store._used) <= 10
