"""For `MCPServer`: one object that is its extension and its middleware, and lets no call through without access.

`MCPServer(name, extensions=[door], middleware=[door])`. As middleware it has the verifier decide, once, about the
message as it arrived; as tool-call interceptor it sees to it that what will run is what was authorised.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from anyio import to_thread
from mcp.server.auth.middleware.auth_context import get_access_token
from mcp.server.auth.provider import AccessToken
from mcp.server.context import CallNext, HandlerResult
from mcp.server.extension import Extension, MethodBinding
from mcp_types import CallToolRequestParams
from starlette.requests import HTTPConnection

from attorn.canonical import JsonValue
from attorn.errors import AttornError, InputError, MalformedError, MissingError, UntrustedRootError, WrongRequestError
from attorn.mcp.call import LISTINGS, META_MEMBER, MORE, STATE, Params, canonical_uri, refusal, request_of
from attorn.mcp.message import require_same_headers
from attorn.mcp.sealing import Context, brings_state, sealing, seals
from attorn.request.request import Request
from attorn.verify.access import Access, Verified
from attorn.verify.related import authorize_related
from attorn.verify.verifier import Verifier
from attorn.web.scope import checked_verifier

Related = Callable[[AccessToken | None, Verified], bool]
"""Whether a bearer token (None without one) and a chain belong together."""


@dataclass(frozen=True, slots=True)
class _Served:
    """What is being served right now, and with whose authority."""

    access: Access
    context: Context


_SERVED: ContextVar[_Served | None] = ContextVar("attorn_mcp_served", default=None)


def acting() -> Access:
    """Who acts for whom, for the tool, resource or prompt that is being served. Raises `InputError` outside of one."""
    served = _SERVED.get()
    if served is None:
        raise InputError("acting: no call that needed authority is being served here")
    return served.access


class McpDoor(Extension):
    """What `SideCar` and `Bearer` share. The verifier's audience is the server's canonical URI. Raises `InputError`."""

    identifier = META_MEMBER
    mode = ""

    def __init__(self, verifier: Verifier, *, sealed: bool = False) -> None:
        self.verifier = checked_verifier(verifier)
        self.server = canonical_uri(verifier.audience)
        if not isinstance(sealed, bool):
            raise InputError(f"sealed: expected True or False, got {type(sealed).__name__}")
        self._sealed = sealed

    @property
    def sealed(self) -> bool:
        """What was said when it was made: nothing that it is handed to changes that."""
        return self._sealed

    def settings(self) -> dict[str, JsonValue]:
        """What clients are told: for whom they present, and where they put it."""
        return {"audience": self.server, "mode": self.mode}

    def methods(self) -> Sequence[MethodBinding]:
        """One that no client needs, by which it knows again the server that it is an extension of."""
        return sealing()

    def request(self, method: JsonValue, params: Params) -> Request:
        """What a message asks of this server. Raises `InputError`."""
        return request_of(self.server, method, params)

    async def __call__(self, ctx: Context, call_next: CallNext) -> HandlerResult:
        """The middleware. Raises `MCPError`, whose data is the refusal."""
        if ctx.request_id is None or ctx.method in LISTINGS:
            return await call_next(ctx)
        sealed = self.sealed or (brings_state(ctx) and await seals(ctx, call_next))
        with self.serving(await self.admitted(ctx, sealed=sealed), ctx):
            return await call_next(ctx)

    async def intercept_tool_call(
        self, params: CallToolRequestParams, ctx: Context, call_next: CallNext
    ) -> HandlerResult:
        """Nothing runs that was not authorised, whatever came in between. Raises `MCPError`."""
        await self.check("tools/call", {"name": params.name, "arguments": params.arguments})
        return await call_next(ctx)

    async def admitted(self, ctx: Context, *, sealed: bool) -> Access:
        """Access for the message of `ctx`, decided here and now. Raises `MCPError`.

        `sealed` says that the server unseals what a message brings back of its own; else no message may bring it.
        """
        try:
            if not sealed and brings_state(ctx):
                raise InputError(f"{STATE}: presentations do not bind it, and this server does not seal it")
            if isinstance(ctx.request, HTTPConnection):
                require_same_headers(ctx.request.scope, ctx.method, ctx.params)
            # In a thread: long arguments take time, and nobody has shown who they are.
            return await self._access(ctx, await to_thread.run_sync(self.request, ctx.method, ctx.params))
        except AttornError as error:
            refused = refusal(error, self.server)
        raise refused

    @contextmanager
    def serving(self, access: Access, ctx: Context) -> Iterator[None]:
        """For the time of one call, `acting()` says `access`."""
        token = _SERVED.set(_Served(access, ctx))
        try:
            yield
        finally:
            _SERVED.reset(token)

    def serves(self, ctx: Context) -> bool:
        """Whether it is this very message that is being served: what asks now is a tool, and not a client."""
        served = _SERVED.get()
        return served is not None and served.context is ctx

    async def check(self, method: str, params: Params) -> None:
        """Return if access was given to exactly this. Raises `MCPError`."""
        try:
            served = _SERVED.get()
            if served is None:
                raise MissingError("nobody asked for authority; is the door among the middleware of this server?")
            # In a thread, as when it was decided.
            await to_thread.run_sync(self._require_same, served.access.request, method, params)
            return
        except AttornError as error:
            refused = refusal(error, self.server)
        raise refused

    def _require_same(self, allowed: Request, method: str, params: Params) -> None:
        args = {name: value for name, value in allowed.args.items() if name != MORE}
        if Request(action=allowed.action, resource=self.server, args=args) != request_of(self.server, method, params):
            raise WrongRequestError("something changed this call after it was authorised")

    async def _access(self, ctx: Context, request: Request) -> Access:
        raise NotImplementedError


class SideCar(McpDoor):
    """The presentation is `_meta["dev.attorn/chain"]`, over any transport; a bearer token, if any, is asked besides.

    What is allowed is what both allow. `related` says whether the two belong together: without it nobody asks. It is
    asked once the presentation has verified and before anything is charged. `sealed` says of a low-level `Server` that
    the SDK's `RequestStateBoundary` stands in front of this. Raises `InputError`.
    """

    mode = "meta"

    def __init__(self, verifier: Verifier, *, related: Related | None = None, sealed: bool = False) -> None:
        super().__init__(verifier, sealed=sealed)
        if related is not None and not callable(related):
            raise InputError(f"related: expected a callable, got {type(related).__name__}")
        self._related = related

    async def _access(self, ctx: Context, request: Request) -> Access:
        meta = (ctx.params or {}).get("_meta")
        if not isinstance(meta, dict) or META_MEMBER not in meta:
            raise MissingError(f"expected a presentation in _meta, as {META_MEMBER}")
        if not isinstance(meta[META_MEMBER], str):
            raise MalformedError(f"{META_MEMBER}: expected text, got {type(meta[META_MEMBER]).__name__}")
        # The store and the resolver may block.
        return await to_thread.run_sync(self._decide, meta[META_MEMBER], request)

    def _decide(self, wire: str, request: Request) -> Access:
        related = self._related
        holds = None if related is None else lambda verified: related(get_access_token(), verified)
        unrelated = UntrustedRootError("this chain does not go with the bearer token that came with it")
        return authorize_related(self.verifier, wire, request, holds, unrelated)
