"""Refusals as A2A errors: what a client needs to know, and nothing of a token or of what failed inside."""

from __future__ import annotations

from typing import Final

from a2a.utils.errors import (
    A2AError,
    ExtensionSupportRequiredError,
    InternalError,
    InvalidParamsError,
    InvalidRequestError,
)

from attorn.errors import AttornError, Denied, InputError, MissingError, VerificationError

_UNDECIDED: Final = "It could not be decided whether this is allowed; nothing was done. Try again."


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
        decision, denial = error.decision, error.decision.denial
        found: dict[str, object] = {"step": decision.step, "link": decision.link}
        found |= {"delegator": decision.delegator, "delegate": decision.delegate}
        words = "prohibited"
        if denial is not None:
            found |= {"caveat": denial.caveat, "limit": denial.limit}
            words = f"{denial.caveat} allows {denial.limit}; the request asked for something else"
        return InvalidRequestError(words, data={**said, **{name: str(value) for name, value in found.items() if value}})
    if isinstance(error, InputError):
        return InvalidParamsError(str(error), data=said)
    return InternalError(_UNDECIDED, data=said)
