"""Macaroons whose bytes, bounds, third parties' caveats or conditions are nearly right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from . import macaroons as mac
from . import testkit as kit
from .case import Case
from .macaroon_cases import BROKEN, FORGED, MALFORMED, NOT_ADMITTED, ONE_FORM, bad, head
from .macaroon_cast import Cast
from .macaroons import Caveat, Macaroon
from .world import World

BOUNDS = "1: bounds"
LIMIT = ("limit_exceeded", 1)
KINDS = "6: what the conditions of a discharge are"
ORDER = "7: the order of checks"


def raw(c: Cast, change: Callable[[bytes], bytes]) -> str:
    """The bytes of the presentation, changed."""
    return kit.url64(change(c.shown.bytes()))


def behind(c: Cast, *caveats: Caveat) -> str:
    """The presentation with caveats behind it, under a right MAC."""
    return mac.text(c.shown.plus(*caveats))


def met(c: Cast, asked: Macaroon) -> str:
    """A token with the discharge of its caveat."""
    return mac.text(asked, mac.bind(asked, c.discharge()))


def twice_asked(c: Cast) -> str:
    """Two caveats with one id, and one discharge."""
    s = c.scene
    first = mac.demand(mac.demand(c.chained(c.two[:1], c.signers[:1]), s.friend), s.friend, nonce=b"\x66" * 24)
    return met(c, c.presented(mac.link(first, s.planner, c.two[1]), c.two, s.scout))


def vid(c: Cast, octets: bytes) -> str:
    """A third party's caveat with another verification id, and its discharge."""
    s = c.scene
    first = c.chained(c.two[:1], c.signers[:1]).plus(Caveat(mac.ASK, octets))
    return met(c, c.presented(mac.link(first, s.planner, c.two[1]), c.two, s.scout))


def nested(c: Cast) -> str:
    """A discharge whose own third party's caveat reads as a condition that is known."""
    inner = mac.demand(c.discharge(), c.scene.friend, mac.caveats([c.scene.read]))
    return mac.text(c.asked, mac.bind(c.asked, inner))


def link_body(c: Cast, text: bytes) -> str:
    """A link in place of the first, under a right MAC."""
    return mac.text(c.base.plus(Caveat(b"attorn-link-1." + text), *c.shown.caveats[1:]))


def many_links(c: Cast) -> str:
    first = c.shown.caveats[0]
    return mac.text(c.base.plus(*[first] * 33, c.shown.caveats[-1]))


def json_of(c: Cast, old: str, new: str) -> str:
    text = mac.json_text(c.shown)
    if old not in text:
        raise ValueError("nothing to be changed")
    return text.replace(old, new, 1)


BYTES: tuple[Callable[[World], Case], ...] = (
    bad("cut-short", "the signature is missing", 91, lambda c: raw(c, lambda b: b[:-34]), MALFORMED, ONE_FORM),
    bad(
        "signature-past-the-end",
        "a signature that is said to have 33 bytes",
        91,
        lambda c: raw(c, lambda b: b[:-33] + b"\x21" + b[-32:]),
        MALFORMED,
        ONE_FORM,
    ),
    bad(
        "signature-of-31-bytes",
        "a signature of 31 bytes",
        91,
        lambda c: mac.text(replace(c.shown, written=c.shown.signature[:31])),
        MALFORMED,
        ONE_FORM,
    ),
    bad(
        "end-of-another-kind",
        "a field 5 where the identifier ends",
        91,
        lambda c: raw(c, lambda b: b[: 3 + b[2]] + b"\x05" + b[4 + b[2] :]),
        MALFORMED,
        ONE_FORM,
    ),
    bad(
        "discharge-version-1",
        "a discharge of version 1",
        91,
        lambda c: kit.url64(c.asked.bytes() + b"\x01" + mac.bind(c.asked, c.discharge()).bytes()[1:]),
        MALFORMED,
        ONE_FORM,
    ),
    bad("identifier-missing", "no identifier", 91, lambda c: head(c, lambda f: b""), MALFORMED, ONE_FORM),
    bad("identifier-empty", "an empty identifier", 91, lambda c: head(c, lambda f: b"\x02\0"), MALFORMED, ONE_FORM),
    bad(
        "location-not-utf-8",
        "a location that is not UTF-8",
        91,
        lambda c: mac.text(replace(c.shown, location=b"\xff")),
        MALFORMED,
        ONE_FORM,
    ),
    bad(
        "condition-with-location",
        "a condition with a location",
        91,
        lambda c: raw(c, lambda b: b[: 4 + b[2]] + mac.field(1, b"here") + b[4 + b[2] :]),
        MALFORMED,
        ONE_FORM,
    ),
    bad("condition-empty", "an empty condition", 91, lambda c: behind(c, Caveat(b"")), MALFORMED, ONE_FORM),
    bad("vid-of-71-bytes", "a verification id of 71 bytes", 91, lambda c: vid(c, bytes(71)), MALFORMED, ONE_FORM),
)
BOUND_CASES: tuple[Callable[[World], Case], ...] = (
    bad("sixty-five-caveats", "65 caveats", 4, lambda c: behind(c, *[Caveat(b"x")] * 61), LIMIT, BOUNDS),
    bad(
        "long-identifier",
        "an identifier of 1,025 bytes",
        4,
        lambda c: mac.text(mac.base(c.scene.secret, bytes(1025))),
        LIMIT,
        BOUNDS,
    ),
    bad("long-condition", "a condition of 16,385 bytes", 4, lambda c: behind(c, Caveat(b"x" * 16_385)), LIMIT, BOUNDS),
    bad(
        "long-location",
        "a location of 1,025 bytes",
        4,
        lambda c: mac.text(replace(c.shown, location=b"x" * 1025)),
        LIMIT,
        BOUNDS,
    ),
    bad(
        "eighteen-macaroons",
        "17 discharges",
        4,
        lambda c: mac.text(c.shown, *(mac.discharge(key=c.scene.friend, identifier=b"%d" % n) for n in range(17))),
        LIMIT,
        BOUNDS,
    ),
    bad("thirty-three-links", "33 links", 4, many_links, LIMIT, "7: no more links than the limit"),
)
CAVEATS: tuple[Callable[[World], Case], ...] = (
    bad("third-party-twice", "two caveats with one id", 89, twice_asked, BROKEN, ORDER),
    bad("vid-forged", "a verification id that opens nothing", 89, lambda c: vid(c, bytes(72)), FORGED, ORDER),
    bad(
        "discharge-nested-known", "a discharge that demands one, by a known condition", 89, nested, NOT_ADMITTED, ORDER
    ),
    bad(
        "link-behind",
        "a link behind the presentation",
        63,
        lambda c: mac.text(mac.link(c.shown, c.scene.bob, c.links[-1])),
        NOT_ADMITTED,
        ORDER,
    ),
    bad(
        "third-party-last",
        "a third party's caveat with nothing behind it",
        89,
        lambda c: met(c, mac.demand(c.chained(c.two, c.signers[:2]), c.scene.friend)),
        NOT_ADMITTED,
        ORDER,
    ),
    bad("link-not-ascii", "a link that is not ASCII", 91, lambda c: link_body(c, b"\xff"), MALFORMED, ORDER),
    bad(
        "link-short",
        "a link that ends with its signature",
        91,
        lambda c: link_body(c, kit.url64(bytes((34,)) + c.scene.planner.multikey + bytes(64)).encode()),
        MALFORMED,
        ORDER,
    ),
    bad(
        "discharge-not-ascii",
        "a condition of a discharge that is not ASCII",
        91,
        lambda c: c.met(b"attorn-caveats-1.\xff"),
        MALFORMED,
        ORDER,
    ),
)
JSON: tuple[Callable[[World], Case], ...] = (
    bad("json-none", "an empty array", 91, lambda c: "[]", MALFORMED, ONE_FORM),
    bad(
        "json-no-caveats",
        "an empty array of caveats",
        91,
        lambda c: mac.json_text(c.base),
        MALFORMED,
        "1: caveats are left out if there are none",
    ),
    bad(
        "json-both",
        "a condition as text and as base64url",
        91,
        lambda c: json_of(c, '{"i":"attorn-link', '{"i64":"_w","i":"attorn-link'),
        MALFORMED,
        ONE_FORM,
    ),
    bad("json-no-signature", "no signature", 91, lambda c: json_of(c, '"s64":', '"l":'), MALFORMED, ONE_FORM),
    bad(
        "json-sixty-five-caveats",
        "65 caveats",
        4,
        lambda c: mac.json_text(c.shown.plus(*[Caveat(b"x")] * 61)),
        LIMIT,
        BOUNDS,
    ),
    bad(
        "json-eighteen",
        "17 discharges",
        4,
        lambda c: json_of(c, "[{", "[" + '{"i":"x","s":"x"},' * 17 + "{"),
        LIMIT,
        BOUNDS,
    ),
    bad(
        "json-caveats-no-array",
        "caveats that are no array",
        91,
        lambda c: '{"i64":"_w","c":{"i":"x"},"s64":"_w"}',
        MALFORMED,
        ONE_FORM,
    ),
    bad(
        "json-caveats-number",
        "caveats that are a number",
        91,
        lambda c: '[{"i64":"_w","c":5,"s64":"_w"}]',
        MALFORMED,
        ONE_FORM,
    ),
    bad(
        "json-vid-is-text",
        "a verification id of 72 letters as base64url",
        91,
        lambda c: mac.json_text(c.shown.plus(Caveat(mac.ASK, b"v" * 72))),
        MALFORMED,
        ONE_FORM,
    ),
    bad("json-text", "a macaroon that is text", 91, lambda c: '["x"]', MALFORMED, ONE_FORM),
    bad(
        "json-number",
        "a condition that is a number",
        91,
        lambda c: json_of(c, '"c":[', '"c":[{"i":7},'),
        MALFORMED,
        ONE_FORM,
    ),
)
RECIPES: tuple[Callable[[World], Case], ...] = (*BYTES, *BOUND_CASES, *CAVEATS, *JSON)
