"""The certification scenario of AuthZEN's Authorization API 1.0: Basic, Batch and Discovery; Search is not claimed."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from tests.adapters.authzen.scene import URL, ask, certified, decision, decisions

from attorn.authzen.evaluation import EVALUATION, EVALUATIONS, METADATA

APP = certified()
ALICE = {"type": "user", "id": "alice"}
BOB = {"type": "user", "id": "bob"}
ADMIN = {**BOB, "properties": {"role": "admin"}}
ACTIVE = {"type": "record", "id": "record-1"}
ARCHIVED = {"type": "record", "id": "record-2", "properties": {"status": "archived"}}
READ, WRITE = {"name": "read"}, {"name": "write"}


def soft(value: object) -> dict[str, Any]:
    return {"name": "delete", "properties": {"soft": value}}


def question(subject: Any = ALICE, action: Any = READ, resource: Any = ACTIVE, **others: Any) -> dict[str, Any]:
    return {"subject": subject, "action": action, "resource": resource, **others}


WITH_MORE = question(
    {**ALICE, "properties": {"department": "Sales", "role": "manager"}},
    {**READ, "properties": {"method": "GET"}},
    {**ACTIVE, "properties": {"status": "active", "owner": "bob"}},
)
RULES = {
    "1": (question(), True),
    "2": (question(action=WRITE), True),
    "3": (question(BOB), True),
    "4": (question(BOB, WRITE), False),
    "5": (question(ALICE, WRITE, ARCHIVED), False),
    "6": (question(ADMIN, WRITE, ARCHIVED), True),
    "7": (question(action=soft(True)), True),
    "8": (question(action=soft(False)), False),
    "context": (question(context={"time": "2025-06-27T18:03-07:00", "ip": "192.168.1.1"}), True),
    "more properties": (WITH_MORE, True),
    "unknown fields": (question(foo="bar", futureField={"nested": True}), True),
}


@pytest.mark.parametrize("rule", RULES)
def test_basic_and_the_same_each_time(rule: str) -> None:
    """c-2-2 and c-2-6."""
    body, expected = RULES[rule]
    assert [decision(APP, body)["decision"] for _ in range(3)] == [expected] * 3


BAD = {
    "no subject": {"action": READ, "resource": ACTIVE},
    "no action": {"subject": ALICE, "resource": ACTIVE},
    "no resource": {"subject": ALICE, "action": READ},
    "no subject type": question({"id": "alice"}),
    "no subject id": question({"type": "user"}),
    "no action name": question(action={}),
    "no resource type": question(resource={"id": "record-1"}),
    "no resource id": question(resource={"type": "record"}),
    "subject is text": question("alice"),
    "action name is a number": question(action={"name": 123}),
    "properties is a list": question({**ALICE, "properties": ["role"]}),
    "context is text": question(context="now"),
    "id is null": question({"type": "user", "id": None}),
    "id is empty": question({"type": "user", "id": ""}),
    "a list": [question()],
}


@pytest.mark.parametrize("fault", BAD)
@pytest.mark.parametrize("path", [EVALUATION, EVALUATIONS])
def test_what_is_no_question(fault: str, path: str) -> None:
    """c-2-4-1, c-2-4-2 and c-2-4-6."""
    response = ask(APP, BAD[fault], path)
    assert response.status_code == 400
    assert response.text


@pytest.mark.parametrize("content_type", [None, "text/plain", "application/xml", "application/x-www-form-urlencoded"])
def test_another_content_type(content_type: str | None) -> None:
    """c-2-4-3."""
    assert ask(APP, question(), headers={"Content-Type": content_type}).status_code == 400


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"{'a': 1}", b'{"subject":', b"\xff\xfe", b"null", b"true", b"{}{}", b"NaN"]
)
def test_what_is_no_json(raw: bytes) -> None:
    """c-2-4-4 and c-2-4-5."""
    assert ask(APP, None, raw=raw).status_code == 400


def test_the_request_is_named_in_the_answer() -> None:
    """c-2-5."""
    named = {"X-Request-ID": "bfe9eb29-ab87-4ca3-be83-a1d5d8305716"}
    for body in (question(), question(BOB, WRITE), {}):
        assert ask(APP, body, headers=named).headers["x-request-id"] == named["X-Request-ID"]
    assert ask(APP, question(), headers={**named, "Authorization": None}).headers["x-request-id"]
    assert "x-request-id" not in ask(APP, question()).headers


BATCHES = {
    "defaults": ({"subject": ALICE, "action": READ, "evaluations": [{"resource": ACTIVE}] * 2}, [True, True]),
    "order": (
        {"subject": BOB, "resource": ACTIVE, "evaluations": [{"action": READ}, {"action": WRITE}]},
        [True, False],
    ),
    "resource properties": (
        {"subject": ALICE, "action": WRITE, "evaluations": [{"resource": ACTIVE}, {"resource": ARCHIVED}]},
        [True, False],
    ),
    "subject properties": (
        {"action": WRITE, "resource": ARCHIVED, "evaluations": [{"subject": ALICE}, {"subject": ADMIN}]},
        [False, True],
    ),
    "no defaults": ({"evaluations": [question(), question(BOB, WRITE)]}, [True, False]),
    "context": (
        {
            "subject": ALICE,
            "action": READ,
            "context": {"time": "2025-06-27T18:03-07:00"},
            "evaluations": [{"resource": ACTIVE}, {"resource": ACTIVE, "context": {"source": "batch-override"}}],
        },
        [True, True],
    ),
    "merged": (
        {
            "subject": ALICE,
            "action": WRITE,
            "resource": {"type": "record"},
            "evaluations": [
                {"resource": {"id": "record-1", "properties": {"status": "active"}}},
                {"resource": ARCHIVED},
            ],
        },
        [True, False],
    ),
    "one is no question": (
        {"subject": ALICE, "action": READ, "evaluations": [{"resource": ACTIVE}, {}]},
        [True, False],
    ),
}


@pytest.mark.parametrize("case", BATCHES)
def test_batch(case: str) -> None:
    """c-3-2, c-3-3 and c-3-4-1."""
    body, expected = BATCHES[case]
    assert [each["decision"] for each in decisions(APP, body)] == expected


@pytest.mark.parametrize("others", [{}, {"evaluations": []}])
def test_several_of_none_are_one(others: dict[str, Any]) -> None:
    """c-3-4-2 and c-3-4-3."""
    response = ask(APP, question(**others), EVALUATIONS)
    assert (response.status_code, response.json()) == (200, {"decision": True})


def test_discovery() -> None:
    """c-6: no search is named, for none is served."""
    response = ask(APP, None, METADATA, method="GET", raw=b"", headers={"Authorization": None})
    assert (response.status_code, response.headers["content-type"]) == (200, "application/json")
    assert response.json() == {
        "policy_decision_point": URL,
        "access_evaluation_endpoint": f"{URL}/access/v1/evaluation",
        "access_evaluations_endpoint": f"{URL}/access/v1/evaluations",
    }
    for each in ("subject", "resource", "action"):
        assert ask(APP, question(), f"/access/v1/search/{each}").status_code == 404


def test_no_other_method() -> None:
    for method, path in (("GET", EVALUATION), ("PUT", EVALUATIONS), ("POST", METADATA), ("GET", "/")):
        response: httpx.Response = ask(APP, question(), path, method=method)
        assert response.status_code in (404, 405)
