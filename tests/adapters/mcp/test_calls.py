"""What is permitted, through the libraries' own clients, and what a tool is told; and what a chain does not permit."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from mcp import MCPError
from tests.adapters.mcp.world import TOOLS, Door, Open, alice, at, holder, ran, refuses, scout, thief, token

from attorn import caveat
from attorn.errors import DelegationError, InputError
from attorn.mcp import acting

WHO = f"for {alice.did} through 2 by {scout.did}"
EACH_ERA = pytest.mark.parametrize("mode", ["auto", "legacy"])


def text(result: Any) -> str:
    return str(result.content[0].text)


@EACH_ERA
def test_a_tool_runs_and_is_told_who_acts_for_whom(door: Door, mode: str) -> None:
    async def visit(there: Open) -> None:
        async with there.client(mode=mode) as client:
            assert text(await client.call_tool("read", {"path": "/srv/a"})) == f"read /srv/a 10 {WHO}"
            assert text(await client.call_tool("sum", {"numbers": [1, 2]})) == f"sum [1, 2] {WHO}"
        assert ran == ["read /srv/a 10", "sum [1, 2]"]

    at(door, visit)


def test_resources_and_prompts_are_enforced_alike(door: Door) -> None:
    async def visit(there: Open) -> None:
        async with there.client() as client:
            await client.read_resource("note://one")
            await client.get_prompt("hello", {"who": "you"})
        assert ran == ["note", "hello you"]

    at(door, visit)


def test_what_there_is_may_be_listed_by_any_holder(door: Door) -> None:
    async def visit(there: Open) -> None:
        async with there.client(holder(TOOLS)) as client:
            listed = await client.list_tools()
            assert [tool.name for tool in getattr(listed, "tools", listed)] == ["read", "sum"]
            await client.list_resources()
            await client.list_prompts()

    at(door, visit)


NARROW: list[Callable[[Any], Awaitable[Any]]] = [
    lambda client: client.call_tool("read", {"path": "/etc/passwd"}),
    lambda client: client.call_tool("read", {"path": ["/srv/a"]}),
    lambda client: client.call_tool("read", {"path": "/srv/../etc/passwd"}),
    lambda client: client.call_tool("read", {}),
    lambda client: client.call_tool("Read", {"path": "/srv/a"}),
    lambda client: client.call_tool("delete", {"path": "/srv/a"}),
    lambda client: client.read_resource("note://one"),
    lambda client: client.get_prompt("hello", {"who": "you"}),
]


def test_beyond_the_chain_nothing_runs(door: Door) -> None:
    # attack 67
    async def visit(there: Open) -> None:
        async with there.client(holder(TOOLS)) as client:
            for call in NARROW:
                with pytest.raises(MCPError) as caught:
                    await call(client)
                refuses(caught.value, 403, "denied")
            await client.call_tool("read", {"path": "/srv/a"})

    at(door, visit)


def test_a_refusal_says_what_the_limit_was(door: Door) -> None:
    async def visit(there: Open) -> None:
        async with there.client(holder(TOOLS)) as client:
            with pytest.raises(MCPError) as caught:
                await client.call_tool("read", {"path": "/etc/passwd"})
        error = caught.value.error
        assert error.data == {
            "type": "about:blank",
            "title": "Forbidden",
            "status": 403,
            "detail": error.message,
            "code": "denied",
            "step": 9,
            "link": 2,
            "delegator": TOOLS.unverified_links[1].delegator,
            "delegate": scout.did,
            "caveat": "Subpath",
            "limit": "path within /srv",
            "asked": "path = '/etc/passwd'",
        }

    at(door, visit)


def test_uses_are_counted_by_chain_and_not_by_connection(door: Door) -> None:
    held = token(caveat.MaxUses(2))

    async def visit(there: Open) -> None:
        for _ in range(2):
            async with there.client(holder(held)) as client:
                await client.call_tool("read", {"path": "/srv/a"})
        ran.clear()
        async with there.client(holder(held)) as client:
            with pytest.raises(MCPError) as caught:
                await client.call_tool("read", {"path": "/srv/a"})
        refuses(caught.value, 403, "denied")
        assert caught.value.error.data["step"] == 10

    at(door, visit)


def test_what_no_request_can_hold_leaves_no_client(door: Door) -> None:
    async def visit(there: Open) -> None:
        async with there.client() as client:
            for arguments in ({"path": 2**60}, {"@path": "/srv/a"}, {"path": -0.0}):
                with pytest.raises(InputError):
                    await client.call_tool("read", arguments)
            await client.call_tool("read", {"path": "/srv/a"})

    at(door, visit)


def test_who_does_not_hold_the_chain_cannot_present_it(door: Door) -> None:
    async def visit(there: Open) -> None:
        with pytest.raises(DelegationError):
            holder(by=thief).present("tools/call", {"name": "read", "arguments": {}})
        async with there.client() as client:
            await client.list_tools()

    at(door, visit)


def test_outside_of_a_call_nobody_acts() -> None:
    with pytest.raises(InputError):
        acting()
