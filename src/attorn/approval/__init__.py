"""Approvals: what an approver is asked, in words that say what gets signed, and what it signs."""

from attorn.approval.approval import Approval, approve, verify
from attorn.approval.asked import ApprovalRequest
from attorn.approval.text import Approver

__all__ = ["Approval", "ApprovalRequest", "Approver", "approve", "verify"]
