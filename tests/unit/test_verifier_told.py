"""What a verdict says: decisions, denials, and the table of codes and steps."""

from __future__ import annotations

import inspect

import pytest
from tests.unit.scene import (
    ALICE,
    PLANNER,
    READ,
    SCOUT,
    accepted,
    denied,
    given,
    passed,
    shown,
)

from attorn import Request, caveat, errors
from attorn.decision import Decision, Denial
from attorn.did.resolver import LocalResolver
from attorn.errors import AttornError, InputError

TOKEN = given(READ)
NARROW = passed(TOKEN, PLANNER, SCOUT, caveat.Range("limit", 1, 10))


def test_a_decision_says_who_and_what() -> None:
    error = denied(
        shown(NARROW, SCOUT, Request(action="events:read", resource="cal://alice", args={"limit": 11})),
        9,
        2,
        request=Request(action="events:read", resource="cal://alice", args={"limit": 11}),
    )
    decision = error.decision
    assert (decision.delegator, decision.delegate) == (PLANNER.did, SCOUT.did)
    assert decision.denial == Denial("Range", "1 <= limit <= 10", "limit = 11")
    expected = f"link 2 ({PLANNER.did} -> {SCOUT.did}): Range allows 1 <= limit <= 10; the request asked for limit = 11"
    assert decision.explain() == str(error) == expected


def test_the_first_link_that_prohibits_is_named() -> None:
    other = Request(action="pay", resource="cal://alice", args={"limit": 11})
    error = denied(shown(NARROW, SCOUT, other), 9, 1, request=other)
    assert error.decision.denial == Denial("Actions", "events:read", "pay")


@pytest.mark.parametrize("decision", [Decision(True, 10), Decision(False, 9)], ids=["allowed", "denied"])
def test_a_decision_has_no_truth_value(decision: Decision) -> None:
    with pytest.raises(TypeError, match=r"read \.allowed"):
        bool(decision)
    with pytest.raises(TypeError):
        assert not decision
    assert decision.explain() == ("allowed" if decision.allowed else "denied")


def test_nothing_that_attorn_returns_is_true_by_accident() -> None:
    access = accepted(shown(TOKEN, PLANNER))
    assert access.decision == Decision(True, 10)
    with pytest.raises(TypeError):
        bool(access.decision)


CODES: dict[str, tuple[str, int | None, str]] = {
    "AttornError": ("error", None, "Exception"),
    "InputError": ("invalid_input", None, "AttornError"),
    "DelegationError": ("cannot_delegate", None, "AttornError"),
    "KeyFileError": ("key_file", None, "AttornError"),
    "VerificationError": ("invalid", 1, "AttornError"),
    "LimitError": ("limit_exceeded", 0, "VerificationError"),
    "MissingError": ("no_presentation", 0, "VerificationError"),
    "MalformedError": ("malformed", 1, "VerificationError"),
    "NotAdmittedError": ("not_admitted", 1, "VerificationError"),
    "UntrustedRootError": ("untrusted_root", 2, "VerificationError"),
    "ResolutionError": ("unresolved_principal", 3, "VerificationError"),
    "CredentialError": ("bad_credential", 1, "VerificationError"),
    "MandateError": ("bad_mandate", 1, "VerificationError"),
    "ProofError": ("bad_proof", 4, "VerificationError"),
    "SignatureError": ("bad_signature", 4, "VerificationError"),
    "ChainError": ("broken_chain", 5, "VerificationError"),
    "ExpiredError": ("outside_validity", 6, "VerificationError"),
    "RevokedError": ("revoked", 7, "VerificationError"),
    "SuspendedError": ("suspended", 7, "VerificationError"),
    "DeprovisionedError": ("deprovisioned", 7, "VerificationError"),
    "StatusError": ("bad_status", 7, "VerificationError"),
    "RollbackError": ("rolled_back", 7, "VerificationError"),
    "GapError": ("missing_delta", 7, "VerificationError"),
    "AudienceError": ("wrong_audience", 8, "VerificationError"),
    "WrongRequestError": ("wrong_request", 8, "VerificationError"),
    "PossessionError": ("not_holder", 8, "VerificationError"),
    "ReplayError": ("replayed", 8, "VerificationError"),
    "Denied": ("denied", None, "AttornError"),
    "UnavailableError": ("unavailable", None, "AttornError"),
    "AuditError": ("audit_broken", None, "AttornError"),
    "StaleError": ("stale_status", None, "UnavailableError"),
    "EngineError": ("engine_failed", None, "UnavailableError"),
}
"""Vectors, HTTP bodies and other people's code rely on these."""


@pytest.mark.parametrize("name", CODES)
def test_codes_and_steps_are_stable(name: str) -> None:
    code, step, base = CODES[name]
    kind = getattr(errors, name)
    assert kind.code == code
    assert kind.__mro__[1].__name__ == base
    if step is not None:
        assert kind("why").step == step
        assert kind("why", step=7).step == 7
        assert str(kind("why")) == "why"


def test_every_error_is_in_the_table_and_no_code_is_used_twice() -> None:
    kinds = {name for name, kind in vars(errors).items() if inspect.isclass(kind) and issubclass(kind, AttornError)}
    assert kinds == set(CODES)
    codes = [code for code, _, _ in CODES.values()]
    assert len(set(codes)) == len(codes)
    assert issubclass(InputError, ValueError)
    assert LocalResolver().resolve(ALICE.did).id == ALICE.did
