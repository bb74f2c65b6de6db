"""Claims replaced by digests, innermost first, with a disclosure for each (RFC 9901 section 4.2)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from attorn.canonical import JsonValue
from attorn.encoding import base64url_encode
from attorn.errors import InputError, UnavailableError
from attorn.handed import draw
from attorn.sdjwt.compact import MOST_DISCLOSURES
from attorn.sdjwt.digest import HashAlgorithm
from attorn.sdjwt.disclosure import DIGESTS, PLACEHOLDER, RESERVED, Disclosure
from attorn.sdjwt.pointer import Path, Pointer, matching
from attorn.sdjwt.revealing import MOST_DEPTH

Random: TypeAlias = Callable[[int], bytes]
"""So many bytes that nobody can guess."""
MOST_DECOYS: Final = 64
_SALT_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class Concealed:
    """A payload with digests in it, and the disclosures that they are of."""

    payload: dict[str, JsonValue] = field(repr=False)
    disclosures: tuple[Disclosure, ...]


def conceal(
    claims: Mapping[str, JsonValue],
    disclosable: Iterable[Pointer],
    *,
    algorithm: HashAlgorithm,
    random: Random,
    decoys: int = 0,
) -> Concealed:
    """`claims` with each claim and array element that `disclosable` points at hidden on its own.

    Every object and array that hides something gets `decoys` digests of nothing as well. Raises `InputError` for
    pointers that lead nowhere, reserved names and what JSON cannot say; `UnavailableError` if `random` fails.
    """
    if type(decoys) is not int or not 0 <= decoys <= MOST_DECOYS:
        raise InputError(f"SD-JWT: expected 0 to {MOST_DECOYS} decoys")
    paths = frozenset(matching(dict(claims), disclosable))
    if len(paths) > MOST_DISCLOSURES:
        raise InputError(f"SD-JWT: expected at most {MOST_DISCLOSURES} disclosable claims, got {len(paths)}")
    walk = _Walk(paths, algorithm, random, decoys)
    payload = walk.members(dict(claims), ())
    return Concealed(payload, tuple(walk.made))


class _Walk:
    __slots__ = ("_algorithm", "_decoys", "_digests", "_paths", "_random", "made")

    def __init__(self, paths: frozenset[Path], algorithm: HashAlgorithm, random: Random, decoys: int) -> None:
        self._paths, self._algorithm, self._random, self._decoys = paths, algorithm, random, decoys
        self._digests: set[str] = set()
        self.made: list[Disclosure] = []

    def members(self, value: dict[str, JsonValue], path: Path) -> dict[str, JsonValue]:
        plain: dict[str, JsonValue] = {}
        digests: list[str] = []
        for name, member in value.items():
            if not isinstance(name, str) or name in RESERVED:
                raise InputError(f"SD-JWT: expected claims named by text, and none of {', '.join(RESERVED)}")
            here = (*path, name)
            inner = self._value(member, here)
            if here in self._paths:
                digests.append(self._conceal(inner, name))
            else:
                plain[name] = inner
        if digests:
            digests += (self._decoy() for _ in range(self._decoys))
            # Sorted, so that their order says nothing about that of the claims.
            plain[DIGESTS] = [*sorted(digests)]
        return plain

    def _elements(self, value: list[JsonValue], path: Path) -> list[JsonValue]:
        elements: list[JsonValue] = []
        for index, element in enumerate(value):
            here = (*path, index)
            inner = self._value(element, here)
            elements.append({PLACEHOLDER: self._conceal(inner, None)} if here in self._paths else inner)
        if any((*path, index) in self._paths for index in range(len(value))):
            for _ in range(self._decoys):
                at = int.from_bytes(self._draw(8), "big") % (len(elements) + 1)
                elements.insert(at, {PLACEHOLDER: self._decoy()})
        return elements

    def _value(self, value: JsonValue, path: Path) -> JsonValue:
        if len(path) > MOST_DEPTH:
            raise InputError(f"SD-JWT: nested deeper than {MOST_DEPTH} levels")
        if isinstance(value, dict):
            return self.members(value, path)
        if isinstance(value, list):
            return self._elements(value, path)
        if value is not None and not isinstance(value, str | int | float):
            raise InputError(f"SD-JWT: expected claims as JSON values, got {type(value).__name__}")
        return value

    def _conceal(self, value: JsonValue, name: str | None) -> str:
        disclosure = Disclosure.of(base64url_encode(self._draw(_SALT_BYTES)), value, name)
        self.made.append(disclosure)
        return self._new(self._algorithm.digest(disclosure.text))

    def _decoy(self) -> str:
        return self._new(self._algorithm.digest(base64url_encode(self._draw(2 * _SALT_BYTES))))

    def _new(self, digest: str) -> str:
        if digest in self._digests:
            raise UnavailableError("the random source returned the same bytes again")
        self._digests.add(digest)
        return digest

    def _draw(self, size: int) -> bytes:
        return draw(self._random, size)
