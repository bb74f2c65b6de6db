"""Signatures that would verify if they were read loosely."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from . import testkit as kit
from .case import Case
from .presentation import Presentation
from .scene import Scene
from .testkit import P256_ORDER, Signed
from .world import World

DER = "docs/spec/wire.md section 4: the one DER spelling of a low-S signature"
PAYLOAD = "docs/spec/wire.md section 4: what is signed"


def forged(name: str, notes: str, attack: int, wire: Callable[[Scene], str], spec: str = DER) -> Presentation:
    return Presentation(
        f"link/signature-{name}", notes, attack, wire, "bad_signature", 4, lambda s: {"roots": [s.carol.did]}, spec
    )


def message(block: Signed) -> bytes:
    return kit.payload_v1(block.payload, block.next_key, None)


def numbers(s: Scene, block: Signed) -> tuple[int, int]:
    r, other = s.carol.sign_numbers(message(block))
    return r, min(other, P256_ORDER - other)


def first(s: Scene, **link: str) -> Signed:
    return s.extend([], s.carol, s.planner, [s.read], **link)[0]


def respelt(spell: Callable[[int, int], bytes]) -> Callable[[Scene], str]:
    """One link of carol's, its genuine signature in another spelling."""

    def wire(s: Scene) -> str:
        block = first(s)
        return s.wire([replace(block, signature=spell(*numbers(s, block)))], s.planner)

    return wire


def behind(s: Scene) -> str:
    """A signature over more than the payload, with what is more behind its 64 bytes."""
    block = s.extend([], s.alice, s.planner, [s.read])[0]
    over = s.alice.sign(b"x" + message(block)) + b"x"
    return s.wire([replace(block, signature=over)], s.planner)


def of_another(s: Scene) -> str:
    block = first(s)
    return s.wire([replace(block, signature=s.dave.sign(message(block)))], s.planner)


RECIPES: tuple[Callable[[World], Case], ...] = (
    forged(
        "der-one-number",
        "r and nothing else",
        42,
        respelt(lambda r, s: bytes((0x30, len(kit.der_integer(r)))) + kit.der_integer(r)),
    ),
    forged("p256-by-a-stranger", "a P-256 signature by another key", 75, of_another, PAYLOAD),
    Presentation(
        "link/signature-behind",
        "65 bytes, the last of which stands before the payload in what was signed",
        43,
        behind,
        "bad_signature",
        4,
        spec=PAYLOAD,
    ),
)
