"""did:web: where its document is, and what the document must be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import points
from . import testkit as kit
from .case import Case
from .resolving import Resolved, Unresolved, document, host, method, multibase, served, web
from .scene import Scene, compact
from .world import World

PLACE = "docs/spec/did.md section Methods: did:web, host names of one reading"
BODY = "docs/spec/did.md section Methods: did:web, JSON of at most 65,536 bytes"
DOCUMENTS = "docs/spec/did.md section Documents: what is refused as malformed"
TYPES = "docs/spec/did.md section Documents: types of methods and their keys"
PART = "docs/spec/did.md section Results: the key of a signature"
USES = ["authentication"]

Changed = Callable[[Scene], dict[str, Any]]


def good(
    name: str, notes: str, changed: Changed, fragments: tuple[str, ...] = ("k",), spec: str = DOCUMENTS
) -> Resolved:
    """A document with other members; alice's key is what these fragments name."""
    return Resolved(
        f"web-{name}",
        notes,
        lambda s: {"did": web(s), "documents": served(s, document(s, **changed(s)))},
        lambda s: {f"{web(s)}#{each}": (s.alice, USES) for each in fragments},
        spec,
    )


def wrong(name: str, notes: str, attack: int, changed: Changed, spec: str = DOCUMENTS) -> Unresolved:
    """A document with other members, which is none."""
    return Unresolved(
        f"web-{name}",
        notes,
        attack,
        lambda s: {"did": web(s), "documents": served(s, document(s, **changed(s)))},
        spec,
    )


def text(name: str, notes: str, attack: int, content: Callable[[Scene], str]) -> Unresolved:
    """Something else in place of the document."""
    return Unresolved(f"web-{name}", notes, attack, lambda s: {"did": web(s), "documents": served(s, content(s))}, BODY)


def place(name: str, notes: str, attack: int, did: Callable[[Scene], str], url: Callable[[Scene], str]) -> Unresolved:
    """A DID that leads nowhere, though a server has its document where a lenient reader would look."""

    def asked(s: Scene) -> dict[str, Any]:
        return {"did": did(s), "documents": {url(s): compact(document(s, did(s)))}}

    return Unresolved(f"web-{name}", notes, attack, asked, PLACE)


def at(name: str, notes: str, did: Callable[[Scene], str], url: Callable[[Scene], str]) -> Resolved:
    return Resolved(
        f"web-{name}",
        notes,
        lambda s: {"did": did(s), "documents": {url(s): compact(document(s, did(s)))}},
        lambda s: {f"{did(s)}#k": (s.alice, USES)},
        PLACE,
    )


def part(name: str, notes: str, attack: int, fragment: str, use: str) -> Unresolved:
    def asked(s: Scene) -> dict[str, Any]:
        return {"url": f"{web(s)}#{fragment}", "relationship": use, "documents": served(s, document(s))}

    return Unresolved(f"web-{name}", notes, attack, asked, PART)


def methods(*made: Callable[[Scene], dict[str, Any]]) -> Changed:
    return lambda s: {"verificationMethod": [each(s) for each in made]}


def ends(at_: Callable[[Scene], str], name: str = "expires") -> Changed:
    return lambda s: {"verificationMethod": [method(s, **{name: at_(s)})]}


def other(s: Scene) -> str:
    return f"did:web:{s.world.word('another host', 'others')}.example"


def root(s: Scene) -> str:
    return f"https://{host(s)}/.well-known/did.json"


PLACES: tuple[Callable[[World], Case], ...] = (
    at("root", "a host alone", web, root),
    at("path", "segments of a path", lambda s: f"{web(s)}:a:B.c", lambda s: f"https://{host(s)}/a/B.c/did.json"),
    at("port", "a port", lambda s: f"{web(s)}%3A8443", lambda s: f"https://{host(s)}:8443/.well-known/did.json"),
    at("encoded", "what must be encoded", lambda s: f"{web(s)}:a%20b", lambda s: f"https://{host(s)}/a%20b/did.json"),
    at(
        "encoded-tilde",
        "a tilde, which no DID holds",
        lambda s: f"{web(s)}:%7Ea",
        lambda s: f"https://{host(s)}/%7Ea/did.json",
    ),
    at(
        "lower-case-digits",
        "encoded with digits in small letters",
        lambda s: f"{web(s)}%3a8443:a%3bb",
        lambda s: f"https://{host(s)}:8443/a%3bb/did.json",
    ),
    Unresolved("web-nothing", "a server that has nothing", 40, lambda s: {"did": web(s), "documents": {}}, PLACE),
    place("upper-case", "a name in capitals", 34, lambda s: f"did:web:{host(s).upper()}", root),
    place("trailing-dot", "a name that ends in a dot", 34, lambda s: web(s) + ".", root),
    place(
        "ip-address",
        "an IP address",
        35,
        lambda s: "did:web:127.0.0.1",
        lambda s: "https://127.0.0.1/.well-known/did.json",
    ),
    place(
        "decimal-address",
        "an IP address as one number",
        35,
        lambda s: "did:web:2130706433",
        lambda s: "https://2130706433/.well-known/did.json",
    ),
    place(
        "punycode",
        "a name in punycode",
        34,
        lambda s: f"did:web:xn--80ak6aa92e.{host(s)}",
        lambda s: f"https://xn--80ak6aa92e.{host(s)}/.well-known/did.json",
    ),
    place("port-443", "the usual port, spelt out", 34, lambda s: f"{web(s)}%3A443", root),
    place(
        "port-0",
        "a port that begins with 0",
        34,
        lambda s: f"{web(s)}%3A08443",
        lambda s: f"https://{host(s)}:8443/.well-known/did.json",
    ),
    place("user-name", "a user name before the host", 34, lambda s: f"did:web:a%40{host(s)}", root),
    place(
        "dot-segment",
        "a path that goes up",
        53,
        lambda s: f"{web(s)}:a:..:b",
        lambda s: f"https://{host(s)}/b/did.json",
    ),
    place(
        "encoded-slash",
        "a slash, encoded",
        34,
        lambda s: f"{web(s)}:a%2Fb",
        lambda s: f"https://{host(s)}/a/b/did.json",
    ),
    place(
        "encoded-letter", "a letter, encoded", 34, lambda s: f"{web(s)}:%61", lambda s: f"https://{host(s)}/a/did.json"
    ),
    place(
        "encoded-percent",
        "a percent sign, encoded",
        34,
        lambda s: f"{web(s)}:a%2541",
        lambda s: f"https://{host(s)}/a%2541/did.json",
    ),
    place(
        "encoded-backslash",
        "a backslash, encoded",
        34,
        lambda s: f"{web(s)}:a%5Cb",
        lambda s: f"https://{host(s)}/a%5Cb/did.json",
    ),
    place(
        "encoded-nul",
        "a control character, encoded",
        34,
        lambda s: f"{web(s)}:a%00",
        lambda s: f"https://{host(s)}/a%00/did.json",
    ),
    place(
        "encoded-beyond-ascii",
        "a letter beyond ASCII, encoded",
        52,
        lambda s: f"{web(s)}:%C3%A9",
        lambda s: f"https://{host(s)}/%C3%A9/did.json",
    ),
    place("empty-segment", "two colons", 34, lambda s: f"{web(s)}::a", lambda s: f"https://{host(s)}//a/did.json"),
    place("no-host", "nothing behind did:web:", 13, lambda s: "did:web:", root),
)
BODIES: tuple[Callable[[World], Case], ...] = (
    text("not-json", "no JSON", 13, lambda s: "alice"),
    text("list", "a list", 13, lambda s: compact([document(s)])),
    text("twice", "a member twice", 21, lambda s: compact(document(s))[:-1] + f',"id":"{web(s)}"}}'),
    text("byte-order-mark", "a byte order mark", 14, lambda s: "\ufeff" + compact(document(s))),
    text("two-documents", "two documents", 12, lambda s: compact(document(s)) * 2),
    text("nan", "a number that is none", 47, lambda s: compact(document(s))[:-1] + ',"a":NaN}'),
    text(
        "deep", "JSON nested 100 deep", 1, lambda s: compact(document(s))[:-1] + ',"a":' + "[" * 100 + "]" * 100 + "}"
    ),
)
READ: tuple[Callable[[World], Case], ...] = (
    good(
        "relative",
        "references and ids that are relative",
        lambda s: {"verificationMethod": [method(s, id="#k")], "authentication": ["#k"]},
    ),
    good(
        "embedded",
        "a method in the relationship itself",
        lambda s: {"verificationMethod": None, "authentication": [method(s)]},
    ),
    good("no-context", "without @context", lambda s: {"@context": None}),
    good(
        "jwk",
        "a JWK",
        methods(lambda s: method(s, type="JsonWebKey2020", publicKeyMultibase=None, publicKeyJwk=s.alice.jwk)),
        spec=TYPES,
    ),
    good("ed25519-2020", "the older type", methods(lambda s: method(s, type="Ed25519VerificationKey2020")), spec=TYPES),
    good(
        "unknown-type",
        "beside a method of an unknown type",
        methods(method, lambda s: method(s, id=f"{web(s)}#u", type="Unknown2031")),
        spec=TYPES,
    ),
    good("not-yet-expired", "a method that ends in 9999", ends(lambda s: "9999-12-31T23:59:59Z")),
    good("expired", "a method that has ended is gone", ends(lambda s: "2001-01-01T00:00:00Z"), ()),
    good("revoked", "a method that was revoked is gone", ends(lambda s: "2001-01-01T00:00:00Z", "revoked"), ()),
    good(
        "foreign-reference",
        "a reference to a method of another DID lends nothing",
        lambda s: {"authentication": [f"{web(s)}#k", f"{other(s)}#k"]},
    ),
    wrong("another-id", "the document of another DID", 31, lambda s: {"id": other(s)}),
    wrong("no-id", "without an id", 31, lambda s: {"id": None}),
    wrong(
        "another-controller", "a method with another controller", 31, methods(lambda s: method(s, controller=other(s)))
    ),
    wrong("no-controller", "a method without its controller", 31, methods(lambda s: method(s, controller=None))),
    wrong("another-method", "a method of another DID", 31, methods(method, lambda s: method(s, id=f"{other(s)}#k"))),
    wrong("method-twice", "a method twice", 21, methods(method, method)),
    wrong("reference-twice", "a reference twice", 21, lambda s: {"authentication": [f"{web(s)}#k", f"{web(s)}#k"]}),
    wrong(
        "reference-to-nothing",
        "a reference to a method that is not there",
        29,
        lambda s: {"authentication": [f"{web(s)}#l"]},
    ),
    wrong("secret", "a secret key in it", 25, methods(lambda s: method(s, secretKeyMultibase="z3u2"))),
    wrong(
        "private-jwk",
        "a JWK with its private half",
        25,
        methods(
            lambda s: method(
                s, type="JsonWebKey", publicKeyMultibase=None, publicKeyJwk={**s.alice.jwk, "d": s.alice.jwk["x"]}
            )
        ),
        TYPES,
    ),
    wrong("two-keys", "two keys in one method", 24, methods(lambda s: method(s, publicKeyJwk=s.alice.jwk))),
    wrong("no-key", "a Multikey without its key", 46, methods(lambda s: method(s, publicKeyMultibase=None)), TYPES),
    wrong(
        "low-order",
        "a key of low order",
        33,
        methods(lambda s: method(s, publicKeyMultibase="z" + kit.base58(b"\xed\x01" + points.ed25519(1)))),
        TYPES,
    ),
    wrong(
        "not-multibase",
        "a key in base64url",
        46,
        methods(lambda s: method(s, publicKeyMultibase="u" + kit.url64(s.alice.multikey))),
        TYPES,
    ),
    wrong(
        "another-curve",
        "a P-256 key in a method of Ed25519",
        17,
        methods(lambda s: method(s, type="Ed25519VerificationKey2020", publicKeyMultibase=multibase(s.carol))),
        TYPES,
    ),
    wrong("time-without-zone", "an end without a zone", 57, ends(lambda s: "2001-01-01T00:00:00")),
    wrong("time-number", "an end that is no date", 57, lambda s: {"verificationMethod": [method(s, expires=1)]}),
    wrong(
        "service-without-endpoint",
        "a service without serviceEndpoint",
        98,
        lambda s: {"service": [{"id": "#s", "type": "T"}]},
    ),
    wrong(
        "service-without-id",
        "a service without an id",
        98,
        lambda s: {"service": [{"type": "T", "serviceEndpoint": "https://a.example/"}]},
    ),
    wrong(
        "257-references",
        "more than 256 of anything",
        4,
        lambda s: {"authentication": [f"{web(s)}#k", *(f"{other(s)}#{n}" for n in range(256))]},
    ),
    wrong("methods-object", "methods that are no list", 98, lambda s: {"verificationMethod": {}}),
    part("no-such-part", "a method that is not there", 29, "l", "authentication"),
    part("another-use", "a method for authentication, asked for delegating", 30, "k", "capabilityDelegation"),
)
RECIPES: tuple[Callable[[World], Case], ...] = (*PLACES, *BODIES, *READ)
