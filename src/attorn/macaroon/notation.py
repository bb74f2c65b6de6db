"""Macaroons of version 2 as JSON: one spelling for every value, though not for the space between them.

Source: libmacaroons, doc/format.txt, as go-macaroon and pymacaroons write it. Bytes that are UTF-8 are written as
text, all others as base64url under a name that ends in 64; the other way of writing the same bytes is refused, and so
is the member `v` of a whole macaroon, which those two neither write nor read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from attorn.canonical import JsonValue, canonicalise
from attorn.canonical import parse as parse_json
from attorn.encoding import base64url_decode, base64url_encode
from attorn.errors import InputError, LimitError, MalformedError
from attorn.macaroon.container import (
    MOST_BYTES,
    MOST_CAVEATS,
    MOST_MACAROONS,
    Macaroon,
    UnverifiedCaveat,
)

_MACAROON: Final = frozenset({"i", "i64", "l", "c", "s", "s64"})
_CAVEAT: Final = frozenset({"i", "i64", "l", "v", "v64"})
_SEVERAL: Final = "expected a JSON array of macaroons"


def to_json(macaroon: Macaroon) -> str:
    """The macaroon as canonical JSON (RFC 8785). Raises `InputError` if it is longer than a reader would read."""
    if not isinstance(macaroon, Macaroon):
        raise InputError(f"expected a Macaroon, got {type(macaroon).__name__}")
    return _written(_members(macaroon))


def all_to_json(macaroons: Sequence[Macaroon]) -> str:
    """A macaroon and its discharges as a canonical JSON array. Raises `InputError` as `to_json`."""
    if not isinstance(macaroons, list | tuple) or not all(isinstance(each, Macaroon) for each in macaroons):
        raise InputError("expected a list of macaroons")
    if not 1 <= len(macaroons) <= MOST_MACAROONS:
        raise InputError(f"expected from 1 to {MOST_MACAROONS} macaroons, got {len(macaroons)}")
    return _written([_members(each) for each in macaroons])


def from_json(text: str | bytes) -> Macaroon:
    """The macaroon in JSON `text`. Raises `MalformedError`, or `LimitError` above a bound."""
    return _macaroon(_read(text))


def all_from_json(text: str | bytes) -> tuple[Macaroon, ...]:
    """The macaroon in a JSON array, and the discharges behind it. Raises as `from_json`."""
    value = _read(text)
    if not isinstance(value, list) or not value:
        raise MalformedError(_SEVERAL)
    if len(value) > MOST_MACAROONS:
        raise LimitError(f"expected at most {MOST_MACAROONS} macaroons", step=1)
    return tuple(map(_macaroon, value))


def _read(text: str | bytes) -> JsonValue:
    if not isinstance(text, str | bytes):
        raise InputError(f"macaroon: expected JSON text, got {type(text).__name__}")
    if len(text) > MOST_BYTES:
        raise LimitError(f"macaroon: expected at most {MOST_BYTES} characters, got {len(text)}")
    return parse_json(text, most=MOST_BYTES)


def _written(value: object) -> str:
    out = canonicalise(value)
    if len(out) > MOST_BYTES:
        raise InputError(f"these macaroons take {len(out)} bytes of JSON; at most {MOST_BYTES} are read")
    return out.decode()


def _members(macaroon: Macaroon) -> dict[str, object]:
    members: dict[str, object] = _spelt("i", macaroon.identifier) | _spelt("s", macaroon.signature)
    if macaroon.unverified_location is not None:
        members["l"] = macaroon.unverified_location
    if macaroon.unverified_caveats:
        members["c"] = [_caveat_members(caveat) for caveat in macaroon.unverified_caveats]
    return members


def _caveat_members(caveat: UnverifiedCaveat) -> dict[str, object]:
    members = _spelt("i", caveat.id)
    if caveat.vid is not None:
        members |= _spelt("v", caveat.vid)
    if caveat.unverified_location is not None:
        members["l"] = caveat.unverified_location
    return members


def _spelt(name: str, value: bytes) -> dict[str, object]:
    try:
        return {name: value.decode()}
    except UnicodeDecodeError:
        return {name + "64": base64url_encode(value)}


def _macaroon(value: JsonValue) -> Macaroon:
    members = _object(value, _MACAROON)
    listed = members.get("c", [])
    if not isinstance(listed, list) or ("c" in members and not listed):
        raise MalformedError("macaroon: expected the caveats as a JSON array, left out if there are none")
    if len(listed) > MOST_CAVEATS:
        raise LimitError(f"macaroon: expected at most {MOST_CAVEATS} caveats, got {len(listed)}", step=1)
    caveats = tuple(map(_caveat, listed))
    return Macaroon(_required(members, "i"), caveats, _required(members, "s"), _location(members))


def _caveat(value: JsonValue) -> UnverifiedCaveat:
    members = _object(value, _CAVEAT)
    return UnverifiedCaveat(_required(members, "i"), _octets(members, "v"), _location(members))


def _object(value: JsonValue, known: frozenset[str]) -> Mapping[str, JsonValue]:
    if not isinstance(value, dict):
        raise MalformedError("macaroon: expected a JSON object")
    if value.keys() - known:
        raise MalformedError("macaroon: an unknown JSON member")
    return value


def _location(members: Mapping[str, JsonValue]) -> str | None:
    if "l" not in members:
        return None
    return _text(members["l"])


def _text(value: JsonValue) -> str:
    if not isinstance(value, str):
        raise MalformedError("macaroon: expected a JSON string")
    return value


def _required(members: Mapping[str, JsonValue], name: str) -> bytes:
    value = _octets(members, name)
    if value is None:
        raise MalformedError(f"macaroon: expected the JSON member {name} or {name}64")
    return value


def _octets(members: Mapping[str, JsonValue], name: str) -> bytes | None:
    encoded = name + "64"
    if name in members:
        if encoded in members:
            raise MalformedError(f"macaroon: both JSON members {name} and {encoded}")
        return _text(members[name]).encode()
    if encoded not in members:
        return None
    value = base64url_decode(_text(members[encoded]))
    try:
        value.decode()
    except UnicodeDecodeError:
        return value
    raise MalformedError(f"macaroon: JSON member {encoded} holds text, which is written as {name}")
