"""What is permitted again and again, for whoever issues something in place of a chain: never more than the chain is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any

import pytest
from tests.unit.audit_scene import SERVICE
from tests.unit.scene import (
    ALICE,
    AUDIENCE,
    NOW,
    PLANNER,
    REQUEST,
    SCOUT,
    Clock,
    given,
    passed,
    shown,
    verifier,
)

from attorn import AttornError, Denied, Request, caveat
from attorn.audit import JsonLinesLog, Recorder
from attorn.errors import ExpiredError, InputError, RevokedError
from attorn.request.money import Money
from attorn.revocation import revoke
from attorn.store import MemoryStore
from attorn.verify.access import Cleared, Verified

ELSEWHERE = "https://calendar.example"
READ = Request(action="events:read", resource="cal://alice")
WIDE = caveat.Actions("events:*", "mail:send")


def verified(*caveats: caveat.Caveat, judge: Any = None, by: Any = None) -> Verified:
    token = given(*(caveats or (WIDE,)))
    return (judge or verifier()).verify(shown(passed(token, PLANNER, SCOUT), SCOUT), REQUEST)


def lasts(request: Request, *caveats: caveat.Caveat, audience: str = ELSEWHERE) -> bool:
    try:
        verified(*caveats).require_lasting(request, audience=audience)
    except Denied:
        return False
    return True


EXPIRES = caveat.Expires(datetime.fromtimestamp(NOW + 3600, UTC))


@pytest.mark.parametrize(
    "caveats",
    [
        [caveat.Actions("events:read")],
        [caveat.Actions("events:*")],
        [caveat.Resources("cal://alice")],
        [caveat.Resources("cal://alice", "/data")],
        [caveat.Audience(AUDIENCE, ELSEWHERE)],
        [WIDE, EXPIRES],
        [WIDE, caveat.MaxDepth(3)],
        [WIDE, caveat.Purpose("plan")],
    ],
)
def test_what_lasts(caveats: list[caveat.Caveat]) -> None:
    assert lasts(READ, *caveats)


@pytest.mark.parametrize(
    "limit",
    [
        caveat.Actions("events:write"),
        caveat.Resources("cal://alice/2026-11"),
        caveat.Resources("/data"),
        caveat.Audience(ELSEWHERE),
        caveat.Audience(AUDIENCE),
        caveat.Audience("did:web:mail.example"),
        caveat.Range("limit", 1, 10),
        caveat.Not(caveat.Equals("limit", 11)),
        caveat.AnyOf(caveat.Equals("a", 1), caveat.Not(caveat.Equals("a", 1))),
        caveat.MaxLength("text", 10),
        caveat.MaxUses(1000),
        caveat.Rate(1000, "second"),
        caveat.Budget(1000, "EUR"),
        caveat.Spaced("day"),
        caveat.RequiresApproval(ALICE.did),
        caveat.RequiresApproval(ALICE.did, when=caveat.Actions("pay:*")),
        caveat.RequiresApproval(ALICE.did, when=caveat.Resources("cal://alice/2026-11")),
        caveat.RequiresApproval(ALICE.did, when=caveat.Not(caveat.Equals("env", "test"))),
        caveat.Agent(attested_by=ALICE.did, owner="Acme"),
        caveat.Glob("text", "*"),
    ],
    ids=lambda limit: limit.limit(),
)
def test_what_does_not(limit: caveat.Caveat) -> None:
    assert not lasts(READ, WIDE, limit)
    assert not lasts(READ, limit, WIDE)


def test_with_these_arguments_and_no_others() -> None:
    limit = caveat.Range("limit", 1, 10)
    for value, permitted in ((10, True), (11, False)):
        asked = Request(action="events:read", resource="cal://alice", args={"limit": value})
        assert lasts(asked, WIDE, limit) is permitted


LIMITS = (
    WIDE,
    caveat.Actions("events:read"),
    caveat.Resources("cal://alice"),
    caveat.Resources("cal://alice/2026-11", "cal://bob"),
    caveat.Audience(AUDIENCE, ELSEWHERE),
    caveat.Equals("limit", 10),
    caveat.Not(caveat.Equals("limit", 11)),
    caveat.OneOf("note", "a", "b"),
    caveat.MaxUses(1),
    caveat.Budget(10, "EUR"),
    caveat.RequiresApproval(ALICE.did, when=caveat.Range("limit", 11)),
    caveat.RequiresApproval(ALICE.did, when=caveat.Resources("cal://alice/2026-11/secret")),
)
USES = tuple(
    Request(action=action, resource=resource, args=args, cost=cost)
    for action in ("events:read", "mail:send")
    for resource in ("cal://alice", "cal://alice/2026-11", "cal://alice/2026-11/secret")
    for args, cost in (({}, None), ({"limit": 11, "note": "x"}, None), ({"limit": None}, Money(11, "EUR")))
)


@pytest.mark.parametrize(
    "caveats", list(combinations(LIMITS, 2)), ids=lambda pair: " and ".join(c.limit() for c in pair)
)
def test_whatever_it_stands_for_the_chain_permits(caveats: tuple[caveat.Caveat, ...]) -> None:
    """A permission without arguments is for any, and for all below its resource: each such use is permitted, twice."""
    token = given(*caveats)
    judge = verifier(store=MemoryStore())
    for action in ("events:read", "mail:send"):
        for resource in ("cal://alice", "cal://alice/2026-11"):
            asked = Request(action=action, resource=resource)
            if not lasts(asked, *caveats):
                continue
            for use in USES:
                if use.action == action and f"{use.resource}/".startswith(f"{resource}/"):
                    for _ in range(2):
                        judge.authorize(shown(token, PLANNER, use), use)


def test_the_limits_are_not_all_refused() -> None:
    assert sum(lasts(READ, *pair) for pair in combinations(LIMITS, 2)) == 6


def test_nothing_is_charged_and_steps_6_and_7_are_asked_again() -> None:
    clock, store = Clock(), MemoryStore()
    token = passed(given(WIDE, EXPIRES), PLANNER, SCOUT)
    judge = verifier(clock=clock, store=store)
    found = judge.verify(shown(token, SCOUT), REQUEST)
    for _ in range(3):
        found.require_lasting(READ, audience=ELSEWHERE)
    clock.second = NOW + 3600
    with pytest.raises(ExpiredError):
        found.require_lasting(READ, audience=ELSEWHERE)
    clock.second = NOW
    store.apply(revoke(token, by=PLANNER))
    with pytest.raises(RevokedError):
        found.require_lasting(READ, audience=ELSEWHERE)


def test_the_verifiers_own_policy_is_asked_here_and_there() -> None:
    asked: list[tuple[str, str]] = []

    class Policy:
        def permits(self, cleared: Cleared) -> bool:
            asked.append((cleared.request.action, cleared.audience))
            return cleared.audience == AUDIENCE

    found = verified(judge=verifier(policy=Policy()))
    with pytest.raises(Denied):
        found.require_lasting(READ, audience=ELSEWHERE)
    assert asked == [("events:read", AUDIENCE), ("events:read", ELSEWHERE)]
    found.require_lasting(READ, audience=AUDIENCE)


def test_until_when() -> None:
    assert verified(WIDE).expires is None
    later = caveat.Expires(datetime.fromtimestamp(NOW + 7200, UTC))
    assert verified(WIDE, later, EXPIRES).expires == datetime.fromtimestamp(NOW + 3600, UTC)
    token = passed(given(WIDE, later), PLANNER, SCOUT, caveat.ExpiresIn(timedelta(minutes=5)))
    access = verifier().authorize(shown(token, SCOUT), REQUEST)
    assert access.expires == datetime.fromtimestamp(NOW + 300, UTC)


def test_each_answer_leaves_a_receipt(tmp_path: Any) -> None:
    log = JsonLinesLog(tmp_path / "log")
    found = verified(caveat.Actions("events:read"), judge=verifier(receipts=Recorder(log, by=SERVICE)))
    found.require_lasting(READ, audience=ELSEWHERE)
    with pytest.raises(Denied):
        found.require_lasting(Request(action="mail:send", resource="cal://alice"), audience=ELSEWHERE)
    text = (tmp_path / "log").read_text()
    assert text.count('"verdict":"allowed"') == 1
    assert text.count('"verdict":"denied"') == 1


@pytest.mark.parametrize(("request_", "audience"), [("events:read", ELSEWHERE), (READ, ""), (READ, None), (None, "x")])
def test_unusable_arguments(request_: Any, audience: Any) -> None:
    with pytest.raises(InputError):
        verified().require_lasting(request_, audience=audience)
    assert issubclass(InputError, AttornError)
