"""The parameters of a did:webvh log: what each entry may set, and what is in force after it (did:webvh 1.0).

Unknown members, `null` and values of another type are refused: an entry with a rule that is not understood must not
be taken for one without.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from attorn.canonical import JsonValue
from attorn.did.webvh.hashes import is_hash
from attorn.did.webvh.proof import ed25519
from attorn.did.webvh.refusal import Reason, refused
from attorn.did.webvh.witness import NOBODY, Witnesses
from attorn.display import shown
from attorn.errors import MalformedError, ResolutionError

VERSION: Final = "did:webvh:1.0"
MOST_KEYS: Final = 32
"""Most keys, hashes of keys or watchers in one list."""
MOST_TTL: Final = 2**31

_MOST_TEXT: Final = 2048
_URI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[!-~]+")


@dataclass(frozen=True, slots=True)
class Parameters:
    """What is in force after an entry. `update_keys` are multibase texts, `ttl` seconds or None where never set."""

    scid: str
    update_keys: tuple[str, ...]
    next_key_hashes: tuple[str, ...] = ()
    witness: Witnesses = NOBODY
    watchers: tuple[str, ...] = ()
    portable: bool = False
    deactivated: bool = False
    ttl: int | None = None

    def followed_by(self, value: JsonValue) -> Parameters:
        """What is in force after the next entry, which sets `value`. Raises `ResolutionError` (invalidParameters)."""
        changes = _changes(value)
        if "scid" in changes:
            raise _refused("scid may stand in the first entry only")
        if self.next_key_hashes:
            # Left out, they would be those from before the commitment, which is what it is there to prevent.
            for name in ("updateKeys", "nextKeyHashes"):
                if name not in changes:
                    raise _refused(f"{name} is missing, which pre-rotation wants in every entry")
        changed = _applied(self, changes)
        if changed.portable and not self.portable:
            raise _refused("portable may become true in the first entry only")
        return changed


def first(value: JsonValue) -> Parameters:
    """What is in force after the first entry, which sets `value`. Raises `ResolutionError` (invalidParameters)."""
    changes = _changes(value)
    for name in ("method", "scid", "updateKeys"):
        if name not in changes:
            raise _refused(f"{name} is missing in the first entry")
    scid = changes["scid"]
    if not isinstance(scid, str) or not is_hash(scid):
        raise _refused(f"expected scid as base58btc of a SHA-256 multihash, got {shown(scid)}")
    found = _applied(Parameters(scid, ()), changes)
    if not found.update_keys:
        raise _refused("updateKeys is empty in the first entry")
    return found


def _changes(value: JsonValue) -> Mapping[str, JsonValue]:
    if not isinstance(value, dict):
        raise _refused("expected parameters as an object")
    for name, member in value.items():
        if name not in _READ:
            raise _refused(f"{VERSION} has no parameter {shown(name)}")
        if member is None:
            raise _refused(f"{name} is null")
    if value.get("method", VERSION) != VERSION:
        raise _refused(f"expected method {VERSION}, got {shown(value['method'])}")
    return value


def _applied(before: Parameters, changes: Mapping[str, JsonValue]) -> Parameters:
    found = before
    for name, value in changes.items():
        found = _READ[name](found, value)
    return found


def _update_keys(before: Parameters, value: JsonValue) -> Parameters:
    keys = _texts(value, "updateKeys")
    for key in keys:
        try:
            ed25519(key)
        except MalformedError as error:
            raise _refused(f"updateKeys: {error}") from None
    return replace(before, update_keys=keys)


def _next_key_hashes(before: Parameters, value: JsonValue) -> Parameters:
    return replace(before, next_key_hashes=_texts(value, "nextKeyHashes"))


def _witness(before: Parameters, value: JsonValue) -> Parameters:
    return replace(before, witness=Witnesses.read(value))


def _watchers(before: Parameters, value: JsonValue) -> Parameters:
    watchers = _texts(value, "watchers")
    if not all(map(_URI.fullmatch, watchers)):
        raise _refused("expected watchers as URIs")
    return replace(before, watchers=watchers)


def _portable(before: Parameters, value: JsonValue) -> Parameters:
    return replace(before, portable=_flag(value, "portable"))


def _deactivated(before: Parameters, value: JsonValue) -> Parameters:
    return replace(before, deactivated=_flag(value, "deactivated"))


def _ttl(before: Parameters, value: JsonValue) -> Parameters:
    if type(value) is not int or not 0 <= value <= MOST_TTL:
        raise _refused(f"expected ttl as seconds from 0 to {MOST_TTL}, got {shown(value)}")
    return replace(before, ttl=value)


def _unchanged(before: Parameters, value: JsonValue) -> Parameters:
    del value
    return before


_READ: Final[Mapping[str, Callable[[Parameters, JsonValue], Parameters]]] = {
    "deactivated": _deactivated,
    "method": _unchanged,
    "nextKeyHashes": _next_key_hashes,
    "portable": _portable,
    "scid": _unchanged,
    "ttl": _ttl,
    "updateKeys": _update_keys,
    "watchers": _watchers,
    "witness": _witness,
}


def _texts(value: JsonValue, name: str) -> tuple[str, ...]:
    if not isinstance(value, list) or len(value) > MOST_KEYS:
        raise _refused(f"expected {name} as a list of at most {MOST_KEYS} texts")
    found: list[str] = []
    for each in value:
        if not isinstance(each, str) or not 0 < len(each) <= _MOST_TEXT:
            raise _refused(f"expected {name} as texts of at most {_MOST_TEXT} characters, got {shown(each)}")
        found.append(each)
    if len(set(found)) != len(found):
        raise _refused(f"{name} names {shown(max(found, key=found.count))} twice")
    return tuple(found)


def _flag(value: JsonValue, name: str) -> bool:
    if type(value) is not bool:
        raise _refused(f"expected {name} as true or false, got {shown(value)}")
    return value


def _refused(text: str) -> ResolutionError:
    return refused(Reason.INVALID_PARAMETERS, text)
