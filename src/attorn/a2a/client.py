"""The client's side: a fresh presentation for every request, made for that request alone."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

from a2a.client import ClientCallContext
from a2a.client.interceptors import AfterArgs, BeforeArgs, ClientCallInterceptor
from a2a.client.service_parameters import ServiceParametersFactory, with_a2a_extensions
from a2a.types import SendMessageRequest, Task, TaskState
from google.protobuf.message import Message as AnyMessage

from attorn.a2a.binding import SEND, Binding
from attorn.a2a.carrying import HEADER, declared
from attorn.a2a.extension import EXTENSION
from attorn.a2a.said import APPROVAL, said_once
from attorn.approval import Approval, ApprovalRequest
from attorn.display import shown
from attorn.errors import InputError, MalformedError
from attorn.holder import Holding
from attorn.identity import Identity
from attorn.token.token import Token

_METHODS: Final = {
    "send_message": SEND,
    "send_message_streaming": SEND,
    "get_task": "GetTask",
    "list_tasks": "ListTasks",
    "cancel_task": "CancelTask",
    "subscribe": "SubscribeToTask",
    "create_task_push_notification_config": "CreateTaskPushNotificationConfig",
    "get_task_push_notification_config": "GetTaskPushNotificationConfig",
    "list_task_push_notification_configs": "ListTaskPushNotificationConfigs",
    "delete_task_push_notification_config": "DeleteTaskPushNotificationConfig",
    "get_extended_agent_card": "GetExtendedAgentCard",
}
_APPROVALS: Final = "attorn.approvals"


def with_chain(
    params: SendMessageRequest,
    identity: Identity,
    token: Token,
    *,
    audience: str,
    binding: Binding,
    approvals: Sequence[Approval | str] = (),
) -> SendMessageRequest:
    """A copy of `params` that carries `token`, presented to `audience` for it. Nothing in it may be changed after.

    It is good once, and with `A2A-Extensions` beside it. Raises `InputError`, `DelegationError`, `LimitError`,
    `MalformedError` or `UnavailableError`, as `Identity.present` and `Binding.request` do.
    """
    return _carrying(params, Holding(identity, token, audience), _checked(binding), approvals)


def continued(params: SendMessageRequest, task: Task) -> SendMessageRequest:
    """The same request again, within `task`: what an approval that the task asks for is about. Raises `InputError`."""
    if not isinstance(params, SendMessageRequest) or not isinstance(task, Task):
        raise InputError("continued: expected a SendMessageRequest and a Task")
    made = SendMessageRequest()
    made.CopyFrom(params)
    made.message.task_id, made.message.context_id = task.id, task.context_id
    return made


def with_approvals(*approvals: Approval | str, context: ClientCallContext | None = None) -> ClientCallContext:
    """`context` with approvals of one request, to be sent again: `client.send_message(..., context=...)`.

    Raises `InputError` for anything but a context, and approvals or their texts, which are read once they are sent.
    """
    if context is not None and not isinstance(context, ClientCallContext):
        raise InputError(f"context: expected a ClientCallContext, got {type(context).__name__}")
    if not all(isinstance(each, Approval | str) for each in approvals):
        raise InputError("approvals: expected approvals or their texts")
    made = ClientCallContext() if context is None else context.model_copy()
    made.state = {**made.state, _APPROVALS: approvals}
    return made


class HolderInterceptor(ClientCallInterceptor):
    """An interceptor for the SDK's client: presents `token` to `audience` with each request of that client.

    Put it last: a request that is changed after it is refused. Raises `InputError` for unusable arguments.
    """

    def __init__(self, identity: Identity, token: Token, *, audience: str, binding: Binding) -> None:
        self._holding = Holding(identity, token, audience)
        self._binding = _checked(binding)

    async def before(self, args: BeforeArgs) -> None:
        """Presents. Raises as `with_chain`, and `InputError` for a method that nobody has thought of."""
        method = _METHODS.get(args.method)
        if method is None:
            raise InputError(f"A2A: no method {shown(args.method)} is known to present for")
        context = ClientCallContext() if args.context is None else args.context.model_copy()
        approvals = context.state.get(_APPROVALS, ())
        said = ServiceParametersFactory.create_from(context.service_parameters, [with_a2a_extensions([EXTENSION])])
        if method == SEND:
            args.input = await asyncio.to_thread(_carrying, args.input, self._holding, self._binding, approvals)
        else:
            said[HEADER] = await asyncio.to_thread(self._presented, method, args.input, approvals)
        context.service_parameters = said
        args.context = context

    def asked(self, task: Task, params: SendMessageRequest) -> ApprovalRequest | None:
        """What to hand to the approvers, if it is them that `task`, which `params` began, waits for; else None.

        It is about `continued(params, task)`, and nothing else: whoever is asked to approve approves that. Raises
        `MalformedError` where the agent asks for anything else, or says nothing of use, and as `Binding.request`.
        """
        again = declared(continued(params, task))
        if task.status.state != TaskState.TASK_STATE_AUTH_REQUIRED:
            return None
        text = said_once(task.status.message.parts, APPROVAL)
        if text is None:
            raise MalformedError("task: it waits for something, and not for an approval")
        return self._holding.about(text, self._binding.request(SEND, again))

    async def after(self, args: AfterArgs) -> None:
        """Nothing is left to do."""

    def _presented(self, method: str, params: AnyMessage, approvals: Sequence[Approval | str]) -> str:
        asked = self._binding.request(method, params)
        return self._holding.present(asked, approvals)


def _carrying(
    params: SendMessageRequest, holding: Holding, binding: Binding, approvals: Sequence[Approval | str]
) -> SendMessageRequest:
    if not isinstance(params, SendMessageRequest):
        raise InputError(f"with_chain: expected a SendMessageRequest, got {type(params).__name__}")
    made = declared(params)
    made.message.metadata[EXTENSION] = holding.present(binding.request(SEND, made), approvals)
    return made


def _checked(binding: Binding) -> Binding:
    if not isinstance(binding, Binding):
        raise InputError(f"binding: expected a Binding, got {type(binding).__name__}")
    return binding
