"""The attacks on MCP where the presentation is the access token: the SDK's server over HTTP in process, and a gate."""

from __future__ import annotations

import pytest
from mcp import MCPError
from tests.adapters.mcp.world import METADATA, ORIGIN, URI, Open, alice, holder, ran
from tests.attacks.adapter_scene import nothing_happens
from tests.attacks.mcp_scene import HELD, MISMATCH, Files, presented, visited

from attorn.mcp import Gate

DOOR = "mcp-bearer"


def test_wrong_audience() -> None:
    """Attacks 83 and 129: for the bare origin, the commonest mistake, and for another server."""

    async def visit(files: Files) -> None:
        await files.honest()
        with nothing_happens(*files.seen):
            for audience in (ORIGIN, f"{URI}/", "https://other.example/mcp", alice.did):
                await files.refuses(401, "wrong_audience", presented(audience=audience))
            await files.refuses(401, "wrong_request", presented(server="https://other.example/mcp"))

    visited(DOOR, visit)


def test_replay() -> None:
    """Attack 80: the same message, and a second gate to the same server."""

    async def visit(files: Files) -> None:
        once = await files.honest()
        there = files.there
        again = Open(there.door, Gate(there.app._app, there.mcp_door), there.mcp_door)
        with nothing_happens(*files.seen):
            await files.refuses(401, "replayed", once)
            files.says(await again.call(wire=once), 401, "replayed")

    visited(DOOR, visit)


def test_widened_argument() -> None:
    """Attacks 67 and 84: by who is on the way, and by the SDK's client of the holder itself."""

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


def test_missing_chain() -> None:
    """What is missing is denied, with where to get it; an opaque token is no chain, nor is one in the body."""

    async def visit(files: Files) -> None:
        await files.honest()
        with nothing_happens(*files.seen):
            answer = await files.there.call()
            files.says(answer, 401, "no_presentation")
            assert answer.headers["www-authenticate"] == f'Bearer resource_metadata="{METADATA}"'
            await files.refuses(401, "no_presentation", meta={"dev.attorn/chain": presented()})
            await files.refuses(401, "malformed", "opaque")
            # Past the gate nobody knows a token.
            bare = Open(files.there.door, files.there.app._app, files.there.mcp_door)
            assert (await bare.call(wire=presented())).status_code == 401

    visited(DOOR, visit)


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
    """Attack 130: Mcp-Method and Mcp-Name against the body, a token in the query too, and two in the header."""

    async def visit(files: Files) -> None:
        await files.honest()
        with nothing_happens(*files.seen):
            for headers in ({"mcp-name": "sum"}, {"mcp-method": "tools/list"}, {"mcp-name": "=?base64?c3Vt?="}):
                await files.refuses(400, "invalid_input", presented(), headers=headers)
            await files.refuses(400, "invalid_input", presented(), url=f"{URI}?access_token={presented()}")
            sum_of = {"name": "sum", "arguments": {"numbers": [1]}}
            files.says(await files.there.post("tools/call", sum_of, presented()), 401, "wrong_request")
            async with files.there.http() as http:
                twice = [("authorization", f"Bearer {presented()}")] * 2
                files.says(await http.post(URI, json={}, headers=twice), 401, "malformed")

    visited(DOOR, visit)


def test_a_header_and_an_argument_disagree() -> None:
    """Attack 130: `Mcp-Param-*`, which the SDK compares behind the gate, which has charged by then."""

    async def visit(files: Files) -> None:
        files.mirror()
        assert await files.fetches("/srv/a") == (200, None)
        with nothing_happens(ran):
            for header in ("/srv/b", None):
                assert await files.fetches(header) == (400, MISMATCH)

    visited(DOOR, visit)
