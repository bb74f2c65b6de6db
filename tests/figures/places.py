"""Where each store keeps its data while it is measured, and how it is opened, by threads and by processes."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.servers.postgres_server import PostgresServer
from tests.servers.process import Server
from tests.servers.redis_server import RedisServer

from attorn.store import MemoryStore, PostgresStore, RedisStore, SQLiteStore

AnyStore = MemoryStore | SQLiteStore | RedisStore | PostgresStore
SHARED = ("SQLite", "Redis", "PostgreSQL")
KINDS = ("memory", *SHARED)


@dataclass(frozen=True, slots=True)
class Place:
    """Data of one kind of store: `address` is a path or a URL; `server`, if there is one, can be killed."""

    kind: str
    address: str
    server: Server | None = None

    def open(self, *, timeout: float = 60.0, address: str | None = None) -> AnyStore:
        return opened(self.kind, address or self.address, timeout)

    def through(self, port: int) -> str:
        """The same address, at another port."""
        assert self.server is not None
        return self.address.replace(str(self.server.port), str(port))


def opened(kind: str, address: str, timeout: float, connections: int = 32) -> AnyStore:
    """A store object on data that may be there already."""
    match kind:
        case "SQLite":
            return SQLiteStore(address, timeout=timeout)
        case "Redis":
            return RedisStore(address, timeout=timeout, connections=connections)
        case "PostgreSQL":
            return PostgresStore(address, timeout=timeout, connections=connections)
    return MemoryStore()


def close(store: AnyStore) -> None:
    if not isinstance(store, MemoryStore):
        store.close()


@contextmanager
def place(kind: str, *, on_disk: bool = True) -> Iterator[Place]:
    """New, empty data, with a server of its own."""
    if kind == "Redis":
        with RedisServer(on_disk=on_disk) as redis:
            yield Place(kind, f"redis://127.0.0.1:{redis.port}/0", redis)
    elif kind == "PostgreSQL":
        with PostgresServer(on_disk=on_disk) as postgres:
            yield Place(kind, f"host=127.0.0.1 port={postgres.port} user=attorn dbname=postgres", postgres)
    else:
        with tempfile.TemporaryDirectory(prefix="attorn-") as folder:
            yield Place(kind, str(Path(folder) / "store.db"))
