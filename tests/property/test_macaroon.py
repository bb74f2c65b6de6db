"""Macaroons at large: one binary form, one MAC over everything, and nothing but `AttornError` from any bytes."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.property.strategies import law
from tests.unit.macaroon_chain import verify as chain_signatures

from attorn.errors import AttornError, NotAdmittedError, SignatureError
from attorn.keys.signer import Ed25519Signer
from attorn.macaroon.container import Macaroon, UnverifiedCaveat, encode_all, parse, parse_all
from attorn.macaroon.key import MacKey
from attorn.macaroon.link import append_link, append_presentation, read, transcript
from attorn.macaroon.mac import attenuate, bind, discharge, mint, require, verify
from attorn.macaroon.notation import all_from_json, all_to_json, from_json, to_json

ROOT, THEIRS = MacKey(b"r" * 40), MacKey(b"t" * 40)
SIGNERS = tuple(Ed25519Signer.from_seed(bytes([number]) * 32) for number in range(1, 6))
octets = st.one_of(st.binary(min_size=1, max_size=200), st.text(min_size=1, max_size=40).map(str.encode))
places = st.one_of(st.none(), st.text(max_size=20))
unverified = st.one_of(
    st.builds(UnverifiedCaveat, octets),
    st.builds(UnverifiedCaveat, octets, st.binary(min_size=72, max_size=72), places),
)
macaroons = st.builds(
    Macaroon,
    octets,
    st.lists(unverified, max_size=6).map(tuple),
    st.binary(min_size=32, max_size=32),
    places,
)
steps = st.lists(st.one_of(octets, st.tuples(octets, places)), max_size=6)


def made(identifier: bytes, added: list[bytes | tuple[bytes, str | None]]) -> tuple[Macaroon, list[Macaroon]]:
    """A macaroon with these conditions and third parties' caveats, and the discharges it needs."""
    macaroon = mint(ROOT, identifier)
    asked: list[bytes] = []
    for number, step in enumerate(added):
        if isinstance(step, bytes):
            macaroon = attenuate(macaroon, step)
        else:
            asked.append(b"%d " % number + step[0])
            macaroon = require(
                macaroon, key=THEIRS, identifier=asked[-1], random=lambda size: b"n" * size, location=step[1]
            )
    met = [attenuate(discharge(THEIRS, each), b"holds") for each in asked]
    return macaroon, [bind(macaroon, each) for each in met]


def holds(macaroon: Macaroon, discharges: list[Macaroon]) -> bool:
    try:
        verify(macaroon, discharges, ROOT)
    except AttornError:
        return False
    return True


def bare(macaroon: Macaroon) -> Macaroon:
    """Without what no MAC covers."""
    caveats = tuple(replace(each, unverified_location=None) for each in macaroon.unverified_caveats)
    return replace(macaroon, unverified_caveats=caveats, unverified_location=None)


@law
@given(st.lists(macaroons, min_size=1, max_size=4))
def test_what_is_written_is_read_back(several: list[Macaroon]) -> None:
    assert parse_all(encode_all(several)) == tuple(several)
    assert all_from_json(all_to_json(several)) == tuple(several)
    assert parse(several[0].encode()) == from_json(to_json(several[0])) == several[0]


@law
@given(macaroons, st.data())
def test_what_is_accepted_is_written_that_way(macaroon: Macaroon, data: st.DataObject) -> None:
    encoded = bytearray(macaroon.encode())
    for _ in range(data.draw(st.integers(1, 3))):
        index = data.draw(st.integers(0, len(encoded) - 1))
        change = data.draw(st.sampled_from(("flip", "drop", "insert", "cut")))
        if change == "flip":
            encoded[index] ^= 1 << data.draw(st.integers(0, 7))
        elif change == "drop" and len(encoded) > 1:
            del encoded[index]
        elif change == "insert":
            encoded.insert(index, data.draw(st.sampled_from((0, 1, 2, 4, 6, 128, 255))))
        elif index:
            del encoded[index:]
    try:
        found = parse(bytes(encoded))
    except AttornError:
        return
    assert found.encode() == bytes(encoded)


@law
@given(st.one_of(st.binary(max_size=300), st.binary(max_size=300).map(lambda tail: b"\x02" + tail)))
def test_any_bytes_are_decided(data: bytes) -> None:
    for reader in (parse, parse_all, from_json, all_from_json):
        try:
            found = reader(data)
        except AttornError:
            continue
        assert reader in (from_json, all_from_json) or encode_all(found if reader is parse_all else (found,)) == data


json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=50)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.sampled_from(("i", "i64", "s", "s64", "l", "c", "v", "v64", "x")), inner, max_size=5),
    ),
    max_leaves=12,
)


@law
@given(json_values)
def test_any_json_is_decided(value: object) -> None:
    for reader in (from_json, all_from_json):
        try:
            reader(json.dumps(value))
        except AttornError:
            continue


@law
@given(octets, steps)
def test_what_was_made_holds_and_is_returned_whole(
    identifier: bytes, added: list[bytes | tuple[bytes, str | None]]
) -> None:
    macaroon, met = made(identifier, added)
    proven = verify(macaroon, met, ROOT)
    assert proven.identifier == identifier
    assert [(each.id, each.vid) for each in proven.caveats] == [
        (each.id, each.vid) for each in macaroon.unverified_caveats
    ]
    assert all(each.conditions == (() if each.vid is None else (b"holds",)) for each in proven.caveats)
    assert verify(bare(macaroon), [bare(each) for each in met], ROOT) == proven


@law
@given(octets, steps, octets)
def test_whoever_holds_it_can_only_add(
    identifier: bytes, added: list[bytes | tuple[bytes, str | None]], condition: bytes
) -> None:
    conditions = [step for step in added if isinstance(step, bytes)]
    macaroon, _ = made(identifier, list(conditions))
    child = attenuate(macaroon, condition)
    assert verify(child, [], ROOT).caveats[:-1] == verify(macaroon, [], ROOT).caveats
    assert not holds(replace(child, unverified_caveats=macaroon.unverified_caveats), [])
    assert not holds(replace(macaroon, unverified_caveats=child.unverified_caveats), [])


@law
@given(octets, steps, st.data())
def test_any_edit_of_the_caveats_is_refused(
    identifier: bytes, added: list[bytes | tuple[bytes, str | None]], data: st.DataObject
) -> None:
    macaroon, met = made(identifier, added)
    caveats = list(macaroon.unverified_caveats)
    edit = data.draw(st.sampled_from(("insert", "drop", "repeat", "swap", "change")))
    index = data.draw(st.integers(0, max(0, len(caveats) - 1)))
    if edit == "insert" or not caveats:
        caveats.insert(index, data.draw(unverified))
    elif edit == "drop":
        del caveats[index]
    elif edit == "repeat":
        caveats.insert(index, caveats[index])
    elif edit == "swap":
        other = data.draw(st.integers(0, len(caveats) - 1))
        caveats[index], caveats[other] = caveats[other], caveats[index]
    else:
        caveats[index] = data.draw(unverified)
    edited = replace(macaroon, unverified_caveats=tuple(caveats))
    assume(bare(edited) != bare(macaroon))
    assert not holds(edited, met)


@law
@given(octets, steps, st.data())
def test_any_flipped_bit_is_refused_but_in_a_location(
    identifier: bytes, added: list[bytes | tuple[bytes, str | None]], data: st.DataObject
) -> None:
    macaroon, met = made(identifier, added)
    encoded = bytearray(encode_all([macaroon, *met]))
    index = data.draw(st.integers(0, len(encoded) - 1))
    encoded[index] ^= 1 << data.draw(st.integers(0, 7))
    try:
        first, *others = parse_all(bytes(encoded))
        proven = verify(first, others, ROOT)
    except AttornError:
        return
    assert [bare(each) for each in (first, *others)] == [bare(each) for each in (macaroon, *met)]
    assert proven == verify(macaroon, met, ROOT)


@law
@given(octets, st.lists(octets, max_size=4), octets, st.lists(octets, max_size=4))
def test_a_transcript_stands_for_one_sequence(
    identifier: bytes, caveats: list[bytes], other: bytes, others: list[bytes]
) -> None:
    one, two = [list(map(UnverifiedCaveat, each)) for each in (caveats, others)]
    assert (transcript(identifier, one) == transcript(other, two)) == ((identifier, caveats) == (other, others))


@law
@given(octets, st.lists(octets, min_size=1, max_size=4), st.booleans(), st.data())
def test_any_edit_of_the_links_is_refused(
    identifier: bytes, payloads: list[bytes], presented: bool, data: st.DataObject
) -> None:
    """Made by one who holds the macaroon without caveats, and so can make any MAC."""
    macaroon = mint(ROOT, identifier)
    for position, payload in enumerate(payloads):
        macaroon = append_link(SIGNERS[position], macaroon, payload, SIGNERS[position + 1].public_key)
    if presented:
        macaroon = append_presentation(SIGNERS[len(payloads)], macaroon, b"use")
    caveats = [each.id for each in macaroon.unverified_caveats]
    root = SIGNERS[0].public_key
    chain_signatures(read(identifier, macaroon.unverified_caveats, most_links=4), root)
    edited = data.draw(st.lists(st.sampled_from(caveats), min_size=1, max_size=5))
    assume(edited != caveats[: len(edited)])
    with pytest.raises((SignatureError, NotAdmittedError)):
        chain_signatures(read(identifier, list(map(UnverifiedCaveat, edited)), most_links=5), root)


@law
@given(octets, octets)
def test_a_link_of_another_token_is_refused(identifier: bytes, other: bytes) -> None:
    assume(identifier != other)
    macaroon = append_link(SIGNERS[0], mint(ROOT, identifier), b"first", SIGNERS[1].public_key)
    with pytest.raises(SignatureError):
        chain_signatures(read(other, macaroon.unverified_caveats, most_links=1), SIGNERS[0].public_key)
