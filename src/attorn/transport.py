"""Getting documents as a port: attorn opens no connection that the caller did not hand it."""

from __future__ import annotations

from typing import Final, Protocol

from attorn.errors import InputError, UnavailableError
from attorn.handed import ask
from attorn.request.url import hosts

_LOOPBACK: Final = frozenset(("localhost", "127.0.0.1", "[::1]"))


class Transport(Protocol):
    """Whatever can get a document. `attorn.web.fetch.HttpTransport` does so over HTTP."""

    def get(self, url: str, *, accept: str, most: int) -> bytes | None:
        """The body of at most `most` bytes, of one of the media types in `accept`.

        None where whoever is asked says that there is no such document. Raises `UnavailableError` if that could not be
        found out.
        """


class DirectTransport(Transport, Protocol):
    """A transport that says how many redirects it follows: `attorn.web.fetch.HttpTransport` does."""

    @property
    def redirects(self) -> int:
        """Most redirects of one `get`."""


def fetched(transport: Transport, url: str, *, accept: str, most: int) -> bytes | None:
    """What `transport` gets, as `Transport.get` promises it; None where there is no such document.

    Raises `UnavailableError` where the transport fails, or returns no bytes or more than it was asked for.
    """
    body = ask("transport", lambda: transport.get(url, accept=accept, most=most))
    if body is not None and (type(body) is not bytes or len(body) > most):
        raise UnavailableError("the transport returned no bytes, or more than it was asked for")
    return body


def require_direct(transport: Transport) -> None:
    """Return for a transport that says that it follows no redirects. Raises `InputError`."""
    redirects = ask("transport", lambda: getattr(transport, "redirects", None))
    if type(redirects) is not int or redirects != 0:
        raise InputError("transport: expected one that says that it follows no redirects")


def is_fetchable(url: str, *, loopback: bool = False) -> bool:
    """Whether `url` is an https URL in ASCII of one reading, or with `loopback` http to this machine."""
    found = hosts(url) if isinstance(url, str) and url.isascii() else None
    if found is None:
        return False
    scheme = url.partition(":")[0]
    return scheme == "https" or (scheme == "http" and loopback and found <= _LOOPBACK)
