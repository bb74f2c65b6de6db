"""The middleware beyond verdicts: other scopes, public paths, body replay, clients that go away."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from fastapi import FastAPI
from tests.web.world import ORIGIN, PATH, auth, by_middleware, call, header, knock, present, verifier

from attorn.errors import InputError, UnavailableError
from attorn.web.asgi import AttornMiddleware


class Recorder:
    """An ASGI application that notes what reaches it."""

    def __init__(self) -> None:
        self.scopes: list[Any] = []
        self.messages: list[Any] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.scopes.append(scope)
        if scope["type"] == "http":
            self.messages += [await receive(), await receive()]
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b""})


def guarded(inner: Any, **arguments: Any) -> AttornMiddleware:
    return AttornMiddleware(inner, **{"verifier": verifier(), "origin": ORIGIN, **arguments})


def drive(app: Any, scope: dict[str, Any], *received: dict[str, Any]) -> list[dict[str, Any]]:
    sent: list[dict[str, Any]] = []
    pending = list(received)

    async def receive() -> dict[str, Any]:
        return pending.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    return sent


def test_the_application_gets_the_body_once_more_and_then_the_truth() -> None:
    inner = Recorder()
    headers = [header(present("POST", body=b"abc"))]
    assert knock(guarded(inner), method="POST", headers=headers, body=[b"a", b"bc"])[0] == 200
    whole = {"type": "http.request", "body": b"abc", "more_body": False}
    assert inner.messages == [whole, {"type": "http.disconnect"}]
    assert inner.scopes[0]["attorn.access"] is inner.scopes[0]["state"]["access"]


def test_state_of_the_lifespan_is_kept_and_not_shared() -> None:
    inner, state = Recorder(), {"pool": object()}
    knock(guarded(inner), headers=[header(present())], scope={"state": state})
    assert inner.scopes[0]["state"]["pool"] is state["pool"]
    assert "access" not in state


def test_lifespan_passes() -> None:
    inner = Recorder()
    drive(guarded(inner), {"type": "lifespan"})
    assert inner.scopes == [{"type": "lifespan"}]


@pytest.mark.parametrize("path", [PATH, "/health"])
def test_websockets_are_refused(path: str) -> None:
    inner = Recorder()
    scope = {"type": "websocket", "path": path, "raw_path": path.encode(), "headers": [header(present())]}
    (message,) = drive(guarded(inner, public=["/health"]), scope, {"type": "websocket.connect"})
    assert (message["type"], message["code"]) == ("websocket.close", 1008)
    assert not inner.scopes


@pytest.mark.parametrize("kind", ["webtransport", "", "HTTP", None])
def test_unknown_scopes_are_refused(kind: Any) -> None:
    inner = Recorder()
    with pytest.raises(InputError):
        drive(guarded(inner), {"type": kind, "headers": []})
    assert not inner.scopes


@pytest.mark.parametrize("received", [[], [{"type": "http.request", "body": b"a", "more_body": True}]])
def test_a_client_that_goes_away_reaches_nobody(received: list[dict[str, Any]]) -> None:
    inner, wire = Recorder(), present("POST", body=b"a")
    assert knock(guarded(inner), method="POST", headers=[header(wire)], body=[b"a"], gone=True)[0] == 0
    assert not inner.scopes


def test_public_paths_need_nothing_and_get_no_access() -> None:
    assert call(by_middleware(verifier()), url="/health?x=1").json() == {"public": True, "state": False}
    response = call(by_middleware(verifier()), url="/health", headers=[("Authorization", "Bearer x")])
    assert response.json()["public"] is True


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/health/", 401),
        ("/Health", 401),
        ("/healthy", 401),
        ("/health/x", 401),
        ("/healt%68", 401),
        ("/health;x", 401),
        ("/x/health", 401),
        ("/health/../events", 400),
        ("//health", 400),
        ("/./health", 400),
        ("/health%2F..%2Fevents", 400),
        ("/health%00", 400),
    ],
)
def test_only_the_exact_path_is_public(path: str, status: int) -> None:
    inner = Recorder()
    assert knock(guarded(inner, public=["/health"]), path=path)[0] == status
    assert not inner.scopes


@pytest.mark.parametrize("path", ["/a?x", "/a#x", "/a/../b", "/./a", "//a", "/caf\u00e9", "/a%2Fb", "/%00", "a", ""])
def test_a_path_that_no_request_has_cannot_be_public(path: str) -> None:
    with pytest.raises(InputError):
        guarded(Recorder(), public=["/health", path])


@pytest.mark.parametrize(
    ("headers", "scope"),
    [
        ([(b"x-original-url", b"/admin")], {}),
        ([(b"x-http-method-override", b"DELETE")], {}),
        ([(b"content-length", b"1"), (b"content-length", b"2")], {}),
        ([(b"content-length", b"one")], {}),
        ([], {"path": "/admin"}),
        ([], {"raw_path": None}),
    ],
)
def test_a_public_path_that_may_not_stay_it(headers: list[tuple[bytes, bytes]], scope: dict[str, Any]) -> None:
    inner = Recorder()
    assert knock(guarded(inner, public=["/health"]), path="/health", headers=headers, scope=scope)[0] in (400, 503)
    assert not inner.scopes


def test_errors_of_the_application_are_its_own() -> None:
    """An endpoint's AttornError is not a verdict about its caller."""

    async def inner(scope: Any, receive: Any, send: Any) -> None:
        raise UnavailableError("mine")

    for path, headers in ((PATH, [header(present())]), ("/health", [])):
        with pytest.raises(UnavailableError, match="mine"):
            knock(guarded(inner, public=["/health"]), path=path, headers=headers)


@pytest.mark.parametrize(
    "arguments",
    [
        {"origin": "calendar.example"},
        {"origin": "https://calendar.example/api"},
        {"public": "/health"},
        {"public": ["health"]},
        {"realm": 'a"b'},
    ],
)
def test_unusable_arguments(arguments: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        guarded(Recorder(), **arguments)


def test_a_mounted_application_is_guarded_by_its_full_path() -> None:
    inner, app = by_middleware(verifier()), FastAPI()
    app.mount("/events", inner)
    response = call(app, auth=auth())
    assert (response.status_code, response.json()["path"]) == (200, PATH)
    assert call(app, url="/events/2026-12", wire=present()).status_code == 401
