"""Macaroons end to end: what the verifier makes of keys, bases, links and presentations, honest and not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from tests.unit import scene
from tests.unit.macaroon_scene import OTHER_SECRET, SECRET
from tests.unit.macaroon_world import (
    ASK,
    FRIEND,
    KEY,
    accepted,
    base,
    closed,
    denied,
    given,
    held,
    opened,
    refused,
    remade,
    verifier,
)
from tests.unit.scene import (
    ALICE,
    HELPER,
    MALLORY,
    NOW,
    PLANNER,
    READ,
    REQUEST,
    SCOUT,
    Clock,
    draw,
    passed,
    person,
    shown,
)

from attorn import AttornError, Identity, Request, Token, caveat, macaroon
from attorn.biscuit.block import encode
from attorn.biscuit.container import parse
from attorn.encoding import base64url_decode, base64url_encode
from attorn.errors import DelegationError, InputError, MalformedError, UnavailableError
from attorn.keys import multikey
from attorn.keys.signer import P256Signer
from attorn.macaroon import Macaroon, MacKey
from attorn.macaroon.container import UnverifiedCaveat
from attorn.macaroon.link import append_link, append_presentation
from attorn.macaroon.mac import attenuate, bind, mint, require
from attorn.macaroon.notation import all_to_json
from attorn.token.discharge import discharge

OLD, NEW = MacKey(b"o" * 32), MacKey(b"n" * 32)
BAD_SIGNATURE, UNTRUSTED, NOT_ADMITTED = ("bad_signature", 4), ("untrusted_root", 2), ("not_admitted", 1)
MALFORMED, NOT_HOLDER, BROKEN = ("malformed", 1), ("not_holder", 8), ("broken_chain", 5)
FIRST = given(READ, caveat.Resources("cal://alice"))
TOKEN = passed(FIRST, PLANNER, SCOUT, caveat.Range("limit", 1, 10))
SHOWN = shown(TOKEN, SCOUT)
(WHOLE,) = opened(SHOWN)
ONE, TWO, LAST = WHOLE.unverified_caveats
WRITE = Request(action="events:write", resource="cal://alice")


def test_the_scene_is_good() -> None:
    access = accepted(SHOWN)
    assert (access.root, access.holder) == (ALICE.did, SCOUT.did)
    assert access.chain == TOKEN.unverified_links
    assert remade(WHOLE, WHOLE.unverified_caveats) == WHOLE


def test_what_a_link_forbids_is_denied_by_that_link() -> None:
    assert "limit" in str(denied(shown(TOKEN, SCOUT, (more := _limit(11))), 9, 2, request=more))
    denied(shown(TOKEN, SCOUT, WRITE), 9, 1, request=WRITE)


def _limit(number: int) -> Request:
    return Request(action="events:read", resource="cal://alice/2026-11", args={"limit": number})


KEYS: dict[str, list[MacKey]] = {
    "none": [],
    "another-servers": [MacKey(OTHER_SECRET)],
    "several-of-others": [OLD, NEW, MacKey(OTHER_SECRET)],
    "the-key-of-the-token": [KEY.of_token(WHOLE.identifier)],
    "longer-by-a-byte": [MacKey(SECRET + b"\1")],
    "shorter-by-a-byte": [MacKey(SECRET[:-1])],
}


@pytest.mark.parametrize("name", KEYS)
def test_keys_that_did_not_make_it(name: str) -> None:
    error = refused(SHOWN, *UNTRUSTED, by=verifier(macaroon_keys=KEYS[name]))
    assert SECRET.hex() not in str(error)


def test_a_verifier_that_was_given_no_keys_takes_no_macaroon() -> None:
    refused(SHOWN, *UNTRUSTED, by=scene.verifier())


def test_keys_are_rotated() -> None:
    """A new key beside the old one; then the old one goes, and with it every base that it made."""
    for keys in ([NEW, OLD], [OLD, NEW], (OLD, NEW, OLD), iter([OLD, NEW]), {OLD: 1, NEW: 2}):
        by = verifier(macaroon_keys=keys)
        for key in (OLD, NEW):
            accepted(shown(given(base=base(key)), PLANNER), by=by)
    refused(shown(given(base=base(OLD)), PLANNER), *UNTRUSTED, by=verifier(macaroon_keys=[NEW]))


def test_a_key_is_not_a_root() -> None:
    refused(SHOWN, *UNTRUSTED, by=verifier(roots=[]))
    refused(SHOWN, *UNTRUSTED, by=verifier(roots=[SCOUT.did, PLANNER.did]))
    refused(SHOWN, *UNTRUSTED, by=verifier(roots=lambda *_: False))


def _identified(identifier: bytes, key: MacKey = KEY) -> str:
    """A presentation on a base that `key` has made under this identifier."""
    made = append_link(
        ALICE.signer, mint(key, identifier), FIRST.unverified.blocks[0].payload, PLANNER.signer.public_key
    )
    return shown(Token.decode(macaroon.encode(made)), PLANNER)


P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
NAME = held(FIRST).identifier[:8]
IDENTIFIERS: dict[str, tuple[bytes, MacKey, tuple[str, int]]] = {
    "short": (NAME + bytes(15), KEY, UNTRUSTED),
    "long": (NAME + bytes(17), KEY, UNTRUSTED),
    "name-alone": (NAME, KEY, UNTRUSTED),
    "part-of-a-name": (NAME[:7], KEY, UNTRUSTED),
    "unnamed": (bytes(24), KEY, UNTRUSTED),
    "the-longest": (NAME + bytes(1016), KEY, UNTRUSTED),
    "our-name-under-another-key": (NAME + bytes(16), MacKey(OTHER_SECRET), BAD_SIGNATURE),
    "our-name-under-the-tokens-key": (NAME + bytes(16), KEY.of_token(NAME + bytes(16)), BAD_SIGNATURE),
}


@pytest.mark.parametrize("name", IDENTIFIERS)
def test_identifiers_that_are_not_ours(name: str) -> None:
    identifier, key, verdict = IDENTIFIERS[name]
    refused(_identified(identifier, key), *verdict)


def test_an_identifier_says_which_key_and_nothing_else() -> None:
    accepted(_identified(NAME + bytes(16)))
    assert all(base().identifier[:8] == NAME for _ in range(3))
    assert len({base().identifier for _ in range(3)}) == 3


ARGUMENTS: dict[str, Any] = {
    "none": None,
    "a-key": KEY,
    "bytes": SECRET,
    "text": "k" * 40,
    "number": 5,
    "secrets": [SECRET],
    "names": ["key"],
    "one-of-them": [KEY, None],
    "a-base": base(),
}


@pytest.mark.parametrize("name", ARGUMENTS)
def test_keys_that_are_none(name: str) -> None:
    with pytest.raises(InputError, match="macaroon"):
        verifier(macaroon_keys=ARGUMENTS[name])


def test_a_list_of_keys_that_fails() -> None:
    def failing() -> Any:
        yield KEY
        raise OSError("down")

    with pytest.raises(UnavailableError, match="OSError"):
        verifier(macaroon_keys=failing())


def linked(macaroon_: Macaroon, by: Identity = ALICE, to: Identity = PLANNER) -> Macaroon:
    """The macaroon with a genuine first link behind whatever it holds."""
    return append_link(by.signer, macaroon_, FIRST.unverified.blocks[0].payload, to.signer.public_key)


def used(macaroon_: Macaroon, by: Identity = PLANNER, payload: bytes = b"") -> Macaroon:
    """The macaroon presented by whoever likes to, with a payload that is right behind the first link."""
    (shown_,) = opened(shown(FIRST, PLANNER))
    body = base64url_decode(shown_.unverified_caveats[-1].id.removeprefix(b"attorn-presentation-1.").decode())
    return append_presentation(by.signer, macaroon_, payload or body[64:])


BASES: dict[str, tuple[Callable[[], Macaroon], tuple[str, int]]] = {
    "the-base-itself": (base, NOT_ADMITTED),
    "presented-without-a-link": (lambda: used(base()), NOT_ADMITTED),
    "with-a-condition-of-the-server": (lambda: used(linked(attenuate(base(), b"time < 2030"))), NOT_ADMITTED),
    "with-a-condition-behind-the-link": (lambda: used(attenuate(linked(base()), b"time < 2030")), NOT_ADMITTED),
    "with-an-open-condition": (lambda: used(attenuate(linked(base()), b"attorn-link-1")), NOT_ADMITTED),
    "with-an-empty-link": (lambda: used(linked(attenuate(base(), b"attorn-link-1."))), MALFORMED),
    "with-a-caveat-of-a-discharge": (lambda: used(linked(attenuate(base(), b"attorn-caveats-1.AAAA"))), NOT_ADMITTED),
    "two-first-links": (lambda: used(linked(linked(base()))), MALFORMED),
}


@pytest.mark.parametrize("name", BASES)
def test_bases(name: str) -> None:
    make, verdict = BASES[name]
    refused(closed(make()), *verdict)


def test_by_hand_as_by_identity() -> None:
    accepted(closed(used(linked(base()))))


@pytest.mark.parametrize("token", [FIRST, TOKEN], ids=["one", "two"])
def test_a_token_is_no_presentation(token: Token) -> None:
    for wire in (token.encode(), macaroon.to_json(held(token)), all_to_json([held(token)])):
        refused(wire, *NOT_HOLDER)
        assert Token.decode(wire).encode() == token.encode()


@pytest.mark.parametrize("by", [ALICE, PLANNER, MALLORY, person(9, method="jwk")], ids=lambda by: by.did[-4:])
def test_who_does_not_hold_it_neither_presents_nor_extends_it(by: Identity) -> None:
    with pytest.raises(DelegationError, match="does not hold"):
        by.present(TOKEN, REQUEST, audience=scene.AUDIENCE)
    with pytest.raises(DelegationError, match="does not hold"):
        by.delegate(TOKEN, to=MALLORY.did)
    body = base64url_decode(LAST.id.removeprefix(b"attorn-presentation-1.").decode())[64:]
    forged = append_presentation(by.signer, held(TOKEN), body)
    refused(closed(forged), *BAD_SIGNATURE)


AFTER: dict[str, Callable[[Macaroon], Macaroon]] = {
    "a-condition": lambda whole: attenuate(whole, b"time < 2030"),
    "a-link": lambda whole: attenuate(whole, TWO.id),
    "the-presentation-again": lambda whole: attenuate(whole, LAST.id),
    "another-presentation": lambda whole: attenuate(whole, opened(shown(TOKEN, SCOUT))[0].unverified_caveats[-1].id),
    "discharge-caveats": lambda whole: attenuate(whole, b"attorn-caveats-1.AAAA"),
}


@pytest.mark.parametrize("name", AFTER)
def test_nothing_follows_the_presentation(name: str) -> None:
    refused(closed(AFTER[name](WHOLE)), *NOT_ADMITTED)


def test_a_demand_behind_the_presentation() -> None:
    """Also one that is met: whoever saw the presentation can put it there."""
    more = require(WHOLE, key=FRIEND, identifier=ASK, random=draw)
    refused(closed(more), *BROKEN)
    refused(closed(more, bind(more, discharge(FRIEND, ASK))), *NOT_ADMITTED)


def test_what_was_presented_is_no_token_any_more() -> None:
    for wire in (SHOWN, all_to_json([WHOLE]), macaroon.to_json(WHOLE)):
        with pytest.raises(MalformedError, match="presentation"):
            Token.decode(wire)
    with pytest.raises(DelegationError, match="presented"):
        append_link(SCOUT.signer, WHOLE, b"x", MALLORY.signer.public_key)
    with pytest.raises(InputError, match="without caveats"):
        ALICE.mint(to=MALLORY.did, caveats=[READ], base=WHOLE)


SAME = (READ, caveat.Resources("cal://alice"))
OTHER = opened(shown(passed(given(*SAME), PLANNER, SCOUT, caveat.Range("limit", 1, 10)), SCOUT))[0].unverified_caveats
# No link but the first has words of its own, so every one can be read in every place.
PLAIN = passed(passed(passed(given(*SAME), PLANNER, SCOUT, READ), SCOUT, HELPER, READ), HELPER, MALLORY, READ)
PLAINLY = opened(shown(PLAIN, MALLORY))[0].unverified_caveats
SURGERY: dict[str, tuple[tuple[UnverifiedCaveat, ...], tuple[str, int]]] = {
    "first-link-dropped": (PLAINLY[1:], MALFORMED),
    "last-link-dropped": ((ONE, LAST), MALFORMED),
    "middle-link-dropped": ((*PLAINLY[:1], *PLAINLY[2:]), BAD_SIGNATURE),
    "all-links-dropped": ((LAST,), NOT_ADMITTED),
    "links-reordered": ((PLAINLY[1], PLAINLY[0], *PLAINLY[2:]), MALFORMED),
    "middle-links-reordered": ((PLAINLY[0], PLAINLY[2], PLAINLY[1], *PLAINLY[3:]), BAD_SIGNATURE),
    "first-link-twice": ((ONE, ONE, TWO, LAST), MALFORMED),
    "a-link-twice": ((*PLAINLY[:2], *PLAINLY[1:]), BAD_SIGNATURE),
    "last-link-twice": ((*PLAINLY[:-1], *PLAINLY[-2:]), BAD_SIGNATURE),
    "first-link-of-another-base": ((OTHER[0], TWO, LAST), BAD_SIGNATURE),
    "second-link-of-another-base": ((ONE, OTHER[1], LAST), BAD_SIGNATURE),
    "presentation-of-another-base": ((ONE, TWO, OTHER[2]), BAD_SIGNATURE),
    "all-moved-to-this-base": (OTHER, BAD_SIGNATURE),
    "presentation-of-a-longer-chain": ((*PLAINLY[:3], PLAINLY[-1]), BAD_SIGNATURE),
    "presentation-first": ((LAST, ONE, TWO), NOT_ADMITTED),
    "presentation-in-the-middle": ((ONE, LAST, TWO), NOT_ADMITTED),
    "presentation-twice": ((ONE, TWO, LAST, LAST), NOT_ADMITTED),
    "an-empty-presentation": ((ONE, TWO, UnverifiedCaveat(b"attorn-presentation-1.")), MALFORMED),
    "a-presentation-as-a-link": (
        (ONE, TWO, UnverifiedCaveat(LAST.id.replace(b"presentation", b"link"))),
        MALFORMED,
    ),
    "a-link-as-a-presentation": ((ONE, UnverifiedCaveat(TWO.id.replace(b"link", b"presentation"))), NOT_ADMITTED),
}


@pytest.mark.parametrize("name", SURGERY)
def test_surgery_with_the_base_at_hand(name: str) -> None:
    """The MAC is right for what it is: whoever holds the base can make it. What refuses are signatures and order."""
    caveats, verdict = SURGERY[name]
    refused(closed(remade(WHOLE, caveats)), *verdict)


@pytest.mark.parametrize("name", SURGERY)
def test_surgery_without_the_base(name: str) -> None:
    """Without it the MAC refuses all of them before any caveat is looked at."""
    caveats, _ = SURGERY[name]
    refused(closed(replace(WHOLE, unverified_caveats=caveats)), *BAD_SIGNATURE)


def test_a_chain_moved_to_another_base_of_the_same_server() -> None:
    for identifier in (base().identifier, b"x" + WHOLE.identifier[1:]):
        moved = remade(WHOLE, WHOLE.unverified_caveats, identifier=identifier)
        refused(closed(moved), *(BAD_SIGNATURE if identifier[:8] == NAME else UNTRUSTED))


def test_a_chain_moved_to_a_server_with_another_key() -> None:
    theirs = macaroon.issue(OLD)
    moved = remade(WHOLE, WHOLE.unverified_caveats, identifier=theirs.identifier, secret=b"o" * 32)
    refused(closed(moved), *BAD_SIGNATURE, by=verifier(macaroon_keys=[KEY, OLD]))


def _twins() -> tuple[Token, Token]:
    """The same link, byte for byte, in a Biscuit and in a Macaroon."""
    biscuits, macaroons = (Identity.from_seed(b"\1" * 32, clock=Clock(), random=bytes) for _ in range(2))
    return (
        biscuits.mint(to=PLANNER.did, caveats=SAME),
        macaroons.mint(to=PLANNER.did, caveats=SAME, base=base()),
    )


def test_a_link_spliced_from_a_biscuit() -> None:
    """The content is the same byte for byte, and the key; the signature covers something else."""
    biscuit, twin = _twins()
    (block,), (link,) = biscuit.unverified.blocks, twin.unverified.blocks
    assert (block.payload, block.next_key) == (link.payload, link.next_key)
    key = multikey.encode(block.next_key)
    condition = bytes((len(key),)) + key + block.signature + block.payload
    spliced = used(attenuate(base(), b"attorn-link-1." + base64url_encode(condition).encode()))
    refused(closed(spliced), *BAD_SIGNATURE)


def test_a_link_spliced_into_a_biscuit() -> None:
    biscuit, twin = _twins()
    container = parse(base64url_decode(shown(biscuit, PLANNER)), most_blocks=3)
    block = replace(container.blocks[0], signature=twin.unverified.blocks[0].signature)
    wire = base64url_encode(replace(container, blocks=(block, container.blocks[1])).encode())
    refused(wire, *BAD_SIGNATURE)
    accepted(base64url_encode(container.encode()))


def test_formats_are_told_apart_by_the_first_byte_alone() -> None:
    biscuit = shown(scene.given(READ), PLANNER)
    data = base64url_decode(biscuit)
    refused(base64url_encode(b"\2" + data), *MALFORMED)
    refused(base64url_encode(b"\1" + base64url_decode(SHOWN)[1:]), *MALFORMED)
    refused(base64url_encode(data + base64url_decode(SHOWN)), *MALFORMED)
    refused(base64url_encode(base64url_decode(SHOWN) + data), *MALFORMED)


def members(*macaroons: Macaroon) -> str:
    return all_to_json(macaroons)


def test_json_is_the_same_presentation() -> None:
    by = verifier()
    accepted(members(WHOLE), by=by)
    for again in (SHOWN, macaroon.to_json(WHOLE), members(WHOLE).replace(",", " ,\n")):
        refused(again, "replayed", 8, by=by)


TEXT = macaroon.to_json(WHOLE)
JSON: dict[str, tuple[str, tuple[str, int]]] = {
    "space-before": (" " + TEXT, MALFORMED),
    "text-behind": (TEXT + "{}", MALFORMED),
    "an-unknown-member": (TEXT.replace("{", '{"x":1,', 1), MALFORMED),
    "the-member-v": (TEXT.replace("{", '{"v":2,', 1), MALFORMED),
    "a-member-twice": (TEXT.replace("}", ',"l":"a","l":"b"}')[: len(TEXT) + 16], MALFORMED),
    "no-caveats": ("{" + TEXT[TEXT.index('"i64"') :], BAD_SIGNATURE),
    "an-empty-array": ("[]", MALFORMED),
    "an-empty-object": ("{}", MALFORMED),
    "an-array-in-an-array": ("[" + members(WHOLE) + "]", MALFORMED),
    "twice": (f"[{TEXT},{TEXT}]", BROKEN),
    "padding": (TEXT.replace('"s64":"', '"s64":"=', 1), MALFORMED),
    "text-in-quotes": (f'"{SHOWN}"', MALFORMED),
    "of-a-token": (macaroon.to_json(held(TOKEN)), NOT_HOLDER),
    "deep": ("[" * 60_000, MALFORMED),
    "too-long": ("[" + TEXT + " " * 65_536 + "]", ("limit_exceeded", 0)),
}


@pytest.mark.parametrize("name", JSON)
def test_json_that_is_refused(name: str) -> None:
    text, verdict = JSON[name]
    refused(text, *verdict)


P256 = Identity(P256Signer.from_scalar(b"\x01" * 32), clock=Clock(), random=draw)
JWK = person(9, method="jwk")


def test_p256_and_did_jwk_in_every_place() -> None:
    token = passed(passed(given(to=P256), P256, JWK), JWK, P256, caveat.Range("limit", 1, 10))
    access = accepted(shown(token, P256))
    assert [link.delegate for link in access.chain] == [P256.did, JWK.did, P256.did]
    mine = given(by=P256, to=SCOUT)
    assert accepted(shown(mine, SCOUT), by=verifier(roots=[P256.did])).root == P256.did
    refused(shown(mine, SCOUT), *UNTRUSTED)


def _flipped(caveat_: UnverifiedCaveat, prefix: bytes, start: int) -> UnverifiedCaveat:
    """The caveat with s of its P-256 signature replaced by n - s, which verifies where low S is not asked for."""
    body = base64url_decode(caveat_.id.removeprefix(prefix).decode())
    s = int.from_bytes(body[start + 32 : start + 64])
    changed = body[: start + 32] + (P256_ORDER - s).to_bytes(32) + body[start + 64 :]
    return UnverifiedCaveat(prefix + base64url_encode(changed).encode())


def test_a_p256_signature_has_one_spelling() -> None:
    token = passed(given(to=P256), P256, SCOUT)
    whole = opened(shown(token, SCOUT))[0]
    one, two, last = whole.unverified_caveats
    size = 1 + len(multikey.encode(SCOUT.signer.public_key))
    refused(closed(remade(whole, (one, _flipped(two, b"attorn-link-1.", size), last))), *BAD_SIGNATURE)
    whole = opened(shown(given(to=P256), P256))[0]
    one, last = whole.unverified_caveats
    refused(closed(remade(whole, (one, _flipped(last, b"attorn-presentation-1.", 0)))), *BAD_SIGNATURE)


def test_every_flipped_bit_of_a_presentation_is_refused() -> None:
    data = base64url_decode(SHOWN)
    by = verifier(roots=lambda *_: True)
    for index in range(0, len(data), 7):
        changed = data[:index] + bytes((data[index] ^ 1 << index % 8,)) + data[index + 1 :]
        with pytest.raises(AttornError):
            by.authorize(base64url_encode(changed), REQUEST)
    accepted(SHOWN, by=by)


@pytest.mark.parametrize("size", [1, 40, 200, 400, -1])
def test_a_presentation_cut_short(size: int) -> None:
    refused(base64url_encode(base64url_decode(SHOWN)[:size]), *MALFORMED)


def test_no_secret_is_in_any_message() -> None:
    signatures = [held(TOKEN).signature, base().signature, SECRET]
    for text, verdict in JSON.values():
        message = str(refused(text, *verdict))
        assert not any(each.hex() in message or base64url_encode(each) in message for each in signatures)


def test_the_window_of_a_presentation() -> None:
    for second in (NOW - 31, NOW + 60):
        refused(shown(TOKEN, SCOUT), "outside_validity", 6, by=verifier(clock=Clock(second)))
    for second in (NOW - 30, NOW + 59):
        accepted(shown(TOKEN, SCOUT), by=verifier(clock=Clock(second)))


BOUND: dict[str, tuple[dict[str, Any], tuple[str, int]]] = {
    "audience": ({"audience": "did:web:other.example"}, ("wrong_audience", 8)),
    "challenge-not-asked": ({"challenge": "c1"}, ("wrong_request", 8)),
    "request": ({"request": _limit(9)}, ("wrong_request", 8)),
}


@pytest.mark.parametrize("name", BOUND)
def test_a_presentation_for_something_else(name: str) -> None:
    changed, verdict = BOUND[name]
    call = dict(changed)
    refused(shown(TOKEN, SCOUT, call.pop("request", REQUEST), **call), *verdict)


def test_a_payload_that_is_no_presentation() -> None:
    for payload in (FIRST.unverified.blocks[0].payload, encode((), (), ()), b"x", bytes(100)):
        with pytest.raises(AttornError) as caught:
            verifier().authorize(closed(used(linked(base()), payload=payload)), REQUEST)
        assert caught.value.code in ("malformed", "not_admitted", "not_holder")
