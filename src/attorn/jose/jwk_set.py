"""JWK Sets (RFC 7517 section 5) as somebody publishes them: taken apart, and no key of them read yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from attorn.canonical import JsonValue, canonicalise, parse
from attorn.errors import MalformedError
from attorn.handed import members
from attorn.keys.jwk import PRIVATE

MOST_BYTES: Final = 65_536
"""Longest set."""
MOST_KEYS: Final = 64
_PRIVATE: Final = frozenset(PRIVATE)


@dataclass(frozen=True, slots=True)
class JwkSet:
    """The keys of a set, each a JSON object that nobody has read. Made by `read`.

    A set that discloses a private or symmetric key has none here: whoever publishes a secret may have published others.
    """

    keys: tuple[dict[str, JsonValue], ...]
    discloses: bool = False

    @classmethod
    def read(cls, unverified: str | bytes | Mapping[str, JsonValue]) -> JwkSet:
        """The set in a text, or in an object that was parsed.

        Raises `MalformedError` for anything but an object whose `keys` are at most 64 objects, in 65,536 bytes, and
        `InputError` for an object that JSON cannot say, and `UnavailableError` for a mapping that fails.
        """
        if isinstance(unverified, Mapping):
            unverified = canonicalise(members("key set", unverified))
        found = parse(unverified, most=MOST_BYTES, depth=8)
        listed = found.get("keys") if isinstance(found, dict) else None
        if not isinstance(listed, list) or len(listed) > MOST_KEYS:
            raise MalformedError(f"key set: expected keys as a list of at most {MOST_KEYS}")
        keys = tuple(each for each in listed if isinstance(each, dict))
        if len(keys) != len(listed):
            raise MalformedError("key set: expected keys as objects")
        return cls(keys) if all(_PRIVATE.isdisjoint(each) for each in keys) else cls((), discloses=True)
