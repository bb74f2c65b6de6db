"""Messages with a chain: what reaches the executor, and what is refused before it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from a2a.helpers import new_data_part
from a2a.types import Part, SendMessageRequest, TaskPushNotificationConfig, TaskState
from a2a.utils.errors import (
    A2AError,
    ExtensionSupportRequiredError,
    InternalError,
    InvalidParamsError,
    InvalidRequestError,
)
from google.protobuf.json_format import MessageToDict
from google.protobuf.struct_pb2 import Value
from tests.adapters.a2a.world import (
    BINDING,
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

from attorn import Identity, Request, caveat, revocation, store
from attorn.a2a import EXTENSION, Binding, with_chain
from attorn.errors import DelegationError, InputError

HEADER = {"A2A-Extensions": EXTENSION}


def crafted(request: SendMessageRequest | None = None, **more: Any) -> SendMessageRequest:
    """A request that carries a good presentation, unless `more` says otherwise."""
    given = {"audience": planner.did, "binding": BINDING, **more}
    by, held = given.pop("by", scout), given.pop("held", None)
    return with_chain(request or message("hello"), by, held or token(to=by), **given)


def refused(
    agent: Agent, request: SendMessageRequest, expected: str, kind: type[A2AError] = InvalidRequestError, **headers: str
) -> A2AError:
    """The refusal of a request, and nothing has run."""
    before = len(agent.executor.ran)
    with pytest.raises(A2AError) as caught:
        agent.send(request, **(headers or HEADER))
    assert (type(caught.value), code(caught.value)) == (kind, expected), caught.value
    assert len(agent.executor.ran) == before
    return caught.value


@pytest.mark.parametrize("rest", [False, True])
@pytest.mark.parametrize("streaming", [False, True])
def test_a_message_with_a_chain(streaming: bool, rest: bool) -> None:
    agent = Agent(streaming=streaming, rest=rest)
    narrow = planner.delegate(token(to=planner), to=scout.did, caveats=[caveat.MaxUses(1)])
    task = agent.send(message("hello"), holding(narrow))
    assert task.status.state == TaskState.TASK_STATE_COMPLETED
    assert answer(task) == f"{scout.did} for {alice.did}: hello"
    with pytest.raises(A2AError) as caught:
        agent.send(message("hello"), holding(narrow))
    assert code(caught.value) == "denied"


def test_what_the_executor_sees() -> None:
    agent = Agent()
    sent = message("hello", metadata={"trace": "1"})
    agent.send(sent, holding())
    (context,) = agent.executor.ran
    assert context.message is not None
    # The presentation is used up, and of no more use to anybody.
    assert dict(context.message.metadata) == {"trace": "1"}
    user = context.call_context.user
    assert (user.is_authenticated, user.user_name) == (True, f"{alice.did} {scout.did}")
    assert EXTENSION not in sent.message.metadata.fields
    assert EXTENSION not in sent.message.extensions


@pytest.mark.parametrize("rest", [False, True])
@pytest.mark.parametrize("streaming", [False, True])
def test_no_chain(streaming: bool, rest: bool) -> None:
    agent = Agent(streaming=streaming, rest=rest)
    error = refused(agent, message("hello"), "no_presentation", ExtensionSupportRequiredError, other="x")
    assert EXTENSION in str(error)


def test_another_audience() -> None:
    # attacks 83, 129
    refused(Agent(), crafted(audience=thief.did), "wrong_audience")


def test_a_second_use() -> None:
    # attack 80: the very same bytes again.
    agent, request = Agent(), crafted()
    agent.send(request, **HEADER)
    refused(agent, request, "replayed")


@pytest.mark.parametrize("say", ["nothing", "header", "extensions", "metadata", "header and extensions"])
def test_a_proof_taken_away_or_only_announced(say: str) -> None:
    request = crafted()
    if "metadata" not in say:
        del request.message.metadata.fields[EXTENSION]
    if "extensions" not in say:
        del request.message.extensions[:]
    headers = HEADER if "header" in say else {"other": "x"}
    if say == "nothing":
        refused(Agent(), request, "no_presentation", ExtensionSupportRequiredError, **headers)
    else:
        refused(Agent(), request, "malformed", **headers)


def test_the_header_and_the_message_disagree() -> None:
    # attack 130
    for headers in ({"other": "x"}, {"A2A-Extensions": ""}, {"A2A-Extensions": f"{EXTENSION}/"}):
        refused(Agent(), crafted(), "malformed", **headers)
    twice = crafted()
    twice.message.extensions.append(EXTENSION)
    refused(Agent(), twice, "malformed")
    elsewhere = crafted()
    elsewhere.metadata[EXTENSION] = elsewhere.message.metadata[EXTENSION]
    refused(Agent(), elsewhere, "malformed")
    only = message("hello")
    only.metadata[EXTENSION] = crafted().message.metadata[EXTENSION]
    refused(Agent(), only, "malformed", other="x")
    # A gateway that reads a header would let another chain through than the agent acts on.
    beside = crafted().message.metadata[EXTENSION]
    refused(Agent(), crafted(), "malformed", **HEADER, **{"Attorn-Presentation": beside})
    # Other extensions beside it are no concern of anybody's.
    assert answer(Agent().send(crafted(), **{"A2A-Extensions": f"urn:a, {EXTENSION} ,urn:b"}))


CHANGES: dict[str, Callable[[SendMessageRequest], object]] = {
    "a part": lambda request: request.message.parts[0].__setattr__("text", "Hello"),
    "another part": lambda request: request.message.parts.append(Part(text="and more")),
    "an empty part": lambda request: request.message.parts.append(Part(text="")),
    "no part": lambda request: request.message.parts[0].ClearField("text"),
    "another kind of part": lambda request: request.message.parts[0].__setattr__("url", "https://thief.example/"),
    "what a part is": lambda request: request.message.parts[0].__setattr__("media_type", "text/html"),
    "a file name": lambda request: request.message.parts[0].__setattr__("filename", "x"),
    "metadata of a part": lambda request: request.message.parts[0].metadata.update({"a": 1}),
    "metadata": lambda request: request.message.metadata.update({"a": 1}),
    "metadata of the request": lambda request: request.metadata.update({"a": 1}),
    "its id": lambda request: request.message.__setattr__("message_id", "other"),
    "its context": lambda request: request.message.__setattr__("context_id", "other"),
    "other tasks": lambda request: request.message.reference_task_ids.append("other"),
    "another extension": lambda request: request.message.extensions.append("urn:x"),
    "who speaks": lambda request: request.message.__setattr__("role", 2),
    "where answers go": lambda request: request.configuration.task_push_notification_config.CopyFrom(
        TaskPushNotificationConfig(url="https://thief.example/")
    ),
    "how long it waits": lambda request: request.configuration.__setattr__("return_immediately", True),
    "the tenant": lambda request: request.__setattr__("tenant", "other"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_message_that_was_changed(change: Callable[[SendMessageRequest], object]) -> None:
    # attack 84
    request = crafted()
    change(request)
    refused(Agent(), request, "wrong_request")


def test_a_task_put_in() -> None:
    agent = Agent()

    async def work() -> str:
        task = await agent.sent(message("wait"), holding())
        request = crafted()
        request.message.task_id = task.id
        with pytest.raises(A2AError) as caught:
            await agent.sent(request, **HEADER)
        return code(caught.value)

    assert agent.run(work) == "wrong_request"


def test_a_presentation_of_another_message() -> None:
    request = crafted(message("other"))
    moved = message("hello", extensions=[EXTENSION])
    moved.message.metadata.CopyFrom(request.message.metadata)
    refused(Agent(), moved, "wrong_request")


@pytest.mark.parametrize("city", ["Rome", 3, None, ["Paris"], {"name": "Paris"}])
def test_an_argument_that_is_not_permitted(city: Any) -> None:
    # attack 67
    held = token(caveat.OneOf("city", ["Paris"]))
    agent = Agent()
    assert agent.send(message({"city": "Paris"}), holding(held)).status.state == TaskState.TASK_STATE_COMPLETED
    error = refused(agent, crafted(message({"city": city}), held=held), "denied")
    data = error.data or {}
    assert (data["caveat"], data["link"], data["delegate"]) == ("OneOf", "1", scout.did)
    refused(agent, crafted(message("Paris"), held=held), "denied")


def test_arguments_that_two_readers_would_read_differently() -> None:
    # attack 130
    held = token(caveat.OneOf("city", ["Paris"]))
    for parts in (
        ({"city": "Paris"}, {"city": "Rome"}),
        (new_data_part([{"city": "Paris"}]),),
        # An argument beside the extension's own: the agent might take the first part, and attorn the second.
        ({"city": "Rome", EXTENSION: {}}, {"city": "Paris"}),
        ({"city": "Paris", EXTENSION: {}},),
    ):
        with pytest.raises(InputError):
            crafted(message(*parts), held=held)
        request = crafted(message({"city": "Paris"}), held=held)
        del request.message.parts[:]
        request.message.parts.extend(message(*parts).message.parts)
        refused(Agent(), request, "invalid_input", InvalidParamsError)
    named = message({"@request": "x"})
    with pytest.raises(InputError):
        crafted(named)
    request = crafted()
    request.message.parts.extend(named.message.parts)
    refused(Agent(), request, "invalid_input", InvalidParamsError)


def test_other_actions_and_resources() -> None:
    for limit in (caveat.Actions("a2a:GetTask"), caveat.Resources("https://other.example/a2a")):
        held = alice.mint(to=scout.did, caveats=[limit])
        refused(Agent(), crafted(held=held), "denied")
    other = Binding(resource="https://other.example/a2a")
    refused(
        Agent(),
        crafted(held=alice.mint(to=scout.did, caveats=[caveat.Actions("a2a:*")]), binding=other),
        "wrong_request",
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (7, "malformed"),
        (True, "malformed"),
        (None, "malformed"),
        (["x"], "malformed"),
        ({"presentation": "x"}, "malformed"),
        ("", "malformed"),
        ("x y", "malformed"),
        ("AAAA", "malformed"),
        ("\u2603", "malformed"),
        ("A" * 200_000, "limit_exceeded"),
        (["A" * 200_000], "limit_exceeded"),
    ],
)
def test_what_is_no_presentation(value: Any, expected: str) -> None:
    # attack 4, and others' types
    request = crafted()
    request.message.metadata[EXTENSION] = value
    refused(Agent(), request, expected)


def test_nothing_said() -> None:
    request = crafted()
    request.message.metadata.fields[EXTENSION].CopyFrom(Value())
    refused(Agent(), request, "malformed")


def test_a_token_is_no_presentation() -> None:
    # attacks 59, 85: what a thief of a token, or a server that was handed one, has.
    request = crafted()
    request.message.metadata[EXTENSION] = token().encode()
    refused(Agent(), request, "not_holder")
    with pytest.raises(DelegationError):
        crafted(by=thief, held=token())


def test_somebody_elses_authority() -> None:
    # attacks 70, 71, 75
    stranger = Identity.from_seed(bytes([77]) * 32)
    refused(Agent(), crafted(held=token(root=stranger)), "untrusted_root")
    kept = store.MemoryStore()
    held = token()
    kept.apply(revocation.revoke(held, by=alice))
    refused(Agent(verifier(store=kept)), crafted(held=held), "revoked")
    late = verifier(clock=lambda: alice._clock().replace(hour=13))
    refused(Agent(late), crafted(), "outside_validity")


def test_undecided_is_no_and_says_nothing_of_why() -> None:
    # attack 131
    def broken(root: str, request: Request) -> bool:
        raise RuntimeError("secret")

    error = refused(Agent(verifier(roots=broken)), crafted(), "unavailable", InternalError)
    assert "secret" not in repr(error)
    lost = Binding(resource=URL, route=lambda each: 1 / 0)  # type: ignore[arg-type, return-value]
    refused(Agent(binding=lost), crafted(), "unavailable", InternalError)
    nothing = Binding(resource=URL, route=lambda each: None)  # type: ignore[arg-type, return-value]
    refused(Agent(binding=nothing), crafted(), "unavailable", InternalError)


def test_a_route_says_what_a_message_asks_for() -> None:
    def route(each: Any) -> Request:
        return Request(action="journeys:plan", resource="cal://alice", args={"words": len(each.parts[0].text.split())})

    shared = Binding(resource=URL, route=route)
    held = alice.mint(to=scout.did, caveats=[caveat.Actions("journeys:plan"), caveat.Range("words", maximum=2)])
    agent = Agent(binding=shared)
    assert agent.send(crafted(message("to Rome"), held=held, binding=shared), **HEADER).id
    refused(agent, crafted(message("to Rome and Paris"), held=held, binding=shared), "denied")
    refused(agent, crafted(message("to Rome"), binding=BINDING), "wrong_request")


def test_large_messages() -> None:
    long = crafted(message("x" * 9_000))
    assert "@text" not in BINDING.request("SendMessage", long).args
    assert Agent().send(long, **HEADER).id
    held = token(caveat.MaxLength("@text", 20))
    refused(Agent(), crafted(message("x" * 9_000), held=held), "denied")
    request = crafted()
    request.message.parts.append(Part(raw=bytes(1 << 20)))
    refused(Agent(), request, "limit_exceeded")


@pytest.mark.parametrize("rest", [False, True])
def test_a_tenant(rest: bool) -> None:
    request = message("hello")
    request.tenant = "north"
    agent = Agent(rest=rest)
    assert answer(agent.send(request, holding()))
    assert agent.executor.ran[0].tenant == "north"


@pytest.mark.parametrize("named", ["", "north", "south"])
@pytest.mark.parametrize("path", ["", "/north", "/south"])
def test_the_path_and_the_message_disagree_about_the_tenant(path: str, named: str) -> None:
    # attack 130: over REST the SDK acts for the tenant of the path.
    agent, request = Agent(rest=True), message("hello")
    request.tenant = "north"
    made = crafted(request)
    made.tenant = named

    async def work() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=agent.app), headers=HEADER) as http:
            return await http.post(
                f"{URL}{path}/message:send", json=MessageToDict(made), headers={"A2A-Version": "1.0"}
            )

    found = agent.run(work)
    if path == "/north" and named in ("", "north"):
        assert found.status_code == 200
        assert [each.tenant for each in agent.executor.ran] == ["north"]
    else:
        assert found.status_code == 400
        assert agent.executor.ran == []


def test_several_users() -> None:
    agent = Agent()
    assert bob.did in answer(agent.send(message("hello"), holding(token(root=bob))))


@pytest.mark.parametrize("method", ["message/send", "message/stream", "tasks/get", "tasks/cancel"])
def test_an_older_protocol_is_no_way_round(method: str) -> None:
    agent = Agent()
    said = {"kind": "message", "messageId": "m", "role": "user", "parts": [{"kind": "text", "text": "hello"}]}
    body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": {"message": said, "id": "t"}}

    async def work() -> str:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=agent.app)) as http:
            return (await http.post(URL, json=body, headers={"A2A-Version": "0.3"})).text

    assert "error" in agent.run(work)
    assert agent.executor.ran == []


def test_the_same_presentation_twice_at_once() -> None:
    agent, request = Agent(), crafted()

    async def work() -> list[object]:
        return await asyncio.gather(*(agent.sent(request, **HEADER) for _ in range(8)), return_exceptions=True)

    found = agent.run(work)
    assert sorted(code(each) for each in found if isinstance(each, BaseException)) == ["replayed"] * 7
    assert len(agent.executor.ran) == 1


def test_what_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    # attack 133
    caplog.set_level(logging.INFO)
    agent, held = Agent(), token(caveat.OneOf("city", ["Paris"]))
    good, bad = crafted(message({"city": "Paris"}), held=held), crafted(message({"city": "Secretville"}), held=held)
    agent.send(good, **HEADER)
    for request in (good, bad):
        with pytest.raises(A2AError) as caught:
            agent.send(request, **HEADER)
        assert "Secretville" not in repr(caught.value)
    for request in (good, bad):
        assert request.message.metadata[EXTENSION] not in caplog.text
    assert "Secretville" not in caplog.text
