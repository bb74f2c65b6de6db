"""What operators ask of a log: queries, scope review, alerts, and what a principal leaves behind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.unit.audit_scene import CHAIN, COST, SERVICE, USE, denied, draft
from tests.unit.scene import ALICE, HELPER, MALLORY, NOW, PLANNER, SCOUT, Clock, given, passed, person

from attorn import Token, caveat
from attorn.audit import Hop, Receipt, ReceiptDraft
from attorn.audit.alerts import Alert, fast_rate, many_denials, unusual_hours
from attorn.audit.orphans import Unspent, orphans
from attorn.audit.queries import between, by_agent, by_resource, by_user
from attorn.audit.review import granted, review
from attorn.errors import InputError, UnavailableError

HOUR, DAY = 3600, 86_400
TODAY = datetime.fromtimestamp(NOW, UTC)


def receipts(*drafts: ReceiptDraft) -> list[Receipt]:
    """As a log hands them out; nobody asks these for a signature."""
    names = ReceiptDraft.__dataclass_fields__
    return [
        Receipt(
            **{name: getattr(each, name) for name in names},
            sequence=n,
            previous=bytes(32),
            by=SERVICE.did,
            signature=b"",
        )
        for n, each in enumerate(drafts, start=1)
    ]


def numbers(found: Iterable[Receipt]) -> list[int]:
    return [receipt.sequence for receipt in found]


OTHERS = (Hop(b"\x0d" * 16, HELPER.did),)
MIXED = receipts(
    draft(resource="cal://alice"),
    draft(root=MALLORY.did, chain=OTHERS, charges=(), resource="cal://alicea/2026"),
    denied(resource="cal://alice/2026-12/x", at=NOW + 60),
    draft(verdict="malformed", step=1, root=None, chain=(), charges=(), resource="/", at=NOW + 120),
    draft(verdict="bad_signature", step=4, charges=(), resource="/alice", at=NOW + 180),
)


def test_by_user() -> None:
    assert numbers(by_user(MIXED, ALICE.did)) == [1, 3, 5]
    assert numbers(by_user(MIXED, MALLORY.did)) == [2]
    assert numbers(by_user(MIXED, SCOUT.did)) == []


def test_by_agent_anywhere_in_the_chain() -> None:
    assert numbers(by_agent(MIXED, SCOUT.did)) == numbers(by_agent(MIXED, PLANNER.did)) == [1, 3, 5]
    assert numbers(by_agent(MIXED, HELPER.did)) == [2]
    assert numbers(by_agent(MIXED, ALICE.did)) == []


def test_by_resource_goes_by_segments() -> None:
    assert numbers(by_resource(MIXED, "cal://alice")) == numbers(by_resource(MIXED, "CAL://Alice/")) == [1, 3]
    assert numbers(by_resource(MIXED, "cal://alice/2026-12")) == [3]
    assert numbers(by_resource(MIXED, "cal://alice/2026-1")) == []
    assert numbers(by_resource(MIXED, "/")) == [4, 5]
    assert numbers(by_resource(MIXED, "/alice")) == [5]


def test_between_is_half_open() -> None:
    assert numbers(between(MIXED, TODAY, TODAY + timedelta(seconds=60))) == [1, 2]
    assert numbers(between(MIXED, TODAY + timedelta(seconds=60), TODAY + timedelta(days=1))) == [3, 4, 5]
    assert numbers(between(MIXED, TODAY, TODAY)) == []


@pytest.mark.parametrize(
    "ask",
    [
        lambda: by_user(MIXED, "alice"),
        lambda: by_user(MIXED, None),  # type: ignore[arg-type]
        lambda: by_agent(MIXED, ""),
        lambda: by_agent(MIXED, b"did:key:z"),  # type: ignore[arg-type]
        lambda: by_resource(MIXED, "cal://alice?x"),
        lambda: by_resource(MIXED, ""),
        lambda: by_resource(MIXED, "/../x"),
        lambda: between(MIXED, datetime(2030, 1, 1), TODAY),
        lambda: between(MIXED, TODAY, None),  # type: ignore[arg-type]
        lambda: orphans(MIXED, "scout", Spent({})),
        lambda: review([], MIXED, days=0, now=TODAY),
        lambda: review([], MIXED, days=True, now=TODAY),
        lambda: review([], MIXED, days=7, now=datetime(2030, 1, 1)),
        lambda: many_denials(MIXED, least=0),
        lambda: many_denials(MIXED, seconds=1.5),  # type: ignore[arg-type]
        lambda: fast_rate(MIXED, times=0),
        lambda: fast_rate(MIXED, history=True),
        lambda: unusual_hours(MIXED, percent=-1),
        lambda: unusual_hours(MIXED, days=0),
    ],
)
def test_questions_refused(ask: Any) -> None:
    with pytest.raises(InputError):
        ask()


# Scope review. Links are issued thirty days before.

LONG_AGO = Clock(NOW - 30 * DAY)
USER, AGENT, BELOW = (person(number, LONG_AGO) for number in (1, 2, 3))


def issued(*caveats: caveat.Caveat) -> Token:
    return given(*caveats, by=USER, to=AGENT)


def used(token: Token, action: str, **changed: Any) -> ReceiptDraft:
    links = token.unverified_links
    chain = tuple(Hop(link.id, link.delegate) for link in links)
    return draft(root=links[0].delegator, chain=chain, action=action, charges=(), **changed)


def unused(tokens: Sequence[Token], *drafts: ReceiptDraft, days: int = 7) -> dict[int, tuple[str, ...]]:
    found = review([token.unverified_links for token in tokens], receipts(*drafts), days=days, now=TODAY)
    positions = {link.id: link.position for token in tokens for link in token.unverified_links}
    return {positions[link.link]: link.actions for link in found}


FIRST = issued(caveat.Actions("events:*", "mail:read", "mail:send"))
SECOND = passed(FIRST, AGENT, BELOW, caveat.Actions("events:read", "mail:read"))


def test_what_nobody_used_is_named_by_link() -> None:
    assert unused([SECOND]) == {1: ("events:*", "mail:read", "mail:send"), 2: ("events:read", "mail:read")}
    assert unused([SECOND], used(SECOND, "events:read")) == {1: ("mail:read", "mail:send"), 2: ("mail:read",)}
    assert unused([SECOND], used(FIRST, "events:write")) == {
        1: ("mail:read", "mail:send"),
        2: ("events:read", "mail:read"),
    }
    assert unused([FIRST], used(FIRST, "mail:read"), used(FIRST, "mail:send"), used(FIRST, "events:x")) == {}


def test_only_permitted_requests_within_the_time_are_uses() -> None:
    every = {1: ("events:*", "mail:read", "mail:send")}
    assert unused([FIRST], used(FIRST, "mail:read", verdict="denied", step=9, link=1)) == every
    assert unused([FIRST], used(FIRST, "mail:read", at=NOW - 8 * DAY)) == every
    assert unused([FIRST], used(FIRST, "mail:read", at=NOW + 1)) == every
    assert unused([FIRST], used(FIRST, "mail:read", at=NOW - 8 * DAY), days=9) == {1: ("events:*", "mail:send")}


def test_another_delegators_link_of_the_same_id_is_another() -> None:
    link = FIRST.unverified_links[0]
    stranger = draft(root=MALLORY.did, chain=(Hop(link.id, AGENT.did),), action="mail:read", charges=())
    assert unused([FIRST], stranger) == {1: ("events:*", "mail:read", "mail:send")}


def test_links_that_had_no_time_or_have_ended_are_left_out() -> None:
    young = given(caveat.Actions("events:read"))
    ended = issued(caveat.Actions("events:read"), caveat.ExpiresIn(days=20))
    assert unused([young, ended]) == {}
    assert unused([passed(ended, AGENT, BELOW)]) == {}
    assert unused([issued(caveat.Actions("a"), caveat.ExpiresIn(days=40))]) == {1: ("a",)}


def test_without_actions_any_use_will_do() -> None:
    free = issued(caveat.MaxUses(3))
    assert unused([free]) == {1: ("*",)}
    assert unused([free], used(free, "anything")) == {}


def test_granted_is_what_all_links_permit() -> None:
    assert granted(SECOND.unverified_links) == ("events:read", "mail:read")
    wide = replace(SECOND.unverified_links[1], caveats=(caveat.Actions("events:*", "x"), caveat.Actions("events:a")))
    assert granted([FIRST.unverified_links[0], wide]) == ("events:a",)
    none = replace(wide, caveats=(caveat.Actions("x"), caveat.Actions("y")))
    assert granted([FIRST.unverified_links[0], none]) == ()


# Alerts.


def spread(count: int, every: int, make: Any = denied, start: int = NOW, **changed: Any) -> list[ReceiptDraft]:
    return [make(at=start + every * number, **changed) for number in range(count)]


def said(alerts: Sequence[Alert]) -> list[tuple[int, str | None]]:
    return [(alert.sequence, alert.holder) for alert in alerts]


def test_ten_denials_in_five_minutes() -> None:
    assert said(many_denials(receipts(*spread(10, 33)))) == [(10, SCOUT.did)]
    (alert,) = many_denials(receipts(*spread(10, 33)))
    assert (alert.rule, alert.at, alert.what, alert.claimed) == (
        "many_denials",
        NOW + 297,
        "10 denials in 297 s",
        False,
    )


def test_nine_denials_or_ten_in_more_than_five_minutes() -> None:
    assert many_denials(receipts(*spread(9, 1))) == ()
    assert many_denials(receipts(*spread(50, 34))) == ()
    assert many_denials(receipts(*spread(50, 1, draft))) == ()
    assert many_denials(receipts(*spread(50, 1, verdict="unavailable", step=None, link=None))) == ()
    both = [each for pair in zip(spread(9, 1), spread(9, 1, chain=CHAIN[:1], link=1), strict=True) for each in pair]
    assert many_denials(receipts(*both)) == ()


def test_one_alert_until_it_is_quiet_again() -> None:
    assert said(many_denials(receipts(*spread(60, 1)))) == [(10, SCOUT.did)]
    again = receipts(*spread(12, 1), *spread(12, 1, start=NOW + 1000))
    assert said(many_denials(again)) == [(10, SCOUT.did), (22, SCOUT.did)]


def test_a_name_that_others_claim() -> None:
    forged = spread(10, 1, verdict="bad_signature", step=4, link=None)
    assert [alert.claimed for alert in many_denials(receipts(*forged))] == [True]
    nobody = spread(10, 1, verdict="malformed", step=1, link=None, root=None, chain=())
    assert said(many_denials(receipts(*nobody))) == [(10, None)]
    assert (
        fast_rate(receipts(*usual(), *spread(500, 1, start=START + 25 * HOUR, verdict="bad_signature", step=4))) == ()
    )


def test_names_that_others_make_up_are_forgotten() -> None:
    made_up = (
        draft(at=NOW + n, verdict="bad_signature", step=4, chain=(Hop(bytes(16), f"did:web:a{n}.example"),), charges=())
        for n in range(3000)
    )
    found = many_denials(receipts(*spread(9, 1), *made_up, *spread(10, 1, start=NOW + 3000)))
    assert said(found) == [(3019, SCOUT.did)]


START = NOW - NOW % HOUR


def usual(each: int = 5, hours: int = 25) -> list[ReceiptDraft]:
    """So many requests an hour, for so many hours."""
    return [draft(at=START + HOUR * hour + number) for hour in range(hours) for number in range(each)]


def test_more_than_three_times_the_usual() -> None:
    before = usual()
    burst = spread(16, 1, draft, start=START + 25 * HOUR)
    assert said(fast_rate(receipts(*before, *burst[:15]))) == []
    assert said(fast_rate(receipts(*before, *burst))) == [(len(before) + 16, SCOUT.did)]
    (alert,) = fast_rate(receipts(*before, *burst, *spread(100, 1, draft, start=START + 25 * HOUR + 20)))
    assert alert.what == "16 requests in 3600 s, usual are 5.0"


def test_no_usual_without_a_history() -> None:
    assert fast_rate(receipts(*usual(hours=23), *spread(900, 1, draft, start=START + 23 * HOUR))) == ()
    assert said(fast_rate(receipts(*usual(hours=24), *spread(16, 1, draft, start=START + 24 * HOUR)))) == [
        (136, SCOUT.did)
    ]


def test_few_requests_are_never_fast() -> None:
    assert fast_rate(receipts(draft(at=START), *spread(9, 1, draft, start=START + 48 * HOUR))) == ()
    assert len(fast_rate(receipts(draft(at=START), *spread(10, 1, draft, start=START + 48 * HOUR)))) == 1


def test_a_slow_rise_is_usual() -> None:
    rising = [draft(at=START + HOUR * hour + number) for hour in range(72) for number in range(10 + hour)]
    assert fast_rate(receipts(*rising)) == ()


def office(days: int = 10) -> list[ReceiptDraft]:
    """Twenty requests each day from 9 to 17 o'clock UTC."""
    midnight = NOW - NOW % DAY
    return [draft(at=midnight + DAY * day + 9 * HOUR + 1440 * n) for day in range(days) for n in range(20)]


def test_an_unusual_hour() -> None:
    past = office()
    night = past[-1].at - past[-1].at % DAY + DAY + 3 * HOUR
    (alert,) = unusual_hours(receipts(*past, draft(at=night), draft(at=night + 60)))
    assert (alert.sequence, alert.holder) == (201, SCOUT.did)
    assert alert.what == "a request at 03:00 UTC, an hour with 0 of 200 before"


def test_hours_that_are_not_unusual() -> None:
    past = office()
    night = past[-1].at - past[-1].at % DAY + DAY + 3 * HOUR
    assert unusual_hours(receipts(*past, draft(at=night + 7 * HOUR))) == ()
    assert unusual_hours(receipts(*past, draft(at=night, chain=CHAIN[:1], charges=(USE,)))) == ()
    assert unusual_hours(receipts(*past, draft(at=night, verdict="bad_signature", step=4, charges=()))) == ()
    assert unusual_hours(receipts(*office(days=4), draft(at=night))) == ()
    few = [draft(at=each.at) for each in past[::20]]
    assert unusual_hours(receipts(*few, draft(at=night))) == ()


# Orphans.


class Spent:
    """A ledger that answers what it is told to."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.asked: list[str] = []

    def used(self, accounts: Sequence[str]) -> Mapping[str, int]:
        self.asked += accounts
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer  # type: ignore[no-any-return]

    def charge(self, charges: Any, *, now: int, retry: Any = None) -> Any:
        raise AssertionError


def left(principal: str, answer: Any, *drafts: ReceiptDraft) -> list[tuple[bytes, tuple[Unspent, ...]]]:
    return [(orphan.link, orphan.unspent) for orphan in orphans(receipts(*drafts), principal, Spent(answer))]


USES, EURO = Unspent("uses", "total", 10, 4, 6), Unspent("EUR", "day", 500, 500, 0)
LEDGER = {USE.account: 4, COST.account: 500}


def test_what_is_at_or_below_a_principal() -> None:
    first, second = CHAIN[0].link, CHAIN[1].link
    assert left(ALICE.did, LEDGER, draft()) == [(first, (USES,)), (second, (EURO,))]
    assert left(PLANNER.did, LEDGER, draft()) == [(first, (USES,)), (second, (EURO,))]
    assert left(SCOUT.did, LEDGER, draft(), draft()) == [(second, (EURO,))]
    assert left(MALLORY.did, LEDGER, draft()) == []
    assert left(SCOUT.did, {}, draft(charges=())) == [(second, ())]


def test_the_last_period_counts() -> None:
    tomorrow = replace(COST, account="tomorrow")
    ledger = Spent({"tomorrow": 100})
    (orphan,) = orphans(receipts(draft(), draft(charges=(tomorrow,)), draft(charges=())), SCOUT.did, ledger)
    assert orphan.unspent == (Unspent("EUR", "day", 500, 100, 400),)
    assert ledger.asked == ["tomorrow"]
    assert (orphan.delegator, orphan.delegate) == (PLANNER.did, SCOUT.did)


def test_an_account_that_holds_nothing_may_be_left_out() -> None:
    assert left(SCOUT.did, {}, draft())[0][1] == (Unspent("EUR", "day", 500, 0, 500),)
    assert left(SCOUT.did, {COST.account: 900}, draft())[0][1] == (Unspent("EUR", "day", 500, 900, 0),)


def test_claims_are_no_orphans() -> None:
    assert left(SCOUT.did, LEDGER, draft(verdict="bad_signature", step=4, charges=())) == []


@pytest.mark.parametrize(
    "answer", [OSError("gone"), UnavailableError("slow"), None, [], {COST.account: "4"}, {COST.account: -1}]
)
def test_a_ledger_that_does_not_answer(answer: Any) -> None:
    with pytest.raises(UnavailableError):
        left(SCOUT.did, answer, draft())
