"""The FastAPI dependency: what it asks for, bodies it cannot verify, applications that forgot the handler."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi import Depends, FastAPI
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

from attorn import caveat
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


def test_a_body_of_undeclared_length_is_not_read() -> None:
    wire = header(present("POST", body=b"{}"))
    chunked = (b"transfer-encoding", b"chunked")
    status, problem = knock(by_dependency(verifier()), method="POST", headers=[wire, chunked], body=[b"{}"])
    assert (status, problem["code"]) == (413, "limit_exceeded")


@pytest.mark.parametrize(
    "arguments",
    [
        {"origin": "x"},
        {"origin": ORIGIN, "realm": "\n"},
        {"origin": ORIGIN, "action": "a b"},
        {"origin": ORIGIN, "resource": "a//b"},
        {"origin": ORIGIN, "action": "a", "route": fixed_route()},
        {"origin": ORIGIN, "resource": "/a", "route": fixed_route()},
    ],
)
def test_unusable_arguments(arguments: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        Authorized(verifier(), **arguments)


def test_a_route_that_fails_or_does_not_know_the_message() -> None:
    def broken(message: HttpMessage) -> Any:
        raise KeyError(message.path)

    def strict(message: HttpMessage) -> Any:
        raise InputError("no such calendar")

    assert call(by_dependency(verifier(), route=broken), wire=present()).status_code == 503
    response = call(by_dependency(verifier(), route=strict), url=PATH, wire=present(token=held()))
    assert (response.status_code, response.json()["detail"]) == (400, "no such calendar")
