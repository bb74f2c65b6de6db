"""A calendar that takes DPoP, its holder's proofs, and proofs by hand that say anything at all."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

import httpx
from fastapi import Depends, FastAPI, Request
from tests.web.world import AUDIENCE, METHODS, ORIGIN, PATH, alice, planner, said, scout, thief, verifier
from tests.web.world import token as chain

from attorn import Access, Identity, Token, Verifier, caveat
from attorn.encoding import base64url_encode
from attorn.jose.jws import token_hash
from attorn.keys.jwk import to_jwk
from attorn.oauth import DpopAuthorized, DpopMiddleware, prove
from attorn.web.dependency import Refused, answer_refused

__all__ = ["AUDIENCE", "ORIGIN", "PATH", "alice", "chain", "planner", "scout", "thief"]

NOW = 1_795_262_400
"""2026-11-21T12:00:00Z."""
URL = ORIGIN + PATH


class Clock:
    """A clock that stands still where it is put."""

    def __init__(self, second: int = NOW) -> None:
        self.second = second

    def __call__(self) -> datetime:
        return datetime.fromtimestamp(self.second, UTC)


def minted(*caveats: Any, by: Identity = alice) -> Token:
    """alice -> planner -> scout, as `chain`, at NOW."""
    clock = Clock()
    root, middle = (Identity(each.signer, clock=clock) for each in (by, planner))
    wide = root.mint(to=middle.did, caveats=[caveat.Actions("http:*"), caveat.Resources(f"{ORIGIN}/events")])
    return middle.delegate(wide, to=scout.did, caveats=list(caveats))


HELD = minted()
TEXT = HELD.encode()


def guard(clock: Clock | None = None, **arguments: Any) -> Verifier:
    return verifier(clock=clock or Clock(), **arguments)


def by_middleware(judge: Verifier | None = None, **arguments: Any) -> FastAPI:
    app = FastAPI()
    app.add_middleware(DpopMiddleware, **{"verifier": judge or guard(), "origin": ORIGIN, **arguments})

    @app.api_route("/{path:path}", methods=METHODS)
    async def echo(request: Request) -> dict[str, object]:
        return said(request.scope["attorn.access"], request, await request.body())

    return app


def by_dependency(judge: Verifier | None = None, **arguments: Any) -> FastAPI:
    app = FastAPI(exception_handlers={Refused: answer_refused})
    authorized = DpopAuthorized(judge or guard(), **{"origin": ORIGIN, **arguments})

    async def echo(request: Request, access: Any) -> dict[str, object]:
        return said(access, request, await request.body())

    # Postponed annotations: FastAPI could not look up the dependency in here.
    echo.__annotations__ = {"request": Request, "access": Annotated[Access, Depends(authorized)]}
    app.api_route("/{path:path}", methods=METHODS)(echo)
    return app


DOORS = {"middleware": by_middleware, "dependency": by_dependency}


def proof(
    token: Token | str = HELD, *, by: Identity = scout, without: Sequence[str] = (), header: Any = None, **claims: Any
) -> str:
    """A proof for GET of PATH by `by`, with `claims` replaced or left out, and members of its header replaced."""
    text = token if isinstance(token, str) else token.encode()
    said = {"ath": token_hash(text), "htm": "GET", "htu": URL, "iat": NOW, "jti": "a-b-c", **claims}
    members = {"alg": "EdDSA", "typ": "dpop+jwt", "jwk": to_jwk(by.signer.public_key), **(header or {})}
    return signed(
        {k: v for k, v in members.items() if v is not None}, {k: said[k] for k in said if k not in without}, by
    )


def signed(header: Any, claims: Any, by: Identity) -> str:
    """A JWS of this header and these claims, whatever they say."""
    text = ".".join(base64url_encode(json.dumps(part).encode()) for part in (header, claims))
    return f"{text}.{base64url_encode(by.signer.sign(text.encode()))}"


def fresh(token: Token = HELD, *, by: Identity = scout, method: str = "GET", url: str = URL, **other: Any) -> str:
    return prove(token, by=by, method=method, url=url, **{"clock": Clock(), **other})


def headers(token: Token | str = HELD, *proofs: str, scheme: str = "DPoP") -> list[tuple[str, str]]:
    text = token if isinstance(token, str) else token.encode()
    return [("Authorization", f"{scheme} {text}"), *(("DPoP", each) for each in proofs)]


def send(app: Any, *proofs: str, token: Token | str = HELD, method: str = "GET", url: str = PATH, **more: Any) -> Any:
    """One request with these proofs."""
    return call(app, method, url, headers=headers(token, *proofs, scheme=more.pop("scheme", "DPoP")), **more)


def call(app: Any, method: str = "GET", url: str = PATH, **arguments: Any) -> httpx.Response:
    async def go() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=ORIGIN) as client:
            return await client.request(method, url, **arguments)

    return asyncio.run(go())


def refused(response: httpx.Response, code: str, error: str | None, status: int = 401) -> None:
    """The answer is a refusal with this code of attorn's, and this one of OAuth's in the challenge."""
    challenge = response.headers.get("www-authenticate", "")
    assert (response.status_code, response.json()["code"]) == (status, code), response.text
    assert challenge.startswith(f'DPoP realm="{ORIGIN}", algs="EdDSA Ed25519 ES256"'), challenge
    assert ("error=" in challenge) is (error is not None)
    assert error is None or f'error="{error}"' in challenge, challenge
    assert response.headers["cache-control"] == "no-store"
