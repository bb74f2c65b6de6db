"""The data model of credentials: what a document must be before anybody asks who signed it.

VC Data Model 2.0 (W3C Recommendation of 15 May 2025) sections 4 and 5; version 1.1 where the caller accepts it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from attorn.canonical import JsonValue
from attorn.credential import part, resource, value
from attorn.credential.context import Version, version_of
from attorn.credential.part import Period, SchemaReference, StatusEntry, Subject
from attorn.credential.problem import malformed
from attorn.credential.resource import RelatedResource
from attorn.display import shown
from attorn.jsonld import Contexts

TYPE: Final = "VerifiableCredential"
_TYPED: Final = ("termsOfUse", "evidence", "refreshService", "confidenceMethod", "renderMethod")
_PERIODS: Final = {Version.V2: ("validFrom", "validUntil"), Version.V1: ("issuanceDate", "expirationDate")}
_SKIPPED: Final = ("@context", "proof")


@dataclass(frozen=True, slots=True)
class UnverifiedCredential:
    """A credential that follows the data model, and that nobody is known to stand for. Made by `read`.

    `unverified_document` is the whole JSON object.
    """

    unverified_document: dict[str, JsonValue] = field(repr=False)
    version: Version
    unverified_id: str | None
    unverified_types: tuple[str, ...]
    unverified_issuer: str
    unverified_subjects: tuple[Subject, ...]
    unverified_period: Period
    unverified_status: tuple[StatusEntry, ...]
    unverified_schemas: tuple[SchemaReference, ...]
    unverified_resources: tuple[RelatedResource, ...]


def read(
    document: dict[str, JsonValue], *, accept_v1: bool = False, contexts: Contexts | None = None
) -> UnverifiedCredential:
    """The credential that a JSON object is, with or without its proof, which is not looked at.

    `contexts` say what of it is JSON as it stands, for which the rules of the data model do not hold.
    Raises `CredentialError` (MALFORMED_VALUE_ERROR or RANGE_ERROR) for anything that breaks a rule of the data model.
    """
    version = version_of(document.get("@context"), "credential", accept_v1=accept_v1)
    types = value.types(document.get("type"), "credential")
    if TYPE not in types:
        raise malformed(f"credential: expected its type to hold {TYPE}, got {shown(list(types))}")
    for name in ("issuer", "credentialSubject", *(_PERIODS[version][:1] if version is Version.V1 else ())):
        if name not in document:
            raise malformed(f"credential: expected {name}")
    for name in ("name", "description"):
        if name in document:
            value.check_words(document[name], name)
    for name in _TYPED:
        part.check_typed(document, name, id_required=version is Version.V1 and name == "refreshService")
    check_everywhere(document, contexts.literals if isinstance(contexts, Contexts) else frozenset())
    return UnverifiedCredential(
        document,
        version,
        part.optional_id(document, "credential"),
        types,
        part.party(document["issuer"], "issuer"),
        part.subjects(document["credentialSubject"]),
        part.period(document, _PERIODS[version]),
        part.status(document, id_required=version is Version.V1),
        part.schemas(document),
        resource.resources(document),
    )


def check_everywhere(document: dict[str, JsonValue], literals: frozenset[str] = frozenset()) -> None:
    """Returns if what holds of every object of a document does, however deep it is, but for members of these names.

    An id is one URL, a type is text, and nothing is null: JSON-LD passes over a null, so that a proof over the graph
    would not notice one. Raises `CredentialError`.
    """
    waiting: list[JsonValue] = [{name: document[name] for name in document if name not in _SKIPPED}]
    while waiting:
        found = waiting.pop()
        if isinstance(found, list):
            waiting.extend(found)
        elif isinstance(found, dict):
            if "id" in found:
                value.url(found["id"], "id")
            if "type" in found:
                value.types(found["type"], "object")
            waiting.extend(found[name] for name in found if name != "@context" and name not in literals)
        elif found is None:
            raise malformed("null is no value of a credential: leave the member out")
