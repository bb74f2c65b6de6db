"""The second format: keys, links, presentations and discharges of Macaroons."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from . import macaroons as mac
from . import testkit as kit
from .case import Case
from .macaroon_cast import Cast
from .presentation import Presentation
from .scene import Scene
from .world import World

PAGE = "docs/spec/macaroon.md section "
FEW = kit.check(
    kit.query(
        kit.pred("number", kit.text("limit"), kit.var("0"), kit.var("1")),
        where=[kit.expr(kit.value(kit.var("1")), kit.value(kit.num(5)), kit.LESS_OR_EQUAL)],
    )
)
ONE_USE = kit.check(kit.query(kit.pred("max_uses", kit.num(1))))


Wire = Callable[[Cast], str]
Also = Callable[[Scene], dict[str, Any]]


def _keyed(also: Also | None) -> Also:
    return lambda s: {"macaroon_keys": [kit.url64(s.secret)], **(also(s) if also else {})}


def good(name: str, notes: str, wire: Wire, also: Also | None = None, section: str = "7") -> Presentation:
    spec = f"{PAGE}{section}: every check is passed"
    return Presentation(f"macaroon/valid-{name}", notes, None, lambda s: wire(Cast(s)), "ok", None, _keyed(also), spec)


def bad(
    name: str, notes: str, attack: int, wire: Wire, verdict: tuple[str, int], section: str, also: Also | None = None
) -> Presentation:
    code, step = verdict
    return Presentation(
        f"macaroon/{name}", notes, attack, lambda s: wire(Cast(s)), code, step, _keyed(also), PAGE + section
    )


UNTRUSTED = ("untrusted_root", 2)
FORGED = ("bad_signature", 4)
NOT_ADMITTED = ("not_admitted", 1)
MALFORMED = ("malformed", 1)
BROKEN = ("broken_chain", 5)


def at(data: str, old: bytes, new: bytes) -> str:
    """The wire with these bytes, which stand in it once, changed."""
    found = kit.base64.urlsafe_b64decode(data + "=" * (-len(data) % 4))
    if found.count(old) != 1:
        raise ValueError("the bytes to be changed do not stand there once")
    return kit.url64(found.replace(old, new))


def head(c: Cast, change: Callable[[bytes], bytes]) -> str:
    """The presentation, its identifier's field written in another way."""
    field = mac.field(2, c.base.identifier)
    return at(mac.text(c.shown), field, change(field))


def high_s(c: Cast) -> str:
    first = mac.link(c.base, c.scene.alice, c.to_p256[0])
    return mac.text(c.presented(mac.link(first, c.scene.carol, c.to_p256[1], low=False), c.to_p256, c.scene.scout))


def text_as_base64url(c: Cast) -> str:
    first = c.shown.caveats[0].id
    return mac.json_text(c.shown).replace(f'"i":"{first.decode()}"', f'"i64":"{kit.url64(first)}"', 1)


def of_a_biscuit(c: Cast) -> str:
    s = c.scene
    block = c.two[0]
    return mac.text(c.presented(c.base.plus(mac.link_caveat(block, block.signature)), c.two[:1], s.planner))


def between(c: Cast) -> str:
    """A condition of another kind between two links."""
    first = mac.link(c.base, c.scene.alice, c.two[0]).plus(mac.Caveat(b"time < 2030"))
    return mac.text(c.presented(mac.link(first, c.scene.planner, c.two[1]), c.two, c.scene.scout))


def dropped(c: Cast) -> str:
    left = (c.shown.caveats[0], *c.shown.caveats[2:])
    return mac.text(replace(c.shown, caveats=left, written=c.shown.signature))


def delete(s: Scene) -> dict[str, Any]:
    return {"action": f"{s.namespace}:delete", "args": {}}


GOOD: tuple[Callable[[World], Case], ...] = (
    good("three-links", "three links and a presentation", lambda c: mac.text(c.shown)),
    good("json", "the same in JSON", lambda c: mac.json_text(c.shown), section="1"),
    good(
        "p256",
        "a delegate with a P-256 key",
        lambda c: mac.text(c.presented(c.chained(c.to_p256, (c.scene.alice, c.scene.carol)), c.to_p256, c.scene.scout)),
    ),
    good(
        "location",
        "a location, which nothing authenticates",
        lambda c: mac.text(replace(c.shown, location=b"here")),
        section="1",
    ),
    good(
        "rotated",
        "a verifier with an old key beside the new one",
        lambda c: mac.text(c.presented(c.chained(base=c.based(c.scene.old_secret)))),
        lambda s: {"macaroon_keys": [kit.url64(s.secret), kit.url64(s.old_secret)]},
    ),
    good("discharge", "a third party agrees", lambda c: c.met(), section="6"),
    good(
        "discharge-caveats",
        "a third party agrees, to no more than was asked",
        lambda c: c.met(mac.caveats([c.scene.read])),
        section="6",
    ),
)
KEY_CASES: tuple[Callable[[World], Case], ...] = (
    bad(
        "no-key",
        "a verifier without keys",
        94,
        lambda c: mac.text(c.shown),
        UNTRUSTED,
        "7: the identifier names a key of this verifier",
        lambda s: {"macaroon_keys": []},
    ),
    bad(
        "other-key",
        "a key that did not make it",
        94,
        lambda c: mac.text(c.shown),
        UNTRUSTED,
        "7: the identifier names a key of this verifier",
        lambda s: {"macaroon_keys": [kit.url64(s.friend)]},
    ),
    bad(
        "key-named-falsely",
        "our key's name on a base of another",
        94,
        lambda c: mac.text(c.presented(c.chained(base=c.based(c.scene.old_secret, c.base.identifier)))),
        FORGED,
        "7: the MAC over every caveat",
    ),
    bad(
        "identifier-long",
        "an identifier of 25 bytes",
        94,
        lambda c: mac.text(c.presented(c.chained(base=c.based(c.scene.secret, c.base.identifier + b"\0")))),
        UNTRUSTED,
        "2: the name of the key and 16 bytes",
    ),
    bad(
        "root",
        "a user who is not trusted",
        62,
        lambda c: mac.text(c.shown),
        UNTRUSTED,
        "7: the root is trusted for this resource",
        lambda s: {"roots": [s.mallory.did]},
    ),
)
LINK_CASES: tuple[Callable[[World], Case], ...] = (
    bad("base", "a base without a link", 58, lambda c: mac.text(c.base), NOT_ADMITTED, "7: there is a link"),
    bad(
        "in-transit",
        "a token without a presentation",
        85,
        lambda c: mac.text(c.chain),
        ("not_holder", 8),
        "7: there is a presentation",
    ),
    bad(
        "thief",
        "presented by another key",
        85,
        lambda c: mac.text(c.presented(c.chain, holder=c.scene.mallory)),
        FORGED,
        "5: the holder signs",
    ),
    bad(
        "presented-as-a-link",
        "the holder's signature under the tag of links",
        59,
        lambda c: mac.text(mac.present(c.chain, c.scene.bob, c.scene.presented(c.links, c.scene.bob)[-1], tag=b"LINK")),
        FORGED,
        "5: what the holder signs, tag included",
    ),
    bad(
        "link-of-another-token",
        "the first link of a token with another id, under a right MAC",
        58,
        lambda c: mac.text(
            c.base.plus(c.chained(c.scene.three_links(id=c.scene.other_id)).caveats[0], *c.shown.caveats[1:])
        ),
        FORGED,
        "3: the transcript stands for everything before",
    ),
    bad(
        "moved-to-another-base",
        "all caveats on another base of the same server",
        58,
        lambda c: mac.text(c.based(c.scene.secret, mac.named(c.scene.secret, c.scene.other_id)).plus(*c.shown.caveats)),
        FORGED,
        "3: the transcript begins with the identifier",
    ),
    bad(
        "link-of-a-biscuit",
        "a link with the signature that the same block has in a Biscuit",
        58,
        of_a_biscuit,
        FORGED,
        "3: what is signed, tag included",
    ),
    bad("high-s", "a link with the larger s", 42, high_s, FORGED, "3: low s"),
    bad(
        "condition-between",
        "a condition that is no link, signed over",
        91,
        between,
        NOT_ADMITTED,
        "7: a condition is a link or a presentation",
    ),
    bad(
        "condition-behind",
        "a condition behind the presentation",
        63,
        lambda c: mac.text(c.shown.plus(mac.Caveat(b"x"))),
        NOT_ADMITTED,
        "7: nothing stands behind the presentation",
    ),
    bad(
        "caveat-dropped",
        "a link dropped, and the MAC kept",
        94,
        dropped,
        FORGED,
        "7: the MAC over every caveat",
    ),
    bad(
        "replayed-in-json",
        "used before in binary",
        80,
        lambda c: mac.json_text(c.shown),
        ("replayed", 8),
        "7: from step 2 on all is the same",
        lambda s: {"before": [mac.text(Cast(s).shown)]},
    ),
    bad(
        "revoked",
        "the second link ended by its delegator",
        71,
        lambda c: mac.text(c.shown),
        ("revoked", 7),
        "7: from step 2 on all is the same",
        lambda s: {"revocations": [s.revocation(s.link_id(2), s.planner)]},
    ),
    bad(
        "denied",
        "an action that no link allows",
        65,
        lambda c: mac.text(c.presented(c.chain, request=c.scene.digest(**delete(c.scene)))),
        ("denied", 9),
        "7: from step 2 on all is the same",
        lambda s: {"request": s.request(**delete(s))},
    ),
)
DISCHARGE = "6: a discharge for each caveat of a third party, bound, and no other"
CONDITIONS = "6: a discharge has conditions of two kinds and no others"


def refused(name: str, notes: str, attack: int, verdict: tuple[str, int], *conditions: bytes) -> Presentation:
    """A discharge that holds what it must not."""
    return bad(name, notes, attack, lambda c: c.met(*conditions), verdict, CONDITIONS)


def stating(c: Cast) -> str:
    return c.met(mac.caveats([c.scene.read], [kit.fact("operation", kit.text(c.scene.action))]))


def bound_elsewhere(c: Cast) -> str:
    other = c.presented(c.demanding, c.two, c.scene.scout, id=c.scene.other_id)
    return mac.text(c.asked, mac.bind(other, c.discharge()))


def nested(c: Cast) -> str:
    inner = mac.demand(c.discharge(), c.scene.friend, b"more")
    return mac.text(c.asked, mac.bind(c.asked, inner))


DISCHARGE_CASES: tuple[Callable[[World], Case], ...] = (
    bad("undischarged", "no discharge", 89, lambda c: mac.text(c.asked), BROKEN, DISCHARGE),
    bad("discharge-unbound", "not bound", 89, lambda c: mac.text(c.asked, c.discharge()), FORGED, DISCHARGE),
    bad(
        "discharge-of-another",
        "bound to another presentation of the same token",
        89,
        bound_elsewhere,
        FORGED,
        DISCHARGE,
    ),
    bad(
        "discharge-twice",
        "the same one twice",
        89,
        lambda c: mac.text(c.asked, *[mac.bind(c.asked, c.discharge())] * 2),
        BROKEN,
        DISCHARGE,
    ),
    bad(
        "discharge-not-asked",
        "one that no caveat asks for",
        89,
        lambda c: mac.text(c.shown, mac.bind(c.shown, c.discharge())),
        BROKEN,
        DISCHARGE,
    ),
    bad("discharge-nested", "one that demands a discharge itself", 89, nested, NOT_ADMITTED, DISCHARGE),
    refused("discharge-unknown", "a condition of another kind", 91, NOT_ADMITTED, b"time < 2030"),
    bad("discharge-facts", "a block that states a fact", 76, stating, NOT_ADMITTED, CONDITIONS),
    refused("discharge-count", "a count, which has no account", 91, NOT_ADMITTED, mac.caveats([ONE_USE])),
    refused("discharge-nothing", "a block that demands nothing", 91, NOT_ADMITTED, mac.caveats()),
    refused("discharge-prohibits", "at most 5, and 10 are asked for", 89, ("denied", 9), mac.caveats([FEW])),
)
ONE_FORM = "1: one macaroon has one encoding"
FORM_CASES: tuple[Callable[[World], Case], ...] = (
    bad(
        "varint",
        "a length that is not in its shortest form",
        91,
        lambda c: head(c, lambda field: b"\x02\x98\0" + field[2:]),
        MALFORMED,
        ONE_FORM,
    ),
    bad(
        "field-order",
        "the location behind the identifier",
        92,
        lambda c: head(c, lambda field: field + b"\x01\x01x"),
        MALFORMED,
        ONE_FORM,
    ),
    bad("identifier-twice", "two identifiers", 92, lambda c: head(c, lambda f: f + f), MALFORMED, ONE_FORM),
    bad(
        "version-1",
        "a macaroon of version 1",
        91,
        lambda c: kit.url64(b"0016location here\n"),
        MALFORMED,
        ONE_FORM,
    ),
    bad(
        "json-member",
        "an unknown member",
        92,
        lambda c: mac.json_text(c.shown).replace("{", '{"v":2,', 1),
        MALFORMED,
        "1: no other members",
    ),
    bad(
        "json-text-as-base64url",
        "bytes that are text, not written as text",
        44,
        text_as_base64url,
        MALFORMED,
        "1: the other way of writing the same bytes is refused",
    ),
)
RECIPES: tuple[Callable[[World], Case], ...] = (*GOOD, *KEY_CASES, *LINK_CASES, *DISCHARGE_CASES, *FORM_CASES)
