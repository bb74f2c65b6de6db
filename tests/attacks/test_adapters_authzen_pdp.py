"""The attacks on the decision point: Starlette, asked by httpx in process, and a PEP that acts on a clean yes alone."""

from __future__ import annotations

from typing import Any

import pytest
from tests.adapters.authzen.scene import FIXTURE, app, ask, asked, decision, decisions, wire
from tests.attacks.adapter_scene import Till, nothing_happens
from tests.unit.scene import ALICE, AUDIENCE, MALLORY, PLANNER, REQUEST, SCOUT, given, shown, verifier

from attorn import Request, caveat
from attorn.authzen.cedar import CedarPolicy
from attorn.authzen.evaluation import EVALUATIONS

COUNTED = caveat.MaxUses(99)
LIMITED = caveat.Range("limit", maximum=20)


class Pep:
    """Asks about each use and acts where the answer is true; one door asks alone, the other for several at once."""

    def __init__(self, several: bool) -> None:
        self.several = several
        self.till = Till()
        self.ran: list[dict[str, Any]] = []
        self.app = app(verifier=verifier(store=self.till))

    @property
    def seen(self) -> tuple[list[Any], ...]:
        return self.ran, self.till.taken

    def acts(self, question: dict[str, Any]) -> str:
        """What became of it: `ran`, or the reason of the deny."""
        (answer,) = decisions(self.app, {"evaluations": [question]}) if self.several else [decision(self.app, question)]
        if answer["decision"] is True:
            self.ran.append(question)
            return "ran"
        return str(answer["context"]["reason"])

    def honest(self) -> dict[str, Any]:
        question = asked(presented())
        assert self.acts(question) == "ran"
        assert (len(self.ran), len(self.till.taken)) == (1, 1)
        return question


@pytest.fixture(params=[False, True], ids=["one", "several"])
def pep(request: pytest.FixtureRequest) -> Pep:
    return Pep(request.param)


def presented(*, request: Request = REQUEST, **changed: Any) -> str:
    return wire(COUNTED, LIMITED, request=request, **changed)


def test_wrong_audience(pep: Pep) -> None:
    """Attacks 83 and 129."""
    pep.honest()
    with nothing_happens(*pep.seen):
        for audience in ("did:web:other.example", "https://pdp.example", f"{AUDIENCE}:pdp"):
            assert pep.acts(asked(presented(audience=audience))) == "wrong_audience"


def test_replay(pep: Pep) -> None:
    """Attack 80: the same question, and the same presentation as the default of several."""
    question = pep.honest()
    with nothing_happens(*pep.seen):
        assert pep.acts(question) == "replayed"
        shared = {"evaluations": [{"resource": question["resource"]}] * 2, **question}
        assert [each["decision"] for each in decisions(pep.app, shared)] == [False, False]


def test_widened_argument(pep: Pep) -> None:
    """Attacks 67 and 84: by the PEP against the presentation, and by the holder against the chain."""
    pep.honest()
    with nothing_happens(*pep.seen):
        for properties in ({"limit": 500}, {"limit": "10"}, {"limit": 10, "all": True}, {}):
            action = {"name": REQUEST.action, "properties": properties}
            assert pep.acts(asked(presented(), action=action)) == "wrong_request"
        wide = Request(action=REQUEST.action, resource=REQUEST.resource, args={"limit": 500})
        assert pep.acts(asked(presented(request=wide), request=wide)) == "denied"


def test_missing_chain(pep: Pep) -> None:
    """What is missing is denied: what a PEP says of a subject is no authority, nor is its policy for others."""
    pep.honest()
    with nothing_happens(*pep.seen):
        for context in ({}, {"presentation": presented()}, {"Attorn": {"presentation": presented()}}):
            assert pep.acts(asked(context=context)) == "no_presentation"
        pep.app = app(verifier=verifier(store=pep.till), asserted=CedarPolicy(FIXTURE))
        assert pep.acts(asked(context={})) == "denied"


def test_stripped_proof(pep: Pep) -> None:
    """Attacks 59, 75 and 85: the token as it travels, a presentation short of its seal, and a thief's own chain."""
    pep.honest()
    held = given(COUNTED, caveat.Actions("events:read"))
    with nothing_happens(*pep.seen):
        for subject in ({"type": "agent", "id": PLANNER.did}, {"type": "user", "id": ALICE.did}):
            assert pep.acts(asked(held.encode(), subject=subject)) == "not_holder"
        assert pep.acts(asked(presented()[:-4])) == "malformed"
        own = shown(given(COUNTED, by=MALLORY, to=MALLORY), MALLORY)
        assert pep.acts(asked(own, subject={"type": "agent", "id": MALLORY.did})) == "untrusted_root"


def test_header_and_body_disagree(pep: Pep) -> None:
    """Attacks 84 and 130: subject and resource against the presentation, a default against both, and the headers."""
    pep.honest()
    with nothing_happens(*pep.seen):
        for subject in ({"type": "agent", "id": MALLORY.did}, {"type": "agent", "id": ALICE.did}):
            assert pep.acts(asked(presented(), subject=subject)) == "not_holder"
        for place in ("cal://alice", "cal://alice/2026-12", "cal://bob/2026-11"):
            resource = {"type": "resource", "id": place}
            assert pep.acts(asked(presented(), resource=resource)) == "wrong_request"
        narrowed = asked(presented())
        del narrowed["action"]
        whole = {"evaluations": [narrowed], "action": {"name": "events:write"}}
        (answer,) = decisions(pep.app, whole)
        assert answer["context"]["reason"] == "wrong_request"
        question = asked(presented())
        path = {"path": EVALUATIONS} if pep.several else {}
        for headers in (
            {"X-Request-ID": "1" * 257},
            {"X-Request-ID": "1", "x-request-id": "2"},
            {"Content-Type": "text/plain"},
            {"Content-Encoding": "gzip"},
            {"Authorization": "Bearer " + SCOUT.did},
        ):
            answered = ask(pep.app, question, headers=headers, **path)
            assert answered.status_code == (401 if "Authorization" in headers else 400), headers
    assert pep.acts(question) == "ran"
