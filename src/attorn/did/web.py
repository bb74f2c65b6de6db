"""did:web: the document is on a web server, under the name that the DID spells (W3C CCG, did:web Method, May 2026).

There is no history and no proof: what counts is what the server answers now, over TLS. So one DID leads to one URL of
one reading, and everything else is refused before anything is fetched.
"""

from __future__ import annotations

import re
from typing import Final

from attorn.canonical import JsonValue
from attorn.canonical import parse as parse_json
from attorn.clock import Clock, read, system_clock
from attorn.did import reading
from attorn.did.did import parse
from attorn.did.document import DidDocument
from attorn.did.fault import Fault
from attorn.did.resolution import Options, Resolution, require_supported
from attorn.display import shown
from attorn.errors import InputError, MalformedError, ResolutionError
from attorn.request.address import ipv4_literal
from attorn.transport import Transport, fetched, is_fetchable

PREFIX: Final = "did:web:"
ACCEPT: Final = "application/did, application/did+json, application/did+ld+json, application/json, application/ld+json"
MOST_DOCUMENT: Final = 65_536
"""Longest document, in bytes."""

# What is between the colons: a host with perhaps a port, then segments of a path. Lower case, as no case is told apart.
_HOST: Final = re.compile(r"([a-z0-9-]+(?:\.[a-z0-9-]+)*)(?:%3[Aa]([1-9][0-9]{0,4}))?")
# Encoded is only what must be: a letter, dot, slash or percent sign behind one is a second spelling or a trap.
_SEGMENT: Final = re.compile(
    r"(?:[A-Za-z0-9._-]|%(?:2[0-46-9A-Ca-c]|3[A-Fa-f]|40|5[BDEbde]|60|7[B-Eb-e]))+",
)


def url_of(did: str) -> str:
    """Where the document of a did:web is. Raises `MalformedError` for a DID that leads to no URL of one reading."""
    found = parse(did)
    if found.method != "web":
        raise MalformedError(f"expected a did:web, got {shown(did)}")
    return f"{location(found.identifier)}/did.json"


def location(identifier: str) -> str:
    """The URL of the folder that `identifier` (a host, and a path after colons) names, without a slash at its end.

    Refused with `MalformedError`: IP addresses in any spelling, upper case, names in punycode (which can look like
    others), a dot at the end, port 443 spelt out, and in the path dot segments, and what is encoded without need.
    """
    host, *segments = identifier.split(":")
    match = _HOST.fullmatch(host)
    if match is None or match[2] == "443" or ipv4_literal(match[1]):
        raise MalformedError(f"did:web: expected a host's name in lower case, got {shown(host)}")
    if any(label.startswith("xn--") for label in match[1].split(".")):
        raise MalformedError(f"did:web: {shown(host)} is in punycode, which can look like another name")
    for segment in segments:
        if _SEGMENT.fullmatch(segment) is None or not segment.strip("."):
            raise MalformedError(f"did:web: {shown(segment)} is no segment of a path")
    origin = "https://" + match[1] + (f":{match[2]}" if match[2] else "")
    if not is_fetchable(f"{origin}/"):
        raise MalformedError(f"did:web: {shown(host)} is no host that may be asked")
    return "/".join((origin, *segments)) if segments else f"{origin}/.well-known"


class WebResolver:
    """Resolves did:web through a transport; keeps nothing: see `attorn.did.caching`.

    The transport decides what may be connected to: `attorn.web.fetch.HttpTransport` connects to public addresses only.
    """

    __slots__ = ("_clock", "_transport")

    def __init__(self, transport: Transport, *, clock: Clock = system_clock) -> None:
        if not callable(getattr(transport, "get", None)):
            raise InputError(f"did:web: expected a transport, got {type(transport).__name__}")
        self._transport = transport
        self._clock = clock

    def resolve(self, did: str) -> DidDocument:
        """The document of `did`. Raises `ResolutionError` and `UnavailableError`."""
        return self._found(did)[0]

    def look_up(self, did: str, options: Options) -> Resolution:
        """The document of `did`, as its server has it. Raises `ResolutionError` and `UnavailableError`."""
        require_supported(options)
        document, members = self._found(did)
        return Resolution(did_document=members, document=document, content_type=options.accept)

    def _found(self, did: str) -> tuple[DidDocument, dict[str, JsonValue]]:
        try:
            url = url_of(did)
        except MalformedError as error:
            raise ResolutionError(f"{shown(did)} does not resolve: {error}", problem=Fault.INVALID_DID) from error
        body = fetched(self._transport, url, accept=ACCEPT, most=MOST_DOCUMENT)
        if body is None:
            raise ResolutionError(f"{shown(did)} does not resolve: its server has no document", problem=Fault.NOT_FOUND)
        try:
            value = parse_json(body, most=MOST_DOCUMENT)
            document = reading.read(value, did, now=read(self._clock))
        except MalformedError as error:
            raise ResolutionError(
                f"{shown(did)} does not resolve: {error}", problem=Fault.INVALID_DID_DOCUMENT
            ) from error
        return document, value if isinstance(value, dict) else {}
