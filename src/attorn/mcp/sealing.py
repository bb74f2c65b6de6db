"""Whether a server unseals `requestState` in front of its middleware, as every `MCPServer` does.

Nothing that a middleware is handed says what server it runs in. So a door that is an extension contributes a method,
which only that server serves, and asks for it along the chain of the call in question.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from mcp.server.context import CallNext, HandlerResult, ServerRequestContext
from mcp.server.extension import MethodBinding
from mcp.shared.exceptions import MCPError
from mcp_types import RequestParams

from attorn.mcp.call import CARRIERS, STATE

SEALS: Final = "dev.attorn/seals"
"""The method. To clients it is one as any other, and says nothing of use."""

Context = ServerRequestContext[Any, Any]


def brings_state(ctx: Context) -> bool:
    """Whether a message brings what a server would have sealed. An explicit null counts as absent, as in the SDK."""
    return ctx.method in CARRIERS and ctx.params is not None and ctx.params.get(STATE) is not None


def sealing() -> Sequence[MethodBinding]:
    """What an extension contributes to the server that it is registered with."""
    return (MethodBinding(SEALS, RequestParams, _seals),)


async def seals(ctx: Context, call_next: CallNext) -> bool:
    """Whether the server that serves `ctx` is one that `sealing` was contributed to."""
    try:
        found = await call_next(replace(ctx, method=SEALS, params={}))
    except MCPError:
        return False
    return isinstance(found, Mapping) and found.get(SEALS) is True


async def _seals(_: Context, __: RequestParams) -> HandlerResult:
    return {SEALS: True}
