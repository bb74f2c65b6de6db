"""Attacks 80 to 88: proof of possession, replay, clocks, and stores that fail."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from datetime import timedelta
from pathlib import Path

import pytest
from tests.attacks.scene import REQUEST, Clock, accepted, clock_at, refused, verdict, verifier, wire
from vectors import testkit as kit
from vectors.testkit import ALICE, BOB, MALLORY, NOW, PLANNER, SCOUT, Part, pb

from attorn import AttornError, Denied, Identity, Limits, Request, VerificationError, caveat
from attorn.errors import InputError, ReplayError, UnavailableError
from attorn.store import MemoryStore, SQLiteStore, Store

MALFORMED, OUTSIDE, REPLAYED = ("malformed", 1), ("outside_validity", 6), ("replayed", 8)
CHAIN = kit.three_links()
GOOD = kit.baseline()


@pytest.fixture
def open_file(tmp_path: Path) -> Iterator[Callable[[], SQLiteStore]]:
    """Opens one and the same file each time, and closes it as often behind the test."""
    with ExitStack() as opened:
        yield lambda: opened.enter_context(closing(SQLiteStore(tmp_path / "store.db")))


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, open_file: Callable[[], SQLiteStore]) -> Store:
    return MemoryStore() if request.param == "memory" else open_file()


def test_80_the_same_presentation_twice(store: Store) -> None:
    by = verifier(store=store)
    accepted(GOOD, by=by)
    refused(GOOD, *REPLAYED, by=by)
    accepted(kit.baseline(id=bytes(16)), by=by)


def test_80_across_two_stores_on_one_file(open_file: Callable[[], SQLiteStore]) -> None:
    first, second = (verifier(store=open_file()) for _ in range(2))
    accepted(GOOD, by=first)
    refused(GOOD, *REPLAYED, by=second)
    again = kit.baseline(id=bytes(16))
    accepted(again, by=second)
    refused(again, *REPLAYED, by=first)


def test_80_after_a_restart(open_file: Callable[[], SQLiteStore]) -> None:
    store = open_file()
    accepted(GOOD, by=verifier(store=store))
    store.close()
    refused(GOOD, *REPLAYED, by=verifier(store=open_file()))


def test_80_from_many_threads_at_once(store: Store) -> None:
    by = verifier(store=store)

    def use(_: int) -> bool:
        try:
            by.authorize(GOOD, REQUEST)
        except ReplayError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(use, range(64))) == 1


def test_80_same_id_with_other_bytes() -> None:
    by = verifier()
    accepted(GOOD, by=by)
    refused(kit.baseline(stop=NOW + 61), *REPLAYED, by=by)
    refused(wire(CHAIN[:2], SCOUT, id=bytes(range(16)), audience="x"), "wrong_audience", 8, by=by)


def test_82_nobody_uses_up_the_ids_of_another_holder() -> None:
    by = verifier()
    accepted(wire(CHAIN[:1], PLANNER), by=by)
    accepted(wire(CHAIN[:2], SCOUT), by=by)
    accepted(wire(CHAIN, BOB), by=by)


def test_82_a_refused_presentation_uses_up_nothing() -> None:
    by, clock = verifier(), Clock()
    refused(GOOD, "wrong_request", 8, by=by, request=Request(action="a", resource="/"))
    refused(kit.url64(kit.container(kit.presented(CHAIN, BOB), pb(2, bytes(64)))), "bad_signature", 4, by=by)
    accepted(GOOD, by=by)
    assert clock() == clock_at(NOW)()


def test_82_one_id_at_two_audiences_is_two_presentations(open_file: Callable[[], SQLiteStore]) -> None:
    store = open_file()
    accepted(GOOD, by=verifier(store=store))
    accepted(kit.baseline(audience="x:y"), by=verifier(store=store, audience="x:y"))
    refused(kit.baseline(audience="x:y"), *REPLAYED, by=verifier(store=store, audience="x:y"))


def test_82_a_full_store_refuses() -> None:
    by = verifier(store=MemoryStore(capacity=1))
    accepted(GOOD, by=by)
    refused(kit.baseline(id=bytes(16)), "unavailable", None, by=by)
    refused(GOOD, *REPLAYED, by=by)


TIMES: dict[str, tuple[dict[str, int], tuple[str, int] | None]] = {
    "81-starts-now": ({"start": NOW}, None),
    "81-starts-in-a-second": ({"start": NOW + 1}, OUTSIDE),
    "81-stops-in-a-second": ({"stop": NOW + 1}, None),
    "81-stops-now": ({"stop": NOW}, OUTSIDE),
    "81-stopped": ({"stop": NOW - 1}, OUTSIDE),
    "81-window-turned-round": ({"start": NOW + 60, "stop": NOW - 60}, OUTSIDE),
    "81-window-empty": ({"start": NOW, "stop": NOW}, OUTSIDE),
    "81-longest-window": ({"start": NOW - 300, "stop": NOW + 300}, None),
    "81-window-too-long": ({"start": NOW - 300, "stop": NOW + 301}, OUTSIDE),
    "81-window-from-zero": ({"start": 0}, OUTSIDE),
    "81-window-to-the-year-10000": ({"stop": 253_402_300_800}, MALFORMED),
}


@pytest.mark.parametrize(("window", "expected"), TIMES.values(), ids=TIMES.keys())
def test_windows(window: dict[str, int], expected: tuple[str, int] | None) -> None:
    if expected is None:
        accepted(kit.baseline(**window))
    else:
        refused(kit.baseline(**window), *expected)


def test_88_clock_stepped_back(store: Store) -> None:
    clock = Clock()
    by = verifier(store=store, clock=clock, limits=Limits(presentation=timedelta(hours=1)))
    accepted(GOOD, by=by)
    clock.second = NOW + 100
    refused(GOOD, *OUTSIDE, by=by)
    accepted(kit.baseline(id=bytes(16), start=NOW, stop=NOW + 200), by=by)  # the store forgets what has expired
    clock.second = NOW
    refused(GOOD, *REPLAYED, by=by)
    refused(kit.baseline(id=b"y" * 16), *REPLAYED, by=by)


@pytest.mark.parametrize(
    "audience", ["d", "did:web:calendar", kit.AUDIENCE + "/", kit.AUDIENCE.upper(), kit.AUDIENCE + "\0"]
)
def test_83_another_audience(audience: str) -> None:
    refused(kit.baseline(audience=audience), "wrong_audience", 8)


@pytest.mark.parametrize("audience", ["", "d" * 2049])
def test_83_no_audience(audience: str) -> None:
    refused(kit.baseline(audience=audience), "malformed", 1)


ASKED: dict[str, dict[str, object]] = {
    "84-action": {"action": "events:write"},
    "84-resource": {"resource": "cal://alice/2026-12"},
    "84-argument": {"args": {"limit": 11}},
    "84-argument-as-text": {"args": {"limit": "10"}},
    "84-argument-added": {"args": {"limit": 10, "q": "x"}},
    "84-argument-dropped": {"args": {}},
    "84-method": {"args": {"limit": 10, "@method": "DELETE"}},
}


@pytest.mark.parametrize("changed", ASKED.values(), ids=ASKED.keys())
def test_84_another_request(changed: dict[str, object]) -> None:
    request = Request(**{"action": kit.ACTION, "resource": kit.RESOURCE, "args": kit.ARGS, **changed})  # type: ignore[arg-type]
    refused(GOOD, "wrong_request", 8, request=request)
    accepted(GOOD)


CHALLENGES: dict[str, tuple[str | None, str | None, tuple[str, int] | None]] = {
    "82-answered": ("abc", "abc", None),
    "82-not-answered": (None, "abc", ("wrong_request", 8)),
    "82-answered-otherwise": ("abd", "abc", ("wrong_request", 8)),
    "82-answered-with-a-prefix": ("ab", "abc", ("wrong_request", 8)),
    "82-not-asked": ("abc", None, ("wrong_request", 8)),
    "82-empty-answer": ("", None, MALFORMED),
}


@pytest.mark.parametrize(("answered", "asked", "expected"), CHALLENGES.values(), ids=CHALLENGES.keys())
def test_challenges(answered: str | None, asked: str | None, expected: tuple[str, int] | None) -> None:
    text = kit.baseline(challenge=answered)
    if expected is None:
        accepted(text, challenge=asked)
    else:
        refused(text, *expected, challenge=asked)


@pytest.mark.parametrize(
    "challenge", ["", b"abc", 5, "\ud800"], ids=["82-empty", "82-bytes", "82-number", "82-surrogate"]
)
def test_challenges_that_nobody_can_ask(challenge: object) -> None:
    with pytest.raises(InputError):
        verifier().authorize(GOOD, REQUEST, challenge=challenge)  # type: ignore[arg-type]


def parts(**changed: Part | None) -> list[Part]:
    """The predicates of a presentation's check, some replaced or left out."""
    found: dict[str, Part | None] = {
        "audience": kit.pred("audience", kit.text(kit.AUDIENCE)),
        "request": kit.pred("request", kit.octets(kit.digest())),
        "nonce": kit.pred("nonce", kit.octets(bytes(range(16)))),
        "time": kit.pred("time", kit.var("time")),
        **changed,
    }
    return [part for part in found.values() if part is not None]


def window(low: Part = kit.GREATER_OR_EQUAL, high: Part = kit.LESS, start: Part | None = None) -> list[Part]:
    return [
        kit.expr(kit.value(kit.var("time")), kit.value(start or kit.date(NOW - 30)), low),
        kit.expr(kit.value(kit.var("time")), kit.value(kit.date(NOW + 60)), high),
    ]


def bound(body: list[Part], where: list[Part] | None = None) -> list[Part]:
    return [kit.check(kit.query(*body, where=window() if where is None else where))]


WHOLE = kit.query(*parts(), where=window())
SHRUNK: dict[str, list[Part]] = {
    "86-no-check": [],
    "86-no-audience": bound(parts(audience=None)),
    "86-no-request": bound(parts(request=None)),
    "86-no-nonce": bound(parts(nonce=None)),
    "86-no-time": bound(parts(time=None)),
    "86-no-window": bound(parts(), []),
    "87-no-start": bound(parts(), window()[1:]),
    "87-no-stop": bound(parts(), window()[:1]),
    "87-window-swapped": bound(parts(), window()[::-1]),
    "87-three-conditions": bound(parts(), [*window(), window()[0]]),
    "87-start-exclusive": bound(parts(), window(low=kit.GREATER)),
    "87-stop-inclusive": bound(parts(), window(high=kit.LESS_OR_EQUAL)),
    "87-order": bound(parts()[::-1]),
    "87-audience-twice": bound([parts()[0], *parts()]),
    "87-two-challenges": bound([*parts()[:3], *[kit.pred("challenge", kit.text("x"))] * 2, parts()[3]]),
    "87-unknown-part": bound([*parts()[:3], kit.pred("weather", kit.text("x")), parts()[3]]),
    "87-alternatives": [kit.check(WHOLE, WHOLE)],
    "87-alternative-without-limits": [kit.check(WHOLE, kit.query())],
    "87-two-checks": [kit.check(WHOLE), kit.check(WHOLE)],
    "87-a-caveat-beside-it": [kit.check(WHOLE), kit.actions(kit.ACTION)],
    "87-a-caveat-instead": [kit.actions(kit.ACTION)],
    "87-nonce-short": bound(parts(nonce=kit.pred("nonce", kit.octets(bytes(15))))),
    "87-nonce-long": bound(parts(nonce=kit.pred("nonce", kit.octets(bytes(17))))),
    "87-nonce-empty": bound(parts(nonce=kit.pred("nonce", kit.octets(b"")))),
    "87-nonce-text": bound(parts(nonce=kit.pred("nonce", kit.text("0" * 16)))),
    "87-nonce-variable": bound(parts(nonce=kit.pred("nonce", kit.var("n")))),
    "87-digest-short": bound(parts(request=kit.pred("request", kit.octets(kit.digest()[:31])))),
    "87-digest-variable": bound(parts(request=kit.pred("request", kit.var("r")))),
    "87-audience-variable": bound(parts(audience=kit.pred("audience", kit.var("a")))),
    "87-audience-with-two-terms": bound(parts(audience=kit.pred("audience", kit.text(kit.AUDIENCE), kit.num(1)))),
    "87-time-of-another-name": bound(parts(time=kit.pred("time", kit.var("t")))),
    "57-start-as-number": bound(parts(), window(start=kit.num(0))),
}


@pytest.mark.parametrize("checks", SHRUNK.values(), ids=SHRUNK.keys())
def test_presentations_that_bind_less(checks: list[Part]) -> None:
    refused(wire(CHAIN, BOB, checks=checks), *MALFORMED)


def test_the_twin_of_the_presentations_is_accepted() -> None:
    accepted(wire(CHAIN, BOB, checks=[kit.check(WHOLE)]))


@pytest.mark.parametrize("fact", [kit.fact("time", kit.date(NOW)), kit.fact("nonce", kit.octets(bytes(16)))])
def test_76_a_presentation_states_no_facts(fact: Part) -> None:
    refused(wire(CHAIN, BOB, facts=[fact]), *MALFORMED)


THIEVES = {
    "85-another-key": wire(CHAIN, MALLORY),
    "85-the-root": wire(CHAIN, ALICE),
    "85-an-earlier-holder": wire(CHAIN, SCOUT),
    "85-another-key-sealed-by-the-holder": kit.url64(kit.sealed(kit.presented(CHAIN, MALLORY), BOB)),
    "85-another-key-that-names-the-holder": wire(CHAIN, MALLORY, next_key=BOB),
}


@pytest.mark.parametrize("text", THIEVES.values(), ids=THIEVES.keys())
def test_85_a_presentation_by_another_key(text: str) -> None:
    refused(text, "bad_signature", 4)


def test_85_the_holder_alone_may_present() -> None:
    clock = clock_at(NOW)
    alice, planner = (Identity.from_seed(key.seed, clock=clock) for key in (ALICE, PLANNER))
    token = alice.mint(to=planner.did, caveats=[caveat.Actions(kit.ACTION)])
    for other in (ALICE, SCOUT, MALLORY):
        with pytest.raises(AttornError) as caught:
            Identity.from_seed(other.seed, clock=clock).present(token, REQUEST, audience=kit.AUDIENCE)
        assert verdict(caught.value) == ("cannot_delegate", None)
    accepted(planner.present(token, REQUEST, audience=kit.AUDIENCE))


def test_no_verdict_has_a_truth_value_by_accident() -> None:
    access = accepted(GOOD)
    with pytest.raises(TypeError):
        bool(access.decision)
    assert not issubclass(Denied, VerificationError)
    assert not issubclass(UnavailableError, VerificationError)
