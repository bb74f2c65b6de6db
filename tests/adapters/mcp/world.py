"""A server of files behind each of four doors, MCP's and FastMCP's, in both modes; and the people who knock."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

import fastmcp
import httpx2
from fastmcp.client.transports import StreamableHttpTransport
from fastmcp.server.auth import RemoteAuthProvider
from mcp import Client, MCPError
from mcp.client.streamable_http import streamable_http_client
from mcp.server.mcpserver import MCPServer

from attorn import Identity, Token, Verifier, caveat
from attorn.mcp import META_MEMBER, Bearer, Gate, Holder, SideCar, acting, presenting
from attorn.mcp.fast import DoorMiddleware, HolderTransport, Tokens

ORIGIN = "http://127.0.0.1:8000"
URI = f"{ORIGIN}/mcp"
ISSUER = "https://chains.example"
METADATA = f"{ORIGIN}/.well-known/oauth-protected-resource/mcp"
NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)
VERSION = "2026-07-28"

alice, bob, planner, scout, thief = (Identity.from_seed(bytes([n]) * 32, clock=lambda: NOW) for n in (1, 2, 3, 4, 5))
ran: list[str] = []
"""What the tools, resources and prompts of the server did, in order."""


def token(*caveats: caveat.Caveat, root: Identity = alice, actions: str = "mcp:*") -> Token:
    """root -> planner -> scout: anything at this server under /srv, unless `caveats` narrow the second link."""
    wide = root.mint(to=planner.did, caveats=[caveat.Actions(actions), caveat.Resources(ORIGIN)])
    return planner.delegate(wide, to=scout.did, caveats=list(caveats))


TOOLS = token(caveat.Actions("mcp:tools:call:read", "mcp:tools:call:sum"), caveat.Subpath("path", "/srv"))


def verifier(**arguments: Any) -> Verifier:
    return Verifier(**{"audience": URI, "roots": [alice.did], "clock": lambda: NOW, **arguments})


def holder(held: Token | None = None, by: Identity = scout) -> Holder:
    return Holder(by, held or token(), server=URI)


def said(what: str) -> str:
    ran.append(what)
    access = acting()
    return f"{what} for {access.root} through {len(access.chain)} by {access.holder}"


def read(path: str = "/etc/passwd", lines: int = 10) -> str:
    """Read a file."""
    return said(f"read {path} {lines}")


async def sum(numbers: list[int]) -> str:
    """Add up."""
    return said(f"sum {numbers}")


def note() -> str:
    """A note."""
    return said("note")


def hello(who: str) -> str:
    """A prompt."""
    return said(f"hello {who}")


def furnish(server: Any) -> None:
    fast = isinstance(server, fastmcp.FastMCP)
    for tool in (read, sum):
        server.tool(tool) if fast else server.add_tool(tool)
    server.resource("note://one")(note)
    (server.prompt if fast else server.prompt())(hello)


class Door(NamedTuple):
    fast: bool
    bearer: bool


DOORS = {
    "mcp-meta": Door(False, False),
    "mcp-bearer": Door(False, True),
    "fastmcp-meta": Door(True, False),
    "fastmcp-bearer": Door(True, True),
}


@dataclass
class Open:
    """One server, running in this process, and how to talk to it."""

    door: Door
    app: Any
    mcp_door: Any
    server: Any = None

    def http(self, **arguments: Any) -> httpx2.AsyncClient:
        arguments.pop("follow_redirects", None)
        return httpx2.AsyncClient(transport=httpx2.ASGITransport(app=self.app), base_url=ORIGIN, **arguments)

    @asynccontextmanager
    async def client(self, held: Holder | None = None, mode: str = "auto", **arguments: Any) -> AsyncIterator[Any]:
        """The library's own client, whose messages carry presentations."""
        held = held or holder()
        if self.door.fast:
            transport = StreamableHttpTransport(URI, httpx_client_factory=self.http)
            async with fastmcp.Client(
                HolderTransport(transport, held, bearer=self.door.bearer), mode=mode, **arguments
            ) as client:
                yield client
            return
        async with self.http() as http:
            outside = presenting(streamable_http_client(URI, http_client=http), held, bearer=self.door.bearer)
            async with Client(outside, mode=mode, **arguments) as client:
                yield client

    async def post(self, method: str, params: Mapping[str, Any], wire: object = None, **other: Any) -> httpx2.Response:
        """One message as it stands; `wire` goes where this door looks for it."""
        meta = {
            "io.modelcontextprotocol/protocolVersion": VERSION,
            "io.modelcontextprotocol/clientCapabilities": {},
            **other.pop("meta", {}),
        }
        headers = {
            "accept": "application/json, text/event-stream",
            "content-type": "application/json",
            "mcp-protocol-version": VERSION,
            "mcp-method": method,
            **({"mcp-name": params[key]} if (key := "uri" if "uri" in params else "name") in params else {}),
        }
        if wire is not None and self.door.bearer:
            headers["authorization"] = f"Bearer {wire}"
        elif wire is not None:
            meta[META_MEMBER] = wire
        headers |= other.pop("headers", {})
        message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": {**params, "_meta": meta}}
        body = other.pop("body", None)
        async with self.http() as http:
            return await http.post(
                other.pop("url", URI), headers=headers, **({"content": body} if body else {"json": message}), **other
            )

    async def call(self, name: str = "read", wire: object = None, **other: Any) -> httpx2.Response:
        """One call of a tool; `arguments` are those that are sent."""
        arguments = other.pop("arguments", {"path": "/srv/a"})
        return await self.post(
            "tools/call", {"name": name, "arguments": arguments, **other.pop("more", {})}, wire, **other
        )


@asynccontextmanager
async def opened(door: Door, checks: Verifier | None = None, **arguments: Any) -> AsyncIterator[Open]:
    """The server behind `door`; `arguments` go to its `McpDoor`."""
    ran.clear()
    kind: Any = Bearer if door.bearer else SideCar
    mcp_door = kind(checks or verifier(), **arguments)
    server: Any
    if door.fast:
        auth = RemoteAuthProvider(Tokens(mcp_door), [ISSUER], ORIGIN) if door.bearer else None  # type: ignore[list-item]
        server = fastmcp.FastMCP("files", middleware=[DoorMiddleware(mcp_door)], auth=auth)
        furnish(server)
        app = server.http_app(path="/mcp")
        running = app.lifespan(app)
    else:
        access = {"token_verifier": mcp_door, "auth": mcp_door.auth(ISSUER)} if door.bearer else {}
        server = MCPServer("files", extensions=[mcp_door], middleware=[mcp_door], log_level="CRITICAL", **access)
        furnish(server)
        app = server.streamable_http_app()
        running = server.session_manager.run()
    async with running:
        yield Open(door, Gate(app, mcp_door) if door.bearer else app, mcp_door, server)


def at(door: Door, visit: Callable[[Open], Awaitable[Any]], checks: Verifier | None = None, **arguments: Any) -> Any:
    """What `visit` gives at an open door."""

    async def go() -> Any:
        async with opened(door, checks, **arguments) as there:
            return await visit(there)

    return asyncio.run(go())


def refused(response: httpx2.Response, door: Door, status: int, code: str) -> dict[str, Any]:
    """The refusal in a raw answer: in a bearer's world the status says it too."""
    body = response.json()
    error = body["error"]
    assert (error["code"], error["data"]["code"]) == (status, code), body
    assert response.status_code == (status if door.bearer else 200)
    assert not ran
    return dict(error["data"])


def refuses(error: MCPError, status: int, code: str) -> None:
    """The same, as a client tells it."""
    assert (error.error.code, error.error.data["code"]) == (status, code), error.error
    assert not ran
