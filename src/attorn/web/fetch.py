"""Getting a document over HTTP from a server that nobody vouches for: status lists, DID documents, and the like.

A URL may come out of a token, so it may lead anywhere. Its host is looked up once, and connected to only if all its
addresses are public; no proxy of the environment is asked, no other origin is followed, size and time have an end.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import time
from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Final

import httpcore

from attorn.errors import InputError, UnavailableError
from attorn.handed import items
from attorn.transport import is_fetchable

_REDIRECTS: Final = (301, 302, 303, 307, 308)
_ABSENT: Final = (404, 410)
# Addresses that carry another one: what they lead to depends on the network.
_TRANSLATED: Final = tuple(map(ipaddress.ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")))


class HttpTransport:
    """A `Transport` over HTTP/1.1 and TLS, one connection for each document.

    `timeout` is for the whole of one `get`, redirects included; looking up the name is up to the system. At most
    `redirects` are followed, to the same scheme, host and port only. `ports` may be connected to. `loopback` allows
    this machine, and plain http to it, for tests and local services. `context` says which authorities to trust, the
    system's unless given. Raises `InputError` for unusable arguments, `UnavailableError` if `ports` fail to be said.
    """

    def __init__(
        self,
        *,
        timeout: timedelta = timedelta(seconds=10),
        redirects: int = 3,
        ports: Iterable[int] = (443,),
        loopback: bool = False,
        context: ssl.SSLContext | None = None,
    ) -> None:
        if not isinstance(timeout, timedelta) or timeout <= timedelta(0):
            raise InputError("fetch: expected a positive timedelta as the timeout")
        if type(redirects) is not int or redirects < 0:
            raise InputError("fetch: expected a number of redirects that is not negative")
        listed = isinstance(ports, Iterable) and not isinstance(ports, str | bytes)
        several = items("list of ports", ports) if listed else (0,)
        if not all(type(port) is int and 0 < port < 65_536 for port in several):
            raise InputError("fetch: expected ports as numbers from 1 to 65535")
        if type(loopback) is not bool or not isinstance(context, ssl.SSLContext | None):
            raise InputError("fetch: expected loopback as True or False, and an SSLContext or None")
        self._timeout = timeout.total_seconds()
        self.redirects = redirects
        self._ports = frozenset(several)
        self._loopback = loopback
        self._context = ssl.create_default_context() if context is None else context

    def get(self, url: str, *, accept: str, most: int) -> bytes | None:
        """The body at `url`, of at most `most` bytes; None if the server says 404 or 410.

        Raises `UnavailableError` if there is no such body to be had: a URL that may not be followed, also one it
        redirects to, no public address, no answer in time, another status than 200, a redirect elsewhere, a media type
        that `accept` does not name, too many bytes. Raises `InputError` for a URL that is no text.
        """
        if not isinstance(url, str):
            raise InputError(f"fetch: expected a URL, got {type(url).__name__}")
        scheme, _, rest = url.partition("://")
        origin = f"{scheme}://{rest.partition('/')[0]}"
        deadline = _Deadline(self._timeout)
        for _ in range(self.redirects + 1):
            if not is_fetchable(url, loopback=self._loopback):
                raise UnavailableError("fetch: not an https URL that may be followed")
            found = self._once(url, accept, most, deadline)
            if not isinstance(found, str):
                return found
            url = origin + found if found.startswith("/") and not found.startswith("//") else found
            if not url.startswith(f"{origin}/"):
                raise UnavailableError("fetch: redirected to another origin")
        raise UnavailableError(f"fetch: redirected more than {self.redirects} times")

    def _once(self, url: str, accept: str, most: int, deadline: _Deadline) -> bytes | str | None:
        """The body, or where it is said to be, or None if it is said to be nowhere."""
        backend = _Backend(deadline, self._ports, self._loopback)
        headers = {"Accept": accept, "Accept-Encoding": "identity", "User-Agent": "attorn"}
        try:
            with (
                httpcore.ConnectionPool(ssl_context=self._context, network_backend=backend) as pool,
                pool.stream("GET", url, headers=_named(url, headers)) as response,
            ):
                return _read(response, accept, most)
        except (
            httpcore.NetworkError,
            httpcore.ProtocolError,
            httpcore.TimeoutException,
            httpcore.UnsupportedProtocol,
            OSError,
        ) as error:
            raise UnavailableError(f"fetch: no answer ({type(error).__name__})") from error


def _named(url: str, headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    host = url.partition("://")[2].partition("/")[0]
    return [(name.encode("ascii"), value.encode("ascii")) for name, value in {"Host": host, **headers}.items()]


def _read(response: httpcore.Response, accept: str, most: int) -> bytes | str | None:
    headers = {name.lower(): value for name, value in response.headers}
    if response.status in _REDIRECTS:
        return headers.get(b"location", b"").decode("ascii", "replace")
    if response.status in _ABSENT:
        return None
    if response.status != 200:
        raise UnavailableError(f"fetch: answered with status {response.status}")
    if headers.get(b"content-encoding", b"identity").lower() != b"identity":
        # It was not asked for, and would have to be inflated.
        raise UnavailableError("fetch: answered in an encoding that was not asked for")
    media_type = headers.get(b"content-type", b"").partition(b";")[0].strip().lower().decode("ascii", "replace")
    accepted = {each.partition(";")[0].strip().lower() for each in accept.split(",")}
    if media_type and media_type not in accepted and "*/*" not in accepted:
        raise UnavailableError("fetch: answered with another media type than was asked for")
    body = bytearray()
    for chunk in response.iter_stream():
        body += chunk
        if len(body) > most:
            raise UnavailableError(f"fetch: answered with more than {most} bytes")
    return bytes(body)


def public_address(host: str, port: int, *, loopback: bool = False) -> str:
    """The first address of `host`, once every address it has is public, or with `loopback` this machine's own.

    Raises `UnavailableError`.
    """
    try:
        found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise UnavailableError(f"fetch: the host has no address ({type(error).__name__})") from error
    addresses = [str(entry[4][0]) for entry in found]
    if not addresses or not all(_may_connect(address, loopback) for address in addresses):
        raise UnavailableError("fetch: the host has an address that is not public")
    return addresses[0]


def _may_connect(text: str, loopback: bool) -> bool:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None or address.is_site_local:
            return False
        if any(address in network for network in _TRANSLATED):
            return False
    if address.is_loopback:
        return loopback
    return address.is_global and not address.is_multicast and not address.is_reserved


class _Deadline:
    """One span of time for many steps."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds until the end. Raises `httpcore.ReadTimeout` behind it."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the deadline is over")
        return left


class _Backend(httpcore.NetworkBackend):
    """Connects to the address that was checked, and to no other. Every step shares one deadline."""

    def __init__(self, deadline: _Deadline, ports: frozenset[int], loopback: bool) -> None:
        self._backend = httpcore.SyncBackend()
        self._deadline = deadline
        self._ports = ports
        self._loopback = loopback

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore.NetworkStream:
        """A connection to the public address of `host`."""
        listed = port in self._ports
        address = public_address(host, port, loopback=self._loopback) if listed or self._loopback else None
        # This machine's own services are where they are.
        if address is None or not (listed or ipaddress.ip_address(address).is_loopback):
            raise UnavailableError(f"fetch: port {port} is not one that may be connected to")
        stream = self._backend.connect_tcp(address, port, timeout=self._deadline.left())
        return _Stream(stream, self._deadline)


class _Stream(httpcore.NetworkStream):
    """A connection whose every step shares one deadline: a trickle of bytes does not extend it."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: _Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """As the stream."""
        return self._stream.read(max_bytes, timeout=self._deadline.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """As the stream."""
        self._stream.write(buffer, timeout=self._deadline.left())

    def close(self) -> None:
        """As the stream."""
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """As the stream. The certificate must be the host's, whatever its address."""
        stream = self._stream.start_tls(ssl_context, server_hostname, timeout=self._deadline.left())
        return _Stream(stream, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        """As the stream."""
        return self._stream.get_extra_info(info)
