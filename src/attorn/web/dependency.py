"""A FastAPI dependency that hands an endpoint its verified `Access`.

No postponed annotations here: FastAPI reads those of `Authorized.__call__`, and cannot look up their names.
"""

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request as HttpRequest
from starlette.responses import Response

from attorn.errors import AttornError, InputError, UnavailableError
from attorn.verify.access import Access
from attorn.verify.verifier import Verifier
from attorn.web.http import BodyLimitError, Route, bind, checked_origin, fixed_route, read_authorization
from attorn.web.problem import Problem, checked_realm, problem
from attorn.web.scope import MOST_BODY, check_length, declared_length, header_values, read_message


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


class Authorized:
    """`Depends(Authorized(verifier, origin=...))` gives the endpoint the verified `Access`, or refuses the request.

    What is asked for is said by `route`, or by the default route with `action` or `resource` replaced; the client must
    say the same. Bodies are at most `most_body` bytes and declare their length. An endpoint that takes form fields
    reads its body before any dependency runs: use the middleware there. Raises `InputError`.
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
        if route is not None and (action or resource):
            raise InputError("expected either a route, or an action and a resource")
        self._verifier = verifier
        self._origin = checked_origin(origin)
        self._route = route or fixed_route(action=action, resource=resource)
        self._most_body = most_body
        self._realm = checked_realm(realm or self._origin)

    async def __call__(self, request: HttpRequest) -> Access:
        """The verified access of this request. Raises `Refused`."""
        try:
            wire = read_authorization(
                header_values(request.scope, b"authorization"), most=self._verifier.limits.token_bytes
            )
            # Refused before its body is read.
            read_message(request.scope, self._origin)
            body = await self._body(request)
            return await run_in_threadpool(self._authorize, request, body, wire)
        except AttornError as error:
            raise Refused(problem(error, realm=self._realm)) from error

    async def _body(self, request: HttpRequest) -> bytes:
        length = declared_length(request.scope)
        if length is None and header_values(request.scope, b"transfer-encoding"):
            raise BodyLimitError("body: expected a Content-Length")
        check_length(length or 0, self._most_body)
        try:
            body = await request.body()
        except RuntimeError as error:
            raise UnavailableError("the body was consumed before it could be verified") from error
        check_length(len(body), self._most_body)
        return body

    def _authorize(self, request: HttpRequest, body: bytes, wire: str) -> Access:
        return self._verifier.authorize(wire, bind(read_message(request.scope, self._origin, body), self._route))
