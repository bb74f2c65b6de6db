"""What an attacker sends by hand, to all four doors. Nothing runs in any of these."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import Any

import pytest
from tests.adapters.mcp.world import (
    NOW,
    ORIGIN,
    TOOLS,
    URI,
    Door,
    Open,
    alice,
    at,
    bob,
    planner,
    ran,
    refused,
    scout,
    thief,
    token,
    verifier,
)

from attorn import Request, caveat, revocation
from attorn.errors import UnavailableError
from attorn.mcp import request_of
from attorn.store import MemoryStore

CALL = {"name": "read", "arguments": {"path": "/srv/a"}}


def wire(method: str = "tools/call", params: dict[str, Any] | None = None, **other: Any) -> str:
    """A presentation, by default of alice's chain for reading /srv/a."""
    by, held = other.pop("by", scout), other.pop("token", None) or token()
    request = request_of(other.pop("server", URI), method, CALL if params is None else params)
    return str(by.present(held, request, **{"audience": URI, **other}))


def test_what_the_attacks_are_made_of_is_permitted(door: Door) -> None:
    async def visit(there: Open) -> None:
        assert (await there.call(wire=wire())).status_code == 200
        assert ran == ["read /srv/a 10"]

    at(door, visit)


def test_no_chain(door: Door) -> None:
    at(door, lambda there: _each(there, 401, "no_presentation", [None]))


def test_another_audience(door: Door) -> None:
    # attacks 83 and 129; the bare origin is the commonest mistake
    wires = [wire(audience=each) for each in (ORIGIN, f"{URI}/", "https://other.example/mcp", "did:web:other.example")]
    at(door, lambda there: _each(there, 401, "wrong_audience", wires))


def test_another_server(door: Door) -> None:
    at(door, lambda there: _each(there, 401, "wrong_request", [wire(server="https://other.example/mcp")]))


OTHER: list[Any] = [
    {"path": "/srv/b"},
    {"path": "/srv/a", "lines": 10},
    {"path": "/srv/a", "more": None},
    {"path": ["/srv/a"]},
    {"Path": "/srv/a"},
    {},
    None,
]


def test_other_arguments_than_were_presented(door: Door) -> None:
    # attack 84; what is a default, and so was not sent, was not presented either
    async def visit(there: Open) -> None:
        for changed in OTHER:
            refused(await there.call(wire=wire(), arguments=changed), door, 401, "wrong_request")

    at(door, visit)


def test_one_presentation_for_two_tools(door: Door) -> None:
    async def visit(there: Open) -> None:
        refused(await there.call("sum", wire()), door, 401, "wrong_request")
        refused(await there.post("prompts/get", CALL, wire()), door, 401, "wrong_request")

    at(door, visit)


def test_replay(door: Door) -> None:
    # attack 80
    async def visit(there: Open) -> None:
        once = wire()
        await there.call(wire=once)
        ran.clear()
        refused(await there.call(wire=once), door, 401, "replayed")

    at(door, visit)


def test_a_refused_call_is_not_charged(door: Door) -> None:
    held = token(caveat.MaxUses(1), caveat.Subpath("path", "/srv"))

    async def visit(there: Open) -> None:
        outside = {"name": "read", "arguments": {"path": "/etc"}}
        for _ in range(2):
            answer = await there.post("tools/call", outside, wire(params=outside, token=held))
            refused(answer, door, 403, "denied")
        await there.call(wire=wire(token=held))
        assert ran == ["read /srv/a 10"]

    at(door, visit)


def test_stripped_proof(door: Door) -> None:
    # attacks 58 and 59: the token as it travels, and a presentation short of its seal
    async def visit(there: Open) -> None:
        refused(await there.call(wire=token().encode()), door, 401, "not_holder")
        for cut in (wire()[:-4], wire()[4:], wire()[:-86]):
            answer = await there.call(wire=cut)
            assert answer.json()["error"]["code"] == 401
            assert not ran

    at(door, visit)


def test_somebody_else_presents(door: Door) -> None:
    # attack 85: a chain of the thief's own, and one that ends with another key
    own = thief.mint(to=thief.did, caveats=[caveat.Actions("mcp:*")])
    at(door, lambda there: _each(there, 401, "untrusted_root", [wire(token=own, by=thief)]))


def test_the_chain_of_another_user(door: Door) -> None:
    async def visit(there: Open) -> None:
        refused(await there.call(wire=wire(token=token(root=bob))), door, 401, "untrusted_root")

    at(door, visit)


def test_a_chain_swapped_between_two_holders_is_good_for_its_own_message_alone(door: Door) -> None:
    both = verifier(roots=[alice.did, bob.did])

    async def visit(there: Open) -> None:
        other = {"name": "read", "arguments": {"path": "/srv/b"}}
        refused(await there.post("tools/call", other, wire(token=token(root=bob))), door, 401, "wrong_request")

    at(door, visit, both)


def test_revoked_and_expired(door: Door) -> None:
    held, store = token(), MemoryStore()
    store.apply(revocation.revoke(held, by=planner))
    late = token(caveat.ExpiresIn(minutes=5))

    async def revoked(there: Open) -> None:
        refused(await there.call(wire=wire(token=held)), door, 401, "revoked")

    async def expired(there: Open) -> None:
        refused(await there.call(wire=wire(token=late)), door, 401, "outside_validity")

    at(door, revoked, verifier(store=store))
    at(door, expired, verifier(clock=lambda: NOW + timedelta(minutes=10)))


def test_what_cannot_be_decided_is_refused(door: Door) -> None:
    # attack 122
    class Down(MemoryStore):
        def remember(self, *_: Any, **__: Any) -> bool:
            raise UnavailableError("the password of the store is hunter2")

    async def visit(there: Open) -> None:
        data = refused(await there.call(wire=wire()), door, 503, "unavailable")
        assert "hunter2" not in json.dumps(data)

    at(door, visit, verifier(store=Down()))


ALIKE = ["Read", "READ", "read ", " read", "re\u00adad", "r\u0435ad", "\uff52ead", "read\u200b"]
TWO_THINGS: list[Any] = ["", "a/b", "call:read", "read:", "x" * 129, "..", None, 1, ["read"]]


def test_names_that_look_alike_are_others(door: Door) -> None:
    # attack 52
    held = token(caveat.Actions("mcp:tools:call:read"))

    async def visit(there: Open) -> None:
        for name in ALIKE:
            header = f"=?base64?{base64.b64encode(name.encode()).decode()}?="
            answer = await there.call(name, wire(token=held), headers={"mcp-name": header})
            assert answer.json()["error"]["code"] == (401 if name.isascii() and " " not in name else 400)
            assert not ran

    at(door, visit)


def test_names_that_could_be_two_things(door: Door) -> None:
    async def visit(there: Open) -> None:
        for name in TWO_THINGS:
            call = {"name": name, "arguments": {}}
            answer = await there.post("tools/call", call, wire(), headers={"mcp-name": f"{name}"})
            assert answer.json()["error"]["code"] in (400, 401, -32020, -32602), name
            assert not ran

    at(door, visit)


def test_arguments_of_another_kind(door: Door) -> None:
    async def visit(there: Open) -> None:
        for arguments in ([], "x", 0, False, [{"path": "/srv/a"}], {"@method": "x"}, {"@more": "x"}):
            answer = await there.call(wire=wire(params={"name": "read"}), arguments=arguments)
            assert answer.json()["error"]["code"] in (400, -32602), arguments
            assert not ran

    at(door, visit)


def test_whatever_else_a_message_says_is_bound(door: Door) -> None:
    async def visit(there: Open) -> None:
        more = {"inputResponses": {"sure": {"action": "accept", "content": {"yes": True}}}}
        refused(await there.call(wire=wire(), more=more), door, 401, "wrong_request")
        refused(await there.call(wire=wire(params={**CALL, **more})), door, 401, "wrong_request")

    at(door, visit)


def test_methods_that_nobody_thought_of_need_authority(door: Door) -> None:
    async def visit(there: Open) -> None:
        for method in ("completion/complete", "subscriptions/listen", "tasks/get", "no/such/method"):
            for each, code in ((None, 401), (wire(), 401), (wire(method, {}, token=TOOLS), 403)):
                found = (await there.post(method, {}, each)).json()["error"]["code"]
                assert found in (code, -32601), method

    at(door, visit)


def test_header_and_body_disagree(door: Door) -> None:
    # attack 130
    async def visit(there: Open) -> None:
        for headers in ({"mcp-name": "sum"}, {"mcp-method": "tools/list"}, {"mcp-method": "prompts/get"}):
            answer = await there.call(wire=wire(), headers=headers)
            assert answer.status_code == 400
            assert not ran

    at(door, visit)


def test_a_batch(door: Door) -> None:
    async def visit(there: Open) -> None:
        message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": CALL}
        for body in ([message], [message, message]):
            answer = await there.call(wire=wire(), body=json.dumps(body).encode())
            assert answer.status_code == 400
            assert not ran

    at(door, visit)


def test_no_bytes_of_a_presentation_come_back(door: Door, caplog: pytest.LogCaptureFixture) -> None:
    # attack 133
    async def visit(there: Open) -> None:
        for sent, body in ((wire(), {"path": "/srv/b"}), (wire(audience=ORIGIN), None), (token().encode(), None)):
            answer = await there.call(wire=sent, arguments=body)
            for part in (sent, sent[:40], sent[-40:]):
                assert part not in answer.text
                assert part not in caplog.text
                assert part not in str(answer.headers)

    with caplog.at_level("DEBUG", logger="mcp"), caplog.at_level("DEBUG", logger="fastmcp"):
        at(door, visit)


async def _each(there: Open, status: int, code: str, wires: list[str | None]) -> None:
    for each in wires:
        refused(await there.call(wire=each), there.door, status, code)


def test_a_policy_is_asked_about_the_tool_and_its_arguments(door: Door) -> None:
    seen: list[Request] = []

    def roots(root: str, request: Request) -> bool:
        seen.append(request)
        return root == alice.did and request.action == "mcp:tools:call:read"

    async def visit(there: Open) -> None:
        await there.call(wire=wire())
        (request,) = seen
        assert (request.action, request.resource, dict(request.args)) == (
            "mcp:tools:call:read",
            URI,
            {"path": "/srv/a"},
        )

    at(door, visit, verifier(roots=roots))
