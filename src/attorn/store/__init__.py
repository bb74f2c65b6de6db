"""What a verifier remembers: presentations seen, links revoked, uses and budgets charged."""

from typing import TYPE_CHECKING

from attorn.store.memory import MemoryStore
from attorn.store.ports import Charge, Ledger, Store

if TYPE_CHECKING:
    from attorn.store.sqlite import SQLiteStore

__all__ = ["Charge", "Ledger", "MemoryStore", "SQLiteStore", "Store"]


def __getattr__(name: str) -> object:
    """A store whose engine is loaded only by programs that use it."""
    if name == "SQLiteStore":
        from attorn.store.sqlite import SQLiteStore  # noqa: PLC0415 - loads SQLite

        return SQLiteStore
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
