"""What the extension itself says in the data parts of a message."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from a2a.types import Part
from google.protobuf.json_format import Error as ProtoJsonError
from google.protobuf.json_format import MessageToDict

from attorn.a2a.extension import EXTENSION
from attorn.errors import MalformedError

APPROVAL: Final = "approval"
"""The member of a data part, under the extension's URI, that holds the text of an approval request."""
TOKEN: Final = "token"  # noqa: S105 - the name of a member
"""The one that holds the text of a token."""


def said_once(parts: Iterable[Part], name: str) -> str | None:
    """The text under `name` in the one data part of the extension that has it, None if there is none.

    Raises `MalformedError` for two of them, for anything but an object with that one text, and for other members beside
    it in the part.
    """
    found = [part.data.struct_value.fields for part in parts if EXTENSION in part.data.struct_value.fields]
    if any(len(fields) > 1 for fields in found):
        raise MalformedError("message: a data part of the extension has something else beside it")
    named = [fields[EXTENSION] for fields in found if name in fields[EXTENSION].struct_value.fields]
    if not named:
        return None
    try:
        members = MessageToDict(named[0])
    except (ProtoJsonError, ValueError, RecursionError):
        members = None
    if len(named) > 1 or not isinstance(members, dict) or members.keys() != {name}:
        raise MalformedError(f"message: expected one data part of the extension with {name}, and nothing beside it")
    text = members[name]
    if not isinstance(text, str):
        raise MalformedError(f"message: expected {name} as text")
    return text
