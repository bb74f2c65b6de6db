"""A directory over real TLS, on this machine: what the real transport hands on, and what it never follows."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.adapters.httpsig.scene import agent

from attorn.errors import UnavailableError
from attorn.httpsig import Directories, Directory, DirectoryEndpoint, Source
from attorn.httpsig.source import MEDIA_TYPE, WELL_KNOWN
from attorn.keys.jwk import thumbprint
from attorn.web import certificate, serving
from attorn.web.fetch import HttpTransport

KEYID = thumbprint(agent.signer.public_key)
BODY = Directory(agent, origin="https://127.0.0.1").body


class Host:
    """A host that answers as it is told."""

    def __init__(self, origin: str) -> None:
        self.source = Source(origin)
        self.directory = DirectoryEndpoint(Directory(agent, origin=origin))
        self.answer: tuple[int, dict[str, str], bytes] | None = None
        self.asked: list[str] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.asked.append(scope["path"])
        if self.answer is None:
            await self.directory(scope, receive, send)
            return
        status, headers, body = self.answer
        raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": status, "headers": raw})
        await send({"type": "http.response.body", "body": body})


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[Host, ssl.SSLContext]]:
    made, key = certificate.self_signed(["127.0.0.1"], now=datetime.now(UTC))
    listener = serving.listen("127.0.0.1", 0)
    host = Host(f"https://127.0.0.1:{listener.getsockname()[1]}")
    server = serving.server(host, context=certificate.context(made, key))
    running = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    running.start()
    yield host, ssl.create_default_context(cadata=made.decode())
    server.should_exit = True
    running.join()
    listener.close()


@pytest.fixture
def host(served: tuple[Host, ssl.SSLContext]) -> Host:
    served[0].answer = None
    served[0].asked.clear()
    return served[0]


def directories(served: tuple[Host, ssl.SSLContext], **arguments: Any) -> Directories:
    given = {"redirects": 0, "loopback": True, "context": served[1], "timeout": timedelta(seconds=5), **arguments}
    return Directories(HttpTransport(**given))


def test_it_is_fetched(served: tuple[Host, ssl.SSLContext], host: Host) -> None:
    assert directories(served).key(host.source, KEYID) == agent.signer.public_key
    assert host.asked == [WELL_KNOWN]


@pytest.mark.parametrize(
    "answer",
    [
        (302, {"Location": "/elsewhere"}, b""),
        (301, {"Location": "https://other.example" + WELL_KNOWN}, b""),
        (307, {"Location": WELL_KNOWN}, b""),
        (404, {"Content-Type": MEDIA_TYPE}, BODY),
        (203, {"Content-Type": MEDIA_TYPE}, BODY),
        (500, {"Content-Type": MEDIA_TYPE}, BODY),
        (200, {"Content-Type": "text/html"}, BODY),
        (200, {"Content-Type": "application/json"}, BODY),
        (200, {"Content-Type": MEDIA_TYPE, "Content-Encoding": "gzip"}, BODY),
        (200, {"Content-Type": MEDIA_TYPE}, b" " * 65_537),
    ],
    ids=lambda answer: f"{answer[0]} {answer[1]}",
)
def test_what_is_no_answer(
    served: tuple[Host, ssl.SSLContext], host: Host, answer: tuple[int, dict[str, str], bytes]
) -> None:
    # attacks 35, 36
    host.answer = answer
    with pytest.raises(UnavailableError):
        directories(served).key(host.source, KEYID)
    assert host.asked == [WELL_KNOWN]


def test_this_machine_is_not_public(served: tuple[Host, ssl.SSLContext], host: Host) -> None:
    # attack 35
    with pytest.raises(UnavailableError):
        directories(served, loopback=False).key(host.source, KEYID)
    assert host.asked == []


def test_a_certificate_that_nobody_trusts(served: tuple[Host, ssl.SSLContext], host: Host) -> None:
    with pytest.raises(UnavailableError):
        directories(served, context=ssl.create_default_context()).key(host.source, KEYID)
    assert host.asked == []
