"""Numbers that do not end, or are beyond 64 bits, and next keys that are nearly keys."""

from __future__ import annotations

from collections.abc import Callable

from . import testkit as kit
from .case import Case
from .container_cases import KEYS, in_container, in_first, malformed, to
from .testkit import pb
from .world import World

RECIPES: tuple[Callable[[World], Case], ...] = (
    malformed(
        "proof-without-length",
        "the last byte is the tag of the proof",
        8,
        in_container(lambda blocks, proof: pb(2, blocks[0]) + b"".join(pb(3, each) for each in blocks[1:]) + b"\x22"),
    ),
    malformed("hint-alone", "the tag of a root key hint", 8, lambda s: "CA"),
    malformed(
        "length-of-eleven-bytes",
        "a length of eleven bytes",
        8,
        lambda s: kit.url64(b"\x12" + b"\xff" * 10 + b"\x01" + bytes(200)),
    ),
    malformed(
        "version-beyond-64-bits",
        "a signature version of 70 bits",
        8,
        in_first(lambda p, k, s, v: p + k + s + b"\x28" + b"\xff" * 9 + b"\x7f"),
    ),
    malformed("key-as-field-6", "a next key as field 6", 8, in_first(lambda p, k, s, v: p + pb(6, k[2:]) + s + v)),
    malformed(
        "key-of-34-bytes", "a P-256 key of 34 bytes", 17, to(lambda s: kit.Claimed(1, s.carol.data + b"\0")), KEYS
    ),
    malformed(
        "key-another-prefix",
        "a P-256 key that begins with 4",
        17,
        to(lambda s: kit.Claimed(1, b"\x04" + s.carol.data[1:])),
        KEYS,
    ),
    malformed(
        "key-second-spelling",
        "an Ed25519 key whose y is not below the field's order",
        33,
        to(lambda s: kit.Claimed(0, b"\xf1" + b"\xff" * 30 + b"\x7f")),
        KEYS,
    ),
    malformed(
        "key-unknown-user",
        "a user of a kind of key that there is not",
        15,
        lambda s: s.one_link(user=kit.octets(b"\xec\x01" + s.alice.data)),
        "docs/spec/wire.md section 5: the user's Multikey",
    ),
)
