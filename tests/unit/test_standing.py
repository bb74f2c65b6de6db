"""Step 7: who may suspend, resume and end whom, and how fresh a list must be. Nobody else's word counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from tests.unit.scene import (
    ALICE,
    AUDIENCE,
    HELPER,
    MALLORY,
    NOW,
    PLANNER,
    READ,
    REQUEST,
    SCOUT,
    Clock,
    accepted,
    given,
    passed,
    person,
    refused,
    shown,
    verifier,
)

from attorn import Denied, Identity, Limits, Token, Verifier, caveat
from attorn.caveat import FreshList
from attorn.engine import StockEngine
from attorn.errors import DeprovisionedError, InputError, RollbackError, UnavailableError
from attorn.revocation import LifecycleEntry, Roll, deprovision, enrol, resume, revoke, suspend
from attorn.statement import FINAL, Kind, Statement
from attorn.store import MemoryStore

AUTHORITY, STRANGER = person(50), person(51)
# alice -> planner -> scout -> helper, and beside it alice -> planner -> mallory.
FIRST = given(READ)
SECOND = passed(FIRST, PLANNER, SCOUT)
THIRD = passed(SECOND, SCOUT, HELPER)
BESIDE = passed(FIRST, PLANNER, MALLORY)
HOLDERS = {FIRST: PLANNER, SECOND: SCOUT, THIRD: HELPER, BESIDE: MALLORY}
PEOPLE = {
    "alice": ALICE, "planner": PLANNER, "scout": SCOUT, "helper": HELPER, "mallory": MALLORY,
    "authority": AUTHORITY, "stranger": STRANGER,
}  # fmt: skip
ABOVE = {"alice": [], "planner": ["alice"], "scout": ["alice", "planner"], "helper": ["alice", "planner", "scout"]}
THROUGH = {
    "alice": (FIRST, SECOND, THIRD, BESIDE),
    "planner": (FIRST, SECOND, THIRD, BESIDE),
    "scout": (SECOND, THIRD),
    "helper": (THIRD,),
}
"""The chains that each principal is part of."""
EVENTS = {"suspended": suspend, "deprovisioned": deprovision}


class Door:
    """A verifier, remembering chains or not, that has seen every chain before anything was said."""

    def __init__(self, cache: int, **changed: Any) -> None:
        self.store = MemoryStore()
        self.clock = Clock()
        usual = {"store": self.store, "clock": self.clock, "cache": cache, "authorities": [AUTHORITY.did]}
        self.by: Verifier = verifier(**{**usual, **changed})
        if cache:
            self.lets(*HOLDERS)

    def hears(self, *said: Any) -> Door:
        for each in said:
            self.store.apply(each)
        return self

    def lets(self, *tokens: Token) -> None:
        for token in tokens:
            accepted(shown(token, HOLDERS[token]), by=self.by)

    def refuses(self, code: str, *tokens: Token) -> None:
        for token in tokens:
            refused(shown(token, HOLDERS[token]), code, 7, by=self.by)

    def refuses_only(self, code: str, *tokens: Token) -> None:
        self.refuses(code, *tokens)
        self.lets(*(token for token in HOLDERS if token not in tokens))


@pytest.fixture(params=[1024, 0], ids=["cached", "uncached"])
def door(request: pytest.FixtureRequest) -> Door:
    return Door(request.param)


ENTITLED = [(about, by) for about, above in ABOVE.items() for by in (about, *above, "authority")]
OTHERS = [(about, by) for about in ABOVE for by in PEOPLE if (about, by) not in ENTITLED]


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize(("about", "by"), ENTITLED)
def test_by_itself_by_those_above_and_by_an_authority(door: Door, about: str, by: str, event: str) -> None:
    door.hears(EVENTS[event](PEOPLE[about].did, by=PEOPLE[by], clock=Clock()))
    door.refuses_only(event, *THROUGH[about])


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize(("about", "by"), OTHERS)
def test_by_anybody_else_it_has_no_effect(door: Door, about: str, by: str, event: str) -> None:
    door.hears(EVENTS[event](PEOPLE[about].did, by=PEOPLE[by], clock=Clock()))
    door.lets(*HOLDERS)


def test_above_in_another_branch_is_not_above(door: Door) -> None:
    """The scout is above the helper in one chain; mallory's helper is another matter."""
    other = passed(BESIDE, MALLORY, HELPER)
    door.hears(suspend(HELPER.did, by=SCOUT, clock=Clock()))
    door.refuses("suspended", THIRD)
    accepted(shown(other, HELPER), by=door.by)
    door.hears(suspend(HELPER.did, by=MALLORY, clock=Clock()), resume(HELPER.did, by=SCOUT, clock=Clock(NOW + 1)))
    refused(shown(other, HELPER), "suspended", 7, by=door.by)
    door.lets(THIRD)


def test_without_authorities_nobody_is_one(door: Door) -> None:
    plain = verifier(store=door.store)
    door.hears(suspend(SCOUT.did, by=AUTHORITY, clock=Clock()))
    door.refuses("suspended", SECOND, THIRD)
    accepted(shown(THIRD, HELPER), by=plain)


@pytest.mark.parametrize("by", ["alice", "planner", "scout", "helper", "mallory", "authority", "stranger"])
@pytest.mark.parametrize("position", [1, 2, 3])
def test_who_may_revoke_a_link(door: Door, position: int, by: str) -> None:
    """Its delegator and those above; an authority is one over principals, not over links."""
    above = ["alice", "planner", "scout"][:position]
    door.hears(revoke(THIRD.unverified_links[position - 1].id, by=PEOPLE[by]))
    if by in above:
        door.refuses_only("revoked", *[FIRST, SECOND, THIRD][position - 1 :], *([BESIDE] if position == 1 else []))
    else:
        door.lets(*HOLDERS)


# alice -> planner -> alice: what comes back is not what went out.
RETURNED = passed(FIRST, PLANNER, ALICE)
ONWARDS = passed(RETURNED, ALICE, HELPER)


@pytest.mark.parametrize("event", EVENTS)
def test_in_a_chain_that_comes_back_the_one_between_is_above_its_own_delegator(door: Door, event: str) -> None:
    door.hears(EVENTS[event](ALICE.did, by=PLANNER, clock=Clock()))
    for token, holder in ((RETURNED, ALICE), (ONWARDS, HELPER)):
        refused(shown(token, holder), event, 7, by=door.by)
    # As the root of a chain, there is nobody above her.
    door.lets(*HOLDERS)


def test_in_a_chain_that_comes_back_links_are_revoked_from_above_alone(door: Door) -> None:
    first, second, third = ONWARDS.unverified_links
    door.hears(revoke(first.id, by=PLANNER), revoke(third.id, by=HELPER), revoke(second.id, by=STRANGER))
    accepted(shown(ONWARDS, HELPER), by=door.by)
    door.hears(revoke(second.id, by=ALICE))
    for token, holder in ((RETURNED, ALICE), (ONWARDS, HELPER)):
        refused(shown(token, holder), "revoked", 7, by=door.by)
    door.lets(*HOLDERS)


def test_a_resumed_principal_is_as_before(door: Door) -> None:
    for number, by in enumerate((SCOUT, PLANNER, ALICE, AUTHORITY)):
        door.hears(suspend(SCOUT.did, by=by, sequence=2 * number + 1, clock=Clock()))
        door.refuses_only("suspended", SECOND, THIRD)
        door.hears(resume(SCOUT.did, by=by, sequence=2 * number + 2, clock=Clock()))
        door.lets(*HOLDERS)


@pytest.mark.parametrize("by", ["alice", "scout", "helper", "authority", "stranger"])
@pytest.mark.parametrize("event", [resume, enrol])
def test_only_who_suspended_can_resume(door: Door, by: str, event: Callable[..., LifecycleEntry]) -> None:
    door.hears(suspend(SCOUT.did, by=PLANNER, sequence=1, clock=Clock()))
    door.hears(event(SCOUT.did, by=PEOPLE[by], sequence=FINAL - 1, clock=Clock(NOW + 10**6)))
    door.refuses_only("suspended", SECOND, THIRD)


def test_two_suspensions_need_two_resumptions(door: Door) -> None:
    door.hears(*(suspend(SCOUT.did, by=by, sequence=1, clock=Clock()) for by in (PLANNER, ALICE)))
    for number, by in enumerate((PLANNER, PLANNER, ALICE)):
        door.refuses("suspended", SECOND, THIRD)
        door.hears(resume(SCOUT.did, by=by, sequence=2 + number, clock=Clock()))
    door.lets(*HOLDERS)


def test_an_old_resumption_is_refused_and_changes_nothing(door: Door) -> None:
    old = resume(SCOUT.did, by=PLANNER, sequence=1, clock=Clock())
    door.hears(old, suspend(SCOUT.did, by=PLANNER, sequence=2, clock=Clock()))
    with pytest.raises(RollbackError) as caught:
        door.hears(old)
    assert (caught.value.code, caught.value.step) == ("rolled_back", 7)
    door.refuses_only("suspended", SECOND, THIRD)


@pytest.mark.parametrize("event", [enrol, suspend, resume])
def test_nothing_follows_the_end(door: Door, event: Callable[..., LifecycleEntry]) -> None:
    door.hears(deprovision(SCOUT.did, by=PLANNER, clock=Clock()))
    with pytest.raises(DeprovisionedError) as caught:
        door.hears(event(SCOUT.did, by=PLANNER, sequence=FINAL - 1, clock=Clock(NOW + 1)))
    assert (caught.value.code, caught.value.step) == ("deprovisioned", 7)
    # Nor does somebody else's word.
    door.hears(event(SCOUT.did, by=ALICE, sequence=FINAL - 1, clock=Clock(NOW + 1)))
    door.refuses("deprovisioned", SECOND, THIRD)


def test_a_new_link_to_one_that_was_ended_is_of_no_use(door: Door) -> None:
    door.hears(deprovision(SCOUT.did, by=PLANNER, clock=Clock()))
    refused(shown(passed(FIRST, PLANNER, SCOUT), SCOUT), "deprovisioned", 7, by=door.by)
    # Another who never was above the scout has said nothing of the kind.
    accepted(shown(given(READ, to=SCOUT), SCOUT), by=door.by)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (["suspend scout", "end scout"], "deprovisioned"),
        (["end scout", "revoke 3"], "deprovisioned"),
        (["suspend scout", "revoke 3"], "suspended"),
        (["suspend scout", "revoke 2"], "revoked"),
        (["end scout", "revoke 2"], "revoked"),
        (["end alice", "revoke 1"], "deprovisioned"),
        (["end helper", "suspend planner"], "suspended"),
        (["end helper", "revoke 1"], "revoked"),
    ],
    ids=" and ".join,
)
def test_the_first_link_that_is_wrong_is_told(door: Door, said: Sequence[str], code: str) -> None:
    """Along the chain from the root; of one link its revocation first, then who holds it: ended before suspended."""
    for word, what in (each.split() for each in (*said, *reversed(said))):
        if word == "revoke":
            door.hears(revoke(THIRD.unverified_links[int(what) - 1].id, by=ALICE))
        elif word == "end":
            door.hears(deprovision(PEOPLE[what].did, by=PEOPLE[what], clock=Clock()))
        else:
            door.hears(suspend(PEOPLE[what].did, by=ALICE, sequence=1, clock=Clock()))
    door.refuses(code, THIRD)


@pytest.mark.parametrize("value", ["", "SUSPEND", "retired", "resume "])
@pytest.mark.parametrize("by", [PLANNER, STRANGER], ids=["entitled", "stranger"])
def test_what_the_store_says_and_nobody_knows_is_not_decided(door: Door, value: str, by: Identity) -> None:
    subject = f"key:{SCOUT.signer.public_key.data.hex()}"
    door.store.put([Statement(Kind.LIFECYCLE, subject, by.did, 7, NOW, value)])
    if by is STRANGER:
        door.lets(*HOLDERS)
        return
    for token in (SECOND, THIRD):
        error = refused(shown(token, HOLDERS[token]), "unavailable", None, by=door.by)
        assert isinstance(error, UnavailableError)
    door.lets(FIRST, BESIDE)


def test_a_did_jwk_is_another_principal_than_its_key() -> None:
    same, key = person(60, method="jwk"), person(60)
    tokens = {same: given(READ, to=same), key: given(READ, to=key)}
    for ended, other in ((same, key), (key, same)):
        store = MemoryStore()
        store.apply(deprovision(ended.did, by=ALICE, clock=Clock()))
        by = verifier(store=store)
        refused(shown(tokens[ended], ended), "deprovisioned", 7, by=by)
        accepted(shown(tokens[other], other), by=by)


# FreshList: link 2 holds only while a fresh list of alice's is known.
WATCHED = passed(FIRST, PLANNER, SCOUT, FreshList(by=ALICE.did))
BELOW = passed(WATCHED, SCOUT, HELPER)
STALENESS, SKEW = 300, 60


def watched(*lists: Any, now: int = NOW, cache: int = 0, **limits: int) -> Verifier:
    store = MemoryStore()
    for said in lists:
        store.apply(said)
    chosen = Limits(**{name: timedelta(seconds=value) for name, value in limits.items()})
    return verifier(store=store, clock=Clock(now), cache=cache, limits=chosen)


def a_list(at: int, by: Identity = ALICE) -> Any:
    return Roll(by).publish(clock=Clock(at))


@pytest.mark.parametrize("age", [0, 1, STALENESS - 1, STALENESS, -1, -SKEW])
def test_a_list_that_is_fresh(age: int) -> None:
    by = watched(a_list(NOW - age), cache=16)
    for _ in range(2):
        accepted(shown(WATCHED, SCOUT), by=by)
        accepted(shown(BELOW, HELPER), by=by)


@pytest.mark.parametrize("age", [STALENESS + 1, 86_400, NOW, -SKEW - 1, -86_400])
def test_a_list_that_is_not(age: int) -> None:
    by = watched(a_list(NOW - age), cache=16)
    for _ in range(2):
        refused(shown(WATCHED, SCOUT), "stale_status", None, by=by)
        refused(shown(BELOW, HELPER), "stale_status", None, by=by)
        # The link above asks for no list.
        accepted(shown(FIRST, PLANNER), by=by)


@pytest.mark.parametrize("lists", [[], [PLANNER], [SCOUT, STRANGER]], ids=["none", "planner", "others"])
def test_a_list_that_is_not_known(lists: list[Identity]) -> None:
    by = watched(*(a_list(NOW, who) for who in lists))
    refused(shown(WATCHED, SCOUT), "stale_status", None, by=by)


def test_the_verifier_says_how_old_is_too_old() -> None:
    said = a_list(NOW - 10)
    accepted(shown(WATCHED, SCOUT), by=watched(said, staleness=10))
    refused(shown(WATCHED, SCOUT), "stale_status", None, by=watched(said, staleness=9))
    refused(shown(WATCHED, SCOUT), "stale_status", None, by=watched(said, staleness=0))
    accepted(shown(WATCHED, SCOUT), by=watched(a_list(NOW), staleness=0, skew=0))
    refused(shown(WATCHED, SCOUT), "stale_status", None, by=watched(a_list(NOW + 1), staleness=0, skew=0))


def test_each_link_asks_for_its_own_list() -> None:
    token = passed(WATCHED, SCOUT, HELPER, FreshList(by=PLANNER.did))
    for lists in ([ALICE], [PLANNER]):
        refused(shown(token, HELPER), "stale_status", None, by=watched(*(a_list(NOW, who) for who in lists)))
    accepted(shown(token, HELPER), by=watched(a_list(NOW), a_list(NOW, PLANNER)))


def test_a_chain_that_was_good_goes_stale_and_comes_back() -> None:
    clock, store = Clock(), MemoryStore()
    by, roll = verifier(store=store, clock=clock), Roll(ALICE)
    scout = Identity(SCOUT.signer, clock=clock)
    store.apply(roll.publish(clock=clock))
    accepted(shown(WATCHED, scout), by=by)
    clock.second += STALENESS + 1
    refused(shown(WATCHED, scout), "stale_status", None, by=by)
    store.apply(roll.publish(since=1, clock=clock))
    accepted(shown(WATCHED, scout), by=by)
    roll.add(WATCHED.unverified_links[1])
    store.apply(roll.publish(since=2, clock=clock))
    refused(shown(WATCHED, scout), "revoked", 7, by=by)


def test_what_was_said_is_told_before_what_is_not_known() -> None:
    by = watched(revoke(WATCHED.unverified_links[0].id, by=ALICE))
    refused(shown(WATCHED, SCOUT), "revoked", 7, by=by)


@pytest.mark.parametrize(
    "needed",
    [FreshList(by=ALICE.did), *(caveat.Status("https://a.example/1", 0, issuer=ALICE.did, kind=kind)
     for kind in ("token", "revocation", "suspension"))],
    ids=["fresh-list", "token", "revocation", "suspension"],
)  # fmt: skip
def test_a_stock_engine_denies_what_a_list_must_answer(needed: Any) -> None:
    token = passed(FIRST, PLANNER, SCOUT, needed)
    wire = shown(token, SCOUT)
    nonce = StockEngine().read(wire).presentation.id
    with pytest.raises(Denied) as caught:
        StockEngine().authorize(wire, REQUEST, root=ALICE.signer.public_key, audience=AUDIENCE, now=NOW, nonce=nonce)
    assert (caught.value.code, caught.value.decision.step, caught.value.decision.link) == ("denied", 9, 2)


def test_what_strangers_say_is_not_even_read() -> None:
    """Anybody can sign any number of things about anybody; a verifier asks for those alone whose word may count."""
    asked: list[frozenset[str]] = []

    class Told(MemoryStore):
        def statements(self, wanted: Any, *, by: Any = None) -> Any:
            found = super().statements(wanted, by=by)
            if by is not None:
                asked.append(frozenset(by))
                assert {said.by for said in found} <= asked[-1]
            return found

    store = Told()
    for number in range(50, 90):
        store.apply(suspend(PLANNER.did, by=person(number)))
    accepted(shown(passed(given(READ), PLANNER, SCOUT), SCOUT), by=verifier(store=store, authorities=[HELPER.did]))
    assert asked == [frozenset({ALICE.did, PLANNER.did, SCOUT.did, HELPER.did})]


def test_whose_word_may_count_is_a_collection() -> None:
    chain = passed(given(READ), PLANNER, SCOUT)
    said: list[Any] = []

    class Asking(MemoryStore):
        def statements(self, wanted: Any, *, by: Any = None) -> Any:
            said.append((ALICE.did in by, SCOUT.did in by, HELPER.did in by, MALLORY.did in by, len(by)))
            return ()

    accepted(shown(chain, SCOUT), by=verifier(store=Asking(), authorities=[HELPER.did]))
    assert said == [(True, True, True, False, 4)]


def test_enrolled_by_one_and_resumed_by_another_is_in_good_standing() -> None:
    store = MemoryStore()
    store.apply(enrol(SCOUT.did, by=ALICE, sequence=1))
    store.apply(resume(SCOUT.did, by=PLANNER, sequence=1))
    accepted(shown(passed(given(READ), PLANNER, SCOUT), SCOUT), by=verifier(store=store))


@pytest.mark.parametrize(
    "authorities",
    ["", ALICE.did, b"did:x:y", 5, None, [5], ["somebody"], [ALICE.did, None], {ALICE.did: 1, "x": 2}],
    ids=ascii,
)
def test_authorities_that_are_none(authorities: Any) -> None:
    with pytest.raises(InputError, match="authorities"):
        verifier(authorities=authorities)
