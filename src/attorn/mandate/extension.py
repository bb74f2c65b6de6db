"""The member in which attorn says what AP2 has no words for. AP2's own programs pass it over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from attorn.canonical import JsonValue
from attorn.display import shown
from attorn.errors import MandateError

EXTENSION: Final = "attorn"


def members(content: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """What it says in a content, nothing where it is not there. Raises `MandateError` for what is no object."""
    found = content.get(EXTENSION, {})
    if not isinstance(found, dict):
        raise MandateError(f"{EXTENSION}: expected an object, got {shown(found)}")
    return found
