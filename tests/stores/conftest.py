"""The servers, once per worker, and a clean one for each test."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import TypeVar

import pytest
from tests.servers.postgres_server import PostgresServer
from tests.servers.process import MissingError, Server
from tests.servers.redis_server import RedisServer

_Server = TypeVar("_Server", bound=Server)


def running(make: Callable[[], _Server]) -> Iterator[_Server]:
    """The server while a test session lasts. Skips where it is not installed; in CI it has to be."""
    try:
        server = make()
    except MissingError as missing:
        if os.environ.get("CI"):
            pytest.fail(str(missing))
        pytest.skip(str(missing))
    with server:
        yield server


@pytest.fixture(scope="session")
def one_redis() -> Iterator[RedisServer]:
    yield from running(RedisServer)


@pytest.fixture(scope="session")
def one_postgres() -> Iterator[PostgresServer]:
    yield from running(PostgresServer)


@pytest.fixture
def redis_server(one_redis: RedisServer) -> RedisServer:
    one_redis.clear()
    return one_redis


@pytest.fixture
def postgres_server(one_postgres: PostgresServer) -> PostgresServer:
    one_postgres.clear()
    return one_postgres
