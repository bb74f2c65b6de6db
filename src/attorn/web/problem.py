"""Refusals as HTTP answers: RFC 9457 problem bodies and a `WWW-Authenticate: Attorn` challenge.

Invalid is 401, prohibited 403, undecidable 503; a message that no presentation could bind is 400, a body over the cap
413. A body never holds bytes of a token, nor what a store or resolver said when it failed.
"""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from attorn.approval import ApprovalRequired
from attorn.asgi.body import BodyLimitError
from attorn.asgi.problem import Problem
from attorn.decision import UNDECIDED
from attorn.display import shown
from attorn.errors import AttornError, Denied, InputError, MissingError, VerificationError
from attorn.web.http import SCHEME

Challenge = Callable[[AttornError, str], str]
"""Words a challenge: what was wrong, and the realm."""


def checked_realm(realm: str) -> str:
    """`realm` if it can stand in a quoted string as it is. Raises `InputError`."""
    plain = isinstance(realm, str) and realm.isascii() and realm.isprintable()
    if not plain or not realm or '"' in realm or "\\" in realm:
        raise InputError(f"realm: expected printable ASCII without quotes or backslashes, got {shown(realm)}")
    return realm


def challenge(error: AttornError, realm: str) -> str:
    """The challenge of an answer of 401 or 403."""
    # RFC 6750 section 3.1: no error code where the client may just not have known that one is needed.
    if isinstance(error, MissingError):
        return f'{SCHEME} realm="{realm}"'
    return f'{SCHEME} realm="{realm}", error="{error.code}"'


def problem(error: AttornError, *, realm: str, asking: Challenge = challenge) -> Problem:
    """The answer to a request that was refused with `error`; `asking` words what 401 and 403 ask for."""
    status = _status(error)
    more: dict[str, object] = {}
    if isinstance(error, VerificationError):
        more["step"] = error.step
    if isinstance(error, Denied):
        more |= error.decision.members()
    if isinstance(error, ApprovalRequired):
        more["approval"] = error.approval.encode()
    asked = status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
    header = ("WWW-Authenticate", asking(error, realm)) if asked else None
    return Problem.of(error, status, undecided=UNDECIDED, challenge=header, more=more)


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
