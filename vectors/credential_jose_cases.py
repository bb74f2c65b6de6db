"""Credentials as a JWS, in an envelope, and as an SD-JWT."""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable
from typing import Any

from .case import Case
from .credential_scene import (
    AUDIENCE,
    BAD,
    HOLDER,
    LATE,
    UNRESOLVED,
    UNSIGNED,
    Make,
    Recipe,
    accepted,
    asked,
    claiming,
    document,
    refused,
    value,
    with_jws,
)
from .jose import header_of, jws, method, unreduced
from .testkit import Key, url64
from .web_did import WEB, served
from .world import World

AS_JWS = "docs/spec/credential.md section Verifying a credential: as a JWS, "
AS_SD_JWT = "docs/spec/credential.md section Verifying a credential: as an SD-JWT, "
JWS = "docs/spec/status.md section JWS: "
STRICT = "docs/spec/wire.md section 3: S must be below the group order"
ENVELOPES = "docs/spec/credential.md section Documents: envelopes, "


def header(**changes: Any) -> Make:
    """The credential as a JWS with this header; None takes a member away."""
    return lambda w: with_jws(w, document(w), **changes)


def after(seconds: int) -> Callable[[World], int]:
    return lambda w: w.now + seconds


def forged(w: World) -> str:
    key = w.key("carol")
    return jws(key, header_of(key, "vc+jwt"), document(w), signer=w.key("mallory"))


def unsigned(w: World) -> str:
    """`alg: none`, the signature left as long as one is."""
    key = w.key("carol")
    return jws(key, header_of(key, "vc+jwt", alg="none"), document(w), signature=bytes(64))


def hmac_signed(w: World) -> str:
    """HS256, by whoever knows the public key."""
    key = w.key("carol")
    signed, _, _ = jws(key, header_of(key, "vc+jwt", alg="HS256"), document(w)).rpartition(".")
    return f"{signed}.{url64(hmac.new(key.data, signed.encode(), 'sha256').digest())}"


def tampered(w: World) -> str:
    """Carol's signature, over another credential."""
    head, _, signature = with_jws(w, document(w)).split(".")
    return (
        f"{head}.{url64(json.dumps(document(w, credentialSubject={'id': w.key('mallory').did})).encode())}.{signature}"
    )


def own_key(w: World) -> str:
    """Mallory's key in the header, under carol's kid."""
    mallory = w.key("mallory")
    return with_jws(w, document(w), by=mallory, kid=method(w.key("carol")), jwk=mallory.jwk)


def another_kid(w: World) -> str:
    return with_jws(w, document(w), by=w.key("mallory"))


def padded(w: World) -> str:
    return with_jws(w, document(w)) + "=="


def loose(w: World) -> str:
    """The last character of the signature has bits that mean nothing, and they are set."""
    text = with_jws(w, document(w))
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return text[:-1] + alphabet[alphabet.index(text[-1]) + 1]


def larger_s(w: World) -> str:
    """The signature with a larger S."""
    signed, _, _ = with_jws(w, document(w)).rpartition(".")
    return f"{signed}.{url64(unreduced(w.key('carol').sign(signed.encode())))}"


def der_signed(w: World) -> str:
    """The signature of a P-256 key in DER."""
    key = p256(w)
    signed, _, _ = on_p256(w).rpartition(".")
    return f"{signed}.{url64(key.sign(signed.encode()))}"


def four_parts(w: World) -> str:
    return with_jws(w, document(w)) + ".e30"


def claim_twice(w: World) -> str:
    claims = json.dumps(document(w), separators=(",", ":"))
    return with_jws(w, claims.replace('"issuer":', '"issuer":"did:web:other.example","issuer":').encode())


def p256(w: World) -> Key:
    return w.key("dave", 1)


def on_p256(w: World, *, high: bool = False) -> str:
    key = p256(w)
    return jws(key, header_of(key, "vc+jwt", cty="vc"), document(w, issuer=key.did), high=high)


def by_web(name: str, notes: str, relationship: str, verdict: tuple[str, int | None]) -> Recipe:
    """By a did:web whose document lists its key under this relationship alone."""

    def recipe(w: World) -> Case:
        question = asked(w, with_jws(w, document(w, issuer=WEB), kid=f"{WEB}#k"), issuers=value([WEB]))
        question["documents"] = served(w.key("carol"), relationship)
        attack, result = (None, {"issuer": WEB}) if verdict[0] == "ok" else (30, {})
        return Case(
            f"credential/jws-{name}",
            "verify-credential",
            notes,
            attack,
            JWS + "the keys that the issuer's DID lists under assertionMethod",
            question,
            *verdict,
            result=result,
        )

    return recipe


ACCEPTED: tuple[Recipe, ...] = (
    accepted("jws", "as a JWS", AS_JWS + "strict", claiming()),
    accepted(
        "jws-p256",
        "by a P-256 key",
        JWS + "the key decides",
        on_p256,
        issuer=lambda w: p256(w).did,
        issuers=lambda w: [p256(w).did],
    ),
    accepted(
        "jws-high-s",
        "the upper half of s",
        JWS + "reads either half",
        lambda w: on_p256(w, high=True),
        issuer=lambda w: p256(w).did,
        issuers=lambda w: [p256(w).did],
    ),
    accepted(
        "jws-long-typ",
        "its type in full and in capitals",
        JWS + "with or without application/",
        header(typ="application/VC+JWT"),
    ),
    accepted("jws-no-cty", "without a content type", AS_JWS + "cty if there is", header(cty=None)),
    accepted(
        "jws-claims",
        "the claims of JWT say the same",
        AS_JWS + "the claims of JWT beside it",
        claiming(iss=lambda w: w.key("carol").did, sub=lambda w: w.key("scout").did, iat=after(-60), exp=after(60)),
    ),
    by_web("did-web", "by a did:web", "assertionMethod", ("ok", None)),
)
HEADERS: tuple[Recipe, ...] = (
    refused(
        "jws-forged",
        "signed by another key under its issuer's kid",
        AS_JWS + "a key of the issuer",
        UNSIGNED,
        forged,
        attack=17,
    ),
    refused(
        "jws-tampered",
        "another credential than was signed",
        AS_JWS + "a key of the issuer",
        UNSIGNED,
        tampered,
        attack=48,
    ),
    refused("jws-alg-none", "alg none", JWS + "alg", BAD, unsigned, attack=15),
    refused("jws-alg-hs256", "its issuer's public key as a secret", JWS + "alg", BAD, hmac_signed, attack=16),
    refused(
        "jws-alg-of-another-key",
        "alg ES256 for an Ed25519 key",
        JWS + "the key decides",
        UNSIGNED,
        header(alg="ES256"),
        attack=17,
    ),
    refused("jws-no-typ", "of no type", AS_JWS + "typ", BAD, header(typ=None), attack=22),
    refused("jws-typ-jwt", "of type JWT", AS_JWS + "typ", BAD, header(typ="JWT"), attack=22),
    refused("jws-typ-vp", "of the type of a presentation", AS_JWS + "typ", BAD, header(typ="vp+jwt"), attack=22),
    refused("jws-cty-vp", "with the content type of a presentation", AS_JWS + "cty", BAD, header(cty="vp"), attack=22),
    refused("jws-no-kid", "without a kid", AS_JWS + "kid is required", UNSIGNED, header(kid=None), attack=28),
    refused(
        "jws-kid-relative",
        "a kid that is a fragment",
        AS_JWS + "the absolute DID URL",
        UNSIGNED,
        header(kid="#0"),
        attack=29,
    ),
    refused(
        "jws-kid-of-another",
        "another's kid and signature",
        AS_JWS + "a key of the issuer",
        UNSIGNED,
        another_kid,
        attack=28,
    ),
    refused("jws-kid-number", "a kid that is a number", JWS + "kid, if there, is text", BAD, header(kid=7), attack=56),
    refused(
        "jws-long-header",
        "a header of 4,097 characters and more",
        JWS + "at most 4,096 characters",
        BAD,
        header(x="a" * 3072),
        attack=2,
    ),
    refused("jws-own-key", "it brings its own key", JWS + "the header", BAD, own_key, attack=19),
    refused("jws-crit", "a critical extension", JWS + "the header", BAD, header(crit=["exp"]), attack=20),
    refused("jws-b64", "b64 false", JWS + "the header", BAD, header(b64=False), attack=20),
    refused("jws-larger-s", "an S above the order of the group", STRICT, UNSIGNED, larger_s, attack=41),
    refused(
        "jws-der",
        "a signature in DER",
        JWS + "the signature exactly 64 bytes",
        BAD,
        der_signed,
        attack=42,
        issuers=lambda w: [p256(w).did],
    ),
    refused("jws-padded", "a signature with padding", JWS + "unpadded base64url", BAD, padded, attack=44),
    refused(
        "jws-loose-bits", "bits at the end that mean nothing", JWS + "its one canonical spelling", BAD, loose, attack=44
    ),
    refused("jws-four-parts", "four parts", JWS + "three parts", BAD, four_parts, attack=12),
    by_web("did-web-other-relationship", "its key is listed under authentication alone", "authentication", UNRESOLVED),
)
CLAIMS: tuple[Recipe, ...] = (
    refused("jws-claim-twice", "a claim twice", JWS + "no member twice", BAD, claim_twice, attack=21),
    refused(
        "jws-vc",
        "the claim vc of data model 1.1",
        AS_JWS + "vc, vp and proof have no place",
        BAD,
        claiming(vc=value({})),
        attack=22,
    ),
    refused(
        "jws-vp", "the claim vp", AS_JWS + "vc, vp and proof have no place", BAD, claiming(vp=value({})), attack=22
    ),
    refused(
        "jws-proof",
        "a proof in it",
        AS_JWS + "vc, vp and proof have no place",
        BAD,
        claiming(proof=value({})),
        attack=22,
    ),
    refused(
        "jws-iss-differs",
        "iss is not its issuer",
        AS_JWS + "iss is the issuer",
        BAD,
        claiming(iss=lambda w: w.key("mallory").did),
        attack=28,
    ),
    refused(
        "jws-jti-differs",
        "jti is not its id",
        AS_JWS + "jti the id",
        BAD,
        claiming(id=value("urn:a:1"), jti=value("urn:a:2")),
        attack=28,
    ),
    refused(
        "jws-sub-differs",
        "sub is no subject",
        AS_JWS + "sub the id of a subject",
        BAD,
        claiming(sub=lambda w: w.key("mallory").did),
        attack=28,
    ),
    refused(
        "jws-expired",
        "301 seconds after exp",
        AS_JWS + "with the same skew",
        LATE,
        claiming(exp=after(-301)),
        attack=70,
    ),
    refused(
        "jws-too-early",
        "301 seconds before nbf",
        AS_JWS + "with the same skew",
        LATE,
        claiming(nbf=after(301)),
        attack=81,
    ),
    refused(
        "jws-issued-later",
        "301 seconds before iat",
        AS_JWS + "with the same skew",
        LATE,
        claiming(iat=after(301)),
        attack=81,
    ),
    refused(
        "jws-exp-text", "exp as text", AS_JWS + "are seconds", BAD, claiming(exp=lambda w: str(w.now + 60)), attack=57
    ),
    refused(
        "jws-audience",
        "for somebody else",
        AS_JWS + "with aud",
        AUDIENCE,
        claiming(aud=value("https://shop.example")),
        attack=83,
    ),
    refused(
        "jws-holder",
        "bound to a key, and shown without it",
        AS_JWS + "with cnf",
        HOLDER,
        claiming(cnf=lambda w: {"jwk": w.key("scout").jwk}),
        attack=85,
    ),
    refused(
        "jws-undefined", "a claim that nothing defines", AS_JWS + "must be defined", BAD, claiming(limit=value(10))
    ),
    refused(
        "jws-status-text",
        "a status that is no object",
        AS_JWS + "status is an object",
        BAD,
        claiming(status=value("valid")),
        attack=107,
    ),
)
RECIPES: tuple[Recipe, ...] = (*ACCEPTED, *HEADERS, *CLAIMS)
