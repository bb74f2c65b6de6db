"""What the tests of agents' identities share: an organisation, its agents, and a door that asks who they are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from tests.unit.scene import ALICE, AUDIENCE, NOW, PLANNER, REQUEST, SCOUT, Clock, draw, person, refused, verifier

from attorn import Identity, Token, Verifier, agent, caveat, macaroon
from attorn.agent import AgentProfile, Securing
from attorn.caveat import Agent, Caveat

ORG, LAB = person(21), person(22)
KEY = macaroon.MacKey(b"\x07" * 32)
FORMATS = ("biscuit", "macaroon")
DAY = timedelta(days=1)
BY_ORG = Agent(attested_by=ORG.did, model="m-1")


def profile(of: Identity = PLANNER, **said: Any) -> AgentProfile:
    known = {"owner": ORG.did, "accountable": "Travel team", "model": "m-1", "provider": "Lab", "stage": "production"}
    return AgentProfile(id=of.did, **{**known, **said})


def issued(
    of: Identity = PLANNER,
    *,
    by: Identity = ORG,
    securing: Securing = Securing.JOSE,
    second: float = NOW,
    lifetime: timedelta = DAY,
    status: Sequence[Any] = (),
    **said: Any,
) -> str:
    return agent.issue(
        profile(of, **said), by=by, lifetime=lifetime, status=status, securing=securing, clock=Clock(second)
    )


def minted(form: str, *caveats: Caveat, to: Identity = PLANNER) -> Token:
    base = macaroon.issue(KEY, random=draw) if form == "macaroon" else None
    return ALICE.mint(to=to.did, caveats=[caveat.Actions("events:read"), *caveats], base=base)


def door(**changed: Any) -> Verifier:
    return verifier(**{"macaroon_keys": [KEY], **changed})


def use(token: Token, by: Identity = PLANNER, *credentials: str) -> str:
    return by.present(token, REQUEST, audience=AUDIENCE, credentials=credentials)


__all__ = [
    "ALICE", "AUDIENCE", "BY_ORG", "DAY", "FORMATS", "KEY", "LAB", "NOW", "ORG", "PLANNER", "REQUEST", "SCOUT",
    "Clock", "door", "draw", "issued", "minted", "person", "profile", "refused", "use",
]  # fmt: skip
