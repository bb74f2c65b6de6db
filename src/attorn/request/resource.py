"""One spelling for every resource, so that a path prefix means the same to whoever limits and whoever serves.

Three forms: `scheme://authority[/path]`, `/path` and relative `a/b`. Rules: RFC 3986 sections 5.2.4 and 6.2.2, made
strict; what two parsers could read differently is refused instead of repaired.
"""

from __future__ import annotations

import re
from typing import Final

from attorn.display import shown
from attorn.errors import InputError
from attorn.request.address import ipv6_literal
from attorn.request.characters import composed, hidden

MOST_CHARACTERS: Final = 2048
MOST_SEGMENTS: Final = 64
_MOST_HOST: Final = 253
_DEFAULT_PORTS: Final = {"http": "80", "https": "443"}

# What is already normal and needs no second look. Segments that start with a dot, ports and `%` take the long way.
_SEGMENT = r"[A-Za-z0-9_~!$&'()*+,;=:@-][A-Za-z0-9._~!$&'()*+,;=:@-]*"
_NORMAL = re.compile(
    r"(?:[a-z][a-z0-9+.-]*://(?=[^/]{1,253}(?:/|\Z))[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*"
    rf"|/{_SEGMENT}|[A-Za-z0-9_~!$&'()*+,;=@-][A-Za-z0-9._~!$&'()*+,;=@-]*)(?:/{_SEGMENT})*"
)
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_AUTHORITY = re.compile(
    r"(\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63})*)(?::([1-9][0-9]{0,4}))?"
)
_UNRESERVED: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_MALFORMED_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_UNUSUAL = re.compile(r"%[0-9A-Fa-f]{2}|[^A-Za-z0-9._~!$&'()*+,;=:@-]")
_ESCAPE = re.compile(rb"%([0-9A-F]{2})")
_ESCAPED_TWICE = re.compile(r"%25[0-9A-Fa-f]{2}")
# Some servers cut a segment at its semicolon before they look for dot segments.
_DOTS_WITH_PARAMETER = re.compile(r"\.{1,2}(?:;|%3B)")


def normalise(resource: str) -> str:
    """The one normal form of `resource`: ASCII, lower-case scheme and host, no dot segments, no trailing slash.

    Raises `InputError` for what has no safe normal form: over 2048 characters or 64 segments, not NFC, hidden
    characters, a backslash, query, fragment, userinfo, an empty segment, an encoded separator or control character,
    text that was encoded twice, or a path that climbs above its root.
    """
    if type(resource) is not str:
        raise InputError(f"resource: expected str, got {type(resource).__name__}")
    if len(resource) > MOST_CHARACTERS:
        raise InputError(f"resource: expected at most {MOST_CHARACTERS} characters, got {len(resource)}")
    if _NORMAL.fullmatch(resource) is not None and resource.count("/") < MOST_SEGMENTS:
        return resource
    normal = _normalised(resource)
    if len(normal) > MOST_CHARACTERS:
        raise InputError(f"resource: expected at most {MOST_CHARACTERS} characters after encoding, got {len(normal)}")
    return normal


def ancestors(normalised: str) -> frozenset[str]:
    """Every prefix of a normal form that ends at a segment boundary, itself included."""
    found = [normalised]
    start = normalised.find("://") + 3
    if start == 2:
        start = 1
        if normalised[0] == "/":
            found.append("/")
    end = normalised.find("/", start)
    while end != -1:
        found.append(normalised[:end])
        end = normalised.find("/", end + 1)
    return frozenset(found)


def _normalised(resource: str) -> str:
    if not resource:
        raise InputError("resource: expected text, got an empty string")
    if hidden(resource):
        raise InputError(f"resource: control, format, separator or surrogate character in {shown(resource)}")
    if not composed(resource):
        raise InputError(f"resource: expected Unicode normalisation form C, got {shown(resource)}")
    for refused in "\\?#":
        if refused in resource:
            raise InputError(
                f"resource: {refused!r} is not part of a resource; put queries into args: {shown(resource)}"
            )
    scheme = _SCHEME.match(resource)
    if scheme is not None:
        authority, slash, path = resource[scheme.end() :].partition("/")
        name = scheme[1].lower()
        return "/".join((f"{name}://{_authority(name, authority)}", *(_segments(path) if slash else ())))
    if resource[0] == "/":
        return "/" + "/".join(_segments(resource[1:]))
    segments = _segments(resource)
    if not segments:
        raise InputError(f"resource: a relative path must name something, got {shown(resource)}")
    if segments[0][-1] == ":":
        raise InputError(f"resource: expected '//' after the scheme in {shown(resource)}")
    return "/".join(segments)


def _authority(scheme: str, authority: str) -> str:
    match = _AUTHORITY.fullmatch(authority)
    if match is None or len(match[1]) > _MOST_HOST:
        raise InputError(f"resource: expected host or host:port in plain ASCII, got {shown(authority)}")
    host, port = match[1].lower(), match[2]
    if host[0] == "[":
        address = ipv6_literal(host[1:-1])
        if address is None:
            raise InputError(f"resource: expected an IPv6 address in brackets, got {shown(host)}")
        host = f"[{address}]"
    if port is None or _DEFAULT_PORTS.get(scheme) == port:
        return host
    if int(port) > 65535:
        raise InputError(f"resource: expected a port of 1 to 65535, got {port}")
    return f"{host}:{port}"


def _segments(path: str) -> list[str]:
    if not path:
        return []
    parts = path.removesuffix("/").split("/")
    if len(parts) > MOST_SEGMENTS:
        raise InputError(f"resource: expected at most {MOST_SEGMENTS} segments, got {len(parts)}")
    kept: list[str] = []
    for part in parts:
        segment = _segment(part)
        if segment == "..":
            if not kept:
                raise InputError(f"resource: {shown(path)} climbs above its root")
            kept.pop()
        elif segment != ".":
            kept.append(segment)
    return kept


def _segment(part: str) -> str:
    if not part:
        raise InputError("resource: empty segment ('//')")
    if _MALFORMED_ESCAPE.search(part):
        raise InputError(f"resource: malformed percent-encoding in {shown(part)}")
    segment = _UNUSUAL.sub(_spell, part)
    if "%" in segment:
        _check_decoded(segment)
    if _DOTS_WITH_PARAMETER.match(segment):
        raise InputError(f"resource: dot segment with a parameter: {shown(part)}")
    return segment


def _spell(match: re.Match[str]) -> str:
    text = match[0]
    if text[0] != "%" or len(text) == 1:
        return "".join(f"%{byte:02X}" for byte in text.encode())
    character = chr(int(text[1:], 16))
    if character in _UNRESERVED:
        return character
    if character in "/\\":
        raise InputError(f"resource: encoded separator {text}")
    return text.upper()


def _check_decoded(segment: str) -> None:
    if _ESCAPED_TWICE.search(segment):
        raise InputError(f"resource: percent-encoded twice: {shown(segment)}")
    octets = _ESCAPE.sub(lambda match: bytes((int(match[1], 16),)), segment.encode())
    try:
        decoded = octets.decode()
    except UnicodeDecodeError:
        raise InputError(f"resource: percent-encoding is not UTF-8 in {shown(segment)}") from None
    if hidden(decoded) or not composed(decoded):
        raise InputError(f"resource: percent-encoding hides a control or uncomposed character in {shown(segment)}")
