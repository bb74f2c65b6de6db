"""Clients of the poll endpoint that go away while they wait: nobody waits for them, and nothing is lost."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from typing import Any
from urllib.parse import urlsplit

import pytest
from tests.unit.event_scene import event
from tests.web.test_events import TOKEN, serving

from attorn.events import Outbox
from attorn.web.poll import PollEndpoint

GONE = {"type": "http.disconnect"}
SCOPE = {
    "type": "http",
    "method": "POST",
    "headers": [(b"content-type", b"application/json"), (b"authorization", b"Bearer " + TOKEN.encode())],
}


class Served:
    """A poll endpoint that tells when it begins to ask for what a client does next, and when it is done."""

    def __init__(self, box: Outbox) -> None:
        self.app = PollEndpoint(box, token=TOKEN, patience=60)
        self.began, self.done, self.sent = threading.Event(), threading.Event(), list[Any]()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def noted() -> Any:
            message = await receive()
            self.began.set()
            return message

        async def kept(message: Any) -> None:
            self.sent.append(message)
            await send(message)

        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        try:
            await self.app(scope, noted, kept)
        finally:
            self.done.set()


@pytest.mark.parametrize("reset", [False, True], ids=["closed", "reset"])
def test_nobody_waits_for_a_client_that_hung_up(reset: bool) -> None:
    box = Outbox()
    served = Served(box)
    with serving(served) as origin:
        connection = socket.create_connection(("127.0.0.1", urlsplit(origin).port or 0))
        head = f"POST / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\nContent-Type: application/json\r\n"
        connection.sendall(f"{head}Content-Length: 2\r\n\r\n{{}}".encode())
        assert served.began.wait(20)
        assert not served.done.is_set()
        if reset:
            # A close that waits for nothing is a reset.
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        connection.close()
        assert served.done.wait(20), "it waits for the whole of its patience"
    assert served.sent == []
    name = box.add(event())
    assert list(box.waiting(9)[0]) == [name]


def waited(*messages: Any, box: Outbox, patience: float = 60, later: Any = None) -> list[Any]:
    """What is sent to a client that asks, does this, and then nothing more; `later` is done meanwhile."""
    left, sent = list(messages), list[Any]()

    async def receive() -> Any:
        if left:
            return left.pop(0)
        return await asyncio.Event().wait()

    async def send(message: Any) -> None:
        sent.append(message)

    async def run() -> None:
        if later is not None:
            asyncio.get_running_loop().call_later(0.1, later)
        await PollEndpoint(box, token=TOKEN, patience=patience)(dict(SCOPE), receive, send)

    asyncio.run(asyncio.wait_for(run(), 20))
    return sent


def poll(**members: Any) -> dict[str, Any]:
    return {"type": "http.request", "body": json.dumps(members).encode(), "more_body": False}


def test_a_client_that_is_gone_is_told_nothing_and_what_it_said_counts() -> None:
    box = Outbox()
    name = box.add(event())
    assert waited(poll(ack=[name]), GONE, box=box) == []
    assert box.waiting(9) == ({}, False)


def test_whoever_need_not_wait_is_answered_without_a_look_at_what_it_does_next() -> None:
    for members in ({"returnImmediately": True}, {"maxEvents": 0}):
        assert [each["type"] for each in waited(poll(**members), GONE, box=Outbox())] == [
            "http.response.start",
            "http.response.body",
        ]
    box = Outbox()
    box.add(event())
    assert len(json.loads(waited(poll(), GONE, box=box)[1]["body"])["sets"]) == 1


def test_a_server_that_says_the_body_again_has_a_client_still() -> None:
    """As some middlewares do, that read a body and give the same message for ever."""
    box, text = Outbox(), event()
    sent = waited(poll(), *[poll()] * 3, box=box, later=lambda: box.add(text))
    assert list(json.loads(sent[1]["body"])["sets"].values()) == [text]
    over = waited(poll(), *[poll()] * 3, box=Outbox(), patience=0.1)
    assert json.loads(over[1]["body"]) == {"sets": {}, "moreAvailable": False}
