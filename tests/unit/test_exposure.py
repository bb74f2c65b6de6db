"""The worst after a revocation: never more than the verifier says, and in the plain cases exactly that."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, settings
from hypothesis import given as drawn
from hypothesis import strategies as st
from tests.unit.scene import (
    ALICE,
    AUDIENCE,
    MALLORY,
    PLANNER,
    READ,
    REQUEST,
    SCOUT,
    Clock,
    at,
    given,
    passed,
    person,
    refused,
    shown,
    verifier,
)

from attorn import AttornError, Denied, Identity, Limits, Request, Token, Verifier, caveat
from attorn.caveat import Caveat, FreshList, Status
from attorn.did.document import DidDocument
from attorn.errors import InputError, ResolutionError, SignatureError, UnavailableError
from attorn.keys.signer import Ed25519Signer
from attorn.request.money import Money
from attorn.revocation import Roll, revoke
from attorn.status import Publisher
from attorn.store import MemoryStore
from attorn.token.carrier import BiscuitCarrier
from attorn.verify.exposure import Exposure

WATCHED = FreshList(by=ALICE.did)
STALENESS, SKEW = 20, 4
REACH = STALENESS + SKEW
# A little before the edges of periods, and in the midst of them.
STARTS = [
    "2030-03-17T17:46:40Z",
    "2030-03-17T17:46:50Z",
    "2030-03-17T17:59:45Z",
    "2030-03-17T23:59:50Z",
    "2030-03-31T23:59:59Z",
    "2028-02-29T23:59:40Z",
]
SPENDING = Request(action="events:read", resource="cal://alice", cost=Money(1, "EUR"))


class Late:
    """A holder, and a verifier that hears of a revocation as late as it may."""

    def __init__(self, start: str, *limits: Caveat, above: tuple[Caveat, ...] = (), lead: int = SKEW) -> None:
        self.clock = Clock(at(start) - 5)
        self.store = MemoryStore()
        bounds = Limits(staleness=timedelta(seconds=STALENESS), skew=timedelta(seconds=SKEW))
        self.by = verifier(store=self.store, clock=self.clock, limits=bounds)
        alice, planner = (person(number, self.clock) for number in (1, 2))
        self.scout = person(3, self.clock)
        first = alice.mint(to=planner.did, caveats=[READ, *above])
        self.token = planner.delegate(first, to=self.scout.did, caveats=[*limits, WATCHED])
        # What the roll of alice says last, just before she revokes, by a clock that runs ahead.
        self.lead = lead
        self.roll = Roll(ALICE)
        self.store.apply(self.roll.publish(clock=self.clock))
        self.start = int(at(start))

    def uses(self, request: Request, most: int = 10**6) -> int:
        """How often it is permitted in this second."""
        for number in range(most):
            wire = self.scout.present(self.token, request, audience=AUDIENCE)
            try:
                self.by.authorize(wire, request)
            except AttornError:
                return number
        return most

    def revoked(self) -> Exposure:
        """The exposure at the second of the revocation, of which no list says anything yet."""
        self.clock.second = self.start
        self.store.apply(self.roll.publish(clock=Clock(self.start + self.lead)))
        return self.by.exposure(self.token)

    def rush(self, request: Request, most: int = 10**6) -> tuple[int, int]:
        """Used as fast as is permitted until that ends: how often, and the last second of it from the start."""
        uses, last = 0, -1
        for second in range(self.start, self.start + REACH + 3):
            self.clock.second = second
            found = self.uses(request, most)
            uses, last = uses + found, second - self.start if found else last
        return uses, last


TOTALS = st.integers(1, 40).map(caveat.MaxUses)
RATES = st.builds(caveat.Rate, st.integers(1, 3), st.sampled_from(["second", "minute", "hour", "day", "week", "month"]))
BUDGETS = st.builds(caveat.Budget, st.integers(1, 30), st.just("EUR"), st.sampled_from([None, "day", "week", "month"]))
late = settings(
    max_examples=25, derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)


def euros(exposure: Exposure) -> int:
    (money,) = exposure.spend
    assert money.currency == "EUR"
    return money.amount


@late
@drawn(
    st.sampled_from(STARTS), st.one_of(TOTALS, RATES), st.integers(0, 3), st.integers(-STALENESS, SKEW), st.booleans()
)
def test_one_limit_is_reached_to_the_last_use(start: str, limit: Caveat, before: int, lead: int, below: bool) -> None:
    case = Late(start, *([limit] if below else []), above=() if below else (limit,), lead=lead)
    case.uses(REQUEST, before)
    exposure = case.revoked()
    uses, _ = case.rush(REQUEST)
    assert exposure.seconds == REACH
    assert exposure.uses is not None
    assert uses <= exposure.uses
    if lead == SKEW:
        assert uses == exposure.uses


@late
@drawn(st.sampled_from(STARTS), st.one_of(TOTALS, RATES), st.integers(0, 3))
def test_with_a_list_as_late_as_can_be_it_is_exact(start: str, limit: Caveat, before: int) -> None:
    case = Late(start, limit)
    case.uses(REQUEST, before)
    exposure = case.revoked()
    assert (case.rush(REQUEST)[0], exposure.spend) == (exposure.uses, ())


@late
@drawn(st.sampled_from(STARTS), BUDGETS, st.integers(0, 3))
def test_a_budget_is_spent_to_the_last_unit(start: str, budget: Caveat, before: int) -> None:
    case = Late(start, budget)
    case.uses(SPENDING, before)
    exposure = case.revoked()
    assert exposure.uses is None
    assert case.rush(SPENDING)[0] == euros(exposure)


@late
@drawn(st.sampled_from(STARTS), *[st.lists(st.one_of(TOTALS, RATES, BUDGETS), max_size=2)] * 2, st.integers(1, 5))
def test_several_limits_are_never_exceeded(start: str, above: list[Caveat], below: list[Caveat], cost: int) -> None:
    assume(any(not isinstance(limit, caveat.Budget) or limit.per is None for limit in (*above, *below)))
    try:
        case = Late(start, *below, above=tuple(above))
    except AttornError:
        # A child that would have more than its parent.
        assume(False)
        raise
    budgeted = any(isinstance(limit, caveat.Budget) for limit in (*above, *below))
    request = Request(action="events:read", resource="cal://alice", cost=Money(cost, "EUR")) if budgeted else REQUEST
    case.uses(request, 2)
    exposure = case.revoked()
    uses, last = case.rush(request)
    assert exposure.seconds is not None
    assert last <= exposure.seconds
    assert exposure.uses is None or uses <= exposure.uses
    if budgeted:
        assert uses * cost <= euros(exposure)


def test_the_time_is_exact_where_nothing_counts() -> None:
    case = Late(STARTS[0])
    exposure = case.revoked()
    assert exposure == Exposure(REACH, None, ())
    assert case.rush(REQUEST, 1)[1] == REACH
    refused(shown(case.token, case.scout), "stale_status", None, by=case.by)


@pytest.mark.parametrize("seconds", [1, 5, REACH, REACH + 1, 3_600])
def test_an_expiry_that_is_nearer_ends_it_sooner(seconds: int) -> None:
    case = Late(STARTS[0], caveat.Rate(1, "second"), caveat.ExpiresIn(seconds=5 + seconds))
    exposure = case.revoked()
    assert exposure.seconds == min(REACH, seconds - 1)
    assert case.rush(REQUEST) == (exposure.uses, exposure.seconds)


def test_a_list_that_can_only_suspend_bounds_no_revocation() -> None:
    status = Status("https://lists.example/1", 0, issuer=ALICE.did, kind="suspension")
    assert verifier().exposure(passed(given(READ), PLANNER, SCOUT, status)) == Exposure(None, None, ())


@pytest.mark.parametrize("kind", ["token", "revocation"])
def test_a_status_list_bounds_it_as_well(kind: str) -> None:
    """A publisher may be a minute ahead of its clock, and its last list before a revocation with it."""
    uri, clock, store = "https://lists.example/1", Clock(), MemoryStore()
    publisher = Publisher(uri, kind=kind)
    index = publisher.allocate().index
    token = passed(given(READ), PLANNER, SCOUT, Status(uri, index, issuer=ALICE.did, kind=kind))
    by = verifier(store=store, clock=clock)
    store.apply([publisher.publish(ALICE, clock=clock) for _ in range(61)][-1])
    exposure = by.exposure(token)
    assert exposure == Exposure(360, None, ())
    scout = Identity(SCOUT.signer, clock=clock)
    clock.second += 360
    by.authorize(shown(token, scout), REQUEST)
    clock.second += 1
    refused(shown(token, scout), "stale_status", None, by=by)


# What bounds nothing, and what there is nothing left of.

EXPIRES = caveat.ExpiresIn(seconds=1_000)


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ((), Exposure(None, None, ())),
        ((caveat.MaxUses(7),), Exposure(None, 7, ())),
        ((caveat.Rate(7, "day"),), Exposure(None, None, ())),
        ((caveat.Rate(7, "day"), caveat.MaxUses(9)), Exposure(None, 9, ())),
        ((caveat.Budget(7, "EUR"),), Exposure(None, None, (Money(7, "EUR"),))),
        ((caveat.Budget(7, "EUR", per="week"),), Exposure(None, None, ())),
        ((EXPIRES,), Exposure(999, None, ())),
        # 2030-03-17T17:46:40 and 999 seconds on: 17 minutes begin.
        ((EXPIRES, caveat.Rate(2, "minute")), Exposure(999, 2 * 17 + 2, ())),
        ((EXPIRES, caveat.Rate(2, "hour")), Exposure(999, 4, ())),
        (
            (EXPIRES, caveat.Budget(5, "EUR", per="day"), caveat.Budget(9, "EUR")),
            Exposure(999, None, (Money(5, "EUR"),)),
        ),
        (
            (caveat.Budget(5, "EUR"), caveat.Budget(9, "USD")),
            Exposure(None, None, (Money(5, "EUR"), Money(9, "USD"))),
        ),
    ],
    ids=lambda value: None if isinstance(value, tuple) else str(value),
)
def test_without_a_list_until_it_expires_or_without_end(limits: tuple[Caveat, ...], expected: Exposure) -> None:
    assert verifier().exposure(given(READ, *limits)) == expected


@pytest.mark.parametrize("by", [PLANNER, MALLORY], ids=["below", "stranger"])
def test_the_list_of_one_who_cannot_revoke_the_link_bounds_nothing(by: Identity) -> None:
    """Fresh or not, it does not say that the link is revoked."""
    assert verifier().exposure(given(READ, FreshList(by=by.did))).seconds is None
    assert verifier().exposure(given(READ, EXPIRES, FreshList(by=by.did))).seconds == 999
    assert verifier().exposure(given(READ, FreshList(by=by.did), WATCHED)).seconds == 360


def test_the_list_of_a_link_above_does_not_tell_of_this_one() -> None:
    above = given(READ, WATCHED)
    assert verifier().exposure(above).seconds == 360
    assert verifier().exposure(passed(above, PLANNER, SCOUT)).seconds is None
    assert verifier().exposure(passed(above, PLANNER, SCOUT, FreshList(by=PLANNER.did))).seconds == 360
    assert verifier().exposure(passed(above, PLANNER, SCOUT, WATCHED)).seconds == 360


def test_what_is_left_counts_and_not_what_is_gone() -> None:
    store = MemoryStore()
    by = verifier(store=store)
    first = given(READ, caveat.MaxUses(5), WATCHED)
    second = passed(first, PLANNER, SCOUT, caveat.MaxUses(5), WATCHED)
    store.apply(Roll(ALICE).publish(clock=Clock()))
    assert by.exposure(second).uses == 5
    for token, holder in ((first, PLANNER), (second, SCOUT), (second, SCOUT)):
        by.authorize(shown(token, holder), REQUEST)
    assert (by.exposure(first).uses, by.exposure(second).uses) == (2, 2)
    for _ in range(2):
        by.authorize(shown(first, PLANNER), REQUEST)
    assert (by.exposure(first).uses, by.exposure(second).uses) == (0, 0)
    with pytest.raises(Denied):
        by.authorize(shown(second, SCOUT), REQUEST)


def test_after_it_expired_nothing_is_left() -> None:
    token = given(READ, EXPIRES, caveat.MaxUses(5), caveat.Budget(5, "EUR"))
    for second in (1_000, 5_000):
        assert verifier(clock=Clock(at("2030-03-17T17:46:40Z") + second)).exposure(token) == Exposure(0, 0, ())


def test_at_the_end_of_the_calendar() -> None:
    clock = Clock(at("9999-12-31T23:59:58Z"))
    assert verifier(clock=clock).exposure(given(READ, caveat.Rate(3, "month"), WATCHED)).uses == 3


class Plain:
    """A store without a ledger."""

    def remember(self, presentation: bytes, *, expires: int, now: int) -> bool:
        return True

    def statements(self, wanted: Any, *, by: Any = None) -> Any:
        return ()

    def put(self, statements: Any) -> None:
        return None


def test_without_a_ledger_nothing_that_counts_is_permitted() -> None:
    by = verifier(store=Plain())
    assert by.exposure(given(READ, caveat.MaxUses(5), WATCHED)).uses == 0
    assert by.exposure(given(READ, WATCHED)) == Exposure(360, None, ())


@pytest.mark.parametrize("answer", [None, [], {"x": -1}, {"x": 1.5}, {"x": True}, 7], ids=ascii)
def test_a_ledger_that_answers_nonsense(answer: Any) -> None:
    class Wrong(MemoryStore):
        def used(self, accounts: Any) -> Any:
            return answer

    with pytest.raises(UnavailableError):
        verifier(store=Wrong()).exposure(given(READ, caveat.MaxUses(5)))


def test_a_ledger_that_fails() -> None:
    class Failing(MemoryStore):
        def used(self, accounts: Any) -> Any:
            raise OSError("gone")

    with pytest.raises(UnavailableError):
        verifier(store=Failing()).exposure(given(READ, caveat.MaxUses(5)))
    assert verifier(store=Failing()).exposure(given(READ)).uses is None


@pytest.mark.parametrize("token", [None, "", b"", 7, given(READ).encode(), given(READ).unverified_links[0]], ids=ascii)
def test_anything_but_a_token(token: Any) -> None:
    with pytest.raises(InputError, match="expected a Token"):
        verifier().exposure(token)


def _forged() -> Token:
    """A link that somebody else signed in the planner's place."""
    thief = Identity(Ed25519Signer.from_seed(b"\xaa" * 32), clock=Clock())
    first = given(READ, to=thief)
    block = passed(first, thief, SCOUT).unverified.blocks[1]
    return Token.of(BiscuitCarrier((given(READ).unverified.blocks[0], block)))


@pytest.mark.parametrize(("make", "error"), [(_forged, SignatureError)])
def test_a_token_that_is_not_genuine_has_none(make: Callable[[], Token], error: type[AttornError]) -> None:
    with pytest.raises(error):
        verifier().exposure(make())


def test_a_root_that_is_not_trusted_here_has_one_all_the_same() -> None:
    by: Verifier = verifier(roots=[PLANNER.did])
    assert by.exposure(given(READ, caveat.MaxUses(5))).uses == 5


def test_a_link_that_is_revoked_is_asked_about_as_before() -> None:
    """How bad it was, is what whoever revoked it wants to know."""
    store, token = MemoryStore(), given(READ, caveat.MaxUses(5))
    store.apply(revoke(token, by=ALICE))
    assert verifier(store=store).exposure(token).uses == 5


@pytest.mark.parametrize(
    ("exposure", "said"),
    [
        (Exposure(None, None, ()), "after a revocation: with no end, any number of uses, no budget"),
        (
            Exposure(360, 7, (Money(5, "EUR"), Money(9, "USD"))),
            "after a revocation: for at most 360 s, at most 7 uses, at most 5 EUR, at most 9 USD",
        ),
        (Exposure(0, 0, ()), "after a revocation: for at most 0 s, at most 0 uses, no budget"),
    ],
)
def test_in_words(exposure: Exposure, said: str) -> None:
    assert exposure.explain() == said


def test_a_ledger_may_name_what_holds_nothing() -> None:
    class Naming(MemoryStore):
        def used(self, accounts: Any) -> Any:
            return dict.fromkeys(accounts, 0)

    assert verifier(store=Naming()).exposure(given(READ, caveat.MaxUses(5))).uses == 5


def test_a_principal_that_is_not_found_has_none() -> None:
    class Nobody:
        def resolve(self, did: str) -> DidDocument:
            raise ResolutionError("nobody")

    token = given(READ, to=person(9, method="jwk"))
    assert verifier().exposure(token).uses is None
    with pytest.raises(ResolutionError):
        verifier(resolver=Nobody()).exposure(token)
