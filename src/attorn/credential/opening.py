"""The one place that knows all forms in which a credential or a presentation comes.

A new form is a member of `Securing`, and a branch in `opened`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

from attorn import sdjwt
from attorn.canonical import JsonValue
from attorn.credential import envelope, jose, selective
from attorn.credential.document import parsed, taken
from attorn.credential.envelope import Enveloped
from attorn.credential.jose import Kind, UnverifiedPayload
from attorn.credential.problem import unparsed, unsecured
from attorn.credential.verified import Securing
from attorn.display import shown

ENVELOPES: Final = {Kind.CREDENTIAL: Enveloped.CREDENTIAL, Kind.PRESENTATION: Enveloped.PRESENTATION}


@dataclass(frozen=True, slots=True)
class Opened:
    """A document taken out of what secures it. Nothing is verified.

    `securing` is None for a document that has neither proof nor signature. `unverified_document` is without its proof.
    `unverified_secured` is the object as it came, for a compact JWS its payload. `payload` is there for the JOSE forms.
    """

    securing: Securing | None
    unverified_document: dict[str, JsonValue] = field(repr=False)
    unverified_secured: dict[str, JsonValue] = field(repr=False)
    payload: UnverifiedPayload | None = None


def opened(secured: object, kind: Kind, *, most: int) -> Opened:
    """What is in `secured`: a JSON object, its text, a compact JWS or SD-JWT, or an object that envelops one.

    Raises `CredentialError`.
    """
    if isinstance(secured, str | bytes):
        text = _text(secured, most)
        if not text.lstrip(" \t\r\n").startswith("{"):
            return _jose(text, kind, most)
        document = parsed(text, most=most)
    else:
        document = taken(secured, most=most)
    if envelope.is_envelope(document, ENVELOPES[kind]):
        held = envelope.opened(document, ENVELOPES[kind])
        found = _jose(held.text, kind, most)
        expected = sdjwt.W3C_VC if found.securing is Securing.SD_JWT else str(kind)
        if held.media_type != expected:
            raise unsecured(f"envelope: expected the media type {expected} for it, got {shown(held.media_type)}")
        return replace(found, securing=Securing.ENVELOPED, unverified_secured=document)
    bare = {name: document[name] for name in document if name != "proof"}
    return Opened(Securing.DATA_INTEGRITY if "proof" in document else None, bare, document)


def _jose(text: str, kind: Kind, most: int) -> Opened:
    if "~" not in text:
        payload, securing = jose.read(text, kind, most=most), Securing.JOSE
    elif kind is Kind.CREDENTIAL:
        payload, securing = selective.read(text, most=most), Securing.SD_JWT
    else:
        raise unparsed("SD-JWT: attorn reads credentials in this form, and no presentations")
    return Opened(securing, payload.unverified_document, payload.unverified_document, payload)


def _text(secured: str | bytes, most: int) -> str:
    if len(secured) > most:
        raise unparsed(f"expected at most {most} characters, got {len(secured)}")
    try:
        return secured if isinstance(secured, str) else secured.decode("utf-8")
    except UnicodeDecodeError:
        text = None
    if text is None:
        raise unparsed("not valid UTF-8")
    return text
