"""Servers of this one process on this one machine, each in a thread: the shop, and over TLS the agent's keys."""

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from attorn.web import certificate, serving
from attorn.web.fetch import HttpTransport

_CERTIFICATE, _KEY = certificate.self_signed(["127.0.0.1"], now=datetime.now(UTC))


def transport() -> HttpTransport:
    """Trusts the certificate of this process, and this machine. In earnest: `HttpTransport(redirects=0)`."""
    return HttpTransport(redirects=0, loopback=True, context=ssl.create_default_context(cadata=_CERTIFICATE.decode()))


@contextmanager
def served(make: Callable[[str], Callable[..., object]], *, tls: bool = False) -> Iterator[str]:
    """The origin at which the application that `make` makes for it is served."""
    listener = serving.listen("127.0.0.1", 0)
    origin = f"http{'s' if tls else ''}://127.0.0.1:{listener.getsockname()[1]}"
    server = serving.server(make(origin), context=certificate.context(_CERTIFICATE, _KEY) if tls else None)
    running = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    running.start()
    try:
        yield origin
    finally:
        server.should_exit = True
        running.join()
        listener.close()
