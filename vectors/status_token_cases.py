"""Token Status Lists: where an entry stands, what it says, and lists that say nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from .case import Case
from .deflate import fixed, gzipped, zeros, zlib_frame, zlibbed
from .jose import header_of, jws, method
from .status_lists import TOKEN, token_claims, token_list, uri
from .testkit import url64
from .web_did import WEB, served
from .world import World

Make = Callable[[World], str]
Recipe = Callable[[World], Case]
RULES, JWS, BOTH = (
    "docs/spec/status.md section Token Status List: ",
    "docs/spec/status.md section JWS: ",
    "docs/spec/status.md section Both: ",
)
MALFORMED, BAD, UNKNOWN = ("malformed", 1), ("bad_status", 7), ("stale_status", None)
UNRESOLVED = ("unresolved_principal", 3)
VALUES = (0, 1, 2, 3, 1, 0, 3)


def question(w: World, texts: Iterable[str], index: Any = 0, **more: Any) -> dict[str, Any]:
    """What these lists, if they are carol's and not ten minutes old, say of one entry."""
    reference = {"status_list": {"idx": index, "uri": uri(w)}}
    asked = {"now": w.now, "staleness": 600, "issuer": w.key("carol").did, "lists": list(texts)}
    return {**asked, "reference": reference, **more}


def refused(
    name: str,
    notes: str,
    rule: str,
    verdict: tuple[str, int | None],
    *texts: Make,
    index: Any = 0,
    attack: int = 107,
    **more: Any,
) -> Recipe:
    """An entry of which nothing is told, or nothing good."""
    return lambda w: Case(
        f"status-list/token-{name}",
        "read-status",
        notes,
        attack,
        rule,
        question(w, [text(w) for text in texts], index, **more),
        *verdict,
    )


def told(name: str, notes: str, rule: str, value: int, *texts: Make, index: int = 0, **more: Any) -> Recipe:
    """An entry of this value."""

    def recipe(w: World) -> Case:
        asked = question(w, [text(w) for text in texts], index, **more)
        result = {"value": value, "valid": value == 0}
        return Case(f"status-list/token-{name}", "read-status", notes, None, rule, asked, result=result)

    return recipe


def good(w: World) -> str:
    return token_list(w, token_claims(w, VALUES))


def of(bits: int) -> Make:
    """A list of entries of so many bits, of which each can be told from its neighbours."""
    return lambda w: token_list(w, token_claims(w, [(7 * index + 1) % (1 << bits) for index in range(16)], bits=bits))


def saying(**changes: Callable[[World], Any]) -> Make:
    """The list with these claims; None takes one away."""
    return lambda w: token_list(w, token_claims(w, VALUES, **{name: make(w) for name, make in changes.items()}))


def value(found: Any) -> Callable[[World], Any]:
    return lambda w: found


def after(seconds: int) -> Callable[[World], int]:
    return lambda w: w.now + seconds


def holding(lst: Callable[[bytes], str], bits: Any = 2) -> Make:
    """The list with another `lst`, made of 16 bytes of zero."""
    return saying(status_list=lambda w: {"bits": bits, "lst": lst(bytes(16))})


def header(**changes: Any) -> Make:
    return lambda w: token_list(w, token_claims(w, VALUES), **changes)


def aged(seconds: int, *, said: int = 0) -> Make:
    """A list of so many seconds ago, of which every entry has one value."""
    return lambda w: token_list(w, token_claims(w, [said] * 4, iat=w.now - seconds))


def by_mallory(w: World) -> str:
    """A genuine list, by another issuer."""
    return token_list(w, token_claims(w, VALUES, iss=w.key("mallory").did), by=w.key("mallory"))


def forged(w: World) -> str:
    key = w.key("carol")
    return jws(key, header_of(key, TOKEN), token_claims(w, VALUES), signer=w.key("mallory"))


def unsigned(w: World) -> str:
    key = w.key("carol")
    return jws(key, header_of(key, TOKEN, alg="none"), token_claims(w, VALUES), signature=bytes(64))


def tampered(w: World) -> str:
    """Carol's signature, over a list that says otherwise."""
    head, _, signature = good(w).split(".")
    return f"{head}.{url64(json.dumps(token_claims(w)).encode())}.{signature}"


def another_kid(w: World) -> str:
    return token_list(w, token_claims(w, VALUES), kid=method(w.key("mallory")))


def claim_twice(w: World) -> str:
    claims = json.dumps(token_claims(w, VALUES), separators=(",", ":"))
    return token_list(w, claims.replace('"iat":', '"iat":0,"iat":').encode())


def bomb(w: World) -> str:
    """One byte of 258 more than 16 MiB, which is some 16 kB packed."""
    matches = (16 << 20) // 258 + 1
    data = zlib_frame(zeros(matches), bytes(1 + 258 * matches))
    return token_list(w, token_claims(w, status_list={"bits": 1, "lst": url64(data)}))


def web(name: str, notes: str, relationship: str, verdict: tuple[str, int | None]) -> Recipe:
    """By a did:web whose document lists its key under this relationship alone."""

    def recipe(w: World) -> Case:
        text = token_list(w, token_claims(w, VALUES, iss=WEB), kid=f"{WEB}#k")
        asked = {**question(w, [text]), "issuer": WEB, "documents": served(w.key("carol"), relationship)}
        attack, result = (None, {"value": 0}) if verdict[0] == "ok" else (30, {})
        rule = JWS + "listed under assertionMethod"
        return Case(f"status-list/token-{name}", "read-status", notes, attack, rule, asked, *verdict, result=result)

    return recipe


def kept(name: str, notes: str, verdict: tuple[str, int | None], first: int, second: int) -> Recipe:
    """A store is given a list of so many seconds ago, and then another."""
    return lambda w: Case(
        f"status-list/token-{name}",
        "apply-revocations",
        notes,
        None if verdict[0] == "ok" else 107,
        BOTH + "a store keeps the newest",
        {"now": w.now, "before": [aged(first)(w)], "statement": aged(second, said=1)(w)},
        *verdict,
    )


ORDER = RULES + "counted from the least significant"
PACKED = BOTH + "packed data"
TOLD: tuple[Recipe, ...] = (
    told("bits-1", "entries of one bit", ORDER, 0, of(1), index=9),
    told("bits-1-first", "the least significant bit of the first byte", ORDER, 1, of(1), index=0),
    told("bits-2", "entries of two bits", ORDER, 3, of(2), index=6),
    told("bits-4", "entries of four bits", ORDER, 8, of(4), index=1),
    told("bits-8", "entries of eight bits", ORDER, 64, of(8), index=9),
    told("last", "the last entry there is", ORDER, 0, good, index=63),
    told("valid", "0 is no reason to refuse", RULES + "values", 0, good, index=5, judge=True),
    told("own-meaning", "3 may mean something to an application", RULES + "values", 3, good, index=3),
    told("as-old-as-accepted", "exactly as old as is accepted", BOTH + "freshness", 0, aged(600)),
    told("a-minute-ahead", "a minute from now", BOTH + "freshness", 0, aged(-60)),
    told("ends-in-a-second", "one second before exp", RULES + "from exp on", 0, saying(exp=after(1))),
    told("ttl-over", "ttl says when to fetch again", BOTH + "ttl is no part of that", 0, saying(ttl=value(1))),
    told(
        "kid-alone",
        "without iss the kid says whose it is",
        RULES + "if absent, the DID of kid",
        0,
        saying(iss=value(None)),
    ),
    web("did-web", "by a did:web", "assertionMethod", ("ok", None)),
    kept("newer-than-kept", "a store is given a newer list", ("ok", None), 500, 5),
)
JUDGED: tuple[Recipe, ...] = (
    refused("revoked", "1 is invalid", RULES + "values", ("revoked", 7), good, index=1, attack=71, judge=True),
    refused("suspended", "2 is suspended", RULES + "values", ("suspended", 7), good, index=2, attack=71, judge=True),
    refused(
        "no-meaning", "3 has no meaning", RULES + "any other has no meaning", BAD, good, index=3, attack=68, judge=True
    ),
    refused(
        "newest-counts",
        "the newer of two lists says invalid",
        BOTH + "the newest",
        ("revoked", 7),
        aged(5, said=1),
        aged(500),
        judge=True,
    ),
    kept("older-than-kept", "a store is given an older list", ("rolled_back", 7), 5, 500),
)
UNTOLD: tuple[Recipe, ...] = (
    refused("index-beyond", "one entry behind the last", RULES + "entry i", BAD, good, index=64, attack=104),
    *(
        refused(
            f"index-{name}",
            f"the index {index!r}",
            RULES + "idx is a JSON integer",
            MALFORMED,
            good,
            index=index,
            attack=104,
        )
        for name, index in (("negative", -1), ("text", "1"), ("true", True), ("fraction", 0.5))
    ),
    refused("none", "no list at all", BOTH + "freshness", UNKNOWN, attack=107),
    refused("another-issuer", "a genuine list by another", BOTH + "whose", UNKNOWN, by_mallory),
    refused("another-uri", "its sub is another", RULES + "the same text", UNKNOWN, saying(sub=lambda w: uri(w) + "0")),
    refused(
        "another-spelling",
        "its sub has a slash more",
        RULES + "the same text",
        UNKNOWN,
        saying(sub=lambda w: uri(w) + "/"),
    ),
    refused("ended", "at the second of exp", RULES + "from exp on", UNKNOWN, saying(exp=after(0))),
    refused("too-old", "a second older than accepted", BOTH + "freshness", UNKNOWN, aged(601)),
    refused("in-the-future", "61 seconds from now", BOTH + "more than a minute in the future", UNKNOWN, aged(-61)),
    refused(
        "begins-later", "nbf is 61 seconds from now", RULES + "the later of iat and nbf", UNKNOWN, saying(nbf=after(61))
    ),
    refused("forged", "signed by another key", JWS + "the keys", ("bad_signature", 7), forged, attack=17),
    refused("tampered", "another list than was signed", JWS + "the keys", ("bad_signature", 7), tampered, attack=48),
    refused("alg-none", "alg none", JWS + "alg", MALFORMED, unsigned, attack=15),
    refused("typ-jwt", "of type JWT", JWS + "typ", MALFORMED, header(typ="JWT"), attack=22),
    refused("no-typ", "of no type", JWS + "typ", MALFORMED, header(typ=None), attack=22),
    refused("crit", "a critical extension", JWS + "the header", MALFORMED, header(crit=["exp"]), attack=20),
    refused("kid-of-another", "the kid of another DID", JWS + "the issuer's own", UNRESOLVED, another_kid, attack=28),
    web("did-web-other-relationship", "its key is listed under authentication alone", "authentication", UNRESOLVED),
    refused("claim-twice", "iat twice", JWS + "no member twice", MALFORMED, claim_twice, attack=21),
    refused("no-sub", "without sub", RULES + "sub", MALFORMED, saying(sub=value(None)), attack=108),
    refused(
        "sub-fragment",
        "a sub with a fragment",
        RULES + "without fragment",
        MALFORMED,
        saying(sub=lambda w: uri(w) + "#1"),
        attack=108,
    ),
    refused("no-iat", "without iat", RULES + "iat", MALFORMED, saying(iat=value(None))),
    refused("iat-text", "iat as text", RULES + "iat", MALFORMED, saying(iat=lambda w: str(w.now)), attack=57),
    refused("ends-before", "it ends before it speaks", RULES + "exp after that", BAD, saying(exp=after(-61))),
    refused("ttl-zero", "a ttl of 0", RULES + "ttl", MALFORMED, saying(ttl=value(0)), attack=56),
    refused(
        "aggregation-relative",
        "an aggregation_uri that is no URI",
        RULES + "an absolute URI",
        MALFORMED,
        saying(status_list=lambda w: {**token_claims(w)["status_list"], "aggregation_uri": "/lists"}),
        attack=108,
    ),
    refused("ttl-text", "a ttl as text", RULES + "ttl", MALFORMED, saying(ttl=value("600")), attack=56),
    *(
        refused(
            f"bits-{name}",
            f"entries of {bits!r} bits",
            RULES + "bits",
            MALFORMED,
            holding(lambda data: url64(zlibbed(data)), bits),
            attack=108,
        )
        for name, bits in (("0", 0), ("3", 3), ("16", 16), ("true", True), ("text", "2"))
    ),
    refused(
        "behind-the-data",
        "a byte behind it",
        PACKED,
        MALFORMED,
        holding(lambda data: url64(zlibbed(data) + b"\0")),
        attack=6,
    ),
    refused(
        "cut-short",
        "the last byte is missing",
        PACKED,
        MALFORMED,
        holding(lambda data: url64(zlibbed(data)[:-1])),
        attack=6,
    ),
    refused(
        "checksum",
        "another checksum",
        PACKED,
        MALFORMED,
        holding(lambda data: url64(zlib_frame(fixed(data), b"a"))),
        attack=6,
    ),
    refused("raw-deflate", "no frame around it", PACKED, MALFORMED, holding(lambda data: url64(fixed(data))), attack=6),
    refused("gzip", "gzip for zlib", PACKED, MALFORMED, holding(lambda data: url64(gzipped(data))), attack=6),
    refused(
        "padded",
        "base64url with padding",
        JWS + "unpadded base64url",
        MALFORMED,
        holding(lambda data: url64(zlibbed(data)) + "="),
        attack=44,
    ),
    refused(
        "multibase",
        "with a u, as in a bitstring",
        RULES + "lst",
        MALFORMED,
        holding(lambda data: "u" + url64(zlibbed(data))),
        attack=108,
    ),
    refused("bomb", "more than 16 MiB", PACKED, ("limit_exceeded", 0), bomb, attack=7),
)
RECIPES: tuple[Recipe, ...] = (*TOLD, *JUDGED, *UNTOLD)
