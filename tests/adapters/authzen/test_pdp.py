"""The decision point: chains decide, and what a PEP says beside them widens nothing."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest
from tests.adapters.authzen.scene import (
    FIXTURE,
    SECRET,
    URL,
    app,
    ask,
    asked,
    certified,
    decisions,
    no,
    wire,
    yes,
)
from tests.adapters.told import Told
from tests.unit.scene import ALICE, MALLORY, NOW, PLANNER, REQUEST, SCOUT, Clock, given, shown, verifier

from attorn import Request, caveat
from attorn.approval import ApprovalRequest
from attorn.authzen.carried import read_carried
from attorn.authzen.cedar import CedarPolicy
from attorn.authzen.deciding import DecisionPoint
from attorn.authzen.evaluation import EVALUATION, EVALUATIONS, Evaluation, read_evaluation
from attorn.authzen.pdp import application
from attorn.authzen.peps import unsafe_anybody
from attorn.errors import InputError, UnavailableError, VerificationError
from attorn.request.money import Money
from attorn.store import MemoryStore

ALL = "permit (principal, action, resource);"
USER = {"type": "user", "id": ALICE.did}
AGENT = {"type": "agent", "id": SCOUT.did}


def test_what_the_chain_permits() -> None:
    at = app()
    for subject in (AGENT, USER):
        answer = yes(at, asked(subject=subject))
        assert answer["context"] == {"root": ALICE.did, "holder": SCOUT.did}
    yes(at, asked(unknown={"more": 1}))


def test_challenge_and_cost_are_part_of_the_question() -> None:
    at = app()
    question = asked(wire(challenge="once more"))
    no(at, question, "wrong_request")
    question["context"]["attorn"]["challenge"] = "once more"
    yes(at, question)
    priced = Request(action="events:read", resource=REQUEST.resource, cost=Money(40, "EUR"))
    yes(at, asked(request=priced))
    cheap = asked(request=priced)
    cheap["context"]["attorn"]["cost"]["amount"] = 4
    no(at, cheap, "wrong_request")


def test_without_a_presentation_nothing_is_decided_by_what_a_pep_says() -> None:
    """A missing chain is no chain."""
    for context in ({}, {"presentation": wire()}, {"Attorn": {"presentation": wire()}}):
        no(app(), asked(context=context), "no_presentation")
    assert ask(app(), {**asked(), "context": None}).status_code == 400


def test_a_stripped_or_foreign_proof() -> None:
    """Attacks 60 and 85: a token in transit proves nothing, nor does what somebody else bound."""
    token = given()
    no(app(), asked(token.encode(), subject={"type": "agent", "id": PLANNER.did}), "not_holder")
    no(app(), asked(shown(given(by=MALLORY), PLANNER)), "untrusted_root")
    text = wire()
    no(app(), asked(text[:-8] + ("AAAAAAAA" if text[-8:] != "AAAAAAAA" else "BBBBBBBB")), "bad_signature")
    no(app(), asked("nothing of the kind"), "malformed")
    no(app(), asked("A" * 70_000), "limit_exceeded")


def test_another_audience_and_a_replay() -> None:
    """Attacks 80, 83 and 129."""
    at = app()
    no(at, asked(wire(audience="did:web:other.example")), "wrong_audience")
    question = asked()
    yes(at, question)
    no(at, question, "replayed")
    expired = app(verifier=verifier(clock=Clock(NOW + 3600)))
    assert no(expired, asked(), "outside_validity")["step"] == 6


@pytest.mark.parametrize(
    "changed",
    [
        {"action": {"name": "events:write", "properties": {"limit": 10}}},
        {"action": {"name": "events:read", "properties": {"limit": 11}}},
        {"action": {"name": "events:read", "properties": {"limit": "10"}}},
        {"action": {"name": "events:read", "properties": {"limit": 10, "more": True}}},
        {"action": {"name": "events:read"}},
        {"resource": {"type": "resource", "id": "cal://alice/2026-12"}},
        {"resource": {"type": "resource", "id": "cal://alice"}},
    ],
)
def test_a_question_other_than_the_one_presented(changed: dict[str, Any]) -> None:
    """Attacks 84 and 130: body and proof disagree, and the proof is what counts."""
    at, text = app(), wire()
    no(at, asked(text, **changed), "wrong_request")
    yes(at, asked(text))


@pytest.mark.parametrize(
    "changed",
    [
        {"resource": {"type": "record", "id": REQUEST.resource}},
        {"resource": {"type": "resource", "id": REQUEST.resource, "properties": {"owner": "mallory"}}},
        {"resource": {"type": "resource", "id": "cal://alice/x/../2026-11"}},
        {"resource": {"type": "resource", "id": "CAL://alice/2026-11"}},
        {"resource": {"type": "resource", "id": "cal://alice/2026-11/"}},
        {"resource": {"type": "resource", "id": "cal://alice//2026-11"}},
        {"action": {"name": "events read"}},
        {"action": {"name": "events:read", "properties": {"": 1}}},
        {"context": {"attorn": {}}},
        {"context": {"attorn": None}},
        {"context": {"attorn": "text"}},
        {"context": {"attorn": {"presentation": ""}}},
        {"context": {"attorn": {"presentation": ["text"]}}},
        {"context": {"attorn": {"presentation": "x", "approved": True}}},
        {"context": {"attorn": {"presentation": "x", "challenge": ""}}},
        {"context": {"attorn": {"presentation": "x", "challenge": "c" * 3000}}},
        {"context": {"attorn": {"presentation": "x", "cost": 5}}},
        {"context": {"attorn": {"presentation": "x", "cost": {"amount": 1.5, "currency": "EUR"}}}},
        {"context": {"attorn": {"presentation": "x", "cost": {"amount": True, "currency": "EUR"}}}},
        {"context": {"attorn": {"presentation": "x", "cost": {"amount": -1, "currency": "EUR"}}}},
        {"context": {"attorn": {"presentation": "x", "cost": {"amount": 1, "currency": "eur"}}}},
        {"context": {"attorn": {"presentation": "x", "cost": {"amount": 1, "currency": "EUR", "of": 2}}}},
    ],
)
def test_what_no_presentation_could_bind_is_no_question(changed: dict[str, Any]) -> None:
    """Attack 130: a PEP must not read a yes as one to what nobody looked at."""
    for path in (EVALUATION, EVALUATIONS):
        response = ask(app(asserted=CedarPolicy(ALL)), asked(**changed), path)
        assert response.status_code == 400, response.text


@pytest.mark.parametrize(
    "subject",
    [
        {"type": "agent", "id": PLANNER.did},
        {"type": "agent", "id": ALICE.did},
        {"type": "user", "id": SCOUT.did},
        {"type": "user", "id": "alice"},
        {"type": "Agent", "id": SCOUT.did},
        {"type": "anything", "id": SCOUT.did},
    ],
)
def test_a_subject_that_the_chain_is_not_about(subject: dict[str, str]) -> None:
    """Attack 130: the PEP says one, the proof another; and nothing is charged for the mistake."""
    told = Told()
    at = app(verifier=verifier(store=MemoryStore(), receipts=told))
    token = given(caveat.Actions("events:read"), caveat.MaxUses(1), to=SCOUT)
    no(at, asked(shown(token, SCOUT), subject=subject), "not_holder")
    assert told.verdicts == ["not_holder"]
    yes(at, asked(shown(token, SCOUT)))
    no(at, asked(shown(token, SCOUT)), "denied")


def test_a_widened_argument() -> None:
    """Attack 67: it is presented for, and a caveat prohibits it."""
    wide = Request(action="events:read", resource=REQUEST.resource, args={"limit": 500})
    question = asked(wire(caveat.Range("limit", maximum=20), request=wide), request=wide)
    context = no(app(), question, "denied")
    assert context == {"reason": "denied", "step": 9, "link": 2, "caveat": "Range"}


def test_a_deny_tells_no_argument_and_no_token() -> None:
    """Attack 133."""
    secretive = Request(action="events:read", resource=REQUEST.resource, args={"limit": 10, "password": "hunter2"})
    text = wire(caveat.Equals("password", "swordfish"), request=secretive)
    answer = ask(app(), asked(text, request=secretive)).text
    assert "hunter2" not in answer
    assert "swordfish" not in answer
    assert text[:40] not in answer
    broken = ask(app(), {"subject": {"secret": "hunter2"}, "context": {"attorn": {"presentation": text}}})
    assert broken.status_code == 400
    assert "hunter2" not in broken.text


def test_what_needs_approval_says_what_to_ask() -> None:
    at = app()
    context = no(at, asked(wire(caveat.RequiresApproval(ALICE.did))), "approval_required")
    told = context["access_request"]
    assert told["template"] == "attorn-approval"
    request = ApprovalRequest.decode(told["approval"])
    assert (request.approvers, request.request, request.holder) == ((ALICE.did,), REQUEST, SCOUT.did)
    approval = ALICE.approve(request)
    yes(at, asked(wire(caveat.RequiresApproval(ALICE.did), approvals=[approval])))


def test_policy_after_the_chain() -> None:
    narrow = CedarPolicy("permit (principal, action, resource) when { context.args.limit < 10 };")
    at = app(verifier=verifier(policy=narrow))
    context = no(at, asked(), "denied")
    assert (context["caveat"], context["link"]) == ("Cedar", None)
    small = Request(action="events:read", resource=REQUEST.resource, args={"limit": 9})
    yes(at, asked(request=small))
    none = Request(action="events:read", resource=REQUEST.resource)
    assert no(at, asked(request=none), "unavailable")["error"]["status"] == 503


def test_policy_for_asserted_subjects_answers_for_no_chain_and_no_chain_for_it() -> None:
    at = app(verifier=verifier(), asserted=CedarPolicy(FIXTURE))
    alice = {"subject": {"type": "user", "id": "alice"}, "action": {"name": "read"}}
    yes(at, {**alice, "resource": {"type": "record", "id": "record-1"}})
    no(at, {**alice, "resource": {"type": "record", "id": "1"}, "action": {"name": "destroy"}}, "denied")
    # A chain that is refused is not saved by a policy that permits all.
    lax = app(verifier=verifier(), asserted=CedarPolicy(ALL))
    no(lax, asked(wire(audience="elsewhere")), "wrong_audience")
    stripped = asked()
    del stripped["context"]
    yes(lax, stripped)
    no(app(asserted=CedarPolicy(FIXTURE)), stripped, "denied")
    no(certified(), asked(), "no_verifier")


@pytest.mark.parametrize("answer", [None, 1, "true", {"decision": True}, ValueError("x"), VerificationError("x")])
def test_a_policy_for_asserted_subjects_that_fails(answer: Any) -> None:
    class Odd:
        """Answers with what is no verdict."""

        def permits_asserted(self, evaluation: Evaluation) -> Any:
            del evaluation
            if isinstance(answer, Exception):
                raise answer
            return answer

    context = no(app(asserted=Odd()), asked(context={}), "unavailable")
    assert context["error"]["message"] == "it could not be decided"


def test_a_store_that_fails_is_a_deny_that_says_so() -> None:
    """Attack 122."""

    class Broken(MemoryStore):
        """A store that is gone."""

        def remember(self, presentation: bytes, *, expires: int, now: int) -> bool:
            raise UnavailableError("password of the database: hunter2")

    response = ask(app(verifier=verifier(store=Broken())), asked())
    assert response.status_code == 200
    assert response.json()["context"]["reason"] == "unavailable"
    assert "hunter2" not in response.text


def test_a_use_that_is_tried_again_is_no_second_yes() -> None:
    """Attack 121: the PEP has the answer of then; another yes would have it act again, and is not charged."""
    at = app(verifier=verifier(retries=timedelta(hours=1)))
    token = given(caveat.Actions("events:read"), caveat.MaxUses(1), to=SCOUT)
    yes(at, asked(shown(token, SCOUT, idempotency_key="order-7")))
    context = no(at, asked(shown(token, SCOUT, idempotency_key="order-7")), "repeated")
    assert context == {"reason": "repeated"}
    no(at, asked(shown(token, SCOUT, idempotency_key="order-8")), "denied")


def test_a_list_that_is_not_known_is_undecided() -> None:
    context = no(app(), asked(wire(caveat.FreshList(ALICE.did))), "unavailable")
    assert context["error"] == {"status": 503, "message": "it could not be decided"}


# Several at once.


def several(*items: dict[str, Any], **others: Any) -> dict[str, Any]:
    return {"evaluations": list(items), **others}


def test_each_of_several_has_its_own_presentation() -> None:
    at = app()
    answers = decisions(at, several(asked(), asked(), asked(wire(audience="elsewhere"))))
    assert [each["decision"] for each in answers] == [True, True, False]
    # One for all of them is good for one.
    once = asked()
    shared = {name: once[name] for name in ("subject", "action", "context")}
    answers = decisions(at, several(*[{"resource": once["resource"]}] * 3, **shared))
    assert [each["decision"] for each in answers] == [True, False, False]
    assert answers[1]["context"]["reason"] == "replayed"


def test_a_default_overrides_nothing_that_is_proved() -> None:
    """Attack 130: defaults are merged before anything is judged, and the proof binds what comes of it."""
    at = app()
    wide = {"name": "events:write"}
    once = asked()
    assert decisions(at, several(once, action=wide))[0]["decision"] is True
    narrowed = asked()
    del narrowed["action"]
    (answer,) = decisions(at, several(narrowed, action=wide))
    assert answer["context"]["reason"] == "wrong_request"
    # A context of its own replaces the default as a whole, the presentation in it too.
    bare = asked(context={"time": "now"})
    (answer,) = decisions(at, several(bare, context=asked()["context"]))
    assert answer["context"]["reason"] == "no_presentation"
    # What an item leaves out of a part is filled in, but for its properties.
    mixed = asked(resource={"id": REQUEST.resource})
    assert decisions(at, several(mixed, resource={"type": "resource", "id": "cal://bob"}))[0]["decision"] is True
    unnamed = asked(action={"properties": {"limit": 10}})
    assert decisions(at, several(unnamed, action={"name": "events:read"}))[0]["decision"] is True
    bob = {"type": "user", "id": "bob", "properties": {"role": "admin"}}
    archived = {"type": "record", "id": "record-2", "properties": {"status": "archived"}}
    item = {"subject": {"id": "mallory"}}
    (answer,) = decisions(certified(), several(item, subject=bob, resource=archived, action={"name": "write"}))
    assert answer["decision"] is False


def test_semantics_stop_at_the_first() -> None:
    store = MemoryStore()
    at = app(verifier=verifier(store=store))
    token = given(caveat.Actions("events:read"), caveat.MaxUses(2), to=SCOUT)

    def item(**changed: Any) -> dict[str, Any]:
        return asked(shown(token, SCOUT, **changed))

    def run(semantic: str, *items: dict[str, Any]) -> list[bool]:
        body = several(*items, options={"evaluations_semantic": semantic, "another_option": "value"})
        return [each["decision"] for each in decisions(at, body)]

    wrong = {"audience": "elsewhere"}
    assert run("deny_on_first_deny", item(**wrong), item()) == [False]
    assert run("permit_on_first_permit", item(**wrong), item(), item()) == [False, True]
    # What was not reached was not charged: one of two uses is left.
    assert run("execute_all", item(), item(**wrong), item()) == [True, False, False]
    assert run("deny_on_first_deny", {}, item()) == [False]


@pytest.mark.parametrize(
    "body",
    [
        {"evaluations": {}},
        {"evaluations": None},
        {"evaluations": "all"},
        {"evaluations": [1]},
        {"evaluations": [None]},
        {"evaluations": [[]]},
        {"evaluations": [{}], "subject": "alice"},
        {"evaluations": [{}], "context": []},
        {"evaluations": [{}], "options": []},
        {"evaluations": [{}], "options": {"evaluations_semantic": "first"}},
        {"evaluations": [{}], "options": {"evaluations_semantic": None}},
        {"evaluations": [{}], "options": {"evaluations_semantic": ["execute_all"]}},
        {"evaluations": [{}] * 101},
        {"evaluations": [{}] * 10_000},
    ],
)
def test_several_that_are_no_questions(body: dict[str, Any]) -> None:
    assert ask(app(), body, EVALUATIONS).status_code == 400


def test_as_many_answers_as_questions() -> None:
    answers = decisions(app(), several(*[{}] * 100))
    assert len(answers) == 100
    error = {"status": 400, "message": "subject: expected an object"}
    assert all(each["context"] == {"reason": "malformed", "error": error} for each in answers)


# The body and who sends it.


@pytest.mark.parametrize("name", ["subject", "action", "resource", "context", "evaluations"])
def test_a_member_twice(name: str) -> None:
    """Attack 21: the first for one reader, the last for another."""
    text = json.dumps(asked())
    raw = f'{{"{name}": {{"type": "user", "id": "alice", "name": "read"}}, {text[1:]}'.encode()
    twice = raw if name != "evaluations" else f'{{"evaluations": [], "evaluations": [], {text[1:]}'.encode()
    for path in (EVALUATION, EVALUATIONS):
        assert ask(app(asserted=CedarPolicy(ALL)), None, path, raw=twice).status_code == 400
    inner = text.replace('"id": "' + SCOUT.did, '"id": "alice", "id": "' + SCOUT.did).encode()
    assert ask(app(), None, raw=inner).status_code == 400


@pytest.mark.parametrize(
    "raw",
    [
        b'{"context": ' + b'{"a": ' * 100 + b"1" + b"}" * 101,
        b'{"subject": {"type": "user", "id": "\\ud800"}}',
        b'{"context": {"n": 1e400}}',
        b'{"context": {"n": 9007199254740993}}',
        b'{"context": {"n": -0}}',
        "{\ufeff}".encode(),
        b"\xef\xbb\xbf{}",
    ],
)
def test_json_of_two_readings(raw: bytes) -> None:
    assert ask(certified(), None, raw=raw).status_code == 400


def test_bodies_over_the_cap_are_not_read() -> None:
    small = app(most_body=4000)
    assert ask(small, asked()).status_code == 200
    assert ask(small, asked(padding="x" * 4000)).status_code == 413
    assert ask(app(), None, raw=b" " * (1 << 20) + b"{}").status_code == 413
    assert ask(app(), asked(), headers={"Content-Encoding": "gzip"}).status_code == 400
    assert ask(small, asked(), headers={"Content-Length": "4001"}).status_code == 413
    for strange in ({"Content-Length": "ten"}, {"Content-Length": "4", "Transfer-Encoding": "chunked"}):
        assert ask(small, asked(), headers=strange).status_code == 400


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        f"Basic {SECRET}",
        SECRET,
        f"Bearer {SECRET}x",
        f"Bearer {SECRET[:-1]}",
        f"Bearer  {SECRET}",
        f"Bearer {SECRET.upper()}",
        f"Bearer {'x' * 10_000}",
    ],
)
def test_who_is_no_pep_learns_and_uses_up_nothing(authorization: str | None) -> None:
    at, question = app(), asked()
    for body in (question, {}, [question]):
        response = ask(at, body, headers={"Authorization": authorization})
        assert response.status_code == 401
        assert response.headers["www-authenticate"] == "Bearer"
        assert SECRET not in response.text
    yes(at, question)


def test_several_peps_and_a_check_that_is_handed_in() -> None:
    other = "another-secret-of-another-pep-0123456789"
    assert ask(app(peps=[other, SECRET]), asked()).status_code == 200
    assert ask(app(peps=[other]), asked()).status_code == 401
    assert ask(app(peps=unsafe_anybody), asked(), headers={"Authorization": None}).status_code == 200
    assert ask(app(peps=lambda secret: secret == SECRET), asked()).status_code == 200
    assert ask(app(peps=lambda secret: 1), asked()).status_code == 401
    assert ask(app(peps=lambda secret: secret[1000]), asked()).status_code == 500


def test_what_a_check_of_peps_is_given() -> None:
    seen: list[str] = []

    def known(secret: str) -> bool:
        seen.append(secret)
        return False

    for authorization in (None, "Basic YTpi", "bearer", f"bearer {SECRET}", b"Bearer \xff"):
        assert ask(app(peps=known), asked(), headers={"Authorization": authorization}).status_code == 401
    assert seen == ["", "", "", SECRET, ""]


@pytest.mark.parametrize(("length", "served"), [(31, False), (32, True), (4096, True), (4097, False)])
def test_how_long_a_secret_is(length: int, served: bool) -> None:
    secret = "s" * length
    if served:
        assert ask(app(peps=[secret]), asked(), headers={"Authorization": f"Bearer {secret}"}).status_code == 200
    else:
        with pytest.raises(InputError):
            app(peps=[secret])


def test_a_question_is_written_without_what_it_carries() -> None:
    """Attack 133."""
    question = asked(wire(challenge="once more"))
    question["context"]["attorn"]["challenge"] = "once more"
    read = read_evaluation(question)
    assert question["context"]["attorn"]["presentation"] not in f"{read!r} {read_carried(read)!r}"
    assert "once more" not in f"{read!r} {read_carried(read)!r}"


def test_an_id_that_is_too_long_is_not_given_back() -> None:
    assert ask(app(), asked(), headers={"X-Request-ID": "x" * 256}).headers["x-request-id"] == "x" * 256
    response = ask(app(), asked(), headers={"X-Request-ID": "x" * 257})
    assert response.status_code == 400
    assert "x-request-id" not in response.headers


@pytest.mark.parametrize("value", [b"a\r\nSet-Cookie: b", b"a\nb", b"\r", b"a\x00", b"\x7f", b"a\tb"])
def test_an_id_with_characters_that_control_is_not_given_back(value: bytes) -> None:
    # An HTTP parser refuses most of them; not every server of ASGI has one.
    headers = [(b"authorization", f"Bearer {SECRET}".encode()), (b"x-request-id", value)]
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(app()({"type": "http", "method": "POST", "path": EVALUATION, "headers": headers}, receive, send))
    assert sent[0]["status"] == 400
    assert b"x-request-id" not in dict(sent[0]["headers"])


@pytest.mark.parametrize(
    "changed",
    [
        {"peps": []},
        {"peps": None},
        {"peps": SECRET},
        {"peps": ["short"]},
        {"peps": ["é" * 40]},
        {"peps": [SECRET, None]},
        {"peps": ["with a space in it, which no header holds "]},
        {"url": "http://pdp.example"},
        {"url": f"{URL}/"},
        {"url": f"{URL}?a"},
        {"url": f"{URL}/tenant"},
        {"url": "pdp.example"},
        {"url": None},
        {"most_body": -1},
        {"decisions": verifier()},
    ],
)
def test_what_cannot_be_served(changed: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        application(**{"decisions": DecisionPoint(verifier()), "url": URL, "peps": [SECRET], **changed})


@pytest.mark.parametrize(
    "arguments", [(None, None), ("verifier", None), (None, "policy"), (None, lambda evaluation: True)]
)
def test_what_cannot_decide(arguments: tuple[Any, Any]) -> None:
    with pytest.raises(InputError):
        DecisionPoint(arguments[0], asserted=arguments[1])
