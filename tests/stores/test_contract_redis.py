"""The Redis store against a real server: the contract, and what is its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
from tests.servers.redis_server import RedisServer
from tests.stores.contract import Shared, StoreContract

from attorn.store import RedisStore


class TestRedisStore(Shared, StoreContract):
    kind = "RedisStore"

    @pytest.fixture
    def place(self, redis_server: RedisServer) -> str:
        return redis_server.url

    @pytest.fixture
    def open_store(self, place: str) -> Callable[[], RedisStore]:
        return lambda: RedisStore(place, timeout=20)

    @pytest.fixture
    def store(self, open_store: Callable[[], RedisStore]) -> Iterator[RedisStore]:
        with closing(open_store()) as store:
            yield store
