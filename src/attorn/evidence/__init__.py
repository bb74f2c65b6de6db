"""What is kept of a purchase for a dispute, in one file, and what a third party finds in it later, offline."""

from attorn.evidence.evidence import Evidence, Presented, Shown
from attorn.evidence.finding import Finding, Findings, Point
from attorn.evidence.verifying import verify

__all__ = ["Evidence", "Finding", "Findings", "Point", "Presented", "Shown", "verify"]
