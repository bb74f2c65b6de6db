"""What every recipe draws on: keys, octets, a clock and names, fixed or fresh from a seed. Nothing of attorn here."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from . import testkit as kit

_KNOWN = {name: number for number, name in enumerate(("alice", "planner", "scout", "bob", "carol", "dave"), 1)}
_KNOWN["mallory"] = 66


@dataclass(frozen=True)
class World:
    """The same for the same seed; without one, the world of the committed vectors.

    A recipe takes everything that is not what it is about from here, so that one recipe makes a fixed case and any
    number of fresh ones with the same verdict.
    """

    seed: bytes | None = None

    def octets(self, label: str, length: int = 32) -> bytes:
        """As many bytes as asked for, always the same for a label."""
        found, number = b"", 0
        while len(found) < length:
            start = b"attorn vectors" if self.seed is None else b"attorn fresh vectors\0" + self.seed
            found += hashlib.sha256(start + b"\0%d\0" % number + label.encode()).digest()
            number += 1
        return found[:length]

    def key(self, name: str, algorithm: int = 0) -> kit.Key:
        """The key pair of somebody: 0 is Ed25519, 1 P-256. Alice, planner, scout, bob, carol, dave and mallory have
        seeds of 32 equal bytes in the fixed world."""
        if self.seed is None and name in _KNOWN:
            return kit.Key(bytes([_KNOWN[name]]) * 32, algorithm)
        # The first bit is cleared: a number below the order of P-256.
        drawn = self.octets(f"key {name}")
        return kit.Key(bytes([drawn[0] & 0x7F]) + drawn[1:], algorithm)

    def number(self, label: str, low: int, high: int, fixed: int) -> int:
        """A number from `low` to `high`; `fixed` in the fixed world."""
        if self.seed is None:
            return fixed
        return low + int.from_bytes(self.octets(f"number {label}", 8), "big") % (high - low + 1)

    def word(self, label: str, fixed: str) -> str:
        """A short word of small letters; `fixed` in the fixed world."""
        if self.seed is None:
            return fixed
        return "".join(chr(ord("a") + each % 26) for each in self.octets(f"word {label}", 8))

    @property
    def now(self) -> int:
        """The second on the verifier's clock."""
        return self.number("now", 1_600_000_000, 4_000_000_000, kit.NOW)

    @property
    def audience(self) -> str:
        """What the verifier is called."""
        return f"did:web:{self.word('audience', 'calendar')}.example"
