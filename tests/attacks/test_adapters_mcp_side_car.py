"""The attacks on MCP where the chain stands in `_meta`, beside a bearer token or alone: the SDK's server and client."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from mcp import Client, MCPError
from mcp.server.auth.settings import AuthSettings
from mcp.server.mcpserver import MCPServer
from pydantic import AnyHttpUrl
from tests.adapters.mcp.test_side_car import Issued, related
from tests.adapters.mcp.world import DOORS, ISSUER, ORIGIN, URI, Open, alice, bob, furnish, holder, ran, token, verifier
from tests.attacks.adapter_scene import Till, nothing_happens
from tests.attacks.mcp_scene import HELD, MISMATCH, Files, presented, visited

from attorn import caveat
from attorn.mcp import SideCar

DOOR = "mcp-meta"
MEMBER = "dev.attorn/chain"
SAID = {"authorization": "Bearer alice:files"}


@asynccontextmanager
async def beside() -> AsyncIterator[Files]:
    """A server that takes tokens of somebody else's for alice and bob, and chains of either that go with them."""
    ran.clear()
    till = Till()
    door = SideCar(verifier(roots=[alice.did, bob.did], store=till), related=related)
    auth = AuthSettings(
        issuer_url=AnyHttpUrl(ISSUER),
        resource_server_url=AnyHttpUrl(URI),
        validate_token_resource=True,
        required_scopes=["files"],
    )
    server = MCPServer(
        "files", extensions=[door], middleware=[door], token_verifier=Issued(), auth=auth, log_level="CRITICAL"
    )
    furnish(server)
    app = server.streamable_http_app()
    async with server.session_manager.run():
        yield Files(Open(DOORS[DOOR], app, door), till)


def test_wrong_audience() -> None:
    """Attacks 83 and 129: for the bare origin, for another server; a bearer token of the right one is of no help."""

    async def go() -> None:
        async with beside() as files:
            await files.honest(headers=SAID)
            with nothing_happens(*files.seen):
                for audience in (ORIGIN, f"{URI}/", "https://other.example/mcp", alice.did):
                    await files.refuses(401, "wrong_audience", presented(audience=audience), headers=SAID)
                await files.refuses(401, "wrong_request", presented(server="https://other.example/mcp"), headers=SAID)

    asyncio.run(go())


def test_replay() -> None:
    """Attack 80: under the same bearer token and under another one's."""

    async def go() -> None:
        async with beside() as files:
            once = await files.honest(headers=SAID)
            with nothing_happens(*files.seen):
                for name in ("alice", "bob"):
                    await files.refuses(401, "replayed", once, headers={"authorization": f"Bearer {name}:files"})

    asyncio.run(go())


def test_widened_argument() -> None:
    """Attacks 67 and 84: on the way, by the holder's own client, and by what stands between door and tool."""

    async def visit(files: Files) -> None:
        await files.honest()
        with nothing_happens(*files.seen):
            for wide in ({"path": "/etc/passwd"}, {"path": "/srv/a", "lines": 10**6}, {}, None):
                await files.refuses(401, "wrong_request", presented(), arguments=wide)
            for path in ("/etc/passwd", "/srv/../etc/passwd", "/srvr"):
                await files.refuses(403, "denied", presented(path), arguments={"path": path})
            async with files.there.client(holder(HELD)) as client:
                with pytest.raises(MCPError) as caught:
                    await client.call_tool("read", {"path": "/etc/passwd"})
                assert (caught.value.error.code, caught.value.error.data["code"]) == (403, "denied")

    visited(DOOR, visit)


def test_an_argument_that_is_widened_behind_the_door() -> None:
    """Attack 130: charged by then, as it was authorised, and still not run."""

    async def rewriting(ctx: Any, call_next: Any) -> Any:
        if ctx.method == "tools/call" and ctx.params["arguments"]["path"] == "/srv/b":
            ctx = replace(ctx, params={**ctx.params, "arguments": {"path": "/etc/passwd"}})
        return await call_next(ctx)

    async def go() -> None:
        door = SideCar(verifier())
        server = MCPServer("files", extensions=[door], middleware=[door, rewriting], log_level="CRITICAL")
        furnish(server)
        ran.clear()
        async with Client(server) as client:
            await client.call_tool("read", {"path": "/srv/a"}, meta={MEMBER: presented()})
            with nothing_happens(ran), pytest.raises(MCPError) as caught:
                await client.call_tool("read", {"path": "/srv/b"}, meta={MEMBER: presented("/srv/b")})
        assert caught.value.error.data["code"] == "wrong_request"

    asyncio.run(go())


def test_missing_chain() -> None:
    """What is missing is denied: a bearer token alone is not enough, and a chain elsewhere than in `_meta` is none."""

    async def go() -> None:
        async with beside() as files:
            await files.honest(headers=SAID)
            with nothing_happens(*files.seen):
                await files.refuses(401, "no_presentation", headers=SAID)
                await files.refuses(401, "no_presentation", headers=SAID, meta={"dev.attorn/Chain": presented()})
                arguments = {"path": "/srv/a", MEMBER: presented()}
                await files.refuses(401, "no_presentation", headers=SAID, arguments=arguments)
                for value in (None, "", "opaque", [presented()]):
                    await files.refuses(401, "malformed", headers=SAID, meta={MEMBER: value})

    asyncio.run(go())


def test_stripped_proof() -> None:
    """Attacks 58, 59 and 85: the token as it travels, and a presentation short of its seal."""

    async def visit(files: Files) -> None:
        once = await files.honest()
        with nothing_happens(*files.seen):
            await files.refuses(401, "not_holder", HELD.encode())
            for cut in (presented()[:-4], once[: len(HELD.encode())]):
                await files.refuses(401, "malformed", cut)

    visited(DOOR, visit)


def test_header_and_body_disagree() -> None:
    """Attack 130: whom the bearer token names against the chain, and Mcp-Method and Mcp-Name against the body."""
    bobs = token(caveat.MaxUses(99), root=bob)

    async def go() -> None:
        async with beside() as files:
            await files.honest(headers=SAID)
            with nothing_happens(*files.seen):
                for name, held in (("alice", bobs), ("bob", HELD)):
                    headers = {"authorization": f"Bearer {name}:files"}
                    await files.refuses(401, "untrusted_root", presented(token=held), headers=headers)
                for other in ({"mcp-name": "sum"}, {"mcp-method": "tools/list"}, {"mcp-method": "prompts/get"}):
                    answer = await files.there.call(wire=presented(), headers={**SAID, **other})
                    # The SDK compares these itself.
                    assert (answer.status_code, answer.json()["error"]["code"]) == (400, MISMATCH)

    asyncio.run(go())


def test_a_header_and_an_argument_disagree() -> None:
    """Attack 130: `Mcp-Param-*`, which the SDK compares."""

    async def visit(files: Files) -> None:
        files.mirror()
        assert await files.fetches("/srv/a") == (200, None)
        with nothing_happens(*files.seen):
            for header in ("/srv/b", None):
                assert await files.fetches(header) == (400, MISMATCH)

    visited(DOOR, visit)
