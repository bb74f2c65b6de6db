"""What a server's middleware and its dependency have in common: how a request shows what authority it has."""

from __future__ import annotations

from collections.abc import Callable

from attorn.asgi.connection import Scope
from attorn.asgi.headers import header_values
from attorn.asgi.problem import Problem
from attorn.errors import AttornError, InputError
from attorn.request.origin import checked_origin
from attorn.request.request import Request
from attorn.verify.access import Access
from attorn.verify.verifier import Verifier
from attorn.web.http import HttpMessage, Route, bind, checked_route, plain_route, read_authorization
from attorn.web.problem import checked_realm, problem
from attorn.web.scope import checked_verifier, read_message


class Door:
    """A server at `origin`, where each request brings a presentation in its Authorization header.

    Other proofs have doors of their own. Raises `InputError` for unusable arguments.
    """

    def __init__(
        self, verifier: Verifier, *, origin: str, route: Route = plain_route, realm: str | None = None
    ) -> None:
        self.verifier = checked_verifier(verifier)
        self.origin = checked_origin(origin)
        self.realm = checked_realm(self.origin if realm is None else realm)
        self._route = checked_route(route)

    def message(self, scope: Scope, body: bytes = b"") -> HttpMessage:
        """The message of an `http` scope. Raises as `read_message`."""
        return read_message(scope, self.origin, body)

    def request(self, message: HttpMessage) -> Request:
        """What `message` asks for. Raises as `bind`."""
        return bind(message, self._route)

    def knock(self, scope: Scope) -> Callable[[bytes], Access]:
        """What asks the verifier, once the body is known. Raises `VerificationError` for what is refused without it."""
        wire = read_authorization(header_values(scope, b"authorization"), most=self.verifier.limits.token_bytes)
        return lambda body: self.verifier.authorize(wire, self.request(self.message(scope, body)))

    def refusal(self, error: AttornError) -> Problem:
        """The answer to a request that was refused."""
        return problem(error, realm=self.realm)


def checked_door(door: Door) -> Door:
    """`door`, if it is one. Raises `InputError`."""
    if not isinstance(door, Door):
        raise InputError(f"door: expected a Door, got {type(door).__name__}")
    return door
