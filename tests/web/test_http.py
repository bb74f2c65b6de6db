"""Messages and routes: what is bound, and what is refused before anything is signed or verified."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.web.world import ORIGIN, header, knock, present, verifier
from tests.web.world import by_middleware as by

from attorn import AttornError, Request, UnavailableError
from attorn.encoding import base64url_encode
from attorn.errors import InputError
from attorn.request.money import Money
from attorn.web.http import HttpMessage, authorization, bind, fixed_route, plain_route, read_authorization


def message(**members: Any) -> HttpMessage:
    return HttpMessage(
        **{"method": "POST", "origin": ORIGIN, "path": "/a/b", "query": "x=1&y", "body": b"hi", **members}
    )


def test_the_binding() -> None:
    request = bind(message())
    digest = base64url_encode(hashlib.sha256(b"hi").digest())
    assert (request.action, request.resource) == ("http:post", "https://calendar.example/a/b")
    assert dict(request.args) == {"@method": "POST", "@path": "/a/b", "@query": "x=1&y", "@body": f"sha-256:{digest}"}


def test_a_route_adds_to_the_binding_and_cannot_take_from_it() -> None:
    def route(message: HttpMessage) -> Request:
        return Request(action="a:b", resource="cal://x", args={"n": 1, "l": [1, {"k": 2}]}, cost=Money(5, "EUR"))

    request = bind(message(), route)
    assert set(request.args) == {"n", "l", "@method", "@path", "@query", "@body"}
    assert request.cost == Money(5, "EUR")
    assert bind(message(body=b"ho"), route) != request
    assert bind(message(query="x=1"), route) != request


@pytest.mark.parametrize("name", ["@method", "@path", "@query", "@body", "@", "@other"])
def test_routes_may_not_claim_bound_args(name: str) -> None:
    with pytest.raises(InputError):
        bind(message(), lambda message: Request(action="a", resource="/", args={name: "GET"}))


@pytest.mark.parametrize("error", [KeyError("secret"), ValueError("secret"), RuntimeError(), RecursionError()])
def test_routes_that_fail_are_undecidable(error: Exception) -> None:
    def route(message: HttpMessage) -> Request:
        raise error

    with pytest.raises(UnavailableError) as caught:
        bind(message(), route)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("result", [None, True, "http:get", {"action": "a", "resource": "/"}])
def test_routes_that_return_something_else_are_undecidable(result: Any) -> None:
    with pytest.raises(UnavailableError):
        bind(message(), lambda message: result)


def test_fixed_routes() -> None:
    assert bind(message(), fixed_route(action="events:write")).resource == "https://calendar.example/a/b"
    assert bind(message(), fixed_route(resource="cal://alice")).action == "http:post"
    for bad in ({"action": "a b"}, {"resource": "//x"}, {"action": "\u00e9"}, {"resource": "/a/../.."}):
        with pytest.raises(InputError):
            fixed_route(**bad)


@settings(derandomize=True, deadline=None, max_examples=300)
@given(st.text(alphabet="/.%2eE5cF;:\\ab~é\x00?#", max_size=14))
def test_what_is_accepted_means_the_same_to_an_application_and_to_a_caveat(path: str) -> None:
    """The application routes on the decoded path, caveats look at the normal form: they must agree."""
    try:
        accepted = message(path="/" + path)
    except InputError:
        return
    normal = plain_route(accepted).resource.removeprefix(ORIGIN)
    assert unquote(normal) == unquote(accepted.path).removesuffix("/")


@pytest.mark.parametrize(
    "text", ["", " ", "a\r\nb", "a\nb", "a\x00", "a b", " a", "a ", "a\t", "a\x7f", "\u00e9", "a\u2028", None, b"a", 5]
)
def test_what_no_header_can_carry_is_no_presentation(text: Any) -> None:
    with pytest.raises(InputError, match="presentation"):
        authorization(text)


def test_a_presentation_in_its_header() -> None:
    wire = present()
    assert read_authorization([authorization(wire).encode()], most=len(wire)) == wire


@settings(derandomize=True, deadline=None, max_examples=150)
@given(st.lists(st.binary(max_size=40), max_size=3), st.integers(0, 40))
def test_authorization_headers_of_any_bytes(values: list[bytes], most: int) -> None:
    try:
        wire = read_authorization(values, most=most)
    except AttornError:
        return
    assert len(values) == 1
    assert values[0][:7].lower() == b"attorn "
    assert len(wire) <= most


_APP = by(verifier())


@settings(derandomize=True, deadline=None, max_examples=100)
@given(
    path=st.text(alphabet=st.characters(max_codepoint=255), max_size=20),
    query=st.binary(max_size=20),
    method=st.text(max_size=8),
    value=st.one_of(st.binary(max_size=50), st.just(b"attorn " + present().encode())),
    body=st.binary(max_size=20),
)
def test_no_message_gets_through_or_raises(path: str, query: bytes, method: str, value: bytes, body: bytes) -> None:
    """Nothing here was presented for: the presentation is for a GET of another path."""
    headers = [(b"authorization", value)]
    status, problem = knock(_APP, method=method, path=path, query=query, headers=headers, body=[body])
    assert status in (400, 401, 503)
    assert problem["status"] == status


def test_the_core_imports_without_any_framework() -> None:
    script = (
        "import sys\n"
        "for name in ('starlette', 'fastapi', 'httpx', 'uvicorn', 'anyio'): sys.modules[name] = None\n"
        "import attorn, attorn.web, attorn.web.door, attorn.web.http, attorn.web.problem, attorn.web.scope\n"
        "import attorn.asgi.middleware, attorn.asgi.problem, attorn.demo.__main__\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=30)


def test_a_body_is_part_of_what_is_presented_for() -> None:
    app = by(verifier())
    wire = present("POST", body=b"a" * 1000)
    parts = [b"a" * 999, b"", b"b"]
    assert knock(app, method="POST", headers=[header(wire)], body=parts)[0] == 401
    assert knock(app, method="POST", headers=[header(wire)], body=[b"a" * 999, b"", b"a"])[0] == 200
