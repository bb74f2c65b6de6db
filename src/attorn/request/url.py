"""The host of a URL, or a refusal: never a host that another parser would not also find.

No general URL parser is used, because they differ on exactly the inputs that matter (userinfo, backslashes, control
characters, other spellings of IP addresses). Grammar: RFC 3986 section 3.2, narrowed.
"""

from __future__ import annotations

import re
from typing import Final

from attorn.display import shown
from attorn.errors import InputError
from attorn.request.address import ipv4_literal, ipv6_literal
from attorn.request.characters import hidden

_MOST_HOST: Final = 253
# The authority must end the URL or be followed by a slash: `?` and `#` right behind it are where parsers disagree.
_URL = re.compile(
    r"(?:https?|wss?)://(\[[0-9a-f:.]{2,45}\]|[a-z0-9._-]{1,253})(?::([1-9][0-9]{0,4}))?(?:/(?!/).*)?", re.I
)
_REFUSED = re.compile(r"[\s\\]")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
# The last label decides whether a browser reads the host as an IP address (WHATWG URL, "ends in a number").
_NUMERIC = re.compile(r"[0-9]+|0x[0-9a-f]*")


def hosts(url: str) -> frozenset[str] | None:
    """The lower-case host of an http, https, ws or wss URL, and for a DNS name `*.parent` for each proper parent.

    An IP address stands for itself only: IPv4 in dotted decimal, IPv6 compressed and in brackets. `None` means
    refused: no such URL, or one that could be read in two ways.
    """
    match = _URL.fullmatch(url) if type(url) is str else None
    # With re.I some letters outside ASCII fold into [a-z]: the Kelvin sign, the long s.
    if match is None or not url[: match.end(1)].isascii():
        return None
    if _REFUSED.search(url) is not None or hidden(url):
        return None
    if match[2] is not None and int(match[2]) > 65535:
        return None
    host = _host(match[1].lower())
    if host is None:
        return None
    if host[0] == "[" or ipv4_literal(host):
        return frozenset((host,))
    labels = host.split(".")
    return frozenset((host, *("*." + ".".join(labels[start:]) for start in range(1, len(labels)))))


def host_pattern(text: str) -> str:
    """The normal form of what a caveat on hosts may list: a host, `*.` and a domain, or an IP address.

    An IPv6 address may come with or without brackets. Raises `InputError`.
    """
    if type(text) is not str or not text.isascii() or len(text) > _MOST_HOST + 2:
        raise InputError(f"host: expected an ASCII host, '*.' and a domain, or an IP address, got {shown(text)}")
    lower = text.lower()
    if ":" in lower and lower[0] != "[":
        lower = f"[{lower}]"
    wildcard, name = (lower[:2], lower[2:]) if lower.startswith("*.") else ("", lower)
    host = _host(name)
    if host is None or (wildcard and (host[0] == "[" or ipv4_literal(host))):
        raise InputError(f"host: expected a host, '*.' and a domain, or an IP address, got {shown(text)}")
    return wildcard + host


def _host(host: str) -> str | None:
    """The normal form of a lower-case ASCII host, or `None`."""
    if host[:1] == "[":
        address = ipv6_literal(host[1:-1]) if host[-1:] == "]" else None
        return None if address is None else f"[{address}]"
    if ipv4_literal(host):
        return host
    labels = host.split(".")
    if len(host) > _MOST_HOST or any(_LABEL.fullmatch(label) is None for label in labels):
        return None
    return None if _NUMERIC.fullmatch(labels[-1]) else host
