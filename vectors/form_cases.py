"""Containers, signatures, facts of links and presentation blocks, byte by byte, where all else is as it should be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from . import testkit as kit
from .case import Case
from .container_cases import in_container, in_first
from .presentation import Presentation
from .scene import Scene
from .testkit import P256_ORDER, Part, Signed, pb
from .world import World

PROTOBUF = "docs/spec/wire.md section 2: every message has exactly one encoding"
EXTERNAL = "docs/spec/wire.md section 2: an external signature of another form is malformed"
DER = "docs/spec/wire.md section 3: DER is the one minimal encoding"
ED25519 = "docs/spec/wire.md section 3: S is below the group order"
FACTS = "docs/spec/wire.md section 5: the facts of a block are read in this order"
ORDER = 2**252 + 27742317777372353535851937790883648493
"""Of Ed25519's group."""
LATEST = 253_402_300_799

Wire = Callable[[Scene], str]


def container(name: str, notes: str, wire: Wire, spec: str = PROTOBUF, attack: int = 8) -> Presentation:
    return Presentation(f"container/{name}", notes, attack, wire, "malformed", 1, spec=spec)


def proof(content: Callable[[Scene, Signed], bytes]) -> Wire:
    """The baseline, its proof's content made from the last block."""

    def wire(s: Scene) -> str:
        blocks = s.presented(s.three_links(), s.bob)
        return kit.url64(kit.container(blocks, content(s, blocks[-1])))

    return wire


def external(*fields: Callable[[Scene], bytes]) -> Wire:
    """An external signature of these fields on the first link."""

    def wire(s: Scene) -> str:
        inside = b"".join(field(s) for field in fields)
        return in_first(lambda p, k, sig, v: p + k + sig + pb(4, inside) + v)(s)

    return wire


def long(s: Scene, links: int) -> str:
    """A chain that goes back and forth between two people, presented by the last."""
    found: list[Signed] = []
    to = s.alice
    for position in range(links):
        by, to = (s.alice, s.planner) if position % 2 == 0 else (s.planner, s.alice)
        found = s.extend(found, by, to, [s.read] if position == 0 else [])
    return s.wire(found, to)


def key_fields(change: Callable[[int, bytes], bytes]) -> Wire:
    """The next key of the first link written in another way; nothing that is signed changes."""
    return lambda s: in_first(lambda p, k, sig, v: p + pb(2, change(0, s.planner.data)) + sig + v)(s)


def outside(s: Scene) -> bytes:
    return pb(1, s.mallory.sign(b"anything"))


CONTAINERS: tuple[Callable[[World], Case], ...] = (
    Presentation("container/valid-32-links", "as many links as there may be", None, lambda s: long(s, 32)),
    Presentation("container/33-links", "one link too many", 4, lambda s: long(s, 33), "limit_exceeded", 0),
    container("proof-unknown", "field 3 in the proof", proof(lambda s, last: pb(3, kit.seal(s.bob, last)))),
    container("proof-and-more", "two seals", proof(lambda s, last: pb(2, kit.seal(s.bob, last)) * 2)),
    container(
        "proof-under-another-number",
        "the seal in field 5",
        in_container(lambda blocks, seal: kit.container(blocks, b"")[:-2] + pb(5, seal)),
    ),
    container(
        "payload-under-another-number", "field 6 for the payload", in_first(lambda p, k, s, v: pb(6, p[3:]) + k + s + v)
    ),
    container("payload-missing", "no payload", in_first(lambda p, k, s, v: k + s + v)),
    container("key-missing", "no next key", in_first(lambda p, k, s, v: p + s + v)),
    container("signature-missing", "no signature", in_first(lambda p, k, s, v: p + k + v)),
    container("payload-alone", "a payload and nothing else", in_first(lambda p, k, s, v: p)),
    container("version-0", "version 0, written", in_first(lambda p, k, s, v: p + k + s + pb(5, 0)), attack=41),
    container("version-twice", "two versions", in_first(lambda p, k, s, v: p + k + s + v + v)),
    container("version-cut-short", "a tag and no version", in_first(lambda p, k, s, v: p + k + s + v[:1])),
    container("fixed32", "a version of four bytes", in_first(lambda p, k, s, v: p + k + s + b"\x2d\x01\0\0\0")),
    container(
        "key-algorithm-under-another-number", "field 3 for the algorithm", key_fields(lambda n, d: pb(3, n) + pb(2, d))
    ),
    container("key-algorithm-missing", "no algorithm", key_fields(lambda n, d: pb(2, d))),
    container(
        "key-algorithm-overlong", "the algorithm in two bytes", key_fields(lambda n, d: pb(1, n, pad=1) + pb(2, d))
    ),
    container("key-and-more", "a field behind the key", key_fields(lambda n, d: pb(1, n) + pb(2, d) + pb(3, 1))),
    container("key-short", "a key of 31 bytes", key_fields(lambda n, d: pb(1, n) + pb(2, d[:-1])), attack=17),
    container(
        "first-as-another",
        "the first block in the field of the others",
        in_container(lambda blocks, seal: b"".join(pb(3, block) for block in blocks) + pb(4, seal)),
    ),
    container("no-blocks", "a proof and nothing else", lambda s: kit.url64(pb(4, pb(2, bytes(64)))), attack=13),
    container(
        "external-and-more",
        "a field behind the external key",
        external(outside, lambda s: pb(2, s.mallory.message), lambda s: pb(3, 1)),
        EXTERNAL,
        73,
    ),
    container("external-no-key", "an external signature without a key", external(outside), EXTERNAL, 73),
    Presentation(
        "link/signature-external",
        "a well-formed external signature",
        73,
        external(outside, lambda s: pb(2, s.mallory.message)),
        "bad_signature",
        4,
    ),
)


def der(name: str, notes: str, write: Callable[[int, int], bytes], attack: int = 42) -> Presentation:
    """Carol's link, its signature written in another way: from an r that needs a zero in front, and the low s."""

    def wire(s: Scene) -> str:
        for number in range(64):
            (block,) = s.extend([], s.carol, s.dave, [s.read], id=s.world.octets(f"id {number}", 16))
            r, either = s.carol.sign_numbers(kit.payload_v1(block.payload, block.next_key, None))
            if r >> 255:
                made = replace(block, signature=write(r, min(either, P256_ORDER - either)))
                return s.wire([made], s.dave)
        raise ValueError("no r with its highest bit set")

    also: Callable[[Scene], dict[str, Any]] = lambda s: {"roots": [s.carol.did]}  # noqa: E731 - used once
    right = name.startswith("valid")
    verdict: tuple[Any, ...] = ("ok", None) if right else ("bad_signature", 4)
    full = f"link/{name}" if right else f"link/signature-der-{name}"
    return Presentation(full, notes, None if right else attack, wire, *verdict, also, DER)


def without_zero(r: int, s: int) -> bytes:
    """r as a negative integer."""
    body = b"\x02\x20" + r.to_bytes(32, "big") + kit.der_integer(s)
    return bytes((0x30, len(body))) + body


def r_and(r: int, rest: bytes) -> bytes:
    """r, and this for s."""
    body = kit.der_integer(r) + rest
    return bytes((0x30, len(body))) + body


def beyond_order(s: Scene) -> str:
    """S and the group order, which a check without that bound takes."""
    (block,) = s.extend([], s.alice, s.planner, [s.read])
    scalar = int.from_bytes(block.signature[32:], "little") + ORDER
    made = replace(block, signature=block.signature[:32] + scalar.to_bytes(32, "little"))
    return s.wire([made], s.planner)


SIGNATURES: tuple[Callable[[World], Case], ...] = (
    der("valid-der-high-bit", "an r that needs a zero in front", kit.der),
    der("negative", "r without its zero", without_zero),
    der("tag", "not a sequence", lambda r, s: b"\x31" + kit.der(r, s)[1:]),
    der("integer-tag", "a bit string for r", lambda r, s: kit.der(r, s)[:2] + b"\x03" + kit.der(r, s)[3:]),
    der("long-length", "the length in two bytes", lambda r, s: b"\x30\x81" + kit.der(r, s)[1:]),
    der(
        "length",
        "a length that is one too large",
        lambda r, s: b"\x30" + bytes((kit.der(r, s)[1] + 1,)) + kit.der(r, s)[2:],
    ),
    der("trailing", "a byte behind the sequence", lambda r, s: kit.der(r, s) + b"\0"),
    der(
        "trailing-inside",
        "a byte behind s",
        lambda r, s: bytes((0x30, kit.der(r, s)[1] + 1)) + kit.der(r, s)[2:] + b"\0",
    ),
    der("raw", "r and s of 32 bytes each", lambda r, s: r.to_bytes(32, "big") + s.to_bytes(32, "big")),
    der("zero-r", "r of 0", lambda r, s: kit.der(0, s)),
    der("zero-s", "s of 0", lambda r, s: kit.der(r, 0)),
    der("r-plus-order", "r and the order of the group", lambda r, s: kit.der(r + P256_ORDER, s)),
    der("empty", "no signature", lambda r, s: b""),
    der("s-empty", "s of no bytes", lambda r, s: r_and(r, b"\x02\x00")),
    der("s-missing", "s ends behind its length", lambda r, s: r_and(r, b"\x02\x20")),
    Presentation(
        "link/signature-ed25519-beyond-order",
        "S and the group order",
        41,
        beyond_order,
        "bad_signature",
        4,
        spec=ED25519,
    ),
)


def stated(name: str, notes: str, code: str, facts: Callable[[Scene, list[Part]], list[Part]]) -> Presentation:
    """A first link that states other facts, made from the right ones: user and link."""
    wire = lambda s: s.one_link(facts=facts(s, s.link_facts([], s.alice)))  # noqa: E731 - used once
    return Presentation(f"link/fact-{name}", notes, 76, wire, code, 1, spec=FACTS)


def second(name: str, notes: str, code: str, facts: Callable[[Scene], list[Part]]) -> Presentation:
    """A second link that states these facts."""
    wire = lambda s: s.delegated(facts=facts(s))  # noqa: E731 - used once
    return Presentation(f"link/fact-{name}", notes, 76, wire, code, 1, spec=FACTS)


def link(s: Scene, *more: Part, id: bytes | None = None, issued: Part | None = None) -> Part:
    return kit.fact("link", kit.octets(s.link_id(9) if id is None else id), issued or kit.date(s.issued), *more)


def named(name: str, notes: str, url: Callable[[Scene], str]) -> Presentation:
    """A delegate named by something that is no DID URL of a method."""
    return second(f"delegate-{name}", notes, "malformed", lambda s: [link(s, kit.text(url(s)))])


def purposes(name: str, notes: str, *facts: Part) -> Presentation:
    return stated(f"purpose-{name}", notes, "not_admitted", lambda s, right: [*right, *facts])


LINK_FACTS: tuple[Callable[[World], Case], ...] = (
    second("none", "a link without facts", "not_admitted", lambda s: []),
    second(
        "another-name",
        "a fact of another name for link",
        "not_admitted",
        lambda s: [kit.fact("links", kit.octets(s.link_id(9)), kit.date(s.issued))],
    ),
    second("one-term", "an id without a time", "not_admitted", lambda s: [kit.fact("link", kit.octets(s.link_id(9)))]),
    second(
        "four-terms",
        "two delegates",
        "not_admitted",
        lambda s: [link(s, kit.text(s.scout.did_jwk + "#0"), kit.text(s.scout.did_jwk + "#0"))],
    ),
    second("id-short", "an id of 15 bytes", "malformed", lambda s: [link(s, id=s.link_id(9)[:15])]),
    second(
        "id-text",
        "an id that is text",
        "malformed",
        lambda s: [kit.fact("link", kit.text("a" * 16), kit.date(s.issued))],
    ),
    second("issued-integer", "a time that is an integer", "malformed", lambda s: [link(s, issued=kit.num(s.issued))]),
    second(
        "issued-too-late", "a time after the year 9999", "malformed", lambda s: [link(s, issued=kit.date(LATEST + 1))]
    ),
    second(
        "delegate-bytes",
        "a delegate that is bytes",
        "malformed",
        lambda s: [link(s, kit.octets(s.scout.did_jwk.encode() + b"#0"))],
    ),
    second("user-again", "a user in the second link", "not_admitted", lambda s: [link(s), s.user()]),
    named("no-fragment", "a delegate named by a bare DID", lambda s: s.scout.did_jwk),
    named("empty-fragment", "a fragment of no characters", lambda s: s.scout.did_jwk + "#"),
    named("path", "a path before the fragment", lambda s: s.scout.did_jwk + "/a#0"),
    named("query", "a query before the fragment", lambda s: s.scout.did_jwk + "?a=b#0"),
    named("relative", "a fragment without its DID", lambda s: "#0"),
    named("not-ascii", "a letter beyond ASCII", lambda s: s.scout.did_jwk + "#\u00e9"),
    named("too-long", "more than 2,048 characters", lambda s: s.scout.did_jwk + "#" + "a" * 2048),
    stated(
        "user-number", "a user that is a number", "malformed", lambda s, right: [kit.fact("user", kit.num(1)), right[1]]
    ),
    stated(
        "user-two-terms",
        "two users in one fact",
        "not_admitted",
        lambda s, right: [kit.fact("user", kit.octets(s.alice.multikey), kit.octets(s.alice.multikey)), right[1]],
    ),
    stated(
        "user-another-name",
        "a fact of another name for user",
        "not_admitted",
        lambda s, right: [kit.fact("owner", kit.octets(s.alice.multikey)), right[1]],
    ),
    stated("user-behind", "the user behind the link", "not_admitted", lambda s, right: [right[1], right[0]]),
    stated(
        "user-did",
        "a user that is a bare DID",
        "malformed",
        lambda s, right: [kit.fact("user", kit.text(s.alice.did)), right[1]],
    ),
    purposes("two", "two purposes", kit.fact("purpose", kit.text("a")), kit.fact("purpose", kit.text("b"))),
    purposes("another-name", "a fact that looks like one the verifier supplies", kit.fact("operation", kit.text("a"))),
    purposes("two-terms", "two sentences in one", kit.fact("purpose", kit.text("a"), kit.text("b"))),
    purposes("number", "a number for a sentence", kit.fact("purpose", kit.num(1))),
    purposes("empty", "no sentence", kit.fact("purpose", kit.text(""))),
    purposes("long", "501 characters", kit.fact("purpose", kit.text("a" * 501))),
    purposes("line", "a line feed in it", kit.fact("purpose", kit.text("a\nb"))),
    purposes("hidden", "a character that moves what stands beside it", kit.fact("purpose", kit.text("a\u202eb"))),
    Presentation(
        "link/valid-purpose",
        "500 characters, a no-break space among them",
        None,
        lambda s: s.one_link(facts=[*s.link_facts([], s.alice), kit.fact("purpose", kit.text("\u00a0" + "a" * 499))]),
        spec=FACTS,
    ),
)
RECIPES: tuple[Callable[[World], Case], ...] = (*CONTAINERS, *SIGNATURES, *LINK_FACTS)
