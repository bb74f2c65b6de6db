"""Objects of AP2 v0.1 as data: every member stands once, with what it is in JSON; the rest follows from that.

A member with a default may be left out, or be null where its type has None. A member that nobody knows is refused: it
may be a limit. Nothing is coerced.
"""

from __future__ import annotations

from dataclasses import MISSING, dataclass, fields
from functools import cache
from typing import Any, Protocol, Self, get_args, get_type_hints

from attorn.canonical import JsonValue
from attorn.display import shown
from attorn.errors import MandateError


class Kind(Protocol):
    """What a member may be: how it is read and written, and which values of Python it has."""

    def read(self, value: JsonValue, name: str) -> object:
        """The value that JSON says. Raises `MandateError`."""

    def write(self, value: Any) -> JsonValue:
        """The JSON for a value that it has."""

    def check(self, value: object, name: str) -> None:
        """Raises `InputError` for a value that no JSON would be read as."""


@dataclass(frozen=True, slots=True)
class Member:
    """One member: its name, what it is, and what it is when it is not there. `default` is MISSING if it is required."""

    name: str
    kind: Kind
    default: object
    nullable: bool


@dataclass(frozen=True, slots=True)
class Shape:
    """Base of the objects. Raises `InputError` for a value that JSON of AP2 could not say."""

    def __post_init__(self) -> None:
        for member in _of(type(self)):
            value = getattr(self, member.name)
            if value is None and member.nullable:
                continue
            member.kind.check(value, f"{type(self).__name__}.{member.name}")

    @classmethod
    def read(cls, value: JsonValue, name: str | None = None) -> Self:
        """The object in a JSON value; `name` is what errors call it. Raises `MandateError`."""
        name = cls.__name__ if name is None else name
        if not isinstance(value, dict):
            raise MandateError(f"{name}: expected an object, got {shown(value)}")
        members = _of(cls)
        known = {member.name for member in members}
        for given in value:
            if given not in known:
                raise MandateError(f"{name}: {shown(given)} is no member of it")
        found = {member.name: _read(member, value, name) for member in members}
        return cls(**found)

    def write(self) -> dict[str, JsonValue]:
        """The JSON object, with what has a default written out, and nothing null."""
        said = {member: getattr(self, member.name) for member in _of(type(self))}
        return {member.name: member.kind.write(value) for member, value in said.items() if value is not None}


def _read(member: Member, value: dict[str, JsonValue], name: str) -> object:
    where = f"{name}.{member.name}"
    found = value.get(member.name)
    if member.name not in value or (found is None and member.nullable):
        if member.default is MISSING:
            raise MandateError(f"{where}: expected it, and it is not there")
        return member.default
    return member.kind.read(found, where)


def _of(shape: type[Shape]) -> tuple[Member, ...]:
    return _members(shape)  # type: ignore[arg-type]  # a class is hashable, whatever its instances are


@cache
def _members(shape: type[Shape]) -> tuple[Member, ...]:
    hints = get_type_hints(shape, include_extras=True)
    made = []
    for field in fields(shape):
        plain, kind = get_args(hints[field.name])
        made.append(Member(field.name, kind, field.default, type(None) in get_args(plain)))
    return tuple(made)
