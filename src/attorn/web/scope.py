"""ASGI scopes as HTTP messages. What the application behind could read differently is refused, not repaired."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

from attorn.display import shown
from attorn.errors import InputError, UnavailableError
from attorn.verify.verifier import Verifier
from attorn.web.http import BodyLimitError, HttpMessage

if TYPE_CHECKING:
    from starlette.types import Message, Receive

MOST_BODY: Final = 1 << 20
"""Longest body that is read unless the server says otherwise, in bytes."""

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


def header_values(scope: MutableMapping[str, Any], name: bytes) -> tuple[bytes, ...]:
    """Every value of one header; `name` in lower case."""
    return tuple(value for key, value in scope["headers"] if key.lower() == name)


def read_message(scope: MutableMapping[str, Any], origin: str, body: bytes = b"") -> HttpMessage:
    """The message of an `http` scope.

    Raises `InputError` for headers that ask for another method or path or give two body lengths, and
    `UnavailableError` where the server hides the raw path or something changed the decoded one since.
    """
    names = [key.lower() for key, _ in scope["headers"]]
    # CGI and WSGI cannot tell an underscore from a hyphen.
    if not _OVERRIDES.isdisjoint([name.replace(b"_", b"-") for name in names]):
        raise InputError("headers that override the method or the path are refused")
    lengths = names.count(b"content-length")
    if lengths > 1 or (lengths and b"transfer-encoding" in names):
        raise InputError("expected one length of the body, got several")
    raw = scope.get("raw_path")
    if not isinstance(raw, bytes):
        raise UnavailableError("the ASGI server does not say what the raw path was")
    try:
        path, query = raw.decode("ascii"), scope["query_string"].decode("ascii")
    except UnicodeDecodeError:
        raise InputError("expected a path and query in ASCII") from None
    if unquote(path) != scope["path"]:
        raise UnavailableError("the path was rewritten after it was received")
    return HttpMessage(method=scope["method"], origin=origin, path=path, query=query, body=body)


def declared_length(scope: MutableMapping[str, Any]) -> int | None:
    """What Content-Length says, None without one. Raises `InputError` if it is not a plain number."""
    values = header_values(scope, b"content-length")
    if not values:
        return None
    if not values[0].isdigit() or len(values[0]) > 18:
        raise InputError("Content-Length: expected a plain number")
    return int(values[0])


def checked_verifier(verifier: Verifier) -> Verifier:
    """`verifier`, if it is one. Raises `InputError`."""
    if not isinstance(verifier, Verifier):
        raise InputError(f"verifier: expected a Verifier, got {type(verifier).__name__}")
    return verifier


def checked_most(most: int) -> int:
    """`most`, if it can limit a body. Raises `InputError`."""
    if type(most) is not int or most < 0:
        raise InputError(f"most_body: expected a number of bytes from 0 on, got {shown(most)}")
    return most


def check_length(length: int, most: int) -> None:
    """Return if a body of `length` bytes may be read. Raises `BodyLimitError`."""
    if length > most:
        raise BodyLimitError(f"body: expected at most {most} bytes")


async def read_body(receive: Receive, most: int) -> bytes | None:
    """The whole body, or None if the client went away. Raises `BodyLimitError`."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        body += message.get("body", b"")
        check_length(len(body), most)
        if not message.get("more_body", False):
            return bytes(body)


def replayed(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives the body once more, then whatever the server says."""
    pending = [body]

    async def again() -> Message:
        if pending:
            return {"type": "http.request", "body": pending.pop(), "more_body": False}
        return await receive()

    return again
