"""httpx authentication: a fresh presentation for every request, made for that request alone."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator

import httpx

from attorn.errors import InputError
from attorn.identity import Identity
from attorn.token.presentation import words
from attorn.token.token import Token
from attorn.web.http import HttpMessage, Route, authorization, bind, checked_origin, checked_route, plain_route


class HolderAuth(httpx.Auth):
    """`httpx.Client(auth=HolderAuth(identity, token, audience=..., origin=...))` presents `token` on every request.

    Works for `Client` and `AsyncClient`. A request to any origin but `origin` is refused with `InputError` before
    anything is signed; so is a body that cannot be read, and a path that no server could check. Streamed bodies are
    read into memory, since the presentation covers them. Leave `follow_redirects` off and send
    `response.next_request` yourself: a redirect that httpx follows is sent with the presentation of the first request,
    which no server accepts. Raises `InputError` for unusable arguments.
    """

    requires_request_body = True

    def __init__(
        self, identity: Identity, token: Token, *, audience: str, origin: str, route: Route = plain_route
    ) -> None:
        if not isinstance(identity, Identity) or not isinstance(token, Token):
            raise InputError(f"expected an Identity and a Token, got {type(identity).__name__}, {type(token).__name__}")
        self._identity = identity
        self._token = token
        self._audience = words(audience, "audience")
        self._origin = checked_origin(origin)
        self._route = checked_route(route)

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Attach a presentation. Raises `InputError`, `DelegationError` or `UnavailableError`."""
        wire = self._identity.present(self._token, bind(self._message(request), self._route), audience=self._audience)
        request.headers["Authorization"] = authorization(wire)
        yield request

    def sync_auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """As `auth_flow`, after the body has been read."""
        try:
            request.read()
        except (httpx.StreamError, AssertionError, TypeError) as error:
            raise InputError("body: expected one that a synchronous client can read") from error
        yield from self.auth_flow(request)

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """As `auth_flow`, after the body has been read."""
        try:
            await request.aread()
        except (httpx.StreamError, AssertionError, TypeError) as error:
            raise InputError("body: expected one that an asynchronous client can read") from error
        for signed in self.auth_flow(request):
            yield signed

    def _message(self, request: httpx.Request) -> HttpMessage:
        url = request.url
        # netloc holds no userinfo.
        origin = checked_origin(f"{url.scheme}://{url.netloc.decode('ascii')}")
        if origin != self._origin:
            raise InputError(f"origin: this presents to {self._origin} only, got a request to {origin}")
        path, _, query = url.raw_path.partition(b"?")
        return HttpMessage(
            method=request.method,
            origin=origin,
            path=path.decode("ascii"),
            query=query.decode("ascii"),
            body=request.content,
        )
