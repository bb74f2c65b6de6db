"""What a credential is made of: its subjects, its time, and where its status and its schemas are to be found.

VC Data Model 2.0 sections 4.8 (subjects), 4.9 (validity), 4.10 (status) and 4.11 (schemas).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from attorn.canonical import JsonValue
from attorn.credential import value
from attorn.credential.problem import malformed, out_of_range
from attorn.display import stamp
from attorn.errors import ExpiredError


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom or what a credential is about: `id` if it has one, and `claims`, all members of the object but the id."""

    id: str | None
    claims: dict[str, JsonValue]


@dataclass(frozen=True, slots=True)
class StatusEntry:
    """Where a credential says its status stands. `members` is the whole object, as whoever knows its type reads it."""

    types: tuple[str, ...]
    id: str | None
    members: dict[str, JsonValue] = field(repr=False)


@dataclass(frozen=True, slots=True)
class SchemaReference:
    """A schema that the issuer says the credential follows. attorn checks none of them."""

    id: str
    types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Period:
    """From when and until when a credential is good, both inclusive and each perhaps None."""

    valid_from: datetime | None
    valid_until: datetime | None

    def require(self, now: datetime, skew: int, name: str = "credential") -> None:
        """Raises `ExpiredError` unless `now` is inside, with `skew` seconds for clocks that differ."""
        try:
            earliest, latest = now - timedelta(seconds=skew), now + timedelta(seconds=skew)
        except OverflowError:
            raise ExpiredError(f"{name}: no credential is good at {stamp(now)}") from None
        if self.valid_from is not None and latest < self.valid_from:
            raise ExpiredError(f"{name}: not yet good, from {stamp(self.valid_from)} on")
        if self.valid_until is not None and earliest > self.valid_until:
            raise ExpiredError(f"{name}: no longer good, until {stamp(self.valid_until)}")


def subjects(found: JsonValue) -> tuple[Subject, ...]:
    """The subjects, each of which has a claim or an id. Raises `CredentialError`."""
    return tuple(
        Subject(optional_id(each, "credentialSubject"), {name: each[name] for name in each if name != "id"})
        for each in value.objects(found, "credentialSubject")
    )


def period(members: dict[str, JsonValue], names: tuple[str, str]) -> Period:
    """The time between the members of these names. Raises `CredentialError`, also where it ends before it begins."""
    valid_from, valid_until = (value.instant(members[name], name) if name in members else None for name in names)
    if valid_from is not None and valid_until is not None and valid_until < valid_from:
        raise out_of_range(f"{names[1]} is before {names[0]}")
    return Period(valid_from, valid_until)


def status(members: dict[str, JsonValue], *, id_required: bool = False) -> tuple[StatusEntry, ...]:
    """The entries of `credentialStatus`. Raises `CredentialError`."""
    name = "credentialStatus"
    return tuple(
        StatusEntry(value.types(each.get("type"), name), _id(each, name, id_required), each)
        for each in (value.objects(members[name], name) if name in members else [])
    )


def schemas(members: dict[str, JsonValue]) -> tuple[SchemaReference, ...]:
    """The references in `credentialSchema`. Raises `CredentialError`."""
    name = "credentialSchema"
    return tuple(
        SchemaReference(required_id(each, name), value.types(each.get("type"), name))
        for each in (value.objects(members[name], name) if name in members else [])
    )


def check_typed(members: dict[str, JsonValue], name: str, *, id_required: bool = False) -> None:
    """Returns if a member is absent or one or more objects with a type. Raises `CredentialError`."""
    for each in value.objects(members[name], name) if name in members else []:
        value.types(each.get("type"), name)
        _id(each, name, id_required)


def required_id(members: dict[str, JsonValue], name: str) -> str:
    """The id that an object must have. Raises `CredentialError`."""
    if "id" not in members:
        raise malformed(f"{name}: expected an id")
    return value.url(members["id"], f"{name} id")


def optional_id(members: dict[str, JsonValue], name: str) -> str | None:
    """The id of an object that may have one. Raises `CredentialError` for anything but one URL."""
    return value.url(members["id"], f"{name} id") if "id" in members else None


def _id(members: dict[str, JsonValue], name: str, required: bool) -> str | None:
    return required_id(members, name) if required else optional_id(members, name)


def party(found: JsonValue, name: str) -> str:
    """The id of an issuer or a holder, who is a URL or an object with one as its id. Raises `CredentialError`."""
    if not isinstance(found, dict):
        return value.url(found, name)
    for words in ("name", "description"):
        if words in found:
            value.check_words(found[words], f"{name} {words}")
    return required_id(found, name)
