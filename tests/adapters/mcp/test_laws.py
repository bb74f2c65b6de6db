"""What holds of any message: it is one request or none, two that differ ask for two, and no bytes crash a gate."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.adapters.mcp.world import URI, verifier

from attorn.errors import InputError
from attorn.mcp import Bearer, Gate, request_of
from attorn.request.request import Request

NAMES = st.sampled_from(["read", "Read", "call", "a.b", "a:b", "a/b", "", "read ", "re\u0430d", "x" * 129])
METHODS = st.sampled_from(
    [
        "tools/call",
        "prompts/get",
        "resources/read",
        "tools/list",
        "tools/call/read",
        "tools:call",
        "tools",
        "a//b",
        "",
        "x/y",
    ]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["", "1", "a"]) | st.just(2**60) | st.just(-0.0),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2),
    max_leaves=4,
)
ARGUMENTS = st.none() | st.dictionaries(st.sampled_from(["a", "b", "@more", "@a", "uri"]), VALUES, max_size=2) | VALUES
PARAMS = st.none() | st.fixed_dictionaries(
    {},
    optional={
        "name": NAMES | VALUES,
        "arguments": ARGUMENTS,
        "uri": NAMES | VALUES,
        "inputResponses": VALUES,
        "requestState": VALUES,
        "task": VALUES,
        "_meta": VALUES,
    },
)
FEW = settings(deadline=None, max_examples=100)
MESSAGES = st.tuples(METHODS, PARAMS)


def request(method: Any, params: Any) -> Request | None:
    try:
        return request_of(URI, method, params)
    except InputError:
        return None


def meant(method: str, params: dict[str, Any] | None) -> str:
    """All of a message that is to be bound, as text."""
    unbound = ["_meta"]
    if method in ("tools/call", "prompts/get", "resources/read"):
        unbound.append("requestState")
    members = {name: value for name, value in (params or {}).items() if name not in unbound}
    if method in ("tools/call", "prompts/get") and members.get("arguments") is None:
        members["arguments"] = {}
    return json.dumps([method, members], sort_keys=True)


@pytest.mark.parametrize("method", ["tools/call", "prompts/get"])
def test_names_and_methods_that_could_be_taken_for_others(method: str) -> None:
    # attack 52
    assert request_of(URI, method, {"name": "a.B-c_9" + "x" * 121}).action[-128:] == "a.B-c_9" + "x" * 121
    for name in ("", "a:b", "read:", ":read", "a/b", "a b", "r\u0435ad", "read\n", "x" * 129, "*", None, 7, ["read"]):
        with pytest.raises(InputError):
            request_of(URI, method, {"name": name})
    for other in (f"{method}/read", method.replace("/", ":"), f"/{method}", f"{method}/", f"{method}\n", "", None, 7):
        with pytest.raises(InputError):
            request_of(URI, other, {})  # type: ignore[arg-type]


@FEW
@given(MESSAGES, MESSAGES)
def test_messages_that_differ_ask_for_two_things(one: Any, other: Any) -> None:
    first, second = request(*one), request(*other)
    if first is not None and second is not None:
        assert (first == second) is (meant(*one) == meant(*other))


@FEW
@given(MESSAGES)
def test_what_a_message_asks_for_says_its_tool_and_arguments(message: Any) -> None:
    method, params = message
    found = request(method, params)
    if found is None:
        return
    assert found.resource == URI
    assert found.action.startswith(f"mcp:{method.replace('/', ':')}")
    if method == "tools/call":
        assert found.action == f"mcp:tools:call:{params['name']}"
        sent = json.loads(found.canonical())["args"]
        sent.pop("@more", None)
        assert sent == (params.get("arguments") or {})


@FEW
@given(VALUES | st.text(max_size=5) | st.binary(max_size=3), VALUES)
def test_asking_about_anything_at_all(method: Any, params: Any) -> None:
    found = request(method, params)
    assert found is None or isinstance(found, Request)


@FEW
@given(st.binary(max_size=60) | MESSAGES.map(lambda m: json.dumps({"id": 1, "method": m[0], "params": m[1]}).encode()))
def test_no_bytes_pass_a_gate_or_crash_it(body: bytes) -> None:
    sent: list[Any] = []

    async def inner(*_: Any) -> None:
        raise AssertionError("a message without a presentation passed the gate")

    async def receive() -> Any:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/mcp",
        "query_string": b"",
        "headers": [(b"authorization", b"Bearer " + body[:20])],
    }
    asyncio.run(Gate(inner, Bearer(verifier()))(scope, receive, send))
    assert sent[0]["status"] in (400, 401)
    assert json.loads(sent[1]["body"])["error"]["code"] == sent[0]["status"]
