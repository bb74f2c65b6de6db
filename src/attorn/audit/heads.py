"""The head of a log, read off its last line and compared with the checkpoint that was kept beside it."""

from __future__ import annotations

import hashlib

from attorn.audit.checkpoint import Checkpoint
from attorn.audit.ports import EMPTY, Head
from attorn.audit.receipt import Receipt
from attorn.errors import AuditError, MalformedError


def head(last: bytes | None, checkpoint: str | None) -> Head:
    """The head of a log whose last line is `last`, None if it has none. Raises `AuditError` if its tail was dropped.

    The log may be ahead of its checkpoint, which is kept second. Who signed either is not asked here.
    """
    known = read(checkpoint)
    if last is None:
        found, previous = EMPTY, EMPTY.digest
    else:
        try:
            receipt = Receipt.decode(last)
        except MalformedError as error:
            raise AuditError(f"the last line of the log is no receipt: {error}") from None
        found, previous = Head(receipt.sequence, hashlib.sha256(last).digest(), known, receipt), receipt.previous
    if known is None:
        if found.count > 1:
            raise AuditError("the checkpoint beside the log is gone")
        return found
    if known.count > found.count:
        raise dropped(found.count, known)
    if (known.count == found.count and known.digest != found.digest) or (
        known.count == found.count - 1 and known.digest != previous
    ):
        raise AuditError(f"receipt {known.count} is not the one that the checkpoint names", sequence=known.count)
    return found


def read(checkpoint: str | None) -> Checkpoint | None:
    """The checkpoint in the text that a log keeps. Raises `AuditError`."""
    try:
        return None if checkpoint is None else Checkpoint.decode(checkpoint)
    except MalformedError as error:
        raise AuditError(f"the checkpoint beside the log is none: {error}") from None


def dropped(count: int, known: Checkpoint) -> AuditError:
    """The error for a log of `count` receipts that once held more."""
    return AuditError(
        f"receipt {count + 1} is missing: the log ends at {count}, and held {known.count}", sequence=count + 1
    )
