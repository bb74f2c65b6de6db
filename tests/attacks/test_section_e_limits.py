"""Attacks 58 to 79: the delegation chain: what may be limited, and for how long."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from tests.attacks.scene import accepted, clock_at, refused, verifier, wire
from vectors import testkit as kit
from vectors.testkit import ALICE, BOB, ISSUED, MALLORY, NOW, PLANNER, SCOUT, Key, Part, Signed, pb

from attorn import Denied, Identity, Request, Token, caveat, revocation
from attorn.caveat import Caveat
from attorn.errors import DelegationError
from attorn.limits import Limits
from attorn.request.money import Money
from attorn.store import MemoryStore

BAD_SIGNATURE, NOT_ADMITTED, DENIED = ("bad_signature", 4), ("not_admitted", 1), ("denied", 9)
MALFORMED, NOT_HOLDER, BROKEN, OUTSIDE = (
    ("malformed", 1),
    ("not_holder", 8),
    ("broken_chain", 5),
    ("outside_validity", 6),
)
READ = kit.actions(kit.ACTION)
CHAIN = kit.three_links()
PRESENTED = kit.presented(CHAIN, BOB)
OTHER = kit.extend([], ALICE, PLANNER, [READ, kit.resources("cal://alice/2026-11")], id=bytes(16))


LOOPS: dict[str, list[Key]] = {
    "65-to-oneself": [PLANNER, PLANNER],
    "65-there-and-back": [PLANNER, SCOUT, PLANNER],
    "65-back-to-the-root": [PLANNER, ALICE, PLANNER],
    "65-root-to-itself": [ALICE],
}


@pytest.mark.parametrize("keys", LOOPS.values(), ids=LOOPS.keys())
def test_loops_count_in_depth_and_widen_nothing(keys: list[Key]) -> None:
    def chain(limits: list[Part]) -> list[Signed]:
        built = kit.extend([], ALICE, keys[0], [READ, *limits])
        for by, to in pairwise(keys):
            built = kit.extend(built, by, to, [kit.actions(kit.ACTION, "events:delete")])
        return built

    hops = len(keys) - 1
    accepted(wire(chain([kit.max_depth(hops)]), keys[-1]))
    if hops:
        refused(wire(chain([kit.max_depth(hops - 1)]), keys[-1]), *BROKEN)
    delete = Request(action="events:delete", resource=kit.RESOURCE)
    digest = kit.digest(action="events:delete", args={})
    refused(wire(chain([]), keys[-1], request=digest), *DENIED, request=delete)


DEPTHS = {
    "66-at-the-limit": ([2], None),
    "66-above-the-limit": ([1], BROKEN),
    "66-no-delegation": ([0], BROKEN),
    "66-child-lowers-the-limit": ([5, 1], BROKEN),
    "66-child-raises-the-limit": ([1, 9], BROKEN),
    "66-negative": ([-1], DENIED),
    "66-absurd": ([1 << 40], DENIED),
}


@pytest.mark.parametrize(("depths", "expected"), DEPTHS.values(), ids=DEPTHS.keys())
def test_depths(depths: list[int], expected: tuple[str, int] | None) -> None:
    limits = [[kit.max_depth(hops)] for hops in depths] + [[], [], []]
    chain = kit.extend([], ALICE, PLANNER, [READ, *limits[0]])
    chain = kit.extend(chain, PLANNER, SCOUT, limits[1])
    text = wire(kit.extend(chain, SCOUT, BOB), BOB)
    if expected is None:
        accepted(text)
    else:
        refused(text, *expected)


WIDER: dict[str, tuple[Caveat, Caveat, dict[str, object]]] = {
    "67-actions": (caveat.Actions("a"), caveat.Actions("a", "b"), {"action": "b"}),
    "67-actions-wildcard": (caveat.Actions("a:b"), caveat.Actions("a:*"), {"action": "a:c"}),
    "67-resources": (caveat.Resources("/data/a"), caveat.Resources("/data"), {"resource": "/data/b"}),
    "67-resources-without-boundary": (
        caveat.Resources("/data/a"),
        caveat.Resources("/data/ab"),
        {"resource": "/data/ab"},
    ),
    "67-audience": (caveat.Audience("x:y"), caveat.Audience(kit.AUDIENCE), {}),
    "67-equals": (caveat.Equals("v", 1), caveat.Equals("v", 2), {"args": {"v": 2}}),
    "67-one-of": (caveat.OneOf("v", 1), caveat.OneOf("v", 1, 2), {"args": {"v": 2}}),
    "67-range": (caveat.Range("v", 0, 5), caveat.Range("v", 0, 9), {"args": {"v": 9}}),
    "67-length": (caveat.MaxLength("v", 2), caveat.MaxLength("v", 5), {"args": {"v": "abcde"}}),
    "67-prefix": (caveat.StartsWith("v", "ab"), caveat.StartsWith("v", "a"), {"args": {"v": "ac"}}),
    "67-path": (caveat.Subpath("v", "/a/b"), caveat.Subpath("v", "/a"), {"args": {"v": "/a/c"}}),
    "67-host": (caveat.UrlHost("v", "a.test"), caveat.UrlHost("v", "*.test"), {"args": {"v": "https://b.test/"}}),
    "67-network": (caveat.Cidr("v", "10.1.0.0/16"), caveat.Cidr("v", "10.0.0.0/8"), {"args": {"v": "10.2.0.0"}}),
    "67-subset": (caveat.SubsetOf("v", "a"), caveat.SubsetOf("v", "a", "b"), {"args": {"v": ["b"]}}),
    "67-budget": (caveat.Budget(5, "EUR"), caveat.Budget(9, "EUR"), {"cost": Money(9, "EUR")}),
}


@pytest.mark.parametrize(("parent", "child", "changed"), WIDER.values(), ids=WIDER.keys())
def test_a_wider_child_is_refused_at_issue_and_at_verification(
    parent: Caveat, child: Caveat, changed: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = clock_at(NOW)
    alice, planner, scout = (Identity.from_seed(key.seed, clock=clock) for key in (ALICE, PLANNER, SCOUT))
    request = Request(**{"action": "a", "resource": "/data/a", **changed})  # type: ignore[arg-type]
    accepted(
        planner.present(alice.mint(to=planner.did, caveats=[child]), request, audience=kit.AUDIENCE), request=request
    )
    token = alice.mint(to=planner.did, caveats=[parent])
    with pytest.raises(DelegationError):
        planner.delegate(token, to=scout.did, caveats=[child])
    # A delegator whose own library did not refuse.
    monkeypatch.setattr("attorn.identity._refuse_widening", lambda *_: None)
    wide = planner.delegate(token, to=scout.did, caveats=[child])
    error = refused(scout.present(wide, request, audience=kit.AUDIENCE), *DENIED, request=request)
    assert isinstance(error, Denied)
    assert error.decision.link == 1


def mixed(checks: list[Part]) -> str:
    return wire(kit.extend(kit.extend([], ALICE, PLANNER, [READ]), PLANNER, SCOUT, checks), SCOUT)


OPERATION = kit.pred("operation", kit.var("0"))
UNKNOWN: dict[str, tuple[Part, str, int]] = {
    "68-unknown-fact": (kit.check(kit.query(kit.pred("weather", kit.text("fine")))), *DENIED),
    "68-unknown-alternative": (
        kit.check(
            kit.query(kit.pred("operation", kit.text(kit.ACTION))), kit.query(kit.pred("weather", kit.text("fine")))
        ),
        *DENIED,
    ),
    "68-always-true": (kit.check(kit.query(where=[kit.expr(kit.value(kit.flag(True)))])), *DENIED),
    "68-empty-body": (kit.check(kit.query()), *DENIED),
    "68-any-operation": (kit.check(kit.query(OPERATION)), *DENIED),
    "68-operation-not": (
        kit.check(
            kit.query(
                OPERATION,
                where=[kit.expr(kit.value(kit.texts("x")), kit.value(kit.var("0")), kit.CONTAINS, kit.NEGATE)],
            )
        ),
        *DENIED,
    ),
    "68-two-variables": (kit.check(kit.query(kit.pred("operation", kit.var("0"), kit.var("1")))), *DENIED),
    "68-other-variable-name": (kit.compare("depth", variable="d", op=kit.LESS_OR_EQUAL, to=kit.num(9)), *DENIED),
    "68-depth-below": (kit.compare("depth", variable="0", op=kit.LESS, to=kit.num(9)), *DENIED),
    "68-time-equal-or-below": (
        kit.compare("time", variable="time", op=kit.LESS_OR_EQUAL, to=kit.date(NOW + 9)),
        *DENIED,
    ),
    "68-actions-not-sorted": (
        kit.check(*(kit.query(kit.pred("operation", kit.text(name))) for name in (kit.ACTION, "a"))),
        *DENIED,
    ),
    "68-resource-not-normal": (kit.check(kit.query(kit.pred("path", kit.text("CAL://alice")))), *DENIED),
    "68-empty-expression": (kit.check(kit.query(OPERATION, where=[kit.expr()])), *DENIED),
    "68-expression-that-underflows": (kit.check(kit.query(OPERATION, where=[kit.expr(kit.LESS)])), *DENIED),
    "68-budget-negative": (kit.check(kit.query(kit.pred("budget", kit.num(-1), kit.text("EUR")))), *DENIED),
    "10-regex": (kit.compare("operation", variable="0", op=kit.REGEX, to=kit.text(".*")), *NOT_ADMITTED),
    "10-suffix": (kit.compare("operation", variable="0", op=kit.SUFFIX, to=kit.text("read")), *NOT_ADMITTED),
    "10-arithmetic": (kit.compare("operation", variable="0", op=kit.ADD, to=kit.num(1)), *NOT_ADMITTED),
    "10-equal": (kit.compare("operation", variable="0", op=kit.EQUAL, to=kit.text(kit.ACTION)), *NOT_ADMITTED),
    "10-unary-length": (
        kit.check(kit.query(OPERATION, where=[kit.expr(kit.value(kit.var("0")), kit.unary(2))])),
        *NOT_ADMITTED,
    ),
    "10-parens": (
        kit.check(kit.query(OPERATION, where=[kit.expr(kit.value(kit.flag(True)), kit.unary(1))])),
        *NOT_ADMITTED,
    ),
    "10-extern-unary": (
        kit.check(
            kit.query(OPERATION, where=[kit.expr(kit.value(kit.var("0")), kit.raw(pb(2, pb(1, 4) + pb(2, 1024))))])
        ),
        *NOT_ADMITTED,
    ),
    "10-extern-binary": (
        kit.check(
            kit.query(
                OPERATION,
                where=[kit.expr(kit.value(kit.var("0")), kit.value(kit.var("0")), kit.binary(27, extra=pb(2, 1024)))],
            )
        ),
        *NOT_ADMITTED,
    ),
    "10-closure": (
        kit.check(
            kit.query(
                OPERATION,
                where=[kit.expr(kit.value(kit.num(1)), kit.closure(["x"], kit.value(kit.flag(True))), kit.binary(25))],
            )
        ),
        *NOT_ADMITTED,
    ),
    "10-lazy-or": (
        kit.check(
            kit.query(
                OPERATION,
                where=[
                    kit.expr(kit.value(kit.flag(False)), kit.closure([], kit.value(kit.flag(True))), kit.binary(24))
                ],
            )
        ),
        *NOT_ADMITTED,
    ),
    "10-check-all": (kit.check(kit.query(kit.pred("operation", kit.text(kit.ACTION))), extra=pb(2, 1)), *NOT_ADMITTED),
    "10-reject-if": (kit.check(kit.query(kit.pred("operation", kit.text("x"))), extra=pb(2, 2)), *NOT_ADMITTED),
    "8-check-if-written-out": (
        kit.check(kit.query(kit.pred("operation", kit.text(kit.ACTION))), extra=pb(2, 0)),
        *NOT_ADMITTED,
    ),
    "74-trusting-a-key": (kit.check(kit.query(OPERATION, extra=pb(4, pb(2, 0)))), *NOT_ADMITTED),
    "74-trusting-previous": (kit.check(kit.query(OPERATION, extra=pb(4, pb(1, 1)))), *NOT_ADMITTED),
    "76-head-with-terms": (kit.check(kit.query(OPERATION, head=kit.pred("query", kit.num(1)))), *NOT_ADMITTED),
    "76-head-of-another-name": (kit.check(kit.query(OPERATION, head=kit.pred("right"))), *NOT_ADMITTED),
}


@pytest.mark.parametrize(("check", "code", "step"), UNKNOWN.values(), ids=UNKNOWN.keys())
def test_checks_that_nobody_knows(check: Part, code: str, step: int) -> None:
    refused(mixed([check]), code, step)
    refused(mixed([READ, check, READ]), code, step)


def test_the_twins_of_the_checks_are_accepted() -> None:
    accepted(mixed([READ, READ]))
    accepted(
        mixed([kit.max_depth(9), kit.expires(NOW + 9), kit.resources("cal://alice"), kit.actions("a", kit.ACTION)])
    )


TIMES = {
    "69-child-lasts-longer-inside": ([kit.expires(NOW + 1)], [kit.expires(NOW + 99)], None),
    "69-child-lasts-longer-outside": ([kit.expires(NOW)], [kit.expires(NOW + 99)], OUTSIDE),
    "69-child-starts-earlier": ([kit.not_before(NOW + 1)], [kit.not_before(NOW - 99)], OUTSIDE),
    "69-child-without-expiry": ([kit.expires(NOW)], [], OUTSIDE),
    "70-parent-expired-at-this-second": ([kit.expires(NOW)], [], OUTSIDE),
    "70-parent-expires-in-a-second": ([kit.expires(NOW + 1)], [], None),
    "70-parent-starts-at-this-second": ([kit.not_before(NOW)], [], OUTSIDE),
    "70-child-starts-at-this-second": ([], [kit.not_before(NOW)], None),
    "70-child-starts-in-a-second": ([], [kit.not_before(NOW + 1)], OUTSIDE),
    "70-child-expired": ([], [kit.expires(NOW - 1)], OUTSIDE),
    "70-two-expiries": ([kit.expires(NOW + 9), kit.expires(NOW)], [], OUTSIDE),
    "70-window-turned-round": ([kit.not_before(NOW + 9), kit.expires(NOW - 9)], [], OUTSIDE),
    "57-expires-at-zero": ([kit.expires(0)], [], OUTSIDE),
}


@pytest.mark.parametrize(("parent", "child", "expected"), TIMES.values(), ids=TIMES.keys())
def test_windows(parent: list[Part], child: list[Part], expected: tuple[str, int] | None) -> None:
    text = wire(kit.extend(kit.extend([], ALICE, PLANNER, [READ, *parent]), PLANNER, SCOUT, child), SCOUT)
    if expected is None:
        accepted(text)
    else:
        refused(text, *expected)


ISSUES: dict[str, tuple[list[int], tuple[str, int] | None]] = {
    "69-child-issued-before-its-parent": ([ISSUED, ISSUED - 61], OUTSIDE),
    "69-child-issued-a-little-before": ([ISSUED, ISSUED - 60], None),
    "69-issued-in-the-future": ([NOW + 61], OUTSIDE),
    "69-issued-a-little-ahead": ([NOW + 60], None),
    "69-child-issued-in-the-future": ([ISSUED, NOW + 61], OUTSIDE),
    "69-issued-at-zero": ([0], None),
}


@pytest.mark.parametrize(("seconds", "expected"), ISSUES.values(), ids=ISSUES.keys())
def test_issue_times(seconds: list[int], expected: tuple[str, int] | None) -> None:
    chain = kit.extend([], ALICE, PLANNER, [READ], issued=seconds[0])
    text = wire(chain, PLANNER)
    if len(seconds) > 1:
        text = wire(kit.extend(chain, PLANNER, SCOUT, issued=seconds[1]), SCOUT)
    if expected is None:
        accepted(text)
    else:
        refused(text, *expected)


@pytest.mark.parametrize(
    ("limit", "issued"),
    [(kit.expires(NOW + 9), NOW + 9 + 60), (kit.not_before(NOW - 9), NOW - 9 - 61)],
    ids=["69-issued-after-the-parent-ended", "69-issued-before-the-parent-began"],
)
def test_links_issued_outside_the_delegators_own_time(limit: Part, issued: int) -> None:
    chain = kit.extend([], ALICE, PLANNER, [READ, limit], issued=NOW - 200)
    accepted(wire(kit.extend(chain, PLANNER, SCOUT, issued=NOW), SCOUT))
    error = refused(wire(kit.extend(chain, PLANNER, SCOUT, issued=issued), SCOUT), *OUTSIDE)
    assert str(error) == "link 2 was issued when its delegator's authority was not valid"


def test_69_to_the_second_at_which_a_delegators_own_time_ends_and_begins() -> None:
    chain = kit.extend([], ALICE, PLANNER, [READ, kit.not_before(NOW - 9)], issued=NOW - 200)
    accepted(wire(kit.extend(chain, PLANNER, SCOUT, issued=NOW - 9 - 60), SCOUT))
    chain = kit.extend([], ALICE, PLANNER, [READ, kit.expires(NOW + 9)], issued=NOW - 200)
    error = refused(wire(kit.extend(chain, PLANNER, SCOUT, issued=NOW + 9 + 59), SCOUT), *OUTSIDE)
    assert str(error) == "a link says it was issued in the future"


def test_the_first_second_of_all() -> None:
    """Neither the window nor the issue of a chain starts later than the calendar, and nothing is allowed for."""
    chain = kit.extend([], ALICE, PLANNER, [READ], issued=0)
    text = wire(chain, PLANNER, start=0, stop=60)
    accepted(text, by=verifier(clock=clock_at(0), limits=Limits(skew=timedelta(0))))


@pytest.mark.parametrize("position", [1, 2, 3])
def test_71_a_revoked_link_ends_everything_below_it_and_nothing_else(position: int) -> None:
    keys = [ALICE, PLANNER, SCOUT]
    store = MemoryStore()
    links = Token.decode(kit.url64(kit.container(CHAIN, b""))).unverified_links
    by = verifier(store=store)
    accepted(sealed_by(CHAIN, BOB, 0), by=by)
    store.apply(revocation.revoke(links[position - 1], by=Identity.from_seed(keys[position - 1].seed)))
    refused(sealed_by(CHAIN, BOB, 1), "revoked", 7, by=by)
    holders = [PLANNER, SCOUT, BOB]
    for count in (1, 2):
        text = sealed_by(CHAIN[:count], holders[count - 1], 1 + count)
        if count < position:
            accepted(text, by=by)
        else:
            refused(text, "revoked", 7, by=by)
    accepted(wire(OTHER, PLANNER, id=b"x" * 16), by=by)


def sealed_by(chain: list[Signed], holder: Key, number: int) -> str:
    return wire(chain, holder, id=bytes((number,)) * 16)


REVOKERS = {
    "71-a-stranger": (MALLORY, None),
    "71-the-delegate": (SCOUT, None),
    "71-the-holder": (BOB, None),
    "71-the-delegator": (PLANNER, ("revoked", 7)),
    "71-the-root": (ALICE, ("revoked", 7)),
}


@pytest.mark.parametrize(("who", "expected"), REVOKERS.values(), ids=REVOKERS.keys())
def test_who_may_revoke_the_second_link(who: Key, expected: tuple[str, int] | None) -> None:
    store = MemoryStore()
    links = Token.decode(kit.url64(kit.container(CHAIN, b""))).unverified_links
    store.apply(revocation.revoke(links[1], by=Identity.from_seed(who.seed)))
    if expected is None:
        accepted(sealed_by(CHAIN, BOB, 0), by=verifier(store=store))
    else:
        refused(sealed_by(CHAIN, BOB, 0), *expected, by=verifier(store=store))


def test_79_two_tokens_never_add_up() -> None:
    reads = kit.extend([], ALICE, PLANNER, [READ, kit.resources("cal://alice")])
    writes = kit.extend([], ALICE, PLANNER, [kit.actions("events:write"), kit.resources("cal://bob")], id=bytes(16))
    request = Request(action="events:write", resource=kit.RESOURCE)
    digest = kit.digest(action="events:write", args={})
    for chain in (reads, writes):
        refused(wire(chain, PLANNER, request=digest), *DENIED, request=request)
    for chain in ([*reads, *writes], [*writes, *reads]):
        refused(wire(chain, PLANNER, request=digest), *MALFORMED, request=request)
