"""httpx authentication: a fresh presentation for every request, made for that request alone."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from typing import Final

import httpx

from attorn.approval import Approval, ApprovalRequest, ApprovalRequired
from attorn.asgi.problem import MEDIA_TYPE
from attorn.canonical import JsonValue, parse
from attorn.errors import InputError, MalformedError
from attorn.holder import Holding
from attorn.identity import Identity
from attorn.token.token import Token
from attorn.web.http import HttpMessage, Route, authorization, bind, checked_route, plain_route
from attorn.web.origin_auth import OriginAuth

_MOST_PROBLEM: Final = 262_144


class HolderAuth(OriginAuth):
    """`httpx.Client(auth=HolderAuth(identity, token, audience=..., origin=...))` presents `token` on every request.

    Works for `Client` and `AsyncClient`. A request to any origin but `origin` is refused with `InputError` before
    anything is signed; so is a body that cannot be read, and a path that no server could check. Streamed bodies are
    read into memory, since the presentation covers them. Leave `follow_redirects` off and send
    `response.next_request` yourself: a redirect that httpx follows is sent with the presentation of the first request,
    which no server accepts. `approvals` are good for one request, as `with_approvals` says. Raises `InputError` for
    unusable arguments. What a generator of yours raises while a streamed body is read comes through as it is.
    """

    def __init__(
        self,
        identity: Identity,
        token: Token,
        *,
        audience: str,
        origin: str,
        route: Route = plain_route,
        approvals: Sequence[Approval | str] = (),
    ) -> None:
        super().__init__(identity, token, origin=origin)
        self._holding = Holding(identity, token, audience)
        self._route = checked_route(route)
        if not isinstance(approvals, list | tuple) or not all(isinstance(each, Approval | str) for each in approvals):
            raise InputError("approvals: expected a list of approvals or their texts")
        self._approvals = tuple(approvals)

    def with_approvals(self, *approvals: Approval | str) -> HolderAuth:
        """The same, with approvals of one request, to be sent again: `client.send(request, auth=...)`."""
        return HolderAuth(
            self._holding.identity,
            self._holding.token,
            audience=self._holding.audience,
            origin=self._origin,
            route=self._route,
            approvals=approvals,
        )

    def asked(self, response: httpx.Response) -> ApprovalRequest | None:
        """What to hand to the approvers, if it is their approval that the refused request lacks; else None.

        Raises `MalformedError` if that is not about the request that was sent, or cannot be read, and `InputError` if
        the body of the response has not been read, or it does not know what request it answers.
        """
        if not isinstance(response, httpx.Response):
            raise InputError(f"response: expected an httpx.Response, got {type(response).__name__}")
        try:
            problem, request = _members(response), response.request
        except httpx.StreamError as error:
            raise InputError("response: expected one whose body has been read") from error
        except RuntimeError as error:
            raise InputError("response: expected one that holds the request that it answers") from error
        if problem.get("code") != ApprovalRequired.code:
            return None
        return self._holding.about(problem.get("approval"), bind(self._message(request), self._route))

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Attach a presentation. Raises `InputError`, `DelegationError` or `UnavailableError`."""
        asked = bind(self._message(request), self._route)
        request.headers["Authorization"] = authorization(self._holding.present(asked, self._approvals))
        yield request

    def _message(self, request: httpx.Request) -> HttpMessage:
        path, query = self._target(request)
        return HttpMessage(method=request.method, origin=self._origin, path=path, query=query, body=request.content)


def _members(response: httpx.Response) -> Mapping[str, JsonValue]:
    """The members of a problem body that prohibits; none where it is anything else. Raises `httpx.StreamError`."""
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if response.status_code != httpx.codes.FORBIDDEN or kind != MEDIA_TYPE:
        return {}
    try:
        members = parse(response.content, most=_MOST_PROBLEM)
    except MalformedError:
        return {}
    return members if isinstance(members, dict) else {}
