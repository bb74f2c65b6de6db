"""What a verifier remembers: presentations seen, links revoked, uses and budgets charged."""

import importlib
from typing import TYPE_CHECKING, Final

from attorn.store.memory import MemoryStore
from attorn.store.ports import Charge, Charged, Ledger, Retry, Store

if TYPE_CHECKING:
    from attorn.store.postgres import PostgresStore
    from attorn.store.redis import RedisStore
    from attorn.store.sqlite import SQLiteStore

__all__ = [
    "Charge",
    "Charged",
    "Ledger",
    "MemoryStore",
    "PostgresStore",
    "RedisStore",
    "Retry",
    "SQLiteStore",
    "Store",
]
_LAZY: Final = {"SQLiteStore": "sqlite", "RedisStore": "redis", "PostgresStore": "postgres"}


def __getattr__(name: str) -> object:
    """A store whose engine is loaded only by programs that use it."""
    if name in _LAZY:
        return getattr(importlib.import_module(f"attorn.store.{_LAZY[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
