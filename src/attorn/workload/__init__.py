"""Workload identities (SPIFFE, WIMSE) as evidence of whose program an agent is. It decides nothing."""

from attorn.workload.bundle import Bundle
from attorn.workload.endorsing import audience, endorse
from attorn.workload.svid import Workload, WorkloadVerifier

__all__ = [
    "Bundle",
    "Workload",
    "WorkloadVerifier",
    "audience",
    "endorse",
]
