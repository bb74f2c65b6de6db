"""A call that lacks approval, from the refusal to the approver and back; and what a server could make of that."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import pytest
from mcp import MCPError
from tests.adapters.mcp.world import (
    DOORS,
    NOW,
    ORIGIN,
    URI,
    Door,
    Open,
    alice,
    at,
    bob,
    holder,
    planner,
    ran,
    refuses,
    scout,
    token,
)

from attorn import Identity, caveat
from attorn.approval import Approval, ApprovalRequest
from attorn.approval.approval import MOST_BY_ONE
from attorn.engine import StockEngine
from attorn.errors import DelegationError, InputError, MalformedError, UnavailableError
from attorn.mcp import Holder
from attorn.mcp.call import request_of
from attorn.mcp.waiting import MOST_WAITING
from attorn.token.presentation import MOST_APPROVALS

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
    for wrong in (5, None, ValueError(), _error().error):
        with pytest.raises(InputError, match="error"):
            holder(HELD).asked(wrong, "tools/call", CALL)  # type: ignore[arg-type]


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


PEOPLE = (bob, alice, planner, scout)


def approval(number: int = 0, by: Identity = bob, **other: Any) -> Approval:
    """Of reading the file of that number at the server, and for the chain that is held."""
    request = request_of(URI, "tools/call", reading(number))
    approvers = tuple(each.did for each in PEOPLE)
    said = {"audience": URI, "root": alice.did, "holder": scout.did, "request": request, **other}
    return by.approve(ApprovalRequest(approvers=approvers, threshold=1, **said))


def most(number: int = 0) -> list[Approval]:
    """As many of one message as a presentation holds, and of one person."""
    return [approval(number, by) for by in PEOPLE for _ in range(MOST_BY_ONE)]


def reading(number: int) -> dict[str, Any]:
    return {"name": "read", "arguments": {"path": f"/srv/{number}"}}


def carried(wire: str) -> int:
    """How many approvals a presentation carries."""
    return len(StockEngine().read(wire).presentation.unverified_approvals)


def made(clock: Callable[[], datetime]) -> Holder:
    """scout, by this clock."""
    return Holder(Identity.from_seed(bytes([4]) * 32, clock=clock), HELD, server=URI)


def test_approvals_whose_message_is_never_sent_are_bounded() -> None:
    held = holder(HELD)
    held.keep_approvals(*[approval(number) for number in range(MOST_WAITING)])
    with pytest.raises(InputError, match="at most 64"):
        held.keep_approvals(approval(MOST_WAITING))
    held.present("tools/call", reading(0))
    held.keep_approvals(approval(MOST_WAITING))


def test_a_message_has_no_more_approvals_than_a_presentation_holds() -> None:
    held = holder(HELD)
    assert len(most()) == MOST_APPROVALS
    held.keep_approvals(approval(1), *most())
    for more in ([approval()], [approval(2), approval(0, alice)]):
        with pytest.raises(InputError, match="at most 16"):
            held.keep_approvals(*more)
    assert carried(held.present("tools/call", reading(0))) == MOST_APPROVALS
    # What was refused was refused whole.
    assert carried(held.present("tools/call", reading(2))) == 0
    held.keep_approvals(*most())


def test_approvals_that_no_presentation_could_carry() -> None:
    held, good = holder(HELD), approval()
    held.keep_approvals(good)
    others = [{"audience": ORIGIN}, {"root": bob.did}, {"holder": planner.did}]
    for more in ([approval(0, **other)] for other in others):
        with pytest.raises(InputError, match="about another"):
            held.keep_approvals(*more)
    for more in ([good], [approval(0, alice)] * 2):
        with pytest.raises(InputError, match="twice"):
            held.keep_approvals(*more)
    with pytest.raises(InputError, match="at most 4 by one"):
        held.keep_approvals(*[approval() for _ in range(MOST_BY_ONE)])
    assert carried(held.present("tools/call", reading(0))) == 1


def test_approvals_wait_until_they_were_presented() -> None:
    times: list[datetime] = []
    held = made(times.pop)
    held.keep_approvals(approval(), approval(1), approval())
    for _ in range(2):
        with pytest.raises(UnavailableError):
            held.present("tools/call", reading(0))
    # They still count as kept.
    with pytest.raises(InputError, match="at most 64"):
        held.keep_approvals(*[approval(number) for number in range(2, MOST_WAITING)])
    for number in (2, 0):
        times.append(NOW)
        assert carried(held.present("tools/call", reading(0))) == number


def test_approvals_are_in_one_presentation_at_a_time() -> None:
    inside, release = threading.Event(), threading.Event()

    def clock() -> datetime:
        if threading.current_thread() is not threading.main_thread():
            inside.set()
            assert release.wait(30)
        return NOW

    held = made(clock)
    held.keep_approvals(*most())
    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(held.present, "tools/call", reading(0))
        assert inside.wait(30)
        try:
            assert carried(held.present("tools/call", reading(0))) == 0
            # They may come back, so what is kept meanwhile finds no more room than they leave.
            with pytest.raises(InputError, match="at most 16"):
                held.keep_approvals(approval())
        finally:
            release.set()
        assert carried(first.result(30)) == MOST_APPROVALS
    held.keep_approvals(*most())


def test_approvals_that_cannot_be_presented_are_not_in_the_way() -> None:
    # The token is planner's to delegate, and scout's to present
    held = Holder(planner, HELD, server=URI)
    held.keep_approvals(approval(0, holder=planner.did))
    with pytest.raises(DelegationError):
        held.present("tools/call", reading(0))
    held.keep_approvals(*[approval(0, holder=planner.did) for _ in range(MOST_BY_ONE)])


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
