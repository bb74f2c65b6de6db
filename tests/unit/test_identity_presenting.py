"""Presenting, and the clocks, random sources and signers that an identity was handed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.unit.scene import (
    ALICE,
    AUDIENCE,
    NOW,
    PLANNER,
    READ,
    REQUEST,
    SCOUT,
    Clock,
    accepted,
    denied,
    given,
    passed,
    refused,
    shown,
    verifier,
)

from attorn import Identity, caveat, revocation
from attorn.errors import (
    AttornError,
    InputError,
    UnavailableError,
)
from attorn.keys.signer import Ed25519Signer, P256Signer
from attorn.store import MemoryStore


def _raise(error: BaseException) -> Any:
    raise error


# --- widening --------------------------------------------------------------------------------------------------------

C = caveat


@pytest.mark.parametrize(
    "changed",
    [
        {"ttl": timedelta(0)},
        {"ttl": timedelta(seconds=-1)},
        {"ttl": timedelta(days=1, seconds=1)},
        {"ttl": 60},
        {"ttl": None},
        {"audience": ""},
        {"audience": None},
        {"audience": 5},
        {"audience": "\ud800"},
        {"audience": "x" * 2049},
        {"challenge": ""},
        {"challenge": 5},
        {"challenge": b"x"},
        {"challenge": "\ud800"},
    ],
    ids=[
        "ttl-zero", "ttl-negative", "ttl-long", "ttl-number", "ttl-none", "audience-empty", "audience-none",
        "audience-number", "audience-surrogate", "audience-long", "challenge-empty", "challenge-number",
        "challenge-bytes", "challenge-surrogate",
    ],
)  # fmt: skip
def test_presentations_that_are_not_made(changed: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        shown(given(READ), PLANNER, **changed)


@pytest.mark.parametrize("request_", [None, "GET /", {"action": "a"}, 5], ids=["none", "text", "dict", "number"])
def test_requests_that_are_none(request_: Any) -> None:
    with pytest.raises(InputError):
        PLANNER.present(given(READ), request_, audience=AUDIENCE)


def test_the_window_of_a_presentation() -> None:
    token = given(READ)
    for second, good in ((NOW - 31, False), (NOW - 30, True), (NOW + 9, True), (NOW + 10, False)):
        wire = shown(token, PLANNER, ttl=timedelta(seconds=10))
        by = verifier(clock=Clock(second))
        if good:
            accepted(wire, by=by)
        else:
            refused(wire, "outside_validity", 6, by=by)


CLOCKS: dict[str, Callable[[], Any]] = {
    "naive": lambda: datetime(2030, 1, 1),
    "number": lambda: float(NOW),
    "nothing": lambda: None,
    "raises": lambda: _raise(OSError("no clock")),
}


@pytest.mark.parametrize("clock", CLOCKS.values(), ids=CLOCKS.keys())
def test_clocks_that_fail_an_identity(clock: Callable[[], Any]) -> None:
    planner = Identity(PLANNER.signer, clock=clock)
    token = given(READ)
    for attempt in (
        lambda: planner.mint(to=SCOUT.did, caveats=[READ]),
        lambda: planner.delegate(token, to=SCOUT.did),
        lambda: planner.present(token, REQUEST, audience=AUDIENCE),
        lambda: revocation.revoke(token, by=ALICE, clock=clock),
    ):
        with pytest.raises(UnavailableError, match="clock"):
            attempt()


RANDOMS: dict[str, Callable[[int], Any]] = {
    "raises": lambda _: _raise(OSError("no entropy")),
    "too-short": lambda size: bytes(size - 1),
    "too-long": lambda size: bytes(size + 1),
    "text": lambda size: "x" * size,
    "nothing": lambda _: None,
}


@pytest.mark.parametrize("random", RANDOMS.values(), ids=RANDOMS.keys())
def test_random_sources_that_fail(random: Callable[[int], Any]) -> None:
    planner = Identity(PLANNER.signer, clock=Clock(), random=random)
    token = given(READ)
    for attempt in (
        lambda: planner.mint(to=SCOUT.did, caveats=[READ]),
        lambda: planner.delegate(token, to=SCOUT.did),
        lambda: planner.present(token, REQUEST, audience=AUDIENCE),
    ):
        with pytest.raises(AttornError):
            attempt()


def test_every_link_and_every_presentation_has_its_own_id() -> None:
    alice, planner = Identity.from_seed(b"\1" * 32, clock=Clock()), Identity.from_seed(b"\2" * 32, clock=Clock())
    tokens = [alice.mint(to=planner.did, caveats=[READ]) for _ in range(20)]
    assert len({token.unverified_links[0].id for token in tokens}) == 20
    by = verifier(store=MemoryStore())
    for _ in range(20):
        accepted(shown(tokens[0], planner), by=by)


def test_a_denial_names_the_link_and_the_limit() -> None:
    token = passed(given(READ, C.Range("limit", 1, 50)), PLANNER, SCOUT, C.Range("limit", 1, 5))
    error = denied(shown(token, SCOUT), 9, 2)
    assert "link 2" in str(error)
    assert PLANNER.did in str(error)
    assert SCOUT.did in str(error)
    assert "1 <= limit <= 5" in str(error)
    assert "limit = 10" in str(error)


@pytest.mark.parametrize(
    "signer", [None, "key", 5, Ed25519Signer, P256Signer], ids=["none", "text", "number", "c1", "c2"]
)
def test_signers_that_are_none(signer: Any) -> None:
    with pytest.raises(AttornError):
        Identity(signer)
