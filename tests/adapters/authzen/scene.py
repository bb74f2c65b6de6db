"""What the tests of AuthZEN share: the certification scenario's policy, a decision point, and questions put to it."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
from tests.unit.scene import ALICE, AUDIENCE, PLANNER, REQUEST, SCOUT, given, passed, shown, verifier

from attorn import Identity, Request, caveat
from attorn.authzen.cedar import CedarPolicy
from attorn.authzen.deciding import DecisionPoint
from attorn.authzen.evaluation import EVALUATION, EVALUATIONS
from attorn.authzen.pdp import application

URL = "https://pdp.example"
SECRET = "correct-horse-battery-staple-0123456789"
FIXTURE = """
permit (principal, action == Action::"read", resource)
when { principal == Asserted::user::"alice" || principal == Asserted::user::"bob" };

permit (principal == Asserted::user::"alice", action == Action::"write", resource)
unless { context.resource has status && context.resource.status == "archived" };

permit (principal, action == Action::"write", resource)
when { context.subject has role && context.subject.role == "admin" }
when { context.resource has status && context.resource.status == "archived" };

permit (principal == Asserted::user::"alice", action == Action::"delete", resource)
when { context.action has soft && context.action.soft };
"""
"""The fixture of the certification scenario (AuthZEN Authorization API 1.0), as one policy for asserted subjects."""


def app(**changed: Any) -> Any:
    """A decision point by chain alone, unless told otherwise."""
    decisions = changed.pop("decisions", None) or DecisionPoint(
        changed.pop("verifier", verifier()), asserted=changed.pop("asserted", None)
    )
    return application(decisions, **{"url": URL, "peps": [SECRET], **changed})


def certified(**changed: Any) -> Any:
    return app(decisions=DecisionPoint(None, asserted=CedarPolicy(FIXTURE)), **changed)


def ask(at: Any, body: object, path: str = EVALUATION, *, raw: bytes | None = None, **changed: Any) -> httpx.Response:
    """One call of a PEP, in process. `headers` replace those that it sends; None takes one away."""
    headers = {
        "Authorization": f"Bearer {SECRET}",
        "Content-Type": "application/json",
        **changed.pop("headers", {}),
    }
    content = json.dumps(body).encode() if raw is None else raw
    kept = {name: value for name, value in headers.items() if value is not None}

    async def go() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=at), base_url=URL) as client:
            return await client.request(changed.pop("method", "POST"), path, content=content, headers=kept)

    return asyncio.run(go())


def decision(at: Any, body: object) -> dict[str, Any]:
    """The decision in the answer to one question."""
    response = ask(at, body)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "application/json"
    answer = response.json()
    assert type(answer["decision"]) is bool
    return dict(answer)


def decisions(at: Any, body: object) -> list[dict[str, Any]]:
    """The decisions in the answer to several."""
    response = ask(at, body, EVALUATIONS)
    assert response.status_code == 200, response.text
    answer = response.json()
    assert list(answer) == ["evaluations"]
    assert all(type(each["decision"]) is bool for each in answer["evaluations"])
    return list(answer["evaluations"])


def no(at: Any, body: object, reason: str) -> dict[str, Any]:
    """The context of a deny, after making sure of its reason."""
    answer = decision(at, body)
    assert answer["decision"] is False, answer
    assert answer["context"]["reason"] == reason, answer
    return dict(answer["context"])


def yes(at: Any, body: object) -> dict[str, Any]:
    answer = decision(at, body)
    assert answer["decision"] is True, answer
    return answer


def wire(*caveats: caveat.Caveat, request: Request = REQUEST, by: Identity = SCOUT, **changed: Any) -> str:
    """alice -> planner -> scout, who presents."""
    return shown(passed(given(), PLANNER, SCOUT, *caveats), by, request, **changed)


def asked(presentation: str | None = None, *, request: Request = REQUEST, **changed: Any) -> dict[str, Any]:
    """The question for a request of the scout's, with a presentation; `changed` replaces its parts."""
    carried: dict[str, Any] = {"presentation": wire(request=request) if presentation is None else presentation}
    if request.cost is not None:
        carried["cost"] = {"amount": request.cost.amount, "currency": request.cost.currency}
    return {
        "subject": {"type": "agent", "id": SCOUT.did},
        "action": {"name": request.action, "properties": dict(request.args)},
        "resource": {"type": "resource", "id": request.resource},
        "context": {"attorn": carried},
        **changed,
    }


__all__ = [
    "ALICE",
    "AUDIENCE",
    "FIXTURE",
    "SECRET",
    "URL",
    "app",
    "ask",
    "asked",
    "certified",
    "decision",
    "decisions",
    "no",
    "wire",
    "yes",
]
