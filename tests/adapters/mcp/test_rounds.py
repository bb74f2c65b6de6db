"""A tool that asks its client a question: each round is a message of its own, and the answer is bound to it."""

from __future__ import annotations

from typing import Any

import pytest
from mcp import MCPError
from mcp.server.mcpserver import Context
from mcp_types import ElicitRequest, ElicitRequestFormParams, ElicitResult, InputRequiredResult
from tests.adapters.mcp.test_attacks import wire
from tests.adapters.mcp.world import DOORS, Door, Open, at, holder, ran, refused, refuses, said, token

from attorn import caveat

SURE = {"name": "sure", "arguments": {"path": "/srv/a"}}
YES = {"sure": {"action": "accept", "content": {"yes": True}}}


@pytest.fixture(params=["mcp-meta", "mcp-bearer"])
def door(request: pytest.FixtureRequest) -> Door:
    return DOORS[request.param]


async def sure(path: str, ctx: Context) -> str | InputRequiredResult:
    """Delete a file, if the client is sure."""
    answers = ctx.input_responses
    if answers is None:
        schema: Any = {"type": "object", "properties": {"yes": {"type": "boolean"}}}
        form = ElicitRequestFormParams(message="Sure?", requested_schema=schema)
        return InputRequiredResult(input_requests={"sure": ElicitRequest(params=form)}, request_state=path)
    assert ctx.request_state == path
    return said(f"delete {path} {answers['sure'].content}")  # type: ignore[union-attr]


async def yes(*_: Any) -> ElicitResult:
    return ElicitResult(action="accept", content={"yes": True})


def test_each_round_has_a_presentation_of_its_own(door: Door) -> None:
    async def visit(there: Open) -> None:
        there.server.add_tool(sure)
        async with there.client(elicitation_callback=yes) as client:
            await client.call_tool(**SURE)
        assert ran == ["delete /srv/a {'yes': True}"]

    at(door, visit)


def test_each_round_is_a_use(door: Door) -> None:
    async def visit(there: Open) -> None:
        there.server.add_tool(sure)
        async with there.client(holder(token(caveat.MaxUses(1))), elicitation_callback=yes) as client:
            with pytest.raises(MCPError) as caught:
                await client.call_tool(**SURE)
        refuses(caught.value, 403, "denied")

    at(door, visit)


def test_an_answer_is_bound(door: Door) -> None:
    # attack 84
    async def visit(there: Open) -> None:
        there.server.add_tool(sure)
        asked = (await there.call("sure", wire(params=SURE))).json()["result"]
        more = {"inputResponses": YES, "requestState": asked["requestState"]}
        no = {"sure": {"action": "decline"}}
        for bound in ({}, {"inputResponses": no}, {"inputResponses": {}}):
            refused(await there.call("sure", wire(params={**SURE, **bound}), more=more), door, 401, "wrong_request")
        await there.call("sure", wire(params={**SURE, "inputResponses": YES}), more=more)
        assert ran == ["delete /srv/a {'yes': True}"]

    at(door, visit)
