"""An agent reads files at an MCP server for a user: `python examples/mcp_server/main.py`.

Alice lets her planner read under /srv; the planner lets a scout read reports, ten times. The scout tries more than that
as well. The server is a process of its own (server.py), first over HTTP on this machine, then over stdio.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Awaitable
from pathlib import Path
from typing import Any

import httpx2
from mcp import Client, MCPError, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client

from attorn import Identity, caveat
from attorn.mcp import META_MEMBER, Holder, presenting

alice, planner, scout = Identity.generate(), Identity.generate(), Identity.generate()
wide = alice.mint(to=planner.did, caveats=[caveat.Actions("mcp:tools:call:read"), caveat.Subpath("path", "/srv")])
token = planner.delegate(wide, to=scout.did, caveats=[caveat.Subpath("path", "/srv/reports"), caveat.MaxUses(10)])
SERVER = [sys.executable, str(Path(__file__).with_name("server.py"))]
REPORT, SALARIES = {"path": "/srv/reports/november"}, {"path": "/srv/salaries"}
LATEST = "2026-07-28"
META = {"io.modelcontextprotocol/protocolVersion": LATEST, "io.modelcontextprotocol/clientCapabilities": {}}
KINDS = {"accept": "application/json, text/event-stream", "mcp-protocol-version": LATEST}
HEADERS = {**KINDS, "mcp-method": "tools/call", "mcp-name": "read"}


async def tell(title: str, call: Awaitable[Any]) -> None:
    try:
        print(f"{title}: {(await call).content[0].text}")
    except MCPError as refused:
        print(f"{title}: {refused.error.code} {refused.error.data['code']}")


async def over_http(uri: str) -> None:
    """The client presents by itself, for each message anew. The presentation is the access token."""
    holder = Holder(scout, token, server=uri)
    async with Client(presenting(streamable_http_client(uri), holder, bearer=True)) as client:
        await tell("http, permitted", client.call_tool("read", REPORT))
        await tell("http, denied argument", client.call_tool("read", SALARIES))
    params = {"name": "read", "arguments": REPORT}
    once = {"authorization": f"Bearer {holder.present('tools/call', params)}"}
    async with httpx2.AsyncClient() as http:
        for title, headers in (("used once", once), ("replay", once), ("missing chain", {})):
            message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {**params, "_meta": META}}
            answer = await http.post(uri, json=message, headers=HEADERS | headers)
            print(f"http, {title}: {answer.status_code} {answer.headers.get('www-authenticate', '')}".rstrip())


async def over_stdio() -> None:
    """By hand: the presentation is one more member of `_meta`."""
    holder = Holder(scout, token, server="mcp://files")

    def chain(arguments: dict[str, str]) -> dict[str, Any]:
        return {META_MEMBER: holder.present("tools/call", {"name": "read", "arguments": arguments})}

    command = StdioServerParameters(command=SERVER[0], args=[SERVER[1], "stdio", alice.did], env=dict(os.environ))
    async with Client(stdio_client(command)) as client:
        once = chain(REPORT)
        await tell("stdio, permitted", client.call_tool("read", REPORT, meta=once))
        await tell("stdio, replay", client.call_tool("read", REPORT, meta=once))
        await tell("stdio, denied argument", client.call_tool("read", SALARIES, meta=chain(SALARIES)))
        await tell("stdio, missing chain", client.call_tool("read", REPORT))


if __name__ == "__main__":
    with subprocess.Popen([*SERVER, "http", alice.did], stdout=subprocess.PIPE, text=True) as server:  # noqa: S603
        try:
            asyncio.run(over_http(server.stdout.readline().strip()))
        finally:
            server.terminate()
    asyncio.run(over_stdio())
