"""Tasks are their owners' alone, every method asks for a chain, and no other user is taken for one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from a2a.client import ClientCallContext
from a2a.client.interceptors import BeforeArgs
from a2a.server.agent_execution import RequestContext
from a2a.server.context import ServerCallContext
from a2a.server.events import EventQueue
from a2a.server.request_handlers import DefaultRequestHandler
from a2a.server.tasks import InMemoryPushNotificationConfigStore, InMemoryTaskStore
from a2a.types import (
    CancelTaskRequest,
    DeleteTaskPushNotificationConfigRequest,
    GetExtendedAgentCardRequest,
    GetTaskPushNotificationConfigRequest,
    GetTaskRequest,
    ListTaskPushNotificationConfigsRequest,
    ListTasksRequest,
    SubscribeToTaskRequest,
    Task,
    TaskPushNotificationConfig,
)
from a2a.utils.errors import A2AError, ExtensionSupportRequiredError, InternalError, TaskNotFoundError
from starlette.authentication import AuthCredentials, AuthenticationBackend, SimpleUser
from starlette.middleware import Middleware
from starlette.middleware.authentication import AuthenticationMiddleware
from tests.adapters.a2a.world import (
    BINDING,
    URL,
    Agent,
    Planner,
    alice,
    answer,
    bob,
    code,
    holding,
    message,
    planner,
    scout,
    thief,
    token,
    verifier,
)
from tests.adapters.told import Told

from attorn import caveat
from attorn.a2a import (
    EXTENSION,
    Binding,
    ChainExecutor,
    ChainHandler,
    HolderInterceptor,
    access_of,
    with_approvals,
    with_chain,
)
from attorn.a2a.carrying import in_header
from attorn.errors import InputError, MalformedError

METHODS: dict[str, Callable[[Any, str], Awaitable[Any]]] = {
    "GetTask": lambda client, task: client.get_task(GetTaskRequest(id=task)),
    "ListTasks": lambda client, task: client.list_tasks(ListTasksRequest()),
    "CancelTask": lambda client, task: client.cancel_task(CancelTaskRequest(id=task)),
}


@pytest.mark.parametrize("rest", [False, True])
@pytest.mark.parametrize("method", METHODS)
def test_every_method_asks_for_a_chain(method: str, rest: bool) -> None:
    agent, ask = Agent(rest=rest), METHODS[method]

    async def work() -> None:
        task = await agent.sent(message("wait"), holding())
        async with agent.client() as client:
            with pytest.raises(ExtensionSupportRequiredError) as caught:
                await ask(client, task.id)
            assert code(caught.value) == "no_presentation"
        async with agent.client(holding(token(caveat.Actions("a2a:SendMessage")))) as client:
            with pytest.raises(A2AError) as denied:
                await ask(client, task.id)
            assert code(denied.value) == "denied"
        async with agent.client(holding(audience=thief.did)) as client:
            with pytest.raises(A2AError) as wrong:
                await ask(client, task.id)
            assert code(wrong.value) == "wrong_audience"
        async with agent.client(holding()) as client:
            found = await ask(client, task.id)
            assert task.id in str(found)

    agent.run(work)


@pytest.mark.parametrize("rest", [False, True])
def test_a_tenant_of_other_methods(rest: bool) -> None:
    agent = Agent(rest=rest)

    async def work() -> None:
        request = message("wait")
        request.tenant = "north"
        task = await agent.sent(request, holding())
        args = BeforeArgs(input=GetTaskRequest(id=task.id, tenant="north"), method="get_task", agent_card=agent.card)
        await holding().before(args)
        assert args.context is not None
        async with agent.client(**(args.context.service_parameters or {})) as client:
            with pytest.raises(A2AError) as caught:
                await client.get_task(GetTaskRequest(id=task.id, tenant="south"))
            assert code(caught.value) == "wrong_request"
            assert (await client.get_task(GetTaskRequest(id=task.id, tenant="north"))).id == task.id

    agent.run(work)


@pytest.mark.parametrize("other", [holding(by=thief), holding(token(root=bob))])
def test_others_see_no_task(other: HolderInterceptor) -> None:
    # An id is no authority.
    agent = Agent()

    async def work() -> None:
        task = await agent.sent(message("wait"), holding())
        async with agent.client(other) as client:
            for method in ("GetTask", "CancelTask"):
                with pytest.raises(TaskNotFoundError):
                    await METHODS[method](client, task.id)
            assert not (await client.list_tasks(ListTasksRequest())).tasks
            with pytest.raises(TaskNotFoundError):
                async for _ in client.subscribe(SubscribeToTaskRequest(id=task.id)):
                    pass
        with pytest.raises(TaskNotFoundError):
            await agent.sent(message("more", task_id=task.id), other)
        assert len(agent.executor.ran) == 1

    agent.run(work)


def test_a_presentation_of_another_method() -> None:
    # A presentation to read a task does not cancel it.
    agent = Agent()

    async def work() -> None:
        task = await agent.sent(message("wait"), holding())
        args = BeforeArgs(input=GetTaskRequest(id=task.id), method="get_task", agent_card=agent.card)
        await holding().before(args)
        assert args.context is not None
        said = dict(args.context.service_parameters or {})
        async with agent.client(**said) as client:
            with pytest.raises(A2AError) as caught:
                await client.cancel_task(CancelTaskRequest(id=task.id))
            assert code(caught.value) == "wrong_request"
            with pytest.raises(A2AError) as other:
                await client.get_task(GetTaskRequest(id="other"))
            assert code(other.value) == "wrong_request"
            assert (await client.get_task(GetTaskRequest(id=task.id))).id == task.id
            with pytest.raises(A2AError) as again:
                await client.get_task(GetTaskRequest(id=task.id))
            assert code(again.value) == "replayed"

    agent.run(work)


class Bearer(AuthenticationBackend):
    """What a host's own authentication does: it says who the client is."""

    async def authenticate(self, conn: Any) -> tuple[AuthCredentials, SimpleUser] | None:
        name = conn.headers.get("authorization")
        return None if name is None else (AuthCredentials(), SimpleUser(name))


def test_beside_the_frameworks_own_authentication() -> None:
    agent = Agent(middleware=[Middleware(AuthenticationMiddleware, backend=Bearer())])

    async def work() -> None:
        task = await agent.sent(message("wait"), holding(), authorization="carol")
        user: Any = agent.executor.ran[-1].call_context.user
        assert (user.root, user.holder, user.framework.user_name) == (alice.did, scout.did, "carol")
        # A session alone is not enough, and neither is the chain in another session.
        with pytest.raises(ExtensionSupportRequiredError):
            await agent.sent(message("hello"), authorization="carol")
        for name in ({"authorization": "dave"}, {}):
            with pytest.raises(TaskNotFoundError):
                await agent.sent(message("wait", task_id=task.id), holding(), **name)
        assert (await agent.sent(message("wait", task_id=task.id), holding(), authorization="carol")).id == task.id

    agent.run(work)


@pytest.mark.parametrize("answered", [True, False, None, 1, "carol"])
def test_whether_the_two_belong_together(answered: object) -> None:
    held, told = token(caveat.MaxUses(1)), Told()
    asked = []

    def related(user: Any, verified: Any) -> object:
        asked.append((user.user_name, verified.root, verified.holder))
        return answered

    agent = Agent(
        related=related,
        checks=verifier(receipts=told),
        middleware=[Middleware(AuthenticationMiddleware, backend=Bearer())],
    )
    if answered is True:
        assert agent.send(message("hello"), holding(held), authorization="carol").id
    else:
        for _ in range(2):
            # Nothing was charged.
            with pytest.raises(A2AError) as caught:
                agent.send(message("hello"), holding(held), authorization="carol")
            assert code(caught.value) == "untrusted_root"
        assert agent.executor.ran == []
    assert set(asked) == {("carol", alice.did, scout.did)}
    assert told.verdicts == ["allowed" if answered is True else "untrusted_root"] * len(asked)


def test_a_policy_that_fails() -> None:
    agent = Agent(related=lambda user, verified: 1 / 0 > 0)
    with pytest.raises(InternalError) as caught:
        agent.send(message("hello"), holding())
    assert code(caught.value) == "unavailable"


@pytest.mark.parametrize("header", ["X-User", "X-Forwarded-User", "Remote-User", "Authorization", "X-Attorn-Access"])
def test_no_header_names_a_user(header: str) -> None:
    agent = Agent()
    assert answer(agent.send(message("hello"), holding(), **{header: thief.did})).startswith(scout.did)
    user: Any = agent.executor.ran[-1].call_context.user
    assert (user.user_name, user.framework) == (f"{alice.did} {scout.did}", None)
    with pytest.raises(ExtensionSupportRequiredError):
        agent.send(message("hello"), **{header: alice.did})


def test_an_executor_without_a_handler_in_front_runs_nothing() -> None:
    agent = Agent(bare=True)
    for interceptors in ([holding()], []):
        with pytest.raises(InternalError):
            agent.send(message("hello"), *interceptors)
    assert agent.executor.ran == []


def test_nothing_is_cancelled_without_access() -> None:
    class Watched(Planner):
        async def cancel(self, context: RequestContext, event_queue: EventQueue) -> None:
            raise AssertionError("cancelled")

    unverified = RequestContext(call_context=ServerCallContext())
    with pytest.raises(InternalError):
        asyncio.run(ChainExecutor(Watched()).cancel(unverified, None))  # type: ignore[arg-type]


def test_access_is_nowhere_else() -> None:
    for context in (ServerCallContext(), ServerCallContext(state={"attorn.access": "yes"})):
        with pytest.raises(InputError):
            access_of(context)


def test_arguments_of_no_use() -> None:
    agent = Agent()
    bare = DefaultRequestHandler(Planner(), InMemoryTaskStore(), agent.card)
    for wrong in (
        lambda: ChainHandler(bare, verifier=verifier(), binding=BINDING),
        lambda: ChainHandler(agent.handler, verifier=verifier(), binding=BINDING),
        lambda: ChainHandler(None, verifier=verifier(), binding=BINDING),  # type: ignore[arg-type]
        lambda: ChainHandler(agent.inner, verifier=None, binding=BINDING),  # type: ignore[arg-type]
        lambda: ChainHandler(agent.inner, verifier=verifier(), binding=URL),  # type: ignore[arg-type]
        lambda: ChainHandler(agent.inner, verifier=verifier(), binding=BINDING, related="x"),  # type: ignore[arg-type]
        lambda: ChainExecutor(None),  # type: ignore[arg-type]
        lambda: Binding(resource="https://planner.example/a2a?x"),
        lambda: Binding(resource=URL, route="x"),  # type: ignore[arg-type]
        lambda: HolderInterceptor(scout.did, token(), audience=planner.did, binding=BINDING),  # type: ignore[arg-type]
        lambda: HolderInterceptor(scout, token().encode(), audience=planner.did, binding=BINDING),  # type: ignore[arg-type]
        lambda: HolderInterceptor(scout, token(), audience="", binding=BINDING),
        lambda: HolderInterceptor(scout, token(), audience=planner.did, binding=URL),  # type: ignore[arg-type]
        lambda: with_chain(Task(), scout, token(), audience=planner.did, binding=BINDING),  # type: ignore[arg-type]
        *(
            lambda held=held: with_chain(message(), *held, audience=planner.did, binding=BINDING)  # type: ignore[misc]
            for held in ((None, None), (scout, None), (None, token()), (scout.did, token()), (scout, token().encode()))
        ),
        lambda: with_chain(message(), scout, token(), audience=None, binding=BINDING),  # type: ignore[arg-type]
        lambda: with_chain(message(), scout, token(), audience=planner.did, binding=None),  # type: ignore[arg-type]
        lambda: with_approvals("x", context={}),  # type: ignore[arg-type]
        lambda: with_approvals(b"x"),  # type: ignore[arg-type]
        lambda: with_approvals("x", None),  # type: ignore[arg-type]
    ):
        with pytest.raises(InputError):
            wrong()


def test_the_interceptor_leaves_alone_what_is_the_callers() -> None:
    agent, shared = Agent(), ClientCallContext(service_parameters={"A2A-Extensions": "urn:a"}, state={"a": 1})

    async def work() -> None:
        held = holding()
        args = BeforeArgs(input=message(), method="send_message", agent_card=agent.card, context=shared)
        await held.before(args)
        assert args.context is not None
        assert args.context.service_parameters == {"A2A-Extensions": f"{EXTENSION},urn:a"}
        assert (shared.service_parameters, shared.state) == ({"A2A-Extensions": "urn:a"}, {"a": 1})
        assert with_approvals("x", context=shared).state["a"] == 1
        assert shared.state == {"a": 1}
        with pytest.raises(InputError):
            await held.before(BeforeArgs(input=message(), method="another", agent_card=agent.card))

    agent.run(work)


@pytest.mark.parametrize("rest", [False, True])
def test_the_methods_about_notifications_and_cards(rest: bool) -> None:
    agent = Agent(rest=rest)
    agent.card.capabilities.push_notifications = True
    agent.card.capabilities.extended_agent_card = True
    agent.inner._push_config_store = InMemoryPushNotificationConfigStore()
    agent.inner.extended_agent_card = agent.card
    other = TaskPushNotificationConfig(id="p", url="https://thief.example/told")

    def calls(client: Any, task: str) -> dict[str, Callable[[], Awaitable[Any]]]:
        config = TaskPushNotificationConfig(id="c", task_id=task, url="https://scout.example/told")
        named = {"task_id": task, "id": "c"}
        return {
            "create": lambda: client.create_task_push_notification_config(config),
            "get": lambda: client.get_task_push_notification_config(GetTaskPushNotificationConfigRequest(**named)),
            "list": lambda: client.list_task_push_notification_configs(
                ListTaskPushNotificationConfigsRequest(task_id=task)
            ),
            "delete": lambda: client.delete_task_push_notification_config(
                DeleteTaskPushNotificationConfigRequest(**named)
            ),
            "card": lambda: client.get_extended_agent_card(GetExtendedAgentCardRequest()),
        }

    async def work() -> None:
        task = await agent.sent(message("wait"), holding())
        other.task_id = task.id
        async with agent.client(holding()) as client:
            for call in calls(client, task.id).values():
                await call()
        async with agent.client() as client:
            for call in calls(client, task.id).values():
                with pytest.raises(ExtensionSupportRequiredError):
                    await call()
        async with agent.client(holding(by=thief)) as client:
            with pytest.raises(TaskNotFoundError):
                await client.create_task_push_notification_config(other)

    agent.run(work)


def test_a_header_that_stands_twice() -> None:
    # attack 130
    assert in_header({"attorn-presentation": "a", "other": "b"}) == "a"
    assert in_header({"other": "b"}) is None
    assert in_header(None) is None
    for headers in ({"attorn-presentation": "a", "Attorn-Presentation": "a"}, {"attorn-presentation": 7}):
        with pytest.raises(MalformedError):
            in_header(headers)
