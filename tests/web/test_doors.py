"""Both doors, the same verdicts: what gets through, and everything that does not.

No postponed annotations: FastAPI could not look up the dependency inside a function.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import pytest
from fastapi import Depends, FastAPI
from tests.web.world import (
    DOORS,
    ORIGIN,
    PATH,
    Door,
    alice,
    auth,
    call,
    header,
    knock,
    present,
    refused,
    scout,
    thief,
    token,
    verifier,
)

from attorn import Access, Identity, caveat
from attorn.asgi.headers import OVERRIDES as REFUSED
from attorn.demo.dishonest import Careless, extended
from attorn.errors import InputError, MalformedError
from attorn.limits import Limits
from attorn.web import door as doors
from attorn.web.asgi import DoorMiddleware
from attorn.web.dependency import DoorDependency, Refused, answer_refused


@pytest.mark.parametrize(
    ("method", "url", "body"),
    [
        ("GET", PATH, b""),
        ("GET", "/events/2026-11?limit=10&x=%2F", b""),
        ("POST", PATH, b'{"title":"dentist"}'),
        ("PUT", "/events/caf%C3%A9/;x=1", bytes(range(256))),
        ("DELETE", "/events", b""),
    ],
)
def test_a_call_made_for_this_very_message_gets_through(door: Door, method: str, url: str, body: bytes) -> None:
    response = call(door(verifier()), method, url, auth=auth(), content=body)
    assert response.status_code == 200, response.text
    told = response.json()
    assert (told["root"], told["holder"], told["links"]) == (alice.did, scout.did, 2)
    assert told["body"].encode("latin-1") == body


@pytest.mark.parametrize(
    ("method", "path", "query", "body"),
    [
        ("DELETE", PATH, "limit=10", b"{}"),
        ("PUT", PATH, "limit=10", b"{}"),
        ("POST", "/events/2026-12", "limit=10", b"{}"),
        ("POST", "/events", "limit=10", b"{}"),
        ("POST", PATH + "/", "limit=10", b"{}"),
        ("POST", "/event%73/2026-11", "limit=10", b"{}"),
        ("POST", "/Events/2026-11", "limit=10", b"{}"),
        ("POST", PATH, "limit=11", b"{}"),
        ("POST", PATH, "", b"{}"),
        ("POST", PATH, "limit=10&", b"{}"),
        ("POST", PATH, "limit=10&limit=11", b"{}"),
        ("POST", PATH, "limit=1%30", b"{}"),
        ("POST", PATH, "limit=10", b"{} "),
        ("POST", PATH, "limit=10", b""),
        ("POST", PATH, "limit=10", b'{"a":1}'),
    ],
)
def test_one_thing_changed_and_it_is_another_request(
    door: Door, method: str, path: str, query: str, body: bytes
) -> None:
    """Attack 84: method, path, query or body changed after the holder signed."""
    wire = present("POST", PATH, "limit=10", b"{}", token=token(caveat.Purpose("x")))
    app = door(verifier())
    status, problem = knock(app, method=method, path=path, query=query.encode(), headers=[header(wire)], body=[body])
    assert (status, problem["code"], problem["step"]) == (401, "wrong_request", 8)
    status, _ = knock(app, method="POST", query=b"limit=10", headers=[header(wire)], body=[b"{}"])
    assert status == 200, "a refused attempt must not use up the presentation"


def test_replayed(door: Door) -> None:
    app, wire = door(verifier()), present()
    assert call(app, wire=wire).status_code == 200
    for _ in range(2):
        assert refused(call(app, wire=wire), 401, "replayed")["step"] == 8


def test_made_for_another_audience(door: Door) -> None:
    """Attacks 83 and 129."""
    wire = present(audience="did:web:payroll.example")
    refused(call(door(verifier()), wire=wire), 401, "wrong_audience")
    refused(call(door(verifier(audience="did:web:payroll.example")), wire=present()), 401, "wrong_audience")


def test_made_for_another_origin(door: Door) -> None:
    """The Host header does not say who this server is."""
    app = door(verifier(), origin="https://other.example")
    response = call(app, wire=present(), headers=[("Host", "calendar.example")])
    refused(response, 401, "wrong_request")


def test_roots_time_and_theft(door: Door) -> None:
    stranger = Identity.from_seed(b"\7" * 32)
    refused(call(door(verifier(roots=[stranger.did])), wire=present()), 401, "untrusted_root")
    late = verifier(clock=lambda: datetime.now(UTC) + timedelta(hours=1))
    refused(call(door(late), wire=present()), 401, "outside_validity")
    careless = Careless(thief.signer)
    refused(call(door(verifier()), wire=present(by=careless)), 401, "bad_signature")
    grafted = extended(thief, token(), thief.did, [caveat.Purpose("mine now")])
    refused(call(door(verifier()), wire=present(by=thief, token=grafted)), 401, "bad_signature")
    refused(call(door(verifier()), wire=token().encode()), 401, "not_holder")


@pytest.mark.parametrize(
    ("narrowed", "method", "path", "kind", "link"),
    [
        (caveat.Actions("http:get"), "POST", PATH, "Actions", 2),
        (caveat.Resources(f"{ORIGIN}/events/2026-11"), "GET", "/events/2026-12", "Resources", 2),
        (caveat.Purpose("x"), "GET", "/admin", "Resources", 1),
        (caveat.Purpose("x"), "GET", "/eventsandmore", "Resources", 1),
        (caveat.Equals("@query", "limit=10"), "GET", PATH, "Equals", 2),
        (caveat.StartsWith("@path", "/events/2026-1"), "GET", "/events/2026-2", "StartsWith", 2),
    ],
)
def test_prohibited_says_which_link_and_limit(  # noqa: PLR0917
    door: Door, narrowed: caveat.Caveat, method: str, path: str, kind: str, link: int
) -> None:
    response = call(door(verifier()), method, path, auth=auth(token(narrowed)))
    problem = refused(response, 403, "denied")
    assert (problem["caveat"], problem["link"], problem["step"]) == (kind, link, 9)
    assert problem["limit"]
    assert problem["asked"]
    assert problem["delegator"].startswith("did:key:")
    assert response.headers["www-authenticate"] == f'Attorn realm="{ORIGIN}", error="denied"'


def test_uses_are_counted(door: Door) -> None:
    app, held = door(verifier()), token(caveat.MaxUses(2))
    assert [call(app, auth=auth(held)).status_code for _ in range(4)] == [200, 200, 403, 403]


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [(b"authorization", b"")],
        [(b"authorization", b"Attorn")],
        [(b"authorization", b"Bearer %s")],
        [(b"authorization", b"DPoP %s")],
        [(b"authorization", b"Basic YTpi")],
        [(b"authorization", b"Attorn%s")],
        [(b"authorization", b"%s")],
        [(b"proxy-authorization", b"Attorn %s")],
        [(b"x-authorization", b"Attorn %s")],
        [(b"cookie", b"authorization=Attorn %s")],
    ],
)
def test_no_presentation(door: Door, headers: list[tuple[bytes, bytes]]) -> None:
    wire = present().encode()
    filled = [(name, value.replace(b"%s", wire)) for name, value in headers]
    status, problem = knock(door(verifier()), headers=filled, query=b"access_token=" + wire)
    assert (status, problem["code"]) == (401, "no_presentation")


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        (["Attorn %s", "Attorn %s"], "malformed"),
        (["Bearer x", "Attorn %s"], "malformed"),
        (["Attorn %s", "Bearer x"], "malformed"),
        (["Attorn %s, Attorn %s"], "malformed"),
        (["Attorn  %s"], "malformed"),
        (["Attorn %s "], "malformed"),
        (["Attorn %s="], "malformed"),
        (['Attorn token="%s"'], "malformed"),
        (["Attorn "], "malformed"),
        (["Attorn \xff\xfe"], "malformed"),
        (["Attorn " + "A" * 70_000], "limit_exceeded"),
        (["Attorn %s", "x" * 70_000], "limit_exceeded"),
        (["Bearer " + "A" * 70_000], "limit_exceeded"),
    ],
)
def test_unusable_authorization_headers(door: Door, headers: list[str], code: str) -> None:
    wire = present()
    app = door(verifier())
    values = [(b"Authorization", value.replace("%s", wire).encode("latin-1")) for value in headers]
    status, problem = knock(app, headers=values)
    assert (status, problem["code"]) == (401, code)
    assert knock(app, headers=[header(wire)])[0] == 200


def test_the_scheme_is_case_insensitive_and_the_verifier_sets_the_size(door: Door) -> None:
    wire = present()
    assert knock(door(verifier()), headers=[(b"AUTHORIZATION", b"aTTORN " + wire.encode())])[0] == 200
    small = verifier(limits=Limits(token_bytes=len(wire) - 1))
    status, problem = knock(door(small), headers=[header(present())])
    assert (status, problem["code"], problem["step"]) == (401, "limit_exceeded", 0)


OVERRIDES = [
    "X-HTTP-Method-Override",
    "X-HTTP-Method",
    "X-Method-Override",
    "X-Forwarded-Method",
    "X-Original-Method",
    "X-Original-URL",
    "X-Original-URI",
    "X-Original-Path",
    "X-Rewrite-URL",
    "X-Rewrite-URI",
    "X-Override-URL",
    "X-Forwarded-URL",
    "X-Forwarded-Uri",
    "X-Forwarded-Path",
]


@pytest.mark.parametrize("name", [*OVERRIDES, "X_HTTP_Method_Override", "x-http_method-override", "x_original_url"])
def test_headers_that_override_what_was_signed(door: Door, name: str) -> None:
    """Attack 130: the application behind may act on DELETE or on another path."""
    response = call(door(verifier()), wire=present(), headers=[(name, "DELETE")])
    refused(response, 400, "invalid_input")
    assert "www-authenticate" not in response.headers


def test_the_refused_headers_are_those_of_the_specification() -> None:
    text = (Path(__file__).parent.parent.parent / "docs" / "spec" / "http.md").read_text().lower()
    assert {name.encode().lower() for name in OVERRIDES} == REFUSED
    assert all(f"`{name.lower()}`" in text for name in OVERRIDES)


@pytest.mark.parametrize("name", ["X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Prefix"])
def test_headers_that_proxies_write_pass(door: Door, name: str) -> None:
    assert call(door(verifier()), wire=present(), headers=[(name, "/x")]).status_code == 200


@pytest.mark.parametrize(
    "raw",
    [
        "/events/../admin",
        "/admin/../events/2026-11",
        "/events/%2e%2e/admin",
        "/admin/%2E%2e/events",
        "/events/.%2e/admin",
        "/./events/2026-11",
        "/events/%2e",
        "/events/..;/admin",
        "/events/..%3B/admin",
        "/events//2026-11",
        "//events/2026-11",
        "/events%2F2026-11",
        "/events%5C..%5Cadmin",
        "/events\\..\\admin",
        "/events/%252e%252e/admin",
        "/events/%25%32%65",
        "/events/%00",
        "/events/%0d%0aX: y",
        "/events/%zz",
        "/events/%",
        "/events/%C0%AF",
        "/events/%FF",
        "/events/2026-11#x",
        "/events/e%CC%81",
        "https://calendar.example/events/2026-11",
        "events/2026-11",
        "*",
        "",
        "/events/" + "a/" * 80,
        "/events/" + "a" * 3000,
    ],
)
def test_paths_that_two_servers_could_read_differently(door: Door, raw: str) -> None:
    """Attack 130: nobody can even sign for these, and the server answers without looking at the presentation."""
    status, problem = knock(door(verifier()), path=raw, headers=[header(present())])
    if door is DOORS["dependency"] and status in (307, 404):
        assert "code" not in problem  # FastAPI's own router knows no such path: no dependency ran, nor any endpoint
    else:
        assert (status, problem["code"]) == (400, "invalid_input")


@pytest.mark.parametrize(
    "scope",
    [
        {"raw_path": None},
        {"raw_path": "/events/2026-11"},
        {"path": "/admin"},
        {"path": "/events/2026-11/"},
        {"path": "/events/2026-1%31"},
        {"raw_path": b"/admin"},
    ],
)
def test_a_path_rewritten_on_the_way_is_undecidable(door: Door, scope: dict[str, Any]) -> None:
    status, problem = knock(door(verifier()), headers=[header(present())], scope=scope)
    assert (status, problem["code"]) == (503, "unavailable")


@pytest.mark.parametrize("method", ["get", "Get", "GET ", "G\u0130T", "", "GET/HTTP"])
def test_odd_methods(method: str) -> None:
    status, problem = knock(DOORS["middleware"](verifier()), method=method, headers=[header(present())])
    assert (status, problem["code"]) == (400, "invalid_input")


@pytest.mark.parametrize("query", [b"a=\xff", b"a=b#c", b"a=\x00", b"a=\n"])
def test_odd_queries(door: Door, query: bytes) -> None:
    status, problem = knock(door(verifier()), query=query, headers=[header(present())])
    assert (status, problem["code"]) == (400, "invalid_input")


@pytest.mark.parametrize(
    "lengths",
    [
        [(b"content-length", b"2"), (b"content-length", b"2")],
        [(b"content-length", b"2"), (b"content-length", b"3")],
        [(b"content-length", b"2"), (b"transfer-encoding", b"chunked")],
        [(b"content-length", b"+2")],
        [(b"content-length", b"0x2")],
        [(b"content-length", b"")],
        [(b"content-length", b"1" * 30)],
    ],
)
def test_two_lengths_or_a_strange_one(door: Door, lengths: list[tuple[bytes, bytes]]) -> None:
    wire = present("POST", body=b"{}")
    status, problem = knock(door(verifier()), method="POST", headers=[header(wire), *lengths], body=[b"{}"])
    assert (status, problem["code"]) == (400, "invalid_input")


def test_bodies_over_the_cap(door: Door) -> None:
    app = door(verifier(), most_body=10)
    assert (
        knock(app, method="POST", headers=[header(present("POST", body=b"0123456789"))], body=[b"01234", b"56789"])[0]
        == 200
    )
    wire = header(present("POST", body=b"0123456789x"))
    for lengths, body in (
        ([(b"content-length", b"11")], [b"0123456789x"]),
        ([(b"content-length", b"99999999")], [b""]),
        ([], [b"01234", b"56789", b"x"]),
        ([(b"content-length", b"1")], [b"01234", b"56789", b"x"]),
    ):
        status, problem = knock(app, method="POST", headers=[wire, *lengths], body=body)
        assert (status, problem["code"]) == (413, "limit_exceeded")


class Closed(doors.Door):
    """A door that nobody gets through."""

    def knock(self, scope: Any) -> Any:
        raise MalformedError("closed")


def behind(door: Any, **arguments: Any) -> list[FastAPI]:
    """An application behind it in both ways."""
    whole = FastAPI()
    whole.add_middleware(DoorMiddleware, door=door, **arguments)
    single = FastAPI(exception_handlers={Refused: answer_refused})

    @single.get("/{path:path}")
    async def echo(access: Annotated[Access, Depends(DoorDependency(door, **arguments))]) -> None:
        """Say nothing."""

    return [whole, single]


def test_another_door_takes_the_place_of_the_usual_one() -> None:
    for app in behind(Closed(verifier(), origin=ORIGIN, realm="calendar")):
        answer = call(app, auth=auth())
        refused(answer, 401, "malformed")
        assert 'realm="calendar"' in answer.headers["www-authenticate"]


@pytest.mark.parametrize("wrong", [None, doors.Door, Closed, verifier(), "door", object(), lambda *_: None])
def test_what_is_no_door(wrong: Any) -> None:
    with pytest.raises(InputError):
        DoorMiddleware(print, door=wrong)  # type: ignore[arg-type]
    with pytest.raises(InputError):
        DoorDependency(wrong)


@pytest.mark.parametrize("most_body", [-1, None, "1", True])
def test_limits_of_a_door_that_are_none(most_body: Any) -> None:
    door = doors.Door(verifier(), origin=ORIGIN)
    with pytest.raises(InputError):
        DoorMiddleware(print, door=door, most_body=most_body)  # type: ignore[arg-type]
    with pytest.raises(InputError):
        DoorDependency(door, most_body=most_body)
