"""The `credentialStatus` entry of a Bitstring Status List (W3C Recommendation 1.0): where a status stands."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from attorn.canonical import MOST_INTEGER, JsonValue
from attorn.errors import InputError, MalformedError, StatusError
from attorn.status.bits import WIDEST, entries
from attorn.status.status_list import ListKind, StatusList, checked_uri, own_uri

FEWEST: Final = 131_072
"""Fewest entries of a bitstring, so that one entry hides among many."""
TYPE: Final = "BitstringStatusListEntry"
_INDEX: Final = re.compile(r"0|[1-9][0-9]{0,15}")
_VALUE: Final = re.compile(r"0x(?:0|[1-9a-fA-F][0-9a-fA-F]{0,7})")


@dataclass(frozen=True, slots=True)
class BitstringEntry:
    """Entry `index` of the list for one purpose at `uri`, `size` bits wide.

    `messages` says what each value means, in order of the values: none, or one for each of the 2**size, and required
    where `size` is more than 1. Raises `InputError` for other values.
    """

    uri: str
    index: int
    purpose: ListKind = ListKind.REVOCATION
    size: int = 1
    messages: tuple[str, ...] = ()
    id: str | None = None

    def __post_init__(self) -> None:
        own_uri(self.uri)
        if not isinstance(self.purpose, ListKind) or self.purpose is ListKind.TOKEN:
            raise InputError("bitstring entry: expected revocation, suspension, refresh or message as its purpose")
        if type(self.index) is not int or not 0 <= self.index <= MOST_INTEGER:
            raise InputError("bitstring entry: expected an index from 0 to 2**53 - 1")
        if type(self.size) is not int or not 1 <= self.size <= WIDEST:
            raise InputError(f"bitstring entry: expected a size of 1 to {WIDEST} bits")
        if not isinstance(self.messages, tuple) or not all(isinstance(message, str) for message in self.messages):
            raise InputError("bitstring entry: expected messages as a tuple of texts")
        if len(self.messages) not in {1 << self.size, 0 if self.size == 1 else 1 << self.size}:
            raise InputError("bitstring entry: expected one message for each value")
        if self.id is not None and own_uri(self.id, fragment=True) == self.uri:
            raise InputError("bitstring entry: its id must not be that of the list")

    @classmethod
    def read(cls, entry: Mapping[str, JsonValue]) -> BitstringEntry:
        """The entry that a `credentialStatus` object is. Raises `MalformedError`."""
        if not isinstance(entry, Mapping) or entry.get("type") not in (TYPE, [TYPE]):
            raise MalformedError(f"bitstring entry: expected an object of type {TYPE}")
        purpose, index, size = entry.get("statusPurpose"), entry.get("statusListIndex"), entry.get("statusSize", 1)
        if not isinstance(index, str) or _INDEX.fullmatch(index) is None:
            raise MalformedError("bitstring entry: expected statusListIndex as a base-10 text without leading zeros")
        if not isinstance(purpose, str) or purpose not in set(ListKind) - {ListKind.TOKEN}:
            raise MalformedError("bitstring entry: not a statusPurpose that attorn knows")
        if type(size) is not int or not 1 <= size <= WIDEST:
            raise MalformedError(f"bitstring entry: expected a statusSize of 1 to {WIDEST}")
        messages = _messages(entry.get("statusMessage"), size) if "statusMessage" in entry else ()
        uri = checked_uri(entry.get("statusListCredential"), "bitstring entry")
        own = checked_uri(entry.get("id"), "bitstring entry", fragment=True) if "id" in entry else None
        try:
            return cls(uri, int(index), ListKind(purpose), size, messages, own)
        except InputError as error:
            raise MalformedError(str(error)) from None

    def write(self) -> dict[str, JsonValue]:
        """The `credentialStatus` object."""
        entry: dict[str, JsonValue] = {
            "type": TYPE,
            "statusPurpose": str(self.purpose),
            "statusListIndex": str(self.index),
            "statusListCredential": self.uri,
        }
        if self.id is not None:
            entry["id"] = self.id
        if self.size > 1:
            entry["statusSize"] = self.size
        if self.messages:
            entry["statusMessage"] = [
                {"status": hex(value), "message": message} for value, message in enumerate(self.messages)
            ]
        return entry

    def value(self, status_list: StatusList) -> int:
        """What the list says. Raises `StatusError` for another list or purpose, one too short, or no such entry."""
        if status_list.kind is not self.purpose or status_list.uri != self.uri:
            raise StatusError("bitstring entry: this is another list or another purpose than the entry names")
        if status_list.bits not in (1, self.size):
            raise StatusError("bitstring entry: the list has entries of another size")
        if entries(status_list.data, self.size) < FEWEST:
            raise StatusError(f"bitstring entry: the list has fewer than {FEWEST} entries of this size")
        return status_list.of_width(self.size).value(self.index)


def _messages(value: JsonValue, size: int) -> tuple[str, ...]:
    """The messages in order of their values. Each value must be there once."""
    found: dict[int, str] = {}
    for member in value if isinstance(value, list) else []:
        status = member.get("status") if isinstance(member, dict) else None
        message = member.get("message") if isinstance(member, dict) else None
        if not isinstance(status, str) or _VALUE.fullmatch(status) is None or not isinstance(message, str):
            raise MalformedError("bitstring entry: expected statusMessage as objects of status 0x... and message")
        if found.setdefault(int(status, 16), message) is not message:
            raise MalformedError("bitstring entry: statusMessage names a value twice")
    if sorted(found) != list(range(1 << size)):
        raise MalformedError("bitstring entry: expected one statusMessage for each value")
    return tuple(found[status] for status in range(1 << size))
