"""ASGI scopes as HTTP messages. What the application behind could read differently is refused, not repaired."""

from __future__ import annotations

from typing import Final

from attorn.asgi.body import declared_length
from attorn.asgi.connection import Scope
from attorn.asgi.target import raw_target
from attorn.errors import InputError
from attorn.verify.verifier import Verifier
from attorn.web.http import HttpMessage

_OVERRIDES: Final = frozenset(
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
"""Headers by which some applications act on another method or path than the one that was presented for."""


def read_message(scope: Scope, origin: str, body: bytes = b"") -> HttpMessage:
    """The message of an `http` scope.

    Raises `InputError` for headers that ask for another method or path, and as `declared_length` and `raw_target` do.
    """
    # CGI and WSGI cannot tell an underscore from a hyphen.
    if not _OVERRIDES.isdisjoint([key.lower().replace(b"_", b"-") for key, _ in scope["headers"]]):
        raise InputError("headers that override the method or the path are refused")
    # Also where no body is read: a public path has one that the application reads.
    declared_length(scope)
    path, query = raw_target(scope)
    return HttpMessage(method=scope["method"], origin=origin, path=path, query=query, body=body)


def checked_verifier(verifier: Verifier) -> Verifier:
    """`verifier`, if it is one. Raises `InputError`."""
    if not isinstance(verifier, Verifier):
        raise InputError(f"verifier: expected a Verifier, got {type(verifier).__name__}")
    return verifier
