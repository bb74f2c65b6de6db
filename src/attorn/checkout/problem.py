"""What a refusal is called on the wire of UCP and of AP2. Only verdicts have such names: no answer is no verdict."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from attorn.errors import (
    AttornError,
    CredentialError,
    Denied,
    DeprovisionedError,
    ExpiredError,
    LimitError,
    MalformedError,
    PossessionError,
    ProofError,
    ResolutionError,
    RevokedError,
    SignatureError,
    SuspendedError,
    UntrustedRootError,
    VerificationError,
)


class UcpCode(StrEnum):
    """The error codes of UCP's extension `dev.ucp.shopping.ap2_mandate`."""

    MANDATE_REQUIRED = "mandate_required"
    AGENT_MISSING_KEY = "agent_missing_key"
    MANDATE_INVALID_SIGNATURE = "mandate_invalid_signature"
    MANDATE_EXPIRED = "mandate_expired"
    MANDATE_SCOPE_MISMATCH = "mandate_scope_mismatch"
    MERCHANT_AUTHORIZATION_INVALID = "merchant_authorization_invalid"
    MERCHANT_AUTHORIZATION_MISSING = "merchant_authorization_missing"


class Ap2Code(StrEnum):
    """The error codes of AP2 v0.2: two are the end of it, `unresolved_constraint` asks for the human."""

    INVALID_CREDENTIAL = "invalid_credential"
    UNRESOLVED_CONSTRAINT = "unresolved_constraint"
    INVALID_MANDATE = "invalid_mandate"
    MANDATES_NOT_SUPPORTED = "mandates_not_supported"


_NO_KEY: Final = (UntrustedRootError, ResolutionError)
_NOT_SIGNED: Final = (SignatureError, PossessionError, ProofError)
_UNREADABLE: Final = (MalformedError, LimitError)
_WITHDRAWN: Final = (RevokedError, SuspendedError, DeprovisionedError)


def ucp_code(error: AttornError) -> UcpCode | None:
    """What UCP calls the refusal of a mandate; None where nothing was decided, or the fault is the caller's own.

    UCP knows no revocation: a mandate that was withdrawn is, as one that ended, `mandate_expired`.
    """
    if isinstance(error, _NO_KEY):
        return UcpCode.AGENT_MISSING_KEY
    if isinstance(error, (*_NOT_SIGNED, *_UNREADABLE)):
        return UcpCode.MANDATE_INVALID_SIGNATURE
    if isinstance(error, (ExpiredError, *_WITHDRAWN)):
        return UcpCode.MANDATE_EXPIRED
    return UcpCode.MANDATE_SCOPE_MISMATCH if isinstance(error, VerificationError | Denied) else None


def authorization_code(error: AttornError) -> UcpCode | None:
    """What UCP calls the refusal of `ap2.merchant_authorization`; that it is missing, `is_missing` says."""
    return UcpCode.MERCHANT_AUTHORIZATION_INVALID if isinstance(error, VerificationError) else None


def ap2_code(error: AttornError) -> Ap2Code | None:
    """What AP2 calls the refusal of a mandate; None where nothing was decided, or the fault is the caller's own."""
    if isinstance(error, Denied):
        return Ap2Code.UNRESOLVED_CONSTRAINT
    if isinstance(error, (*_NO_KEY, *_NOT_SIGNED, *_WITHDRAWN, CredentialError)):
        return Ap2Code.INVALID_CREDENTIAL
    return Ap2Code.INVALID_MANDATE if isinstance(error, VerificationError) else None
