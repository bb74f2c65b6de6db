"""A tool that asks its client a question: each round is a message of its own, and the answer is bound to it."""

from __future__ import annotations

import asyncio
from typing import Any

import fastmcp
import httpx2
import pytest
from mcp import MCPError
from mcp.server.lowlevel import Server
from mcp.server.mcpserver import Context
from mcp.server.request_state import RequestStateBoundary, RequestStateSecurity
from mcp_types import (
    CallToolRequestParams,
    CallToolResult,
    ElicitRequest,
    ElicitRequestFormParams,
    ElicitResult,
    InputRequiredResult,
    ListToolsResult,
    RequestParams,
    TextContent,
    Tool,
)
from tests.adapters.mcp.test_attacks import wire
from tests.adapters.mcp.world import (
    DOORS,
    ISSUER,
    URI,
    Door,
    Open,
    at,
    holder,
    opened,
    ran,
    refused,
    refuses,
    said,
    token,
    verifier,
)

from attorn import caveat
from attorn.errors import InputError
from attorn.mcp import Bearer, Gate, SideCar, request_of
from attorn.mcp.sealing import SEALS

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


async def fast_sure(path: str, ctx: fastmcp.Context) -> Any:
    """The same for FastMCP."""
    return await sure(path, ctx)  # type: ignore[arg-type]


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
        first = (await there.call("sure", wire(params=SURE))).json()["result"]
        more = {"inputResponses": YES, "requestState": first["requestState"]}
        no = {"sure": {"action": "decline"}}
        for bound in ({}, {"inputResponses": no}, {"inputResponses": {}}):
            refused(await there.call("sure", wire(params={**SURE, **bound}), more=more), door, 401, "wrong_request")
        await there.call("sure", wire(params={**SURE, "inputResponses": YES}), more=more)
        assert ran == ["delete /srv/a {'yes': True}"]

    at(door, visit)


def low_level(door: Door, *, sealed: bool = False, shared: SideCar | Bearer | None = None) -> Open:
    """A server whose tools nobody intercepts, as `lowlevel.Server` has them; `shared` is another server's door."""

    async def sure(_: Any, params: CallToolRequestParams) -> CallToolResult | InputRequiredResult:
        if params.input_responses is None and params.request_state is None:
            form = ElicitRequestFormParams(message="Sure?", requested_schema={"type": "object", "properties": {}})
            return InputRequiredResult(input_requests={"sure": ElicitRequest(params=form)}, request_state="asked")
        return CallToolResult(content=[TextContent(type="text", text=said(f"delete as {params.request_state}"))])

    async def listed(*_: Any) -> ListToolsResult:
        return ListToolsResult(tools=[Tool(name="sure", input_schema={"type": "object"})])

    made = Bearer(verifier(), sealed=sealed) if door.bearer else SideCar(verifier(), sealed=sealed)
    mcp_door = made if shared is None else shared
    server: Server[Any] = Server("low", on_call_tool=sure, on_list_tools=listed)
    if sealed:
        server.middleware.append(RequestStateBoundary(RequestStateSecurity.ephemeral(), default_audience=URI))
    server.middleware.append(mcp_door)
    ran.clear()
    if isinstance(mcp_door, SideCar):
        return Open(door, server.streamable_http_app(), mcp_door, server)
    app = server.streamable_http_app(token_verifier=mcp_door, auth=mcp_door.auth(ISSUER))
    return Open(door, Gate(app, mcp_door), mcp_door, server)


def test_a_door_that_is_no_extension_of_its_server_knows_of_no_seal(door: Door) -> None:
    async def visit(there: Open) -> None:
        there.server.add_tool(sure)
        extension = there.server._lowlevel_server._request_handlers.pop(SEALS)
        unsealed(await there.call("sure", wire(params=SURE), more=await begun(there)))
        for answer in ({SEALS: "yes"}, {SEALS: 1}, {}, None, False):
            there.server._lowlevel_server.add_request_handler(SEALS, RequestParams, saying(answer))
            unsealed(await there.call("sure", wire(params=SURE), more=await begun(there)))
        there.server._lowlevel_server._request_handlers[SEALS] = extension
        more = {**await begun(there), "inputResponses": YES}
        await there.call("sure", wire(params={**SURE, "inputResponses": YES}), more=more)
        assert ran == ["delete /srv/a {'yes': True}"]

    at(door, visit)


async def begun(there: Open) -> dict[str, Any]:
    """What a call brings back after the first round."""
    return {"requestState": (await there.call("sure", wire(params=SURE))).json()["result"]["requestState"]}


def saying(answer: Any) -> Any:
    async def handler(*_: Any) -> Any:
        return answer or None

    return handler


def test_what_a_door_asks_its_server_is_no_way_in(door: Door) -> None:
    async def visit(there: Open) -> None:
        refused(await there.post(SEALS, {}), door, 401, "no_presentation")
        refused(await there.post(SEALS, {}, wire("ping", {})), door, 401, "wrong_request")

    at(door, visit)


def unsealed(response: httpx2.Response) -> None:
    """What a server answers to a state that nobody has sealed: the message is one that a gate lets through."""
    error = response.json()["error"]
    assert (error["code"], error["data"]["code"]) == (400, "invalid_input"), error
    assert (response.status_code, error["data"]["detail"].partition(":")[0]) == (200, "requestState")
    assert not ran


def test_a_state_that_nobody_sealed_is_refused(door: Door) -> None:
    async def go() -> None:
        there = low_level(door)
        async with there.server.session_manager.run():
            for state in ("sure:yes", "", 5, {}):
                unsealed(await there.call("sure", wire(params=SURE), more={"requestState": state}))
            await there.call("sure", wire(params=SURE), more={"requestState": None})
            await there.call("sure", wire(params={**SURE, "inputResponses": YES}), more={"inputResponses": YES})
        assert ran == ["delete as None"]

    asyncio.run(go())


def test_a_low_level_server_that_seals_its_states(door: Door) -> None:
    async def go() -> None:
        there = low_level(door, sealed=True)
        async with there.server.session_manager.run():
            forged = await there.call("sure", wire(params=SURE), more={"requestState": "sure:yes"})
            assert forged.json()["error"]["code"] == -32602
            async with there.client(elicitation_callback=yes) as client:
                await client.call_tool(**SURE)
        assert ran == ["delete as asked"]

    asyncio.run(go())


@pytest.mark.parametrize("name", sorted(DOORS))
def test_a_door_that_one_server_seals_for_is_sealed_for_no_other(name: str) -> None:
    async def go() -> None:
        async with opened(DOORS[name]) as there:
            if there.door.fast:
                there.server.tool(fast_sure, name="sure")
            else:
                there.server.add_tool(sure)
            low = low_level(there.door, shared=there.mcp_door)
            async with low.server.session_manager.run():
                for _ in range(2):
                    answer = await low.call("sure", wire(params=SURE), more={"requestState": "sure:yes"})
                    unsealed(answer)
                    first = (await there.call("sure", wire(params=SURE))).json()["result"]
                    more = {"inputResponses": YES, "requestState": first["requestState"]}
                    await there.call("sure", wire(params={**SURE, "inputResponses": YES}), more=more)
                    assert ran.pop() == "delete /srv/a {'yes': True}"
        assert not there.mcp_door.sealed

    asyncio.run(go())


@pytest.mark.parametrize("method", ["completion/complete", "tasks/get", "x/y"])
def test_a_state_is_bound_where_no_server_seals_it(method: str) -> None:
    without = request_of(URI, method, {"a": 1})
    assert request_of(URI, method, {"a": 1, "requestState": "s"}).args == {**without.args, "requestState": "s"}


def test_whether_states_are_sealed_is_yes_or_no() -> None:
    for kind in (SideCar, Bearer):
        with pytest.raises(InputError):
            kind(verifier(), sealed="yes")
