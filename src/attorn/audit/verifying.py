"""Walking a log from its first receipt to its last, and naming the first that is not what was written."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from attorn.audit import heads
from attorn.audit.checkpoint import Checkpoint
from attorn.audit.ports import EMPTY, Head, Log
from attorn.audit.receipt import Receipt
from attorn.audit.signers import Signers
from attorn.did.resolver import Resolver
from attorn.errors import AuditError, InputError, MalformedError
from attorn.handed import ask


def verify(
    log: Log, *, by: Iterable[str], resolver: Resolver | None = None, expect: Checkpoint | str | None = None
) -> Head:
    """The head of a log that is whole: every receipt is signed by one of the DIDs `by`, and follows the one before.

    `expect` is a checkpoint of this log that was kept elsewhere: the log must still hold what it held then. Memory
    does not grow with the log. Raises `AuditError`, which names the receipt, `ResolutionError` where a DID in `by`
    does not resolve, `UnavailableError`, and `InputError` or `MalformedError` for an `expect` that is no checkpoint.
    """
    walk = _Walk(log, Signers(by, resolver), expect)
    for _ in walk.receipts():
        pass
    return walk.head


def receipts(
    log: Log, *, by: Iterable[str], resolver: Resolver | None = None, expect: Checkpoint | str | None = None
) -> Iterator[Receipt]:
    """Every receipt of a log, each verified before it is handed out; a tail that was dropped is told at the end.

    Arguments and errors as for `verify`.
    """
    return _Walk(log, Signers(by, resolver), expect).receipts()


class _Walk:
    """One walk. `head` is how far it has come."""

    def __init__(self, log: Log, signers: Signers, expect: Checkpoint | str | None) -> None:
        self._log = log
        self._signers = signers
        # Before the lines: a log that grows meanwhile is ahead of its checkpoint, never behind.
        self._known = heads.read(ask("audit log", log.checkpoint))
        expected = Checkpoint.decode(expect) if isinstance(expect, str) else expect
        if expected is not None and not isinstance(expected, Checkpoint):
            raise InputError(f"expect: expected a Checkpoint or its text, got {type(expect).__name__}")
        self._points = {"the checkpoint beside the log": self._known, "the checkpoint that was expected": expected}
        for name, point in self._points.items():
            flaw = None if point is None else signers.flaw(point)
            if flaw is not None:
                raise AuditError(f"{name} {flaw}")
        self.head = EMPTY

    def receipts(self) -> Iterator[Receipt]:
        lines = ask("audit log", lambda: iter(self._log.lines()))
        while (line := ask("audit log", lambda: next(lines, None))) is not None:
            number = self.head.count + 1
            receipt = self._read(line, number)
            if receipt.sequence != number:
                raise self._misplaced(receipt.sequence, number, ask("audit log", lambda: next(lines, None)))
            if receipt.previous != self.head.digest:
                raise AuditError(
                    f"receipt {number} does not follow the one before it: one of the two is not of this log",
                    sequence=number,
                )
            self.head = Head(number, hashlib.sha256(line).digest(), self._known)
            self._compare()
            yield receipt
        self._end()

    def _read(self, line: bytes, number: int) -> Receipt:
        try:
            receipt = Receipt.decode(line)
        except MalformedError as error:
            raise AuditError(f"receipt {number} cannot be read: {error}", sequence=number) from None
        flaw = self._signers.flaw(receipt)
        if flaw is not None:
            raise AuditError(f"receipt {number} {flaw}", sequence=number)
        return receipt

    def _misplaced(self, found: int, number: int, following: bytes | None) -> AuditError:
        if found < number:
            return AuditError(f"receipt {found} stands again where {number} belongs", sequence=found)
        try:
            swapped = following is not None and Receipt.decode(following).sequence == number
        except MalformedError:
            swapped = False
        if swapped:
            return AuditError(f"receipts {number} and {found} stand in the wrong order", sequence=number)
        return AuditError(f"receipt {number} is missing: {found} stands in its place", sequence=number)

    def _compare(self) -> None:
        for name, point in self._points.items():
            if point is not None and point.count == self.head.count and point.digest != self.head.digest:
                raise AuditError(f"receipt {point.count} is not the one that {name} names", sequence=point.count)

    def _end(self) -> None:
        for point in self._points.values():
            if point is not None and point.count > self.head.count:
                raise heads.dropped(self.head.count, point)
        if self._known is None and self.head.count > 1:
            raise AuditError("the checkpoint beside the log is gone")
