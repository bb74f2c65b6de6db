"""Refusals as HTTP answers: RFC 9457 problem bodies and a `WWW-Authenticate: Attorn` challenge.

Invalid is 401, prohibited 403, undecidable 503; a message that no presentation could bind is 400, a body over the cap
413. A body never holds bytes of a token, nor what a store or resolver said when it failed.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from attorn.approval import ApprovalRequired
from attorn.asgi.body import BodyLimitError
from attorn.asgi.problem import Problem
from attorn.display import shown
from attorn.errors import AttornError, Denied, InputError, VerificationError
from attorn.web.http import SCHEME, MissingError

_UNDECIDED: Final = "It could not be decided whether this is allowed; nothing was done. Try again."


def checked_realm(realm: str) -> str:
    """`realm` if it can stand in a quoted string as it is. Raises `InputError`."""
    plain = isinstance(realm, str) and realm.isascii() and realm.isprintable()
    if not plain or not realm or '"' in realm or "\\" in realm:
        raise InputError(f"realm: expected printable ASCII without quotes or backslashes, got {shown(realm)}")
    return realm


def problem(error: AttornError, *, realm: str) -> Problem:
    """The answer to a request that was refused with `error`."""
    status = _status(error)
    more: dict[str, object] = {}
    if isinstance(error, VerificationError):
        more["step"] = error.step
    if isinstance(error, Denied):
        more |= _decision(error)
    if isinstance(error, ApprovalRequired):
        more["approval"] = error.approval.encode()
    challenge = None
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        challenge = ("WWW-Authenticate", _challenge(error, realm))
    return Problem.of(error, status, undecided=_UNDECIDED, challenge=challenge, more=more)


def _status(error: AttornError) -> HTTPStatus:
    if isinstance(error, BodyLimitError):
        return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    if isinstance(error, VerificationError):
        return HTTPStatus.UNAUTHORIZED
    if isinstance(error, Denied):
        return HTTPStatus.FORBIDDEN
    if isinstance(error, InputError):
        return HTTPStatus.BAD_REQUEST
    return HTTPStatus.SERVICE_UNAVAILABLE


def _decision(error: Denied) -> dict[str, object]:
    decision = error.decision
    members: dict[str, object] = {"step": decision.step, "link": decision.link}
    members |= {"delegator": decision.delegator, "delegate": decision.delegate}
    if decision.denial is not None:
        members |= {"caveat": decision.denial.caveat, "limit": decision.denial.limit, "asked": decision.denial.asked}
    return members


def _challenge(error: AttornError, realm: str) -> str:
    # RFC 6750 section 3.1: no error code where the client may just not have known that one is needed.
    if isinstance(error, MissingError):
        return f'{SCHEME} realm="{realm}"'
    return f'{SCHEME} realm="{realm}", error="{error.code}"'
