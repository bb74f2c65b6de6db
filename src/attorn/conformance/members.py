"""The members of an operation's input, each asked for by name and type, none left over."""

from __future__ import annotations

from attorn.canonical import JsonValue
from attorn.clock import LATEST
from attorn.encoding import base64url_decode
from attorn.errors import InputError, MalformedError


class Members:
    """Reads an object of JSON member by member. Every reader raises `InputError` for a member of another type.

    What is read is remembered, so that `done` can refuse members that nobody asked for: a misspelt one must not turn a
    question off.
    """

    __slots__ = ("_asked", "_members", "_name")

    def __init__(self, value: JsonValue, name: str = "input") -> None:
        if not isinstance(value, dict):
            raise InputError(f"{name}: expected an object")
        self._members, self._name = value, name
        self._asked: set[str] = set()

    def has(self, name: str) -> bool:
        """Whether there is such a member, which is not null."""
        self._asked.add(name)
        return self._members.get(name) is not None

    def value(self, name: str) -> JsonValue:
        """The member, or None."""
        self._asked.add(name)
        return self._members.get(name)

    def text(self, name: str) -> str:
        value = self.value(name)
        if not isinstance(value, str):
            raise self._wrong(name, "text")
        return value

    def maybe_text(self, name: str) -> str | None:
        return self.text(name) if self.has(name) else None

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts; none where there is no such member."""
        found = tuple(item for item in self.items(name) if isinstance(item, str))
        if len(found) != len(self.items(name)):
            raise self._wrong(name, "a list of texts")
        return found

    def items(self, name: str) -> list[JsonValue]:
        """A list of anything; empty where there is no such member."""
        value = self.value(name) if self.has(name) else []
        if not isinstance(value, list):
            raise self._wrong(name, "a list")
        return value

    def octets(self, name: str) -> bytes:
        """Bytes from unpadded base64url."""
        try:
            return base64url_decode(self.text(name))
        except MalformedError as error:
            raise InputError(f"{self._name}: {name}: {error}") from None

    def second(self, name: str) -> int:
        """A Unix second that a clock may show."""
        value = self.value(name)
        if type(value) is not int or not 0 <= value <= LATEST:
            raise self._wrong(name, "a Unix second")
        return value

    def integer(self, name: str, default: int | None = None) -> int:
        value = self.value(name) if self.has(name) or default is None else default
        if type(value) is not int:
            raise self._wrong(name, "an integer")
        return value

    def flag(self, name: str) -> bool:
        """True or false; false where there is no such member."""
        value = self.value(name) if self.has(name) else False
        if type(value) is not bool:
            raise self._wrong(name, "true or false")
        return value

    def inner(self, name: str) -> Members:
        """An object."""
        return Members(self.value(name), f"{self._name}: {name}")

    def object(self, name: str) -> dict[str, JsonValue]:
        """An object as it stands; empty where there is no such member."""
        value = self.value(name) if self.has(name) else {}
        if not isinstance(value, dict):
            raise self._wrong(name, "an object")
        return value

    def texts_by_name(self, name: str) -> dict[str, str]:
        """An object of texts; empty where there is no such member."""
        found = {inner: value for inner, value in self.object(name).items() if isinstance(value, str)}
        if len(found) != len(self.object(name)):
            raise self._wrong(name, "an object of texts")
        return found

    def done(self) -> None:
        """Raises `InputError` if there is a member that nobody asked for."""
        left = sorted(self._members.keys() - self._asked)
        if left:
            raise InputError(f"{self._name}: unknown members {', '.join(map(ascii, left))}")

    def _wrong(self, name: str, expected: str) -> InputError:
        return InputError(f"{self._name}: {name}: expected {expected}")
