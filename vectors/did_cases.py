"""DIDs that say everything themselves: did:key, did:jwk, did:peer; and what is no DID."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from nacl.bindings import crypto_scalarmult_base

from . import points
from . import testkit as kit
from .case import Case
from .resolving import ALL, SIGNING, Resolved, Unresolved, multibase
from .scene import Scene, compact
from .testkit import Key
from .world import World

KEY = "docs/spec/wire.md section 3: did:key"
JWK = "docs/spec/wire.md section 3: did:jwk"
METHODS = "docs/spec/did.md section Methods: one DID, one text"
PEER = "docs/spec/did.md section Methods: did:peer of the kinds 2 and 4"
OTHERS = "docs/spec/did.md section Methods: others need a resolver of your own"
PART = "docs/spec/did.md section Results: the key of a signature"

Did = Callable[[Scene], str]


def good(name: str, notes: str, did: Did, fragment: Did, uses: list[str], spec: str, p256: bool = False) -> Resolved:
    """A DID of one key, alice's or carol's."""

    def methods(s: Scene) -> dict[str, tuple[Key, list[str]]]:
        return {f"{did(s)}#{fragment(s)}": (s.carol if p256 else s.alice, uses)}

    return Resolved(name, notes, lambda s: {"did": did(s)}, methods, spec)


def bad(name: str, notes: str, attack: int, did: Did, spec: str) -> Unresolved:
    return Unresolved(name, notes, attack, lambda s: {"did": did(s)}, spec)


def part(name: str, notes: str, attack: int, url: Did, use: str = "authentication") -> Unresolved:
    return Unresolved(name, notes, attack, lambda s: {"url": url(s), "relationship": use}, PART)


def key_of(data: bytes) -> str:
    return "did:key:z" + kit.base58(data)


def jwk(members: dict[str, Any] | str) -> str:
    return "did:jwk:" + kit.url64((members if isinstance(members, str) else compact(members)).encode())


def spelt(name: str, notes: str, attack: int, changed: Callable[[dict[str, str]], dict[str, Any] | str]) -> Unresolved:
    """A did:jwk of alice's key with other members, or another text."""
    return bad(f"jwk-{name}", notes, attack, lambda s: jwk(changed(dict(s.alice.jwk))), JWK)


def peer2(s: Scene, *parts: tuple[str, Key]) -> str:
    return "did:peer:2" + "".join(f".{letter}{multibase(key)}" for letter, key in parts)


def service(members: dict[str, Any] | str) -> str:
    return ".S" + kit.url64((members if isinstance(members, str) else compact(members)).encode())


def peer4(written: dict[str, Any] | str) -> str:
    """The long form of a document."""
    content = (written if isinstance(written, str) else compact(written)).encode()
    text = "z" + kit.base58(b"\x80\x04" + content)
    digest = b"\x12\x20" + hashlib.sha256(text.encode()).digest()
    return f"did:peer:4z{kit.base58(digest)}:{text}"


def inside(s: Scene, **changed: Any) -> dict[str, Any]:
    """A document as did:peer 4 has it."""
    own = {"id": "#k", "type": "Multikey", "publicKeyMultibase": multibase(s.alice)}
    return {"verificationMethod": [own], "capabilityInvocation": ["#k"], **changed}


def agreeing(s: Scene) -> str:
    """Alice's key for two things, and an X25519 key."""
    agreed = crypto_scalarmult_base(s.world.octets("agreement"))
    return peer2(s, ("V", s.alice), ("D", s.alice)) + ".Ez" + kit.base58(b"\xec\x01" + agreed)


def url(did: str, key: Key) -> str:
    return f"{did}#{multibase(key)}"


GOOD: tuple[Callable[[World], Case], ...] = (
    good("key-ed25519", "Ed25519", lambda s: s.alice.did, lambda s: multibase(s.alice), SIGNING, KEY),
    good("key-p256", "P-256", lambda s: s.carol.did, lambda s: multibase(s.carol), SIGNING, KEY, True),
    good("jwk-ed25519", "Ed25519", lambda s: s.alice.did_jwk, lambda s: "0", ALL, JWK),
    good("jwk-p256", "P-256", lambda s: s.carol.did_jwk, lambda s: "0", ALL, JWK, True),
    good("jwk-use", "for signatures alone", lambda s: jwk({**s.alice.jwk, "use": "sig"}), lambda s: "0", SIGNING, JWK),
    good(
        "jwk-key-ops",
        "operations, which change nothing",
        lambda s: jwk({**s.alice.jwk, "key_ops": ["verify"]}),
        lambda s: "0",
        ALL,
        JWK,
    ),
    good(
        "jwk-spaced",
        "another spelling, another DID",
        lambda s: jwk(compact(s.alice.jwk).replace(",", ", ")),
        lambda s: "0",
        ALL,
        JWK,
    ),
    Resolved(
        "peer-2",
        "a key for two things, and one that signs nothing",
        lambda s: {"did": agreeing(s)},
        lambda s: {
            f"{agreeing(s)}#key-1": (s.alice, ["authentication"]),
            f"{agreeing(s)}#key-2": (s.alice, ["capabilityDelegation"]),
        },
        PEER,
    ),
    Resolved(
        "peer-2-service",
        "a service in its short form",
        lambda s: {"did": peer2(s, ("I", s.carol)) + service({"t": "dm", "s": "https://a.example/in"})},
        lambda s: {
            peer2(s, ("I", s.carol)) + service({"t": "dm", "s": "https://a.example/in"}) + "#key-1": (
                s.carol,
                ["capabilityInvocation"],
            )
        },
        PEER,
    ),
    Resolved(
        "peer-4",
        "a document and its hash",
        lambda s: {"did": peer4(inside(s))},
        lambda s: {peer4(inside(s)) + "#k": (s.alice, ["capabilityInvocation"])},
        PEER,
    ),
)
KEYS: tuple[Callable[[World], Case], ...] = (
    bad("key-empty", "nothing behind did:key:", 13, lambda s: "did:key:", KEY),
    bad("key-version", "a version spelt out", 32, lambda s: f"did:key:1:{multibase(s.alice)}", METHODS),
    bad("key-x25519", "a key that signs nothing", 18, lambda s: key_of(b"\xec\x01" + s.alice.data), METHODS),
    bad("key-low-order", "a point of low order", 33, lambda s: key_of(b"\xed\x01" + points.ed25519(1)), KEY),
    bad(
        "key-mixed-order",
        "a key and a point of order 8",
        33,
        lambda s: key_of(b"\xed\x01" + points.mixed(s.alice.data)),
        KEY,
    ),
    bad(
        "key-no-point",
        "an x that no point has",
        33,
        lambda s: key_of(b"\x80\x24" + points.no_p256(s.world.octets("x"))),
        KEY,
    ),
    bad("key-leading-one", "a zero byte in front", 32, lambda s: s.alice.did.replace("did:key:z", "did:key:z1"), KEY),
    bad("key-upper-case-method", "DID:KEY", 32, lambda s: s.alice.did.replace("did:key", "did:KEY"), METHODS),
    bad("key-upper-case-scheme", "DID:key", 32, lambda s: s.alice.did.replace("did:", "DID:"), METHODS),
    bad("key-url", "a DID URL in place of a DID", 29, lambda s: url(s.alice.did, s.alice), METHODS),
    bad("key-newline", "a newline behind it", 44, lambda s: s.alice.did + "\n", METHODS),
    bad("key-encoded", "a character percent-encoded", 34, lambda s: s.alice.did.replace("z6Mk", "z6M%6B"), METHODS),
    bad("not-ascii", "a letter beyond ASCII", 52, lambda s: s.alice.did + "\u00e9", METHODS),
    bad("empty", "no text", 13, lambda s: "", METHODS),
    bad("no-scheme", "no DID at all", 13, lambda s: "key:" + multibase(s.alice), METHODS),
    bad("too-long", "more than 2,048 characters", 4, lambda s: jwk({**s.alice.jwk, "a": "a" * 1500}), METHODS),
    bad("unknown-method", "a method that nobody knows", 40, lambda s: "did:example:alice", OTHERS),
    part("part-of-another-key", "the fragment of another key", 28, lambda s: url(s.alice.did, s.bob)),
    part("part-none", "a DID and no fragment", 29, lambda s: s.alice.did),
    part("part-empty", "a fragment of no characters", 29, lambda s: s.alice.did + "#"),
    part("part-path", "a path before the fragment", 29, lambda s: f"{s.alice.did}/a#{multibase(s.alice)}"),
    part("part-query", "a query before the fragment", 29, lambda s: f"{s.alice.did}?a=b#{multibase(s.alice)}"),
    part("part-relative", "a fragment without its DID", 29, lambda s: f"#{multibase(s.alice)}"),
    part(
        "part-agreement", "a key that signs, for key agreement", 30, lambda s: url(s.alice.did, s.alice), "keyAgreement"
    ),
    part("jwk-part", "another fragment than 0", 29, lambda s: s.alice.did_jwk + "#1"),
    part(
        "jwk-part-agreement",
        "a key for signatures alone, for key agreement",
        30,
        lambda s: jwk({**s.alice.jwk, "use": "sig"}) + "#0",
        "keyAgreement",
    ),
    Unresolved(
        "peer-2-part",
        "a key for authentication, asked for delegating",
        30,
        lambda s: {"url": peer2(s, ("V", s.alice)) + "#key-1", "relationship": "capabilityDelegation"},
        PART,
    ),
)
JWKS: tuple[Callable[[World], Case], ...] = (
    spelt("private", "with its private half", 25, lambda right: {**right, "d": right["x"]}),
    spelt("use-enc", "for encryption", 23, lambda right: {**right, "use": "enc"}),
    spelt("key-ops", "for signing alone", 23, lambda right: {**right, "key_ops": ["sign"]}),
    spelt("alg", "the algorithm of another key", 17, lambda right: {**right, "alg": "ES256"}),
    spelt("curve", "another curve", 18, lambda right: {**right, "crv": "Ed448"}),
    spelt("list", "a list", 13, lambda right: "[]"),
    spelt("text", "no JSON", 13, lambda right: "alice"),
    spelt("twice", "a member twice", 21, lambda right: compact(right)[:-1] + ',"kty":"OKP"}'),
    spelt("two-values", "two JSON values", 12, lambda right: compact(right) + "{}"),
    spelt("byte-order-mark", "a byte order mark", 14, lambda right: "\ufeff" + compact(right)),
    spelt("nested", "JSON nested 5 deep", 1, lambda right: {**right, "a": [[[[1]]]]}),
    spelt("surrogate", "half a character", 13, lambda right: compact(right)[:-1] + ',"a":"\\ud800"}'),
    spelt("nan", "a number that is none", 47, lambda right: compact(right)[:-1] + ',"a":NaN}'),
    bad("jwk-empty", "nothing behind did:jwk:", 13, lambda s: "did:jwk:", JWK),
    bad("jwk-padded", "base64url with padding", 44, lambda s: jwk({**s.alice.jwk, "a": "a"}) + "%3D", JWK),
    bad("jwk-trailing-bits", "bits that no byte needs", 44, lambda s: jwk("{}")[:-1] + "R", JWK),
)
PEERS: tuple[Callable[[World], Case], ...] = (
    bad("peer-0", "another kind", 40, lambda s: "did:peer:0" + multibase(s.alice), PEER),
    bad("peer-1", "another kind", 40, lambda s: "did:peer:1z" + kit.base58(b"\x12\x20" + s.world.octets("one")), PEER),
    bad(
        "peer-2-no-key", "no key", 13, lambda s: "did:peer:2" + service({"t": "dm", "s": "https://a.example/in"}), PEER
    ),
    bad("peer-2-letter", "an unknown letter", 98, lambda s: peer2(s, ("X", s.alice)), PEER),
    bad("peer-2-agreement", "a key that signs, for key agreement", 30, lambda s: peer2(s, ("E", s.alice)), PEER),
    bad(
        "peer-2-x25519",
        "a key for key agreement that shall sign",
        18,
        lambda s: "did:peer:2.Vz" + kit.base58(b"\xec\x01" + s.alice.data),
        PEER,
    ),
    bad(
        "peer-2-low-order",
        "a point of low order",
        33,
        lambda s: "did:peer:2.Vz" + kit.base58(b"\xed\x01" + points.ed25519(1)),
        PEER,
    ),
    bad("peer-2-not-multibase", "a key in hex", 46, lambda s: "did:peer:2.Vf" + s.alice.multikey.hex(), PEER),
    bad("peer-2-empty-part", "two dots", 13, lambda s: peer2(s, ("V", s.alice)).replace("2.", "2.."), PEER),
    bad(
        "peer-2-service-text",
        "a service that is no object",
        98,
        lambda s: peer2(s, ("V", s.alice)) + service('"a"'),
        PEER,
    ),
    bad(
        "peer-2-service-id",
        "a service of another DID",
        31,
        lambda s: (
            peer2(s, ("V", s.alice)) + service({"id": s.mallory.did + "#s", "t": "dm", "s": "https://a.example/in"})
        ),
        PEER,
    ),
    bad(
        "peer-2-service-twice",
        "a name and its short form",
        21,
        lambda s: peer2(s, ("V", s.alice)) + service({"t": "dm", "type": "x", "s": "https://a.example/in"}),
        PEER,
    ),
    bad("peer-4-short", "the short form alone", 40, lambda s: peer4(inside(s)).rpartition(":")[0], PEER),
    bad(
        "peer-4-hash",
        "the hash of another document",
        31,
        lambda s: ":".join(
            (peer4(inside(s, authentication=["#k"])).rpartition(":")[0], peer4(inside(s)).rpartition(":")[2])
        ),
        PEER,
    ),
    bad("peer-4-id", "a document with an id", 31, lambda s: peer4(inside(s, id=s.alice.did)), PEER),
    bad(
        "peer-4-absolute",
        "a method of another DID",
        31,
        lambda s: peer4(
            inside(
                s,
                verificationMethod=[
                    {"id": s.mallory.did + "#k", "type": "Multikey", "publicKeyMultibase": multibase(s.alice)}
                ],
            )
        ),
        PEER,
    ),
    bad(
        "peer-4-controller",
        "a method that names a controller",
        31,
        lambda s: peer4(
            inside(
                s,
                verificationMethod=[
                    {
                        "id": "#k",
                        "type": "Multikey",
                        "controller": s.mallory.did,
                        "publicKeyMultibase": multibase(s.alice),
                    }
                ],
            )
        ),
        PEER,
    ),
    bad("peer-4-twice", "a member twice", 21, lambda s: peer4('{"a":1,"a":2}'), PEER),
    bad("peer-4-list", "no object", 13, lambda s: peer4("[]"), PEER),
)
RECIPES: tuple[Callable[[World], Case], ...] = (*GOOD, *KEYS, *JWKS, *PEERS)
