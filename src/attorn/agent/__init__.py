"""Agent identity credentials: who an agent is, who owns it and who answers for it, in words that others can check."""

from attorn.agent.identity import AgentIdentity, Reference, UnverifiedAgentIdentity, read, verify
from attorn.agent.issuing import disclose, issue
from attorn.agent.profile import AgentProfile
from attorn.agent.register import Record, Register
from attorn.agent.workload import SpiffeId, WorkloadEvidence
from attorn.credential import Securing

__all__ = [
    "AgentIdentity",
    "AgentProfile",
    "Record",
    "Reference",
    "Register",
    "Securing",
    "SpiffeId",
    "UnverifiedAgentIdentity",
    "WorkloadEvidence",
    "disclose",
    "issue",
    "read",
    "verify",
]
