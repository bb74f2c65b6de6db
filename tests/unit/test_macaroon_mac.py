"""The MAC of a Macaroon: the values are those of the format, and nothing is shown before all of it holds."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from tests.unit.macaroon_scene import OTHER_SECRET, SECRET, SIGNATURE, VID, bound, chained, generated, hidden, token_key

from attorn.errors import (
    ChainError,
    InputError,
    LimitError,
    MalformedError,
    NotAdmittedError,
    SignatureError,
    UnavailableError,
)
from attorn.macaroon import mac
from attorn.macaroon.container import MOST_CAVEATS, MOST_IDENTIFIER, Macaroon, UnverifiedCaveat
from attorn.macaroon.key import MacKey
from attorn.macaroon.mac import Proven, ProvenCaveat, attenuate, bind, discharge, mint, require, verify

ROOT, OTHER = MacKey(SECRET), MacKey(OTHER_SECRET)
THEIRS = MacKey(b"third party's key, somewhat longer than needed")
FRESH = mint(ROOT, b"id")


def zeros(size: int) -> bytes:
    return bytes(size)


def asking(macaroon: Macaroon, identifier: bytes = b"ask", key: MacKey = THEIRS, **more: Any) -> Macaroon:
    return require(macaroon, key=key, identifier=identifier, random=zeros, **more)


NARROW = attenuate(attenuate(FRESH, b"a = 1"), b"b = 2")
ASKING = attenuate(asking(NARROW), b"c = 3")
MET = attenuate(discharge(THEIRS, b"ask"), b"until = noon")
BOUND = bind(ASKING, MET)


def test_the_values_are_those_of_the_format() -> None:
    signature = chained(generated(token_key(SECRET, b"id")), b"id")
    assert Macaroon(b"id", (), signature) == FRESH
    signature = chained(signature, b"a = 1", b"b = 2")
    assert NARROW.signature == signature
    vid = hidden(signature, THEIRS.secret)
    assert ASKING.unverified_caveats[2] == UnverifiedCaveat(b"ask", vid)
    assert ASKING.signature == chained(signature, (vid, b"ask"), b"c = 3")
    unbound = chained(generated(THEIRS.secret), b"ask", b"until = noon")
    assert MET.signature == unbound
    assert replace(MET, signature=bound(ASKING.signature, unbound)) == BOUND


def test_what_holds_is_returned_in_order() -> None:
    assert verify(FRESH, [], ROOT) == Proven(b"id", ())
    assert verify(NARROW, (), ROOT).caveats == (ProvenCaveat(b"a = 1"), ProvenCaveat(b"b = 2"))
    vid = ASKING.unverified_caveats[2].vid
    asked = ProvenCaveat(b"ask", vid, (b"until = noon",))
    assert verify(ASKING, [BOUND], ROOT) == Proven(
        b"id", (ProvenCaveat(b"a = 1"), ProvenCaveat(b"b = 2"), asked, ProvenCaveat(b"c = 3"))
    )


def test_the_order_of_discharges_is_free() -> None:
    both = asking(asking(FRESH, b"one"), b"two", OTHER)
    met = [bind(both, discharge(THEIRS, b"one")), bind(both, discharge(OTHER, b"two"))]
    assert verify(both, met, ROOT) == verify(both, met[::-1], ROOT)


def test_locations_are_carried_and_say_nothing() -> None:
    placed = asking(mint(ROOT, b"id", location="here"), location="there")
    met = bind(placed, discharge(THEIRS, b"ask", location="yonder"))
    assert (placed.unverified_location, met.unverified_location) == ("here", "yonder")
    assert placed.unverified_caveats[0].unverified_location == "there"
    moved = replace(
        placed,
        unverified_location=None,
        unverified_caveats=(replace(placed.unverified_caveats[0], unverified_location="elsewhere"),),
    )
    assert verify(moved, [replace(met, unverified_location="x")], ROOT) == verify(placed, [met], ROOT)


def test_sixteen_discharges() -> None:
    asked = FRESH
    for number in range(16):
        asked = asking(asked, b"%d" % number)
    met = [bind(asked, discharge(THEIRS, b"%d" % number)) for number in range(16)]
    assert len(verify(asked, met, ROOT).caveats) == 16
    with pytest.raises(LimitError, match="at most 16") as caught:
        verify(asked, [*met, met[0]], ROOT)
    assert caught.value.step == 1


FORGED: dict[str, Macaroon] = {
    "the-last-condition-dropped": replace(NARROW, unverified_caveats=NARROW.unverified_caveats[:1]),
    "the-first-condition-dropped": replace(NARROW, unverified_caveats=NARROW.unverified_caveats[1:]),
    "all-conditions-dropped": replace(NARROW, unverified_caveats=()),
    "reordered": replace(NARROW, unverified_caveats=NARROW.unverified_caveats[::-1]),
    "repeated": replace(NARROW, unverified_caveats=NARROW.unverified_caveats * 2),
    "one-put-in-without-a-key": replace(
        NARROW, unverified_caveats=(*NARROW.unverified_caveats, UnverifiedCaveat(b"x"))
    ),
    "one-put-in-front": replace(NARROW, unverified_caveats=(UnverifiedCaveat(b"x"), *NARROW.unverified_caveats)),
    "a-condition-changed": replace(
        NARROW, unverified_caveats=(UnverifiedCaveat(b"a = 2"), *NARROW.unverified_caveats[1:])
    ),
    "two-conditions-joined": replace(NARROW, unverified_caveats=(UnverifiedCaveat(b"a = 1b = 2"),)),
    "another-identifier": replace(NARROW, identifier=b"ie"),
    "a-longer-identifier": replace(NARROW, identifier=b"id\0"),
    "signature-of-zeros": replace(NARROW, signature=bytes(32)),
    "signature-of-the-parent": replace(NARROW, signature=FRESH.signature),
    "signature-bound": replace(FRESH, signature=bound(FRESH.signature, FRESH.signature)),
    "no-key-of-its-own": Macaroon(b"id", (), chained(generated(SECRET), b"id")),
    "key-not-generated": Macaroon(b"id", (), chained(token_key(SECRET, b"id"), b"id")),
    "key-of-another-token": Macaroon(b"id", (), chained(generated(token_key(SECRET, b"ie")), b"id")),
    "under-the-empty-key": Macaroon(b"id", (), chained(generated(b""), b"id")),
    "under-another-root": mint(OTHER, b"id"),
    "third-party-as-a-condition": replace(
        ASKING,
        unverified_caveats=(*NARROW.unverified_caveats, UnverifiedCaveat(b"ask"), ASKING.unverified_caveats[3]),
    ),
    "condition-as-a-third-party": replace(
        NARROW, unverified_caveats=(*NARROW.unverified_caveats[:1], UnverifiedCaveat(b"b = 2", VID))
    ),
}


@pytest.mark.parametrize("name", FORGED)
@pytest.mark.parametrize("discharges", [[], [BOUND]], ids=["alone", "with-a-discharge"])
def test_a_forged_macaroon_is_refused(name: str, discharges: list[Macaroon]) -> None:
    with pytest.raises(SignatureError) as caught:
        verify(FORGED[name], discharges, ROOT)
    assert (caught.value.code, caught.value.step) == ("bad_signature", 4)


@pytest.mark.parametrize("macaroon", [FRESH, NARROW, ASKING], ids=["fresh", "narrow", "asking"])
def test_the_wrong_root_is_refused(macaroon: Macaroon) -> None:
    for key in (OTHER, MacKey(SECRET + b"\1"), MacKey(SECRET[::-1]), ROOT.of_token(b"id"), THEIRS):
        with pytest.raises(SignatureError):
            verify(macaroon, [BOUND] if macaroon is ASKING else [], key)


UNMET: dict[str, tuple[list[Macaroon], type[Exception]]] = {
    "missing": ([], ChainError),
    "given-twice": ([BOUND, BOUND], ChainError),
    "given-twice-in-two-forms": ([BOUND, MET], ChainError),
    "given-twice-in-two-places": ([BOUND, replace(BOUND, unverified_location="x")], ChainError),
    "not-asked-for": ([BOUND, bind(ASKING, discharge(THEIRS, b"other"))], ChainError),
    "of-another-caveat": ([bind(ASKING, discharge(THEIRS, b"other"))], ChainError),
    "the-macaroon-itself": ([ASKING], NotAdmittedError),
    "its-parent": ([FRESH], ChainError),
    "not-bound": ([MET], SignatureError),
    "bound-to-the-parent": ([bind(NARROW, MET)], SignatureError),
    "bound-to-a-child": ([bind(attenuate(ASKING, b"d"), MET)], SignatureError),
    "bound-twice": ([bind(ASKING, BOUND)], SignatureError),
    "bound-to-itself": ([bind(MET, MET)], SignatureError),
    "under-another-key": ([bind(ASKING, discharge(OTHER, b"ask"))], SignatureError),
    "under-the-root-key": ([bind(ASKING, discharge(ROOT, b"ask"))], SignatureError),
    "minted-instead": ([bind(ASKING, mint(THEIRS, b"ask"))], SignatureError),
    "a-condition-dropped": ([replace(BOUND, unverified_caveats=())], SignatureError),
    "a-condition-put-in": ([replace(BOUND, unverified_caveats=(*BOUND.unverified_caveats,) * 2)], SignatureError),
    "narrowed-after-binding": ([attenuate(BOUND, b"x")], SignatureError),
    "signature-of-zeros": ([replace(BOUND, signature=bytes(32))], SignatureError),
    "nested": ([bind(ASKING, asking(MET, b"more")), bind(ASKING, discharge(THEIRS, b"more"))], NotAdmittedError),
    "cyclic": ([bind(ASKING, asking(MET, b"ask"))], NotAdmittedError),
}


@pytest.mark.parametrize("name", UNMET)
def test_a_caveat_that_is_not_met_is_refused(name: str) -> None:
    discharges, error = UNMET[name]
    with pytest.raises(error):
        verify(ASKING, discharges, ROOT)


def test_a_discharge_nobody_asked_for_is_refused() -> None:
    with pytest.raises(ChainError):
        verify(NARROW, [bind(NARROW, MET)], ROOT)


def test_two_caveats_cannot_share_a_discharge() -> None:
    twice = asking(asking(FRESH))
    met = bind(twice, discharge(THEIRS, b"ask"))
    for discharges in ([met], [met, met], []):
        with pytest.raises(ChainError):
            verify(twice, discharges, ROOT)


@pytest.mark.parametrize("vid", [VID, bytes(72), bytes([255]) * 72], ids=["counting", "zeros", "ones"])
def test_a_verification_id_that_hides_nothing_is_refused(vid: bytes) -> None:
    signature = chained(NARROW.signature, (vid, b"ask"))
    hollow = Macaroon(b"id", (*NARROW.unverified_caveats, UnverifiedCaveat(b"ask", vid)), signature)
    with pytest.raises(SignatureError, match="verification id"):
        verify(hollow, [bind(hollow, MET)], ROOT)


def test_a_verification_id_is_good_in_one_place_only() -> None:
    moved = attenuate(NARROW, b"between")
    vid = ASKING.unverified_caveats[2].vid
    assert vid is not None
    signature = chained(moved.signature, (vid, b"ask"))
    forged = Macaroon(b"id", (*moved.unverified_caveats, UnverifiedCaveat(b"ask", vid)), signature)
    with pytest.raises(SignatureError, match="verification id"):
        verify(forged, [bind(forged, MET)], ROOT)


@pytest.mark.parametrize("name", [name for name in FORGED if name != "third-party-as-a-condition"])
def test_no_verification_id_is_opened_before_the_mac_holds(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def opened(*_: object) -> bytes:
        raise AssertionError("opened before the MAC was verified")

    monkeypatch.setattr(mac, "_opened", opened)
    with pytest.raises(SignatureError):
        verify(FORGED[name], [], ROOT)


@pytest.mark.parametrize(
    "secret", [b"", b"k", bytes(31), bytes(1025), "x" * 32, None, bytearray(32), ROOT], ids=lambda v: repr(v)[:20]
)
def test_a_key_is_at_least_32_bytes(secret: Any) -> None:
    with pytest.raises(InputError) as caught:
        MacKey(secret)
    assert "x" * 32 not in str(caught.value)


@pytest.mark.parametrize("size", [32, 33, 64, 65, 1024])
def test_a_key_may_have_32_bytes_and_more(size: int) -> None:
    key = MacKey(bytes([7]) * size)
    assert mint(key, b"id").signature == chained(generated(token_key(bytes([7]) * size, b"id")), b"id")


def test_keys_of_tokens_differ() -> None:
    assert ROOT.of_token(b"id").secret == token_key(SECRET, b"id")
    keys = [ROOT.of_token(b"id"), ROOT.of_token(b"id\0"), ROOT.of_token(b"ie"), OTHER.of_token(b"id"), ROOT]
    assert len({key.secret for key in keys}) == len(keys)


def test_a_key_never_shows_itself() -> None:
    assert repr(ROOT) == str(ROOT) == "MacKey(...)"
    for leak in (copy.copy, copy.deepcopy, pickle.dumps, lambda key: key.__getstate__()):
        with pytest.raises(InputError):
            leak(ROOT)


@pytest.mark.parametrize("identifier", ["id", None, 7, bytearray(b"id")], ids=repr)
def test_an_identifier_is_bytes(identifier: Any) -> None:
    calls: list[Callable[[], object]] = [
        lambda: mint(ROOT, identifier),
        lambda: discharge(ROOT, identifier),
        lambda: ROOT.of_token(identifier),
        lambda: attenuate(FRESH, identifier),
        lambda: asking(FRESH, identifier),
    ]
    for call in calls:
        with pytest.raises(InputError):
            call()


def test_an_identifier_is_neither_empty_nor_long() -> None:
    with pytest.raises(InputError):
        mint(ROOT, b"")
    with pytest.raises(MalformedError):
        discharge(ROOT, b"")
    for make in (lambda: mint(ROOT, bytes(MOST_IDENTIFIER + 1)), lambda: asking(FRESH, bytes(MOST_IDENTIFIER + 1))):
        with pytest.raises(LimitError):
            make()


def test_keys_are_typed() -> None:
    for key in (SECRET, SECRET.hex(), None, object()):
        calls: list[Callable[[Any], object]] = [
            lambda key: mint(key, b"id"),
            lambda key: discharge(key, b"id"),
            lambda key: asking(FRESH, key=key),
            lambda key: verify(FRESH, [], key),
        ]
        for call in calls:
            with pytest.raises(InputError):
                call(key)


def test_macaroons_are_typed() -> None:
    for other in (FRESH.encode(), None, "text", [FRESH]):
        calls: list[Callable[[Any], object]] = [
            lambda other: attenuate(other, b"a"),
            asking,
            lambda other: bind(other, MET),
            lambda other: bind(ASKING, other),
            lambda other: verify(other, [], ROOT),
            lambda other: verify(ASKING, [other], ROOT),
        ]
        for call in calls:
            with pytest.raises(InputError):
                call(other)
    for discharges in (None, MET, {b"ask": MET}, iter([MET])):
        with pytest.raises(InputError):
            verify(ASKING, discharges, ROOT)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "random",
    [lambda size: bytes(size - 1), lambda _: None, lambda size: "x" * size, lambda _: 1 // 0, lambda _: bytearray(24)],
)
def test_a_random_source_that_fails_is_told(random: Any) -> None:
    with pytest.raises(UnavailableError):
        require(FRESH, key=THEIRS, identifier=b"ask", random=random)


def test_a_macaroon_holds_so_many_caveats_and_no_more() -> None:
    full = FRESH
    for _ in range(MOST_CAVEATS):
        full = attenuate(full, b"a")
    assert len(verify(full, [], ROOT).caveats) == MOST_CAVEATS
    with pytest.raises(InputError):
        attenuate(full, b"a")
    with pytest.raises(InputError):
        asking(full)


def test_a_signature_is_compared_whole() -> None:
    for index in range(32):
        changed = bytearray(NARROW.signature)
        changed[index] ^= 1
        with pytest.raises(SignatureError):
            verify(replace(NARROW, signature=bytes(changed)), [], ROOT)
    with pytest.raises(SignatureError):
        verify(replace(NARROW, signature=SIGNATURE), [], ROOT)
