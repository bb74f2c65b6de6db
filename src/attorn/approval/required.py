"""The refusal that says: genuine, permitted but for this, and here is what to ask and whom."""

from __future__ import annotations

from attorn.approval.asked import ApprovalRequest
from attorn.decision import Decision
from attorn.errors import Denied


class ApprovalRequired(Denied):
    """Every other caveat permits this request, but for counts; it lacks approval.

    `approval` is what to hand to the approvers. Whether enough is left of what MaxUses and its kin allow is known
    only once the request is charged, after it was approved; a refusal there leaves the approval unused.
    """

    code = "approval_required"

    def __init__(self, decision: Decision, approval: ApprovalRequest) -> None:
        super().__init__(decision)
        self.approval = approval

    def __reduce__(self) -> tuple[type[ApprovalRequired], tuple[object, ...], dict[str, object]]:
        return type(self), (self.decision, self.approval), self.__dict__
