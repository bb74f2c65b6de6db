"""An ASGI application that serves HTTP requests, and nothing else."""

from __future__ import annotations

from abc import ABC, abstractmethod

from attorn.asgi.connection import Receive, Scope, Send
from attorn.display import shown
from attorn.errors import InputError


class HttpApplication(ABC):
    """Serves requests; a lifespan is answered, for whoever runs it alone. A WebSocket is closed (1008)."""

    _closing = "this server answers HTTP requests"
    """What a WebSocket is told as the reason."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection. Raises `InputError` for a kind of connection that nobody has thought about."""
        if scope["type"] == "lifespan":
            await self._live(scope, receive, send)
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

    async def _live(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Start and end with the server: there is nothing to do."""
        del scope
        while True:
            kind = (await receive())["type"]
            await send({"type": f"{kind}.complete"})
            if kind == "lifespan.shutdown":
                return
