"""A resource server that takes DPoP: ASGI middleware and a FastAPI dependency, like those for presentations."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Final

from attorn.asgi.body import MOST_BODY
from attorn.asgi.connection import App, Message, Receive, Scope, Send
from attorn.asgi.headers import header_values
from attorn.asgi.problem import Problem
from attorn.clock import second_of, seconds_in
from attorn.errors import (
    AttornError,
    Denied,
    InputError,
    MissingError,
    ReplayError,
    UnavailableError,
    VerificationError,
)
from attorn.oauth import dpop
from attorn.oauth.dpop import ALGS, WINDOW, DpopError, DpopNonceError, DpopProof
from attorn.oauth.nonces import Nonces
from attorn.request.request import Request
from attorn.verify.access import Access
from attorn.verify.verifier import Verifier
from attorn.web.asgi import DoorMiddleware
from attorn.web.dependency import DoorDependency, chosen_route
from attorn.web.door import Door
from attorn.web.http import HttpMessage, Route, plain_route, read_authorization
from attorn.web.problem import problem

SCHEME: Final = "DPoP"


class DpopDoor(Door):
    """Each request brings a token in transit, `Authorization: DPoP <token>`, and one `DPoP` header with a proof.

    Put what the token may be used for under the verifier's own audience: the URL is of this server. Raises
    `InputError`.
    """

    def __init__(
        self,
        verifier: Verifier,
        *,
        origin: str,
        route: Route = plain_route,
        realm: str | None = None,
        nonces: Nonces | None = None,
        window: timedelta = WINDOW,
    ) -> None:
        super().__init__(verifier, origin=origin, route=route, realm=realm)
        if not (nonces is None or isinstance(nonces, Nonces)):
            raise InputError(f"nonces: expected Nonces, got {type(nonces).__name__}")
        self.nonces = nonces
        # To the verifier a proof is a presentation that is good from one end of its window to the other.
        most = self.verifier.limits.presentation / 2
        self._window = timedelta(seconds=seconds_in(window, "window", least=1, most=most))

    def knock(self, scope: Scope) -> Callable[[bytes], Access]:
        """See `Door`. Raises `DpopError` unless there is exactly one proof."""
        token = read_authorization(
            header_values(scope, b"authorization"), most=self.verifier.limits.token_bytes, scheme=SCHEME
        )
        proof = one_proof(header_values(scope, b"dpop"))

        def authorize(body: bytes) -> Access:
            message = self.message(scope, body)
            request = self.request(message)
            return self.verifier.authorize(self.held(proof, token, message, request), request)

        return authorize

    def held(self, proof: str, token: str, message: HttpMessage, request: Request) -> DpopProof:
        """The token with its proof, found to be of this message now. Raises `DpopError`."""
        return dpop.read(
            proof,
            token=token,
            message=message,
            request=request,
            audience=self.verifier.audience,
            now=second_of(self.verifier.clock),
            window=self._window,
            nonces=self.nonces,
        )

    def refusal(self, error: AttornError) -> Problem:
        """See `Door`: with a DPoP challenge, and a fresh nonce if this server asks for them."""
        asking = problem(error, realm=self.realm, asking=_challenge)
        return replace(asking, headers=(*asking.headers, *self.fresh(error)))

    def fresh(self, error: AttornError | None = None) -> tuple[tuple[str, str], ...]:
        """The header with a nonce for the next request: the one that `error` asks for, if it asks for any.

        Empty where there are no nonces, or the clock fails.
        """
        nonce = error.nonce if isinstance(error, DpopNonceError) else None
        if nonce is None and self.nonces is not None:
            try:
                nonce = self.nonces.issue()
            except UnavailableError:
                return ()
        return () if nonce is None else (("DPoP-Nonce", nonce),)


class DpopMiddleware(DoorMiddleware):
    """`AttornMiddleware` for DPoP. Answers of the application, too, bring a nonce if `nonces` are given.

    `window` is how far from now a proof may say that it was made. Raises `InputError`.
    """

    def __init__(
        self,
        app: App,
        *,
        verifier: Verifier,
        origin: str,
        route: Route = plain_route,
        public: Collection[str] = (),
        most_body: int = MOST_BODY,
        realm: str | None = None,
        nonces: Nonces | None = None,
        window: timedelta = WINDOW,
    ) -> None:
        door = DpopDoor(verifier, origin=origin, route=route, realm=realm, nonces=nonces, window=window)
        super().__init__(app, door=door, public=public, most_body=most_body)
        self._fresh = door.fresh

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection, as `AttornMiddleware` does."""

        async def with_nonce(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": self._told(message.get("headers", ()))}
            await send(message)

        await super().__call__(scope, receive, with_nonce)

    def _told(self, headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        found = list(headers)
        if any(name.lower() == b"dpop-nonce" for name, _ in found):
            return found
        return found + [(name.lower().encode(), value.encode()) for name, value in self._fresh()]


class DpopAuthorized(DoorDependency):
    """`Authorized` for DPoP: `Depends(DpopAuthorized(verifier, origin=...))`. Raises `InputError`."""

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
        nonces: Nonces | None = None,
        window: timedelta = WINDOW,
    ) -> None:
        chosen = chosen_route(route, action, resource)
        door = DpopDoor(verifier, origin=origin, route=chosen, realm=realm, nonces=nonces, window=window)
        super().__init__(door, most_body=most_body)


def one_proof(values: tuple[bytes, ...]) -> str:
    """The proof in the values of all `DPoP` headers of one request. Raises `DpopError` for none, and for several."""
    if len(values) != 1:
        raise DpopError(f"expected one DPoP header, got {len(values)}", step=0)
    if len(values[0]) > dpop.MOST_PROOF or not values[0].isascii():
        raise DpopError(f"DPoP: expected at most {dpop.MOST_PROOF} characters of ASCII", step=0)
    return values[0].decode("ascii")


def _challenge(error: AttornError, realm: str) -> str:
    challenge = f'{SCHEME} realm="{realm}", algs="{ALGS}"'
    # RFC 6750 section 3.1: no error code where the client may just not have known that one is needed.
    return challenge if isinstance(error, MissingError) else f'{challenge}, error="{_oauth_code(error)}"'


def _oauth_code(error: AttornError) -> str:
    """The error code of RFC 6750 and RFC 9449 for a refusal; which check it was, the body says."""
    if isinstance(error, DpopError):
        return error.code
    if isinstance(error, ReplayError):
        return DpopError.code
    if isinstance(error, Denied):
        return "insufficient_scope"
    return "invalid_token" if isinstance(error, VerificationError) else "invalid_request"
