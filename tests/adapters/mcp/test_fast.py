"""What only FastMCP has: versions of tools, calls between them, mounted servers, caches; and stdio, in a process."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

import fastmcp
import pytest
from fastmcp.client.transports import FastMCPTransport
from fastmcp.server.auth import RemoteAuthProvider
from fastmcp.server.auth.providers.jwt import StaticTokenVerifier
from fastmcp.server.middleware import Middleware
from fastmcp.server.middleware.caching import ResponseCachingMiddleware
from mcp import Client, MCPError, StdioServerParameters
from mcp.client.stdio import stdio_client
from tests.adapters.mcp.test_attacks import wire
from tests.adapters.mcp.world import (
    DOORS,
    ISSUER,
    NOW,
    ORIGIN,
    Open,
    alice,
    at,
    furnish,
    holder,
    ran,
    refused,
    said,
    scout,
    verifier,
)

import attorn
from attorn import caveat
from attorn.errors import InputError
from attorn.mcp import Bearer, Gate, Holder, SideCar, presenting
from attorn.mcp.fast import DoorMiddleware, HolderTransport, Tokens

DOOR = DOORS["fastmcp-meta"]


def told(server: fastmcp.FastMCP[Any], *calls: tuple[str, dict[str, Any]]) -> list[str]:
    """What each call of a tool in this process came to: text, or the code of a refusal."""

    async def go() -> list[str]:
        answers = []
        ran.clear()
        async with fastmcp.Client(HolderTransport(FastMCPTransport(server), holder())) as client:
            for name, arguments in calls:
                try:
                    result = await client.call_tool(name, arguments, raise_on_error=False)
                    answers.append("error" if result.is_error else result.content[0].text.partition(" ")[0])
                except MCPError as error:
                    answers.append(error.error.data["code"])
        return answers

    return asyncio.run(go())


def behind_a_door(*others: Any) -> fastmcp.FastMCP[Any]:
    server: fastmcp.FastMCP[Any] = fastmcp.FastMCP("files", middleware=[DoorMiddleware(SideCar(verifier())), *others])
    furnish(server)
    return server


def test_a_version_of_a_tool_is_bound_by_nothing() -> None:
    async def visit(there: Open) -> None:
        for version in ("1.0", ""):
            answer = await there.call(wire=wire(), meta={"fastmcp": {"version": version}})
            refused(answer, DOOR, 400, "invalid_input")

    at(DOOR, visit)


@pytest.mark.parametrize("name", ["fastmcp-meta", "fastmcp-bearer"])
def test_what_fastmcp_cannot_read_is_answered_as_ever(name: str) -> None:
    door = DOORS[name]
    read, one = {"name": "read", "arguments": {"path": "/srv/a"}}, {"uri": "note://one"}
    broken: list[tuple[str, dict[str, Any]]] = [
        ("tools/call", {**read, "requestState": "forged"}),
        ("tools/call", {**read, "inputResponses": 5}),
        ("prompts/get", {"name": "hello", "arguments": {"who": 1}}),
        ("resources/read", {**one, "requestState": "forged"}),
        ("resources/read", {**one, "inputResponses": 5}),
    ]

    async def visit(there: Open) -> None:
        for method, params in broken:
            answer = await there.post(method, params, wire(method, params))
            assert answer.json()["error"]["code"] == -32602, answer.text
            assert not ran
            refused(await there.post(method, params), door, 401, "no_presentation")
            other = wire(method, {**params, "other": 1})
            refused(await there.post(method, params, other), door, 401, "wrong_request")

    at(door, visit)


def test_calls_between_tools() -> None:
    server = behind_a_door()

    async def again(path: str) -> str:
        return str(await server.call_tool("read", {"path": path}))

    async def itself(path: str) -> str:
        said("itself")
        return str(await server.call_tool("itself", {"path": path}))

    async def inside(path: str) -> str:
        result = await server.call_tool("read", {"path": path}, run_middleware=False)
        return str(result.content[0].text)  # type: ignore[union-attr]

    for tool in (again, itself, inside):
        server.tool(tool)
    path = {"path": "/srv/a"}
    assert told(server, ("again", path), ("itself", path), ("inside", path)) == ["error", "error", "read"]
    assert ran == ["itself", "read /srv/a 10"]


def test_a_tool_that_asks_itself_behind_a_gate() -> None:
    mcp_door = Bearer(verifier())
    server: fastmcp.FastMCP[Any] = fastmcp.FastMCP(
        "files",
        middleware=[DoorMiddleware(mcp_door)],
        auth=RemoteAuthProvider(Tokens(mcp_door), [ISSUER], ORIGIN),  # type: ignore[list-item]
    )

    async def itself() -> str:
        said("itself")
        return str(await server.call_tool("itself", {}))

    server.tool(itself)
    app = server.http_app(path="/mcp")

    async def go() -> None:
        ran.clear()
        there = Open(DOORS["fastmcp-bearer"], Gate(app, mcp_door), mcp_door)
        async with app.lifespan(app):
            answer = await there.call("itself", wire(params={"name": "itself", "arguments": {}}), arguments={})
        assert answer.json()["result"]["isError"]
        assert ran == ["itself"]

    asyncio.run(go())


def test_a_mounted_server() -> None:
    inner: fastmcp.FastMCP[Any] = fastmcp.FastMCP("inner")
    furnish(inner)
    outer = behind_a_door()
    outer.mount(inner, namespace="inner")
    path = {"path": "/srv/a"}
    assert told(outer, ("inner_read", path), ("read", path)) == ["read", "read"]
    narrow = alice.mint(to=scout.did, caveats=[caveat.Actions("mcp:tools:call:read")])

    async def go() -> None:
        async with fastmcp.Client(HolderTransport(FastMCPTransport(outer), holder(narrow))) as client:
            with pytest.raises(MCPError):
                await client.call_tool("inner_read", path)

    asyncio.run(go())


class Rewriting(Middleware):
    """In front of the door: the message that goes on is another than came."""

    async def on_call_tool(self, context: Any, call_next: Any) -> Any:
        return await call_next(context.copy(message=context.message.model_copy(update={"arguments": {"path": "/etc"}})))

    async def on_get_prompt(self, context: Any, call_next: Any) -> Any:
        return await call_next(context.copy(message=context.message.model_copy(update={"arguments": {"who": "him"}})))

    async def on_read_resource(self, context: Any, call_next: Any) -> Any:
        return await call_next(context.copy(message=context.message.model_copy(update={"uri": "note://one"})))


def test_what_rewrites_a_message_in_front_of_the_door_is_noticed() -> None:
    # attack 130
    server: fastmcp.FastMCP[Any] = fastmcp.FastMCP(
        "files", middleware=[Rewriting(), DoorMiddleware(SideCar(verifier()))]
    )
    furnish(server)

    async def go() -> None:
        ran.clear()
        async with fastmcp.Client(HolderTransport(FastMCPTransport(server), holder())) as client:
            for call in (
                client.call_tool("read", {"path": "/srv/a"}),
                client.get_prompt("hello", {"who": "you"}),
                client.read_resource("note://two"),
            ):
                with pytest.raises(MCPError) as caught:
                    await call
                assert caught.value.error.data["code"] == "wrong_request"
                assert not ran

    asyncio.run(go())


def test_a_cache_behind_the_door_is_asked_with_authority_only() -> None:
    # attack 132
    server = behind_a_door(ResponseCachingMiddleware())
    assert told(server, ("read", {"path": "/srv/a"})) == ["read"]

    async def go() -> None:
        async with fastmcp.Client(FastMCPTransport(server)) as client:
            with pytest.raises(MCPError) as caught:
                await client.call_tool("read", {"path": "/srv/a"})
            assert caught.value.error.data["code"] == "no_presentation"

    asyncio.run(go())


def test_what_the_host_asks_by_itself_came_with_no_message() -> None:
    server = behind_a_door()

    async def go() -> None:
        ran.clear()
        with pytest.raises(MCPError) as caught:
            await server.call_tool("read", {"path": "/srv/a"})
        assert caught.value.error.data["code"] == "no_presentation"
        assert not ran

    asyncio.run(go())


def test_what_these_are_made_of() -> None:
    for mcp_door in (None, verifier(), DoorMiddleware(SideCar(verifier()))):
        with pytest.raises(InputError):
            DoorMiddleware(mcp_door)  # type: ignore[arg-type]
    for transport in (None, "http://127.0.0.1/mcp"):
        with pytest.raises(InputError):
            HolderTransport(transport, holder())  # type: ignore[arg-type]
    for held in (None, scout, verifier()):
        with pytest.raises(InputError):
            HolderTransport(FastMCPTransport(fastmcp.FastMCP("files")), held)  # type: ignore[arg-type]
    for other in (None, verifier(), SideCar(verifier())):
        with pytest.raises(InputError):
            Tokens(other)  # type: ignore[arg-type]


def test_a_bearer_door_wants_http() -> None:
    server: fastmcp.FastMCP[Any] = fastmcp.FastMCP("files", middleware=[DoorMiddleware(Bearer(verifier()))])
    furnish(server)
    assert told(server, ("read", {"path": "/srv/a"})) == ["no_presentation"]


@pytest.mark.parametrize(("name", "code"), [("alice", None), ("bob", "untrusted_root")])
def test_beside_a_bearer_token_of_fastmcp(name: str, code: str | None) -> None:
    issued = StaticTokenVerifier({name: {"client_id": "app", "sub": name, "scopes": []}})
    mcp_door = SideCar(verifier(), related=lambda bearer, _: bearer is not None and bearer.claims["sub"] == "alice")
    server: fastmcp.FastMCP[Any] = fastmcp.FastMCP("files", middleware=[DoorMiddleware(mcp_door)], auth=issued)
    furnish(server)
    app = server.http_app(path="/mcp")

    async def go() -> None:
        ran.clear()
        there = Open(DOOR, app, mcp_door)
        async with app.lifespan(app):
            assert (await there.call(wire=wire())).status_code == 401
            answer = await there.call(wire=wire(), headers={"authorization": f"Bearer {name}"})
        error = answer.json().get("error")
        assert (error["data"]["code"] if error else None) == code
        assert ran == ([] if error else ["read /srv/a 10"])

    asyncio.run(go())


SERVER = """
import sys
from datetime import datetime
from fastmcp import FastMCP
from attorn import Verifier
from attorn.mcp import SideCar, acting
from attorn.mcp.fast import DoorMiddleware

now = datetime.fromisoformat(sys.argv[2])
mcp_door = SideCar(Verifier(audience="mcp://files", roots=[sys.argv[1]], clock=lambda: now))
server = FastMCP("files", middleware=[DoorMiddleware(mcp_door)])

@server.tool
def read(path: str) -> str:
    return acting().holder

server.run("stdio", show_banner=False)
"""


@pytest.mark.long
def test_over_stdio(tmp_path: Path) -> None:
    program = tmp_path / "server.py"
    program.write_text(SERVER)
    environment = {**os.environ, "PYTHONPATH": str(Path(attorn.__file__).parents[1])}
    command = StdioServerParameters(
        command=sys.executable, args=["-B", str(program), alice.did, NOW.isoformat()], env=environment
    )
    chain = alice.mint(to=scout.did, caveats=[caveat.Actions("mcp:tools:call:read"), caveat.Subpath("path", "/srv")])

    async def go() -> None:
        async with Client(presenting(stdio_client(command), Holder(scout, chain, server="mcp://files"))) as client:
            assert (await client.call_tool("read", {"path": "/srv/a"})).content[0].text == scout.did  # type: ignore[union-attr]
            for arguments in ({"path": "/etc/passwd"}, {}):
                with pytest.raises(MCPError) as caught:
                    await client.call_tool("read", arguments)
                assert caught.value.error.data["code"] == "denied"

    asyncio.run(go())
