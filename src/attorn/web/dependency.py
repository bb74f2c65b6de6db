"""A FastAPI dependency that hands an endpoint its verified `Access`.

No postponed annotations here: FastAPI reads those of `Authorized.__call__`, and cannot look up their names.
"""

from contextlib import aclosing

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException, WebSocketException
from starlette.requests import ClientDisconnect, HTTPConnection
from starlette.requests import Request as HttpRequest
from starlette.responses import Response

from attorn.asgi.body import MOST_BODY, check_length, checked_most, declared_length, gathered
from attorn.asgi.problem import Problem
from attorn.errors import AttornError, InputError, UnavailableError
from attorn.verify.access import Access
from attorn.verify.verifier import Verifier
from attorn.web.door import Door, checked_door
from attorn.web.http import Route, fixed_route


class Refused(HTTPException):
    """An answer of 400 to 503 in the making. Register `answer_refused` for it, to have the problem as the body."""

    def __init__(self, refusal: Problem) -> None:
        headers = {name: value for name, value in refusal.headers if name != "Content-Type"}
        super().__init__(refusal.status, refusal.detail, headers)
        self.problem = refusal


async def answer_refused(request: HttpRequest, error: Exception) -> Response:
    """The exception handler: `FastAPI(exception_handlers={Refused: answer_refused})`."""
    del request
    if not isinstance(error, Refused):
        raise error
    return Response(error.problem.body, error.problem.status, dict(error.problem.headers))


class DoorDependency:
    """`Depends(DoorDependency(door))` gives the endpoint the `Access` of whoever gets through, and refuses all others.

    Bodies are at most `most_body` bytes; one that is longer is read no further, unless the endpoint declares a body:
    then FastAPI has read it all before any dependency runs. An endpoint that takes form fields cannot be guarded at
    all: use the middleware there. A WebSocket is refused. Raises `InputError`.
    """

    def __init__(self, door: Door, *, most_body: int = MOST_BODY) -> None:
        self._door = checked_door(door)
        self._most_body = checked_most(most_body)

    async def __call__(self, request: HTTPConnection) -> Access:
        """The verified access of this request. Raises `Refused`, and `WebSocketException` for a WebSocket."""
        if not isinstance(request, HttpRequest):
            raise WebSocketException(1008, "presentations are bound to HTTP requests")
        try:
            authorize = self._door.knock(request.scope)
            # Refused before its body is read.
            self._door.message(request.scope)
            body = await self._body(request)
            return await run_in_threadpool(authorize, body)
        except AttornError as error:
            raise Refused(self._door.refusal(error)) from error

    async def _body(self, request: HttpRequest) -> bytes:
        """The whole body, kept for the endpoint to read again. Stops reading at the limit."""
        check_length(declared_length(request.scope) or 0, self._most_body)
        try:
            async with aclosing(request.stream()) as parts:
                body = await gathered(parts, self._most_body)
        except ClientDisconnect:
            raise UnavailableError("the client went away before its body could be verified") from None
        except RuntimeError as error:
            raise UnavailableError("the body was consumed before it could be verified") from error
        # Where Starlette itself keeps a body that was read.
        request._body = body
        return body


class Authorized(DoorDependency):
    """The same for presentations: `Depends(Authorized(verifier, origin=...))`.

    What is asked for is said by `route`, or by the default route with `action` or `resource` replaced; the client must
    say the same. Raises `InputError`.
    """

    def __init__(
        self,
        verifier: Verifier,
        *,
        origin: str,
        action: str | None = None,
        resource: str | None = None,
        route: Route | None = None,
        most_body: int = MOST_BODY,
        realm: str | None = None,
    ) -> None:
        door = Door(verifier, origin=origin, route=chosen_route(route, action, resource), realm=realm)
        super().__init__(door, most_body=most_body)


def chosen_route(route: Route | None, action: str | None, resource: str | None) -> Route:
    """`route`, or the default one with its action, its resource or both replaced. Raises `InputError` for both."""
    if route is None:
        return fixed_route(action=action, resource=resource)
    if not (action is None and resource is None):
        raise InputError("expected either a route, or an action and a resource")
    return route
