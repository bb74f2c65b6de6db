"""A server that answers to its own names only."""

from __future__ import annotations

from collections.abc import Collection
from http import HTTPStatus

from attorn.asgi.connection import App, Receive, Scope, Send
from attorn.asgi.headers import header_values
from attorn.asgi.middleware import HttpMiddleware
from attorn.asgi.problem import Problem
from attorn.errors import InputError
from attorn.handed import items


class Named(HttpMiddleware):
    """Answers requests that name this server in their one Host header, as one of `authorities`, and no others (421).

    Over plain http a page could have its own name lead to this machine, and so be of one origin with the server. Raises
    `InputError`, and `UnavailableError` if `authorities` fail to be said.
    """

    def __init__(self, app: App, authorities: Collection[str]) -> None:
        listed = isinstance(authorities, Collection) and not isinstance(authorities, str | bytes)
        names = items("list of authorities", authorities) if listed else ("",)
        if not all(isinstance(each, str) and each and each.isascii() for each in names):
            raise InputError("authorities: expected a list of names in ASCII, as they stand in Host")
        super().__init__(app, closing="this server answers HTTP requests")
        self._names = frozenset(each.lower().encode() for each in names)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        given = header_values(scope, b"host")
        if len(given) == 1 and given[0].lower() in self._names:
            await self._app(scope, receive, send)
        else:
            await Problem.plain(HTTPStatus.MISDIRECTED_REQUEST).send(send)
