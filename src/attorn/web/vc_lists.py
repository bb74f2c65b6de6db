"""Status lists at a server's own URLs: given out, set, signed when somebody asks, and served."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from threading import Lock
from typing import Final

from attorn.clock import Clock, second_of, system_clock
from attorn.display import shown
from attorn.errors import InputError, UnavailableError
from attorn.integrity import Suite
from attorn.keys.signer import Signatory
from attorn.status import ListKind
from attorn.status.entry import BitstringEntry
from attorn.status.register import StatusRegister
from attorn.transport import Transport
from attorn.web.vc_body import Change

LIFETIME: Final = timedelta(hours=1)
"""For how long a signed list speaks."""
_LEAD: Final = 30
"""How many seconds a list may be ahead of the clock before it is signed no more often than once a second."""
_FRESH: Final = 300
"""For how many seconds a signed list is served before it is signed anew."""


@dataclass(frozen=True, slots=True)
class _Signed:
    text: str = field(repr=False)
    at: int
    changes: int


class Lists:
    """The lists of `by` under `base`, each a credential at a URL of this server.

    A list is signed when it is asked for and has changed since, or is five minutes old: as a Data Integrity credential
    of `suite`, or as a JWS. Signed lists differ by a second at least, so where it changes more often than that for a
    while, what is served may be a few seconds old. `method` is the DID URL of the key, known by itself for did:key and
    did:jwk. Raises `InputError` for a `base` that is no URL with a path.
    """

    def __init__(
        self,
        by: Signatory,
        *,
        base: str,
        suite: Suite,
        register: StatusRegister | None = None,
        method: str | None = None,
        clock: Clock = system_clock,
    ) -> None:
        if not isinstance(base, str) or not base.startswith(("https://", "http://")) or not base.endswith("/"):
            raise InputError(f"lists: expected a URL that ends with '/', got {shown(base)}")
        self.base = base
        self.register = StatusRegister(self.uri) if register is None else register
        self._by = by
        self._suite = suite
        self._method = method
        self._clock = clock
        self._signed: dict[tuple[str, bool], _Signed] = {}
        self._lock = Lock()

    def uri(self, purpose: ListKind, number: int) -> str:
        """Where a list is found."""
        return f"{self.base}{purpose}/{number}"

    def change(self, changes: tuple[Change, ...]) -> tuple[BitstringEntry, ...]:
        """Sets what is asked for; the entries that were set. Raises `InputError`, and then has set none of them."""
        entries = tuple(map(self._entry, changes))
        self.register.set_all([(entry, change.value) for entry, change in zip(entries, changes, strict=True)])
        return entries

    def _entry(self, change: Change) -> BitstringEntry:
        at = None
        if change.uri is not None and change.index is not None:
            at = self.register.entry_at(change.uri, change.index)
        if change.credential_id is None:
            if at is None or at.purpose is not change.purpose:
                raise InputError(f"no entry for {change.purpose} there")
            return at
        entry = self.register.entry(change.credential_id, change.purpose)
        if at is not None and (at.uri, at.index) != (entry.uri, entry.index):
            raise InputError(f"{shown(change.credential_id)} was given another entry")
        return entry

    def text(self, uri: str, *, jwt: bool = False) -> str:
        """The signed list at `uri`. Raises `InputError` if there is none, `UnavailableError` if it cannot be signed."""
        publisher = self.register.publisher(uri)
        now, changes = second_of(self._clock), self.register.changes(uri)
        with self._lock:
            known = self._signed.get((uri, jwt))
            fresh = known is not None and known.changes == changes and 0 <= now - known.at < _FRESH
            if known is None or not (fresh or publisher.issued - now > _LEAD):
                text = publisher.publish(
                    self._by,
                    clock=self._clock,
                    lifetime=LIFETIME,
                    suite=None if jwt else self._suite,
                    kid=self._method,
                )
                known = self._signed[uri, jwt] = _Signed(text, now, changes)
        return known.text


class OwnLists:
    """A `Transport` that has this server's own lists, and gets any other through `others`, if that is given."""

    def __init__(self, lists: Lists | None, others: Transport | None = None) -> None:
        self._lists = lists
        self._others = others

    def get(self, url: str, *, accept: str, most: int) -> bytes | None:
        """The list at `url`, None if there is none. Raises `UnavailableError` for one that nobody here gets."""
        if self._lists is not None and url.startswith(self._lists.base):
            try:
                return self._lists.text(url).encode()
            except InputError:
                return None
        if self._others is None:
            raise UnavailableError(f"this server fetches no lists of others, such as {shown(url)}")
        return self._others.get(url, accept=accept, most=most)
