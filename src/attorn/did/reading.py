"""DID documents in JSON: read for what they say about authority, and written (DID Core 1.0 section 5).

Reading is strict where a mistake could lend authority, and passes over what attorn does not use: a key agreement key
or a method of an unknown type breaks no document, it only cannot be used.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from attorn.canonical import JsonValue
from attorn.clock import instant
from attorn.did import material
from attorn.did.did import is_did, parse_url
from attorn.did.document import DidDocument, Relationship, VerificationMethod
from attorn.did.material import KeyFormat
from attorn.display import shown, stamp
from attorn.errors import InputError, MalformedError
from attorn.keys.public import PublicKey
from attorn.stamp import read_stamp

MOST_MEMBERS: Final = 256
"""Most methods, references in one relationship, services, controllers or other names of a document."""


@dataclass(frozen=True, slots=True)
class _Method:
    """A method as the document has it; `key` is None where attorn has no use for it."""

    url: str
    key: PublicKey | None
    until: datetime | None


def read(value: JsonValue, did: str, *, now: datetime | None = None) -> DidDocument:
    """What the JSON document `value` of `did` says about keys that sign.

    A method that has expired or was revoked at `now` is left out; so is one that ever ends where `now` is not given.
    Raises `MalformedError` for anything but a document of this DID: another `id`, a method of another DID or with
    another controller, a method listed twice, a reference to none, a secret key, a bad service.
    """
    if not isinstance(did, str):
        raise InputError(f"DID document: expected the DID as text, got {type(did).__name__}")
    if now is not None:
        instant(now, "now")
    members = _checked(value, did)
    methods: dict[str, _Method] = {}
    for item in _objects(members, "verificationMethod"):
        _add(methods, _method(item, did))
    may: dict[str, list[Relationship]] = {url: [] for url in methods}
    for relationship in Relationship:
        for url in _referred(members, relationship, did, methods):
            may.setdefault(url, []).append(relationship)
    return DidDocument(
        did,
        tuple(
            VerificationMethod(url, did, method.key, frozenset(may[url]), method.until)
            for url, method in methods.items()
            if method.key is not None and (method.until is None or (now is not None and now < method.until))
        ),
    )


def write(document: DidDocument, *, key_format: KeyFormat = KeyFormat.MULTIKEY) -> dict[str, JsonValue]:
    """The JSON form of a document, its methods of one type. Raises `InputError` for a key that has no such form."""
    if not isinstance(document, DidDocument):
        raise InputError(f"expected a DidDocument, got {type(document).__name__}")
    listed: list[JsonValue] = []
    for method in document.methods:
        written = material.write(method.id, method.controller, method.key, key_format)
        listed.append(written if method.until is None else {**written, "expires": stamp(method.until)})
    members: dict[str, JsonValue] = {
        "@context": material.context([key_format] if listed else []),
        "id": document.id,
        "verificationMethod": listed,
    }
    for relationship in Relationship:
        urls: list[JsonValue] = [each.id for each in document.methods if relationship in each.relationships]
        if urls:
            members[str(relationship)] = urls
    return members


def absolute(reference: str, did: str) -> str:
    """The DID URL that `reference` in a document of `did` means: itself, or of that DID where it starts with `#`."""
    return did + reference if reference.startswith("#") else reference


def timestamp(value: JsonValue, name: str) -> datetime:
    """The UTC instant of an `xsd:dateTimeStamp`, whose zone is required. Raises `MalformedError`."""
    at = read_stamp(value)
    if at is None:
        raise MalformedError(f"expected {name} as a date and time with a zone, got {shown(value)}")
    return at


def _checked(value: JsonValue, did: str) -> dict[str, JsonValue]:
    """The members, once those that no key depends on are well formed."""
    if not isinstance(value, dict):
        raise MalformedError("DID document: expected a JSON object")
    if value.get("id") != did:
        raise MalformedError(f"DID document: expected the id {shown(did)}, got {shown(value.get('id'))}")
    if "@context" in value:
        terms = value["@context"]
        listed = terms if isinstance(terms, list) else [terms]
        if not listed or not all(isinstance(each, str | dict) for each in listed):
            raise MalformedError("DID document: expected @context as a URL or an array of URLs and objects")
    if "controller" in value:
        given = value["controller"]
        if not all(isinstance(each, str) and is_did(each) for each in _set(given, "controller")):
            raise MalformedError("DID document: expected its controller as a DID or an array of DIDs")
    if "alsoKnownAs" in value:
        names = value["alsoKnownAs"]
        if not isinstance(names, list) or not all(isinstance(each, str) for each in _set(names, "alsoKnownAs")):
            raise MalformedError("DID document: expected alsoKnownAs as an array of URIs")
    _check_services(value, did)
    return value


def _check_services(members: dict[str, JsonValue], did: str) -> None:
    seen = set()
    for service in _objects(members, "service"):
        url, kind, endpoint = service.get("id"), service.get("type"), service.get("serviceEndpoint")
        if not isinstance(url, str) or not url or absolute(url, did) in seen:
            raise MalformedError(f"DID document: expected an id of its own for each service, got {shown(url)}")
        seen.add(absolute(url, did))
        kinds, endpoints = (given if isinstance(given, list) else [given] for given in (kind, endpoint))
        if not kinds or not all(isinstance(each, str) for each in kinds):
            raise MalformedError("DID document: expected the type of a service as text or an array of texts")
        if not endpoints or not all(isinstance(each, str | dict) for each in endpoints):
            raise MalformedError("DID document: expected serviceEndpoint as a URI, an object or an array of these")


def _referred(
    members: dict[str, JsonValue], relationship: Relationship, did: str, methods: dict[str, _Method]
) -> Iterator[str]:
    """The methods of `did` under one relationship. One that stands there itself is added to `methods`."""
    given = members.get(str(relationship), [])
    if not isinstance(given, list):
        raise MalformedError(f"DID document: expected {relationship} as an array")
    seen = set()
    for item in _set(given, str(relationship)):
        if isinstance(item, dict):
            method = _method(item, did)
            _add(methods, method)
            url = method.url
        elif isinstance(item, str):
            url = absolute(item, did)
            named = parse_url(url)
            if named.did.text != did:
                # Somebody else's key: not one that this document can lend authority to.
                continue
            if url not in methods:
                raise MalformedError(f"DID document: {relationship} names {shown(item)}, which is not there")
        else:
            raise MalformedError(f"DID document: expected methods or their URLs under {relationship}")
        if url in seen:
            raise MalformedError(f"DID document: {relationship} names {shown(url)} twice")
        seen.add(url)
        yield url


def _add(methods: dict[str, _Method], method: _Method) -> None:
    if method.url in methods:
        raise MalformedError(f"DID document: method {shown(method.url)} is listed twice")
    if len(methods) == MOST_MEMBERS:
        raise MalformedError(f"DID document: expected at most {MOST_MEMBERS} methods")
    methods[method.url] = method


def _method(item: dict[str, JsonValue], did: str) -> _Method:
    given = item.get("id")
    if not isinstance(given, str):
        raise MalformedError("DID document: expected the id of a method as text")
    url = parse_url(absolute(given, did))
    if url.did.text != did or not url.names_method:
        raise MalformedError(f"DID document: method {shown(given)} is not its own")
    if item.get("controller") != did:
        raise MalformedError(f"DID document: method {shown(given)} has another controller")
    ends = [timestamp(item[name], name) for name in ("expires", "revoked") if name in item]
    return _Method(f"{did}#{url.fragment}", material.read(item), min(ends, default=None))


def _objects(members: dict[str, JsonValue], name: str) -> list[dict[str, JsonValue]]:
    given = members.get(name, [])
    if not isinstance(given, list):
        raise MalformedError(f"DID document: expected {name} as an array")
    found = [each for each in _set(given, name) if isinstance(each, dict)]
    if len(found) != len(given):
        raise MalformedError(f"DID document: expected {name} as an array of objects")
    return found


def _set(given: JsonValue, name: str) -> list[JsonValue]:
    """The members of what may be one value or an array, few enough."""
    listed: list[JsonValue] = given if isinstance(given, list) else [given]
    if len(listed) > MOST_MEMBERS:
        raise MalformedError(f"DID document: expected at most {MOST_MEMBERS} members of {name}, got {len(listed)}")
    return listed
