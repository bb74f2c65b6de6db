"""What principals sign to take authority back: revoked links, lists of them, and the life of a principal."""

from attorn.keys.signer import Signatory
from attorn.revocation.entry import RevocationEntry, revoke
from attorn.revocation.lifecycle import LifecycleEntry, LifecycleEvent, deprovision, enrol, resume, suspend
from attorn.revocation.roll import RevocationList, Roll
from attorn.revocation.signed import Signed, read, verify

__all__ = [
    "LifecycleEntry",
    "LifecycleEvent",
    "RevocationEntry",
    "RevocationList",
    "Roll",
    "Signatory",
    "Signed",
    "deprovision",
    "enrol",
    "read",
    "resume",
    "revoke",
    "suspend",
    "verify",
]
