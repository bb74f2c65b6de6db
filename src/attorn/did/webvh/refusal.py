"""Why a did:webvh DID is refused: the name that the method and its test suite have for it, then what was wrong."""

from __future__ import annotations

from enum import StrEnum

from attorn.did.fault import Fault
from attorn.errors import ResolutionError


class Reason(StrEnum):
    """The word that the message of a refusal begins with."""

    INVALID_DID = "invalidDid"
    INVALID_DOCUMENT = "invalidDidDocument"
    INVALID_PARAMETERS = "invalidParameters"
    INVALID_PROOF = "invalidProof"
    NOT_FOUND = "notFound"
    DEACTIVATED = "deactivated"
    ROLLED_BACK = "rolledBack"


def refused(reason: Reason, text: str) -> ResolutionError:
    """The error for it, to be raised."""
    return ResolutionError(f"{reason}: {text}", problem=_FAULTS.get(reason, Fault.INVALID_DID))


def within(where: str, error: ResolutionError) -> ResolutionError:
    """The same refusal, with where it happened before it."""
    return ResolutionError(f"{where}: {error}", problem=error.problem)


_FAULTS = {Reason.NOT_FOUND: Fault.NOT_FOUND, Reason.INVALID_DOCUMENT: Fault.INVALID_DID_DOCUMENT}
