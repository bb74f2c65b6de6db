"""Roots, principals and signatures: steps 2 to 4."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from . import testkit as kit
from .case import Case
from .presentation import Presentation
from .scene import Scene, sealed
from .testkit import P256_ORDER, Key, Signed
from .world import World

SIGNED = "docs/spec/wire.md section 4: who signs what, in version 1"
LOW_S = "docs/spec/wire.md section 3: DER in its one encoding, with low s"
NAMED = "docs/spec/wire.md section 5: nothing is said twice, so no did:key is named by a URL"

Wire = Callable[[Scene], str]


def by_carol(s: Scene) -> dict[str, Any]:
    return {"roots": [s.carol.did]}


def carols(s: Scene) -> list[Signed]:
    """Carol -> dave, P-256 throughout."""
    return s.extend([], s.carol, s.dave, [s.read])


def good(name: str, notes: str, wire: Wire, also: Any = None) -> Presentation:
    return Presentation(f"link/valid-{name}", notes, None, wire, also=also)


def forged(name: str, notes: str, attack: int, wire: Wire, spec: str = SIGNED, also: Any = None) -> Presentation:
    return Presentation(f"link/signature-{name}", notes, attack, wire, "bad_signature", 4, also, spec)


def unresolved(name: str, notes: str, attack: int, wire: Wire, also: Any = None) -> Presentation:
    return Presentation(f"link/principal-{name}", notes, attack, wire, "unresolved_principal", 3, also)


def with_signature(s: Scene, der: Callable[[int, int], bytes]) -> str:
    """Carol's link, her signature written in another way: from r and the low s."""
    block = carols(s)[0]
    r, either = s.carol.sign_numbers(kit.payload_v1(block.payload, block.next_key, None))
    return s.wire([replace(block, signature=der(r, min(either, P256_ORDER - either)))], s.dave)


def v0(signer: Key, block: Signed) -> Signed:
    return replace(block, signature=signer.sign(kit.payload_v0(block.payload, block.next_key)), version=None)


def twin(s: Scene) -> list[Signed]:
    """Another token of the same people."""
    return s.three_links(id=s.other_id)


def lone(s: Scene) -> list[Signed]:
    return s.extend([], s.alice, s.planner, [s.read])


def first_as(change: Callable[[Scene, Signed], Signed]) -> Wire:
    """Alice -> planner, with another first block, presented by the planner."""
    return lambda s: sealed(s.presented([change(s, lone(s)[0])], s.planner), s.planner)


RECIPES: tuple[Callable[[World], Case], ...] = (
    good("p256", "P-256 throughout", lambda s: s.wire(carols(s), s.dave), by_carol),
    good(
        "did-jwk-root",
        "a root that is a did:jwk",
        lambda s: s.one_link(user=kit.text(s.alice.did_jwk + "#0")),
        lambda s: {"roots": [s.alice.did_jwk]},
    ),
    good("did-jwk-delegate", "a delegate that is a did:jwk", lambda s: s.one_link(method=s.planner.did_jwk + "#0")),
    Presentation(
        "link/root-untrusted",
        "another user's token",
        75,
        lambda s: s.wire(s.extend([], s.mallory, s.planner, [s.read]), s.planner),
        "untrusted_root",
        2,
    ),
    Presentation(
        "link/root-did-jwk-of-the-same-key",
        "one key, another DID",
        32,
        lambda s: s.one_link(user=kit.text(s.alice.did_jwk + "#0")),
        "untrusted_root",
        2,
    ),
    unresolved(
        "unknown-method",
        "nobody to ask",
        40,
        lambda s: s.one_link(method=s.did_web("planner host", "planner") + "#k1"),
    ),
    unresolved(
        "did-jwk-of-another",
        "another key than the token binds",
        28,
        lambda s: s.one_link(method=s.mallory.did_jwk + "#0"),
    ),
    unresolved(
        "did-jwk-fragment",
        "a key the document does not have",
        29,
        lambda s: s.one_link(method=s.planner.did_jwk + "#1"),
    ),
    Presentation(
        "link/principal-did-key-by-url",
        "a did:key is not named by a URL",
        32,
        lambda s: s.one_link(method=f"{s.planner.did}#{s.planner.did[8:]}"),
        "malformed",
        1,
        spec=NAMED,
    ),
    forged(
        "root-claim",
        "signed by another, naming Alice",
        75,
        lambda s: s.wire(s.extend([], s.mallory, s.planner, user=kit.octets(s.alice.multikey)), s.planner),
    ),
    forged("v0", "a first block signed in version 0", 41, first_as(lambda s, block: v0(s.alice, block))),
    forged("v1-labelled-v0", "the version left out", 41, first_as(lambda s, block: replace(block, version=None))),
    forged(
        "high-s",
        "the high-S twin of a P-256 signature",
        43,
        lambda s: with_signature(s, lambda r, low: kit.der(r, P256_ORDER - low)),
        LOW_S,
        by_carol,
    ),
    forged(
        "der-padded",
        "r with a zero in front",
        42,
        lambda s: with_signature(s, lambda r, low: kit.der(r, low, pad=1)),
        LOW_S,
        by_carol,
    ),
    forged(
        "splice",
        "links of another token",
        58,
        lambda s: sealed(s.presented([twin(s)[0], *s.three_links()[1:]], s.bob), s.bob),
    ),
    forged(
        "v0-splice",
        "a version 0 link of another token",
        58,
        lambda s: sealed(s.presented([twin(s)[0], v0(s.planner, s.three_links()[1])], s.scout), s.scout),
    ),
)
