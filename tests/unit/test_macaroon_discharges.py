"""Third parties of a Macaroon, end to end: demanded by a link, discharged with caveats, bound to one presentation."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest
from tests.unit import scene
from tests.unit.macaroon_scene import chained, generated, mac
from tests.unit.macaroon_world import (
    ASK,
    ASKED,
    FRIEND,
    STRANGER,
    accepted,
    attended,
    base,
    closed,
    denied,
    given,
    held,
    opened,
    refused,
    verifier,
)
from tests.unit.scene import ALICE, AUDIENCE, HELPER, MALLORY, NOW, PLANNER, READ, REQUEST, SCOUT, Clock, draw, shown

from attorn import Denied, Identity, Limits, Request, Token, caveat
from attorn.biscuit.admission import admit
from attorn.biscuit.block import encode
from attorn.caveat import Caveat, FreshList, Status
from attorn.datalog import Predicate, octets, string
from attorn.encoding import base64url_encode
from attorn.errors import AttornError, InputError, UnavailableError
from attorn.macaroon import Macaroon, MacKey, ThirdParty
from attorn.macaroon.discharge import Discharged, approved, granting, read
from attorn.macaroon.link import append_presentation
from attorn.macaroon.mac import ProvenCaveat, attenuate, bind, require
from attorn.macaroon.mac import discharge as mac_discharge
from attorn.macaroon.notation import all_to_json
from attorn.token.discharge import discharge
from attorn.token.presentation import Presentation

BAD_SIGNATURE, NOT_ADMITTED, MALFORMED = ("bad_signature", 4), ("not_admitted", 1), ("malformed", 1)
BROKEN, TOO_MUCH = ("broken_chain", 5), ("limit_exceeded", 1)
FIRST = given(READ)
NARROW = PLANNER.delegate(FIRST, to=SCOUT.did, third_parties=[ASKED])
MET = discharge(FRIEND, ASK)
LIMIT = caveat.Range("limit", 1, 10)


def met(*caveats: Caveat, key: MacKey = FRIEND, identifier: bytes = ASK) -> Macaroon:
    return discharge(key, identifier, caveats=caveats)


def used(*discharges: Macaroon, token: Token = NARROW, by: Identity = SCOUT, **call: Any) -> str:
    return attended(token, by, *discharges, **call)


def said(condition: bytes) -> Macaroon:
    """A genuine discharge with a condition put in by hand."""
    return attenuate(MET, condition)


def saying(*checks: Any, facts: tuple[Predicate, ...] = ()) -> Macaroon:
    """A genuine discharge with a block of any content."""
    return granting(FRIEND, ASK, encode(facts, checks, ()))


def test_a_third_party_that_agrees() -> None:
    access = accepted(used(MET))
    assert (access.root, access.holder) == (ALICE.did, SCOUT.did)
    accepted(used(met(LIMIT, caveat.Actions("events:read"), caveat.Expires(_at(NOW + 5)))))


def _at(second: int) -> Any:
    return Clock(second)()


def test_every_place_that_a_third_party_can_have() -> None:
    """Before the user's own link, before a delegate's, and several at once; in any order of the discharges."""
    parties = [ThirdParty(MacKey(bytes((number,)) * 32), b"ask %d" % number) for number in range(3)]
    token = ALICE.mint(to=PLANNER.did, caveats=[READ], base=base(), third_parties=parties[:2])
    token = Token.decode(PLANNER.delegate(token, to=SCOUT.did, third_parties=parties[2:]).encode())
    given_ = [discharge(each.key, each.identifier) for each in parties]
    accepted(used(*given_, token=token))
    accepted(used(*reversed(given_), token=token))
    for missing in range(3):
        refused(used(*given_[:missing], *given_[missing + 1 :], token=token), *BROKEN)


def test_what_a_holder_demands_of_itself() -> None:
    """A caveat between the last link and the presentation is covered by the presentation, and counts as the link's."""
    token = _own_demand()
    denied(used(met(caveat.Range("limit", 1, 9)), token=token, by=PLANNER), 9, 1)
    accepted(used(MET, token=token, by=PLANNER))
    refused(used(token=token, by=PLANNER), *BROKEN)


def _own_demand() -> Token:
    carrier = FIRST.carrier
    more = require(held(FIRST), key=FRIEND, identifier=ASK, random=draw)
    return replace(FIRST, carrier=replace(carrier, macaroon=more))  # type: ignore[type-var]


BOUND_TO_ANOTHER = opened(used(MET))[1]
(WHOLE,) = opened(used())
DISCHARGES: dict[str, tuple[Callable[[], str], tuple[str, int]]] = {
    "missing": (used, BROKEN),
    "missing-in-json": (lambda: all_to_json([WHOLE]), BROKEN),
    "twice": (lambda: used(MET, MET), BROKEN),
    "twice-with-other-caveats": (lambda: used(MET, met(LIMIT)), BROKEN),
    "one-more": (lambda: used(MET, met(identifier=b"more")), BROKEN),
    "of-another-condition": (lambda: used(met(identifier=b"is it friday?")), BROKEN),
    "by-another-party": (lambda: used(met(key=STRANGER)), BAD_SIGNATURE),
    "by-nobody": (lambda: used(replace(MET, signature=bytes(32))), BAD_SIGNATURE),
    "unbound": (lambda: closed(WHOLE, MET), BAD_SIGNATURE),
    "bound-to-another-presentation": (lambda: closed(WHOLE, BOUND_TO_ANOTHER), BAD_SIGNATURE),
    "bound-to-the-token": (lambda: closed(WHOLE, bind(held(NARROW), MET)), BAD_SIGNATURE),
    "bound-twice": (lambda: closed(WHOLE, bind(WHOLE, bind(WHOLE, MET))), BAD_SIGNATURE),
    "bound-and-then-narrowed": (lambda: closed(WHOLE, attenuate(bind(WHOLE, MET), b"x")), BAD_SIGNATURE),
    "in-front": (lambda: closed(bind(WHOLE, MET), WHOLE), ("untrusted_root", 2)),
    "a-presentation-of-it": (lambda: closed(WHOLE, bind(WHOLE, WHOLE)), NOT_ADMITTED),
    "that-demands-more": (lambda: used(require(MET, key=FRIEND, identifier=b"more", random=draw)), NOT_ADMITTED),
    "that-demands-itself": (lambda: used(require(MET, key=FRIEND, identifier=ASK, random=draw)), NOT_ADMITTED),
    "seventeen": (lambda: base64url_encode(WHOLE.encode() + bind(WHOLE, MET).encode() * 17), TOO_MUCH),
}


@pytest.mark.parametrize("name", DISCHARGES)
def test_discharges_that_are_refused(name: str) -> None:
    make, verdict = DISCHARGES[name]
    refused(make(), *verdict)


ISSUED = encode((Predicate("link", (octets(bytes(16)), (3, NOW))),), (), ())
CONDITIONS: dict[str, tuple[bytes, tuple[str, int]]] = {
    "unknown": (b"holds", NOT_ADMITTED),
    "of-other-libraries": (b"time < 2030-01-01T00:00", NOT_ADMITTED),
    "of-an-unknown-version": (b"attorn-caveats-2.AAAA", NOT_ADMITTED),
    "without-a-dot": (b"attorn-caveats-1", NOT_ADMITTED),
    "in-capitals": (b"Attorn-Caveats-1.AAAA", NOT_ADMITTED),
    "a-link": (held(FIRST).unverified_caveats[0].id, NOT_ADMITTED),
    "a-presentation": (WHOLE.unverified_caveats[-1].id, NOT_ADMITTED),
    "bytes": (b"\xff", NOT_ADMITTED),
    "caveats-in-bytes": (b"attorn-caveats-1.\xff", MALFORMED),
    "caveats-in-padding": (b"attorn-caveats-1.AA==", MALFORMED),
    "caveats-with-space": (b"attorn-caveats-1.AAAA\n", MALFORMED),
    "no-caveats": (b"attorn-caveats-1.", NOT_ADMITTED),
    "caveats-that-are-no-block": (b"attorn-caveats-1.AAAA", NOT_ADMITTED),
    "an-empty-block": (b"attorn-caveats-1." + base64url_encode(encode((), (), ())).encode(), NOT_ADMITTED),
    "a-block-of-a-link": (b"attorn-caveats-1." + base64url_encode(ISSUED).encode(), NOT_ADMITTED),
}


@pytest.mark.parametrize("name", CONDITIONS)
def test_conditions_that_are_refused(name: str) -> None:
    """Put there by the third party itself, or by anybody who held the discharge: adding needs no key."""
    condition, verdict = CONDITIONS[name]
    refused(used(said(condition)), *verdict)


FACTS: dict[str, Predicate] = {
    "an-action": Predicate("operation", (string("events:write"),)),
    "a-resource": Predicate("resource", (string("cal://bob"),)),
    "a-purpose": Predicate("purpose", (string("to book a flight"),)),
    "an-idempotency-key": Predicate("idempotency", (string("k1"),)),
    "a-user": Predicate("user", (octets(bytes(34)),)),
}


@pytest.mark.parametrize("name", FACTS)
def test_a_discharge_states_no_facts(name: str) -> None:
    refused(used(saying(facts=(FACTS[name],))), *NOT_ADMITTED)
    refused(used(saying(LIMIT.render(), facts=(FACTS[name],))), *NOT_ADMITTED)


URI = "https://lists.example/1"
UNASKABLE: dict[str, Caveat] = {
    "uses": caveat.MaxUses(10),
    "spaced": caveat.Spaced("day"),
    "rate": caveat.Rate(10, per="hour"),
    "budget": caveat.Budget(1000, "EUR"),
    "list": FreshList(by=ALICE.did),
    "status": Status(URI, 1, ALICE.did),
}


@pytest.mark.parametrize("name", UNASKABLE)
def test_a_discharge_has_no_account_and_no_list(name: str) -> None:
    rendered = UNASKABLE[name].resolved(_at(NOW), 1).render()
    refused(used(saying(rendered)), *NOT_ADMITTED)
    with pytest.raises(InputError, match="discharge"):
        met(UNASKABLE[name])


UNUSABLE: dict[str, Callable[[], Macaroon]] = {
    "a-purpose": lambda: met(caveat.Purpose("to book a flight")),
    "a-relative-time": lambda: met(caveat.ExpiresIn(hours=1)),
    "a-relative-depth": lambda: met(caveat.NoDelegation()),
    "no-caveat": lambda: met(5),  # type: ignore[arg-type]
    "text": lambda: discharge(FRIEND, ASK, caveats="events:read"),  # type: ignore[arg-type]
    "none": lambda: discharge(FRIEND, ASK, caveats=None),  # type: ignore[arg-type]
    "a-key-in-bytes": lambda: discharge(b"f" * 32, ASK),  # type: ignore[arg-type]
    "no-key": lambda: discharge(None, ASK),  # type: ignore[arg-type]
    "an-identifier-in-text": lambda: discharge(FRIEND, "ask"),  # type: ignore[arg-type]
    "an-empty-identifier": lambda: discharge(FRIEND, b""),
    "a-long-identifier": lambda: discharge(FRIEND, bytes(1025)),
    "too-many-caveats": lambda: met(*[caveat.OneOf("x", *(str(n) for n in range(200)))] * 20),
}


@pytest.mark.parametrize("name", UNUSABLE)
def test_discharges_that_cannot_be_made(name: str) -> None:
    with pytest.raises(InputError):
        UNUSABLE[name]()


def test_a_discharge_narrows_and_grants_nothing() -> None:
    """What it says is asked beside what the links say: the widest discharge permits what no discharge would have."""
    for caveats, ask in (([caveat.Actions("events:write")], "write"), ([], "write"), ([LIMIT], "more")):
        request = {
            "write": Request(action="events:write", resource="cal://alice"),
            "more": Request(action="events:read", resource="cal://alice", args={"limit": 11}),
        }[ask]
        denied(used(met(*caveats), request=request), 9, 1 if ask == "write" else 2, request=request)


NARROWED: dict[str, Caveat] = {
    "action": caveat.Actions("events:write"),
    "resource": caveat.Resources("cal://bob"),
    "argument": caveat.Range("limit", 1, 9),
    "absent-argument": caveat.Equals("when", "today"),
    "over": caveat.Expires(_at(NOW)),
    "not-begun": caveat.NotBefore(_at(NOW + 1)),
    "depth": caveat.MaxDepth(0),
    "audience": caveat.Audience("did:web:other.example"),
}


@pytest.mark.parametrize("name", NARROWED)
@pytest.mark.parametrize("position", [1, 2, 3])
def test_the_link_that_asked_is_named(name: str, position: int) -> None:
    """Whoever put the third party there is who the denial names, its step is 9, and the first caveat that fails."""
    parties: dict[int, list[ThirdParty]] = {position: [ASKED]}
    token = ALICE.mint(to=PLANNER.did, caveats=[READ], base=base(), third_parties=parties.get(1, []))
    token = PLANNER.delegate(token, to=SCOUT.did, third_parties=parties.get(2, []))
    token = SCOUT.delegate(token, to=HELPER.did, third_parties=parties.get(3, []))
    denied(used(met(READ, NARROWED[name]), token=token, by=HELPER), 9, position)


def test_anybody_on_the_way_may_narrow_a_discharge() -> None:
    narrowed = attenuate(met(READ), saying(caveat.Range("limit", 1, 9).render()).unverified_caveats[0].id)
    denied(used(narrowed), 9, 2)
    few = Request(action="events:read", resource="cal://alice", args={"limit": 9})
    accepted(used(narrowed, request=few), request=few)


def _valued(number: int) -> Caveat:
    return caveat.OneOf("limit", *range(10, 10 + number))


def test_values_in_discharges_are_bounded_together() -> None:
    parties = [ThirdParty(FRIEND, b"ask %d" % number) for number in range(4)]
    token = ALICE.mint(to=PLANNER.did, caveats=[READ], base=base(), third_parties=parties)

    def wire(number: int, last: int) -> str:
        sizes = [number, number, number, last]
        given_ = [met(_valued(n), identifier=each.identifier) for n, each in zip(sizes, parties, strict=True)]
        return used(*given_, token=token, by=PLANNER)

    accepted(wire(240, 240))
    refused(wire(300, 300), *TOO_MUCH)
    refused(wire(10, 1100), *TOO_MUCH)


def test_the_bounds_are_met_exactly() -> None:
    """As many values, or patterns, as a verifier takes, counted over all discharges; and one less that it takes."""
    parties = [ThirdParty(FRIEND, b"ask %d" % number) for number in range(2)]
    token = ALICE.mint(to=PLANNER.did, caveats=[READ], base=base(), third_parties=parties)
    request = Request(action="events:read", resource="cal://alice", args={"name": "a", "limit": 10})
    for kind, of in ((_valued(20), "terms"), (caveat.Glob("name", "a*"), "globs")):
        block = admit(encode((), (kind.render(),), ()), (), Limits())  # type: ignore[arg-type]
        both = 2 * getattr(block, of)
        given_ = [met(kind, identifier=each.identifier) for each in parties]

        def wire(made: list[Macaroon] = given_) -> str:
            return used(*made, token=token, by=PLANNER, request=request)

        accepted(wire(), request=request, by=verifier(limits=Limits(**{of: both})))
        refused(wire(), *TOO_MUCH, request=request, by=verifier(limits=Limits(**{of: both - 1})))


def test_blocks_in_discharges_are_as_many_as_links() -> None:
    """Whoever holds a discharge can put conditions into it, and each costs as much as a link to read."""
    condition = met(READ).unverified_caveats[0].id
    full, over = MET, MET
    for number in range(33):
        over = attenuate(over, condition)
        full = over if number < 32 else full
    accepted(used(full))
    refused(used(over), *TOO_MUCH)
    refused(used(full), *TOO_MUCH, by=verifier(limits=Limits(links=31)))


def test_patterns_in_discharges_are_bounded_together() -> None:
    parties = [ThirdParty(FRIEND, b"ask %d" % number) for number in range(2)]
    token = ALICE.mint(to=PLANNER.did, caveats=[READ], base=base(), third_parties=parties)
    request = Request(action="events:read", resource="cal://alice", args={"name": "a"})

    def wire(*numbers: int) -> str:
        patterns = [[caveat.Glob("name", "a*" + "*" * n) for n in range(number)] for number in numbers]
        given_ = [met(*some, identifier=each.identifier) for some, each in zip(patterns, parties, strict=True)]
        return used(*given_, token=token, by=PLANNER, request=request)

    accepted(wire(16, 16), request=request)
    refused(wire(17, 16), *TOO_MUCH, request=request)


APPROVAL = "anything"


def test_an_approval_that_cannot_be_read_is_refused() -> None:
    """Rather than ignored: what is unknown prohibits, also where it could only have allowed more."""
    demanding, unbound = approved(held(FIRST), APPROVAL)
    token = replace(FIRST, carrier=replace(FIRST.carrier, macaroon=demanding))  # type: ignore[type-var]
    refused(used(unbound, token=token, by=PLANNER), "malformed", 9)
    refused(used(token=token, by=PLANNER), *BROKEN)
    refused(used(said(b"attorn-approval-1." + APPROVAL.encode())), *NOT_ADMITTED)
    refused(used(said(b"attorn-approval-1.\xff")), *NOT_ADMITTED)


def test_a_condition_of_the_token_itself_is_no_discharge() -> None:
    own = [ProvenCaveat(text) for text in (b"attorn-approval-1.x", b"attorn-caveats-1.AAAA", b"holds")]
    assert read(own, [1, 1, 2]) == Discharged((), ())


@pytest.mark.parametrize("name", ["another", "two", "none", "narrowed", "reordered", "of-another-kind"])
def test_an_approval_is_the_one_that_its_caveat_is_for(name: str) -> None:
    """Its key is no secret: whoever sees a presentation can make its discharge anew, and must gain nothing by it."""
    demanding, unbound = approved(held(FIRST), APPROVAL)
    token = replace(FIRST, carrier=replace(FIRST.carrier, macaroon=demanding))  # type: ignore[type-var]
    ticket = sha256(APPROVAL.encode()).digest()
    key = MacKey(sha256(b"\0ATTORN\0MACAROON APPROVAL KEY\0v1\0" + ticket).digest())
    text, narrow = b"attorn-approval-1." + APPROVAL.encode(), said_conditions(met(LIMIT))[0]
    conditions = {
        "another": [b"attorn-approval-1.YW5vdGhlcg"],
        "two": [text, text],
        "none": [],
        "narrowed": [text, narrow],
        "reordered": [narrow, text],
        "of-another-kind": [b"attorn-approval-2." + APPROVAL.encode()],
    }[name]
    assert bare(key, unbound.identifier, text) == unbound
    refused(used(bare(key, unbound.identifier, *conditions), token=token, by=PLANNER), *NOT_ADMITTED)


def bare(key: MacKey, identifier: bytes, *conditions: bytes) -> Macaroon:
    """A discharge with these conditions."""
    made = mac_discharge(key, identifier)
    for each in conditions:
        made = attenuate(made, each)
    return made


def said_conditions(made: Macaroon) -> list[bytes]:
    return [each.id for each in made.unverified_caveats]


def test_the_presentation_of_a_macaroon_states_no_approval() -> None:
    """In a Biscuit it does; here it would be a second way to say the same."""
    presented = Presentation(
        AUDIENCE, REQUEST.digest(), bytes(16), NOW - 30, NOW + 60, unverified_approvals=(APPROVAL,)
    )
    symbols = FIRST.unverified.symbols
    payload = encode(presented.facts(), (presented.check(),), symbols)
    refused(closed(append_presentation(PLANNER.signer, held(FIRST), payload)), *NOT_ADMITTED)
    plain = replace(presented, unverified_approvals=())
    payload = encode(plain.facts(), (plain.check(),), symbols)
    accepted(closed(append_presentation(PLANNER.signer, held(FIRST), payload)))


def test_the_discharge_of_an_approval_follows_from_its_text() -> None:
    """By hand, as the page says it: anybody can make it, so nothing but the approval's own signature counts."""
    demanding, unbound = approved(held(FIRST), APPROVAL)
    ticket = hashlib.sha256(APPROVAL.encode()).digest()
    key = hashlib.sha256(b"\0ATTORN\0MACAROON APPROVAL KEY\0v1\0" + ticket).digest()
    identifier = b"attorn-approval-1." + base64url_encode(ticket).encode()
    said_ = b"attorn-approval-1." + APPROVAL.encode()
    assert demanding.unverified_caveats[-1].id == unbound.identifier == identifier
    assert [each.id for each in unbound.unverified_caveats] == [said_]
    assert unbound.signature == chained(mac(generated(key), identifier), said_)
    for text in ("\u00e9", "\ud800", "a\u2603"):
        with pytest.raises(InputError, match="ASCII"):
            approved(held(FIRST), text)


def test_cleared_twice_with_caveats_of_a_discharge() -> None:
    """What a third party said is asked again each time, at the time it is then."""
    clock = Clock()
    found = verifier(clock=clock).verify(used(met(caveat.Expires(_at(NOW + 5)), LIMIT)), REQUEST)
    for _ in range(2):
        assert found.clear().decision.allowed is True
    clock.second += 5
    for _ in range(2):
        with pytest.raises(Denied) as caught:
            found.clear()
        assert (caught.value.decision.step, caught.value.decision.link) == (9, 2)


def test_a_remembered_chain_does_not_remember_its_discharges() -> None:
    """The cache holds links. What discharges say is read from each presentation."""
    by = verifier()
    for caveats in ([], [caveat.Range("limit", 1, 9)], [], [caveat.Actions("events:write")], []):
        if caveats:
            denied(used(met(*caveats)), 9, 2, by=by)
        else:
            accepted(used(MET), by=by)
    refused(used(), *BROKEN, by=by)
    refused(used(met(key=STRANGER)), *BAD_SIGNATURE, by=by)
    refused(used(said(b"holds")), *NOT_ADMITTED, by=by)


PARTIES: dict[str, Callable[[], Any]] = {
    "none": lambda: None,
    "one": lambda: ASKED,
    "a-pair": lambda: [(FRIEND, ASK)],
    "text": lambda: "friend",
    "a-generator": lambda: iter([ASKED]),
    "no-key": lambda: [ThirdParty(None, ASK)],  # type: ignore[arg-type]
    "a-key-in-bytes": lambda: [ThirdParty(b"f" * 32, ASK)],  # type: ignore[arg-type]
    "an-identifier-in-text": lambda: [ThirdParty(FRIEND, "ask")],  # type: ignore[arg-type]
    "an-approval": lambda: [ThirdParty(FRIEND, b"attorn-approval-1.x")],
    "an-empty-identifier": lambda: [ThirdParty(FRIEND, b"")],
    "a-long-identifier": lambda: [ThirdParty(FRIEND, bytes(1025))],
    "a-location-in-bytes": lambda: [ThirdParty(FRIEND, ASK, b"here")],  # type: ignore[arg-type]
    "a-long-location": lambda: [ThirdParty(FRIEND, ASK, "l" * 1025)],
    "a-surrogate": lambda: [ThirdParty(FRIEND, ASK, "\ud800")],
    "one-of-them-twice": lambda: [ASKED, ThirdParty(STRANGER, ASK)],
    "seventeen": lambda: [ThirdParty(FRIEND, b"%d" % number) for number in range(17)],
}


@pytest.mark.parametrize("key", [None, b"f" * 32, "f" * 32, ASKED])
def test_a_third_party_shares_a_key(key: Any) -> None:
    with pytest.raises(InputError, match=r"^third party: expected a MacKey, got "):
        ThirdParty(key, ASK)


@pytest.mark.parametrize("name", PARTIES)
def test_third_parties_that_nobody_could_ask(name: str) -> None:
    with pytest.raises(InputError):
        ALICE.mint(to=PLANNER.did, caveats=[READ], base=base(), third_parties=PARTIES[name]())
    with pytest.raises(InputError):
        PLANNER.delegate(FIRST, to=SCOUT.did, third_parties=PARTIES[name]())


def test_a_third_party_is_asked_once_in_a_chain() -> None:
    """One discharge meets one caveat, so a second demand of the same could never be met: told at once."""
    with pytest.raises(InputError, match="third_parties"):
        SCOUT.delegate(NARROW, to=MALLORY.did, third_parties=[ASKED])
    fifteen = [ThirdParty(FRIEND, b"%d" % number) for number in range(15)]
    most = SCOUT.delegate(NARROW, to=MALLORY.did, third_parties=fifteen)
    with pytest.raises(InputError, match="third_parties"):
        MALLORY.delegate(most, to=SCOUT.did, third_parties=[ThirdParty(FRIEND, b"15")])
    accepted(used(MET, *(met(identifier=each.identifier) for each in fifteen), token=most, by=MALLORY))


def test_only_a_macaroon_has_third_parties() -> None:
    biscuit = scene.given(READ)
    with pytest.raises(InputError, match="Macaroon"):
        ALICE.mint(to=PLANNER.did, caveats=[READ], third_parties=[ASKED])
    with pytest.raises(InputError, match="Macaroon"):
        PLANNER.delegate(biscuit, to=SCOUT.did, third_parties=[ASKED])
    with pytest.raises(InputError, match="Macaroon"):
        shown(biscuit, PLANNER, discharges=[MET])
    scene.accepted(shown(biscuit, PLANNER, discharges=[]))


GIVEN: dict[str, Any] = {
    "none": None,
    "one": MET,
    "text": ["x"],
    "bytes": [b"x"],
    "one-of-them": [MET, None],
    "a-generator": iter([MET]),
    "seventeen": [MET] * 17,
}


@pytest.mark.parametrize("name", GIVEN)
def test_discharges_that_cannot_be_presented(name: str) -> None:
    with pytest.raises(InputError):
        shown(NARROW, SCOUT, discharges=GIVEN[name])


@pytest.mark.parametrize("answer", [b"", bytes(23), None, "x" * 24], ids=["empty", "short", "none", "text"])
def test_a_random_source_that_fails(answer: Any) -> None:
    alice = Identity.from_seed(b"\1" * 32, clock=Clock(), random=lambda _: answer)
    with pytest.raises(UnavailableError):
        alice.mint(to=PLANNER.did, caveats=[READ], base=base(), third_parties=[ASKED])


def test_what_a_discharge_says_is_in_no_message() -> None:
    for make, verdict in DISCHARGES.values():
        assert FRIEND.secret.hex() not in str(refused(make(), *verdict))
    for condition, verdict in CONDITIONS.values():
        error: AttornError = refused(used(said(condition)), *verdict)
        assert repr(condition) not in str(error)
