"""ASGI: a middleware that says which agent sent a request, and an application that serves a key directory.

Whoever passes the middleware is known, and permitted nothing: that is for a chain, behind it.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from http import HTTPStatus
from typing import Final

from attorn.asgi.answer import answer, unstored
from attorn.asgi.application import HttpApplication
from attorn.asgi.body import MOST_BODY, checked_most, read_body, replayed
from attorn.asgi.connection import App, Receive, Scope, Send
from attorn.asgi.headers import require_no_override
from attorn.asgi.middleware import HttpMiddleware
from attorn.asgi.problem import Problem
from attorn.asgi.target import raw_target
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
from attorn.httpsig.message import SignedMessage
from attorn.httpsig.source import WELL_KNOWN
from attorn.httpsig.verifying import AgentVerifier
from attorn.request.origin import checked_origin

_UNDECIDED: Final = "It could not be found out who sent this; nothing was done. Try again."


class AgentMiddleware(HttpMiddleware):
    """Hands `app` the `Agent` as `scope["attorn.agent"]` and `request.state.agent`, else answers itself.

    `origin` is this server's own, as its clients write it. Unless a signature is `required`, a request without one
    passes, with None for its agent; one with a signature that does not count never does. A signed request's body is
    read whole, at most `most_body` bytes. Put it outside of what verifies chains. Raises `InputError`.
    """

    def __init__(
        self, app: App, *, verifier: AgentVerifier, origin: str, required: bool = True, most_body: int = MOST_BODY
    ) -> None:
        asked = (getattr(verifier, name, None) for name in ("identify", "challenge"))
        if not all(map(callable, asked)) or type(required) is not bool:
            raise InputError("expected an AgentVerifier, and required as True or False")
        super().__init__(app, closing="signatures are for HTTP requests")
        self._verifier = verifier
        self._origin = checked_origin(origin)
        self._required = required
        self._most_body = checked_most(most_body)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        agent: Agent | None = None
        message: SignedMessage | None = None
        try:
            message = _message(scope, self._origin)
            if self._required and not is_signed(message):
                raise SignatureError("expected a signed request")
            if is_signed(message):
                require_no_override(scope)
                body = await read_body(scope, receive, self._most_body)
                if body is None:
                    return
                message = replace(message, body=body)
                agent = await asyncio.to_thread(self._verifier.identify, message)
                receive = replayed(body, receive)
        except AttornError as error:
            await _problem(error, self._verifier.challenge(message)).send(send)
            return
        state = {**scope.get("state", {}), "agent": agent}
        await self._app({**scope, "attorn.agent": agent, "state": state}, receive, send)


class DirectoryEndpoint(HttpApplication):
    """An ASGI application that serves `directory` at its well-known path, and nothing else.

    Raises `InputError` for anything but a `Directory`.
    """

    def __init__(self, directory: Directory) -> None:
        if not isinstance(directory, Directory):
            raise InputError(f"directory: expected a Directory, got {type(directory).__name__}")
        self._directory = directory

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] != WELL_KNOWN:
            await answer(send, HTTPStatus.NOT_FOUND)
        elif scope["method"] not in ("GET", "HEAD"):
            await answer(send, HTTPStatus.METHOD_NOT_ALLOWED, [("Allow", "GET, HEAD")])
        else:
            try:
                headers = await asyncio.to_thread(self._directory.headers)
            except UnavailableError:
                await answer(send, HTTPStatus.SERVICE_UNAVAILABLE, unstored(HTTPStatus.SERVICE_UNAVAILABLE))
                return
            length = ("Content-Length", str(len(self._directory.body)))
            body = self._directory.body if scope["method"] == "GET" else b""
            await answer(send, HTTPStatus.OK, [*headers.items(), length], body)


def status_of(error: AttornError) -> HTTPStatus:
    """The status of the answer to a request whose agent is not known because of `error`."""
    if isinstance(error, LimitError):
        return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    if isinstance(error, MalformedError | InputError):
        return HTTPStatus.BAD_REQUEST
    if isinstance(error, ReplayError):
        return HTTPStatus.TOO_MANY_REQUESTS
    return HTTPStatus.FORBIDDEN if isinstance(error, VerificationError) else HTTPStatus.SERVICE_UNAVAILABLE


def _message(scope: Scope, origin: str) -> SignedMessage:
    """The message of an `http` scope, without its body."""
    path, query = raw_target(scope)
    headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"])
    return SignedMessage(method=scope["method"], origin=origin, path=path, query=query, headers=headers)


def _problem(error: AttornError, challenge: str) -> Problem:
    status = status_of(error)
    asked = status in (HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS)
    return Problem.of(error, status, undecided=_UNDECIDED, challenge=("Accept-Signature", challenge) if asked else None)
