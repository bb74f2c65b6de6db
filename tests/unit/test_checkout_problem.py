"""Every refusal has a name on the wire, and what is no refusal has none."""

from __future__ import annotations

import pytest

from attorn import errors
from attorn.checkout.problem import Ap2Code, UcpCode, ap2_code, authorization_code, ucp_code
from attorn.decision import Decision
from attorn.errors import AttornError, Denied, VerificationError


def every(kind: type[AttornError]) -> list[type[AttornError]]:
    return [kind, *(each for sub in kind.__subclasses__() if sub.__module__ == errors.__name__ for each in every(sub))]


INVALID = every(VerificationError)
NO_VERDICT = [kind for kind in every(AttornError) if kind not in (*INVALID, Denied)]
DENIED = Denied(Decision(allowed=False, step=9))


@pytest.mark.parametrize(
    ("kind", "ucp", "ap2"),
    [
        (errors.UntrustedRootError, "agent_missing_key", "invalid_credential"),
        (errors.ResolutionError, "agent_missing_key", "invalid_credential"),
        (errors.SignatureError, "mandate_invalid_signature", "invalid_credential"),
        (errors.PossessionError, "mandate_invalid_signature", "invalid_credential"),
        (errors.MalformedError, "mandate_invalid_signature", "invalid_mandate"),
        (errors.LimitError, "mandate_invalid_signature", "invalid_mandate"),
        (errors.ExpiredError, "mandate_expired", "invalid_mandate"),
        (errors.RevokedError, "mandate_expired", "invalid_credential"),
        (errors.SuspendedError, "mandate_expired", "invalid_credential"),
        (errors.ChainError, "mandate_scope_mismatch", "invalid_mandate"),
        (errors.AudienceError, "mandate_scope_mismatch", "invalid_mandate"),
        (errors.WrongRequestError, "mandate_scope_mismatch", "invalid_mandate"),
        (errors.ReplayError, "mandate_scope_mismatch", "invalid_mandate"),
        (errors.MandateError, "mandate_scope_mismatch", "invalid_mandate"),
    ],
)
def test_names_of_refusals(kind: type[VerificationError], ucp: str, ap2: str) -> None:
    assert ucp_code(kind("x")) == ucp
    assert ap2_code(kind("x")) == ap2


def test_a_constraint_that_is_not_met() -> None:
    assert ucp_code(DENIED) is UcpCode.MANDATE_SCOPE_MISMATCH
    assert ap2_code(DENIED) is Ap2Code.UNRESOLVED_CONSTRAINT
    assert authorization_code(DENIED) is None


@pytest.mark.parametrize("kind", INVALID)
def test_every_refusal_has_a_name(kind: type[VerificationError]) -> None:
    assert ucp_code(kind("x")) is not None
    assert ap2_code(kind("x")) is not None
    assert authorization_code(kind("x")) is UcpCode.MERCHANT_AUTHORIZATION_INVALID


@pytest.mark.parametrize("kind", NO_VERDICT)
def test_what_is_no_refusal_has_none(kind: type[AttornError]) -> None:
    assert (ucp_code(kind("x")), ap2_code(kind("x")), authorization_code(kind("x"))) == (None, None, None)


def test_the_names_are_those_of_the_specifications() -> None:
    assert sorted(Ap2Code) == [
        "invalid_credential",
        "invalid_mandate",
        "mandates_not_supported",
        "unresolved_constraint",
    ]
    assert len(UcpCode) == 7
