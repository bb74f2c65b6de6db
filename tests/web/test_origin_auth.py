"""OriginAuth: however many requests a flow sends, all go to one origin and have their body."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Generator, Iterator
from typing import Any

import httpx
import pytest
from tests.web.world import ORIGIN, PATH, scout, token

from attorn.errors import DelegationError, InputError
from attorn.holder import check_holder
from attorn.web.origin_auth import OriginAuth


class Counting(OriginAuth):
    """Sends a request `times`, and notes what was answered to each."""

    def __init__(self, times: int, **arguments: Any) -> None:
        super().__init__(**{"identity": scout, "token": token(), "origin": ORIGIN, **arguments})
        self.times = times
        self.answers: list[int] = []
        self.threads: list[int] = []

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Each with its number."""
        for number in range(self.times):
            self.threads.append(threading.get_ident())
            path, query = self._target(request)
            request.headers["X-Number"] = f"{number} {path} {query} {len(request.content)}"
            response = yield request
            self.answers.append(response.status_code)
        if self.times == 3:
            raise DelegationError("never again")


class Server:
    """Answers 200, 201 and so on, and notes what came."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(request.headers["X-Number"])
        return httpx.Response(199 + len(self.seen))


def send(auth: OriginAuth, url: str, content: Any, *, asynchronous: bool, server: Server) -> int:
    transport = httpx.MockTransport(server)
    if not asynchronous:
        with httpx.Client(transport=transport, auth=auth) as client:
            return client.post(url, content=content).status_code

    async def go() -> int:
        async with httpx.AsyncClient(transport=transport, auth=auth) as client:
            return (await client.post(url, content=content)).status_code

    return asyncio.run(go())


async def later() -> AsyncIterator[bytes]:
    yield b"ab"
    yield b"c"


def now() -> Iterator[bytes]:
    yield from (b"ab", b"c")


BOTH = pytest.mark.parametrize("asynchronous", [False, True])


@BOTH
@pytest.mark.parametrize("times", [1, 2, 4])
def test_a_flow_may_send_several_and_sees_each_answer(asynchronous: bool, times: int) -> None:
    auth, server = Counting(times), Server()
    content = later() if asynchronous else now()
    status = send(auth, f"{ORIGIN}{PATH}?a=1&b", content, asynchronous=asynchronous, server=server)
    assert server.seen == [f"{number} {PATH} a=1&b 3" for number in range(times)]
    assert auth.answers == [200 + number for number in range(times)]
    assert status == 199 + times


@pytest.mark.parametrize("times", [1, 2, 3])
def test_whatever_signs_keeps_no_event_loop_waiting(times: int) -> None:
    auth = Counting(times)
    with contextlib.suppress(DelegationError):
        send(auth, ORIGIN + PATH, b"", asynchronous=True, server=Server())
    assert len(auth.threads) == times
    assert threading.get_ident() not in auth.threads


@BOTH
def test_an_error_after_the_first_answer_is_the_callers(asynchronous: bool) -> None:
    auth, server = Counting(3), Server()
    with pytest.raises(DelegationError):
        send(auth, ORIGIN + PATH, b"", asynchronous=asynchronous, server=server)
    assert len(server.seen) == 3


@BOTH
@pytest.mark.parametrize(
    "url",
    [
        "https://other.example/",
        "http://calendar.example/",
        "https://calendar.example:444/",
        "https://x.calendar.example/",
    ],
)
def test_nothing_goes_to_another_origin(asynchronous: bool, url: str) -> None:
    server = Server()
    with pytest.raises(InputError):
        send(Counting(1), url, b"", asynchronous=asynchronous, server=server)
    assert server.seen == []


@BOTH
def test_a_body_of_the_other_kind_of_client_is_refused(asynchronous: bool) -> None:
    server = Server()
    with pytest.raises(InputError):
        send(Counting(1), ORIGIN, now() if asynchronous else later(), asynchronous=asynchronous, server=server)
    assert server.seen == []


@pytest.mark.parametrize(
    "arguments",
    [
        {"identity": scout.did},
        {"identity": scout.signer},
        {"identity": None},
        {"token": None},
        {"token": token().encode()},
        {"token": scout},
        {"identity": token(), "token": scout},
        {"origin": "calendar.example"},
        {"origin": f"{ORIGIN}/x"},
        {"origin": None},
    ],
)
def test_unusable_arguments(arguments: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        Counting(1, **arguments)


def test_a_holder_is_an_identity_with_a_token() -> None:
    check_holder(scout, token())
    for wrong in ((scout, None), (None, token()), (token(), scout), (scout.did, token().encode())):
        with pytest.raises(InputError) as caught:
            check_holder(*wrong)  # type: ignore[arg-type]
        assert token().encode() not in str(caught.value)
