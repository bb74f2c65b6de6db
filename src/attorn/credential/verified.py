"""Credentials and presentations that somebody stands for, as verifying makes them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from attorn.canonical import JsonValue
from attorn.credential.context import Version
from attorn.credential.part import SchemaReference, StatusEntry, Subject


class Securing(StrEnum):
    """How a credential or a presentation is secured."""

    DATA_INTEGRITY = "data-integrity"
    """Proofs inside the document."""
    JOSE = "jose"
    """A compact JWS whose payload is the document."""
    ENVELOPED = "enveloped"
    """A JWS or an SD-JWT in a `data:` URL in an object."""
    SD_JWT = "sd-jwt"
    """A compact SD-JWT: the holder shows what it chooses of the document."""


@dataclass(frozen=True, slots=True)
class VerifiedCredential:
    """A credential that its issuer signed, which was good when it was verified. Only `verify` makes one.

    `document` is what was signed, without its proof; `valid_from` and `valid_until` are UTC or None. `status` are the
    entries of `credentialStatus`, `token_status` the `status` claim beside the credential in a JWS.
    `unchecked_resources` are the URLs of related resources whose bytes were not at hand. `signers` are the DIDs of all
    who signed, the issuer among them.
    """

    id: str | None
    issuer: str
    types: tuple[str, ...]
    subjects: tuple[Subject, ...]
    valid_from: datetime | None
    valid_until: datetime | None
    status: tuple[StatusEntry, ...]
    token_status: JsonValue
    schemas: tuple[SchemaReference, ...]
    unchecked_resources: tuple[str, ...]
    version: Version
    securing: Securing
    signers: tuple[str, ...]
    document: dict[str, JsonValue] = field(repr=False)


@dataclass(frozen=True, slots=True)
class VerifiedPresentation:
    """A presentation that its holder signed, and its credentials, all verified. Only `verify_presentation` makes one.

    `holder` is the DID that signed it; `document` is what was signed, without its proof.
    """

    id: str | None
    types: tuple[str, ...]
    holder: str
    credentials: tuple[VerifiedCredential, ...]
    version: Version
    securing: Securing
    signers: tuple[str, ...]
    document: dict[str, JsonValue] = field(repr=False)


@dataclass(frozen=True, slots=True)
class UnsignedPresentation:
    """Credentials that are verified, in a presentation that nobody signed: anybody may have put it together."""

    credentials: tuple[VerifiedCredential, ...]
    version: Version
    unverified_holder: str | None
    unverified_document: dict[str, JsonValue] = field(repr=False)
