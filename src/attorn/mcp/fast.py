"""For FastMCP: the same doors as its middleware, its token verifier, and a transport for its client."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, cast

try:
    import fastmcp.server.low_level as dispatch
    from fastmcp.client.transports.base import ClientTransport, SessionKwargs, TransportOptions
    from fastmcp.server.auth import AccessToken, TokenVerifier
    from fastmcp.server.dependencies import extract_version_spec
    from fastmcp.server.middleware import CallNext, Middleware, MiddlewareContext
except ImportError as error:
    raise ImportError("attorn.mcp.fast needs FastMCP: pip install 'attorn[fastmcp]'") from error
from mcp import ClientSession
from typing_extensions import Unpack

from attorn.canonical import JsonValue
from attorn.errors import InputError, MissingError
from attorn.mcp.bearer import Bearer
from attorn.mcp.call import CARRIERS, LISTINGS, refusal
from attorn.mcp.client import Holder, HolderStream
from attorn.mcp.door import SideCar

__all__ = ["DoorMiddleware", "HolderTransport", "Tokens"]


class DoorMiddleware(Middleware):
    """`FastMCP(name, middleware=[DoorMiddleware(door)])`: no call reaches a tool, resource or prompt without access.

    Put it first among the middleware of the outermost server. What a tool asks of the server by itself came with no
    presentation and is refused, unless it is asked with `run_middleware=False`. Raises `InputError`.
    """

    def __init__(self, door: SideCar | Bearer) -> None:
        if not isinstance(door, SideCar | Bearer):
            raise InputError(f"door: expected a SideCar or a Bearer, got {type(door).__name__}")
        self._door = door
        # FastMCP unseals `requestState` before it serves anything, but for its first releases.
        self._sealed = door.sealed or hasattr(dispatch, "RequestStateBoundary")

    async def __call__(self, context: MiddlewareContext[Any], call_next: CallNext[Any, Any]) -> Any:
        """Serve one message. Raises `MCPError`, whose data is the refusal."""
        if context.type == "notification" or context.method in LISTINGS:
            return await call_next(context)
        bound = context.fastmcp_context.request_context if context.fastmcp_context is not None else None
        # The message in `context` is a model of what came; a presentation is for what came.
        wire = bound._srctx if bound is not None else None
        if wire is None or self._door.serves(wire):
            raise refusal(MissingError("this was asked by no message from outside"), self._door.server)
        meta = (wire.params or {}).get("_meta")
        if isinstance(meta, dict) and extract_version_spec(meta) is not None:
            raise refusal(InputError("_meta: presentations bind no version of a tool"), self._door.server)
        with self._door.serving(await self._door.admitted(wire, sealed=self._sealed), wire):
            if context.method in CARRIERS:
                await self._door.check(context.method, said(context.method, context.message))
            return await call_next(context)


def said(method: str, message: object) -> dict[str, JsonValue]:
    """What a model of a message says will run; or, of one that FastMCP could make no model of, what came."""
    raw: Mapping[str, JsonValue] = message if isinstance(message, Mapping) else vars(message)
    if method == "resources/read":
        return {"uri": str(raw.get("uri"))}
    return {"name": raw.get("name"), "arguments": raw.get("arguments")}


class Tokens(TokenVerifier):
    """FastMCP's form of `Bearer.verify_token`, for `auth=RemoteAuthProvider(Tokens(door), [issuer], base_url)`.

    Raises `InputError`.
    """

    def __init__(self, door: Bearer) -> None:
        if not isinstance(door, Bearer):
            raise InputError(f"door: expected a Bearer, got {type(door).__name__}")
        super().__init__()
        self._door = door

    async def verify_token(self, token: str) -> AccessToken | None:
        """What the gate found out about this very token, or None."""
        found = await self._door.verify_token(token)
        return None if found is None else AccessToken(**found.model_dump())


class HolderTransport(ClientTransport):
    """`fastmcp.Client(HolderTransport(transport, holder))`: as `attorn.mcp.presenting`, for a transport of FastMCP.

    Raises `InputError`.
    """

    def __init__(self, transport: ClientTransport, holder: Holder, *, bearer: bool = False) -> None:
        if not isinstance(transport, ClientTransport):
            raise InputError(f"transport: expected a ClientTransport, got {type(transport).__name__}")
        if not isinstance(holder, Holder):
            raise InputError(f"holder: expected a Holder, got {type(holder).__name__}")
        self.transport = transport
        self.legacy_only = transport.legacy_only
        self._holder = holder
        self._bearer = bearer

    @asynccontextmanager
    async def connect_session(
        self, *, transport_options: TransportOptions | None = None, **session_kwargs: Unpack[SessionKwargs]
    ) -> AsyncIterator[ClientSession]:
        """A session whose messages carry presentations."""
        options = transport_options or TransportOptions()

        def session(read_stream: Any, write_stream: Any, **more: Any) -> ClientSession:
            stream = HolderStream(write_stream, self._holder, bearer=self._bearer)
            return options.session_class(read_stream, stream, **more)

        carrying = replace(options, session_class=cast(type[ClientSession], session))
        async with self.transport.connect_session(transport_options=carrying, **session_kwargs) as connected:
            yield connected

    async def close(self) -> None:
        """Close the transport."""
        await self.transport.close()  # type: ignore[no-untyped-call]

    def get_session_id(self) -> str | None:
        """What the transport says: nothing depends on it."""
        return self.transport.get_session_id()
