"""Harnesses of what agents send each other over A2A."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache

from a2a.helpers import new_data_part
from a2a.types import AgentCard, SendMessageRequest, Task, TaskState
from google.protobuf.json_format import Error as ProtoJsonError
from google.protobuf.json_format import MessageToDict, Parse
from tests.adapters.a2a.cards import URL, card, offered, planner
from tests.adapters.a2a.world import BINDING, alice, message, scout, verifier
from tests.fuzz import mutators
from tests.fuzz.harness import Harness, accepted, require, tried

from attorn import Access, Request, caveat
from attorn.a2a import EXTENSION, HolderInterceptor, canonical, carrying, continued, handing, sign_card, verify_card
from attorn.approval import ApprovalRequest
from attorn.errors import (
    InputError,
    LimitError,
    MalformedError,
    ResolutionError,
    SignatureError,
    VerificationError,
)

_REFUSALS = (MalformedError, LimitError, SignatureError, ResolutionError)


@cache
def _signed() -> tuple[AgentCard, ...]:
    return (offered(), sign_card(offered(description="", icon_url="", skills=[]), by=scout))


@cache
def _genuine() -> frozenset[bytes]:
    return frozenset(canonical.canonical_card(each) for each in _signed())


def _card(data: bytes) -> bool:
    """A card, read; as it came, and signed whatever it says."""
    found = accepted(lambda: canonical.read_card(data), MalformedError)
    form = accepted(lambda: canonical.canonical_card(found), MalformedError)
    require(canonical.canonical_card(canonical.read_card(form)) == form, "another card once written")
    as_it_came = tried(lambda: verify_card(data, signers=[planner.did]), *_REFUSALS)
    require(as_it_came is None or form in _genuine(), "signed by nobody")
    signed = accepted(lambda: sign_card(found, by=planner), MalformedError)
    taken = accepted(lambda: verify_card(signed, signers=[planner.did]), *_REFUSALS)
    require(taken.signers == (planner.did,) and taken.did in (None, planner.did), "signed by somebody else")
    return True


def _cards() -> Iterable[bytes]:
    for each in (*_signed(), card()):
        yield json.dumps(MessageToDict(each)).encode()


@cache
def _access() -> Access:
    asked = Request(action="a2a:SendMessage", resource=URL)
    held = alice.mint(to=scout.did, caveats=[caveat.Actions("a2a:*")])
    return verifier().authorize(scout.present(held, asked, audience=planner.did), asked)


def _message(data: bytes) -> bool:
    """A request as the SDK reads it: what it asks for, what it carries, and what is handed over or asked in it."""
    try:
        params = Parse(data, SendMessageRequest(), ignore_unknown_fields=True)
    except (ProtoJsonError, UnicodeDecodeError, RecursionError, ValueError):
        # The SDK's own refusals, before anything of attorn's.
        return False
    asked = tried(lambda: BINDING.request("SendMessage", params), MalformedError, LimitError, InputError)
    wire = tried(lambda: carrying.carried(params, {EXTENSION}, most=1024), MalformedError, LimitError)
    token = tried(lambda: handing.handed_over(params.message, _access(), to=planner.did), VerificationError)
    require(token is None or token.holder == planner.did, "a token of somebody else's")
    task = Task(id="t", context_id="c")
    task.status.state = TaskState.TASK_STATE_AUTH_REQUIRED
    task.status.message.CopyFrom(params.message)
    found = tried(lambda: _holding().asked(task, _asking()), VerificationError)
    require(found is None or found.request == _question().request, "asked about something else")
    if asked is None:
        return False
    if wire is not None:
        require(len(wire) <= 1024, "a presentation over the limit")
        bare = BINDING.request("SendMessage", carrying.without(params))
        require(bare == asked, "a presentation is part of what it is for")
    again = SendMessageRequest()
    again.CopyFrom(params)
    again.message.reference_task_ids.append("x")
    require(BINDING.request("SendMessage", again) != asked, "a message that was changed asks for the same")
    return True


@cache
def _holding() -> HolderInterceptor:
    held = alice.mint(to=scout.did, caveats=[caveat.Actions("a2a:*")])
    return HolderInterceptor(scout, held, audience=planner.did, binding=BINDING)


@cache
def _asking() -> SendMessageRequest:
    return message("book it", {"price": 7})


@cache
def _question() -> ApprovalRequest:
    again = carrying.declared(continued(_asking(), Task(id="t", context_id="c")))
    asked = {"approvers": (alice.did,), "threshold": 1, "audience": planner.did, "root": alice.did}
    return ApprovalRequest(**asked, holder=scout.did, request=BINDING.request("SendMessage", again))  # type: ignore[arg-type]


def _messages() -> Iterable[bytes]:
    wide = alice.mint(to=scout.did, caveats=[caveat.Actions("events:read")])
    carried = message("hello", {"city": "Paris", "days": [1, 2.5, None]}, metadata={EXTENSION: "AAAA", "trace": "1"})
    carried.message.extensions.append(EXTENSION)
    carried.configuration.task_push_notification_config.url = "https://scout.example/told"
    handed = message("read", handing.token_part(scout.delegate(wide, to=planner.did)))
    asking = message(new_data_part({EXTENSION: {"approval": _question().encode()}}))
    for each in (message("hello"), carried, handed, asking):
        yield json.dumps(MessageToDict(each)).encode()


HARNESSES = (
    Harness(
        "agent-card",
        "fixpoint; nothing is accepted but what was signed",
        _card,
        _cards,
        "attorn.a2a.canonical:read_card",
        "attorn.a2a.canonical:canonical_card",
        mutators.json_text,
    ),
    Harness(
        "a2a-message",
        "what is bound is what was sent; nothing is handed over or asked that is not the reader's",
        _message,
        _messages,
        "attorn.a2a.binding:Binding.request",
        None,
        mutators.json_text,
    ),
)
