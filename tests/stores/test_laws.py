"""The laws of use, revocation and counting, over random trees of delegations, with real servers for a store."""

from __future__ import annotations

from itertools import count

import pytest
from tests.property.test_state_laws import hold
from tests.servers.postgres_server import PostgresServer
from tests.servers.redis_server import RedisServer

from attorn.store import PostgresStore, RedisStore


def in_redis(server: RedisServer, *, examples: int, steps: int) -> None:
    numbers = count()
    hold(lambda: RedisStore(server.url, prefix=f"laws.{next(numbers)}"), examples=examples, steps=steps)


def in_postgres(server: PostgresServer, *, examples: int, steps: int) -> None:
    def opened() -> PostgresStore:
        server.clear()
        return PostgresStore(server.url, connections=1)

    hold(opened, examples=examples, steps=steps)


def test_in_redis(redis_server: RedisServer) -> None:
    in_redis(redis_server, examples=12, steps=40)


def test_in_postgres(postgres_server: PostgresServer) -> None:
    in_postgres(postgres_server, examples=8, steps=30)


@pytest.mark.long
def test_in_redis_at_length(redis_server: RedisServer) -> None:
    in_redis(redis_server, examples=120, steps=60)


@pytest.mark.long
def test_in_postgres_at_length(postgres_server: PostgresServer) -> None:
    in_postgres(postgres_server, examples=60, steps=60)
