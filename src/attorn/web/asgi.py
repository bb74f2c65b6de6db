"""ASGI middleware: no request reaches the application without verified access, bound to its method, path and body."""

from __future__ import annotations

from collections.abc import Collection

from starlette.concurrency import run_in_threadpool

from attorn.asgi.body import MOST_BODY, checked_most, read_body, replayed
from attorn.asgi.connection import App, Receive, Scope, Send
from attorn.asgi.middleware import HttpMiddleware
from attorn.errors import AttornError, InputError
from attorn.verify.access import Access
from attorn.verify.verifier import Verifier
from attorn.web.door import Door, checked_door
from attorn.web.http import HttpMessage, Route, plain_route


class DoorMiddleware(HttpMiddleware):
    """Hands `app` the `Access` of whoever gets through `door` as `scope["attorn.access"]` and `request.state.access`.

    All others it answers itself. `public` lists exact raw paths that need no authority. A body is read whole before
    anything is verified, at most `most_body` bytes. WebSockets are refused. Put it innermost: what rewrites a request
    after it would have the application answer another one than was authorised. Raises `InputError`.
    """

    def __init__(self, app: App, *, door: Door, public: Collection[str] = (), most_body: int = MOST_BODY) -> None:
        listed = isinstance(public, list | tuple | set | frozenset)
        if not listed or not all(isinstance(path, str) and path[:1] == "/" for path in public):
            raise InputError("public: expected a list of paths that start with '/'")
        super().__init__(app, closing="presentations are bound to HTTP requests")
        self._door = checked_door(door)
        for path in public:
            # One that no request can have would leave its page closed, and nobody would know why.
            HttpMessage(method="GET", origin=self._door.origin, path=path)
        self._public = frozenset(public)
        self._most_body = checked_most(most_body)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            public = self._door.message(scope).path in self._public
            verified = None if public else await self._verified(scope, receive)
        except AttornError as error:
            await self._door.refusal(error).send(send)
            return
        if public:
            await self._app(scope, receive, send)
        elif verified is not None:
            access, body = verified
            state = {**scope.get("state", {}), "access": access}
            await self._app({**scope, "attorn.access": access, "state": state}, replayed(body, receive), send)

    async def _verified(self, scope: Scope, receive: Receive) -> tuple[Access, bytes] | None:
        """Access and the body it was given for; None if the client went away. Cheap refusals come first."""
        authorize = self._door.knock(scope)
        body = await read_body(scope, receive, self._most_body)
        if body is None:
            return None
        return await run_in_threadpool(authorize, body), body


class AttornMiddleware(DoorMiddleware):
    """The same for presentations: each request brings one that was made for its method, path and body.

    `origin` is this server's own, as its clients write it. Raises `InputError`.
    """

    def __init__(
        self,
        app: App,
        *,
        verifier: Verifier,
        origin: str,
        route: Route = plain_route,
        public: Collection[str] = (),
        most_body: int = MOST_BODY,
        realm: str | None = None,
    ) -> None:
        door = Door(verifier, origin=origin, route=route, realm=realm)
        super().__init__(app, door=door, public=public, most_body=most_body)
