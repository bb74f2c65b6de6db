"""A server that answers to its own names: requests alone are asked for one, and nothing else is answered as one."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from attorn.errors import InputError, UnavailableError
from attorn.web.named import Named


def served(scope: dict[str, Any], *messages: dict[str, Any]) -> tuple[list[str], list[dict[str, Any]]]:
    """Which connections the application behind had, and what was sent to the client."""
    reached: list[str] = []
    sent: list[dict[str, Any]] = []
    pending = list(messages)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        reached.append(scope["type"])

    async def receive() -> dict[str, Any]:
        return pending.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(Named(app, ["localhost:8443"])(scope, receive, send))
    return reached, sent


def request(*hosts: bytes) -> dict[str, Any]:
    return {"type": "http", "method": "GET", "path": "/", "headers": [(b"host", host) for host in hosts]}


@pytest.mark.parametrize("host", [b"localhost:8443", b"LocalHost:8443"])
def test_a_request_that_names_the_server(host: bytes) -> None:
    assert served(request(host)) == (["http"], [])


@pytest.mark.parametrize(
    "hosts", [(), (b"",), (b"localhost",), (b"evil.example:8443",), (b"localhost:8443", b"localhost:8443")]
)
def test_a_request_that_does_not(hosts: tuple[bytes, ...]) -> None:
    reached, sent = served(request(*hosts))
    assert reached == []
    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]
    assert sent[0]["status"] == 421


def test_a_lifespan_is_the_applications() -> None:
    assert served({"type": "lifespan"}) == (["lifespan"], [])


def test_a_websocket_is_closed() -> None:
    reached, sent = served({"type": "websocket", "headers": [(b"host", b"localhost:8443")]}, {"type": "x"})
    assert (reached, sent[0]["type"], sent[0]["code"]) == ([], "websocket.close", 1008)


def test_what_nobody_thought_of() -> None:
    with pytest.raises(InputError):
        served({"type": "news", "headers": []})


@pytest.mark.parametrize("authorities", [5, None, "localhost", b"localhost", [5], [None], [""], ["exämple.com"]])
def test_names_that_are_none(authorities: Any) -> None:
    with pytest.raises(InputError):
        Named(lambda *_: None, authorities)  # type: ignore[arg-type,return-value]


def test_names_that_fail_to_be_said() -> None:
    class Failing(list[str]):
        def __iter__(self) -> Iterator[str]:
            raise OSError("42")

    with pytest.raises(UnavailableError):
        Named(lambda *_: None, Failing())  # type: ignore[arg-type,return-value]
