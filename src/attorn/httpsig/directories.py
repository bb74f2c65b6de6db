"""The keys that agents publish, fetched when they are needed and remembered for a while.

What is remembered is which URL published which key, never a key alone: anybody may list anybody's key.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from attorn.clock import Clock, second_of, seconds_in, system_clock
from attorn.errors import AttornError, InputError, MalformedError, ResolutionError, UnavailableError
from attorn.httpsig.directory import Window, read_directory
from attorn.httpsig.source import Source
from attorn.jose.jwk_set import MOST_BYTES
from attorn.keys.public import PublicKey
from attorn.recent import Recent
from attorn.transport import DirectTransport, fetched, require_direct

_MOST: Final = 1024
_FRESH: Final = timedelta(minutes=5)
_KEEP: Final = timedelta(days=1)
_RETRY: Final = timedelta(seconds=30)


class Directories:
    """Finds the key that an agent signs with, through `transport`, which must say that it follows no redirects.

    A directory is asked again after `fresh`, or for a key that it did not have, but not within `retry` of the last
    time. Where it cannot be had, what it said before counts until `keep`. At most `at_once` are asked at a time, and
    beyond that it cannot be had. `loopback` lets tests name http on this machine. Raises `InputError` for unusable
    arguments.
    """

    def __init__(
        self,
        transport: DirectTransport,
        *,
        clock: Clock = system_clock,
        fresh: timedelta = _FRESH,
        keep: timedelta = _KEEP,
        retry: timedelta = _RETRY,
        at_once: int = 8,
        loopback: bool = False,
    ) -> None:
        if not callable(getattr(transport, "get", None)):
            raise InputError(f"transport: expected one with get, got {type(transport).__name__}")
        require_direct(transport)
        self._fresh, self._keep = seconds_in(fresh, "fresh"), seconds_in(keep, "keep")
        self._retry = seconds_in(retry, "retry")
        if keep < fresh:
            raise InputError("directories: expected to keep no shorter than fresh")
        if type(at_once) is not int or at_once < 1:
            raise InputError("directories: expected at least one at once")
        self.loopback = loopback
        self._transport = transport
        self._clock = clock
        self._slots = threading.BoundedSemaphore(at_once)
        self._known: Recent[str, _Known] = Recent(_MOST)
        self._lock = threading.Lock()

    def key(self, source: Source, keyid: str) -> PublicKey:
        """The key with the thumbprint `keyid` that `source` itself publishes, and that may be used now.

        Raises `ResolutionError` if it publishes none, and `UnavailableError` if that could not be found out.
        """
        now = second_of(self._clock)
        known = self._of(source.address)
        found = known.key(keyid, now, self._fresh)
        if found is not None:
            return found
        asked = self._ask(known, source, keyid, now)
        found = known.key(keyid, now, self._keep)
        if found is not None:
            return found
        if not asked:
            raise UnavailableError("this key directory is being asked already, or as many others as may be at once")
        if known.failed:
            raise UnavailableError("the key directory of the agent could not be had")
        raise ResolutionError("the agent publishes no such key")

    def _ask(self, known: _Known, source: Source, keyid: str, now: int) -> bool:
        """Ask, unless that was done just now. False where nobody may: nobody waits for a slow agent."""
        if not known.lock.acquire(blocking=False):
            return False
        try:
            # Somebody else may have asked meanwhile.
            if known.key(keyid, now, self._fresh) is not None or 0 <= now - known.asked < self._retry:
                return True
            return self._refresh(known, source, now)
        finally:
            known.lock.release()

    def _refresh(self, known: _Known, source: Source, now: int) -> bool:
        """Ask. What was answered replaces what was known, a failure replaces nothing. False without a free place."""
        if not self._slots.acquire(blocking=False):
            return False
        try:
            known.asked = now
            known.answer = now, self._fetch(source)
        except AttornError:
            # Whatever a transport says has failed, it is no word of the agent's.
            known.failed = True
        else:
            known.failed = False
        finally:
            self._slots.release()
        return True

    def _fetch(self, source: Source) -> Mapping[str, Window]:
        body = fetched(self._transport, source.address, accept=source.accept, most=MOST_BYTES)
        if body is None:
            raise UnavailableError("there is no key directory")
        try:
            return read_directory(body, source.kind)
        except MalformedError as error:
            raise UnavailableError(f"there is no key directory: {error}") from None

    def _of(self, address: str) -> _Known:
        with self._lock:
            known = self._known.get(address)
            if known is None:
                known = _Known()
                self._known.put(address, known)
            return known


class _Known:
    """What one URL answered last, and when; when it was asked last, and whether that failed."""

    __slots__ = ("answer", "asked", "failed", "lock")

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.answer: tuple[int, Mapping[str, Window]] | None = None
        self.asked = -1 << 62
        self.failed = False

    def key(self, keyid: str, now: int, most: int) -> PublicKey | None:
        """The key of this thumbprint, if it may be used now and an answer of less than `most` seconds ago lists it."""
        if self.answer is None:
            return None
        at, keys = self.answer
        window = keys.get(keyid)
        return window.key if window is not None and 0 <= now - at < most and window.holds(now) else None
