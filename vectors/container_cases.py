"""Text and container: step 0, and step 1 before any block is looked into."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import testkit as kit
from .case import Case
from .presentation import Presentation
from .scene import Scene
from .testkit import pb
from .world import World

TEXT = "docs/spec/wire.md section 1: one value has one text"
PROTOBUF = "docs/spec/wire.md section 2: every message has exactly one encoding"
KEYS = "docs/spec/wire.md section 3: keys that are refused wherever one is read"
LINK = "docs/spec/wire.md section 5: the values of a link's facts"


def malformed(
    name: str, notes: str, attack: int, wire: Callable[[Scene], str], spec: str = PROTOBUF, **more: Any
) -> Presentation:
    return Presentation(f"container/{name}", notes, attack, wire, "malformed", 1, spec=spec, **more)


def in_container(edit: Callable[[list[bytes], bytes], bytes]) -> Callable[[Scene], str]:
    """The baseline, its container put together anew from the signed blocks and the content of the proof."""

    def wire(s: Scene) -> str:
        blocks = s.presented(s.three_links(), s.bob)
        return kit.url64(edit([block.message for block in blocks], pb(2, kit.seal(s.bob, blocks[-1]))))

    return wire


def in_first(edit: Callable[..., bytes]) -> Callable[[Scene], str]:
    """The baseline with another message as its first block, made from the four fields of the right one."""

    def wire(s: Scene) -> str:
        blocks = s.presented(s.three_links(), s.bob)
        first, *rest = blocks
        seal = pb(2, kit.seal(s.bob, blocks[-1]))
        return kit.url64(kit.container([edit(*first.fields()), *rest], seal))

    return wire


def to(claimed: Callable[[Scene], kit.AnyKey]) -> Callable[[Scene], str]:
    """One link to a key that is none, presented by the planner."""
    return lambda s: s.wire(s.extend([], s.alice, claimed(s)), s.planner)


RECIPES: tuple[Callable[[World], Case], ...] = (
    Presentation(
        "container/text-too-long",
        "65,537 characters",
        4,
        lambda s: "A" * 65_537,
        "limit_exceeded",
        0,
        spec="docs/spec/wire.md section 1: the text is measured before it is decoded",
    ),
    malformed("text-empty", "no text at all", 13, lambda s: "", TEXT),
    malformed(
        "text-padded", "base64url with padding", 44, lambda s: (t := s.baseline()) + "=" * (-len(t) % 4 or 4), TEXT
    ),
    malformed("text-newline", "a newline behind the text", 44, lambda s: s.baseline() + "\n", TEXT),
    malformed("text-standard-alphabet", "the base64 alphabet with + and /", 44, lambda s: "+" + s.baseline()[1:], TEXT),
    malformed(
        "text-skipped-character",
        "a character that lenient decoders skip",
        45,
        lambda s: (t := s.baseline())[:9] + "!" + t[9:],
        TEXT,
    ),
    malformed(
        "overlong-length",
        "a length in two bytes where one would do",
        8,
        in_container(lambda blocks, proof: b"\x12\x80" + blocks[0]),
    ),
    malformed(
        "overlong-version",
        "signature version 1 in two bytes",
        8,
        in_first(lambda payload, key, signature, version: payload + key + signature + version[:-1] + b"\x81\x00"),
    ),
    malformed("unknown-field", "field 6 in a signed block", 8, in_first(lambda *f: b"".join(f) + pb(6, b"x"))),
    malformed("duplicate-key", "two next keys", 8, in_first(lambda p, k, s, v: p + k + k + s + v)),
    malformed("field-order", "the signature before the key", 8, in_first(lambda p, k, s, v: p + s + k + v)),
    malformed("group", "the payload as a protobuf group", 8, in_first(lambda p, k, s, v: b"\x0b\x0c" + k + s + v)),
    malformed(
        "trailing",
        "a byte behind the proof",
        12,
        in_container(lambda blocks, proof: kit.container(blocks, proof, tail=b"\0")),
    ),
    malformed(
        "cut-short", "the last byte missing", 8, in_container(lambda blocks, proof: kit.container(blocks, proof)[:-1])
    ),
    malformed(
        "root-key-id",
        "an unsigned hint",
        75,
        in_container(lambda blocks, proof: kit.container(blocks, proof, head=pb(1, 1))),
    ),
    malformed(
        "two-proofs",
        "a secret and a seal",
        8,
        in_container(lambda blocks, proof: kit.container(blocks, pb(1, bytes(32)) + proof)),
    ),
    malformed("key-unknown-algorithm", "algorithm 2", 15, to(lambda s: kit.Claimed(2, bytes(32))), KEYS),
    malformed("key-low-order", "a next key of low order", 33, to(lambda s: kit.Claimed(0, bytes(32))), KEYS),
    malformed("key-wrong-length", "Ed25519 bytes as P-256", 17, to(lambda s: kit.Claimed(1, s.planner.data)), KEYS),
    malformed(
        "key-user-of-33-bytes",
        "a Multikey cut short",
        32,
        lambda s: s.one_link(user=kit.octets(s.alice.multikey[:-1])),
        LINK,
    ),
)
