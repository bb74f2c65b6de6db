"""The presentation as access token: what HTTP says, and what the SDK is told."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable
from dataclasses import fields
from typing import Any

import pytest
from mcp.server.auth.middleware.auth_context import get_access_token
from mcp.server.mcpserver import Context, MCPServer
from tests.adapters.mcp.test_attacks import CALL, wire
from tests.adapters.mcp.world import (
    DOORS,
    ISSUER,
    METADATA,
    ORIGIN,
    TOOLS,
    URI,
    Door,
    Open,
    alice,
    at,
    furnish,
    opened,
    planner,
    ran,
    read,
    refused,
    scout,
    token,
    verifier,
)

from attorn import caveat
from attorn.errors import InputError
from attorn.mcp import Bearer, Gate, gate
from attorn.mcp import door as doors
from attorn.mcp.bearer import SCOPE, Decided

SDK = DOORS["mcp-bearer"]
META = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientCapabilities": {},
}


@pytest.fixture(params=["mcp-bearer", "fastmcp-bearer"])
def door(request: pytest.FixtureRequest) -> Door:
    return DOORS[request.param]


def test_metadata_of_the_protected_resource(door: Door) -> None:
    async def visit(there: Open) -> None:
        async with there.http() as http:
            found = (await http.get(METADATA)).json()
        assert found["resource"] == URI
        assert [each.rstrip("/") for each in found["authorization_servers"]] == [ISSUER]
        assert found["bearer_methods_supported"] == ["header"]

    at(door, visit)


def test_challenges(door: Door) -> None:
    where = f'resource_metadata="{METADATA}"'
    outside = {"name": "read", "arguments": {"path": "/etc"}}

    async def visit(there: Open) -> None:
        none = await there.call()
        assert none.headers["www-authenticate"] == f"Bearer {where}"
        invalid = await there.call(wire=wire(audience=ORIGIN))
        said = 'error="invalid_token", error_description="wrong_audience"'
        assert invalid.headers["www-authenticate"] == f"Bearer {said}, {where}"
        denied = await there.post("tools/call", outside, wire(params=outside, token=TOOLS))
        said = 'error="insufficient_scope", scope="mcp:tools:call:read", error_description="denied"'
        assert denied.headers["www-authenticate"] == f"Bearer {said}, {where}"
        for each in (none, invalid, denied):
            assert each.headers["cache-control"] == "no-store"
            assert each.headers["content-type"] == "application/json"
            assert each.json()["jsonrpc"] == "2.0"
        assert denied.json()["id"] == 1

    at(door, visit)


def test_nothing_long_is_read_on_the_event_loop(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    # A body of a megabyte takes a third of a second, and comes from anybody
    looping: list[bool] = []

    def watched(inner: Callable[..., Any]) -> Callable[..., Any]:
        def read_it(*given: Any) -> Any:
            looping.append(threading.current_thread() is threading.main_thread())
            return inner(*given)

        return read_it

    monkeypatch.setattr(gate, "read_message", watched(gate.read_message))
    monkeypatch.setattr(doors, "request_of", watched(doors.request_of))

    denied = {"name": "read", "arguments": {"path": "/etc"}}

    async def visit(there: Open) -> None:
        assert (await there.call(wire=wire())).status_code == 200
        # By the gate, by the door behind it, and by the check that what runs is what was authorised.
        assert looping == [False] * 4
        looping.clear()
        refused = await there.post("tools/call", denied, wire(params=denied, token=TOOLS))
        assert refused.status_code == 403
        assert 'scope="mcp:tools:call:read"' in refused.headers["www-authenticate"]
        # The challenge names what the gate has asked about, and asks nothing again.
        assert looping == [False] * 2

    at(door, visit)


def test_what_the_sdk_is_told_about_the_token() -> None:
    told: list[Any] = []
    handed: list[str] = []

    def whoami(ctx: Context) -> str:
        told.append(get_access_token())
        scope = ctx.request_context.request.scope
        decided = [getattr(scope[SCOPE], each.name) for each in fields(Decided)]
        handed.append(f"{scope['headers']} {vars(scope['user'])} {decided}")
        return "ok"

    async def visit(there: Open) -> None:
        sent = wire(params={"name": "whoami", "arguments": {}})
        await there.post("tools/call", {"name": "whoami", "arguments": {}}, sent)
        (found,) = told
        assert (found.subject, found.client_id, found.resource) == (alice.did, scout.did, URI)
        assert found.scopes == ["mcp:tools:call:whoami"]
        assert found.claims == {"act": {"sub": scout.did, "act": {"sub": planner.did}}}
        assert sent not in found.model_dump_json()
        assert "authorization" in handed[0]
        assert sent not in handed[0]

    async def go() -> None:
        mcp_door = Bearer(verifier())
        server = MCPServer(
            "x",
            extensions=[mcp_door],
            middleware=[mcp_door],
            token_verifier=mcp_door,
            auth=mcp_door.auth(ISSUER),
            log_level="CRITICAL",
        )
        server.add_tool(whoami)
        app = server.streamable_http_app()
        async with server.session_manager.run():
            await visit(Open(SDK, Gate(app, mcp_door), mcp_door))

    asyncio.run(go())


def test_a_token_in_the_query(door: Door) -> None:
    # attack 134
    async def visit(there: Open) -> None:
        for query in ("access_token={}", "a=1&access_token={}", "Access_Token={}", "%61ccess_token={}", "access_token"):
            url = f"{URI}?{query.format(wire())}"
            for sent in (None, wire()):
                refused(await there.call(wire=sent, url=url), door, 400, "invalid_input")

    at(door, visit)


def test_authorization_headers(door: Door) -> None:
    async def visit(there: Open) -> None:
        for value in (f"Attorn {wire()}", "Basic YTpi", "Bearer", wire(), f"  Bearer {wire()}"):
            answer = await there.call(headers={"authorization": value})
            assert answer.status_code == 401
        async with there.http() as http:
            twice = [("authorization", f"Bearer {wire()}"), ("authorization", f"Bearer {wire()}")]
            answer = await http.post(URI, json={"jsonrpc": "2.0", "id": 1, "method": "tools/call"}, headers=twice)
            assert (answer.status_code, answer.json()["error"]["data"]["code"]) == (401, "malformed")
            answer = await http.post(URI, content=b"{}", headers={"authorization": "Bearer " + "x" * 70_000})
            assert (answer.status_code, answer.json()["error"]["data"]["code"]) == (401, "limit_exceeded")
        assert not ran

    at(door, visit)


def test_only_posts_carry_messages(door: Door) -> None:
    async def visit(there: Open) -> None:
        async with there.http(headers={"authorization": f"Bearer {wire()}"}) as http:
            for method in ("GET", "DELETE", "PUT", "HEAD", "PATCH"):
                answer = await http.request(method, URI)
                assert (answer.status_code, answer.headers["allow"]) == (405, "POST")

    at(door, visit)


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize(("method", "path"), [("OPTIONS", "/mcp"), ("GET", "/other"), ("POST", "/mcp/")])
def test_what_is_handed_on_undecided_has_no_presentation(kind: str, method: str, path: str) -> None:
    seen: list[Any] = []

    async def inner(scope: Any, *_: Any) -> None:
        seen.append(scope)

    async def unused(*_: Any) -> Any:
        raise AssertionError("nothing is read, and nothing answered")

    kept = (b"accept", b"*/*")
    headers = [(b"authorization", f"Bearer {wire()}".encode()), kept, (b"Authorization", b"Basic YTpi")]
    scope = {"type": kind, "method": method, "path": path, "query_string": b"", "headers": headers}
    asyncio.run(Gate(inner, Bearer(verifier()))(scope, unused, unused))
    assert seen == [{**scope, "headers": [kept]}]
    assert len(headers) == 3


def test_a_lifespan_passes_a_gate_as_it_is() -> None:
    seen: list[Any] = []

    async def inner(scope: Any, *_: Any) -> None:
        seen.append(scope)

    asyncio.run(Gate(inner, Bearer(verifier()))({"type": "lifespan"}, None, None))  # type: ignore[arg-type]
    assert seen == [{"type": "lifespan"}]


BODIES = [
    b"",
    b"{",
    b"null",
    b"7",
    b'"tools/call"',
    b"\xff\xfe{}",
    b"\xef\xbb\xbf{}",
    b"{}",
    b'{"jsonrpc":"2.0","id":1,"result":{}}',
    b'{"jsonrpc":"2.0","id":1,"method":7}',
    b'{"jsonrpc":"2.0","id":1,"method":"tools/call","method":"tools/list"}',
    b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":[]}',
    b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":"x"}',
    b'{"jsonrpc":"2.0","id":1,"method":"tools/call:read","params":{}}',
    b'{"jsonrpc":"2.0","id":1,"method":"tools/call/read","params":{}}',
    b'{"jsonrpc":"2.0","id":1,"method":"//","params":{}}',
    b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"read","arguments":{"a":NaN}}}',
    b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"read","arguments":{"a":1e999}}}',
    b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"read","arguments":{"a":1,"a":2}}}',
    b"[" * 5000 + b"]" * 5000,
]


def test_bodies_that_say_nothing_or_two_things(door: Door) -> None:
    # attacks 21 and 130
    async def visit(there: Open) -> None:
        for body in BODIES:
            answer = await there.post("tools/call", CALL, wire(), body=body or b" ")
            refused(answer, door, 400, "invalid_input")

    at(door, visit)


def test_header_and_body_disagree_in_an_older_protocol(door: Door) -> None:
    # attack 130; what stands between may read the headers in any version
    cases = [(b"mcp-name", b"sum"), (b"mcp-method", b"tools/list"), (b"mcp-name", b"=?base64?c3Vt?=")]
    cases += [(b"mcp-name", b"=?base64?\xff?="), (b"mcp-name", b"r\xe9ad"), (b"mcp-name", b"=?base64?!?=")]

    async def visit(there: Open) -> None:
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": CALL}).encode()
        for name, value in cases:
            headers = {b"authorization": f"Bearer {wire()}".encode(), name: value}
            async with there.http() as http:
                answer = await http.post(URI, content=body, headers=headers)
            refused(answer, door, 400, "invalid_input")

    at(door, visit)


def test_a_long_body(door: Door) -> None:
    async def visit(there: Open) -> None:
        small = Open(door, Gate(there.app._app, there.mcp_door, most_body=100), there.mcp_door)
        refused(await small.call(wire=wire()), door, 413, "limit_exceeded")

    at(door, visit)


def test_a_listing_needs_a_genuine_chain_of_its_own(door: Door) -> None:
    async def visit(there: Open) -> None:
        for sent, code in (
            (None, "no_presentation"),
            (wire(), "wrong_request"),
            (wire("tools/list", {}, by=scout, audience=ORIGIN), "wrong_audience"),
        ):
            refused(await there.post("tools/list", {}, sent), door, 401, code)
        once = wire("tools/list", {}, token=token(caveat.MaxUses(1)))
        assert (await there.post("tools/list", {}, once)).status_code == 200
        refused(await there.post("tools/list", {}, once), door, 401, "replayed")

    at(door, visit)


def test_a_call_without_an_id_runs_nothing(door: Door) -> None:
    async def visit(there: Open) -> None:
        body = json.dumps({"jsonrpc": "2.0", "method": "tools/call", "params": CALL}).encode()
        await there.post("tools/call", CALL, wire(), body=body)
        assert not ran

    at(door, visit)


def test_other_spellings_of_the_path_reach_nothing(door: Door) -> None:
    async def visit(there: Open) -> None:
        for path in ("/mcp/", "//mcp", "/MCP", "/mcp;x", "/mcp%2f", "/x/../mcp/", "/%6dcp/"):
            answer = await there.call(wire=wire(), url=ORIGIN + path)
            assert answer.status_code in (307, 401, 404), path
            assert not ran

    at(door, visit)


def test_without_the_gate_every_token_is_refused(door: Door) -> None:
    async def visit(there: Open) -> None:
        bare = Open(door, there.app._app, there.mcp_door)
        for sent in (wire(), "presented", ""):
            assert (await bare.call(wire=sent)).status_code == 401
            assert not ran

    at(door, visit)


def test_a_chain_in_meta_is_no_token(door: Door) -> None:
    async def visit(there: Open) -> None:
        refused(await there.call(meta={"dev.attorn/chain": wire()}), door, 401, "no_presentation")

    at(door, visit)


def test_a_gate_of_another_server_decides_nothing_here(door: Door) -> None:
    async def go() -> None:
        async with opened(door) as one, opened(door) as other:
            crossed = Open(door, Gate(one.app._app, other.mcp_door), other.mcp_door)
            assert (await crossed.call(wire=wire())).status_code == 401
            assert not ran

    asyncio.run(go())


def test_a_gate_of_another_server_decides_nothing_where_the_sdk_asks_for_no_token() -> None:
    async def go() -> None:
        ran.clear()
        mcp_door = Bearer(verifier())
        server = MCPServer("files", extensions=[mcp_door], middleware=[mcp_door], log_level="CRITICAL")
        furnish(server)
        app = server.streamable_http_app()
        async with server.session_manager.run():
            other = Bearer(verifier())
            answer = await Open(SDK, Gate(app, other), other).call(wire=wire())
            assert answer.json()["error"]["data"]["code"] == "no_presentation"
            assert not ran
            await Open(SDK, Gate(app, mcp_door), mcp_door).call(wire=wire())
            assert ran == ["read /srv/a 10"]

    asyncio.run(go())


def between(inner: Any, old: bytes, new: bytes) -> Any:
    """`inner` behind something that reads a message in its own way."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        async def changed() -> Any:
            message = await receive()
            return {**message, "body": message.get("body", b"").replace(old, new)}

        headers = [(name, value.replace(old, new)) for name, value in scope["headers"]]
        await inner({**scope, "headers": headers}, changed, send)

    return app


def test_another_body_behind_the_gate(door: Door) -> None:
    # attack 130
    note, call = {"uri": "note://two"}, {"jsonrpc": "2.0", "method": "tools/call", "params": {**CALL, "_meta": META}}
    cases = [
        ("tools/call", CALL, b"/srv/a", b"/etc/b", None),
        ("prompts/get", {"name": "hello", "arguments": {"who": "you"}}, b'"you"', b'"him"', None),
        ("resources/read", note, b"note://two", b"note://one", None),
        # Who sends no request is not cleared, so no request must become of it.
        ("tools/call", CALL, b'{"jsonrpc"', b'{"id": 1, "jsonrpc"', json.dumps(call).encode()),
    ]

    async def visit(there: Open) -> None:
        for method, params, old, new, body in cases:
            other = Open(door, Gate(between(there.app._app, old, new), there.mcp_door), there.mcp_door)
            answer = await other.post(method, params, wire(method, params), body=body)
            assert "error" in answer.json(), method
            assert not ran, method

    at(door, visit)


def test_another_token_behind_the_gate(door: Door) -> None:
    async def visit(there: Open) -> None:
        async def app(scope: Any, receive: Any, send: Any) -> None:
            headers = [(k, b"Bearer presented" if k == b"authorization" else v) for k, v in scope["headers"]]
            await there.app._app({**scope, "headers": headers}, receive, send)

        answer = await Open(door, Gate(app, there.mcp_door), there.mcp_door).call(wire=wire())
        assert answer.status_code == 401
        assert not ran

    at(door, visit)


@pytest.mark.parametrize("audience", ["mcp://files", "did:web:files.example", "files", "https://files.example/mcp/"])
def test_audiences_that_no_token_over_http_can_have(audience: str) -> None:
    with pytest.raises(InputError):
        Bearer(verifier(audience=audience))


@pytest.mark.parametrize("issuer", ["", "chains.example", 7])
def test_issuers(issuer: Any) -> None:
    with pytest.raises(InputError):
        Bearer(verifier()).auth(issuer)


def test_a_gate_needs_a_door() -> None:
    for mcp_door in (None, verifier(), read):
        with pytest.raises(InputError):
            Gate(lambda *_: None, mcp_door)  # type: ignore[arg-type, return-value]
