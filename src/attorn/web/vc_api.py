"""The VC API as an ASGI application: credentials issued, verified and set, lists hosted, DIDs resolved.

Source: VC API (W3C CCG draft), as the conformance suites of the W3C use it; docs/spec/vc-api.md.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from typing import Final

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from attorn.asgi.answer import unstored
from attorn.asgi.body import MOST_BODY, checked_most, read_body, require_json
from attorn.asgi.connection import App
from attorn.asgi.headers import accepted_types
from attorn.canonical import JsonValue
from attorn.errors import AttornError, InputError, UnavailableError
from attorn.handed import ask
from attorn.status import bitstring
from attorn.web.did_api import DidApi
from attorn.web.named import Named
from attorn.web.vc_body import Verify, read_changes, read_issue, read_verify
from attorn.web.vc_issuing import Issuing
from attorn.web.vc_lists import Lists
from attorn.web.vc_problem import plain, refusal
from attorn.web.vc_verifying import Verifying

LIST_PATH: Final = "/status"
"""Under which path an issuer's lists are."""
_JWT: Final = f"application/{bitstring.TYP}"
_Endpoint = Callable[[Request], Awaitable[Response]]
_Answered = Callable[[bytes], Response]


def application(
    *,
    issuing: Issuing | None = None,
    verifying: Verifying | None = None,
    lists: Lists | None = None,
    dids: DidApi | None = None,
    most_body: int = MOST_BODY,
    authorities: Collection[str] | None = None,
) -> App:
    """The VC API with those endpoints for which something is handed in. A body has at most `most_body` bytes.

    `authorities` are the values of Host that are answered, any without: over plain http a page could otherwise have its
    own name lead to this machine, and so be of one origin with the server.

    Whoever can reach it may have credentials issued and their status set: who that is, is for what stands before it to
    decide. Raises `InputError`.
    """
    most = checked_most(most_body)
    routes: list[Route] = []
    if issuing is not None:
        routes.append(_post("/credentials/issue", _issue(issuing, most), most))
    if verifying is not None:
        credential = _verified(verifying.verify, "verifiableCredential", most)
        routes.append(_post("/credentials/verify", credential, most, verifying=True))
        presentation = _verified(verifying.verify_presentation, "verifiablePresentation", most)
        routes.append(_post("/presentations/verify", presentation, most, verifying=True))
    if lists is not None:
        routes.append(_post("/credentials/status", _change(lists, most), most))
        routes.append(Route(f"{LIST_PATH}/{{purpose}}/{{number}}", _hosted(lists), methods=["GET"]))
        routes.append(_post(f"{LIST_PATH}/{{purpose}}/{{number}}/publish", lambda _: Response(status_code=204), most))
    if dids is not None:
        routes += dids.routes
    app = Starlette(routes=routes, exception_handlers={HTTPException: _unrouted})
    return app if authorities is None else Named(app, authorities)


def _post(path: str, answered: _Answered, most: int, *, verifying: bool = False) -> Route:
    """A route that reads a body of JSON and answers, whatever it is, never with a server's error."""

    async def endpoint(request: Request) -> Response:
        try:
            # A page in a browser may send a form or plain text to any server without asking it first, but not JSON.
            require_json(request.scope, suffixed=True)
            body = await read_body(request.scope, request.receive, most)
            if body is None:
                raise UnavailableError("the client went away")
            return await run_in_threadpool(ask, "VC API", lambda: answered(body))
        except AttornError as error:
            return refusal(error, verifying=verifying)

    return Route(path, endpoint, methods=["POST"])


def _issue(issuing: Issuing, most: int) -> _Answered:
    def answered(body: bytes) -> Response:
        issued = issuing.issue(read_issue(body, most=most))
        return JSONResponse({"verifiableCredential": issued}, 201, dict(unstored(201)))

    return answered


def _verified(verify: Callable[[Verify], dict[str, JsonValue]], name: str, most: int) -> _Answered:
    def answered(body: bytes) -> Response:
        return JSONResponse(verify(read_verify(body, name, most=most)), 200, dict(unstored(200)))

    return answered


def _change(lists: Lists, most: int) -> _Answered:
    def answered(body: bytes) -> Response:
        changes = read_changes(body, most=most)
        entries = lists.change(changes)
        told: list[JsonValue] = [
            {**entry.write(), "status": change.value} for entry, change in zip(entries, changes, strict=True)
        ]
        return JSONResponse({"credentialStatus": told[0] if len(told) == 1 else told}, 200, dict(unstored(200)))

    return answered


def _hosted(lists: Lists) -> _Endpoint:
    async def endpoint(request: Request) -> Response:
        jwt = _JWT in accepted_types(request.scope)
        path = f"{request.path_params['purpose']}/{request.path_params['number']}"
        try:
            text = await run_in_threadpool(ask, "status list", lambda: lists.text(f"{lists.base}{path}", jwt=jwt))
        except InputError:
            return plain(404)
        except AttornError as error:
            return refusal(error)
        headers = {"Cache-Control": "no-cache", "Vary": "Accept"}
        return Response(text, headers=headers, media_type=_JWT if jwt else "application/json")

    return endpoint


async def _unrouted(_: Request, error: Exception) -> Response:
    return plain(error.status_code if isinstance(error, HTTPException) else 400)
