"""The second format: keys, links, presentations and discharges of Macaroons."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from vectors import macaroons as mac
from vectors import testkit as kit
from vectors.macaroons import Macaroon
from vectors.scenario import Case
from vectors.testkit import ALICE, BOB, CAROL_P256, MALLORY, PLANNER, SCOUT

KEYS = (kit.url64(mac.SECRET),)
READ = kit.actions(kit.ACTION)
LINKS = kit.three_links()
SIGNERS = (ALICE, PLANNER, SCOUT)
BASE = mac.base()
BAD_SIGNATURE = ("bad_signature", 4)
UNTRUSTED = ("untrusted_root", 2)
NOT_ADMITTED = ("not_admitted", 1)
NOT_HOLDER = ("not_holder", 8)
BROKEN = ("broken_chain", 5)
MALFORMED = ("malformed", 1)
DENIED = ("denied", 9)
REPLAYED = ("replayed", 8)
REVOKED = ("revoked", 7)


def chained(links: list[kit.Signed] = LINKS, signers: tuple[kit.Key, ...] = SIGNERS, base: Macaroon = BASE) -> Macaroon:
    """These links on a base, each signed by whoever is said to."""
    for signer, block in zip(signers, links, strict=True):
        base = mac.link(base, signer, block)
    return base


def presented(macaroon: Macaroon, links: list[kit.Signed] = LINKS, holder: kit.Key = BOB, **more: Any) -> Macaroon:
    return mac.present(macaroon, holder, kit.presented(links, holder, **more)[-1])


CHAIN = chained()
SHOWN = presented(CHAIN)
TWIN = kit.three_links(id=bytes(16))
LONE = kit.extend([], ALICE, PLANNER, [READ])
SECOND = kit.extend(LONE, PLANNER, SCOUT, [READ])
DEMANDING = mac.link(mac.demand(chained(LONE, (ALICE,))), PLANNER, SECOND[1])
ASKED = presented(DEMANDING, SECOND, SCOUT)
P256 = kit.extend(kit.extend([], ALICE, CAROL_P256, [READ]), CAROL_P256, SCOUT, [READ])
FEW = kit.check(
    kit.query(
        kit.pred("number", kit.text("limit"), kit.var("0"), kit.var("1")),
        where=[kit.expr(kit.value(kit.var("1")), kit.value(kit.num(5)), kit.LESS_OR_EQUAL)],
    )
)
ONE_USE = kit.check(kit.query(kit.pred("max_uses", kit.num(1))))


def met(*conditions: bytes) -> str:
    """The presentation with its discharge, bound, which holds these conditions."""
    return mac.text(ASKED, mac.bind(ASKED, mac.discharge(*conditions)))


def good(name: str, notes: str, wire: str, **more: Any) -> Case:
    return Case(f"macaroon/{name}", notes, None, wire, **{"macaroon_keys": KEYS, **more})


def bad(name: str, notes: str, attack: int, wire: str, verdict: tuple[str, int], **more: Any) -> Case:
    return Case(f"macaroon/{name}", notes, attack, wire, *verdict, **{"macaroon_keys": KEYS, **more})


def high_s() -> Macaroon:
    first = mac.link(BASE, ALICE, P256[0])
    return presented(mac.link(first, CAROL_P256, P256[1], low=False), P256, SCOUT)


def at(data: str, old: bytes, new: bytes) -> str:
    """The wire with these bytes, which stand in it once, changed."""
    found = kit.base64.urlsafe_b64decode(data + "=" * (-len(data) % 4))
    if found.count(old) != 1:
        raise ValueError("the bytes to be changed do not stand there once")
    return kit.url64(found.replace(old, new))


NEXT_BASE = mac.base(identifier=mac.named(drawn=bytes(16)))
HEAD = mac.field(2, BASE.identifier)
WIRE = mac.text(SHOWN)
GOOD: tuple[Case, ...] = (
    good("valid", "three links and a presentation", WIRE),
    good("valid-json", "the same in JSON", mac.json_text(SHOWN)),
    good(
        "valid-p256",
        "a delegate with a P-256 key",
        mac.text(presented(chained(P256, (ALICE, CAROL_P256)), P256, SCOUT)),
    ),
    good("valid-location", "a location, which nothing authenticates", mac.text(replace(SHOWN, location=b"here"))),
    good(
        "valid-rotated",
        "a verifier with an old key beside the new one",
        mac.text(presented(chained(base=mac.base(mac.OLD_SECRET)))),
        macaroon_keys=(*KEYS, kit.url64(mac.OLD_SECRET)),
    ),
    good("valid-discharge", "a third party agrees", met()),
    good("valid-discharge-caveats", "a third party agrees, to no more than was asked", met(mac.caveats([READ]))),
)
KEY_CASES: tuple[Case, ...] = (
    bad("no-key", "a verifier without keys", 94, WIRE, UNTRUSTED, macaroon_keys=()),
    bad("other-key", "a key that did not make it", 94, WIRE, UNTRUSTED, macaroon_keys=(kit.url64(mac.FRIEND),)),
    bad(
        "key-named-falsely",
        "our key's name on a base of another",
        94,
        mac.text(presented(chained(base=mac.base(mac.OLD_SECRET, BASE.identifier)))),
        BAD_SIGNATURE,
    ),
    bad(
        "identifier-long",
        "an identifier of 25 bytes",
        94,
        mac.text(presented(chained(base=mac.base(identifier=BASE.identifier + b"\0")))),
        UNTRUSTED,
    ),
    bad("root", "a user who is not trusted", 62, WIRE, UNTRUSTED, roots=(MALLORY.did,)),
)
LINK_CASES: tuple[Case, ...] = (
    bad("base", "a base without a link", 58, mac.text(BASE), NOT_ADMITTED),
    bad("in-transit", "a token without a presentation", 85, mac.text(CHAIN), NOT_HOLDER),
    bad("thief", "presented by another key", 85, mac.text(presented(CHAIN, holder=MALLORY)), BAD_SIGNATURE),
    bad(
        "presented-as-a-link",
        "the holder's signature under the tag of links",
        59,
        mac.text(mac.present(CHAIN, BOB, kit.presented(LINKS, BOB)[-1], tag=b"LINK")),
        BAD_SIGNATURE,
    ),
    bad(
        "link-of-another-token",
        "the first link of a token with another id, under a right MAC",
        58,
        mac.text(BASE.plus(chained(TWIN).caveats[0], *SHOWN.caveats[1:])),
        BAD_SIGNATURE,
    ),
    bad(
        "moved-to-another-base",
        "all caveats on another base of the same server",
        58,
        mac.text(NEXT_BASE.plus(*SHOWN.caveats)),
        BAD_SIGNATURE,
    ),
    bad(
        "link-of-a-biscuit",
        "a link with the signature that the same block has in a Biscuit",
        58,
        mac.text(presented(BASE.plus(mac.link_caveat(LONE[0], LONE[0].signature)), LONE, PLANNER)),
        BAD_SIGNATURE,
    ),
    bad("high-s", "a link with the larger s", 42, mac.text(high_s()), BAD_SIGNATURE),
    bad(
        "condition-between",
        "a condition that is no link, signed over",
        91,
        mac.text(
            presented(
                mac.link(mac.link(BASE, ALICE, SECOND[0]).plus(mac.Caveat(b"time < 2030")), PLANNER, SECOND[1]),
                SECOND,
                SCOUT,
            )
        ),
        NOT_ADMITTED,
    ),
    bad(
        "condition-behind",
        "a condition behind the presentation",
        63,
        mac.text(SHOWN.plus(mac.Caveat(b"x"))),
        NOT_ADMITTED,
    ),
    bad(
        "caveat-dropped",
        "a link dropped, and the MAC kept",
        94,
        mac.text(replace(SHOWN, caveats=(SHOWN.caveats[0], *SHOWN.caveats[2:]), written=SHOWN.signature)),
        BAD_SIGNATURE,
    ),
    bad(
        "replayed-in-json",
        "used before in binary",
        80,
        mac.json_text(SHOWN),
        REPLAYED,
        before=(WIRE,),
    ),
    bad(
        "revoked",
        "the second link ended by its delegator",
        71,
        WIRE,
        REVOKED,
        revocations=(kit.revocation(kit.link_id(2), PLANNER),),
    ),
    bad(
        "denied",
        "an action that no link allows",
        65,
        mac.text(presented(CHAIN, request=kit.digest(action="events:delete", args={}))),
        DENIED,
        action="events:delete",
        args={},
    ),
)
DISCHARGE_CASES: tuple[Case, ...] = (
    bad("undischarged", "no discharge", 89, mac.text(ASKED), BROKEN),
    bad("discharge-unbound", "not bound", 89, mac.text(ASKED, mac.discharge()), BAD_SIGNATURE),
    bad(
        "discharge-of-another",
        "bound to another presentation of the same token",
        89,
        mac.text(ASKED, mac.bind(presented(DEMANDING, SECOND, SCOUT, id=bytes(16)), mac.discharge())),
        BAD_SIGNATURE,
    ),
    bad(
        "discharge-twice",
        "the same one twice",
        89,
        mac.text(ASKED, *[mac.bind(ASKED, mac.discharge())] * 2),
        BROKEN,
    ),
    bad(
        "discharge-not-asked",
        "one that no caveat asks for",
        89,
        mac.text(SHOWN, mac.bind(SHOWN, mac.discharge())),
        BROKEN,
    ),
    bad(
        "discharge-nested",
        "one that demands a discharge itself",
        89,
        mac.text(ASKED, mac.bind(ASKED, mac.demand(mac.discharge(), identifier=b"more"))),
        NOT_ADMITTED,
    ),
    bad("discharge-unknown", "a condition of another kind", 91, met(b"time < 2030"), NOT_ADMITTED),
    bad(
        "discharge-facts",
        "a block that states a fact",
        76,
        met(mac.caveats([READ], [kit.fact("operation", kit.text("events:read"))])),
        NOT_ADMITTED,
    ),
    bad("discharge-count", "a count, which has no account", 91, met(mac.caveats([ONE_USE])), NOT_ADMITTED),
    bad("discharge-nothing", "a block that demands nothing", 91, met(mac.caveats()), NOT_ADMITTED),
    bad("discharge-prohibits", "at most 5, and 10 are asked for", 89, met(mac.caveats([FEW])), DENIED),
)
FORM_CASES: tuple[Case, ...] = (
    bad(
        "varint",
        "a length that is not in its shortest form",
        91,
        at(WIRE, HEAD, b"\x02\x98\0" + HEAD[2:]),
        MALFORMED,
    ),
    bad("field-order", "the location behind the identifier", 92, at(WIRE, HEAD, HEAD + b"\x01\x01x"), MALFORMED),
    bad("identifier-twice", "two identifiers", 92, at(WIRE, HEAD, HEAD + HEAD), MALFORMED),
    bad("version-1", "a macaroon of version 1", 91, kit.url64(b"0016location here\n"), MALFORMED),
    bad("json-member", "an unknown member", 92, mac.json_text(SHOWN).replace("{", '{"v":2,', 1), MALFORMED),
    bad(
        "json-text-as-base64url",
        "bytes that are text, not written as text",
        44,
        mac.json_text(SHOWN).replace(
            f'"i":"{SHOWN.caveats[0].id.decode()}"', f'"i64":"{kit.url64(SHOWN.caveats[0].id)}"', 1
        ),
        MALFORMED,
    ),
)
CASES: tuple[Case, ...] = (*GOOD, *KEY_CASES, *LINK_CASES, *DISCHARGE_CASES, *FORM_CASES)
