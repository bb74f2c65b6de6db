"""A chain beside a bearer token of somebody else's, and what can stand in `_meta`."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from mcp import Client, MCPError
from mcp.client.streamable_http import streamable_http_client
from mcp.server.auth.provider import AccessToken
from mcp.server.auth.settings import AuthSettings
from mcp.server.mcpserver import MCPServer
from pydantic import AnyHttpUrl
from tests.adapters.mcp.test_attacks import CALL, wire
from tests.adapters.mcp.world import (
    DOORS,
    ISSUER,
    URI,
    Door,
    Open,
    alice,
    at,
    bob,
    furnish,
    holder,
    opened,
    planner,
    ran,
    refused,
    scout,
    token,
    verifier,
)
from tests.adapters.told import Told

from attorn import caveat
from attorn.errors import InputError
from attorn.mcp import META_MEMBER, Bearer, SideCar, presenting
from attorn.verify.access import Verified

SDK = DOORS["mcp-meta"]
DID_OF = {"alice": alice.did, "bob": bob.did}


@pytest.fixture(params=["mcp-meta", "fastmcp-meta"])
def door(request: pytest.FixtureRequest) -> Door:
    return DOORS[request.param]


class Issued:
    """Somebody else's tokens: `name` or `name:scope`."""

    async def verify_token(self, token: str) -> AccessToken | None:
        name, _, scope = token.partition(":")
        known = name in DID_OF
        return AccessToken(token=token, client_id="app", scopes=[scope], resource=URI, subject=name) if known else None


def related(bearer: AccessToken | None, verified: Verified) -> bool:
    return bearer is not None and DID_OF.get(bearer.subject or "") == verified.root


@asynccontextmanager
async def beside(receipts: Told | None = None, **arguments: Any) -> AsyncIterator[Open]:
    """A server that takes tokens of `Issued` with the scope `files`, and chains of alice and bob."""
    ran.clear()
    mcp_door = SideCar(verifier(roots=[alice.did, bob.did], receipts=receipts), **arguments)
    settings = AuthSettings(
        issuer_url=AnyHttpUrl(ISSUER),
        resource_server_url=AnyHttpUrl(URI),
        validate_token_resource=True,
        required_scopes=["files"],
    )
    server = MCPServer(
        "files",
        extensions=[mcp_door],
        middleware=[mcp_door],
        token_verifier=Issued(),
        auth=settings,
        log_level="CRITICAL",
    )
    furnish(server)
    app = server.streamable_http_app()
    async with server.session_manager.run():
        yield Open(SDK, app, mcp_door)


def test_both_must_allow() -> None:
    narrow = token(caveat.Actions("mcp:tools:call:sum"))
    cases: list[tuple[str | None, object, int, int]] = [
        ("alice:files", wire(), 200, 0),
        ("bob:files", wire(), 200, 0),  # nobody said how the two are related
        (None, wire(), 401, 0),
        ("mallory:files", wire(), 401, 0),
        ("alice:mail", wire(), 403, 0),
        ("alice:files", None, 200, 401),
        ("alice:files", wire(token=narrow), 200, 403),
    ]

    async def go() -> None:
        async with beside() as there:
            for bearer, sent, status, code in cases:
                headers = {} if bearer is None else {"authorization": f"Bearer {bearer}"}
                answer = await there.call(wire=sent, headers=headers)
                error = answer.json().get("error")
                assert answer.status_code == status
                assert (error["code"] if isinstance(error, dict) else 0) == code
                assert ran == (["read /srv/a 10"] if (status, code) == (200, 0) else [])
                ran.clear()

    asyncio.run(go())


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_tokens_and_chains_that_do_not_belong_together(mode: str) -> None:
    held = {"alice": token(), "bob": token(root=bob)}

    async def call(there: Open, bearer: str, chain: str) -> Any:
        async with there.http(headers={"authorization": f"Bearer {bearer}:files"}) as http:
            outside = presenting(streamable_http_client(URI, http_client=http), holder(held[chain]))
            async with Client(outside, mode=mode) as client:
                return await client.call_tool("read", {"path": "/srv/a"})

    async def go() -> None:
        async with beside(related=related) as there:
            for name, did in DID_OF.items():
                assert f"for {did} " in (await call(there, name, name)).content[0].text
            ran.clear()
            for bearer, chain in (("alice", "bob"), ("bob", "alice")):
                with pytest.raises(BaseExceptionGroup) as caught:
                    await call(there, bearer, chain)
                (error,) = _leaves(caught.value)
                assert error.error.data["code"] == "untrusted_root"
                assert not ran

    asyncio.run(go())


def _leaves(group: BaseException) -> list[Any]:
    return (
        [leaf for each in group.exceptions for leaf in _leaves(each)]
        if isinstance(group, BaseExceptionGroup)
        else [group]
    )


def test_what_is_not_related_is_not_charged() -> None:
    held, told = token(caveat.MaxUses(1)), Told()

    async def go() -> None:
        async with beside(receipts=told, related=related) as there:
            for bearer, code in (("bob", 401), ("alice", 0), ("alice", 403)):
                answer = await there.call(wire=wire(token=held), headers={"authorization": f"Bearer {bearer}:files"})
                error = answer.json().get("error")
                assert (error["code"] if error else 0) == code

    asyncio.run(go())
    assert told.verdicts == ["untrusted_root", "allowed", "denied"]


def test_a_relation_that_is_no_answer(door: Door) -> None:
    # attack 131
    def fails(*_: object) -> bool:
        raise KeyError("the directory's password is hunter2")

    for relation, status, code in (
        (fails, 503, "unavailable"),
        (lambda *_: None, 401, "untrusted_root"),
        (lambda *_: 1, 401, "untrusted_root"),
        (lambda *_: "no", 401, "untrusted_root"),
    ):

        async def visit(there: Open, status: int = status, code: str = code) -> None:
            data = refused(await there.call(wire=wire()), door, status, code)
            assert "hunter2" not in json.dumps(data)

        at(door, visit, related=relation)


def test_a_relation_is_asked_without_a_token_too(door: Door) -> None:
    asked: list[Any] = []

    async def visit(there: Open) -> None:
        await there.call(wire=wire())
        ((bearer, verified),) = asked
        assert (bearer, verified.root, verified.holder) == (None, alice.did, scout.did)
        assert [link.delegate for link in verified.chain] == [planner.did, scout.did]
        assert ran == ["read /srv/a 10"]

    at(door, visit, related=lambda *both: asked.append(both) or True)


WRONG: list[tuple[Any, str]] = [
    (None, "malformed"),
    (7, "malformed"),
    (True, "malformed"),
    ([], "malformed"),
    ([wire()], "malformed"),
    ({"chain": wire()}, "malformed"),
    ("", "malformed"),
    ("x", "malformed"),
    ("\u0000", "malformed"),
    ("\u00e9" * 40, "malformed"),
    ("A" * 65_537, "limit_exceeded"),
    ("\u00e9" * 900_000, "limit_exceeded"),
    (f" {wire()}", "malformed"),
    (f"{wire()}=", "malformed"),
]


def test_what_else_can_stand_in_meta(door: Door) -> None:
    async def visit(there: Open) -> None:
        for sent, code in WRONG:
            refused(await there.call(meta={META_MEMBER: sent}), door, 401, code)
        for name in ("dev.attorn/Chain", "dev.attorn/chain ", "attorn/chain", "chain"):
            refused(await there.call(meta={name: wire()}), door, 401, "no_presentation")

    at(door, visit)


def test_meta_of_another_kind(door: Door) -> None:
    async def visit(there: Open) -> None:
        for meta in (None, [], "x", 7, [META_MEMBER], [[META_MEMBER, wire()]]):
            params = {**CALL, "_meta": meta}
            body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}).encode()
            assert '"result"' not in (await there.post("tools/call", CALL, body=body)).text
            assert not ran

    at(door, visit)


def test_a_presentation_elsewhere_than_in_meta_counts_for_nothing(door: Door) -> None:
    async def visit(there: Open) -> None:
        for more in (
            {"headers": {"authorization": f"Bearer {wire()}"}},
            {"headers": {"authorization": f"Attorn {wire()}"}},
        ):
            refused(await there.call(**more), door, 401, "no_presentation")
        refused(await there.call(arguments={"path": "/srv/a", META_MEMBER: wire()}), door, 401, "no_presentation")

    at(door, visit)


def test_clients_are_told_for_whom_they_present() -> None:
    async def go() -> None:
        async with opened(SDK) as there, there.client() as client:
            told = client.server_capabilities.extensions
            assert told == {META_MEMBER: {"audience": URI, "mode": "meta"}}

    asyncio.run(go())


def test_an_extension_without_its_middleware_lets_nothing_through() -> None:
    async def go() -> None:
        mcp_door = SideCar(verifier())
        server = MCPServer("files", extensions=[mcp_door], log_level="CRITICAL")
        furnish(server)
        ran.clear()
        async with Client(server) as client:
            with pytest.raises(MCPError) as caught:
                await client.call_tool("read", {"path": "/srv/a"}, meta={META_MEMBER: wire()})
        assert caught.value.error.data["code"] == "no_presentation"
        assert not ran

    asyncio.run(go())


def test_a_middleware_without_its_extension_still_decides() -> None:
    async def go() -> None:
        mcp_door = SideCar(verifier())
        server = MCPServer("files", middleware=[mcp_door], log_level="CRITICAL")
        furnish(server)
        ran.clear()
        async with Client(server) as client:
            with pytest.raises(MCPError):
                await client.call_tool("read", {"path": "/srv/a"})
            assert not ran
            await client.call_tool("read", {"path": "/srv/a"}, meta={META_MEMBER: wire()})
        assert ran == ["read /srv/a 10"]

    asyncio.run(go())


def test_what_rewrites_a_call_behind_the_door_is_noticed() -> None:
    # attack 130
    async def rewriting(ctx: Any, call_next: Any) -> Any:
        if ctx.method == "tools/call":
            ctx = replace(ctx, params={**ctx.params, "arguments": {"path": "/etc/passwd"}})
        return await call_next(ctx)

    async def go() -> None:
        mcp_door = SideCar(verifier())
        server = MCPServer("files", extensions=[mcp_door], middleware=[mcp_door, rewriting], log_level="CRITICAL")
        furnish(server)
        ran.clear()
        async with Client(server) as client:
            with pytest.raises(MCPError) as caught:
                await client.call_tool("read", {"path": "/srv/a"}, meta={META_MEMBER: wire()})
        assert caught.value.error.data["code"] == "wrong_request"
        assert not ran

    asyncio.run(go())


@pytest.mark.parametrize("audience", ["https://mcp.example", "https://mcp.example:8443", "https://mcp.example/a/mcp"])
def test_audiences_that_are_a_canonical_uri(audience: str) -> None:
    for kind in (SideCar, Bearer):
        assert kind(verifier(audience=audience)).server == audience


@pytest.mark.parametrize("audience", ["did:web:files.example", "files", "https://files.example/mcp/", "HTTPS://a/mcp"])
def test_audiences_that_are_no_canonical_uri(audience: str) -> None:
    with pytest.raises(InputError):
        SideCar(verifier(audience=audience))


def test_what_a_door_is_made_of() -> None:
    for checks, relation in ((None, None), ("verifier", None), (verifier(), "related"), (verifier(), True)):
        with pytest.raises(InputError):
            SideCar(checks, related=relation)  # type: ignore[arg-type]
