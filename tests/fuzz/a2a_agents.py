"""Harnesses of what agents send each other over A2A."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache

from a2a.types import AgentCard
from google.protobuf.json_format import MessageToDict
from tests.adapters.a2a.cards import card, offered, planner, scout
from tests.fuzz import mutators
from tests.fuzz.harness import Harness, accepted, require, tried

from attorn.a2a import canonical, sign_card, verify_card
from attorn.errors import LimitError, MalformedError, ResolutionError, SignatureError

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
)
