"""Credentials whose holder chooses what to show: SD-JWT (RFC 9901) and SD-JWT VC, own implementation."""

from attorn.sdjwt.confirmation import Confirmation
from attorn.sdjwt.digest import HashAlgorithm
from attorn.sdjwt.issuing import issue
from attorn.sdjwt.json_form import from_json, to_json
from attorn.sdjwt.presenting import present
from attorn.sdjwt.profile import SD_JWT_VC, W3C_VC
from attorn.sdjwt.reading import UnverifiedSdJwt, read
from attorn.sdjwt.verifying import VerifiedSdJwt, verify, verify_issued

__all__ = [
    "SD_JWT_VC",
    "W3C_VC",
    "Confirmation",
    "HashAlgorithm",
    "UnverifiedSdJwt",
    "VerifiedSdJwt",
    "from_json",
    "issue",
    "present",
    "read",
    "to_json",
    "verify",
    "verify_issued",
]
