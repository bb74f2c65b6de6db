"""Checkable authority for AI agents.

`Identity` mints, delegates and presents; `Verifier` says who authorised a request, through whom, within what limits.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from attorn import caveat, macaroon, revocation, store
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
    "macaroon",
    "revocation",
    "store",
]

_HOMES = {
    "Access": "attorn.verify.access",
    "AttornError": "attorn.errors",
    "Denied": "attorn.errors",
    "Identity": "attorn.identity",
    "Limits": "attorn.limits",
    "Request": "attorn.request.request",
    "Token": "attorn.token.token",
    "UnavailableError": "attorn.errors",
    "VerificationError": "attorn.errors",
    "Verifier": "attorn.verify.verifier",
}


def __getattr__(name: str) -> object:
    """A public name, loaded when it is first used: a program that only verifies does not load what signs."""
    if name in _HOMES:
        value: object = getattr(import_module(_HOMES[name]), name)
    elif name in __all__:
        value = import_module(f"attorn.{name}")
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
