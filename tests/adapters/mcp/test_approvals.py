"""A call that lacks approval, from the refusal to the approver and back; and what a server could make of that."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from mcp import MCPError
from tests.adapters.mcp.world import DOORS, Door, Open, alice, at, bob, holder, planner, ran, refuses, scout, token

from attorn import caveat
from attorn.approval import Approval, ApprovalRequest
from attorn.errors import InputError, MalformedError
from attorn.mcp import Holder
from attorn.mcp.call import request_of
from attorn.mcp.client import MOST_APPROVALS

CALL = {"name": "read", "arguments": {"path": "/srv/a"}}
HELD = token(caveat.RequiresApproval([bob.did], threshold=1))


async def _refused(client: Any, path: str = "/srv/a") -> MCPError:
    with pytest.raises(MCPError) as caught:
        await client.call_tool("read", {"path": path})
    return caught.value


def test_round_trip(door: Door) -> None:
    held = holder(HELD)

    async def visit(there: Open) -> None:
        async with there.client(held) as client:
            error = await _refused(client)
            refuses(error, 403, "approval_required")
            asked = held.asked(error, "tools/call", CALL)
            assert asked is not None
            assert "/srv/a" in asked.message()
            held.keep_approvals(bob.approve(asked).encode())
            # It is for that call, and for one use of it.
            refuses(await _refused(client, "/srv/b"), 403, "approval_required")
            await client.call_tool("read", {"path": "/srv/a"})
            assert ran == ["read /srv/a 10"]
            ran.clear()
            refuses(await _refused(client), 403, "approval_required")

    at(door, visit)


def test_an_approval_by_somebody_else(door: Door) -> None:
    # attack 85
    held = holder(HELD)

    async def visit(there: Open) -> None:
        async with there.client(held) as client:
            asked = held.asked(await _refused(client), "tools/call", CALL)
            assert asked is not None
            other = type(asked)(
                approvers=(alice.did,),
                threshold=1,
                audience=asked.audience,
                root=asked.root,
                holder=asked.holder,
                request=asked.request,
            )
            held.keep_approvals(alice.approve(other))
            refuses(await _refused(client), 403, "approval_required")

    at(door, visit)


def _error(**data: Any) -> MCPError:
    return MCPError(code=403, message="", data=data)


def test_what_is_no_question_for_approval() -> None:
    for error in (
        MCPError(code=1, message=""),
        MCPError(code=1, message="", data="x"),
        _error(),
        _error(code="denied"),
    ):
        assert holder(HELD).asked(error, "tools/call", CALL) is None


def test_a_server_that_asks_for_approval_of_something_else() -> None:
    held = holder(HELD)

    async def visit(there: Open) -> None:
        async with there.client(held) as client:
            error = await _refused(client)
        for name, arguments in (("sum", {"path": "/srv/a"}), ("read", {"path": "/srv/b"}), ("read", {})):
            with pytest.raises(MalformedError):
                held.asked(error, "tools/call", {"name": name, "arguments": arguments})
        with pytest.raises(MalformedError):
            holder(token(root=bob)).asked(error, "tools/call", CALL)
        with pytest.raises(MalformedError):
            Holder(planner, HELD, server=held.server).asked(error, "tools/call", CALL)
        for text in (None, 7, "", "x", {}):
            with pytest.raises(MalformedError):
                held.asked(_error(code="approval_required", approval=text), "tools/call", CALL)

    at(DOORS["mcp-meta"], visit)


def test_approvals_that_are_none() -> None:
    with pytest.raises(MalformedError):
        holder(HELD).keep_approvals("x")


def test_approvals_whose_message_is_never_sent_are_bounded() -> None:
    held = holder(HELD)
    server, root = held.server, HELD.unverified_links[0].delegator

    def approval(number: int) -> Approval:
        request = request_of(server, "tools/call", {"name": "read", "arguments": {"path": f"/srv/{number}"}})
        return bob.approve(
            ApprovalRequest(
                approvers=(bob.did,), threshold=1, audience=server, root=root, holder=scout.did, request=request
            )
        )

    held.keep_approvals(*[approval(number) for number in range(MOST_APPROVALS)])
    with pytest.raises(InputError, match="at most 64"):
        held.keep_approvals(approval(MOST_APPROVALS))
    held.present("tools/call", {"name": "read", "arguments": {"path": "/srv/0"}})
    held.keep_approvals(approval(MOST_APPROVALS))


def test_what_a_holder_is_made_of() -> None:
    for by, held, server in (
        (alice.did, HELD, "https://a.example/mcp"),
        (alice, HELD.encode(), "https://a.example/mcp"),
        (alice, HELD, "https://a.example/mcp/"),
        (alice, HELD, "did:web:a.example"),
        (alice, HELD, None),
    ):
        with pytest.raises(InputError):
            Holder(by, held, server=server)  # type: ignore[arg-type]


def test_two_messages_at_once_get_two_presentations(door: Door) -> None:
    async def visit(there: Open) -> None:
        async with there.client() as client:
            await asyncio.gather(*(client.call_tool("read", {"path": "/srv/a"}) for _ in range(8)))
        assert ran == ["read /srv/a 10"] * 8

    at(door, visit)
