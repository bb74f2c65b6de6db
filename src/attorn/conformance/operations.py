"""Every operation by its name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from attorn.canonical import JsonValue
from attorn.conformance import (
    credentials,
    evaluation,
    identifiers,
    mandate,
    presentation,
    receipt,
    revocation,
    selective,
    status_lists,
    together,
    trace,
    transit,
)
from attorn.conformance.answer import Answer
from attorn.conformance.members import Members
from attorn.errors import AttornError

Operation = Callable[[Members], Answer]

OPERATIONS: Final[Mapping[str, Operation]] = MappingProxyType(
    {
        "apply-revocations": revocation.apply,
        "attenuate": transit.attenuate,
        "read-key": identifiers.key,
        "evaluate-caveat": evaluation.evaluate,
        "read-status": status_lists.read,
        "resolve-did": identifiers.keys,
        "run-trace": trace.run,
        "verify-checkout": receipt.verify_offer,
        "verify-credential": credentials.verify,
        "verify-mandate": mandate.verify,
        "verify-presentation": presentation.verify,
        "verify-receipt": receipt.verify,
        "verify-sd-jwt": selective.verify,
        "verify-together": together.verify,
        "verify-token": transit.verify,
    }
)


def answer(operation: Operation, value: JsonValue) -> Answer:
    """The answer of this library; a refusal is an answer, and so is an input that says nothing (`invalid_input`)."""
    try:
        return operation(Members(value))
    except AttornError as error:
        return Answer.of(error)
