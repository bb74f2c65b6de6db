"""One message as a gate reads it: what it says, and what of it an answer names."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.adapters.mcp.test_attacks import CALL
from tests.adapters.mcp.world import DOORS, Open, at, refused

from attorn.errors import InputError
from attorn.mcp.message import RpcMessage, read_message

NO_HEADERS: dict[str, Any] = {"headers": []}


def read(**members: Any) -> RpcMessage:
    return read_message(json.dumps({"jsonrpc": "2.0", **members}).encode(), NO_HEADERS)


def test_what_a_message_says() -> None:
    asked = read(id="a", method="tools/call", params=CALL)
    assert asked == RpcMessage(method="tools/call", params=CALL, id="a", notification=False)
    assert read(method="x") == RpcMessage(method="x", params=None, id=None, notification=True)


@pytest.mark.parametrize("number", [True, False, None, 1.5, [1], {"a": 1}])
def test_an_id_that_none_can_have_is_not_said_again_and_makes_no_notification(number: Any) -> None:
    asked = read(id=number, method="tools/list")
    assert (asked.id, asked.notification) == (None, False)

    async def visit(there: Open) -> None:
        body = json.dumps({"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": CALL}).encode()
        answer = await there.post("tools/call", CALL, "x", body=body)
        refused(answer, there.door, 401, "malformed")
        assert answer.json()["id"] is None

    at(DOORS["mcp-bearer"], visit)


@pytest.mark.parametrize("number", [0, 1, -1, "", "a"])
def test_an_id_is_said_again(number: Any) -> None:
    assert read(id=number, method="tools/call").id == number


@pytest.mark.parametrize("members", [{}, {"method": 7}, {"method": None}, {"method": ["tools/call"]}, {"id": 1}])
def test_no_method_is_no_message(members: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="one JSON-RPC request"):
        read(**members)


@pytest.mark.parametrize("body", [b"[]", b"7", b"null", b'"x"', b'[{"method":"ping"}]'])
def test_what_is_no_object_is_no_message(body: bytes) -> None:
    with pytest.raises(InputError, match="one JSON-RPC request"):
        read_message(body, NO_HEADERS)
