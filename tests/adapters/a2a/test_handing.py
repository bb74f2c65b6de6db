"""An agent hands a narrower token to another in a message, who uses it with a third."""

from __future__ import annotations

import pytest
from a2a.helpers import new_data_part
from a2a.types import Part, TaskState
from a2a.utils.errors import A2AError
from tests.adapters.a2a.world import (
    URL,
    Agent,
    alice,
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

from attorn import Access, Identity, Request, Token, VerificationError, caveat
from attorn.a2a import EXTENSION, handed_over, token_part
from attorn.errors import DelegationError, InputError, MalformedError

CALENDAR = "did:web:calendar.example"
READ = Request(action="events:read", resource="cal://alice/2026-11")


def wide(to: Identity = scout, root: Identity = alice) -> Token:
    return root.mint(to=to.did, caveats=[caveat.Actions("a2a:*", "events:*")])


def access(held: Token | None = None, by: Identity = scout) -> Access:
    asked = Request(action="a2a:SendMessage", resource=URL)
    return verifier().authorize(by.present(held or token(to=by), asked, audience=planner.did), asked)


def test_delegation_over_the_wire() -> None:
    agent, narrow = Agent(), scout.delegate(wide(), to=planner.did, caveats=[caveat.Actions("events:read")])
    task = agent.send(message("read my calendar", token_part(narrow), {"month": "2026-11"}), holding(wide()))
    assert task.status.state == TaskState.TASK_STATE_COMPLETED
    (received,) = agent.executor.tokens
    assert received is not None
    calendar = verifier(audience=CALENDAR)
    calendar.verify_token(received)
    found = calendar.authorize(planner.present(received, READ, audience=CALENDAR), READ)
    assert [link.delegate for link in found.chain] == [scout.did, planner.did]
    write = Request(action="events:write", resource="cal://alice/2026-11")
    with pytest.raises(Exception, match="Actions"):
        calendar.authorize(planner.present(received, write, audience=CALENDAR), write)
    # Whoever reads the message has a token that is of use to nobody else.
    with pytest.raises(DelegationError):
        thief.present(received, READ, audience=CALENDAR)


def test_the_part_is_under_the_proof() -> None:
    # attack 84: the token that is handed over is exchanged on its way.
    agent = Agent()
    request = message("read", token_part(scout.delegate(wide(), to=planner.did)))

    class Exchanging:
        async def before(self, args: object) -> None:
            held = scout.delegate(wide(), to=planner.did, caveats=[caveat.MaxUses(9)])
            args.input.message.parts[1].CopyFrom(token_part(held))  # type: ignore[attr-defined]

        async def after(self, args: object) -> None:
            del args

    with pytest.raises(A2AError) as caught:
        agent.send(request, holding(wide()), Exchanging())  # type: ignore[arg-type]
    assert code(caught.value) == "wrong_request"
    assert agent.executor.ran == []


def test_nothing_is_handed_over() -> None:
    for parts in (["hello"], [{"token": "x"}], [new_data_part({EXTENSION: {"approval": "x"}})]):
        assert handed_over(message(*parts).message, access(), to=planner.did) is None


@pytest.mark.parametrize(
    "part",
    [
        token_part(scout.delegate(wide(), to=thief.did)),
        token_part(wide()),
        # By somebody else than the sender, from another user, or straight from the user.
        token_part(thief.delegate(wide(to=thief), to=planner.did)),
        token_part(scout.delegate(wide(root=bob), to=planner.did)),
        token_part(wide(to=planner)),
        new_data_part({EXTENSION: {"token": "AAAA"}}),
        new_data_part({EXTENSION: {"token": scout.delegate(wide(), to=planner.did).encode()}, "city": "Rome"}),
        new_data_part({EXTENSION: {"token": 7}}),
        new_data_part({EXTENSION: {"token": scout.delegate(wide(), to=planner.did).encode(), "more": "y"}}),
        new_data_part({EXTENSION: {"token": scout.present(wide(), READ, audience=CALENDAR)}}),
    ],
)
def test_tokens_that_are_not_handed_over(part: Part) -> None:
    # attack 64
    with pytest.raises(VerificationError):
        handed_over(message("read", part).message, access(), to=planner.did)


def test_two_tokens() -> None:
    part = token_part(scout.delegate(wide(), to=planner.did))
    assert handed_over(message(part).message, access(), to=planner.did) is not None
    with pytest.raises(MalformedError):
        handed_over(message(part, part).message, access(), to=planner.did)


def test_arguments_of_no_use() -> None:
    for wrong in (
        lambda: token_part("x"),  # type: ignore[arg-type]
        lambda: handed_over(message().message, None, to=planner.did),  # type: ignore[arg-type]
        lambda: handed_over(message(), access(), to=planner.did),  # type: ignore[arg-type]
    ):
        with pytest.raises(InputError):
            wrong()
