"""Packed arrays: bit order, round trips, what the specifications show, and bombs (attacks 5 to 7)."""

from __future__ import annotations

import gzip
import re
import subprocess
import sys
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.status_scene import LEAST, MIB, bitstring_bomb, token_bomb, zeros

from attorn.encoding import base64url_decode, base64url_encode
from attorn.errors import InputError, LimitError, MalformedError, SignatureError
from attorn.status import bitstring
from attorn.status.bits import Order, Packing, entries, get, pack, put, unpack

PACKINGS = pytest.mark.parametrize("packing", list(Packing))
QUICK = settings(derandomize=True, deadline=None, max_examples=100)


def values(data: bytes, width: int, order: Order) -> list[int]:
    return [get(data, index, width, order) for index in range(entries(data, width))]


# Token Status List, draft 20, section 4.1: the two worked examples, byte for byte.
ONE_BIT = [1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1]
TWO_BITS = [1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3]
EXAMPLES = [(1, ONE_BIT, "b9a3", "eNrbuRgAAhcBXQ"), (2, TWO_BITS, "c944f9", "eNo76fITAAPfAgc")]


@pytest.mark.parametrize(("width", "statuses", "packed", "lst"), EXAMPLES)
def test_the_examples_of_the_token_status_list(width: int, statuses: list[int], packed: str, lst: str) -> None:
    data = bytearray(len(packed) // 2)
    for index, value in enumerate(statuses):
        put(data, index, width, Order.RIGHT, value)
    assert data.hex() == packed
    assert pack(bytes(data), Packing.ZLIB) == base64url_decode(lst)
    assert values(unpack(base64url_decode(lst), Packing.ZLIB), width, Order.RIGHT) == statuses


# The same, appendix C.1 to C.3: lists of 2**20 entries. The first is the published text, whole.
PLACES = [0, 1993, 25460, 159495, 495669, 554353, 645645, 723232, 854545, 934534, 1000345]
PLACES_4 = [0, 1993, 35460, 459495, 595669, 754353, 845645, 923232, 924445, 934534, 1004534, 1000345]
C1 = (
    "eNrt3AENwCAMAEGogklACtKQPg9LugC9k_ACvreiogEAAKkeCQAAAAAAAAAAAAAAAAAAAIBylgQAAAAAAAAAAAAAAAAAAAAAAAAA"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAXG9IAAAAAAAAAPwsJAAAAAAAAAAAAAAAvhsSAAAAAAAAAAAA7KpLAAAAAAAAAAAAAAAAAAAA"
    "AJsLCQAAAAAAAAAAADjelAAAAAAAAAAAKjDMAQAAAACAZC8L2AEb"
)
# Of the others, what stands between the runs of three and more A: most of the text is such runs.
C2 = [
    "eNrt2zENACEQAEEuoaBABP5VIO01fCjIHTMStt9ovGVI",
    "BAbiEB",
    "EB5WwI",
    "ID0ugQ",
    "QG12Sg",
    "OCSIQE",
    "D8ExI",
    "wJEuAQ",
    "MB9SwI",
    "CoYUo",
    "EBqH81gAQw",
]
C3 = [
    "eNrt0EENgDAQADAIHwImkIIEJEwCUpCEBBQRHOy35Li1EjoOQGabAg",
    "CC1SQE",
    "BADrsC",
    "DoxaE",
    "IIoCg",
    "CArpwK",
    "GhqVkAzlwI",
    "iGVR",
    "Bx3AoAgLpVAQ",
    "wM89rwM",
    "jsA9xMBMA",
]
LARGE = [
    (1, dict.fromkeys(PLACES, 1), C1),
    (2, dict(zip(PLACES, [1, 2, 1, 3, 1, 1, 2, 1, 1, 2, 3], strict=True)), C2),
    (4, dict(zip([*PLACES_4, 1030203, 1030204, 1030205], range(1, 16), strict=True)), C3),
]


@pytest.mark.parametrize(("width", "statuses", "published"), LARGE, ids=["C.1", "C.2", "C.3"])
def test_the_vectors_of_the_token_status_list(width: int, statuses: dict[int, int], published: str | list[str]) -> None:
    ours = bytearray((1 << 20) * width // 8)
    for index, value in statuses.items():
        put(ours, index, width, Order.RIGHT, value)
    text = base64url_encode(pack(bytes(ours), Packing.ZLIB))
    assert published == (text if isinstance(published, str) else re.split("A{3,}", text))
    data = unpack(base64url_decode(text), Packing.ZLIB)
    assert entries(data, width) == 1 << 20
    assert {index: get(data, index, width, Order.RIGHT) for index in statuses} == statuses
    assert sum(byte.bit_count() for byte in data if byte) == sum(value.bit_count() for value in statuses.values())


def test_the_example_of_the_bitstring_status_list() -> None:
    # Bitstring Status List 1.0, the list of its example: 131,072 entries, none set.
    text = "H4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA"
    assert unpack(base64url_decode(text), Packing.GZIP) == LEAST
    assert gzip.decompress(pack(LEAST, Packing.GZIP)) == LEAST


def test_attack_108_the_first_bit_is_at_the_other_end() -> None:
    left, right = bytearray(2), bytearray(2)
    for index in (0, 9):
        put(left, index, 1, Order.LEFT, 1)
        put(right, index, 1, Order.RIGHT, 1)
    assert (left.hex(), right.hex()) == ("8040", "0102")


def test_attack_108_an_entry_may_cross_a_byte() -> None:
    data = bytearray(3)
    put(data, 2, 3, Order.LEFT, 0b101)
    assert data.hex() == "028000"
    assert values(data, 3, Order.LEFT) == [0, 0, 0b101, 0, 0, 0, 0, 0]
    # What is left of a byte is no entry.
    assert entries(b"\0\0", 3) == 5


@QUICK
@given(st.integers(1, 8), st.sampled_from(Order), st.data())
def test_agrees_with_a_plain_list(width: int, order: Order, draw: st.DataObject) -> None:
    size = draw.draw(st.integers(1, 40))
    data, plain = bytearray(size), [0] * entries(bytes(size), width)
    if not plain:
        return
    for index, value in draw.draw(
        st.lists(st.tuples(st.integers(0, len(plain) - 1), st.integers(0, (1 << width) - 1)), max_size=30)
    ):
        put(data, index, width, order, value)
        plain[index] = value
    assert values(bytes(data), width, order) == plain
    # Written down by hand: the digits of each byte, or of each byte backwards, one after the other.
    digits = "".join(f"{byte:08b}"[:: 1 if order is Order.LEFT else -1] for byte in data)
    groups = [digits[at : at + width] for at in range(0, len(plain) * width, width)]
    assert [int(group[:: 1 if order is Order.LEFT else -1], 2) for group in groups] == plain


@QUICK
@given(st.binary(max_size=200_000), st.sampled_from(Packing))
def test_unpacks_what_it_packed(data: bytes, packing: Packing) -> None:
    packed = pack(data, packing)
    assert unpack(packed, packing, most=max(1, len(data))) == data
    assert pack(data, packing) == packed
    theirs = gzip.decompress(packed) if packing is Packing.GZIP else zlib.decompress(packed)
    assert theirs == data


@PACKINGS
@pytest.mark.parametrize("size", [65_535, 65_536, 65_537, MIB - 1, MIB, MIB + 1])
def test_sizes_around_the_pieces_it_works_in(packing: Packing, size: int) -> None:
    data = bytes(size)
    assert unpack(pack(data, packing), packing, most=size) == data
    with pytest.raises(LimitError):
        unpack(pack(data, packing), packing, most=size - 1)
    noise = zlib.compress(data, 0) if packing is Packing.ZLIB else gzip.compress(data, 0)
    assert unpack(noise, packing) == data


@PACKINGS
def test_attack_6_every_cut_and_everything_behind(packing: Packing) -> None:
    packed = pack(b"\xb9\xa3" * 40, packing)
    for end in range(len(packed)):
        with pytest.raises(MalformedError):
            unpack(packed[:end], packing)
    for behind in (b"\0", b"\n", packed, pack(b"", packing), zeros(1, packing), b"\0" * 70_000):
        with pytest.raises(MalformedError):
            unpack(packed + behind, packing)
    long = pack(bytes(range(256)) * 4000, packing)
    with pytest.raises(MalformedError):
        unpack(long[: len(long) // 2], packing)


@PACKINGS
def test_the_checksum_counts(packing: Packing) -> None:
    packed = pack(b"\xb9\xa3" * 40, packing)
    for place in range(len(packed) - (8 if packing is Packing.GZIP else 4), len(packed)):
        with pytest.raises(MalformedError):
            unpack(packed[:place] + bytes([packed[place] ^ 1]) + packed[place + 1 :], packing)


@pytest.mark.parametrize(
    ("packing", "data"),
    [
        (Packing.GZIP, zlib.compress(b"abc")),
        (Packing.ZLIB, gzip.compress(b"abc", mtime=0)),
        (Packing.GZIP, b"abc"),
        (Packing.ZLIB, b"abc"),
        (Packing.ZLIB, zlib.compress(b"abc", wbits=-15)),
        (Packing.GZIP, b"PK\3\4"),
    ],
)
def test_another_frame_is_refused(packing: Packing, data: bytes) -> None:
    with pytest.raises(MalformedError):
        unpack(data, packing)


def test_a_preset_dictionary_is_refused() -> None:
    packer = zlib.compressobj(zdict=b"status list")
    with pytest.raises(MalformedError):
        unpack(packer.compress(b"status list") + packer.flush(), Packing.ZLIB)


@QUICK
@given(st.binary(max_size=300), st.sampled_from(Packing))
def test_random_bytes_are_malformed(data: bytes, packing: Packing) -> None:
    with pytest.raises(MalformedError):
        unpack(data, packing)


@pytest.mark.parametrize("most", [0, -1, 1.5, None, True])
def test_a_bound_must_be_positive(most: object) -> None:
    with pytest.raises(InputError):
        unpack(b"", Packing.ZLIB, most=most)  # type: ignore[arg-type]


# Bombs.


@PACKINGS
def test_attacks_5_and_7_a_gibibyte_of_zeros_is_refused_at_the_bound(packing: Packing) -> None:
    bomb = zeros(1024, packing)
    assert len(bomb) < 1.1 * MIB
    started = time.process_time()
    with pytest.raises(LimitError):
        unpack(bomb, packing)
    # Measured: 25 ms. Inflating all of it takes more than a second; a machine may be busy.
    assert time.process_time() - started < 5


@PACKINGS
def test_attack_6_a_bomb_behind_a_small_list_is_not_inflated(packing: Packing) -> None:
    with pytest.raises(MalformedError, match="behind"):
        unpack(pack(LEAST, packing) + zeros(64, packing), packing)


def test_a_bomb_within_a_list_stays_packed() -> None:
    nested = pack(zeros(1024, Packing.GZIP), Packing.GZIP)
    inner = unpack(nested, Packing.GZIP)
    assert len(inner) < 1.1 * MIB
    assert len(unpack(pack(nested, Packing.GZIP), Packing.GZIP)) == len(nested)


MEASURE = """
import resource, sys, time
from attorn import status
from attorn.errors import LimitError
text = open(sys.argv[1]).read()
before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
try:
    getattr(status, sys.argv[2])(text)
except LimitError:
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(before, after, time.process_time() - started)
"""


@pytest.mark.parametrize("bomb", [token_bomb, bitstring_bomb])
@pytest.mark.parametrize("call", ["read", "verify"])
def test_attacks_5_and_7_a_signed_bomb_costs_less_than_64_mib(
    bomb: Callable[[], str], call: str, tmp_path: Path
) -> None:
    path = tmp_path / "bomb"
    path.write_text(bomb())
    answer = subprocess.run([sys.executable, "-c", MEASURE, path, call], capture_output=True, text=True, check=True)
    before, after, seconds = map(float, answer.stdout.split())
    # The whole process, interpreter and text included; ru_maxrss is in KiB on Linux and in bytes on macOS.
    unit = 1024 if sys.platform.startswith("linux") else 1
    assert after * unit < 64 * MIB + max(0, before * unit - 32 * MIB)
    assert seconds < 5


def test_a_bomb_that_nobody_signed_is_not_inflated() -> None:
    text = bitstring_bomb(256)
    head, _, signature = text.rpartition(".")
    forged = f"{head}.{signature[:-4]}AAAA"
    with pytest.raises(SignatureError):
        bitstring.verify(forged)
    with pytest.raises(LimitError):
        bitstring.verify(text)
