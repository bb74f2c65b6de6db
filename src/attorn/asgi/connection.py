"""Connections, as ASGI has them: what an application is given, and how it answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from attorn.display import shown
from attorn.errors import InputError

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


def require_http(scope: Scope) -> None:
    """Return if the connection is an HTTP request. Raises `InputError`."""
    if scope["type"] != "http":
        raise InputError(f"scope: expected http, got {shown(scope['type'])}")
