"""Security events over HTTP: pushed and polled, in process and between two servers on the loopback."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount
from tests.unit.event_scene import CAEP, ENTRIES, SECOND, SENDER, Spy, event, receiver, said
from tests.unit.scene import AUDIENCE, SCOUT, Answering, Clock, accepted, refused, shown, verifier
from tests.web.world import knock

from attorn.errors import AttornError, DelegationError, InputError, MalformedError, UnavailableError
from attorn.events import Outbox, Received, Receiver
from attorn.store import MemoryStore, SQLiteStore
from attorn.web.events import MEDIA_TYPE, DeliveryError, PushEndpoint, push
from attorn.web.poll import MOST_EVENTS, PollEndpoint, Poller

TOKEN = "a-token-of-the-receiver"
URL = "https://peer.example/events"
PLAIN = (b"content-type", b"application/secevent+jwt")


def pushed(text: Any, app: Any = None, *, headers: Any = (PLAIN,), **arguments: Any) -> tuple[int, dict[str, Any]]:
    """What the endpoint answers to this body."""
    body = arguments.pop("body", None) or [text.encode() if isinstance(text, str) else text]
    return knock(app or PushEndpoint(receiver()), method="POST", path="/", headers=headers, body=body, **arguments)


def spoken(app: Any, kind: str, *messages: str) -> list[Any]:
    """What is sent on a connection of this kind, on which these messages come."""
    left, sent = [{"type": each} for each in messages], list[Any]()

    async def receive() -> Any:
        return left.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(app({"type": kind}, receive, send))
    return sent


def test_an_event_is_taken() -> None:
    store = Spy()
    app = PushEndpoint(receiver(store))
    text = event()
    assert pushed(text, app) == (202, {})
    assert pushed(text, app) == (202, {})
    assert len([kept for kept in store.kept if kept.kind == "event"]) == 1
    whole = event("suspend")
    assert pushed("", app, body=[whole[:9].encode(), b"", whole[9:].encode()]) == (202, {})
    for headers in ([(b"content-type", b"Application/SecEvent+JWT")], [PLAIN, (b"content-length", b"%d" % len(text))]):
        assert pushed(text, app, headers=headers) == (202, {})


@pytest.mark.parametrize(
    ("text", "err"),
    [
        ("", "invalid_request"),
        ("x", "invalid_request"),
        (b"\xff\xfe", "invalid_request"),
        (ENTRIES["revoke"].encode(), "invalid_request"),
        (said(typ="JWT"), "invalid_request"),
        (said(exp=1), "invalid_request"),
        (said(iat=2_000_000_000), "invalid_request"),
        (said(aud="did:web:other.example"), "invalid_audience"),
        (event(by=SCOUT), "invalid_issuer"),
        (said(by=SCOUT), "invalid_key"),
        (said(kid="did:web:x.example#0"), "invalid_key"),
        (event()[:-4] + "AAAA", "invalid_key"),
        (event()[:-4], "invalid_request"),
    ],
    ids=[
        "empty",
        "x",
        "binary",
        "entry",
        "typ",
        "exp",
        "future",
        "audience",
        "issuer",
        "signature",
        "kid",
        "changed",
        "cut",
    ],
)
def test_what_is_refused(text: Any, err: str) -> None:
    store = Spy()
    status, answer = pushed(text, PushEndpoint(receiver(store)))
    assert (status, answer["err"], set(answer)) == (400, err, {"err", "description"})
    assert store.kept == []


@pytest.mark.parametrize(
    "headers",
    [
        (),
        [(b"content-type", b"application/json")],
        [(b"content-type", b"application/jwt")],
        [(b"content-type", b"application/secevent+jwt; charset=x")],
        [PLAIN, PLAIN],
        [PLAIN, (b"content-encoding", b"gzip")],
        [PLAIN, (b"content-length", b"x")],
        [PLAIN, (b"content-length", b"1"), (b"content-length", b"1")],
        [PLAIN, (b"content-length", b"1"), (b"transfer-encoding", b"chunked")],
    ],
)
def test_bodies_of_another_kind(headers: Any) -> None:
    status, answer = pushed(event(), headers=headers)
    assert (status, answer["err"]) == (400, "invalid_request")


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "post"])
def test_other_methods(method: str) -> None:
    poll = PollEndpoint(Outbox(), token=None)
    for app in (PushEndpoint(receiver()), poll):
        assert knock(app, method=method, path="/", headers=[PLAIN], body=[event().encode()]) == (405, {})


def test_bodies_that_are_too_long() -> None:
    store = Spy()
    app = PushEndpoint(receiver(store))
    assert pushed(b"x" * 65_537, app)[0] == 413
    assert pushed("", app, body=[b"x" * 60_000] * 100)[0] == 413
    assert pushed(event(), app, headers=[PLAIN, (b"content-length", b"65537")])[0] == 413
    assert store.kept == []


def test_a_sender_that_goes_away() -> None:
    store = Spy()
    assert pushed(event(), PushEndpoint(receiver(store)), gone=True) == (0, {})
    assert store.kept == []


@pytest.mark.parametrize("app", [PushEndpoint(receiver()), PollEndpoint(Outbox(), token=None)], ids=["push", "poll"])
def test_connections_of_another_kind(app: Any) -> None:
    closed = {"type": "websocket.close", "code": 1008, "reason": "this server answers HTTP requests"}
    assert spoken(app, "websocket", "websocket.connect") == [closed]
    assert [each["type"] for each in spoken(app, "lifespan", "lifespan.startup", "lifespan.shutdown")] == [
        "lifespan.startup.complete",
        "lifespan.shutdown.complete",
    ]
    with pytest.raises(InputError):
        spoken(app, "other")


@pytest.mark.parametrize("wrong", [None, 5, PushEndpoint, MemoryStore()])
def test_what_takes_no_events_is_no_receiver(wrong: Any) -> None:
    with pytest.raises(InputError, match="receiver"):
        PushEndpoint(wrong)
    with pytest.raises(InputError, match="outbox"):
        PollEndpoint(wrong, token=None)


class Broken(Spy):
    def put(self, statements: Any) -> None:
        raise OSError("disk full")


def test_a_store_that_fails_is_asked_again() -> None:
    assert pushed(event(), PushEndpoint(receiver(Broken()))) == (503, {})
    resolver = Answering(OSError("no network"))
    assert pushed(event(), PushEndpoint(receiver(resolver=resolver))) == (503, {})


def client(app: Callable[[httpx.Request], httpx.Response]) -> httpx.Client:
    return httpx.Client(transport=httpx.MockTransport(app))


def answering(status: int, content: bytes = b"", **headers: str) -> httpx.Client:
    return client(lambda request: httpx.Response(status, stream=httpx.ByteStream(content), headers=headers))


def test_push_says_what_was_said() -> None:
    def app(request: httpx.Request) -> httpx.Response:
        assert (request.method, request.headers["content-type"]) == ("POST", MEDIA_TYPE)
        status, answer = pushed(request.content)
        return httpx.Response(status, json=answer)

    push(client(app), URL, event())
    with pytest.raises(DeliveryError) as caught:
        push(client(app), URL, event(by=SCOUT))
    assert (caught.value.err, caught.value.code) == ("invalid_issuer", "delivery_refused")
    assert caught.value.__reduce__() == (DeliveryError, ("invalid_issuer", caught.value.description))


@pytest.mark.parametrize(
    "text", [None, 5, b"a.b.c", "\ud800", "a.b.\u00e9", "", "x", "a.b.c", event()[:-4], said(typ="JWT")]
)
def test_what_is_no_event_is_not_pushed(text: Any) -> None:
    with pytest.raises(InputError) as caught:
        push(answering(202, b""), URL, text)
    assert "event" in str(caught.value)


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[]", b"<html>", b'{"err":5}', b'{"err":"a","err":"b"}', b"\xff", b'{"description":"x"}']
)
def test_a_refusal_without_a_reason(content: bytes) -> None:
    with pytest.raises(DeliveryError, match="no reason"):
        push(answering(400, content), URL, event())


def test_a_reason_that_would_move_the_cursor() -> None:
    with pytest.raises(DeliveryError) as caught:
        push(answering(400, json.dumps({"err": "\x1b[2J", "description": "x" * 9000}).encode()), URL, event())
    assert "\x1b" not in str(caught.value)
    assert len(str(caught.value)) < 1000


@pytest.mark.parametrize("status", [200, 204, 301, 302, 307, 308, 401, 403, 404, 413, 429, 500, 503])
def test_anything_else_is_tried_again(status: int) -> None:
    with pytest.raises(UnavailableError):
        push(answering(status, Location="https://elsewhere.example"), URL, event())


def test_answers_that_are_no_good() -> None:
    for bad in (answering(400, b"x" * 20_000), answering(400, b"x", **{"Content-Encoding": "gzip"})):
        with pytest.raises(UnavailableError):
            push(bad, URL, event())


@pytest.mark.parametrize(
    "error",
    [
        httpx.ConnectError("refused"),
        httpx.ReadTimeout("slow"),
        httpx.RemoteProtocolError("half"),
        httpx.InvalidURL("x"),
        OSError("a transport of somebody"),
        KeyError("x"),
        DelegationError("an auth of ours"),
        InputError("origin"),
    ],
    ids=repr,
)
def test_a_network_that_fails(error: Exception) -> None:
    def app(request: httpx.Request) -> httpx.Response:
        raise error

    with pytest.raises(UnavailableError):
        push(client(app), URL, event())
    with pytest.raises(UnavailableError):
        Poller(client(app), URL, receiver()).poll()


def test_urls_and_clients_that_are_none() -> None:
    anything: Any
    for anything in (5, None, b"https://x"):
        with pytest.raises(UnavailableError):
            push(answering(202), anything, event())
        with pytest.raises(UnavailableError):
            push(anything, URL, event())
        with pytest.raises(UnavailableError):
            Poller(answering(200), anything, receiver()).poll()
    for url in ("", "x", "ftp://x", "http://", "https://x:99999999"):
        with pytest.raises(UnavailableError):
            push(httpx.Client(), url, event())
    closed = httpx.Client()
    closed.close()
    with pytest.raises(UnavailableError):
        push(closed, URL, event())


def asked(app: Any, body: Any, *, headers: Any = None, **arguments: Any) -> tuple[int, dict[str, Any]]:
    """What the poll endpoint answers."""
    plain = [(b"content-type", b"application/json"), (b"authorization", b"Bearer " + TOKEN.encode())]
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    chosen = plain if headers is None else headers
    return knock(app, method="POST", path="/", headers=chosen, body=[content], **{"stays": True, **arguments})


def filled(*texts: str) -> tuple[Outbox, list[str]]:
    box = Outbox()
    return box, [box.add(text) for text in texts]


def test_a_reason_is_kept_no_longer_than_a_code_is() -> None:
    box, (name,) = filled(event())
    asked(PollEndpoint(box, token=TOKEN), {"setErrs": {name: {"err": "x" * 10**6}}, "returnImmediately": True})
    assert len(box.refused[name]) < 100


def test_polling_by_hand() -> None:
    texts = [event(name) for name in ("enrol", "suspend", "resume")]
    box, names = filled(*texts)
    app = PollEndpoint(box, token=TOKEN)
    both = {"sets": dict(zip(names[:2], texts[:2], strict=True)), "moreAvailable": True}
    assert asked(app, {"maxEvents": 2}) == (200, both)
    assert asked(app, {"maxEvents": 2, "returnImmediately": True}) == (200, both)
    rest = {"sets": {names[2]: texts[2]}, "moreAvailable": False}
    settled = {"ack": [names[0]], "setErrs": {names[1]: {"err": "invalid_key", "description": "x"}}}
    assert asked(app, settled) == (200, rest)
    assert box.refused == {names[1]: "invalid_key"}
    assert asked(app, {"maxEvents": 0, "ack": names}) == (200, {"sets": {}, "moreAvailable": False})
    assert asked(app, {"returnImmediately": True}) == (200, {"sets": {}, "moreAvailable": False})


def test_polling_waits() -> None:
    box = Outbox()
    app = PollEndpoint(box, token=TOKEN, patience=10)
    timer = threading.Timer(0.2, lambda: box.add(event()))
    timer.start()
    started = time.monotonic()
    assert len(asked(app, {})[1]["sets"]) == 1
    assert time.monotonic() - started < 5
    box.settle(box.waiting(1)[0], {})
    assert asked(PollEndpoint(box, token=TOKEN, patience=0.1), {}) == (200, {"sets": {}, "moreAvailable": False})


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b'{"ack":[],"ack":[]}',
        b"\xff",
        {"maxEvents": "2"},
        {"maxEvents": -1},
        {"maxEvents": 1.5},
        {"maxEvents": True},
        {"maxEvents": None},
        {"returnImmediately": 1},
        {"returnImmediately": "true"},
        {"ack": "all"},
        {"ack": {"a": 1}},
        {"ack": [1]},
        {"ack": None},
        {"setErrs": []},
        {"setErrs": {"a": "b"}},
        {"setErrs": None},
    ],
    ids=str,
)
def test_polls_that_are_none(body: Any) -> None:
    box, names = filled(event())
    status, answer = asked(PollEndpoint(box, token=TOKEN), body)
    assert (status, answer["err"]) == (400, "invalid_request")
    assert list(box.waiting(9)[0]) == names


def test_who_may_poll() -> None:
    box, names = filled(event())
    app = PollEndpoint(box, token=TOKEN)
    kind = (b"content-type", b"application/json")
    right = (b"authorization", b"Bearer " + TOKEN.encode())
    for headers in (
        [kind],
        [kind, (b"authorization", b"Bearer x")],
        [kind, (b"authorization", TOKEN.encode())],
        [kind, (b"authorization", b"Basic " + TOKEN.encode())],
        [kind, (b"authorization", b"Bearer  " + TOKEN.encode())],
        [kind, (b"authorization", b"Bearer" + TOKEN.encode())],
        [kind, (b"authorization", b"Bearer " + TOKEN[:-1].encode())],
        [kind, (b"authorization", b"Bearer " + TOKEN.upper().encode())],
        [kind, (b"authorization", b"Bearer ")],
        [kind, (b"authorization", b"Bearer \xff")],
        [kind, (b"authorization", right[1] + b" ")],
        [kind, (b"authorization", b"\xff")],
        [kind, right, right],
    ):
        assert asked(app, {"ack": names}, headers=headers) == (401, {})
    # RFC 9110 section 11.1: a scheme is told in any case.
    assert asked(app, {"maxEvents": 0}, headers=[kind, (b"authorization", b"bearer " + TOKEN.encode())])[0] == 200
    assert asked(app, {}, headers=[right])[0] == 400
    assert asked(app, {}, headers=[right, kind, kind])[0] == 400
    assert asked(app, {}, headers=[right, kind, (b"content-encoding", b"gzip")])[0] == 400
    assert asked(app, {}, headers=[right, kind, (b"content-length", b"2000000")])[0] == 413
    assert asked(app, {}, headers=[right, kind, *[(b"content-length", b"2")] * 2])[0] == 400
    assert asked(app, b" " * 1_100_000)[0] == 413
    assert asked(app, {}, gone=True)[0] == 0
    assert list(box.waiting(9)[0]) == names
    assert asked(PollEndpoint(box, token=None), {}, headers=[kind])[0] == 200


@pytest.mark.parametrize(
    "arguments",
    [
        {"token": ""},
        {"token": "short"},
        {"token": "é" * 20},
        {"token": 5},
        {"token": None, "patience": -1},
        {"token": None, "patience": 301},
        {"token": None, "patience": None},
        {"token": None, "patience": True},
    ],
    ids=str,
)
def test_endpoints_that_cannot_be(arguments: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        PollEndpoint(Outbox(), **arguments)


class Trickle(httpx.SyncByteStream):
    """An answer that goes on, a little at a time, for seconds."""

    def __iter__(self) -> Iterator[bytes]:
        for _ in range(200):
            time.sleep(0.02)
            yield b" "
        yield b'{"sets": {}}'


@pytest.mark.parametrize("status", [200, 202, 400])
def test_an_answer_that_takes_too_long_is_none(status: int) -> None:
    """Each part comes in time, so no timeout of the client ends it."""
    slow = client(lambda request: httpx.Response(status, stream=Trickle()))
    started = time.monotonic()
    with pytest.raises(UnavailableError):
        push(slow, URL, event(), timeout=timedelta(milliseconds=100))
    with pytest.raises(UnavailableError):
        Poller(slow, URL, receiver(), timeout=timedelta(milliseconds=100)).poll()
    assert time.monotonic() - started < 2


def test_whoever_waits_for_an_event_has_the_time() -> None:
    class Late(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            time.sleep(0.1)
            yield b'{"sets": {}}'

    late = client(lambda request: httpx.Response(200, stream=Late()))
    poller = Poller(late, URL, receiver(), timeout=timedelta(milliseconds=20))
    assert poller.poll(wait=True).received == {}
    with pytest.raises(UnavailableError):
        poller.poll()


@pytest.mark.parametrize("timeout", [timedelta(0), timedelta(seconds=-1), 5, None])
def test_timeouts_that_are_none(timeout: Any) -> None:
    with pytest.raises(InputError):
        push(answering(202), URL, event(), timeout=timeout)
    with pytest.raises(InputError):
        Poller(answering(200), URL, receiver(), timeout=timeout)


class Served:
    """A poll endpoint behind a client, with every poll kept."""

    def __init__(self, box: Outbox) -> None:
        self.app = PollEndpoint(box, token=TOKEN, patience=0.1)
        self.polls: list[dict[str, Any]] = []
        self.down = False

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.polls.append(json.loads(request.content))
        if self.down:
            raise httpx.ConnectError("down")
        status, answer = asked(self.app, request.content)
        return httpx.Response(status, json=answer)


def test_polling() -> None:
    texts = [event("enrol"), event("suspend"), said(by=SCOUT, jti="forged"), event("resume")]
    box, names = filled(*texts)
    served, store = Served(box), Spy()
    poller = Poller(client(served), URL, receiver(store))
    first = poller.poll(most=3)
    assert (dict(first.received), first.more) == (dict.fromkeys(names[:2], Received.APPLIED), True)
    assert {jti: error.code for jti, error in first.refused.items()} == {"forged": "bad_signature"}
    assert len(box.waiting(9)[0]) == 4
    served.down = True
    with pytest.raises(UnavailableError):
        poller.poll()
    served.down = False
    second = poller.poll(wait=True)
    assert (dict(second.received), dict(second.refused), second.more) == ({names[3]: Received.APPLIED}, {}, False)
    assert served.polls[1] == {**served.polls[2], "returnImmediately": True}
    assert served.polls[2]["ack"] == names[:2]
    assert served.polls[2]["setErrs"]["forged"]["err"] == "invalid_key"
    assert box.refused == {"forged": "invalid_key"}
    assert poller.poll(most=0).received == {}
    assert box.waiting(9) == ({}, False)
    assert served.polls[-1] == {"maxEvents": 0, "returnImmediately": True, "ack": [names[3]]}
    poller.poll()
    assert served.polls[-1] == {"maxEvents": MOST_EVENTS, "returnImmediately": True}


def test_polling_the_same_event_again() -> None:
    """Whoever forgot that it had acknowledged gets it again, and applies it once."""
    box, names = filled(event())
    store = Spy()
    for outcome in (Received.APPLIED, Received.DUPLICATE):
        assert Poller(client(Served(box)), URL, receiver(store)).poll().received == {names[0]: outcome}


def test_a_store_that_fails_leaves_the_event_where_it_is() -> None:
    box, names = filled(event())
    served = Served(box)
    poller = Poller(client(served), URL, receiver(Broken()))
    for _ in range(2):
        with pytest.raises(UnavailableError):
            poller.poll()
    assert "ack" not in served.polls[1]
    assert "setErrs" not in served.polls[1]
    assert list(box.waiting(9)[0]) == names


@pytest.mark.parametrize("most", [-1, MOST_EVENTS + 1, 1.5, None, True])
def test_numbers_of_events_that_are_none(most: Any) -> None:
    with pytest.raises(InputError):
        Poller(answering(200), URL, receiver()).poll(most=most)


ANSWERS: dict[str, Any] = {
    "empty": b"",
    "array": [],
    "no-sets": {"moreAvailable": False},
    "sets-list": {"sets": []},
    "sets-null": {"sets": None},
    "set-object": {"sets": {"a": {}}},
    "set-null": {"sets": {"a": None}},
    "more-text": {"sets": {}, "moreAvailable": "no"},
    "more-number": {"sets": {}, "moreAvailable": 0},
    "twice": b'{"sets":{},"sets":{}}',
    "too-many": {"sets": {str(number): "x" for number in range(3)}},
}


@pytest.mark.parametrize("name", ANSWERS)
def test_answers_that_are_no_events(name: str) -> None:
    content = ANSWERS[name] if isinstance(ANSWERS[name], bytes) else json.dumps(ANSWERS[name]).encode()
    store = Spy()
    with pytest.raises(UnavailableError):
        Poller(answering(200, content), URL, receiver(store)).poll(most=2)
    assert store.kept == []


@pytest.mark.parametrize("status", [201, 202, 302, 400, 401, 404, 500])
def test_answers_of_another_status(status: int) -> None:
    with pytest.raises(UnavailableError):
        Poller(answering(status, b'{"sets":{}}'), URL, receiver()).poll()


def test_an_event_under_another_name() -> None:
    store = Spy()
    content = json.dumps({"sets": {"another": event(), "junk": "x"}}).encode()
    polled = Poller(answering(200, content), URL, receiver(store)).poll()
    assert polled.received == {}
    assert {jti: type(error) for jti, error in polled.refused.items()} == {
        "another": MalformedError,
        "junk": MalformedError,
    }
    assert store.kept == []


def test_answers_that_never_end() -> None:
    class Endless(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            while True:
                yield b" " * 1_000_000

    endless = client(lambda request: httpx.Response(200, stream=Endless()))
    with pytest.raises(UnavailableError):
        Poller(endless, URL, receiver()).poll()
    with pytest.raises(UnavailableError):
        push(endless, URL, event())


@contextmanager
def serving(app: Any) -> Iterator[str]:
    """The origin of a real server on the loopback."""
    listener = socket.create_server(("127.0.0.1", 0))
    running = uvicorn.Server(uvicorn.Config(app, log_level="critical", http="h11", ws="none", lifespan="on"))
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        running.should_exit = True
        thread.join(10)
        listener.close()


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Any) -> Iterator[Any]:
    if request.param == "memory":
        yield MemoryStore()
    else:
        opened = SQLiteStore(tmp_path / "receiver.db")
        yield opened
        opened.close()


def test_two_verifiers_and_one_push(store: Any) -> None:
    """Revoked at one, denied at the other within one delivery."""
    here, there = MemoryStore(), store
    first, second = verifier(store=here), verifier(store=there)
    accepted(shown(SECOND, SCOUT), by=first)
    accepted(shown(SECOND, SCOUT), by=second)
    with serving(PushEndpoint(receiver(there))) as origin, httpx.Client(trust_env=False) as http:
        here.apply(ENTRIES["revoke"])
        text = event()
        push(http, f"{origin}/events", text)
        refused(shown(SECOND, SCOUT), "revoked", 7, by=first)
        refused(shown(SECOND, SCOUT), "revoked", 7, by=second)
        push(http, f"{origin}/events", text)
        with pytest.raises(DeliveryError) as caught:
            push(http, f"{origin}/events", event(audience="did:web:other.example"))
        assert caught.value.err == "invalid_audience"
        assert http.get(origin).status_code == 405
        assert http.post(origin, content=b"x" * 70_000, headers={"Content-Type": MEDIA_TYPE}).status_code == 413


def test_two_verifiers_and_one_poll(store: Any) -> None:
    box = Outbox()
    second = verifier(store=store)
    app = Starlette(routes=[Mount("/poll", PollEndpoint(box, token=TOKEN, patience=5))])
    with serving(app) as origin:
        authorised = httpx.Client(headers={"Authorization": f"Bearer {TOKEN}"}, trust_env=False)
        with authorised, httpx.Client(trust_env=False) as anyone:
            poller = Poller(authorised, f"{origin}/poll/", receiver(store))
            assert poller.poll().received == {}
            accepted(shown(SECOND, SCOUT), by=second)
            name = box.add(event("deprovision"))
            with pytest.raises(UnavailableError):
                Poller(anyone, f"{origin}/poll/", receiver(store)).poll()
            assert poller.poll(wait=True).received == {name: Received.APPLIED}
            refused(shown(SECOND, SCOUT), "deprovisioned", 7, by=second)
            poller.poll(most=0)
            assert box.waiting(1) == ({}, False)


def test_deliveries_at_the_same_time() -> None:
    """The same event in many threads is applied without harm, and to one effect."""
    kept = Spy()
    app = PushEndpoint(Receiver(kept, audience=AUDIENCE, issuers=[SENDER.did], clock=Clock()))
    text = said(events={f"{CAEP}session-revoked": {}})

    async def together() -> list[int]:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://x") as http:
            calls = [http.post("/", content=text, headers={"Content-Type": MEDIA_TYPE}) for _ in range(16)]
            return [response.status_code for response in await asyncio.gather(*calls)]

    assert asyncio.run(together()) == [202] * 16
    assert {statement.kind for statement in kept.kept} == {"revocation", "event"}
    assert issubclass(DeliveryError, AttornError)
