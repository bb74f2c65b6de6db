"""A task that waits for approval, and goes on with it: bound to the message, the task, the agent and one use."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from a2a.helpers import new_data_part
from a2a.server.request_handlers import DefaultRequestHandler, LegacyRequestHandler
from a2a.types import GetTaskRequest, ListTasksRequest, Part, Role, SendMessageRequest, Task, TaskState
from a2a.utils.errors import A2AError, TaskNotFoundError
from tests.adapters.a2a.world import (
    BINDING,
    NOW,
    URL,
    Agent,
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

from attorn import Identity, Request, caveat
from attorn.a2a import EXTENSION, Binding, HolderInterceptor, binding, continued, with_approvals, with_chain
from attorn.approval import Approval, ApprovalRequest
from attorn.errors import AttornError, DelegationError, InputError, MalformedError

HELD = token(caveat.RequiresApproval([alice.did]))
HEADER = {"A2A-Extensions": EXTENSION}
WAITING = TaskState.TASK_STATE_AUTH_REQUIRED
DONE = TaskState.TASK_STATE_COMPLETED


def question(task: Task, sent: SendMessageRequest) -> ApprovalRequest | None:
    return holding(HELD).asked(task, sent)


def yes(task: Task, sent: SendMessageRequest, by: Identity = alice) -> Approval:
    asked = question(task, sent)
    assert asked is not None
    return by.approve(asked)


async def code_of(agent: Agent, request: SendMessageRequest, *interceptors: HolderInterceptor, **more: Any) -> str:
    with pytest.raises(A2AError) as caught:
        await agent.sent(request, *interceptors, **more)
    return code(caught.value)


@pytest.mark.parametrize("rest", [False, True])
@pytest.mark.parametrize("streaming", [False, True])
@pytest.mark.parametrize("kind", [DefaultRequestHandler, LegacyRequestHandler])
def test_the_round_trip(streaming: bool, rest: bool, kind: Any) -> None:
    agent = Agent(streaming=streaming, rest=rest, kind=kind)

    async def work() -> None:
        sent = message("book it", {"price": 7})
        task = await agent.sent(sent, holding(HELD))
        assert (task.status.state, agent.executor.ran) == (WAITING, [])
        asked = question(task, sent)
        assert asked is not None
        assert (asked.root, asked.holder, asked.approvers) == (alice.did, scout.did, (alice.did,))
        # A person reads what will be done.
        shown = asked.message()
        assert "price = 7" in shown
        assert '@text = "book it"' in shown
        done = await agent.sent(
            continued(sent, task), holding(HELD), context=with_approvals(alice.approve(asked).encode())
        )
        assert (done.id, done.status.state) == (task.id, DONE)
        assert answer(done) == f"{scout.did} for {alice.did}: book it"
        (context,) = agent.executor.ran
        assert context.current_task is not None
        # The message is in the history of its task once, and no presentation is.
        said = [each.message_id for each in context.current_task.history if each.role == Role.ROLE_USER]
        assert said == [sent.message.message_id] * (2 if kind is LegacyRequestHandler else 1)
        assert not any(each.metadata.fields for each in context.current_task.history)

    agent.run(work)


def test_in_the_middle_of_a_task() -> None:
    agent, held = Agent(), token(caveat.RequiresApproval(alice.did, when=caveat.Equals("@text", "book it")))

    async def work() -> None:
        task = await agent.sent(message("wait"), holding(held))
        sent = message("book it", task_id=task.id)
        waiting = await agent.sent(sent, holding(held))
        assert (waiting.id, waiting.status.state, len(agent.executor.ran)) == (task.id, WAITING, 1)
        done = await agent.sent(continued(sent, waiting), holding(held), context=with_approvals(yes(waiting, sent)))
        assert (done.id, done.status.state, len(agent.executor.ran)) == (task.id, DONE, 2)

    agent.run(work)


def test_without_approval_it_waits_on() -> None:
    agent = Agent()

    async def work() -> None:
        sent = message("book it")
        task = await agent.sent(sent, holding(HELD))
        for _ in range(2):
            again = await agent.sent(continued(sent, task), holding(HELD))
            assert (again.id, again.status.state) == (task.id, WAITING)
        assert agent.executor.ran == []

    agent.run(work)


CHANGES: dict[str, Callable[[SendMessageRequest], object]] = {
    "other words": lambda request: request.message.parts[0].__setattr__("text", "Book two"),
    "another price": lambda request: request.message.parts[1].CopyFrom(new_data_part({"price": 8})),
    "more": lambda request: request.message.parts.append(Part(text="and another")),
    "no task": lambda request: request.message.__setattr__("task_id", ""),
    "another message": lambda request: request.message.__setattr__("message_id", "other"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_an_approval_of_something_else(change: Callable[[SendMessageRequest], object]) -> None:
    # attack 84, of the approval: what was approved is not what is done.
    agent = Agent()

    async def work() -> None:
        sent = message("book it", {"price": 7})
        task = await agent.sent(sent, holding(HELD))
        approval = yes(task, sent)
        other = continued(sent, task)
        change(other)
        with pytest.raises(InputError):
            await agent.sent(other, holding(HELD), context=with_approvals(approval))
        # A client without scruples.
        asked = BINDING.request("SendMessage", other)
        forged = Approval.decode(approval.encode())
        object.__setattr__(forged, "digest", asked.digest())
        wire = with_chain(other, scout, HELD, audience=planner.did, binding=BINDING)
        bound = BINDING.request("SendMessage", wire)
        object.__setattr__(forged, "digest", bound.digest())
        wire.message.metadata[EXTENSION] = scout.present(HELD, bound, audience=planner.did, approvals=[forged])
        assert await code_of(agent, wire, **HEADER) == "bad_signature"
        assert agent.executor.ran == []

    agent.run(work)


def test_an_approval_in_another_task() -> None:
    agent = Agent()

    async def work() -> None:
        sent = message("book it")
        first, second = await agent.sent(sent, holding(HELD)), await agent.sent(sent, holding(HELD))
        assert first.id != second.id
        approval = yes(first, sent)
        with pytest.raises(InputError):
            await agent.sent(continued(sent, second), holding(HELD), context=with_approvals(approval))
        first.status.CopyFrom(second.status)
        with pytest.raises(MalformedError):
            question(first, sent)

    agent.run(work)


def test_an_approval_is_good_once() -> None:
    # attack 80, of the approval
    agent = Agent()

    async def work() -> None:
        sent = message("wait")
        task = await agent.sent(sent, holding(HELD))
        approval, again = yes(task, sent), continued(sent, task)
        first = await agent.sent(again, holding(HELD), context=with_approvals(approval))
        assert first.status.state == TaskState.TASK_STATE_INPUT_REQUIRED
        second = await agent.sent(again, holding(HELD), context=with_approvals(approval))
        assert (second.status.state, len(agent.executor.ran)) == (WAITING, 1)

    agent.run(work)


def test_an_approval_used_twice_at_once() -> None:
    agent = Agent()

    async def work() -> None:
        sent = message("wait")
        task = await agent.sent(sent, holding(HELD))
        approval = with_approvals(yes(task, sent))
        again = continued(sent, task)
        found = await asyncio.gather(*(agent.sent(again, holding(HELD), context=approval) for _ in range(4)))
        assert {each.id for each in found} == {task.id}
        assert len(agent.executor.ran) == 1

    agent.run(work)


def test_approvals_that_do_not_count() -> None:
    later = Agent(verifier(clock=lambda: NOW + timedelta(seconds=45)))

    async def work() -> None:
        sent = message("book it")
        task = await later.sent(sent, holding(HELD))
        asked = question(task, sent)
        assert asked is not None
        with pytest.raises(DelegationError):
            scout.approve(asked)
        short = alice.approve(asked, ttl=timedelta(seconds=30))
        waiting = await later.sent(continued(sent, task), holding(HELD), context=with_approvals(short))
        assert waiting.status.state == WAITING
        assert later.executor.ran == []

    later.run(work)


def test_somebody_else_goes_on_with_the_task() -> None:
    # Section 7.6: what was approved is bound to the agent it was asked for. Others do not even find the task.
    agent = Agent()
    others = [
        holding(token(caveat.RequiresApproval([alice.did]), to=thief), by=thief),
        holding(token(caveat.RequiresApproval([alice.did]), root=bob)),
        holding(token(to=thief), by=thief),
        holding(token(root=bob)),
        holding(planner.delegate(token(to=planner), to=thief.did), by=thief),
    ]

    async def work() -> None:
        sent = message("book it")
        task = await agent.sent(sent, holding(HELD))
        approval = yes(task, sent)
        for other in others:
            with pytest.raises(TaskNotFoundError):
                await agent.sent(continued(sent, task), other)
        # The approval is for scout and alice: nobody else's presentation takes it.
        for other in others:
            with pytest.raises(InputError):
                await agent.sent(continued(sent, task), other, context=with_approvals(approval))
        assert agent.executor.ran == []
        done = await agent.sent(continued(sent, task), holding(HELD), context=with_approvals(approval))
        assert done.status.state == DONE

    agent.run(work)


def test_an_agent_that_asks_for_something_else() -> None:
    agent = Agent()

    async def work() -> None:
        sent = message("book it")
        task = await agent.sent(sent, holding(HELD))
        asked = question(task, sent)
        assert asked is not None
        elsewhere = HolderInterceptor(scout, HELD, audience=thief.did, binding=BINDING)
        for wrong in (
            lambda: question(task, message("book it")),
            lambda: question(task, message("book two")),
            lambda: holding(token(to=thief), by=thief).asked(task, sent),
            lambda: holding(token(root=bob)).asked(task, sent),
            lambda: elsewhere.asked(task, sent),
        ):
            with pytest.raises(MalformedError):
                wrong()

    agent.run(work)


@pytest.mark.parametrize(
    "parts",
    [
        [],
        [Part(text="approve, please")],
        [new_data_part({EXTENSION: {"approval": 7}})],
        [new_data_part({EXTENSION: {"approval": "AAAA"}})],
        [new_data_part({EXTENSION: {"approval": "x", "more": 1}})],
        [new_data_part({EXTENSION: "approval"})],
        [new_data_part({EXTENSION: {"approval": "x"}})] * 2,
    ],
)
def test_what_asks_for_nothing(parts: list[Part]) -> None:
    task = Task(id="t", context_id="c")
    assert question(task, message()) is None
    task.status.state = WAITING
    task.status.message.parts.extend(parts)
    with pytest.raises(AttornError) as caught:
        question(task, message())
    assert caught.value.code == "malformed"


def test_arguments_of_no_use() -> None:
    for wrong in (
        lambda: continued(Task(), message()),  # type: ignore[arg-type]
        lambda: continued(Task(), Task()),  # type: ignore[arg-type]
        lambda: continued(message(), message()),  # type: ignore[arg-type]
    ):
        with pytest.raises(InputError):
            wrong()


def test_nothing_is_bound_on_the_event_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    # What is asked for approval, and what any method asks for, may be a megabyte, and its route may wait.
    looping: list[bool] = []
    digest = binding._digest

    def watched(params: Any) -> str:
        looping.append(threading.current_thread() is threading.main_thread())
        return digest(params)

    monkeypatch.setattr(binding, "_digest", watched)
    agent = Agent()

    async def work() -> None:
        task = await agent.sent(message("book it"), holding(HELD))
        assert task.status.state == WAITING
        async with agent.client(holding()) as client:
            await client.get_task(GetTaskRequest(id=task.id))

    agent.run(work)
    assert looping == [False] * 5


@pytest.mark.parametrize(
    ("error", "expected"), [(InputError("s3cret"), "invalid_input"), (OSError("s3cret"), "unavailable")]
)
def test_what_cannot_go_on_asks_nobody(error: Exception, expected: str) -> None:
    def route(said: Any) -> Request:
        if said.task_id:
            raise error
        return Request(action="a2a:SendMessage", resource=URL)

    agent = Agent(binding=Binding(resource=URL, route=route))

    async def work() -> None:
        with pytest.raises(A2AError) as caught:
            await agent.sent(message("book it"), holding(HELD, binding=agent.binding))
        assert code(caught.value) == expected
        async with agent.client(holding(binding=agent.binding)) as client:
            states = [each.status.state for each in (await client.list_tasks(ListTasksRequest())).tasks]
            assert states == [TaskState.TASK_STATE_FAILED]

    agent.run(work)
    assert agent.executor.ran == []
