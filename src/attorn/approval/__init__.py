"""Approvals: what an approver is asked, in words that say what gets signed, and what it signs."""

from attorn.approval.approval import APPROVALS, DEFAULT_TTL, Approval, approve, texts_about, verify_signature
from attorn.approval.asked import ApprovalRequest
from attorn.approval.required import ApprovalRequired
from attorn.keys.signer import Signatory

__all__ = [
    "APPROVALS",
    "DEFAULT_TTL",
    "Approval",
    "ApprovalRequest",
    "ApprovalRequired",
    "Signatory",
    "approve",
    "texts_about",
    "verify_signature",
]
