"""An ASGI middleware that serves HTTP requests, and lets nothing else past it."""

from __future__ import annotations

from abc import ABC, abstractmethod

from attorn.asgi.connection import App, Receive, Scope, Send
from attorn.display import shown
from attorn.errors import InputError


class HttpMiddleware(ABC):
    """Before `app`: requests are served by the middleware, a lifespan is the application's.

    A WebSocket is closed (1008), and told `closing` as the reason.
    """

    def __init__(self, app: App, *, closing: str) -> None:
        self._app = app
        self._closing = closing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection. Raises `InputError` for a kind of connection that nobody has thought about."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008, "reason": self._closing})
        elif scope["type"] == "http":
            await self._serve(scope, receive, send)
        else:
            raise InputError(f"scope: expected http, websocket or lifespan, got {shown(scope['type'])}")

    @abstractmethod
    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
