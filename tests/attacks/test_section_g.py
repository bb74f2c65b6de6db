"""Attacks 89 to 94: Macaroons. What a verifier decides on comes out of `verify` and `read`; neither lets these by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from tests.unit.macaroon_chain import verify as chain_signatures

from attorn.encoding import base64url_encode
from attorn.errors import AttornError
from attorn.keys.signer import Ed25519Signer
from attorn.macaroon import link, mac
from attorn.macaroon.container import Macaroon, UnverifiedCaveat, parse
from attorn.macaroon.key import MacKey
from attorn.macaroon.link import UnverifiedLinks, append_link, append_presentation
from attorn.macaroon.mac import attenuate, bind, discharge, mint, require, verify

ROOT, THEIRS, OTHERS = MacKey(b"r" * 40), MacKey(b"t" * 40), MacKey(b"o" * 40)
ALICE, PLANNER, SCOUT, MALLORY = (Ed25519Signer.from_seed(bytes([number]) * 32) for number in range(1, 5))
BAD_SIGNATURE, BROKEN, NOT_ADMITTED, MALFORMED, TOO_MUCH = (
    ("bad_signature", 4),
    ("broken_chain", 5),
    ("not_admitted", 1),
    ("malformed", 1),
    ("limit_exceeded", 1),
)


def zeros(size: int) -> bytes:
    return bytes(size)


def granted(identifier: bytes = b"token 1", *asked: bytes) -> Macaroon:
    """Alice's authority with planner, who passed it on to scout once these third parties agree, and scout's use."""
    macaroon = append_link(ALICE, mint(ROOT, identifier), b"first", PLANNER.public_key)
    for each in asked:
        macaroon = require(macaroon, key=THEIRS, identifier=each, random=zeros)
    macaroon = append_link(PLANNER, macaroon, b"second", SCOUT.public_key)
    return append_presentation(SCOUT, macaroon, b"use")


def decided(data: bytes, discharges: list[Macaroon]) -> UnverifiedLinks:
    """The steps of a verifier in their order: parse, MAC over everything, links, signatures."""
    proven = verify(parse(data), discharges, ROOT)
    chain = link.read(proven.identifier, proven.caveats, most_links=32)
    chain_signatures(chain, ALICE.public_key)
    return chain


def refused(data: bytes, discharges: list[Macaroon], code: str, step: int) -> None:
    with pytest.raises(AttornError) as caught:
        decided(data, discharges)
    assert (caught.value.code, getattr(caught.value, "step", None)) == (code, step)


GOOD = granted()
ASKED = granted(b"token 1", b"ask")
MET = discharge(THEIRS, b"ask")
BOUND = bind(ASKED, MET)


def test_the_scene_is_good() -> None:
    assert len(decided(GOOD.encode(), []).links) == 2
    assert len(decided(ASKED.encode(), [BOUND]).links) == 2


DISCHARGES: dict[str, tuple[list[Macaroon], tuple[str, int]]] = {
    "89-undischarged": ([], BROKEN),
    "89-of-another-ticket": ([bind(ASKED, discharge(THEIRS, b"other"))], BROKEN),
    "89-of-another-ticket-renamed": (
        [replace(bind(ASKED, discharge(THEIRS, b"other")), identifier=b"ask")],
        BAD_SIGNATURE,
    ),
    "89-of-another-macaroon": ([bind(granted(b"token 2", b"ask"), MET)], BAD_SIGNATURE),
    "89-of-the-parent": (
        [bind(append_link(ALICE, mint(ROOT, b"token 1"), b"x", PLANNER.public_key), MET)],
        BAD_SIGNATURE,
    ),
    "89-by-another-party": ([bind(ASKED, discharge(OTHERS, b"ask"))], BAD_SIGNATURE),
    "89-unbound": ([MET], BAD_SIGNATURE),
    "89-bound-twice": ([bind(ASKED, BOUND)], BAD_SIGNATURE),
    "89-given-twice": ([BOUND, BOUND], BROKEN),
    "89-given-bound-and-unbound": ([BOUND, MET], BROKEN),
    "89-one-more-than-asked": ([BOUND, bind(ASKED, discharge(THEIRS, b"spare"))], BROKEN),
    "89-cyclic": ([bind(ASKED, require(MET, key=THEIRS, identifier=b"ask", random=zeros))], NOT_ADMITTED),
    "89-cyclic-by-two": (
        [
            bind(ASKED, require(MET, key=THEIRS, identifier=b"more", random=zeros)),
            bind(ASKED, require(discharge(THEIRS, b"more"), key=THEIRS, identifier=b"ask", random=zeros)),
        ],
        NOT_ADMITTED,
    ),
    "89-nested": (
        [
            bind(ASKED, require(MET, key=THEIRS, identifier=b"more", random=zeros)),
            bind(ASKED, discharge(THEIRS, b"more")),
        ],
        NOT_ADMITTED,
    ),
    "89-seventeen": ([bind(ASKED, discharge(THEIRS, b"%d" % number)) for number in range(17)], TOO_MUCH),
}


@pytest.mark.parametrize("name", DISCHARGES)
def test_89_discharges(name: str) -> None:
    discharges, verdict = DISCHARGES[name]
    refused(ASKED.encode(), discharges, *verdict)


def test_89_one_discharge_for_two_caveats() -> None:
    twice = granted(b"token 1", b"ask", b"ask")
    for discharges in ([bind(twice, MET)], [bind(twice, MET)] * 2):
        refused(twice.encode(), discharges, *BROKEN)


def test_89_references_that_double_cost_nothing() -> None:
    """Fourteen discharges, each needing the next one twice, take pymacaroons half a second, and one more doubles it."""
    discharges = []
    for number in range(16):
        each = discharge(THEIRS, b"ask" if number == 0 else b"%d" % number)
        for _ in range(2):
            each = require(each, key=THEIRS, identifier=b"%d" % (number + 1), random=zeros)
        discharges.append(bind(ASKED, each))
    refused(ASKED.encode(), discharges, *NOT_ADMITTED)


CONDITIONS: dict[str, bytes] = {
    "90-a-newline": b"action = read\naction = write",
    "90-a-newline-behind-a-link": GOOD.unverified_caveats[0].id + b"\naction = write",
    "90-two-links-in-one": GOOD.unverified_caveats[0].id + GOOD.unverified_caveats[1].id,
    "90-two-links-and-a-newline": GOOD.unverified_caveats[0].id + b"\n" + GOOD.unverified_caveats[1].id,
    "90-quotation": b'action = "read" or "1"="1"',
    "90-a-nul": GOOD.unverified_caveats[1].id + b"\0",
    "90-carriage-return": GOOD.unverified_caveats[1].id + b"\r",
    "90-datalog": b'check if operation("read") or true',
    "91-unknown-type": b"attorn-unknown-1.AAAA",
    "91-unknown-version": b"attorn-link-9" + GOOD.unverified_caveats[0].id[13:],
    "91-a-library-of-others": b"time < 2030-01-01T00:00",
    "91-a-declaration": b"declared username alice",
    "91-bytes": b"\xff\xfe",
}


@pytest.mark.parametrize("name", CONDITIONS)
def test_90_91_conditions(name: str) -> None:
    """Signed over by a genuine delegate, so that nothing but the condition is wrong."""
    macaroon = append_link(ALICE, mint(ROOT, b"token 1"), b"first", PLANNER.public_key)
    macaroon = attenuate(macaroon, CONDITIONS[name])
    macaroon = append_presentation(PLANNER, macaroon, b"use")
    with pytest.raises(AttornError) as caught:
        decided(macaroon.encode(), [])
    assert caught.value.code in ("not_admitted", "malformed")


def at(data: bytes, old: bytes, new: bytes) -> bytes:
    assert data.count(old) == 1
    return data.replace(old, new)


DATA = replace(GOOD, unverified_location="here").encode()
HEAD = b"\x01\x04here\x02\x07token 1\0"
BYTES: dict[str, bytes] = {
    "91-version-1": b"0016location here\n0012identifier x\n002fsignature " + bytes(32) + b"\n",
    "91-version-1-length-overflow": b"ffff" + b"location " + b"x" * 100,
    "91-version-1-length-of-zero": b"0000location here\n",
    "91-length-overflow": at(DATA, HEAD, b"\x01\x04here\x02" + b"\xff" * 9 + b"\x01token 1\0"),
    "91-length-not-shortest": at(DATA, HEAD, b"\x01\x04here\x02\x87\0token 1\0"),
    "92-field-order": at(DATA, HEAD, b"\x02\x07token 1\x01\x04here\0"),
    "92-identifier-twice": at(DATA, HEAD, b"\x01\x04here\x02\x07token 1\x02\x07token 1\0"),
    "92-a-second-identifier": at(DATA, HEAD, b"\x01\x04here\x02\x07token 2\x02\x07token 1\0"),
    "92-location-twice": at(DATA, HEAD, b"\x01\x04here\x01\x04here\x02\x07token 1\0"),
    "92-no-identifier": at(DATA, HEAD, b"\x01\x04here\0"),
    "92-an-unknown-field": at(DATA, HEAD, b"\x01\x04here\x02\x07token 1\x03\0\0"),
    "92-trailing-bytes": DATA + b"\0",
    "92-a-second-macaroon": DATA * 2,
    "92-signature-twice": DATA + DATA[-34:],
    "92-no-signature": DATA[:-34],
}


@pytest.mark.parametrize("name", BYTES)
def test_91_92_bytes(name: str) -> None:
    refused(BYTES[name], [], *MALFORMED)


LOCATIONS: dict[str, Callable[[Macaroon], Macaroon]] = {
    "none": lambda macaroon: replace(macaroon, unverified_location=None),
    "another": lambda macaroon: replace(macaroon, unverified_location="https://mallory.example"),
    "of-the-caveat": lambda macaroon: replace(
        macaroon,
        unverified_caveats=tuple(
            each if each.vid is None else replace(each, unverified_location="https://mallory.example")
            for each in macaroon.unverified_caveats
        ),
    ),
}


@pytest.mark.parametrize("name", LOCATIONS)
def test_93_a_location_changes_nothing_and_is_not_returned(name: str) -> None:
    """Nothing authenticates it, so whoever changes it must gain nothing: no decision ever sees one."""
    moved = LOCATIONS[name](ASKED)
    assert decided(moved.encode(), [BOUND]) == decided(ASKED.encode(), [BOUND])
    proven = verify(moved, [replace(BOUND, unverified_location="https://mallory.example")], ROOT)
    assert "mallory" not in repr(proven)
    assert proven == verify(ASKED, [BOUND], ROOT)


FORGERIES: dict[str, Callable[[Macaroon], Macaroon]] = {
    "94-a-condition-put-in": lambda macaroon: replace(
        macaroon, unverified_caveats=(*macaroon.unverified_caveats, UnverifiedCaveat(b"admin = yes"))
    ),
    "94-a-condition-dropped": lambda macaroon: replace(macaroon, unverified_caveats=macaroon.unverified_caveats[:-1]),
    "94-all-dropped": lambda macaroon: replace(macaroon, unverified_caveats=()),
    "94-unknown-conditions-alone": lambda macaroon: replace(macaroon, unverified_caveats=(UnverifiedCaveat(b"\xff"),)),
    "94-hollow-third-party": lambda macaroon: replace(
        macaroon, unverified_caveats=(*macaroon.unverified_caveats, UnverifiedCaveat(b"ask", bytes(72)))
    ),
    "94-another-identifier": lambda macaroon: replace(macaroon, identifier=b"token 2"),
    "94-another-signature": lambda macaroon: replace(macaroon, signature=bytes(32)),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_94_no_caveat_is_looked_at_before_the_mac_holds(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever else is wrong with the caveats, the MAC is what refuses, and no secret is opened for a forger."""
    opened: list[object] = []
    monkeypatch.setattr(mac, "_opened", lambda *arguments: opened.append(arguments))
    monkeypatch.setattr(link, "read", lambda *arguments, **_: opened.append(arguments))
    refused(FORGERIES[name](GOOD).encode(), [], *BAD_SIGNATURE)
    assert opened == []


def test_94_a_key_that_anybody_knows() -> None:
    """Under an empty or short key anybody could forge; such a key cannot be made."""
    for secret in (b"", b"k", bytes(31)):
        with pytest.raises(AttornError) as caught:
            MacKey(secret)
        assert caught.value.code == "invalid_input"


def test_94_a_link_in_base64_of_another_spelling() -> None:
    body = GOOD.unverified_caveats[0].id.partition(b".")[2]
    for spelling in (body + b"=", body + b"\n", base64url_encode(body).encode(), body.replace(body[:1], b"+")):
        macaroon = attenuate(mint(ROOT, b"token 1"), b"attorn-link-1." + spelling)
        refused(macaroon.encode(), [], *MALFORMED)
