"""Who or what a security event is about (RFC 9493; the formats that the Shared Signals Framework 1.0 adds)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from attorn.canonical import JsonValue
from attorn.errors import InputError, MalformedError

_FORMATS: Final[Mapping[str, frozenset[str]]] = {
    "account": frozenset({"uri"}),
    "did": frozenset({"url"}),
    "email": frozenset({"email"}),
    "iss_sub": frozenset({"iss", "sub"}),
    "jwt_id": frozenset({"iss", "jti"}),
    "opaque": frozenset({"id"}),
    "phone_number": frozenset({"phone_number"}),
    "saml_assertion_id": frozenset({"issuer", "assertion_id"}),
    "uri": frozenset({"uri"}),
}
_COMPLEX: Final = "complex"
_ALIASES: Final = "aliases"
_MOST_TEXT: Final = 2048
_MOST_PARTS: Final = 16


@dataclass(frozen=True, slots=True)
class SubjectId:
    """One subject: its format, and its members as pairs in the order of their names.

    `parts` are the subjects that a `complex` one is made of, by the name of each, and those that are `aliases` of each
    other, by number. A format that is not known has neither. Raises `InputError` for members that are not the format's.
    """

    format: str
    members: tuple[tuple[str, str], ...] = ()
    parts: tuple[tuple[str, SubjectId], ...] = ()

    def __post_init__(self) -> None:
        if not isinstance(self.format, str):
            raise InputError("subject: expected a format")
        names = _FORMATS.get(self.format, frozenset())
        if {name for name, _ in self.members} != names or len(self.members) != len(names):
            raise InputError(f"subject: expected {', '.join(sorted(names)) or 'no member'} in this format")
        if not all(isinstance(text, str) and 0 < len(text) <= _MOST_TEXT for _, text in self.members):
            raise InputError(f"subject: expected members of 1 to {_MOST_TEXT} characters")
        compound = self.format in (_COMPLEX, _ALIASES)
        if compound != bool(self.parts) or len(self.parts) > _MOST_PARTS:
            raise InputError(f"subject: expected 1 to {_MOST_PARTS} parts in a complex subject, and none in others")
        # A part that has parts itself is not allowed by either format.
        if any(part.parts for _, part in self.parts):
            raise InputError("subject: expected simple parts")

    def __getitem__(self, name: str) -> str:
        """The member of this name."""
        return dict(self.members)[name]

    def json(self) -> dict[str, JsonValue]:
        """Its JSON form."""
        if self.format == _ALIASES:
            return {"format": self.format, "identifiers": [part.json() for _, part in self.parts]}
        return {"format": self.format, **dict(self.members), **{name: part.json() for name, part in self.parts}}

    @classmethod
    def read(cls, value: JsonValue) -> SubjectId:
        """The subject that is written so. Raises `MalformedError`."""
        return cls._read(value, simple=False)

    @classmethod
    def _read(cls, value: JsonValue, *, simple: bool) -> SubjectId:
        if not isinstance(value, dict) or not isinstance(value.get("format"), str):
            raise MalformedError("subject: expected an object with a format")
        members = dict(value)
        written = str(members.pop("format"))
        if simple and written in (_COMPLEX, _ALIASES):
            raise MalformedError("subject: expected simple parts")
        try:
            if written == _ALIASES:
                return cls(written, parts=_aliases(members))
            if written == _COMPLEX:
                parts = [(name, cls._read(members[name], simple=True)) for name in sorted(members)]
                return cls(written, parts=tuple(parts))
            if written in _FORMATS:
                return cls(written, tuple((name, _text(members[name])) for name in sorted(members)))
            return cls(written)
        except InputError as error:
            raise MalformedError(str(error)) from None


def _aliases(members: Mapping[str, JsonValue]) -> tuple[tuple[str, SubjectId], ...]:
    identifiers = members.get("identifiers")
    if set(members) != {"identifiers"} or not isinstance(identifiers, list):
        raise MalformedError("subject: expected identifiers")
    return tuple((str(number), SubjectId._read(each, simple=True)) for number, each in enumerate(identifiers))


def _text(value: JsonValue) -> str:
    if not isinstance(value, str):
        raise MalformedError("subject: expected text")
    return value
