"""An ASGI middleware that serves HTTP requests, and lets nothing else past it."""

from __future__ import annotations

from attorn.asgi.application import HttpApplication
from attorn.asgi.connection import App, Receive, Scope, Send


class HttpMiddleware(HttpApplication):
    """Before `app`: requests are served by the middleware, a lifespan is the application's.

    A WebSocket is told `closing` as the reason.
    """

    def __init__(self, app: App, *, closing: str) -> None:
        self._app = app
        self._closing = closing

    async def _live(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)
