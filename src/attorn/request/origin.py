"""Origins: a scheme and a host, and perhaps a port, in the normal form of resources."""

from __future__ import annotations

from attorn.display import shown
from attorn.errors import InputError
from attorn.request.resource import normalise


def checked_origin(text: str) -> str:
    """The normal form of an `http` or `https` origin. Raises `InputError` for anything more than an origin."""
    origin = normalise(text)
    scheme, separator, host = origin.partition("://")
    if scheme not in ("http", "https") or not separator or "/" in host:
        raise InputError(f"origin: expected https://host or https://host:port, got {shown(text)}")
    return origin
