"""httpx authentication of a holder: each request is answered for by itself, with its body, at one origin alone."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator

import httpx
from anyio import to_thread

from attorn.errors import InputError
from attorn.holder import check_holder
from attorn.identity import Identity
from attorn.outgoing import aload_content, load_content, target_of
from attorn.request.origin import checked_origin
from attorn.token.token import Token


class OriginAuth(httpx.Auth):
    """What a request needs besides is for `auth_flow` to say, which may send several; their bodies have been read.

    Works for `Client` and `AsyncClient`. Raises `InputError` for unusable arguments.
    """

    requires_request_body = True

    def __init__(self, identity: Identity, token: Token, *, origin: str) -> None:
        check_holder(identity, token)
        self._identity = identity
        self._token = token
        self._origin = checked_origin(origin)

    def sync_auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """As `auth_flow`, after the body has been read. Raises `InputError` where it cannot be."""
        load_content(request)
        yield from self.auth_flow(request)

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """The same, in threads of its own: whatever signs may block."""
        await aload_content(request)
        flow = self.auth_flow(request)
        sent = await to_thread.run_sync(_next, flow, None)
        while sent is not None:
            sent = await to_thread.run_sync(_next, flow, (yield sent))

    def _target(self, request: httpx.Request) -> tuple[str, str]:
        """Path and query of a request, raw. Raises `InputError` if it goes to another origin."""
        target = target_of(request)
        origin = checked_origin(target.origin)
        if origin != self._origin:
            raise InputError(f"origin: this is for {self._origin} only, got a request to {origin}")
        return target.path, target.query


def _next(
    flow: Generator[httpx.Request, httpx.Response, None], response: httpx.Response | None
) -> httpx.Request | None:
    """What a flow sends once it has this answer, None at its end: no thread can hand on a `StopIteration`."""
    try:
        return next(flow) if response is None else flow.send(response)
    except StopIteration:
        return None
