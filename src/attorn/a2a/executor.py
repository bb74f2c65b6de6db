"""In front of the agent's own executor: it runs with access, or somebody is asked to approve, or it does not run."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from a2a.auth.user import User
from a2a.helpers import new_data_part, new_task_from_user_message
from a2a.server.agent_execution import AgentExecutor, RequestContext
from a2a.server.context import ServerCallContext
from a2a.server.events import EventQueue
from a2a.server.tasks import TaskUpdater
from a2a.types import SendMessageRequest
from a2a.utils.errors import InternalError

from attorn.a2a.binding import SEND, Binding
from attorn.a2a.carrying import declared
from attorn.a2a.extension import EXTENSION
from attorn.a2a.refusal import refusal
from attorn.a2a.said import APPROVAL
from attorn.approval import ApprovalRequest
from attorn.errors import AttornError, InputError
from attorn.verify.access import Access

_STATE: Final = "attorn.access"


class ChainUser(User):
    """Whom the SDK takes for its user: the holder of a verified chain, for the user it leads back to.

    `framework` is the user whom the host's own authentication named, None if it named nobody. The name is the owner
    of the tasks: another holder, another root or another framework user is another owner.
    """

    def __init__(self, root: str, holder: str, framework: User | None) -> None:
        self.root = root
        self.holder = holder
        self.framework = framework

    @property
    def is_authenticated(self) -> bool:
        """True: only a verified chain makes one."""
        return True

    @property
    def user_name(self) -> str:
        """The DIDs of root and holder, and behind them what the framework calls its user. No DID has a space."""
        names = [self.root, self.holder]
        return " ".join(names if self.framework is None else [*names, self.framework.user_name])


@dataclass(frozen=True, slots=True)
class Pending:
    """A genuine message that waits for approval, as it came but for its presentation."""

    asked: ApprovalRequest
    params: SendMessageRequest
    binding: Binding

    @property
    def root(self) -> str:
        """The DID of the user."""
        return self.asked.root

    @property
    def holder(self) -> str:
        """The DID that sent it."""
        return self.asked.holder

    def within(self, task_id: str, context_id: str) -> ApprovalRequest:
        """What is asked for the same message once it continues this task: nothing else will be accepted for it.

        Raises as `Binding.request`.
        """
        made = declared(self.params)
        made.message.task_id, made.message.context_id = task_id, context_id
        return replace(self.asked, request=self.binding.request(SEND, made))


def with_access(context: ServerCallContext, found: Access | Pending) -> ServerCallContext:
    """A copy of `context` for whoever runs the request: with its user, and with what was decided."""
    framework = context.user if context.user.is_authenticated else None
    user = ChainUser(found.root, found.holder, framework)
    return context.model_copy(update={"user": user, "state": {**context.state, _STATE: found}})


def access_of(context: RequestContext | ServerCallContext) -> Access:
    """The verified access of the request that an executor runs. Raises `InputError` if there is none."""
    found = _found(context)
    if not isinstance(found, Access):
        raise InputError("A2A: this request was not verified")
    return found


class ChainExecutor(AgentExecutor):
    """Runs `executor` for requests with access, which `access_of(context)` gives it.

    Where approval is needed the task goes to `TASK_STATE_AUTH_REQUIRED`, with what is to be approved, and `executor` is
    not run. A request that did not come by a `ChainHandler` fails. Raises `InputError`.
    """

    def __init__(self, executor: AgentExecutor) -> None:
        if not isinstance(executor, AgentExecutor):
            raise InputError(f"executor: expected an AgentExecutor, got {type(executor).__name__}")
        self._executor = executor

    async def execute(self, context: RequestContext, event_queue: EventQueue) -> None:
        """As the SDK has it. Raises `InternalError` for what was not verified, and as `executor` does.

        Raises another `A2AError` where nobody can be asked, since the binding fails for the task that would go on.
        """
        found = _found(context)
        if isinstance(found, Pending):
            await _ask(found, context, event_queue)
        elif isinstance(found, Access):
            await self._executor.execute(context, event_queue)
        else:
            raise InternalError("this request was not verified")

    async def cancel(self, context: RequestContext, event_queue: EventQueue) -> None:
        """As the SDK has it. Raises `InternalError` for what was not verified, and as `executor` does."""
        if not isinstance(_found(context), Access):
            raise InternalError("this request was not verified")
        await self._executor.cancel(context, event_queue)


def _found(context: RequestContext | ServerCallContext) -> object:
    call = context.call_context if isinstance(context, RequestContext) else context
    state = call.state if isinstance(call, ServerCallContext) else None
    return state.get(_STATE) if isinstance(state, Mapping) else None


async def _ask(pending: Pending, context: RequestContext, events: EventQueue) -> None:
    message, task_id, context_id = context.message, context.task_id, context.context_id
    if message is None or task_id is None or context_id is None:
        raise InternalError("this request has no task")
    if context.current_task is not None:
        # Where the message names no context, the SDK has made one up that is not the task's.
        context_id = context.current_task.context_id
    try:
        # In a thread: the route may wait, and a long message takes time.
        asked = await asyncio.to_thread(pending.within, task_id, context_id)
    except AttornError as error:
        raise refusal(error) from None
    if context.current_task is None:
        await events.enqueue_event(new_task_from_user_message(message))
    updater = TaskUpdater(events, task_id, context_id)
    said = updater.new_agent_message([new_data_part({EXTENSION: {APPROVAL: asked.encode()}})])
    said.extensions.append(EXTENSION)
    await updater.requires_auth(said)
