"""What the attacks on MCP share: an open door with a till, an honest call, and refusals as each door says them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from pydantic import Field
from tests.adapters.mcp.test_attacks import wire
from tests.adapters.mcp.world import DOORS, Open, at, ran, said, token, verifier
from tests.attacks.adapter_scene import Till

from attorn import caveat

HELD = token(caveat.MaxUses(99), caveat.Subpath("path", "/srv"))
"""Anything at this server, and of its files those under /srv."""

MISMATCH = -32020
"""The SDK's own code for headers that say something else than the body."""


class Files:
    """A server behind one of the doors, what ran there and what was charged."""

    def __init__(self, there: Open, till: Till) -> None:
        self.there, self.till = there, till

    @property
    def seen(self) -> tuple[list[Any], ...]:
        return ran, self.till.taken

    async def honest(self, **more: Any) -> str:
        """Reads a file, and gives the presentation that did it."""
        once = presented()
        answer = await self.there.call(wire=once, **more)
        assert (answer.status_code, ran) == (200, ["read /srv/a 10"]), answer.text
        assert len(self.till.taken) == 1
        return once

    def mirror(self) -> None:
        """The server has a tool whose argument stands in a header as well, for what is on the way to route by."""
        server = self.there.server
        server.tool(fetch) if self.there.door.fast else server.add_tool(fetch)

    async def fetches(self, header: str | None) -> tuple[int, Any]:
        """The status and the error of a call of that tool, whose header says this of its argument, or nothing."""
        arguments = {"path": "/srv/a"}
        sent = wire(params={"name": "fetch", "arguments": arguments}, token=HELD)
        headers = {} if header is None else {"mcp-param-path": header}
        answer = await self.there.call("fetch", sent, arguments=arguments, headers=headers)
        return answer.status_code, answer.json().get("error", {}).get("code")

    async def refuses(self, status: int, code: str, sent: object = None, **how: Any) -> None:
        """The call of the tool is refused in the answer, and where the door is a bearer's in its status as well."""
        self.says(await self.there.call(wire=sent, **how), status, code)

    def says(self, answer: Any, status: int, code: str) -> None:
        error = answer.json()["error"]
        assert (error["code"], error["data"]["code"]) == (status, code), error
        assert answer.status_code == (status if self.there.door.bearer else 200)


def fetch(path: Annotated[str, Field(json_schema_extra={"x-mcp-header": "Path"})]) -> str:
    """Fetch a file."""
    return said(f"fetch {path}")


def presented(path: str = "/srv/a", **other: Any) -> str:
    """A presentation for reading this file."""
    call = {"name": "read", "arguments": {"path": path}}
    return wire(**{"params": call, "token": HELD, **other})


def visited(door: str, visit: Callable[[Files], Awaitable[None]], **arguments: Any) -> None:
    """Visit the server behind this door; `arguments` go to its guard."""
    till = Till()
    at(DOORS[door], lambda there: visit(Files(there, till)), verifier(store=till), **arguments)
