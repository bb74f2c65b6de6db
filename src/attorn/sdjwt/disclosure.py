"""One disclosure: a salted claim or array element, as the text whose digest is signed (RFC 9901 section 4.2)."""

from __future__ import annotations

from typing import Final, NamedTuple

from attorn.canonical import DEPTH, JsonValue, canonicalise, parse_bounded
from attorn.display import shown
from attorn.encoding import base64url_decode, base64url_encode
from attorn.errors import InputError, MalformedError
from attorn.sdjwt.digest import ALGORITHM

DIGESTS: Final = "_sd"
"""The member of an object that lists the digests of its hidden claims."""
PLACEHOLDER: Final = "..."
"""The only member of the object that stands for a hidden array element."""
RESERVED: Final = (DIGESTS, PLACEHOLDER, ALGORITHM)
"""Names that no claim may have."""
UNKNOWN: Final = -1


class Disclosure(NamedTuple):
    """A claim called `name`, or an array element where `name` is None. `text` is what is hashed and sent."""

    text: str
    name: str | None
    value: JsonValue
    levels: int = 0
    """A bound on how deep it is, where `places` is known."""
    places: int = UNKNOWN
    """How many elements of arrays in it are digests, at most; `UNKNOWN` where there may be digests of claims, too."""

    def __repr__(self) -> str:
        return f"Disclosure(name={shown(self.name)})"

    @classmethod
    def of(cls, salt: str, value: JsonValue, name: str | None = None) -> Disclosure:
        """The disclosure of `value` under `salt`. Raises `InputError` for a reserved name and what JSON cannot say."""
        if not isinstance(salt, str) or not isinstance(name, str | None):
            raise InputError("disclosure: expected salt, and name if there is one, as text")
        if name in RESERVED:
            raise InputError(f"disclosure: no claim may be called {name}")
        content = [salt, value] if name is None else [salt, name, value]
        octets = canonicalise(content)
        return cls(base64url_encode(octets), name, value, *_shape(octets))

    @classmethod
    def read(cls, text: str) -> Disclosure:
        """The disclosure in `text`. Raises `MalformedError` for any but canonical base64url of a proper JSON array."""
        octets = base64url_decode(text)
        content = parse_bounded(octets, DEPTH)
        if not isinstance(content, list) or len(content) not in (2, 3) or not isinstance(content[0], str):
            raise MalformedError("disclosure: expected a JSON array of a salt, perhaps a name, and a value")
        if len(content) == 2:
            return cls(text, None, content[1], *_shape(octets))
        name = content[1]
        if not isinstance(name, str) or name in RESERVED:
            raise MalformedError(f"disclosure: expected a name as text, and none of {', '.join(RESERVED)}")
        return cls(text, name, content[2], *_shape(octets))


def _shape(octets: bytes) -> tuple[int, int]:
    """The `levels` and `places` of a disclosure, by its JSON."""
    levels = octets.count(b"[") + octets.count(b"{")
    # A name can be spelt with escapes; without any it stands in the text as it is.
    return levels, UNKNOWN if b"_sd" in octets or b"\\" in octets else octets.count(b'"..."')
