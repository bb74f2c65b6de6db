"""What can be known of one request, by the rules of docs/spec/facts.md and in their order. Slow, and meant to be read.

A request is plain JSON: `{"action": ..., "resource": ..., "args": {...}, "cost": {"amount": ..., "currency": ...}}`.
Every function returns None where the page says that there is no fact.
"""

from __future__ import annotations

import ipaddress
import math
import re
import unicodedata
from fractions import Fraction
from typing import Any, NamedTuple

Request = dict[str, Any]


class Scalar(NamedTuple):
    """A value with the name of its type, so that 1, True and "1" are three."""

    type: str
    value: object


def hidden(text: str) -> bool:
    """Whether any character is of the categories Cc, Cf, Cs, Zl or Zp."""
    return any(unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp") for character in text)


def composed(text: str) -> bool:
    return unicodedata.normalize("NFC", text) == text


# Resource


def normal(resource: str) -> str | None:
    """The normal form of a resource, by the nine steps."""
    if not 1 <= len(resource) <= 2048 or hidden(resource) or not composed(resource):
        return None
    if any(refused in resource for refused in "\\?#"):
        return None
    scheme = re.match("([A-Za-z][A-Za-z0-9+.-]*)://", resource)
    if scheme:
        name = scheme[1].lower()
        authority, _, path = resource[scheme.end() :].partition("/")
        address = _authority(name, authority)
        segments = _segments(path)
        if address is None or segments is None:
            return None
        found = "/".join([f"{name}://{address}", *segments])
    elif resource.startswith("/"):
        segments = _segments(resource[1:])
        if segments is None:
            return None
        found = "/" + "/".join(segments)
    else:
        segments = _segments(resource)
        if not segments or segments[0].endswith(":"):
            return None
        found = "/".join(segments)
    return found if len(found) <= 2048 else None


def _authority(scheme: str, authority: str) -> str | None:
    match = re.fullmatch(r"(\[[^\[\]]*\]|[^:\[\]]*)(?::([1-9][0-9]*))?", authority)
    if match is None:
        return None
    host, port = match[1].lower(), match[2]
    if host.startswith("["):
        address = _ipv6(host[1:-1])
        if address is None or address.ipv4_mapped is not None:
            return None
        host = f"[{address.compressed}]"
    elif len(host) > 253 or not all(re.fullmatch("[A-Za-z0-9_-]{1,63}", label) for label in match[1].split(".")):
        return None
    if port is None:
        return host
    if len(port) > 5 or int(port) > 65535:
        return None
    return host if (scheme, port) in (("http", "80"), ("https", "443")) else f"{host}:{port}"


def _segments(path: str) -> list[str] | None:
    if path == "":
        return []
    parts = path.removesuffix("/").split("/")
    if len(parts) > 64 or "" in parts:
        return None
    kept: list[str] = []
    for part in parts:
        segment = _segment(part)
        if segment is None or re.match(r"\.\.?(;|%3B)", segment):
            return None
        if segment == "..":
            if not kept:
                return None
            kept.pop()
        elif segment != ".":
            kept.append(segment)
    return kept


def _segment(part: str) -> str | None:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    unreserved = letters + "0123456789-._~"
    spelt, raw, rest = "", b"", part
    while rest:
        if rest[0] == "%":
            if not re.match("%[0-9A-Fa-f]{2}", rest):
                return None
            character, rest = chr(int(rest[1:3], 16)), rest[3:]
            if character in "/\\":
                return None
            spelt += character if character in unreserved else f"%{ord(character):02X}"
            raw += bytes([ord(character)])
            continue
        octets = rest[0].encode()
        spelt += rest[0] if rest[0] in unreserved + "!$&'()*+,;=:@" else "".join(f"%{octet:02X}" for octet in octets)
        raw += octets
        rest = rest[1:]
    if "%" in spelt:
        try:
            text = raw.decode()
        except UnicodeDecodeError:
            return None
        if re.search("%25[0-9A-Fa-f]{2}", spelt) or not composed(text) or hidden(text):
            return None
    return spelt


def ancestors(resource: str) -> set[str]:
    """The prefixes of a normal form that end at a segment boundary, and `/` for a path that starts with one."""
    start = resource.find("://") + 3 if "://" in resource else 0
    found = {resource} | {resource[:end] for end in range(start, len(resource)) if resource[end] == "/" and end > 0}
    return found | ({"/"} if resource.startswith("/") else set())


# Arguments


def scalar(value: object) -> Scalar | None:
    """The type and value of text, an integer or a boolean; a number without a fraction is an integer."""
    if isinstance(value, bool):
        return Scalar("boolean", value)
    if isinstance(value, str):
        return Scalar("text", value)
    if isinstance(value, int | float) and Fraction(value).denominator == 1:
        return Scalar("integer", int(value))
    return None


def number(value: object) -> tuple[int, int] | None:
    """Floor and ceiling of a number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return math.floor(Fraction(value)), math.ceil(Fraction(value))


def elements(value: object) -> tuple[str, set[object]] | None:
    """The type and the elements of a list that has some, all of one type."""
    if not isinstance(value, list) or not value:
        return None
    found = [scalar(element) for element in value]
    types = {element.type for element in found if element is not None}
    if None in found or len(types) != 1:
        return None
    return types.pop(), {element.value for element in found if element is not None}


def length(value: object) -> int | None:
    return len(value) if isinstance(value, str | list) else None


# URL hosts


def hosts(url: object) -> set[str] | None:
    if not isinstance(url, str):
        return None
    match = re.fullmatch(r"([A-Za-z]+)://(\[[^\[\]/]*\]|[^:/\[\]]*)(?::([1-9][0-9]*))?(/(?!/).*)?", url, re.DOTALL)
    if match is None or match[1].lower() not in ("http", "https", "ws", "wss"):
        return None
    if not match[1].isascii() or not match[2].isascii() or hidden(url):
        return None
    if "\\" in url or any(unicodedata.category(character) == "Zs" for character in url):
        return None
    if match[3] is not None and (len(match[3]) > 5 or int(match[3]) > 65535):
        return None
    return _host(match[2].lower())


def _host(host: str) -> set[str] | None:
    if host.startswith("["):
        address = _ipv6(host[1:-1])
        return None if address is None or address.ipv4_mapped is not None else {f"[{address.compressed}]"}
    if _ipv4(host) is not None:
        return {host}
    labels = host.split(".")
    if len(host) > 253 or re.fullmatch("[0-9]+|0x[0-9a-f]*", labels[-1]):
        return None
    for label in labels:
        if not re.fullmatch("[a-z0-9_-]{1,63}", label) or label.startswith("-") or label.endswith("-"):
            return None
    return {host} | {"*." + ".".join(labels[number:]) for number in range(1, len(labels))}


# IP addresses


def _ipv4(text: str) -> ipaddress.IPv4Address | None:
    numbers = text.split(".")
    if len(numbers) != 4 or not all(re.fullmatch("0|[1-9][0-9]{0,2}", each) and int(each) < 256 for each in numbers):
        return None
    return ipaddress.IPv4Address(text)


def _ipv6(text: str) -> ipaddress.IPv6Address | None:
    if not re.fullmatch("[0-9A-Fa-f:.]+", text):
        return None
    try:
        return ipaddress.IPv6Address(text)
    except ValueError:
        return None


def address(text: object) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address that a text is; IPv4 for an IPv4-mapped one."""
    if not isinstance(text, str):
        return None
    found = _ipv4(text) or _ipv6(text)
    return found.ipv4_mapped or found if isinstance(found, ipaddress.IPv6Address) else found


def inside(
    found: ipaddress.IPv4Address | ipaddress.IPv6Address, network: ipaddress.IPv4Network | ipaddress.IPv6Network
) -> bool:
    """Whether the address starts with the network's bits; addresses of the other family never do."""
    return found.version == network.version and found in network


# File paths


def subpaths(path: object) -> set[str] | None:
    if not isinstance(path, str) or not path.startswith("/") or len(path) > 4096:
        return None
    if "\\" in path or hidden(path) or not composed(path) or re.search("%(2e|2f|5c|00|25)", path, re.IGNORECASE):
        return None
    if path == "/":
        return {"/"}
    segments = path.removesuffix("/").split("/")[1:]
    if len(segments) > 64 or any(segment in ("", ".", "..") for segment in segments):
        return None
    return {"/"} | {"/" + "/".join(segments[:count]) for count in range(1, len(segments) + 1)}


# Glob


def glob(pattern: str, text: object) -> bool | None:
    """Whether the pattern matches the whole text, of at most 1,024 characters."""
    if not isinstance(text, str) or len(text) > 1024:
        return None
    reached = {0}
    while pattern:
        if pattern.startswith("**"):
            reached, pattern = {end for start in reached for end in range(start, len(text) + 1)}, pattern[2:]
        elif pattern.startswith("*"):
            runs = {(start, end) for start in reached for end in range(start, len(text) + 1)}
            reached, pattern = {end for start, end in runs if "/" not in text[start:end]}, pattern[1:]
        elif pattern.startswith("?"):
            reached, pattern = {at + 1 for at in reached if at < len(text) and text[at] != "/"}, pattern[1:]
        else:
            literal = pattern[1] if pattern.startswith("\\") else pattern[0]
            pattern = pattern[2:] if pattern.startswith("\\") else pattern[1:]
            reached = {at + 1 for at in reached if text[at : at + 1] == literal}
    return len(text) in reached
