"""Attacks 41 to 57: encoding, malleability, canonical form, and what a request may say."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from tests.attacks.scene import accepted, clock_at, refused, verifier, wire
from vectors import testkit as kit
from vectors.testkit import ALICE, CAROL_P256, DAVE_P256, NOW, P256_ORDER, PLANNER, Signed

from attorn import Identity, Request, caveat
from attorn.caveat import Caveat
from attorn.errors import InputError
from attorn.request.money import Money

MALFORMED, BAD_SIGNATURE = ("malformed", 1), ("bad_signature", 4)
ED_ORDER = 2**252 + 27742317777372353535851937790883648493
GOOD = kit.baseline()
ED_LINK = kit.extend([], ALICE, PLANNER, [kit.actions(kit.ACTION)])
P_LINK = kit.extend([], CAROL_P256, DAVE_P256, [kit.actions(kit.ACTION)])


def add_order(signature: bytes) -> bytes:
    return signature[:32] + (int.from_bytes(signature[32:], "little") + ED_ORDER).to_bytes(32, "little")


ED25519 = {
    "41-s-plus-order": add_order,
    "41-s-zero": lambda signature: signature[:32] + bytes(32),
    "41-r-zero": lambda signature: bytes(32) + signature[32:],
    "41-r-one": lambda signature: b"\x01" + bytes(31) + signature[32:],
    "41-r-not-canonical": lambda signature: b"\xee" + b"\xff" * 30 + b"\x7f" + signature[32:],
    "41-r-sign-flipped": lambda signature: signature[:31] + bytes((signature[31] ^ 0x80,)) + signature[32:],
    "41-halves-swapped": lambda signature: signature[32:] + signature[:32],
    "41-all-zero": lambda _: bytes(64),
    "42-der": lambda signature: kit.der(int.from_bytes(signature[:32], "big"), 5),
}


@pytest.mark.parametrize("change", ED25519.values(), ids=ED25519.keys())
@pytest.mark.parametrize("where", ["link", "presentation", "seal"])
def test_ed25519_signatures(change: object, where: str) -> None:
    refused(resigned(ED_LINK, PLANNER, where, change), *BAD_SIGNATURE)


def resigned(chain: list[Signed], holder: kit.Key, where: str, change: object) -> str:
    """A presentation in which one signature was changed before anything was signed over it."""
    if where == "link":
        chain = [replace(chain[0], signature=change(chain[0].signature))]  # type: ignore[operator]
    blocks = kit.presented(chain, holder)
    if where == "presentation":
        blocks[-1] = replace(blocks[-1], signature=change(blocks[-1].signature))  # type: ignore[operator]
    proof = kit.seal(holder, blocks[-1])
    if where == "seal":
        proof = change(proof)  # type: ignore[operator]
    return kit.url64(kit.container(blocks, kit.pb(2, proof)))


@pytest.mark.parametrize("where", ["link", "presentation", "seal"])
def test_the_twins_of_the_signatures_are_accepted(where: str) -> None:
    accepted(resigned(ED_LINK, PLANNER, where, lambda signature: signature))
    accepted(resigned(P_LINK, DAVE_P256, where, lambda signature: signature), by=verifier(roots=[CAROL_P256.did]))


def numbers(der: bytes) -> tuple[int, int]:
    length = der[3]
    return int.from_bytes(der[4 : 4 + length], "big"), int.from_bytes(der[6 + length :], "big")


def long_form(der: bytes) -> bytes:
    return b"\x30\x81" + der[1:]


P256 = {
    "43-high-s": lambda der: kit.der(numbers(der)[0], P256_ORDER - numbers(der)[1]),
    "42-r-zero": lambda der: kit.der(0, numbers(der)[1]),
    "42-s-zero": lambda der: kit.der(numbers(der)[0], 0),
    "42-r-order": lambda der: kit.der(P256_ORDER, numbers(der)[1]),
    "42-s-order": lambda der: kit.der(numbers(der)[0], P256_ORDER),
    "42-r-plus-order": lambda der: kit.der(numbers(der)[0] + P256_ORDER, numbers(der)[1]),
    "42-r-padded": lambda der: kit.der(*numbers(der), pad=1),
    "42-length-in-long-form": long_form,
    "42-indefinite-length": lambda der: b"\x30\x80" + der[2:] + b"\0\0",
    "42-byte-behind": lambda der: der + b"\0",
    "42-byte-inside": lambda der: bytes((0x30, der[1] + 2)) + der[2:] + b"\x05\x00",
    "42-set-instead-of-sequence": lambda der: b"\x31" + der[1:],
    "42-cut-short": lambda der: der[:-1],
    "42-raw": lambda der: b"".join(number.to_bytes(32, "big") for number in numbers(der)),
    "42-empty": lambda _: b"",
}


@pytest.mark.parametrize("change", P256.values(), ids=P256.keys())
@pytest.mark.parametrize("where", ["link", "presentation", "seal"])
def test_p256_signatures(change: object, where: str) -> None:
    refused(resigned(P_LINK, DAVE_P256, where, change), *BAD_SIGNATURE, by=verifier(roots=[CAROL_P256.did]))


def test_43_high_s_is_what_a_stock_library_accepts() -> None:
    biscuit_auth = pytest.importorskip("biscuit_auth")
    text = resigned(P_LINK, DAVE_P256, "link", P256["43-high-s"])
    root = biscuit_auth.PublicKey.from_bytes(CAROL_P256.data, biscuit_auth.Algorithm.Secp256r1)
    assert biscuit_auth.Biscuit.from_bytes(base64.urlsafe_b64decode(text + "=="), root).block_count() == 2


def with_bits(text: str) -> str:
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return text[:-1] + alphabet[alphabet.index(text[-1]) | 1]


def unaligned() -> str:
    """A good presentation whose length leaves bits over in base64."""
    for length in range(1, 4):
        text = wire(kit.extend([], ALICE, PLANNER, [kit.actions(kit.ACTION, "a" * length)]), PLANNER)
        if len(text) % 4:
            return text
    raise AssertionError("no unaligned text")


UNALIGNED = unaligned()
TEXTS = {
    "44-padded": UNALIGNED + "=" * (-len(UNALIGNED) % 4),
    "44-padded-too-much": UNALIGNED + "====",
    "44-trailing-bits": with_bits(UNALIGNED),
    "44-one-character-more": UNALIGNED + "A" * (5 - len(UNALIGNED) % 4),
    "44-standard-alphabet": "+/" + UNALIGNED[2:],
    "44-newline-every-76": "\n".join(UNALIGNED[n : n + 76] for n in range(0, len(UNALIGNED), 76)),
    "44-crlf-behind": UNALIGNED + "\r\n",
    "45-character-skipped-by-others": UNALIGNED[:8] + "!" + UNALIGNED[8:],
    "45-dot": UNALIGNED[:8] + "." + UNALIGNED[8:],
    "45-percent-encoded": UNALIGNED.replace("E", "%45", 1),
    "52-fullwidth": "\uff25" + UNALIGNED[1:],
    "52-zero-width-space": UNALIGNED[:8] + "\u200b" + UNALIGNED[8:],
    "46-multibase-prefix": "u" + UNALIGNED,
    "46-hex": base64.urlsafe_b64decode(UNALIGNED + "==").hex(),
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_text_forms(text: str) -> None:
    refused(text, *MALFORMED)


def test_the_twin_of_the_text_forms_is_accepted() -> None:
    accepted(UNALIGNED)
    assert any(text != UNALIGNED for text in TEXTS.values())


@pytest.mark.parametrize(
    "wire_text", [b"EA", None, 5, bytearray(b"EA"), ["EA"]], ids=["bytes", "none", "int", "array", "list"]
)
def test_56_a_wire_that_is_no_text(wire_text: object) -> None:
    with pytest.raises(InputError):
        verifier().authorize(wire_text, Request(action="a", resource="/"))  # type: ignore[arg-type]


REQUESTS: dict[str, dict[str, object]] = {
    "47-nan": {"args": {"n": float("nan")}},
    "47-infinity": {"args": {"n": float("inf")}},
    "47-integer-beyond-2-to-53": {"args": {"n": 2**53}},
    "47-float-beyond-2-to-53": {"args": {"n": 1e300}},
    "47-negative-zero": {"args": {"n": -0.0}},
    "47-lone-surrogate": {"args": {"n": "\ud800"}},
    "47-lone-surrogate-name": {"args": {"\ud800": 1}},
    "47-name-that-is-no-text": {"args": {1: 1}},
    "47-bytes": {"args": {"n": b"x"}},
    "1-args-nested-too-deep": {"args": {"n": [[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]}},
    "4-args-too-large": {"args": {"n": "x" * 70_000}},
    "52-action-fullwidth": {"action": "events\uff1aread"},
    "52-action-kelvin-sign": {"action": "\u212aevents"},
    "52-action-bidi": {"action": "events\u202e:read"},
    "52-action-newline": {"action": "events:read\n"},
    "52-action-wildcard": {"action": "events:*"},
    "52-action-empty": {"action": ""},
    "52-resource-not-nfc": {"resource": "cal://alice/e\u0301"},
    "52-resource-zero-width": {"resource": "cal://alice/\u200b"},
    "53-dots-above-the-root": {"resource": "cal://alice/../bob"},
    "53-encoded-dots-above-the-root": {"resource": "cal://alice/%2e%2e/bob"},
    "53-double-slash": {"resource": "cal://alice//2026-11"},
    "53-backslash": {"resource": "cal://alice/..\\bob"},
    "53-encoded-slash": {"resource": "cal://alice/a%2Fb"},
    "53-encoded-nul": {"resource": "cal://alice/a%00"},
    "53-nul": {"resource": "cal://alice/\0"},
    "55-userinfo": {"resource": "cal://alice@bob/x"},
    "55-query": {"resource": "cal://alice/x?y"},
    "55-fragment": {"resource": "cal://alice/x#y"},
    "55-control-character": {"resource": "cal://ali\tce/x"},
    "56-cost-as-float": {"cost": 1.5},
    "56-cost-as-int": {"cost": 5},
}


@pytest.mark.parametrize("changed", REQUESTS.values(), ids=REQUESTS.keys())
def test_requests_that_cannot_be_made(changed: dict[str, object]) -> None:
    with pytest.raises(InputError):
        Request(**{"action": kit.ACTION, "resource": kit.RESOURCE, "args": kit.ARGS, **changed})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "amount", [True, -1, 1.0, "1", None], ids=["56-true", "56-negative", "56-float", "56-text", "56-none"]
)
def test_money_that_cannot_be_made(amount: object) -> None:
    with pytest.raises(InputError):
        Money(amount, "EUR")  # type: ignore[arg-type]


CAVEATS: dict[str, tuple[Caveat, object, object]] = {
    "53-subpath-dots": (caveat.Subpath("v", "/data/a"), "/data/a/x", "/data/a/../b"),
    "53-subpath-prefix-without-boundary": (caveat.Subpath("v", "/data/a"), "/data/a", "/data/ab"),
    "53-subpath-encoded-dots": (caveat.Subpath("v", "/data/a"), "/data/a/x", "/data/a/%2e%2e/b"),
    "53-subpath-backslash": (caveat.Subpath("v", "/data/a"), "/data/a/x", "/data/a\\..\\b"),
    "53-subpath-nul": (caveat.Subpath("v", "/data/a"), "/data/a/x", "/data/a/x\0.png"),
    "53-subpath-double-slash": (caveat.Subpath("v", "/data/a"), "/data/a/x", "/data/a//x"),
    "53-subpath-relative": (caveat.Subpath("v", "/data/a"), "/data/a/x", "data/a/x"),
    "54-suffix-without-dot": (
        caveat.UrlHost("v", "*.example.com"),
        "https://a.example.com/",
        "https://evilexample.com/",
    ),
    "54-trailing-dot": (caveat.UrlHost("v", "example.com"), "https://example.com/", "https://example.com./"),
    "54-other-host": (
        caveat.UrlHost("v", "example.com"),
        "https://example.com:8443/",
        "https://example.com.evil.test/",
    ),
    "54-not-ascii": (caveat.UrlHost("v", "example.com"), "https://example.com/", "https://ex\u0430mple.com/"),
    "55-userinfo": (caveat.UrlHost("v", "example.com"), "https://example.com/", "https://example.com@evil.test/"),
    "55-backslash": (caveat.UrlHost("v", "example.com"), "https://example.com/", "https://evil.test\\@example.com/"),
    "55-tab": (caveat.UrlHost("v", "example.com"), "https://example.com/", "https://exa\tmple.com/"),
    "55-encoded-authority": (caveat.UrlHost("v", "example.com"), "https://example.com/", "https://example%2ecom/"),
    "55-hash-in-the-authority": (
        caveat.UrlHost("v", "example.com"),
        "https://example.com/",
        "https://evil.test#@example.com/",
    ),
    "35-integer-address": (caveat.UrlHost("v", "*.example.com"), "https://a.example.com/", "https://2130706433/"),
    "35-octal-address": (caveat.Cidr("v", "127.0.0.0/8"), "127.0.0.1", "0177.0.0.1"),
    "35-other-address": (caveat.Cidr("v", "10.0.0.0/8"), "10.1.2.3", "11.0.0.1"),
    "35-address-with-zone": (caveat.Cidr("v", "fe80::/10"), "fe80::1", "fe80::1%eth0"),
    "56-true-as-one": (caveat.Equals("v", 1), 1, True),
    "56-text-as-number": (caveat.Equals("v", 1), 1.0, "1"),
    "56-range-of-text": (caveat.Range("v", 0, 5), 5, "5"),
    "56-range-of-true": (caveat.Range("v", 0, 5), 2.5, True),
    "56-range-fraction-above": (caveat.Range("v", 0, 5), 5, 5.000001),
    "56-range-fraction-below": (caveat.Range("v", 0, 5), 0, -0.000001),
    "56-one-of-true": (caveat.OneOf("v", 1, 2), 1, True),
    "56-fullwidth-digits": (caveat.Equals("v", "12"), "12", "\uff11\uff12"),
    "52-ligature": (caveat.Equals("v", "file"), "file", "\ufb01le"),
    "52-kelvin-sign": (caveat.Equals("v", "K"), "K", "\u212a"),
    "52-decomposed": (caveat.Equals("v", "\xe9"), "\xe9", "e\u0301"),
    "68-empty-list": (caveat.SubsetOf("v", "a"), ["a"], []),
    "68-list-for-scalar": (caveat.Equals("v", "a"), "a", ["a"]),
    "68-list-with-another": (caveat.SubsetOf("v", "a", "b"), ["a", "b"], ["a", "c"]),
    "68-glob-across-a-slash": (caveat.Glob("v", "a/*"), "a/b", "a/b/c"),
    "68-starts-with-another-case": (caveat.StartsWith("v", "re:"), "re: x", "RE: x"),
    "68-length-in-code-points": (caveat.MaxLength("v", 2), "\U0001f600\U0001f600", "abc"),
    "68-not-of-absent": (caveat.NotOneOf("v", "a"), "b", None),
}


@pytest.mark.parametrize(("limit", "good", "bad"), CAVEATS.values(), ids=CAVEATS.keys())
def test_values_that_only_look_alike(limit: Caveat, good: object, bad: object) -> None:
    """The caveat permits one value and prohibits its look-alike, on the way that a real request takes."""
    clock = clock_at(NOW)
    alice, planner = (Identity.from_seed(key.seed, clock=clock) for key in (ALICE, PLANNER))
    token = alice.mint(to=planner.did, caveats=[limit])
    by = verifier()
    for value, allowed in ((good, True), (bad, False)):
        request = Request(action=kit.ACTION, resource=kit.RESOURCE, args={"v": value})
        text = planner.present(token, request, audience=kit.AUDIENCE)
        if allowed:
            accepted(text, by=by, request=request)
        else:
            refused(text, "denied", 9, by=by, request=request)


DATES: dict[str, object] = {
    "57-naive": datetime(2026, 9, 21, 12, 0, 0),
    "57-before-1970": datetime(1969, 12, 31, tzinfo=UTC),
    "57-text": "2026-09-21T24:00:00Z",
    "57-number": NOW,
    "57-float": float(NOW),
}


@pytest.mark.parametrize("at", DATES.values(), ids=DATES.keys())
def test_dates_that_no_caveat_takes(at: object) -> None:
    for kind in (caveat.Expires, caveat.NotBefore):
        with pytest.raises(InputError):
            kind(at)  # type: ignore[arg-type]


WIRE_DATES = {
    "57-beyond-the-year-9999": kit.date(253_402_300_800),
    "57-2-to-52": kit.date(1 << 52),
    "57-number-for-date": kit.num(NOW + 60),
    "57-negative-number-for-date": kit.num(-1),
    "57-least-number-for-date": kit.num(-(2**63)),
    "57-text-for-date": kit.text("2026-09-21T14:13:20Z"),
}


@pytest.mark.parametrize("term", WIRE_DATES.values(), ids=WIRE_DATES.keys())
def test_dates_on_the_wire_prohibit(term: kit.Part) -> None:
    chain = kit.extend([], ALICE, PLANNER, [kit.compare("time", variable="time", op=kit.LESS, to=term)])
    refused(wire(chain, PLANNER), "denied", 9)


@pytest.mark.parametrize(
    "issued", [253_402_300_800, 1 << 53], ids=["57-issued-in-year-10000", "57-issued-beyond-2-to-53"]
)
def test_issue_times_on_the_wire(issued: int) -> None:
    refused(wire(kit.extend([], ALICE, PLANNER, [kit.actions(kit.ACTION)], issued=issued), PLANNER), *MALFORMED)


def test_48_member_order_does_not_matter_and_values_do() -> None:
    chain = kit.extend([], ALICE, PLANNER, [kit.actions(kit.ACTION)])
    request = Request(action=kit.ACTION, resource=kit.RESOURCE, args={"b": 1, "a": [True, None]})
    text = wire(chain, PLANNER, request=kit.digest(args={"a": [True, None], "b": 1}))
    accepted(text, request=request)
    for args in ({"a": [True, None], "b": 2}, {"a": [1, None], "b": 1}, {"a": [True], "b": 1}, {"b": 1}):
        other = Request(action=kit.ACTION, resource=kit.RESOURCE, args=args)
        refused(text, "wrong_request", 8, request=other)


def test_the_baseline_is_still_accepted() -> None:
    accepted(GOOD)
