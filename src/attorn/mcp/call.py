"""What an MCP message asks for, read alike by the client that presents and the server that checks; and refusals.

A `tools/call` becomes a `Request` with the action `mcp:tools:call:NAME`, the server's canonical URI as its resource
and the arguments as they were sent. Source: docs/adapters/mcp.md, which says the rest.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Final, TypeAlias

from mcp.shared.exceptions import MCPError

from attorn.canonical import JsonValue, canonicalise
from attorn.display import shown
from attorn.encoding import base64url_encode
from attorn.errors import AttornError, InputError
from attorn.request.request import Request
from attorn.request.resource import normalise
from attorn.web.problem import problem

Params: TypeAlias = "Mapping[str, JsonValue] | JsonValue"
"""What a message has as its `params`, whatever that is."""
META_MEMBER: Final = "dev.attorn/chain"
"""The member of `_meta` that holds a presentation, and the name of the extension."""
MORE: Final = "@more"
"""The argument that binds whatever else a message says."""
LISTINGS: Final = frozenset(
    {
        "initialize",
        "ping",
        "prompts/list",
        "resources/list",
        "resources/templates/list",
        "server/discover",
        "tools/list",
    }
)
"""What says only what there is. Every other method, also one that nobody has thought of, needs authority."""

_NAMED: Final = ("tools/call", "prompts/get")
_METHOD: Final = re.compile(r"[A-Za-z0-9._-]+(?:/[A-Za-z0-9._-]+)*")
_NAME: Final = re.compile(r"[A-Za-z0-9._-]{1,128}")
STATE: Final = "requestState"
"""What a server that asked a question gets back: the member that its own seal protects, where `CARRIERS` bring it."""
CARRIERS: Final = (*_NAMED, "resources/read")


def request_of(server: str, method: JsonValue, params: Params) -> Request:
    """What a message of `method` with `params` asks of the server whose canonical URI is `server`.

    Of `params`, `_meta` is not bound, nor what the server itself seals (`requestState` of the three that can go on
    after a question). Raises `InputError` for a name that is not 1 to 128 of the characters `A-Za-z0-9._-`, for
    arguments whose names start with `@`, and for what no request can hold.
    """
    if (
        not isinstance(method, str)
        or _METHOD.fullmatch(method) is None
        or method.startswith(("tools/call/", "prompts/get/"))
    ):
        raise InputError(f"method: expected one like tools/call, got {shown(method)}")
    if params is not None and not isinstance(params, Mapping):
        raise InputError(f"params: expected an object, got {type(params).__name__}")
    unbound = ("_meta", STATE) if method in CARRIERS else ("_meta",)
    members: dict[str, JsonValue] = {name: value for name, value in (params or {}).items() if name not in unbound}
    action = f"mcp:{method.replace('/', ':')}"
    args: JsonValue = members
    if method in _NAMED:
        name, args = members.pop("name", None), members.pop("arguments", None)
        if not isinstance(name, str) or _NAME.fullmatch(name) is None:
            raise InputError(f"name: expected 1 to 128 of the characters A-Za-z0-9._-, got {shown(name)}")
        action, args = f"{action}:{name}", {} if args is None else args
    elif method == "resources/read":
        uri = members.pop("uri", None)
        if not isinstance(uri, str):
            raise InputError(f"uri: expected text, got {type(uri).__name__}")
        args = {"uri": uri}
    else:
        members = {}
    if not isinstance(args, dict) or any(isinstance(name, str) and name.startswith("@") for name in args):
        raise InputError("arguments: expected an object without names that start with '@'")
    if members:
        digest = hashlib.sha256(canonicalise(members)).digest()
        args = {**args, MORE: f"sha-256:{base64url_encode(digest)}"}
    return Request(action=action, resource=server, args=args)


def canonical_uri(audience: str) -> str:
    """`audience`, if it can be the canonical URI of a server. Raises `InputError`."""
    uri = normalise(audience)
    if uri != audience or "://" not in uri:
        raise InputError(f"audience: expected the server's canonical URI like https://host/mcp, got {shown(audience)}")
    return uri


def refusal(error: AttornError, server: str) -> MCPError:
    """The JSON-RPC error that says `error`: its code is an HTTP status, its data a problem of docs/spec/http.md."""
    answer = problem(error, realm=server)
    return MCPError(code=answer.status, message=answer.detail, data=dict(answer.members))
