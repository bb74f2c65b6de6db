"""What an HTTP request asks for, read alike by the client that signs it and the server that checks it.

A message becomes a `Request` whose args `@method`, `@path`, `@query` and `@body` bind the presentation to the raw
message; a route may add named args and choose action and resource. Headers are not bound. Source: docs/spec/http.md.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from attorn.display import shown
from attorn.encoding import base64url_encode
from attorn.errors import InputError, LimitError, MalformedError, MissingError
from attorn.request.binding import bound
from attorn.request.origin import checked_origin
from attorn.request.request import Request
from attorn.request.resource import normalise

SCHEME: Final = "Attorn"
_VISIBLE: Final = re.compile("[!-~]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpMessage:
    """One HTTP request as it stands on the wire: `path` and `query` are raw, still percent-encoded.

    `origin` (`https://host[:port]`) is what the server is configured to be, never what a Host header says. Raises
    `InputError` for a path that two servers could read differently: dot segments in any spelling, empty segments,
    encoded separators or control characters, text encoded twice; and for parts of another type.
    """

    method: str
    origin: str
    path: str
    query: str = ""
    body: bytes = b""

    def __post_init__(self) -> None:
        for name in ("method", "origin", "path", "query"):
            if not isinstance(getattr(self, name), str):
                raise InputError(f"{name}: expected text, got {type(getattr(self, name)).__name__}")
        if not isinstance(self.body, bytes):
            raise InputError(f"body: expected bytes, got {type(self.body).__name__}")
        if not self.method.isascii() or not self.method.isupper():
            raise InputError(f"method: expected an upper-case HTTP method, got {shown(self.method)}")
        if not self.path.startswith("/") or not self.path.isascii():
            raise InputError(f"path: expected a raw ASCII path that starts with '/', got {shown(self.path)}")
        if not (self.query.isascii() and self.query.isprintable()) or "#" in self.query:
            raise InputError("query: expected a raw query in printable ASCII")
        object.__setattr__(self, "origin", checked_origin(self.origin))
        normalise(self.origin + self.path)
        # The normal form drops dot segments, but most applications route on a path that still has them.
        if any(segment in (".", "..") for segment in unquote(self.path).split("/")):
            raise InputError(f"path: dot segment in {shown(self.path)}")

    @property
    def resource(self) -> str:
        """The normal form of origin and path."""
        return normalise(self.origin + self.path)


Route = Callable[[HttpMessage], Request]
"""Says what a message asks for. Client and server must share it; `InputError` is for messages it does not know."""


def plain_route(message: HttpMessage) -> Request:
    """The default route: action `http:get` and so on, on the resource that origin and path name.

    Raises `InputError` for anything but a message.
    """
    if not isinstance(message, HttpMessage):
        raise InputError(f"route: expected an HttpMessage, got {type(message).__name__}")
    return Request(action=f"http:{message.method.lower()}", resource=message.resource)


def fixed_route(*, action: str | None = None, resource: str | None = None) -> Route:
    """The default route with its action, its resource or both replaced. Raises `InputError`."""
    # Now, not at the first request: a misspelt one is whoever wrote the server's.
    Request(action="any" if action is None else action, resource="/" if resource is None else resource)

    def route(message: HttpMessage) -> Request:
        plain = plain_route(message)
        return Request(action=action or plain.action, resource=resource or plain.resource)

    return route


def checked_route(route: Route) -> Route:
    """`route`, if it can be asked. Raises `InputError`."""
    if not callable(route):
        raise InputError(f"route: expected a callable, got {type(route).__name__}")
    return route


def bind(message: HttpMessage, route: Route = plain_route) -> Request:
    """What `message` asks for, bound to the message itself.

    Raises `InputError` if this is no message, or if the route does not know it or claims an arg that starts with `@`,
    and `UnavailableError` if the route fails.
    """
    if not isinstance(message, HttpMessage):
        raise InputError(f"bind: expected an HttpMessage, got {type(message).__name__}")
    args = {
        "@method": message.method,
        "@path": message.path,
        "@query": message.query,
        "@body": f"sha-256:{base64url_encode(hashlib.sha256(message.body).digest())}",
    }
    return bound(route, message, args, "HTTP")


def authorization(presentation: str) -> str:
    """The value of the Authorization header that carries `presentation`.

    Raises `InputError` for what is no text of visible ASCII.
    """
    if not isinstance(presentation, str) or _VISIBLE.fullmatch(presentation) is None:
        raise InputError("presentation: expected text of visible ASCII characters")
    return f"{SCHEME} {presentation}"


def read_authorization(values: Sequence[bytes], *, most: int, scheme: str = SCHEME) -> str:
    """The presentation in the values of all Authorization headers of one request, of at most `most` characters.

    Raises `LimitError` before anything else is looked at, `MissingError` where there is none of this `scheme`, and
    `MalformedError` for a second header, whatever its scheme: another reader might prefer that one.
    """
    prefix = f"{scheme.lower()} ".encode()
    if any(len(value) > most + len(prefix) for value in values):
        raise LimitError(f"Authorization: expected a presentation of at most {most} characters")
    if len(values) > 1:
        raise MalformedError("expected one Authorization header, got several")
    if not values or values[0][: len(prefix)].lower() != prefix:
        raise MissingError(f"expected the header Authorization: {scheme} <presentation>")
    try:
        return values[0][len(prefix) :].decode("ascii")
    except UnicodeDecodeError:
        raise MalformedError("expected a presentation in ASCII") from None
