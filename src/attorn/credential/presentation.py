"""The data model of presentations (VC Data Model 2.0 section 4.13)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final

from attorn.canonical import JsonValue
from attorn.credential import part, value
from attorn.credential.context import Version, version_of
from attorn.credential.model import check_everywhere
from attorn.credential.problem import malformed, out_of_range
from attorn.display import shown
from attorn.errors import InputError

TYPE: Final = "VerifiablePresentation"
MOST_CREDENTIALS: Final = 64
"""Most credentials in one presentation."""
MOST_PROOFS: Final = 96
"""Most proofs of all credentials in one presentation: one of each, and some to spare."""


@dataclass(frozen=True, slots=True)
class UnverifiedPresentation:
    """A presentation that follows the data model; nothing in it is verified. Made by `read`.

    `unverified_credentials` are objects and nothing more is known of them.
    """

    unverified_document: dict[str, JsonValue] = field(repr=False)
    version: Version
    unverified_id: str | None
    unverified_types: tuple[str, ...]
    unverified_holder: str | None
    unverified_credentials: tuple[dict[str, JsonValue], ...] = field(repr=False)


def read(document: dict[str, JsonValue], *, accept_v1: bool = False) -> UnverifiedPresentation:
    """The presentation that a JSON object is, with or without its proof, which is not looked at.

    Raises `CredentialError` (MALFORMED_VALUE_ERROR or RANGE_ERROR) for anything that breaks a rule of the data model.
    """
    version = version_of(document.get("@context"), "presentation", accept_v1=accept_v1)
    types = value.types(document.get("type"), "presentation")
    if TYPE not in types:
        raise malformed(f"presentation: expected its type to hold {TYPE}, got {shown(list(types))}")
    part.check_typed(document, "termsOfUse")
    check_everywhere({name: document[name] for name in document if name != "verifiableCredential"})
    return UnverifiedPresentation(
        document,
        version,
        part.optional_id(document, "presentation"),
        types,
        part.party(document["holder"], "holder") if "holder" in document else None,
        _credentials(document),
    )


def _credentials(document: dict[str, JsonValue]) -> tuple[dict[str, JsonValue], ...]:
    name = "verifiableCredential"
    # None is no rule broken: the conformance suites present no credential at all.
    found = value.objects(document[name], name) if document.get(name, []) != [] else []
    if len(found) > MOST_CREDENTIALS:
        raise out_of_range(f"presentation: expected at most {MOST_CREDENTIALS} credentials, got {len(found)}")
    proofs = sum(map(_count, found))
    if proofs > MOST_PROOFS:
        raise out_of_range(f"presentation: expected at most {MOST_PROOFS} proofs of its credentials, got {proofs}")
    return tuple(found)


def _count(credential: dict[str, JsonValue]) -> int:
    """How many proofs stand in a credential; an envelope is one."""
    proof = credential.get("proof")
    return len(proof) if isinstance(proof, list) else 1


def domains_of(domain: str | Collection[str] | None) -> tuple[str, ...] | None:
    """The domains that a caller named, or None. Raises `InputError`."""
    if domain is None:
        return None
    if not isinstance(domain, str | list | tuple | set | frozenset):
        raise InputError(f"presentation: expected domain as text, or several, got {type(domain).__name__}")
    domains = (domain,) if isinstance(domain, str) else tuple(domain)
    if not domains or not all(isinstance(each, str) and each for each in domains):
        raise InputError("presentation: expected domain as text, or several")
    return domains
