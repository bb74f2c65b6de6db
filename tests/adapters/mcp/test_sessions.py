"""Clients of older protocols have sessions. Authority has none: each message is decided by its own chain."""

from __future__ import annotations

import json
from typing import Any

import httpx2
import pytest
from tests.adapters.mcp.test_attacks import CALL, wire
from tests.adapters.mcp.world import URI, Door, Open, alice, at, bob, ran, thief, token, verifier

from attorn.mcp import META_MEMBER, Bearer, Gate

HELLO = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "x", "version": "1"}}
KINDS = {"accept": "application/json, text/event-stream", "content-type": "application/json"}


async def send(there: Open, session: str | None, method: str, params: dict[str, Any], sent: str, **more: Any) -> Any:
    """One message of an older protocol; what came back, and its session."""
    headers, meta = {**KINDS, **more.pop("header", {})}, {}
    if session is not None:
        headers |= {"mcp-session-id": session, "mcp-protocol-version": "2025-06-18"}
    if there.door.bearer:
        headers["authorization"] = f"Bearer {sent}"
    elif method == "tools/call":
        meta = {"_meta": {META_MEMBER: sent}}
    message = {"jsonrpc": "2.0", "method": method, "params": {**params, **meta}, **more}
    async with there.http() as http:
        return await http.post(URI, json=message, headers=headers)


async def opened(there: Open, **chain: Any) -> str:
    answer = await send(there, None, "initialize", HELLO, wire("initialize", HELLO, **chain), id=1)
    session = str(answer.headers["mcp-session-id"])
    await send(there, session, "notifications/initialized", {}, wire("notifications/initialized", {}, **chain))
    return session


def result(answer: httpx2.Response) -> str:
    (data,) = [line[6:] for line in answer.text.splitlines() if line.startswith("data: {")]
    return str(json.loads(data)["result"]["content"][0]["text"])


def test_a_session_of_one_user_used_with_the_chain_of_another(door: Door) -> None:
    # attack 85
    async def visit(there: Open) -> None:
        session = await opened(there)
        assert f"for {alice.did} " in result(await send(there, session, "tools/call", CALL, wire(), id=2))
        ran.clear()
        answer = await send(there, session, "tools/call", CALL, wire(token=token(root=bob)), id=3)
        if there.door.bearer:
            # The SDK ties a session to whom its token named.
            assert answer.status_code in (403, 404)
            assert not ran
        else:
            assert f"for {bob.did} " in result(answer)

    at(door, visit, verifier(roots=[alice.did, bob.did]))


def test_a_session_is_no_authority(door: Door) -> None:
    async def visit(there: Open) -> None:
        session = await opened(there)
        own = thief.mint(to=thief.did, caveats=[token().unverified_links[0].caveats[0]])
        once = wire()
        await send(there, session, "tools/call", CALL, once, id=2)
        ran.clear()
        for sent in (once, wire(token=own, by=thief), ""):
            answer = await send(there, session, "tools/call", CALL, sent, id=3)
            assert '"result"' not in answer.text
            assert not ran

    at(door, visit)


@pytest.mark.parametrize(
    "header",
    [
        {"mcp-name": "sum"},
        {"mcp-name": "READ"},
        {"mcp-name": ""},
        {"mcp-name": b"re\xe4d"},
        {"mcp-name": "=?base64?c3Vt?="},
        {"mcp-method": "tools/list"},
        {"mcp-method": "tools/call", "mcp-name": "sum"},
    ],
)
def test_headers_that_say_another_message(door: Door, header: dict[str, Any]) -> None:
    # attack 130
    async def visit(there: Open) -> None:
        session = await opened(there)
        answer = await send(there, session, "tools/call", CALL, wire(), id=2, header=header)
        assert "invalid_input" in answer.text
        assert not ran

    at(door, visit)


def test_headers_that_say_the_message_itself(door: Door) -> None:
    async def visit(there: Open) -> None:
        session = await opened(there)
        for header in ({"mcp-name": "=?base64?cmVhZA==?="}, {"mcp-name": "read", "mcp-method": "tools/call"}):
            assert "read" in result(await send(there, session, "tools/call", CALL, wire(), id=2, header=header))

    at(door, visit)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ([(b"content-length", b"9" * 12)], 413),
        ([(b"content-length", b"2"), (b"content-length", b"2")], 400),
        ([(b"content-length", b"2"), (b"transfer-encoding", b"chunked")], 400),
        ([], 401),
    ],
)
def test_a_gate_reads_no_body_for_nothing(headers: list[tuple[bytes, bytes]], status: int) -> None:
    # attack 2: too long by its own word, of several lengths, or without a token
    sent: list[Any] = []

    async def unread() -> Any:
        raise AssertionError("the body was read")

    async def send(message: Any) -> None:
        sent.append(message)

    async def inner(*_: Any) -> None:
        raise AssertionError("the message passed")

    token_of_its_own = [(b"authorization", b"Bearer x")] if headers else []
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/mcp",
        "query_string": b"",
        "headers": headers + token_of_its_own,
    }
    coroutine = Gate(inner, Bearer(verifier()))(scope, unread, send)
    with pytest.raises(StopIteration):
        coroutine.send(None)
    assert sent[0]["status"] == status
