"""What a PEP asks, parsed: who would do what to which resource, alone or many at once (AuthZEN 1.0).

Members that nobody knows are ignored, as the standard demands, except in what attorn itself reads of the context.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from attorn.canonical import JsonValue, parse
from attorn.errors import MalformedError

EVALUATION: Final = "/access/v1/evaluation"
"""Where a decision point answers one question, below its URL."""
EVALUATIONS: Final = "/access/v1/evaluations"
"""Where it answers several."""
METADATA: Final = "/.well-known/authzen-configuration"
"""Where it says so."""
MOST_EVALUATIONS: Final = 100
"""Most evaluations in one call."""
_DEPTH: Final = 32
_PARTS: Final = {"subject": ("type", "id"), "action": ("name",), "resource": ("type", "id")}

Members = Mapping[str, JsonValue]


class Semantic(StrEnum):
    """When several evaluations are over."""

    EXECUTE_ALL = "execute_all"
    DENY_ON_FIRST_DENY = "deny_on_first_deny"
    PERMIT_ON_FIRST_PERMIT = "permit_on_first_permit"


@dataclass(frozen=True, slots=True)
class Entity:
    """A subject or a resource, as the PEP says it is."""

    type: str
    id: str
    properties: Members = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """One question. Everything in it is what the PEP says; `properties` are those of the action."""

    subject: Entity
    action: str
    resource: Entity
    properties: Members = field(default_factory=dict)
    context: Members = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Batch:
    """Several questions in their order; one that is no question is the error that says so."""

    items: tuple[Evaluation | MalformedError, ...]
    semantic: Semantic


def read_members(body: bytes, *, most: int) -> Members:
    """The JSON object in a body. Raises `MalformedError`."""
    value = parse(body, most=most, depth=_DEPTH)
    if not isinstance(value, dict):
        raise MalformedError("expected a JSON object")
    return value


def read_evaluation(members: Members) -> Evaluation:
    """One question. Raises `MalformedError`."""
    subject, action, resource = (object_in(members, name, required=True) for name in _PARTS)
    return Evaluation(
        subject=Entity(text_in(subject, "type"), text_in(subject, "id"), object_in(subject, "properties")),
        action=text_in(action, "name"),
        resource=Entity(text_in(resource, "type"), text_in(resource, "id"), object_in(resource, "properties")),
        properties=object_in(action, "properties"),
        context=object_in(members, "context"),
    )


def read_evaluations(members: Members) -> Evaluation | Batch:
    """Several questions with their defaults; one where there is no list, or an empty one. Raises `MalformedError`."""
    listed = members.get("evaluations", [])
    if not isinstance(listed, list) or not all(isinstance(item, dict) for item in listed):
        raise MalformedError("evaluations: expected an array of objects")
    if len(listed) > MOST_EVALUATIONS:
        raise MalformedError(f"evaluations: expected at most {MOST_EVALUATIONS}, got {len(listed)}")
    given = object_in(members, "options").get("evaluations_semantic", Semantic.EXECUTE_ALL)
    semantic = next((each for each in Semantic if each == given), None)
    if semantic is None:
        raise MalformedError(f"options.evaluations_semantic: expected one of {', '.join(Semantic)}")
    if not listed:
        return read_evaluation(members)
    defaults = {name: object_in(members, name) for name in (*_PARTS, "context") if name in members}
    return Batch(tuple(_item(defaults, item) for item in listed if isinstance(item, dict)), semantic)


def _item(defaults: Mapping[str, Members], item: Members) -> Evaluation | MalformedError:
    """One of several: a part that it has replaces the default as a whole, but for the names that it leaves out."""
    merged: dict[str, JsonValue] = {**{name: {**part} for name, part in defaults.items()}, **item}
    for name, needed in _PARTS.items():
        part, default = item.get(name), defaults.get(name, {})
        if isinstance(part, dict):
            merged[name] = {key: default[key] for key in needed if key in default} | part
    try:
        return read_evaluation(merged)
    except MalformedError as error:
        return error


def object_in(members: Members, name: str, *, required: bool = False) -> Members:
    """The object that is this member; without one, where it may be left out, an empty one. Raises `MalformedError`."""
    value = members.get(name, None if required else {})
    if not isinstance(value, dict):
        raise MalformedError(f"{name}: expected an object")
    return value


def text_in(members: Members, name: str) -> str:
    """The text that is this member. Raises `MalformedError`."""
    value = members.get(name)
    if not isinstance(value, str) or not value:
        raise MalformedError(f"{name}: expected text that is not empty")
    return value
