"""Refusals of the VC API: problem details (RFC 9457), under the standards' own names for what is wrong.

Whatever is wrong with what a client sent is 400. A body over the cap is 413, one of another media type 415. What could
not be found out is 422 where something was to be verified, so that nobody takes it for a yes, else 503.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from starlette.responses import JSONResponse

from attorn.canonical import JsonValue
from attorn.errors import (
    AttornError,
    CredentialError,
    InputError,
    LimitError,
    MalformedError,
    ProofError,
    ResolutionError,
    StaleError,
    StatusError,
    VerificationError,
)
from attorn.web.http import BodyLimitError

MEDIA_TYPE: Final = "application/problem+json"
_BLANK: Final = "about:blank"
_DATA_MODEL: Final = "https://www.w3.org/TR/vc-data-model#"
_STATUS_LIST: Final = "https://www.w3.org/ns/credentials/status-list#"
_UNDECIDED: Final = "It could not be found out; nothing was done."
_NO_STORE: Final = {"Cache-Control": "no-store"}


class MediaTypeError(InputError):
    """The body is said to be something else than JSON."""


def refusal(error: AttornError, *, verifying: bool = False) -> JSONResponse:
    """The answer to a request that was refused with `error`; `verifying` if something was to be verified."""
    status = status_of(error, verifying=verifying)
    internal = status is HTTPStatus.SERVICE_UNAVAILABLE
    kind = _BLANK if internal else type_of(error)
    problem: dict[str, JsonValue] = {
        "type": kind,
        "title": status.phrase if kind == _BLANK else kind.partition("#")[2].replace("_", " ").capitalize(),
        "status": status.value,
        "detail": _UNDECIDED if internal else str(error),
        "code": error.code,
    }
    if isinstance(error, VerificationError):
        problem["step"] = error.step
    if not verifying:
        return JSONResponse(problem, status.value, _NO_STORE, MEDIA_TYPE)
    # As VC API has it, and as its older drafts had it.
    told: dict[str, JsonValue] = {"verified": False, "problemDetails": [dict(problem)], "checks": [], "warnings": []}
    return JSONResponse({**problem, **told, "errors": [problem["detail"]]}, status.value, _NO_STORE, MEDIA_TYPE)


def plain(status: int) -> JSONResponse:
    """The answer where no request was read: no such path, no such method."""
    phrase = HTTPStatus(status).phrase
    return JSONResponse({"type": _BLANK, "title": phrase, "status": status}, status, _NO_STORE, MEDIA_TYPE)


def status_of(error: AttornError, *, verifying: bool) -> HTTPStatus:
    """The status of the answer."""
    if isinstance(error, BodyLimitError):
        return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    if isinstance(error, MediaTypeError):
        return HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    if isinstance(error, VerificationError | InputError):
        return HTTPStatus.BAD_REQUEST
    return HTTPStatus.UNPROCESSABLE_ENTITY if verifying else HTTPStatus.SERVICE_UNAVAILABLE


def type_of(error: AttornError) -> str:
    """The URL of the standard's name for what is wrong; `about:blank` where it is a policy, such as the time."""
    if isinstance(error, CredentialError | ProofError | ResolutionError):
        return error.problem
    if isinstance(error, StatusError):
        return f"{_STATUS_LIST}STATUS_VERIFICATION_ERROR"
    if isinstance(error, StaleError):
        return f"{_STATUS_LIST}STATUS_RETRIEVAL_ERROR"
    if isinstance(error, MalformedError | LimitError):
        return f"{_DATA_MODEL}PARSING_ERROR"
    return _BLANK
