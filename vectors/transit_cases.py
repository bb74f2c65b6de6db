"""Tokens in transit: what whoever is handed one must notice before passing it on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from . import testkit as kit
from .case import Case
from .scene import Scene, in_transit, sealed
from .testkit import P256_ORDER, Key, Part, Signed, check, pb, pred, query
from .transit import InTransit
from .world import World

WIRE = "docs/spec/wire.md section 2: whoever reads tokens in transit refuses a proof that is not empty"
EXTERNAL = "docs/spec/wire.md section 2: an external signature on the first block is malformed in transit"
PROTOBUF = "docs/spec/wire.md section 2: every message has exactly one encoding"

Text = Callable[[Scene], str]
Also = Callable[[Scene], dict[str, Any]]


def people(s: Scene) -> list[Key]:
    return [s.alice, s.planner, s.scout, s.bob]


def two(s: Scene) -> list[Key]:
    return [s.alice, s.planner, s.scout]


def good(
    family: str, name: str, notes: str, text: Text, who: Callable[[Scene], list[Key]] | None, also: Also | None = None
) -> InTransit:
    return InTransit(f"{family}/token-valid-{name}", notes, None, text, also=also, people=who)


def malformed(name: str, notes: str, attack: int, text: Text, spec: str = PROTOBUF) -> InTransit:
    return InTransit(f"container/token-{name}", notes, attack, text, "malformed", 1, spec=spec)


def forged(name: str, notes: str, attack: int, text: Text, also: Also | None = None) -> InTransit:
    return InTransit(f"link/token-{name}", notes, attack, text, "bad_signature", 4, also)


def chain(
    name: str, notes: str, attack: int, text: Text, verdict: tuple[str, int | None], also: Also | None = None
) -> InTransit:
    return InTransit(f"chain/token-{name}", notes, attack, text, *verdict, also)


def three(take: Callable[[list[Signed]], list[Signed]]) -> Text:
    """Of three links these."""
    return lambda s: in_transit(take(s.three_links()))


def put_together(edit: Callable[[list[bytes]], bytes]) -> Text:
    """The container made anew from the messages of three links."""
    return lambda s: kit.url64(edit([block.message for block in s.three_links()]))


def one(s: Scene, *checks: Part, **link: Any) -> str:
    return in_transit(s.extend([], s.alice, s.planner, [s.read, *checks], **link))


def passed(s: Scene, *checks: Part, parent: tuple[Part, ...] = (), **link: Any) -> str:
    return in_transit(s.two_links(*checks, parent=parent, **link))


def long(s: Scene, links: int) -> str:
    """A chain that goes back and forth between two people."""
    found: list[Signed] = []
    for position in range(links):
        by, to = (s.alice, s.planner) if position % 2 == 0 else (s.planner, s.alice)
        found = s.extend(found, by, to, [s.read] if position == 0 else [])
    return in_transit(found)


def externally(s: Scene, position: int) -> str:
    """Three links, one of them with a well-formed external signature as well."""
    messages = [block.message for block in s.three_links()]
    p, k, v = (block := s.three_links()[position]).fields()[:2], block.fields()[2], block.fields()[3]
    outside = pb(1, s.mallory.sign(block.payload)) + pb(2, s.mallory.message)
    messages[position] = b"".join(p) + k + pb(4, outside) + v
    return in_transit(messages)


def in_second(edit: Callable[[Signed], Signed]) -> Text:
    return three(lambda links: [links[0], edit(links[1]), links[2]])


def high_s(s: Scene) -> str:
    (block,) = s.extend([], s.carol, s.dave, [s.read])
    r, either = s.carol.sign_numbers(kit.payload_v1(block.payload, block.next_key, None))
    low = min(either, P256_ORDER - either)
    return in_transit([replace(block, signature=kit.der(r, P256_ORDER - low))])


def by_carol(s: Scene) -> dict[str, Any]:
    return {"roots": [s.carol.did]}


def without_first(s: Scene) -> str:
    """The second link alone, which needs no symbol of the first."""
    (first,) = s.extend([], s.alice, s.planner, [s.read])
    facts = s.link_facts([first], s.planner)
    return in_transit(s.extend([], s.planner, s.scout, [s.read], facts=facts, previous=first.signature))


def fresh(s: Scene) -> Part:
    return check(query(pred("fresh_list", kit.text(s.alice.did))))


def saying(*said: Text) -> Also:
    return lambda s: {"revocations": [each(s) for each in said]}


CONTAINER: tuple[Callable[[World], Case], ...] = (
    good("container", "three-links", "three links and an empty proof", three(list), people),
    good("container", "32-links", "as many as there may be", lambda s: long(s, 32), None),
    malformed("sealed", "a seal in place of the empty proof", 63, lambda s: sealed(s.three_links(), s.bob), WIRE),
    malformed(
        "secret",
        "a bearer's secret in place of the empty proof",
        63,
        lambda s: kit.url64(kit.container(s.three_links(), pb(1, s.bob.seed))),
        WIRE,
    ),
    malformed("presentation", "a presentation, good in itself", 77, Scene.baseline, WIRE),
    malformed("external-first", "an external signature on the first link", 73, lambda s: externally(s, 0), EXTERNAL),
    malformed(
        "root-key-id",
        "an unsigned hint",
        75,
        lambda s: kit.url64(kit.container(s.three_links(), b"", head=pb(1, 1))),
        "docs/spec/wire.md section 2: rootKeyId is malformed, since nothing signs it",
    ),
    malformed(
        "trailing", "a byte behind the proof", 12, put_together(lambda blocks: kit.container(blocks, b"", tail=b"\0"))
    ),
    malformed("no-proof", "no proof at all", 8, put_together(lambda blocks: kit.container(blocks, b"")[:-2])),
    malformed("no-block", "a proof and nothing else", 13, lambda s: kit.url64(pb(4, b""))),
    malformed(
        "proof-first", "the proof before the links", 8, put_together(lambda b: pb(4, b"") + kit.container(b, b""))
    ),
    malformed(
        "padded-proof",
        "the length of the proof in two bytes",
        8,
        put_together(lambda blocks: kit.container(blocks, b"")[:-1] + b"\x80\x00"),
    ),
    malformed(
        "version-0-written",
        "signature version 0, written",
        41,
        in_second(lambda block: replace(block, version=0)),
        "docs/spec/wire.md section 2: a version that is written as 0 is malformed",
    ),
    InTransit("container/token-33-links", "one link too many", 4, lambda s: long(s, 33), "limit_exceeded", 0),
    InTransit(
        "container/token-text-too-long",
        "65,537 characters",
        4,
        lambda s: "A" * 65_537,
        "limit_exceeded",
        0,
        spec="docs/spec/wire.md section 1: the text is measured before it is decoded",
    ),
    InTransit(
        "container/token-presentation-in-transit",
        "a presentation block, and an empty proof behind it",
        59,
        lambda s: in_transit(s.presented(s.three_links(), s.bob)),
        "not_admitted",
        1,
    ),
)
LINKS: tuple[Callable[[World], Case], ...] = (
    good(
        "link",
        "p256",
        "P-256 throughout",
        lambda s: in_transit(s.extend([], s.carol, s.dave, [s.read])),
        lambda s: [s.carol, s.dave],
        by_carol,
    ),
    good(
        "link",
        "unknown-caveat",
        "a caveat that nobody knows: none is asked",
        lambda s: one(s, check(query(pred("weather", kit.text("fine"))))),
        lambda s: [s.alice, s.planner],
    ),
    good(
        "link",
        "did-jwk",
        "a delegate that is a did:jwk",
        lambda s: one(s, method=s.planner.did_jwk + "#0"),
        None,
    ),
    InTransit(
        "link/token-untrusted-root",
        "another user's token",
        75,
        lambda s: in_transit(s.extend([], s.mallory, s.planner, [s.read])),
        "untrusted_root",
        2,
    ),
    InTransit(
        "link/token-no-roots", "nobody is trusted", 75, three(list), "untrusted_root", 2, lambda s: {"roots": []}
    ),
    InTransit(
        "link/token-did-jwk-of-another",
        "another key than the token binds",
        28,
        lambda s: one(s, method=s.mallory.did_jwk + "#0"),
        "unresolved_principal",
        3,
    ),
    InTransit(
        "link/token-nobody-to-ask",
        "a did:web without a server",
        40,
        lambda s: one(s, method=s.did_web("planner host", "planner") + "#k1"),
        "unresolved_principal",
        3,
    ),
    forged(
        "root-claim",
        "signed by another, naming alice",
        75,
        lambda s: in_transit(s.extend([], s.mallory, s.planner, [s.read], user=kit.octets(s.alice.multikey))),
    ),
    forged("version-left-out", "version 1, labelled 0", 41, in_second(lambda block: replace(block, version=None))),
    forged("version-2", "a version that is not known", 41, in_second(lambda block: replace(block, version=2))),
    forged("external-second", "an external signature on the second link", 73, lambda s: externally(s, 1)),
    forged("high-s", "the high-S twin of a P-256 signature", 43, high_s, by_carol),
    forged(
        "signature-cut",
        "a signature of 63 bytes",
        41,
        in_second(lambda block: replace(block, signature=block.signature[:-1])),
    ),
    forged("middle-dropped", "a link left out", 61, three(lambda links: [links[0], links[2]])),
    forged("reordered", "second and third link swapped", 60, three(lambda links: [links[0], links[2], links[1]])),
    forged("link-twice", "a link repeated", 62, three(lambda links: [*links, links[2]])),
    forged(
        "splice",
        "the first link of another token",
        58,
        lambda s: in_transit([s.three_links(id=s.other_id)[0], *s.three_links()[1:]]),
    ),
    forged(
        "stranger",
        "extended by somebody who does not hold it",
        64,
        lambda s: in_transit(s.extend(s.three_links(), s.mallory, s.scout)),
    ),
    forged(
        "next-key",
        "another delegate than was signed",
        64,
        lambda s: in_transit([*s.three_links()[:2], replace(s.three_links()[2], next_key=s.mallory)]),
    ),
    InTransit(
        "link/token-first-dropped",
        "a chain without its beginning",
        61,
        without_first,
        "not_admitted",
        1,
        spec="docs/spec/wire.md section 5: in the first block, the first fact is user",
    ),
)
BROKEN, OUTSIDE = ("broken_chain", 5), ("outside_validity", 6)
CHAINS: tuple[Callable[[World], Case], ...] = (
    good("chain", "depth", "one delegation, one allowed", lambda s: passed(s, parent=(kit.max_depth(1),)), two),
    good("chain", "last-second", "ends in a second", lambda s: passed(s, kit.expires(s.now + 1)), two),
    good("chain", "first-second", "begins now", lambda s: passed(s, kit.not_before(s.now)), two),
    good(
        "chain",
        "outlives",
        "ends after its parent: the earlier end holds",
        lambda s: passed(s, kit.expires(s.now + 900), parent=(kit.expires(s.now + 9),)),
        two,
    ),
    good("chain", "skew-future", "issued 60 seconds from now", lambda s: passed(s, issued=s.now + 60), two),
    good(
        "chain",
        "skew-parent",
        "issued 60 seconds before its parent",
        lambda s: passed(s, issued=s.issued + 1 - 60),
        two,
    ),
    good(
        "chain",
        "revoked-by-delegate",
        "the second link, revoked by its delegate, who may not",
        passed,
        two,
        saying(lambda s: s.revocation(s.link_id(2), s.scout)),
    ),
    good(
        "chain",
        "fresh-list",
        "depends on a list that is known",
        lambda s: one(s, fresh(s)),
        None,
        saying(lambda s: s.revocation_list(s.alice, [])),
    ),
    good(
        "chain",
        "used-up",
        "uses are not counted here",
        lambda s: passed(s, check(query(pred("max_uses", kit.num(1))))),
        two,
    ),
    chain("same-id", "two links with one id", 62, lambda s: passed(s, id=s.link_id(1)), BROKEN),
    chain("too-deep", "one delegation, none allowed", 66, lambda s: passed(s, parent=(kit.max_depth(0),)), BROKEN),
    chain("deep-by-itself", "a link that its own MaxDepth forbids", 66, lambda s: passed(s, kit.max_depth(0)), BROKEN),
    chain("expired", "ended this very second", 70, lambda s: passed(s, kit.expires(s.now)), OUTSIDE),
    chain("not-yet", "begins in a second", 70, lambda s: passed(s, kit.not_before(s.now + 1)), OUTSIDE),
    chain(
        "parent-expired",
        "the parent ended, the child has not",
        69,
        lambda s: passed(s, kit.expires(s.now + 900), parent=(kit.expires(s.now),)),
        OUTSIDE,
    ),
    chain("issued-ahead", "issued 61 seconds from now", 69, lambda s: passed(s, issued=s.now + 61), OUTSIDE),
    chain(
        "issued-before-parent",
        "issued 61 seconds before its parent",
        69,
        lambda s: passed(s, issued=s.issued + 1 - 61),
        OUTSIDE,
    ),
    chain(
        "revoked",
        "by its delegator",
        71,
        passed,
        ("revoked", 7),
        saying(lambda s: s.revocation(s.link_id(2), s.planner)),
    ),
    chain(
        "suspended",
        "its holder, by the root",
        71,
        passed,
        ("suspended", 7),
        saying(lambda s: s.life(s.scout.did, "suspend", s.alice, 5)),
    ),
    chain(
        "deprovisioned",
        "its delegator, by the root",
        71,
        passed,
        ("deprovisioned", 7),
        saying(lambda s: s.life(s.planner.did, "deprovision", s.alice, 2**53 - 1)),
    ),
    chain(
        "unknown-list", "depends on a list, and none is known", 107, lambda s: one(s, fresh(s)), ("stale_status", None)
    ),
)


RECIPES: tuple[Callable[[World], Case], ...] = (*CONTAINER, *LINKS, *CHAINS)
