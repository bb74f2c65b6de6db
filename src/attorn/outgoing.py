"""A request as an HTTP client is about to send it: what is used of an `httpx.Request`, without httpx."""

from __future__ import annotations

from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import Protocol

from attorn.errors import InputError


class ClientUrl(Protocol):
    """What is used of an `httpx.URL`."""

    @property
    def scheme(self) -> str:
        """The scheme."""

    @property
    def netloc(self) -> bytes:
        """Host and port."""

    @property
    def raw_path(self) -> bytes:
        """Path and query, encoded."""


class ClientRequest(Protocol):
    """What is used of an `httpx.Request`."""

    method: str

    @property
    def headers(self) -> MutableMapping[str, str]:
        """The fields."""

    @property
    def url(self) -> ClientUrl:
        """The target URI."""

    @property
    def content(self) -> bytes:
        """The body, once it was read."""

    def read(self) -> bytes:
        """Read the body."""

    async def aread(self) -> bytes:
        """Read the body."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a request goes: scheme, host and port, and path and query as they are sent."""

    origin: str
    path: str
    query: str


def target_of(request: ClientRequest) -> Target:
    """Where a request goes."""
    path, _, query = request.url.raw_path.decode("ascii").partition("?")
    # netloc holds no userinfo.
    return Target(f"{request.url.scheme}://{request.url.netloc.decode('ascii')}", path, query)


def load_content(request: ClientRequest) -> bytes:
    """The body, which `content` holds from now on.

    Raises `InputError` where a synchronous client cannot read it, and for what is no request.
    """
    _require_request(request, "read")
    try:
        return request.read()
    except (AssertionError, RuntimeError, TypeError) as error:
        raise InputError("body: expected one that a synchronous client can read") from error


async def aload_content(request: ClientRequest) -> bytes:
    """The same for an asynchronous client."""
    _require_request(request, "aread")
    try:
        return await request.aread()
    except (AssertionError, RuntimeError, TypeError) as error:
        raise InputError("body: expected one that an asynchronous client can read") from error


def _require_request(request: ClientRequest, reading: str) -> None:
    """Return for what has all that is used here but `content`, which is not there yet. Raises `InputError`."""
    if not (
        isinstance(getattr(request, "method", None), str)
        and isinstance(getattr(request, "headers", None), MutableMapping)
        and all(hasattr(getattr(request, "url", None), name) for name in ("scheme", "netloc", "raw_path"))
        and callable(getattr(request, reading, None))
    ):
        raise InputError(f"request: expected one of an HTTP client, got {type(request).__name__}")
