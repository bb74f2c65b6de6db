"""Policies beside the chain: AuthZEN's Authorization API 1.0 at both ends, and Cedar in this process.

`attorn.authzen.pdp` serves decisions and `attorn.authzen.pep` asks for them (`attorn[authzen]`); `attorn.authzen.cedar`
decides here (`attorn[cedar]`). Whatever a policy says, it can only narrow what a chain permits.
"""

from attorn.authzen.deciding import AssertedPolicy, DecisionPoint
from attorn.authzen.evaluation import Entity, Evaluation
from attorn.verify.access import Cleared
from attorn.verify.policy import Policy

__all__ = ["AssertedPolicy", "Cleared", "DecisionPoint", "Entity", "Evaluation", "Policy"]
