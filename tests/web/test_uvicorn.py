"""A real server on a real socket: what HTTP parsers do to a request before the middleware sees it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest
import uvicorn
from tests.web.world import AUDIENCE, PATH, alice, by_middleware, planner, scout, verifier

from attorn import Identity, Token, caveat
from attorn.web.client import HolderAuth
from attorn.web.http import HttpMessage, bind


@dataclass(frozen=True)
class Server:
    port: int

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def auth(self, by: Identity = scout) -> HolderAuth:
        return HolderAuth(by, self.token(), audience=AUDIENCE, origin=self.origin)

    def token(self) -> Token:
        wide = alice.mint(to=planner.did, caveats=[caveat.Resources(f"{self.origin}/events")])
        return planner.delegate(wide, to=scout.did)

    def wire(self, method: str = "GET", path: str = PATH, query: str = "", body: bytes = b"") -> bytes:
        message = HttpMessage(method=method, origin=self.origin, path=path, query=query, body=body)
        return scout.present(self.token(), bind(message), audience=AUDIENCE).encode()

    def raw(self, data: bytes, *, cut_off: bool = False) -> tuple[int, bytes]:
        """The status and the rest of the answer to raw bytes; status 0 if the server just hangs up."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as connection:
            connection.sendall(data)
            if cut_off:
                connection.shutdown(socket.SHUT_WR)
            answer = b""
            while part := connection.recv(65_536):
                answer += part
        return (int(answer.split(b" ", 2)[1]), answer) if answer else (0, b"")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    listener = socket.create_server(("127.0.0.1", 0))
    found = Server(listener.getsockname()[1])
    app = by_middleware(verifier(), origin=found.origin, most_body=1000)
    running = uvicorn.Server(uvicorn.Config(app, log_level="critical", http="h11", ws="none"))
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    yield found
    running.should_exit = True
    thread.join(10)
    listener.close()


@pytest.fixture
def http(server: Server) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.origin, trust_env=False) as client:
        yield client


def request(
    server: Server, line: bytes, *headers: bytes, body: bytes = b"", cut_off: bool = False
) -> tuple[int, bytes]:
    data = b"\r\n".join((line, b"Host: x", b"Connection: close", *headers, b"", body))
    return server.raw(data, cut_off=cut_off)


@pytest.mark.parametrize("url", [PATH, "/events/caf%C3%A9?q=%C3%A9&x=1", "/events/a;b=c/~d"])
def test_allowed(server: Server, http: httpx.Client, url: str) -> None:
    response = http.post(url, auth=server.auth(), content=b"hello")
    assert (response.status_code, response.json()["body"]) == (200, "hello")


def test_allowed_in_chunks(server: Server, http: httpx.Client) -> None:
    response = http.post(PATH, auth=server.auth(), content=iter([b"hel", b"lo"]))
    assert (response.status_code, response.json()["body"]) == (200, "hello")
    wire = b"Authorization: Attorn " + server.wire("POST", body=b"hello")
    chunks = b"3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n"
    line = b"POST " + PATH.encode() + b" HTTP/1.1"
    assert request(server, line, wire, b"Transfer-Encoding: chunked", body=chunks)[0] == 200


def test_refused(server: Server, http: httpx.Client) -> None:
    assert http.get(PATH).status_code == 401
    assert http.get("/admin", auth=server.auth()).status_code == 403
    wire = {"Authorization": b"Attorn " + server.wire()}
    assert http.get(PATH, headers=wire).status_code == 200
    assert http.get(PATH, headers=wire).json()["code"] == "replayed"
    assert http.get(PATH + "/", headers=wire).json()["code"] == "wrong_request"
    assert http.head(PATH).headers["www-authenticate"].startswith("Attorn realm=")
    assert http.post(PATH, auth=server.auth(), content=b"x" * 1001).status_code == 413
    assert http.post(PATH, auth=server.auth(), content=iter([b"x" * 600, b"x" * 600])).status_code == 413


@pytest.mark.parametrize(
    "target",
    [
        b"/events/../admin",
        b"/admin/../events/2026-11",
        b"/events/%2e%2e/admin",
        b"//events/2026-11",
        b"/events%2f2026-11",
        b"/events/%00",
        b"/events\\2026-11",
        b"/events/\xc3\xa9",
        b"http://127.0.0.1/events/2026-11",
        b"http://evil.example/events/2026-11",
        b"*",
        b"/events/2026-11#x",
    ],
)
def test_odd_targets(server: Server, target: bytes) -> None:
    status, answer = request(server, b"GET " + target + b" HTTP/1.1", b"Authorization: Attorn " + server.wire())
    assert status == 400
    assert b'"root"' not in answer


@pytest.mark.parametrize(
    "headers",
    [
        (b"Authorization: Attorn %s", b"Authorization: Attorn %s"),
        (b"Authorization: Bearer x", b"authorization: Attorn %s"),
        (b"Authorization: Attorn %s", b"Transfer-Encoding: chunked", b"Content-Length: 5"),
        (b"Authorization: Attorn %s", b"Content-Length: 5", b"Content-Length: 6"),
        (b"Authorization: Attorn %s", b"Content-Length: -1"),
        (b"Authorization: Attorn %s", b"Transfer-Encoding: gzip, chunked"),
        (b"Authorization: Attorn %s", b"Transfer-Encoding: chunked", b"Transfer-Encoding: chunked"),
        (b"Authorization : Attorn %s",),
        (b"Authorization: Attorn", b" %s"),
        (b"Authorization: Attorn %s\x00",),
        (b"Authorization: Attorn %s", b"X-HTTP-Method-Override: DELETE"),
        (b"Authorization: Attorn " + b"A" * 70_000,),
        (b"X-Authorization: Attorn %s",),
    ],
)
def test_odd_headers(server: Server, headers: tuple[bytes, ...]) -> None:
    """Attack 130: duplicates, folding, two lengths. Whoever refuses, parser or middleware, nobody gets in."""
    wire = server.wire("POST", body=b"hello")
    filled = [value.replace(b"%s", wire) for value in headers]
    status, answer = request(server, b"POST " + PATH.encode() + b" HTTP/1.1", *filled, body=b"5\r\nhello\r\n0\r\n\r\n")
    assert status in (400, 401)
    assert b'"root"' not in answer


@pytest.mark.parametrize(
    "chunks",
    [
        b"5\r\nhellp\r\n0\r\n\r\n",
        b"5\r\nhello\r\n5\r\nhello\r\n0\r\n\r\n",
        b"4\r\nhello\r\n0\r\n\r\n",
        b"g\r\nhello\r\n0\r\n\r\n",
        b"-5\r\nhello\r\n0\r\n\r\n",
        b"5\r\nhello",
        b"FFFFFFFFFFFFFFFFFFFFF\r\nhello\r\n0\r\n\r\n",
        b"0\r\n\r\n",
        b"",
    ],
)
def test_chunk_garbage(server: Server, chunks: bytes) -> None:
    wire = b"Authorization: Attorn " + server.wire("POST", body=b"hello")
    line = b"POST " + PATH.encode() + b" HTTP/1.1"
    status, answer = request(server, line, wire, b"Transfer-Encoding: chunked", body=chunks, cut_off=True)
    assert status in (0, 400, 401)
    assert b'"root"' not in answer


def test_a_smuggled_second_request_needs_its_own_presentation(server: Server) -> None:
    wire = b"Authorization: Attorn " + server.wire("POST", body=b"hello")
    smuggled = b"DELETE " + PATH.encode() + b" HTTP/1.1\r\nHost: x\r\n" + wire + b"\r\nConnection: close\r\n\r\n"
    head = b"\r\n".join((b"POST " + PATH.encode() + b" HTTP/1.1", b"Host: x", wire, b"Content-Length: 5", b"", b""))
    _, answer = server.raw(head + b"hello" + smuggled)
    assert answer.count(b"HTTP/1.1 200") == 1
    assert answer.count(b"HTTP/1.1 401") == 1
    assert b"wrong_request" in answer
