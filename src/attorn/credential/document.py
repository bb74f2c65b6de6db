"""Documents that somebody sent: read strictly, bounded, and copied, so that what was checked is what is kept."""

from __future__ import annotations

from typing import Final

from attorn.canonical import MOST_INTEGER, JsonValue, parse
from attorn.credential.problem import unparsed
from attorn.display import shown
from attorn.errors import InputError, MalformedError

MOST: Final = 262_144
"""Largest document, in characters, unless the caller says otherwise."""
DEPTH: Final = 32
"""Deepest nesting of a document."""


def taken(value: object, *, most: int = MOST) -> dict[str, JsonValue]:
    """A copy of the JSON object `value` of about `most` characters at most.

    Raises `CredentialError` (PARSING_ERROR) for anything that is not made of exactly what JSON is made of: other types,
    numbers beyond +-(2**53 - 1), NaN, negative zero, lone surrogates, too much or too deep.
    """
    if type(value) is not dict:
        raise unparsed(f"expected a JSON object, got {shown(value)}")
    copied = _Copy(most).of(value, DEPTH)
    if not isinstance(copied, dict):
        raise unparsed("expected a JSON object")
    return copied


def parsed(text: str | bytes, *, most: int = MOST) -> dict[str, JsonValue]:
    """The JSON object in `text`. Raises `CredentialError` (PARSING_ERROR)."""
    try:
        value = parse(text, most=most, depth=DEPTH)
    except MalformedError as error:
        raise unparsed(str(error)) from None
    return taken(value, most=most)


def checked_most(most: int) -> int:
    """`most` if it is a number of characters. Raises `InputError`."""
    if type(most) is not int or most < 1:
        raise InputError("credential: expected most as a positive number of characters")
    return most


class _Copy:
    """Copies a value and counts what it copies: a shared or endless value may not cost more than a document may."""

    __slots__ = ("_left",)

    def __init__(self, most: int) -> None:
        self._left = most

    def of(self, value: object, depth: int) -> JsonValue:
        if type(value) is str:
            return self._text(value)
        self._spend(1)
        if type(value) is dict:
            if depth == 0:
                raise unparsed(f"nested deeper than {DEPTH} levels")
            return {self._name(name): self.of(member, depth - 1) for name, member in value.items()}
        if type(value) is list:
            if depth == 0:
                raise unparsed(f"nested deeper than {DEPTH} levels")
            return [self.of(element, depth - 1) for element in value]
        return _scalar(value)

    def _name(self, name: object) -> str:
        if type(name) is not str:
            raise unparsed("expected the names of members as text")
        return self._text(name)

    def _text(self, text: str) -> str:
        self._spend(len(text) + 2)
        if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
            raise unparsed("a text holds a lone surrogate")
        return text

    def _spend(self, count: int) -> None:
        self._left -= count
        if self._left < 0:
            raise unparsed("the document is larger than is accepted")


def _scalar(value: object) -> JsonValue:
    if value is None or type(value) is bool:
        return value
    if type(value) is int and -MOST_INTEGER <= value <= MOST_INTEGER:
        return value
    # NaN compares with nothing. Negative zero and zero are one value with two spellings.
    if type(value) is float and -MOST_INTEGER <= value <= MOST_INTEGER and (value != 0 or str(value) == "0.0"):
        return value
    raise unparsed(f"expected what JSON is made of, got {shown(value)}")
