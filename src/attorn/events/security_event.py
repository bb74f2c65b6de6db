"""Security Event Tokens (RFC 8417) as the Shared Signals Framework 1.0 profiles them: their claims, and no more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from attorn.canonical import JsonValue, canonicalise, parse
from attorn.clock import LATEST
from attorn.errors import InputError, MalformedError
from attorn.events.subject import SubjectId

TYP: Final = "secevent+jwt"
MOST_CHARACTERS: Final = 65_536
"""Longest token."""
_MOST_TEXT: Final = 2048
_MOST_AUDIENCES: Final = 64
_MOST_EVENTS: Final = 16
_REQUIRED: Final = ("iss", "jti", "iat", "aud", "sub_id", "events")
# RFC 8417 section 2.2 advises against both, SSF 1.0 forbids them: no such token is then mistaken for a SET, nor a SET
# for one of them.
_FORBIDDEN: Final = ("exp", "sub")


@dataclass(frozen=True, slots=True)
class SecurityEvent:
    """What `iss` says happened to `sub_id`: `events` maps the URI of each event to its payload, deeply frozen.

    `iat` is the Unix second of issue, `aud` whom it is for, `jti` its name among all by `iss`. Raises `InputError` for
    texts that are empty or too long, no audience or event, or payloads that are no JSON objects.
    """

    iss: str
    jti: str
    iat: int
    aud: tuple[str, ...]
    sub_id: SubjectId
    events: Mapping[str, Mapping[str, object]]

    def __post_init__(self) -> None:
        if type(self.iat) is not int or not 0 <= self.iat <= LATEST:
            raise InputError("security event: expected iat as a Unix second before the year 10000")
        if type(self.aud) is not tuple or not 0 < len(self.aud) <= _MOST_AUDIENCES:
            raise InputError(f"security event: expected a tuple of 1 to {_MOST_AUDIENCES} audiences")
        if not isinstance(self.events, Mapping) or not 0 < len(self.events) <= _MOST_EVENTS:
            raise InputError(f"security event: expected 1 to {_MOST_EVENTS} events")
        if not isinstance(self.sub_id, SubjectId):
            raise InputError("security event: expected a subject")
        for text in (self.iss, self.jti, *self.aud, *self.events):
            if type(text) is not str or not 0 < len(text) <= _MOST_TEXT or "\0" in text:
                raise InputError(f"security event: expected texts of 1 to {_MOST_TEXT} characters")
        if not all(isinstance(payload, Mapping) for payload in self.events.values()):
            raise InputError("security event: expected objects as payloads")
        try:
            copy = parse(canonicalise(_thawed(self.events)), most=MOST_CHARACTERS)
        except (MalformedError, RecursionError):
            copy = None
        if copy is None:
            raise InputError("security event: the payloads are too long or too deep")
        object.__setattr__(self, "events", _frozen(copy))

    def claims(self) -> dict[str, JsonValue]:
        """The claims as JSON; one audience is written as a text, several as a list."""
        events = parse(canonicalise(_thawed(self.events)), most=MOST_CHARACTERS)
        audience: JsonValue = self.aud[0] if len(self.aud) == 1 else list(self.aud)
        claims: dict[str, JsonValue] = {"iss": self.iss, "jti": self.jti, "iat": self.iat}
        return {**claims, "aud": audience, "sub_id": self.sub_id.json(), "events": events}

    @classmethod
    def read(cls, claims: Mapping[str, JsonValue]) -> SecurityEvent:
        """The event with these claims, whatever else is there. Raises `MalformedError`, also where exp or sub is."""
        for name in _REQUIRED:
            if name not in claims:
                raise MalformedError(f"security event: expected the claim {name}")
        for name in _FORBIDDEN:
            if name in claims:
                raise MalformedError(f"security event: the claim {name} belongs in no security event")
        iss, jti, iat, aud, subject, events = (claims[name] for name in _REQUIRED)
        if isinstance(iat, float):
            iat = int(iat)
        if not isinstance(events, dict) or type(iat) is not int or not isinstance(iss, str) or not isinstance(jti, str):
            raise MalformedError("security event: expected texts, a time and an object of events")
        audiences = tuple(aud) if isinstance(aud, list) else (aud,)
        try:
            return cls(iss, jti, iat, audiences, SubjectId.read(subject), events)  # type: ignore[arg-type]  # checked there
        except InputError as error:
            raise MalformedError(str(error)) from None


def _frozen(value: object) -> object:
    if isinstance(value, dict):
        return MappingProxyType({name: _frozen(member) for name, member in value.items()})
    if isinstance(value, list):
        return tuple(_frozen(item) for item in value)
    return value


def _thawed(value: object) -> object:
    if isinstance(value, Mapping):
        return {name: _thawed(member) for name, member in value.items()}
    if isinstance(value, list | tuple):
        return [_thawed(item) for item in value]
    return value
