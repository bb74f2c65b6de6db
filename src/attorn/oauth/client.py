"""httpx authentication by DPoP: a token as it is in transit, and a fresh proof by its holder for every request."""

from __future__ import annotations

from collections.abc import Generator
from typing import Final

import httpx

from attorn.clock import Clock, system_clock
from attorn.identity import Identity
from attorn.oauth import dpop
from attorn.oauth.dpop import DpopNonceError
from attorn.token.token import Token
from attorn.web.origin_auth import OriginAuth

_MOST_NONCE: Final = 1024


class DpopAuth(OriginAuth):
    """`httpx.Client(auth=DpopAuth(identity, token, origin=...))` proves possession of `token` on every request.

    Works for `Client` and `AsyncClient`. A request to any origin but `origin` is refused with `InputError` before
    anything is signed. A server's nonce is taken from its answers, and a request that it refused for want of one is
    sent once more, so bodies are read into memory. Leave `follow_redirects` off: a redirect that httpx follows is sent
    with the proof of the first request, which no server accepts. Raises `InputError` for unusable arguments.
    """

    def __init__(self, identity: Identity, token: Token, *, origin: str, clock: Clock = system_clock) -> None:
        super().__init__(identity, token, origin=origin)
        self._clock = clock
        self._nonce: str | None = None

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Attach token and proof. Raises `InputError`, `DelegationError` or `UnavailableError`."""
        used = self._nonce
        response = yield self._proven(request, used)
        self._keep(response)
        if _asks_for_nonce(response) and self._nonce not in (None, used):
            self._keep((yield self._proven(request, self._nonce)))

    def _proven(self, request: httpx.Request, nonce: str | None) -> httpx.Request:
        url = self._origin + self._target(request)[0]
        proof = dpop.prove(
            self._token, by=self._identity, method=request.method, url=url, nonce=nonce, clock=self._clock
        )
        request.headers["Authorization"] = f"DPoP {self._token.encode()}"
        request.headers["DPoP"] = proof
        return request

    def _keep(self, response: httpx.Response) -> None:
        nonce = response.headers.get("DPoP-Nonce", "")
        if 0 < len(nonce) <= _MOST_NONCE and nonce.isascii() and nonce.isprintable():
            self._nonce = nonce


def _asks_for_nonce(response: httpx.Response) -> bool:
    asked = f'error="{DpopNonceError.code}"'
    return response.status_code == httpx.codes.UNAUTHORIZED and asked in response.headers.get("WWW-Authenticate", "")
