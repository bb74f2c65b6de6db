"""The canonical form of an agent card, as A2A 1.0.1 section 8.4.1 has it, and its strict reading.

What a field that is absent or has its default value looks like follows from the field, never from how the card was
spelled: REQUIRED ones always stand there, `optional` ones if they were set, all others unless they are empty.
"""

from __future__ import annotations

from typing import Any, Final

from a2a.types import AgentCard
from google.api.field_behavior_pb2 import REQUIRED, field_behavior
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.json_format import Error as ProtoJsonError
from google.protobuf.json_format import MessageToDict, ParseDict
from google.protobuf.message import Message
from google.protobuf.struct_pb2 import Struct

from attorn.canonical import JsonValue, canonicalise, parse
from attorn.errors import InputError, MalformedError

MOST_CARD: Final = 262_144
"""Longest text of a card, in bytes."""
_LEVELS: Final = 32
_SIGNATURES: Final = "signatures"


def canonical_card(card: AgentCard) -> bytes:
    """The bytes that a signature of `card` covers: RFC 8785 of the card without its signatures.

    Raises `MalformedError` if it lacks an object that A2A requires, or holds what JSON cannot say exactly, and
    `InputError` for what is no card.
    """
    if not isinstance(card, AgentCard):
        raise InputError(f"agent card: expected an AgentCard, got {type(card).__name__}")
    members = _members(card)
    members.pop(_SIGNATURES, None)
    try:
        return canonicalise(members)
    except InputError:
        raise MalformedError("agent card: it has no canonical JSON") from None


def read_card(text: str | bytes, *, most: int = MOST_CARD) -> AgentCard:
    """The card in JSON `text`. Its signatures are not checked: `verify_card` does both.

    Raises `MalformedError` for a member that stands twice, one that A2A 1.0 does not know (no signature could cover
    it) or spells otherwise, null in place of a value, and text over `most` bytes; `InputError` for another `most`.
    """
    value = parse(text, most=most, depth=_LEVELS)
    card, whole = AgentCard(), None
    try:
        ParseDict(value, card)
        whole = MessageToDict(card, always_print_fields_with_no_presence=True)
    except (ProtoJsonError, ValueError, TypeError, AttributeError):
        pass
    if whole is None or not _within(value, whole):
        raise MalformedError("agent card: expected the members of an A2A 1.0 agent card, and no others")
    return card


def _members(message: Message) -> dict[str, JsonValue]:
    found: dict[str, JsonValue] = {}
    for field in message.DESCRIPTOR.fields:
        required = REQUIRED in field.GetOptions().Extensions[field_behavior]
        if field.has_presence:
            if message.HasField(field.name):
                found[field.json_name] = _value(getattr(message, field.name))
            elif required:
                raise MalformedError(f"agent card: {field.json_name} is required")
        elif (value := getattr(message, field.name)) or required:
            found[field.json_name] = value if isinstance(value, str | bool) else _several(field, value)
    return found


def _several(field: FieldDescriptor, value: Any) -> JsonValue:
    if field.message_type is not None and field.message_type.GetOptions().map_entry:
        return {name: _value(value[name]) for name in value}
    return [_value(each) for each in value]


def _value(value: Any) -> JsonValue:
    if isinstance(value, Struct):
        try:
            return dict(MessageToDict(value))
        except (ProtoJsonError, ValueError, RecursionError):
            raise MalformedError("agent card: what the parameters hold is no JSON") from None
    return _members(value) if isinstance(value, Message) else value


def _within(said: JsonValue, whole: JsonValue) -> bool:
    """Whether every member of `said` stands in `whole`, in the same place and with the same value."""
    if isinstance(said, dict):
        return isinstance(whole, dict) and all(
            name in whole and _within(value, whole[name]) for name, value in said.items()
        )
    if isinstance(said, list):
        return isinstance(whole, list) and len(said) == len(whole) and all(map(_within, said, whole))
    return said == whole
