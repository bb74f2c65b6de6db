"""Public keys as Multikeys and as JWKs: one right spelling each, and what is no such key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from . import points
from . import testkit as kit
from .case import Case
from .scene import Scene
from .testkit import Key
from .world import World

MULTIKEY = "docs/spec/wire.md section 3: a Multikey is z and base58btc of prefix and key, nothing else"
POINTS = "docs/spec/wire.md section 3: keys are points, and of the prime-order group where a key is fully checked"
JWK = "docs/spec/wire.md section 3: JWKs that are read"
ED, P256 = b"\xed\x01", b"\x80\x24"


@dataclass(frozen=True)
class Read:
    """The recipe of a key that is one: the question, and whose it is."""

    name: str
    notes: str
    asked: Callable[[Scene], dict[str, Any]]
    key: Callable[[Scene], Key]
    spec: str

    def __call__(self, w: World) -> Case:
        s = Scene(w)
        key = self.key(s)
        result = {"multibase": multibase(key.multikey), "jwk": key.jwk}
        return Case(
            f"multikey/valid-{self.name}", "read-key", self.notes, None, self.spec, self.asked(s), result=result
        )


@dataclass(frozen=True)
class NoKey:
    """The recipe of what is no key: the question."""

    name: str
    notes: str
    attack: int
    asked: Callable[[Scene], dict[str, Any]]
    spec: str

    def __call__(self, w: World) -> Case:
        asked = self.asked(Scene(w))
        return Case(f"multikey/{self.name}", "read-key", self.notes, self.attack, self.spec, asked, "malformed", 1)


def multibase(data: bytes) -> str:
    return "z" + kit.base58(data)


def spelt(name: str, notes: str, text: Callable[[Scene], str], attack: int = 32) -> NoKey:
    """A text that is no Multikey."""
    return NoKey(name, notes, attack, lambda s: {"multibase": text(s)}, MULTIKEY)


def coded(name: str, notes: str, data: Callable[[Scene], bytes], attack: int = 32, spec: str = MULTIKEY) -> NoKey:
    """The text of bytes that are none."""
    return NoKey(name, notes, attack, lambda s: {"multibase": multibase(data(s))}, spec)


def low_order(name: str, y: int, sign: int = 0) -> NoKey:
    return coded(
        f"ed25519-low-order-{name}", "a point of low order", lambda s: ED + points.ed25519(y, sign), 33, POINTS
    )


def jwk(name: str, notes: str, attack: int, p256: bool = False, spec: str = JWK, **changed: Any) -> NoKey:
    """A right JWK with members changed; those that become None are left out, and a function makes one of the right."""

    def asked(s: Scene) -> dict[str, Any]:
        right: dict[str, Any] = (s.carol if p256 else s.alice).jwk
        made = {name: value(right) if callable(value) else value for name, value in changed.items()}
        return {"jwk": {name: value for name, value in {**right, **made}.items() if value is not None}}

    return NoKey(f"jwk-{name}", notes, attack, asked, spec)


def taken(name: str, notes: str, p256: bool = False, **more: Any) -> Read:
    """A right JWK with more members."""

    def key(s: Scene) -> Key:
        return s.carol if p256 else s.alice

    return Read(f"jwk-{name}", notes, lambda s: {"jwk": {**key(s).jwk, **more}}, key, JWK)


def point(number: int) -> str:
    return kit.url64(number.to_bytes(32, "big"))


def off_curve(right: dict[str, str]) -> str:
    """Another y than that of the point."""
    y = int.from_bytes(kit.base64.urlsafe_b64decode(right["y"] + "="), "big")
    return point(y ^ 2)


def last_bits(right: dict[str, str]) -> str:
    """The last character with bits that no byte needs."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    text = right["x"]
    return text[:-1] + alphabet[alphabet.index(text[-1]) | 1]


GOOD: tuple[Callable[[World], Case], ...] = (
    Read(
        "ed25519", "an Ed25519 key", lambda s: {"multibase": multibase(s.alice.multikey)}, lambda s: s.alice, MULTIKEY
    ),
    Read("p256", "a P-256 key", lambda s: {"multibase": multibase(s.carol.multikey)}, lambda s: s.carol, MULTIKEY),
    taken("ed25519", "an Ed25519 key"),
    taken("p256", "a P-256 key", True),
    taken("members", "members that say nothing here", kid="k1", key="d"),
    taken("use", "for signatures", use="sig"),
    taken("key-ops", "for verifying", key_ops=["sign", "verify"]),
    taken("alg-eddsa", "the older name of the algorithm", alg="EdDSA"),
    taken("alg-ed25519", "the newer name", alg="Ed25519"),
    taken("alg-es256", "the name for P-256", True, alg="ES256"),
)
TEXTS: tuple[Callable[[World], Case], ...] = (
    spelt("empty", "no text", lambda s: ""),
    spelt("prefix-alone", "z and nothing", lambda s: "z"),
    spelt("no-prefix", "without z", lambda s: kit.base58(s.alice.multikey)),
    spelt("upper-case-prefix", "Z, another base", lambda s: "Z" + kit.base58(s.alice.multikey)),
    spelt("hex", "base16, another multibase", lambda s: "f" + s.alice.multikey.hex(), 46),
    spelt("base64url", "base64url, another multibase", lambda s: "u" + kit.url64(s.alice.multikey), 46),
    spelt("leading-one", "a zero byte in front", lambda s: "z1" + kit.base58(s.alice.multikey)),
    spelt("character-zero", "a character that is none", lambda s: multibase(s.alice.multikey)[:-1] + "0"),
    spelt("character-l", "a character that is none", lambda s: multibase(s.alice.multikey)[:-1] + "l"),
    spelt("space", "a space behind it", lambda s: multibase(s.alice.multikey) + " "),
    spelt("newline", "a newline behind it", lambda s: multibase(s.alice.multikey) + "\n"),
    spelt("did-key", "a DID", lambda s: s.alice.did),
    spelt("url", "with a fragment", lambda s: multibase(s.alice.multikey) + "#"),
    coded("private", "the code of a private key", lambda s: b"\x80\x26" + s.alice.seed, 25),
    coded("x25519", "the code of X25519", lambda s: b"\xec\x01" + s.alice.data, 18),
    coded("secp256k1", "the code of secp256k1", lambda s: b"\xe7\x01" + s.carol.data, 18),
    coded("p384", "the code of P-384", lambda s: b"\x81\x24" + s.carol.data, 18),
    coded("varint", "the code in three bytes", lambda s: b"\xed\x81\x00" + s.alice.data, 8),
    coded("code-alone", "no key behind the code", lambda s: ED),
    coded("one-byte", "half a code", lambda s: ED[:1]),
    coded("ed25519-31-bytes", "a byte too few", lambda s: ED + s.alice.data[:-1]),
    coded("ed25519-33-bytes", "a byte too many", lambda s: ED + s.alice.data + b"\0"),
    coded("p256-32-bytes", "x alone", lambda s: P256 + s.carol.data[1:]),
    coded("p256-34-bytes", "a byte too many", lambda s: P256 + s.carol.data + b"\0"),
    coded("p256-first-byte-4", "x behind 04", lambda s: P256 + b"\x04" + s.carol.data[1:], 17),
    coded("p256-first-byte-0", "x behind 00", lambda s: P256 + b"\x00" + s.carol.data[1:], 17),
    coded("p256-uncompressed", "x and y behind 04", lambda s: P256 + b"\x04" + s.carol.data[1:] + bytes(32), 17),
    coded("swapped", "an Ed25519 key under the code of P-256", lambda s: P256 + s.alice.data, 17),
)
POINT_CASES: tuple[Callable[[World], Case], ...] = (
    coded("p256-no-point", "an x that no point has", lambda s: P256 + points.no_p256(s.world.octets("x")), 33, POINTS),
    coded(
        "p256-beyond-the-prime",
        "an x above the prime",
        lambda s: P256 + b"\x02" + (points.P256_PRIME + 5).to_bytes(32, "big"),
        33,
        POINTS,
    ),
    low_order("1", 1),
    low_order("1-signed", 1, 1),
    low_order("0", 0),
    low_order("0-signed", 0, 1),
    low_order("minus-1", points.ED25519_PRIME - 1),
    low_order("8", points.ORDER_8),
    low_order("8-signed", points.ORDER_8, 1),
    low_order("8-negated", points.ED25519_PRIME - points.ORDER_8),
    coded("ed25519-second-spelling", "a y with the prime added", lambda s: ED + points.second_spelling(), 41, POINTS),
    coded(
        "ed25519-no-point", "a y that no point has", lambda s: ED + points.no_ed25519(s.world.octets("y")), 33, POINTS
    ),
    coded(
        "ed25519-mixed-order",
        "a key and a point of order 8",
        lambda s: ED + points.mixed(s.alice.data),
        33,
        POINTS,
    ),
)
JWKS: tuple[Callable[[World], Case], ...] = (
    jwk("private", "with its private half", 25, d=lambda right: right["x"]),
    jwk("secret", "with a symmetric key beside it", 25, k="AAAA"),
    jwk("symmetric", "a symmetric key", 16, kty="oct", crv=None, x=None),
    jwk("rsa", "another type", 17, kty="RSA"),
    jwk("kty-missing", "without its type", 17, kty=None),
    jwk("kty-number", "a type that is no text", 21, kty=1),
    jwk("crv-missing", "without its curve", 17, crv=None),
    jwk("ed448", "another curve", 18, crv="Ed448"),
    jwk("x25519", "a curve for key agreement", 18, crv="X25519"),
    jwk("crv-case", "the curve in small letters", 17, crv="ed25519"),
    jwk("mixed-curve", "the type of one key, the curve of the other", 17, crv="P-256"),
    jwk("ec-ed25519", "the curve of the other type", 17, True, crv="Ed25519"),
    jwk("p384", "another curve", 18, True, crv="P-384"),
    jwk("secp256k1", "another curve", 18, True, crv="secp256k1"),
    jwk("x-missing", "without x", 17, x=None),
    jwk("y-missing", "P-256 without y", 17, True, y=None),
    jwk("y-too-many", "Ed25519 with a y", 17, y=lambda right: right["x"]),
    jwk("x-padded", "base64url with padding", 44, x=lambda right: right["x"] + "="),
    jwk("x-standard", "the base64 alphabet with + and /", 44, x=lambda right: "+" + right["x"][1:]),
    jwk("x-trailing-bits", "bits that no byte needs", 44, x=last_bits),
    jwk("x-short", "31 bytes", 17, x=lambda right: kit.url64(bytes(31))),
    jwk("x-long", "33 bytes", 17, x=lambda right: kit.url64(b"\0" + bytes(32))),
    jwk("x-number", "an x that is a number", 21, x=7),
    jwk("y-short", "a y of 31 bytes", 17, True, y=lambda right: kit.url64(bytes(31))),
    jwk("off-curve", "an x and a y of no point", 33, True, POINTS, y=off_curve),
    jwk("zero", "zeros for x and y", 33, True, POINTS, x=point(0), y=point(0)),
    jwk("beyond-the-prime", "an x above the prime", 33, True, POINTS, x=point(points.P256_PRIME + 5)),
    jwk("low-order", "a point of low order", 33, False, POINTS, x=kit.url64(points.ed25519(1))),
    jwk("second-spelling", "a y with the prime added", 41, False, POINTS, x=kit.url64(points.second_spelling())),
    jwk(
        "mixed-order",
        "a key and a point of order 8",
        33,
        False,
        POINTS,
        x=lambda right: kit.url64(points.mixed(kit.base64.urlsafe_b64decode(right["x"] + "="))),
    ),
    jwk("use-enc", "for encryption", 23, use="enc"),
    jwk("use-list", "a use that is no text", 23, use=["sig"]),
    jwk("key-ops-sign", "for signing alone", 23, key_ops=["sign"]),
    jwk("key-ops-twice", "an operation named twice", 23, key_ops=["verify", "verify"]),
    jwk("key-ops-text", "operations that are no list", 23, key_ops="verify"),
    jwk("alg-other", "the algorithm of the other key", 17, alg="ES256"),
    jwk("alg-p256", "the algorithm of the other key", 17, True, alg="EdDSA"),
    jwk("alg-hs256", "a symmetric algorithm", 16, alg="HS256"),
    jwk("alg-none", "no algorithm", 15, alg="none"),
)
RECIPES: tuple[Callable[[World], Case], ...] = (*GOOD, *TEXTS, *POINT_CASES, *JWKS)
