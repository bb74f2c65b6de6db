"""A verifier's own policy: when it is asked, what its answers mean, and that a no of either is a no."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit import audit_scene, joint_scene
from tests.unit.scene import (
    ALICE,
    AUDIENCE,
    MALLORY,
    NOW,
    PLANNER,
    REQUEST,
    SCOUT,
    Clock,
    accepted,
    given,
    passed,
    refused,
    shown,
    verifier,
)

from attorn import Denied, Request, VerificationError, caveat
from attorn.approval import ApprovalRequired
from attorn.audit import Receipt, Recorder
from attorn.decision import Decision, Denial
from attorn.errors import AttornError, InputError, RevokedError, StaleError, UnavailableError
from attorn.store import MemoryStore
from attorn.verify.access import Cleared


class Saying:
    """A policy that gives one answer, or raises it, and keeps what it was asked."""

    def __init__(self, answer: object = True) -> None:
        self.answer = answer
        self.asked: list[Cleared] = []

    def permits(self, cleared: Cleared) -> Any:
        self.asked.append(cleared)
        if isinstance(self.answer, BaseException):
            raise self.answer
        return self.answer


def wire(*caveats: caveat.Caveat, **changed: Any) -> str:
    return shown(passed(given(), PLANNER, SCOUT, *caveats), SCOUT, **changed)


def test_what_both_permit_is_permitted_and_the_policy_is_told_who_asks() -> None:
    policy = Saying()
    access = accepted(wire(), by=verifier(policy=policy))
    (cleared,) = policy.asked
    assert (cleared.root, cleared.holder, cleared.audience) == (ALICE.did, SCOUT.did, AUDIENCE)
    assert cleared.request == REQUEST
    assert cleared.chain == access.chain
    assert cleared.at == Clock(NOW)()


@pytest.mark.parametrize("answer", [False, Denial("Hours", "nine to five", "midnight")])
def test_a_no_is_a_denial_of_no_link(answer: object) -> None:
    error = refused(wire(), "denied", 9, by=verifier(policy=Saying(answer)))
    assert isinstance(error, Denied)
    assert error.decision.link is None
    assert error.decision.allowed is False
    assert error.decision.denial is not None
    assert error.decision.denial.caveat == ("Policy" if answer is False else "Hours")


@pytest.mark.parametrize(
    "answer", [None, 1, "true", "True", b"", 0, [True], {"decision": True}, Decision(True, 9), ...]
)
def test_any_other_answer_is_none(answer: object) -> None:
    """Attack 131: what is truthy is not True, and a policy that forgets to answer permits nothing."""
    refused(wire(), "unavailable", None, by=verifier(policy=Saying(answer)))


@pytest.mark.parametrize(
    "error",
    [
        ValueError("x"),
        TimeoutError(),
        RecursionError(),
        InputError("x"),
        VerificationError("x"),
        RevokedError("x"),
        AttornError("x"),
        StaleError("x"),
    ],
)
def test_a_policy_that_fails_decides_nothing(error: Exception) -> None:
    with pytest.raises(UnavailableError):
        verifier(policy=Saying(error)).authorize(wire(), REQUEST)


def test_a_policy_may_raise_its_denial() -> None:
    decision = Decision(False, 9, denial=Denial("Hours", "nine to five", "midnight"))
    error = refused(wire(), "denied", 9, by=verifier(policy=Saying(Denied(decision))))
    assert isinstance(error, Denied)
    assert error.decision is decision


@pytest.mark.parametrize("policy", [True, "allow", object(), lambda cleared: True])
def test_what_is_no_policy(policy: Any) -> None:
    with pytest.raises(InputError):
        verifier(policy=policy)


def test_what_the_chain_refuses_no_policy_is_asked() -> None:
    policy = Saying()
    by = verifier(policy=policy)
    other = Request(action="events:write", resource=REQUEST.resource)
    refused(wire(), "wrong_request", 8, by=by, request=other)
    refused(wire(request=other), "denied", 9, by=by, request=other)
    refused(wire(caveat.Range("limit", maximum=5)), "denied", 9, by=by)
    refused(wire(caveat.Audience("elsewhere")), "denied", 9, by=by)
    refused(wire(audience="elsewhere"), "wrong_audience", 8, by=by)
    refused(shown(given(by=MALLORY), PLANNER), "untrusted_root", 2, by=by)
    refused("not a presentation", "malformed", 1, by=by)
    assert policy.asked == []
    again = wire()
    accepted(again, by=by)
    refused(again, "replayed", 8, by=by)
    assert len(policy.asked) == 1


def test_a_no_charges_nothing_and_uses_up_the_presentation() -> None:
    policy = Saying(False)
    by = verifier(policy=policy)
    token = passed(given(), PLANNER, SCOUT, caveat.MaxUses(1))
    once = shown(token, SCOUT)
    refused(once, "denied", 9, by=by)
    policy.answer = None
    refused(shown(token, SCOUT), "unavailable", None, by=by)
    policy.answer = True
    refused(once, "replayed", 8, by=by)
    accepted(shown(token, SCOUT), by=by)
    refused(shown(token, SCOUT), "denied", 10, by=by)
    assert len(policy.asked) == 4


def test_its_yes_overrides_no_limit_that_is_used_up() -> None:
    by = verifier(policy=Saying())
    token = passed(given(), PLANNER, SCOUT, caveat.MaxUses(1))
    accepted(shown(token, SCOUT), by=by)
    refused(shown(token, SCOUT), "denied", 10, by=by)


def test_nobody_is_asked_to_approve_what_the_policy_prohibits() -> None:
    policy = Saying(False)
    by = verifier(policy=policy)
    needs = caveat.RequiresApproval(ALICE.did)
    refused(wire(needs), "denied", 9, by=by)
    policy.answer = True
    error = refused(wire(needs), "approval_required", 9, by=by)
    assert isinstance(error, ApprovalRequired)


def test_in_two_calls_it_is_asked_when_it_is_cleared() -> None:
    policy = Saying(False)
    verified = verifier(policy=policy).verify(wire(), REQUEST)
    assert policy.asked == []
    with pytest.raises(Denied):
        verified.clear()
    policy.answer = True
    assert verified.clear().decision.allowed


def test_of_several_users_one_no_charges_nobody() -> None:
    class Not:
        """A policy that has something against one user."""

        def permits(self, cleared: Cleared) -> bool:
            return cleared.root != joint_scene.ANNA.did

    store = MemoryStore()
    tokens = [joint_scene.token(user, caveat.MaxUses(1)) for user in joint_scene.USERS]
    joint_scene.shut(map(joint_scene.wire, tokens), "denied", 9, 2, by=joint_scene.door(policy=Not(), store=store))
    joint_scene.opened(map(joint_scene.wire, tokens), by=joint_scene.door(store=store))


def test_a_no_leaves_a_receipt(tmp_path: Any) -> None:
    log = audit_scene.open_log("lines", tmp_path)
    by = verifier(policy=Saying(False), receipts=Recorder(log, by=audit_scene.SERVICE))
    refused(wire(), "denied", 9, by=by)
    (receipt,) = (Receipt.decode(line) for line in log.lines())
    assert (receipt.verdict, receipt.step, receipt.link) == ("denied", 9, None)
    assert receipt.root == ALICE.did
