"""Refusals of the VC API: problem details (RFC 9457), under the standards' own names for what is wrong.

Whatever is wrong with what a client sent is 400. A body over the cap is 413, one of another media type 415. What could
not be found out is 422 where something was to be verified, so that nobody takes it for a yes, else 503.
"""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import Final

from starlette.responses import Response

from attorn.asgi.body import BodyLimitError, MediaTypeError
from attorn.asgi.problem import BLANK, Problem
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

_DATA_MODEL: Final = "https://www.w3.org/TR/vc-data-model#"
_STATUS_LIST: Final = "https://www.w3.org/ns/credentials/status-list#"
_UNDECIDED: Final = "It could not be found out; nothing was done."


def refusal(error: AttornError, *, verifying: bool = False) -> Response:
    """The answer to a request that was refused with `error`; `verifying` if something was to be verified."""
    status = _status_of(error, verifying=verifying)
    more: dict[str, object] = {}
    kind = BLANK if status is HTTPStatus.SERVICE_UNAVAILABLE else _type_of(error)
    if kind != BLANK:
        more |= {"type": kind, "title": kind.partition("#")[2].replace("_", " ").capitalize()}
    if isinstance(error, VerificationError):
        more["step"] = error.step
    problem = Problem.of(error, status, undecided=_UNDECIDED, more=more)
    if verifying:
        # As VC API has it, and as its older drafts had it.
        told = {"verified": False, "problemDetails": [problem.members], "checks": [], "warnings": []}
        problem = replace(problem, members={**problem.members, **told, "errors": [problem.detail]})
    return _response(problem)


def plain(status: int) -> Response:
    """The answer where no request was read: no such path, no such method."""
    return _response(Problem.plain(status))


def _response(problem: Problem) -> Response:
    return Response(problem.body, problem.status, dict(problem.headers))


def _status_of(error: AttornError, *, verifying: bool) -> HTTPStatus:
    """The status of the answer."""
    if isinstance(error, BodyLimitError):
        return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    if isinstance(error, MediaTypeError):
        return HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    if isinstance(error, VerificationError | InputError):
        return HTTPStatus.BAD_REQUEST
    return HTTPStatus.UNPROCESSABLE_ENTITY if verifying else HTTPStatus.SERVICE_UNAVAILABLE


def _type_of(error: AttornError) -> str:
    """The URL of the standard's name for what is wrong; `about:blank` where it is a policy, such as the time."""
    if isinstance(error, CredentialError | ProofError | ResolutionError):
        return error.problem
    if isinstance(error, StatusError):
        return f"{_STATUS_LIST}STATUS_VERIFICATION_ERROR"
    if isinstance(error, StaleError):
        return f"{_STATUS_LIST}STATUS_RETRIEVAL_ERROR"
    if isinstance(error, MalformedError | LimitError):
        return f"{_DATA_MODEL}PARSING_ERROR"
    return BLANK
