"""Signatures that are none, keys that are none, and more than discharges may hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from . import macaroons as mac
from . import points
from . import testkit as kit
from .admission_form_cases import globs, values
from .case import Case
from .container_cases import KEYS, malformed, to
from .macaroon_cases import bad
from .macaroon_cast import Cast
from .presentation import Presentation
from .scene import Scene
from .testkit import Signed
from .world import World

SIGNED = "docs/spec/wire.md section 4: who signs what"
DISCHARGES = "6: the blocks, values and patterns of all discharges together are bounded"
LIMIT = ("limit_exceeded", 1)


def carols(change: Callable[[Scene, Signed], Signed]) -> Callable[[Scene], str]:
    """Carol -> dave, her link changed, presented by dave."""

    def wire(s: Scene) -> str:
        (block,) = s.extend([], s.carol, s.dave, [s.read])
        return s.wire([change(s, block)], s.dave)

    return wire


def by(s: Scene, block: Signed) -> Signed:
    """The very link, signed by dave."""
    signed = s.dave.sign(kit.payload_v1(block.payload, block.next_key, None))
    return replace(block, signature=signed)


def of_another(s: Scene, block: Signed) -> Signed:
    """Carol's signature of another link."""
    (other,) = s.extend([], s.carol, s.dave, [s.read], id=s.other_id)
    return replace(block, signature=other.signature)


def p256(name: str, notes: str, change: Callable[[Scene, Signed], Signed]) -> Presentation:
    return Presentation(
        f"link/signature-p256-{name}",
        notes,
        64,
        carols(change),
        "bad_signature",
        4,
        lambda s: {"roots": [s.carol.did]},
        SIGNED,
    )


def holder(s: Scene) -> str:
    """A chain that carol holds, presented by dave."""
    return s.wire(s.extend([], s.alice, s.carol, [s.read]), s.dave)


def discharged(name: str, notes: str, conditions: Callable[[Cast], list[bytes]]) -> Presentation:
    return bad(f"discharge-{name}", notes, 4, lambda c: c.met(*conditions(c)), LIMIT, DISCHARGES)


RECIPES: tuple[Callable[[World], Case], ...] = (
    p256("by-another", "another P-256 key", by),
    p256("of-another", "the signature of another link", of_another),
    Presentation(
        "presentation/p256-thief", "presented by another P-256 key", 85, holder, "bad_signature", 4, spec=SIGNED
    ),
    malformed(
        "key-other-spelling",
        "a y with the prime added",
        41,
        to(lambda s: kit.Claimed(0, points.second_spelling())),
        KEYS,
    ),
    malformed("key-p256-first-byte", "x behind 04", 17, to(lambda s: kit.Claimed(1, b"\x04" + s.carol.data[1:])), KEYS),
    malformed("key-p256-34-bytes", "a byte too many", 17, to(lambda s: kit.Claimed(1, s.carol.data + b"\0")), KEYS),
    discharged("blocks", "33 blocks", lambda c: [mac.caveats([c.scene.read])] * 33),
    discharged("values", "600 values in each of two blocks", lambda c: [mac.caveats([values(600)])] * 2),
    discharged("globs", "17 patterns in each of two blocks", lambda c: [mac.caveats([globs(17)])] * 2),
)
