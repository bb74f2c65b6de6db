"""Digests in a payload replaced by what disclosures say, all the way down (RFC 9901 section 7.1, steps 3 to 5)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from attorn.canonical import JsonValue
from attorn.errors import CredentialError, MalformedError
from attorn.sdjwt.digest import ALGORITHM, HashAlgorithm
from attorn.sdjwt.disclosure import DIGESTS, PLACEHOLDER, UNKNOWN, Disclosure
from attorn.sdjwt.pointer import Path

_NESTED: Final = (dict, list)
MOST_DEPTH: Final = 32
"""Deepest nesting of what is revealed, disclosures within disclosures included."""
NOT_GENUINE: Final = "https://www.w3.org/TR/vc-data-model#CRYPTOGRAPHIC_SECURITY_ERROR"


class Revealed(NamedTuple):
    """The claims, without a trace of digests; as good as the payload was.

    `disclosures` says where in the claims each disclosure stands, a disclosed parent before what is in it. `hidden` has
    the path of an object or array for each digest in it that nobody disclosed: a claim kept back, or a decoy.
    """

    claims: dict[str, JsonValue]
    disclosures: tuple[tuple[Path, Disclosure], ...]
    hidden: tuple[Path, ...]

    def __repr__(self) -> str:
        return f"Revealed({len(self.disclosures)} disclosed, {len(self.hidden)} hidden)"

    @property
    def disclosed(self) -> tuple[Path, ...]:
        """Where the claims stand that were disclosed."""
        return tuple([path for path, _ in self.disclosures])


def reveal(payload: dict[str, JsonValue], disclosures: Iterable[Disclosure], algorithm: HashAlgorithm) -> Revealed:
    """`payload` with every claim in it that these disclosures disclose.

    Raises `CredentialError` for a disclosure that no digest names, that is there twice, of the wrong kind, or of a name
    that is there already, and for a digest that is there twice; `MalformedError` for digests in any other form.
    """
    walk = _Walk(disclosures, algorithm)
    claims = walk.members(payload, ())
    if walk.waiting:
        raise _not_genuine(f"{len(walk.waiting)} disclosures that no digest names")
    return Revealed(claims, tuple(walk.found), tuple(walk.hidden))


class _Walk:
    __slots__ = ("_places", "_seen", "found", "hidden", "waiting")

    def __init__(self, disclosures: Iterable[Disclosure], algorithm: HashAlgorithm) -> None:
        self.waiting: dict[str, Disclosure] = {}
        for disclosure in disclosures:
            if self.waiting.setdefault(algorithm.digest(disclosure.text), disclosure) is not disclosure:
                raise _not_genuine("a disclosure twice")
        self._seen: set[str] = set()
        # How many elements can still be digests in what is walked through: behind the last, nothing is looked at.
        self._places = UNKNOWN
        self.found: list[tuple[Path, Disclosure]] = []
        self.hidden: list[Path] = []

    def members(self, value: dict[str, JsonValue], path: Path) -> dict[str, JsonValue]:
        """The members of an object, each with all that is disclosed in it, and those that its digests disclose."""
        if PLACEHOLDER in value:
            raise MalformedError("SD-JWT: ... elsewhere than alone in an array element")
        if path and ALGORITHM in value:
            raise MalformedError("SD-JWT: _sd_alg elsewhere than at the top")
        plain = value.copy()
        if DIGESTS in value or ALGORITHM in value:
            plain.pop(DIGESTS, None)
            plain.pop(ALGORITHM, None)
        if plain and len(path) >= MOST_DEPTH:
            raise _too_deep()
        for name, member in plain.items():
            if isinstance(member, _NESTED) and self._places:
                here = (*path, name)
                plain[name] = self.members(member, here) if isinstance(member, dict) else self._elements(member, here)
        if DIGESTS in value:
            self._add(plain, value[DIGESTS], path)
        return plain

    def _add(self, plain: dict[str, JsonValue], digests: JsonValue, path: Path) -> None:
        """Adds to an object the members that its digests disclose."""
        if not isinstance(digests, list):
            raise MalformedError("SD-JWT: expected _sd as an array of digests")
        for digest in digests:
            disclosure = self._take(digest, path)
            if disclosure is None:
                continue
            name = disclosure.name
            if name is None:
                raise _not_genuine("a disclosure without a name for a claim of an object")
            if name in plain:
                raise _not_genuine("a disclosure of a name that is there already")
            here = (*path, name)
            self.found.append((here, disclosure))
            plain[name] = self._disclosed(disclosure, here)

    def _elements(self, value: list[JsonValue], path: Path) -> list[JsonValue]:
        elements: list[JsonValue] = []
        for element in value:
            if not isinstance(element, dict) or PLACEHOLDER not in element:
                elements.append(self._value(element, (*path, len(elements))) if self._places else element)
                continue
            if len(element) != 1:
                raise MalformedError("SD-JWT: ... elsewhere than alone in an array element")
            self._places -= 1
            disclosure = self._take(element[PLACEHOLDER], path)
            if disclosure is None:
                continue
            if disclosure.name is not None:
                raise _not_genuine("a disclosure with a name for an array element")
            here = (*path, len(elements))
            self.found.append((here, disclosure))
            elements.append(self._disclosed(disclosure, here))
        return elements

    def _disclosed(self, disclosure: Disclosure, path: Path) -> JsonValue:
        # Nothing must be passed over that can be too deep.
        places = disclosure.places if len(path) + disclosure.levels <= MOST_DEPTH else UNKNOWN
        if not places:
            return disclosure.value
        before, self._places = self._places, places
        value = self._value(disclosure.value, path)
        self._places = before
        return value

    def _value(self, value: JsonValue, path: Path) -> JsonValue:
        if len(path) > MOST_DEPTH:
            raise _too_deep()
        if isinstance(value, dict):
            return self.members(value, path)
        return self._elements(value, path) if isinstance(value, list) else value

    def _take(self, digest: JsonValue, path: Path) -> Disclosure | None:
        """The disclosure of this digest, which nobody gets twice."""
        if not isinstance(digest, str):
            raise MalformedError("SD-JWT: expected a digest as text")
        if digest in self._seen:
            raise _not_genuine("a digest twice")
        self._seen.add(digest)
        disclosure = self.waiting.pop(digest, None)
        if disclosure is None:
            self.hidden.append(path)
        return disclosure


def _not_genuine(what: str) -> CredentialError:
    return CredentialError(f"SD-JWT: {what}", problem=NOT_GENUINE, step=4)


def _too_deep() -> MalformedError:
    return MalformedError(f"SD-JWT: nested deeper than {MOST_DEPTH} levels")
