"""HolderAuth: a fresh presentation for every request, and none for requests it was not configured for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import httpx
import pytest
from tests.web.world import AUDIENCE, ORIGIN, PATH, auth, by_middleware, call, scout, token, verifier

from attorn import AttornError, Identity
from attorn.errors import DelegationError, InputError
from attorn.web.client import HolderAuth
from attorn.web.http import HttpMessage, bind

Seen = list[httpx.Request]


def client(
    answers: Callable[[httpx.Request], httpx.Response] | None = None, **arguments: Any
) -> tuple[httpx.Client, Seen]:
    seen: Seen = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return answers(request) if answers else httpx.Response(200)

    transport = httpx.MockTransport(answer)
    return httpx.Client(transport=transport, base_url=ORIGIN, **{"auth": auth(), **arguments}), seen


def accepted(request: httpx.Request, guard: Any = None) -> bool:
    """Whether a verifier takes what was sent for exactly what was sent."""
    scheme, _, wire = request.headers["Authorization"].partition(" ")
    assert scheme == "Attorn"
    path, _, query = request.url.raw_path.decode().partition("?")
    body = request.read()
    message = HttpMessage(method=request.method, origin=ORIGIN, path=path, query=query, body=body)
    try:
        (guard or verifier()).authorize(wire, bind(message))
    except AttornError:
        return False
    return True


@pytest.mark.parametrize(
    "arguments",
    [
        {"content": b"\x00\xff"},
        {"content": "t\u00e9xt"},
        {"json": {"title": "dentist"}},
        {"data": {"title": "dentist"}},
        {"files": {"file": ("a.txt", b"content")}},
        {"params": {"q": "a b&c", "u": "\u00e9"}},
    ],
)
def test_every_kind_of_body_and_query(arguments: dict[str, Any]) -> None:
    http, seen = client()
    http.post(PATH, **arguments)
    assert accepted(seen[0])


def test_each_request_gets_its_own() -> None:
    http, seen = client()
    for _ in range(3):
        http.get(PATH, headers={"Authorization": "Bearer old"})
    assert len({request.headers["Authorization"] for request in seen}) == 3
    assert all(len(request.headers.get_list("Authorization")) == 1 for request in seen)


def test_streams_are_read_and_sent() -> None:
    def parts() -> Iterator[bytes]:
        yield from (b"a", b"b")

    http, seen = client()
    http.post(PATH, content=parts())
    assert seen[0].read() == b"ab"
    assert accepted(seen[0])


def test_asynchronous_streams_are_read_and_sent() -> None:
    async def parts() -> AsyncIterator[bytes]:
        yield b"a"
        yield b"b"

    response = call(by_middleware(verifier()), "POST", auth=auth(), content=parts())
    assert (response.status_code, response.json()["body"]) == (200, "ab")


def test_streams_of_the_wrong_kind_or_read_before_are_refused() -> None:
    async def asynchronous() -> AsyncIterator[bytes]:
        yield b"a"

    def synchronous() -> Iterator[bytes]:
        yield b"a"

    http, seen = client()
    with pytest.raises(InputError, match="synchronous"):
        http.post(PATH, content=asynchronous())
    with pytest.raises(InputError, match="asynchronous"):
        call(by_middleware(verifier()), "POST", auth=auth(), content=synchronous())
    request = http.build_request("POST", PATH, content=synchronous())
    for _ in request.stream:  # type: ignore[union-attr]
        pass
    with pytest.raises(InputError):
        http.send(request)
    assert not seen


@pytest.mark.parametrize(
    "url",
    [
        "http://calendar.example/events",
        "https://calendar.example:444/events",
        "https://other.example/events",
        "https://calendar.example.evil.example/events",
        "https://evil.example/https://calendar.example/events",
        "https://calendar.example@evil.example/events",
        "https://sub.calendar.example/events",
        "http://127.0.0.1/events",
    ],
)
def test_other_origins_get_nothing(url: str) -> None:
    http, seen = client()
    with pytest.raises(InputError, match="origin"):
        http.get(url)
    assert not seen


@pytest.mark.parametrize(
    "url", [f"{ORIGIN}/events", "https://CALENDAR.example:443/events", "https://x:y@calendar.example/events"]
)
def test_other_spellings_of_the_same_origin(url: str) -> None:
    http, seen = client()
    http.get(url)
    assert accepted(seen[0])


@pytest.mark.parametrize(
    "path", ["/events/%2e%2e/admin", "/events/a%2Fb", "/events//x", "/events/%00", "/events/%252e"]
)
def test_paths_that_no_server_could_check_are_not_signed_for(path: str) -> None:
    http, seen = client()
    with pytest.raises(InputError):
        http.get(ORIGIN + path)
    assert not seen


def test_not_the_holder_is_not_sent() -> None:
    http, seen = client(auth=HolderAuth(Identity.from_seed(bytes([9]) * 32), token(), audience=AUDIENCE, origin=ORIGIN))
    with pytest.raises(DelegationError):
        http.get(PATH)
    assert not seen


@pytest.mark.parametrize("origin", ["", "calendar.example", "https://calendar.example/x", "ftp://calendar.example"])
def test_the_origin_is_required(origin: str) -> None:
    with pytest.raises(InputError):
        HolderAuth(scout, token(), audience=AUDIENCE, origin=origin)


def redirecting(to: str, status: int = 307) -> Callable[[httpx.Request], httpx.Response]:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == PATH:
            return httpx.Response(status, headers={"Location": to})
        return httpx.Response(200)

    return answer


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    "to", ["https://evil.example/x", "http://calendar.example/x", "https://calendar.example:444/x"]
)
def test_a_redirect_to_another_origin_takes_no_presentation_along(to: str, status: int) -> None:
    http, seen = client(redirecting(to, status), follow_redirects=True)
    http.post(PATH, content=b"x")
    assert "Authorization" in seen[0].headers
    assert "Authorization" not in seen[1].headers
    careful, _ = client(redirecting(to, status))
    following = careful.get(PATH).next_request
    assert following is not None
    with pytest.raises(InputError):
        careful.send(following)


def test_a_redirect_within_the_origin_needs_a_presentation_of_its_own() -> None:
    http, seen = client(redirecting("/events/2026-12"))
    following = http.get(PATH).next_request
    assert following is not None
    http.send(following)
    assert seen[0].headers["Authorization"] != seen[1].headers["Authorization"]
    assert accepted(seen[1])
    hasty, seen = client(redirecting("/events/2026-12"), follow_redirects=True)
    hasty.get(PATH)
    assert not accepted(seen[1]), "what httpx sends again was presented for the first request alone"


def test_many_at_once() -> None:
    app, shared = by_middleware(verifier()), auth()

    async def go() -> set[int]:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=ORIGIN, auth=shared) as http:
            answers = await asyncio.gather(*(http.post(PATH, content=str(n).encode()) for n in range(20)))
            return {answer.status_code for answer in answers}

    assert asyncio.run(go()) == {200}
