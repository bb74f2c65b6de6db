"""The PostgreSQL store against a real server: the contract, and what is its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
from tests.servers.postgres_server import PostgresServer
from tests.stores.contract import Shared, StoreContract

from attorn.store import PostgresStore


class TestPostgresStore(Shared, StoreContract):
    kind = "PostgresStore"

    @pytest.fixture
    def place(self, postgres_server: PostgresServer) -> str:
        return postgres_server.url

    @pytest.fixture
    def open_store(self, place: str) -> Callable[[], PostgresStore]:
        return lambda: PostgresStore(place, timeout=20)

    @pytest.fixture
    def store(self, open_store: Callable[[], PostgresStore]) -> Iterator[PostgresStore]:
        with closing(open_store()) as store:
            yield store
