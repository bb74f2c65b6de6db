"""The body of a request, read whole and never beyond a limit."""

from __future__ import annotations

from typing import Final

from attorn.asgi.connection import Message, Receive, Scope
from attorn.asgi.headers import header_values
from attorn.display import shown
from attorn.errors import InputError, LimitError

MOST_BODY: Final = 1 << 20
"""Longest body that is read unless the server says otherwise, in bytes."""
_MOST_DIGITS: Final = 18


class BodyLimitError(LimitError):
    """The body is longer than this server reads before it has verified anything (step 0)."""


def checked_most(most: int) -> int:
    """`most`, if it can limit a body. Raises `InputError`."""
    if type(most) is not int or most < 0:
        raise InputError(f"most_body: expected a number of bytes from 0 on, got {shown(most)}")
    return most


def check_length(length: int, most: int) -> None:
    """Return if a body of `length` bytes may be read. Raises `BodyLimitError`."""
    if length > most:
        raise BodyLimitError(f"body: expected at most {most} bytes")


def declared_length(scope: Scope) -> int | None:
    """What Content-Length says, None without one.

    Raises `InputError` for several, for one beside a Transfer-Encoding, and for one that is no plain number.
    """
    lengths = header_values(scope, b"content-length")
    if len(lengths) > 1 or (lengths and header_values(scope, b"transfer-encoding")):
        raise InputError("expected one length of the body, got several")
    if not lengths:
        return None
    if not lengths[0].isdigit() or len(lengths[0]) > _MOST_DIGITS:
        raise InputError("Content-Length: expected a plain number")
    return int(lengths[0])


async def read_body(scope: Scope, receive: Receive, most: int) -> bytes | None:
    """The whole body, or None if the client went away. One that is said to be longer is not read at all.

    Raises `BodyLimitError`, and `InputError` as `declared_length` does.
    """
    check_length(declared_length(scope) or 0, most)
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
