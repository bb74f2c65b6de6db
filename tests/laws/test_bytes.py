"""Invariants 7, 12, 14 and 15: one encoding of everything, and nothing but an answer from any bytes."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st
from tests.caveats.kit import Situation
from tests.laws.edits import mutations
from tests.laws.scene import ALLOWED, Step, cases, formats, grant, judged, use, verdict, verifier
from tests.laws.sizes import law
from tests.laws.stock import stock_finds
from tests.laws.test_parts import GENUINE, parts, remade
from tests.property.chains import PEOPLE

from attorn import Token
from attorn.biscuit.container import Container, ProofKind, SignedBlock, parse
from attorn.caveat import Caveat, Contains, Equals, OneOf, Purpose, StartsWith
from attorn.encoding import base64url_decode, base64url_encode
from attorn.errors import AttornError, InputError
from attorn.keys.ecdsa import der_to_raw, raw_to_der
from attorn.keys.public import Algorithm
from attorn.limits import Limits
from attorn.macaroon import container as macaroons
from attorn.macaroon import decode, from_json, to_json
from attorn.macaroon.container import Macaroon, encode_all
from attorn.macaroon.notation import all_to_json
from attorn.revocation import RevocationEntry
from attorn.token import chain as chains

Change = Callable[[bytes], bytes]
P256 = PEOPLE[9]
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of the P-256 group."""


def placeless(several: tuple[Macaroon, ...]) -> list[Macaroon]:
    """Without the locations, which no MAC covers and nothing is decided by."""
    return [
        replace(
            each,
            unverified_location=None,
            unverified_caveats=tuple(replace(one, unverified_location=None) for one in each.unverified_caveats),
        )
        for each in several
    ]


@law
@given(cases(most=4), formats, st.lists(mutations(), min_size=1, max_size=2))
def test_07_no_changed_byte_of_a_presentation_survives(case: Any, format_: str, changes: list[Change]) -> None:
    """But for a location in a Macaroon, which is a hint for people and says nothing."""
    held, situation = case.grant(format_), case.situation
    wire, request = use(held, situation)
    honest = data = base64url_decode(wire)
    for change in changes:
        data = change(data)
    assume(data != honest)
    found = judged(verifier(held.root, situation), base64url_encode(data), request)
    if found.code in GENUINE:
        assert format_ == "macaroon"
        assert placeless(macaroons.parse_all(data)) == placeless(macaroons.parse_all(honest))
        assert found == verdict(held, situation)


@law
@given(cases(most=3), formats, st.integers(0, 2**16), st.sampled_from(("cut", "head", "double", "tail", "both")))
def test_07_no_cut_or_longer_text_survives(case: Any, format_: str, at: int, kind: str) -> None:
    held, situation = case.grant(format_), case.situation
    wire, request = use(held, situation)
    other, _ = use(held, situation, number=1)
    at %= len(wire)
    text = {
        "cut": wire[:at],
        "head": wire[at + 1 :],
        "double": wire + wire,
        "tail": wire + other[at:],
        "both": other[:at] + wire[at:],
    }[kind]
    assume(text not in (wire, other))
    assert judged(verifier(held.root, situation), text, request).code not in GENUINE


def _field(data: bytes, at: int) -> tuple[int, int, int]:
    """Of the length-prefixed field at an index: where its length stands, where its value starts and stops."""
    value = shift = 0
    index = at + 1
    while True:
        byte = data[index]
        value |= (byte & 127) << shift
        shift += 7
        index += 1
        if not byte & 128:
            return at + 1, index, index + value


def _long_varint(data: bytes) -> bytes:
    """The length of the first field in one byte more than it needs."""
    start, stop, _ = _field(data, 0 if data[:1] != b"\x02" else 1)
    length = data[start:stop]
    return data[:start] + length[:-1] + bytes((length[-1] | 128, 0)) + data[stop:]


def _reordered(data: bytes) -> bytes:
    """A Biscuit's proof before its blocks; a Macaroon's caveats before its identifier."""
    if data[:1] == b"\x02":
        stop = _field(data, 1)[2] + 1
        return b"\x02" + data[stop:-35] + data[1:stop] + data[-35:]
    stop = _field(data, 0)[2]
    return data[stop:] + data[:stop]


def _unknown_field(data: bytes) -> bytes:
    """A field that no schema has, at the end of the outermost message or of the header."""
    if data[:1] == b"\x02":
        stop = _field(data, 1)[2]
        return data[:stop] + b"\x09\x01x" + data[stop:]
    return data + b"\x3a\x01x"


def _hint(data: bytes) -> bytes:
    """A root key id, which nothing signs; for a Macaroon, bytes behind the end."""
    return data + b"\0" if data[:1] == b"\x02" else b"\x08\x01" + data


def _discharged(data: bytes) -> bytes:
    """With a discharge that nothing asked for; for a Biscuit, a second proof."""
    if data[:1] == b"\x02":
        extra = macaroons.Macaroon(b"nobody asked", (), bytes(32))
        return encode_all([*macaroons.parse_all(data), extra])
    return data + data[data.rindex(b"\x22") :]


RESPELT: tuple[Change, ...] = (_long_varint, _reordered, _unknown_field, _hint, _discharged)


@law
@given(cases(most=3), formats, st.sampled_from(RESPELT))
def test_12_another_spelling_of_the_same_bytes_is_refused(case: Any, format_: str, respell: Change) -> None:
    held, situation = case.grant(format_), case.situation
    wire, request = use(held, situation)
    for data, by in ((base64url_decode(wire), "presentation"), (held.carrier.encode(), "token")):
        other = base64url_encode(respell(data))
        if by == "token":
            try:
                again = Token.decode(other)
            except AttornError:
                continue
            assert format_ == "macaroon"
            assert again.encode() == other
            continue
        assert judged(verifier(held.root, situation), other, request).code not in GENUINE


def _texts(wire: str, data: bytes) -> list[str]:
    """The same bytes as other texts."""
    padded = base64.urlsafe_b64encode(data).decode()
    plain = base64.b64encode(data).decode()
    last = wire[-1]
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    loose = wire[:-1] + alphabet[(alphabet.index(last) + 1) % 64] if len(wire) % 4 else wire
    spaced = [
        f" {wire}",
        f"{wire}\n",
        f"{wire[:9]}\n{wire[9:]}",
        f"{wire[:9]} {wire[9:]}",
        f"{wire}\0",
        f"\ufeff{wire}",
    ]
    return [padded, plain, plain.rstrip("="), loose, data.hex(), *spaced]


@law
@given(cases(most=3), formats, st.integers(0, 10))
def test_12_another_text_of_the_same_bytes_is_refused(case: Any, format_: str, which: int) -> None:
    held, situation = case.grant(format_), case.situation
    wire, request = use(held, situation)
    text = _texts(wire, base64url_decode(wire))[which]
    assume(text != wire)
    assert judged(verifier(held.root, situation), text, request).code not in GENUINE


@law
@given(cases(most=4), formats)
def test_12_what_is_read_is_what_was_written(case: Any, format_: str) -> None:
    held, situation = case.grant(format_), case.situation
    text = base64url_encode(held.carrier.encode())
    token = Token.decode(text)
    assert token.encode() == text
    assert Token.decode(token.encode()) == token
    written = chains.read(held.carrier.blocks, Limits()).links
    assert token.unverified_links == written
    assert [link.delegate for link in written] == [each.did for each in held.people[1:]]
    if format_ == "macaroon":
        # The JSON form is another form, read as the same macaroons.
        macaroon = decode(text)
        assert from_json(to_json(macaroon)) == macaroon
        assert Token.decode(to_json(macaroon)) == token
        wire, request = use(held, situation)
        several = all_to_json(macaroons.parse_all(base64url_decode(wire)))
        assert judged(verifier(held.root, situation), several, request) == verdict(held, situation)


def _high(signature: bytes) -> bytes:
    """The other signature that the same holder of a key could have made, without the key."""
    raw = der_to_raw(signature) if len(signature) != 64 else signature
    flipped = ORDER - int.from_bytes(raw[32:], "big")
    raw = raw[:32] + flipped.to_bytes(32, "big")
    return raw_to_der(raw) if len(signature) != 64 else raw


def _padded(signature: bytes) -> bytes:
    """The same DER signature with a zero byte too many in front of its first number."""
    length = signature[3]
    return bytes((0x30, signature[1] + 1, 2, length + 1, 0)) + signature[4:]


@law
@given(cases(most=3), st.integers(0, 4), st.sampled_from((_high, _padded)))
def test_12_another_form_of_a_p256_signature_is_refused(case: Any, place: int, respell: Change) -> None:
    steps = [replace(step, to=P256) for step in case.steps]
    held = grant("biscuit", P256, steps)
    wire, request = use(held, case.situation)
    container = parse(base64url_decode(wire), most_blocks=16)
    assert held.root.key.algorithm is Algorithm.P256
    blocks: list[SignedBlock] = list(container.blocks)
    seal = container.proof_bytes
    if place < len(blocks):
        blocks[place] = replace(blocks[place], signature=respell(blocks[place].signature))
    else:
        seal = respell(seal)
    text = base64url_encode(Container(tuple(blocks), ProofKind.SEAL, seal).encode())
    assert text != wire
    assert judged(verifier(held.root, case.situation), text, request).code not in GENUINE


@law
@given(cases(most=3), st.integers(0, 4))
def test_12_a_high_s_is_refused_in_a_macaroon_too(case: Any, place: int) -> None:
    steps = [replace(step, to=P256) for step in case.steps]
    wire, request = use(grant("macaroon", P256, steps), case.situation)
    macaroon = macaroons.parse_all(base64url_decode(wire))[0]
    several = list(macaroon.unverified_caveats)
    place %= len(several)
    prefix, _, body = several[place].id.rpartition(b".")
    raw = base64url_decode(body.decode())
    start = 1 + raw[0] if prefix == b"attorn-link-1" else 0
    raw = raw[:start] + _high(raw[start : start + 64]) + raw[start + 64 :]
    several[place] = replace(several[place], id=prefix + b"." + base64url_encode(raw).encode())
    carrier: Any = grant("macaroon", P256, steps).carrier
    from_base = remade(carrier.macaroon, several, insider=True)
    found = judged(verifier(P256, case.situation), base64url_encode(encode_all([from_base])), request)
    assert found.code == "bad_signature"


_SAMPLE = {
    format_: grant(format_, PEOPLE[0], [Step(PEOPLE[1]), Step(PEOPLE[2])]) for format_ in ("biscuit", "macaroon")
}
_BYTES = [base64url_decode(use(held, Situation(depth=1))[0]) for held in _SAMPLE.values()]
_BYTES += [held.carrier.encode() for held in _SAMPLE.values()]
_BYTES += [parts(_SAMPLE["biscuit"].carrier)[0].payload]


@st.composite
def _hostile(draw: st.DrawFn) -> str:
    """Bytes as text, noise as text, JSON in the members of a Macaroon, good ones spoilt."""
    kind = draw(st.sampled_from(("bytes", "text", "json", "spoilt", "spoilt", "tagged")))
    if kind == "text":
        return draw(st.text(max_size=80))
    if kind == "json":
        return json.dumps(draw(_json))
    if kind == "spoilt":
        data = draw(st.sampled_from(_BYTES))
        for change in draw(st.lists(mutations(), min_size=1, max_size=4)):
            data = change(data)
        # Two changes may undo each other.
        assume(data not in _BYTES)
        return base64url_encode(data)
    return base64url_encode((b"\x02" if kind == "tagged" else b"") + draw(st.binary(max_size=200)))


_json = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=50)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.sampled_from(("i", "i64", "s", "s64", "l", "c", "v", "v64", "x")), inner, max_size=5),
    ),
    max_leaves=12,
)
READERS: tuple[Callable[[str], object], ...] = (Token.decode, decode, from_json, RevocationEntry.decode)


@law
@given(_hostile())
def test_14_any_text_is_answered_and_accepted_only_if_it_is_genuine(text: str) -> None:
    request = Situation().request()
    assert judged(verifier(PEOPLE[0], Situation()), text, request).code not in GENUINE
    for read in READERS:
        try:
            read(text)
        except AttornError:
            continue


_hard = st.one_of(
    st.sampled_from(('"', "\\", "\n", "\u2028", "{x}", "$x", '"); allow if true; //', "\\u0041", "\x7f", "\U0001f600")),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=6),
)


@law
@given(st.lists(_hard, min_size=1, max_size=3, unique=True), _hard, _hard, formats)
def test_15_any_text_is_data_to_everybody(values: list[str], name: str, asked: str, format_: str) -> None:
    """In the name of an argument, in a value, in a purpose: read back as it was, and never as Datalog."""
    try:
        limits: list[Caveat] = [OneOf(name, *values), StartsWith(name, values[0]), Contains(f"{name}s", *values)]
        limits += [Equals(name, values[0]), Purpose(values[0])]
    except InputError:
        assume(False)
    value = data_of(asked, values)
    situation = Situation(args={name: value, f"{name}s": [*values, value]})
    held = grant(format_, PEOPLE[0], [Step(PEOPLE[1], tuple(limits))])
    wire, request = use(held, situation)
    found = judged(verifier(held.root, situation), wire, request)
    permitted = value == values[0]
    assert (found.code == ALLOWED) is permitted
    (link,) = chains.read(held.carrier.blocks, Limits()).links
    assert set(link.caveats) == set(limits)
    for limit in limits[:4]:
        check: Any = limit.render()
        assert stock_finds(check, situation) is (limit.prohibits(situation.facts()) is None)


def data_of(asked: str, values: list[str]) -> str:
    """Mostly one of the values."""
    return values[len(asked) % len(values)] if len(asked) < 4 else asked
