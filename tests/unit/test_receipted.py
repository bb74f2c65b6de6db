"""A verifier that keeps receipts: one for every decision, of what was verified and of nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from tests.property import chains
from tests.unit.audit_scene import KINDS, SERVICE
from tests.unit.scene import (
    ALICE,
    AUDIENCE,
    MALLORY,
    NOW,
    PLANNER,
    READ,
    REQUEST,
    SCOUT,
    Answering,
    Clock,
    given,
    passed,
    person,
    shown,
    verifier,
)

from attorn import AttornError, Denied, Identity, Request, Token, Verifier, caveat
from attorn.audit import ALLOWED, Receipt, Recorder, receipts
from attorn.caveat import FreshList, Status
from attorn.encoding import base64url_encode
from attorn.engine import StockEngine
from attorn.errors import InputError, ResolutionError, UnavailableError, VerificationError
from attorn.request.money import Money
from attorn.revocation import deprovision, revoke, suspend
from attorn.status import token_list
from attorn.store import MemoryStore

FIRST = given(READ)
TOKEN = passed(FIRST, PLANNER, SCOUT, caveat.Range("limit", 1, 100))
URI = "https://lists.example/1"


class Failing:
    """A recorder that is not attorn's."""

    def record(self, draft: Any) -> Receipt:
        del draft
        raise KeyError("no such log")


def test_what_a_recorder_of_somebody_else_raises_permits_nothing() -> None:
    with pytest.raises(UnavailableError, match="KeyError"):
        verifier(receipts=Failing()).authorize(shown(FIRST, PLANNER), REQUEST)


class Book:
    """A log, and what it says."""

    def __init__(self, kind: str, folder: Path) -> None:
        self.log: Any = KINDS[kind](folder / "log")
        self.recorder = Recorder(self.log, by=SERVICE)

    def verifier(self, **changed: Any) -> Verifier:
        return verifier(**{"receipts": self.recorder, **changed})

    @property
    def receipts(self) -> list[Receipt]:
        try:
            return list(receipts(self.log, by=[SERVICE.did]))
        except UnavailableError:
            # Nothing was appended yet: there is no file.
            return []

    @property
    def last(self) -> Receipt:
        return self.receipts[-1]


@pytest.fixture(params=KINDS)
def book(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Book]:
    made = Book(request.param, tmp_path)
    yield made
    close = getattr(made.log, "close", None)
    if close is not None:
        close()


def is_about(receipt: Receipt, token: Token | None, request: Request = REQUEST) -> None:
    """It names the request, and this chain or none."""
    assert (receipt.at, receipt.audience, receipt.by) == (NOW, AUDIENCE, SERVICE.did)
    assert (receipt.action, receipt.resource, receipt.request) == (request.action, request.resource, request.digest())
    links = () if token is None else token.unverified_links
    assert receipt.root == (links[0].delegator if links else None)
    assert [(hop.link, hop.delegate) for hop in receipt.chain] == [(link.id, link.delegate) for link in links]


def test_what_was_permitted(book: Book) -> None:
    counted = passed(given(READ, caveat.MaxUses(5)), PLANNER, SCOUT, caveat.Rate(3, "day"))
    by = book.verifier()
    for number in (1, 2):
        access = by.authorize(shown(counted, SCOUT), REQUEST)
        receipt = book.last
        is_about(receipt, counted)
        assert (receipt.sequence, receipt.verdict, receipt.step, receipt.link) == (number, ALLOWED, None, None)
        assert (receipt.root, receipt.holder) == (access.root, access.holder)
        charged = [(line.link, line.unit, line.period, line.limit, line.amount) for line in receipt.charges]
        assert charged == [(1, "uses", "total", 5, 1), (2, "uses", "day", 3, 1)]
        used = by.store.used([line.account for line in receipt.charges])  # type: ignore[attr-defined]
        assert list(used.values()) == [number, number]
        assert receipt.retry is False
    assert len(book.receipts) == 2


def test_money_is_told_in_its_currency(book: Book) -> None:
    token = given(READ, caveat.Budget(500, "EUR"), caveat.Budget(900, "EUR", per="week"))
    request = Request(action="events:read", resource="cal://alice", cost=Money(120, "EUR"))
    book.verifier().authorize(shown(token, PLANNER, request), request)
    lines = [(line.unit, line.period, line.limit, line.amount) for line in book.last.charges]
    assert lines == [("EUR", "total", 500, 120), ("EUR", "week", 900, 120)]


def test_a_retry_is_told_as_one(book: Book) -> None:
    token = given(READ, caveat.MaxUses(1))
    by = book.verifier(retries=timedelta(minutes=10))
    for repeated in (False, True, True):
        by.authorize(shown(token, PLANNER, idempotency_key="order-1"), REQUEST)
        assert (book.last.verdict, book.last.retry, len(book.last.charges)) == (ALLOWED, repeated, 1)
    with pytest.raises(Denied):
        by.authorize(shown(token, PLANNER, idempotency_key="order-2"), REQUEST)
    assert (book.last.verdict, book.last.retry, book.last.charges) == ("denied", False, ())


class Case(NamedTuple):
    """A wire, the verifier that refuses it, what it says, and the chain that it then knows to be genuine."""

    wire: Callable[[], str]
    verdict: str
    step: int | None
    link: int | None = None
    known: Token | None = TOKEN
    verifier: Callable[[], dict[str, Any]] = dict


def said(*entries: Any) -> Callable[[], dict[str, Any]]:
    def make() -> dict[str, Any]:
        store = MemoryStore()
        for entry in entries:
            store.apply(entry)
        return {"store": store}

    return make


class Broken(MemoryStore):
    def statements(self, wanted: Any, *, by: Any = None) -> Any:
        raise OSError("gone")


class NoLedger(MemoryStore):
    def charge(self, charges: Any, *, now: int, retry: Any = None) -> Any:
        raise UnavailableError("not now")


def wire(token: Token = TOKEN, holder: Identity = SCOUT, **changed: Any) -> Callable[[], str]:
    return lambda: shown(token, holder, **changed)


def spoilt() -> str:
    text = shown(TOKEN, SCOUT)
    return text[:-20] + ("A" if text[-20] != "A" else "B") + text[-19:]


def too_deep() -> str:
    steps = [chains.Step(chains.PEOPLE[1], (READ, caveat.MaxDepth(0))), chains.Step(chains.PEOPLE[2])]
    chain = chains.build(chains.PEOPLE[0], steps)
    return chains.presented(chain, chains.presentation(REQUEST))


JWK = person(80, method="jwk")
ELSEWHERE = Request(action="events:read", resource="cal://bob")
STATUS = given(READ, Status(URI, 3, issuer=ALICE.did))
FRESH = given(READ, FreshList(by=ALICE.did))
USED_UP = given(READ, caveat.Rate(1, "second"))
PAID = given(READ, caveat.Budget(5, "EUR"))
UNKNOWN = token_list.issue(URI, b"\xc0\0", by=ALICE, bits=2, issued=NOW)

CASES = {
    "too long": Case(lambda: "A" * 70_000, "limit_exceeded", 0, known=None),
    "no token": Case(lambda: "AAAA", "malformed", 1, known=None),
    "nothing": Case(lambda: "", "malformed", 1, known=None),
    "in transit": Case(TOKEN.encode, "not_holder", 8, known=None),
    "another root": Case(wire(), "untrusted_root", 2, known=None, verifier=lambda: {"roots": [MALLORY.did]}),
    "unresolved": Case(
        wire(given(READ, to=JWK), JWK),
        "unresolved_principal",
        3,
        known=None,
        verifier=lambda: {"resolver": Answering(ResolutionError("no"))},
    ),
    "spoilt": Case(spoilt, "bad_signature", 4, known=None),
    "too deep": Case(too_deep, "broken_chain", 5, known=None, verifier=lambda: {"roots": [chains.PEOPLE[0].did]}),
    "too late": Case(wire(ttl=timedelta(seconds=1)), "outside_validity", 6, verifier=lambda: {"clock": Clock(NOW + 1)}),
    "revoked": Case(wire(), "revoked", 7, verifier=said(revoke(TOKEN, by=PLANNER))),
    "suspended": Case(wire(), "suspended", 7, verifier=said(suspend(SCOUT.did, by=ALICE))),
    "deprovisioned": Case(wire(), "deprovisioned", 7, verifier=said(deprovision(PLANNER.did, by=ALICE))),
    "bad status": Case(wire(STATUS, PLANNER), "bad_status", 7, known=STATUS, verifier=said(UNKNOWN)),
    "no list": Case(wire(FRESH, PLANNER), "stale_status", None, known=FRESH),
    "no store": Case(wire(), "unavailable", None, verifier=lambda: {"store": Broken()}),
    "another audience": Case(wire(audience="did:web:other.example"), "wrong_audience", 8),
    "another request": Case(wire(request=ELSEWHERE), "wrong_request", 8),
    "a challenge": Case(wire(challenge="why"), "wrong_request", 8),
    "a caveat": Case(wire(given(caveat.Actions("pay")), PLANNER), "denied", 9, 1, known=None),
    "no ledger": Case(
        wire(USED_UP, PLANNER), "unavailable", None, known=USED_UP, verifier=lambda: {"store": NoLedger()}
    ),
}


@pytest.mark.parametrize("form", ["one call", "two calls"])
@pytest.mark.parametrize("name", CASES)
def test_what_was_refused_leaves_one_receipt(book: Book, name: str, form: str) -> None:
    case = CASES[name]
    by = book.verifier(**case.verifier())
    text = case.wire()
    call = by.authorize if form == "one call" else lambda *asked: by.verify(*asked).clear()
    with pytest.raises(AttornError) as caught:
        call(text, REQUEST)
    assert isinstance(caught.value, VerificationError | Denied | UnavailableError)
    (receipt,) = book.receipts
    assert caught.value.code == receipt.verdict == case.verdict
    assert (receipt.step, receipt.link, receipt.charges, receipt.retry) == (case.step, case.link, (), False)
    if name == "a caveat":
        assert [hop.delegate for hop in receipt.chain] == [PLANNER.did]
    elif name != "too late":
        is_about(receipt, case.known)
    else:
        assert len(receipt.chain) == 2


@pytest.mark.parametrize("remembered", [0, 16])
def test_a_presentation_that_comes_back(book: Book, remembered: int) -> None:
    by, text = book.verifier(cache=remembered), shown(TOKEN, SCOUT)
    by.authorize(text, REQUEST)
    for _ in range(2):
        with pytest.raises(VerificationError):
            by.authorize(text, REQUEST)
    assert [(each.verdict, each.step) for each in book.receipts] == [(ALLOWED, None), ("replayed", 8), ("replayed", 8)]
    for receipt in book.receipts:
        is_about(receipt, TOKEN)


def test_a_limit_that_is_used_up(book: Book) -> None:
    by = book.verifier()
    by.authorize(shown(USED_UP, PLANNER), REQUEST)
    with pytest.raises(Denied):
        by.authorize(shown(USED_UP, PLANNER), REQUEST)
    assert (book.last.verdict, book.last.step, book.last.link, book.last.charges) == ("denied", 10, 1, ())
    with pytest.raises(Denied):
        by.authorize(shown(PAID, PLANNER), REQUEST)
    assert (book.last.verdict, book.last.step, book.last.link) == ("denied", 9, 1)


def test_two_calls_are_one_decision(book: Book) -> None:
    by = book.verifier()
    verified = by.verify(shown(TOKEN, SCOUT), REQUEST)
    # It permits nothing yet.
    assert book.receipts == []
    verified.clear()
    (receipt,) = book.receipts
    is_about(receipt, TOKEN)
    assert receipt.verdict == ALLOWED
    verified.clear()
    assert [each.verdict for each in book.receipts] == [ALLOWED, ALLOWED]


def test_two_calls_of_which_the_second_is_refused(book: Book) -> None:
    clock = Clock()
    by = book.verifier(clock=clock)
    limited = by.verify(shown(given(caveat.Actions("pay")), PLANNER), REQUEST)
    slow = by.verify(shown(TOKEN, SCOUT), REQUEST)
    with pytest.raises(Denied):
        limited.clear()
    clock.second += 3_600
    with pytest.raises(VerificationError):
        slow.clear()
    found = [(each.verdict, each.step, each.at) for each in book.receipts]
    assert found == [("denied", 9, NOW), ("outside_validity", 6, NOW + 3_600)]


def test_a_callers_own_mistake_is_no_decision(book: Book) -> None:
    by = book.verifier()
    for call in (
        lambda: by.authorize(shown(TOKEN, SCOUT), "read"),  # type: ignore[arg-type]
        lambda: by.authorize(shown(TOKEN, SCOUT), REQUEST, challenge=""),
        lambda: by.verify(shown(TOKEN, SCOUT), None),  # type: ignore[arg-type]
    ):
        with pytest.raises(InputError):
            call()
    assert book.receipts == []


# A log that cannot.


class Full:
    """A log that takes nothing."""

    def __init__(self, error: Exception | None) -> None:
        self.error = error

    def append(self, make: Any) -> None:
        if self.error is not None:
            raise self.error

    def lines(self) -> Any:
        return iter(())

    def checkpoint(self) -> None:
        return None


ERRORS = [UnavailableError("full"), OSError("gone"), ValueError("?"), RuntimeError(), None]


@pytest.mark.parametrize("error", ERRORS, ids=ascii)
@pytest.mark.parametrize("form", ["one call", "two calls"])
def test_without_a_receipt_nothing_is_permitted(error: Exception | None, form: str) -> None:
    by = verifier(receipts=Recorder(Full(error), by=SERVICE))
    verified = by.verify(shown(TOKEN, SCOUT), REQUEST)
    with pytest.raises(UnavailableError) as caught:
        verified.clear() if form == "two calls" else by.authorize(shown(TOKEN, SCOUT), REQUEST)
    assert caught.value.code == "unavailable"


@pytest.mark.parametrize("error", ERRORS, ids=ascii)
@pytest.mark.parametrize("name", ["no token", "another root", "spoilt", "revoked", "a caveat", "no store"])
def test_without_a_receipt_what_was_refused_stays_refused(name: str, error: Exception | None) -> None:
    case = CASES[name]
    by = verifier(receipts=Recorder(Full(error), by=SERVICE), **case.verifier())
    with pytest.raises(UnavailableError):
        by.authorize(case.wire(), REQUEST)


def test_a_use_that_was_charged_and_not_recorded_is_repeated_under_its_key(book: Book) -> None:
    store, token = MemoryStore(), given(READ, caveat.MaxUses(1))
    retries = timedelta(minutes=10)
    by = verifier(store=store, retries=retries, receipts=Recorder(Full(OSError()), by=SERVICE))
    with pytest.raises(UnavailableError):
        by.authorize(shown(token, PLANNER, idempotency_key="k"), REQUEST)
    again = book.verifier(store=store, retries=retries)
    assert again.authorize(shown(token, PLANNER, idempotency_key="k"), REQUEST).repeated is True
    assert book.last.retry is True


@pytest.mark.parametrize("second", [-1, -86_400])
def test_a_time_that_no_receipt_can_state(book: Book, second: int) -> None:
    by = book.verifier(clock=Clock(second))
    with pytest.raises(UnavailableError):
        by.authorize(shown(TOKEN, SCOUT), REQUEST)
    assert book.receipts == []


def test_a_clock_that_fails(book: Book) -> None:
    def clock() -> Any:
        raise OSError("no time")

    with pytest.raises(UnavailableError):
        book.verifier(clock=clock).authorize(shown(TOKEN, SCOUT), REQUEST)
    assert book.receipts == []


# Nothing secret, and nobody who has nothing to do with it.


def test_nothing_secret_is_in_a_receipt(book: Book) -> None:
    sentinels = ["sentinel-argument", "sentinel-name", "sentinel-key", "sentinel-challenge", "sentinel-purpose"]
    args = {"limit": 10, "sentinel-name": "sentinel-argument"}
    request = Request(action="events:read", resource="cal://alice", args=args)
    token = passed(given(READ, caveat.Purpose("sentinel-purpose")), PLANNER, SCOUT, caveat.MaxUses(1))
    by = book.verifier(retries=timedelta(minutes=1))
    shows = {"request": request, "challenge": "sentinel-challenge", "idempotency_key": "sentinel-key"}
    texts = [shown(token, SCOUT, **shows) for _ in range(2)]
    texts.append(shown(token, SCOUT, **{**shows, "idempotency_key": "another"}))
    for text in (*texts, *texts, spoilt()):
        try:
            by.authorize(text, request, challenge="sentinel-challenge")
        except AttornError:
            continue
    lines = b"\n".join(book.log.lines()).decode()
    assert len(book.receipts) == 7
    nonces = [base64url_encode(StockEngine().read(text).presentation.id) for text in texts]
    for secret in (*sentinels, *texts, *nonces, token.encode(), texts[0][:40], texts[0][-40:]):
        assert secret not in lines


def test_a_forger_names_nobody(book: Book) -> None:
    """Whose chain it says it is, is not told, for that is what a stranger wrote."""
    mine = given(READ, by=MALLORY, to=SCOUT)
    by = book.verifier()
    for text in (shown(mine, SCOUT), spoilt()):
        with pytest.raises(VerificationError):
            by.authorize(text, REQUEST)
    for receipt in book.receipts:
        assert (receipt.root, receipt.chain, receipt.holder, receipt.genuine) == (None, (), None, False)
    assert MALLORY.did not in b"".join(book.log.lines()).decode()
