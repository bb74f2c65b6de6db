"""ASGI scopes as HTTP messages. What the application behind could read differently is refused, not repaired."""

from __future__ import annotations

from attorn.asgi.body import declared_length
from attorn.asgi.connection import Scope
from attorn.asgi.headers import require_no_override
from attorn.asgi.target import raw_target
from attorn.errors import InputError
from attorn.verify.verifier import Verifier
from attorn.web.http import HttpMessage


def read_message(scope: Scope, origin: str, body: bytes = b"") -> HttpMessage:
    """The message of an `http` scope.

    Raises `InputError` for headers that ask for another method or path, and as `declared_length` and `raw_target` do.
    """
    require_no_override(scope)
    # Also where no body is read: a public path has one that the application reads.
    declared_length(scope)
    path, query = raw_target(scope)
    return HttpMessage(method=scope["method"], origin=origin, path=path, query=query, body=body)


def checked_verifier(verifier: Verifier) -> Verifier:
    """`verifier`, if it is one. Raises `InputError`."""
    if not isinstance(verifier, Verifier):
        raise InputError(f"verifier: expected a Verifier, got {type(verifier).__name__}")
    return verifier
