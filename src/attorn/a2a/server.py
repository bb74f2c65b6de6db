"""The agent's side: no request reaches the SDK's handler, and none its executor, without verified access."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from a2a.auth.user import User
from a2a.server.context import ServerCallContext
from a2a.server.events import Event
from a2a.server.request_handlers import RequestHandler
from a2a.types import (
    AgentCard,
    CancelTaskRequest,
    DeleteTaskPushNotificationConfigRequest,
    GetExtendedAgentCardRequest,
    GetTaskPushNotificationConfigRequest,
    GetTaskRequest,
    ListTaskPushNotificationConfigsRequest,
    ListTaskPushNotificationConfigsResponse,
    ListTasksRequest,
    ListTasksResponse,
    Message,
    SendMessageRequest,
    SubscribeToTaskRequest,
    Task,
    TaskPushNotificationConfig,
)
from google.protobuf.message import Message as AnyMessage

from attorn.a2a.binding import SEND, Binding
from attorn.a2a.carrying import Params, carried, in_header, of_tenant, without
from attorn.a2a.executor import ChainExecutor, Pending, with_access
from attorn.a2a.extension import EXTENSION
from attorn.a2a.refusal import refusal
from attorn.approval import ApprovalRequired
from attorn.errors import AttornError, InputError, MalformedError, MissingError, UntrustedRootError
from attorn.verify.access import Access, Verified
from attorn.verify.related import authorize_related
from attorn.verify.verifier import Verifier

Related = Callable[[User, Verified], bool]


class ChainHandler(RequestHandler):
    """Stands in front of an SDK handler, whose executor must be a `ChainExecutor`; a refusal is an `A2AError`.

    What `verifier` permits reaches `handler`, without the presentation, and with `ChainUser` as its user, to whom alone
    the SDK's task stores show a task. A message that needs approval reaches it too, and the executor asks for that.
    `related` says whether the user whom the framework named, if any, and the chain belong together: without it nobody
    asks. Raises `InputError` for unusable arguments.
    """

    def __init__(
        self, handler: RequestHandler, *, verifier: Verifier, binding: Binding, related: Related | None = None
    ) -> None:
        if not isinstance(handler, RequestHandler) or isinstance(handler, ChainHandler):
            raise InputError(f"handler: expected a RequestHandler, got {type(handler).__name__}")
        if not isinstance(getattr(handler, "agent_executor", None), ChainExecutor):
            raise InputError("handler: expected one whose agent_executor is a ChainExecutor")
        if not isinstance(verifier, Verifier) or not isinstance(binding, Binding):
            raise InputError("expected a Verifier and a Binding")
        if related is not None and not callable(related):
            raise InputError(f"related: expected a callable, got {type(related).__name__}")
        self._handler = handler
        self._verifier = verifier
        self._binding = binding
        self._related = related

    async def on_message_send(self, params: SendMessageRequest, context: ServerCallContext) -> Task | Message:
        """As the SDK has it. Raises `A2AError`."""
        return await self._handler.on_message_send(*await self._message(params, context))

    async def on_message_send_stream(
        self, params: SendMessageRequest, context: ServerCallContext
    ) -> AsyncGenerator[Event]:
        """As the SDK has it. Raises `A2AError`."""
        sent, known = await self._message(params, context)
        async with aclosing(self._handler.on_message_send_stream(sent, known)) as events:
            async for event in events:
                yield event

    async def on_subscribe_to_task(
        self, params: SubscribeToTaskRequest, context: ServerCallContext
    ) -> AsyncGenerator[Event]:
        """As the SDK has it. Raises `A2AError`."""
        known = await self._other("SubscribeToTask", params, context)
        async with aclosing(self._handler.on_subscribe_to_task(params, known)) as events:
            async for event in events:
                yield event

    async def on_get_task(self, params: GetTaskRequest, context: ServerCallContext) -> Task | None:
        """As the SDK has it. Raises `A2AError`."""
        return await self._handler.on_get_task(params, await self._other("GetTask", params, context))

    async def on_list_tasks(self, params: ListTasksRequest, context: ServerCallContext) -> ListTasksResponse:
        """As the SDK has it. Raises `A2AError`."""
        return await self._handler.on_list_tasks(params, await self._other("ListTasks", params, context))

    async def on_cancel_task(self, params: CancelTaskRequest, context: ServerCallContext) -> Task | None:
        """As the SDK has it. Raises `A2AError`."""
        return await self._handler.on_cancel_task(params, await self._other("CancelTask", params, context))

    async def on_create_task_push_notification_config(
        self, params: TaskPushNotificationConfig, context: ServerCallContext
    ) -> TaskPushNotificationConfig:
        """As the SDK has it. Raises `A2AError`."""
        known = await self._other("CreateTaskPushNotificationConfig", params, context)
        return await self._handler.on_create_task_push_notification_config(params, known)

    async def on_get_task_push_notification_config(
        self, params: GetTaskPushNotificationConfigRequest, context: ServerCallContext
    ) -> TaskPushNotificationConfig:
        """As the SDK has it. Raises `A2AError`."""
        known = await self._other("GetTaskPushNotificationConfig", params, context)
        return await self._handler.on_get_task_push_notification_config(params, known)

    async def on_list_task_push_notification_configs(
        self, params: ListTaskPushNotificationConfigsRequest, context: ServerCallContext
    ) -> ListTaskPushNotificationConfigsResponse:
        """As the SDK has it. Raises `A2AError`."""
        known = await self._other("ListTaskPushNotificationConfigs", params, context)
        return await self._handler.on_list_task_push_notification_configs(params, known)

    async def on_delete_task_push_notification_config(
        self, params: DeleteTaskPushNotificationConfigRequest, context: ServerCallContext
    ) -> None:
        """As the SDK has it. Raises `A2AError`."""
        known = await self._other("DeleteTaskPushNotificationConfig", params, context)
        await self._handler.on_delete_task_push_notification_config(params, known)

    async def on_get_extended_agent_card(
        self, params: GetExtendedAgentCardRequest, context: ServerCallContext
    ) -> AgentCard:
        """As the SDK has it. Raises `A2AError`."""
        known = await self._other("GetExtendedAgentCard", params, context)
        return await self._handler.on_get_extended_agent_card(params, known)

    async def _message(
        self, params: SendMessageRequest, context: ServerCallContext
    ) -> tuple[SendMessageRequest, ServerCallContext]:
        try:
            params = of_tenant(params, context.tenant)
            if in_header(context.state.get("headers")) is not None:
                raise MalformedError("a presentation of a message belongs to the message, and to no header")
            wire = carried(params, context.requested_extensions, most=self._verifier.limits.token_bytes)
            found: Access | Pending = await self._authorized(SEND, params, wire, context.user)
        except ApprovalRequired as error:
            found = Pending(error.approval, without(params), self._binding)
        except AttornError as error:
            raise refusal(error) from None
        return without(params), with_access(context, found)

    async def _other(self, method: str, params: Params, context: ServerCallContext) -> ServerCallContext:
        try:
            wire = in_header(context.state.get("headers"))
            found = await self._authorized(method, of_tenant(params, context.tenant), wire, context.user)
        except AttornError as error:
            raise refusal(error) from None
        return with_access(context, found)

    async def _authorized(self, method: str, params: AnyMessage, wire: str | None, user: User) -> Access:
        if wire is None:
            raise MissingError(f"expected a presentation, under {EXTENSION}")
        # In a thread: a route, a resolver and a store may wait.
        return await asyncio.to_thread(self._decided, method, params, wire, user)

    def _decided(self, method: str, params: AnyMessage, wire: str, user: User) -> Access:
        asked, related = self._binding.request(method, params), self._related
        holds = None if related is None else lambda verified: related(user, verified)
        unrelated = UntrustedRootError("this chain does not go with the user whom the framework named")
        return authorize_related(self._verifier, wire, asked, holds, unrelated)
