"""The Macaroon container in its binary form: what is written is what the grammar says, and each fault is refused."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from typing import Any

import pytest
from tests.unit.macaroon_scene import SIGNATURE, VID, field, first, third, whole

from attorn.errors import InputError, LimitError, MalformedError
from attorn.macaroon.container import (
    MOST_BYTES,
    MOST_CAVEATS,
    MOST_CONDITION,
    MOST_IDENTIFIER,
    MOST_LOCATION,
    MOST_MACAROONS,
    Macaroon,
    UnverifiedCaveat,
    encode_all,
    parse,
    parse_all,
)

CONDITION = UnverifiedCaveat(b"a = 1")
ELSEWHERE = UnverifiedCaveat(b"ask", VID, "there")
PLAIN = Macaroon(b"id", (), SIGNATURE, "here")
ID = field(2, b"id")
GOOD: dict[str, tuple[bytes, Macaroon]] = {
    "plain": (whole(), PLAIN),
    "no-location": (whole(header=ID), Macaroon(b"id", (), SIGNATURE)),
    "empty-location": (whole(header=field(1, b"") + ID), Macaroon(b"id", (), SIGNATURE, "")),
    "location-beyond-ascii": (whole(header=field(1, "ü☃".encode()) + ID), Macaroon(b"id", (), SIGNATURE, "ü☃")),
    "identifier-of-any-bytes": (
        whole(header=field(2, bytes(range(256)))),
        Macaroon(bytes(range(256)), (), SIGNATURE),
    ),
    "longest-identifier": (whole(header=field(2, bytes(1024))), Macaroon(bytes(MOST_IDENTIFIER), (), SIGNATURE)),
    "longest-location": (whole(header=field(1, b"l" * 1024) + ID), Macaroon(b"id", (), SIGNATURE, "l" * MOST_LOCATION)),
    "first-party": (whole(first()), Macaroon(b"id", (CONDITION,), SIGNATURE, "here")),
    "longest-condition": (
        whole(first(bytes(16384))),
        Macaroon(b"id", (UnverifiedCaveat(bytes(MOST_CONDITION)),), SIGNATURE, "here"),
    ),
    "third-party": (whole(third()), Macaroon(b"id", (ELSEWHERE,), SIGNATURE, "here")),
    "third-party-nowhere": (
        whole(third(location=None)),
        Macaroon(b"id", (UnverifiedCaveat(b"ask", VID),), SIGNATURE, "here"),
    ),
    "both-and-again": (
        whole(first(), third(), first()),
        Macaroon(b"id", (CONDITION, ELSEWHERE, CONDITION), SIGNATURE, "here"),
    ),
    "most-caveats": (whole(*[first()] * 64), Macaroon(b"id", (CONDITION,) * MOST_CAVEATS, SIGNATURE, "here")),
}


@pytest.mark.parametrize("name", GOOD)
def test_macaroons_are_read_and_written_back(name: str) -> None:
    data, macaroon = GOOD[name]
    assert parse(data) == macaroon
    assert parse_all(data) == (macaroon,)
    assert macaroon.encode() == data


def test_several_are_one_behind_the_other() -> None:
    found = tuple(macaroon for _, macaroon in GOOD.values())
    assert parse_all(encode_all(found)) == found
    assert encode_all(found) == b"".join(data for data, _ in GOOD.values())
    most = [PLAIN] * MOST_MACAROONS
    assert parse_all(encode_all(most)) == tuple(most)


END = field(6, SIGNATURE)
FAULTY: dict[str, bytes] = {
    "empty": b"",
    "version-1": b"0021location here\n",
    "version-3": b"\x03" + whole()[1:],
    "version-0": b"\0" + whole()[1:],
    "version-as-a-longer-varint": b"\x82\0" + whole()[1:],
    "json": b'{"i":"id"}',
    "version-alone": b"\x02",
    "no-identifier": whole(header=field(1, b"here")),
    "empty-identifier": whole(header=field(2, b"")),
    "nothing-in-the-header": whole(header=b""),
    "identifier-before-location": whole(header=ID + field(1, b"here")),
    "identifier-twice": whole(header=ID + ID),
    "identifiers-that-differ": whole(header=ID + field(2, b"other")),
    "location-twice": whole(header=field(1, b"a") + field(1, b"b") + ID),
    "location-not-utf-8": whole(header=field(1, b"\xff") + ID),
    "location-overlong-utf-8": whole(header=field(1, b"\xc0\xaf") + ID),
    "location-with-a-surrogate": whole(header=field(1, b"\xed\xa0\x80") + ID),
    "verification-id-in-the-header": whole(header=ID + field(4, VID)),
    "signature-in-the-header": whole(header=ID + field(6, SIGNATURE)),
    "unknown-field-3": whole(header=ID + field(3, b"x")),
    "unknown-field-5-in-a-caveat": whole(field(2, b"a") + field(5, b"x") + b"\0"),
    "unknown-field-127": whole(header=ID + field(127, b"x")),
    "kind-as-a-longer-varint": whole(header=b"\x82\0\x02id"),
    "length-as-a-longer-varint": whole(header=b"\x02\x82\0id"),
    "length-of-eleven-bytes": whole(header=b"\x02" + b"\x80" * 10 + b"\x01id"),
    "length-beyond-64-bits": whole(header=b"\x02" + b"\xff" * 9 + b"\x7fid"),
    "length-past-the-end": b"\x02\x02\x7fid\0\0" + END,
    "length-of-almost-64-bits": b"\x02\x02" + b"\xff" * 9 + b"\x01id\0\0" + END,
    "no-end-of-header": b"\x02" + ID + END,
    "no-end-of-caveats": b"\x02" + ID + b"\0" + END,
    "two-ends-of-caveats": b"\x02" + ID + b"\0\0\0" + END,
    "no-signature": b"\x02" + ID + b"\0\0",
    "header-that-ends-in-another-byte": b"\x02" + ID + b"\x07\0" + END,
    "caveat-that-ends-in-another-byte": b"\x02" + ID + b"\0" + field(2, b"a") + b"\x07\0" + END,
    "signature-that-reaches-past-the-end": b"\x02" + ID + b"\0\0\x06\x21" + SIGNATURE,
    "signature-of-31-bytes": whole(signature=bytes(31)),
    "signature-of-33-bytes": whole(signature=bytes(33)),
    "empty-signature": whole(signature=b""),
    "signature-as-hex": whole(signature=SIGNATURE.hex().encode()),
    "signature-of-another-kind": b"\x02" + ID + b"\0\0" + field(5, SIGNATURE),
    "caveat-without-id": whole(field(4, VID) + b"\0"),
    "caveat-of-a-location": whole(field(1, b"there") + b"\0"),
    "caveat-with-an-empty-id": whole(first(b"")),
    "caveat-id-twice": whole(field(2, b"a") + field(2, b"b") + b"\0"),
    "caveat-with-a-signature": whole(field(2, b"a") + field(6, SIGNATURE) + b"\0"),
    "first-party-with-a-location": whole(field(1, b"there") + field(2, b"a") + b"\0"),
    "first-party-with-an-empty-location": whole(field(1, b"") + field(2, b"a") + b"\0"),
    "third-party-with-an-empty-id": whole(third(b"")),
    "third-party-with-a-bad-location": whole(third(location=b"\xff")),
    "empty-verification-id": whole(third(vid=b"")),
    "verification-id-of-71-bytes": whole(third(vid=VID[1:])),
    "verification-id-of-73-bytes": whole(third(vid=VID + b"\0")),
    "verification-id-twice": whole(field(2, b"a") + field(4, VID) + field(4, VID) + b"\0"),
    "verification-id-before-the-id": whole(field(4, VID) + field(2, b"a") + b"\0"),
    "location-behind-the-id": whole(field(2, b"a") + field(1, b"there") + field(4, VID) + b"\0"),
    "caveat-without-an-end": whole(field(2, b"a")),
    "a-byte-behind": whole() + b"\0",
    "a-newline-behind": whole() + b"\n",
    "base64-of-one": b"AgRoZXJl",
}
TOO_MUCH: dict[str, tuple[bytes, int]] = {
    "too-long": (whole(*[first(bytes(16384))] * 4), 0),
    "identifier-too-long": (whole(header=field(2, bytes(1025))), 1),
    "condition-too-long": (whole(first(bytes(16385))), 1),
    "third-party-id-too-long": (whole(third(bytes(1025))), 1),
    "location-too-long": (whole(header=field(1, b"l" * 1025) + ID), 1),
    "location-too-long-in-bytes": (whole(header=field(1, "ü".encode() * 513) + ID), 1),
    "third-party-location-too-long": (whole(third(location=b"l" * 1025)), 1),
    "one-caveat-too-many": (whole(*[first()] * 65), 1),
    "one-caveat-too-many-that-is-malformed-besides": (whole(*[first()] * 64, first(b"")), 1),
}


@pytest.mark.parametrize("name", FAULTY)
def test_a_faulty_macaroon_is_refused(name: str) -> None:
    with pytest.raises(MalformedError) as caught:
        parse(FAULTY[name])
    assert caught.value.step == 1


@pytest.mark.parametrize("name", FAULTY)
def test_a_faulty_macaroon_is_refused_among_others(name: str) -> None:
    if FAULTY[name]:
        with pytest.raises(MalformedError):
            parse_all(whole() + FAULTY[name])
    with pytest.raises(MalformedError):
        parse_all(FAULTY[name])


@pytest.mark.parametrize("name", TOO_MUCH)
def test_too_much_is_refused(name: str) -> None:
    data, step = TOO_MUCH[name]
    for read in (parse, parse_all):
        with pytest.raises(LimitError) as caught:
            read(data)
        assert caught.value.step == step


def test_every_cut_is_refused() -> None:
    data = whole(first(), third())
    for stop in range(len(data)):
        with pytest.raises(MalformedError):
            parse(data[:stop])


def of_size(size: int) -> Macaroon:
    caveats = (UnverifiedCaveat(bytes(MOST_CONDITION)),) * 3
    rest = size - len(Macaroon(b"id", (*caveats, UnverifiedCaveat(bytes(16_000))), SIGNATURE).encode())
    return Macaroon(b"id", (*caveats, UnverifiedCaveat(bytes(16_000 + rest))), SIGNATURE)


def test_the_longest_encoding() -> None:
    longest = of_size(65_536)
    assert len(longest.encode()) == MOST_BYTES
    assert parse(longest.encode()) == longest
    assert parse_all(encode_all([longest])) == (longest,)
    longer = of_size(65_537)
    for read in (parse, parse_all):
        with pytest.raises(LimitError):
            read(longer.encode())
    with pytest.raises(InputError):
        encode_all([longer])


def test_a_macaroon_with_too_many_caveats_is_not_made() -> None:
    with pytest.raises(LimitError) as caught:
        Macaroon(b"id", (CONDITION,) * (MOST_CAVEATS + 1), SIGNATURE)
    assert caught.value.step == 1


def test_two_macaroons_are_not_one() -> None:
    with pytest.raises(MalformedError, match="bytes after"):
        parse(whole() + whole())


def test_one_macaroon_too_many() -> None:
    with pytest.raises(LimitError) as caught:
        parse_all(whole() * (MOST_MACAROONS + 1))
    assert caught.value.step == 1
    with pytest.raises(InputError):
        encode_all([PLAIN] * (MOST_MACAROONS + 1))


def test_what_would_not_be_read_is_not_written() -> None:
    big = Macaroon(b"id", (UnverifiedCaveat(bytes(MOST_CONDITION)),) * 4, SIGNATURE)
    assert len(big.encode()) > MOST_BYTES
    for unusable in ([big], [], [whole()], PLAIN, None):
        with pytest.raises(InputError):
            encode_all(unusable)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "data", [None, "text", 7, [2], bytearray(whole()), memoryview(whole())], ids=lambda data: type(data).__name__
)
def test_only_bytes_are_read(data: Any) -> None:
    for read in (parse, parse_all):
        with pytest.raises(InputError):
            read(data)


@pytest.mark.parametrize(
    "arguments",
    [
        ("id", (), SIGNATURE),
        (bytearray(b"id"), (), SIGNATURE),
        (b"id", [], SIGNATURE),
        (b"id", (b"a = 1",), SIGNATURE),
        (b"id", (), SIGNATURE.hex()),
        (b"id", (), SIGNATURE, b"here"),
    ],
    ids=repr,
)
def test_a_macaroon_is_made_of_the_right_types(arguments: Any) -> None:
    with pytest.raises(InputError):
        Macaroon(*arguments)


@pytest.mark.parametrize("arguments", [("a",), (b"a", "v"), (b"a", VID, b"there"), (None,)], ids=repr)
def test_a_caveat_is_made_of_the_right_types(arguments: Any) -> None:
    with pytest.raises(InputError):
        UnverifiedCaveat(*arguments)


def test_a_location_is_text_that_can_be_written() -> None:
    with pytest.raises(MalformedError):
        Macaroon(b"id", (), SIGNATURE, "\ud800")
    with pytest.raises(MalformedError):
        UnverifiedCaveat(b"a", VID, "\udfff")


def test_a_macaroon_never_shows_itself_and_never_changes() -> None:
    assert repr(GOOD["third-party"][1]) == "Macaroon(1 caveats)"
    assert SIGNATURE.hex() not in f"{PLAIN} {PLAIN!r}"
    with pytest.raises(FrozenInstanceError):
        PLAIN.signature = bytes(32)  # type: ignore[misc]
