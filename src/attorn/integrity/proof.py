"""One Data Integrity proof as it arrives: its members read, nothing verified (VC Data Integrity 1.0 section 2.1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from attorn.canonical import JsonValue
from attorn.did.did import parse_url
from attorn.display import shown
from attorn.encoding import base58_decode
from attorn.errors import MalformedError, ProofError
from attorn.integrity.suite import Suite
from attorn.jsonld.active import is_absolute
from attorn.keys.public import SIGNATURE_BYTES
from attorn.stamp import read_stamp

SECURITY: Final = "https://w3id.org/security#"
TYPE: Final = "DataIntegrityProof"
MOST_PROOFS: Final = 16
"""Most proofs of one document."""
MOST_NAMES: Final = 16
"""Most domains, or previous proofs, of one proof."""
_MOST_TEXT: Final = 2048
_MOST_VALUE: Final = 90


@dataclass(frozen=True, slots=True)
class UnverifiedProof:
    """A proof whose members are well formed and whose signature nobody has checked. Made by `read`.

    `members` are all of them, as they came: they are what is signed.
    """

    members: Mapping[str, JsonValue]
    suite: Suite
    method: str
    purpose: str
    signature: bytes
    id: str | None
    created: datetime | None
    expires: datetime | None
    domains: frozenset[str]
    challenge: str | None
    previous: frozenset[str]

    @property
    def controller(self) -> str:
        """The DID that says it made the proof."""
        return self.method.partition("#")[0]


def proofs_of(document: Mapping[str, JsonValue]) -> tuple[UnverifiedProof, ...]:
    """The proofs of a document, of which there must be one. Raises `ProofError` unless each is well formed."""
    found = document.get("proof")
    members = found if isinstance(found, list) else [found]
    if not 1 <= len(members) <= MOST_PROOFS:
        raise wrong(f"expected 1 to {MOST_PROOFS} proofs, got {len(members)}")
    return tuple(read(each) for each in members)


def read(value: JsonValue) -> UnverifiedProof:
    """The proof that a JSON value is. Raises `ProofError`."""
    if not isinstance(value, dict):
        raise wrong(f"expected a proof as an object, got {shown(value)}", "PARSING_ERROR")
    if value.get("type") != TYPE:
        raise wrong(f"expected a proof of type {TYPE}, got {shown(value.get('type'))}")
    suite = value.get("cryptosuite")
    if not isinstance(suite, str) or suite not in set(Suite):
        raise wrong(f"expected a cryptosuite out of {', '.join(Suite)}, got {shown(suite)}")
    purpose = _text(value, "proofPurpose")
    if purpose is None:
        raise wrong("expected a proofPurpose")
    identifier = _text(value, "id")
    if identifier is not None and not is_absolute(identifier):
        raise wrong(f"expected the id of a proof as an absolute URL, got {shown(identifier)}")
    _text(value, "nonce")
    return UnverifiedProof(
        members=value,
        suite=Suite(suite),
        method=_method(value),
        purpose=purpose,
        signature=_signature(value),
        id=identifier,
        created=_instant(value, "created"),
        expires=_instant(value, "expires"),
        domains=_texts(value, "domain"),
        challenge=_text(value, "challenge"),
        previous=_texts(value, "previousProof"),
    )


def wrong(message: str, name: str = "PROOF_VERIFICATION_ERROR") -> ProofError:
    """The error with one of the names of VC Data Integrity 1.0 section 4.7 and Controlled Identifiers 1.0."""
    return ProofError(f"proof: {message}", problem=SECURITY + name)


def _method(members: Mapping[str, JsonValue]) -> str:
    method = _text(members, "verificationMethod")
    if method is None:
        raise wrong("expected a verificationMethod")
    try:
        url = parse_url(method)
    except MalformedError as error:
        raise wrong(f"verificationMethod: {error}", "INVALID_VERIFICATION_METHOD_URL") from None
    if not url.names_method:
        raise wrong("verificationMethod: expected a DID and a fragment", "INVALID_VERIFICATION_METHOD_URL")
    return method


def _signature(members: Mapping[str, JsonValue]) -> bytes:
    value = members.get("proofValue")
    if not isinstance(value, str) or not value.startswith("z") or len(value) > _MOST_VALUE:
        raise wrong("expected a proofValue as multibase base58btc, which starts with z")
    try:
        signature = base58_decode(value[1:])
    except MalformedError as error:
        raise wrong(f"proofValue: {error}") from None
    if len(signature) != SIGNATURE_BYTES:
        raise wrong(f"expected a proofValue of {SIGNATURE_BYTES} bytes, got {len(signature)}")
    return signature


def _instant(members: Mapping[str, JsonValue], name: str) -> datetime | None:
    if name not in members:
        return None
    at = read_stamp(members[name])
    if at is None:
        raise wrong(f"expected {name} as a date and time with its offset, got {shown(members[name])}")
    return at.replace(microsecond=0)


def _text(members: Mapping[str, JsonValue], name: str) -> str | None:
    if name not in members:
        return None
    value = members[name]
    if not isinstance(value, str) or not 0 < len(value) <= _MOST_TEXT:
        raise wrong(f"expected {name} as text of at most {_MOST_TEXT} characters, got {shown(value)}")
    return value


def _texts(members: Mapping[str, JsonValue], name: str) -> frozenset[str]:
    if name not in members:
        return frozenset()
    value = members[name]
    found = value if isinstance(value, list) else [value]
    texts = frozenset(each for each in found if isinstance(each, str) and 0 < len(each) <= _MOST_TEXT)
    if not 0 < len(found) <= MOST_NAMES or len(texts) != len(found):
        raise wrong(f"expected {name} as text or several different ones, got {shown(value)}")
    return texts
