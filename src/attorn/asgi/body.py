"""The body of a request, read whole and never beyond a limit."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Final

from attorn.asgi.connection import Message, Receive, Scope
from attorn.asgi.headers import header_values, media_type
from attorn.display import shown
from attorn.errors import InputError, LimitError

MOST_BODY: Final = 1 << 20
"""Longest body that is read unless the server says otherwise, in bytes."""
_JSON: Final = "application/json"
_MOST_DIGITS: Final = 18


class BodyLimitError(LimitError):
    """The body is longer than this server reads before it has verified anything (step 0)."""


class MediaTypeError(InputError):
    """The body is said to be of another type than this server reads, or encoded."""


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


def require_json(scope: Scope, *, suffixed: bool = False) -> None:
    """Return if the body is said to be JSON as it is; with `suffixed` also if it is of a type that is written in JSON.

    Raises `MediaTypeError`.
    """
    given = media_type(scope)
    if given != _JSON and not (suffixed and given.startswith("application/") and given.endswith("+json")):
        raise MediaTypeError(f"Content-Type: expected {_JSON}, got {shown(given)}")
    if header_values(scope, b"content-encoding"):
        raise MediaTypeError("expected a body without Content-Encoding")


async def gathered(parts: AsyncIterator[bytes], most: int) -> bytes:
    """All of `parts`, none of which is asked for once there are more than `most` bytes. Raises `BodyLimitError`."""
    body = bytearray()
    async for part in parts:
        check_length(len(body) + len(part), most)
        body += part
    return bytes(body)


async def read_body(scope: Scope, receive: Receive, most: int) -> bytes | None:
    """The whole body, or None if the client went away. One that is said to be longer is not read at all.

    Raises `BodyLimitError`, and `InputError` as `declared_length` does.
    """
    check_length(declared_length(scope) or 0, most)
    async with aclosing(_parts(receive)) as parts:
        try:
            return await gathered(parts, most)
        except _GoneError:
            return None


def replayed(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives the body once more, then whatever the server says."""
    pending = [body]

    async def again() -> Message:
        if pending:
            return {"type": "http.request", "body": pending.pop(), "more_body": False}
        return await receive()

    return again


class _GoneError(Exception):
    """The client went away."""


async def _parts(receive: Receive) -> AsyncGenerator[bytes]:
    more = True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            raise _GoneError
        yield message.get("body", b"")
        more = message.get("more_body", False)
