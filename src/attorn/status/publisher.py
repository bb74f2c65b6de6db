"""Publishing a status list: hands out its entries, sets them, signs the list, and keeps all that across restarts."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Sequence
from datetime import timedelta
from threading import Lock
from typing import Final, Self

from attorn.canonical import JsonValue, canonicalise, parse
from attorn.clock import Clock, second_of, system_clock
from attorn.encoding import base64url_decode, base64url_encode
from attorn.errors import InputError, LimitError, MalformedError, UnavailableError
from attorn.handed import ask
from attorn.integrity import Suite
from attorn.keys.signer import Signatory
from attorn.status import bitstring, token_list
from attorn.status.bits import MOST_BYTES, WIDEST, Packing, get, pack, put, unpack
from attorn.status.entry import FEWEST, BitstringEntry
from attorn.status.status_list import ListKind, own_uri, second
from attorn.status.token_list import INVALID, SUSPENDED, VALID, WIDTHS, TokenReference

_VERSION: Final = 1
_APPLICATION: Final = frozenset((3, 12, 13, 14, 15))
"""The values of a token list that mean what the application says (draft-ietf-oauth-status-list-20, section 7.1)."""
_MEMBERS: Final = {"bits", "entries", "given", "issued", "kind", "list", "uri", "version"}
_MOST_STATE: Final = 64 << 20
_MOST_MESSAGE: Final = 256
_DRAWS: Final = 64
_LEAD: Final = 60
"""By how many seconds the last list may be ahead of the clock: lists differ by a second at least."""


class Publisher:
    """One list of `entries` entries at `uri`: a token list, or a bitstring for one purpose.

    An entry is given out once, ever, and at random, so that its place says nothing about when. `bits` is the width of a
    token list's entries, 2 unless given, so that they can be suspended. For the purpose `message` it follows from
    `messages`, which say what each value means: 2, 4, 8 and so on, at most 256. Whoever restarts a publisher restores
    it with `decode` from what `encode` gave after the last change; an older state gives entries out twice. Methods may
    be called from several threads. Raises `InputError` for unusable arguments.
    """

    def __init__(
        self,
        uri: str,
        *,
        kind: ListKind | str = ListKind.TOKEN,
        entries: int = FEWEST,
        bits: int | None = None,
        messages: Sequence[str] = (),
        random: Callable[[int], int] = secrets.randbelow,
    ) -> None:
        if kind not in tuple(ListKind):
            raise InputError(f"publisher: expected one of {', '.join(ListKind)} as its kind")
        self.uri = own_uri(uri)
        self.kind = ListKind(kind)
        token = self.kind is ListKind.TOKEN
        self.messages = _messages(messages, self.kind)
        width = max(1, len(self.messages).bit_length() - 1)
        self.bits = (2 if token else width) if bits is None else bits
        if type(self.bits) is not int or self.bits not in (WIDTHS if token else (width,)):
            raise InputError("publisher: expected 1, 2, 4 or 8 bits for a token list, for a bitstring those of a value")
        if type(entries) is not int or not 8 <= entries <= MOST_BYTES * 8 // self.bits or entries % 8:
            raise InputError("publisher: expected a number of entries that is a multiple of 8, within 16 MiB")
        if not token and entries < FEWEST:
            raise InputError(f"publisher: expected {FEWEST} entries or more for a bitstring")
        self._entries = entries
        self._data = bytearray(entries * self.bits // 8)
        self._given = bytearray(entries // 8)
        self._free = entries
        self._issued = 0
        self._random = random
        self._lock = Lock()

    @property
    def free(self) -> int:
        """How many entries were never given out."""
        return self._free

    @property
    def issued(self) -> int:
        """The Unix second of the list that was published last, perhaps a little ahead of the clock; 0 before that."""
        return self._issued

    def allocate(self) -> TokenReference | BitstringEntry:
        """A reference to an entry that was never given out, and is valid. Raises `InputError` if there is none left."""
        with self._lock:
            index = self._draw()
            put(self._given, index, 1, self.kind.order, 1)
            self._free -= 1
        if self.kind is ListKind.TOKEN:
            return TokenReference(self.uri, index)
        return BitstringEntry(self.uri, index, self.kind, self.bits, self.messages, f"{self.uri}#{index}")

    def revoke(self, index: int) -> None:
        """Makes an entry invalid, for good. Raises `InputError` for one not given out, or if the list cannot."""
        if self.kind not in (ListKind.TOKEN, ListKind.REVOCATION):
            raise InputError(f"publisher: a list for {self.kind} revokes nothing")
        self._set(index, INVALID)

    def suspend(self, index: int) -> None:
        """Suspends an entry. Raises `InputError` for one not given out or revoked, or where the list cannot suspend."""
        self._set(index, self._suspended())

    def resume(self, index: int) -> None:
        """Ends a suspension. Raises `InputError` as `suspend` does."""
        self._suspended()
        self._set(index, VALID)

    def set(self, index: int, value: int) -> None:
        """Makes an entry say `value`, where that neither revokes nor suspends.

        In a bitstring for messages that is any value; in one for `refresh` 0, or 1 for a newer credential; in a token
        list 0, or what the application gives a meaning: 3 and 12 to 15. Raises `InputError` for other values and
        lists, and for an entry that was not given out or is revoked.
        """
        allowed: Collection[int] = ()
        if self.kind is ListKind.TOKEN:
            allowed = {VALID, *_APPLICATION}
        elif self.kind in (ListKind.MESSAGE, ListKind.REFRESH):
            allowed = range(1 << self.bits)
        if type(value) is not int or value not in allowed or value >> self.bits:
            raise InputError("publisher: an entry of this list cannot be set to that value")
        self._set(index, value)

    def value(self, index: int) -> int:
        """What the entry says now. Raises `InputError` for one that was not given out."""
        with self._lock:
            self._require_given(index)
            return get(self._data, index, self.bits, self.kind.order)

    def publish(
        self,
        by: Signatory,
        *,
        clock: Clock = system_clock,
        lifetime: timedelta | None = None,
        ttl: timedelta | None = None,
        aggregation: str | None = None,
        kid: str | None = None,
        suite: Suite | None = None,
    ) -> str:
        """The signed text of the list as it is now, each time a later second than the last.

        With `suite`, which is for bitstrings, it is JSON with a proof of Data Integrity, without it a JWS. For token
        lists, `aggregation` is the URI of what `write_aggregation` gives. Raises `InputError` for unusable arguments
        and `UnavailableError` if the signer or the clock fails, or is more than a minute behind the last list.
        """
        token = self.kind is ListKind.TOKEN
        if (suite is not None and token) or (aggregation is not None and not token):
            raise InputError("publisher: a suite is for bitstrings, an aggregation for token lists")
        now = second_of(clock)
        with self._lock:
            if self._issued - now > _LEAD:
                raise UnavailableError("publisher: the clock is behind the list that was published last")
            issued = max(now, self._issued + 1)
            data = bytes(self._data)
            expires = None if lifetime is None else issued + _seconds(lifetime, "lifetime")
            keep = None if ttl is None else _seconds(ttl, "ttl")
            if self.kind is ListKind.TOKEN:
                text = token_list.issue(
                    self.uri,
                    data,
                    by=by,
                    bits=self.bits,
                    issued=issued,
                    expires=expires,
                    ttl=keep,
                    aggregation=aggregation,
                    kid=kid,
                )
            else:
                text = bitstring.issue(
                    self.uri,
                    data,
                    by=by,
                    purposes=[self.kind],
                    issued=issued,
                    expires=expires,
                    ttl=keep,
                    bits=self.bits,
                    kid=kid,
                    suite=suite,
                )
            self._issued = issued
        return text

    def encode(self) -> bytes:
        """All that a publisher must remember, as JSON. It holds no key."""
        said: dict[str, JsonValue] = {"messages": list(self.messages)} if self.messages else {}
        with self._lock:
            return canonicalise(
                {
                    **said,
                    "bits": self.bits,
                    "entries": self._entries,
                    "given": base64url_encode(pack(bytes(self._given), Packing.ZLIB)),
                    "issued": self._issued,
                    "kind": str(self.kind),
                    "list": base64url_encode(pack(bytes(self._data), Packing.ZLIB)),
                    "uri": self.uri,
                    "version": _VERSION,
                }
            )

    @classmethod
    def decode(cls, state: bytes | str, *, random: Callable[[int], int] = secrets.randbelow) -> Self:
        """The publisher that `encode` described. Raises `MalformedError`."""
        members = parse(state, most=_MOST_STATE, depth=3)
        messages = members.pop("messages", None) if isinstance(members, dict) else None
        if not isinstance(members, dict) or set(members) != _MEMBERS or members["version"] != _VERSION:
            raise MalformedError("publisher: expected the state that encode gives")
        uri, kind, count, bits = members["uri"], members["kind"], members["entries"], members["bits"]
        if not isinstance(uri, str) or not isinstance(kind, str) or type(count) is not int or type(bits) is not int:
            raise MalformedError("publisher: expected uri and kind as text, entries and bits as integers")
        said = [message for message in messages if isinstance(message, str)] if isinstance(messages, list) else []
        if messages is not None and (not said or said != messages):
            raise MalformedError("publisher: expected messages as texts")
        try:
            found = cls(uri, kind=kind, entries=count, bits=bits, messages=said, random=random)
        except InputError as error:
            raise MalformedError(str(error)) from None
        found._data[:] = _unpacked(members["list"], len(found._data))
        found._given[:] = _unpacked(members["given"], len(found._given))
        found._free = count - int.from_bytes(found._given, "big").bit_count()
        found._issued = second(members["issued"], "publisher: issued")
        return found

    def _draw(self) -> int:
        if not self._free:
            raise InputError("publisher: every entry was given out; start another list")
        for _ in range(_DRAWS):
            index = self._below(self._entries)
            if not get(self._given, index, 1, self.kind.order):
                return index
        # Nearly full: drawing until one is free would take ever longer.
        left = [index for index in range(self._entries) if not get(self._given, index, 1, self.kind.order)]
        return left[self._below(len(left))]

    def _below(self, bound: int) -> int:
        drawn = ask("random source", lambda: self._random(bound))
        if type(drawn) is not int or not 0 <= drawn < bound:
            raise UnavailableError("the random source drew a number out of range")
        return drawn

    def _suspended(self) -> int:
        """The value that means suspended."""
        if self.kind not in (ListKind.TOKEN, ListKind.SUSPENSION) or (self.kind is ListKind.TOKEN and self.bits < 2):
            raise InputError("publisher: this list cannot suspend")
        return SUSPENDED if self.kind is ListKind.TOKEN else 1

    def _set(self, index: int, value: int) -> None:
        with self._lock:
            self._require_given(index)
            before = get(self._data, index, self.bits, self.kind.order)
            if self.kind is ListKind.TOKEN and before == INVALID and value != INVALID:
                raise InputError("publisher: this entry is revoked, for good")
            put(self._data, index, self.bits, self.kind.order, value)

    def _require_given(self, index: int) -> None:
        if type(index) is not int or not 0 <= index < self._entries or not get(self._given, index, 1, self.kind.order):
            raise InputError("publisher: no such entry was given out")


def _messages(messages: Sequence[str], kind: ListKind) -> tuple[str, ...]:
    """The messages, if this kind has them: one for each value of so many bits."""
    if isinstance(messages, str) or not isinstance(messages, Sequence):
        raise InputError("publisher: expected messages as several texts")
    if bool(messages) is not (kind is ListKind.MESSAGE):
        raise InputError("publisher: messages are for a list of that purpose, and it needs them")
    if messages and len(messages) not in {1 << width for width in range(1, WIDEST + 1)}:
        raise InputError("publisher: expected 2, 4, 8 and so on to 256 messages, one for each value")
    if not all(isinstance(message, str) and len(message) <= _MOST_MESSAGE for message in messages):
        raise InputError(f"publisher: expected each message as text of at most {_MOST_MESSAGE} characters")
    return tuple(messages)


def _seconds(duration: timedelta, name: str) -> int:
    if not isinstance(duration, timedelta) or duration < timedelta(seconds=1):
        raise InputError(f"publisher: expected {name} as a timedelta of a second or more")
    return int(duration.total_seconds())


def _unpacked(text: JsonValue, size: int) -> bytes:
    if not isinstance(text, str):
        raise MalformedError("publisher: expected list and given as text")
    try:
        data = unpack(base64url_decode(text), Packing.ZLIB, most=size)
    except LimitError:
        data = b""
    if len(data) != size:
        raise MalformedError("publisher: expected list and given of the size that entries says")
    return data
