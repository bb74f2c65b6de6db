"""The presentation as access token. The SDK shows a token verifier the token alone, so `Gate` decides before it."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Final

from mcp.server.auth.provider import AccessToken
from mcp.server.auth.settings import AuthSettings
from pydantic import AnyHttpUrl
from starlette.requests import HTTPConnection

from attorn.errors import InputError, MissingError, WrongRequestError
from attorn.jose.actors import act
from attorn.mcp.door import McpDoor
from attorn.mcp.sealing import Context
from attorn.request.request import Request
from attorn.verify.access import Access, Verified
from attorn.verify.verifier import Verifier

SCOPE: Final = "attorn.mcp.decided"
"""Where an ASGI scope holds what was decided."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What `Gate` found out about one message: access, or for a listing only whose chain it is.

    `token` is what it hands on in place of the presentation.
    """

    by: Bearer = field(repr=False)
    request: Request
    outcome: Access | Verified
    token: str = field(default_factory=lambda: secrets.token_urlsafe(16), repr=False)


_DECIDED: ContextVar[Decided | None] = ContextVar("attorn_mcp_decided", default=None)


@contextmanager
def deciding(decided: Decided) -> Iterator[None]:
    """While this request is served, its token is known."""
    token = _DECIDED.set(decided)
    try:
        yield
    finally:
        _DECIDED.reset(token)


class Bearer(McpDoor):
    """The presentation is the access token, over HTTP alone; this is the server's `token_verifier` too.

    Works behind `Gate`, which sees the message that the token was made for; without one every token is refused. The
    verifier's audience is the URL of the server; `sealed` is what it is for `SideCar`. Raises `InputError`.
    """

    mode = "bearer"

    def __init__(self, verifier: Verifier, *, sealed: bool = False) -> None:
        super().__init__(verifier, sealed=sealed)
        if not self.server.startswith(("https://", "http://")):
            raise InputError("audience: expected the URL of this server; a bearer token travels over HTTP")

    def auth(self, issuer: str) -> AuthSettings:
        """Settings by which RFC 9728 metadata is served; `issuer` is the URL where chains are to be had.

        Raises `InputError`.
        """
        try:
            return AuthSettings(
                issuer_url=AnyHttpUrl(issuer), resource_server_url=AnyHttpUrl(self.server), validate_token_resource=True
            )
        except ValueError:
            raise InputError("issuer: expected a URL") from None

    async def verify_token(self, token: str) -> AccessToken | None:
        """What `Gate` found out where it handed on this very token, or None."""
        decided = _DECIDED.get()
        if decided is None or decided.by is not self or not hmac.compare_digest(decided.token.encode(), token.encode()):
            return None
        return AccessToken(
            token="presented",  # noqa: S106 - nobody is to pass anything on
            client_id=decided.outcome.holder,
            scopes=[decided.request.action],
            resource=self.server,
            subject=decided.outcome.root,
            claims={"act": act(link.delegate for link in decided.outcome.chain)},
        )

    async def _access(self, ctx: Context, request: Request) -> Access:
        decided = ctx.request.scope.get(SCOPE) if isinstance(ctx.request, HTTPConnection) else None
        if not isinstance(decided, Decided) or decided.by is not self or not isinstance(decided.outcome, Access):
            raise MissingError("expected an access token, by HTTP and through the gate")
        if decided.request != request:
            raise WrongRequestError("the server reads this message in another way than the gate did")
        return decided.outcome
