"""Roots, principals, signatures, linkage and validity: steps 2 to 7."""

from __future__ import annotations

from dataclasses import replace

from vectors import testkit as kit
from vectors.scenario import Case, one_link, wire
from vectors.testkit import ALICE, BOB, CAROL_P256, DAVE_P256, MALLORY, NOW, P256_ORDER, PLANNER, SCOUT, Signed

READ = kit.actions(kit.ACTION)
CHAIN = kit.three_links()
TWIN = kit.three_links(id=bytes(16))
PRESENTED = kit.presented(CHAIN, BOB)
ALICES = kit.extend([], ALICE, PLANNER, [READ])
CAROLS = kit.extend([], CAROL_P256, DAVE_P256, [READ])
CAROL = (CAROL_P256.did,)


def sealed(blocks: list[Signed], holder: kit.Key = BOB) -> str:
    return kit.url64(kit.sealed(blocks, holder))


def forged(name: str, notes: str, attack: int, text: str, roots: tuple[str, ...] = (ALICE.did,)) -> Case:
    return Case(name, notes, attack, text, "bad_signature", 4, roots=roots)


def high_s() -> str:
    block = CAROLS[0]
    r, s = CAROL_P256.sign_numbers(kit.payload_v1(block.payload, block.next_key, None))
    low = min(s, P256_ORDER - s)
    return wire([replace(block, signature=kit.der(r, P256_ORDER - low))], DAVE_P256)


def padded() -> str:
    block = CAROLS[0]
    r, s = CAROL_P256.sign_numbers(kit.payload_v1(block.payload, block.next_key, None))
    return wire([replace(block, signature=kit.der(r, min(s, P256_ORDER - s), pad=1))], DAVE_P256)


def v0(signer: kit.Key, block: Signed) -> Signed:
    return replace(block, signature=signer.sign(kit.payload_v0(block.payload, block.next_key)), version=None)


def delegated(*checks: kit.Part, parent: tuple[kit.Part, ...] = (), **link: object) -> str:
    """Alice -> planner -> scout."""
    chain = kit.extend([], ALICE, PLANNER, [READ, *parent])
    return wire(kit.extend(chain, PLANNER, SCOUT, checks, **link), SCOUT)


def outside(name: str, notes: str, attack: int, text: str) -> Case:
    return Case(name, notes, attack, text, "outside_validity", 6)


def revoked(name: str, by: kit.Key, *, refused: bool, notes: str, entry: str | None = None) -> Case:
    entries = (entry or kit.revocation(kit.link_id(2), by),)
    return Case(name, notes, 71, kit.baseline(), *(("revoked", 7) if refused else ()), revocations=entries)


CASES: tuple[Case, ...] = (
    Case("valid/three-links", "three links and a presentation", None, kit.baseline()),
    Case("valid/p256", "P-256 throughout", None, wire(CAROLS, DAVE_P256), roots=CAROL),
    Case(
        "valid/did-jwk-root",
        "a root that is a did:jwk",
        None,
        one_link(user=kit.text(ALICE.did_jwk + "#0")),
        roots=(ALICE.did_jwk,),
    ),
    Case("valid/did-jwk-delegate", "a delegate that is a did:jwk", None, one_link(method=PLANNER.did_jwk + "#0")),
    Case("valid/delegated", "no caveat of its own", None, delegated()),
    Case(
        "valid/self-delegation",
        "to oneself: counted in depth",
        None,
        wire(kit.extend(ALICES, PLANNER, PLANNER), PLANNER),
    ),
    Case("valid/depth-at-the-limit", "one delegation, one allowed", None, delegated(parent=(kit.max_depth(1),))),
    Case("valid/last-second", "a link that expires in a second", None, one_link(kit.expires(NOW + 1))),
    Case(
        "root/untrusted",
        "another user's token",
        75,
        wire(kit.extend([], MALLORY, PLANNER, [READ]), PLANNER),
        "untrusted_root",
        2,
    ),
    Case(
        "root/did-jwk-of-the-same-key",
        "one key, another DID",
        32,
        one_link(user=kit.text(ALICE.did_jwk + "#0")),
        "untrusted_root",
        2,
    ),
    Case(
        "principal/unknown-method",
        "nobody to ask",
        40,
        one_link(method="did:web:planner.example#k1"),
        "unresolved_principal",
        3,
    ),
    Case(
        "principal/did-jwk-of-another",
        "another key than the token binds",
        28,
        one_link(method=MALLORY.did_jwk + "#0"),
        "unresolved_principal",
        3,
    ),
    Case(
        "principal/did-jwk-fragment",
        "a key the document does not have",
        29,
        one_link(method=PLANNER.did_jwk + "#1"),
        "unresolved_principal",
        3,
    ),
    Case(
        "principal/did-key-by-url",
        "a did:key is not named by a URL",
        32,
        one_link(method=f"{PLANNER.did}#{PLANNER.did[8:]}"),
        "malformed",
        1,
    ),
    forged(
        "signature/root-claim",
        "signed by another, naming Alice",
        75,
        wire(kit.extend([], MALLORY, PLANNER, user=kit.octets(ALICE.multikey)), PLANNER),
    ),
    forged(
        "signature/v0",
        "a first block signed in version 0",
        41,
        sealed(kit.presented([v0(ALICE, ALICES[0])], PLANNER), PLANNER),
    ),
    forged(
        "signature/v1-labelled-v0",
        "the version left out",
        41,
        sealed(kit.presented([replace(ALICES[0], version=None)], PLANNER), PLANNER),
    ),
    forged("signature/high-s", "the high-S twin of a P-256 signature", 43, high_s(), CAROL),
    forged("signature/der-padded", "r with a zero in front", 42, padded(), CAROL),
    forged("signature/splice", "links of another token", 58, sealed(kit.presented([TWIN[0], *CHAIN[1:]], BOB))),
    forged(
        "signature/v0-splice",
        "a version 0 link of another token",
        58,
        sealed(kit.presented([TWIN[0], v0(PLANNER, CHAIN[1])], SCOUT), SCOUT),
    ),
    forged("chain/middle-dropped", "a link left out", 61, sealed(kit.presented([CHAIN[0], CHAIN[2]], BOB))),
    forged("chain/link-twice", "a link repeated", 62, sealed(kit.presented([*CHAIN, CHAIN[2]], BOB))),
    forged("chain/another-delegator", "signed by a stranger", 64, wire(kit.extend(ALICES, MALLORY, SCOUT), SCOUT)),
    forged(
        "chain/next-key-swapped",
        "another delegate than was signed",
        64,
        sealed([PRESENTED[0], replace(PRESENTED[1], next_key=MALLORY), *PRESENTED[2:]]),
    ),
    Case("chain/same-id", "two links with one id", 62, delegated(id=kit.link_id(1)), "broken_chain", 5),
    Case(
        "chain/too-deep", "one delegation, none allowed", 66, delegated(parent=(kit.max_depth(0),)), "broken_chain", 5
    ),
    Case(
        "chain/child-raises-depth",
        "the parent's limit holds",
        66,
        delegated(kit.max_depth(9), parent=(kit.max_depth(0),)),
        "broken_chain",
        5,
    ),
    Case(
        "chain/presentation-hands-on",
        "a presentation with another next key",
        64,
        wire(CHAIN, BOB, next_key=MALLORY),
        "broken_chain",
        5,
    ),
    outside("time/expired", "a link that expires now", 70, one_link(kit.expires(NOW))),
    outside("time/not-yet", "a link that starts in a second", 70, one_link(kit.not_before(NOW + 1))),
    outside(
        "time/parent-expired",
        "the child lasts longer than its parent",
        69,
        delegated(kit.expires(NOW + 9), parent=(kit.expires(NOW),)),
    ),
    outside("time/issued-ahead", "issued 61 seconds from now", 69, one_link(issued=NOW + 61)),
    outside(
        "time/issued-before-parent", "issued 61 seconds before its parent", 69, delegated(issued=kit.ISSUED + 1 - 61)
    ),
    revoked("revocation/by-delegator", PLANNER, refused=True, notes="the second link, by its delegator"),
    revoked("revocation/by-root", ALICE, refused=True, notes="the second link, by the root"),
    revoked("revocation/by-delegate", SCOUT, refused=False, notes="the second link, by its delegate, who may not"),
    revoked("revocation/by-stranger", MALLORY, refused=False, notes="the second link, by a stranger"),
    revoked(
        "revocation/forged",
        ALICE,
        refused=False,
        notes="signed by another than it names",
        entry=kit.revocation(kit.link_id(2), ALICE, signer=MALLORY),
    ),
)
