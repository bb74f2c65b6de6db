"""Receipts of every decision, in a log that shows what was done to it."""

from typing import TYPE_CHECKING

from attorn.audit.checkpoint import Checkpoint
from attorn.audit.jsonlines import JsonLinesLog
from attorn.audit.ports import EMPTY, Head, Log
from attorn.audit.receipt import ALLOWED, ChargeLine, Hop, Receipt, ReceiptDraft
from attorn.audit.recorder import Recorder
from attorn.audit.verifying import receipts, verify
from attorn.keys.signer import Signatory

if TYPE_CHECKING:
    from attorn.audit.sqlite import SQLiteLog

__all__ = [
    "ALLOWED",
    "EMPTY",
    "ChargeLine",
    "Checkpoint",
    "Head",
    "Hop",
    "JsonLinesLog",
    "Log",
    "Receipt",
    "ReceiptDraft",
    "Recorder",
    "SQLiteLog",
    "Signatory",
    "receipts",
    "verify",
]


def __getattr__(name: str) -> object:
    """A log whose engine is loaded only by programs that use it."""
    if name == "SQLiteLog":
        from attorn.audit.sqlite import SQLiteLog  # noqa: PLC0415 - loads SQLite

        return SQLiteLog
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
