"""The attacks on FastMCP, in both modes: its own server and client over HTTP in process."""

from __future__ import annotations

import asyncio
from typing import Any

import fastmcp
import pytest
from fastmcp.client.transports import FastMCPTransport
from fastmcp.server.auth.providers.jwt import StaticTokenVerifier
from mcp import MCPError
from tests.adapters.mcp.test_fast import Rewriting
from tests.adapters.mcp.world import DOORS, ORIGIN, URI, Open, alice, furnish, holder, ran, verifier
from tests.attacks.adapter_scene import Till, nothing_happens
from tests.attacks.mcp_scene import HELD, MISMATCH, Files, presented, visited

from attorn.mcp import SideCar
from attorn.mcp.fast import DoorMiddleware, HolderTransport

MEMBER = "dev.attorn/chain"


@pytest.fixture(params=["fastmcp-bearer", "fastmcp-meta"])
def door(request: pytest.FixtureRequest) -> str:
    return str(request.param)


async def refused_by(client: Any, code: str, path: str) -> None:
    with pytest.raises(MCPError) as caught:
        await client.call_tool("read", {"path": path})
    assert caught.value.error.data["code"] == code


def test_wrong_audience(door: str) -> None:
    """Attacks 83 and 129: for the bare origin, the commonest mistake, and for another server."""

    async def visit(files: Files) -> None:
        await files.honest()
        with nothing_happens(*files.seen):
            for audience in (ORIGIN, f"{URI}/", "https://other.example/mcp", alice.did):
                await files.refuses(401, "wrong_audience", presented(audience=audience))

    visited(door, visit)


def test_replay(door: str) -> None:
    """Attack 80."""

    async def visit(files: Files) -> None:
        once = await files.honest()
        with nothing_happens(*files.seen):
            for _ in range(2):
                await files.refuses(401, "replayed", once)

    visited(door, visit)


def test_widened_argument(door: str) -> None:
    """Attacks 67 and 84: by who is on the way, and by the holder's own client."""

    async def visit(files: Files) -> None:
        await files.honest()
        with nothing_happens(*files.seen):
            for wide in ({"path": "/etc/passwd"}, {"path": "/srv/a", "lines": 10**6}, {}, None):
                await files.refuses(401, "wrong_request", presented(), arguments=wide)
            for path in ("/etc/passwd", "/srvr"):
                await files.refuses(403, "denied", presented(path), arguments={"path": path})
            async with files.there.client(holder(HELD)) as client:
                await refused_by(client, "denied", "/etc/passwd")

    visited(door, visit)


def test_an_argument_that_is_widened_in_front_of_the_door() -> None:
    """Attack 130: charged by then, as it was authorised, and still not run."""
    server: fastmcp.FastMCP[Any] = fastmcp.FastMCP(
        "files", middleware=[Rewriting(), DoorMiddleware(SideCar(verifier()))]
    )
    furnish(server)
    open_to_all: fastmcp.FastMCP[Any] = fastmcp.FastMCP("files", middleware=[DoorMiddleware(SideCar(verifier()))])
    furnish(open_to_all)

    async def go() -> None:
        ran.clear()
        async with fastmcp.Client(HolderTransport(FastMCPTransport(open_to_all), holder(HELD))) as client:
            await client.call_tool("read", {"path": "/srv/a"})
        async with fastmcp.Client(HolderTransport(FastMCPTransport(server), holder(HELD))) as client:
            with nothing_happens(ran):
                await refused_by(client, "wrong_request", "/srv/a")

    asyncio.run(go())


def test_missing_chain(door: str) -> None:
    """What is missing is denied; also where a tool's host, and no message, asks."""

    async def visit(files: Files) -> None:
        await files.honest()
        elsewhere = {"headers": {"authorization": f"Bearer {presented()}"}}
        if files.there.door.bearer:
            elsewhere = {"meta": {MEMBER: presented()}}
        with nothing_happens(*files.seen):
            await files.refuses(401, "no_presentation")
            await files.refuses(401, "no_presentation", **elsewhere)
            await files.refuses(401, "malformed", "opaque")
            with pytest.raises(MCPError) as caught:
                await files.there.server.call_tool("read", {"path": "/srv/a"})
            assert caught.value.error.data["code"] == "no_presentation"

    visited(door, visit)


def test_stripped_proof(door: str) -> None:
    """Attacks 58, 59 and 85: the token as it travels, and a presentation short of its seal."""

    async def visit(files: Files) -> None:
        once = await files.honest()
        with nothing_happens(*files.seen):
            await files.refuses(401, "not_holder", HELD.encode())
            for cut in (presented()[:-4], once[: len(HELD.encode())]):
                await files.refuses(401, "malformed", cut)

    visited(door, visit)


def test_header_and_body_disagree(door: str) -> None:
    """Attack 130: Mcp-Method and Mcp-Name against the body, and a version of a tool that nothing binds."""

    async def visit(files: Files) -> None:
        await files.honest()
        code = 400 if files.there.door.bearer else MISMATCH
        with nothing_happens(*files.seen):
            for headers in ({"mcp-name": "sum"}, {"mcp-method": "tools/list"}, {"mcp-method": "prompts/get"}):
                answer = await files.there.call(wire=presented(), headers=headers)
                assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)
            if not files.there.door.bearer:
                # A gate knows no versions, and has charged by the time that one is refused.
                await files.refuses(400, "invalid_input", presented(), meta={"fastmcp": {"version": "1.0"}})

    visited(door, visit)


def test_a_bearer_token_and_a_chain_of_two_users() -> None:
    """Attack 130: FastMCP's own token names one, and the chain in the body another."""
    issued = StaticTokenVerifier({name: {"client_id": "app", "sub": name, "scopes": []} for name in ("alice", "bob")})
    till = Till()
    door = SideCar(
        verifier(store=till), related=lambda bearer, _: bearer is not None and bearer.claims["sub"] == "alice"
    )
    server: fastmcp.FastMCP[Any] = fastmcp.FastMCP("files", middleware=[DoorMiddleware(door)], auth=issued)
    furnish(server)
    app = server.http_app(path="/mcp")

    async def go() -> None:
        ran.clear()
        files = Files(Open(DOORS["fastmcp-meta"], app, door), till)
        async with app.lifespan(app):
            await files.honest(headers={"authorization": "Bearer alice"})
            with nothing_happens(*files.seen):
                await files.refuses(401, "untrusted_root", presented(), headers={"authorization": "Bearer bob"})

    asyncio.run(go())


def test_a_header_and_an_argument_disagree(door: str) -> None:
    """Attack 130: `Mcp-Param-*`, which the SDK compares; behind a gate, which has charged by then."""

    async def visit(files: Files) -> None:
        files.mirror()
        assert await files.fetches("/srv/a") == (200, None)
        with nothing_happens(ran) if files.there.door.bearer else nothing_happens(*files.seen):
            for header in ("/srv/b", None):
                assert await files.fetches(header) == (400, MISMATCH)

    visited(door, visit)
