"""ASGI, in front of an MCP server whose access tokens are presentations: what only HTTP can answer, 401 and 403."""

from __future__ import annotations

import json
from http import HTTPStatus
from urllib.parse import parse_qsl, urlsplit

from mcp.server.auth.routes import build_resource_metadata_url
from pydantic import AnyHttpUrl
from starlette.concurrency import run_in_threadpool

from attorn.asgi.answer import answer, unstored
from attorn.asgi.body import MOST_BODY, checked_most, read_body, replayed
from attorn.asgi.connection import App, Receive, Scope, Send
from attorn.asgi.headers import header_values
from attorn.errors import AttornError, InputError, MissingError
from attorn.mcp.bearer import SCOPE, Bearer, Decided, deciding
from attorn.mcp.call import LISTINGS, refusal
from attorn.mcp.message import RpcMessage, read_message
from attorn.request.request import Request
from attorn.web.http import read_authorization


class Gate:
    """Decides, once, about the message in each POST to the server's URI; everything else reaches `app`
    undecided, and without its Authorization.

    `app` is what `MCPServer(..., token_verifier=door, auth=door.auth(...)).streamable_http_app()` gives, and refuses
    whatever needs a token and did not pass here. A listing, and a notification, needs a genuine chain, whatever its
    caveats; all else is cleared and charged. Raises `InputError`.
    """

    def __init__(self, app: App, door: Bearer, *, most_body: int = MOST_BODY) -> None:
        if not isinstance(door, Bearer):
            raise InputError(f"door: expected a Bearer, got {type(door).__name__}")
        self._app = app
        self._door = door
        self._path = urlsplit(door.server).path or "/"
        self._most_body = checked_most(most_body)
        self._metadata = str(build_resource_metadata_url(AnyHttpUrl(door.server)))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http" or scope["path"] != self._path or scope["method"] == "OPTIONS":
            await self._app(_without_authorization(scope), receive, send)
            return
        if scope["method"] != "POST":
            # Sessions, which a GET would listen to and a DELETE end, are no part of the protocol any more.
            await answer(send, HTTPStatus.METHOD_NOT_ALLOWED, [("Allow", "POST")])
            return
        number: str | int | None = None
        action = ""
        try:
            wire = self._wire(scope)
            body = await read_body(scope, receive, self._most_body)
            if body is None:
                return
            # In a thread, as what follows: a long body takes a third of a second, and nobody has shown who they are.
            message = await run_in_threadpool(read_message, body, scope)
            number = message.id
            request = await run_in_threadpool(self._door.request, message.method, message.params)
            action = request.action
            decided = await run_in_threadpool(self._decide, wire, message, request)
        except AttornError as error:
            await self._answer(error, number, action, send)
            return
        # No tool is to see the presentation, and the SDK's token verifier is to know what it sees.
        bare = _without_authorization(scope)
        headers = [*bare["headers"], (b"authorization", f"Bearer {decided.token}".encode())]
        with deciding(decided):
            await self._app({**bare, "headers": headers, SCOPE: decided}, replayed(body, receive), send)

    def _wire(self, scope: Scope) -> str:
        """The access token. Raises as `read_authorization` does, and `InputError` for one in the query."""
        query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        if any(name.strip().lower() == "access_token" for name, _ in query):
            raise InputError("query: an access token belongs in the Authorization header")
        most = self._door.verifier.limits.token_bytes
        return read_authorization(header_values(scope, b"authorization"), most=most, scheme="Bearer")

    def _decide(self, wire: str, message: RpcMessage, request: Request) -> Decided:
        verifier = self._door.verifier
        listing = message.notification or message.method in LISTINGS
        outcome = verifier.verify(wire, request) if listing else verifier.authorize(wire, request)
        return Decided(self._door, request, outcome)

    async def _answer(self, error: AttornError, number: str | int | None, action: str, send: Send) -> None:
        """A JSON-RPC error, which MCP clients read at any status, and the challenge of RFC 6750."""
        refused = refusal(error, self._door.server).error
        body = {"jsonrpc": "2.0", "id": number, "error": refused.model_dump()}
        status = HTTPStatus(refused.code)
        headers = [*unstored(status, "application/json")]
        if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            headers.append(("WWW-Authenticate", self._challenge(error, status, action)))
        await answer(send, status, headers, json.dumps(body).encode())

    def _challenge(self, error: AttornError, status: HTTPStatus, action: str) -> str:
        parts = []
        if status is HTTPStatus.FORBIDDEN:
            parts += ['error="insufficient_scope"', f'scope="{action}"', f'error_description="{error.code}"']
        elif not isinstance(error, MissingError):
            parts += ['error="invalid_token"', f'error_description="{error.code}"']
        parts.append(f'resource_metadata="{self._metadata}"')
        return f"Bearer {', '.join(parts)}"


def _without_authorization(scope: Scope) -> Scope:
    """What the application may see of a request: no presentation. A lifespan has no headers."""
    if "headers" not in scope:
        return scope
    return {**scope, "headers": [each for each in scope["headers"] if each[0].lower() != b"authorization"]}
