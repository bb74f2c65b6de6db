"""Refusals as A2A errors: what a client needs to know, and nothing of a token or of what failed inside."""

from __future__ import annotations

from a2a.utils.errors import (
    A2AError,
    ExtensionSupportRequiredError,
    InternalError,
    InvalidParamsError,
    InvalidRequestError,
)

from attorn.decision import UNDECIDED
from attorn.errors import AttornError, Denied, InputError, MissingError, VerificationError


def refusal(error: AttornError) -> A2AError:
    """The answer to a request that was refused with `error`, without what it asked for: the SDK logs its errors.

    All its data is text, as gRPC wants it.
    """
    said = {"code": error.code}
    if isinstance(error, VerificationError):
        # The SDK has a word for a client that does not know of the extension.
        kind = ExtensionSupportRequiredError if isinstance(error, MissingError) else InvalidRequestError
        return kind(str(error), data={**said, "step": str(error.step)})
    if isinstance(error, Denied):
        denial = error.decision.denial
        found = {name: str(value) for name, value in error.decision.members().items() if value and name != "asked"}
        words = "prohibited"
        if denial is not None:
            words = f"{denial.caveat} allows {denial.limit}; the request asked for something else"
        return InvalidRequestError(words, data={**said, **found})
    if isinstance(error, InputError):
        return InvalidParamsError(str(error), data=said)
    return InternalError(UNDECIDED, data=said)
