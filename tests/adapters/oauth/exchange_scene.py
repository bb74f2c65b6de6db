"""An authorization server that takes chains, what a holder sends it, and a stranger's reader of what it issues."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import httpx
import jwt
from starlette.applications import Starlette
from starlette.routing import Route
from tests.adapters.oauth.dpop_scene import Clock, alice, planner, scout
from tests.web.world import verifier

from attorn import Identity, Token, caveat
from attorn.keys.signer import Ed25519Signer, Signer
from attorn.oauth import (
    CHAIN_TOKEN_TYPE,
    DETAILS_TYPE,
    GRANT,
    PRESENTATION_TOKEN_TYPE,
    TokenExchange,
    exchange_request,
    prove,
)

SERVER = "https://as.example"
ENDPOINT = f"{SERVER}/token"
NAME = "did:web:as.example"
CALENDAR = "https://calendar.example"
MAIL = "https://mail.example"
KEY = Ed25519Signer.from_seed(b"\x21" * 32)
EVENTS = caveat.Actions("events:read", "events:write")


def minted(*caveats: caveat.Caveat, narrower: tuple[caveat.Caveat, ...] = (), by: Identity = alice) -> Token:
    """alice -> planner -> scout."""
    root, middle = (Identity(each.signer, clock=Clock()) for each in (by, planner))
    wide = root.mint(to=middle.did, caveats=list(caveats or (EVENTS,)))
    return middle.delegate(wide, to=scout.did, caveats=list(narrower))


HELD = minted()


def server(*, clock: Clock | None = None, by: Signer = KEY, judge: Any = None, **arguments: Any) -> TokenExchange:
    guard = judge or verifier(audience=NAME, clock=clock or Clock())
    targets = {CALENDAR: CALENDAR, "did:web:mail.example": MAIL}
    usual = {"issuer": SERVER, "endpoint": ENDPOINT, "by": by, "targets": targets}
    return TokenExchange(guard, **{**usual, **arguments})


def app(exchange: TokenExchange) -> Starlette:
    return Starlette(routes=[Route("/{path:path}", exchange.endpoint, methods=["GET", "POST"])])


def form(**changed: str | None) -> dict[str, str]:
    usual = {"grant_type": GRANT, "audience": CALENDAR, "scope": "events:read", **changed}
    return {name: value for name, value in usual.items() if value is not None}


def details(*places: str, actions: tuple[str, ...] = ("events:read",)) -> str:
    return json.dumps([{"type": DETAILS_TYPE, "actions": list(actions), "locations": list(places)}])


def by_dpop(token: Token = HELD, *, by: Identity = scout, proof: str | None = None, **changed: Any) -> dict[str, Any]:
    """What to send: a form with the chain, and a proof."""
    made = prove(token, by=by, method="POST", url=ENDPOINT, clock=Clock()) if proof is None else proof
    sent = {"subject_token": token.encode(), "subject_token_type": CHAIN_TOKEN_TYPE, **form(**changed)}
    return {"data": sent, "headers": [("DPoP", made)]}


def by_presentation(
    token: Token = HELD, *, by: Identity = scout, made_for: str = NAME, **changed: Any
) -> dict[str, Any]:
    """What to send: a form with a presentation that covers it."""
    sent = {"subject_token_type": PRESENTATION_TOKEN_TYPE, **form(**changed)}
    holder = Identity(by.signer, clock=Clock())
    wire = holder.present(token, exchange_request(ENDPOINT, sent), audience=made_for)
    return {"data": {**sent, "subject_token": wire}, "headers": []}


WAYS = {"dpop": by_dpop, "presentation": by_presentation}


def post(
    exchange: TokenExchange, sent: Mapping[str, Any], *, method: str = "POST", url: str = "/token"
) -> httpx.Response:
    async def go() -> httpx.Response:
        transport = httpx.ASGITransport(app=app(exchange))
        async with httpx.AsyncClient(transport=transport, base_url=SERVER) as client:
            return await client.request(method, url, **sent)

    response = asyncio.run(go())
    assert (response.headers["cache-control"], response.headers["pragma"]) == ("no-store", "no-cache")
    return response


def issued(response: httpx.Response, exchange: TokenExchange, audience: str = CALENDAR) -> dict[str, Any]:
    """The claims of the JWT, as PyJWT reads them by the server's key set."""
    answer = response.json()
    assert response.status_code == 200, answer
    assert answer["token_type"] == "DPoP"
    text = answer["access_token"]
    header = jwt.get_unverified_header(text)
    (key,) = jwt.PyJWKSet.from_dict(exchange.jwks).keys
    assert (header["typ"], header["kid"]) == ("at+jwt", key.key_id)
    claims: dict[str, Any] = jwt.decode(
        text,
        key,
        algorithms=[key.algorithm_name],
        audience=audience,
        options={"verify_exp": False, "verify_iat": False},
    )
    assert answer["expires_in"] == claims["exp"] - claims["iat"] > 0
    assert answer.get("scope") == claims.get("scope")
    assert answer.get("authorization_details") == claims.get("authorization_details")
    return claims


def refused(response: httpx.Response, error: str, code: str | None = None, status: int = 400) -> None:
    answer = response.json()
    assert (response.status_code, answer["error"]) == (status, error), answer
    assert code is None or answer["error_description"] == code, answer
    assert answer.keys() == {"error", "error_description"}
    assert ("retry-after" in response.headers) is (status == 503)
