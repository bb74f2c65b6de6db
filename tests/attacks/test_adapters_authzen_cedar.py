"""The attacks on Cedar: cedarpy in this process, behind FastAPI, and behind a decision point as its policy for both.

Cedar is told what a verified chain says, and reads nothing that was sent: it knows neither headers nor a body.
"""

from __future__ import annotations

from typing import Any

import pytest
from tests.adapters.authzen.scene import app, asked, decision
from tests.adapters.authzen.scene import wire as shown
from tests.attacks.adapter_scene import Till, nothing_happens, watched
from tests.unit import scene
from tests.unit.scene import PLANNER, SCOUT, given
from tests.web import world
from tests.web.world import AUDIENCE, ORIGIN, PATH, call, present, refused

from attorn import Token, caveat
from attorn.authzen.cedar import CedarPolicy

HELD = world.token(caveat.MaxUses(99))
QUERY = "limit=10"
ALL = "permit (principal, action, resource);"
AGENTS = f"""
permit (principal is Agent, action, resource);
permit (principal == Asserted::user::"carol", action, resource);
permit (principal == Agent::"{SCOUT.did}", action, resource);
"""


def when(condition: str) -> str:
    return f"permit (principal, action, resource) when {{ {condition} }};"


class Calendar:
    """One application whose verifier asks a policy too, what ran and what was charged."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.till = Till()
        self.ran = watched(patch, world, "said")
        self.by(ALL)

    def by(self, policies: str) -> None:
        """From now on by these policies, with the same store."""
        policy = CedarPolicy(policies)
        self.app = world.by_middleware(world.verifier(store=self.till, policy=policy))

    def get(self, wire: str | None, *, query: str = QUERY, **more: Any) -> Any:
        return call(self.app, "GET", f"{PATH}?{query}", wire, **more)

    @property
    def seen(self) -> tuple[list[Any], ...]:
        return self.ran, self.till.taken

    def honest(self, policies: str = ALL) -> str:
        """Lets the holder in, and gives the presentation that did it."""
        self.by(policies)
        wire = presented()
        assert self.get(wire).status_code == 200
        assert (len(self.ran), len(self.till.taken)) == (1, 1)
        return wire


class Point:
    """A decision point that asks Cedar about chains and about what a PEP asserts; who acts where it says yes."""

    def __init__(self) -> None:
        self.till = Till()
        self.ran: list[Any] = []
        policy = CedarPolicy(AGENTS)
        self.app = app(verifier=scene.verifier(store=self.till, policy=policy), asserted=policy)

    def acts(self, question: dict[str, Any]) -> str:
        answer = decision(self.app, question)
        if answer["decision"] is True:
            self.ran.append(question)
            return "ran"
        return str(answer["context"]["reason"])


def presented(held: Token = HELD, *, query: str = QUERY, **changed: Any) -> str:
    return present("GET", PATH, query, token=held, **changed)


@pytest.fixture
def calendar(monkeypatch: pytest.MonkeyPatch) -> Calendar:
    return Calendar(monkeypatch)


def test_wrong_audience(calendar: Calendar) -> None:
    """Attacks 83 and 129: who permits all permits nothing that was made for another; a policy is told whose it is."""
    calendar.honest(when(f'context.audience == "{AUDIENCE}"'))
    with nothing_happens(*calendar.seen):
        for policies in (ALL, when('context.audience == "did:web:payroll.example"')):
            calendar.by(policies)
            for audience in ("did:web:payroll.example", ORIGIN):
                refused(calendar.get(presented(audience=audience)), 401, "wrong_audience")
        problem = refused(calendar.get(presented()), 403, "denied")
        assert (problem["caveat"], problem["link"]) == ("Cedar", None)


def test_replay(calendar: Calendar) -> None:
    """Attacks 80 and 132: neither the presentation nor a yes of before is good again."""
    once = calendar.honest()
    with nothing_happens(*calendar.seen):
        refused(calendar.get(once), 401, "replayed")
        calendar.by(when("false"))
        refused(calendar.get(once), 401, "replayed")
        refused(calendar.get(presented()), 403, "denied")


def test_widened_argument(calendar: Calendar) -> None:
    """Attacks 56, 67 and 84: arguments are told as presented, and a policy that fails on one decides nothing."""
    calendar.honest(when(f'context.args["@query"] == "{QUERY}"'))
    with nothing_happens(*calendar.seen):
        refused(calendar.get(presented(), query="limit=11"), 401, "wrong_request")
        problem = refused(calendar.get(presented(query="limit=11"), query="limit=11"), 403, "denied")
        assert (problem["caveat"], problem["link"]) == ("Cedar", None)
        # Cedar itself skips a `forbid` that fails, and permits.
        calendar.by(f"{ALL} forbid (principal, action, resource) when {{ context.args.limit > 10 }};")
        refused(calendar.get(presented(query="limit=11"), query="limit=11"), 503, "unavailable")
        calendar.by(ALL)
        narrow = world.token(caveat.Equals("@query", QUERY), caveat.MaxUses(99))
        problem = refused(calendar.get(presented(narrow, query="limit=11"), query="limit=11"), 403, "denied")
        assert problem["caveat"] == "Equals"


def test_missing_chain() -> None:
    """Nobody is an agent by saying so: whoever shows no chain is another principal, in another namespace."""
    point = Point()
    assert point.acts(asked(shown(caveat.MaxUses(99)))) == "ran"
    assert point.till.taken
    with nothing_happens(point.ran, point.till.taken):
        for kind in ("agent", "Agent", "user"):
            said = asked(context={}, subject={"type": kind, "id": SCOUT.did})
            assert point.acts(said) == "denied"
        said["subject"] = {"type": "Asserted::Agent", "id": SCOUT.did}
        assert point.acts(said) == "unavailable"


def test_stripped_proof() -> None:
    """Attacks 59, 76 and 85: the token as it travels, and what is left where the presentation was taken out."""
    point = Point()
    question = asked(shown(caveat.MaxUses(99)))
    assert point.acts(question) == "ran"
    held = given(caveat.MaxUses(99), caveat.Actions("events:read"))
    with nothing_happens(point.ran, point.till.taken):
        assert point.acts(asked(held.encode(), subject={"type": "agent", "id": PLANNER.did})) == "not_holder"
        assert point.acts(asked(shown(caveat.MaxUses(99))[:-4])) == "malformed"
        assert point.acts({**question, "context": {}}) == "denied"
        assert point.acts({**question, "context": {"presentation": question["context"]["attorn"]}}) == "denied"
