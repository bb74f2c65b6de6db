"""The attacks on `attorn.web`: FastAPI behind the middleware, and behind the dependency, called by httpx in process."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn
from tests.attacks.adapter_scene import Till, nothing_happens, watched
from tests.web import world
from tests.web.test_uvicorn import Server, request
from tests.web.world import AUDIENCE, DOORS, ORIGIN, PATH, call, header, knock, present, refused, verifier

from attorn import Token, caveat

HELD = world.token(caveat.Equals("@query", "limit=10"), caveat.MaxUses(99))
QUERY, BODY = "limit=10", b'{"title":"dentist"}'
OVERRIDES = (("X-HTTP-Method-Override", "DELETE"), ("X-Original-URL", "/admin"), ("X_Rewrite_URL", "/admin"))
LENGTHS: list[list[tuple[bytes, bytes]]] = [
    [(b"content-length", b"19"), (b"content-length", b"2")],
    [(b"content-length", b"19"), (b"transfer-encoding", b"chunked")],
    [(b"content-length", b"+19")],
]


class Calendar:
    """One application behind one of the doors, what ran in it and what was charged."""

    def __init__(self, door: str, patch: pytest.MonkeyPatch) -> None:
        self.till = Till()
        self.ran = watched(patch, world, "said")
        self.app = DOORS[door](verifier(store=self.till))

    def post(self, wire: str | None, *, query: str = QUERY, body: bytes = BODY, **more: Any) -> Any:
        return call(self.app, "POST", f"{PATH}?{query}", wire, content=body, **more)

    def honest(self) -> str:
        """Lets the holder in, and gives the presentation that did it."""
        wire = presented()
        assert self.post(wire).status_code == 200
        assert (len(self.ran), len(self.till.taken)) == (1, 1)
        return wire


def presented(held: Token = HELD, *, query: str = QUERY, body: bytes = BODY, **changed: Any) -> str:
    return present("POST", PATH, query, body, token=held, **changed)


@pytest.fixture(params=sorted(DOORS))
def calendar(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Calendar:
    return Calendar(request.param, monkeypatch)


def test_wrong_audience(calendar: Calendar) -> None:
    """Attacks 83 and 129: made for another service, for the URL of this one, for a longer name."""
    calendar.honest()
    with nothing_happens(calendar.ran, calendar.till.taken):
        for audience in ("did:web:payroll.example", ORIGIN, f"{AUDIENCE}:events"):
            refused(calendar.post(presented(audience=audience)), 401, "wrong_audience")


def test_replay(calendar: Calendar) -> None:
    """Attack 80."""
    once = calendar.honest()
    with nothing_happens(calendar.ran, calendar.till.taken):
        for _ in range(2):
            refused(calendar.post(once), 401, "replayed")


def test_widened_argument(calendar: Calendar) -> None:
    """Attacks 67 and 84: by who is on the way, and by the holder, who may sign for it and is not permitted it."""
    calendar.honest()
    with nothing_happens(calendar.ran, calendar.till.taken):
        for wide in ("limit=100", "limit=10&limit=100", "limit=10&all"):
            refused(calendar.post(presented(), query=wide), 401, "wrong_request")
            problem = refused(calendar.post(presented(query=wide), query=wide), 403, "denied")
            assert (problem["caveat"], problem["link"]) == ("Equals", 2)


def test_missing_chain(calendar: Calendar) -> None:
    """What is missing is denied, and a name in another header is no chain."""
    calendar.honest()
    with nothing_happens(calendar.ran, calendar.till.taken):
        for headers in ([], [("Authorization", "Bearer x")], [("X-Forwarded-User", world.alice.did)]):
            refused(calendar.post(None, headers=headers), 401, "no_presentation")


def test_stripped_proof(calendar: Calendar) -> None:
    """Attacks 58, 59 and 85: the token as it travels, and a presentation short of its seal."""
    wire = calendar.honest()
    with nothing_happens(calendar.ran, calendar.till.taken):
        refused(calendar.post(HELD.encode()), 401, "not_holder")
        refused(calendar.post(presented()[:-4]), 401, "malformed")
        refused(calendar.post(wire[: len(HELD.encode())]), 401, "malformed")


def test_header_and_body_disagree(calendar: Calendar) -> None:
    """Attack 130: a header that names another method or path, two lengths, and another body than was presented."""
    calendar.honest()
    with nothing_happens(calendar.ran, calendar.till.taken):
        for override in OVERRIDES:
            refused(calendar.post(presented(), headers=[override]), 400, "invalid_input")
        for body in (b"", b"{}", BODY + b" ", BODY * 2):
            refused(calendar.post(presented(), body=body), 401, "wrong_request")
        for lengths in LENGTHS:
            headers = [header(presented()), *lengths]
            status, problem = knock(calendar.app, method="POST", query=QUERY.encode(), headers=headers, body=[BODY])
            assert (status, problem["code"]) == (400, "invalid_input")


@pytest.fixture
def listening(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Server, list[Any]]]:
    """A server on a socket of its own, and what ran in it."""
    ran = watched(monkeypatch, world, "said")
    listener = socket.create_server(("127.0.0.1", 0))
    found = Server(listener.getsockname()[1])
    app = DOORS["middleware"](verifier(), origin=found.origin)
    running = uvicorn.Server(uvicorn.Config(app, log_level="critical", http="h11", ws="none"))
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    yield found, ran
    running.should_exit = True
    thread.join(10)
    listener.close()


FRAMES = (
    (b"Content-Length: 2", b"hello"),
    (b"Content-Length: 5", b"hellp"),
    (b"Content-Length: 5\r\nContent-Length: 2", b"hello"),
    (b"Content-Length: 5\r\nTransfer-Encoding: chunked", b"5\r\nhello\r\n0\r\n\r\n"),
    (b"Transfer-Encoding: chunked", b"2\r\nhe\r\n0\r\n\r\n"),
    (b"Content-Length: 5\r\nX-HTTP-Method-Override: DELETE", b"hello"),
)


def test_header_and_body_disagree_on_a_socket(listening: tuple[Server, list[Any]]) -> None:
    """Attack 130: what a real server makes of a length that is none of the body's, and of two."""
    server, ran = listening
    line = b"POST " + PATH.encode() + b" HTTP/1.1"

    def post(frame: bytes, body: bytes) -> int:
        chain = b"Authorization: Attorn " + server.wire("POST", body=b"hello")
        return request(server, line, chain, frame, body=body)[0]

    assert post(b"Content-Length: 5", b"hello") == 200
    with nothing_happens(ran):
        for frame, body in FRAMES:
            assert post(frame, body) in (400, 401), frame
