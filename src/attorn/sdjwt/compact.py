"""The compact form `<JWT>~<disclosure>~...~[<KB-JWT>]` taken apart and put together (RFC 9901 section 4)."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from attorn.errors import InputError, LimitError, MalformedError
from attorn.sdjwt.digest import HashAlgorithm

MOST_CHARACTERS: Final = 262_144
"""Longest SD-JWT, in characters."""
MOST_DISCLOSURES: Final = 512
"""Most disclosures of one SD-JWT."""
SEPARATOR: Final = "~"
_PART: Final = re.compile(r"[A-Za-z0-9_-]+")
_JWT: Final = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")


class Compact(NamedTuple):
    """The parts of an SD-JWT as they stand, none of them decoded. `key_binding` is None where it ends in `~`."""

    jwt: str
    disclosures: tuple[str, ...] = ()
    key_binding: str | None = None

    @classmethod
    def split(cls, text: str) -> Compact:
        """The parts of `text`. Raises `LimitError` if there are too many, and `MalformedError` for any other form."""
        if not isinstance(text, str):
            raise InputError(f"SD-JWT: expected str, got {type(text).__name__}")
        if len(text) > MOST_CHARACTERS:
            raise LimitError(f"SD-JWT: expected at most {MOST_CHARACTERS} characters, got {len(text)}")
        count = text.count(SEPARATOR)
        if count > MOST_DISCLOSURES + 1:
            raise LimitError(f"SD-JWT: expected at most {MOST_DISCLOSURES} disclosures, got {count - 1}")
        if not count:
            raise MalformedError("SD-JWT: expected a JWT and ~ behind it")
        jwt, *disclosures, last = text.split(SEPARATOR)
        if _JWT.fullmatch(jwt) is None:
            raise MalformedError("SD-JWT: expected a JWT of three parts before the first ~")
        if not all(map(_PART.fullmatch, disclosures)):
            raise MalformedError("SD-JWT: expected base64url text between each ~ and the next")
        # A disclosure here means that the last ~ was taken away.
        if last and _JWT.fullmatch(last) is None:
            raise MalformedError("SD-JWT: expected a key binding JWT, or nothing, behind the last ~")
        return cls(jwt, tuple(disclosures), last or None)

    @property
    def unbound(self) -> str:
        """Everything up to the last `~`, that included: what a key binding is over."""
        return f"{SEPARATOR.join((self.jwt, *self.disclosures))}{SEPARATOR}"

    def encode(self) -> str:
        """The text of these parts."""
        return self.unbound + (self.key_binding or "")

    def sd_hash(self, algorithm: HashAlgorithm) -> str:
        """The digest by which a key binding names this very SD-JWT (RFC 9901 section 4.3.1)."""
        return algorithm.digest(self.unbound)
