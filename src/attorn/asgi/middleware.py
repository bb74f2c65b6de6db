"""An ASGI middleware that serves HTTP requests, and lets nothing else past it."""

from __future__ import annotations

from attorn.asgi.application import HttpApplication
from attorn.asgi.connection import App, Receive, Scope, Send
from attorn.errors import InputError


class HttpMiddleware(HttpApplication):
    """Before `app`: requests are served by the middleware, a lifespan is the application's.

    A WebSocket is told `closing` as the reason. Raises `InputError` for what cannot be called.
    """

    def __init__(self, app: App, *, closing: str) -> None:
        if not callable(app):
            raise InputError(f"app: expected an ASGI application, got {type(app).__name__}")
        self._app = app
        self._closing = closing

    async def _live(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)
