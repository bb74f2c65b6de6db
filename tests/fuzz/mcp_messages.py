"""The harness of what an MCP server is sent: one message, as a gate reads it and as the SDK behind it does."""

from __future__ import annotations

import json
from collections.abc import Iterable

from mcp_types import CallToolRequestParams, GetPromptRequestParams, JSONRPCRequest, ReadResourceRequestParams
from pydantic import BaseModel, ValidationError
from tests.fuzz import mutators
from tests.fuzz.harness import Harness, accepted, joined, parts_of, require

from attorn.errors import InputError
from attorn.mcp import request_of
from attorn.mcp.message import read_message
from attorn.request.request import Request

_URI = "https://files.example/mcp"
_PARAMS: dict[str, type[BaseModel]] = {
    "tools/call": CallToolRequestParams,
    "prompts/get": GetPromptRequestParams,
    "resources/read": ReadResourceRequestParams,
}
_NAMES = (b"mcp-method", b"mcp-name")


def _message(data: bytes) -> bool:
    """A body and up to two headers about it, read by both; what the SDK goes on with is what was decided about."""
    body, *values = parts_of(data, 1 + len(_NAMES))
    headers = [(name, value) for name, value in zip(_NAMES, values, strict=False) if value]
    message = accepted(lambda: read_message(body, {"headers": headers}), InputError)
    request = accepted(lambda: request_of(_URI, message.method, message.params), InputError)
    require(request.resource == _URI, "another server")
    try:
        theirs = JSONRPCRequest.model_validate(json.loads(body))
    except ValidationError:
        return True
    require(request_of(_URI, theirs.method, theirs.params) == request, "the SDK reads another message")
    kind = _PARAMS.get(theirs.method)
    if kind is not None:
        try:
            params = kind.model_validate(theirs.params or {}, by_name=False)
        except ValidationError:
            return True
        require(_runs(theirs.method, params, request), "the SDK runs something else")
    return True


def _runs(method: str, params: BaseModel, request: Request) -> bool:
    """Whether what will run is what was asked for, as a door compares it."""
    said = {name: getattr(params, name) for name in ("name", "arguments", "uri") if hasattr(params, name)}
    args = {name: value for name, value in request.args.items() if name != "@more"}
    return request_of(_URI, method, said) == Request(action=request.action, resource=_URI, args=args)


def _messages() -> Iterable[bytes]:
    call = {"name": "read", "arguments": {"path": "/srv/a", "lines": [1, 2.5, None]}}
    answers = {"sure": {"action": "accept", "content": {"yes": True}}}
    for method, params in (
        ("tools/call", call),
        ("tools/call", {**call, "inputResponses": answers, "requestState": "s", "_meta": {"progressToken": 1}}),
        ("prompts/get", {"name": "hello", "arguments": {"who": "you"}}),
        ("resources/read", {"uri": "note://one"}),
        ("tools/list", {"cursor": "x"}),
        ("completion/complete", {"ref": {"type": "ref/prompt", "name": "p"}, "argument": {"name": "a", "value": ""}}),
        ("ping", None),
    ):
        message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        yield json.dumps({name: value for name, value in message.items() if value is not None}).encode()
    body = json.dumps({"jsonrpc": "2.0", "id": "a", "method": "tools/call", "params": call}).encode()
    yield joined(body, b"tools/call", b"=?base64?cmVhZA==?=")


HARNESSES = (
    Harness("mcp-message", "one request; the SDK reads and runs the same", _message, _messages,
            "attorn.mcp.message:parse", None, mutators.each_part(mutators.json_text), size=8192),
)  # fmt: skip
