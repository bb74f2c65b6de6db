"""Enveloped credentials and presentations: secured text in a `data:` URL (VC Data Model 2.0 sections 4.13.1 and .2)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from attorn.canonical import JsonValue
from attorn.credential.context import Version, check_envelope
from attorn.credential.problem import malformed, unparsed
from attorn.display import shown

_SCHEME: Final = "data:"
_APPLICATION: Final = "application/"
_MEMBERS: Final = frozenset({"@context", "id", "type"})


class Enveloped(StrEnum):
    """What an envelope holds, named by the type of the envelope."""

    CREDENTIAL = "EnvelopedVerifiableCredential"
    PRESENTATION = "EnvelopedVerifiablePresentation"


@dataclass(frozen=True, slots=True)
class Envelope:
    """The text in an envelope, and the media type that the envelope gives it, without `application/`."""

    media_type: str
    text: str


def is_envelope(document: dict[str, JsonValue], kind: Enveloped) -> bool:
    """Whether a document says that it is an envelope of this kind."""
    return _types(document.get("type")) == [kind]


def opened(document: dict[str, JsonValue], kind: Enveloped) -> Envelope:
    """What is in an envelope. Raises `CredentialError`.

    It has the base context, its one type, and an `id` of the form `data:application/TYPE,TEXT`. It has nothing else:
    nobody would have signed it.
    """
    if _types(document.get("type")) != [kind]:
        raise malformed(f"envelope: expected {kind} as its type, got {shown(document.get('type'))}")
    check_envelope(document.get("@context"), "envelope")
    for name in document:
        if name not in _MEMBERS:
            raise malformed(f"envelope: {shown(name)} has no place in it")
    url = document.get("id")
    if not isinstance(url, str) or not url.startswith(_SCHEME):
        raise unparsed(f"envelope: expected its id as a data: URL, got {shown(url)}")
    media_type, comma, text = url[len(_SCHEME) :].partition(",")
    if not comma or not media_type.startswith(_APPLICATION) or ";" in media_type:
        raise unparsed(f"envelope: expected a data: URL of application/ and no parameters, got {shown(url)}")
    return Envelope(media_type[len(_APPLICATION) :], text)


def sealed(text: str, media_type: str, kind: Enveloped) -> dict[str, JsonValue]:
    """The envelope of a secured text; `media_type` is without `application/`."""
    return {
        "@context": str(Version.V2),
        "id": f"{_SCHEME}{_APPLICATION}{media_type},{text}",
        "type": str(kind),
    }


def _types(found: JsonValue) -> list[JsonValue]:
    return found if isinstance(found, list) else [found]
