"""Signed revocation lists: all that one principal has revoked, or what has been added since an earlier list.

Revoking is irreversible, so what a principal has revoked is a set that only grows. Lists may be passed on by anyone, in
any order and more than once. Each publication has the next sequence number; a list says everything up to `sequence` to
whoever knows everything up to `since`.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from typing import Final

from attorn.canonical import MOST_INTEGER, JsonValue, canonicalise, parse
from attorn.caveat.validity import moment
from attorn.clock import Clock, second_of, system_clock
from attorn.encoding import base64url_encode
from attorn.errors import GapError, InputError, MalformedError, RollbackError
from attorn.keys.signer import Signatory, require_signatory, signed
from attorn.revocation.entry import link_id
from attorn.revocation.text import (
    a_number,
    a_text,
    read_members,
    require_members,
    require_signed_by,
    some_octets,
    write,
)
from attorn.statement import Kind, Statement
from attorn.token.link import ID_BYTES, Link
from attorn.token.token import Token

_DOMAIN: Final = b"\0ATTORN\0REVOCATION-LIST\0v1\0"
MEMBERS: Final = frozenset({"at", "by", "links", "sequence", "signature", "since"})
MOST_LINKS: Final = 65_536
"""Most links in one list; a principal that has revoked more publishes deltas."""
MOST_LIST_CHARACTERS: Final = 1_875_000
"""Longest text of a list: 65,536 ids of 16 bytes, in base64url twice, and some room for the rest."""
_MOST_STATE: Final = 64 * 1024 * 1024
_STATE: Final = frozenset({"by", "links", "sequence"})


@dataclass(frozen=True, slots=True)
class RevocationList:
    """`by` says that these links no longer hold: all it revoked after publication `since`, up to `sequence`.

    `since` 0 makes it a full list, anything else a delta. A delta without links proves that nothing was revoked in
    between. `links` are ids in ascending order, each once; `second` is when it was signed. Made by `Roll.publish`.
    Raises `InputError` for anything else.
    """

    by: str
    sequence: int
    since: int
    second: int
    links: tuple[bytes, ...]
    signature: bytes

    def __post_init__(self) -> None:
        numbers = (self.since, self.sequence)
        if not all(type(number) is int for number in numbers) or not 0 <= self.since < self.sequence <= MOST_INTEGER:
            raise InputError("revocation list: expected a sequence number from 1, after that since which it counts")
        require_signed_by(self.by, self.second, self.signature, "revocation list")
        links = self.links
        if type(links) is not tuple or len(links) > MOST_LINKS:
            raise InputError(f"revocation list: expected a tuple of at most {MOST_LINKS} link ids")
        if not all(type(link) is bytes and len(link) == ID_BYTES for link in links):
            raise InputError(f"revocation list: expected link ids of {ID_BYTES} bytes")
        if any(before >= after for before, after in pairwise(links)):
            raise InputError("revocation list: expected link ids in ascending order, each once")

    @property
    def at(self) -> datetime:
        """When it was signed, by the signer's clock."""
        return moment(self.second)

    def follows(self, known: int) -> bool:
        """Whether it says anything to a receiver that knows all up to list `known` (0: nothing) of the same signer.

        False for the very list that was applied last. Raises `RollbackError` for an older one, and `GapError` where
        lists in between are missing.
        """
        if self.sequence < known:
            raise RollbackError(f"revocation list {self.sequence} of {self.by} is older than {known}, which is known")
        if self.since > known:
            raise GapError(f"revocation list {self.sequence} of {self.by} follows {self.since}; only {known} is known")
        return self.sequence > known

    def statement(self) -> bytes:
        """The bytes that are signed."""
        return _DOMAIN + canonicalise(self._members())

    def statements(self) -> tuple[Statement, ...]:
        """What a store keeps of it: each link, and that this list was applied. Ask `follows` first."""
        links = (Statement(Kind.REVOCATION, link.hex(), self.by, 0, self.second) for link in self.links)
        return (*links, Statement(Kind.LIST, self.by, self.by, self.sequence, self.second))

    def encode(self) -> str:
        """The list as text: base64url of its JSON form."""
        return write(self._members(), self.signature)

    def _members(self) -> dict[str, JsonValue]:
        return {
            "at": self.second,
            "by": self.by,
            "links": base64url_encode(b"".join(self.links)),
            "sequence": self.sequence,
            "since": self.since,
        }

    @classmethod
    def decode(cls, text: str) -> RevocationList:
        """The list in `text`, its signature not yet checked. Raises `MalformedError`."""
        members = read_members(text, most=MOST_LIST_CHARACTERS)
        require_members(members, MEMBERS)
        return cls.of(members, text)

    @classmethod
    def of(cls, members: Mapping[str, JsonValue], text: str) -> RevocationList:
        """The list with these `MEMBERS`, if `text` is what they are written as. Raises `MalformedError`."""
        by, links = a_text(members["by"]), _apart(members["links"])
        sequence, since, second = (a_number(members[name]) for name in ("sequence", "since", "at"))
        try:
            found = cls(by, sequence, since, second, links, some_octets(members["signature"]))
        except InputError as error:
            raise MalformedError(str(error)) from None
        if found.encode() != text:
            raise MalformedError("revocation list: not in its one canonical form")
        return found


class Roll:
    """What `by` has revoked, and in which of its lists each link was first published. May be shared by threads.

    Keep its text (`encode`) before a list is handed out, and go on from there (`decode`): a publisher that forgot
    would give an old number to a new list, and receivers refuse it. Raises `InputError` for what is no identity.
    """

    def __init__(self, by: Signatory) -> None:
        by = require_signatory(by, "roll")
        self._by = by
        self._lock = threading.Lock()
        self._sequence = 0
        self._links: dict[bytes, int] = {}
        self._waiting = 0

    @property
    def sequence(self) -> int:
        """The number of the last list; 0 before the first."""
        return self._sequence

    @property
    def links(self) -> frozenset[bytes]:
        """The ids of all links on it."""
        with self._lock:
            return frozenset(self._links)

    def add(self, link_or_token: Link | Token | bytes) -> None:
        """Revoke a link (the last one of a token, or the one with this id) with the next list. It stays revoked.

        Raises `DelegationError` if the publisher is known not to stand above the link, and `InputError`, also where the
        next list is full: publish, then go on.
        """
        link = link_id(link_or_token, self._by)
        with self._lock:
            if link in self._links:
                return
            if self._waiting >= MOST_LINKS:
                raise InputError(f"roll: {MOST_LINKS} links wait for the next list; publish it first")
            self._links[link] = self._sequence + 1
            self._waiting += 1

    def publish(self, *, since: int = 0, clock: Clock = system_clock) -> RevocationList:
        """The next list: of everything, or of what was added after list `since` of this roll.

        Raises `InputError` for a `since` that is no earlier list, or where more than 65,536 links would be on it;
        `UnavailableError` if the clock or the signer fails.
        """
        with self._lock:
            if type(since) is not int or not 0 <= since <= self._sequence:
                raise InputError(f"roll: expected the number of an earlier list, 0 to {self._sequence}")
            links = tuple(sorted(link for link, first in self._links.items() if first > since))
            if len(links) > MOST_LINKS:
                raise InputError(
                    f"roll: {len(links)} links do not fit one list; publish what was added since a later one"
                )
            unsigned = RevocationList(self._by.did, self._sequence + 1, since, second_of(clock), links, b"")
            published = replace(unsigned, signature=signed(self._by.signer, unsigned.statement()))
            self._sequence = published.sequence
            self._waiting = 0
            return published

    def encode(self) -> str:
        """All of it as text, to be kept: canonical JSON. It holds no secret."""
        with self._lock:
            lists: dict[int, list[bytes]] = {}
            for link, first in self._links.items():
                lists.setdefault(first, []).append(link)
            links = [[first, base64url_encode(b"".join(sorted(lists[first])))] for first in sorted(lists)]
            return canonicalise({"by": self._by.did, "links": links, "sequence": self._sequence}).decode()

    @classmethod
    def decode(cls, text: str, *, by: Signatory) -> Roll:
        """The roll of `by` in `text`. Raises `MalformedError`, and `InputError` if it is somebody else's."""
        roll = cls(by)
        if not isinstance(text, str):
            raise InputError(f"roll: expected text, got {type(text).__name__}")
        members = parse(text, most=_MOST_STATE)
        if not isinstance(members, dict):
            raise MalformedError("roll: expected an object")
        require_members(members, _STATE)
        if a_text(members["by"]) != by.did:
            raise InputError("roll: it belongs to another principal")
        roll._sequence = a_number(members["sequence"])
        if not 0 <= roll._sequence < MOST_INTEGER or not isinstance(members["links"], list):
            raise MalformedError("roll: expected a sequence number and links")
        for row in members["links"]:
            if not isinstance(row, list) or len(row) != 2:
                raise MalformedError("roll: expected links by the number of their first list")
            first = a_number(row[0])
            if not 1 <= first <= roll._sequence + 1:
                raise MalformedError("roll: a link is on a list that was not published")
            roll._links.update(dict.fromkeys(_apart(row[1]), first))
        roll._waiting = sum(first > roll._sequence for first in roll._links.values())
        if roll.encode() != text:
            raise MalformedError("roll: not in its one canonical form")
        return roll


def _apart(value: JsonValue) -> tuple[bytes, ...]:
    """The ids in base64url text of all of them. Raises `MalformedError`."""
    octets = some_octets(value)
    if len(octets) % ID_BYTES:
        raise MalformedError(f"revocation list: expected link ids of {ID_BYTES} bytes")
    return tuple(octets[start : start + ID_BYTES] for start in range(0, len(octets), ID_BYTES))
