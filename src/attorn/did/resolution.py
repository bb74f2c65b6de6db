"""What resolving a DID comes to: a document and what is known about it, or a problem (DID Resolution 1.0)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Self

from attorn.canonical import JsonValue
from attorn.clock import instant
from attorn.did.document import DidDocument
from attorn.did.fault import Failure, Fault
from attorn.did.material import KeyFormat
from attorn.did.reading import timestamp
from attorn.display import shown, stamp
from attorn.errors import InputError, MalformedError, ResolutionError

CONTEXT: Final = "https://w3id.org/did-resolution/v1"
MEDIA_TYPE: Final = "application/did"
_MEDIA_TYPES: Final = (MEDIA_TYPE, "application/did+json", "application/did+ld+json", "application/json")
_NUMBER: Final = re.compile("[1-9][0-9]{0,8}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What may be asked beside the DID. A method that does not know what is asked refuses.

    `accept` is the media type of the document. Versions are for methods that keep a history. The other three are of
    did:key: whether to derive a key for key agreement, the type of its methods, and whether that type may be one that
    the specification of did:key does not name. Raises `InputError` for values of another type.
    """

    accept: str = MEDIA_TYPE
    version_id: str | None = None
    version_time: datetime | None = None
    version_number: int | None = None
    key_agreement: bool = False
    key_format: str = KeyFormat.MULTIKEY
    experimental: bool = False

    def __post_init__(self) -> None:
        texts = (self.accept, self.key_format, "" if self.version_id is None else self.version_id)
        if not all(isinstance(each, str) for each in texts):
            raise InputError("resolution options: expected accept, key_format and version_id as text")
        if type(self.key_agreement) is not bool or type(self.experimental) is not bool:
            raise InputError("resolution options: expected key_agreement and experimental as True or False")
        if self.version_time is not None:
            instant(self.version_time, "version_time")
        if self.version_number is not None and (type(self.version_number) is not int or self.version_number < 1):
            raise InputError("resolution options: expected version_number as a positive integer")

    @property
    def versioned(self) -> bool:
        """Whether one version is asked for, not the newest."""
        return not (self.version_id is None and self.version_time is None and self.version_number is None)

    @classmethod
    def read(cls, value: JsonValue) -> Self:
        """The options in a JSON object, under the standard's names. Raises `ResolutionError` (`INVALID_OPTIONS`)."""
        if not isinstance(value, dict):
            raise _bad_options("expected a JSON object")
        given: dict[str, object] = {}
        for name, member in value.items():
            if name not in _OPTIONS:
                raise _bad_options(f"unknown option {shown(name)}")
            target, parse = _OPTIONS[name]
            given[target] = parse(name, member)
        try:
            return cls(**given)  # type: ignore[arg-type]  # each was parsed for its member
        except InputError as error:
            raise _bad_options(str(error)) from None


def _bad_options(why: str) -> ResolutionError:
    return ResolutionError(f"resolution options: {why}", problem=Fault.INVALID_OPTIONS)


def _text(name: str, value: JsonValue) -> str:
    if not isinstance(value, str):
        raise _bad_options(f"expected {name} as text, got {shown(value)}")
    return value


def _flag(name: str, value: JsonValue) -> bool:
    if not isinstance(value, bool):
        raise _bad_options(f"expected {name} as true or false, got {shown(value)}")
    return value


def _time(name: str, value: JsonValue) -> datetime:
    try:
        return timestamp(value, name)
    except MalformedError as error:
        raise _bad_options(str(error)) from None


def _number(name: str, value: JsonValue) -> int:
    if _NUMBER.fullmatch(_text(name, value)) is None:
        raise _bad_options(f"expected {name} as a positive integer in digits, got {shown(value)}")
    return int(str(value))


_OPTIONS: Final[Mapping[str, tuple[str, Callable[[str, JsonValue], object]]]] = {
    "accept": ("accept", _text),
    "versionId": ("version_id", _text),
    "versionTime": ("version_time", _time),
    "versionNumber": ("version_number", _number),
    "enableEncryptionKeyDerivation": ("key_agreement", _flag),
    "publicKeyFormat": ("key_format", _text),
    "enableExperimentalPublicKeyTypes": ("experimental", _flag),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentMetadata:
    """What is known about a document beside what it says itself."""

    created: datetime | None = None
    updated: datetime | None = None
    deactivated: bool = False
    version_id: str | None = None
    next_update: datetime | None = None
    next_version_id: str | None = None
    equivalent_id: tuple[str, ...] = ()
    canonical_id: str | None = None

    def to_json(self) -> dict[str, JsonValue]:
        """The members that are known, under the standard's names."""
        times = {"created": self.created, "updated": self.updated, "nextUpdate": self.next_update}
        texts = {
            "versionId": self.version_id,
            "nextVersionId": self.next_version_id,
            "canonicalId": self.canonical_id,
        }
        members: dict[str, JsonValue] = {name: stamp(at) for name, at in times.items() if at is not None}
        members |= {name: text for name, text in texts.items() if text is not None}
        if self.deactivated:
            members["deactivated"] = True
        if self.equivalent_id:
            members["equivalentId"] = list(self.equivalent_id)
        return members


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """A document in JSON and what it says about keys that sign, or an error; never both.

    `did_document` is for showing and for services: which key may do what is asked of `document`. Nobody may rely on
    the document of a DID that is deactivated.
    """

    did_document: dict[str, JsonValue] | None = None
    document: DidDocument | None = None
    metadata: DocumentMetadata = field(default_factory=DocumentMetadata)
    error: Failure | None = None
    content_type: str = MEDIA_TYPE

    def to_json(self) -> dict[str, JsonValue]:
        """The resolution result, as its HTTP binding sends it."""
        told: dict[str, JsonValue] = {} if self.error is not None else {"contentType": self.content_type}
        if self.error is not None:
            told["error"] = self.error.to_json()
        return {
            "@context": CONTEXT,
            "didDocument": self.did_document,
            "didResolutionMetadata": told,
            "didDocumentMetadata": self.metadata.to_json(),
        }

    @property
    def status(self) -> int:
        """The HTTP status to answer with: 410 for a DID that is deactivated."""
        if self.error is not None:
            return self.error.status
        return 410 if self.metadata.deactivated else 200


def require_supported(options: Options, *, history: bool = False) -> None:
    """Return if the representation that is asked for is one, and no version is unless there is a `history`.

    Raises `ResolutionError`.
    """
    if options.accept not in _MEDIA_TYPES:
        raise ResolutionError(
            f"resolution: no document is to be had as {shown(options.accept)}",
            problem=Fault.REPRESENTATION_NOT_SUPPORTED,
        )
    if options.versioned and not history:
        raise ResolutionError("resolution: this DID has no versions", problem=Fault.FEATURE_NOT_SUPPORTED)
