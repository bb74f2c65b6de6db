"""A planner behind the SDK's own handler and JSON-RPC routes, and those who call it."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar

import httpx
from a2a.client import ClientCallContext, ClientConfig, ClientFactory
from a2a.client.interceptors import ClientCallInterceptor
from a2a.helpers import new_data_part, new_task_from_user_message, new_text_artifact_update_event
from a2a.server.agent_execution import AgentExecutor, RequestContext
from a2a.server.events import EventQueue
from a2a.server.request_handlers import DefaultRequestHandler, RequestHandler
from a2a.server.routes import create_agent_card_routes, create_jsonrpc_routes, create_rest_routes
from a2a.server.tasks import InMemoryTaskStore, TaskUpdater
from a2a.types import AgentCapabilities, AgentInterface, Message, Part, Role, SendMessageRequest, StreamResponse, Task
from a2a.utils.errors import A2AError
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount
from tests.adapters.a2a.cards import URL, alice, offered, planner, scout, thief

from attorn import Identity, Token, Verifier, caveat
from attorn.a2a import Binding, ChainExecutor, ChainHandler, HolderInterceptor, access_of, handed_over

NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)
SEND = caveat.Actions("a2a:*")
BINDING = Binding(resource=URL)
bob = Identity.from_seed(bytes([9]) * 32)
alice, planner, scout, thief, bob = (
    Identity(each.signer, clock=lambda: NOW) for each in (alice, planner, scout, thief, bob)
)
_Result = TypeVar("_Result")
_numbers = itertools.count()


def token(*caveats: caveat.Caveat, to: Identity = scout, root: Identity = alice) -> Token:
    """The root lets `to` send anything to the planner, within these caveats."""
    return root.mint(to=to.did, caveats=[SEND, caveat.Resources(URL), *caveats])


def verifier(**arguments: Any) -> Verifier:
    return Verifier(**{"audience": planner.did, "roots": [alice.did, bob.did], "clock": lambda: NOW, **arguments})


def message(*parts: Part | str | dict[str, Any], **more: Any) -> SendMessageRequest:
    """A request to send these parts: texts, objects or ready parts."""
    made = [_part(each) for each in parts or ("Plan a journey.",)]
    said = Message(message_id=f"m{next(_numbers)}", role=Role.ROLE_USER, parts=made, **more)
    return SendMessageRequest(message=said)


def _part(said: Part | str | dict[str, Any]) -> Part:
    if isinstance(said, Part):
        return said
    return Part(text=said) if isinstance(said, str) else new_data_part(said)


class Planner(AgentExecutor):
    """Says for whom it acts. A text `wait` leaves its task open."""

    def __init__(self) -> None:
        self.ran: list[RequestContext] = []
        self.tokens: list[Token | None] = []

    async def execute(self, context: RequestContext, event_queue: EventQueue) -> None:
        self.ran.append(context)
        access = access_of(context)
        assert context.message is not None
        self.tokens.append(handed_over(context.message, access, to=planner.did))
        updater = TaskUpdater(event_queue, str(context.task_id), str(context.context_id))
        if context.current_task is None:
            await event_queue.enqueue_event(new_task_from_user_message(context.message))
        if context.get_user_input() == "wait":
            await updater.requires_input()
            return
        text = f"{access.holder} for {access.root}: {context.get_user_input()}"
        await event_queue.enqueue_event(
            new_text_artifact_update_event(str(context.task_id), str(context.context_id), "answer", text)
        )
        await updater.complete()

    async def cancel(self, context: RequestContext, event_queue: EventQueue) -> None:
        await TaskUpdater(event_queue, str(context.task_id), str(context.context_id)).cancel()


class Agent:
    """The planner's server. `rest` serves the other binding over HTTP, `bare` nothing in front of its executor."""

    def __init__(
        self,
        checks: Verifier | None = None,
        *,
        binding: Binding = BINDING,
        streaming: bool = True,
        rest: bool = False,
        middleware: list[Middleware] | None = None,
        bare: bool = False,
        related: Any = None,
        kind: Any = DefaultRequestHandler,
    ) -> None:
        self.executor = Planner()
        self.binding = binding
        protocol = "HTTP+JSON" if rest else "JSONRPC"
        interfaces = [AgentInterface(url=URL, protocol_binding=protocol, protocol_version="1.0")]
        self.card = offered(
            planner, supported_interfaces=interfaces, capabilities=AgentCapabilities(streaming=streaming)
        )
        self.inner = kind(ChainExecutor(self.executor), InMemoryTaskStore(), self.card)
        handler = ChainHandler(self.inner, verifier=checks or verifier(), binding=binding, related=related)
        self.handler: RequestHandler = self.inner if bare else handler
        by_rest, by_rpc = (
            create_rest_routes(self.handler),
            create_jsonrpc_routes(self.handler, "/a2a", enable_v0_3_compat=True),
        )
        made: list[Any] = [Mount("/a2a", routes=by_rest)] if rest else list(by_rpc)
        self.app = Starlette(routes=[*made, *create_agent_card_routes(self.card)], middleware=middleware)
        self.rest = rest

    @asynccontextmanager
    async def client(self, *interceptors: ClientCallInterceptor, **headers: str) -> AsyncIterator[Any]:
        transport = httpx.ASGITransport(app=self.app)
        async with httpx.AsyncClient(transport=transport, headers=headers) as http:
            bindings = ["HTTP+JSON"] if self.rest else ["JSONRPC"]
            config = ClientConfig(
                httpx_client=http, streaming=self.card.capabilities.streaming, supported_protocol_bindings=bindings
            )
            yield ClientFactory(config).create(self.card, interceptors=list(interceptors))

    def run(self, work: Callable[[], Awaitable[_Result]]) -> _Result:
        """What `work` gives, and the SDK's own tasks ended."""

        async def whole() -> _Result:
            try:
                return await work()
            finally:
                if hasattr(self.inner, "aclose"):
                    await self.inner.aclose()

        return asyncio.run(whole())

    def send(
        self,
        request: SendMessageRequest,
        *interceptors: ClientCallInterceptor,
        context: ClientCallContext | None = None,
        **headers: str,
    ) -> Task:
        """One message, to its end."""

        async def work() -> Task:
            return await self.sent(request, *interceptors, context=context, **headers)

        return self.run(work)

    async def sent(
        self,
        request: SendMessageRequest,
        *interceptors: ClientCallInterceptor,
        context: ClientCallContext | None = None,
        **headers: str,
    ) -> Task:
        """The task that comes of one message."""
        async with self.client(*interceptors, **headers) as client:
            return await collected(client.send_message(request, context=context))


async def collected(events: AsyncIterator[StreamResponse]) -> Task:
    """The task after these events."""
    task = Task()
    async for event in events:
        if event.HasField("task"):
            task.CopyFrom(event.task)
        elif event.HasField("status_update"):
            task.id, task.context_id = event.status_update.task_id, event.status_update.context_id
            task.status.CopyFrom(event.status_update.status)
        elif event.HasField("artifact_update"):
            task.artifacts.append(event.artifact_update.artifact)
    return task


def holding(held: Token | None = None, *, by: Identity = scout, **more: Any) -> HolderInterceptor:
    return HolderInterceptor(by, held or token(to=by), **{"audience": planner.did, "binding": BINDING, **more})


def answer(task: Task) -> str:
    return "".join(part.text for artifact in task.artifacts for part in artifact.parts)


def code(error: BaseException) -> str:
    """The code that a refusal carries."""
    assert isinstance(error, A2AError), error
    return str((error.data or {}).get("code"))


__all__ = ["NOW", "URL", "alice", "bob", "planner", "scout", "thief"]
