"""The headers of a request, which may come more than once."""

from __future__ import annotations

from typing import Final

from attorn.asgi.connection import Scope
from attorn.errors import InputError

OVERRIDES: Final = frozenset(
    {
        b"x-forwarded-method",
        b"x-forwarded-path",
        b"x-forwarded-uri",
        b"x-forwarded-url",
        b"x-http-method",
        b"x-http-method-override",
        b"x-method-override",
        b"x-original-method",
        b"x-original-path",
        b"x-original-uri",
        b"x-original-url",
        b"x-override-url",
        b"x-rewrite-uri",
        b"x-rewrite-url",
    }
)
"""Headers by which some applications act on another method or path than the one that was presented for, or signed."""


def header_values(scope: Scope, name: bytes) -> tuple[bytes, ...]:
    """Every value of one header; `name` in lower case."""
    return tuple(value for key, value in scope["headers"] if key.lower() == name)


def media_type(scope: Scope) -> str:
    """The type of the body, in lower case and without parameters; empty unless exactly one header says it."""
    values = header_values(scope, b"content-type")
    return values[0].partition(b";")[0].strip().lower().decode("latin-1") if len(values) == 1 else ""


def accepted_types(scope: Scope) -> tuple[str, ...]:
    """The types that `Accept` names, in their order, in lower case; how much each is wanted, nobody is told."""
    listed = b",".join(header_values(scope, b"accept")).decode("latin-1").split(",")
    types = (each.partition(";")[0].strip().lower() for each in listed)
    return tuple(each for each in types if each)


def require_no_override(scope: Scope) -> None:
    """Return if no header asks for another method or path than the request has. Raises `InputError`."""
    # CGI and WSGI cannot tell an underscore from a hyphen.
    if not OVERRIDES.isdisjoint([key.lower().replace(b"_", b"-") for key, _ in scope["headers"]]):
        raise InputError("headers that override the method or the path are refused")
