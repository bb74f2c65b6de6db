"""Several users' authority for one action: what all of them permit, charged to all of them or to nobody."""

from __future__ import annotations

import copy
import itertools
import pickle
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.unit.approval_scene import BOSS, approved, smuggled
from tests.unit.audit_scene import SERVICE
from tests.unit.joint_scene import (
    AGENT,
    ANNA,
    BEN,
    CFO,
    READ,
    SALARIES,
    STRANGER,
    USERS,
    door,
    left,
    opened,
    shut,
    token,
    wire,
    wires,
)
from tests.unit.scene import NOW, PLANNER, Clock, draw, passed, person

from attorn import Denied, Identity, Request, Verifier, caveat, macaroon
from attorn.approval import ApprovalRequired
from attorn.audit import JsonLinesLog, Recorder, receipts
from attorn.caveat import RequiresApproval
from attorn.errors import InputError, ReplayError, UnavailableError
from attorn.keys.public import PublicKey
from attorn.revocation import revoke, suspend
from attorn.store import Charged, MemoryStore, SQLiteStore
from attorn.token.presentation import Presentation
from attorn.verify.joint import MOST
from attorn.verify.possession import Possession

DIDS = [user.did for user in USERS]


def test_what_every_user_permits_is_permitted() -> None:
    joint = opened(wires(*USERS))
    assert joint.roots == tuple(DIDS)
    assert joint.holder == AGENT.did
    assert (joint.readers, joint.repeated) == (None, False)
    assert [access.request for access in joint.accesses] == [SALARIES] * 3


def test_one_user_alone_is_as_by_the_other_call() -> None:
    by = door()
    shown = wire(token(CFO))
    (access,) = opened([shown], by=by).accesses
    assert access == door().authorize(shown, SALARIES)
    shut([shown], "replayed", 8, 1, by=by)


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_their_order_is_that_of_the_answer_and_no_more(order: tuple[int, ...]) -> None:
    assert opened([wires(*USERS)[place] for place in order]).roots == tuple(DIDS[place] for place in order)


def test_chains_of_different_lengths_and_formats() -> None:
    longer = passed(token(ANNA, to=PLANNER), PLANNER, AGENT)
    by_macaroon = token(BEN, by_macaroon=True)
    assert opened([wire(token(CFO)), wire(longer), wire(by_macaroon)]).roots == tuple(DIDS)
    refusing = token(BEN, caveat.Resources("hr://other"), by_macaroon=True)
    shut([wire(token(CFO)), wire(longer), wire(refusing)], "denied", 9, 3)


def test_another_proof_than_a_presentation_stands_for_no_user() -> None:
    class Proof(Possession):
        token = ""

        def presentation(self) -> Presentation:
            raise AssertionError("read")

        def verify(self, holder: PublicKey) -> None:
            raise AssertionError("asked")

    with pytest.raises(InputError, match="no other proofs"):
        door().authorize_all([*wires(CFO), Proof()], SALARIES)  # type: ignore[list-item]


def test_a_challenge_is_for_all_of_them() -> None:
    assert len(opened(wires(CFO, ANNA, challenge="room 7"), challenge="room 7").accesses) == 2
    shut([*wires(CFO, challenge="room 7"), *wires(ANNA)], "wrong_request", 8, 2, challenge="room 7")
    shut([*wires(CFO), *wires(ANNA, challenge="room 7")], "wrong_request", 8, 2)
    shut(wires(CFO, ANNA), "invalid_input", None, 1, challenge="")


# Who may not stand beside whom.


def test_the_same_user_does_not_count_twice() -> None:
    shown = wire(token(CFO))
    for several in ([shown, shown], wires(CFO, CFO), wires(ANNA, CFO, CFO)):
        error = shut(several, "broken_chain", 5, len(several))
        assert error.root == CFO.did


def test_another_agent_s_authority_is_not_mixed_in() -> None:
    by = door()
    others = wire(token(ANNA, to=STRANGER), STRANGER)
    mine = wire(token(CFO))
    assert shut([mine, others], "not_holder", 8, 2, by=by).root == ANNA.did
    shut([others, mine], "not_holder", 8, 2, by=by)
    assert opened([mine], by=by), "it was not used up"
    assert opened([others], by=by), "it was not used up"


def test_a_link_that_two_chains_share_is_refused() -> None:
    # Whoever delegates chooses the ids, and could have one account stand for two users' limits.
    same = Identity(PLANNER.signer, clock=Clock(), random=lambda size: b"\x05" * size)
    several = [
        wire(same.delegate(token(user, to=PLANNER), to=AGENT.did, caveats=[caveat.MaxUses(1)])) for user in (CFO, ANNA)
    ]
    shut(several, "broken_chain", 5, 2)
    assert opened(several[:1])
    assert opened(several[1:])


# One of them refuses.


def _expired() -> str:
    return wire(token(ANNA, caveat.ExpiresIn(minutes=5)))


def _forged() -> str:
    good = wire(token(ANNA))
    return good[:-10] + ("A" if good[-10] != "A" else "B") + good[-9:]


REFUSED: dict[str, tuple[Callable[[], str], str, int]] = {
    "forged": (_forged, "bad_signature", 4),
    "no token": (lambda: "hello", "malformed", 1),
    "empty": (lambda: "", "malformed", 1),
    "too long": (lambda: "A" * 200_000, "limit_exceeded", 0),
    "in transit": (lambda: token(ANNA).encode(), "not_holder", 8),
    "a root that is not trusted": (lambda: wire(token(STRANGER)), "untrusted_root", 2),
    "another audience": (lambda: wire(token(ANNA), audience="did:web:other.example"), "wrong_audience", 8),
    "another request": (
        lambda: wire(token(ANNA), request=Request(action="salaries:read", resource="hr://payroll/2025")),
        "wrong_request",
        8,
    ),
    "another action": (lambda: wire(ANNA.mint(to=AGENT.did, caveats=[caveat.Actions("pay")])), "denied", 9),
    "a caveat further down": (
        lambda: wire(passed(token(ANNA, to=PLANNER), PLANNER, AGENT, caveat.Resources("hr://other"))),
        "denied",
        9,
    ),
    "a macaroon of another server": (
        lambda: wire(
            ANNA.mint(to=AGENT.did, caveats=[READ], base=macaroon.issue(macaroon.MacKey(b"\x08" * 32), random=draw))
        ),
        "untrusted_root",
        2,
    ),
    "a budget that is too small": (lambda: wire(token(ANNA, caveat.Budget(39, "EUR"))), "denied", 9),
    "a budget of another currency": (lambda: wire(token(ANNA, caveat.Budget(99, "USD"))), "denied", 9),
    "an approval that is missing": (lambda: wire(token(ANNA, RequiresApproval(BOSS.did))), "approval_required", 9),
}


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize("name", REFUSED)
def test_what_one_refuses_all_refuse_and_nobody_is_charged(name: str, place: int) -> None:
    made, code, step = REFUSED[name]
    by = door()
    others = [token(user, caveat.MaxUses(1), caveat.Budget(40, "EUR")) for user in (CFO, BEN)]
    several = [wire(each) for each in others]
    several.insert(place, made())
    error = shut(several, code, step, place + 1, by=by)
    assert error.root == (ANNA.did if step > 5 and name != "in transit" else None)
    assert left(by, others) == [True, True]
    assert left(by, others) == [False, False]


def test_one_that_has_expired() -> None:
    clock = Clock()
    several = [
        wire(token(CFO), ttl=timedelta(minutes=9)),
        wire(token(ANNA, caveat.ExpiresIn(minutes=2)), ttl=timedelta(minutes=9)),
    ]
    clock.second += 180
    error = shut(several, "outside_validity", 6, 2, by=door(clock=clock))
    assert error.root == ANNA.did
    assert opened(several[:1], by=door(clock=clock))


def test_one_that_was_revoked_and_one_whose_user_is_suspended() -> None:
    store = MemoryStore()
    by = door(store=store)
    tokens = [token(user) for user in USERS]
    store.apply(suspend(BEN.did, by=BEN, sequence=1, clock=Clock()))
    shut([wire(each) for each in tokens], "suspended", 7, 3, by=by)
    store.apply(revoke(tokens[1], by=ANNA, clock=Clock()))
    error = shut([wire(each) for each in tokens[:2]], "revoked", 7, 2, by=by)
    assert error.root == ANNA.did
    assert opened([wire(tokens[0])], by=by)


def test_one_that_is_revoked_while_the_others_are_looked_at() -> None:
    tokens = [token(user, caveat.MaxUses(1)) for user in (CFO, ANNA)]

    class Late(MemoryStore):
        def remember(self, presentation: bytes, *, expires: int, now: int) -> bool:
            self.apply(revoke(tokens[0], by=CFO, clock=Clock()))
            return super().remember(presentation, expires=expires, now=now)

    by = door(store=Late())
    shut([wire(each) for each in tokens], "revoked", 7, 1, by=by)
    assert left(by, tokens[1:]) == [True]


def test_one_that_is_over_while_the_others_are_looked_at() -> None:
    seconds = iter([NOW, NOW, NOW + 61])
    clock = Clock()

    def moving() -> Any:
        clock.second = next(seconds)
        return clock()

    shut(wires(CFO, ANNA), "outside_validity", 6, 1, by=door(clock=moving))


def test_what_was_presented_is_used_up_once_all_are_genuine() -> None:
    by = door()
    good, denied_, forged = wire(token(CFO)), wire(token(ANNA, caveat.Resources("hr://other"))), _forged()
    shut([good, forged], "bad_signature", 4, 2, by=by)
    shut([good, denied_], "denied", 9, 2, by=by)
    shut([good], "replayed", 8, 1, by=by)
    shut([denied_], "replayed", 8, 1, by=by)


def test_one_that_was_used_before_uses_up_those_before_it() -> None:
    by = door()
    first, used, last = wires(*USERS)
    opened([used], by=by)
    shut([first, used, last], "replayed", 8, 2, by=by)
    shut([first], "replayed", 8, 1, by=by)
    assert opened([last], by=by)


# What is handed in.


@pytest.mark.parametrize("several", ["wire", b"wire", None, 7, wire(token(CFO)), object()])
def test_a_text_is_no_list(several: Any) -> None:
    shut(several, "invalid_input", None, None)


@pytest.mark.parametrize("odd", [None, 7, b"wire", ["wire"]])
def test_a_presentation_is_text(odd: Any) -> None:
    shut([wire(token(CFO)), odd], "invalid_input", None, 2)


def test_none_at_all() -> None:
    for nothing in ([], (), iter(())):
        shut(nothing, "not_holder", 0, None)
        shut(nothing, "not_holder", 0, None, audience_of=[CFO.did])


def test_at_most_so_many() -> None:
    shut(["A"] * MOST, "malformed", 1, 1)
    shut(["A"] * (MOST + 1), "limit_exceeded", 0, None)
    shut(itertools.repeat("A"), "limit_exceeded", 0, None)
    users = [person(number) for number in range(40, 40 + MOST)]
    joint = opened([wire(token(user)) for user in users], by=door(roots=[user.did for user in users]))
    assert len(joint.accesses) == MOST == 64


def _raising() -> Iterator[str]:
    yield wire(token(CFO))
    raise KeyError("no more")


def test_a_generator_will_do_unless_it_fails() -> None:
    assert opened(each for each in wires(CFO, ANNA)).roots == (CFO.did, ANNA.did)
    shut(_raising(), "unavailable", None, None)
    shut(wires(CFO), "unavailable", None, None, audience_of=_raising())


def test_a_request_is_one() -> None:
    shut(wires(CFO), "invalid_input", None, None, request="salaries:read")  # type: ignore[arg-type]
    shut([], "invalid_input", None, None, request=None)  # type: ignore[arg-type]


# Who reads it.


def test_everybody_who_reads_it_could_have_seen_it() -> None:
    joint = opened(wires(*USERS), audience_of=[BEN.did, CFO.did, BEN.did])
    assert joint.readers == {BEN.did, CFO.did}
    assert opened(wires(CFO), audience_of=iter([CFO.did])).readers == {CFO.did}


@pytest.mark.parametrize(
    "readers", [DIDS, [*DIDS[:2], STRANGER.did], [STRANGER.did], [AGENT.did], [CFO.did, PLANNER.did]]
)
def test_a_reader_without_a_chain_here_prohibits(readers: list[str]) -> None:
    by = door()
    tokens = [token(CFO, caveat.MaxUses(1)), passed(token(ANNA, caveat.MaxUses(1), to=PLANNER), PLANNER, AGENT)]
    error = shut([wire(each) for each in tokens], "denied", 9, None, by=by, audience_of=readers)
    assert isinstance(error, Denied)
    assert error.decision.denial is not None
    missing = sorted(set(readers) - {CFO.did, ANNA.did})
    assert error.decision.denial.caveat == "Readers"
    assert missing[0] in str(error)
    assert "None" not in str(error)
    assert left(by, tokens) == [True, True]


def test_how_many_are_missing_is_said() -> None:
    error = shut(wires(CFO), "denied", 9, None, audience_of=[*DIDS, STRANGER.did, PLANNER.did])
    assert "and 3 more" in str(error)


def test_a_reader_whose_chain_prohibits_it_prohibits_it() -> None:
    several = [wire(token(CFO)), wire(token(ANNA, caveat.Resources("hr://payroll/anna")))]
    assert shut(several, "denied", 9, 2, audience_of=[CFO.did, ANNA.did]).root == ANNA.did


@pytest.mark.parametrize(
    "readers",
    [
        [],
        (),
        iter(()),
        CFO.did,
        b"did:key:z",
        7,
        [None],
        [b"did"],
        ["anna"],
        [CFO.did, "did:key:zzz"],
        [CFO.did + "#1"],
    ],
)
def test_readers_are_dids_and_never_nobody(readers: Any) -> None:
    by = door()
    several = wires(CFO)
    shut(several, "invalid_input", None, None, by=by, audience_of=readers)
    assert opened(several, by=by), "it was not used up"


# Counts, budgets and approvals.


def test_every_user_pays() -> None:
    by = door()
    tokens = [token(CFO, caveat.Budget(80, "EUR")), token(ANNA, caveat.Budget(50, "EUR"))]
    opened([wire(each) for each in tokens], by=by)
    error = shut([wire(each) for each in tokens], "denied", 10, 2, by=by)
    assert error.root == ANNA.did
    assert left(by, tokens) == [True, False]


def test_a_verifier_without_a_ledger_counts_nothing() -> None:
    class Bare:
        """A store that keeps no ledger."""

        def __init__(self) -> None:
            inner = MemoryStore()
            self.remember, self.statements, self.put = inner.remember, inner.statements, inner.put

    by = door(store=Bare())
    assert opened(wires(CFO, ANNA), by=by)
    shut([*wires(CFO), wire(token(ANNA, caveat.MaxUses(1)))], "denied", 10, 2, by=by)


@pytest.mark.parametrize("answer", [None, True, Charged(repeated=True)])
def test_a_ledger_that_answers_nonsense_permits_nothing(answer: Any) -> None:
    class Odd(MemoryStore):
        def charge(self, *_: Any, **__: Any) -> Any:
            return answer

    shut([wire(token(user, caveat.MaxUses(1))) for user in USERS], "unavailable", None, None, by=door(store=Odd()))


def test_all_charges_are_one() -> None:
    asked: list[int] = []

    class Counting(MemoryStore):
        def charge(self, charges: Any, **more: Any) -> Any:
            asked.append(len(charges))
            return super().charge(charges, **more)

    tokens = [token(user, caveat.MaxUses(1), caveat.Budget(90, "EUR"), caveat.Spaced("day")) for user in USERS]
    by = door(store=Counting())
    opened([wire(each) for each in tokens], by=by)
    assert asked == [9]
    shut([wire(each) for each in tokens], "denied", 10, 1, by=by)


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
def test_many_at_once_are_charged_one_after_another(kind: str, tmp_path: Path) -> None:
    store = MemoryStore() if kind == "memory" else SQLiteStore(tmp_path / "store.db")
    by = door(store=store)
    tokens = [token(CFO, caveat.MaxUses(9)), token(ANNA, caveat.MaxUses(3)), token(BEN, caveat.Budget(240, "EUR"))]
    pairs = [(0, 1), (1, 0), (2, 1), (0, 2), (1, 2)] * 2
    shown = [[wire(tokens[place]) for place in pair] for pair in pairs]

    def used(several: list[str]) -> bool:
        try:
            by.authorize_all(several, SALARIES)
        except Denied:
            return False
        return True

    with ThreadPoolExecutor(5) as threads:
        found = list(threads.map(used, shown))
    counts = [sum(done and place in pair for pair, done in zip(pairs, found, strict=True)) for place in range(3)]
    link = [each.unverified_links[0] for each in tokens]
    accounts = [f"{each.delegator}/{each.id.hex()}/uses/total/" for each in link[:2]]
    accounts.append(f"{link[2].delegator}/{link[2].id.hex()}/EUR/total/")
    ledger = store.used(accounts)
    assert [ledger[account] for account in accounts] == [counts[0], counts[1], 40 * counts[2]]
    assert counts[1] == 3
    if isinstance(store, SQLiteStore):
        store.close()


def test_of_two_calls_that_share_presentations_at_most_one_opens() -> None:
    by = door()
    for _ in range(5):
        several = wires(CFO, ANNA, BEN)

        def used(order: list[str], by: Verifier = by) -> bool:
            try:
                by.authorize_all(order, SALARIES)
            except ReplayError:
                return False
            return True

        with ThreadPoolExecutor(2) as threads:
            assert sum(threads.map(used, [several, several[::-1]])) <= 1
        shut(several[:1], "replayed", 8, 1, by=by)


def test_uses_that_lie_apart() -> None:
    clock = Clock()
    by = door(clock=clock)
    agent = Identity(AGENT.signer, clock=clock)
    weekly, free = token(ANNA, caveat.Spaced("week")), token(CFO, caveat.MaxUses(2))
    opened([wire(free, agent), wire(weekly, agent)], by=by)
    clock.second += 86_400
    assert "before 2030" in str(shut([wire(free, agent), wire(weekly, agent)], "denied", 10, 2, by=by))
    clock.second += 7 * 86_400
    opened([wire(free, agent), wire(weekly, agent)], by=by)


def test_a_use_that_is_tried_again() -> None:
    by = door(retries=timedelta(minutes=5))
    tokens = [token(user, caveat.MaxUses(1)) for user in (CFO, ANNA)]

    def tried(*keys: str | None) -> list[str]:
        return [wire(each, idempotency_key=key) for each, key in zip(tokens, keys, strict=True)]

    assert opened(tried("one", "two"), by=by).repeated is False
    again = opened(reversed(tried("one", "two")), by=by)
    assert again.repeated is True
    assert all(access.repeated for access in again.accesses)
    shut(tried("one", "one"), "denied", 10, 1, by=by)
    shut(tried("two", "one"), "denied", 10, 1, by=by)
    shut(tried("one", None), "denied", 10, 1, by=by)
    shut(tried("one", "two")[:1], "denied", 10, 1, by=by)
    assert left(by, tokens) == [False, False]


def test_what_was_tried_for_one_pays_for_no_other() -> None:
    by = door(retries=timedelta(minutes=5))
    tokens = [token(user, caveat.MaxUses(1)) for user in (CFO, ANNA)]
    assert by.authorize(wire(tokens[0], idempotency_key="one"), SALARIES).repeated is False
    shut([wire(each, idempotency_key="one") for each in tokens], "denied", 10, 1, by=by)
    assert opened([wire(tokens[0], idempotency_key="one")], by=by).repeated is True


def test_an_approval_is_for_one_user() -> None:
    by = door()
    tokens = [token(user, RequiresApproval(BOSS.did)) for user in (CFO, ANNA)]
    words = [approved(request=SALARIES, holder=AGENT.did, root=user.did) for user in (CFO, ANNA)]

    def shown(*approvals: Any) -> list[str]:
        return [wire(each, approvals=[word]) for each, word in zip(tokens, approvals, strict=True)]

    others = smuggled(tokens[1], AGENT, words[:1], SALARIES)
    error = shut([shown(*words)[0], others], "approval_required", 9, 2, by=by)
    assert isinstance(error, ApprovalRequired)
    assert error.approval.root == ANNA.did
    assert opened(shown(*words), by=by)
    shut(shown(*words), "approval_required", 10, 1, by=by)


def test_two_approvals_of_one_name_are_one() -> None:
    signer = Identity(BOSS.signer, clock=Clock(), random=lambda size: b"\x09" * size)
    by = door()
    tokens = [token(user, RequiresApproval(BOSS.did)) for user in (CFO, ANNA)]
    words = []
    for user in (CFO, ANNA):
        asked = shut([wire(token(user, RequiresApproval(BOSS.did)))], "approval_required", 9, 1)
        assert isinstance(asked, ApprovalRequired)
        words.append(signer.approve(asked.approval))
    several = [wire(each, approvals=[word]) for each, word in zip(tokens, words, strict=True)]
    shut(several, "approval_required", 10, 2, by=by)
    assert opened([wire(tokens[0], approvals=[words[0]])], by=by), "neither was used up"


# What is told.


def test_receipts(tmp_path: Path) -> None:
    log = JsonLinesLog(tmp_path / "log")
    by = door(receipts=Recorder(log, by=SERVICE))

    def told() -> list[tuple[str, str | None, int | None, int]]:
        found = list(receipts(log, by=[SERVICE.did]))[done[0] :]
        done[0] += len(found)
        return [(each.verdict, each.root, each.step, len(each.charges)) for each in found]

    done = [0]
    tokens = [token(CFO, caveat.MaxUses(1)), token(ANNA)]
    opened([wire(each) for each in tokens], by=by)
    assert told() == [("allowed", CFO.did, None, 1), ("allowed", ANNA.did, None, 0)]
    shut([wire(each) for each in tokens], "denied", 10, 1, by=by)
    assert told() == [("denied", CFO.did, 10, 0)]
    shut([*wires(CFO), _forged()], "bad_signature", 4, 2, by=by)
    assert told() == [("bad_signature", None, 4, 0)]
    shut(wires(CFO, ANNA), "denied", 9, None, by=by, audience_of=[BEN.did])
    assert told() == [("denied", CFO.did, 9, 0), ("denied", ANNA.did, 9, 0)]
    shut(wires(ANNA, ANNA), "broken_chain", 5, 2, by=by)
    assert told() == [("broken_chain", ANNA.did, 5, 0)] * 2
    shut([], "not_holder", 0, None, by=by)
    assert told() == [("not_holder", None, 0, 0)]
    shut(["A"] * 65, "limit_exceeded", 0, None, by=by)
    assert told() == [("limit_exceeded", None, 0, 0)]
    shut("text", "invalid_input", None, None, by=by)
    assert told() == []


def test_a_ledger_that_fails_leaves_a_receipt_of_each(tmp_path: Path) -> None:
    class Broken(MemoryStore):
        def charge(self, *_: Any, **__: Any) -> Any:
            raise OSError("disk")

    log = JsonLinesLog(tmp_path / "log")
    by = door(receipts=Recorder(log, by=SERVICE), store=Broken())
    shut([wire(token(user, caveat.MaxUses(1))) for user in (CFO, ANNA)], "unavailable", None, None, by=by)
    assert [each.verdict for each in receipts(log, by=[SERVICE.did])] == ["unavailable"] * 2


def test_no_receipt_no_access() -> None:
    class Failing:
        def record(self, draft: Any) -> Any:
            del draft
            raise KeyError("no such log")

    with pytest.raises(UnavailableError, match="KeyError"):
        door(receipts=Failing()).authorize_all(wires(CFO, ANNA), SALARIES)


def test_an_error_says_whose_chain_it_was_when_it_is_copied_too() -> None:
    error = shut([*wires(CFO), wire(token(ANNA, caveat.MaxUses(1), caveat.Resources("hr://other")))], "denied", 9, 2)
    for again in (copy.copy(error), pickle.loads(pickle.dumps(error))):
        assert (again.presentation, again.root, str(again)) == (2, ANNA.did, str(error))
    with pytest.raises(Denied) as alone:
        door().authorize(wire(token(ANNA, caveat.Resources("hr://other"))), SALARIES)
    assert (alone.value.presentation, alone.value.root) == (None, None)


def test_an_argument_of_the_wrong_kind_is_the_caller_s_mistake() -> None:
    with pytest.raises(InputError, match="a list of DIDs"):
        door().authorize_all(wires(CFO), SALARIES, audience_of=CFO.did)
    with pytest.raises(UnavailableError, match="list of presentations failed with KeyError"):
        door().authorize_all(_raising(), SALARIES)
    with pytest.raises(InputError, match="one for each user"):
        door().authorize_all("wire", SALARIES)
