"""ASGI: a middleware that says which agent sent a request, and an application that serves a key directory.

Whoever passes the middleware is known, and permitted nothing: that is for a chain, behind it.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import unquote

from attorn.display import shown
from attorn.errors import (
    AttornError,
    InputError,
    LimitError,
    MalformedError,
    ReplayError,
    SignatureError,
    UnavailableError,
    VerificationError,
)
from attorn.httpsig.agent import Agent
from attorn.httpsig.directory import Directory
from attorn.httpsig.fields import is_signed
from attorn.httpsig.message import SignedMessage, own_origin
from attorn.httpsig.source import WELL_KNOWN
from attorn.httpsig.verifying import AgentVerifier

MOST_BODY: Final = 1 << 20
_UNDECIDED: Final = "It could not be found out who sent this; nothing was done. Try again."
Scope = MutableMapping[str, Any]
AsgiMessage = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[AsgiMessage]]
Send = Callable[[AsgiMessage], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


class AgentMiddleware:
    """Hands `app` the `Agent` as `scope["attorn.agent"]` and `request.state.agent`, else answers itself.

    `origin` is this server's own, as its clients write it. Unless a signature is `required`, a request without one
    passes, with None for its agent; one with a signature that does not count never does. A signed request's body is
    read whole, at most `most_body` bytes. Put it outside of what verifies chains. Raises `InputError`.
    """

    def __init__(
        self, app: App, *, verifier: AgentVerifier, origin: str, required: bool = True, most_body: int = MOST_BODY
    ) -> None:
        if not callable(getattr(verifier, "identify", None)) or type(required) is not bool:
            raise InputError("expected an AgentVerifier, and required as True or False")
        if type(most_body) is not int or most_body < 0:
            raise InputError(f"most_body: expected a number of bytes from 0 on, got {shown(most_body)}")
        self._app = app
        self._verifier = verifier
        self._origin = own_origin(origin)
        self._required = required
        self._most_body = most_body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection. Raises `InputError` for a kind of connection that nobody has thought about."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008, "reason": "signatures are for HTTP requests"})
        elif scope["type"] == "http":
            await self._serve(scope, receive, send)
        else:
            raise InputError(f"scope: expected http, websocket or lifespan, got {shown(scope['type'])}")

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        agent: Agent | None = None
        message: SignedMessage | None = None
        try:
            message = _message(scope, self._origin, b"")
            if self._required and not is_signed(message):
                raise SignatureError("expected a signed request")
            if is_signed(message):
                body = await _body(receive, self._most_body)
                if body is None:
                    return
                message = _message(scope, self._origin, body)
                agent = await asyncio.to_thread(self._verifier.identify, message)
                receive = _replay(body, receive)
        except AttornError as error:
            await _refuse(send, error, self._verifier.challenge(message))
            return
        state = {**scope.get("state", {}), "agent": agent}
        await self._app({**scope, "attorn.agent": agent, "state": state}, receive, send)


class DirectoryEndpoint:
    """An ASGI application that serves `directory` at its well-known path, and nothing else."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request. Raises `InputError` for connections that are not HTTP."""
        if scope["type"] != "http":
            raise InputError(f"scope: expected http, got {shown(scope['type'])}")
        if scope["path"] != WELL_KNOWN:
            await _answer(send, HTTPStatus.NOT_FOUND, {}, b"")
        elif scope["method"] not in ("GET", "HEAD"):
            await _answer(send, HTTPStatus.METHOD_NOT_ALLOWED, {"Allow": "GET, HEAD"}, b"")
        else:
            try:
                headers = await asyncio.to_thread(self._directory.headers)
            except UnavailableError:
                await _answer(send, HTTPStatus.SERVICE_UNAVAILABLE, {"Retry-After": "1"}, b"")
                return
            length = {"Content-Length": str(len(self._directory.body))}
            body = self._directory.body if scope["method"] == "GET" else b""
            await _answer(send, HTTPStatus.OK, {**headers, **length}, body)


def status_of(error: AttornError) -> HTTPStatus:
    """The status of the answer to a request whose agent is not known because of `error`."""
    if isinstance(error, LimitError):
        return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    if isinstance(error, MalformedError | InputError):
        return HTTPStatus.BAD_REQUEST
    if isinstance(error, ReplayError):
        return HTTPStatus.TOO_MANY_REQUESTS
    return HTTPStatus.FORBIDDEN if isinstance(error, VerificationError) else HTTPStatus.SERVICE_UNAVAILABLE


def _message(scope: Scope, origin: str, body: bytes) -> SignedMessage:
    raw = scope.get("raw_path")
    if not isinstance(raw, bytes):
        raise UnavailableError("the ASGI server does not say what the raw path was")
    path, query = raw.decode("latin-1"), scope["query_string"].decode("latin-1")
    if unquote(path) != scope["path"]:
        raise UnavailableError("the path was rewritten after it was received")
    headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"])
    return SignedMessage(method=scope["method"], origin=origin, path=path, query=query, headers=headers, body=body)


async def _body(receive: Receive, most: int) -> bytes | None:
    """The whole body, or None if the client went away. Raises `LimitError`."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        body += message.get("body", b"")
        if len(body) > most:
            raise LimitError(f"body: expected at most {most} bytes")
        if not message.get("more_body", False):
            return bytes(body)


def _replay(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives the body once more, then whatever the server says."""
    pending = [body]

    async def replayed() -> AsgiMessage:
        if pending:
            return {"type": "http.request", "body": pending.pop(), "more_body": False}
        return await receive()

    return replayed


async def _refuse(send: Send, error: AttornError, challenge: str) -> None:
    status = status_of(error)
    undecided = status is HTTPStatus.SERVICE_UNAVAILABLE
    detail = _UNDECIDED if undecided else str(error)
    problem = {"type": "about:blank", "title": status.phrase, "status": status, "detail": detail, "code": error.code}
    headers = {"Content-Type": "application/problem+json", "Cache-Control": "no-store"}
    if undecided:
        headers["Retry-After"] = "1"
    if status in (HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS):
        headers["Accept-Signature"] = challenge
    await _answer(send, status, headers, json.dumps(problem).encode())


async def _answer(send: Send, status: int, headers: Mapping[str, str], body: bytes) -> None:
    fields = {"Content-Length": str(len(body)), **headers}
    raw = [(name.lower().encode(), value.encode()) for name, value in fields.items()]
    await send({"type": "http.response.start", "status": int(status), "headers": raw})
    await send({"type": "http.response.body", "body": body})
