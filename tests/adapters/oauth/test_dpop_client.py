"""The client: httpx, a proof for each request, a server's nonces, and what it refuses to send."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
from tests.adapters.oauth.dpop_scene import (
    HELD,
    NOW,
    ORIGIN,
    PATH,
    Clock,
    by_middleware,
    call,
    guard,
    scout,
    thief,
)

from attorn.canonical import parse
from attorn.encoding import base64url_decode
from attorn.errors import DelegationError, InputError
from attorn.oauth import DpopAuth, Nonces


def auth(**arguments: Any) -> DpopAuth:
    return DpopAuth(**{"identity": scout, "token": HELD, "origin": ORIGIN, "clock": Clock(), **arguments})


class Server:
    """A server that a synchronous client can ask, and what it was sent."""

    def __init__(self, *answers: httpx.Response) -> None:
        self.answers = list(answers)
        self.sent: list[tuple[bytes, Any]] = []
        """The body of each request, and what its proof says."""

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.sent.append((request.content, parse(base64url_decode(request.headers["DPoP"].split(".")[1]))))
        return self.answers.pop(0) if self.answers else httpx.Response(200)

    def client(self, **arguments: Any) -> httpx.Client:
        return httpx.Client(transport=httpx.MockTransport(self), base_url=ORIGIN, auth=auth(**arguments))


def asks(nonce: str | None, *, status: int = 401, error: str = "use_dpop_nonce") -> httpx.Response:
    given = {} if nonce is None else {"DPoP-Nonce": nonce}
    return httpx.Response(status, headers={"WWW-Authenticate": f'DPoP error="{error}", algs="ES256"', **given})


@pytest.mark.parametrize(
    ("method", "url"),
    [("GET", PATH), ("POST", PATH), ("GET", f"{PATH}?a=1&b=2"), ("GET", f"{PATH}/"), ("GET", "/events/%7Ealice")],
)
def test_what_it_sends_is_accepted(method: str, url: str) -> None:
    assert call(by_middleware(), method, url, auth=auth(), content=b"x" * (method == "POST")).status_code == 200


def test_every_request_has_a_proof_of_its_own() -> None:
    app, one = by_middleware(), auth()
    assert [call(app, auth=one).status_code for _ in range(3)] == [200, 200, 200]


def test_the_nonce_is_taken_and_the_request_sent_once_more() -> None:
    clock = Clock()
    app = by_middleware(guard(clock), nonces=Nonces(b"\7" * 32, clock=clock))
    one = auth(clock=clock)
    for second in (0, 299, 600):
        clock.second = NOW + second
        answer = call(app, "POST", auth=one, content=b"abc")
        assert (answer.status_code, answer.json()["body"]) == (200, "abc")


def test_it_asks_once_and_no_more() -> None:
    server = Server(asks("n1"), asks("n2"), asks("n3"))
    assert server.client().get(PATH).status_code == 401
    assert [claims.get("nonce") for _, claims in server.sent] == [None, "n1"]


@pytest.mark.parametrize(
    "answer",
    [
        asks(None),
        asks("n1", status=403),
        asks("n1", status=200),
        asks("n1", error="invalid_dpop_proof"),
        asks(""),
        asks("x" * 1025),
    ],
)
def test_other_answers_are_final(answer: httpx.Response) -> None:
    server = Server(answer)
    server.client().get(PATH)
    assert len(server.sent) == 1


def test_the_body_that_is_sent_again_is_the_same() -> None:
    def chunks() -> Iterator[bytes]:
        yield b"a"
        yield b"bc"

    server = Server(asks("n1"))
    assert server.client().post(PATH, content=chunks()).status_code == 200
    assert [body for body, _ in server.sent] == [b"abc", b"abc"]
    assert len({claims["jti"] for _, claims in server.sent}) == 2


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/events",
        "http://calendar.example/events",
        "https://calendar.example:8443/events",
        "https://calendar.example.evil.example/events",
    ],
)
def test_nothing_goes_to_another_origin(url: str) -> None:
    server = Server()
    with pytest.raises(InputError):
        server.client().get(url)
    assert server.sent == []


def test_a_path_that_no_server_could_check() -> None:
    server = Server()
    with pytest.raises(InputError):
        server.client().get("/events/%2e%2e/x")
    assert server.sent == []


def test_a_body_of_the_other_kind_of_client() -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield b"a"

    with pytest.raises(InputError):
        Server().client().post(PATH, content=chunks())

    async def go() -> None:
        async with httpx.AsyncClient(transport=httpx.MockTransport(Server()), base_url=ORIGIN) as client:
            await client.post(PATH, content=iter([b"a"]), auth=auth())

    with pytest.raises(InputError):
        asyncio.run(go())


def test_only_the_holder_proves() -> None:
    with pytest.raises(DelegationError):
        Server().client(identity=thief).get(PATH)
    for arguments in ({"identity": "scout"}, {"token": HELD.encode()}, {"origin": "calendar.example"}):
        with pytest.raises(InputError):
            auth(**arguments)
