"""In front of a real MCP server: the middleware holds a tool call to the chain, argument by argument."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest
from mcp.server.mcpserver import MCPServer
from mcp.server.transport_security import TransportSecuritySettings
from tests.adapters.oauth.dpop_scene import ORIGIN, Clock, alice, fresh, guard, headers, scout

from attorn import Identity, Request, Token, caveat
from attorn.canonical import parse
from attorn.errors import InputError
from attorn.oauth import DpopMiddleware
from attorn.web.http import HttpMessage

URL = f"{ORIGIN}/mcp"
TOKEN = Identity(alice.signer, clock=Clock()).mint(
    to=scout.did, caveats=[caveat.Actions("tool:add"), caveat.Range("b", maximum=10)]
)


def route(message: HttpMessage) -> Request:
    """What a JSON-RPC message asks for: a tool's call by the tool's name, with its arguments."""
    called = parse(message.body, most=1 << 20)
    params = called.get("params") if isinstance(called, dict) else None
    if not isinstance(called, dict) or called.get("method") != "tools/call" or not isinstance(params, dict):
        raise InputError("expected a call of a tool")
    return Request(action=f"tool:{params.get('name')}", resource=URL, args=params.get("arguments"))  # type: ignore[arg-type]


def post(arguments: dict[str, Any], token: Token = TOKEN, tool: str = "add", **sent: Any) -> httpx.Response:
    called: list[Any] = []
    server = MCPServer("sums")

    @server.tool()
    def add(a: int, b: int) -> int:
        called.append((a, b))
        return a + b

    @server.tool()
    def wipe(a: int, b: int) -> int:
        called.append((a, b))
        return 0

    security = TransportSecuritySettings(enable_dns_rebinding_protection=False)
    inner = server.streamable_http_app(stateless_http=True, json_response=True, transport_security=security)
    app = DpopMiddleware(inner, verifier=guard(), origin=ORIGIN, route=route)
    meta = {"io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientCapabilities": {}}
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call"}
    body |= {"params": {"name": tool, "arguments": arguments, "_meta": meta}}  # type: ignore[dict-item]
    more = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}
    more |= {"MCP-Protocol-Version": "2026-07-28", "Mcp-Method": "tools/call", "Mcp-Name": tool}
    every = sent.pop("headers", headers(token, fresh(token, method="POST", url=URL)))

    async def go() -> httpx.Response:
        async with (
            inner.router.lifespan_context(inner),
            httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=ORIGIN) as client,
        ):
            return await client.post("/mcp", content=json.dumps(body), headers=[*every, *more.items()])

    response = asyncio.run(go())
    assert (response.status_code == 200) == bool(called), response.text
    return response


def test_a_tool_is_called() -> None:
    result = post({"a": 2, "b": 3}).json()["result"]
    assert result["structuredContent"] == {"result": 5}


@pytest.mark.parametrize(
    ("arguments", "tool"), [({"a": 2, "b": 11}, "add"), ({"a": 2}, "add"), ({"a": 2, "b": 3}, "wipe")]
)
def test_a_wider_argument_and_another_tool(arguments: dict[str, Any], tool: str) -> None:
    response = post(arguments, tool=tool)
    assert (response.status_code, response.json()["code"]) == (403, "denied")


def test_nothing_reaches_the_server_without_a_proof() -> None:
    for sent in ([], headers(TOKEN), headers(TOKEN, scheme="Bearer")):
        assert post({"a": 2, "b": 3}, headers=sent).status_code == 401
