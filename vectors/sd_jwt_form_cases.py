"""SD-JWTs: their form, from the ~ between the parts to what a disclosure may say."""

from __future__ import annotations

import base64
import hmac
import json
from typing import Any

from .case import Case
from .jose import header_of, jws
from .sd_jwt_scene import FORM, JWS, MALFORMED, Make, Recipe, accepted, model, one, refused, spaced
from .selective import claim, claims_of, digest, disclosure, issued, question, salt, shown
from .testkit import url64
from .world import World


def padded(w: World) -> str:
    return disclosure(salt(w, "padded"), "model", "x" * 9) + "="


def other_alphabet(w: World) -> str:
    """A disclosure in the alphabet of RFC 4648 section 4, which has a plus sign for a hyphen."""
    content = json.dumps([salt(w, "other"), "model", "???>>>~~~"], separators=(",", ":")).encode()
    text = base64.b64encode(content + b" " * (-len(content) % 3)).decode()
    return text if set("+/") & set(text) else text + "+//+"


def loose(w: World) -> str:
    """The last character has bits that mean nothing, and they are set."""
    content = json.dumps([salt(w, "loose"), "model", "a"], separators=(",", ":")).encode()
    text = url64(content + b" " * ((1 - len(content)) % 3))
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return text[:-1] + alphabet[alphabet.index(text[-1]) + 1]


def not_utf8(w: World) -> str:
    return url64(b'["' + salt(w, "bytes").encode() + b'","model","\xff"]')


def member_twice(w: World) -> str:
    return url64(b'["' + salt(w, "twice").encode() + b'","owner",{"team":"a","team":"b"}]')


def no_tilde(w: World) -> str:
    return shown(w, issued(w, claims_of(w))).partition("~")[0]


def bearer(w: World) -> str:
    """An SD-JWT that names no holder, with one disclosure."""
    return issued(w, claims_of(w, cnf=None, _sd=[digest(model(w))]), model(w))


def tilde_taken(w: World) -> Case:
    return Case(
        "sd-jwt/last-tilde-missing",
        "verify-sd-jwt",
        "the last ~ was taken away, so that a disclosure stands where a key binding would",
        97,
        FORM + "what stands behind the last ~ is a JWT or nothing",
        question(w, bearer(w)[:-1], audience=None, nonce=None),
        *MALFORMED,
    )


def empty_part(w: World) -> str:
    return shown(w, issued(w, claims_of(w, _sd=[digest(model(w))]), "", model(w)))


def too_many(w: World) -> str:
    return shown(w, issued(w, claims_of(w), *["W10"] * 513))


def header(**changes: Any) -> Make:
    """A header with these members; None takes one away."""
    return lambda w: shown(w, issued(w, claims_of(w), **changes))


def unsigned(w: World) -> str:
    """`alg: none`, and the signature left as long as one is."""
    key = w.key("carol")
    text = jws(key, header_of(key, "dc+sd-jwt", alg="none"), claims_of(w), signature=bytes(64))
    return shown(w, text + "~")


def hmac_signed(w: World) -> str:
    """HS256, by whoever knows the public key."""
    key = w.key("carol")
    unsigned, _, _ = jws(key, header_of(key, "dc+sd-jwt", alg="HS256"), claims_of(w)).rpartition(".")
    signature = hmac.new(key.data, unsigned.encode(), "sha256").digest()
    return shown(w, f"{unsigned}.{url64(signature)}~")


def claim_twice(w: World) -> str:
    claims = json.dumps(claims_of(w), separators=(",", ":"))
    doubled = claims.replace('"vct":', '"vct":"https://other.example/agent","vct":')
    return shown(w, issued(w, doubled.encode()))


def no_holder(w: World) -> Case:
    """The twin of all that are bound: nobody is named, and nobody is asked for."""
    return Case(
        "sd-jwt/bearer",
        "verify-sd-jwt",
        "it names no holder, and the verifier asks for none",
        None,
        "docs/spec/sd-jwt.md section Key binding: None for both",
        question(w, bearer(w), audience=None, nonce=None),
        result={"claims": claims_of(w, cnf=None, model="example-1"), "bound": False},
    )


REFUSED: tuple[Recipe, ...] = (
    tilde_taken,
    refused("no-tilde", "a JWT and nothing else", FORM + "the JWT and ~", MALFORMED, no_tilde),
    refused("empty-part", "nothing between two ~", FORM + "none empty but the last", MALFORMED, empty_part),
    refused("padded", "a disclosure with padding", FORM + "without padding", MALFORMED, one(padded), attack=44),
    refused(
        "other-alphabet", "a disclosure in plain base64", FORM + "base64url", MALFORMED, one(other_alphabet), attack=44
    ),
    refused(
        "loose-bits",
        "bits at the end that mean nothing",
        FORM + "one canonical spelling",
        MALFORMED,
        one(loose),
        attack=44,
    ),
    refused("not-utf8", "a disclosure that is no UTF-8", FORM + "parsed strictly", MALFORMED, one(not_utf8)),
    refused(
        "member-twice",
        "a member twice in a disclosure",
        FORM + "parsed strictly",
        MALFORMED,
        one(member_twice),
        attack=21,
    ),
    refused(
        "not-an-array",
        "a disclosure that is an object",
        FORM + "a JSON array",
        MALFORMED,
        one(lambda w: url64(json.dumps({"salt": salt(w, "a"), "model": "example-1"}).encode())),
    ),
    refused(
        "salt-alone",
        "a disclosure of a salt",
        FORM + "[salt, value]",
        MALFORMED,
        one(lambda w: disclosure(salt(w, "a"))),
    ),
    refused(
        "four-elements",
        "a disclosure with one more",
        FORM + "[salt, name, value]",
        MALFORMED,
        one(lambda w: disclosure(salt(w, "a"), "model", "example-1", 1)),
    ),
    refused(
        "salt-number",
        "a salt that is a number",
        FORM + "the salt being text",
        MALFORMED,
        one(lambda w: disclosure(7, "model", "a")),
    ),
    refused(
        "name-number",
        "a name that is a number",
        FORM + "[salt, name, value]",
        MALFORMED,
        one(lambda w: disclosure(salt(w, "a"), 7, "a")),
    ),
    *(
        refused(
            f"name-{label}",
            f"a claim of the name {name}",
            FORM + "a name is none of _sd, ... and _sd_alg",
            MALFORMED,
            one(lambda w, name=name, value=value: claim(w, name, value)),
            attack=98,
        )
        for label, name, value in (("sd", "_sd", []), ("dots", "...", "a"), ("sd-alg", "_sd_alg", "sha-256"))
    ),
    refused("too-many", "513 disclosures", FORM + "at most 512 disclosures", ("limit_exceeded", 0), too_many, attack=4),
    refused("alg-none", "alg none", JWS + "alg", MALFORMED, unsigned, attack=15),
    refused("alg-hs256", "its issuer's public key as a secret", JWS + "alg", MALFORMED, hmac_signed, attack=16),
    refused(
        "alg-of-another-key",
        "alg ES256 for an Ed25519 key",
        JWS + "the key decides",
        ("bad_signature", 4),
        header(alg="ES256"),
        attack=17,
    ),
    refused("crit", "a critical extension", JWS + "the header", MALFORMED, header(crit=["exp"]), attack=20),
    refused("typ-missing", "no typ", JWS + "typ", MALFORMED, header(typ=None), attack=22),
    refused(
        "typ-of-another", "the type of a status list", JWS + "typ", MALFORMED, header(typ="statuslist+jwt"), attack=22
    ),
    refused("claim-twice", "a claim twice", JWS + "no member twice", MALFORMED, claim_twice, attack=21),
)
ACCEPTED: tuple[Recipe, ...] = (
    accepted("spaced", "white space in a disclosure", FORM + "white space is free", one(spaced), model="example-1"),
    no_holder,
)
RECIPES: tuple[Recipe, ...] = (*ACCEPTED, *REFUSED)
