"""Which entries of which lists each credential was given, so that its status can be set by its id."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from threading import Lock
from typing import Final, Self

from attorn.canonical import JsonValue, canonicalise, parse
from attorn.display import shown
from attorn.errors import InputError, MalformedError
from attorn.handed import ask
from attorn.status.entry import BitstringEntry
from attorn.status.publisher import Publisher
from attorn.status.status_list import ListKind

_KINDS: Final = (ListKind.REVOCATION, ListKind.SUSPENSION)
_VERSION: Final = 1
_MOST_STATE: Final = 256 << 20
_MOST_ID: Final = 2048


class StatusRegister:
    """The bitstrings of one issuer, for revocation and for suspension, and what was given out of them.

    `uri` makes the URI of a list from its purpose and its number, which counts from 1: when a list is full, the next
    begins. Whoever restarts a register restores it with `decode` from what `encode` gave after the last change; an
    older state gives entries out twice. `keep` is handed that state at every change, before anybody learns of it.
    Methods may be called from several threads.
    """

    def __init__(self, uri: Callable[[ListKind, int], str], *, keep: Callable[[bytes], None] | None = None) -> None:
        self._uri = uri
        self._keep = keep
        self._lists: dict[str, Publisher] = {}
        self._open: dict[ListKind, Publisher] = {}
        self._given: dict[str, tuple[BitstringEntry, ...]] = {}
        self._changes: dict[str, int] = {}
        self._lock = Lock()

    def assign(self, credential_id: str | None, purposes: Iterable[ListKind]) -> tuple[BitstringEntry, ...]:
        """A new entry for each purpose, kept under the credential's id if it has one.

        Raises `InputError` for other purposes, for one that stands twice, and for an id that has entries already, and
        `UnavailableError` if the state could not be kept.
        """
        wanted = tuple(purposes)
        if not wanted or len(set(wanted)) < len(wanted) or not set(wanted) <= set(_KINDS):
            raise InputError("register: expected revocation, suspension or both")
        if credential_id is not None and not (isinstance(credential_id, str) and 0 < len(credential_id) <= _MOST_ID):
            raise InputError(f"register: expected an id of at most {_MOST_ID} characters")
        with self._lock:
            if credential_id in self._given:
                raise InputError(f"register: {shown(credential_id)} has its status already")
            entries = tuple(self._allocate(purpose) for purpose in wanted)
            if credential_id is not None:
                self._given[credential_id] = entries
            self._kept()
        return entries

    def entry(self, credential_id: str, purpose: ListKind) -> BitstringEntry:
        """The entry of a credential for this purpose. Raises `InputError` if it was given none."""
        with self._lock:
            for entry in self._given.get(credential_id, ()):
                if entry.purpose is purpose:
                    return entry
        raise InputError(f"register: {shown(credential_id)} has no entry for {purpose}")

    def entry_at(self, uri: str, index: int) -> BitstringEntry:
        """The entry at `index` of the list at `uri`. Raises `InputError` if it was never given out."""
        publisher = self.publisher(uri)
        publisher.value(index)
        return BitstringEntry(uri, index, publisher.kind, id=f"{uri}#{index}")

    def set(self, entry: BitstringEntry, value: bool) -> None:
        """Revokes or suspends with True, ends a suspension with False.

        Raises `InputError` for an entry that was not given out, and where a revocation should end: it is for good; and
        `UnavailableError` if the state could not be kept.
        """
        self.set_all([(entry, value)])

    def set_all(self, changes: Iterable[tuple[BitstringEntry, bool]]) -> None:
        """Each as `set` does, between which nobody else sets any. Raises as `set`; after an `InputError` none was set.

        `InputError` is also for an entry that stands twice: it cannot be said which of the two is meant.
        """
        wanted = tuple(changes)
        if len({(entry.uri, entry.index) for entry, _ in wanted}) < len(wanted):
            raise InputError("register: expected each entry once")
        with self._lock:
            found = [self._settable(entry, value) for entry, value in wanted]
            for publisher, (entry, value) in zip(found, wanted, strict=True):
                if publisher.kind is ListKind.SUSPENSION:
                    (publisher.suspend if value else publisher.resume)(entry.index)
                elif value:
                    publisher.revoke(entry.index)
                self._changes[entry.uri] += 1
            self._kept()

    @property
    def uris(self) -> Sequence[str]:
        """The URIs of all lists."""
        with self._lock:
            return tuple(self._lists)

    def publisher(self, uri: str) -> Publisher:
        """The list at `uri`. Raises `InputError` if there is none."""
        with self._lock:
            return self._listed(uri)

    def changes(self, uri: str) -> int:
        """How often entries of this list were set: as long as it is the same, a signed list is still right."""
        with self._lock:
            return self._changes.get(uri, 0)

    def encode(self) -> bytes:
        """All that a register must remember, as JSON. It holds no key."""
        with self._lock:
            return self._encoded()

    @classmethod
    def decode(
        cls, state: bytes | str, uri: Callable[[ListKind, int], str], *, keep: Callable[[bytes], None] | None = None
    ) -> Self:
        """The register that `encode` described. Raises `MalformedError`."""
        members = parse(state, most=_MOST_STATE, depth=4)
        if not isinstance(members, dict) or set(members) != {"given", "lists", "version"}:
            raise MalformedError("register: expected the state that encode gives")
        lists, given = members["lists"], members["given"]
        if members["version"] != _VERSION or not isinstance(lists, list) or not isinstance(given, dict):
            raise MalformedError("register: expected the state that encode gives")
        found = cls(uri, keep=keep)
        for each in lists:
            found._add(Publisher.decode(canonicalise(each)))
        for name, entries in given.items():
            found._given[name] = tuple(map(found._restored, entries if isinstance(entries, list) else [None]))
        return found

    def _encoded(self) -> bytes:
        lists: list[JsonValue] = [parse(each.encode(), most=_MOST_STATE) for each in self._lists.values()]
        given: dict[str, JsonValue] = {
            name: [[entry.uri, entry.index] for entry in entries] for name, entries in self._given.items()
        }
        return canonicalise({"given": given, "lists": lists, "version": _VERSION})

    def _kept(self) -> None:
        keep = self._keep
        if keep is not None:
            state = self._encoded()
            ask("keeper of the register", lambda: keep(state))

    def _listed(self, uri: str) -> Publisher:
        found = self._lists.get(uri)
        if found is None:
            raise InputError(f"register: no list at {shown(uri)}")
        return found

    def _settable(self, entry: BitstringEntry, value: bool) -> Publisher:
        """The list of an entry that can be set to `value`. Raises `InputError`."""
        publisher = self._listed(entry.uri)
        if publisher.kind is not entry.purpose:
            raise InputError(f"register: expected an entry for {publisher.kind}, got one for {entry.purpose}")
        if publisher.value(entry.index) and not value and publisher.kind is ListKind.REVOCATION:
            raise InputError("register: a revocation is for good")
        return publisher

    def _allocate(self, purpose: ListKind) -> BitstringEntry:
        current = self._open.get(purpose)
        if current is None or not current.free:
            number = 1 + sum(each.kind is purpose for each in self._lists.values())
            current = self._add(Publisher(self._uri(purpose, number), kind=purpose))
        entry = current.allocate()
        if not isinstance(entry, BitstringEntry):
            raise InputError("register: expected a bitstring")
        return entry

    def _add(self, publisher: Publisher) -> Publisher:
        if publisher.kind not in _KINDS or publisher.uri in self._lists:
            raise MalformedError("register: expected each list once, for revocation or for suspension")
        self._lists[publisher.uri] = self._open[publisher.kind] = publisher
        self._changes[publisher.uri] = 0
        return publisher

    def _restored(self, value: JsonValue) -> BitstringEntry:
        uri, index = value if isinstance(value, list) and len(value) == 2 else (None, None)
        try:
            if not isinstance(uri, str) or type(index) is not int:
                raise InputError("register: expected entries as a URI and an index")
            return self.entry_at(uri, index)
        except InputError as error:
            raise MalformedError(str(error)) from None
