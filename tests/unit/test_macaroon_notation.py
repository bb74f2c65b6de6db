"""Macaroons as JSON: one spelling for each value, and each fault refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.unit.macaroon_scene import SIGNATURE, VID

from attorn.encoding import base64url_encode
from attorn.errors import InputError, LimitError, MalformedError, VerificationError
from attorn.macaroon.container import (
    MOST_BYTES,
    MOST_CAVEATS,
    MOST_CONDITION,
    MOST_MACAROONS,
    Macaroon,
    UnverifiedCaveat,
)
from attorn.macaroon.notation import all_from_json, all_to_json, from_json, to_json

S64 = base64url_encode(SIGNATURE)
V64 = base64url_encode(bytes([255]) * 72)
TEXT32 = "s" * 32
PLAIN = Macaroon(b"id", (), SIGNATURE)
FULL = Macaroon(
    b"\xff\xfe",
    (UnverifiedCaveat(b"a = 1"), UnverifiedCaveat(b"\x80"), UnverifiedCaveat(b"ask", bytes([255]) * 72, "there")),
    SIGNATURE,
    "hére",
)
GOOD: dict[str, tuple[str, Macaroon]] = {
    "plain": (f'{{"i":"id","s64":"{S64}"}}', PLAIN),
    "full": (
        f'{{"c":[{{"i":"a = 1"}},{{"i64":"gA"}},{{"i":"ask","l":"there","v64":"{V64}"}}]'
        f',"i64":"__4","l":"hére","s64":"{S64}"}}',
        FULL,
    ),
    "a-signature-that-is-text": (f'{{"i":"id","s":"{TEXT32}"}}', Macaroon(b"id", (), TEXT32.encode())),
    "a-verification-id-that-is-text": (
        f'{{"c":[{{"i":"ask","v":"{"v" * 72}"}}],"i":"id","s64":"{S64}"}}',
        Macaroon(b"id", (UnverifiedCaveat(b"ask", b"v" * 72),), SIGNATURE),
    ),
    "empty-location": (f'{{"i":"id","l":"","s64":"{S64}"}}', Macaroon(b"id", (), SIGNATURE, "")),
    "control-characters": (f'{{"i":"\\u0000\\n","s64":"{S64}"}}', Macaroon(b"\0\n", (), SIGNATURE)),
    "a-quotation-mark": (f'{{"i":"\\"\\\\","s64":"{S64}"}}', Macaroon(b'"\\', (), SIGNATURE)),
}


@pytest.mark.parametrize("name", GOOD)
def test_macaroons_are_read_and_written_back(name: str) -> None:
    text, macaroon = GOOD[name]
    assert from_json(text) == from_json(text.encode()) == macaroon
    assert to_json(macaroon) == text
    assert all_from_json(f"[{text}]") == (macaroon,)
    assert all_to_json([macaroon]) == f"[{text}]"


def test_space_and_order_are_free() -> None:
    members = json.loads(GOOD["full"][0])
    loose = json.dumps(dict(reversed(members.items())), indent=2)
    assert from_json(loose) == FULL


def with_(**members: Any) -> str:
    return json.dumps({"i": "id", "s64": S64, **members})


def caveat(**members: Any) -> str:
    return with_(c=[members])


FAULTY: dict[str, str] = {
    "empty": "",
    "space": " ",
    "a-list": "[]",
    "a-string": '"AgJpZA"',
    "null": "null",
    "number": "2",
    "nothing-in-it": "{}",
    "cut-short": with_()[:-1],
    "twice": with_() * 2,
    "a-byte-behind": with_() + "x",
    "byte-order-mark": "\ufeff" + with_(),
    "version-1": '{"identifier":"id","signature":"00","location":"here"}',
    "version-member": with_(v="2"),
    "version-member-as-a-number": with_(v=2),
    "unknown-member": with_(x=1),
    "upper-case-member": with_(L="here"),
    "hexadecimal-member": with_(ix="6964"),
    "location-in-base64": with_(l64="aGVyZQ"),
    "identifier-missing": json.dumps({"s64": S64}),
    "signature-missing": json.dumps({"i": "id"}),
    "identifier-twice-in-one-form": with_(x="id").replace('"x"', '"i"'),
    "identifier-in-both-forms": with_(i64="_w"),
    "both-forms-of-the-same": with_(i64="aWQ"),
    "text-in-base64": json.dumps({"i64": "aWQ", "s64": S64}),
    "signature-in-both-forms": with_(s=TEXT32),
    "text-signature-in-base64": json.dumps({"i": "id", "s64": base64url_encode(TEXT32.encode())}),
    "padded": json.dumps({"i64": "_w==", "s64": S64}),
    "standard-alphabet": json.dumps({"i64": "//4", "s64": S64}),
    "trailing-bits": json.dumps({"i64": "_x", "s64": S64}),
    "space-in-base64": json.dumps({"i64": "__ 4", "s64": S64}),
    "not-base64": json.dumps({"i64": "ü", "s64": S64}),
    "empty-identifier": with_(i=""),
    "empty-identifier-in-base64": json.dumps({"i64": "", "s64": S64}),
    "identifier-of-a-number": with_(i=1),
    "identifier-of-null": with_(i=None),
    "identifier-of-a-list": with_(i=["id"]),
    "identifier-with-a-surrogate": with_(i="\ud800"),
    "location-of-null": with_(l=None),
    "location-of-a-number": with_(l=1),
    "signature-of-31-bytes": with_(s64=base64url_encode(SIGNATURE[1:])),
    "signature-of-33-bytes": with_(s64=base64url_encode(SIGNATURE + b"\0")),
    "signature-in-hexadecimal": json.dumps({"i": "id", "s": SIGNATURE.hex()}),
    "empty-list-of-caveats": with_(c=[]),
    "caveats-of-null": with_(c=None),
    "caveats-as-an-object": with_(c={}),
    "caveat-as-a-string": with_(c=["a = 1"]),
    "caveat-of-nothing": caveat(),
    "caveat-with-an-unknown-member": caveat(i="a", x=1),
    "caveat-with-a-signature": caveat(i="a", s64=S64),
    "caveat-in-version-1": caveat(cid="a"),
    "caveat-in-both-forms": caveat(i="a", i64="_w"),
    "caveat-with-an-empty-id": caveat(i=""),
    "first-party-with-a-location": caveat(i="a", l="there"),
    "verification-id-in-both-forms": caveat(i="a", v="v" * 72, v64=V64),
    "verification-id-of-text-in-base64": caveat(i="a", v64=base64url_encode(VID)),
    "verification-id-of-71-bytes": caveat(i="a", v64=base64url_encode(bytes([255]) * 71)),
    "empty-verification-id": caveat(i="a", v=""),
    "verification-id-without-id": caveat(v64=V64),
    "third-party-location-of-null": caveat(i="a", v64=V64, l=None),
    "nested-too-deeply": with_(c=[{"i": [["a"]]}]),
    "nested-100000-deep": "[" * 30000 + "]" * 30000,
}


@pytest.mark.parametrize("name", FAULTY)
def test_a_faulty_text_is_refused(name: str) -> None:
    with pytest.raises(MalformedError):
        from_json(FAULTY[name])
    with pytest.raises(MalformedError):
        all_from_json(f"[{with_()},{FAULTY[name]}]")


@pytest.mark.parametrize("text", ["[]", "{}", with_(), f'"{with_()}"', "[[]]", "[null]", f"[[{with_()}]]"])
def test_several_are_an_array_of_objects(text: str) -> None:
    with pytest.raises(MalformedError):
        all_from_json(text)


@pytest.mark.parametrize("data", [b"\xff", "ü".encode("utf-16"), b"\xef\xbb\xbf" + with_().encode()])
def test_bytes_are_utf_8(data: bytes) -> None:
    with pytest.raises(MalformedError):
        from_json(data)


TOO_MUCH = {
    "too-long": with_(l="x" * 70_000),
    "one-caveat-too-many-that-is-malformed-besides": with_(c=[*[{"i": "a"}] * MOST_CAVEATS, None]),
    "one-caveat-too-many": with_(c=[{"i": "a"}] * (MOST_CAVEATS + 1)),
    "identifier-too-long": with_(i="x" * 1025),
    "location-too-long": with_(l="x" * 1025),
    "location-too-long-in-bytes": with_(l="ü" * 513),
    "condition-too-long": caveat(i="x" * 16_385),
    "third-party-id-too-long": caveat(i="x" * 1025, v64=V64),
}


@pytest.mark.parametrize("name", TOO_MUCH)
def test_too_much_is_refused(name: str) -> None:
    with pytest.raises(LimitError) as caught:
        from_json(TOO_MUCH[name])
    assert caught.value.step == (0 if name == "too-long" else 1)


def test_too_many_macaroons_are_refused() -> None:
    assert len(all_from_json("[" + ",".join([with_()] * MOST_MACAROONS) + "]")) == MOST_MACAROONS
    with pytest.raises(LimitError) as caught:
        all_from_json("[" + ",".join([with_()] * (MOST_MACAROONS + 1)) + "]")
    assert caught.value.step == 1


def test_the_most_caveats() -> None:
    full = Macaroon(b"id", (UnverifiedCaveat(b"a"),) * MOST_CAVEATS, SIGNATURE)
    assert from_json(to_json(full)) == full


def test_the_longest_text() -> None:
    caveats = (UnverifiedCaveat(b"x" * MOST_CONDITION),) * 3
    rest = MOST_BYTES - len(to_json(Macaroon(b"id", (*caveats, UnverifiedCaveat(b"x")), SIGNATURE)))
    longest = Macaroon(b"id", (*caveats, UnverifiedCaveat(b"x" * (1 + rest))), SIGNATURE)
    assert len(to_json(longest)) == MOST_BYTES
    assert from_json(to_json(longest)) == longest
    with pytest.raises(LimitError):
        from_json(to_json(longest) + " ")
    with pytest.raises(InputError):
        to_json(Macaroon(b"id", (*caveats, UnverifiedCaveat(b"x" * (2 + rest))), SIGNATURE))


def test_too_long_beyond_ascii_is_refused() -> None:
    with pytest.raises(VerificationError):
        from_json(with_(l="☃").replace("\\u2603", "☃" * 30_000))


def test_what_would_not_be_read_is_not_written() -> None:
    big = Macaroon(b"id", (UnverifiedCaveat(b"\xff" * MOST_CONDITION),) * 3, SIGNATURE)
    with pytest.raises(InputError):
        to_json(big)
    for unusable in ([], [PLAIN] * (MOST_MACAROONS + 1), [big], ["x"], PLAIN):
        with pytest.raises(InputError):
            all_to_json(unusable)  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [None, 7, {}, ["x"], bytearray(b"{}")], ids=repr)
def test_arguments_of_other_types_are_refused(value: Any) -> None:
    for call in (from_json, all_from_json, to_json):
        with pytest.raises(InputError):
            call(value)
