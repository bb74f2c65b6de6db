"""Approvals that wait for the message they approve: each goes into one presentation, and into none that failed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Lock
from typing import Final

from attorn.approval import Approval
from attorn.errors import InputError, UnavailableError

MOST_WAITING: Final = 64
"""Approvals that a holder keeps for messages that are not presented yet."""


class Waiting:
    """Approvals, by the digest of what they approve. `require` raises `InputError` for those that cannot go together.

    It gets all that are kept of one digest. Presentations are made in threads.
    """

    def __init__(self, require: Callable[[Sequence[Approval], bytes], object]) -> None:
        self._require = require
        self._kept: tuple[Approval, ...] = ()
        self._taken: tuple[Approval, ...] = ()
        self._lock = Lock()

    def keep(self, approvals: Sequence[Approval]) -> None:
        """Keep all of them, or none. Raises `InputError` for more than 64, and as `require` does."""
        with self._lock:
            # What is taken may come back.
            whole = (*self._taken, *self._kept, *approvals)
            if len(whole) > MOST_WAITING:
                raise InputError(f"approvals: expected at most {MOST_WAITING} that wait for their message")
            for digest in {each.digest for each in approvals}:
                self._require([each for each in whole if each.digest == digest], digest)
            self._kept += tuple(approvals)

    @contextmanager
    def taken(self, digest: bytes) -> Iterator[list[Approval]]:
        """Those of `digest`, for a presentation that is made within: gone after it, and kept if it was unavailable."""
        with self._lock:
            mine = [each for each in self._kept if each.digest == digest]
            self._kept = tuple(each for each in self._kept if each.digest != digest)
            self._taken += tuple(mine)
        back: tuple[Approval, ...] = ()
        try:
            yield mine
        except UnavailableError:
            back = tuple(mine)
            raise
        finally:
            with self._lock:
                self._taken = tuple(each for each in self._taken if each not in mine)
                self._kept = (*back, *self._kept)
