"""Approval over HTTP: the answer says what to ask, the client reads it and sends the request again."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from tests.web.world import AUDIENCE, ORIGIN, PATH, Door, alice, auth, call, planner, refused, scout, token, verifier

from attorn import Identity, Request, caveat
from attorn.approval import ApprovalRequest
from attorn.errors import InputError, MalformedError
from attorn.web.client import HolderAuth
from attorn.web.http import HttpMessage, bind

boss = Identity.from_seed(b"\x09" * 32)
ASKING = token(caveat.RequiresApproval(boss.did, when=caveat.Actions("http:post", "http:put")))


def test_the_answer_is_ready_to_be_handed_to_the_approver(door: Door) -> None:
    response = call(door(verifier()), "POST", json={"title": "dentist"}, auth=auth(ASKING))
    problem = refused(response, 403, "approval_required")
    assert (problem["step"], problem["link"], problem["caveat"]) == (9, 2, "RequiresApproval")
    assert 'error="approval_required"' in response.headers["www-authenticate"]
    asked = ApprovalRequest.decode(problem["approval"])
    assert (asked.root, asked.holder, asked.audience) == (alice.did, scout.did, AUDIENCE)
    assert asked.request.args["@method"] == "POST"
    assert "@body = " in asked.message()


def test_what_needs_none_is_answered(door: Door) -> None:
    assert call(door(verifier()), auth=auth(ASKING)).status_code == 200


def test_other_refusals_ask_nothing(door: Door) -> None:
    app = door(verifier())
    response = call(app, auth=auth(token(caveat.Actions("http:post"))))
    assert "approval" not in refused(response, 403, "denied")
    assert auth(ASKING).asked(response) is None
    for wrong in (5, None, "403", response.json()):
        with pytest.raises(InputError, match="response"):
            auth(ASKING).asked(wrong)  # type: ignore[arg-type]
    assert "approval" not in refused(call(app), 401, "no_presentation")


def test_asked_approved_and_sent_again(door: Door) -> None:
    app, holder = door(verifier()), auth(ASKING)
    body = {"json": {"title": "dentist"}}
    asked = holder.asked(call(app, "POST", auth=holder, **body))
    assert asked is not None
    approved = holder.with_approvals(boss.approve(asked))
    # For this very request, and once.
    other = call(app, "POST", json={"title": "barber"}, auth=holder)
    assert holder.asked(other) != asked
    assert call(app, "POST", auth=approved, **body).status_code == 200
    spent = call(app, "POST", auth=approved, **body)
    assert refused(spent, 403, "approval_required")["step"] == 10
    assert approved.asked(spent) == asked
    with pytest.raises(InputError, match="about another"):
        call(app, "POST", json={"title": "barber"}, auth=approved)


def answer(content: bytes | dict[str, Any], *, status: int = 403, kind: str = "application/problem+json") -> Any:
    body = json.dumps(content).encode() if isinstance(content, dict) else content
    request = httpx.Request("GET", f"{ORIGIN}{PATH}")
    return httpx.Response(status, content=body, headers={"Content-Type": kind}, request=request)


def about(**changed: Any) -> dict[str, Any]:
    sent = call_for(f"{ORIGIN}{PATH}")
    made = {
        "approvers": (boss.did,),
        "threshold": 1,
        "audience": AUDIENCE,
        "root": alice.did,
        "holder": scout.did,
        "request": sent,
    }
    return {"code": "approval_required", "approval": ApprovalRequest(**{**made, **changed}).encode()}


def call_for(url: str) -> Request:
    """What the client asks for when it sends a plain GET."""
    path = url.removeprefix(ORIGIN)
    return bind(HttpMessage(method="GET", origin=ORIGIN, path=path))


def test_an_answer_about_what_was_sent() -> None:
    asked = auth(ASKING).asked(answer(about()))
    assert asked is not None
    assert asked.request == call_for(f"{ORIGIN}{PATH}")


@pytest.mark.parametrize(
    "changed",
    [
        {"request": call_for(f"{ORIGIN}/events/2026-12")},
        {"request": Request(action="http:delete", resource=f"{ORIGIN}{PATH}")},
        {"audience": "did:web:other.example"},
        {"holder": planner.did},
        {"root": scout.did},
        {"root": boss.did},
    ],
)
def test_a_server_cannot_have_another_request_approved(changed: dict[str, Any]) -> None:
    with pytest.raises(MalformedError, match="another request"):
        auth(ASKING).asked(answer(about(**changed)))


def test_nothing_of_what_asks_is_made_up() -> None:
    for body in ({"approval": None}, {"approval": 7}, {"approval": [about()["approval"]]}, {}):
        with pytest.raises(MalformedError, match="not of what"):
            auth(ASKING).asked(answer({"code": "approval_required", **body}))


def test_an_answer_to_nothing() -> None:
    alone = httpx.Response(403, json=about(), headers={"Content-Type": "application/problem+json"})
    with pytest.raises(InputError, match="request"):
        auth(ASKING).asked(alone)


@pytest.mark.parametrize("approvals", [5, None, "text", [5], [None], {"a": 1}, [b"x"]])
def test_approvals_that_are_none(approvals: Any) -> None:
    with pytest.raises(InputError, match="approvals"):
        HolderAuth(scout, ASKING, audience=AUDIENCE, origin=ORIGIN, approvals=approvals)


@pytest.mark.parametrize("approval", [None, "", "!", 7, [], "e30"])
def test_an_answer_that_asks_nothing_readable(approval: Any) -> None:
    with pytest.raises(MalformedError):
        auth(ASKING).asked(answer({"code": "approval_required", "approval": approval}))


@pytest.mark.parametrize(
    "response",
    [
        answer(about(), status=401),
        answer(about(), status=200),
        answer(about(), kind="application/json"),
        answer(about(), kind=""),
        answer(b""),
        answer(b"[]"),
        answer(b"{"),
        answer(b'{"code": "approval_required", "code": "denied"}'),
        answer({"code": "denied", "approval": about()["approval"]}),
        answer({"approval": about()["approval"]}),
        answer(b" " * 300_000),
    ],
)
def test_any_other_answer_asks_nothing(response: httpx.Response) -> None:
    assert auth(ASKING).asked(response) is None


def test_an_answer_whose_body_was_not_read() -> None:
    response = httpx.Response(
        403,
        stream=httpx.ByteStream(b"{}"),
        headers={"Content-Type": "application/problem+json"},
        request=httpx.Request("GET", f"{ORIGIN}{PATH}"),
    )
    with pytest.raises(InputError, match="read"):
        auth(ASKING).asked(response)
