"""Attacks 89 to 94 on the verifier itself: whole presentations, each wrong in one way, by whoever could make them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from nacl.exceptions import CryptoError
from nacl.secret import SecretBox
from tests.unit.macaroon_scene import bound as hand_bound
from tests.unit.macaroon_scene import chained, field, mac
from tests.unit.macaroon_world import (
    ASK,
    ASKED,
    FRIEND,
    STRANGER,
    accepted,
    attended,
    base,
    bent,
    closed,
    denied,
    given,
    held,
    opened,
    refused,
    remade,
    verifier,
)
from tests.unit.scene import ALICE, MALLORY, PLANNER, READ, REQUEST, SCOUT, draw, passed, shown

from attorn import AttornError, Token, caveat
from attorn.biscuit import admission
from attorn.biscuit.block import encode
from attorn.datalog import Predicate, Query, string
from attorn.encoding import base64url_decode, base64url_encode
from attorn.macaroon import Macaroon, ThirdParty
from attorn.macaroon.container import UnverifiedCaveat
from attorn.macaroon.discharge import granting
from attorn.macaroon.mac import attenuate, bind, require
from attorn.token import chain as chains
from attorn.token.discharge import discharge
from attorn.verify import arrival

BAD_SIGNATURE, BROKEN, NOT_ADMITTED = ("bad_signature", 4), ("broken_chain", 5), ("not_admitted", 1)
MALFORMED, UNTRUSTED, TOO_MUCH = ("malformed", 1), ("untrusted_root", 2), ("limit_exceeded", 1)
FIRST = given(READ)
NARROW = PLANNER.delegate(FIRST, to=SCOUT.did, third_parties=[ASKED])
TWIN = PLANNER.delegate(given(READ), to=SCOUT.did, third_parties=[ASKED])
MET = discharge(FRIEND, ASK)


def pair(token: Token = NARROW, with_: Macaroon = MET) -> tuple[Macaroon, ...]:
    """A presentation and its discharge, both good."""
    return opened(shown(token, SCOUT, discharges=[with_]))


WHOLE, BOUND = pair()


def test_the_scene_is_good() -> None:
    accepted(closed(WHOLE, BOUND))
    accepted(closed(*pair(TWIN)))


def _grown(count: int) -> list[Macaroon]:
    """Discharges of which each needs the next one twice."""
    found = []
    for number in range(count):
        each = discharge(FRIEND, ASK if number == 0 else b"%d" % number)
        for _ in range(2):
            each = require(each, key=FRIEND, identifier=b"%d" % (number + 1), random=draw)
        found.append(bind(WHOLE, each))
    return found


DISCHARGES: dict[str, tuple[Callable[[], str], tuple[str, int]]] = {
    "89-undischarged": (lambda: closed(WHOLE), BROKEN),
    "89-of-another-ticket": (lambda: closed(WHOLE, bind(WHOLE, discharge(FRIEND, b"other"))), BROKEN),
    "89-of-another-ticket-renamed": (
        lambda: closed(WHOLE, replace(bind(WHOLE, discharge(FRIEND, b"other")), identifier=ASK)),
        BAD_SIGNATURE,
    ),
    "89-of-another-macaroon": (lambda: closed(WHOLE, pair(TWIN)[1]), BAD_SIGNATURE),
    "89-of-another-presentation": (lambda: closed(WHOLE, pair()[1]), BAD_SIGNATURE),
    "89-of-the-token-in-transit": (lambda: closed(WHOLE, bind(held(NARROW), MET)), BAD_SIGNATURE),
    "89-unbound": (lambda: closed(WHOLE, MET), BAD_SIGNATURE),
    "89-by-another-party": (lambda: closed(WHOLE, bind(WHOLE, discharge(STRANGER, ASK))), BAD_SIGNATURE),
    "89-reused": (lambda: closed(WHOLE, BOUND, BOUND), BROKEN),
    "89-one-more-than-asked": (lambda: closed(WHOLE, BOUND, bind(WHOLE, discharge(FRIEND, b"more"))), BROKEN),
    "89-cyclic": (
        lambda: closed(WHOLE, bind(WHOLE, require(MET, key=FRIEND, identifier=ASK, random=draw))),
        NOT_ADMITTED,
    ),
    "89-nested": (
        lambda: closed(
            WHOLE,
            bind(WHOLE, require(MET, key=FRIEND, identifier=b"more", random=draw)),
            bind(WHOLE, discharge(FRIEND, b"more")),
        ),
        NOT_ADMITTED,
    ),
    "89-doubling": (lambda: closed(WHOLE, *_grown(16)), NOT_ADMITTED),
    "89-seventeen": (lambda: base64url_encode(WHOLE.encode() + BOUND.encode() * 17), TOO_MUCH),
    "89-the-demand-dropped": (lambda: closed(_without_demand()), BAD_SIGNATURE),
    "89-another-demand-in-its-place": (lambda: closed(*_another_demand()), BAD_SIGNATURE),
    "89-a-hollow-demand": (lambda: closed(*_another_demand(bytes(72))), BAD_SIGNATURE),
}


def _without_demand() -> Macaroon:
    """The MAC is right: scout, who could have held the base, drops what planner demanded."""
    return remade(WHOLE, [each for each in WHOLE.unverified_caveats if each.vid is None])


def _another_demand(vid: bytes | None = None) -> tuple[Macaroon, Macaroon]:
    """The same demand under a key of mallory's own, with a discharge by her."""
    theirs = held(TWIN).unverified_caveats[1] if vid is None else UnverifiedCaveat(ASK, vid)
    caveats = [each if each.vid is None else theirs for each in WHOLE.unverified_caveats]
    changed = remade(WHOLE, caveats)
    return changed, bind(changed, MET)


@pytest.mark.parametrize("name", DISCHARGES)
def test_89_discharges(name: str) -> None:
    make, verdict = DISCHARGES[name]
    refused(make(), *verdict)


def test_89_a_discharge_is_for_one_presentation() -> None:
    """Not even beside the same token, to the same request, a second later."""
    by = verifier()
    accepted(closed(WHOLE, BOUND), by=by)
    refused(closed(WHOLE, BOUND), "replayed", 8, by=by)
    again = pair()
    refused(closed(again[0], BOUND), *BAD_SIGNATURE, by=by)
    accepted(closed(*again), by=by)


def test_89_who_held_the_token_before_the_demand_can_meet_it() -> None:
    """What Macaroons do not give, as docs/security.md says: the key of a demand is sealed with the MAC before it, so
    a token is as secret as the demands that are put on it later. Everything that links say holds all the same."""
    token = PLANNER.delegate(FIRST, to=SCOUT.did, caveats=[caveat.Range("limit", 1, 9)], third_parties=[ASKED])
    (demand,) = [each for each in held(token).unverified_caveats if each.vid is not None]
    before = held(FIRST).signature
    signature = mac(bytes(SecretBox(before).decrypt(demand.vid or b"")), ASK)
    forged = Macaroon(ASK, (), signature)
    denied(shown(token, SCOUT, discharges=[forged]), 9, 2)
    for known in (
        held(token).signature,
        opened(shown(FIRST, PLANNER))[0].signature,
        opened(attended(token, SCOUT))[0].signature,
    ):
        with pytest.raises(CryptoError):
            SecretBox(known).decrypt(demand.vid or b"")


def _conditioned(condition: bytes) -> str:
    """A condition between two genuine links, with planner's and scout's signatures over it."""
    token = Token.of(replace(FIRST.carrier, macaroon=held(FIRST)))  # type: ignore[type-var]
    narrow = passed(token, PLANNER, SCOUT)
    one, two = held(narrow).unverified_caveats
    (whole,) = opened(shown(narrow, SCOUT))
    return closed(remade(whole, (one, UnverifiedCaveat(condition), two, whole.unverified_caveats[-1])))


LINK = held(FIRST).unverified_caveats[0].id
CONDITIONS: dict[str, tuple[bytes, tuple[str, int]]] = {
    "90-a-newline": (b"action = read\naction = write", NOT_ADMITTED),
    "90-quotation": (b'action = "read" or "1"="1"', NOT_ADMITTED),
    "90-datalog": (b'check if operation("read") or true', NOT_ADMITTED),
    "90-a-newline-behind-a-link": (LINK + b"\naction = write", MALFORMED),
    "90-a-nul-behind-a-link": (LINK + b"\0", MALFORMED),
    "90-two-links-in-one": (LINK + LINK, MALFORMED),
    "91-unknown-type": (b"attorn-unknown-1.AAAA", NOT_ADMITTED),
    "91-unknown-version": (LINK.replace(b"-1.", b"-2."), NOT_ADMITTED),
    "91-a-time-of-another-library": (b"time < 2030-01-01T00:00", NOT_ADMITTED),
    "91-nothing-but-bytes": (b"\xff\xfe", NOT_ADMITTED),
    "91-a-link-in-bytes": (b"attorn-link-1.\xff", MALFORMED),
}


@pytest.mark.parametrize("name", CONDITIONS)
def test_90_91_conditions(name: str) -> None:
    condition, verdict = CONDITIONS[name]
    refused(_conditioned(condition), *verdict)


@pytest.mark.parametrize("name", CONDITIONS)
def test_90_91_conditions_in_a_discharge(name: str) -> None:
    condition, _ = CONDITIONS[name]
    refused(shown(NARROW, SCOUT, discharges=[attenuate(MET, condition)]), *NOT_ADMITTED)


def test_91_a_caveat_that_nobody_knows_prohibits() -> None:
    """A check of an unknown shape is read, kept and never met; in a link as in a discharge."""

    unknown = (Query((Predicate("moon", (string("full"),)),), ()),)
    denied(shown(NARROW, SCOUT, discharges=[granting(FRIEND, ASK, encode((), (unknown,), ()))]), 9, 2)


DATA = base64url_decode(closed(WHOLE, BOUND))
HEAD = field(2, WHOLE.identifier) + b"\0"
WIRES: dict[str, tuple[bytes, tuple[str, int]]] = {
    "91-version-1": (b"0016location here\n0012identifier x\n002fsignature " + bytes(32) + b"\n", MALFORMED),
    "91-version-1-length-overflow": (b"ffff" + b"location " + b"x" * 100, MALFORMED),
    "91-version-3": (b"\3" + DATA[1:], MALFORMED),
    "91-length-overflow": (DATA.replace(HEAD, b"\2" + b"\xff" * 9 + b"\1" + HEAD[2:], 1), MALFORMED),
    "91-length-not-shortest": (DATA.replace(HEAD, b"\2\x98\0" + HEAD[2:], 1), MALFORMED),
    "91-length-past-the-end": (DATA[:1] + b"\2\xff\xff\3", MALFORMED),
    "92-field-order": (DATA.replace(HEAD, HEAD[:-1] + field(1, b"here") + b"\0", 1), MALFORMED),
    "92-identifier-twice": (DATA.replace(HEAD, HEAD[:-1] + HEAD, 1), MALFORMED),
    "92-another-identifier-first": (DATA.replace(HEAD, field(2, base().identifier) + HEAD, 1), MALFORMED),
    "92-no-identifier": (DATA.replace(HEAD, b"\0", 1), MALFORMED),
    "92-an-unknown-field": (DATA.replace(HEAD, HEAD[:-1] + field(3, b"x") + b"\0", 1), MALFORMED),
    "92-bytes-behind": (DATA + b"\0", MALFORMED),
    "92-the-presentation-twice": (WHOLE.encode() * 2, NOT_ADMITTED),
    "92-two-presentations": (WHOLE.encode() + pair()[0].encode(), NOT_ADMITTED),
    "92-the-discharge-first": (BOUND.encode() + WHOLE.encode(), UNTRUSTED),
}


@pytest.mark.parametrize("name", WIRES)
def test_91_92_bytes(name: str) -> None:
    data, verdict = WIRES[name]
    assert data != DATA
    refused(base64url_encode(data), *verdict)


@pytest.mark.parametrize("place", [None, "", "here", "https://mallory.example", "x" * 1024])
def test_93_a_location_changes_nothing(place: str | None) -> None:
    """Nobody authenticates it and nobody reads it: the verdict stays, the access too, and the use is used up."""
    by = verifier()
    caveats = [each if each.vid is None else replace(each, unverified_location=place) for each in _caveats()]
    moved = replace(WHOLE, unverified_location=place, unverified_caveats=tuple(caveats))
    access = accepted(closed(moved, replace(BOUND, unverified_location=place)), by=by)
    assert access == accepted(closed(WHOLE, BOUND))
    refused(closed(WHOLE, BOUND), "replayed", 8, by=by)


def _caveats() -> tuple[UnverifiedCaveat, ...]:
    return WHOLE.unverified_caveats


def test_93_a_location_does_not_choose_the_key() -> None:
    party = ThirdParty(FRIEND, ASK, "https://friend.example")
    token = PLANNER.delegate(FIRST, to=SCOUT.did, third_parties=[party])
    accepted(shown(token, SCOUT, discharges=[replace(MET, unverified_location="https://mallory.example")]))
    lying = replace(discharge(STRANGER, ASK), unverified_location="https://friend.example")
    refused(shown(token, SCOUT, discharges=[lying]), *BAD_SIGNATURE)


FORGERIES: dict[str, Callable[[], str]] = {
    "94-a-condition-put-in": lambda: closed(
        replace(WHOLE, unverified_caveats=(UnverifiedCaveat(b"\xff"), *_caveats())), BOUND
    ),
    "94-a-condition-dropped": lambda: closed(replace(WHOLE, unverified_caveats=_caveats()[:-1]), BOUND),
    "94-all-dropped": lambda: closed(replace(WHOLE, unverified_caveats=())),
    "94-a-hollow-demand": lambda: closed(
        replace(WHOLE, unverified_caveats=(*_caveats(), UnverifiedCaveat(b"x", bytes(72)))), BOUND
    ),
    "94-another-signature": lambda: closed(replace(WHOLE, signature=bytes(32)), BOUND),
    "94-another-identifier": lambda: closed(replace(WHOLE, identifier=base().identifier), BOUND),
    "94-of-a-discharge": lambda: closed(WHOLE, replace(BOUND, signature=bytes(32))),
    "94-a-condition-in-a-discharge": lambda: closed(
        WHOLE, replace(BOUND, unverified_caveats=(UnverifiedCaveat(b"\xff"),))
    ),
    "94-bound-by-hand-to-nothing": lambda: closed(
        WHOLE, replace(BOUND, signature=hand_bound(bytes(32), chained(bytes(32), ASK)))
    ),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_94_nothing_is_read_before_the_mac_holds(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No link, no block and no presentation is looked at, nobody is resolved, and nothing is remembered."""
    looked: list[str] = []

    def watched(where: Any, what: str) -> None:
        monkeypatch.setattr(where, what, lambda *_, **__: looked.append(what))

    watched(arrival.macaroon_links, "read")
    watched(arrival, "admit")
    watched(chains, "admit")
    watched(admission, "admit")

    class Asked:
        def resolve(self, did: str) -> Any:
            looked.append(did)

    by = verifier(resolver=Asked())
    refused(FORGERIES[name](), *BAD_SIGNATURE, by=by)
    assert looked == []


def test_94_the_signatures_are_verified_before_any_caveat_is_asked() -> None:
    """A chain that would be denied and is forged is forged: no denial tells a thief what a link holds."""
    token = passed(given(caveat.Actions("events:write")), PLANNER, SCOUT)
    (whole,) = opened(shown(token, SCOUT))
    denied(closed(whole), 9, 1)
    one, two, last = whole.unverified_caveats
    for caveats in ((one, two, bent(last)), (one, bent(two), last), (bent(one), two, last)):
        refused(closed(remade(whole, caveats)), *BAD_SIGNATURE)


def test_94_a_server_cannot_delegate_for_a_user() -> None:
    """It holds the key, so it can make every MAC; and still no link of a user or of a delegate."""
    mine = given(by=MALLORY, to=MALLORY)
    (whole,) = opened(shown(mine, MALLORY))
    for stolen in (held(FIRST), held(NARROW)):
        caveats = (*stolen.unverified_caveats, whole.unverified_caveats[-1])
        with pytest.raises(AttornError) as caught:
            verifier().authorize(closed(remade(stolen, caveats)), REQUEST)
        assert caught.value.code in ("bad_signature", "broken_chain")
    refused(closed(whole), *UNTRUSTED)
    assert ALICE.did != MALLORY.did
