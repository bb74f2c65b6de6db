"""The client's side of a task that waits for approval: what is asked, and the message that goes on with the task."""

from __future__ import annotations

from a2a.types import SendMessageRequest, Task, TaskState

from attorn.a2a.binding import SEND, Binding
from attorn.a2a.carrying import declared
from attorn.a2a.executor import APPROVAL
from attorn.a2a.said import said_once
from attorn.approval import ApprovalRequest
from attorn.errors import InputError, MalformedError


def continued(params: SendMessageRequest, task: Task) -> SendMessageRequest:
    """The same request again, within `task`: what an approval that the task asks for is about."""
    if not isinstance(params, SendMessageRequest) or not isinstance(task, Task):
        raise InputError("continued: expected a SendMessageRequest and a Task")
    made = SendMessageRequest()
    made.CopyFrom(params)
    made.message.task_id, made.message.context_id = task.id, task.context_id
    return made


def asked_by(
    task: Task, params: SendMessageRequest, *, holder: str, audience: str, binding: Binding
) -> ApprovalRequest | None:
    """What is to be approved before the agent goes on with `task`, which `params` began; None if it does not wait.

    It is about `continued(params, task)`, made by `holder` at `audience`, and nothing else: whoever is asked to approve
    approves that. Raises `MalformedError` where the agent asks for anything else, or says nothing of use.
    """
    again = declared(continued(params, task))
    if task.status.state != TaskState.TASK_STATE_AUTH_REQUIRED:
        return None
    text = said_once(task.status.message.parts, APPROVAL)
    if text is None:
        raise MalformedError("task: it waits for something, and not for an approval")
    asked = ApprovalRequest.decode(text)
    if (asked.holder, asked.audience, asked.request) != (holder, audience, binding.request(SEND, again)):
        raise MalformedError("task: the approval that it waits for is not about this message")
    return asked
