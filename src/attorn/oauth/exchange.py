"""A token endpoint that gives a short-lived JWT (RFC 9068) for a chain (RFC 8693), never broader than it.

What the chain permits, the verifier says, item by item. Source: docs/spec/token-exchange.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse

from attorn.asgi.answer import unstored
from attorn.asgi.body import read_body
from attorn.asgi.connection import Scope
from attorn.asgi.headers import header_values, media_type
from attorn.canonical import JsonValue
from attorn.clock import second_of, seconds_in
from attorn.errors import AttornError, ExpiredError, InputError, UnavailableError, VerificationError
from attorn.handed import members
from attorn.jose import jws
from attorn.keys.jwk import JWS_NAMES, thumbprint, to_jwk
from attorn.keys.signer import PinnedSigner, Signer, key_of
from attorn.oauth import dpop, issued
from attorn.oauth.dpop import DpopError
from attorn.oauth.nonces import Nonces
from attorn.oauth.resource import DpopDoor, one_proof
from attorn.oauth.token_request import TokenRequest, TokenRequestError, exchange_request
from attorn.request.resource import normalise
from attorn.token.token import Token
from attorn.transport import is_fetchable
from attorn.verify.access import Verified
from attorn.verify.possession import Possession
from attorn.verify.verifier import Verifier

TYP: Final = "at+jwt"
_MOST_LIFETIME: Final = timedelta(hours=1)
_FORM: Final = "application/x-www-form-urlencoded"


class TokenExchange:
    """`Route("/token", TokenExchange(...).endpoint, methods=["POST"])` serves the https URL `endpoint`.

    It signs as `issuer`, with a key for nothing else. `targets` are whom it issues for: each `aud`, and the resource
    that everything there lies below. A JWT is good for `lifetime`, at most an hour, and never longer than the chain; it
    is bound to the holder's key, whose proofs the target must ask for. Who the client is besides, it does not ask.
    Raises `InputError` for unusable arguments, and `UnavailableError` if the signer or `targets` fail.
    """

    def __init__(
        self,
        verifier: Verifier,
        *,
        issuer: str,
        endpoint: str,
        by: Signer,
        targets: Mapping[str, str],
        lifetime: timedelta = timedelta(minutes=5),
        nonces: Nonces | None = None,
    ) -> None:
        if not isinstance(issuer, str) or not issuer.startswith(("https://", "http://")):
            raise InputError("issuer: expected a URL")
        places = members("targets", targets) if isinstance(targets, Mapping) else None
        if not places or not all(isinstance(name, str) and name for name in places):
            raise InputError("targets: expected names of audiences, each with a resource")
        if not isinstance(endpoint, str) or not is_fetchable(endpoint, loopback=True):
            raise InputError("endpoint: expected an https URL, or one over http of this machine")
        self._resource = normalise(endpoint)
        self._door = DpopDoor(verifier, origin="/".join(self._resource.split("/", 3)[:3]), nonces=nonces)
        self._issuer = issuer
        self._key = key_of(by)
        self._by = PinnedSigner(by, self._key)
        self._targets = {name: normalise(resource) for name, resource in places.items()}
        self._lifetime = seconds_in(lifetime, "lifetime", least=1, most=_MOST_LIFETIME)

    @property
    def jwks(self) -> dict[str, JsonValue]:
        """The key set by which targets verify the JWTs."""
        alg = JWS_NAMES[self._key.algorithm][0]
        return {"keys": [{**to_jwk(self._key), "alg": alg, "kid": thumbprint(self._key), "use": "sig"}]}

    async def endpoint(self, request: HttpRequest) -> JSONResponse:
        """The answer to one request, a refusal among them: nothing of attorn's is raised."""
        try:
            body = await _body(request, self._door.verifier.limits.token_bytes + dpop.MOST_PROOF)
            given = await run_in_threadpool(self._exchange, request.scope, body)
        except AttornError as error:
            code, status = _refusal(error)
            # The code and nothing else: RFC 6749 leaves few characters, and a message may quote what was sent.
            said = {"error": code, "error_description": error.code}
            return JSONResponse(said, status, {**_headers(status), **dict(self._door.fresh(error))})
        return JSONResponse(given, 200, _headers(200))

    def _exchange(self, scope: Scope, body: bytes) -> dict[str, JsonValue]:
        message = self._door.message(scope, body)
        if message.resource != self._resource or message.method != "POST" or message.query:
            raise InputError("expected a POST to the token endpoint, without a query")
        asked = TokenRequest.of(body)
        if asked.target not in self._targets:
            raise TokenRequestError("nothing is issued for this target", error="invalid_target")
        request = exchange_request(self._resource, asked.parameters)
        proofs = header_values(scope, b"dpop")
        wire: str | Possession = asked.subject_token
        if not asked.presented:
            wire = self._door.held(one_proof(proofs), asked.subject_token, message, request)
        elif proofs:
            raise TokenRequestError("a presentation is proof enough: expected no DPoP beside it")
        limits = self._door.verifier.limits
        token = (Token.of_presentation if asked.presented else Token.decode)(asked.subject_token, limits=limits)
        verified = self._door.verifier.verify(wire, request)
        return self._issued(asked, verified, jws.token_hash(token.encode()))

    def _issued(self, asked: TokenRequest, verified: Verified, digest: str) -> dict[str, JsonValue]:
        """(9) A JWT for what of it the chain permits. Raises `TokenRequestError` if that is nothing."""
        granted = issued.granted(asked, verified, self._targets[asked.target])
        now = second_of(self._door.verifier.clock)
        ends = verified.expires
        until = now + self._lifetime if ends is None else min(now + self._lifetime, int(ends.timestamp()))
        if until <= now:
            raise ExpiredError("now is outside the validity window of a link of the chain")
        claims: dict[str, JsonValue] = {"iss": self._issuer, "iat": now, "exp": until, "attorn_chain": digest}
        claims |= {**issued.claims(asked, verified), **granted}
        text = jws.sign(claims, by=self._by, typ=TYP, kid=thumbprint(self._key))
        said: dict[str, JsonValue] = {"access_token": text, "issued_token_type": asked.issued_type}
        return {**said, "token_type": "DPoP", "expires_in": until - now, **granted}


def _refusal(error: AttornError) -> tuple[str, int]:
    """OAuth's code for a refusal, and the status."""
    if isinstance(error, TokenRequestError):
        return error.error, 400
    if isinstance(error, DpopError):
        return error.code, 400
    if isinstance(error, VerificationError | InputError):
        # RFC 8693 section 2.2.2: a subject token that is invalid for any reason is this too, and not invalid_grant.
        return "invalid_request", 400
    return "temporarily_unavailable", 503


def _headers(status: int) -> dict[str, str]:
    # RFC 6749 section 5.1 has both.
    return {**dict(unstored(status)), "Pragma": "no-cache"}


async def _body(request: HttpRequest, most: int) -> bytes:
    """The body of a form. Raises `TokenRequestError`, `UnavailableError`, and as `read_body` does."""
    if media_type(request.scope) != _FORM:
        raise TokenRequestError(f"expected a body of the type {_FORM}")
    body = await read_body(request.scope, request.receive, most)
    if body is None:
        raise UnavailableError("the client went away")
    return body
