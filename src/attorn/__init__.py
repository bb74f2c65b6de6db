"""Checkable authority for AI agents.

`Identity` mints, delegates and presents; `Verifier` says who authorised a request, through whom, within what limits.
"""

from attorn import caveat, revocation, store
from attorn.errors import AttornError, Denied, UnavailableError, VerificationError
from attorn.identity import Identity
from attorn.limits import Limits
from attorn.request.request import Request
from attorn.token.token import Token
from attorn.verify.access import Access
from attorn.verify.verifier import Verifier

__all__ = [
    "Access",
    "AttornError",
    "Denied",
    "Identity",
    "Limits",
    "Request",
    "Token",
    "UnavailableError",
    "VerificationError",
    "Verifier",
    "caveat",
    "revocation",
    "store",
]
