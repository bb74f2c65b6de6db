"""Verifiable credentials: issued and verified by one front door, whatever secures them.

`issue` and `verify` are for credentials, `present` and `verify_presentation` for what a holder shows of them. `read`
and `read_presentation` say what is claimed, and check no signature.
"""

from attorn.credential.context import Version
from attorn.credential.document import MOST
from attorn.credential.issuing import issue, present
from attorn.credential.model import UnverifiedCredential
from attorn.credential.part import Period, SchemaReference, StatusEntry, Subject
from attorn.credential.policy import SKEW, unsafe_ignore_status
from attorn.credential.presentation import UnverifiedPresentation
from attorn.credential.presenting import read_presentation, verify_presentation
from attorn.credential.resource import Digest, RelatedResource
from attorn.credential.verified import Securing, UnsignedPresentation, VerifiedCredential, VerifiedPresentation
from attorn.credential.verifying import read, verify

__all__ = [
    "MOST",
    "SKEW",
    "Digest",
    "Period",
    "RelatedResource",
    "SchemaReference",
    "Securing",
    "StatusEntry",
    "Subject",
    "UnsignedPresentation",
    "UnverifiedCredential",
    "UnverifiedPresentation",
    "VerifiedCredential",
    "VerifiedPresentation",
    "Version",
    "issue",
    "present",
    "read",
    "read_presentation",
    "unsafe_ignore_status",
    "verify",
    "verify_presentation",
]
