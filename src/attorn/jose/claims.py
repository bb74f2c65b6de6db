"""The claims of others: members of a JSON object that was parsed, each of which is asked for as what it must be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from attorn.canonical import JsonValue
from attorn.clock import LATEST
from attorn.errors import ExpiredError, InputError, MalformedError

SKEW: Final = timedelta(seconds=30)
"""How far the clock of whoever made claims may run ahead of ours."""
_MOST_TEXT: Final = 2048


@dataclass(frozen=True, slots=True)
class Claims:
    """Claims, by name. `what` they are the claims of, an error says; nobody has checked who made them."""

    members: Mapping[str, JsonValue]
    what: str = "JWT"

    def __contains__(self, name: str) -> bool:
        return name in self.members

    def says(self, name: str, value: str) -> bool:
        """Whether a claim is there and is `value`: to the letter, and no null, list or number in its place."""
        said = self.members.get(name)
        return isinstance(said, str) and said == value

    def text(self, name: str) -> str:
        """A claim that must be there as text of 1 to 2048 characters, all printable. Raises `MalformedError`."""
        value = self.members.get(name)
        if not isinstance(value, str) or not is_text(value):
            raise self._expected(name, "text")
        return value

    def any_text(self, name: str, *, least: int = 1, most: int = _MOST_TEXT) -> str:
        """A claim that must be there as text of so many characters, of any kind. Raises `MalformedError`."""
        value = self.members.get(name)
        if not isinstance(value, str) or not least <= len(value) <= most:
            raise self._expected(name, f"text of {least} to {most} characters")
        return value

    def second(self, name: str) -> int:
        """A claim that must be there as a Unix second, until the end of the year 9999. Raises `MalformedError`."""
        value = self.members.get(name)
        if type(value) is not int or not 0 <= value <= LATEST:
            raise self._expected(name, "a Unix second")
        return value

    def texts(self, name: str, *, alone: bool = False) -> tuple[str, ...]:
        """A claim that must be there as a list of one text or more, or if `alone` as one text and no list.

        What kind of texts they are, nobody has asked. Raises `MalformedError`.
        """
        value = self.members.get(name)
        listed = [value] if alone and isinstance(value, str) else value
        if not isinstance(listed, list) or not listed:
            raise self._expected(name, "a list of texts")
        texts = tuple(each for each in listed if isinstance(each, str))
        if len(texts) != len(listed):
            raise self._expected(name, "a list of texts")
        return texts

    def require_times(self, now: int, skew: int, longest: timedelta, *, issued: bool = False) -> int:
        """The claim `exp`, if they are good at `now`. The times `iat` and `nbf` may be `skew` seconds ahead.

        Raises `MalformedError` without `exp`, and `ExpiredError`, also where they would be good for more than `longest`
        from now, or if `issued` from `iat`, which must be there.
        """
        end = self.second("exp")
        since = self.second("iat") if issued else now
        earliest = max((self.second(name) for name in ("iat", "nbf") if name in self), default=0)
        if now >= end or earliest > now + skew:
            raise ExpiredError(f"{self.what}: it is not valid now")
        if end > since + longest.total_seconds():
            raise ExpiredError(f"{self.what}: it would be valid for more than {longest}")
        return end

    def _expected(self, name: str, kind: str) -> MalformedError:
        return MalformedError(f"{self.what}: expected {name} as {kind}")


def is_text(value: object) -> bool:
    """Whether `value` is what a claim may be as text: 1 to 2048 characters, all printable."""
    return isinstance(value, str) and 0 < len(value) <= _MOST_TEXT and value.isprintable()


def require_expected(what: str, **texts: str) -> None:
    """Raises `InputError` unless all are text of one character or more: what claims are to say must be known.

    An unset value must match nothing; these are a program's own, and of any length.
    """
    for name, text in texts.items():
        if not isinstance(text, str) or not text:
            raise InputError(f"{what}: expected {name} as text")
