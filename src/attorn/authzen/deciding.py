"""What a decision point answers, and why: every verdict is the verifier's or a policy's, said as AuthZEN says it.

Nothing but *true* is ever an answer to a failure, and no answer holds a token, an argument or what a store said.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Final, Protocol

from attorn.approval import ApprovalRequired
from attorn.authzen.carried import Carried, read_carried, request_of
from attorn.authzen.evaluation import Batch, Evaluation, Semantic
from attorn.canonical import JsonValue
from attorn.decision import Denial
from attorn.errors import (
    AttornError,
    Denied,
    InputError,
    MalformedError,
    MissingError,
    PossessionError,
    VerificationError,
)
from attorn.handed import ask
from attorn.request.request import Request
from attorn.verify.access import Verified
from attorn.verify.policy import require
from attorn.verify.verifier import Verifier

APPROVAL: Final = "attorn-approval"
"""The template of an access request that an approval of attorn's answers."""

Answer = dict[str, JsonValue]


class AssertedPolicy(Protocol):
    """What decides about a subject that nobody but the PEP vouches for. It is asked from several threads at once."""

    def permits_asserted(self, evaluation: Evaluation) -> bool | Denial:
        """True permits, False or a `Denial` prohibits; any other answer, and any failure, decides nothing."""


class DecisionPoint:
    """Decides by the presentation in each question, through `verifier` with its policy if it has one.

    A question without a presentation is refused, unless `asserted` is given: then that policy alone answers it, and
    none with a presentation. Raises `InputError`.
    """

    def __init__(self, verifier: Verifier | None, *, asserted: AssertedPolicy | None = None) -> None:
        if verifier is None and asserted is None:
            raise InputError("decision point: expected a verifier, a policy for asserted subjects, or both")
        if verifier is not None and not isinstance(verifier, Verifier):
            raise InputError(f"verifier: expected a Verifier, got {type(verifier).__name__}")
        if asserted is not None and not callable(getattr(asserted, "permits_asserted", None)):
            raise InputError(f"asserted: expected something with permits_asserted, got {type(asserted).__name__}")
        self._verifier = verifier
        self._asserted = asserted

    def decide(self, asked: Evaluation | Batch) -> Answer:
        """The answer to one question, or to several. Raises `MalformedError` for a single one that cannot be asked."""
        if isinstance(asked, Evaluation):
            return self._one(asked)
        answers: list[JsonValue] = []
        for item in asked.items:
            answer = self._item(item)
            answers.append(answer)
            if asked.semantic is Semantic.DENY_ON_FIRST_DENY and answer["decision"] is False:
                break
            if asked.semantic is Semantic.PERMIT_ON_FIRST_PERMIT and answer["decision"] is True:
                break
        return {"evaluations": answers}

    def _item(self, item: Evaluation | MalformedError) -> Answer:
        try:
            if isinstance(item, MalformedError):
                raise item
            return self._one(item)
        except MalformedError as error:
            told: Answer = {"status": HTTPStatus.BAD_REQUEST.value, "message": str(error)}
            return {"decision": False, "context": {"reason": error.code, "error": told}}

    def _one(self, evaluation: Evaluation) -> Answer:
        carried = read_carried(evaluation)
        request = None if carried is None else request_of(evaluation, carried)
        try:
            if carried is None or request is None:
                return self._by_assertion(evaluation)
            return self._by_chain(evaluation, carried, request)
        except AttornError as error:
            return refusal(error)

    def _by_assertion(self, evaluation: Evaluation) -> Answer:
        policy = self._asserted
        if policy is None:
            return {"decision": False, "context": {"reason": MissingError.code}}
        require(lambda: policy.permits_asserted(evaluation))
        return {"decision": True}

    def _by_chain(self, evaluation: Evaluation, carried: Carried, request: Request) -> Answer:
        verifier = self._verifier
        if verifier is None:
            return {"decision": False, "context": {"reason": "no_verifier"}}
        # In two calls, as `authorize` is: who acts is compared before anything is charged.
        verified = ask("verifier", lambda: verifier.verify(carried.presentation, request, challenge=carried.challenge))
        unrelated = PossessionError("the subject is neither the chain's holder (agent) nor its root (user)")
        ask("verifier", lambda: verified.require(lambda: _is_subject(evaluation, verified), unrelated))
        access = ask("verifier", verified.clear)
        if access.repeated:
            # Whoever serves it has the answer of the first time; a yes would have it act again.
            return {"decision": False, "context": {"reason": "repeated"}}
        return {"decision": True, "context": {"root": access.root, "holder": access.holder}}


def _is_subject(evaluation: Evaluation, verified: Verified) -> bool:
    """Whether the PEP speaks of whom the chain is about: an `agent` is its holder, a `user` its root."""
    known = {"agent": verified.holder, "user": verified.root}
    return known.get(evaluation.subject.type) == evaluation.subject.id


def refusal(error: AttornError) -> Answer:
    """The answer to a question that was refused with `error`."""
    told: Answer = {"reason": error.code}
    if isinstance(error, VerificationError):
        told["step"] = error.step
    elif isinstance(error, Denied):
        decision = error.decision
        told |= {"step": decision.step, "link": decision.link}
        if decision.denial is not None:
            told["caveat"] = decision.denial.caveat
        if isinstance(error, ApprovalRequired):
            told["access_request"] = {"template": APPROVAL, "approval": error.approval.encode()}
    else:
        status = HTTPStatus.SERVICE_UNAVAILABLE
        told |= {"reason": "unavailable", "error": {"status": status.value, "message": "it could not be decided"}}
    return {"decision": False, "context": told}
