"""P-256 signatures: one DER spelling, one raw spelling, one half of s."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from hypothesis import given, settings
from hypothesis import strategies as st

from attorn.errors import InputError, MalformedError
from attorn.keys import ecdsa

HALF = ecdsa.ORDER // 2
SCALARS = st.integers(1, ecdsa.ORDER - 1) | st.sampled_from([1, 127, 128, 255, 256, HALF, HALF + 1, ecdsa.ORDER - 1])


def raw(r: int, s: int) -> bytes:
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def der(r: bytes, s: bytes, *, tail: bytes = b"") -> bytes:
    body = b"\x02" + bytes([len(r)]) + r + b"\x02" + bytes([len(s)]) + s
    return b"\x30" + bytes([len(body)]) + body + tail


GOOD = der(b"\x01", b"\x02")


@settings(derandomize=True, deadline=None, max_examples=200)
@given(SCALARS, SCALARS)
def test_both_spellings_agree_with_another_implementation(r: int, s: int) -> None:
    encoded = ecdsa.raw_to_der(raw(r, s))
    assert encoded == encode_dss_signature(r, s)
    assert ecdsa.der_to_raw(encoded, low_s=False) == raw(r, s)


@settings(derandomize=True, deadline=None, max_examples=200)
@given(SCALARS, SCALARS)
def test_low_s_is_one_of_the_twins_and_stays(r: int, s: int) -> None:
    low = ecdsa.to_low_s(raw(r, s))
    assert low == raw(r, min(s, ecdsa.ORDER - s))
    assert ecdsa.is_low_s(low)
    assert ecdsa.to_low_s(low) == low
    assert ecdsa.is_low_s(raw(r, s)) == (s <= HALF)


@settings(derandomize=True, deadline=None, max_examples=500)
@given(st.binary(max_size=80) | st.binary(min_size=0, max_size=6).map(lambda tail: GOOD[:2] + tail))
def test_accepted_der_is_the_only_spelling(data: bytes) -> None:
    try:
        decoded = ecdsa.der_to_raw(data, low_s=False)
    except MalformedError:
        return
    assert ecdsa.raw_to_der(decoded) == data
    assert decode_dss_signature(data) == (int.from_bytes(decoded[:32], "big"), int.from_bytes(decoded[32:], "big"))


@settings(derandomize=True, deadline=None, max_examples=300)
@given(SCALARS, SCALARS, st.data())
def test_a_changed_byte_is_refused_or_another_signature(r: int, s: int, data: st.DataObject) -> None:
    encoded = bytearray(ecdsa.raw_to_der(raw(r, s)))
    index = data.draw(st.integers(0, len(encoded) - 1))
    encoded[index] ^= data.draw(st.integers(1, 255))
    try:
        decoded = ecdsa.der_to_raw(bytes(encoded), low_s=False)
    except MalformedError:
        return
    assert decoded != raw(r, s)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(GOOD[:-1], id="cut short"),
        pytest.param(GOOD + b"\0", id="trailing byte"),
        pytest.param(der(b"\x01", b"\x02", tail=b"\x05\0"), id="trailing element"),
        pytest.param(b"\x31" + GOOD[1:], id="a SET"),
        pytest.param(b"\x30\x81\x06" + GOOD[2:], id="long-form length"),
        pytest.param(b"\x30\x80" + GOOD[2:] + b"\0\0", id="indefinite length"),
        pytest.param(b"\x30\x07" + GOOD[2:], id="sequence longer than the bytes"),
        pytest.param(b"\x30\x05" + GOOD[2:], id="sequence shorter than the bytes"),
        pytest.param(der(b"\x00\x01", b"\x02"), id="padded r"),
        pytest.param(der(b"\x01", b"\x00\x7f"), id="padded s"),
        pytest.param(der(b"\x80", b"\x02"), id="negative r"),
        pytest.param(der(b"\x01", b"\xff"), id="negative s"),
        pytest.param(der(b"", b"\x02\x01"), id="empty r"),
        pytest.param(der(b"\x01\x01", b""), id="empty s"),
        pytest.param(der(b"\x00", b"\x02"), id="r is zero"),
        pytest.param(der(b"\x01", b"\x00"), id="s is zero"),
        pytest.param(der(b"\0" + ecdsa.ORDER.to_bytes(32, "big"), b"\x02"), id="r is n"),
        pytest.param(der(b"\x01", b"\0" + ecdsa.ORDER.to_bytes(32, "big")), id="s is n"),
        pytest.param(der(b"\x01" * 34, b"\x02"), id="r of 34 bytes"),
        pytest.param(b"\x30\x06\x04\x01\x01\x02\x01\x02", id="r is an OCTET STRING"),
        pytest.param(b"\x30\x06\x02\x01\x01\x03\x01\x02", id="s is a BIT STRING"),
        pytest.param(b"\x30\x06\x02\x04\x01\x02\x01\x02", id="r reaches to the end"),
        pytest.param(b"\x30\x06\x02\x81\x01\x01\x02\x01", id="long-form integer length"),
    ],
)
def test_other_der_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedError):
        ecdsa.der_to_raw(data, low_s=False)


def test_high_s_is_refused_unless_asked_for() -> None:
    encoded = ecdsa.raw_to_der(raw(1, HALF + 1))
    with pytest.raises(MalformedError, match="upper half"):
        ecdsa.der_to_raw(encoded)
    assert ecdsa.der_to_raw(encoded, low_s=False) == raw(1, HALF + 1)
    assert ecdsa.der_to_raw(ecdsa.raw_to_der(raw(1, HALF))) == raw(1, HALF)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        bytes(63),
        bytes(65),
        bytes(64),
        raw(0, 1),
        raw(1, 0),
        raw(ecdsa.ORDER, 1),
        raw(1, ecdsa.ORDER),
        b"\xff" * 64,
    ],
)
def test_raw_out_of_range_is_refused(data: bytes) -> None:
    assert not ecdsa.is_low_s(data)
    with pytest.raises(MalformedError):
        ecdsa.raw_to_der(data)
    with pytest.raises(MalformedError):
        ecdsa.to_low_s(data)


def test_the_wrong_type_is_the_callers_mistake() -> None:
    with pytest.raises(InputError):
        ecdsa.der_to_raw("30")  # type: ignore[arg-type]
    with pytest.raises(InputError):
        ecdsa.raw_to_der([0] * 64)  # type: ignore[arg-type]
    with pytest.raises(InputError):
        ecdsa.to_low_s(None)  # type: ignore[arg-type]
