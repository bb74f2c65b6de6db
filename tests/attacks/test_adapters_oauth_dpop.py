"""The attacks on the server side of DPoP: FastAPI behind the middleware, and behind the dependency, called by httpx."""

from __future__ import annotations

from typing import Any

import pytest
from tests.adapters.oauth import dpop_scene
from tests.adapters.oauth.dpop_scene import (
    AUDIENCE,
    DOORS,
    ORIGIN,
    PATH,
    URL,
    Clock,
    alice,
    call,
    fresh,
    guard,
    headers,
    minted,
    proof,
    refused,
    scout,
    send,
    thief,
)
from tests.attacks.adapter_scene import Till, nothing_happens, watched

from attorn import Identity, Request, Token, caveat
from attorn.jose.jws import token_hash
from attorn.web.http import HttpMessage, bind

HELD = minted(caveat.MaxUses(99))
PROOF, TOKEN, SCOPE = "invalid_dpop_proof", "invalid_token", "insufficient_scope"


class Calendar:
    """One application behind one of the doors, what ran in it and what was charged."""

    def __init__(self, door: str, patch: pytest.MonkeyPatch) -> None:
        self.door = DOORS[door]
        self.till = Till()
        self.ran = watched(patch, dpop_scene, "said")
        self.app = self.at()

    def at(self, **arguments: Any) -> Any:
        """An application with the same store."""
        return self.door(guard(store=self.till), **arguments)

    def honest(self, token: Token = HELD) -> str:
        """Lets the holder in, and gives the proof that did it."""
        made = fresh(token)
        assert send(self.app, made, token=token).status_code == 200
        assert (len(self.ran), len(self.till.taken)) == (1, 1)
        return made


@pytest.fixture(params=sorted(DOORS))
def calendar(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Calendar:
    return Calendar(request.param, monkeypatch)


def test_wrong_audience(calendar: Calendar) -> None:
    """Attacks 83 and 129: a proof for another service, at another service, and a chain that is for another."""
    here = minted(caveat.Audience(AUDIENCE), caveat.MaxUses(99))
    calendar.honest(here)
    with nothing_happens(calendar.ran, calendar.till.taken):
        for other in ("https://other.example", "https://calendar.example.evil.example", f"{ORIGIN}:8443"):
            refused(send(calendar.app, fresh(here, url=other + PATH), token=here), PROOF, PROOF)
            refused(send(calendar.at(origin=other, realm=ORIGIN), fresh(here), token=here), PROOF, PROOF)
        elsewhere = minted(caveat.Audience("did:web:mail.example"), caveat.MaxUses(99))
        refused(send(calendar.app, fresh(elsewhere), token=elsewhere), "denied", SCOPE, 403)


def test_replay(calendar: Calendar) -> None:
    """Attack 80: also to another process with the same store, and under the same id."""
    once = calendar.honest()
    used = proof(HELD, jti="used")
    assert send(calendar.app, used, token=HELD).status_code == 200
    with nothing_happens(calendar.ran, calendar.till.taken):
        for app in (calendar.app, calendar.at()):
            refused(send(app, once, token=HELD), "replayed", PROOF)
            refused(send(app, proof(HELD, jti="used", iat=dpop_scene.NOW + 1), token=HELD), "replayed", PROOF)


def test_widened_argument(calendar: Calendar) -> None:
    """Attack 67: a proof covers no query, so whoever changes it is held to the chain."""

    def route(message: HttpMessage) -> Request:
        return Request(action="events:read", resource=message.resource, args={"limit": int(message.query)})

    limits = [caveat.Actions("events:read"), caveat.Range("limit", maximum=10), caveat.MaxUses(99)]
    held = Identity(alice.signer, clock=Clock()).mint(to=scout.did, caveats=limits)
    app = calendar.at(route=route)
    assert send(app, fresh(held), token=held, url=f"{PATH}?10").status_code == 200
    with nothing_happens(calendar.ran, calendar.till.taken):
        for wide in (11, 10**9):
            refused(send(app, fresh(held), token=held, url=f"{PATH}?{wide}"), "denied", SCOPE, 403)


def test_missing_chain(calendar: Calendar) -> None:
    """What is missing is denied: a proof alone is of nobody's authority, and another's token is no chain."""
    calendar.honest()
    with nothing_happens(calendar.ran, calendar.till.taken):
        for sent in ([], [("DPoP", fresh(HELD))], headers(HELD, fresh(HELD), scheme="Attorn")):
            refused(call(calendar.app, headers=sent), "no_presentation", None)
        for text in ("eyJhbGciOiJub25lIn0.e30.", "opaque"):
            refused(send(calendar.app, proof(text), token=text), "malformed", TOKEN)


def test_stripped_proof(calendar: Calendar) -> None:
    """Attacks 59, 85 and 86: the token without its proof, or with somebody else's."""
    calendar.honest()
    with nothing_happens(calendar.ran, calendar.till.taken):
        refused(send(calendar.app, token=HELD), PROOF, PROOF)
        refused(send(calendar.app, "", token=HELD), PROOF, PROOF)
        refused(send(calendar.app, fresh(HELD).rpartition(".")[0] + ".", token=HELD), PROOF, PROOF)
        refused(send(calendar.app, token=HELD, scheme="Bearer"), "no_presentation", None)
        refused(send(calendar.app, proof(HELD, by=thief), token=HELD), "not_holder", TOKEN)


def test_header_and_body_disagree(calendar: Calendar) -> None:
    """Attacks 84 and 130: htm, htu and ath against the request, a body against the chain, and overriding headers."""
    calendar.honest()
    held = minted(_of_body(b"{}"), caveat.MaxUses(99))

    def post(body: bytes) -> Any:
        return send(calendar.app, fresh(held, method="POST"), token=held, method="POST", content=body)

    assert post(b"{}").status_code == 200
    with nothing_happens(calendar.ran, calendar.till.taken):
        for claims in (
            {"htm": "POST"},
            {"htu": f"{ORIGIN}/events/2026-12"},
            {"htu": f"{URL}?limit=1"},
            {"ath": token_hash("x")},
        ):
            refused(send(calendar.app, proof(HELD, **claims), token=HELD), PROOF, PROOF)
        refused(send(calendar.app, fresh(held), token=HELD), PROOF, PROOF)
        refused(post(b'{"all":true}'), "denied", SCOPE, 403)
        sent = [*headers(HELD, fresh(HELD)), ("X-HTTP-Method-Override", "DELETE")]
        answer = call(calendar.app, headers=sent)
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_input")


def _of_body(body: bytes) -> caveat.Caveat:
    asked = bind(HttpMessage(method="POST", origin=ORIGIN, path=PATH, body=body))
    return caveat.Equals("@body", asked.args["@body"])
