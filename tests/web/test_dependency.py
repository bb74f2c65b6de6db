"""The FastAPI dependency: what it asks for, bodies it cannot verify, applications that forgot the handler.

No postponed annotations: FastAPI could not look up the dependency inside a function.
"""

import asyncio
from typing import Annotated, Any

import pytest
from fastapi import Body, Depends, FastAPI, WebSocket
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from tests.web.world import (
    ORIGIN,
    PATH,
    alice,
    auth,
    by_dependency,
    call,
    header,
    knock,
    planner,
    present,
    scout,
    verifier,
)
from tests.web.world import token as held

from attorn import Access, caveat
from attorn.errors import InputError
from attorn.web.dependency import Authorized, Refused, answer_refused
from attorn.web.http import HttpMessage, fixed_route


def calendar_token() -> Any:
    wide = alice.mint(to=planner.did, caveats=[caveat.Actions("events:read"), caveat.Resources("cal://alice")])
    return planner.delegate(wide, to=scout.did)


def test_action_and_resource_are_the_endpoints_own() -> None:
    asked = {"action": "events:read", "resource": "cal://alice/2026-11"}
    route = fixed_route(**asked)
    response = call(by_dependency(verifier(), **asked), auth=auth(calendar_token(), route=route))
    assert response.status_code == 200
    assert call(by_dependency(verifier(), route=route), auth=auth(calendar_token(), route=route)).status_code == 200


@pytest.mark.parametrize(
    ("server", "client", "status"),
    [
        ({"action": "events:write"}, {"action": "events:read"}, 401),
        ({"resource": "cal://alice/a"}, {"resource": "cal://alice/b"}, 401),
        ({"action": "events:read", "resource": "cal://alice"}, {}, 401),
        ({}, {"action": "events:read", "resource": "cal://alice"}, 401),
        ({"action": "events:write", "resource": "cal://alice"},) * 2 + (403,),
        ({"action": "events:read", "resource": "cal://bob"},) * 2 + (403,),
        ({"action": "events:read"},) * 2 + (403,),
    ],
)
def test_client_and_server_must_mean_the_same(server: Any, client: Any, status: int) -> None:
    app = by_dependency(verifier(), **server)
    assert call(app, auth=auth(calendar_token(), route=fixed_route(**client))).status_code == status


def test_without_the_handler_it_is_still_refused() -> None:
    app = FastAPI()
    authorized = Authorized(verifier(), origin=ORIGIN)
    app.get("/events/{month}", dependencies=[Depends(authorized)])(lambda month: month)
    response = call(app)
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == f'Attorn realm="{ORIGIN}"'
    assert response.json() == {"detail": "expected the header Authorization: Attorn <presentation>"}
    assert call(app, auth=auth()).status_code == 200


def test_in_starlette() -> None:
    authorized = Authorized(verifier(), origin=ORIGIN)

    async def endpoint(request: Request) -> JSONResponse:
        return JSONResponse((await authorized(request)).holder)

    app = Starlette(routes=[Route("/{path:path}", endpoint)], exception_handlers={Refused: answer_refused})
    assert call(app, auth=auth()).json() == scout.did
    response = call(app)
    assert (response.status_code, response.json()["code"]) == (401, "no_presentation")
    bare = Starlette(routes=[Route("/{path:path}", endpoint)])
    assert call(bare).status_code == 401


def test_a_body_that_was_consumed_before_is_undecidable() -> None:
    """As FastAPI does for form fields."""
    authorized = Authorized(verifier(), origin=ORIGIN)

    async def endpoint(request: Request) -> JSONResponse:
        async for _ in request.stream():
            pass
        return JSONResponse((await authorized(request)).holder)

    app = Starlette(routes=[Route("/{path:path}", endpoint, methods=["POST"])])
    app.add_exception_handler(Refused, answer_refused)
    status, problem = knock(app, method="POST", headers=[header(present("POST", body=b"a=b"))], body=[b"a=b"])
    assert (status, problem["code"]) == (503, "unavailable")


CHUNKED = (b"transfer-encoding", b"chunked")
PART = bytes(65_536)


def test_a_body_of_undeclared_length_is_read_once_for_both() -> None:
    wire = header(present("POST", body=b"hello"))
    app = by_dependency(verifier(), most_body=5)
    status, answer = knock(app, method="POST", headers=[wire, CHUNKED], body=[b"he", b"", b"llo"])
    assert (status, answer["body"]) == (200, "hello")
    status, problem = knock(app, method="POST", headers=[wire, CHUNKED], body=[b"he", b"llo!"])
    assert (status, problem["code"]) == (413, "limit_exceeded")


def poured(app: Any, headers: list[tuple[bytes, bytes]]) -> tuple[int, int]:
    """The status of the answer to a body of 64 MiB, and how much of it the server had read by then."""
    read, statuses = [], []

    async def receive() -> dict[str, Any]:
        read.append(len(PART))
        return {"type": "http.request", "body": PART, "more_body": len(read) < 1024}

    async def send(message: Any) -> None:
        statuses.append(message.get("status"))

    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "path": PATH,
        "raw_path": PATH.encode(),
        "query_string": b"",
        "headers": headers,
    }
    asyncio.run(app(scope, receive, send))
    return statuses[0], sum(read)


@pytest.mark.parametrize("headers", [[], [CHUNKED]])
@pytest.mark.parametrize(("limits", "most"), [({}, 1 << 20), ({"most_body": 100_000}, 100_000), ({"most_body": 0}, 0)])
def test_a_long_body_of_undeclared_length_is_read_no_further_than_the_limit(
    headers: list[tuple[bytes, bytes]], limits: dict[str, int], most: int
) -> None:
    status, read = poured(by_dependency(verifier(), **limits), [header(present("POST")), *headers])
    assert status == 413
    assert read <= most + len(PART)


def test_a_long_body_that_is_refused_for_less_is_not_read() -> None:
    declared = (b"content-length", b"67108864")
    assert poured(by_dependency(verifier()), [header(present("POST")), declared]) == (413, 0)
    assert poured(by_dependency(verifier()), [CHUNKED]) == (401, 0)


def test_an_endpoint_that_declares_a_body_has_read_it_before() -> None:
    """The documented limit of the dependency: refused all the same, but not spared."""
    app = FastAPI(exception_handlers={Refused: answer_refused})
    authorized = Authorized(verifier(), origin=ORIGIN)
    app.post("/events/{month}", dependencies=[Depends(authorized)])(declaring)
    assert poured(app, [header(present("POST"))]) == (413, 1 << 26)
    wire = header(present("POST", body=b"[1]"))
    assert knock(app, method="POST", headers=[wire, (b"content-type", b"application/json")], body=[b"[1]"])[0] == 200


def declaring(month: str, sent: Annotated[Any, Body()]) -> str:
    del sent
    return month


def test_a_client_that_goes_away_gets_no_access() -> None:
    wire = header(present("POST", body=b"a"))
    status, problem = knock(by_dependency(verifier()), method="POST", headers=[wire], body=[b"a"], gone=True)
    assert (status, problem["code"]) == (503, "unavailable")


def test_websockets_are_refused() -> None:
    app = FastAPI()
    entered: list[object] = []

    @app.websocket("/events/{month}")
    async def endpoint(
        socket: WebSocket, access: Annotated[Access, Depends(Authorized(verifier(), origin=ORIGIN))]
    ) -> None:
        entered.append((socket, access))

    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "websocket", "path": PATH, "raw_path": PATH.encode(), "query_string": b"", "headers": []}
    asyncio.run(app({**scope, "headers": [header(present())]}, receive, send))
    assert [(message["type"], message["code"]) for message in sent] == [("websocket.close", 1008)]
    assert not entered


@pytest.mark.parametrize(
    "arguments",
    [
        {"origin": "x"},
        {"origin": ORIGIN, "realm": "\n"},
        {"origin": ORIGIN, "action": "a b"},
        {"origin": ORIGIN, "resource": "a//b"},
        {"origin": ORIGIN, "realm": ""},
        {"origin": ORIGIN, "action": ""},
        {"origin": ORIGIN, "most_body": -1},
        {"origin": ORIGIN, "most_body": 1.5},
        {"origin": ORIGIN, "route": "events"},
        {"origin": ORIGIN, "verifier": None},
        {"origin": ORIGIN, "action": "a", "route": fixed_route()},
        {"origin": ORIGIN, "resource": "/a", "route": fixed_route()},
    ],
)
def test_unusable_arguments(arguments: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        Authorized(**{"verifier": verifier(), **arguments})


def test_a_route_that_fails_or_does_not_know_the_message() -> None:
    def broken(message: HttpMessage) -> Any:
        raise KeyError(message.path)

    def strict(message: HttpMessage) -> Any:
        raise InputError("no such calendar")

    assert call(by_dependency(verifier(), route=broken), wire=present()).status_code == 503
    response = call(by_dependency(verifier(), route=strict), url=PATH, wire=present(token=held()))
    assert (response.status_code, response.json()["detail"]) == (400, "no such calendar")
