"""What is remembered beside a Macaroon: chains, presentations, revocations, uses, receipts; all as for a Biscuit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from tests.property.strategies import formulas, requests
from tests.unit import scene
from tests.unit.audit_scene import SERVICE
from tests.unit.macaroon_world import (
    ASK,
    ASKED,
    FRIEND,
    KEY,
    accepted,
    base,
    bent,
    closed,
    denied,
    given,
    held,
    opened,
    refused,
    remade,
    verifier,
)
from tests.unit.scene import (
    ALICE,
    HELPER,
    MALLORY,
    PLANNER,
    READ,
    REQUEST,
    SCOUT,
    Clock,
    passed,
    person,
    shown,
)

from attorn import AttornError, Denied, Identity, Limits, Request, Token, Verifier, caveat
from attorn.approval import ApprovalRequired
from attorn.audit import ALLOWED, JsonLinesLog, Receipt, Recorder, receipts
from attorn.caveat import Caveat, FreshList
from attorn.errors import SignatureError, UnavailableError
from attorn.macaroon import MacKey
from attorn.macaroon.container import MOST_CAVEATS, UnverifiedCaveat
from attorn.macaroon.mac import bind
from attorn.macaroon.notation import all_to_json
from attorn.request.money import Money
from attorn.revocation import Roll, deprovision, resume, revoke, suspend
from attorn.store import MemoryStore
from attorn.token.carrier import MacaroonCarrier
from attorn.token.discharge import discharge

BAD_SIGNATURE = ("bad_signature", 4)
FIRST = given(READ, caveat.Resources("cal://alice"))
TOKEN = passed(FIRST, PLANNER, SCOUT, caveat.Range("limit", 1, 10))
OTHER = MacKey(b"o" * 32)
FEW = Request(action="events:read", resource="cal://alice", args={"limit": 11})


def _with(wire: str, change: Callable[[UnverifiedCaveat], UnverifiedCaveat], index: int) -> str:
    """The wire with one caveat changed and the MAC made good, as whoever holds the base can."""
    (whole,) = opened(wire)
    caveats = list(whole.unverified_caveats)
    caveats[index] = change(caveats[index])
    return closed(remade(whole, caveats))


def _moved(wire: str) -> str:
    (whole,) = opened(wire)
    return closed(replace(whole, unverified_location="https://mallory.example"))


ATTEMPTS: dict[str, tuple[Callable[[], str], Request]] = {
    "good": (lambda: shown(TOKEN, SCOUT), REQUEST),
    "good-json": (lambda: all_to_json(opened(shown(TOKEN, SCOUT))), REQUEST),
    "moved": (lambda: _moved(shown(TOKEN, SCOUT)), REQUEST),
    "denied": (lambda: shown(TOKEN, SCOUT, FEW), FEW),
    "of-another-request": (lambda: shown(TOKEN, SCOUT, FEW), REQUEST),
    "first-link-bent": (lambda: _with(shown(TOKEN, SCOUT), bent, 0), REQUEST),
    "second-link-bent": (lambda: _with(shown(TOKEN, SCOUT), bent, 1), REQUEST),
    "presentation-bent": (lambda: _with(shown(TOKEN, SCOUT), bent, 2), REQUEST),
    "mac-bent": (lambda: closed(replace(opened(shown(TOKEN, SCOUT))[0], signature=bytes(32))), REQUEST),
    "token": (TOKEN.encode, REQUEST),
    "shorter-chain": (lambda: shown(FIRST, PLANNER), REQUEST),
    "of-another-server": (lambda: shown(given(base=base(OTHER)), PLANNER), REQUEST),
    "of-another-root": (lambda: shown(given(by=MALLORY), PLANNER), REQUEST),
}


def verdict(by: Verifier, wire: str, request: Request) -> str:
    try:
        return f"allowed for {by.authorize(wire, request).holder}"
    except Denied as error:
        return f"denied {error.decision.step} {error.decision.link}"
    except AttornError as error:
        return f"{error.code} {getattr(error, 'step', None)}"


def test_remembering_chains_changes_no_verdict() -> None:
    """Every attempt before and after every other one, with a verifier that remembers and one that does not."""
    remembering, forgetful, forgetting = verifier(), verifier(cache=0), verifier(cache=1)
    for _ in range(2):
        for first in ATTEMPTS.values():
            for make, request in (first, *ATTEMPTS.values()):
                wire = make()
                expected = verdict(forgetful, wire, request)
                assert verdict(remembering, wire, request) == expected
                assert verdict(forgetting, wire, request) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("first-link-bent", BAD_SIGNATURE),
        ("second-link-bent", BAD_SIGNATURE),
        ("presentation-bent", BAD_SIGNATURE),
        ("mac-bent", BAD_SIGNATURE),
        ("of-another-server", ("untrusted_root", 2)),
        ("of-another-root", ("untrusted_root", 2)),
        ("of-another-request", ("wrong_request", 8)),
    ],
)
def test_a_remembered_chain_vouches_for_nothing_else(name: str, expected: tuple[str, int]) -> None:
    by = verifier()
    for _ in range(2):
        accepted(shown(TOKEN, SCOUT), by=by)
        refused(ATTEMPTS[name][0](), *expected, by=by, request=ATTEMPTS[name][1])


def test_what_a_holder_puts_before_a_presentation_is_no_part_of_the_remembered_chain() -> None:
    """Approvals are caveats of one use: else no such chain would be found again, and each use would take a place."""
    token = given(caveat.RequiresApproval(MALLORY.did))
    by = verifier()
    for _ in range(2):
        with pytest.raises(ApprovalRequired) as asked:
            by.authorize(shown(token, PLANNER), REQUEST)
        accepted(shown(token, PLANNER, approvals=[MALLORY.approve(asked.value.approval)]), by=by)
    assert by._cache is not None
    assert len(by._cache._values) == 1


def test_a_refusal_says_that_it_was_a_third_party() -> None:
    token = PLANNER.delegate(FIRST, to=SCOUT.did, third_parties=[ASKED])
    strict = discharge(FRIEND, ASK, caveats=[caveat.Range("limit", 1, 9)])
    error = denied(shown(token, SCOUT, discharges=[strict]), 9, 2)
    assert "(a third party of this link says so)" in str(error)
    assert "third party" not in str(denied(shown(given(caveat.Range("limit", 1, 9)), PLANNER), 9, 1))


def test_used_once() -> None:
    by, wire = verifier(), shown(TOKEN, SCOUT)
    accepted(wire, by=by)
    for again in (wire, all_to_json(opened(wire)), _moved(wire)):
        refused(again, "replayed", 8, by=by)


def test_used_once_whatever_a_third_party_says_later() -> None:
    token = PLANNER.delegate(FIRST, to=SCOUT.did, third_parties=[ASKED])
    by, wire = verifier(), shown(token, SCOUT, discharges=[discharge(FRIEND, ASK)])
    whole = opened(wire)[0]
    accepted(wire, by=by)
    refused(closed(whole, bind(whole, discharge(FRIEND, ASK, caveats=[READ]))), "replayed", 8, by=by)


def test_denied_and_invalid_presentations_use_up_what_they_do_as_biscuits() -> None:
    by, wire = verifier(), shown(TOKEN, SCOUT, FEW)
    denied(wire, 9, 2, by=by, request=FEW)
    refused(wire, "replayed", 8, by=by, request=FEW)
    late = shown(TOKEN, SCOUT)
    refused(late, "wrong_request", 8, by=by, request=FEW)
    accepted(late, by=by)


DEEP = passed(TOKEN, SCOUT, HELPER)
REVOKED: dict[str, tuple[Callable[[], Any], tuple[str, int] | None]] = {
    "the-users-link-by-the-user": (lambda: revoke(FIRST, by=ALICE), ("revoked", 7)),
    "the-middle-link-by-its-delegator": (lambda: revoke(TOKEN, by=PLANNER), ("revoked", 7)),
    "the-middle-link-by-the-user": (lambda: revoke(TOKEN.unverified_links[1], by=ALICE), ("revoked", 7)),
    "the-last-link": (lambda: revoke(DEEP, by=SCOUT), ("revoked", 7)),
    "a-principal-ended": (lambda: deprovision(SCOUT.did, by=PLANNER), ("deprovisioned", 7)),
    "a-principal-suspended": (lambda: suspend(SCOUT.did, by=ALICE), ("suspended", 7)),
    "by-a-stranger": (lambda: revoke(TOKEN.unverified_links[1], by=MALLORY), None),
    "by-who-is-below": (lambda: revoke(TOKEN.unverified_links[1], by=HELPER), None),
    "a-link-of-a-biscuit": (lambda: revoke(scene.given(READ), by=ALICE), None),
    "a-stranger-ended": (lambda: deprovision(MALLORY.did, by=ALICE), None),
}


@pytest.mark.parametrize("name", REVOKED)
@pytest.mark.parametrize("cache", [0, 1024])
def test_what_is_taken_back(name: str, cache: int) -> None:
    """Every chain below goes, also one that is remembered, and no other."""
    entry, expected = REVOKED[name]
    store = MemoryStore()
    by = verifier(store=store, cache=cache)
    accepted(shown(DEEP, HELPER), by=by)
    sibling = passed(given(READ), PLANNER, HELPER)
    store.apply(entry())
    if expected is None:
        accepted(shown(DEEP, HELPER), by=by)
    else:
        refused(shown(DEEP, HELPER), *expected, by=by)
    accepted(shown(sibling, HELPER), by=by)


def test_suspended_and_resumed() -> None:
    store = MemoryStore()
    by = verifier(store=store)
    clock = Clock()
    alice = person(1, clock)
    store.apply(suspend(PLANNER.did, by=alice))
    refused(shown(TOKEN, SCOUT), "suspended", 7, by=by)
    clock.second += 1
    store.apply(resume(PLANNER.did, by=alice))
    accepted(shown(TOKEN, SCOUT), by=by)


def test_a_link_that_needs_a_fresh_list() -> None:
    token = passed(FIRST, PLANNER, SCOUT, FreshList(by=ALICE.did))
    store = MemoryStore()
    refused(shown(token, SCOUT), "stale_status", None, by=verifier(store=store))
    roll = Roll(by=ALICE)
    store.apply(roll.publish(clock=Clock()))
    accepted(shown(token, SCOUT), by=verifier(store=store))


class Till:
    """A verifier with a ledger, and how often it lets each through."""

    def __init__(self) -> None:
        self.store = MemoryStore()
        self.by = verifier(store=self.store)

    def uses(self, token: Token, by: Identity, request: Request = REQUEST) -> int:
        number = 0
        while verdict(self.by, shown(token, by, request), request).startswith("allowed"):
            number += 1
            assert number < 20
        return number


def test_uses_are_shared_by_all_below_a_limit() -> None:
    till = Till()
    first = given(READ, caveat.MaxUses(5))
    scouts, helpers = (passed(first, PLANNER, each, caveat.MaxUses(3)) for each in (SCOUT, HELPER))
    assert till.uses(scouts, SCOUT) == 3
    assert till.uses(helpers, HELPER) == 2
    assert till.uses(first, PLANNER) == 0
    error = denied(shown(helpers, HELPER), 10, 1, by=till.by)
    assert "5" in str(error)


def test_uses_are_not_shared_by_links_that_only_look_alike() -> None:
    """Two bases, or one base twice, or a Biscuit beside: an account belongs to a link, and each is another link."""
    till, one = Till(), base()
    tokens = [given(READ, caveat.MaxUses(2), base=each) for each in (one, one, base())]
    tokens.append(scene.given(READ, caveat.MaxUses(2)))
    assert [till.uses(token, PLANNER) for token in tokens] == [2, 2, 2, 2]


def test_one_link_in_both_formats_has_one_account() -> None:
    """Its delegator signed it twice under one id, so it is one authority: using both gives no more."""
    till = Till()
    pair = [Identity.from_seed(b"\1" * 32, clock=Clock(), random=bytes) for _ in range(2)]
    biscuit = pair[0].mint(to=PLANNER.did, caveats=[READ, caveat.MaxUses(3)])
    twin = pair[1].mint(to=PLANNER.did, caveats=[READ, caveat.MaxUses(3)], base=base())
    accepted(shown(biscuit, PLANNER), by=till.by)
    accepted(shown(twin, PLANNER), by=till.by)
    assert till.uses(twin, PLANNER) == 1
    denied(shown(biscuit, PLANNER), 10, 1, by=till.by)


def test_a_use_that_a_third_party_forbids_is_not_charged() -> None:
    till = Till()
    token = ALICE.mint(to=PLANNER.did, caveats=[READ, caveat.MaxUses(1)], base=base(), third_parties=[ASKED])
    strict = discharge(FRIEND, ASK, caveats=[caveat.Range("limit", 1, 9)])
    for _ in range(3):
        denied(shown(token, PLANNER, discharges=[strict]), 9, 1, by=till.by)
    accepted(shown(token, PLANNER, discharges=[discharge(FRIEND, ASK)]), by=till.by)
    denied(shown(token, PLANNER, discharges=[discharge(FRIEND, ASK)]), 10, 1, by=till.by)


def test_money() -> None:
    till = Till()
    token = given(READ, caveat.Budget(500, "EUR"))
    cost = Request(action="events:read", resource="cal://alice", cost=Money(200, "EUR"))
    assert till.uses(token, PLANNER, cost) == 2
    denied(shown(token, PLANNER, cost), 10, 1, by=till.by, request=cost)


def test_tries_of_one_use() -> None:
    token = given(READ, caveat.MaxUses(1))
    by = verifier(retries=timedelta(minutes=10))
    assert [accepted(shown(token, PLANNER, idempotency_key="k"), by=by).repeated for _ in range(3)] == [
        False,
        True,
        True,
    ]
    denied(shown(token, PLANNER, idempotency_key="l"), 10, 1, by=by)


class Book:
    def __init__(self, folder: Path) -> None:
        self.log = JsonLinesLog(folder / "log")
        self.by = verifier(receipts=Recorder(self.log, by=SERVICE))

    @property
    def last(self) -> Receipt:
        return list(receipts(self.log, by=[SERVICE.did]))[-1]


def test_receipts_name_what_was_verified(tmp_path: Path) -> None:
    book = Book(tmp_path)
    counted = passed(given(READ, caveat.MaxUses(5)), PLANNER, SCOUT, caveat.Rate(3, "day"))
    accepted(shown(counted, SCOUT), by=book.by)
    links = counted.unverified_links
    assert (book.last.verdict, book.last.step, book.last.root) == (ALLOWED, None, ALICE.did)
    assert [(hop.link, hop.delegate) for hop in book.last.chain] == [(link.id, link.delegate) for link in links]
    assert [(line.link, line.amount) for line in book.last.charges] == [(1, 1), (2, 1)]


def test_receipts_of_denials_and_of_forgeries(tmp_path: Path) -> None:
    book = Book(tmp_path)
    denied(shown(TOKEN, SCOUT, FEW), 9, 2, by=book.by, request=FEW)
    assert (book.last.verdict, book.last.step, book.last.link, book.last.root) == ("denied", 9, 2, ALICE.did)
    for name in ("first-link-bent", "second-link-bent", "presentation-bent", "mac-bent", "of-another-server", "token"):
        make, request = ATTEMPTS[name]
        with pytest.raises(AttornError) as caught:
            book.by.authorize(make(), request)
        assert (book.last.verdict, book.last.step) == (caught.value.code, getattr(caught.value, "step", None))
        assert (book.last.root, book.last.chain, book.last.link) == (None, (), None)


def test_a_receipt_of_what_a_third_party_forbids(tmp_path: Path) -> None:
    book = Book(tmp_path)
    token = PLANNER.delegate(FIRST, to=SCOUT.did, third_parties=[ASKED])
    wire = shown(token, SCOUT, discharges=[discharge(FRIEND, ASK, caveats=[caveat.Actions("events:write")])])
    denied(wire, 9, 2, by=book.by)
    assert (book.last.verdict, book.last.step, book.last.link, book.last.root) == ("denied", 9, 2, ALICE.did)


def test_what_cannot_be_recorded_is_not_permitted() -> None:
    class Failing:
        def record(self, draft: Any) -> Receipt:
            raise OSError("full")

    with pytest.raises(UnavailableError, match="recorder"):
        verifier(receipts=Failing()).authorize(shown(TOKEN, SCOUT), REQUEST)


WORST: dict[str, tuple[Caveat, ...]] = {
    "nothing": (READ,),
    "uses": (READ, caveat.MaxUses(7)),
    "money": (READ, caveat.Budget(500, "EUR"), caveat.Rate(3, "hour")),
    "time": (READ, caveat.ExpiresIn(minutes=5)),
    "list": (READ, FreshList(by=ALICE.did), caveat.MaxUses(2)),
}


@pytest.mark.parametrize("name", WORST)
def test_exposure_is_that_of_the_same_biscuit(name: str) -> None:
    """It needs no key of a server: the links are verified, and whether a server will take them is another matter."""
    expected = verifier().exposure(scene.given(*WORST[name]))
    assert verifier(macaroon_keys=[]).exposure(given(*WORST[name])) == expected
    assert verifier().exposure(given(*WORST[name])) == expected


def test_exposure_of_a_forged_token() -> None:
    whole = held(TOKEN)
    one, two = whole.unverified_caveats
    for caveats in ((bent(one), two), (one, bent(two))):
        with pytest.raises(SignatureError):
            verifier().exposure(Token.of(MacaroonCarrier.of(remade(whole, caveats))))


def test_as_many_caveats_as_a_macaroon_holds() -> None:
    """Links and third parties together; one more is refused where it is made."""
    token = given(READ)
    holder, other = PLANNER, SCOUT
    for _ in range(31):
        token = passed(token, holder, other)
        holder, other = other, holder
    assert len(token.unverified_links) == Limits().links
    accepted(shown(token, holder))
    refused(shown(token, holder), "limit_exceeded", 1, by=verifier(limits=Limits(links=31)))
    assert len(held(token).unverified_caveats) < MOST_CAVEATS


@pytest.mark.parametrize("most", [1, 2])
def test_limits_of_a_verifier_hold_for_macaroons(most: int) -> None:
    wire = shown(passed(TOKEN, SCOUT, HELPER), HELPER)
    refused(wire, "limit_exceeded", 1, by=verifier(limits=Limits(links=most)))
    refused(wire, "limit_exceeded", 0, by=verifier(limits=Limits(token_bytes=len(wire) - most)))
    accepted(wire, by=verifier(limits=Limits(links=3, token_bytes=len(wire))))


@settings(derandomize=True, deadline=None, max_examples=60)
@drawn(formulas(), formulas(), requests())
def test_same_caveats_same_verdict(first: Caveat, second: Caveat, request: Request) -> None:
    """Law 8: a Biscuit and a Macaroon with these caveats agree, and so does a discharge that states them."""
    verdicts = []
    for mint in (scene.given, given):
        try:
            token = passed(mint(first), PLANNER, SCOUT, second)
        except AttornError as error:
            verdicts.append(error.code)
        else:
            verdicts.append(verdict(verifier(), shown(token, SCOUT, request), request))
    assert verdicts[0] == verdicts[1]
    demanding = PLANNER.delegate(given(first), to=SCOUT.did, third_parties=[ASKED])
    stated = discharge(FRIEND, ASK, caveats=[second])
    if verdicts[0].startswith(("allowed", "denied")):
        assert verdict(verifier(), shown(demanding, SCOUT, request, discharges=[stated]), request) == verdicts[0]


def test_the_key_opens_nothing_that_alice_did_not_sign() -> None:
    """Whoever verifies can make bases and MACs, and still no link: that takes the key of a principal."""
    forged = given(by=MALLORY)
    refused(shown(forged, PLANNER), "untrusted_root", 2)
    body = forged.unverified.blocks[0].payload
    own = FIRST.unverified.blocks[0].payload
    (whole,) = opened(shown(forged, PLANNER))
    assert body != own
    caveats = (held(FIRST).unverified_caveats[0], *whole.unverified_caveats[1:])
    with pytest.raises(AttornError) as caught:
        verifier().authorize(closed(remade(whole, caveats, secret=KEY.secret)), REQUEST)
    assert caught.value.code in ("bad_signature", "malformed")
