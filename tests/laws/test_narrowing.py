"""Invariants 1 to 5, 9, 17 to 19: what a chain permits, to whoever asks, and what a further link can do to that."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st
from tests.caveats import pools
from tests.caveats.kit import Situation, situations
from tests.caveats.pools import moment
from tests.caveats.vocabulary import ATOMS, KITS, drawn
from tests.laws.edits import mutations
from tests.laws.scene import (
    ALLOWED,
    FORMATS,
    KEY,
    Case,
    Grant,
    Step,
    Verdict,
    approvals_of,
    block,
    cases,
    extended,
    formats,
    grant,
    grants,
    judged,
    people,
    permits,
    permitted,
    use,
    verdict,
    verifier,
    within_limits,
)
from tests.laws.sizes import law
from tests.laws.stock import stock_permits
from tests.property.chains import PEOPLE, Person
from tests.property.test_unknown import checks

from attorn import Identity
from attorn.biscuit.admission import admit
from attorn.biscuit.block import encode
from attorn.caveat import Actions, Caveat, Counted, Expires, MaxDepth, NotBefore, Purpose, Resources, Unrecognised
from attorn.datalog import Check
from attorn.errors import AttornError
from attorn.limits import Limits
from attorn.macaroon import issue
from attorn.token import chain as chains

NOW = pools.NOW
WRITTEN = tuple(kit for kit in KITS if kit.written)
UNCOUNTED = tuple(kit for kit in WRITTEN if not issubclass(kit.kind, Counted))
COUNTED = tuple(kit for kit in KITS if issubclass(kit.kind, Counted))


def with_checks(held: Grant, to: Person, several: list[Check]) -> bytes:
    """The payload of one more link that holds these checks, whatever they say."""
    plain = block(len(held.people), held.holder, Step(to), held.symbols)
    return encode(admit(plain, held.symbols, Limits()).facts, tuple(several), held.symbols)


@law
@given(cases(most=3), formats, people, st.lists(checks, max_size=2), st.lists(mutations(), max_size=2))
def test_01_no_further_block_permits_what_its_parent_does_not(
    case: Case, format_: str, to: Person, several: list[Check], changes: list[Any]
) -> None:
    """Whatever the block holds, as long as it is admitted at all: any Datalog of the profile, any damaged bytes."""
    parent = case.grant(format_)
    payload = with_checks(parent, to, several)
    for change in changes:
        payload = change(payload)
    try:
        child = extended(parent, payload, to)
    except AttornError:
        assume(False)
    if permitted(child, replace(case.situation, depth=case.situation.depth + 1)):
        assert permitted(parent, case.situation)


@law
@given(cases(most=3), formats, people, drawn(WRITTEN))
def test_02_one_more_caveat_is_one_more_condition(case: Case, format_: str, to: Person, limit: Caveat) -> None:
    deeper = replace(case.situation, depth=case.situation.depth + 1)
    issued = max(step.issued for step in case.steps)
    bare, narrowed = (grant(format_, case.root, [*case.steps, Step(to, added, issued)]) for added in ((), (limit,)))
    expected = permits(limit, deeper, issued=issued, place=deeper.depth)
    assert (within_limits(verdict(narrowed, deeper)).code == ALLOWED) is (expected and permitted(bare, deeper))


@law
@given(cases(kits=UNCOUNTED, offsets=(-30,)), formats, st.data())
def test_03_order_repetition_and_place_of_caveats_change_no_verdict(case: Case, format_: str, data: Any) -> None:
    everything = [each for _, _, each in case.caveats()]
    again = data.draw(st.lists(st.sampled_from(everything), max_size=3)) if everything else []
    places: list[list[Caveat]] = [[] for _ in case.steps]
    mixed = everything + again
    for index in data.draw(st.permutations(range(len(mixed)))):
        places[data.draw(st.integers(0, len(places) - 1))].append(mixed[index])
    steps = [Step(step.to, tuple(place), step.issued) for step, place in zip(case.steps, places, strict=True)]
    moved = within_limits(verdict(grant(format_, case.root, steps), case.situation))
    assert (moved.code == ALLOWED) is permitted(case.grant(format_), case.situation)


_windows = st.lists(st.tuples(st.integers(-50, 10), st.integers(11, 100)), min_size=1, max_size=4)


@law
@given(_windows, formats, st.sampled_from((-1, 0, 1)), st.booleans())
def test_04_a_window_is_half_open_and_only_ever_shrinks(
    windows: list[tuple[int, int]], format_: str, off: int, at_end: bool
) -> None:
    steps = [
        Step(PEOPLE[place], (Expires(pools.moment(NOW + end)), NotBefore(pools.moment(NOW + start))), NOW)
        for place, (start, end) in enumerate(windows)
    ]
    begins, ends = max(start for start, _ in windows), min(end for _, end in windows)
    situation = Situation(now=NOW + off + (ends if at_end else begins))
    found = [permitted(held, situation) for held in grants(format_, PEOPLE[0], steps)]
    assert found[-1] is (begins <= situation.now - NOW < ends)
    assert found == sorted(found, reverse=True)


@law
@given(st.lists(st.integers(-130, 130), min_size=1, max_size=4), st.integers(-61, 61), formats)
def test_04_clocks_may_differ_by_the_skew_and_not_by_twice_as_much(issued: list[int], now: int, format_: str) -> None:
    steps = [Step(PEOPLE[place], (), NOW + offset) for place, offset in enumerate(issued)]
    late = any(max(issued[: place + 1]) - offset > 60 for place, offset in enumerate(issued))
    expected = not late and max(issued) <= now + 60
    assert permitted(grant(format_, PEOPLE[0], steps), Situation(now=NOW + now)) is expected


_scopes = drawn(tuple(kit for kit in KITS if kit.kind in (Actions, Resources)))


@law
@given(st.lists(st.lists(_scopes, max_size=2), min_size=2, max_size=4), formats, st.data())
def test_05_the_sets_of_actions_and_resources_only_shrink(limits: list[list[Caveat]], format_: str, data: Any) -> None:
    steps = [Step(PEOPLE[place], tuple(each)) for place, each in enumerate(limits)]
    held = grants(format_, PEOPLE[0], steps)
    resources = data.draw(st.lists(st.sampled_from(pools.RESOURCES), min_size=1, max_size=2, unique=True))
    for resource in resources:
        situation = Situation(action=data.draw(st.sampled_from(pools.ACTIONS)), resource=resource)
        found = [permitted(each, situation) for each in held]
        assert found == sorted(found, reverse=True)


@law
@given(cases(most=3), formats, st.sampled_from(ATOMS), checks, st.data())
def test_05_what_is_unknown_or_not_there_prohibits(case: Case, format_: str, kit: Any, check: Check, data: Any) -> None:
    limit = data.draw(st.one_of(kit.caveats, st.just(Unrecognised(check))))
    args = {name: value for name, value in case.situation.args.items() if name != getattr(limit, "name", None)}
    situation = replace(case.situation, args=args)
    place = data.draw(st.integers(0, len(case.steps) - 1))
    steps = list(case.steps)
    steps[place] = replace(steps[place], caveats=(*steps[place].caveats, limit))
    try:
        held = grant(format_, case.root, steps)
    except AttornError:
        # Not even admitted.
        assume(False)
    if isinstance(limit, Unrecognised):
        # Some drawn checks are those of a caveat after all.
        assume(isinstance(chains.read(held.carrier.blocks, Limits()).links[place].caveats[-1], Unrecognised))
    assert not permitted(held, situation)


@law
@given(st.lists(st.none() | st.integers(0, 5), min_size=1, max_size=5), formats, st.integers(1, 5))
def test_09_depth_is_bounded_by_the_least_and_before_any_signature(
    hops: list[int | None], format_: str, most: int
) -> None:
    steps = [Step(PEOPLE[place], () if each is None else (MaxDepth(each),)) for place, each in enumerate(hops)]
    held = grants(format_, PEOPLE[0], steps)
    for depth, each in enumerate(held):
        least = min([each for each in hops[: depth + 1] if each is not None], default=9)
        assert permitted(each, Situation(depth=depth)) is (depth <= least)
    # Nobody's signatures, but as many links: the number is looked at first.
    forged = grant(format_, PEOPLE[0], [replace(step, signer=PEOPLE[6]) for step in steps])
    wire, request = use(forged, Situation())
    found = judged(verifier(PEOPLE[0], Situation(), limits=Limits(links=most)), wire, request)
    assert found.code == ("limit_exceeded" if len(steps) > most else "bad_signature")


@law
@given(cases(most=6))
def test_18_everybody_gives_the_same_verdict(case: Case) -> None:
    """Biscuit, Macaroon and the reference evaluator to the letter, and the stock engine on what it can know."""
    held = [case.grant(format_) for format_ in FORMATS]
    ours = [within_limits(verdict(each, case.situation)) for each in held]
    assert ours == [case.expected({})] * len(FORMATS)
    if not any(isinstance(limit, Unrecognised) for _, _, limit in case.caveats()):
        assert stock_permits(held[0], case.situation) is case.stock_permits()


def made(case: Case, format_: str) -> Verdict:
    """What comes of a case when identities mint, pass on and present, or the error with which one of them refuses."""
    now, drawn, situation = case.situation.now, count(1), case.situation
    everybody = [case.root, *(step.to for step in case.steps)]
    several = [
        Identity(
            each.signer,
            did=each.did,
            clock=lambda: moment(now),
            random=lambda size: next(drawn).to_bytes(size, "big"),
        )
        for each in everybody
    ]
    server = issue(KEY) if format_ == "macaroon" else None
    try:
        token = several[0].mint(to=several[1].did, caveats=case.steps[0].caveats, base=server)
        for by, to, step in zip(several[1:], several[2:], case.steps[1:], strict=False):
            token = by.delegate(token, to=to.did, caveats=step.caveats)
        request = situation.request()
        approvals = approvals_of(Grant(token.carrier, tuple(everybody), ()), situation, request)
        wire = several[-1].present(token, request, audience=situation.audience, approvals=approvals)
    except AttornError as error:
        return Verdict(error.code)
    return judged(verifier(case.root, situation), wire, request)


@law
@given(cases(most=4, offsets=(0,)))
def test_18_what_identities_make_of_it_gets_the_same_verdict_in_both_formats(case: Case) -> None:
    """By the public calls alone: a delegator is refused alike, and the verifier says what the reference says."""
    found = [made(case, format_) for format_ in FORMATS]
    assert found[0] == found[1]
    if found[0].code not in ("cannot_delegate", "invalid_input"):
        assert found[0] == case.expected({})


_LATER = (0, 0, 1, 59, 60, 3600, 86_400, 7 * 86_400)


@st.composite
def _spending(draw: st.DrawFn) -> tuple[list[Case], list[tuple[int, Situation]]]:
    """One or two chains that share their first link or two, all with counts, and uses of them over time."""
    limits = st.lists(drawn(COUNTED), max_size=2).map(tuple)
    shared = [Step(draw(people), draw(limits), NOW) for _ in range(draw(st.integers(1, 2)))]
    root = draw(people)
    trees = []
    for _ in range(draw(st.integers(1, 2))):
        own = [Step(draw(people), draw(limits), NOW) for _ in range(draw(st.integers(0, 2)))]
        trees.append(Case(Situation(), root, (*shared, *own)))
    uses = []
    now = NOW
    for _ in range(draw(st.integers(2, 6))):
        now += draw(st.sampled_from(_LATER))
        cost = draw(st.sampled_from((None, (0, "EUR"), (1, "EUR"), (3, "EUR"), (1, "USD"))))
        chosen = draw(st.integers(0, len(trees) - 1))
        uses.append((chosen, Situation(cost=cost, now=now, depth=len(trees[chosen].steps) - 1)))
    return trees, uses


@law
@given(_spending())
def test_19_counts_and_budgets_bind_every_descendant_alike_in_both_formats(
    spending: tuple[list[Case], list[tuple[int, Situation]]],
) -> None:
    """Each use is charged to every link above it or to none, as the reference's plain ledger says."""
    trees, uses = spending
    stores = {format_: verifier(trees[0].root, Situation()).store for format_ in FORMATS}
    held = {format_: [each.grant(format_) for each in trees] for format_ in FORMATS}
    ledger: dict[Any, int] = {}
    for number, (chosen, situation) in enumerate(uses):
        expected = trees[chosen].expected(ledger, situation)
        for format_ in FORMATS:
            by = verifier(trees[0].root, situation, store=stores[format_])
            assert judged(by, *use(held[format_][chosen], situation, number=number)) == expected


@law
@given(cases(most=3), formats, situations(), st.sampled_from((pools.ELSEWHERE, pools.AUDIENCE + "/")))
def test_17_a_presentation_is_good_for_one_request_at_one_audience_once(
    case: Case, format_: str, other: Situation, elsewhere: str
) -> None:
    held, situation = case.grant(format_), case.situation
    wire, request = use(held, situation)
    expected = within_limits(verdict(held, situation))
    # These are asked before whom it was made for.
    early = expected.code in ("outside_validity", "broken_chain", "stale_status")
    there = judged(verifier(held.root, situation, audience=elsewhere), wire, request)
    assert there.code == (expected.code if early or elsewhere == situation.audience else "wrong_audience")
    by = verifier(held.root, situation, cache=8)
    if other.request() != request:
        assert judged(by, wire, other.request()).code == (expected.code if early else "wrong_request")
    assert judged(by, wire, request) == expected
    assert judged(by, wire, request).code == (expected.code if early else "replayed")


@law
@given(st.sampled_from((None, "c1", "ü☃")), st.sampled_from((None, "c1", "C1", "ü☃")), formats)
def test_17_a_challenge_is_answered_by_the_very_same_challenge(
    asked: str | None, given_: str | None, format_: str
) -> None:
    held = grant(format_, PEOPLE[0], [Step(PEOPLE[1], (Purpose("x"),))])
    wire, request = use(held, Situation(), challenge=given_)
    by = verifier(held.root, Situation())
    assert (judged(by, wire, request, challenge=asked).code == ALLOWED) is (asked == given_)
