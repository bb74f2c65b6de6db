"""Macaroons against pymacaroons, in both directions: the same bytes, the same MACs, and what only attorn refuses."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.exceptions import CryptoError
from pymacaroons import MACAROON_V2, Verifier
from pymacaroons import Macaroon as Theirs
from pymacaroons.exceptions import MacaroonInvalidSignatureException, MacaroonUnmetCaveatException
from pymacaroons.serializers import BinarySerializer, JsonSerializer
from tests.property.strategies import compared
from tests.unit.macaroon_chain import verify as chain_signatures

from attorn.encoding import base64url_decode, base64url_encode
from attorn.errors import AttornError, InputError, MalformedError, NotAdmittedError, SignatureError
from attorn.keys.signer import Ed25519Signer
from attorn.macaroon import link
from attorn.macaroon.container import Macaroon, UnverifiedCaveat, parse
from attorn.macaroon.key import MacKey
from attorn.macaroon.link import append_link, append_presentation
from attorn.macaroon.mac import attenuate, bind, discharge, mint, require, verify
from attorn.macaroon.notation import from_json, to_json

ROOT, THIRD = MacKey(b"r" * 40), MacKey(b"third party's key of forty-one characters")
BINARY, JSON = BinarySerializer(), JsonSerializer()
FAILURES = (MacaroonInvalidSignatureException, MacaroonUnmetCaveatException, CryptoError)
texts = st.text(min_size=1, max_size=40).filter(lambda text: text.strip() != "")
octets = st.one_of(st.binary(min_size=1, max_size=100), texts.map(str.encode))
conditions = texts.map(str.encode)
steps = st.lists(st.one_of(conditions, st.tuples(octets, texts)), max_size=5)
Step = bytes | tuple[bytes, str]


def ours(identifier: bytes, added: list[Step], location: str | None = "here") -> tuple[Macaroon, list[Macaroon]]:
    macaroon = mint(ROOT, identifier, location=location)
    met = []
    for number, step in enumerate(added):
        if isinstance(step, bytes):
            macaroon = attenuate(macaroon, step)
            continue
        asked = b"%d " % number + step[0]
        macaroon = require(macaroon, key=THIRD, identifier=asked, random=lambda size: b"n" * size, location=step[1])
        met.append(attenuate(discharge(THIRD, asked, location="there"), b"holds"))
    return macaroon, [bind(macaroon, each) for each in met]


def theirs(identifier: bytes, added: list[Step], location: str = "here") -> tuple[Any, list[Any]]:
    macaroon = Theirs(location, identifier, ROOT.of_token(identifier).secret, version=MACAROON_V2)
    met = []
    for number, step in enumerate(added):
        if isinstance(step, bytes):
            macaroon.add_first_party_caveat(step)
            continue
        asked = b"%d " % number + step[0]
        macaroon.add_third_party_caveat(step[1], THIRD.secret, asked, nonce=b"n" * 24)
        answer = Theirs("there", asked, THIRD.secret, version=MACAROON_V2)
        met.append(answer.add_first_party_caveat(b"holds"))
    return macaroon, [macaroon.prepare_for_request(each) for each in met]


def to_them(macaroon: Macaroon, *, as_json: bool = False) -> Any:
    if as_json:
        return Theirs.deserialize(to_json(macaroon), JSON)
    return Theirs.deserialize(base64url_encode(macaroon.encode()))


def from_them(macaroon: Any, *, as_json: bool = False) -> Macaroon:
    if as_json:
        return from_json(macaroon.serialize(JSON))
    return parse(base64url_decode(macaroon.serialize()))


def they_hold(macaroon: Any, met: list[Any], secret: bytes) -> bool:
    verifier = Verifier()
    verifier.satisfy_general(lambda _: True)
    try:
        return bool(verifier.verify(macaroon, secret, met))
    except FAILURES:
        return False


def we_hold(macaroon: Macaroon, met: list[Macaroon]) -> bool:
    try:
        verify(macaroon, met, ROOT)
    except AttornError:
        return False
    return True


@compared
@given(octets, steps)
def test_both_write_the_same_bytes(identifier: bytes, added: list[Step]) -> None:
    (mine, my_met), (other, other_met) = ours(identifier, added), theirs(identifier, added)
    for one, two in zip([mine, *my_met], [other, *other_met], strict=True):
        assert base64url_encode(one.encode()) == two.serialize()
        assert json.loads(to_json(one)) == json.loads(two.serialize(JSON))


@compared
@given(octets, steps, st.booleans())
def test_they_verify_ours(identifier: bytes, added: list[Step], as_json: bool) -> None:
    macaroon, met = ours(identifier, added)
    secret = ROOT.of_token(identifier).secret
    them, their_met = to_them(macaroon, as_json=as_json), [to_them(each, as_json=as_json) for each in met]
    assert they_hold(them, their_met, secret)
    assert not they_hold(them, their_met, secret[::-1])
    assert not they_hold(to_them(replace(macaroon, signature=bytes(32)), as_json=as_json), their_met, secret)
    if met:
        assert not they_hold(them, their_met[1:], secret)
        unbound = [to_them(replace(each, signature=bytes(32))) for each in met]
        assert not they_hold(them, unbound, secret)


@compared
@given(octets, steps, st.booleans())
def test_we_verify_theirs(identifier: bytes, added: list[Step], as_json: bool) -> None:
    them, their_met = theirs(identifier, added)
    macaroon, met = from_them(them, as_json=as_json), [from_them(each, as_json=as_json) for each in their_met]
    assert [each.id for each in verify(macaroon, met, ROOT).caveats] == [each.caveat_id_bytes for each in them.caveats]
    assert not we_hold(replace(macaroon, signature=bytes(32)), met)
    assert not we_hold(macaroon, [*met, bind(macaroon, discharge(THIRD, b"more"))])
    if met:
        assert not we_hold(macaroon, met[1:])
        assert not we_hold(macaroon, [bind(macaroon, each) for each in met])


@compared
@given(octets, st.lists(conditions, min_size=1, max_size=4), st.data())
def test_both_agree_on_edited_conditions(identifier: bytes, added: list[bytes], data: st.DataObject) -> None:
    macaroon, _ = ours(identifier, list(added))
    edited = data.draw(st.lists(st.sampled_from(added), max_size=4))
    changed = replace(macaroon, unverified_caveats=tuple(map(UnverifiedCaveat, edited)))
    secret = ROOT.of_token(identifier).secret
    assert we_hold(changed, []) == they_hold(to_them(changed), [], secret) == (edited == added)


def test_links_travel_through_a_library_that_knows_nothing_of_them() -> None:
    alice, planner, scout = (Ed25519Signer.from_seed(bytes([number]) * 32) for number in range(1, 4))
    macaroon = append_link(alice, mint(ROOT, b"id", location=""), b"\xff\0first", planner.public_key)
    macaroon = append_presentation(planner, macaroon, b"use")
    for as_json in (False, True):
        them = to_them(macaroon, as_json=as_json)
        assert they_hold(them, [], ROOT.of_token(b"id").secret)
        back = from_them(them)
        chain_signatures(link.read(b"id", verify(back, [], ROOT).caveats, most_links=1), alice.public_key)
        them.add_first_party_caveat("a = 1")
        with pytest.raises(NotAdmittedError):
            link.read(b"id", verify(from_them(them), [], ROOT).caveats, most_links=1)
    assert scout.public_key != planner.public_key


README_KEY = MacKey(b"this is our super secret key; only we should know it")


def test_the_values_that_libmacaroons_publishes() -> None:
    """Its README, section "Creating Your First Macaroon" and what follows."""
    macaroon = discharge(README_KEY, b"we used our secret key", location="http://mybank/")
    assert macaroon.signature.hex() == "e3d9e02908526c4c0039ae15114115d97fdd68bf2ba379b342aaf0f617d0552f"
    macaroon = attenuate(macaroon, b"account = 3735928559")
    assert macaroon.signature.hex() == "1efe4763f290dbce0c1d08477367e11f4eee456a64933cf662d79772dbb82128"
    macaroon = attenuate(macaroon, b"time < 2020-01-01T00:00")
    assert macaroon.signature.hex() == "b5f06c8c8ef92f6c82c6ff282cd1f8bd1849301d09a2db634ba182536a611c49"


def test_they_take_a_condition_that_nobody_signed_and_we_do_not() -> None:
    macaroon = attenuate(mint(ROOT, b"id"), b"a = 1")
    forged = replace(macaroon, unverified_caveats=(*macaroon.unverified_caveats, UnverifiedCaveat(b"admin = yes")))
    verifier = Verifier()
    verifier.satisfy_exact("a = 1")
    assert verifier.verify(to_them(forged), ROOT.of_token(b"id").secret)
    with pytest.raises(SignatureError):
        verify(forged, [], ROOT)


def test_they_take_bytes_behind_and_we_do_not() -> None:
    data = mint(ROOT, b"id").encode() + b"more"
    assert Theirs.deserialize(base64url_encode(data)).identifier == b"id"
    with pytest.raises(MalformedError):
        parse(data)


def test_they_take_a_longer_varint_and_we_do_not() -> None:
    data = mint(ROOT, b"id").encode()
    longer = data.replace(b"\x02\x02id", b"\x02\x82\0id")
    assert Theirs.deserialize(base64url_encode(longer)).identifier == b"id"
    with pytest.raises(MalformedError):
        parse(longer)


def test_they_take_an_unknown_member_and_two_spellings_and_we_do_not() -> None:
    members = json.loads(to_json(mint(ROOT, b"id")))
    for more in ({"x": 1}, {"i64": base64.urlsafe_b64encode(b"other").decode()}, {"v": "1"}):
        text = json.dumps(members | more)
        assert Theirs.deserialize(text, JSON).identifier_bytes == b"id"
        with pytest.raises(MalformedError):
            from_json(text)


def test_they_take_a_nested_discharge_and_we_do_not() -> None:
    macaroon, _ = theirs(b"id", [])
    macaroon.add_third_party_caveat("there", THIRD.secret, b"ask", nonce=b"n" * 24)
    answer = Theirs("there", b"ask", THIRD.secret, version=MACAROON_V2)
    answer.add_third_party_caveat("yonder", THIRD.secret, b"more", nonce=b"n" * 24)
    last = Theirs("yonder", b"more", THIRD.secret, version=MACAROON_V2)
    met = [macaroon.prepare_for_request(each) for each in (answer, last)]
    assert they_hold(macaroon, met, ROOT.of_token(b"id").secret)
    with pytest.raises(NotAdmittedError):
        verify(from_them(macaroon), [from_them(each) for each in met], ROOT)


def test_they_let_two_caveats_share_a_discharge_and_we_do_not() -> None:
    macaroon, _ = theirs(b"id", [])
    for _ in range(2):
        macaroon.add_third_party_caveat("there", THIRD.secret, b"ask", nonce=b"n" * 24)
    met = [macaroon.prepare_for_request(Theirs("there", b"ask", THIRD.secret, version=MACAROON_V2))]
    assert they_hold(macaroon, met, ROOT.of_token(b"id").secret)
    assert not we_hold(from_them(macaroon), [from_them(each) for each in met])
    assert not we_hold(from_them(macaroon), [from_them(each) for each in met * 2])


def test_they_take_a_discharge_that_nobody_asked_for_and_we_do_not() -> None:
    macaroon, _ = theirs(b"id", [])
    spare = macaroon.prepare_for_request(Theirs("there", b"ask", THIRD.secret, version=MACAROON_V2))
    assert they_hold(macaroon, [spare], ROOT.of_token(b"id").secret)
    assert not we_hold(from_them(macaroon), [from_them(spare)])


def test_they_call_back_before_the_mac_and_we_show_nothing() -> None:
    macaroon = replace(attenuate(mint(ROOT, b"id"), b"a = 1"), signature=bytes(32))
    seen: list[str] = []
    verifier = Verifier()
    verifier.satisfy_general(lambda condition: not seen.append(condition))
    with pytest.raises(MacaroonInvalidSignatureException):
        verifier.verify(to_them(macaroon), ROOT.of_token(b"id").secret)
    assert seen == ["a = 1"]
    with pytest.raises(SignatureError) as caught:
        verify(macaroon, [], ROOT)
    assert "a = 1" not in str(caught.value)


@pytest.mark.parametrize("secret", [b"", b"k", b"k" * 31])
def test_they_take_any_key_and_we_do_not(secret: bytes) -> None:
    macaroon = Theirs("here", b"id", secret, version=MACAROON_V2).add_first_party_caveat("a = 1")
    assert len(macaroon.signature) == 64
    with pytest.raises(InputError):
        MacKey(secret)


def test_their_first_version_is_refused() -> None:
    old = Theirs("here", "id", b"k" * 32)
    with pytest.raises(MalformedError):
        parse(base64url_decode(old.serialize()))
    with pytest.raises(MalformedError):
        from_json(old.serialize(JSON))
