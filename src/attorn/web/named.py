"""A server that answers to its own names only."""

from __future__ import annotations

from collections.abc import Collection
from http import HTTPStatus

from attorn.asgi.connection import App, Receive, Scope, Send
from attorn.asgi.headers import header_values
from attorn.web.vc_problem import plain


class Named:
    """Answers requests that name this server in their one Host header, as one of `authorities`, and no others (421).

    Over plain http a page could have its own name lead to this machine, and so be of one origin with the server.
    """

    def __init__(self, app: App, authorities: Collection[str]) -> None:
        self._app = app
        self._names = frozenset(each.lower().encode() for each in authorities)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        given = header_values(scope, b"host") if scope["type"] == "http" else ()
        named = len(given) == 1 and given[0].lower() in self._names
        await (self._app if named else plain(HTTPStatus.MISDIRECTED_REQUEST))(scope, receive, send)
