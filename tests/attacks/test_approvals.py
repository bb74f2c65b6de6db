"""Attacks on approvals: used twice, for something else, by somebody else, out of time, forged, moved, swapped."""

from __future__ import annotations

import copy
import pickle
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.unit.approval_scene import (
    ALICE,
    AUDIENCE,
    BOSS,
    BY_BOSS,
    CHIEF,
    FORMATS,
    MALLORY,
    NOW,
    PAY,
    PLANNER,
    SCOUT,
    THIRD,
    Money,
    Store,
    approved,
    asked_of,
    door,
    lacks,
    minted,
    smuggled,
)
from tests.unit.scene import Answering, Clock, accepted, denied, document, passed, person, refused, shown

from attorn import AttornError, Identity, Request, Token, Verifier, caveat
from attorn.approval import Approval, ApprovalRequest, ApprovalRequired, approve
from attorn.canonical import canonicalise, parse
from attorn.caveat import RequiresApproval
from attorn.did.resolver import LocalResolver, StaticResolver
from attorn.encoding import base64url_decode, base64url_encode
from attorn.errors import InputError, UnavailableError
from attorn.keys.signer import Ed25519Signer
from attorn.macaroon import MacKey, ThirdParty
from attorn.revocation import deprovision, resume, revoke, suspend
from attorn.store import MemoryStore, SQLiteStore
from attorn.token.discharge import discharge

OTHER = Request(action="pay:out", resource="shop://store/orders/7", args={"amount": 121, "to": "bob"})
both = pytest.mark.parametrize("form", FORMATS)


def respelt(approval: Approval, **changed: Any) -> str:
    """Its text with other members, canonical as ever."""
    members = parse(base64url_decode(approval.encode()))
    assert isinstance(members, dict)
    return base64url_encode(canonicalise({**members, **changed}))


def opens(token: Token, *approvals: Approval, by: Verifier | None = None, holder: Identity = PLANNER) -> None:
    accepted(shown(token, holder, PAY, approvals=list(approvals)), by=by or door(), request=PAY)


@both
def test_without_an_approval_and_with_one(form: str) -> None:
    token = minted(form, BY_BOSS)
    by = door()
    error = lacks(shown(token, PLANNER, PAY), by=by)
    accepted(shown(token, PLANNER, PAY, approvals=[BOSS.approve(error.approval)]), by=by, request=PAY)


@both
def test_what_asks_for_it_is_ready(form: str) -> None:
    error = lacks(shown(minted(form, RequiresApproval([BOSS.did, CHIEF.did, THIRD.did], 2)), PLANNER, PAY))
    assert isinstance(error.approval, ApprovalRequest)
    assert error.approval == ApprovalRequest(
        approvers=(BOSS.did, CHIEF.did, THIRD.did),
        threshold=2,
        audience=AUDIENCE,
        root=ALICE.did,
        holder=PLANNER.did,
        request=PAY,
    )
    for part in (BOSS.did, CHIEF.did, "link 1", "none of them approved, 2 too few"):
        assert part in str(error)


@pytest.mark.parametrize("again", [copy.deepcopy, lambda error: pickle.loads(pickle.dumps(error))])
def test_what_asks_for_it_can_be_handed_to_another_process(again: Any) -> None:
    error = lacks(shown(minted("biscuit", BY_BOSS), PLANNER, PAY))
    copied = again(error)
    assert (type(copied), copied.decision, copied.approval) == (ApprovalRequired, error.decision, error.approval)
    assert copied.approval.encode() == error.approval.encode()


@both
def test_used_twice(form: str) -> None:
    token, approval, by = minted(form, BY_BOSS), approved(), door()
    opens(token, approval, by=by)
    error = lacks(shown(token, PLANNER, PAY, approvals=[approval]), step=10, by=by)
    assert "used before" in str(error)
    assert error.approval == asked_of(BOSS)
    opens(token, BOSS.approve(error.approval), by=by)


@both
def test_used_with_another_chain_of_the_same_people(form: str) -> None:
    approval, by = approved(), door()
    opens(minted(form, BY_BOSS), approval, by=by)
    for other in FORMATS:
        lacks(shown(minted(other, BY_BOSS), PLANNER, PAY, approvals=[approval]), step=10, by=by)


@both
def test_the_same_presentation_twice(form: str) -> None:
    wire, by = shown(minted(form, BY_BOSS), PLANNER, PAY, approvals=[approved()]), door()
    accepted(wire, by=by, request=PAY)
    refused(wire, "replayed", 8, by=by, request=PAY)


@both
def test_one_use_however_many_try_at_once(form: str, tmp_path: Path) -> None:
    """Two verifiers that share a store, eight threads, one approval."""
    token, approval = minted(form, BY_BOSS), approved()
    stores = [SQLiteStore(tmp_path / "store.db") for _ in range(2)]
    doors = [door(store=store) for store in stores]
    wires = [shown(token, PLANNER, PAY, approvals=[approval]) for _ in range(8)]
    start = threading.Barrier(8)
    outcomes: list[str] = []

    def use(number: int) -> None:
        start.wait()
        try:
            doors[number % 2].authorize(wires[number], PAY)
            outcomes.append("allowed")
        except AttornError as error:
            outcomes.append(error.code)

    threads = [threading.Thread(target=use, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for store in stores:
        store.close()
    assert sorted(outcomes) == ["allowed"] + ["approval_required"] * 7


ELSEWHERE: dict[str, dict[str, Any]] = {
    "request": {"request": OTHER},
    "action": {"request": Request(action="pay:in", resource=PAY.resource, args=dict(PAY.args))},
    "cost": {"request": Request(action=PAY.action, resource=PAY.resource, args=dict(PAY.args), cost=Money(1, "EUR"))},
    "audience": {"at": "did:web:other.example"},
    "holder": {"holder": MALLORY.did},
    "delegator": {"holder": ALICE.did},
    "root": {"root": MALLORY.did},
}


@both
@pytest.mark.parametrize("name", ELSEWHERE)
def test_for_something_else(form: str, name: str) -> None:
    token, approval = minted(form, BY_BOSS), approved(**ELSEWHERE[name])
    lacks(smuggled(token, PLANNER, [approval]))
    with pytest.raises(InputError, match="about another"):
        shown(token, PLANNER, PAY, approvals=[approval])


@both
@pytest.mark.parametrize(
    ("issued", "good"),
    [
        (NOW, True),
        (NOW - 299, True),
        (NOW - 300, False),
        (NOW - 100_000, False),
        (NOW + 60, True),
        (NOW + 61, False),
        (NOW + 100_000, False),
    ],
)
def test_out_of_its_time(form: str, issued: int, good: bool) -> None:
    token, approval = minted(form, BY_BOSS), approved(second=issued)
    if good:
        opens(token, approval)
    else:
        lacks(shown(token, PLANNER, PAY, approvals=[approval]))


@both
@pytest.mark.parametrize("who", [MALLORY, PLANNER, ALICE, CHIEF], ids=["mallory", "holder", "root", "chief"])
def test_by_somebody_who_is_not_asked(form: str, who: Identity) -> None:
    lacks(shown(minted(form, BY_BOSS), PLANNER, PAY, approvals=[approved(who)]))


@both
def test_a_strangers_approval_is_not_even_verified(form: str) -> None:
    """Nobody can make a verifier resolve a DID of their choice."""
    away = replace(approved(), by="did:web:stranger.example")
    lacks(shown(minted(form, BY_BOSS), PLANNER, PAY, approvals=[away]))
    opens(minted(form, BY_BOSS), away, approved())


@both
def test_by_the_holder_or_the_user_where_they_are_named(form: str) -> None:
    for who in (PLANNER, ALICE):
        opens(minted(form, RequiresApproval(who.did)), approved(who))


@both
@pytest.mark.parametrize(
    "several",
    [[BOSS], [BOSS, BOSS], [CHIEF, CHIEF, CHIEF], [BOSS, MALLORY], [MALLORY, PLANNER]],
    ids=["one", "twice", "thrice", "with-a-stranger", "strangers"],
)
def test_too_few_of_them(form: str, several: Sequence[Identity]) -> None:
    token = minted(form, RequiresApproval([BOSS.did, CHIEF.did, THIRD.did], 2))
    approvals = [approved(who) for who in several]
    error = lacks(shown(token, PLANNER, PAY, approvals=approvals))
    real = {who.did for who in several} & {BOSS.did, CHIEF.did}
    assert error.approval.threshold == 2 - len(real)
    assert set(error.approval.approvers) == {BOSS.did, CHIEF.did, THIRD.did} - real


@both
def test_as_many_as_are_asked_and_no_more_are_used_up(form: str) -> None:
    by = door()
    token = minted(form, RequiresApproval([BOSS.did, CHIEF.did, THIRD.did], 2))
    first, second, third = approved(BOSS), approved(CHIEF), approved(THIRD)
    opens(token, first, second, third, by=by)
    error = lacks(shown(token, PLANNER, PAY, approvals=[third, second]), step=10, by=by)
    assert error.approval.approvers == tuple(sorted((BOSS.did, CHIEF.did)))
    assert error.approval.threshold == 1
    opens(token, third, approved(BOSS), by=by)


@both
def test_two_approvers_may_choose_the_same_id(form: str) -> None:
    """An id is its approver's: nobody can make another's approval look used by choosing the same one."""
    by, same = door(), bytes(16)
    first, second = (
        replace(each, signature=who.signer.sign(each.statement()))
        for who in (BOSS, CHIEF)
        for each in (replace(approved(who), id=same),)
    )
    opens(minted(form, RequiresApproval([BOSS.did, CHIEF.did], 2)), first, second, by=by)
    opens(minted(form, BY_BOSS), approved(), by=by)


@both
def test_of_two_by_one_approver_one_is_used(form: str) -> None:
    by, token = door(), minted(form, BY_BOSS)
    first, second = approved(), approved()
    opens(token, first, second, by=by)
    opens(token, first, second, by=by)
    for several in ([first, second], [second, first], [second]):
        error = lacks(shown(token, PLANNER, PAY, approvals=several), step=10, by=by)
        assert error.approval == asked_of(BOSS)


@both
def test_one_that_was_used_hides_no_good_one(form: str) -> None:
    """Whatever travels beside what suffices changes nothing, in any order."""
    one, two = RequiresApproval([BOSS.did, CHIEF.did]), RequiresApproval([BOSS.did, CHIEF.did, THIRD.did], 2)
    for limits, needed in (([one], 1), ([two], 2), ([two, one], 2), ([one, two], 2)):
        by, token = door(), minted(form, *limits)
        used = approved(BOSS)
        opens(minted(form, BY_BOSS), used, by=by)
        fresh = [approved(CHIEF), approved(THIRD)][:needed]
        error = lacks(shown(token, PLANNER, PAY, approvals=[used, *fresh[:-1]]), step=10, by=by)
        for turn in range(needed + 1):
            others = [approved(CHIEF), approved(THIRD)][:needed]
            opens(token, *others[:turn], used, *others[turn:], by=by)
        opens(token, used, *error_free(error), *fresh[:-1], by=by)


def error_free(error: Any) -> list[Approval]:
    """What those who are asked, and only they, sign of what is missing."""
    people = {person.did: person for person in (BOSS, CHIEF, THIRD)}
    asked = error.approval
    return [people[did].approve(asked) for did in asked.approvers[: asked.threshold]]


@both
def test_who_has_approved_is_not_asked_again(form: str) -> None:
    by, token = door(), minted(form, RequiresApproval([BOSS.did, CHIEF.did, THIRD.did], 2))
    used, fresh = approved(BOSS), approved(CHIEF)
    opens(minted(form, BY_BOSS), used, by=by)
    for several in ([used, fresh], [fresh, used]):
        error = lacks(shown(token, PLANNER, PAY, approvals=several), step=10, by=by)
        assert error.approval.approvers == tuple(sorted((BOSS.did, THIRD.did)))
        assert error.approval.threshold == 1


@both
def test_all_that_were_used_are_asked_for_anew(form: str) -> None:
    by, token = door(), minted(form, RequiresApproval([BOSS.did, CHIEF.did], 2))
    several = [approved(BOSS), approved(CHIEF)]
    opens(token, *several, by=by)
    error = lacks(shown(token, PLANNER, PAY, approvals=several), step=10, by=by)
    assert error.approval.threshold == 2
    assert set(error.approval.approvers) == {BOSS.did, CHIEF.did}


class Counting:
    """A resolver that counts how often it is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def resolve(self, did: str) -> Any:
        self.asked.append(did)
        return LocalResolver().resolve(did)


@both
def test_each_approver_is_resolved_once(form: str) -> None:
    resolver = Counting()
    token = minted(form, RequiresApproval([BOSS.did, CHIEF.did], 2))
    by = door(resolver=resolver, cache=0)
    lacks(shown(token, PLANNER, PAY), by=by)
    before = len(resolver.asked)
    opens(token, *[approved(BOSS) for _ in range(4)], *[approved(CHIEF) for _ in range(4)], by=by)
    assert sorted(resolver.asked[2 * before :]) == sorted((BOSS.did, CHIEF.did))


@both
def test_more_by_one_than_are_ever_of_use(form: str) -> None:
    for who, token in ((BOSS, minted(form, BY_BOSS)), (MALLORY, minted(form))):
        several = [approved(who) for _ in range(5)]
        refused(smuggled(token, PLANNER, several), "limit_exceeded", 9, by=door(), request=PAY)
        with pytest.raises(InputError, match="at most 4 by one DID"):
            shown(token, PLANNER, PAY, approvals=several)
        opens(token, *several[1:])


@both
def test_once_used_it_takes_nobody_along(form: str) -> None:
    """An approval that is refused at step 10 leaves the others unused."""
    by = door()
    token = minted(form, RequiresApproval([BOSS.did, CHIEF.did], 2))
    used, fresh = approved(BOSS), approved(CHIEF)
    opens(minted(form, BY_BOSS), used, by=by)
    lacks(shown(token, PLANNER, PAY, approvals=[fresh, used]), step=10, by=by)
    opens(token, fresh, approved(BOSS), by=by)


@both
def test_where_a_limit_and_an_approval_both_have_no_room_the_limit_says_so(form: str) -> None:
    """Whoever asked for another approval would have it approved in vain."""
    token, used, by = minted(form, BY_BOSS, caveat.MaxUses(1)), approved(), door()
    opens(token, used, by=by)
    denied(shown(token, PLANNER, PAY, approvals=[used]), 10, 1, by=by, request=PAY)
    denied(shown(token, PLANNER, PAY, approvals=[approved()]), 10, 1, by=by, request=PAY)


FORGED: dict[str, tuple[Callable[[Approval], Approval | str], str]] = {
    "by-another": (lambda a: replace(a, signature=MALLORY.signer.sign(a.statement())), "bad_signature"),
    "by-the-holder": (lambda a: replace(a, signature=PLANNER.signer.sign(a.statement())), "bad_signature"),
    "digest": (lambda a: replace(a, digest=OTHER.digest()), "bad_signature"),
    "holder": (lambda a: replace(a, holder=MALLORY.did), "bad_signature"),
    "longer": (lambda a: replace(a, expires=a.expires + 60), "bad_signature"),
    "another-id": (lambda a: replace(a, id=bytes(16)), "bad_signature"),
    "name": (lambda a: replace(approved(CHIEF), by=a.by), "bad_signature"),
    "signature-of-nothing": (lambda a: replace(a, signature=bytes(64)), "bad_signature"),
    **{
        f"signature-of-{size}-bytes": (
            lambda a, size=size: respelt(a, signature=base64url_encode(bytes(size))),
            "malformed",
        )
        for size in (0, 63, 65)
    },
    "revocation": (lambda a: revoke(bytes(16), by=BOSS, clock=Clock()).encode(), "malformed"),
    "what-asks": (lambda a: asked_of(BOSS).encode(), "malformed"),
    "empty": (lambda a: "", "malformed"),
    "garbage": (lambda a: "!", "malformed"),
    "padded": (lambda a: a.encode() + "=", "malformed"),
    "spaced": (lambda a: base64url_encode(base64url_decode(a.encode()) + b" "), "malformed"),
}


@both
@pytest.mark.parametrize("name", FORGED)
def test_forged(form: str, name: str) -> None:
    forge, code = FORGED[name]
    token = minted(form, BY_BOSS)
    refused(smuggled(token, PLANNER, [forge(approved())]), code, 9, by=door(), request=PAY)
    # A good one beside it makes it no better.
    refused(smuggled(token, PLANNER, [approved(), forge(approved())]), code, 9, by=door(), request=PAY)


@both
def test_the_same_one_twice_in_a_presentation(form: str) -> None:
    token, approval = minted(form, RequiresApproval([BOSS.did, CHIEF.did], 2)), approved()
    code, step = ("malformed", 9) if form == "biscuit" else ("broken_chain", 5)
    refused(smuggled(token, PLANNER, [approval, approval]), code, step, by=door(), request=PAY)
    # Signed twice under one id, it is one approval as well.
    again = replace(approval, expires=approval.expires - 1)
    twin = replace(again, signature=BOSS.signer.sign(again.statement()))
    refused(smuggled(token, PLANNER, [approval, twin]), "malformed", 9, by=door(), request=PAY)
    with pytest.raises(InputError, match="twice"):
        shown(token, PLANNER, PAY, approvals=[approval, approval])
    with pytest.raises(InputError, match="twice"):
        shown(token, PLANNER, PAY, approvals=[approval, twin])


@both
def test_a_thief_moves_it_to_a_presentation_of_its_own(form: str) -> None:
    """Scout sees planner's approval, and may make the very same request itself."""
    approval = approved()
    lacks(smuggled(minted(form, BY_BOSS, to=SCOUT), SCOUT, [approval]))
    below = passed(minted(form, BY_BOSS), PLANNER, SCOUT)
    lacks(smuggled(below, SCOUT, [approval]))
    opens(minted(form, BY_BOSS), approval)


@both
def test_a_server_that_saw_it_cannot_use_it_up(form: str) -> None:
    """Nobody but the holder can spend it: mallory presents it with a chain of her own, and it is still good."""
    by = door(roots=[ALICE.did, MALLORY.did])
    approval = approved()
    lacks(smuggled(minted(form, BY_BOSS, to=MALLORY, by=MALLORY), MALLORY, [approval]), by=by)
    opens(minted(form, BY_BOSS), approval, by=by)


def test_an_approval_cut_from_a_presentation_breaks_it() -> None:
    token = minted("biscuit", BY_BOSS)
    wire = smuggled(token, PLANNER, [approved()])
    data = base64url_decode(wire)
    other = data.replace(approved().encode()[:40].encode(), b"A" * 40)
    assert other != data
    refused(base64url_encode(other), "bad_signature", 4, by=door(), request=PAY)


@both
def test_several_links_ask(form: str) -> None:
    by = door()
    first = minted(form, RequiresApproval(BOSS.did, when=caveat.Range("amount", 100)), to=PLANNER)
    second = passed(first, PLANNER, SCOUT, RequiresApproval([BOSS.did, CHIEF.did]), RequiresApproval(CHIEF.did))

    def ask(*who: Identity) -> str:
        return shown(second, SCOUT, PAY, approvals=[approved(each, holder=SCOUT.did) for each in who])

    lacks(ask(), 1, by=by)
    lacks(ask(CHIEF), 1, by=by)
    lacks(ask(BOSS), 2, by=by)
    accepted(ask(BOSS, CHIEF), by=by, request=PAY)


@both
def test_one_approval_serves_every_link_that_asks_for_it(form: str) -> None:
    by = door()
    token = passed(minted(form, BY_BOSS), PLANNER, SCOUT, BY_BOSS, RequiresApproval([BOSS.did, CHIEF.did]))
    approval = approved(holder=SCOUT.did)
    access = accepted(shown(token, SCOUT, PAY, approvals=[approval]), by=by, request=PAY)
    assert access.holder == SCOUT.did
    lacks(shown(token, SCOUT, PAY, approvals=[approval]), 1, step=10, by=by)


def test_a_third_party_that_asks_for_it() -> None:
    """What a discharge demands holds for the link that asked for the third party."""
    friend, by = ThirdParty(MacKey(b"\x08" * 32), b"is this all right?"), door()
    first = minted("macaroon")
    token = PLANNER.delegate(first, to=SCOUT.did, third_parties=[friend])
    asking = discharge(friend.key, friend.identifier, caveats=[RequiresApproval(BOSS.did), RequiresApproval(CHIEF.did)])
    approvals = [approved(who, holder=SCOUT.did) for who in (BOSS, CHIEF)]
    lacks(shown(token, SCOUT, PAY, discharges=[asking]), 2, by=by)
    error = lacks(shown(token, SCOUT, PAY, discharges=[asking], approvals=approvals[:1]), 2, by=by)
    assert error.approval == asked_of(CHIEF, holder=SCOUT.did)
    accepted(shown(token, SCOUT, PAY, discharges=[asking], approvals=approvals), by=by, request=PAY)
    lacks(shown(token, SCOUT, PAY, discharges=[asking], approvals=approvals), 2, step=10, by=by)


@both
def test_where_none_is_needed_none_is_used(form: str) -> None:
    by = door()
    token = minted(form, RequiresApproval(BOSS.did, when=caveat.Range("amount", 1000)))
    approval = approved()
    opens(token, approval, by=by)
    opens(minted(form, BY_BOSS), approval, by=by)


@both
def test_where_nobody_asks_it_must_still_be_an_approval(form: str) -> None:
    token = minted(form)
    refused(smuggled(token, PLANNER, ["AAAA"]), "malformed", 9, by=door(), request=PAY)
    accepted(smuggled(token, PLANNER, [approved(MALLORY)]), by=door(), request=PAY)


@both
def test_nobody_is_asked_to_approve_what_is_prohibited_anyway(form: str) -> None:
    token = minted(form, BY_BOSS, caveat.Range("amount", None, 100))
    denied(shown(token, PLANNER, PAY), 9, 1, by=door(), request=PAY)
    denied(smuggled(token, PLANNER, [approved()]), 9, 1, by=door(), request=PAY)
    # Nor does a forged approval change what is said.
    denied(smuggled(token, PLANNER, [replace(approved(), signature=bytes(64))]), 9, 1, by=door(), request=PAY)


@both
def test_a_budget_that_is_spent_leaves_the_approval_unused(form: str) -> None:
    by = door()
    small = minted(form, BY_BOSS, caveat.MaxUses(1))
    opens(small, approved(), by=by)
    approval = approved()
    denied(shown(small, PLANNER, PAY, approvals=[approval]), 10, 1, by=by, request=PAY)
    opens(minted(form, BY_BOSS), approval, by=by)


@both
def test_an_approval_that_is_used_leaves_the_budget_alone(form: str) -> None:
    by = door()
    used = approved()
    opens(minted(form, BY_BOSS), used, by=by)
    token = minted(form, BY_BOSS, caveat.MaxUses(1))
    lacks(shown(token, PLANNER, PAY, approvals=[used]), step=10, by=by)
    opens(token, approved(), by=by)


@both
def test_a_retry_needs_its_approval_and_uses_it_once(form: str) -> None:
    clock = Clock()
    by = door(retries=timedelta(minutes=10), clock=clock)
    token, approval = minted(form, BY_BOSS, caveat.MaxUses(1)), approved()

    def tried(*approvals: Approval, key: str = "order-7") -> Any:
        return shown(token, PLANNER, PAY, approvals=list(approvals), idempotency_key=key)

    assert accepted(tried(approval), by=by, request=PAY).repeated is False
    assert accepted(tried(approval), by=by, request=PAY).repeated is True
    lacks(tried(), by=by)
    fresh = approved()
    assert accepted(tried(fresh), by=by, request=PAY).repeated is True
    # Another key is another use.
    refused(tried(approval, key="order-8"), "denied", 10, by=by, request=PAY)
    # The approval of a retry was not used up.
    opens(minted(form, BY_BOSS), fresh, by=by)


@both
def test_cleared_twice(form: str) -> None:
    wire = shown(minted(form, BY_BOSS), PLANNER, PAY, approvals=[approved()])
    verified = door().verify(wire, PAY)
    verified.clear()
    with pytest.raises(ApprovalRequired, match="used before"):
        verified.clear()


@both
def test_an_approval_that_ends_before_it_is_cleared(form: str) -> None:
    clock = Clock(NOW)
    by = door(clock=clock)
    holder = Identity(PLANNER.signer, clock=clock)
    approval = approved(second=NOW - 290)
    verified = by.verify(shown(minted(form, BY_BOSS), holder, PAY, approvals=[approval]), PAY)
    clock.second = NOW + 10
    with pytest.raises(ApprovalRequired):
        verified.clear()


@both
def test_a_verifier_without_a_ledger_prohibits(form: str) -> None:
    """Without asking anybody: every approval would be refused."""
    by = door(store=Store())
    for approvals in ([], [approved()], [approved(MALLORY)]):
        error = denied(shown(minted(form, BY_BOSS), PLANNER, PAY, approvals=approvals), 9, 1, by=by, request=PAY)
        assert "no ledger" in str(error)
    refused(smuggled(minted(form, BY_BOSS), PLANNER, ["AAAA"]), "malformed", 9, by=by, request=PAY)
    token = minted(form, RequiresApproval(BOSS.did, when=caveat.Range("amount", 1000)))
    accepted(shown(token, PLANNER, PAY), by=by, request=PAY)
    accepted(shown(minted(form), PLANNER, PAY), by=by, request=PAY)


class Failing(MemoryStore):
    """A store that fails where it is told to."""

    def __init__(self, what: str) -> None:
        super().__init__()
        self.what = what
        self.asked = 0

    def statements(self, wanted: Any, *, by: Any = None) -> Any:
        self.asked += 1
        if self.what == "statements" and self.asked == 2:
            raise OSError("down")
        return "nonsense" if self.what == "answer" and self.asked == 2 else super().statements(wanted, by=by)

    def charge(self, charges: Any, *, now: int, retry: Any = None) -> Any:
        if self.what == "charge":
            raise OSError("down")
        return super().charge(charges, now=now, retry=retry)

    def used(self, accounts: Any) -> Any:
        if self.what == "used":
            raise OSError("down")
        return "nonsense" if self.what == "used nonsense" else super().used(accounts)


@both
@pytest.mark.parametrize("what", ["statements", "answer", "charge", "used", "used nonsense"])
def test_a_store_that_is_down(form: str, what: str) -> None:
    wire = shown(minted(form, BY_BOSS), PLANNER, PAY, approvals=[approved()])
    refused(wire, "unavailable", None, by=door(store=Failing(what)), request=PAY)


WEB = "did:web:boss.example"


def _web() -> tuple[Approval, Ed25519Signer]:
    signer = Ed25519Signer.from_seed(b"\x21" * 32)
    boss = Identity(signer, did=WEB, resolver=StaticResolver({WEB: document(WEB, signer.public_key)}), clock=Clock())
    return boss.approve(
        ApprovalRequest(
            approvers=(WEB,), threshold=1, audience=AUDIENCE, root=ALICE.did, holder=PLANNER.did, request=PAY
        )
    ), signer


@both
def test_an_approver_that_must_be_resolved(form: str) -> None:
    approval, signer = _web()
    token = minted(form, RequiresApproval(WEB))
    wire = [shown(token, PLANNER, PAY, approvals=[approval]) for _ in range(4)]
    refused(wire[0], "unresolved_principal", 9, by=door(), request=PAY)
    refused(wire[1], "unavailable", None, by=door(resolver=Answering(UnavailableError("down"))), request=PAY)
    rotated = StaticResolver({WEB: document(WEB, ALICE.signer.public_key)})
    refused(wire[2], "bad_signature", 9, by=door(resolver=rotated), request=PAY)
    accepted(wire[3], by=door(resolver=StaticResolver({WEB: document(WEB, signer.public_key)})), request=PAY)


@both
def test_an_approver_that_is_suspended_or_gone(form: str) -> None:
    token = minted(form, BY_BOSS)
    said = {
        "by itself": [suspend(BOSS.did, by=BOSS, clock=Clock())],
        "by an authority": [suspend(BOSS.did, by=CHIEF, clock=Clock())],
        "for good": [deprovision(BOSS.did, by=CHIEF, clock=Clock())],
    }
    for entries in said.values():
        store = MemoryStore()
        for entry in entries:
            store.apply(entry)
        lacks(shown(token, PLANNER, PAY, approvals=[approved()]), by=door(store=store, authorities=[CHIEF.did]))


@both
def test_whose_word_about_an_approver_does_not_count(form: str) -> None:
    token = minted(form, BY_BOSS)
    store = MemoryStore()
    for who in (MALLORY, PLANNER, ALICE):
        store.apply(suspend(BOSS.did, by=who, clock=Clock()))
    opens(token, approved(), by=door(store=store))
    store.apply(suspend(BOSS.did, by=BOSS, clock=Clock()))
    lacks(shown(token, PLANNER, PAY, approvals=[approved()]), by=door(store=store))
    store.apply(resume(BOSS.did, by=BOSS, clock=Clock(NOW + 1)))
    opens(token, approved(), by=door(store=store))


@both
def test_one_approver_cannot_silence_another(form: str) -> None:
    store = MemoryStore()
    store.apply(suspend(BOSS.did, by=CHIEF, clock=Clock()))
    opens(minted(form, RequiresApproval([BOSS.did, CHIEF.did], 2)), approved(), approved(CHIEF), by=door(store=store))


@both
def test_more_than_travel(form: str) -> None:
    token, others = minted(form, BY_BOSS), [approved(person(number)) for number in range(30, 45)]
    opens(token, *others, approved())
    with pytest.raises(InputError, match="at most 16"):
        shown(token, PLANNER, PAY, approvals=[*others, approved(), approved()])
    if form == "biscuit":
        wire = smuggled(token, PLANNER, [*others, approved(), approved()])
        refused(wire, "limit_exceeded", 1, by=door(), request=PAY)


@pytest.mark.parametrize("approvals", [None, "x", [None], [7], ["x"], {}, [asked_of(BOSS)]])
def test_only_approvals_travel(approvals: Any) -> None:
    with pytest.raises(InputError, match="approvals"):
        shown(minted("biscuit", BY_BOSS), PLANNER, PAY, approvals=approvals)


@both
def test_a_chain_that_is_remembered_asks_every_time(form: str) -> None:
    token, by = minted(form, BY_BOSS), door(cache=8)
    for _ in range(3):
        lacks(shown(token, PLANNER, PAY), by=by)
        opens(token, approved(), by=by)


@both
def test_a_use_that_is_unknown_needs_approval(form: str) -> None:
    token = minted(form, RequiresApproval(BOSS.did, when=caveat.Range("amount", 100)))
    for args in ({}, {"amount": "5"}, {"amount": None}, {"amount": [5]}, {"Amount": 5}):
        request = Request(action="pay:out", resource="shop://store/orders/7", args=args)
        lacks(shown(token, PLANNER, request), request=request)
    small = Request(action="pay:out", resource="shop://store/orders/7", args={"amount": 99})
    accepted(shown(token, PLANNER, small), by=door(), request=small)


def test_an_approver_cannot_be_made_to_sign_another_request() -> None:
    """Whoever hands on what asks can change it, and then it says so to whoever reads it."""
    asked = asked_of(BOSS)
    other = replace(asked, request=OTHER)
    assert asked.message() != other.message()
    assert asked.code != other.code
    approval = approve(ApprovalRequest.decode(other.encode()), by=BOSS, clock=Clock())
    lacks(smuggled(minted("biscuit", BY_BOSS), PLANNER, [approval]))
