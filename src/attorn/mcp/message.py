"""One JSON-RPC message, as a gate reads it from the body of a POST, and what the headers of that say of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mcp.shared.inbound import MCP_METHOD_HEADER, MCP_NAME_HEADER, NAME_BEARING_METHODS, decode_header_value

from attorn.asgi.connection import Scope
from attorn.asgi.headers import header_values
from attorn.canonical import JsonValue, parse
from attorn.errors import InputError, MalformedError
from attorn.mcp.call import Params


@dataclass(frozen=True, slots=True, kw_only=True)
class RpcMessage:
    """What a message says. `id` is what an answer names, None where it can name none.

    That a message has no id, `notification` says, and nothing else does: it is the SDK that judges ids.
    """

    method: str
    params: JsonValue
    id: str | int | None
    notification: bool


def read_message(body: bytes, scope: Scope) -> RpcMessage:
    """The one JSON-RPC message of a body, of which its headers say nothing else. Raises `InputError`."""
    try:
        said = parse(body, most=len(body))
    except MalformedError as error:
        raise InputError(f"body: {error}") from error
    method = said.get("method") if isinstance(said, dict) else None
    if not isinstance(said, dict) or not isinstance(method, str):
        raise InputError("body: expected one JSON-RPC request or notification, and no batch")
    params, number = said.get("params"), said.get("id")
    require_same_headers(scope, method, params)
    named = number if isinstance(number, str | int) and not isinstance(number, bool) else None
    return RpcMessage(method=method, params=params, id=named, notification="id" not in said)


def require_same_headers(scope: Scope, method: str, params: Params) -> None:
    """Return if the headers of a request say nothing else than its body. Raises `InputError`.

    The SDK asks this of the latest protocol alone.
    """
    name = params.get(NAME_BEARING_METHODS.get(method, "")) if isinstance(params, Mapping) else None
    for header, meant in ((MCP_METHOD_HEADER, method), (MCP_NAME_HEADER, name)):
        for value in header_values(scope, header.encode()):
            # The SDK's decoder fails on what is not ASCII.
            if not value.isascii() or decode_header_value(value.decode("ascii")) != meant:
                raise InputError(f"{header}: expected what the body says")
