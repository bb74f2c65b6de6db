"""What a recorder needs, a log to append to; and what a verifier needs, somebody to tell its decisions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, Protocol, TypeAlias

from attorn.audit.checkpoint import Checkpoint
from attorn.audit.receipt import FIRST, Receipt, ReceiptDraft


@dataclass(frozen=True, slots=True)
class Head:
    """How far a log has come: how many receipts it has, the digest of the last, that one, and what is kept beside it.

    Whoever goes on behind a head asks first who signed `last` and `checkpoint`.
    """

    count: int
    digest: bytes
    checkpoint: Checkpoint | None = None
    last: Receipt | None = None


EMPTY: Final = Head(0, FIRST)
"""The head of a log without receipts."""
Make: TypeAlias = Callable[[Head], tuple[Receipt, Checkpoint]]
"""What makes the next receipt, and the checkpoint behind it, of the head before."""


class Recording(Protocol):
    """What a verifier tells each of its decisions: a `Recorder`, or what stands before one."""

    def record(self, draft: ReceiptDraft) -> object:
        """Return once it is recorded. Raises `UnavailableError`: whoever decided must then permit nothing."""


class Log(Protocol):
    """An append-only log, shared by the threads and processes that open it."""

    def append(self, make: Make) -> None:
        """Keep the receipt that `make` makes of the head, durably, before this returns.

        From reading the head to keeping what follows it nobody else appends. Raises `UnavailableError` if it cannot
        be kept, then nothing was, and `AuditError` if what the log ends in is not what it was left with.
        """

    def lines(self) -> Iterator[bytes]:
        """Every receipt as its line, from the first on, as it is kept: nothing is checked. One at a time.

        Raises `UnavailableError` or `AuditError`.
        """

    def checkpoint(self) -> str | None:
        """The text of the checkpoint that was kept last, None before the first. Raises `UnavailableError`."""
