"""What a principal has signed, as a verifier keeps it: one form for revocations, life cycles, lists and events.

Whether a statement counts for a chain is asked at verification, step 7; a store only keeps the newest.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from attorn.canonical import MOST_INTEGER
from attorn.errors import InputError

FINAL: Final = MOST_INTEGER
"""The sequence number of a statement that nothing can follow."""


class Kind(StrEnum):
    """What a statement is about."""

    REVOCATION = "revocation"
    """A link, by its id in hexadecimal."""
    LIST = "list"
    """A signed revocation list, by its issuer: which one was applied last."""
    LIFECYCLE = "lifecycle"
    """A principal: suspended, resumed or deprovisioned."""
    STATUS = "status"
    """A status list, by its URI."""
    EVENT = "event"
    """A security event that was received, by its `jti`."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What `by` said about `subject`, as a store keeps it. A store checks no signature; `apply` has done so.

    For one kind, subject and signer a store keeps one statement: that with the highest `sequence`. `at` is the Unix
    second at which it was signed, `value` what its kind needs beside.
    """

    kind: Kind
    subject: str
    by: str
    sequence: int
    at: int
    value: str = ""

    def __post_init__(self) -> None:
        if not all(type(number) is int and 0 <= number <= MOST_INTEGER for number in (self.sequence, self.at)):
            raise InputError("statement: expected a sequence number and a second from 0 to 2**53 - 1")
        for text in (self.subject, self.by, self.value):
            require_text(text, "statement")


def require_text(text: str, name: str) -> None:
    """Raises `InputError` unless `text` can be kept by any store: no NUL, no lone surrogate."""
    if type(text) is not str or "\0" in text:
        raise InputError(f"{name}: expected text")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise InputError(f"{name}: text holds a lone surrogate") from None
