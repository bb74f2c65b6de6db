"""What a DID URL leads to: a document, a part of it, or the URLs of a service (DID Resolution 1.0 section 5)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final
from urllib.parse import unquote, urljoin

from attorn.canonical import JsonValue
from attorn.did import resolver as resolving
from attorn.did.did import DidUrl, parse_url
from attorn.did.document import Relationship
from attorn.did.fault import Failure, Fault
from attorn.did.reading import absolute, timestamp
from attorn.did.resolution import CONTEXT, DocumentMetadata, Options, Resolution
from attorn.did.resolver import Resolver
from attorn.display import shown
from attorn.errors import AttornError, InputError, MalformedError, ResolutionError
from attorn.request.url import hosts

_NO_OPTIONS: Final = Options()
_URI_LIST: Final = "text/uri-list"
_NUMBER: Final = re.compile("[1-9][0-9]{0,8}")
_PARAMETERS: Final = ("versionId", "versionTime", "versionNumber", "service", "serviceType", "relativeRef")
# RFC 3986 section 4.2, without an authority: it must not lead to another host.
_RELATIVE: Final = re.compile(r"(?!//)[A-Za-z0-9._~!$&'()*+,;=@%/-][A-Za-z0-9._~!$&'()*+,;=:@%/?-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dereferencing:
    """What is there, or an error; never both. `content` is a document, a member of one, or a list of URLs."""

    content: JsonValue = None
    content_type: str | None = None
    metadata: DocumentMetadata = field(default_factory=DocumentMetadata)
    error: Failure | None = None

    def to_json(self) -> dict[str, JsonValue]:
        """The dereferencing result, as its HTTP binding sends it."""
        told: dict[str, JsonValue] = {} if self.content_type is None else {"contentType": self.content_type}
        if self.error is not None:
            told = {"error": self.error.to_json()}
        return {
            "@context": CONTEXT,
            "dereferencingMetadata": told,
            "content": self.content,
            "contentMetadata": self.metadata.to_json(),
        }


def dereference(
    url: str, resolver: Resolver, *, relationship: Relationship | None = None, options: Options = _NO_OPTIONS
) -> Dereferencing:
    """The result of dereferencing `url`, as `follow` does it, with its error where there is nothing.

    Raises `InputError` for arguments of the wrong type only.
    """
    try:
        return follow(url, resolver, relationship=relationship, options=options)
    except InputError:
        raise
    except AttornError as error:
        return Dereferencing(error=Failure.of(error))


def follow(
    url: str, resolver: Resolver, *, relationship: Relationship | None = None, options: Options = _NO_OPTIONS
) -> Dereferencing:
    """What the absolute DID URL `url` leads to. With `relationship`, only a verification method that is for that.

    Of the parameters, `versionId`, `versionTime`, `versionNumber`, `service`, `serviceType` and `relativeRef` are
    known, and any other is an error. A DID that is deactivated leads nowhere. What comes back is what its document
    says, for showing and for services: the key of a signature is found by `attorn.did.retrieval.retrieve`.
    Raises `ResolutionError` and `UnavailableError`.
    """
    if relationship is not None and not isinstance(relationship, Relationship):
        raise InputError(f"expected a Relationship, got {type(relationship).__name__}")
    try:
        parsed = parse_url(url)
    except MalformedError as error:
        raise _bad_url(str(error)) from None
    return _dereferenced(parsed, resolver, relationship, options)


def _dereferenced(
    url: DidUrl, resolver: Resolver, relationship: Relationship | None, options: Options
) -> Dereferencing:
    if url.path:
        raise ResolutionError("DID URL: nothing is known of paths", problem=Fault.FEATURE_NOT_SUPPORTED)
    given = _parameters(url.query)
    if relationship is not None and not url.fragment:
        raise ResolutionError(
            "DID URL: expected the fragment of a verification method", problem=Fault.INVALID_VERIFICATION_METHOD
        )
    found = resolving.look_up(resolver, url.did.text, _versioned(options, given))
    if found.metadata.deactivated or found.document is None or found.document.deactivated:
        raise ResolutionError(f"{shown(url.did.text)} is deactivated")
    document = found.did_document or {}
    if "service" in given or "serviceType" in given:
        return Dereferencing(
            content=[*_endpoints(document, url, given)], content_type=_URI_LIST, metadata=found.metadata
        )
    if url.fragment is None:
        return Dereferencing(content=document, content_type=found.content_type, metadata=found.metadata)
    return _part(found, document, f"{url.did.text}#{url.fragment}", relationship)


def _part(
    found: Resolution, document: dict[str, JsonValue], wanted: str, relationship: Relationship | None
) -> Dereferencing:
    did = wanted.partition("#")[0]
    part = next((each for each in _identified(document) if absolute(str(each.get("id")), did) == wanted), None)
    if relationship is not None:
        if part is None or not all(isinstance(part.get(name), str) for name in ("id", "type", "controller")):
            raise ResolutionError(
                f"{shown(wanted)} is no verification method", problem=Fault.INVALID_VERIFICATION_METHOD
            )
        listed = document.get(str(relationship), [])
        urls = (
            [each.get("id") if isinstance(each, dict) else each for each in listed] if isinstance(listed, list) else []
        )
        if wanted not in [absolute(str(each), did) for each in urls]:
            raise ResolutionError(
                f"{shown(wanted)} is no method for {relationship}",
                problem=Fault.INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD,
            )
    if part is None:
        raise ResolutionError(f"{shown(did)} has nothing named {shown(wanted)}", problem=Fault.NOT_FOUND)
    return Dereferencing(content=part, content_type=found.content_type, metadata=found.metadata)


def _identified(document: dict[str, JsonValue]) -> Iterator[dict[str, JsonValue]]:
    """Methods, also those that stand under a relationship, and services."""
    for name in ("verificationMethod", *map(str, Relationship), "service"):
        listed = document.get(name, [])
        if isinstance(listed, list):
            yield from (each for each in listed if isinstance(each, dict))


def _parameters(query: str | None) -> dict[str, str]:
    given: dict[str, str] = {}
    for pair in query.split("&") if query else []:
        name, _, value = pair.partition("=")
        if name not in _PARAMETERS:
            raise ResolutionError(f"DID URL: unknown parameter {shown(name)}", problem=Fault.FEATURE_NOT_SUPPORTED)
        if name in given:
            raise _bad_url(f"{name} stands twice")
        try:
            given[name] = unquote(value, errors="strict")
        except UnicodeDecodeError:
            raise _bad_url(f"{name} is no text") from None
    if "relativeRef" in given and not ("service" in given or "serviceType" in given):
        raise _bad_url("relativeRef is of a service")
    return given


def _versioned(options: Options, given: dict[str, str]) -> Options:
    at: datetime | None = options.version_time
    number = options.version_number
    if "versionTime" in given:
        try:
            at = timestamp(given["versionTime"], "versionTime")
        except MalformedError as error:
            raise _bad_url(str(error)) from None
    if "versionNumber" in given:
        if _NUMBER.fullmatch(given["versionNumber"]) is None:
            raise _bad_url("expected versionNumber in digits")
        number = int(given["versionNumber"])
    version = given.get("versionId", options.version_id)
    try:
        return replace(options, version_id=version, version_time=at, version_number=number)
    except InputError as error:
        raise _bad_url(str(error)) from None


def _endpoints(document: dict[str, JsonValue], url: DidUrl, given: dict[str, str]) -> Iterator[str]:
    """The URLs of the services that are asked for. Raises `ResolutionError` if there are none."""
    did = url.did.text
    services = document.get("service", [])
    any_found = False
    for service in services if isinstance(services, list) else []:
        if not isinstance(service, dict) or not _is_asked_for(service, did, given):
            continue
        endpoint = service.get("serviceEndpoint")
        for each in endpoint if isinstance(endpoint, list) else [endpoint]:
            if not isinstance(each, str):
                raise ResolutionError("DID URL: this service has no URL", problem=Fault.FEATURE_NOT_SUPPORTED)
            any_found = True
            yield _joined(each, given.get("relativeRef"), url.fragment)
    if not any_found:
        raise ResolutionError(f"{shown(did)} has no such service", problem=Fault.NOT_FOUND)


def _is_asked_for(service: dict[str, JsonValue], did: str, given: dict[str, str]) -> bool:
    kind = service.get("type")
    kinds = kind if isinstance(kind, list) else [kind]
    if "serviceType" in given and given["serviceType"] not in kinds:
        return False
    return "service" not in given or absolute(str(service.get("id")), did) == f"{did}#{given['service']}"


def _joined(endpoint: str, relative: str | None, fragment: str | None) -> str:
    joined = endpoint
    if relative is not None:
        first = re.split("[/?]", relative, maxsplit=1)[0]
        if _RELATIVE.fullmatch(relative) is None or ":" in first:
            raise _bad_url("expected relativeRef as a path")
        joined = urljoin(endpoint, relative)
        if hosts(endpoint) is None or hosts(joined) != hosts(endpoint):
            raise ResolutionError(
                "DID URL: relativeRef needs a service with an http URL", problem=Fault.FEATURE_NOT_SUPPORTED
            )
    if fragment is None:
        return joined
    if "#" in joined:
        raise _bad_url("two fragments")
    return f"{joined}#{fragment}"


def _bad_url(why: str) -> ResolutionError:
    return ResolutionError(f"DID URL: {why}", problem=Fault.INVALID_DID_URL)
