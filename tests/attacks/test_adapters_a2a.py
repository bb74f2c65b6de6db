"""The attacks on A2A: the SDK's own client, routes and handler over httpx in process, over JSON-RPC and over REST."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from a2a.client.interceptors import BeforeArgs
from a2a.types import CancelTaskRequest, GetTaskRequest, SendMessageRequest, TaskState
from a2a.utils.errors import A2AError
from tests.adapters.a2a.test_message import HEADER, crafted
from tests.adapters.a2a.world import URL, Agent, alice, code, holding, message, thief, token, verifier
from tests.attacks.adapter_scene import Till, nothing_happens

from attorn import Token, caveat
from attorn.a2a import EXTENSION
from attorn.a2a.carrying import HEADER as PRESENTATION

HELD = token(caveat.MaxUses(99))
PARIS = token(caveat.OneOf("city", ["Paris"]), caveat.MaxUses(99))
SILENT = {"other": "x"}


class Served:
    """An agent behind the SDK's server: what its executor ran, and what was charged."""

    def __init__(self, rest: bool) -> None:
        self.till = Till()
        self.agent = Agent(verifier(store=self.till), rest=rest)
        self.ran = self.agent.executor.ran

    @property
    def seen(self) -> tuple[list[Any], ...]:
        return self.ran, self.till.taken

    def honest(self, held: Token = HELD, text: Any = "hello") -> SendMessageRequest:
        """Has a message answered, and gives it."""
        request = crafted(message(text), held=held)
        assert self.agent.send(request, **HEADER).status.state == TaskState.TASK_STATE_COMPLETED
        assert (len(self.ran), len(self.till.taken)) == (1, 1)
        return request

    def refuses(self, expected: str, request: SendMessageRequest, **headers: str) -> None:
        with pytest.raises(A2AError) as caught:
            self.agent.send(request, **(headers or HEADER))
        assert code(caught.value) == expected, caught.value

    def presented(self, method: str, asked: Any) -> dict[str, str]:
        """The headers by which the holder's own client presents for a method that carries no message."""

        async def work() -> dict[str, str]:
            args = BeforeArgs(input=asked, method=method, agent_card=self.agent.card)
            await holding(HELD).before(args)
            assert args.context is not None
            return dict(args.context.service_parameters or {})

        return self.agent.run(work)

    def refuses_task(self, expected: str, method: str, asked: Any, **headers: str) -> None:
        async def work() -> None:
            async with self.agent.client(**headers) as client:
                with pytest.raises(A2AError) as caught:
                    await getattr(client, method)(asked)
            assert code(caught.value) == expected, caught.value

        self.agent.run(work)


@pytest.fixture(params=[False, True], ids=["rpc", "rest"])
def there(request: pytest.FixtureRequest) -> Served:
    return Served(request.param)


def test_wrong_audience(there: Served) -> None:
    """Attacks 83 and 129: presented to another agent, to its own user, to a URL; and a method without a message."""
    there.honest()
    with nothing_happens(*there.seen):
        for audience in (thief.did, alice.did, URL):
            there.refuses("wrong_audience", crafted(held=HELD, audience=audience))
        headers = there.presented("get_task", GetTaskRequest(id="t"))
        there.agent = Agent(verifier(store=there.till, audience=thief.did), rest=there.agent.rest)
        there.refuses_task("wrong_audience", "get_task", GetTaskRequest(id="t"), **headers)


def test_replay(there: Served) -> None:
    """Attack 80: the very same bytes, and the same presentation on the same message under other headers."""
    request = there.honest()
    with nothing_happens(*there.seen):
        there.refuses("replayed", request)
        there.refuses("replayed", request, **{"A2A-Extensions": f"urn:a, {EXTENSION}"})


def test_widened_argument(there: Served) -> None:
    """Attacks 67 and 84: by the holder, who may sign for it, and by who is on the way."""
    there.honest(PARIS, {"city": "Paris"})
    with nothing_happens(*there.seen):
        for city in ("Rome", ["Paris"], None):
            there.refuses("denied", crafted(message({"city": city}), held=PARIS))
        request = crafted(message({"city": "Paris"}), held=PARIS)
        request.message.parts[0].CopyFrom(message({"city": "Rome"}).message.parts[0])
        there.refuses("wrong_request", request)
        request = crafted(message({"city": "Paris"}), held=PARIS)
        request.message.parts.append(message("and all of Italy").message.parts[0])
        there.refuses("wrong_request", request)


def test_missing_chain(there: Served) -> None:
    """What is missing is denied, whatever else names a user; also where a method carries no message."""
    there.honest()
    with nothing_happens(*there.seen):
        for headers in (SILENT, {"X-Forwarded-User": alice.did}, {"Authorization": f"Bearer {alice.did}"}):
            there.refuses("no_presentation", message("hello"), **headers)
            there.refuses_task("no_presentation", "get_task", GetTaskRequest(id="t"), **headers)


def test_stripped_proof(there: Served) -> None:
    """Attacks 58, 59 and 85: taken out but announced, taken out whole, and the token as it travels."""
    there.honest()
    with nothing_happens(*there.seen):
        bare = crafted(held=HELD)
        del bare.message.metadata.fields[EXTENSION]
        there.refuses("malformed", bare)
        del bare.message.extensions[:]
        there.refuses("no_presentation", bare, **SILENT)
        for text, expected in ((HELD.encode(), "not_holder"), (_wire(crafted(held=HELD))[:-4], "malformed")):
            request = crafted(held=HELD)
            request.message.metadata[EXTENSION] = text
            there.refuses(expected, request)
        there.refuses_task("not_holder", "get_task", GetTaskRequest(id="t"), **{PRESENTATION: HELD.encode()})


DISAGREEING: dict[str, Callable[[SendMessageRequest], object]] = {
    "the extensions say nothing": lambda request: request.message.extensions.remove(EXTENSION),
    "the extensions say it twice": lambda request: request.message.extensions.append(EXTENSION),
    "the metadata of the request say it": lambda request: request.metadata.update({EXTENSION: _wire(request)}),
    "the metadata say nothing": lambda request: request.message.metadata.fields.pop(EXTENSION),
}


def test_header_and_body_disagree(there: Served) -> None:
    """Attacks 84 and 130: A2A-Extensions, the message's extensions and its metadata; and two presentations."""
    there.honest()
    with nothing_happens(*there.seen):
        for headers in (SILENT, {"A2A-Extensions": ""}, {"A2A-Extensions": f"{EXTENSION}/"}):
            there.refuses("malformed", crafted(held=HELD), **headers)
        for change in DISAGREEING.values():
            request = crafted(held=HELD)
            change(request)
            there.refuses("malformed", request)
        there.refuses("malformed", message("hello"))
        beside = {PRESENTATION: _wire(crafted(held=HELD))}
        there.refuses("malformed", crafted(held=HELD), **HEADER, **beside)
        there.refuses("malformed", message("hello"), **SILENT, **beside)
        # A header for one method, or for one task, is none for another.
        headers = there.presented("get_task", GetTaskRequest(id="t"))
        there.refuses_task("wrong_request", "cancel_task", CancelTaskRequest(id="t"), **headers)
        there.refuses_task("wrong_request", "get_task", GetTaskRequest(id="other"), **headers)


def _wire(request: SendMessageRequest) -> str:
    return str(request.message.metadata[EXTENSION])
