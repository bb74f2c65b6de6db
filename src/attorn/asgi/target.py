"""The path and the query of a request. What the application behind could read differently is refused, not repaired."""

from __future__ import annotations

from urllib.parse import unquote

from attorn.asgi.connection import Scope
from attorn.errors import InputError, UnavailableError


def raw_target(scope: Scope) -> tuple[str, str]:
    """Path and query of an `http` scope, as they came: still percent-encoded.

    Raises `InputError` where they are not ASCII, and `UnavailableError` where the server hides the raw path or
    something changed the decoded one since.
    """
    raw = scope.get("raw_path")
    if not isinstance(raw, bytes):
        raise UnavailableError("the ASGI server does not say what the raw path was")
    try:
        path, query = raw.decode("ascii"), scope["query_string"].decode("ascii")
    except UnicodeDecodeError:
        raise InputError("expected a path and query in ASCII") from None
    if unquote(path) != scope["path"]:
        raise UnavailableError("the path was rewritten after it was received")
    return path, query
