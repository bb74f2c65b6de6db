"""Workload identities (SPIFFE, WIMSE) as evidence of whose program an agent is. It decides nothing."""

from attorn.workload.bundle import Bundle
from attorn.workload.endorsing import endorse, endorsement_audience
from attorn.workload.svid import Workload, WorkloadVerifier

__all__ = [
    "Bundle",
    "Workload",
    "WorkloadVerifier",
    "endorse",
    "endorsement_audience",
]
