"""What adapters share of HTTP: bodies within limits, paths as they came, whole answers, problems."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Coroutine, Mapping
from typing import Any, TypeVar

import pytest

from attorn.asgi.answer import answer, unstored
from attorn.asgi.application import HttpApplication
from attorn.asgi.body import (
    BodyLimitError,
    MediaTypeError,
    check_length,
    checked_most,
    declared_length,
    gathered,
    read_body,
    replayed,
    require_json,
)
from attorn.asgi.connection import Message, Receive, Scope, Send
from attorn.asgi.headers import accepted_types, header_values, media_type
from attorn.asgi.middleware import HttpMiddleware
from attorn.asgi.problem import BLANK, MEDIA_TYPE, Problem
from attorn.asgi.target import raw_target
from attorn.errors import AttornError, InputError, LimitError, UnavailableError, VerificationError

_Value = TypeVar("_Value")
GONE = {"type": "http.disconnect"}
LENGTH, KIND = b"content-length", b"content-type"


def run(coroutine: Coroutine[Any, Any, _Value]) -> _Value:
    return asyncio.run(coroutine)


def part(body: bytes | None = None, more: bool | None = None) -> dict[str, Any]:
    """One message of a body, with those members that are given."""
    given = {"body": body, "more_body": more}
    return {"type": "http.request", **{name: value for name, value in given.items() if value is not None}}


def receiving(*messages: Mapping[str, Any]) -> tuple[Receive, list[Any]]:
    """A `receive` that gives these, and then fails; and what is left of them."""
    left = [dict(each) for each in messages]

    async def receive() -> Message:
        return left.pop(0)

    return receive, left


def scoped(*headers: tuple[bytes, bytes], **members: Any) -> Scope:
    return {
        "type": "http",
        "path": "/a",
        "raw_path": b"/a",
        "query_string": b"",
        "headers": list(headers),
        **members,
    }


def sent(coroutine_of: Any) -> list[Any]:
    """What is sent by whatever is given the `send`."""
    found: list[Any] = []

    async def send(message: Message) -> None:
        found.append(message)

    run(coroutine_of(send))
    return found


@pytest.mark.parametrize(
    ("messages", "body"),
    [
        ([part()], b""),
        ([part(b"abc")], b"abc"),
        ([part(b"abc", False)], b"abc"),
        ([part(b"", True), part(b"ab", True), part(b"", True), part(b"c", False)], b"abc"),
        ([part(b"abc", True), part()], b"abc"),
        ([part(b"abcd", False), part(b"of the next", False)], b"abcd"),
    ],
)
def test_a_body_is_read_to_its_end_and_no_further(messages: list[Any], body: bytes) -> None:
    receive, left = receiving(*messages, GONE)
    assert run(read_body(scoped(), receive, 4)) == body
    assert left[-1] == GONE


@pytest.mark.parametrize(
    "messages",
    [
        [GONE],
        [part(b"a", True), GONE],
        [part(b"a", True), part(b"b", True), GONE],
        [{"type": "http.something.else", "body": b"a"}],
        [{"type": "websocket.receive", "bytes": b"a"}],
        [part(b"a", True), {"type": "lifespan.shutdown"}],
    ],
)
def test_a_client_that_goes_away_has_no_body(messages: list[Any]) -> None:
    receive, left = receiving(*messages)
    assert run(read_body(scoped(), receive, 4)) is None
    assert left == []


@pytest.mark.parametrize(
    ("messages", "unread"),
    [
        ([part(b"abcde")], 0),
        ([part(b"abcd", True), part(b"e", False)], 0),
        ([part(b"abcd", True), part(b"", True), part(b"e", True), part(b"f")], 1),
        ([part(b"a" * 1000, True), part(b"a" * 1000, True), part()], 2),
    ],
)
def test_a_byte_over_is_too_much_at_once_or_in_parts(messages: list[Any], unread: int) -> None:
    receive, left = receiving(*messages)
    with pytest.raises(BodyLimitError):
        run(read_body(scoped(), receive, 4))
    assert len(left) == unread


@pytest.mark.parametrize("said", [b"5", b"05", b"999999999999999999"])
def test_a_body_that_is_said_to_be_too_long_is_not_read(said: bytes) -> None:
    receive, left = receiving(part(b"abc"))
    with pytest.raises(BodyLimitError):
        run(read_body(scoped((LENGTH, said)), receive, 4))
    assert len(left) == 1


def test_what_is_said_does_not_count_against_what_comes() -> None:
    for said, most in ((b"1", 3), (b"4", 4)):
        receive, _ = receiving(part(b"abcd"))
        if most < 4:
            with pytest.raises(BodyLimitError):
                run(read_body(scoped((LENGTH, said)), receive, most))
        else:
            assert run(read_body(scoped((LENGTH, said)), receive, most)) == b"abcd"


def test_no_byte_at_all() -> None:
    assert run(read_body(scoped((LENGTH, b"0")), receiving(part())[0], 0)) == b""
    with pytest.raises(BodyLimitError):
        run(read_body(scoped(), receiving(part(b"a"))[0], 0))


def test_lengths() -> None:
    assert declared_length(scoped()) is None
    assert declared_length(scoped((b"transfer-encoding", b"chunked"))) is None
    assert declared_length(scoped((b"Content-Length", b"12"))) == 12


@pytest.mark.parametrize(
    "headers",
    [
        [(LENGTH, b"2"), (LENGTH, b"2")],
        [(LENGTH, b"2"), (b"CONTENT-LENGTH", b"3")],
        [(LENGTH, b"2"), (b"Transfer-Encoding", b"chunked")],
        [(LENGTH, b"2"), (b"transfer-encoding", b"identity")],
        [(LENGTH, b"")],
        [(LENGTH, b"+2")],
        [(LENGTH, b"-2")],
        [(LENGTH, b" 2")],
        [(LENGTH, b"2, 2")],
        [(LENGTH, b"0x2")],
        [(LENGTH, b"1_000")],
        [(LENGTH, "\u0662".encode())],
        [(LENGTH, b"1" * 19)],
    ],
)
def test_two_lengths_or_a_strange_one(headers: list[tuple[bytes, bytes]]) -> None:
    receive, left = receiving(part(b"ab"))
    with pytest.raises(InputError):
        declared_length(scoped(*headers))
    with pytest.raises(InputError):
        run(read_body(scoped(*headers), receive, 1 << 20))
    assert len(left) == 1


@pytest.mark.parametrize("most", [-1, True, False, None, 1.0, "1", b"1"])
def test_what_is_no_limit(most: Any) -> None:
    with pytest.raises(InputError):
        checked_most(most)


def test_limits() -> None:
    assert (checked_most(0), checked_most(1 << 40)) == (0, 1 << 40)
    check_length(4, 4)
    with pytest.raises(LimitError) as caught:
        check_length(5, 4)
    assert (caught.value.code, caught.value.step) == ("limit_exceeded", 0)


def test_a_body_is_given_once_more_and_then_the_truth() -> None:
    receive, _ = receiving(GONE)
    again = replayed(b"abc", receive)

    async def twice() -> list[Message]:
        return [await again(), await again()]

    assert run(twice()) == [{"type": "http.request", "body": b"abc", "more_body": False}, GONE]


@pytest.mark.parametrize(
    ("raw", "path", "query"),
    [(b"/a", "/a", b""), (b"/%7Ea", "/~a", b"x=1&y=%2F"), (b"/caf%C3%A9", "/caf\u00e9", b"?"), (b"*", "*", b"")],
)
def test_targets_as_they_came(raw: bytes, path: str, query: bytes) -> None:
    assert raw_target(scoped(raw_path=raw, path=path, query_string=query)) == (raw.decode(), query.decode())


@pytest.mark.parametrize(
    "members",
    [
        {"raw_path": None},
        {"raw_path": "/a"},
        {"raw_path": bytearray(b"/a")},
        {"raw_path": b"/b"},
        {"raw_path": b"/a/"},
        {"raw_path": b"/a?x"},
        {"raw_path": b"/%2561", "path": "/a"},
        {"path": "/b"},
        {"path": "/A"},
        {"path": "/%61"},
    ],
)
def test_a_path_that_was_rewritten_or_is_not_told(members: dict[str, Any]) -> None:
    with pytest.raises(UnavailableError):
        raw_target(scoped(**members))


def test_a_server_that_has_no_raw_path() -> None:
    scope = scoped()
    del scope["raw_path"]
    with pytest.raises(UnavailableError):
        raw_target(scope)


@pytest.mark.parametrize(
    "members",
    [
        {"raw_path": "/\u00e9".encode(), "path": "/\u00e9"},
        {"raw_path": b"/\xe9", "path": "/\u00e9"},
        {"query_string": b"a=\xff"},
    ],
)
def test_targets_that_are_not_ascii(members: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        raw_target(scoped(**members))


def test_headers() -> None:
    scope = scoped((b"X-A", b"1"), (b"x-b", b"2"), (b"x-a", b"3"), (b"x_a", b"4"))
    assert header_values(scope, b"x-a") == (b"1", b"3")
    assert header_values(scope, b"x-c") == ()


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ([b"application/json"], "application/json"),
        ([b" Application/JSON ; charset=utf-8"], "application/json"),
        ([], ""),
        ([b""], ""),
        ([b";"], ""),
        ([b"application/json", b"application/json"], ""),
        ([b"application/json", b"text/plain"], ""),
        ([b"application/json, text/plain"], "application/json, text/plain"),
        ([b"\xff"], "\u00ff"),
    ],
)
def test_media_types(values: list[bytes], found: str) -> None:
    assert media_type(scoped(*((KIND, value) for value in values))) == found


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ([], ()),
        ([b""], ()),
        ([b" , ;q=1,"], ()),
        ([b"*/*"], ("*/*",)),
        ([b"Application/JSON;q=0.5 , text/plain"], ("application/json", "text/plain")),
        ([b"a/b", b"c/d, e/f"], ("a/b", "c/d", "e/f")),
        ([b"a/b-x"], ("a/b-x",)),
        ([b"\xff/a"], ("\u00ff/a",)),
    ],
)
def test_types_that_are_accepted(values: list[bytes], found: tuple[str, ...]) -> None:
    assert accepted_types(scoped(*((b"Accept", value) for value in values))) == found


@pytest.mark.parametrize("kind", [b"application/json", b"Application/JSON; charset=utf-8"])
def test_json(kind: bytes) -> None:
    require_json(scoped((KIND, kind)))
    require_json(scoped((KIND, b"application/ld+json")), suffixed=True)


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [(KIND, b"")],
        [(KIND, b"json")],
        [(KIND, b"text/json")],
        [(KIND, b"text/plain")],
        [(KIND, b"text/x+json")],
        [(KIND, b"application/json, text/plain")],
        [(KIND, b"application/json"), (KIND, b"application/json")],
        [(KIND, b"application/json"), (b"Content-Encoding", b"gzip")],
        [(KIND, b"application/json"), (b"content-encoding", b"identity")],
        [(KIND, b"application/json"), (b"content-encoding", b"")],
    ],
)
def test_what_is_no_json(headers: list[tuple[bytes, bytes]]) -> None:
    for suffixed in (False, True):
        with pytest.raises(MediaTypeError):
            require_json(scoped(*headers), suffixed=suffixed)


@pytest.mark.parametrize("kind", [b"application/ld+json", b"application/x+json"])
def test_a_type_that_is_written_in_json_is_another_one(kind: bytes) -> None:
    with pytest.raises(MediaTypeError):
        require_json(scoped((KIND, kind)))


def test_parts_are_gathered_to_their_end_or_a_byte_over() -> None:
    async def parts() -> AsyncIterator[bytes]:
        for each in (b"ab", b"", b"c", b"d"):
            asked.append(each)
            yield each

    asked: list[bytes] = []
    assert run(gathered(parts(), 4)) == b"abcd"
    for most, count in ((3, 4), (2, 3), (1, 1), (0, 1)):
        asked.clear()
        with pytest.raises(BodyLimitError):
            run(gathered(parts(), most))
        assert len(asked) == count


def test_an_answer_is_sent_whole() -> None:
    start, body = sent(lambda send: answer(send, 200, [("X-A", "1"), ("X-A", "2")], b"abc"))
    assert start == {
        "type": "http.response.start",
        "status": 200,
        "headers": [(b"x-a", b"1"), (b"x-a", b"2"), (b"content-length", b"3")],
    }
    assert body == {"type": "http.response.body", "body": b"abc"}


def test_an_answer_to_head_has_the_length_of_another_body() -> None:
    start, body = sent(lambda send: answer(send, 200, [("Content-Length", "7")]))
    assert (start["headers"], body["body"]) == ([(b"content-length", b"7")], b"")
    assert sent(lambda send: answer(send, 204))[0]["headers"] == [(b"content-length", b"0")]


def test_no_cache_keeps_an_answer_and_only_the_undecided_is_tried_again() -> None:
    assert unstored(503) == (("Cache-Control", "no-store"), ("Retry-After", "1"))
    for status in (200, 400, 401, 403, 413, 429, 500, 502, 504):
        assert unstored(status) == (("Cache-Control", "no-store"),)
    assert unstored(400, "a/b")[0] == ("Content-Type", "a/b")


def problem(error: AttornError, status: int = 403, **arguments: Any) -> Problem:
    return Problem.of(error, status, **{"undecided": "not found out", **arguments})


def test_a_problem() -> None:
    found = problem(VerificationError("no"), challenge=("X-Ask", "a"), more={"step": 4})
    assert json.loads(found.body) == {
        "type": BLANK,
        "title": "Forbidden",
        "status": 403,
        "detail": "no",
        "code": "invalid",
        "step": 4,
    }
    assert found.headers == (("Content-Type", MEDIA_TYPE), ("Cache-Control", "no-store"), ("X-Ask", "a"))
    start, body = sent(found.send)
    assert (start["status"], body["body"]) == (403, found.body)
    assert (b"content-length", str(len(found.body)).encode()) in start["headers"]


def test_what_was_not_decided_is_not_told_why() -> None:
    found = problem(UnavailableError("sqlite /var/lib/secret.db is locked"), 503)
    assert (found.detail, json.loads(found.body)["detail"]) == ("not found out", "not found out")
    assert b"secret" not in found.body
    assert ("Retry-After", "1") in found.headers
    assert problem(VerificationError("told"), 422).detail == "told"


def test_a_problem_of_a_type_of_its_own() -> None:
    found = problem(InputError("no"), 400, more={"type": "https://a.example/#X", "title": "X"})
    assert (found.members["type"], found.members["title"], found.members["status"]) == (
        "https://a.example/#X",
        "X",
        400,
    )


def test_a_problem_of_which_the_status_says_all() -> None:
    found = Problem.plain(421)
    assert json.loads(found.body) == {"type": BLANK, "title": "Misdirected Request", "status": 421}
    assert found.detail == ""


@pytest.mark.parametrize("text", ["a\r\nX: y", "\ud800", "\x00", '"', "caf\u00e9"])
def test_a_detail_of_any_text_is_one_of_json(text: str) -> None:
    body = problem(InputError(text), 400).body
    assert body.isascii()
    assert json.loads(body)["detail"] == text


class Noting(HttpMiddleware):
    """Says what it was given to serve."""

    def __init__(self) -> None:
        self.passed: list[Scope] = []
        self.served: list[Scope] = []

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            self.passed.append(scope)

        super().__init__(app, closing="not here")

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.served.append(scope)


def served(scope: Scope, *messages: Mapping[str, Any]) -> tuple[Noting, list[Any]]:
    middleware = Noting()
    return middleware, sent(lambda send: middleware(scope, receiving(*messages)[0], send))


def test_requests_are_served_and_a_lifespan_passes() -> None:
    middleware, found = served(scoped())
    assert (middleware.served, middleware.passed, found) == ([scoped()], [], [])
    middleware, found = served({"type": "lifespan"})
    assert (middleware.served, middleware.passed, found) == ([], [{"type": "lifespan"}], [])


def test_a_websocket_is_closed_and_reaches_nobody() -> None:
    middleware, found = served({"type": "websocket"}, {"type": "websocket.connect"})
    assert found == [{"type": "websocket.close", "code": 1008, "reason": "not here"}]
    assert (middleware.served, middleware.passed) == ([], [])


@pytest.mark.parametrize("kind", ["webtransport", "", "HTTP", "http ", None, 1])
def test_what_nobody_has_thought_of_reaches_nobody(kind: Any) -> None:
    with pytest.raises(InputError):
        served({"type": kind})
    with pytest.raises(InputError):
        alone({"type": kind})


@pytest.mark.parametrize("app", [None, 5, "app", []])
def test_what_cannot_be_called_is_no_application(app: Any) -> None:
    class Passing(HttpMiddleware):
        async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
            raise AssertionError("nothing is served")

    with pytest.raises(InputError, match="app"):
        Passing(app, closing="not here")


class Alone(HttpApplication):
    """Says what it was given to serve."""

    def __init__(self) -> None:
        self.served: list[Scope] = []

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.served.append(scope)


def alone(scope: Scope, *messages: Mapping[str, Any]) -> tuple[list[Scope], list[Any], list[Any]]:
    """What reached an application that stands alone, what was answered, and what it did not read."""
    app, (receive, left) = Alone(), receiving(*messages)
    found = sent(lambda send: app(scope, receive, send))
    return app.served, found, left


def test_an_application_that_stands_alone_serves_requests() -> None:
    assert alone(scoped()) == ([scoped()], [], [])


def test_an_application_that_stands_alone_answers_a_lifespan() -> None:
    start, stop = {"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}
    served, found, left = alone({"type": "lifespan"}, start, stop, start)
    assert (served, left) == ([], [start])
    assert found == [{"type": "lifespan.startup.complete"}, {"type": "lifespan.shutdown.complete"}]


def test_an_application_that_stands_alone_closes_a_websocket() -> None:
    served, found, left = alone({"type": "websocket"}, {"type": "websocket.connect"})
    assert (served, left) == ([], [])
    assert found == [{"type": "websocket.close", "code": 1008, "reason": "this server answers HTTP requests"}]
