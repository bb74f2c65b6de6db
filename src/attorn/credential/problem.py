"""The standard's own names for what is wrong with a credential (VC Data Model 2.0 section 7.2), as its errors carry."""

from __future__ import annotations

from typing import Final

from attorn.errors import CredentialError

_BASE: Final = "https://www.w3.org/TR/vc-data-model#"
PARSING: Final = f"{_BASE}PARSING_ERROR"
"""There is no credential to be read: no JSON object, no JWS, no `data:` URL."""
MALFORMED: Final = f"{_BASE}MALFORMED_VALUE_ERROR"
"""A member has a value that the data model does not allow."""
CRYPTOGRAPHIC: Final = f"{_BASE}CRYPTOGRAPHIC_SECURITY_ERROR"
"""The document is not secured, not by whom it has to be, or not as it was when it was secured."""
RANGE: Final = f"{_BASE}RANGE_ERROR"
"""A value of the right form is outside what it may be."""


def unparsed(message: str) -> CredentialError:
    """The error for what cannot be read at all."""
    return CredentialError(message, problem=PARSING)


def malformed(message: str) -> CredentialError:
    """The error for a value that the data model does not allow."""
    return CredentialError(message, problem=MALFORMED)


def unsecured(message: str) -> CredentialError:
    """The error for what nobody, or nobody who may, stands for (step 4)."""
    return CredentialError(message, problem=CRYPTOGRAPHIC, step=4)


def out_of_range(message: str) -> CredentialError:
    """The error for a value outside what it may be."""
    return CredentialError(message, problem=RANGE)
