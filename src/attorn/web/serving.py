"""An ASGI application on a socket, under uvicorn: TLS from memory, few words about itself, bounded work."""

from __future__ import annotations

import socket
import ssl
from typing import Final

import uvicorn

from attorn.asgi.connection import App
from attorn.errors import InputError, UnavailableError

_MOST_CONNECTIONS: Final = 128
_IDLE_SECONDS: Final = 30
_LAST_SECONDS: Final = 5
_MOST_HEAD: Final = 32_768


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 is any that is free. Raises `InputError` and `UnavailableError`."""
    if not isinstance(host, str) or not host.isascii() or type(port) is not int or not 0 <= port < 65_536:
        raise InputError("expected a host in ASCII and a port from 0 to 65535")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise UnavailableError(f"cannot listen on {host} port {port}: {type(error).__name__}") from None


def server(app: App, *, context: ssl.SSLContext | None) -> uvicorn.Server:
    """A server for `app`, over TLS with `context`. Its `run(sockets=[...])` returns when it is told to stop."""
    config = uvicorn.Config(
        app,
        log_level="error",
        access_log=False,
        lifespan="off",
        ws="none",
        http="h11",
        proxy_headers=False,
        server_header=False,
        limit_concurrency=_MOST_CONNECTIONS,
        timeout_keep_alive=_IDLE_SECONDS,
        timeout_graceful_shutdown=_LAST_SECONDS,
        h11_max_incomplete_event_size=_MOST_HEAD,
    )
    config.load()
    # uvicorn itself takes files only, and a certificate that was made just now is in none.
    config.ssl = context
    return uvicorn.Server(config)
