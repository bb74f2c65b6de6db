"""The members of a checkout or a mandate, each as what it must be. All of these raise `MalformedError`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from attorn.canonical import MOST_INTEGER, JsonValue
from attorn.display import shown
from attorn.errors import MalformedError

MOST_TEXT: Final = 2048
"""Longest identifier, name or title, in characters."""


def members(value: JsonValue, name: str) -> dict[str, JsonValue]:
    """`value` if it is a JSON object."""
    if not isinstance(value, dict):
        raise MalformedError(f"{name}: expected an object, got {shown(value)}")
    return value


def elements(value: JsonValue, name: str, *, least: int = 0, most: int) -> list[JsonValue]:
    """`value` if it is an array of `least` to `most` elements."""
    if not isinstance(value, list):
        raise MalformedError(f"{name}: expected an array, got {shown(value)}")
    if not least <= len(value) <= most:
        raise MalformedError(f"{name}: expected {least} to {most} elements, got {len(value)}")
    return value


def text(value: JsonValue, name: str) -> str:
    """`value` if it is text, not empty and not longer than `MOST_TEXT`."""
    if not isinstance(value, str) or not value:
        raise MalformedError(f"{name}: expected text that is not empty, got {shown(value)}")
    if len(value) > MOST_TEXT:
        raise MalformedError(f"{name}: expected at most {MOST_TEXT} characters, got {len(value)}")
    return value


def text_in(found: Mapping[str, JsonValue], member: str, name: str) -> str:
    """`text` for a member of the object called `name`."""
    value = found.get(member)
    # Its name is put together for an error alone.
    return value if isinstance(value, str) and 0 < len(value) <= MOST_TEXT else text(value, f"{name}.{member}")


def optional_text(value: JsonValue, name: str) -> str | None:
    """`text`, or None for a member that is null or not there; it may be empty."""
    return value if value is None or value == "" else text(value, name)


def optional_text_in(found: Mapping[str, JsonValue], member: str, name: str) -> str | None:
    """`optional_text` for a member of the object called `name`."""
    value = found.get(member)
    return value if value is None or value == "" else text_in(found, member, name)


def whole(value: JsonValue, name: str, *, least: int = 0, most: int = MOST_INTEGER) -> int:
    """`value` if it was written as an integer of `least` to `most`: not as 1.0, not as text, not as a truth value."""
    if type(value) is not int or not least <= value <= most:
        raise MalformedError(f"{name}: expected an integer of {least} to {most}, got {shown(value)}")
    return value
