"""The Macaroon container: version 2 in its binary form, parsed from one canonical encoding and written back to it.

Source: libmacaroons, doc/format.txt; the bounds are attorn's own. Parsing says nothing about the MAC: what comes out
is as untrusted as what went in, and the locations in it stay so, because nothing ever authenticates them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from attorn.encoding import varint_decode, varint_encode
from attorn.errors import InputError, LimitError, MalformedError

MOST_BYTES: Final = 65_536
"""Longest encoding, binary or JSON, of one macaroon or of one with its discharges."""
MOST_CAVEATS: Final = 64
"""Most caveats of one macaroon."""
MOST_MACAROONS: Final = 17
"""One macaroon and at most 16 discharges."""
MOST_IDENTIFIER: Final = 1024
"""Longest identifier of a macaroon, and longest caveat id of a third party's caveat, which is one."""
MOST_CONDITION: Final = 16_384
"""Longest caveat id of a first-party caveat, which is its condition."""
MOST_LOCATION: Final = 1024
"""Longest location, in bytes of UTF-8."""
SIGNATURE_BYTES: Final = 32
VID_BYTES: Final = 72
"""A verification id: a nonce of 24 bytes, a tag of 16 and the caveat's key of 32, encrypted (NaCl secretbox)."""

_VERSION: Final = 2
_END, _LOCATION, _IDENTIFIER, _VID, _SIGNATURE = 0, 1, 2, 4, 6


@dataclass(frozen=True, slots=True)
class UnverifiedCaveat:
    """One caveat as it stands in a macaroon: a third party's if there is a `vid`, else a condition.

    Raises `InputError` for values of the wrong type, `MalformedError` or `LimitError` for those no macaroon holds.
    """

    id: bytes
    vid: bytes | None = None
    unverified_location: str | None = None

    def __post_init__(self) -> None:
        _octets(self.id, "caveat id", MOST_CONDITION if self.vid is None else MOST_IDENTIFIER)
        if self.vid is None:
            if self.unverified_location is not None:
                raise MalformedError("a first-party caveat has no location")
            return
        if type(self.vid) is not bytes:
            raise InputError(f"verification id: expected bytes, got {type(self.vid).__name__}")
        if len(self.vid) != VID_BYTES:
            raise MalformedError(f"verification id: expected {VID_BYTES} bytes, got {len(self.vid)}")
        _place(self.unverified_location)


@dataclass(frozen=True, slots=True, repr=False)
class Macaroon:
    """A macaroon as its bytes claim it. Whoever holds it can add caveats, so it is a secret and never shown.

    Raises as `UnverifiedCaveat` does.
    """

    identifier: bytes
    unverified_caveats: tuple[UnverifiedCaveat, ...]
    signature: bytes
    unverified_location: str | None = None

    def __post_init__(self) -> None:
        _octets(self.identifier, "identifier", MOST_IDENTIFIER)
        caveats = self.unverified_caveats
        if type(caveats) is not tuple or not all(isinstance(caveat, UnverifiedCaveat) for caveat in caveats):
            raise InputError("macaroon: expected a tuple of caveats")
        if len(caveats) > MOST_CAVEATS:
            raise LimitError(f"macaroon: expected at most {MOST_CAVEATS} caveats, got {len(caveats)}", step=1)
        if type(self.signature) is not bytes:
            raise InputError(f"macaroon: expected a signature of bytes, got {type(self.signature).__name__}")
        if len(self.signature) != SIGNATURE_BYTES:
            raise MalformedError(f"macaroon: expected a signature of {SIGNATURE_BYTES} bytes")
        _place(self.unverified_location)

    def encode(self) -> bytes:
        """The version 2 binary form."""
        out = bytes((_VERSION,)) + _where(self.unverified_location) + _field(_IDENTIFIER, self.identifier) + b"\0"
        for caveat in self.unverified_caveats:
            out += _where(caveat.unverified_location) + _field(_IDENTIFIER, caveat.id)
            out += b"\0" if caveat.vid is None else _field(_VID, caveat.vid) + b"\0"
        return out + b"\0" + _field(_SIGNATURE, self.signature)

    def __repr__(self) -> str:
        return f"Macaroon({len(self.unverified_caveats)} caveats)"


def encode_all(macaroons: Sequence[Macaroon]) -> bytes:
    """A macaroon and its discharges, one behind the other. Raises `InputError` for more than a reader would read."""
    if not isinstance(macaroons, list | tuple) or not all(isinstance(each, Macaroon) for each in macaroons):
        raise InputError("expected a list of macaroons")
    if not 1 <= len(macaroons) <= MOST_MACAROONS:
        raise InputError(f"expected from 1 to {MOST_MACAROONS} macaroons, got {len(macaroons)}")
    out = b"".join([each.encode() for each in macaroons])
    if len(out) > MOST_BYTES:
        raise InputError(f"these macaroons take {len(out)} bytes; at most {MOST_BYTES} are read")
    return out


def parse(data: bytes) -> Macaroon:
    """The one macaroon in `data`. Raises `MalformedError`, or `LimitError` above a bound."""
    _sized(data)
    macaroon, index = _macaroon(data, 0)
    if index != len(data):
        raise MalformedError("bytes after the macaroon")
    return macaroon


def parse_all(data: bytes) -> tuple[Macaroon, ...]:
    """The macaroon in `data` and the discharges behind it. Raises `MalformedError`, or `LimitError` above a bound."""
    _sized(data)
    found: list[Macaroon] = []
    index = 0
    while index < len(data) or not found:
        if len(found) == MOST_MACAROONS:
            raise LimitError(f"expected at most {MOST_MACAROONS} macaroons", step=1)
        macaroon, index = _macaroon(data, index)
        found.append(macaroon)
    return tuple(found)


def _sized(data: bytes) -> None:
    if type(data) is not bytes:
        raise InputError(f"macaroon: expected bytes, got {type(data).__name__}")
    if len(data) > MOST_BYTES:
        raise LimitError(f"macaroon: expected at most {MOST_BYTES} bytes, got {len(data)}")


def _octets(value: bytes, what: str, most: int) -> None:
    if type(value) is not bytes:
        raise InputError(f"{what}: expected bytes, got {type(value).__name__}")
    if not value:
        raise MalformedError(f"{what}: expected at least one byte")
    if len(value) > most:
        raise LimitError(f"{what}: expected at most {most} bytes, got {len(value)}", step=1)


def _place(location: str | None) -> None:
    if location is None:
        return
    if not isinstance(location, str):
        raise InputError(f"location: expected str, got {type(location).__name__}")
    try:
        size = len(location.encode())
    except UnicodeEncodeError:
        raise MalformedError("location: text holds a lone surrogate") from None
    if size > MOST_LOCATION:
        raise LimitError(f"location: expected at most {MOST_LOCATION} bytes, got {size}", step=1)


def _field(kind: int, value: bytes) -> bytes:
    return bytes((kind,)) + varint_encode(len(value)) + value


def _where(location: str | None) -> bytes:
    return b"" if location is None else _field(_LOCATION, location.encode())


def _macaroon(data: bytes, index: int) -> tuple[Macaroon, int]:
    """The macaroon at `index`, and the index behind it."""
    if _kind(data, index) != _VERSION:
        raise MalformedError("expected a macaroon of version 2")
    location, index = _optional(data, index + 1, _LOCATION)
    identifier, index = _required(data, index, _IDENTIFIER)
    index = _end(data, index)
    caveats: list[UnverifiedCaveat] = []
    while _kind(data, index) != _END:
        if len(caveats) == MOST_CAVEATS:
            raise LimitError(f"macaroon: expected at most {MOST_CAVEATS} caveats", step=1)
        place, index = _optional(data, index, _LOCATION)
        condition, index = _required(data, index, _IDENTIFIER)
        vid, index = _optional(data, index, _VID)
        index = _end(data, index)
        caveats.append(UnverifiedCaveat(condition, vid, _text(place)))
    signature, index = _required(data, index + 1, _SIGNATURE)
    return Macaroon(identifier, tuple(caveats), signature, _text(location)), index


def _kind(data: bytes, index: int) -> int:
    if index >= len(data):
        raise MalformedError("a macaroon is cut short")
    return data[index]


def _end(data: bytes, index: int) -> int:
    if _kind(data, index) != _END:
        raise MalformedError("a macaroon holds an unknown, repeated or misplaced field")
    return index + 1


def _required(data: bytes, index: int, kind: int) -> tuple[bytes, int]:
    value, index = _optional(data, index, kind)
    if value is None:
        raise MalformedError(f"expected field {kind} of a macaroon")
    return value, index


def _optional(data: bytes, index: int, kind: int) -> tuple[bytes | None, int]:
    # Every known kind takes one byte, so a longer spelling of one is an unknown field.
    if _kind(data, index) != kind:
        return None, index
    size, start = varint_decode(data, index + 1)
    stop = start + size
    if stop > len(data):
        raise MalformedError("a field of a macaroon reaches past its end")
    return data[start:stop], stop


def _text(location: bytes | None) -> str | None:
    if location is None:
        return None
    try:
        return location.decode()
    except UnicodeDecodeError:
        raise MalformedError("location: not valid UTF-8") from None
