"""Documents kept for a while, so that not every request asks a server again."""

from __future__ import annotations

import copy
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

from attorn.clock import Clock, read, system_clock
from attorn.did import resolver
from attorn.did.document import DidDocument
from attorn.did.resolution import Options, Resolution
from attorn.did.resolver import Resolver
from attorn.errors import InputError

_Found = TypeVar("_Found", DidDocument, Resolution)


@dataclass(frozen=True, slots=True)
class _Kept:
    found: DidDocument | Resolution
    since: datetime
    until: datetime


class CachingResolver:
    """Keeps what another resolver found for at most `lifetime`, and no longer than each method in it lasts.

    So that is how long a key that was taken out of a document may still count. At most `most` documents are kept, and
    those asked for last. That a DID does not resolve, is deactivated or could not be asked about is never kept. Put it
    in front of the resolvers that use a network, not of all: DIDs that cost nothing would push the others out.
    """

    __slots__ = ("_clock", "_kept", "_lifetime", "_lock", "_most", "_resolver")

    def __init__(
        self,
        resolver: Resolver,
        *,
        clock: Clock = system_clock,
        lifetime: timedelta = timedelta(minutes=5),
        most: int = 1024,
    ) -> None:
        if not callable(getattr(resolver, "resolve", None)):
            raise InputError(f"caching resolver: expected a resolver, got {type(resolver).__name__}")
        if not isinstance(lifetime, timedelta) or not timedelta(0) < lifetime <= timedelta(days=1):
            raise InputError("caching resolver: expected a lifetime of at most a day")
        if type(most) is not int or most < 1:
            raise InputError("caching resolver: expected a positive number of documents")
        self._resolver = resolver
        self._clock = clock
        self._lifetime = lifetime
        self._most = most
        self._kept: OrderedDict[tuple[str, Options | None], _Kept] = OrderedDict()
        self._lock = threading.Lock()

    def resolve(self, did: str) -> DidDocument:
        """The document of `did`. Raises `ResolutionError` and `UnavailableError`."""
        return self._remembered((did, None), DidDocument, lambda: resolver.live_document(self._resolver, did))

    def resolve_at(self, did: str, at: datetime) -> DidDocument:
        """The document of `did` as it was at `at`, never kept. Raises as `resolve`."""
        return resolver.past_document(self._resolver, did, at)

    def look_up(self, did: str, options: Options) -> Resolution:
        """The document of `did` in JSON. Raises `ResolutionError` and `UnavailableError`."""
        found = self._remembered((did, options), Resolution, lambda: resolver.look_up(self._resolver, did, options))
        # Whoever changes what it was given changes nothing here.
        return replace(found, did_document=copy.deepcopy(found.did_document))

    def forget(self, did: str) -> None:
        """Ask again about `did` next time."""
        with self._lock:
            for key in [key for key in self._kept if key[0] == did]:
                del self._kept[key]

    def _remembered(
        self, key: tuple[str, Options | None], kind: type[_Found], question: Callable[[], _Found]
    ) -> _Found:
        now = read(self._clock)
        with self._lock:
            kept = self._kept.pop(key, None)
            # A clock that was put back makes nothing last longer.
            if kept is not None and kept.since <= now < kept.until and isinstance(kept.found, kind):
                self._kept[key] = kept
                return kept.found
        found = question()
        document = _live(found)
        if document is None:
            return found
        ends: list[datetime] = [each.until for each in document.methods if each.until is not None]
        with self._lock:
            self._kept[key] = _Kept(found, now, min([now + self._lifetime, *ends]))
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return found


def _live(found: DidDocument | Resolution) -> DidDocument | None:
    if isinstance(found, Resolution):
        return None if found.metadata.deactivated or found.document is None else _live(found.document)
    return None if found.deactivated else found
