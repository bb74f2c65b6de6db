"""The attacks on token exchange: a Starlette token endpoint, called by httpx in process, in both ways to prove.

Nothing is ever charged here: a chain that counts what it is used for gets no JWT at all.
"""

from __future__ import annotations

from typing import Any

import jwt
import pytest
from tests.adapters.oauth.dpop_scene import Clock, alice, planner, proof, scout, thief
from tests.adapters.oauth.exchange_scene import (
    CALENDAR,
    ENDPOINT,
    EVENTS,
    KEY,
    NAME,
    SERVER,
    WAYS,
    by_dpop,
    by_presentation,
    details,
    issued,
    minted,
    post,
    refused,
    server,
)
from tests.attacks.adapter_scene import Till, nothing_happens
from tests.web.world import verifier

from attorn import caveat
from attorn.jose.jws import token_hash
from attorn.oauth import CHAIN_TOKEN_TYPE, PRESENTATION_TOKEN_TYPE

READ = caveat.Actions("events:read")
HELD = minted(EVENTS, narrower=(READ,))
NO_PROOF = "invalid_dpop_proof"


class Pen:
    """The signer of the server, which keeps what it signed: each is a JWT that somebody holds."""

    public_key = KEY.public_key

    def __init__(self) -> None:
        self.signed: list[bytes] = []

    def sign(self, message: bytes) -> bytes:
        self.signed.append(message)
        return KEY.sign(message)


class Desk:
    """A token endpoint, and a holder that asks in one of the two ways."""

    def __init__(self, way: str) -> None:
        self.dpop = way == "dpop"
        self.way: Any = WAYS[way]
        self.pen, self.till = Pen(), Till()
        guard = verifier(audience=NAME, clock=Clock(), store=self.till)
        self.exchange = server(by=self.pen, judge=guard)
        self.pen.signed.clear()

    def post(self, sent: dict[str, Any], **how: Any) -> Any:
        assert not self.till.taken
        return post(self.exchange, sent, **how)

    def honest(self) -> dict[str, Any]:
        """Gets a JWT, and gives what was sent for it."""
        sent: dict[str, Any] = self.way(HELD)
        assert issued(self.post(sent), self.exchange)["scope"] == "events:read"
        assert len(self.pen.signed) == 1
        return sent


@pytest.fixture(params=sorted(WAYS))
def desk(request: pytest.FixtureRequest) -> Desk:
    return Desk(request.param)


def test_wrong_audience(desk: Desk) -> None:
    """Attacks 83 and 129: proved to another server, for a chain of another, and for a target that is none."""
    desk.honest()
    with nothing_happens(desk.pen.signed):
        for other in (CALENDAR, SERVER, "https://evil.example"):
            if desk.dpop:
                made = proof(HELD, htm="POST", htu=f"{other}/token/")
                refused(desk.post(by_dpop(HELD, proof=made)), NO_PROOF)
            else:
                refused(desk.post(by_presentation(HELD, made_for=other)), "invalid_request", "wrong_audience")
        elsewhere = minted(EVENTS, caveat.Audience("did:web:mail.example"))
        refused(desk.post(desk.way(elsewhere)), "invalid_scope")
        refused(desk.post(desk.way(HELD, audience="https://evil.example")), "invalid_target")


def test_replay(desk: Desk) -> None:
    """Attack 80: the whole request again."""
    sent = desk.honest()
    with nothing_happens(desk.pen.signed):
        for _ in range(2):
            refused(desk.post(sent), "invalid_request", "replayed")


def test_widened_argument(desk: Desk) -> None:
    """Attacks 67 and 84: no scope and no place beyond the chain, whether the holder asks or who is on the way."""
    desk.honest()
    with nothing_happens(desk.pen.signed):
        for wide in ("events:write", "events:*", "admin"):
            refused(desk.post(desk.way(HELD, scope=wide)), "invalid_scope", "bad_token_request")
        sent = desk.way(HELD, scope=None, authorization_details=details(CALENDAR, actions=("events:write",)))
        refused(desk.post(sent), "invalid_scope", "bad_token_request")
        if not desk.dpop:
            sent = desk.way(HELD)
            sent["data"]["scope"] = "events:read events:write"
            refused(desk.post(sent), "invalid_request", "wrong_request")
    # A proof does not cover the form: of what is asked, the chain gives what it has.
    both = desk.way(HELD, scope="events:read events:write")
    assert issued(desk.post(both), desk.exchange)["scope"] == "events:read"


def test_missing_chain(desk: Desk) -> None:
    """What is missing is denied, and a JWT whose `act` names a chain is none."""
    desk.honest()
    act = {"sub": scout.did, "act": {"sub": planner.did}}
    foreign = jwt.encode({"sub": alice.did, "act": act, "scope": "events:read"}, "secret" * 8, "HS256")
    with nothing_happens(desk.pen.signed):
        for token in ("", foreign):
            sent = desk.way(HELD)
            sent["data"]["subject_token"] = token
            sent["headers"] = [("DPoP", proof(token, htm="POST", htu=ENDPOINT))] if desk.dpop else []
            refused(desk.post(sent), "invalid_request", "malformed" if token else "bad_token_request")
        sent = desk.way(HELD)
        del sent["data"]["subject_token"]
        refused(desk.post(sent), "invalid_request", "bad_token_request")


def test_stripped_proof(desk: Desk) -> None:
    """Attacks 59, 85 and 86: the token as it travels, without the proof or with a thief's."""
    desk.honest()
    with nothing_happens(desk.pen.signed):
        sent = desk.way(HELD)
        sent["headers"] = []
        if desk.dpop:
            refused(desk.post(sent), NO_PROOF)
            refused(desk.post(by_dpop(HELD, proof="")), NO_PROOF)
            made = proof(HELD, by=thief, htm="POST", htu=ENDPOINT)
            refused(desk.post(by_dpop(HELD, proof=made)), "invalid_request", "not_holder")
            sent["data"]["subject_token_type"] = PRESENTATION_TOKEN_TYPE
        else:
            sent["data"]["subject_token"] = sent["data"]["subject_token"][:-4]
            refused(desk.post(sent), "invalid_request", "malformed")
        sent["data"]["subject_token"] = HELD.encode()
        refused(desk.post(sent), "invalid_request", "not_holder")


def test_header_and_body_disagree(desk: Desk) -> None:
    """Attacks 84 and 130: the proof against the request, the presentation against the form, the URL against both."""
    desk.honest()
    with nothing_happens(desk.pen.signed):
        for claims in ({"htm": "GET"}, {"htu": f"{SERVER}/tokens"}, {"ath": token_hash("another")}):
            made = proof(HELD, **{"htm": "POST", "htu": ENDPOINT, **claims})
            refused(desk.post(by_dpop(HELD, proof=made)), NO_PROOF)
        for changed in ({"scope": "events:write"}, {"audience": "did:web:mail.example"}, {"client_id": "me"}):
            sent = by_presentation(HELD)
            sent["data"] |= changed
            refused(desk.post(sent), "invalid_request", "wrong_request")
        beside = {**by_presentation(HELD), "headers": by_dpop(HELD)["headers"]}
        refused(desk.post(beside), "invalid_request", "bad_token_request")
        as_chain = by_presentation(HELD)
        as_chain["data"]["subject_token_type"] = CHAIN_TOKEN_TYPE
        refused(desk.post(as_chain), NO_PROOF)
        for url in ("/other", "/token?scope=events:write"):
            refused(desk.post(desk.way(HELD), url=url), "invalid_request", "invalid_input")
        overriding = desk.way(HELD)
        overriding["headers"] = [*overriding["headers"], ("X-HTTP-Method-Override", "GET")]
        refused(desk.post(overriding), "invalid_request", "invalid_input")
