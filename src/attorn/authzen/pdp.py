"""A policy decision point as an ASGI application: AuthZEN's Authorization API 1.0, evaluations and metadata.

200 is for every decision, a deny as well. 400 is a question that cannot be asked, 401 a PEP that is not known, 413 a
body over the cap. Searches are not served, since no chain can answer them, and the metadata names none.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from attorn.asgi.answer import unstored
from attorn.asgi.body import MOST_BODY, BodyLimitError, checked_most, read_body, require_json
from attorn.asgi.connection import App, Message, Receive, Scope, Send
from attorn.asgi.headers import header_values
from attorn.authzen.deciding import Answer, DecisionPoint
from attorn.authzen.evaluation import (
    EVALUATION,
    EVALUATIONS,
    METADATA,
    Batch,
    Evaluation,
    Members,
    read_evaluation,
    read_evaluations,
    read_members,
)
from attorn.authzen.peps import Known, Peps, UnknownPepError, checked_peps, require_pep, unsafe_anybody
from attorn.errors import AttornError, InputError, MalformedError, UnavailableError
from attorn.handed import ask
from attorn.request.origin import checked_origin
from attorn.transport import is_fetchable

__all__ = ["application", "unsafe_anybody"]

_MOST_ID: Final = 256
_ID: Final = re.compile(rb"[^\x00-\x1f\x7f]{0,%d}" % _MOST_ID)
_Read = Callable[[Members], Evaluation | Batch]


def application(decisions: DecisionPoint, *, url: str, peps: Peps, most_body: int = MOST_BODY) -> App:
    """The endpoints of the decision point whose base URL is `url`, which its metadata say. Bodies: `most_body` bytes.

    `peps` are the secrets of those who may ask, as `Authorization: Bearer`, of at least 32 characters; or a callable
    that is given what the header holds, "" without a readable one, and knows them by True; `unsafe_anybody` takes
    whoever asks. What a PEP says of subject, resource and arguments is believed as far as no presentation contradicts
    it, and a question uses presentations up: do not let strangers ask. Raises `InputError`.
    """
    if not isinstance(decisions, DecisionPoint):
        raise InputError(f"decisions: expected a DecisionPoint, got {type(decisions).__name__}")
    if not is_fetchable(url, loopback=True) or checked_origin(url) != url:
        raise InputError("url: expected https://host or https://host:port, in lower case")
    known, most = checked_peps(peps), checked_most(most_body)
    metadata = {
        "policy_decision_point": url,
        "access_evaluation_endpoint": f"{url}{EVALUATION}",
        "access_evaluations_endpoint": f"{url}{EVALUATIONS}",
    }

    async def described(_: Request) -> Response:
        return JSONResponse(metadata)

    routes = [
        Route(METADATA, described, methods=["GET"]),
        _post(EVALUATION, read_evaluation, decisions, known, most),
        _post(EVALUATIONS, read_evaluations, decisions, known, most),
    ]
    return _Identified(Starlette(routes=routes, exception_handlers={HTTPException: _unrouted}))


def _post(path: str, read: _Read, decisions: DecisionPoint, known: Known, most: int) -> Route:
    async def endpoint(request: Request) -> Response:
        try:
            await run_in_threadpool(require_pep, request.scope, known)
            require_json(request.scope)
            body = await read_body(request.scope, request.receive, most)
            if body is None:
                raise UnavailableError("the client went away")
            decided = await run_in_threadpool(_decided, body, read, decisions, most)
            return JSONResponse(decided, 200, dict(unstored(200)))
        except UnknownPepError as error:
            return _said(str(error), 401, ("WWW-Authenticate", "Bearer"))
        except BodyLimitError as error:
            return _said(str(error), 413)
        except (MalformedError, InputError) as error:
            return _said(str(error), 400)
        except AttornError:
            return _said("it could not be decided", 500)

    return Route(path, endpoint, methods=["POST"])


def _said(text: str, status: int, *headers: tuple[str, str]) -> Response:
    return PlainTextResponse(text, status, dict([*unstored(status), *headers]))


def _decided(body: bytes, read: _Read, decisions: DecisionPoint, most: int) -> Answer:
    return ask("decision point", lambda: decisions.decide(read(read_members(body, most=most))))


class _Identified:
    """Gives back the X-Request-ID of a request with its answer, whatever that is."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        given = header_values(scope, b"x-request-id") if scope["type"] == "http" else ()

        async def identified(message: Message) -> None:
            if message["type"] == "http.response.start" and given:
                MutableHeaders(scope=message)["X-Request-ID"] = given[0].decode("latin-1")
            await send(message)

        if len(given) > 1 or any(_ID.fullmatch(value) is None for value in given):
            given = ()
            await _said(f"X-Request-ID: at most {_MOST_ID} bytes, once, none of which controls anything", 400)(
                scope, receive, send
            )
        else:
            await self._app(scope, receive, identified)


async def _unrouted(_: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 400
    return _said("no such endpoint", status)
